"""The sample world: its pages say what they are meant to say, and nobody in it is real."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest

from apptrack_pipeline.analysis.resume import read_resume
from apptrack_pipeline.demo.world import (
    CAPTURES,
    RESUME_FILENAME,
    STORY_URL,
    ExpectedApplication,
    SampleCapture,
    read_page,
    read_resume_file,
)
from apptrack_pipeline.domain import Completeness, Status
from apptrack_pipeline.postings.detection import identity_url
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse_captured

NOW = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)
EXPECTED = [pytest.param(c, c.expected, id=c.expected.company) for c in CAPTURES if c.expected is not None]
EMPLOYERS = sorted({c.expected.company for c in CAPTURES if c.expected is not None})


def read(capture: SampleCapture, *, html_only: bool = False) -> Posting:
    body = capture.body(now=NOW)
    if html_only:
        return parse_captured(Payload(url=capture.url, html=body["html"]), now=NOW)
    page = Payload(
        url=capture.url,
        html=body.get("html"),
        json_ld=body.get("json_ld"),
        page_title=body.get("page_title"),
        company_name=body.get("company_name"),
        job_title=body.get("job_title"),
    )
    return parse_captured(page, now=NOW)


def test_fourteen_captures_are_of_thirteen_postings_and_have_the_key_of_theirs() -> None:
    assert len(CAPTURES) == 14
    assert len({identity_url(capture.url) for capture in CAPTURES}) == len(EXPECTED) == 13
    assert len({(capture.key, identity_url(capture.url)) for capture in CAPTURES}) == 13
    assert len({capture.key for capture in CAPTURES}) == 13


def test_captures_are_oldest_first_and_two_applications_are_of_one_employer() -> None:
    ages = [capture.age for capture in CAPTURES]
    assert ages == sorted(ages, reverse=True)
    assert len(EMPLOYERS) == 12


def test_the_second_capture_of_a_posting_has_another_address_and_comes_later() -> None:
    (again,) = [capture for capture in CAPTURES if capture.expected is None]
    (first,) = [capture for capture in CAPTURES if capture.url == STORY_URL]
    assert again.url != first.url
    assert identity_url(again.url) == identity_url(first.url)
    assert again.age < first.age
    assert not first.applied
    assert again.applied


def test_one_posting_is_closed_one_page_is_blank_and_one_capture_has_no_page() -> None:
    expected = [capture.expected for capture in CAPTURES if capture.expected is not None]
    assert sum(one.is_closed for one in expected) == 1
    assert sum(one.completeness is Completeness.BLANK for one in expected) == 1
    assert sum(capture.page is None for capture in CAPTURES) == 1
    assert sum(one.status is Status.APPLIED for one in expected) == 6
    assert sum(capture.notes is not None for capture in CAPTURES) == 2


@pytest.mark.parametrize(("capture", "expected"), EXPECTED)
def test_each_page_is_read_as_it_is_meant(capture: SampleCapture, expected: ExpectedApplication) -> None:
    posting = read(capture)
    assert posting.completeness is expected.completeness
    assert posting.title == expected.title
    assert posting.company == expected.company
    assert (posting.is_open is False) == expected.is_closed
    if expected.completeness is Completeness.FULL:
        assert 500 < len(posting.description_text or "") < 2_500
    if expected.language is not None:
        assert posting.language == expected.language
    if expected.salary is not None:
        stated = (posting.salary_min, posting.salary_max, posting.salary_currency, posting.salary_period)
        assert stated == expected.salary


@pytest.mark.parametrize(("capture", "expected"), [p for p in EXPECTED if p.values[0].page is not None])
def test_a_page_alone_names_its_posting(capture: SampleCapture, expected: ExpectedApplication) -> None:
    posting = read(capture, html_only=True)
    assert posting.completeness is expected.completeness
    if expected.completeness is not Completeness.BLANK:
        assert (posting.company, posting.title) == (expected.company, expected.title)


def test_a_page_that_waits_for_javascript_is_blank_and_says_why() -> None:
    (capture,) = [c for c in CAPTURES if c.expected and c.expected.completeness is Completeness.BLANK]
    assert read(capture).review_reason == "blank_page"


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.url)
def test_a_capture_is_what_the_extension_sends(capture: SampleCapture) -> None:
    body = capture.body(now=NOW)
    assert dt.datetime.fromisoformat(body["captured_at"]) == NOW - capture.age
    assert dt.timedelta(0) < capture.age < dt.timedelta(weeks=4)
    assert body["extension_version"]
    assert (capture.page is not None) == ("html" in body)


def test_the_pages_dates_move_with_the_clock() -> None:
    (capture,) = [c for c in CAPTURES if c.page == "greenhouse_senior_data_engineer.html"]
    posted_at = read(capture).posted_at
    assert posted_at is not None
    assert NOW.date() - posted_at == dt.date(2026, 11, 23) - dt.date(2026, 10, 26)


def test_the_resume_can_be_read() -> None:
    assert "PostgreSQL" in read_resume_file().decode()
    read_resume(read_resume_file(), RESUME_FILENAME)


def test_no_employer_of_the_sample_world_is_among_real_ones(shared_data: Path) -> None:
    path = shared_data / "ats" / "posting_urls.tsv.gz"
    if not path.is_file():
        pytest.skip("the list of real posting addresses is missing")
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        real = file.read().casefold()
    names = {re.split(r"\W+", employer.casefold())[0] for employer in EMPLOYERS}
    resume = read_resume_file().decode().casefold()
    names |= set(re.findall(r"— (\w+) \w+, \w+\n", resume))
    assert len(names) == 15
    assert [name for name in sorted(names) if name in real] == []


def test_links_of_the_pages_lead_to_platforms_or_to_nobody() -> None:
    platforms = {"schema.org", "ogp.me", "lever.co", "greenhouse.com", "smartrecruiters.com"}
    own = {re.sub(r"^https://([^/]+)/.*", r"\1", capture.url) for capture in CAPTURES}
    for page in {capture.page for capture in CAPTURES} - {None}:
        html = read_page(str(page), today=NOW.date())
        for host in re.findall(r"https?://([^/\"'\s<]+)", html):
            domain = ".".join(host.split(".")[-2:])
            invented = host in own or domain == "example.com" or host.endswith(".example")
            assert invented or domain in platforms, (page, host)
