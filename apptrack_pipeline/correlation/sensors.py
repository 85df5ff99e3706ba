"""The capture sensor: new captures and decisions become runs of `track_applications`."""

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import CAPTURES, DECISIONS
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.orchestration.partitions import request_due_runs

_IN_ONE_RUN = ("applications", "job_postings", "analysis_results", "tracker_rows", "tracker_csv")


@dg.sensor(
    job_name="track_applications",
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reads the captures and decisions that no run has taken yet, makes a partition for each new "
    "application, and starts runs of up to 25 neighbouring partitions.",
)
def capture_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.SensorResult | dg.SkipReason:
    """Request a run for the applications with new evidence."""
    return request_due_runs(
        context,
        database,
        stage=Stage.APPLICATIONS,
        queues=[CAPTURES, DECISIONS],
        selection=_IN_ONE_RUN,
        wait_s=database.settings.capture_wait_s,
    )
