from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from platform_questions import asked, found, read_answer, read_page, state

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Posting

ID = "0b5f2c1e-9d34-4a6b-8f10-2c7d9e3a4b5c"
OTHER = "1c5f2c1e-9d34-4a6b-8f10-2c7d9e3a4b5c"
URL = f"https://jobs.ashbyhq.com/blue-harbor/{ID}"
OWN = f"https://blueharbor.example/careers?ashby_jid={ID}"
API = "https://api.ashbyhq.com/posting-api/job-board"
TEXT = "You keep the tide gauges of our harbours running and tell the ferries when they may leave. " * 6


def job(**fields: object) -> dict[str, object]:
    stated = {"id": ID, "title": "Tide Engineer", "descriptionHtml": f"<p>{TEXT}</p>", "isListed": True}
    return stated | fields


def read(**fields: object) -> Posting:
    return read_answer(URL, job(**fields))


def salary(low: object, high: object, currency: str = "EUR", interval: str = "1 YEAR") -> dict[str, object]:
    kind = {"compensationType": "Salary", "interval": interval, "currencyCode": currency}
    return kind | {"minValue": low, "maxValue": high}


@pytest.mark.parametrize(
    ("url", "board"),
    [
        (URL, "blue-harbor"),
        (f"{URL}/application?utm_source=x", "blue-harbor"),
        (f"https://Jobs.AshbyHQ.com/Blue%20Harbor/{ID.upper()}", "Blue Harbor"),
        (f"https://jobs.ashbyhq.com/Blue+Harbor/{ID}", "Blue Harbor"),
        (f"https://jobs.ashbyhq.com/blueharbor.ai/{ID}/", "blueharbor.ai"),
        (f"https://jobs.ashbyhq.com/blue-harbor?ashby_jid={ID}", "blue-harbor"),
        (f"https://jobs.ashbyhq.com/blue-harbor/embed?ashby_jid={ID}", "blue-harbor"),
        (f"https://app.ashbyhq.com/job-board/blue-harbor/{ID}", "blue-harbor"),
    ],
)
def test_every_address_of_a_posting_names_it_in_one_spelling(url: str, board: str):
    match = found(url)
    assert (match.platform, match.organisation, match.posting_id) == ("ashby", board, ID)
    name = board.replace(" ", "%20")
    assert match.canonical_url == f"https://jobs.ashbyhq.com/{name.lower()}/{ID}"
    assert match.api_url == f"{API}/{name}?includeCompensation=true"


def test_an_id_on_the_employers_own_site_is_enough():
    match = found(OWN)
    assert (match.platform, match.organisation, match.posting_id, match.api_url) == ("ashby", None, ID, None)
    assert found(f"{OWN}&utm_source=x").canonical_url == match.canonical_url


def test_a_board_is_no_posting():
    assert found("https://jobs.ashbyhq.com/blue-harbor").posting_id is None
    assert detect("https://blueharbor.example/careers?ashby_jid=soon") is None


@pytest.mark.parametrize(
    "mark",
    [
        '<script src="https://jobs.ashbyhq.com/bh/embed?version=2"></script>',
        '<iframe src="https://app.ashbyhq.com/job-board/bh/embed"></iframe>',
        '<script>window.x = {"organizationHostedJobsPageName": "bh"}</script>',
        f'<a href="https://jobs.ashbyhq.com/bh/{ID}">Apply</a>',
    ],
)
def test_the_page_tells_whose_board_an_id_is_on(mark: str):
    match = found(OWN, mark)
    assert (match.organisation, match.api_url) == ("bh", f"{API}/bh?includeCompensation=true")


def test_the_board_is_asked_before_the_page_and_guessed_where_it_is_not_known():
    assert [one.url for one in asked(f"{URL}/application")] == [
        f"{API}/blue-harbor?includeCompensation=true",
        URL,
    ]
    assert [one.url for one in asked(OWN)] == [f"{API}/blueharbor?includeCompensation=true", OWN]


