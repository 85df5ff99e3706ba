from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse, parse_captured

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SITE = "https://jobs.dayforcehcm.com"


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/en-US/fernwick/CANDIDATEPORTAL/jobs/4711",
        f"{SITE}/fernwick/CANDIDATEPORTAL/jobs/4711?source=LinkedIn",
        f"{SITE}/fr-CA/Fernwick/CANDIDATEPORTAL/jobs/4711/apply/manualApplication",
    ],
)
def test_the_language_of_the_page_is_no_part_of_the_identity(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("dayforce", "fernwick", "4711")
    assert match.canonical_url == f"{SITE}/fernwick/CANDIDATEPORTAL/jobs/4711"


def test_an_old_candidate_portal_names_tenant_and_posting() -> None:
    match = detect(
        "https://us62e2.dayforcehcm.com/CandidatePortal/en-US/fernwick/Site/CAREERS/Posting/View/981"
    )
    assert match is not None
    assert (match.organisation, match.posting_id) == ("fernwick", "981")


@pytest.mark.parametrize(
    "path", ["/en-US/fernwick/CANDIDATEPORTAL", "/en-US/fernwick/CANDIDATEPORTAL/jobs", "/"]
)
def test_a_board_is_no_posting(path: str) -> None:
    match = detect(SITE + path)
    assert match is not None
    assert match.posting_id is None


ROW = {
    "clientNamespace": "fernwick",
    "jobPostingId": 4711,
    "jobReqId": 88,
    "jobTitle": "Claims Adjuster",
    "jobDescription": "You settle claims of our members, mostly by telephone.",
    "hasVirtualLocation": True,
    "postingStartTimestampUTC": "2026-11-03T10:00:00+00:00",
    "postingLocations": [{"formattedAddress": "Reno, NV, USA"}, {"formattedAddress": "Reno, NV, USA"}],
}


@pytest.mark.parametrize("answer", [ROW, {"jobPostings": [{"jobPostingId": 1, "jobTitle": "Other"}, ROW]}])
def test_a_row_of_the_search_says_title_place_and_day(answer: object) -> None:
    posting = parse("dayforce", Payload(SITE, answer=answer, posting_id="4711"), now=NOW)
    assert posting.title == "Claims Adjuster"
    assert posting.locations == ("Virtual", "Reno, NV, USA")
    assert posting.location_type == "remote"
    assert posting.posted_at == date(2026, 11, 3)
    assert posting.company == "Fernwick"
    assert posting.fields["company"].confidence < 0.5


@pytest.mark.parametrize("place", ["jobData", "dehydratedState"])
def test_the_page_brings_the_posting_along(place: str) -> None:
    job = {
        "jobPostingId": 4711,
        "jobTitle": "Claims Adjuster",
        "jobPostingContent": {
            "jobDescriptionHeader": "<p>About Fernwick Mutual.</p>",
            "jobDescription": "<p>" + "You settle claims of our members. " * 20 + "</p>",
        },
        "postingLocations": [{"cityName": "Reno", "stateCode": "NV", "countryCode": "USA"}],
    }
    site = {"state": {"data": {"candidateCorrespondenceClientName": "Fernwick Mutual"}}}
    props: dict[str, object] = {"dehydratedState": {"queries": [site, {"state": {"data": job}}]}}
    if place == "jobData":
        props = {"jobData": job, "dehydratedState": {"queries": [site]}}
    state = json.dumps({"props": {"pageProps": props}})
    html = f'<html><body><script id="__NEXT_DATA__" type="application/json">{state}</script></body></html>'
    posting = parse_captured(Payload(f"{SITE}/en-US/fernwick/P/jobs/4711", html=html), now=NOW)
    assert posting.title == "Claims Adjuster"
    assert posting.company == "Fernwick Mutual"
    assert posting.locations == ("Reno, NV, USA",)
    assert posting.description_text is not None
    assert posting.description_text.startswith("About Fernwick")
