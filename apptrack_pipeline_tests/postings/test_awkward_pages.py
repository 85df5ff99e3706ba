"""Pages as they should not be and are: each one is a way in which a real page hides its posting."""

from __future__ import annotations

import base64
import datetime as dt
import html as html_entities
import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
URL = "https://jobs.borealis.example/jobs/4711-harbour-pilot"
TEXT = (
    "You guide ships of every size through the narrow channel and train the younger pilots of the port. " * 5
)


def read(html: str | None = None, url: str = URL, **more: Any) -> Posting:
    return parse(None, Payload(url=url, html=html, **more), now=NOW)


def node(**changes: Any) -> dict[str, Any]:
    made = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Harbour Pilot",
        "description": f"<p>{TEXT}</p>",
        "hiringOrganization": {"@type": "Organization", "name": "Borealis Port"},
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def script(body: object, kind: str = ' type="application/ld+json"') -> str:
    return f"<script{kind}>{body if isinstance(body, str) else json.dumps(body)}</script>"


def page(body: object, **more: Any) -> str:
    return f"<html><head>{script(body, **more)}</head><body><div id=root></div></body></html>"


WHOLE = json.dumps(node())
IN_JAVASCRIPT = (
    "{'@type': 'JobPosting', title: 'Harbour Pilot', description: '" + TEXT + "', hiringOrganization: "
    "{name: 'Borealis Port'}, validThrough: undefined, baseSalary: NaN,}"
)
SPELLED_OUT = {
    "the JSON is escaped as HTML": page(html_entities.escape(WHOLE)),
    "the JSON is in CDATA": page("//<![CDATA[\n" + WHOLE + "\n//]]>"),
    "the JSON is in a comment": page("<!--\n" + WHOLE + "\n-->"),
    "a semicolon ends it": page(WHOLE + ";"),
    "dollars are escaped": page(WHOLE.replace("ships", r"\$hips")),
    "the type has a charset": page(WHOLE, kind=' type="application/ld+json; charset=utf-8"'),
    "the type is in capitals": page(WHOLE, kind=" TYPE='APPLICATION/LD+JSON'"),
    "the type is not quoted": page(WHOLE, kind=" type=application/ld+json"),
    "a space stands in the type": page(WHOLE, kind=' type=" application/ld+json "'),
    "the type is that of JSON": page(WHOLE, kind=' type="application/json"'),
    "there is no type": page(WHOLE, kind=""),
    "another block is broken": script('{"@type": "WebSite", "name": ') + page(WHOLE),
    "another block is empty": script("") + page(WHOLE),
    "commas trail": page(WHOLE[:-1] + ",}"),
    "a comma is missing": page(WHOLE.replace('", "description', '"\n"description')),
    "it has JavaScript comments": page("/* ours */ {// the job\n" + WHOLE[1:]),
    "it begins with a byte order mark": page("\ufeff" + WHOLE),
    "it is a JavaScript literal": page(IN_JAVASCRIPT),
    "strings have raw line breaks and controls": page(WHOLE.replace("ships of", "ships\n\tof\x00\x07")),
    "a script ends inside a string": page(WHOLE.replace("every size", "every <script>x</script> size")),
    "it is a list": page([node()]),
    "it is a list in a list": page([[node()]]),
    "it is in a graph": page({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, node()]}),
    "it is a main entity": page({"@type": "WebPage", "mainEntity": node()}),
    "it is an item of a list": page({"@type": "ItemList", "itemListElement": [{"item": node()}]}),
    "its type is a list": page(node(**{"@type": ["JobPosting", "Thing"]})),
    "its type is an address": page(node(**{"@type": "https://schema.org/JobPosting"})),
    "its type is an address of the old scheme": page(node(**{"@type": "http://schema.org/JobPosting/"})),
    "its type has a prefix": page(node(**{"@type": "schema:JobPosting"})),
    "keys are in Pascal case": page({k[:1].upper() + k[1:]: v for k, v in node().items()}),
    "keys have a prefix": page({k if k[:1] == "@" else f"schema:{k}": v for k, v in node().items()}),
    "keys are addresses": page(
        {"@type": ["http://schema.org/JobPosting"]}
        | {
            f"http://schema.org/{key}": [{"@value": value}] if isinstance(value, str) else value
            for key, value in node().items()
            if key[:1] != "@"
        }
    ),
    "keys are in snake case": page(
        {"@type": "JobPosting", "title": "Harbour Pilot", "description": TEXT}
        | {"hiring_organization": {"name": "Borealis Port"}}
    ),
    "values have a language": page(node(title={"@language": "en", "@value": "Harbour Pilot"})),
    "values are in several languages": page(
        node(title=[{"@language": "en", "@value": "Harbour Pilot"}, {"@language": "de", "@value": "Lotse"}])
    ),
    "the JSON is a string of JSON": page(json.dumps(WHOLE)),
    "the JSON is URL-encoded": page(quote(WHOLE)),
    "the JSON is in base64": page(base64.b64encode(WHOLE.encode()).decode()),
    "it is there twice": page(WHOLE) + page(WHOLE),
    "quotes in a text are not escaped": page(WHOLE.replace("every size", 'every "size" and draught')),
    "paragraphs were put between the lines": page(WHOLE.replace(', "description', ',<br />\n"description')),
    "its quotes are curly": page(WHOLE.replace('"', "\u201d").replace("\u201d", "\u201c", 1)),
    "it is in a template": f"<body><template>{script(WHOLE)}</template></body>",
    "it is in a noscript": f"<body><noscript>{script(WHOLE)}</noscript></body>",
    "it is in a meta tag": f'<meta name="jsonld" content="{html_entities.escape(WHOLE)}"><body></body>',
    "it is in an attribute": f'<body><div data-jsonld="{html_entities.escape(WHOLE)}"></div></body>',
    "a program puts it in": page(
        "var s = document.createElement('script'); s.text = JSON.stringify(" + WHOLE + "); a(s);", kind=""
    ),
    "its end is cut off": page(WHOLE[:-3]),
    "it stands behind the page": f"<html><body></body></html>{script(WHOLE)}",
    "the employer is a text": page(node(hiringOrganization="Borealis Port")),
    "the employer is a list": page(node(hiringOrganization=[{"name": ""}, {"name": "Borealis Port"}])),
    "the employer has a legal name": page(node(hiringOrganization={"legalName": "Borealis Port"})),
    "the employer's name is a list": page(node(hiringOrganization={"name": ["Borealis Port"]})),
    "the employer is elsewhere in the graph": page(
        {
            "@graph": [
                {"@type": "Organization", "@id": "#org", "name": "Borealis Port"},
                node(hiringOrganization={"@id": "#org"}),
            ]
        }
    ),
    "the employer is in another block": script(
        {"@type": "Organization", "@id": "#o", "name": "Borealis Port"}
    )
    + page(node(hiringOrganization={"@type": "Organization", "@id": "#o"})),
    "the employer stands beside it": page([{"@type": "Organization", "name": "Borealis Port"}])
    + page(node(hiringOrganization=None)),
    "the title is a heading of HTML": page(node(title="<b>Harbour&nbsp;Pilot</b>")),
    "the title has entities": page(node(title="Harbour&#32;Pilot")),
    "the title ends with the employer": page(node(title="Harbour Pilot | Borealis Port")),
    "the title begins with the employer": page(node(title="Borealis Port - Harbour Pilot")),
    "the title is its name": page(node(title=None, name="Harbour Pilot")),
    "the title is null and the page has it": "<title>Harbour Pilot - Borealis Port</title>"
    + page(node(title=None)),
}


