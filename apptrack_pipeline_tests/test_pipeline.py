"""The pipeline in one process: real PostgreSQL, Dagster's own sensor evaluation and run execution."""

from __future__ import annotations

import csv
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.test_utils import instance_for_test
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from evidence import application_ids, capture, send
from pipelines import Pipeline

from apptrack_pipeline.analysis.store import add_resume
from apptrack_pipeline.export.rows import HEADINGS

RESUME = b"""# Robin Example

## Skills
Python, SQL, PostgreSQL, Dagster, Docker, Git

## Experience
Data engineer at Fernwick for six years: Python pipelines on Dagster, PostgreSQL in production.
"""


def add(pipeline: Pipeline, resume: bytes = RESUME) -> None:
    with pipeline.database.begin() as connection:
        add_resume(connection, resume, "resume.md", now=dt.datetime.now(dt.UTC))


def snapshot(pipeline: Pipeline) -> list[Any]:
    """Everything that is derived, without what names the run that derived it."""
    return [
        pipeline.rows("SELECT id, row_hash, run_id, changed_at FROM applications ORDER BY id"),
        pipeline.rows("SELECT application_id, content_hash, run_id, derived_at FROM job_postings ORDER BY 1"),
        pipeline.rows("SELECT id, application_id, score, is_current FROM analysis_results ORDER BY 1"),
        pipeline.rows("SELECT id, occurred_at, retracted_at, summary FROM timeline_events ORDER BY seq"),
        pipeline.rows("SELECT application_id, row_hash, changed_at FROM tracker_rows ORDER BY 1"),
    ]


def test_one_capture_becomes_a_line_of_the_csv_in_one_run(pipeline: Pipeline) -> None:
    add(pipeline)
    assert pipeline.run_all("resume_sensor", "read_resumes") == [True]
    (sent,) = send(pipeline.settings, capture(1, notes="via a friend"))

    assert pipeline.run_all() == [True]

    with pipeline.settings.csv_file.open(encoding="utf-8", newline="") as file:
        heading, line = list(csv.reader(file))
    assert tuple(heading) == HEADINGS
    row = dict(zip(heading, line, strict=True))
    assert row["Application ID"] == str(sent.application_id)
    assert row["Company Name"] == "Quillmark Ltd"
    assert row["Job Title"] == "Data Engineer 1"
    assert row["Status"] == "applied"
    assert row["Job Location"].startswith("Leeds")
    assert row["Employment Type"] == "full_time"
    assert "55,000" in row["Salary Range"]
    assert "GBP" in row["Salary Range"]
    assert 0 < int(row["Analysis Match Score"]) <= 100
    assert "Python" in row["Qualifications Met"]
    assert "Kubernetes" in row["Qualifications Missing"]
    assert row["Notes"] == "via a friend"
    assert row["Last Event Type"] == "analysis_completed"


def test_the_timeline_tells_the_way_of_a_capture_with_the_run_that_did_each_step(pipeline: Pipeline) -> None:
    captured_at = dt.datetime(2026, 11, 2, 8, 30, tzinfo=dt.UTC)
    send(pipeline.settings, capture(1, captured_at=captured_at.isoformat()))
    pipeline.run_all()

    events = pipeline.rows("SELECT event_type, occurred_at, run_id FROM timeline_events ORDER BY seq")
    assert [event[0] for event in events] == [
        "application_created",
        "browser_capture",
        "scrape_started",
        "scrape_completed",
        "posting_scraped",
        "posting_linked",
        "analysis_started",
        "analysis_completed",
    ]
    assert {event[1] for event in events[:2]} == {captured_at}
    runs = pipeline.rows("SELECT DISTINCT run_id, outcome, attempt FROM application_runs")
    assert {event[2] for event in events} == {runs[0][0]}
    assert [run[1:] for run in runs] == [("succeeded", 1)]