def test_a_posting_is_gone_when_its_board_no_longer_lists_it():
    others = {"jobs": [{"id": OTHER, "title": "Cook"}]}
    assert state(URL, 0, 200, {"jobs": [job()]}) == "posting"
    assert state(URL, 0, 200, others) == "closed"
    assert state(URL, 0, 200, {"jobs": [job(isListed=False)]}) == "closed"
    assert state(OWN, 0, 200, others) == "nothing", "a guessed board proves nothing"
    assert state(URL, 0, 200, {"jobs": []}) == "nothing"
    assert state(URL, 0, 200, {"jobs": None}) == "nothing"
    assert state(URL, 0, 404, "Not Found") == "nothing"
    assert state(URL, 0, 500) == "busy"
    assert read_answer(URL, others).is_open is False
    assert read_answer(URL, {"jobs": []}).is_open is None
    assert read(isListed=False).closed_reason == "unlisted"


def test_the_page_is_the_same_shell_for_any_id():
    shell = '<script>window.__appData = {"organization":{"name":"Blue Harbor"},"posting":null};</script>'
    assert state(URL, 1, 200, shell) == "nothing"
    assert state(URL, 1, 200, shell.replace("null", '{"title":"Tide Engineer"}')) == "posting"
    assert read_page(URL, f"<body>{shell}</body>").is_open is None


def test_a_posting_is_found_on_its_board_and_read_in_full():
    posting = read_answer(
        URL,
        {
            "apiVersion": "1",
            "jobs": [
                {"id": OTHER, "title": "Cook"},
                job(
                    location="Bergen",
                    secondaryLocations=[{"location": "Oslo", "address": {}}, "Tromsø", None],
                    employmentType="FullTime",
                    workplaceType="Hybrid",
                    isRemote=True,
                    publishedAt="2026-11-02T09:00:00.000+00:00",
                    jobUrl=URL,
                ),
            ],
        },
    )
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")
    assert posting.fields["company"].confidence < 0.5
    assert posting.locations == ("Bergen", "Oslo", "Tromsø")
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")
    assert posting.posted_at == dt.date(2026, 11, 2)
    assert posting.is_open is True
    assert posting.completeness is Completeness.FULL


def test_the_address_stands_in_for_a_missing_place():
    address = {
        "postalAddress": {"addressLocality": "Bergen", "addressRegion": None, "addressCountry": "Norway"}
    }
    assert read(location=None, address=address).locations == ("Bergen, Norway",)
    assert read(location="Bergen", address=address).locations == ("Bergen",)


def test_that_it_is_remote_counts_only_where_no_place_of_work_is_stated():
    assert read(isRemote=True).location_type == "remote"
    assert read(isRemote=True, location="Hybrid - Bergen").location_type == "hybrid"
    assert read(isRemote=True, workplaceType="OnSite").location_type == "onsite"
    assert read(isRemote=False).location_type is None


def test_only_salary_is_pay():
    equity = {"compensationType": "EquityPercentage", "interval": "NONE", "minValue": 0.1, "maxValue": 0.5}
    bonus = {"compensationType": "Bonus", "interval": "1 YEAR", "currencyCode": "EUR", "minValue": 5000}
    tier = {"title": "Senior", "components": [equity, bonus, salary(70000, 90000)]}
    posting = read(
        compensation={
            "compensationTierSummary": "€70K – €90K • 0.1% – 0.5% • Offers Bonus",
            "scrapeableCompensationSalarySummary": "€70K - €90K",
            "compensationTiers": [tier],
        }
    )
    assert [
        (one.minimum, one.maximum, one.currency, one.period, one.label) for one in posting.salary_ranges
    ] == [(Decimal(70000), Decimal(90000), "EUR", "year", "Senior")]
    assert (posting.salary_min, posting.salary_max) == (Decimal(70000), Decimal(90000))
    assert posting.salary_text == "€70K - €90K"


def test_tiers_of_one_currency_are_summed_up_and_of_several_are_not():
    def tiers(*ranges: dict[str, object]) -> Posting:
        return read(compensation={"compensationTiers": [{"components": [one]} for one in ranges]})

    same = tiers(salary(70000, 90000), salary(60000, 80000))
    assert (same.salary_min, same.salary_max, same.salary_currency) == (Decimal(60000), Decimal(90000), "EUR")
    several = tiers(salary(70000, 90000), salary(60000, 80000, "USD"))
    assert [one.currency for one in several.salary_ranges] == ["EUR", "USD"]
    assert (several.salary_min, several.salary_currency) == (None, None)


