from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://jobs.jobvite.com/fernwick/job/oAbC1fwXy"
TEXT = (
    "You survey rivers by boat and by foot, draw their beds and warn the villages along them of high water. "
    * 5
)


def page(meta: str, title: str = "Fernwick Careers - River Surveyor") -> str:
    return f"""<title>{title}</title><body><h2 class="jv-header">River Surveyor</h2>
    <p class="jv-job-detail-meta">{meta}</p>
    <div class="jv-job-detail-description"><p>{TEXT}</p></div></body>"""


def read(html: str) -> Posting:
    return parse_captured(Payload(url=URL, html=html), now=NOW)


SEPARATOR = '<span class="jv-inline-separator"></span>'


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}/apply",
        f"{URL}?__jvst=Job%20Board&__jvsd=LinkedIn",
        "https://jobs.jobvite.com/careers/fernwick/job/oAbC1fwXy",
        "https://jobs.jobvite.com/Fernwick/job/oAbC1fwXy",
    ],
)
def test_all_addresses_of_a_job_have_one_id_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.posting_id, match.canonical_url) == ("jobvite", "oAbC1fwXy", URL)
    assert (match.organisation or "").lower() == "fernwick"


@pytest.mark.parametrize(
    "url",
    [
        "https://app.jobvite.com/CompanyJobs/Careers.aspx?c=qXy9Vfw0&j=oAbC1fwXy&k=Job",
        "https://app.jobvite.com/j?cj=oAbC1fwXy&s=LinkedIn",
        "https://www.fernwick.example/careers/?jvi=oAbC1fwXy,Job&jvs=Indeed",
    ],
)
def test_older_links_and_other_sites_name_the_job_without_the_employer(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("jobvite", None, "oAbC1fwXy")


def test_a_board_is_no_posting() -> None:
    match = detect("https://jobs.jobvite.com/careers/fernwick/jobs?q=river")
    assert match is not None
    assert match.posting_id is None


def test_the_page_is_read() -> None:
    posting = read(page(f"Field Work {SEPARATOR} Lyon, France {SEPARATOR} Req ID: RV-204"))
    assert (posting.title, posting.company, posting.locations) == (
        "River Surveyor",
        "Fernwick",
        ("Lyon, France",),
    )
    assert posting.requisition_id == "RV-204"
    assert posting.description_text is not None


def test_every_place_after_the_department_is_read_and_lines_below_are_none() -> None:
    posting = read(
        page(
            f"""Field Work <span class='jv-inline-separator'></span> Lyon,
            France {SEPARATOR} Turin, Italy<br>Req.Num.: RV-204<br>Salary: EUR 25.00 - 28.50 Hourly<br>"""
        )
    )
    assert posting.locations == ("Lyon, France", "Turin, Italy")
    assert posting.requisition_id == "RV-204"
    assert (posting.salary_max, posting.salary_currency, posting.salary_period) == (
        Decimal("28.5"),
        "EUR",
        "hour",
    )


def test_several_places_stand_in_one_part() -> None:
    assert read(page(f"Field {SEPARATOR} Lyon, France; Turin, Italy")).locations == (
        "Lyon, France",
        "Turin, Italy",
    )


def test_a_lone_part_is_a_place_only_if_it_reads_like_one() -> None:
    assert read(page("Lyon, France")).locations == ("Lyon, France",)
    assert read(page("Remote - US")).locations == ("Remote - US",)
    assert read(page("Field Work")).locations == ()


def test_the_employer_is_guessed_from_the_address_where_the_title_does_not_say() -> None:
    posting = read(page("Field", title="River Surveyor"))
    assert posting.company == "Fernwick"
    assert posting.fields["company"].confidence == 0.3


def test_a_job_of_the_partners_list_is_read() -> None:
    job = {
        "eId": "oAbC1fwXy",
        "title": "River Surveyor",
        "requisitionId": "RV-204",
        "jobType": "Full-Time",
        "location": "Lyon, France",
        "description": "<p>You survey rivers.</p>",
        "remote": True,
    }
    payload = Payload(url=URL, answer={"jobs": [{"eId": "oZ", "title": "Cook"}, job]}, posting_id="oAbC1fwXy")
    posting = parse("jobvite", payload, now=NOW)
    assert (posting.title, posting.locations, posting.requisition_id) == (
        "River Surveyor",
        ("Lyon, France",),
        "RV-204",
    )
    assert (posting.employment_type, posting.location_type) == ("full_time", "remote")


@pytest.mark.parametrize(
    ("status", "final", "state"),
    [
        (200, URL, "posting"),
        (200, "https://jobs.jobvite.com/fernwick/jobs?error=404", "closed"),
        (200, "https://www.jobvite.com/support/job-seeker-support/?invalid=1", "nothing"),
        (200, "https://jobs.jobvite.com/fernwick/jobs", "nothing"),
        (404, URL, "closed"),
        (403, URL, "blocked"),
        (503, URL, "busy"),
    ],
)
def test_what_answers_mean(status: int, final: str, state: str) -> None:
    match, platform = detect(URL), platform_named("jobvite")
    assert match is not None
    assert judge(Answer(Request(URL, "page"), status, final, "<p>x</p>"), match, platform).state == state
