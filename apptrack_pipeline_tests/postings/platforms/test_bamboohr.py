from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://fernwick.bamboohr.com/careers/42"
OPENING: dict[str, object] = {
    "jobOpeningName": "Lighthouse Keeper",
    "jobOpeningStatus": "Open",
    "employmentStatusLabel": "Full-Time",
    "location": {"city": None, "state": None, "addressCountry": None},
    "atsLocation": {"city": "Brest", "state": "Brittany", "country": "France"},
    "description": "<p>Keep the light.</p>",
    "datePosted": "2026-10-02",
    "locationType": "0",
    "compensation": "€30,000 - €34,000 per year",
}


def read(answer: object, posting_id: str | None = "42") -> Posting:
    return parse("bamboohr", Payload(url=URL, answer=answer, posting_id=posting_id), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}?source=aWQ9MQ%3D%3D",
        f"{URL}/detail",
        "https://fernwick.bamboohr.com/jobs/view.php?id=42&source=indeed",
        "https://fernwick.bamboohr.com/jobs/42",
    ],
)
def test_all_addresses_of_a_job_have_one_number_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("bamboohr", "fernwick", "42")
    assert match.canonical_url == URL


@pytest.mark.parametrize(
    "url",
    [
        "https://fernwick.bamboohr.com/careers",
        "https://www.bamboohr.com/careers/42",
        "https://app.bamboohr.com/login/",
    ],
)
def test_a_board_and_the_makers_own_site_name_no_posting(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert match.posting_id is None


def test_nothing_is_asked_for_since_its_terms_forbid_it() -> None:
    platform = platform_named("bamboohr")
    assert platform is not None
    assert platform.requests is None


def test_the_detail_of_a_job_is_read() -> None:
    posting = read({"meta": {}, "result": {"formFields": [], "jobOpening": OPENING}})
    assert (posting.title, posting.company) == ("Lighthouse Keeper", "Fernwick")
    assert posting.fields["company"].confidence == 0.3
    assert posting.locations == ("Brest, Brittany, France",)
    assert (posting.location_type, posting.employment_type) == ("onsite", "full_time")
    assert (posting.salary_min, posting.salary_max) == (Decimal(30_000), Decimal(34_000))
    assert (posting.salary_currency, posting.salary_period) == ("EUR", "year")
    assert posting.description_text == "Keep the light."
    assert posting.posted_at == date(2026, 10, 2)
    assert posting.is_open is True


def test_a_job_that_is_filled_is_closed() -> None:
    assert read({"result": {"jobOpening": OPENING | {"jobOpeningStatus": "Filled"}}}).is_open is False


def test_the_row_of_the_posting_is_found_in_the_list() -> None:
    rows = [
        {"id": 7, "jobOpeningName": "Cook"},
        {
            "id": 42,
            "jobOpeningName": "Keeper",
            "location": {"city": "Brest", "state": "Brest", "addressCountry": "France"},
            "atsLocation": {"province": "Brest"},
            "locationType": "2",
        },
    ]
    posting = read({"meta": {"totalCount": 2}, "result": rows})
    assert (posting.title, posting.locations, posting.location_type) == (
        "Keeper",
        ("Brest, France",),
        "hybrid",
    )


def test_remote_work_is_said_by_a_flag_where_there_is_no_code() -> None:
    assert read({"id": 42, "jobOpeningName": "Keeper", "isRemote": True}).location_type == "remote"
