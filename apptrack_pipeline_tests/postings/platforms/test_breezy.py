from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://fernwick.breezy.hr/p/1a2b3c4d5e6f"
TEXT = (
    "You repair bicycles of every kind, talk to their owners and keep the workshop's tools in good order. "
    * 5
)
ROW: dict[str, object] = {
    "id": "1a2b3c4d5e6f",
    "friendly_id": "1a2b3c4d5e6f-mechanic",
    "name": "Mechanic",
    "url": f"{URL}-mechanic",
    "published_date": "2026-11-02T08:00:00.000Z",
    "type": {"id": "partTime", "name": "Part-Time"},
    "location": {"country": {"id": "CA"}, "city": "Halifax", "is_remote": False, "name": "Halifax, NS"},
    "locations": [],
    "salary": "$24 \u2013 $28.50 / hour",
    "company": {"name": "Fernwick Cycles", "friendly_id": "fernwick"},
}


def read(answer: object, posting_id: str | None = "1a2b3c4d5e6f") -> Posting:
    return parse("breezy", Payload(url=URL, answer=answer, posting_id=posting_id), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}-mechanic",
        f"{URL}-mechanic/apply",
        f"{URL}-mechanic?source=GoogleJobs",
        f"{URL}/apply?state=x",
    ],
)
def test_all_addresses_of_a_position_have_one_id_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("breezy", "fernwick", "1a2b3c4d5e6f")
    assert match.canonical_url == URL


@pytest.mark.parametrize("url", ["https://fernwick.breezy.hr/", "https://fernwick.breezy.hr/p/mechanic"])
def test_a_board_and_a_name_without_an_id_are_no_posting(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert match.posting_id is None


def test_a_board_on_the_employers_own_domain_is_known_by_its_page() -> None:
    url = "https://jobs.fernwick.example/p/1a2b3c4d5e6f-mechanic"
    assert detect(url) is None or detect(url).platform != "breezy"  # type: ignore[union-attr]
    match = detect(url, '<body class="breezy-portal"><a href="https://fernwick.breezy.hr/">x</a></body>')
    assert match is not None
    assert (match.platform, match.posting_id) == ("breezy", "1a2b3c4d5e6f")


def test_nothing_is_asked_for_since_its_terms_forbid_it() -> None:
    platform = platform_named("breezy")
    assert platform is not None
    assert platform.requests is None


def test_the_row_of_the_posting_is_read() -> None:
    posting = read([ROW | {"id": "ffffffffffff", "name": "Cook"}, ROW])
    assert (posting.title, posting.company, posting.locations) == (
        "Mechanic",
        "Fernwick Cycles",
        ("Halifax, NS",),
    )
    assert posting.employment_type == "part_time"
    assert posting.posted_at == date(2026, 11, 2)
    assert posting.is_open is True


@pytest.mark.parametrize(("country", "currency"), [("CA", "CAD"), ("US", "USD"), ("ZZ", None)])
def test_a_dollar_is_that_of_the_postings_country(country: str, currency: str | None) -> None:
    place = {"country": {"id": country}, "name": "Halifax"}
    posting = read(ROW | {"location": place})
    assert (posting.salary_min, posting.salary_max) == (Decimal(24), Decimal("28.5"))
    assert (posting.salary_currency, posting.salary_period) == (currency, "hour")


def test_several_places_and_remote_work_are_read() -> None:
    places = [{"name": "Halifax, NS", "is_remote": True}, {"city": "Oslo", "country": {"id": "NO"}}]
    posting = read(ROW | {"locations": places})
    assert posting.locations == ("Halifax, NS", "Oslo, NO")
    assert posting.location_type == "remote"


def test_a_page_without_json_ld_is_read_by_its_elements() -> None:
    page = f"""<body><div class="position"><h1>Mechanic</h1><ul class="meta">
      <li class="location"><span>Halifax, NS</span></li>
      <li class="type"><span>%LABEL_POSITION_TYPE_FULL_TIME%</span></li></ul>
      <div class="description"><p>{TEXT}</p></div></div></body>"""
    posting = parse_captured(Payload(url=URL, html=page), now=NOW)
    assert (posting.title, posting.company, posting.locations) == ("Mechanic", "Fernwick", ("Halifax, NS",))
    assert posting.employment_type == "full_time"
    assert posting.description_text is not None