@pytest.mark.parametrize("how", SPELLED_OUT)
def test_a_posting_is_read_though(how: str):
    posting = read(SPELLED_OUT[how])
    assert (posting.title, posting.company) == ("Harbour Pilot", "Borealis Port")


def related(*titles: str, **changes: Any) -> list[dict[str, Any]]:
    return [
        node(title=title, url=f"https://jobs.borealis.example/jobs/{4000 + number}", **changes)
        for number, title in enumerate(titles)
    ]


OWN = node(url=URL)
AMONG_OTHERS = {
    "its address is the page's": (page([*related("Cook", "Diver"), OWN]), {}),
    "its address differs in what is tracked": (page([*related("Cook"), node(url=URL + "?utm_source=a")]), {}),
    "its identifier is in the address": (page([*related("Cook"), node(identifier={"value": 4711})]), {}),
    "the heading names it": (page([*related("Cook"), node()]) + "<h1>Harbour Pilot</h1>", {}),
    "the heading adds to it": (page([*related("Cook"), node()]) + "<h1>Harbour Pilot (m/f/d)</h1>", {}),
    "the window's title names it": (
        "<title>Harbour Pilot - Careers</title>" + page([*related("Cook"), node()]),
        {},
    ),
    "the person's title names it": (page([*related("Cook"), node()]), {"job_title": "Harbour Pilot"}),
    "the address of a platform names it": (
        page([*related("Cook"), node(identifier="AB-9")]),
        {"posting_id": "AB-9"},
    ),
    "it is in another block": (page(related("Cook")) + page(OWN), {}),
    "it is there with two texts": (page([node(description="Short.", url=URL), *related("Cook"), OWN]), {}),
}


