from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse_captured

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://www.ziprecruiter.com/c/Fernwick/Job/Baker/-in-Reno,NV?jid=4d1f0a2b3c5e6f70"
TEXT = (
    "We bake bread at night and sell it in the morning; you mix, shape, bake and keep the ovens in order. "
    * 5
)
JOB = {
    "listingKey": "Qx7-abcDEF_12",
    "title": "Baker",
    "company": {"name": "fernwick", "canonicalDisplayName": "Fernwick"},
    "location": {"displayName": "Reno, NV", "city": "Reno", "stateCode": "NV", "countryCode": "US"},
    "htmlFullDescription": f"<p>{TEXT}</p>",
    "employmentTypes": [{"name": "EMPLOYMENT_TYPE_NAME_PART_TIME"}],
    "locationTypes": [{"name": "LOCATION_TYPE_NAME_ONSITE"}],
    "pay": {
        "min": 19.5,
        "max": 24,
        "currency": "PAY_CURRENCY_USD",
        "interval": "PAY_INTERVAL_HOURLY",
        "metadata": {"visible": True},
    },
    "status": {"postedAtUtc": "2026-11-18T09:00:00Z"},
}


def read(html: str) -> Posting:
    return parse_captured(Payload(url=URL, html=html), now=NOW)


@pytest.mark.parametrize(
    ("url", "number", "canonical"),
    [
        (URL + "&utm_source=x", "4d1f0a2b3c5e6f70", URL.replace("www.", "")),
        (
            "https://www.ziprecruiter.com/jobs/fernwick-1a2b3c4d/baker-9f8e7d6c?lvk=zz",
            "9f8e7d6c",
            "https://ziprecruiter.com/jobs/fernwick-1a2b3c4d/baker-9f8e7d6c",
        ),
        (
            "https://www.ziprecruiter.com/jobs-search?search=baker&location=Reno&lk=Qx7-abcDEF_12",
            "Qx7-abcDEF_12",
            "https://ziprecruiter.com/jobs-search?lk=Qx7-abcDEF_12",
        ),
        (
            "https://www.ziprecruiter.com/jobs//j?lvk=Qx7-abcDEF_12",
            "Qx7-abcDEF_12",
            "https://ziprecruiter.com/jobs-search?lk=Qx7-abcDEF_12",
        ),
        (
            "https://www.ziprecruiter.co.uk/jobs/312345678-baker-at-fernwick",
            "312345678",
            "https://ziprecruiter.co.uk/jobs/312345678",
        ),
    ],
)
def test_addresses_name_a_job(url: str, number: str, canonical: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.posting_id, match.canonical_url) == ("ziprecruiter", number, canonical)
    again = detect(match.canonical_url)
    assert again is not None
    assert again.canonical_url == canonical


def test_a_search_is_no_posting_and_nothing_is_asked_for() -> None:
    match = detect("https://www.ziprecruiter.com/jobs-search?search=baker&location=Reno")
    assert match is not None
    assert match.posting_id is None
    platform = platform_named("ziprecruiter")
    assert platform is not None
    assert platform.requests is None


def pages(job: object) -> list[str]:
    pushed = f'7:["$","div",null,{{"jobDetails":{json.dumps(job)}}}]'
    state = {"getJobDetailsResponse": {"jobDetails": job}}
    return [
        f'<script id="js_variables" type="application/json">{json.dumps(state)}</script>',
        f"<script>self.__next_f.push([1,{json.dumps(pushed)}])</script>",
    ]


@pytest.mark.parametrize("html", pages(JOB))
def test_the_state_of_the_page_is_read(html: str) -> None:
    posting = read(html + "<body>x</body>")
    assert (posting.title, posting.company, posting.locations) == ("Baker", "Fernwick", ("Reno, NV",))
    assert (posting.employment_type, posting.location_type) == ("part_time", "onsite")
    assert (posting.salary_min, posting.salary_max) == (Decimal("19.5"), Decimal(24))
    assert (posting.salary_currency, posting.salary_period) == ("USD", "hour")
    assert posting.posted_at == date(2026, 11, 18)
    assert posting.description_text is not None


def test_the_card_of_the_list_adds_what_the_details_lack() -> None:
    details = {name: JOB[name] for name in ("listingKey", "title", "htmlFullDescription")}
    cards = [JOB | {"listingKey": "other", "title": "Cook"}, JOB]
    state = {
        "getJobDetailsResponse": {"jobDetails": details},
        "hydrateJobCardsResponse": {"jobCards": cards},
    }
    page = f'<script id="js_variables" type="application/json">{json.dumps(state)}</script><body>x</body>'
    posting = read(page)
    assert (posting.title, posting.company, posting.salary_max) == ("Baker", "Fernwick", Decimal(24))


def test_pay_that_the_employer_does_not_show_is_the_boards_guess() -> None:
    pay = {"minAnnual": 38_000, "maxAnnual": 47_000, "metadata": {"visible": False}}
    posting = read(pages(JOB | {"pay": pay})[0] + "<body>x</body>")
    assert [(one.maximum, one.period, one.estimated) for one in posting.salary_ranges] == [
        (Decimal(47_000), "year", True)
    ]
    assert posting.fields["salary_ranges"].confidence == 0.3
