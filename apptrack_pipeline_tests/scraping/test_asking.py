"""What is asked of a site, and what its answers amount to, platform by platform."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping

import pytest
from evidence import DESCRIPTION, posting_page
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import API, BOARD, job

from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.scraping.asking import (
    MAX_REQUESTS,
    Conclusion,
    Reply,
    Trouble,
    may_be_asked,
    next_step,
)

NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
SITE = "https://jobs.example.org/postings/1"
LEVER = "https://jobs.lever.co/Quillmark/0c1d2e3f-1111-4222-8333-444455556666"
LEVER_API = "https://api.lever.co/v0/postings/Quillmark/0c1d2e3f-1111-4222-8333-444455556666"
WORKDAY = "https://quillmark.wd5.myworkdayjobs.com/en-US/Careers/job/Leeds/Data-Engineer_R-100"
WORKDAY_API = (
    "https://quillmark.wd5.myworkdayjobs.com/wday/cxs/quillmark/Careers/job/Leeds/Data-Engineer_R-100"
)
ICIMS = "https://careers-quillmark.icims.com/jobs/1234/data-engineer/job"
ICIMS_PAGE = "https://careers-quillmark.icims.com/jobs/1234/job?in_iframe=1"
TALEO = "https://quillmark.taleo.net/careersection/2/jobdetail.ftl?job=170001&lang=en"
SMART = "https://jobs.smartrecruiters.com/Quillmark/743999123456789-data-engineer"
SMART_PAGE = "https://jobs.smartrecruiters.com/Quillmark/743999123456789"

Said = tuple[int, object] | tuple[int, object, str] | Trouble


def reply(request: Request, said: Said) -> Reply:
    """Return a site's reply: a status with a body, and where redirects ended, or a trouble."""
    if isinstance(said, str):
        return Reply(uuid.uuid4(), request, None, said, NOW, NOW)
    status, body, *ended = said
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else "application/json"
    answer = Answer(request, status, ended[0] if ended else request.url, text, kind)
    return Reply(uuid.uuid4(), request, answer, None, NOW, NOW)


def look(url: str, site: Mapping[str, Said], html: str | None = None) -> tuple[Conclusion, list[str]]:
    """Ask a site until there is a conclusion; return it with what was asked."""
    replies: list[Reply] = []
    while isinstance(step := next_step(url, html, replies), Request):
        replies.append(reply(step, site[step.url]))
    return step, [one.request.url for one in replies]


def test_the_api_of_a_known_platform_is_asked_first_and_the_page_not_at_all() -> None:
    found, asked = look(BOARD, {API: (200, job())})
    assert (found.outcome, found.is_alive, asked) == ("posting", True, [API])


@pytest.mark.parametrize("empty", [{}, [], {"error": "none"}])
def test_an_empty_answer_of_an_api_is_no_sign_of_life(empty: object) -> None:
    found, _ = look(LEVER, {LEVER_API: (200, empty), LEVER: (200, "<html></html>")})
    assert (found.outcome, found.is_alive) == ("nothing", False)


@pytest.mark.parametrize(
    ("asked", "ended", "outcome"),
    [
        ("postings/1", "", "nothing"),
        ("careers/postings/1", "careers", "nothing"),
        ("careers/data-engineer", "careers/", "nothing"),
        ("careers/data-engineer/apply", "careers/data-engineer", "posting"),
        ("postings/1/data-engineer", "postings/1", "posting"),
        ("postings/1?utm_source=x", "postings/1", "posting"),
        ("postings/1", "careers?id=1", "posting"),
    ],
)
def test_an_unknown_site_that_leads_to_its_front_page_or_its_list_shows_no_posting(
    asked: str, ended: str, outcome: str
) -> None:
    site = "https://jobs.example.org/"
    found, _ = look(site + asked, {site + asked: (200, posting_page(), site + ended)})
    assert found.outcome == outcome


def test_of_an_unknown_site_only_the_page_is_asked() -> None:
    found, asked = look(SITE, {SITE: (200, posting_page())})
    assert (found.outcome, found.reason, asked) == ("posting", "page_read", [SITE])


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/jobs/view/3811111111",
        "https://www.indeed.com/viewjob?jk=0123456789abcdef",
        "https://www.glassdoor.com/job-listing/x-JV_IC1_KO0,1.htm?jl=1009",
        "https://quillmark.bamboohr.com/careers/27",
    ],
)
def test_a_site_that_shows_itself_to_browsers_alone_is_never_asked(url: str) -> None:
    found, asked = look(url, {})
    assert (found.outcome, found.reason, asked) == ("blocked", "captured_only", [])
    assert not may_be_asked(url)


def test_a_captured_page_may_name_the_board_whose_api_is_asked() -> None:
    url = "https://inkwell.example/careers?gh_jid=4012345"
    html = '<script src="https://boards.greenhouse.io/embed/job_board/js?for=quillmark"></script>'
    found, asked = look(url, {API: (200, job())}, html)
    assert (found.outcome, asked) == ("posting", [API])


def test_an_api_without_a_description_is_helped_by_the_page() -> None:
    found, asked = look(BOARD, {API: (200, job(content="")), BOARD: (200, posting_page())})
    assert (found.outcome, asked) == ("posting", [API, BOARD])
    assert found.api is not None
    assert found.page is not None


# --- what closes, and what does not ------------------------------------------------------------------------


