from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request, Verdict
from apptrack_pipeline.postings.platforms.workday import WORKDAY
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOST = "https://fernwick.wd3.myworkdayjobs.com"
SHARED = "https://wd5.myworkdaysite.com"
TEXT = "<p>You keep the tide tables right, and explain them to people who sail by them.</p>" * 8
JOB = {
    "jobPostingInfo": {
        "title": "Tide Analyst",
        "jobDescription": TEXT,
        "location": "Harbour House",
        "additionalLocations": ["Porto  Porto District  Portugal"],
        "timeType": "Full time",
        "remoteType": "Partially Remote",
        "postedOn": "Posted 30+ Days Ago",
        "startDate": "2026-09-14",
        "jobReqId": "R-20114",
        "externalUrl": f"{HOST}/Tides/job/Porto/Tide-Analyst_R-20114",
    },
    "hiringOrganization": {"name": "PT07 Fernwick Marés Lda", "url": ""},
}


def matched(url: str) -> Match:
    match = detect(url)
    assert match is not None
    return match


def read(answer: object, **more: object) -> Posting:
    return parse("workday", Payload(url="", answer=answer, **more), now=NOW)  # type: ignore[arg-type]


def read_html(html: str, url: str = f"{HOST}/Tides/job/Porto/Tide-Analyst_R-20114") -> Posting:
    return parse("workday", Payload(url=url, html=html, organisation="fernwick"), now=NOW)


def verdict(status: int, text: str, *, kind: str = "api", url: str = f"{HOST}/job/x/y") -> Verdict:
    request = Request(url, kind)  # type: ignore[arg-type]
    match = matched(f"{HOST}/Tides/job/Porto/Tide-Analyst_R-20114")
    return judge(Answer(request, status, url, text), match, platform_named("workday"))


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}/Tides/job/Porto/Tide-Analyst_R-20114",
        f"{HOST}/en-US/Tides/job/Porto/Tide-Analyst_R-20114",
        f"{HOST}/en-us/Tides/job/Porto/Tide-Analyst_R-20114?source=LinkedIn&q=tides",
        f"{HOST}/pt/tides/job/Porto/Analista-de-Mar%C3%A9s_R-20114",
        f"{HOST}/Tides/job/Tide-Analyst_R-20114",
        f"{HOST}/zh-Hans-CN/Tides/details/Tide-Analyst_R-20114",
        f"{HOST}/Tides/job/Porto/Tide-Analyst_R-20114/apply",
        f"{HOST}/Tides/job/Porto/Tide-Analyst_R-20114/apply/autofillWithResume?source=x",
        f"{HOST.upper().replace('HTTPS', 'https')}/Tides/job/Porto/Tide-Analyst_R-20114/",
        f"{HOST}/wday/cxs/fernwick/Tides/job/Porto/Tide-Analyst_R-20114",
    ],
)
def test_all_addresses_of_one_requisition_are_one(url: str) -> None:
    match = matched(url)
    assert (match.platform, match.organisation, match.posting_id) == ("workday", "fernwick", "R-20114")
    assert match.canonical_url == f"{HOST}/tides/job/_R-20114"


@pytest.mark.parametrize(
    "url",
    [
        f"{SHARED}/recruiting/fernwick/Tides/job/Porto/Tide-Analyst_R-20114",
        f"{SHARED}/en-US/recruiting/fernwick/Tides/job/Porto/Tide-Analyst_R-20114/apply",
        f"{SHARED}/fr-ca/recruiting/fernwick/Tides/job/Tide-Analyst_R-20114",
    ],
)
def test_the_host_that_tenants_share_names_the_tenant_in_its_path(url: str) -> None:
    match = matched(url)
    assert (match.organisation, match.posting_id) == ("fernwick", "R-20114")
    assert match.canonical_url == f"{SHARED}/recruiting/fernwick/tides/job/_R-20114"
    assert match.api_url is not None
    assert match.api_url.startswith(f"{SHARED}/wday/cxs/fernwick/Tides/job/")


@pytest.mark.parametrize(
    ("part", "number"),
    [
        ("Lead_R0134350-1", "R0134350-1"),
        ("Cook_JR_0012345", "JR_0012345"),
        ("Head-of_Tides_R12", "R12"),
        ("Cook_12345", "12345"),
        ("JR001", "JR001"),
    ],
)
def test_the_number_is_what_stands_behind_the_last_underscore(part: str, number: str) -> None:
    assert matched(f"{HOST}/Tides/job/Porto/{part}").posting_id == number


