"""The sensors of the scraper and the posting queue: what is due becomes runs."""

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import POSTING_QUEUE, SCRAPER_QUEUE
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.orchestration.partitions import request_due_runs

_READ_AND_AFTER = ("job_postings", "analysis_results", "tracker_rows", "tracker_csv")
_FETCH_AND_AFTER = ("scraped_postings", *_READ_AND_AFTER)

# A site that answers byte by byte takes 20 s for each of up to six requests, and a run ends after 30 min.
_FETCHED_IN_ONE_RUN = 10


@dg.sensor(
    job_name="scrape_postings",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts runs for the rows of `scraper_queue` that are due: postings to fetch, and retries "
    "after 1, 5 and 15 minutes.",
)
def scraper_queue_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.SensorResult | dg.SkipReason:
    """Request a run for the applications whose posting is to be fetched."""
    return request_due_runs(
        context,
        database,
        stage=Stage.SCRAPED_POSTINGS,
        queues=[SCRAPER_QUEUE],
        selection=_FETCH_AND_AFTER,
        wait_s=0,
        most_keys=_FETCHED_IN_ONE_RUN,
    )


@dg.sensor(
    job_name="track_applications",
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts runs for the rows of `posting_queue` that are due: retries of reading after 1, 5 and "
    "15 minutes, what was fetched, and what a run left behind that failed or died.",
)
def posting_queue_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.SensorResult | dg.SkipReason:
    """Request a run for the applications whose posting is due to be read."""
    return request_due_runs(
        context,
        database,
        stage=Stage.JOB_POSTINGS,
        queues=[POSTING_QUEUE],
        selection=_READ_AND_AFTER,
        wait_s=0,
    )
