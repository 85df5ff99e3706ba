from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from platform_questions import asked, found, read_answer, state

from apptrack_pipeline.domain import Completeness

ID = "am9icG9zdDqXUtide-Y5LIdSx_Q"
URL = f"https://jobs.gem.com/blue-harbor/{ID}"
TEXT = "You keep the tide gauges of our harbours running and tell the ferries when they may leave. " * 6
JOB: dict[str, object] = {
    "id": "am9i",
    "absolute_url": URL,
    "title": "Tide Engineer",
    "content": f"<p>{TEXT}</p>",
    "location": {"name": "Bergen, Norway"},
    "location_type": "in_office",
    "employment_type": "full_time",
    "first_published_at": "2026-11-02T09:00:00.000Z",
    "requisition_id": "TIDE-7",
}


@pytest.mark.parametrize(
    "url",
    [URL, f"{URL}/application?utm_source=x", f"https://JOBS.gem.com/Blue-Harbor/{ID}"]
    + [f"https://api.gem.com/job_board/v0/blue-harbor/job_posts/{ID}"],
)
def test_every_address_of_a_posting_names_it_in_one_spelling(url: str):
    match = found(url)
    assert (match.platform, match.posting_id, match.canonical_url) == ("gem", ID, URL)
    assert (match.api_url or "").lower() == "https://api.gem.com/job_board/v0/blue-harbor/job_posts/"


def test_a_board_is_no_posting():
    assert found("https://jobs.gem.com/blue-harbor").posting_id is None


def test_a_posting_is_found_on_its_board_by_its_address():
    posting = read_answer(URL, [{"id": "x", "title": "Cook"}, JOB])
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")
    assert posting.locations == ("Bergen, Norway",)
    assert (posting.location_type, posting.employment_type) == ("onsite", "full_time")
    assert (posting.posted_at, posting.requisition_id) == (dt.date(2026, 11, 2), "TIDE-7")
    assert posting.completeness is Completeness.FULL


def test_pay_is_in_cents_as_at_greenhouse():
    stated = {"min_cents": 12000000, "max_cents": 15000000, "currency_type": "USD", "title": "Annual"}
    posting = read_answer(URL, JOB | {"pay_input_ranges": [stated]})
    assert (posting.salary_min, posting.salary_currency, posting.salary_period) == (
        Decimal(120000),
        "USD",
        "year",
    )


def test_offices_stand_in_for_a_missing_place():
    offices = [{"name": "North", "location": {"name": "Tromsø"}}, {"name": "Bergen"}]
    assert read_answer(URL, JOB | {"location": None, "offices": offices}).locations == ("Tromsø", "Bergen")


def test_the_answer_of_the_pages_own_program_is_read():
    graph = {
        "oatsExternalJobPosting": {
            "title": "Tide Engineer",
            "descriptionHtml": f"<p>{TEXT}</p>",
            "locations": [{"name": "Remote - Norway", "isRemote": True}],
            "job": {"locationType": "REMOTE", "employmentType": "FULL_TIME", "requisitionId": "TIDE-7"},
            "jobPostSectionHtml": {"introHtml": "<p>We are Blue Harbor.</p>", "outroHtml": None},
            "compensationHtml": "<p>€70,000 – €90,000 per year</p>",
            "firstPublishedTsSec": 1_793_600_000,
        },
        "jobBoardExternal": {"teamDisplayName": "Blue Harbor AS"},
    }
    for answer in ({"data": graph}, [{"data": None}, {"data": graph}]):
        posting = read_answer(URL, answer)
        assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor AS")
        assert (posting.location_type, posting.posted_at) == ("remote", dt.date(2026, 11, 2))
        assert (posting.salary_min, posting.salary_currency) == (Decimal(70000), "EUR")
        assert (posting.description_text or "").startswith("We are Blue Harbor.")


def test_a_board_that_does_not_list_a_posting_proves_nothing():
    assert [one.kind for one in asked(URL)] == ["api", "page"]
    assert asked(f"{URL}/application")[1].url == URL
    assert state(URL, 0, 200, [JOB]) == "posting"
    assert state(URL, 0, 200, []) == "nothing"
    assert state(URL, 0, 404, {"error": "x"}) == "nothing"
    assert state(URL, 1, 404) == "closed"
