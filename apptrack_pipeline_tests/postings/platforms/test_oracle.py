from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SITE = "https://fern.fa.us2.oraclecloud.com/hcmUI/CandidateExperience"


def matched(url: str) -> Match:
    match = detect(url)
    assert match is not None
    return match


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/en/sites/CX_1/job/12345",
        f"{SITE}/en/sites/CX_1/job/12345/?keyword=data&mode=location",
        f"{SITE}/de/sites/CX_1/job/12345/apply/email",
        f"{SITE}/en-GB/sites/CX_1/requisitions/preview/12345",
        f"{SITE}/en/sites/CX_1/jobs/preview/12345/?location=x",
        f"{SITE}/sites/CX_1/job/12345",
    ],
)
def test_one_requisition_has_one_address_in_all_languages_and_views(url: str) -> None:
    match = matched(url)
    assert (match.platform, match.organisation, match.posting_id) == ("oracle", "fern.fa.us2", "12345")
    assert match.canonical_url == f"{SITE}/en/sites/CX_1/job/12345"
    assert match.api_url is not None
    assert match.api_url.endswith("finder=ById;Id=%2212345%22,siteNumber=CX_1")


def test_a_requisition_is_known_on_the_employers_own_domain() -> None:
    match = matched("https://careers.fernwick.example/en/sites/CX/job/REQ_VT-6866/?utm_medium=x")
    assert (match.platform, match.posting_id) == ("oracle", "REQ_VT-6866")
    assert match.canonical_url == "https://careers.fernwick.example/en/sites/CX/job/REQ_VT-6866"


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/en/sites/CX_1/requisitions",
        f"{SITE}/en/sites/CX_1",
        "https://objectstorage.us-ashburn-1.oraclecloud.com/n/x/b/y/o/job/12345",
    ],
)
def test_what_is_no_requisition_has_no_id(url: str) -> None:
    assert matched(url).posting_id is None


JOB = {
    "Id": "12345",
    "Title": "Plant Operator",
    "PrimaryLocation": "Leeds, United Kingdom",
    "secondaryLocations": [{"Name": "York, United Kingdom"}],
    "WorkplaceTypeCode": "ORA_HYBRID",
    "JobSchedule": "Part time",
    "ExternalPostedStartDate": "2026-11-01T09:00:00+00:00",
    "ExternalPostedEndDate": "4712-12-31T00:00:00+00:00",
    "ExternalDescriptionStr": "<p>" + "You run the plant by night. " * 10 + "</p>",
    "ExternalResponsibilitiesStr": "<ul><li>Watch the pumps.</li></ul>",
    "ExternalQualificationsStr": "<ul><li>Two years with pumps.</li></ul>",
    "CorporateDescriptionStr": "<p>Fernwick makes water clean.</p>",
    "LegalEmployer": "Fernwick Water Ltd",
}


def test_an_answer_says_title_places_and_all_parts_of_the_description() -> None:
    payload = Payload(SITE, answer={"items": [JOB]}, posting_id="12345")
    posting = parse("oracle", payload, now=NOW)
    assert posting.title == "Plant Operator"
    assert posting.company == "Fernwick Water Ltd"
    assert posting.locations == ("Leeds, United Kingdom", "York, United Kingdom")
    assert posting.location_type == "hybrid"
    assert posting.employment_type == "part_time"
    assert posting.posted_at == date(2026, 11, 1)
    assert posting.closes_at is None
    assert posting.is_open is True
    assert posting.description_text is not None
    for part in ("by night", "Watch the pumps", "Two years", "water clean"):
        assert part in posting.description_text


def test_an_answer_about_another_requisition_is_not_read() -> None:
    posting = parse("oracle", Payload(SITE, answer={"items": [JOB]}, posting_id="99999"), now=NOW)
    assert posting.title is None


@pytest.mark.parametrize(
    ("site", "status", "body", "state"),
    [
        ("CX_1", 200, {"items": [JOB]}, "posting"),
        ("CX_1", 200, {"items": []}, "closed"),
        ("jobsearch", 200, {"items": []}, "nothing"),
        ("CX_1", 200, {"items": [JOB | {"Id": "1"}]}, "nothing"),
        ("CX_1", 200, {}, "nothing"),
        ("CX_1", 404, {}, "nothing"),
        ("CX_1", 503, {}, "busy"),
    ],
)
def test_closed_is_an_empty_answer_of_a_site_that_is_known(
    site: str, status: int, body: object, state: str
) -> None:
    match = matched(f"{SITE}/en/sites/{site}/job/12345")
    assert match.api_url is not None
    answer = Answer(Request(match.api_url, "api"), status, match.api_url, json.dumps(body))
    assert judge(answer, match, platform_named("oracle")).state == state
