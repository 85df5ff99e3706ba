"""The sensors of the analysis queue and of resumes that wait to be read."""

import datetime as dt

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import ANALYSIS_QUEUE, PARSER_QUEUE, due_work, release_dead_claims
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.orchestration.partitions import request_due_runs, stage_tags

_IN_ONE_RUN = ("analysis_results", "tracker_rows", "tracker_csv")


@dg.sensor(
    job_name="track_applications",
    # After a run that failed for one page, the others wait for this. Dagster skips the steps behind a failed
    # one, and a step that does not fail would show the page's partition as missing, not as failed. So it is
    # asked in each round of the daemon, and waits within its tick: 3 s less for the others (2026-11-24).
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts runs for the rows of `analysis_queue` that are due: a new resume, retries after 1, 5 "
    "and 15 minutes, and what a run left behind that failed or died.",
)
def analysis_queue_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.SensorResult | dg.SkipReason:
    """Request a run for the applications whose analysis is due."""
    return request_due_runs(
        context,
        database,
        stage=Stage.ANALYSIS_RESULTS,
        queues=[ANALYSIS_QUEUE],
        selection=_IN_ONE_RUN,
        wait_s=database.settings.capture_wait_s,
    )


@dg.sensor(
    job_name="read_resumes",
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a run for the resumes in `parser_queue` that are due.",
)
def resume_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.RunRequest | dg.SkipReason:
    """Request one run for all resumes that wait."""
    now = dt.datetime.now(dt.UTC)
    with database.begin() as connection:
        release_dead_claims(connection, PARSER_QUEUE, now=now, policy=database.retry_policy)
        due = due_work(connection, PARSER_QUEUE, now=now, limit=100)
    if not due:
        return dg.SkipReason("No resume is waiting.")
    marks = ",".join(sorted(f"{item.id.hex[-12:]}{item.attempts}" for item in due[:20]))
    return dg.RunRequest(
        run_key=f"resumes:{marks}:{int(now.timestamp()) // 60}", tags=stage_tags(Stage.RESUME_DATA)
    )