@pytest.mark.parametrize("how", AMONG_OTHERS)
def test_of_several_postings_the_page_s_own_is_known_because(how: str):
    html, more = AMONG_OTHERS[how]
    posting = read(html, **more)
    assert (posting.title, posting.review_reason) == ("Harbour Pilot", None)
    assert posting.description_text == TEXT.strip()


PLACES: dict[str, tuple[object, tuple[str, ...]]] = {
    "parts that are unavailable": (
        {"address": {"addressLocality": "Kiel", "addressRegion": "UNAVAILABLE", "addressCountry": "DE"}},
        ("Kiel, DE",),
    ),
    "a country alone": ({"address": {"addressCountry": {"name": "Norway"}}}, ("Norway",)),
    "an address as text": ({"address": "Pier 4, Kiel"}, ("Pier 4, Kiel",)),
    "addresses in a list": (
        {"address": [{"addressLocality": "Kiel"}, {"addressLocality": "Oslo"}]},
        ("Kiel", "Oslo"),
    ),
    "places in a list": ([{"address": {"addressLocality": "Kiel"}}, "Oslo"], ("Kiel", "Oslo")),
    "a place as text": ("Kiel, Germany", ("Kiel, Germany",)),
    "a place by its name": ({"name": "Kiel, Germany"}, ("Kiel, Germany",)),
    "a place that is the employer": ({"name": "Borealis Port"}, ()),
    "an address without its object": ({"addressLocality": "Kiel", "addressCountry": "DE"}, ("Kiel, DE",)),
    "a town that says its country": (
        {"address": {"addressLocality": "Kiel, Germany", "addressCountry": "Germany"}},
        ("Kiel, Germany",),
    ),
    "only a street": ({"address": {"streetAddress": "Pier 4, Kiel"}}, ("Pier 4, Kiel",)),
    "the same place twice": ([{"address": {"addressLocality": "Kiel"}}] * 2, ("Kiel",)),
    "one address under many names": (
        [{"name": name, "address": {"addressLocality": "Kiel"}} for name in ("Kiel", "Oslo", "Bergen")],
        ("Kiel", "Oslo", "Bergen"),
    ),
    "nothing but emptiness": ({"address": {"addressLocality": "", "addressCountry": None}}, ()),
}


@pytest.mark.parametrize("how", PLACES)
def test_a_place_of_work_is_read_from(how: str):
    stated, places = PLACES[how]
    assert read(page(node(jobLocation=stated))).locations == places


def test_remote_work_is_where_its_applicants_may_live():
    posting = read(
        page(
            node(
                jobLocationType="TELECOMMUTE",
                applicantLocationRequirements=[{"@type": "Country", "name": "Norway"}, {"name": "Denmark"}],
            )
        )
    )
    assert (posting.location_type, posting.locations) == ("remote", ("Norway", "Denmark"))


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        (["FULL_TIME", "CONTRACTOR"], "full_time"),
        ("OTHER, PART_TIME", "part_time"),
        ("https://schema.org/FULL_TIME", "full_time"),
        ("Full-time", "full_time"),
        (["OTHER"], None),
        ({"name": 5}, None),
    ],
)
def test_an_employment_type_is_read_in_any_shape(stated: object, kind: str | None):
    assert read(page(node(employmentType=stated))).employment_type == kind


@pytest.mark.parametrize(
    "stated",
    [
        {"currency": "EUR", "value": {"minValue": 60000, "maxValue": 70000, "unitText": "YEAR"}},
        {"currency": "EUR", "value": {"minValue": "60000", "maxValue": "70000.00"}, "unitText": "YEAR"},
        {"currency": "EUR", "minValue": 60000, "maxValue": 70000, "unitText": "YEAR"},
        "EUR 60,000 - 70,000 per year",
    ],
)
def test_pay_is_read_in_any_shape(stated: object):
    posting = read(page(node(baseSalary=stated)))
    assert (posting.salary_min, posting.salary_max) == (Decimal(60000), Decimal(70000))
    assert (posting.salary_currency, posting.salary_period) == ("EUR", "year")


