from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://recruiting.paylocity.com/Recruiting/Jobs/Details/334455"
NAMED = f"{URL}/Fernwick-Foods-Inc/Cheesemaker"
TEXT = (
    "You turn the milk of ninety goats into cheese, keep the cellar at twelve degrees and write its diary. "
    * 4
)


def page(place: str) -> str:
    return f"""<script>window.ATSPublicBaseUrl = '/Recruiting/';</script><body>
    <div class="job-preview-header"><span class="job-preview-title left"><span>Cheesemaker</span></span>
    <div class="preview-location">{place}</div></div>
    <div class="job-preview-details">
    <div><div class="job-listing-header">Job Type</div><div>Part-time</div></div>
    <div class="job-listing-header">Salary Range</div><div>$21.00 To $25.50 Hourly</div>
    <div class="job-listing-header">Description</div><div><p>{TEXT}</p></div>
    <div class="job-listing-header">Requirements</div><div><ul><li>Clean hands</li></ul></div></div></body>"""


def read(html: str, url: str = NAMED) -> Posting:
    return parse_captured(Payload(url=url, html=html), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        NAMED,
        "https://recruiting.paylocity.com/recruiting/jobs/Details/334455/Fernwick-Foods-Inc/Cheesemaker?source=x",
        "https://recruiting.paylocity.com/Recruiting/Jobs/Apply/334455/Fernwick-Foods-Inc/Cheesemaker",
        "https://recruiting.paylocity.com/recruiting/jobs/details/334455",
    ],
)
def test_all_addresses_of_a_job_have_one_number_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.posting_id, match.canonical_url) == ("paylocity", "334455", URL)


@pytest.mark.parametrize(
    "url",
    [
        "https://recruiting.paylocity.com/Recruiting/Jobs/All/8759d8d9-b6f5-49b5-b817-f3c4f69a25ed/Fernwick",
        "https://www.paylocity.com/company/careers",
    ],
)
def test_a_board_is_no_posting(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert match.posting_id is None


def test_the_page_is_read() -> None:
    posting = read(page("Hybrid Remote <span>&bull;</span> Salem, Oregon <span>&bull;</span> Dairy"))
    assert (posting.title, posting.company) == ("Cheesemaker", "Fernwick Foods Inc")
    assert posting.fields["company"].confidence < 0.5
    assert posting.locations == ("Salem, Oregon",)
    assert (posting.location_type, posting.employment_type) == ("hybrid", "part_time")
    assert (posting.salary_min, posting.salary_max, posting.salary_period) == (
        Decimal(21),
        Decimal("25.5"),
        "hour",
    )
    assert posting.description_text is not None
    assert posting.description_text.startswith("You turn the milk")
    assert "Clean hands" in posting.description_text


@pytest.mark.parametrize(
    ("place", "where", "kind"),
    [
        ("Fully Remote <span>&bull;</span> Portland, OR", ("Portland, OR",), "remote"),
        ("<a href='https://maps.google.com/maps?q=Salem'>Salem, Oregon</a>", ("Salem, Oregon",), "onsite"),
        ("Salem, Oregon <span>&bull;</span> Dairy", ("Salem, Oregon",), None),
        ("Fully Remote", ("Fully Remote",), "remote"),
    ],
)
def test_the_line_of_the_place_is_read(place: str, where: tuple[str, ...], kind: str | None) -> None:
    posting = read(page(place))
    assert (posting.locations, posting.location_type) == (where, kind)


ROW = {
    "JobId": 334455,
    "JobTitle": "Cheesemaker",
    "LocationName": "Hybrid - Salem, OR",
    "PublishedDate": "2026-11-10T10:00:00-08:00",
    "IsRemote": False,
}


def test_the_row_of_the_posting_in_a_boards_page_is_read() -> None:
    data = {"Jobs": [{"JobId": 1, "JobTitle": "Cook", "Description": "text }; still JSON"}, ROW]}
    posting = read(f"<script>window.pageData = {json.dumps(data)};</script><body>x</body>", URL)
    assert (posting.title, posting.locations, posting.location_type) == (
        "Cheesemaker",
        ("Hybrid - Salem, OR",),
        "hybrid",
    )
    assert posting.posted_at == date(2026, 11, 10)


def test_a_row_as_an_answer_is_read() -> None:
    posting = parse("paylocity", Payload(url=URL, answer={"Jobs": [ROW]}, posting_id="334455"), now=NOW)
    assert (posting.title, posting.is_open) == ("Cheesemaker", True)


@pytest.mark.parametrize(
    ("status", "final", "state"),
    [
        (200, NAMED, "posting"),
        (200, "https://recruiting.paylocity.com/Recruiting/Jobs/All/x", "nothing"),
        (404, NAMED, "closed"),
    ],
)
def test_what_answers_mean(status: int, final: str, state: str) -> None:
    match, platform = detect(NAMED), platform_named("paylocity")
    assert match is not None
    assert judge(Answer(Request(NAMED, "page"), status, final, "<p>x</p>"), match, platform).state == state


@pytest.mark.parametrize(
    "title", ["Fernwick Foods, Inc. - Cheesemaker", "Cheesemaker | Fernwick Foods, Inc."]
)
def test_the_window_title_names_the_employer_beside_the_job(title: str) -> None:
    posting = read(f"<title>{title}</title>" + page("Salem, Oregon"))
    assert posting.company == "Fernwick Foods, Inc."