@pytest.mark.parametrize(
    ("interval", "period"),
    [
        ("1 HOUR", "hour"),
        ("1 MONTH", "month"),
        ("1 YEAR", "year"),
        ("2 WEEK", None),
        ("NONE", None),
        ("", None),
    ],
)
def test_the_interval_of_a_salary_is_its_period(interval: str, period: str | None):
    components = [salary(30, 40, interval=interval)]
    assert read(compensation={"summaryComponents": components}).salary_period == period


@pytest.mark.parametrize(
    ("words", "low", "high", "currency"),
    [
        ("$170,000 - $230,000 USD", 170000, 230000, "USD"),
        ("CA$215K – CA$310K • Offers Equity", 215000, 310000, "CAD"),
        ("$170K – $230K + equity", 170000, 230000, "USD"),
        ("0.5% – 1% • €70K – €90K", 70000, 90000, "EUR"),
    ],
)
def test_the_summary_is_read_where_there_are_no_components(words: str, low: int, high: int, currency: str):
    posting = read(compensation=None, compensationTierSummary=words)
    assert (posting.salary_min, posting.salary_max) == (Decimal(low), Decimal(high))
    assert (posting.salary_currency, posting.salary_period) == (currency, "year")


@pytest.mark.parametrize("words", ["Offers Equity", "0.5% – 1%", None, ["€70K"], "Competitive"])
def test_a_summary_without_salary_is_no_pay(words: object):
    assert read(compensationTierSummary=words).salary_ranges == ()


def test_tiers_in_words_are_read_each():
    tiers = [
        {"title": "Zone A", "tierSummary": "Base Salary $170K – $230K • Offers Equity"},
        {"title": "Zone B", "tierSummary": "CA$150K – CA$200K • Offers Equity"},
    ]
    posting = read(compensationTierSummary="$170K – $230K • Multiple Ranges", compensationTiers=tiers)
    assert [(one.minimum, one.currency, one.label) for one in posting.salary_ranges] == [
        (Decimal(170000), "USD", "Zone A"),
        (Decimal(150000), "CAD", "Zone B"),
    ]


def test_the_pages_own_json_ld_states_the_pay_better_than_words_do():
    linked = {
        "datePosted": "2026-11-02",
        "hiringOrganization": {"name": "Blue Harbor AS"},
        "baseSalary": {"currency": "USD", "value": {"minValue": 50, "maxValue": 60, "unitText": "HOUR"}},
    }
    posting = read(compensationTierSummary="$50 – $60 per hour", linkedData=linked)
    assert (posting.salary_max, posting.salary_currency, posting.salary_period) == (
        Decimal(60),
        "USD",
        "hour",
    )
    assert (posting.company, posting.posted_at) == ("Blue Harbor AS", dt.date(2026, 11, 2))


GRAPH = {"id": ID, "title": "Tide Engineer", "locationName": "Bergen", "publishedDate": "2026-11-02"}


@pytest.mark.parametrize(
    "answer",
    [
        {"data": {"jobPosting": GRAPH}},
        [{"data": {"jobPosting": GRAPH}}],
        {"data": {"jobBoard": {"jobPostings": [{"id": OTHER, "title": "Cook"}, GRAPH]}}},
        {
            "organization": {"name": "Blue Harbor"},
            "posting": GRAPH,
            "jobBoard": {"jobPostings": [{"id": OTHER}]},
        },
        [{"id": OTHER, "title": "Cook"}, GRAPH],
    ],
)
def test_answers_of_the_pages_own_program_are_read(answer: object):
    posting = read_answer(URL, answer)
    assert (posting.title, posting.locations) == ("Tide Engineer", ("Bergen",))
    assert (posting.posted_at, posting.company) == (dt.date(2026, 11, 2), "Blue Harbor")


def test_the_state_of_the_hosted_page_names_the_employer():
    held = {
        "organization": {"name": "Blue Harbor {AS}"},
        "posting": job(locationName="Bergen", isRemote=False),
    }
    posting = read_page(URL, f"<body><script>window.__appData = {json.dumps(held)};\nstart()</script></body>")
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor {AS}")
    assert posting.fields["title"].source == "embedded state"
    assert posting.completeness is Completeness.FULL