def test_materializing_again_changes_nothing_and_adds_no_event(pipeline: Pipeline) -> None:
    add(pipeline)
    pipeline.run_all("resume_sensor", "read_resumes")
    send(pipeline.settings, *(capture(n) for n in range(3)))
    (request,) = pipeline.tick("capture_sensor")
    assert pipeline.execute(request).success
    before = snapshot(pipeline)

    assert pipeline.execute(request).success

    assert snapshot(pipeline) == before


def test_sixty_captures_become_runs_of_25_25_and_10_neighbours(pipeline: Pipeline) -> None:
    send(pipeline.settings, *(capture(n, html=None) for n in range(60)))
    requests = pipeline.tick("capture_sensor")
    assert [request.tags["apptrack/batch_size"] for request in requests] == ["25", "25", "10"]
    assert all(pipeline.execute(request).success for request in requests)
    assert len(pipeline.materialized("applications")) == 60
    assert pipeline.one("SELECT count(*) FROM tracker_rows") == 60


def test_a_single_capture_is_a_run_of_one_partition(pipeline: Pipeline) -> None:
    (sent,) = send(pipeline.settings, capture(1))
    (request,) = pipeline.tick("capture_sensor")
    assert request.tags["dagster/partition"] == str(sent.application_id)


def test_a_tick_that_is_repeated_asks_for_the_same_run(pipeline: Pipeline) -> None:
    send(pipeline.settings, capture(1))
    first, second = pipeline.tick("capture_sensor"), pipeline.tick("capture_sensor")
    assert first[0].run_key.rsplit(":", 1)[0] == second[0].run_key.rsplit(":", 1)[0]


def test_what_an_unfinished_run_covers_is_not_asked_for_again(pipeline: Pipeline) -> None:
    send(pipeline.settings, capture(1))
    (request,) = pipeline.tick("capture_sensor")
    pipeline.started_run(request.tags)
    assert pipeline.tick("capture_sensor") == []


def test_a_new_capture_does_not_wait_for_a_backfill_that_is_queued(pipeline: Pipeline) -> None:
    (sent,) = send(pipeline.settings, capture(1))
    assert pipeline.run_all() == [True]
    of_this_application = {"dagster/partition": str(sent.application_id)}
    pipeline.started_run(of_this_application | {"dagster/backfill": "b"}, status=dg.DagsterRunStatus.QUEUED)

    send(pipeline.settings, capture(1, job_title="Senior Data Engineer"))

    (request,) = pipeline.tick("capture_sensor")
    pipeline.started_run(request.tags, status=dg.DagsterRunStatus.QUEUED)
    assert pipeline.tick("capture_sensor") == []


def test_a_new_capture_does_not_wait_for_the_analyses_that_a_new_resume_has_queued(
    pipeline: Pipeline,
) -> None:
    send(pipeline.settings, capture(1))
    assert pipeline.run_all() == [True]
    add(pipeline)
    assert pipeline.run_all("resume_sensor", "read_resumes") == [True]
    (analysis,) = pipeline.tick("analysis_queue_sensor")
    pipeline.started_run(analysis.tags, status=dg.DagsterRunStatus.QUEUED)
    assert pipeline.tick("analysis_queue_sensor") == []

    send(pipeline.settings, capture(1, job_title="Senior Data Engineer"))
    assert len(pipeline.tick("capture_sensor")) == 1


def test_dagster_takes_the_run_of_a_capture_before_forty_runs_of_a_backfill(pipeline: Pipeline) -> None:
    # The queue's own order, as the daemon asks for it; the instance is one that has a queue.
    with instance_for_test(overrides={"concurrency": {"runs": {"max_concurrent_runs": 4}}}) as instance:
        pipeline.instance = instance
        for n in range(40):
            pipeline.started_run({"dagster/backfill": "b", "n": str(n)}, status=dg.DagsterRunStatus.QUEUED)
        send(pipeline.settings, capture(1))
        (request,) = pipeline.tick("capture_sensor")
        wanted = pipeline.started_run(request.tags, status=dg.DagsterRunStatus.QUEUED)

        queue = QueuedRunCoordinatorDaemon(interval_seconds=1)
        taken = queue._get_runs_to_dequeue(instance, instance.get_concurrency_config(), None)

    assert taken[0].run_id == wanted.run_id
    assert [run.tags["n"] for run in taken[1:]] == ["0", "1", "2"]


