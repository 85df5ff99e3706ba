from __future__ import annotations

import html as html_entities
import json
from datetime import UTC, date, datetime

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ID = "446706543210"


@pytest.mark.parametrize(
    ("url", "organisation", "canonical"),
    [
        (
            f"https://fernwick.eightfold.ai/careers/job/{ID}",
            "fernwick",
            f"https://fernwick.eightfold.ai/careers/job/{ID}",
        ),
        (
            f"https://fernwick.eightfold.ai/careers/job/{ID}-data-engineer-berlin?domain=fernwick.example&hl=de",
            "fernwick",
            f"https://fernwick.eightfold.ai/careers/job/{ID}",
        ),
        (
            f"https://fernwick.eightfold.ai/careers?pid={ID}&domain=fernwick.example&query=x",
            "fernwick",
            f"https://fernwick.eightfold.ai/careers/job/{ID}",
        ),
        (
            f"https://app.eightfold.ai/careers/job/{ID}?domain=fernwick.example",
            "fernwick.example",
            f"https://app.eightfold.ai/careers/job/{ID}?domain=fernwick.example",
        ),
        (
            f"https://careers.fernwick.example/careers/job/{ID}?domain=fernwick.example",
            "fernwick.example",
            f"https://careers.fernwick.example/careers/job/{ID}",
        ),
    ],
)
def test_a_position_is_known_on_eightfolds_hosts_and_on_the_employers(
    url: str, organisation: str, canonical: str
) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("eightfold", organisation, ID)
    assert match.canonical_url == canonical
    assert match.api_url is not None
    assert f"/api/apply/v2/jobs/{ID}" in match.api_url


def test_a_short_number_on_any_host_is_not_eightfolds() -> None:
    assert detect("https://fernwick.example/careers/job/12345") is None


POSITION = {
    "id": int(ID),
    "name": "Data Engineer (internal)",
    "posting_name": "Data Engineer",
    "locations": ["Berlin, Germany", "Remote"],
    "job_description": "<p>" + "You build pipelines that move data to where it is needed. " * 10 + "</p>",
    "t_create": 1_790_000_000,
    "work_location_option": "hybrid",
    "display_job_id": "R-1001",
}


@pytest.mark.parametrize(
    "answer", [POSITION, {"positions": [{"id": 1, "name": "Other"}, POSITION]}, {"data": POSITION}]
)
def test_a_position_says_title_places_and_day(answer: object) -> None:
    posting = parse("eightfold", Payload("https://x.example/", answer=answer, posting_id=ID), now=NOW)
    assert posting.title == "Data Engineer"
    assert posting.locations == ("Berlin, Germany", "Remote")
    assert posting.location_type == "hybrid"
    assert posting.posted_at == date(2026, 9, 21)
    assert posting.requisition_id == "R-1001"


def test_the_page_brings_the_position_along() -> None:
    state = html_entities.escape(json.dumps({"positions": [POSITION], "companyName": "Fernwick"}))
    page = f"<html><body><code id='smartApplyData' style='display:none'>{state}</code></body></html>"
    posting = parse_captured(Payload(f"https://fernwick.eightfold.ai/careers/job/{ID}", html=page), now=NOW)
    assert (posting.title, posting.company) == ("Data Engineer", "Fernwick")


@pytest.mark.parametrize("status", [403, 404])
def test_a_site_without_the_api_is_not_a_closed_posting(status: int) -> None:
    match = detect(f"https://fernwick.eightfold.ai/careers/job/{ID}?domain=fernwick.example")
    platform = platform_named("eightfold")
    assert match is not None
    assert platform is not None
    assert platform.requests is not None
    asked = platform.requests(match, match.canonical_url)
    assert [one.kind for one in asked] == ["api", "api", "page"]
    refused = Answer(
        Request(asked[0].url, "api"), status, asked[0].url, '{"message":"Not authorized for PCSX"}'
    )
    assert judge(refused, match, platform).state == "nothing"
