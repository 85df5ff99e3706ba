from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBER = "0d5f6c1e-7a52-4c7e-9d55-1c2b3a4d5e6f"
URL = f"https://fernwick.pinpointhq.com/postings/{NUMBER}"
ROW: dict[str, object] = {
    "id": "332887",
    "title": "Beekeeper",
    "url": f"https://fernwick.pinpointhq.com/en/postings/{NUMBER}",
    "path": f"/en/postings/{NUMBER}",
    "description": "<div><!--block-->Forty hives on a hill.</div>",
    "key_responsibilities": "<ul><li>Count bees</li></ul>",
    "key_responsibilities_header": "What you do",
    "skills_knowledge_expertise": "<ul><li>No fear</li></ul>",
    "skills_knowledge_expertise_header": "What you bring",
    "benefits": "",
    "benefits_header": "What you get",
    "location": {"name": "York", "city": "York", "province": "England"},
    "employment_type": "permanent_full_time",
    "workplace_type": "onsite",
    "deadline_at": "2026-01-31",
    "compensation_minimum": 26_000,
    "compensation_maximum": 31_000,
    "compensation_currency": "GBP",
    "compensation_frequency": "year",
    "compensation_visible": True,
    "job": {"requisition_id": "REQ-0350"},
}


def read(answer: object) -> Posting:
    return parse("pinpoint", Payload(url=URL, answer=answer, posting_id=NUMBER), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"https://fernwick.pinpointhq.com/en/postings/{NUMBER}?utm_source=x",
        f"https://fernwick.pinpointhq.com/en-GB/postings/{NUMBER.upper()}",
        f"{URL}/applications/new",
    ],
)
def test_all_addresses_of_a_posting_have_one_id_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("pinpoint", "fernwick", NUMBER)
    assert match.canonical_url == URL


def test_older_links_name_the_job_by_its_number() -> None:
    match = detect("https://fernwick.pinpointhq.com/jobs/456")
    assert match is not None
    assert (match.posting_id, match.canonical_url) == ("456", "https://fernwick.pinpointhq.com/jobs/456")


def test_a_board_on_the_employers_own_domain_is_known_by_its_page() -> None:
    url = f"https://careers.fernwick.example/en/postings/{NUMBER}"
    match = detect(url, '<a href="https://www.pinpointhq.com/?utm_source=board">Powered by Pinpoint</a>')
    assert match is not None
    assert (match.platform, match.posting_id) == ("pinpoint", NUMBER)
    assert detect(url, "<p>Pinpoint</p>") is None


def test_the_page_alone_is_asked_for_since_robots_may_not_read_the_list() -> None:
    match, platform = detect(URL), platform_named("pinpoint")
    assert match is not None
    assert platform is not None
    assert platform.requests is not None
    assert [(one.kind, one.url) for one in platform.requests(match, URL)] == [("page", URL)]


def test_the_row_of_the_posting_is_read_with_its_sections() -> None:
    posting = read({"data": [ROW | {"path": "/en/postings/x", "url": "", "title": "Cook"}, ROW]})
    assert (posting.title, posting.company, posting.locations) == ("Beekeeper", "Fernwick", ("York",))
    assert (posting.location_type, posting.employment_type) == ("onsite", "full_time")
    assert (posting.salary_min, posting.salary_max) == (Decimal(26_000), Decimal(31_000))
    assert (posting.salary_currency, posting.salary_period) == ("GBP", "year")
    assert (posting.requisition_id, posting.closes_at) == ("REQ-0350", date(2026, 1, 31))
    text = posting.description_text or ""
    assert [
        text.index(part) for part in ("hives", "What you do", "Count bees", "What you bring", "No fear")
    ] == sorted(
        text.index(part) for part in ("hives", "What you do", "Count bees", "What you bring", "No fear")
    )
    assert "What you get" not in text


def test_a_last_day_that_has_passed_does_not_close_what_the_board_lists() -> None:
    assert read(ROW).is_open is True


def test_pay_that_the_employer_hides_is_not_shown() -> None:
    assert read(ROW | {"compensation_visible": False}).salary_ranges == ()
