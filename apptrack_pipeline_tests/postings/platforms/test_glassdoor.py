from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse_captured

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://www.glassdoor.com/job-listing/tram-driver-fernwick-JV_IC1_KO0,11.htm?jl=1009123456789"
TEXT = (
    "Our trams run from five in the morning; we teach you to drive them and pay you while you are learning. "
    * 5
)
VIEW = {
    "header": {
        "employerNameFromSearch": "Fernwick Transit",
        "locationName": "Leeds, England",
        "ageInDays": 4,
        "payPeriod": "ANNUAL",
        "payPeriodAdjustedPay": {"p10": 30_000, "p50": 33_000, "p90": 36_000},
        "payCurrency": "GBP",
        "salarySource": "EMPLOYER_PROVIDED",
        "jobTypeKeys": ["FULLTIME"],
        "expired": False,
    },
    "job": {"listingId": 1009123456789, "jobTitleText": "Tram Driver", "description": f"<p>{TEXT}</p>"},
}


def read(html: str) -> Posting:
    return parse_captured(Payload(url=URL, html=html), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://www.glassdoor.com/partner/jobListing.htm?pos=101&ao=1&jobListingId=1009123456789&s=345",
        "https://www.glassdoor.com/Job/leeds-tram-jobs-SRCH_IL.0,5.htm?jl=1009123456789",
        "https://glassdoor.com/job-listing/j?jl=1009123456789&utm_source=mail",
    ],
)
def test_all_addresses_of_a_listing_have_one_number_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.posting_id) == ("glassdoor", "1009123456789")
    assert match.canonical_url == "https://glassdoor.com/job-listing/j?jl=1009123456789"


def test_a_country_is_the_same_platform_under_its_own_host() -> None:
    match = detect("https://www.glassdoor.co.uk/job-listing/x.htm?jl=1009123456789")
    assert match is not None
    assert match.canonical_url == "https://glassdoor.co.uk/job-listing/j?jl=1009123456789"


def test_reviews_are_no_posting_and_nothing_is_asked_for() -> None:
    match = detect("https://www.glassdoor.com/Reviews/Fernwick-Reviews-E1234567.htm")
    assert match is not None
    assert match.posting_id is None
    platform = platform_named("glassdoor")
    assert platform is not None
    assert platform.requests is None


def states(view: object) -> list[str]:
    pushed = f'5:["$","$L1",null,{{"jobview":{json.dumps(view)}}}]'
    return [
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"x": [view]}})}</script>',
        f"<script>window.appCache={json.dumps({'apolloState': {'ROOT': {'jobview(1)': view}}})};</script>",
        f"<script>self.__next_f.push([1,{json.dumps(pushed[:60])}])</script>"
        f"<script>self.__next_f.push([1,{json.dumps(pushed[60:])}])</script>",
    ]


@pytest.mark.parametrize("html", states(VIEW))
def test_the_state_of_the_page_is_read(html: str) -> None:
    posting = read(html + "<body>x</body>")
    assert (posting.title, posting.company, posting.locations) == (
        "Tram Driver",
        "Fernwick Transit",
        ("Leeds, England",),
    )
    assert (posting.salary_min, posting.salary_max) == (Decimal(30_000), Decimal(36_000))
    assert (posting.salary_currency, posting.salary_period) == ("GBP", "year")
    assert [one.estimated for one in posting.salary_ranges] == [False]
    assert posting.employment_type == "full_time"
    assert posting.posted_at == date(2026, 11, 20)


def test_the_boards_own_estimate_is_marked_and_hardly_believed() -> None:
    view = {**VIEW, "header": {**VIEW["header"], "salarySource": "ESTIMATED"}}
    posting = read(states(view)[0] + "<body>x</body>")
    assert [one.estimated for one in posting.salary_ranges] == [True]
    assert posting.fields["salary_min"].confidence == 0.3


def test_of_several_listings_the_one_of_the_address_counts() -> None:
    other = {"header": {"employerNameFromSearch": "Other"}, "job": {"listingId": 7, "jobTitleText": "Cook"}}
    state = json.dumps({"listings": [other, VIEW]})
    posting = read(f'<script id="__NEXT_DATA__" type="application/json">{state}</script><body>x</body>')
    assert posting.title == "Tram Driver"


@pytest.mark.parametrize(("mark", "estimated"), [("Employer est.", False), ("Glassdoor est.", True)])
def test_the_elements_of_the_page_are_read(mark: str, estimated: bool) -> None:
    posting = read(
        f"""<body><header data-test="job-details-header"><h4 class="EmployerProfile_employerNameHeading__x">
        Fernwick Transit</h4><h1 id="jd-job-title-1">Tram Driver</h1><div data-test="location">Leeds</div>
        </header>
        <div data-test="detailSalary">£30K - £36K ({mark})</div>
        <div class="JobDetails_jobDescription__a1"><p>{TEXT}</p></div></body>"""
    )
    assert (posting.title, posting.company, posting.locations) == (
        "Tram Driver",
        "Fernwick Transit",
        ("Leeds",),
    )
    assert [(one.minimum, one.maximum, one.currency, one.period) for one in posting.salary_ranges] == [
        (Decimal(30_000), Decimal(36_000), "GBP", "year")
    ]
    assert posting.salary_ranges[0].estimated is estimated


def test_an_expired_listing_is_closed() -> None:
    view = {**VIEW, "header": {**VIEW["header"], "expired": True}}
    assert read(states(view)[0] + "<body>x</body>").closed_reason == "expired"


def test_the_window_title_names_employer_job_and_place() -> None:
    title = "Fernwick Transit hiring Tram Driver Job in Leeds, England | Glassdoor"
    posting = read(f"<title>{title}</title><body>x</body>")
    assert (posting.title, posting.company, posting.locations) == (
        "Tram Driver",
        "Fernwick Transit",
        ("Leeds, England",),
    )
