"""The scraper queue's sensor: postings that are due to be read (again) become runs."""

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import SCRAPER_QUEUE
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.orchestration.partitions import request_due_runs

_IN_ONE_RUN = ("job_postings", "analysis_results", "tracker_rows", "tracker_csv")


@dg.sensor(
    job_name="track_applications",
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts runs for the rows of `scraper_queue` that are due: retries after 1, 5 and 15 "
    "minutes, and what a run left behind that failed or died.",
)
def scraper_queue_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.SensorResult | dg.SkipReason:
    """Request a run for the applications whose posting is due."""
    return request_due_runs(
        context,
        database,
        stage=Stage.JOB_POSTINGS,
        queues=[SCRAPER_QUEUE],
        selection=_IN_ONE_RUN,
        wait_s=0,
    )
