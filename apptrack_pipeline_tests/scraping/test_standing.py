"""One posting out of captures and looks, and whether it is still open: by the dates of the evidence."""

from __future__ import annotations

import datetime as dt
import json
import uuid

from evidence import posting_page
from hypothesis import given
from hypothesis import strategies as st
from scripted import API, BOARD, job

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.scraping.asking import Reply
from apptrack_pipeline.scraping.choice import CapturedPage, Look, Understanding, understand

START = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)
EXPIRED = "<main><h1>Data Engineer</h1><p>This job has expired.</p></main>"


def at(hours: float) -> dt.datetime:
    return START + dt.timedelta(hours=hours)


def captured(hours: float, html: str | None = None) -> CapturedPage:
    page = Payload(url=BOARD, html=html, job_title="Data Engineer", company_name="Quillmark")
    return CapturedPage(uuid.uuid4(), at(hours), page)


def look(hours: float, status: int, body: object) -> Look:
    request = Request(API, "api")
    answer = Answer(request, status, API, json.dumps(body), "application/json")
    reply = Reply(uuid.uuid4(), request, answer, None, at(hours), at(hours))
    return Look(f"run {hours}", BOARD, (reply,))


def alive(hours: float) -> Look:
    return look(hours, 200, job())


def gone(hours: float) -> Look:
    return look(hours, 404, {"status": 404, "error": "Job not found"})


def blocked(hours: float) -> Look:
    return look(hours, 403, {})


def known(pages: list[CapturedPage], *looks: Look) -> Understanding:
    found = understand(
        sorted(pages, key=lambda page: (page.has_page, page.captured_at), reverse=True),
        sorted(looks, key=lambda one: one.at, reverse=True),
    )
    assert found is not None
    return found


def test_without_a_capture_nothing_is_known() -> None:
    assert understand([], [alive(1)]) is None


def test_a_page_that_is_captured_after_two_proofs_shows_the_posting_alive() -> None:
    closed = known([captured(0, posting_page())], gone(10), gone(40))
    assert (closed.posting.is_open, closed.strikes) == (False, 2)
    again = known([captured(0, posting_page()), captured(50, posting_page())], gone(10), gone(40))
    assert (again.posting.is_open, again.strikes) == (None, 0)


def test_an_answer_after_a_captured_banner_opens_the_posting_again() -> None:
    assert known([captured(0, EXPIRED)]).posting.is_open is False
    assert known([captured(0, EXPIRED)], alive(5)).posting.is_open is True
    assert known([captured(9, EXPIRED)], alive(5)).posting.is_open is False


def test_a_look_that_was_not_brought_to_its_end_says_nothing() -> None:
    half = look(1, 200, job(content=""))
    found = known([captured(0)], half)
    assert (found.posting.review_reason, found.posting.completeness) == (None, Completeness.TITLE_ONLY)
    assert found.looked_at == at(1)


def test_what_was_read_before_stays_when_later_looks_are_blocked_or_find_it_gone() -> None:
    found = known([captured(0)], alive(1), blocked(30), gone(60))
    assert (found.posting.completeness, found.posting.review_reason) == (Completeness.FULL, None)
    assert (found.posting.is_open, found.strikes) == (True, 1)
    assert found.checked_at == at(60)


def test_an_answer_that_says_less_than_the_captured_page_does_not_replace_it() -> None:
    page = captured(0, posting_page())
    found = known([page], look(1, 200, job(content="<p>See our site.</p>", title="", company_name="")))
    assert found.posting.completeness is Completeness.FULL
    assert found.posting.title == "Data Engineer"


@given(st.lists(st.tuples(st.floats(0, 400), st.sampled_from([alive, gone, blocked])), max_size=8))
def test_a_posting_is_closed_only_by_two_proofs_20_hours_apart_without_a_sign_of_life_between(
    story: list[tuple[float, object]],
) -> None:
    looks = [make(hours) for hours, make in story]  # type: ignore[operator]
    found = known([captured(-1, posting_page())], *looks)
    lived = max((hours for hours, make in story if make is alive), default=-1.0)
    proofs = sorted(hours for hours, make in story if make is gone and hours > lived)
    is_closed = bool(proofs) and proofs[-1] - proofs[0] >= 20
    assert (found.posting.is_open is False) == is_closed
    assert found.posting.completeness is Completeness.FULL