@pytest.mark.parametrize(
    "url",
    [
        HOST,
        f"{HOST}/en-US/Tides",
        f"{HOST}/en-US/Tides/job",
        f"{HOST}/Tides/jobs/Porto",
        f"{HOST}/Tides/job/Porto/About-us",
        f"{HOST}/Tides/job/..%2F..%2Fadmin/x_R1",
        f"{HOST}/Tides/job/%2e%2e/x_R1",
        f"{SHARED}/fernwick/Tides/job/Porto/Tide-Analyst_R-20114",
    ],
)
def test_what_is_no_requisition_has_no_number(url: str) -> None:
    assert matched(url).posting_id is None


def test_the_json_is_asked_first_and_neither_is_asked_with_the_query() -> None:
    url = f"{HOST}/en-US/Tides/job/Porto/Analista-de-Mar%C3%A9s_R-20114/apply/applyManually?source=x"
    requests = WORKDAY.requests(matched(url), url) if WORKDAY.requests else ()
    assert [one.url for one in requests] == [
        f"{HOST}/wday/cxs/fernwick/Tides/job/Porto/Analista-de-Mar%C3%A9s_R-20114",
        f"{HOST}/en-US/Tides/job/Porto/Analista-de-Mar%C3%A9s_R-20114",
    ]
    assert [one.kind for one in requests] == ["api", "page"]


def test_an_employers_own_page_that_leads_to_the_posting_of_its_number_is_of_it() -> None:
    link = f'<a href="{HOST}/Tides/job/Porto/Tide-Analyst_R-20114">Apply</a>'
    other = link.replace("R-20114", "R-20115")
    url = "https://fernwick.example/r-20114/tide-analyst"
    match = detect(url, other + link + link.replace("/Tides", "/en-US/Tides"))
    assert match is not None
    assert (match.platform, match.posting_id) == ("workday", "R-20114")
    assert match.canonical_url == url
    assert detect("https://fernwick.example/tide-analyst", link) is None
    assert detect("https://fernwick.example/r-201140/tide-analyst", link) is None


def test_a_requisition_is_read_out_of_the_json() -> None:
    posting = read(JOB)
    assert posting.title == "Tide Analyst"
    assert posting.locations == ("Harbour House", "Porto, Porto District, Portugal")
    assert (posting.employment_type, posting.location_type) == ("full_time", "hybrid")
    assert posting.posted_at == date(2026, 9, 14)
    assert posting.requisition_id == "R-20114"
    assert posting.is_open is True
    assert posting.completeness is Completeness.FULL
    assert posting.fields["title"].source == "api"


def test_a_legal_entitys_name_is_trimmed_to_the_employers() -> None:
    company = read(JOB)
    assert company.company == "Fernwick"
    assert company.fields["company"].confidence < 0.8
    other = read(JOB | {"hiringOrganization": {"name": "2100 Tidewater Services GmbH"}})
    assert other.company == "Tidewater Services GmbH"


def test_a_name_without_an_entitys_number_stays_whole() -> None:
    whole = read(JOB | {"hiringOrganization": {"name": "Fernwick Harbours"}})
    assert whole.company == "Fernwick Harbours"
    assert whole.fields["company"].confidence == 0.85
    node = {
        "@type": "JobPosting",
        "title": "Tide Analyst",
        "hiringOrganization": {"name": "Fernwick Harbours"},
    }
    html = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert read_html(html).company == "Fernwick Harbours"
    assert read_html(html).fields["company"].source == "json-ld"


def test_without_an_employer_the_tenant_is_a_guess() -> None:
    posting = read({"jobPostingInfo": JOB["jobPostingInfo"]})
    assert (posting.company, posting.fields["company"].confidence) == ("Fernwick", 0.3)


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("US-AR-SPRINGDALE-BLDG 1 ~ 275 E Main St ~ FLOOR 2", "Springdale, AR, US"),
        ("AU-NSW-NOWRA-039", "Nowra, NSW, AU"),
        ("New York  New York  United States", "New York, New York, United States"),
        ("US, CA, Santa Clara", "Santa Clara, CA, US"),
        ("Saint-Jean-sur-Richelieu", "Saint-Jean-sur-Richelieu"),
    ],
)
def test_a_place_is_freed_of_building_and_street(stated: str, shown: str) -> None:
    assert read({"jobPostingInfo": {"title": "x", "location": stated}}).locations == (shown,)


def test_several_places_that_are_only_counted_name_none() -> None:
    listed = {"jobPostings": [{"title": "Cook", "locationsText": "2 Locations", "bulletFields": ["R1"]}]}
    posting = read(listed)
    assert (posting.title, posting.locations, posting.requisition_id) == ("Cook", (), "R1")


