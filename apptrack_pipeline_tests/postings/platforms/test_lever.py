from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from platform_questions import asked, found, read_answer, read_page, state

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Posting

ID = "0b5f2c1e-9d34-4a6b-8f10-2c7d9e3a4b5c"
URL = f"https://jobs.lever.co/Blue-Harbor/{ID}"
TEXT = "You keep the tide gauges of our harbours running and tell the ferries when they may leave. " * 6


def read(**fields: object) -> Posting:
    job = {"id": ID, "text": "Tide Engineer", "description": f"<div>{TEXT}</div>", "categories": {}}
    return read_answer(URL, job | fields)


@pytest.mark.parametrize(
    ("url", "region"),
    [
        (URL, ""),
        (f"{URL}/apply?lever-source=LinkedIn", ""),
        (f"https://jobs.lever.co/Blue-Harbor/{ID}#apply", ""),
        (f"https://JOBS.lever.co/Blue-Harbor/{ID.upper()}/thanks", ""),
        (f"https://api.lever.co/v0/postings/Blue-Harbor/{ID}?mode=json", ""),
        (f"https://jobs.eu.lever.co/Blue-Harbor/{ID}", "eu."),
        (f"https://api.eu.lever.co/v0/postings/Blue-Harbor/{ID}", "eu."),
    ],
)
def test_every_address_of_a_posting_names_it_in_one_spelling(url: str, region: str):
    match = found(url)
    assert (match.platform, match.organisation, match.posting_id) == ("lever", "Blue-Harbor", ID)
    assert match.canonical_url == f"https://jobs.{region}lever.co/blue-harbor/{ID}"
    assert match.api_url == f"https://api.{region}lever.co/v0/postings/Blue-Harbor/{ID}"


def test_a_board_is_no_posting():
    assert found("https://jobs.lever.co/Blue-Harbor").posting_id is None
    assert found("https://jobs.lever.co/Blue-Harbor/tide-engineer").posting_id is None


def test_an_employers_own_page_is_known_by_the_posting_that_it_leads_to():
    page = f'<a href="https://jobs.eu.lever.co/blueharbor/{ID}/apply">Apply</a>'
    match = found(f"https://blueharbor.example/jobs/{ID}", page)
    assert (match.organisation, match.posting_id) == ("blueharbor", ID)
    assert match.api_url == f"https://api.eu.lever.co/v0/postings/blueharbor/{ID}"
    assert detect("https://blueharbor.example/jobs", page) is None


def test_the_page_that_is_asked_for_is_never_the_form():
    assert [(one.kind, one.url) for one in asked(f"{URL}/apply")] == [
        ("api", f"https://api.lever.co/v0/postings/Blue-Harbor/{ID}"),
        ("page", URL),
    ]


def test_what_the_api_does_not_have_may_live_on_its_page():
    gone = {"ok": False, "error": "Document not found"}
    assert state(URL, 0, 404, gone) == "nothing"
    assert state(URL, 0, 200, gone) == "nothing"
    assert state(URL, 0, 200, {"id": ID, "text": "Tide Engineer"}) == "posting"
    assert state(URL, 1, 404) == "closed"
    assert state(URL, 1, 200, "<h2>Tide Engineer</h2>") == "posting"
    assert state(URL, 1, 200, "<h2>All jobs</h2>", ended="https://jobs.lever.co/Blue-Harbor") == "nothing"
    assert read_answer(URL, gone).is_open is None


def test_a_posting_of_the_api_is_read_in_full():
    posting = read(
        categories={"commitment": "Full-Time", "location": "Bergen", "allLocations": ["Bergen", "Oslo"]},
        workplaceType="hybrid",
        createdAt=1_793_600_000_000,
        lists=[{"text": "What you bring & know", "content": "<li>Salt water</li><li>Python</li>"}],
        additional="<div>We answer within a week.</div>",
        salaryRange={"min": 90000, "max": 110000, "currency": "CAD", "interval": "per-year-salary"},
        salaryDescriptionPlain="Plus a boat.",
        hostedUrl=URL,
    )
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")
    assert posting.fields["company"].confidence < 0.5
    assert posting.locations == ("Bergen", "Oslo")
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")
    assert posting.posted_at == dt.date(2026, 11, 2)
    assert (posting.salary_min, posting.salary_max) == (Decimal(90000), Decimal(110000))
    assert (posting.salary_currency, posting.salary_period) == ("CAD", "year")
    assert posting.salary_text == "Plus a boat."
    assert posting.completeness is Completeness.FULL
    assert posting.is_open is True