def test_lever_may_hide_a_posting_from_its_api_that_its_page_shows() -> None:
    unknown = (404, {"ok": False, "error": "Document not found"})
    found, asked = look(LEVER, {LEVER_API: unknown, LEVER: (200, posting_page())})
    assert (found.outcome, asked) == ("posting", [LEVER_API, LEVER])
    found, _ = look(LEVER, {LEVER_API: unknown, LEVER: (404, "Not found")})
    assert found.outcome == "closed"


def test_workday_says_with_s22_that_a_posting_is_gone_and_with_any_other_403_nothing() -> None:
    gone, _ = look(WORKDAY, {WORKDAY_API: (403, {"errorCode": "S22", "httpStatus": 403})})
    assert gone.outcome == "closed"
    other, _ = look(WORKDAY, {WORKDAY_API: (403, "Forbidden"), WORKDAY: (403, "Forbidden")})
    assert other.outcome == "blocked"
    outage, _ = look(WORKDAY, {WORKDAY_API: (200, "<html></html>"), WORKDAY: (503, "")})
    assert outage.outcome == "busy"


def test_icims_answers_410_for_what_is_gone() -> None:
    found, asked = look(ICIMS, {ICIMS_PAGE: (410, "Gone")})
    assert (found.outcome, asked) == ("closed", [ICIMS_PAGE])


def test_taleo_says_with_200_that_a_requisition_is_not_available() -> None:
    page = (
        '<html><body><form action="unavailablerequisition.ftl" method="post">'
        '<input name="ftlpageid" value="unavaibleRequisitionPage"></form></body></html>'
    )
    assert look(TALEO, {TALEO: (200, page)})[0].outcome == "closed"


def test_smartrecruiters_shows_an_empty_state_for_what_has_expired() -> None:
    page = '<html><body><div class="jobad--empty-state"><h1>This job has expired</h1></div></body></html>'
    assert look(SMART, {SMART_PAGE: (200, page)})[0].outcome == "closed"


def test_a_page_that_is_gone_closes_only_under_its_own_address() -> None:
    assert look(SITE, {SITE: (404, "Not found")})[0].outcome == "closed"
    moved = look(SITE, {SITE: (404, "Not found", "https://jobs.example.org/")})[0]
    assert (moved.outcome, moved.reason) == ("nothing", "redirected_then_gone")


def test_a_banner_on_a_fetched_page_is_a_proof() -> None:
    page = f"<main><h1>Data Engineer</h1><p>This job is no longer available.</p>{DESCRIPTION}</main>"
    found, _ = look(SITE, {SITE: (200, page)})
    assert (found.outcome, found.is_alive) == ("closed", False)


def test_a_shell_without_text_is_no_sign_of_life() -> None:
    found, _ = look(SITE, {SITE: (200, "<html><body><div id='root'></div></body></html>")})
    assert (found.outcome, found.reason, found.is_alive) == ("nothing", "no_description", False)


OUTCOMES: dict[str, tuple[Said, str, str]] = {
    "401": ((401, ""), "blocked", "http_401"),
    "403": ((403, ""), "blocked", "http_403"),
    "robot check": ((200, "<title>Just a moment...</title>"), "blocked", "robot_check"),
    "429": ((429, "This job has expired"), "busy", "http_429"),
    "500": ((500, "This job has expired"), "busy", "http_500"),
    "no answer": ("no_answer", "busy", "no_answer"),
    "robots.txt": ("disallowed", "blocked", "robots_txt"),
    "private address": ("refused_address", "refused", "refused_address"),
    "too large": ("unusable", "nothing", "unusable_answer"),
    "304 for nothing": ((304, ""), "nothing", "http_304"),
}


@pytest.mark.parametrize(("said", "outcome", "reason"), OUTCOMES.values(), ids=OUTCOMES)
def test_what_says_nothing_about_the_posting_closes_nothing(said: Said, outcome: str, reason: str) -> None:
    found, _ = look(SITE, {SITE: said})
    assert (found.outcome, found.reason, found.is_alive) == (outcome, reason, False)


def test_an_answer_that_cannot_be_used_or_is_forbidden_leads_to_the_next() -> None:
    troubles: tuple[Trouble, ...] = ("unusable", "disallowed")
    for trouble in troubles:
        found, asked = look(BOARD, {API: trouble, BOARD: (200, posting_page())})
        assert (found.outcome, asked) == ("posting", [API, BOARD])


def test_a_blocked_page_takes_nothing_away_from_the_api_that_was_read() -> None:
    found, _ = look(BOARD, {API: (200, job(content="")), BOARD: (403, "")})
    assert (found.outcome, found.is_alive) == ("blocked", True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
SAID = (
    st.sampled_from(["no_answer", "disallowed", "refused_address", "unusable"])
    | st.tuples(st.sampled_from([200, 204, 301, 304, 403, 404, 410, 429, 503, 999]), JSON)
    | st.tuples(
        st.sampled_from([200, 404]),
        st.sampled_from([posting_page(), "<p>x", "", "<script>window.__remixContext = {"]),
        st.sampled_from([SITE, BOARD, LEVER, "https://other.example/", "http://[::1]/"]),
    )
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([SITE, BOARD, LEVER, WORKDAY, ICIMS, TALEO, SMART, "https://x.example/?gh_jid=123456"]),
    st.lists(SAID, min_size=MAX_REQUESTS, max_size=MAX_REQUESTS),
)
def test_whatever_a_site_answers_there_is_an_end_and_the_same_replies_have_the_same_one(
    url: str, script: list[Said]
) -> None:
    replies: list[Reply] = []
    while isinstance(step := next_step(url, None, replies), Request):
        assert step.url not in {one.request.url for one in replies}
        replies.append(reply(step, script[len(replies)]))
    assert next_step(url, None, replies) == step
