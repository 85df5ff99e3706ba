from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from platform_questions import NOW, asked, found, read_answer, read_page, state

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse

CODE = "0A1B2C3D4E"
SHORT = f"https://apply.workable.com/j/{CODE}"
URL = f"https://apply.workable.com/blue-harbor/j/{CODE}/"
API = f"https://apply.workable.com/api/v2/accounts/blue-harbor/jobs/{CODE}"
TEXT = "You keep the tide gauges of our harbours running and tell the ferries when they may leave. " * 6


def job(**fields: object) -> dict[str, object]:
    return {"shortcode": CODE, "title": "Tide Engineer", "description": f"<p>{TEXT}</p>"} | fields


def read(**fields: object) -> Posting:
    return read_answer(URL, job(**fields))


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"https://apply.workable.com/Blue-Harbor/j/{CODE.lower()}/apply/?utm_source=x&lng=de",
        f"https://apply.workable.com/blue-harbor/jobs/view/{CODE}.md",
        f"https://blue-harbor.workable.com/j/{CODE}",
        f"https://blue-harbor.workable.com/jobs/{CODE}",
        API,
        f"https://apply.workable.com/api/v1/accounts/blue-harbor/jobs/{CODE}",
    ],
)
def test_every_address_of_a_job_names_it_in_one_spelling(url: str):
    match = found(url)
    assert (match.platform, match.organisation, match.posting_id) == ("workable", "blue-harbor", CODE)
    assert (match.canonical_url, match.api_url) == (SHORT, API)


@pytest.mark.parametrize("url", [SHORT, f"{SHORT}/apply", f"https://www.workable.com/j/{CODE}"])
def test_a_code_is_enough_and_its_page_is_asked_for(url: str):
    match = found(url)
    assert (match.organisation, match.posting_id, match.api_url) == (None, CODE, None)
    assert match.canonical_url == SHORT
    assert [one.url for one in asked(url)] == [url]


def test_other_addresses_have_ids_of_their_own():
    old = found("https://blue-harbor.workable.com/jobs/123456/candidates/new")
    assert (old.posting_id, old.canonical_url) == ("123456", "https://blue-harbor.workable.com/jobs/123456")
    search = found("https://jobs.workable.com/view/a1B2c3D4e5F6/tide-engineer-in-bergen?x=1")
    assert search.canonical_url == "https://jobs.workable.com/view/a1B2c3D4e5F6"
    assert found("https://apply.workable.com/blue-harbor/").posting_id is None


def test_the_answer_for_one_job_is_read_in_full():
    posting = read(
        requirements="<ul><li>Salt water</li></ul>",
        benefits="<p>A boat.</p>",
        location={"city": "Bergen", "region": "Vestland", "country": "Norway", "countryCode": "NO"},
        locations=[
            {"city": "Bergen", "region": "Vestland", "country": "Norway", "hidden": False},
            {"city": "Oslo", "country": "Norway", "hidden": True},
        ],
        remote=True,
        workplace="hybrid",
        type="full",
        published="2026-11-02T00:00:00.000Z",
        language="en",
        state="published",
    )
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")
    assert posting.locations == ("Bergen, Vestland, Norway",)
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")
    assert (posting.posted_at, posting.language, posting.is_open) == (dt.date(2026, 11, 2), "en", True)
    assert (posting.description_text or "").endswith("Salt water\n\nA boat.")
    assert posting.completeness is Completeness.FULL


def test_a_job_is_found_in_the_answer_for_an_account():
    row = job(
        employment_type="Full-time",
        telecommuting=True,
        published_on="2026-11-02",
        code="TIDE-7",
        country="Norway",
        city="Bergen",
        state="",
    )
    elsewhere = row | {"city": "Oslo"}
    posting = read_answer(
        URL, {"name": "Blue Harbor AS", "jobs": [{"shortcode": "X", "title": "Cook"}, row, elsewhere]}
    )
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor AS")
    assert posting.locations == ("Bergen, Norway", "Oslo, Norway")
    assert (posting.location_type, posting.employment_type) == ("remote", "full_time")
    assert (posting.posted_at, posting.requisition_id) == (dt.date(2026, 11, 2), "TIDE-7")
    assert read_answer(URL, {"jobs": [row]}, posting_id="Y").title is None


def test_pay_is_read_where_an_answer_has_it():
    posting = read(salary={"salary_from": 70000, "salary_to": 90000, "salary_currency": "eur"})
    assert (posting.salary_min, posting.salary_max, posting.salary_currency) == (
        Decimal(70000),
        Decimal(90000),
        "EUR",
    )


MARKDOWN = f"""# Tide Engineer

> Bergen, Norway · Full-time · Posted 2026-11-02

**Company:** Blue Harbor AS
**Workplace:** Hybrid

## Description

{TEXT}

## Requirements

- **Salt** water
"""


def test_the_markdown_of_a_job_is_read():
    payload = Payload(URL, answer_text=MARKDOWN, organisation="blue-harbor", posting_id=CODE)
    posting = parse("workable", payload, now=NOW)
    assert (posting.title, posting.company, posting.location_type) == (
        "Tide Engineer",
        "Blue Harbor AS",
        "hybrid",
    )
    text = posting.description_text or ""
    assert text.startswith("Description\n")
    assert text.endswith("- Salt water")
    assert posting.completeness is Completeness.FULL


def test_a_page_as_a_browser_has_drawn_it_is_read():
    page = (
        '<body><h1 data-ui="job-title">Tide Engineer</h1><span data-ui="job-location">Bergen, Norway</span>'
    )
    page += '<span data-ui="job-type">Full time</span><span data-ui="job-workplace">On-site</span>'
    page += f'<section data-ui="job-description"><p>{TEXT}</p></section>'
    page += '<section data-ui="job-requirements"><ul><li>Salt water</li></ul></section></body>'
    posting = read_page(URL, page)
    assert (posting.title, posting.locations) == ("Tide Engineer", ("Bergen, Norway",))
    assert (posting.location_type, posting.employment_type) == ("onsite", "full_time")
    assert (posting.description_text or "").endswith("Salt water")


def test_a_job_that_is_gone_is_known_by_its_answer_or_by_where_its_page_leads():
    assert [one.url for one in asked(URL)] == [
        API,
        f"https://apply.workable.com/blue-harbor/jobs/view/{CODE}.md",
        URL,
    ]
    assert state(URL, 0, 200, job()) == "posting"
    assert state(URL, 0, 404, {"error": "Not found"}) == "closed"
    assert state(URL, 0, 404, "<html>") == "nothing"
    assert state(URL, 0, 429) == "busy"
    assert state(URL, 0, 200, job(state="archived")) == "closed"
    assert read(state="closed").is_open is False
    assert state(URL, 1, 200, MARKDOWN) == "posting"
    assert state(URL, 1, 200, "<!doctype html>") == "nothing"
    assert state(URL, 1, 404) == "nothing"
    board = "https://apply.workable.com/blue-harbor/"
    assert state(URL, 2, 200, "<p>", ended=f"{board}?not_found=true") == "closed"
    assert state(URL, 2, 200, "<p>", ended=board) == "nothing"
    assert state(URL, 2, 404) == "closed"
    assert state(SHORT, 0, 200, "<p>", ended=URL) == "posting"
