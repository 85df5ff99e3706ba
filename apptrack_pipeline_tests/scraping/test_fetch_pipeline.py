"""From a queued look to the posting: real PostgreSQL, Dagster's own runs, a site that answers by a script."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from evidence import capture, posting_page, send
from pipelines import Pipeline
from scripted import API, BOARD, ScriptedFetcher, data, gone, job, page

from apptrack_pipeline.correlation.deciding.store import merge
from apptrack_pipeline.db.queues import SCRAPER_QUEUE, enqueue
from apptrack_pipeline.domain import new_id
from apptrack_pipeline.postings.platform import Request
from apptrack_pipeline.scraping.archive import record
from apptrack_pipeline.scraping.decompression import UnknownEncodingError
from apptrack_pipeline.scraping.fetching import (
    UNCONDITIONAL,
    Conditions,
    DisallowedError,
    Fetched,
    Fetcher,
    FetchFailedError,
    RefusedAddressError,
    UnusableAnswerError,
)
from apptrack_pipeline.settings import Settings

SITE = "https://jobs.example.org/postings/1"
NAMES = {"job_posting_url": BOARD, "company_name": "Quillmark", "job_title": "Data Engineer", "html": None}

Open = Callable[..., Pipeline]


@pytest.fixture
def site() -> ScriptedFetcher:
    return ScriptedFetcher()


@pytest.fixture
def open_pipeline(settings: Settings) -> Iterator[Open]:
    """Open pipelines that fetch by themselves, unless a setting says otherwise."""
    opened: list[Pipeline] = []
    with dg.DagsterInstance.ephemeral() as instance:

        def open_one(fetcher: Fetcher, **more: Any) -> Pipeline:
            changed = settings.model_copy(update={"fetch_postings": "automatic", **more})
            opened.append(Pipeline(changed, instance, fetcher))
            return opened[-1]

        yield open_one
        for pipeline in opened:
            pipeline.database.engine.dispose()


@pytest.fixture
def fetching(open_pipeline: Open, site: ScriptedFetcher) -> Pipeline:
    return open_pipeline(site)


def fetch(pipeline: Pipeline) -> list[bool]:
    return pipeline.run_all("scraper_queue_sensor", "scrape_postings")


def read(pipeline: Pipeline) -> list[bool]:
    return pipeline.run_all("posting_queue_sensor")


def ask(pipeline: Pipeline, application_id: uuid.UUID) -> None:
    """Queue a look as a person does."""
    with pipeline.database.begin() as connection:
        enqueue(
            connection,
            SCRAPER_QUEUE,
            application_id,
            work_key=new_id().bytes,
            reason="asked",
            now=dt.datetime.now(dt.UTC),
        )


def make_older(pipeline: Pipeline, hours: float) -> None:
    """Let everything that was fetched, and what is queued, be of an earlier time."""
    with pipeline.database.begin() as connection:
        for table, columns in (
            ("scraped_postings", ["fetched_at"]),
            ("job_postings", ["checked_at"]),
            ("scraper_queue", ["due_at", "enqueued_at"]),
        ):
            moved = ", ".join(f"{name} = {name} - make_interval(mins => :mins)" for name in columns)
            connection.execute(sa.text(f"UPDATE {table} SET {moved}"), {"mins": int(hours * 60)})


def posting(pipeline: Pipeline) -> Any:
    (row,) = pipeline.rows("SELECT * FROM job_postings")
    return row


def events(pipeline: Pipeline, *kinds: str) -> list[str]:
    rows = pipeline.rows(
        "SELECT summary FROM timeline_events WHERE event_type = ANY(:kinds) ORDER BY seq", kinds=list(kinds)
    )
    return [row[0] for row in rows]


def captured(pipeline: Pipeline, *, hours: float = 1, **more: Any) -> uuid.UUID:
    """Send one capture some hours ago and let a run take it; return its application."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)
    (sent,) = send(pipeline.settings, capture(1, **more), now=now)
    pipeline.run_all()
    return sent.application_id


