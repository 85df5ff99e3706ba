from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from platform_questions import asked, found, read_answer, read_page, state

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.model import Posting

ID = "0b5f2c1e-9d34-4a6b-8f10-2c7d9e3a4b5c"
URL = f"https://ats.rippling.com/blue-harbor/jobs/{ID}"
API = f"https://api.rippling.com/platform/api/ats/v1/board/blue-harbor/jobs/{ID}"
TEXT = "You keep the tide gauges of our harbours running and tell the ferries when they may leave. " * 6


def job(**fields: object) -> dict[str, object]:
    return {"uuid": ID, "name": "Tide Engineer", "description": {"role": f"<p>{TEXT}</p>"}} | fields


def read(**fields: object) -> Posting:
    return read_answer(URL, job(**fields))


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}/apply?step=application",
        f"https://ats.rippling.com/en-US/blue-harbor/jobs/{ID.upper()}?src=x",
        f"https://ats.rippling.com/de-DE/blue-harbor/jobs/{ID}/",
        API,
    ],
)
def test_every_address_of_a_posting_names_it_in_one_spelling(url: str):
    match = found(url)
    assert (match.platform, match.organisation, match.posting_id) == ("rippling", "blue-harbor", ID)
    assert (match.canonical_url, match.api_url) == (URL, API)


def test_another_region_is_a_site_of_its_own():
    match = found(f"https://ats.us1.rippling.com/en-GB/blue-harbor/jobs/{ID}")
    assert (match.canonical_url, match.api_url) == (URL.replace("ats.", "ats.us1."), API)


def test_a_board_is_no_posting():
    assert found("https://ats.rippling.com/en-GB/blue-harbor/jobs").posting_id is None


def test_a_posting_of_the_api_is_read_in_full():
    posting = read(
        companyName="Blue Harbor AS",
        description={
            "role": f"<p>{TEXT}</p>",
            "company": "<p>We are Blue Harbor.</p>",
            "perks": "<p>A boat.</p>",
        },
        workLocations=["Bergen, Norway", "Remote (Norway)"],
        locations=[{"name": "Bergen, Norway", "workplaceType": "HYBRID"}],
        employmentType={"label": "SALARIED_FT", "id": "Salaried, full-time"},
        createdOn="2026-11-02T09:00:00.000000+00:00",
        payRangeDetails=[
            {
                "rangeStart": 70000,
                "rangeEnd": 90000,
                "currency": "EUR",
                "frequency": "ANNUAL",
                "location": "Bergen",
            }
        ],
    )
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor AS")
    assert posting.locations == ("Bergen, Norway", "Remote (Norway)")
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")
    assert (posting.posted_at, posting.is_open) == (dt.date(2026, 11, 2), True)
    assert (posting.salary_min, posting.salary_currency, posting.salary_period) == (
        Decimal(70000),
        "EUR",
        "year",
    )
    assert posting.salary_ranges[0].label == "Bergen"
    text = posting.description_text or ""
    assert [text.index(part) for part in ("We are", "You keep", "A boat")] == sorted(
        text.index(part) for part in ("We are", "You keep", "A boat")
    )
    assert posting.completeness is Completeness.FULL


def test_an_hourly_pay_stays_hourly():
    stated = [{"rangeStart": 18, "rangeEnd": 25.5, "currency": "USD", "frequency": "HOUR"}]
    posting = read(payRangeDetails=stated)
    assert (posting.salary_max, posting.salary_period) == (Decimal("25.5"), "hour")


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ({"label": "SALARIED_PT"}, "part_time"),
        ({"label": "X", "id": "Intern"}, "internship"),
        ("Contractor", "contract"),
        ({"label": 5}, None),
    ],
)
def test_an_employment_type_is_read_in_the_words_for_people_or_for_programs(kind: object, known: str | None):
    assert read(employmentType=kind).employment_type == known


def test_a_job_of_several_places_is_listed_once_for_each():
    rows = [
        {"uuid": "x", "name": "Cook"},
        {
            "uuid": ID,
            "name": "Tide Engineer",
            "url": URL,
            "workLocation": {"label": "Bergen", "id": "bergen"},
        },
        {"uuid": ID, "name": "Tide Engineer", "locations": [{"city": "Oslo", "countryCode": "NO"}]},
    ]
    for answer in (rows, {"items": rows}):
        posting = read_answer(URL, answer)
        assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")
        assert posting.locations == ("Bergen", "Oslo, NO")
    assert read_answer(URL, rows, posting_id=None).title == "Cook"
    assert read_answer(URL, rows, posting_id="y").title is None


def test_the_state_of_the_page_is_read():
    held = {"props": {"pageProps": {"apiData": {"jobPost": job(companyName="Blue Harbor AS")}}}}
    page = f'<body><script id="__NEXT_DATA__" type="application/json">{json.dumps(held)}</script></body>'
    posting = read_page(f"{URL}/apply", page)
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor AS")
    assert posting.fields["description_text"].source == "embedded state"


def test_the_page_says_that_a_posting_is_gone_and_the_api_does_not():
    assert [one.url for one in asked(f"{URL}/apply")] == [API, URL]
    assert state(URL, 0, 404, {"detail": "Not found"}) == "nothing"
    board = "https://ats.rippling.com/blue-harbor/jobs"
    assert state(URL, 1, 200, "<ul></ul>", ended=f"{board}?rr_message=job_not_found") == "closed"
    assert state(URL, 1, 200, "<ul></ul>", ended=board) == "nothing"
    assert state(URL, 1, 404) == "closed"
    assert (
        state(URL, 1, 200, "<p></p>", ended=f"https://ats.rippling.com/en-US/blue-harbor/jobs/{ID}")
        == "posting"
    )