def test_dates_that_were_made_of_the_moment_of_the_request_are_no_dates():
    made_up = read(page(node(datePosted="2024-11-23T08:17:42.806Z", validThrough="2027-11-23T08:17:42.806Z")))
    assert (made_up.posted_at, made_up.closes_at) == (None, None)
    stated = read(page(node(datePosted="2026-01-15", validThrough="2027-01-15")))
    assert (stated.posted_at, stated.closes_at) == (dt.date(2026, 1, 15), dt.date(2027, 1, 15))


def test_a_text_that_is_split_over_properties_is_put_together():
    posting = read(
        page(
            node(
                responsibilities="<ul><li>Guide the ships.</li></ul>",
                qualifications="<ul><li>A captain's licence</li><li>Ten years at sea</li></ul>",
                skills=["Danish", "Radar"],
                experienceRequirements={
                    "@type": "OccupationalExperienceRequirements",
                    "monthsOfExperience": 24,
                },
            )
        )
    )
    for part in ("narrow channel", "Guide the ships.", "A captain's licence", "Radar"):
        assert part in (posting.description_text or "")
    assert posting.requirements == ("A captain's licence", "Ten years at sea")


def test_a_part_that_the_description_has_is_not_said_twice():
    posting = read(
        page(node(description=f"<p>{TEXT}</p><p>Ten years at sea</p>", qualifications="Ten years at sea"))
    )
    assert (posting.description_text or "").count("Ten years at sea") == 1


def test_a_description_that_was_escaped_twice_is_html_in_the_end():
    posting = read(page(node(description=html_entities.escape(html_entities.escape(f"<p>{TEXT}</p>")))))
    assert posting.description_text == TEXT.strip()


def test_a_page_about_one_job_that_only_knows_others_in_its_data_is_read_from_its_words():
    posting = read(page(related("Cook", "Diver")) + f"<h1>Harbour Pilot</h1><main><p>{TEXT}</p></main>")
    assert posting.title == "Harbour Pilot"
    assert posting.locations == ()


MICRODATA = f"""
<div itemscope itemtype="https://schema.org/JobPosting">
  <h1><span itemprop="title">Harbour Pilot</span></h1>
  <meta itemprop="datePosted" content="2026-11-02">
  <time itemprop="validThrough" datetime="2026-12-24">soon</time>
  <div itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization">
    <span itemprop="name">Borealis Port</span><link itemprop="url" href="https://borealis.example">
  </div>
  <div itemprop="jobLocation" itemscope itemtype="https://schema.org/Place">
    <div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
      <span itemprop="addressLocality">Kiel</span>, <span itemprop="addressCountry">DE</span>
    </div>
  </div>
  <span itemprop="employmentType">Full-time</span>
  <div itemprop="baseSalary" itemscope itemtype="https://schema.org/MonetaryAmount">
    <meta itemprop="currency" content="EUR">
    <div itemprop="value" itemscope><meta itemprop="value" content="70000">
    <meta itemprop="unitText" content="YEAR"></div>
  </div>
  <div itemprop="description"><p>{TEXT}</p><h3>Requirements</h3><ul><li>Ten years at sea</li></ul></div>
</div>
<div itemscope itemtype="https://schema.org/Organization"><span itemprop="name">Some Board</span></div>
"""


def test_microdata_is_read_with_what_is_nested_in_it():
    posting = read(f"<body>{MICRODATA}</body>")
    assert (posting.title, posting.company, posting.locations) == (
        "Harbour Pilot",
        "Borealis Port",
        ("Kiel, DE",),
    )
    assert (posting.posted_at, posting.closes_at) == (dt.date(2026, 11, 2), dt.date(2026, 12, 24))
    assert (posting.employment_type, posting.salary_min, posting.salary_currency) == (
        "full_time",
        Decimal(70000),
        "EUR",
    )
    assert posting.requirements == ("Ten years at sea",)
    assert posting.fields["title"].source == "microdata"