def test_a_row_of_a_list_is_found_by_its_number() -> None:
    rows = [
        {"title": "Cook", "externalPath": "/job/Porto/Cook_R1", "locationsText": "Porto"},
        {"title": "Baker", "externalPath": "/job/Porto/Baker_R2", "locationsText": "Braga"},
    ]
    assert read({"jobPostings": rows}, posting_id="R2").title == "Baker"
    assert read({"jobPostings": rows}, posting_id="R3").title is None


def test_a_delisted_requisition_is_closed_and_another_sites_is_not() -> None:
    body = {"errorCode": "S22", "message": "permission denied"}
    posting = read(body)
    assert (posting.is_open, posting.closed_reason) == (False, "workday_s22")
    assert read({"errorCode": "S21"}).is_open is None
    for status in (200, 403, 404):
        assert verdict(status, json.dumps(body)) == Verdict("closed", "workday_s22")
    assert verdict(404, '{"errorCode": "S21"}').state == "nothing"
    assert verdict(404, "").state == "closed"
    assert verdict(403, "Access denied").state == "blocked"


def test_a_404_of_an_address_that_lacks_the_place_is_no_proof() -> None:
    within = f"{HOST}/wday/cxs/fernwick/Tides/job"
    assert verdict(404, "", url=f"{within}/Porto/Tide-Analyst_R-20114").state == "closed"
    assert verdict(404, "", url=f"{within}/Tide-Analyst_R-20114") == Verdict(
        "nothing", "workday_without_place"
    )


@pytest.mark.parametrize("text", ["", "<html>Maintenance</html>", "[]", '"x"', '{"jobPostingInfo": null}'])
def test_a_200_without_a_posting_is_an_outage(text: str) -> None:
    assert verdict(200, text).state == "busy"


def test_a_200_with_a_posting_can_be_read() -> None:
    assert verdict(200, json.dumps(JOB)).state == "posting"


SHELL = "<head>{}</head><script>window.workday = {{ tenant: 'fernwick', postingAvailable: false }};</script>"


def test_a_page_without_title_whose_state_says_unavailable_is_closed() -> None:
    for title in ("<title></title>", ""):
        posting = read_html(SHELL.format(title))
        assert (posting.is_open, posting.closed_reason) == (False, "posting_unavailable")
        assert verdict(200, SHELL.format(title), kind="page").state == "closed"


def test_the_shell_of_the_form_and_a_page_with_title_are_not_closed() -> None:
    form = f"{HOST}/Tides/job/Porto/Tide-Analyst_R-20114/apply"
    assert read_html(SHELL.format(""), form).is_open is None
    assert verdict(200, SHELL.format(""), kind="page", url=form).state == "posting"
    assert read_html(SHELL.format("<title>Tide Analyst</title>")).is_open is None


def test_an_entity_in_json_ld_is_no_sure_company() -> None:
    node = {
        "@type": "JobPosting",
        "title": "Tide Analyst",
        "hiringOrganization": {"name": "PT07 Fernwick SA"},
    }
    html = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert read_html(html).company == "Fernwick"
    node["hiringOrganization"] = {"name": ""}
    html = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    assert read_html(html).company == "Fernwick"


def test_a_saved_page_is_read_by_its_marks() -> None:
    posting = read_html(
        '<h2 data-automation-id="jobPostingHeader">Tide Analyst</h2>'
        '<div data-automation-id="locations"><dl><dt>locations</dt><dd>Porto</dd><dd>Braga</dd></dl></div>'
        '<div data-automation-id="time"><dl><dt>time type</dt><dd>Part time</dd></dl></div>'
        '<div data-automation-id="remoteType"><dl><dt>remote type</dt><dd>Hybrid</dd></dl></div>'
        '<div data-automation-id="requisitionId"><dl><dt>job requisition id</dt><dd>R-20114</dd></dl></div>'
        f'<div data-automation-id="jobPostingDescription">{TEXT}</div>'
    )
    assert (posting.title, posting.locations) == ("Tide Analyst", ("Porto", "Braga"))
    assert (posting.employment_type, posting.location_type) == ("part_time", "hybrid")
    assert posting.requisition_id == "R-20114"
    assert posting.completeness is Completeness.FULL


NAMES = [*JOB, *JOB["jobPostingInfo"], "jobPostings", "errorCode", "country", "descriptor", "name"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=30,
)


@given(VALUES)
def test_no_answer_makes_it_fail(answer: object) -> None:
    read(answer)
    verdict(200, json.dumps(answer, allow_nan=True))


@given(st.text(alphabet="/_-%2e.aR1jobdetailsapply?#é ", max_size=80))
def test_no_address_makes_it_fail(path: str) -> None:
    match = detect(f"{HOST}/{path}")
    assert match is None or match.platform == "workday"
