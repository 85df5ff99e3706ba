from __future__ import annotations

import datetime as dt
import html
import json
from decimal import Decimal

import pytest
from platform_questions import asked, found, read_answer, read_page, state

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Posting

URL = "https://blueharbor.recruitee.com/o/tide-engineer"
API = "https://blueharbor.recruitee.com/api/offers/tide-engineer"
TEXT = "You keep the tide gauges of our harbours running and tell the ferries when they may leave. " * 6


def offer(**fields: object) -> dict[str, object]:
    stated = {"id": 77, "slug": "tide-engineer", "title": "Tide Engineer", "careers_url": URL}
    return stated | {"description": f"<p>{TEXT}</p>", "requirements": "<ul><li>Salt water</li></ul>"} | fields


def read(**fields: object) -> Posting:
    return read_answer(URL, {"offer": offer(**fields)})


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}/c/new?source=LinkedIn",
        "https://blueharbor.recruitee.com/l/en/o/tide-engineer",
        "https://BlueHarbor.recruitee.com/nl/o/tide-engineer/",
        API,
    ],
)
def test_every_address_of_an_offer_names_it_in_one_spelling(url: str):
    match = found(url)
    assert (match.platform, match.organisation, match.posting_id) == (
        "recruitee",
        "blueharbor",
        "tide-engineer",
    )
    assert (match.canonical_url, match.api_url) == (URL, API)


@pytest.mark.parametrize(
    "url", ["https://blueharbor.recruitee.com/", "https://app.recruitee.com/o/tide-engineer"]
)
def test_a_career_site_is_no_offer(url: str):
    assert found(url).posting_id is None


def test_a_career_site_under_the_employers_domain_is_known_by_its_page():
    own = "https://jobs.blueharbor.example/o/tide-engineer"
    page = '<script src="x.js"></script><div data-component="PublicApp"></div>'
    assert detect(own) is None
    assert detect(own, "<p>Our jobs</p>") is None
    match = found(own, page)
    assert (match.platform, match.posting_id, match.canonical_url) == ("recruitee", "tide-engineer", own)
    assert match.api_url == "https://jobs.blueharbor.example/api/offers/tide-engineer"
    assert detect("https://jobs.blueharbor.example/about", page) is None


def test_an_offer_is_read_in_full():
    posting = read(
        company_name="Blue Harbor AS",
        locations=[{"city": "Bergen", "country": "Norway"}, {"city": "Oslo", "country": "Norway"}],
        employment_type_code="fulltime_permanent",
        hybrid=True,
        remote=False,
        published_at="2026-11-02 13:27:28 UTC",
        close_at="2026-12-31 23:00:00 UTC",
        salary={"min": "5000.00", "max": "6000.00", "currency": "EUR", "period": "month"},
        status="published",
        primary_lang_code="nl",
    )
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor AS")
    assert posting.locations == ("Bergen, Norway", "Oslo, Norway")
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")
    assert (posting.posted_at, posting.closes_at) == (dt.date(2026, 11, 2), dt.date(2026, 12, 31))
    assert (posting.salary_min, posting.salary_currency, posting.salary_period) == (
        Decimal(5000),
        "EUR",
        "month",
    )
    assert (posting.language, posting.is_open) == ("nl", True)
    assert (posting.description_text or "").endswith("Salt water")
    assert posting.completeness is Completeness.FULL


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({"remote": True}, "remote"),
        ({"on_site": True}, "onsite"),
        ({"remote": True, "hybrid": True}, "hybrid"),
    ]
    + [({"remote": "true"}, None)],
)
def test_a_flag_tells_the_place_of_work(flags: dict[str, object], kind: str | None):
    assert read(**flags).location_type == kind


def test_an_offer_is_found_among_all_offers():
    offers = [{"slug": "cook", "title": "Cook"}, offer(location="Bergen, Norway", slug=None)]
    posting = read_answer(URL, {"offers": offers})
    assert (posting.title, posting.locations) == ("Tide Engineer", ("Bergen, Norway",))
    assert posting.company == "Blueharbor"
    assert read_answer(URL, {"offers": offers}, posting_id="captain").title is None


def test_the_data_of_the_page_is_read():
    config = {
        "primaryLangCode": "en",
        "locations": [{"id": 4, "city": "Bergen", "translations": {"en": {"country": "Norway"}}}, {"id": 5}],
        "offers": [
            {"id": 1, "slug": "cook", "translations": {"en": {"title": "Cook"}}},
            {
                "id": 77,
                "slug": "tide-engineer",
                "locationIds": [4],
                "employmentType": "fulltime",
                "onSite": True,
                "translations": {
                    "no": {"title": "Tidevannsingeniør", "descriptionHtml": "<p>Hei</p>"},
                    "en": {"title": "Tide Engineer", "descriptionHtml": f"<p>{TEXT}</p>"},
                },
            },
        ],
    }
    props = html.escape(json.dumps({"appConfig": config}, separators=(",", ":")), quote=True)
    page = f'<body><div data-rendered data-component="PublicApp" data-props="{props}"></div></body>'
    posting = read_page(URL, page)
    assert (posting.title, posting.locations) == ("Tide Engineer", ("Bergen, Norway",))
    assert (posting.location_type, posting.employment_type) == ("onsite", "full_time")
    assert posting.fields["description_text"].source == "embedded state"
    assert posting.completeness is Completeness.FULL


def test_the_api_may_ask_for_a_token_and_then_the_page_is_read():
    assert [one.url for one in asked(f"{URL}/c/new")] == [API, URL]
    in_english = "https://blueharbor.recruitee.com/l/en/o/tide-engineer"
    assert [one.url for one in asked(in_english)] == [API, in_english]
    assert state(URL, 0, 401, {"error": "token"}) == "nothing"
    assert state(URL, 0, 404, {"error": "x"}) == "nothing"
    assert state(URL, 0, 200, {"offer": offer()}) == "posting"
    assert state(URL, 0, 200, {"offer": offer(status="closed")}) == "closed"
    assert read(status="closed").is_open is False
    assert state(URL, 1, 404) == "closed"
    assert state(URL, 1, 200, "<p>", ended="https://blueharbor.recruitee.com/") == "nothing"