def test_microdata_of_an_employer_in_a_meta_tag_is_read():
    html = f"""<div itemscope itemtype="http://schema.org/JobPosting">
    <span itemprop="title">Harbour Pilot</span>
    <meta itemprop="hiringOrganization" content="Borealis Port"><span itemprop="jobLocation" itemscope>
    <meta itemprop="addressLocality" content="Kiel"></span><span itemprop="description">{TEXT}</span></div>"""
    posting = read(html)
    assert (posting.title, posting.company, posting.locations) == (
        "Harbour Pilot",
        "Borealis Port",
        ("Kiel",),
    )


def test_microdata_that_does_not_say_that_it_is_a_posting_is_read():
    html = f"""<h1 itemprop="title">Harbour Pilot</h1><b itemprop="hiringOrganization">Borealis Port</b>
    <div itemprop="description">{TEXT}</div>"""
    assert read(html).company == "Borealis Port"


def test_rdfa_is_read_as_microdata_is():
    html = f"""<div vocab="https://schema.org/" typeof="JobPosting"><h2 property="title">Harbour Pilot</h2>
    <div property="hiringOrganization" typeof="Organization"><span property="name">Borealis Port</span></div>
    <div property="description">{TEXT}</div></div>"""
    posting = read(html)
    assert (posting.title, posting.company) == ("Harbour Pilot", "Borealis Port")


STATE = {
    "jobTitle": "Harbour Pilot",
    "companyName": "Borealis Port",
    "jobDescription": f"<p>{TEXT}</p>",
    "locations": [{"city": "Kiel", "country": "Germany"}],
    "employmentType": "FULL_TIME",
    "postedDate": "2026-11-02",
    "jobId": 4711,
}
EMBEDDED = {
    "a variable of the window": "<script>window.__STATE__ = "
    + json.dumps({"page": {"job": STATE}})
    + ";</script>",
    "a variable of a name in brackets": f"<script>window['state'] = {json.dumps(STATE)}</script>",
    "a text that is parsed": f"<script>var s = JSON.parse({json.dumps(json.dumps(STATE))});</script>",
    "a text that is decoded": '<script>window.s = JSON.parse(decodeURIComponent("'
    + quote(json.dumps(STATE))
    + '"))</script>',
    "the state of Next.js": '<script id="__NEXT_DATA__" type="application/json">'
    + json.dumps({"props": {"pageProps": {"jobPosting": STATE}}})
    + "</script>",
    "what Next.js pushes": "<script>self.__next_f.push([1,"
    + json.dumps("a:" + json.dumps({"job": STATE}) + "\n")
    + "])</script>",
    "an attribute": "<div id=app data-page='"
    + html_entities.escape(json.dumps({"props": {"job": STATE}}))
    + "'></div>",
    "a JavaScript literal": "<script>var job = {jobTitle: 'Harbour Pilot', companyName: 'Borealis Port', "
    f"jobDescription: '{TEXT}', locations: ['Kiel, Germany'],}};</script>",
}


@pytest.mark.parametrize("how", EMBEDDED)
def test_a_posting_is_found_in_the_state_of_a_page_in(how: str):
    posting = read(f"<body>{EMBEDDED[how]}<div id=root></div></body>")
    assert (posting.title, posting.company, posting.locations) == (
        "Harbour Pilot",
        "Borealis Port",
        ("Kiel, Germany",),
    )
    assert posting.fields["title"].source == "embedded state"
    assert posting.completeness is Completeness.FULL


def test_of_many_jobs_in_a_page_s_state_the_one_of_its_heading_is_read():
    jobs = [
        STATE | {"jobTitle": title, "jobId": number} for number, title in enumerate(["Cook", "Harbour Pilot"])
    ]
    posting = read(f"<h1>Harbour Pilot</h1><script>window.jobs = {json.dumps({'jobs': jobs})}</script>")
    assert (posting.title, posting.company) == ("Harbour Pilot", "Borealis Port")
    nobody = read(f"<h1>Welcome</h1><script>window.jobs = {json.dumps({'jobs': jobs})}</script>")
    assert nobody.company is None


