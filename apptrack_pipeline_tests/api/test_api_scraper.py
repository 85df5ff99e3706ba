"""A person has a posting fetched: by its application or by its address."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from apptrack_pipeline.correlation.store import load_evidence, save_application
from apptrack_pipeline.settings import Settings

CAPTURE = "/api/v1/applications/capture"
SCRAPE = "/api/v1/scraper/scrape"
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def api(settings: Settings, serve) -> Iterator[httpx.Client]:
    with serve(settings.model_copy(update={"fetch_postings": "asked"})) as client:
        yield client


def fold(engine: sa.Engine, application_id: str) -> None:
    """Let a run take the capture."""
    key = uuid.UUID(application_id)
    with engine.begin() as connection:
        save_application(connection, load_evidence(connection, [key])[key].fold(), run_id="run", now=NOW)


def queued(engine: sa.Engine) -> list[tuple[str, str]]:
    with engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT application_id::text, reason FROM scraper_queue ORDER BY id"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def known(api: httpx.Client, engine: sa.Engine, minimal: dict[str, str]) -> str:
    application_id: str = api.post(CAPTURE, json=minimal).json()["application_id"]
    fold(engine, application_id)
    return application_id


def test_a_posting_is_fetched_by_its_application(api, engine, known):
    answer = api.post(SCRAPE, json={"application_id": known})
    assert answer.status_code == 202
    assert answer.json() == {
        "application_id": known,
        "queued": True,
        "status_url": f"/api/v1/applications/{known}",
    }
    assert answer.headers["Location"] == f"/api/v1/applications/{known}"
    assert queued(engine) == [(known, "asked")]
    assert api.get(answer.json()["status_url"]).json()["processing"] is True


@pytest.mark.parametrize("tail", ["", "?utm_source=mail", "#apply"])
def test_a_posting_is_fetched_by_any_spelling_of_its_address(api, engine, known, minimal, tail):
    answer = api.post(SCRAPE, json={"url": minimal["job_posting_url"] + tail})
    assert (answer.status_code, answer.json()["application_id"]) == (202, known)
    assert queued(engine) == [(known, "asked")]


def test_a_posting_is_fetched_by_the_spelling_that_its_board_has_had_before(api, engine, minimal):
    captured = minimal | {"job_posting_url": "https://job-boards.greenhouse.io/quillmarsh/jobs/4012345008"}
    known = api.post(CAPTURE, json=captured).json()["application_id"]
    fold(engine, known)

    answer = api.post(
        SCRAPE, json={"url": "https://boards.greenhouse.io/quillmarsh/jobs/4012345008?gh_src=x"}
    )

    assert (answer.status_code, answer.json()["application_id"]) == (202, known)


def test_what_is_queued_is_not_queued_twice_and_what_is_done_may_be_asked_for_again(api, engine, known):
    assert api.post(SCRAPE, json={"application_id": known}).status_code == 202
    again = api.post(SCRAPE, json={"application_id": known})
    assert (again.status_code, again.json()["queued"]) == (200, False)
    assert len(queued(engine)) == 1
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE scraper_queue SET state = 'done'")
    assert api.post(SCRAPE, json={"application_id": known}).status_code == 202
    assert len(queued(engine)) == 2


def test_a_look_that_waits_for_its_day_does_not_keep_a_person_waiting(api, engine, known):
    assert api.post(SCRAPE, json={"application_id": known}).status_code == 202
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE scraper_queue SET due_at = now() + interval '1 day'")
    assert api.post(SCRAPE, json={"application_id": known}).status_code == 202


def test_an_unknown_application_or_address_is_not_found(api, engine):
    nobody = api.post(SCRAPE, json={"application_id": str(uuid.uuid4())})
    assert nobody.status_code == 404
    nowhere = api.post(SCRAPE, json={"url": "https://jobs.example.org/unknown"})
    assert nowhere.status_code == 404
    assert "capture the posting first" in nowhere.json()["error"]["message"]
    assert queued(engine) == []


def test_a_capture_that_no_run_has_taken_is_too_fresh(api, engine, minimal):
    sent = api.post(CAPTURE, json=minimal).json()
    answer = api.post(SCRAPE, json={"application_id": sent["application_id"]})
    assert answer.status_code == 409
    assert "try again" in answer.json()["error"]["message"]


def test_what_a_browser_alone_is_shown_is_to_be_captured(api, engine, minimal):
    url = "https://www.linkedin.com/jobs/view/3811111111"
    sent = api.post(CAPTURE, json=minimal | {"job_posting_url": url}).json()
    fold(engine, sent["application_id"])
    answer = api.post(SCRAPE, json={"url": url})
    assert answer.status_code == 409
    assert "capture it" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"application_id": str(uuid.uuid4()), "url": "https://jobs.example.org/1"},
        {"application_id": "7"},
        {"url": "ftp://jobs.example.org/1"},
        {"url": "https://me:secret@jobs.example.org/1"},
        {"url": ""},
        {"address": "https://jobs.example.org/1"},
    ],
)
def test_what_is_wrong_with_a_request_is_named(api, body):
    answer = api.post(SCRAPE, json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]


def test_where_fetching_is_switched_off_it_says_what_to_set(settings, serve, minimal):
    with serve(settings.model_copy(update={"fetch_postings": "never"})) as client:
        answer = client.post(SCRAPE, json={"url": minimal["job_posting_url"]})
    assert answer.status_code == 409
    assert "APPTRACK_FETCH_POSTINGS" in answer.json()["error"]["message"]