def test_in_a_partly_failed_run_each_partition_shows_what_became_of_it(pipeline: Pipeline) -> None:
    sent = send(
        pipeline.settings,
        capture(1),
        capture(2, html="<html><body><div id='root'></div></body></html>"),
        capture(3),
    )
    good, blank, also_good = map(str, application_ids(sent))

    assert pipeline.run_all() == [False]

    assert pipeline.materialized("applications") == {good, blank, also_good}
    assert pipeline.materialized("job_postings") == {good, also_good}
    assert pipeline.materialized("analysis_results") == set()


def test_the_survivors_of_a_partly_failed_run_are_analysed_and_exported(pipeline: Pipeline) -> None:
    send(pipeline.settings, capture(1), capture(2, html="<html><body></body></html>"), capture(3))
    pipeline.run_all()
    assert pipeline.one("SELECT count(*) FROM tracker_rows") == 0

    assert all(pipeline.run_all("analysis_queue_sensor"))
    assert pipeline.one("SELECT count(*) FROM analysis_results") == 2
    assert pipeline.one("SELECT count(*) FROM tracker_rows") == 3
    assert pipeline.run_all("export_sensor", "export_tracker") == []


def test_the_analysis_sensor_waits_within_its_tick_for_what_a_failed_run_leaves_behind(
    pipeline: Pipeline,
) -> None:
    send(pipeline.settings, capture(1), capture(2, html="<html><body></body></html>"))
    assert pipeline.run_all() == [False]
    with pipeline.database.begin() as connection:
        connection.execute(sa.text("UPDATE analysis_queue SET due_at = now() + interval '1 second'"))
    assert pipeline.tick("analysis_queue_sensor") == []

    patient = Pipeline(pipeline.settings.model_copy(update={"capture_wait_s": 10}), pipeline.instance)
    (request,) = patient.tick("analysis_queue_sensor")
    patient.database.engine.dispose()
    assert pipeline.execute(request).success
    assert pipeline.one("SELECT count(*) FROM analysis_results") == 1


def test_what_no_later_run_exports_the_export_sensor_does(pipeline: Pipeline) -> None:
    send(pipeline.settings, capture(1, html="<html><body></body></html>"))
    pipeline.run_all()
    assert pipeline.one("SELECT count(*) FROM tracker_rows") == 0
    assert pipeline.run_all("export_sensor", "export_tracker") == [True]
    assert pipeline.one("SELECT count(*) FROM tracker_rows") == 1
    assert pipeline.run_all("export_sensor", "export_tracker") == []


def test_a_second_export_waits_for_the_first(pipeline: Pipeline) -> None:
    send(pipeline.settings, capture(1, html="<html><body></body></html>"))
    pipeline.run_all()
    run = pipeline.started_run({}, "export_tracker")
    assert pipeline.tick("export_sensor") == []
    pipeline.instance.report_run_failed(run)
    assert len(pipeline.tick("export_sensor")) == 1


def test_a_blank_page_is_kept_as_such_and_shown_for_review(pipeline: Pipeline) -> None:
    send(pipeline.settings, capture(1, html="<html><body><div id='root'></div></body></html>"))
    pipeline.run_all()
    assert pipeline.rows("SELECT completeness, review_reason FROM job_postings") == [("blank", "blank_page")]
    assert pipeline.one("SELECT state FROM posting_queue") == "failed"
    assert pipeline.one("SELECT count(*) FROM timeline_events WHERE event_type = 'scrape_failed'") == 1
    assert pipeline.one("SELECT outcome FROM application_runs WHERE stage = 'job_postings'") == "failed"