UNKNOWN_ANSWERS: dict[str, dict[str, Any]] = {
    "plain": STATE,
    "in a wrapper": {"status": "ok", "data": {"result": STATE}},
    "with names of a person's choice": {
        "requisitionTitle": "Harbour Pilot",
        "externalDescription": TEXT,
        "organization": {"id": 3, "name": "Borealis Port"},
        "primaryLocation": "Kiel, Germany",
    },
    "in the form of JSON:API": {
        "data": {
            "id": "4711",
            "type": "jobs",
            "attributes": {"title": "Harbour Pilot", "body": f"<p>{TEXT}</p>", "location": "Kiel, Germany"},
        },
        "included": [],
        "employer": {"name": "Borealis Port"},
    },
    "with a description in parts": {
        "name": "Harbour Pilot",
        "company": {"name": "Borealis Port"},
        "description": {"role": f"<p>{TEXT}</p>", "company": "<p>We run a port.</p>"},
        "workLocations": ["Kiel, Germany"],
    },
    "with JSON-LD in it": {"html": None, "schema": node(jobLocation="Kiel, Germany")},
}


@pytest.mark.parametrize("how", UNKNOWN_ANSWERS)
def test_an_answer_of_an_unknown_platform_is_read(how: str):
    posting = read(answer=UNKNOWN_ANSWERS[how], html=None)
    assert posting.title == "Harbour Pilot"
    assert posting.locations == ("Kiel, Germany",)
    assert posting.completeness in {Completeness.FULL, Completeness.PARTIAL}
    if how != "in the form of JSON:API":
        assert posting.company == "Borealis Port"
    assert posting.fields["title"].source == "api"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "error": "Not found", "title": "Not Found"},
        {"errors": [{"title": "No such job"}]},
        {"jobs": [STATE, STATE | {"jobTitle": "Cook"}]},
        {"user": {"name": "Somebody"}, "menu": [{"title": "Jobs"}]},
        [],
        [1, "two", None],
        "text",
        7,
    ],
)
def test_an_answer_without_one_posting_gives_none(answer: object):
    posting = read(answer=answer, html=None)
    assert (posting.title, posting.company) == (None, None)


def test_a_title_that_only_data_states_is_a_title_only():
    posting = read(page(node(description=None)))
    assert (posting.completeness, posting.review_reason) == (Completeness.TITLE_ONLY, "no_description")


def worded(title: str, body: str = "", head: str = "") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body>{body}<main><p>{TEXT}</p></main></body></html>"
    )


@pytest.mark.parametrize(
    ("html", "title", "company"),
    [
        (worded("Job Application for Harbour Pilot at Borealis Port"), "Harbour Pilot", "Borealis Port"),
        (worded("Apply for Harbour Pilot at Borealis Port | Careers"), "Harbour Pilot", "Borealis Port"),
        (worded("Harbour Pilot - Borealis Port Careers"), "Harbour Pilot", "Borealis Port"),
        (worded("Harbour Pilot | Borealis Port Careers"), "Harbour Pilot", "Borealis Port"),
        (worded("Borealis Port hiring Harbour Pilot in Kiel | LinkedIn"), "Harbour Pilot", "Borealis Port"),
        (worded("Harbour Pilot bei Borealis Port"), "Harbour Pilot", "Borealis Port"),
        (
            worded("Harbour Pilot - Borealis Port", "<h1>Harbour Pilot</h1>"),
            "Harbour Pilot",
            "Borealis Port",
        ),
        (
            worded("Borealis Port Careers | Harbour Pilot", "<h1>Harbour Pilot</h1>"),
            "Harbour Pilot",
            "Borealis Port",
        ),
        (
            worded("Careers", "<h1>Harbour Pilot</h1><p>Company: Borealis Port</p>"),
            "Harbour Pilot",
            "Borealis Port",
        ),
        (
            worded("Greenhouse", "<h1>Harbour Pilot</h1><div class=company-name>Borealis Port</div>"),
            "Harbour Pilot",
            "Borealis Port",
        ),
        (
            worded("Jobs", "<div class='job-title'>Harbour Pilot</div><img alt='Borealis Port logo' src=x>"),
            "Harbour Pilot",
            "Borealis Port",
        ),
        (
            worded("Harbour Pilot", "", '<meta property="og:site_name" content="Borealis Port Careers">'),
            "Harbour Pilot",
            "Borealis Port",
        ),
        (
            worded("Job details", "", '<meta name="job-title" content="Harbour Pilot">')
            + "<footer>&copy; 2026 Borealis Port. All rights reserved.</footer>",
            "Harbour Pilot",
            "Borealis Port",
        ),
        (
            worded("Harbour Pilot", "<h2>About Borealis Port</h2>"),
            "Harbour Pilot",
            "Borealis Port",
        ),
        (worded("Open positions", "<h1>Careers</h1><h2>Harbour Pilot</h2>"), "Harbour Pilot", None),
        (worded("Harbour Pilot", '<meta property="og:site_name" content="Workable">'), "Harbour Pilot", None),
        (worded("Harbour Pilot | Jobs"), "Harbour Pilot", None),
        (worded("Explore our careers"), None, None),
    ],
)
def test_title_and_employer_are_told_apart_in_the_words_of_a_page(
    html: str, title: str | None, company: str | None
):
    posting = read(html, url="https://apply.example/x")
    assert (posting.title, posting.company) == (title, company)


