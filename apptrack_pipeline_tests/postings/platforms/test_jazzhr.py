from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request, Verdict
from apptrack_pipeline.postings.platforms.jazzhr import JAZZHR
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SITE = "https://fernwick.applytojob.com/apply"
CODE = "kT3mQx9ZpL"
TEXT = "You bind old books again, by hand and with patience, and write down what you found in them. " * 5


def job(title: str, code: str, status: str = "Open") -> str:
    return f"""<job><id><![CDATA[job_20260914_{code}]]></id><status><![CDATA[{status}]]></status>
<title><![CDATA[{title}]]></title><department><![CDATA[Workshop]]></department>
<url><![CDATA[http://fernwick.applytojob.com/apply/{code}/Some-Title]]></url>
<city><![CDATA[Ghent]]></city><state><![CDATA[]]></state><country>Belgium &amp; more</country>
<description><![CDATA[<p>{TEXT}</p>]]></description><type><![CDATA[Full Time]]></type>
<original_open_date><![CDATA[2026-09-14]]></original_open_date></job>"""


FEED = f"<?xml version='1.0'?><jobs>{job('Gilder', 'aaaaaaaaaa')}{job('Book Binder', CODE)}</jobs>"
OLD_THEME = f"""<html><head><title>Book Binder - Fernwick - Career Page</title></head><body>
<h2 class="job_company">Fernwick &amp; Daughters</h2><h1 class="job_title">Book Binder</h1>
<h3 class="job_meta">Workshop - Ghent, Belgium - Part Time</h3>
<div class="job_description"><p>{TEXT}</p></div></body></html>"""
NEW_THEME = f"""<html><head><script type="application/ld+json">
{{"@context": "https://schema.org", "@type": "Organization", "name": "Fernwick & Daughters"}}</script></head>
<body><div class="job-header"><h2>Book Binder</h2><div class="job-attributes-container">
<div title="Location"><i class="fa fa-map-marker"></i>Ghent, Belgium</div>
<div id="resumator-job-employment" title="Type"><i class="fa"></i>Full Time</div></div></div>
<div class="description" id="job-description"><p>{TEXT}</p></div></body></html>"""


def matched(url: str) -> Match:
    match = detect(url)
    assert match is not None
    return match


def read_html(html: str) -> Posting:
    payload = Payload(url=f"{SITE}/{CODE}/Book-Binder", html=html, organisation="fernwick", posting_id=CODE)
    return parse("jazzhr", payload, now=NOW)


def read_feed(feed: str, code: str | None = CODE) -> Posting:
    return parse(
        "jazzhr", Payload(url="", answer_text=feed, posting_id=code, organisation="fernwick"), now=NOW
    )


def verdict(kind: str, status: int, text: str = "") -> Verdict:
    request = Request(f"{SITE}/{CODE}", kind)  # type: ignore[arg-type]
    return judge(Answer(request, status, request.url, text, "text/xml"), matched(f"{SITE}/{CODE}"), JAZZHR)


@pytest.mark.parametrize(
    "path",
    [
        f"/{CODE}",
        f"/{CODE}/Book-Binder?source=INDE&referrer=20260101",
        f"/{CODE}/Book-Binder/",
        f"/jobs/details/{CODE}?&",
        f"/jobs/details/{CODE}",
    ],
)
def test_both_forms_of_address_are_one(path: str) -> None:
    match = matched(SITE + path)
    assert (match.platform, match.organisation, match.posting_id) == ("jazzhr", "fernwick", CODE)
    assert match.canonical_url == f"{SITE}/{CODE}"


@pytest.mark.parametrize(
    "path", ["", "/", "/jobs", "/jobs/", "/jobs/?city=Ghent", "/jobs/details", "/jobs/details/"]
)
def test_a_board_is_no_posting(path: str) -> None:
    assert matched(SITE + path).posting_id is None


def test_the_page_is_asked_before_the_feed() -> None:
    url = f"{SITE}/jobs/details/{CODE}?&"
    requests = JAZZHR.requests(matched(url), url) if JAZZHR.requests else ()
    assert [(one.url, one.kind) for one in requests] == [
        (f"{SITE}/{CODE}", "page"),
        ("https://app.jazz.co/feeds/export/jobs/fernwick", "api"),
    ]