def test_a_posting_of_which_only_names_are_known_is_fetched_read_compared_and_exported(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(API, data(API, job()))
    application_id = captured(fetching, **NAMES)
    assert fetching.one("SELECT reason FROM scraper_queue") == "missing_page"
    assert site.asked == []

    assert fetch(fetching) == [True]

    assert site.asked == [API]
    row = posting(fetching)
    assert (row.completeness, row.is_open, row.review_reason) == ("full", True, None)
    assert (row.platform, row.posting_key, row.requisition_id) == ("greenhouse", "4012345", "R-17")
    assert row.company == "Quillmark Ltd"
    assert row.fields["description_text"] == {"source": "api", "confidence": 0.98}
    assert [(one["minimum"], one["currency"]) for one in row.salary_ranges] == [("55000", "GBP")]
    assert row.checked_at is not None
    assert fetching.one("SELECT count(*) FROM analysis_results WHERE is_current") == 1
    assert fetching.one("SELECT salary_range FROM tracker_rows")
    for asset in ("scraped_postings", "job_postings"):
        assert fetching.materialized(asset) == {str(application_id)}
    assert fetching.one("SELECT count(*) FROM scraper_queue WHERE state <> 'done'") == 0
    assert fetching.one("SELECT count(*) FROM posting_queue WHERE state <> 'done'") == 0
    assert events(fetching, "scrape_started")[-1] == "Fetching the posting"
    assert events(fetching, "scrape_completed")[-1] == "Fetched the posting"
    assert events(fetching, "posting_scraped") == ["Posting is title_only", "Posting is full"]


def test_every_answer_is_archived_as_it_came(fetching: Pipeline, site: ScriptedFetcher) -> None:
    answer = data(API, job(), etag='W/"7"', set_cookie="secret=1", date="Tue, 24 Nov 2026 08:00:00 GMT")
    site.will(API, answer)
    application_id = captured(fetching, **NAMES)
    fetch(fetching)

    (row,) = fetching.rows("SELECT * FROM scraped_postings")
    assert (row.application_id, row.posting_url, row.kind, row.url) == (application_id, BOARD, "api", API)
    assert (row.host, row.http_status, row.final_url, row.error) == (
        "boards-api.greenhouse.io",
        200,
        API,
        None,
    )
    assert zlib.decompress(row.body) == answer.body
    assert row.headers.keys() == {"content-type", "etag", "date"}
    assert posting(fetching).scraped_posting_id == row.id


def test_a_capture_with_its_page_asks_no_site(fetching: Pipeline, site: ScriptedFetcher) -> None:
    captured(fetching)
    assert fetching.one("SELECT count(*) FROM scraper_queue") == 0
    assert posting(fetching).checked_at is not None
    assert fetch(fetching) == []


@pytest.mark.parametrize("setting", ["asked", "never"])
def test_nobody_is_asked_by_itself_where_the_setting_says_so(
    open_pipeline: Open, site: ScriptedFetcher, setting: str
) -> None:
    pipeline = open_pipeline(site, fetch_postings=setting)
    site.will(API, data(API, job()))
    application_id = captured(pipeline, **NAMES)
    assert fetch(pipeline) == []

    ask(pipeline, application_id)
    assert fetch(pipeline) == [True]
    assert site.asked == ([API] if setting == "asked" else [])


def test_a_posting_is_missed_once_per_capture(fetching: Pipeline, site: ScriptedFetcher) -> None:
    site.will(SITE, page(SITE, "<p>We moved.</p>"))
    captured(fetching, html=None)
    assert fetch(fetching) == [False]
    for _ in range(2):
        read(fetching)
    assert fetch(fetching) == []
    assert len(site.asked) == 1


def test_a_blank_page_is_fetched_and_is_no_failure_any_more(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(SITE, page(SITE, posting_page()))
    application_id = captured(fetching, html="<html><body><div id='root'></div></body></html>")
    assert posting(fetching).completeness == "blank"
    assert fetch(fetching) == [True]

    row = posting(fetching)
    assert (row.completeness, row.review_reason, row.platform) == ("full", None, None)
    assert row.fields["description_text"]["source"] == "json-ld"
    assert fetching.materialized("job_postings") == {str(application_id)}


def test_a_page_that_a_person_captured_is_not_replaced_by_a_fetched_one(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(SITE, page(SITE, posting_page("Something else", description="Other words. " * 60)))
    application_id = captured(fetching)
    ask(fetching, application_id)
    assert fetch(fetching) == [True]
    row = posting(fetching)
    assert (row.title, row.scraped_posting_id, row.is_open) == ("Data Engineer 1", None, True)


def test_an_api_adds_to_the_page_that_a_person_captured(fetching: Pipeline, site: ScriptedFetcher) -> None:
    site.will(API, data(API, job()))
    application_id = captured(fetching, hours=200, job_posting_url=BOARD)
    ask(fetching, application_id)
    assert fetch(fetching) == [True]
    row = posting(fetching)
    assert (row.requisition_id, row.fields["requisition_id"]["source"]) == ("R-17", "api")
    assert row.capture_id is not None
    assert row.scraped_posting_id is not None


def test_a_failed_fetch_makes_a_captured_posting_no_worse(fetching: Pipeline, site: ScriptedFetcher) -> None:
    site.will(SITE, page(SITE, "Forbidden", 403))
    application_id = captured(fetching)
    before = posting(fetching)
    ask(fetching, application_id)
    assert fetch(fetching) == [False]
    read(fetching)
    after = posting(fetching)
    assert (after.content_hash, after.review_reason) == (before.content_hash, None)


def test_a_page_of_the_employer_names_the_board_and_then_its_api_is_asked(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    url = "https://inkwell.example/careers?gh_jid=4012345"
    guessed = API.replace("quillmark", "inkwell")
    site.will(guessed, data(guessed, {"status": 404, "error": "Job not found"}, 404))
    site.will(
        url,
        page(url, "<script src='https://boards.greenhouse.io/embed/job_board/js?for=quillmark'></script>"),
    )
    site.will(API, data(API, job()))
    captured(fetching, **{**NAMES, "job_posting_url": url})
    assert fetch(fetching) == [True]
    assert site.asked == [guessed, url, API]
    assert (posting(fetching).completeness, posting(fetching).platform) == ("full", "greenhouse")
    assert posting(fetching).strikes == 0


def test_a_redirect_to_a_known_platform_leads_to_its_api(fetching: Pipeline, site: ScriptedFetcher) -> None:
    site.will(SITE, page(BOARD, "<p>Loading</p>"))
    site.will(API, data(API, job()))
    captured(fetching, html=None)
    assert fetch(fetching) == [True]
    assert site.asked == [SITE, API]
    assert posting(fetching).platform == "greenhouse"


# --- what cannot be had ------------------------------------------------------------------------------------

BLOCKED = {
    "403": page(SITE, "Forbidden", 403),
    "401": page(SITE, "Who are you?", 401),
    "robot check": page(SITE, "<title>Just a moment...</title>"),
    "robots.txt": DisallowedError("robots.txt forbids it"),
    "no text": page(SITE, "<html><body><div id='root'></div></body></html>"),
    "no public address": RefusedAddressError("not a public address"),
    "a compression that was not offered": UnknownEncodingError("br"),
    "a bomb": UnusableAnswerError("too large"),
}


@pytest.mark.parametrize("answer", BLOCKED.values(), ids=BLOCKED)
def test_what_only_a_browser_gets_is_asked_for_at_once_and_not_tried_again(
    fetching: Pipeline, site: ScriptedFetcher, answer: Fetched | Exception
) -> None:
    site.will(SITE, answer)
    application_id = captured(fetching, html=None)
    assert posting(fetching).review_reason is None
    assert fetch(fetching) == [False]
    assert read(fetching) == [True]

    assert posting(fetching).review_reason == "needs_capture"
    assert posting(fetching).is_open is None
    (row,) = fetching.rows("SELECT state, attempts, last_error FROM scraper_queue")
    assert (row.state, row.attempts) == ("failed", 1)
    assert "capture it" in row.last_error
    assert str(application_id) not in fetching.materialized("scraped_postings")
    (failed,) = events(fetching, "scrape_failed")
    assert "capture it" in failed
    assert fetching.one("SELECT outcome FROM application_runs WHERE stage = 'scraped_postings'") == "failed"


def test_it_is_no_longer_asked_for_once_the_page_is_captured(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(SITE, BLOCKED["403"])
    captured(fetching, html=None)
    fetch(fetching)
    read(fetching)
    send(fetching.settings, capture(1))
    assert fetching.run_all() == [True]
    assert (posting(fetching).review_reason, posting(fetching).completeness) == (None, "full")


WAITS = {
    "no answer": (FetchFailedError("no connection"), 60),
    "429": (page(SITE, "Slow down", 429), 60),
    "503": (page(SITE, "Down", 503), 60),
    "408": (page(SITE, "Timeout", 408), 60),
    "429 that says when": (Fetched(429, SITE, {"retry-after": "3000"}, retry_after_s=3000.0), 3000),
    "no answer before": (FetchFailedError("robots.txt says later", retry_after_s=600.0), 600),
}


@pytest.mark.parametrize(("answer", "wait_s"), WAITS.values(), ids=WAITS)
def test_what_may_work_later_is_tried_again_when_its_time_has_come(
    fetching: Pipeline, site: ScriptedFetcher, answer: Fetched | Exception, wait_s: int
) -> None:
    site.will(SITE, answer, page(SITE, posting_page()))
    captured(fetching, html=None)
    before = dt.datetime.now(dt.UTC)
    assert fetch(fetching) == [False]
    row = fetching.rows("SELECT state, due_at FROM scraper_queue")[0]
    assert row.state == "due"
    assert row.due_at - before >= dt.timedelta(seconds=wait_s)
    assert fetch(fetching) == []
    make_older(fetching, 1)

    assert fetch(fetching) == [True]
    assert posting(fetching).completeness == "full"
    assert fetching.one("SELECT attempts FROM scraper_queue") == 2


def test_after_the_third_attempt_a_capture_is_asked_for(fetching: Pipeline, site: ScriptedFetcher) -> None:
    captured(fetching, html=None)
    for _ in range(3):
        assert fetch(fetching) == [False]
        make_older(fetching, 1)
    assert fetch(fetching) == []
    assert fetching.one("SELECT state FROM scraper_queue") == "failed"
    assert read(fetching) == [True]
    assert posting(fetching).review_reason == "needs_capture"


def test_the_others_of_a_run_are_read_although_one_could_not_be_fetched(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    urls = [f"https://jobs.example.org/postings/{n}" for n in (1, 2)]
    site.will(urls[0], page(urls[0], "Forbidden", 403))
    site.will(urls[1], page(urls[1], posting_page()))
    send(fetching.settings, *(capture(n, html=None) for n in (1, 2)))
    fetching.run_all()
    assert fetch(fetching) == [False]
    assert read(fetching) == [True]
    assert fetching.rows("SELECT completeness FROM job_postings ORDER BY 1") == [("full",), ("title_only",)]
    assert len(fetching.materialized("scraped_postings")) == 1


# --- closed ------------------------------------------------------------------------------------------------


def test_one_proof_that_it_is_gone_closes_nothing_and_queues_a_second_look(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(API, gone())
    application_id = captured(fetching, hours=200, job_posting_url=BOARD)
    ask(fetching, application_id)
    assert fetch(fetching) == [True]

    row = posting(fetching)
    assert (row.is_open, row.strikes, row.completeness) == (None, 1, "full")
    second = fetching.rows("SELECT due_at FROM scraper_queue WHERE reason = 'second_look'")
    assert len(second) == 1
    assert second[0].due_at - dt.datetime.now(dt.UTC) > dt.timedelta(hours=23)
    assert "says that it is gone" in events(fetching, "scrape_completed")[-1]


def test_two_proofs_a_day_apart_close_it_and_it_is_checked_no_more(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(API, gone())
    application_id = captured(fetching, hours=200, job_posting_url=BOARD)
    ask(fetching, application_id)
    fetch(fetching)
    make_older(fetching, 25)
    assert fetch(fetching) == [True]

    row = posting(fetching)
    assert (row.is_open, row.closed_reason, row.strikes) == (False, "api_job_not_found", 2)
    assert events(fetching, "posting_scraped")[-1] == "Posting is full and closed: api job not found"
    make_older(fetching, 100)
    assert liveness(fetching) == 0
    assert fetch(fetching) == []


def test_two_proofs_within_an_hour_are_one(fetching: Pipeline, site: ScriptedFetcher) -> None:
    site.will(API, gone())
    application_id = captured(fetching, hours=200, job_posting_url=BOARD)
    for _ in range(2):
        ask(fetching, application_id)
        fetch(fetching)
        make_older(fetching, 1)
    assert (posting(fetching).is_open, posting(fetching).strikes) == (None, 1)


def test_a_sign_of_life_between_two_proofs_takes_the_first_away(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(API, gone(), data(API, job()), gone())
    application_id = captured(fetching, hours=200, job_posting_url=BOARD)
    for is_open, strikes in ((None, 1), (True, 0), (None, 1)):
        ask(fetching, application_id)
        fetch(fetching)
        assert posting(fetching).strikes == strikes
        assert posting(fetching).is_open in (is_open, True)
        make_older(fetching, 30)


def test_a_closed_posting_that_is_found_alive_again_is_open(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(API, gone(), gone(), data(API, job()))
    application_id = captured(fetching, hours=200, job_posting_url=BOARD)
    states = []
    for _ in range(3):
        ask(fetching, application_id)
        fetch(fetching)
        states.append(posting(fetching).is_open)
        make_older(fetching, 25)
    assert states[1:] == [False, True]


def test_blocks_between_two_proofs_are_neither_a_proof_nor_a_sign_of_life(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(API, gone(), page(API, "Forbidden", 403), gone())
    application_id = captured(fetching, hours=200, job_posting_url=BOARD)
    states = []
    for _ in range(3):
        ask(fetching, application_id)
        fetch(fetching)
        read(fetching)
        states.append((posting(fetching).strikes, posting(fetching).is_open is False))
        make_older(fetching, 25)
    assert states == [(1, False), (1, False), (2, True)]


def test_a_banner_on_a_captured_page_closes_at_once(fetching: Pipeline, site: ScriptedFetcher) -> None:
    captured(fetching, html="<main><h1>Data Engineer</h1><p>This job has expired.</p></main>")
    assert (posting(fetching).is_open, posting(fetching).closed_reason) == (False, "expired")
    assert fetch(fetching) == []  # nobody is asked for what is closed


def test_a_posting_for_browsers_alone_is_to_be_captured_at_once_and_nobody_is_asked(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    application_id = captured(
        fetching, html=None, job_posting_url="https://www.linkedin.com/jobs/view/3811111111"
    )
    assert posting(fetching).review_reason == "needs_capture"
    assert fetch(fetching) == []
    ask(fetching, application_id)
    assert fetch(fetching) == [False]
    assert site.asked == []
    assert "browser alone" in events(fetching, "scrape_failed")[-1]
    assert fetching.one("SELECT state FROM scraper_queue") == "failed"


def test_recorded_answers_stand_for_the_network(settings: Settings, tmp_path: Path) -> None:
    record(tmp_path, API, data(API, job()))
    recorded = settings.model_copy(update={"fetch_postings": "automatic", "fetch_archive": tmp_path})
    with dg.DagsterInstance.ephemeral() as instance:
        pipeline = Pipeline(recorded, instance)
        captured(pipeline, **NAMES)
        assert fetch(pipeline) == [True]
        assert posting(pipeline).completeness == "full"
        assert pipeline.one("SELECT count(*) FROM host_visits") == 0
        pipeline.database.engine.dispose()


def test_what_was_fetched_goes_with_the_capture_when_applications_are_merged(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(API, data(API, job()))
    fetched = captured(fetching, **NAMES)
    fetch(fetching)
    (other,) = send(fetching.settings, capture(2, html=None), now=dt.datetime.now(dt.UTC))
    fetching.run_all()
    with fetching.database.begin() as connection:
        merge(connection, fetched, other.application_id, actor="test", now=dt.datetime.now(dt.UTC))
    for _ in range(3):
        fetching.run_all()
        fetching.run_all("correlation_sensor")
        read(fetching)
    (row,) = fetching.rows(
        "SELECT completeness, platform FROM job_postings WHERE application_id = :id", id=other.application_id
    )
    assert tuple(row) == ("full", "greenhouse")


# --- once a week -------------------------------------------------------------------------------------------


def liveness(pipeline: Pipeline, at: str = "2026-11-23T04:20:00+00:00") -> int:
    """Let the schedule tick; return how many looks it has queued."""
    schedule = pipeline.defs.resolve_schedule_def("posting_liveness")
    before = pipeline.one("SELECT count(*) FROM scraper_queue")
    schedule.evaluate_tick(
        dg.build_schedule_context(
            instance=pipeline.instance,
            resources={"database": pipeline.database},
            scheduled_execution_time=dt.datetime.fromisoformat(at),
            repository_def=pipeline.defs.get_repository_def(),
        )
    )
    return int(pipeline.one("SELECT count(*) FROM scraper_queue") - before)


def test_once_a_week_open_postings_are_looked_at(fetching: Pipeline, site: ScriptedFetcher) -> None:
    site.will(SITE, page(SITE, posting_page(), etag='"1"'))
    captured(fetching)
    assert liveness(fetching) == 0, "it was captured an hour ago"
    make_older(fetching, 30)
    assert liveness(fetching) == 1
    assert liveness(fetching) == 0, "the same tick again"
    told = fetching.one("SELECT count(*) FROM timeline_events WHERE event_type LIKE 'scrape%'")
    assert fetch(fetching) == [True]
    assert posting(fetching).is_open is True
    assert told == fetching.one("SELECT count(*) FROM timeline_events WHERE event_type LIKE 'scrape%'")
    assert liveness(fetching, "2026-11-30T04:20:00+00:00") == 0, "it was looked at just now"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE applications SET archived_at = now()",
        "UPDATE applications SET status = 'rejected'",
        "UPDATE job_postings SET is_open = false",
        "UPDATE applications SET job_url = 'https://www.linkedin.com/jobs/view/1'",
    ],
)
def test_what_is_decided_archived_closed_or_never_fetched_is_not_looked_at(
    fetching: Pipeline, change: str
) -> None:
    if "linkedin" in change:
        pytest.importorskip("apptrack_pipeline.postings.platforms.linkedin")
    captured(fetching)
    make_older(fetching, 30)
    with fetching.database.begin() as connection:
        connection.execute(sa.text(change))
    assert liveness(fetching) == 0


def test_a_site_that_has_refused_is_not_asked_again_by_itself(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    site.will(SITE, page(SITE, "Forbidden", 403))
    application_id = captured(fetching)
    ask(fetching, application_id)
    fetch(fetching)
    read(fetching)
    make_older(fetching, 30)
    assert liveness(fetching) == 0


@pytest.mark.parametrize("setting", ["asked", "never"])
def test_no_look_is_queued_where_the_setting_says_so(
    open_pipeline: Open, site: ScriptedFetcher, setting: str
) -> None:
    pipeline = open_pipeline(site, fetch_postings=setting)
    captured(pipeline)
    make_older(pipeline, 30)
    assert liveness(pipeline) == 0


def test_an_unchanged_page_is_not_sent_again(fetching: Pipeline, site: ScriptedFetcher) -> None:
    site.will(API, data(API, job(), etag='W/"7"', last_modified="Mon"), Fetched(304, API, {"etag": 'W/"7"'}))
    application_id = captured(fetching, **NAMES)
    fetch(fetching)
    before = posting(fetching)
    make_older(fetching, 30)
    ask(fetching, application_id)
    assert fetch(fetching) == [True]

    assert site.conditions == [UNCONDITIONAL, Conditions('W/"7"', "Mon")]
    first, second = fetching.rows(
        "SELECT id, http_status, body, confirms_id FROM scraped_postings ORDER BY id"
    )
    assert (second.http_status, second.body, second.confirms_id) == (304, None, first.id)
    after = posting(fetching)
    assert (after.content_hash, after.scraped_posting_id) == (before.content_hash, first.id)
    assert after.checked_at > before.checked_at
    assert (after.is_open, after.strikes) == (True, 0)


# --- again, at once, and killed ----------------------------------------------------------------------------


def test_postings_derive_again_without_the_network(
    fetching: Pipeline, open_pipeline: Open, site: ScriptedFetcher
) -> None:
    site.will(API, data(API, job()))
    application_id = captured(fetching, **NAMES)
    fetch(fetching)
    before = posting(fetching)
    told = fetching.rows("SELECT dedupe_key FROM timeline_events ORDER BY seq")

    silent = open_pipeline(ScriptedFetcher())
    result = silent.defs.resolve_job_def("track_applications").execute_in_process(
        instance=silent.instance,
        partition_key=str(application_id),
        asset_selection=[dg.AssetKey("job_postings")],
    )

    assert result.success
    assert posting(silent) == before
    with silent.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM job_postings"))
    assert (
        silent.defs.resolve_job_def("track_applications")
        .execute_in_process(
            instance=silent.instance,
            partition_key=str(application_id),
            asset_selection=[dg.AssetKey("job_postings")],
        )
        .success
    )
    assert posting(silent).content_hash == before.content_hash
    assert posting(silent).checked_at == before.checked_at
    assert silent.rows("SELECT dedupe_key FROM timeline_events ORDER BY seq") == told


class _Slow:
    """Answers when it is told to; counts."""

    def __init__(self, answer: Fetched) -> None:
        self.answer, self.asked = answer, 0
        self.is_asked, self.go_on = threading.Event(), threading.Event()

    def fetch(self, request: Request, *, conditions: Conditions = UNCONDITIONAL) -> Fetched:
        self.asked += 1
        self.is_asked.set()
        assert self.go_on.wait(30)
        return self.answer


def test_of_two_runs_at_once_one_asks_the_site(open_pipeline: Open, settings: Settings) -> None:
    slow = _Slow(data(API, job()))
    pipeline = open_pipeline(slow)
    application_id = captured(pipeline, **NAMES)
    (request,) = pipeline.tick("scraper_queue_sensor")
    outcomes: list[bool] = []

    def run() -> None:
        # An instance of its own: two runs of one process are what two processes are to the database.
        with dg.DagsterInstance.ephemeral() as instance:
            instance.add_dynamic_partitions("application", [str(application_id)])
            other = Pipeline(pipeline.settings, instance, slow)
            outcomes.append(other.execute(request, "scrape_postings").success)
            other.database.engine.dispose()

    runs = [threading.Thread(target=run) for _ in range(2)]
    runs[0].start()
    assert slow.is_asked.wait(30)
    runs[1].start()
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not pipeline.one(waiting):
        time.sleep(0.05)
    slow.go_on.set()
    for one in runs:
        one.join(60)

    assert outcomes == [True, True]
    assert slow.asked == 1
    assert pipeline.one("SELECT count(*) FROM scraped_postings") == 1
    assert len(events(pipeline, "scrape_completed")) == 2  # the capture's, and one of the fetch
    assert pipeline.one("SELECT state FROM scraper_queue") == "done"


_KILLED_WORKER = """
import sys, time
import dagster as dg
from scripted import API, ScriptedFetcher, data, job
import apptrack_pipeline.scraping.assets as assets

def stop_for_ever(job):
    print("fetched", flush=True)
    time.sleep(60)

assets.take_answers = stop_for_ever
from apptrack_pipeline.definitions import build_defs

site = ScriptedFetcher()
site.will(API, data(API, job()))
instance = dg.DagsterInstance.ephemeral()
instance.add_dynamic_partitions("application", sys.argv[1:])
build_defs(fetcher=site).resolve_job_def("scrape_postings").execute_in_process(
    instance=instance, tags={"dagster/partition": sys.argv[1]}
)
"""


def test_a_run_that_is_killed_between_fetch_and_end_is_taken_up_again_without_a_double(
    fetching: Pipeline, site: ScriptedFetcher, database_url: str
) -> None:
    site.will(API, data(API, job()))
    application_id = captured(fetching, **NAMES)
    worker = subprocess.Popen(
        [sys.executable, "-c", _KILLED_WORKER, str(application_id)],
        env={
            **os.environ,
            "APPTRACK_DATABASE_URL": database_url,
            "APPTRACK_HOME": str(fetching.settings.home),
            "APPTRACK_FETCH_POSTINGS": "automatic",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "fetched\n"
    worker.stdout.close()
    assert fetch(fetching) == []  # what a living run has taken is left to it
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    while fetching.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"):
        time.sleep(0.05)
    assert fetching.one("SELECT count(*) FROM scraped_postings") == 1

    assert fetch(fetching) == [True]

    assert (posting(fetching).completeness, posting(fetching).is_open) == ("full", True)
    assert events(fetching, "scrape_started") == ["Reading the captured page", "Fetching the posting"]
    assert fetching.one("SELECT count(*) FROM scraper_queue WHERE state <> 'done'") == 0


def test_a_new_capture_does_not_wait_for_a_run_that_fetches(
    fetching: Pipeline, site: ScriptedFetcher
) -> None:
    captured(fetching, **NAMES)
    (request,) = fetching.tick("scraper_queue_sensor")
    fetching.started_run(request.tags, "scrape_postings")
    assert fetching.tick("scraper_queue_sensor") == []
    send(fetching.settings, capture(1, job_posting_url=BOARD))
    assert len(fetching.tick("capture_sensor")) == 1


def test_what_is_asked_shows_no_query_in_logs_and_metadata(fetching: Pipeline, site: ScriptedFetcher) -> None:
    url = "https://jobs.example.org/postings/1?token=geheim"
    site.will(url, page(url, posting_page()))
    application_id = captured(fetching, html=None, job_posting_url=url)
    fetch(fetching)
    event = fetching.instance.get_latest_materialization_event(dg.AssetKey("scraped_postings"))
    assert event is not None
    assert event.asset_materialization is not None
    shown = {name: str(value.value) for name, value in event.asset_materialization.metadata.items()}
    assert shown["asked"] == "page jobs.example.org/postings/1: 200"
    details = fetching.rows("SELECT details::text FROM timeline_events WHERE event_type LIKE 'scrape%'")
    assert "geheim" not in f"{shown}{details}"
    assert event.asset_materialization.partition == str(application_id)
