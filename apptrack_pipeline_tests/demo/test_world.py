"""The sample world: its pages say what they are meant to say, and nobody in it is real."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import uuid
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
    write_answers,
)
from apptrack_pipeline.domain import Completeness, Status
from apptrack_pipeline.postings.detection import detect, identity_url
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.scraping.answers import text_of_body
from apptrack_pipeline.scraping.archive import ArchiveFetcher
from apptrack_pipeline.scraping.asking import Conclusion, Reply, may_be_asked, next_step

NOW = dt.datetime(2027, 3, 1, 12, 0, tzinfo=dt.UTC)
EXPECTED = [pytest.param(c, c.expected, id=c.expected.company) for c in CAPTURES if c.expected is not None]
CAPTURED = [one for one in EXPECTED if one.values[0].page is not None]
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


def test_sixteen_captures_are_of_fifteen_postings_and_have_the_key_of_theirs() -> None:
    assert len(CAPTURES) == 16
    assert len({identity_url(capture.url) for capture in CAPTURES}) == len(EXPECTED) == 15
    assert len({(capture.key, identity_url(capture.url)) for capture in CAPTURES}) == 15
    assert len({capture.key for capture in CAPTURES}) == 15


def test_captures_are_oldest_first_and_two_applications_are_of_one_employer() -> None:
    ages = [capture.age for capture in CAPTURES]
    assert ages == sorted(ages, reverse=True)
    assert len(EMPLOYERS) == 14


def test_the_second_capture_of_a_posting_has_another_address_and_comes_later() -> None:
    (again,) = [capture for capture in CAPTURES if capture.expected is None]
    (first,) = [capture for capture in CAPTURES if capture.url == STORY_URL]
    assert again.url != first.url
    assert identity_url(again.url) == identity_url(first.url)
    assert again.age < first.age
    assert not first.applied
    assert again.applied


def test_one_posting_is_closed_one_page_is_blank_and_three_captures_have_no_page() -> None:
    expected = [capture.expected for capture in CAPTURES if capture.expected is not None]
    assert sum(one.is_closed for one in expected) == 1
    assert sum(one.completeness is Completeness.BLANK for one in expected) == 1
    assert sum(capture.page is None for capture in CAPTURES) == 3
    full = [one for one in expected if one.completeness is Completeness.FULL]
    assert (len(full), len({one.platform for one in full})) == (13, 10)
    assert sum(one.read_from == "API" for one in full) == 2
    assert sum(one.status is Status.APPLIED for one in expected) == 6
    assert sum(capture.notes is not None for capture in CAPTURES) == 2


def look(capture: SampleCapture, folder: Path) -> tuple[Conclusion, list[Reply]]:
    """Ask the recorded answers for a posting, as the pipeline asks the sites."""
    write_answers(folder, today=NOW.date())
    fetcher = ArchiveFetcher(folder)
    replies: list[Reply] = []
    while isinstance(step := next_step(capture.url, None, replies), Request):
        came = fetcher.fetch(step)
        text = text_of_body(came.body, came.headers.get("content-type", ""))
        answer = Answer(step, came.status, came.final_url, text, came.headers.get("content-type", ""))
        replies.append(Reply(uuid.uuid4(), step, answer, None, NOW, NOW))
    return step, replies


def says(posting: Posting, expected: ExpectedApplication) -> None:
    assert posting.completeness is expected.completeness
    assert posting.title == expected.title
    assert posting.company == expected.company
    assert (posting.is_open is False) == expected.is_closed
    assert posting.locations == expected.locations
    assert posting.employment_type == expected.employment_type
    if expected.completeness is Completeness.FULL:
        assert 500 < len(posting.description_text or "") < 2_500
        assert posting.posted_at is not None
        assert dt.timedelta(0) < NOW.date() - posting.posted_at < dt.timedelta(weeks=8)
    if expected.language is not None:
        assert posting.language == expected.language
    if expected.salary is not None:
        stated = (posting.salary_min, posting.salary_max, posting.salary_currency, posting.salary_period)
        assert stated == expected.salary


@pytest.mark.parametrize(("capture", "expected"), CAPTURED)
def test_each_page_is_read_as_it_is_meant(capture: SampleCapture, expected: ExpectedApplication) -> None:
    says(read(capture), expected)
    match = detect(capture.url, capture.body(now=NOW)["html"])
    assert match is not None
    assert match.platform == expected.platform


@pytest.mark.parametrize(("capture", "expected"), [p for p in EXPECTED if p.values[1].read_from == "API"])
def test_what_an_api_answers_is_read_as_it_is_meant(
    capture: SampleCapture, expected: ExpectedApplication, tmp_path: Path
) -> None:
    conclusion, _ = look(capture, tmp_path / "answers")
    assert conclusion.outcome == "posting"
    assert conclusion.match is not None
    assert conclusion.match.platform == expected.platform
    posting = parse(expected.platform, conclusion.payload(), now=NOW)
    says(posting, expected)
    assert posting.fields["description_text"].source == "api"


def test_the_page_of_an_employer_names_the_board_that_its_address_does_not(tmp_path: Path) -> None:
    (capture,) = [capture for capture in CAPTURES if capture.key == "cinderlake"]
    _, replies = look(capture, tmp_path / "answers")
    asked = [(reply.request.kind, reply.answer and reply.answer.status) for reply in replies]
    assert asked == [("api", 404), ("page", 200), ("api", 200)]
    assert "/boards/cinderlakeheat/" in replies[-1].request.url


@pytest.mark.parametrize("key", ["osterwynd", "pinmoss"])
def test_what_no_program_may_read_is_not_asked_for(key: str) -> None:
    (capture,) = [capture for capture in CAPTURES if capture.key == key]
    assert not may_be_asked(capture.url, capture.body(now=NOW).get("html"))


def test_every_recorded_answer_is_asked_for(tmp_path: Path) -> None:
    asked = set()
    for number, capture in enumerate(capture for capture in CAPTURES if capture.page is None):
        _, replies = look(capture, tmp_path / str(number))
        asked |= {reply.request.url for reply in replies}
    recorded = (tmp_path / "0").glob("*.response.json")
    assert {json.loads(path.read_bytes())["url"] for path in recorded} == asked


@pytest.mark.parametrize(("capture", "expected"), CAPTURED)
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
    assert len(names) == 17
    assert [name for name in sorted(names) if name in real] == []


def test_links_of_the_pages_lead_to_platforms_or_to_nobody(tmp_path: Path) -> None:
    platforms = {"schema.org", "ogp.me", "lever.co", "greenhouse.com", "smartrecruiters.com"}
    platforms |= {"greenhouse.io", "rippling.com"}
    own = {re.sub(r"^https://([^/]+)/.*", r"\1", capture.url) for capture in CAPTURES}
    write_answers(tmp_path / "answers", today=NOW.date())
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "answers").iterdir()}
    for page in {capture.page for capture in CAPTURES} - {None}:
        texts[str(page)] = read_page(str(page), today=NOW.date())
    for page, html in texts.items():
        for host in re.findall(r"https?://([^/\"'\s<]+)", html):
            domain = ".".join(host.split(".")[-2:])
            invented = host in own or domain == "example.com" or host.endswith(".example")
            assert invented or domain in platforms, (page, host)