def test_a_blank_page_is_a_failed_check_until_the_page_is_captured_again(pipeline: Pipeline) -> None:
    def check() -> bool:
        from apptrack_pipeline.scraping.checks import postings_have_a_description

        result = postings_have_a_description(database=pipeline.database)
        assert isinstance(result, dg.AssetCheckResult)
        return bool(result.passed)

    now = dt.datetime.now(dt.UTC)
    send(pipeline.settings, capture(1, html="<html><body></body></html>"), now=now - dt.timedelta(hours=1))
    pipeline.run_all()
    assert not check()

    send(pipeline.settings, capture(1))
    pipeline.run_all()
    assert check()


def test_the_export_after_a_partly_failed_run_shows_the_blank_page_as_a_failed_check(
    pipeline: Pipeline,
) -> None:
    send(pipeline.settings, capture(1, html="<html><body></body></html>"))
    pipeline.run_all()
    (request,) = pipeline.tick("export_sensor")
    evaluations = pipeline.execute(request, "export_tracker").get_asset_check_evaluations()
    assert {e.check_name for e in evaluations if not e.passed} == {"postings_have_a_description"}
    assert len(evaluations) == 9


def test_a_later_blank_capture_does_not_take_the_posting_away(pipeline: Pipeline) -> None:
    now = dt.datetime.now(dt.UTC)
    send(pipeline.settings, capture(1), now=now - dt.timedelta(hours=1))
    pipeline.run_all()
    send(pipeline.settings, capture(1, html="<html><body></body></html>"), now=now)
    pipeline.run_all()
    assert pipeline.one("SELECT completeness FROM job_postings") == "full"


def test_a_new_resume_queues_the_analysis_of_what_is_known(pipeline: Pipeline) -> None:
    send(pipeline.settings, capture(1), capture(2))
    pipeline.run_all()
    assert pipeline.rows("SELECT DISTINCT score, reason FROM analysis_results") == [(None, "no resume")]

    add(pipeline)
    assert pipeline.run_all("resume_sensor", "read_resumes") == [True]
    assert pipeline.run_all("analysis_queue_sensor") == [True]

    current = pipeline.rows("SELECT score FROM analysis_results WHERE is_current")
    assert len(current) == 2
    assert all(row[0] is not None for row in current)


def test_hostile_pages_are_kept_and_never_fail_a_tick(pipeline: Pipeline) -> None:
    deep = b"[" * 50_000 + b"]" * 50_000
    odd = '<script type="application/ld+json">{"@type": "JobPosting", "description": {}}</script>'
    hostile = [
        capture(1, html="<p>NUL \x00 in the middle</p>" + "x" * 100),
        capture(2, html="<div>" * 400_000),
        b'{"job_posting_url": "https://jobs.example.org/postings/3", "html": "half a pair \\ud800 here"}',
        b'{"job_posting_url": "https://jobs.example.org/postings/4", "html": "caf\xe9 \xff\xfe"}',
        capture(5, html=None, json_ld=[[[[{"@type": "JobPosting", "title": ["x"] * 1000}]]]]),
        b'{"job_posting_url": "https://jobs.example.org/postings/6", "json_ld": ' + deep + b"}",
        capture(7, html=odd),
    ]
    sent = send(pipeline.settings, *hostile)
    pipeline.run_all()

    assert pipeline.one("SELECT count(*) FROM applications") == len(application_ids(sent)) == 7
    assert pipeline.one("SELECT count(*) FROM job_postings") == 7
    assert pipeline.rows("SELECT application_id FROM captures WHERE state IN ('due', 'running')") == []
    needing = pipeline.one(
        "SELECT count(*) FROM applications a JOIN job_postings p ON p.application_id = a.id"
        " WHERE a.needs_review OR p.review_reason IS NOT NULL"
    )
    assert needing >= 5


def test_a_ledger_that_fails_costs_no_work_and_is_reported(pipeline: Pipeline) -> None:
    with pipeline.database.begin() as connection:
        connection.execute(
            sa.text(
                "ALTER TABLE timeline_events ADD CONSTRAINT trouble CHECK (event_type <> 'browser_capture')"
            )
        )
    send(pipeline.settings, capture(1))
    assert pipeline.run_all() == [True]

    assert pipeline.one("SELECT count(*) FROM tracker_rows") == 1
    assert pipeline.one("SELECT sum(lost_events) FROM application_runs") > 0
    from apptrack_pipeline.correlation.checks import no_lost_events

    result = no_lost_events(database=pipeline.database)
    assert isinstance(result, dg.AssetCheckResult)
    assert not result.passed