def test_an_employer_is_spelled_as_on_the_page_where_the_host_names_it():
    html = worded("Harbour Pilot", "<h2>Borealis Åport</h2><p>Welcome at BOREALIS ÅPORT.</p>")
    assert read(html, url="https://borealisaport.board.example/1").company == "Borealis Åport"
    assert read(html, url="https://empleoborealisaport.board.example/1").company == "Borealis Åport"
    assert read(html, url="https://board.example/1").company is None


def test_meta_tags_made_for_postings_are_read():
    head = "".join(
        f'<meta name="job-{name}" content="{value}">'
        for name, value in {
            "title": "Harbour Pilot",
            "city": "Kiel",
            "country": "Germany",
            "secondarylocations": "Oslo,Norway; Bergen,Norway",
            "workingmode": "Hybrid",
            "posteddate": "2026-11-02T04:51:22Z",
            "id": "4711",
            "description": html_entities.escape(f"<p>{TEXT}</p>"),
        }.items()
    )
    posting = read(f"<head>{head}</head><body></body>")
    assert (posting.title, posting.requisition_id) == ("Harbour Pilot", "4711")
    assert posting.locations == ("Kiel, Germany", "Oslo, Norway", "Bergen, Norway")
    assert (posting.location_type, posting.posted_at) == ("hybrid", dt.date(2026, 11, 2))
    assert posting.description_text == TEXT.strip()


def test_labels_of_a_page_are_read_in_several_languages():
    facts = "<ul><li>Standort: Kiel</li><li>Anstellungsart: Vollzeit</li><li>Kennziffer: AB-4711</li></ul>"
    posting = read(worded("Lotse", f"<h1>Lotse</h1>{facts}"))
    assert (posting.locations, posting.employment_type, posting.requisition_id) == (
        ("Kiel",),
        "full_time",
        "AB-4711",
    )
    below = read(worded("Pilot", "<h1>Pilot</h1><div>Job location</div><div>Kiel, Germany</div>"))
    assert below.locations == ("Kiel, Germany",)


GERMAN = (
    "Wir suchen eine Person, die mit uns die Schiffe durch den Hafen führt und für die Sicherheit sorgt. " * 5
)


def test_the_language_is_that_of_the_text_where_no_data_states_it():
    assert read(worded("Lotse").replace(TEXT, GERMAN).replace("<html>", "<html lang=en>")).language == "de"
    assert read(worded("Pilot").replace("<html>", '<html lang="en-GB">')).language == "en"
    assert read(page(node(inLanguage="fr-FR"))).language == "fr"
    assert read(page(node(inLanguage={"@type": "Language", "name": "German"}))).language == "de"
    assert read(page(node(inLanguage="English"))).language == "en"


FRAGMENTS = [
    "<div>",
    "</script>",
    '"',
    "'",
    "{",
    "}",
    "\\",
    "<!--",
    "&quot;",
    "\x00",
    "\ud800",
    "`",
    ",,",
    "%7B",
]
WHOLE_PAGES = [*SPELLED_OUT.values(), *EMBEDDED.values(), MICRODATA, worded("Harbour Pilot - Borealis Port")]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WHOLE_PAGES), st.data())
def test_no_page_that_was_cut_or_damaged_raises(html: str, data: st.DataObject):
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(html)))
        end = data.draw(st.integers(start, len(html)))
        html = html[:start] + data.draw(st.sampled_from(["", *FRAGMENTS])) * 3 + html[end:]
    posting = read(html)
    assert isinstance(posting.title, str | None)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*STATE, "title", "name", "location", "salary", "description", "data"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(ANY_JSON)
def test_no_answer_of_an_unknown_platform_raises(answer: object):
    assert isinstance(read(answer=answer).locations, tuple)