def test_an_old_theme_is_read_by_its_elements() -> None:
    posting = read_html(OLD_THEME)
    assert (posting.title, posting.company) == ("Book Binder", "Fernwick & Daughters")
    assert (posting.locations, posting.employment_type) == (("Ghent, Belgium",), "part_time")
    assert posting.completeness is Completeness.FULL
    assert posting.is_open is None


@pytest.mark.parametrize(
    ("line", "places", "kind"),
    [
        ("Workshop - Ghent, Belgium - Full Time", ("Ghent, Belgium",), "full_time"),
        ("Ghent, Belgium - Internship", ("Ghent, Belgium",), "internship"),
        ("Ghent, Belgium", ("Ghent, Belgium",), None),
        ("Part-Time", (), "part_time"),
        ("Saint-Denis - Full Time", ("Saint-Denis",), "full_time"),
        ("", (), None),
    ],
)
def test_the_line_below_the_title_names_place_and_type_last(
    line: str, places: tuple[str, ...], kind: str | None
) -> None:
    posting = read_html(f'<h1 class="job_title">Book Binder</h1><h3 class="job_meta">{line}</h3>')
    assert (posting.locations, posting.employment_type) == (places, kind)


def test_a_new_theme_without_json_ld_is_read_by_its_elements() -> None:
    posting = read_html(NEW_THEME)
    assert (posting.title, posting.company) == ("Book Binder", "Fernwick & Daughters")
    assert (posting.locations, posting.employment_type) == (("Ghent, Belgium",), "full_time")
    assert posting.completeness is Completeness.FULL


def test_json_ld_comes_before_the_elements() -> None:
    node = {
        "@type": "JobPosting",
        "title": "Master Book Binder",
        "description": TEXT,
        "datePosted": "2026-09-14",
    }
    script = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    posting = read_html(script + NEW_THEME)
    assert (posting.title, posting.posted_at) == ("Master Book Binder", date(2026, 9, 14))
    assert posting.company == "Fernwick & Daughters"


def test_without_a_name_the_tenant_is_a_guess() -> None:
    posting = read_html('<h1 class="job_title">Book Binder</h1>')
    assert (posting.company, posting.fields["company"].confidence) == ("Fernwick", 0.3)


def test_the_feeds_item_is_read() -> None:
    posting = read_feed(FEED)
    assert posting.title == "Book Binder"
    assert posting.locations == ("Ghent, Belgium & more",)
    assert (posting.employment_type, posting.posted_at) == ("full_time", date(2026, 9, 14))
    assert posting.description_text is not None
    assert posting.description_text.startswith("You bind old books")
    assert posting.is_open is True


def test_the_feeds_other_items_are_not_the_posting() -> None:
    assert read_feed(FEED, "kT3mQx9Zp").title is None
    assert read_feed(job("Book Binder", CODE, "Filled")).is_open is False


def test_a_block_is_no_closed_posting_and_neither_is_an_item_that_is_missing() -> None:
    assert verdict("page", 403).state == "blocked"
    assert verdict("page", 404).state == "closed"
    assert verdict("api", 200, FEED).state == "posting"
    assert verdict("api", 200, "<jobs></jobs>") == Verdict("nothing", "not_in_feed")


@given(st.text(alphabet=st.sampled_from(list("<>/![]CDATAjobturl titlexy")), max_size=300))
def test_no_feed_makes_it_fail(feed: str) -> None:
    read_feed(feed)
    read_feed("<job>" + feed + "</job>", None)
    verdict("api", 200, "<job>" + feed + "</job>")


@given(
    st.integers(0, len(NEW_THEME)), st.integers(0, len(NEW_THEME)), st.text(alphabet="<>\"'=/ a", max_size=10)
)
def test_no_damage_to_the_page_makes_it_fail(start: int, end: int, put: str) -> None:
    read_html(NEW_THEME[:start] + put + NEW_THEME[end:])