def test_a_database_error_in_one_application_leaves_the_others_done(pipeline: Pipeline) -> None:
    sent = send(pipeline.settings, capture(1), capture(2))
    poisoned, good = application_ids(sent)
    with pipeline.database.begin() as connection:
        connection.execute(
            sa.text(f"ALTER TABLE applications ADD CONSTRAINT trouble CHECK (id <> '{poisoned}')")
        )
    assert pipeline.run_all() == [False]
    assert pipeline.rows("SELECT id FROM applications") == [(good,)]
    state, attempts, error = pipeline.rows(
        "SELECT state, attempts, last_error FROM captures WHERE application_id = :id", id=poisoned
    )[0]
    assert (state, attempts) == ("due", 1)
    assert "trouble" in error
    assert (
        pipeline.one("SELECT event_type FROM timeline_events WHERE application_id IS NULL")
        == "internal_error"
    )


_KILLED_WORKER = """
import importlib, sys, time
import dagster as dg

# Stops for ever at the third application of the stage, with two of them done.
module_name, function_name, *keys = sys.argv[1:]
module = importlib.import_module(module_name)
work, taken = getattr(module, function_name), []

def work_and_stop(job):
    taken.append(job)
    if len(taken) == 3:
        print("working", flush=True)
        time.sleep(60)
    return work(job)

setattr(module, function_name, work_and_stop)
from apptrack_pipeline.definitions import build_defs

instance = dg.DagsterInstance.ephemeral()
instance.add_dynamic_partitions("application", keys)
build_defs().resolve_job_def("track_applications").execute_in_process(
    instance=instance,
    tags={"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]},
)
"""


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("apptrack_pipeline.correlation.assets", "fold_one"),
        ("apptrack_pipeline.scraping.assets", "read_one"),
        ("apptrack_pipeline.analysis.assets", "analyse_one"),
    ],
)
def test_a_run_that_is_killed_is_taken_up_again_without_a_loss_or_a_double(
    pipeline: Pipeline, database_url: str, module: str, function: str
) -> None:
    sent = send(pipeline.settings, *(capture(n) for n in range(4)))
    keys = [str(key) for key in application_ids(sent)]
    pipeline.instance.add_dynamic_partitions("application", keys)
    run = pipeline.started_run(
        {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", _KILLED_WORKER, module, function, *keys],
        env={
            **os.environ,
            "APPTRACK_DATABASE_URL": database_url,
            "APPTRACK_HOME": str(pipeline.settings.home),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "working\n"
    worker.stdout.close()
    for sensor in SENSORS_OF_STAGES:
        assert pipeline.tick(sensor) == []  # what a living run has taken is left to it
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    pipeline.instance.report_run_failed(run)
    while pipeline.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"):
        time.sleep(0.05)  # the server takes a moment to see that the worker's sessions are gone

    for sensor in SENSORS_OF_STAGES:
        assert all(pipeline.run_all(sensor))

    for table in ("applications", "job_postings", "analysis_results", "tracker_rows"):
        assert pipeline.one(f"SELECT count(*) FROM {table}") == 4
    assert pipeline.one("SELECT count(*) FROM timeline_events") == 4 * 8
    # The stage that was killed: also what was done, but never reported, is shown as done.
    assert pipeline.materialized(KILLED[function]) == set(keys)
    for queue in ("captures", "posting_queue", "analysis_queue"):
        assert pipeline.one(f"SELECT count(*) FROM {queue} WHERE state <> 'done' OR reported_at IS NULL") == 0


SENSORS_OF_STAGES = ("capture_sensor", "posting_queue_sensor", "analysis_queue_sensor")
KILLED = {"fold_one": "applications", "read_one": "job_postings", "analyse_one": "analysis_results"}