def test_requirements_stand_in_lists_and_are_part_of_the_description():
    posting = read(lists=[{"text": "What you bring & know", "content": "<li>Salt water</li><li>Python</li>"}])
    text = (posting.description_text or "").split("\n")
    assert [line for line in text if line][1:] == ["What you bring & know", "Salt water", "Python"]
    assert "<ul><li>Salt water</li><li>Python</li></ul>" in (posting.description_html or "")


def test_the_parts_stand_in_for_the_description_where_there_is_none():
    parts = {
        "description": None,
        "opening": "<b>We are Blue Harbor.</b>",
        "descriptionBody": f"<p>{TEXT}</p>",
    }
    text = read(**parts).description_text or ""
    assert text.startswith("We are Blue Harbor.")
    assert TEXT.strip() in text
    assert read(description="", descriptionPlain=TEXT).description_text == TEXT.strip()


@pytest.mark.parametrize(
    ("interval", "period"),
    [
        ("per-hour-wage", "hour"),
        ("per-day-wage", "day"),
        ("per-month-salary", "month"),
        ("per-year", "year"),
        ("bi-weekly-salary", None),
        ("one-time", None),
        (None, None),
    ],
)
def test_the_interval_of_a_pay_is_kept_as_it_is_stated(interval: object, period: str | None):
    posting = read(salaryRange={"min": 30, "max": 40, "currency": "USD", "interval": interval})
    assert (posting.salary_min, posting.salary_period) == (Decimal(30), period)


@pytest.mark.parametrize("kind", ["unspecified", None, 5])
def test_a_place_of_work_that_is_not_specified_says_nothing(kind: object):
    assert read(workplaceType=kind).location_type is None


@pytest.mark.parametrize("moment", [0, True, "1", 10**30, -5, None])
def test_a_number_that_is_no_moment_of_ours_is_no_date(moment: object):
    assert read(createdAt=moment).posted_at is None


def test_a_posting_is_found_on_its_board():
    board = [{"id": "x", "text": "Cook"}, {"id": ID.upper(), "text": "Tide Engineer"}]
    assert read_answer(URL, board).title == "Tide Engineer"
    assert read_answer(URL, board, posting_id="y").title is None


PAGE = f"""<title>Blue Harbor - North - Tide Engineer - Nights</title><body>
<div class="section-wrapper"><div class="section posting-header"><div class="posting-headline">
<h2>Tide Engineer - Nights</h2><div class="posting-categories"><div class="location">Bergen /</div>
<div class="commitment">Full-time /</div><div class="workplaceTypes">On-site</div></div></div></div>
<div class="section"><p>{TEXT}</p></div><div class="section"><h3>Requirements</h3><ul><li>Salt water</li></ul>
</div><div class="section last-section-apply"><a>Apply for this job</a></div></div></body>"""


def test_the_window_title_of_the_page_names_the_employer():
    posting = read_page(URL, PAGE)
    assert (posting.title, posting.company) == ("Tide Engineer - Nights", "Blue Harbor - North")
    assert posting.locations == ("Bergen",)
    assert (posting.location_type, posting.employment_type) == ("onsite", "full_time")
    assert (posting.description_text or "").endswith("Salt water")
    assert posting.completeness is Completeness.FULL


def test_the_other_names_of_the_pages_elements_are_read():
    page = PAGE.replace('"location"', '"sort-by-location"').replace('"commitment"', '"sort-by-commitment"')
    salary = '<div data-qa="salary-range">€60,000 - €70,000 a year</div></body>'
    posting = read_page(URL, page.replace("</body>", salary))
    assert (posting.locations, posting.employment_type) == (("Bergen",), "full_time")
    assert (posting.salary_min, posting.salary_currency, posting.salary_period) == (
        Decimal(60000),
        "EUR",
        "year",
    )


def test_the_window_title_alone_is_read_as_employer_and_title():
    posting = read_page(URL, f"<title>Blue Harbor - Tide Engineer</title><main>{TEXT}</main>")
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")


def test_the_page_of_a_posting_that_is_gone_closes_it():
    page = "<title>Not found \u2013 404 error</title><body><h2>Sorry, we couldn't find anything here</h2>"
    page += "<p>The job posting you're looking for might have closed, or it has been removed.</p></body>"
    assert read_page(URL, page).closed_reason == "hosted_page_gone"
    assert read_page(URL, PAGE).is_open is None
