from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BOARD = "1b0f7c1e-6a52-4c7e-9d55-1c2b3a4d5e6f"
ID = "9c2d7c1e-6a52-4c7e-9d55-1c2b3a4d5e6f"
URL = f"https://recruiting2.ultipro.com/FER1000FERN/JobBoard/{BOARD}/OpportunityDetail?opportunityId={ID}"
JOB = {
    "Id": ID,
    "Title": "Field Technician",
    "RequisitionNumber": "FIELD0012",
    "FullTime": False,
    "JobLocationType": 0,
    "PostedDate": "2026-11-02T10:00:00.000Z",
    "Description": "<p>"
    + 'You keep our wells running, \\ and "quoted" {braces} do not matter. ' * 10
    + "</p>",
    "Locations": [
        {"Address": {"City": "Ames", "State": {"Code": "IA", "Name": "Iowa"}, "Country": {"Code": "USA"}}},
        {"LocalizedDescription": "Remote - US", "Address": None},
        {"LocalizedDescription": "remote - us", "Address": {}},
    ],
}


def page(job: dict[str, object]) -> str:
    return (
        "<html><body><img data-automation='navbar-large-logo' alt='Fernwick Water'><script>\n"
        f"var opportunity = new US.Opportunity.CandidateOpportunityDetail({json.dumps(job)});"
        "</script></body></html>"
    )


@pytest.mark.parametrize(
    "url",
    [
        URL,
        URL.replace("recruiting2", "recruiting").replace("ultipro.com", "ultipro.ca"),
        URL + "&sourceId=abc&utm_source=x",
        f"https://fern.rec.pro.ukg.net/FER1000FERN/JobBoard/{BOARD}/OpportunityDetail?opportunityId={ID.upper()}",
        f"https://recruiting2.ultipro.com/fer1000fern/jobboard/{BOARD}/OpportunityApply?opportunityId={ID}",
    ],
)
def test_the_postings_id_stands_in_the_query(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("ukg", "FER1000FERN", ID)


def test_a_board_is_no_posting() -> None:
    match = detect(f"https://recruiting2.ultipro.com/FER1000FERN/JobBoard/{BOARD}/?q=x")
    assert match is not None
    assert match.posting_id is None


def test_the_page_embeds_the_opportunity() -> None:
    posting = parse_captured(Payload(URL, html=page(JOB), posting_id=ID), now=NOW)
    assert posting.title == "Field Technician"
    assert posting.company == "Fernwick Water"
    assert posting.locations == ("Ames, Iowa, USA", "Remote - US")
    assert posting.location_type == "hybrid"
    assert posting.employment_type == "part_time"
    assert posting.posted_at == date(2026, 11, 2)
    assert posting.requisition_id == "FIELD0012"
    assert posting.description_text is not None
    assert '"quoted" {braces}' in posting.description_text


def test_numbers_that_are_not_known_and_words_say_nothing() -> None:
    answer = JOB | {"JobLocationType": True, "FullTime": "yes", "Locations": []}
    posting = parse("ukg", Payload(URL, answer=answer), now=NOW)
    assert posting.location_type is None
    assert posting.employment_type is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (page(JOB), "posting"),
        (page(JOB | {"OpportunityIsClosed": True}), "closed"),
        (page(JOB | {"OpportunityIsClosed": True, "Id": BOARD}), "posting"),
        ("<html><body>Loading</body></html>", "nothing"),
    ],
)
def test_only_the_opportunity_itself_says_that_it_is_closed(text: str, state: str) -> None:
    match = detect(URL)
    assert match is not None
    answer = Answer(Request(URL, "page"), 200, URL, text, "text/html")
    assert judge(answer, match, platform_named("ukg")).state == state
