"""The export's sensor: what a run that failed half-way left unexported is exported."""

import datetime as dt

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.export.store import stale_rows
from apptrack_pipeline.orchestration.partitions import stage_tags, unfinished_runs
from apptrack_pipeline.timeline.runs import newest_run_seq

# Numbers are given out before they are committed: the last few are looked at again.
_OVERLAP = 100


@dg.sensor(
    job_name="export_tracker",
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Exports anew where a run changed an application and failed before it exported it. The "
    "cursor says how far the history of runs was looked at; losing it costs nothing.",
)
def export_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.RunRequest | dg.SkipReason:
    """Request a full export where exported rows are not what the applications are."""
    if unfinished_runs(context.instance, "track_applications", "export_tracker"):
        return dg.SkipReason("Runs are at work; they export what they change.")
    with database.begin() as connection:
        newest = newest_run_seq(connection)
        stale = stale_rows(connection, since_seq=int(context.cursor or 0) - _OVERLAP)
    if stale:
        # A run key is remembered for ever; the minute lets an export that failed be tried again.
        minute = int(dt.datetime.now(dt.UTC).timestamp()) // 60
        return dg.RunRequest(run_key=f"export:{newest}:{minute}", tags=stage_tags(Stage.TRACKER_ROWS))
    context.update_cursor(str(newest))
    return dg.SkipReason("Every application is exported as it is.")
