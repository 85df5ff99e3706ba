"""The schedule of liveness: once a week the sites of open postings are asked whether they still are."""

import datetime as dt

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.scraping.store import queue_liveness


@dg.schedule(
    name="posting_liveness",
    job_name="scrape_postings",
    cron_schedule="20 4 * * 1",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Queues a look at each posting of an undecided application that nobody has looked at for a "
    "day, on Mondays at 04:20. `scraper_queue_sensor` starts the runs.",
)
def posting_liveness(
    context: dg.ScheduleEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.SkipReason:
    """Queue what is to be looked at; a tick that is repeated queues nothing twice."""
    if database.settings.fetch_postings != "automatic":
        return dg.SkipReason(f"APPTRACK_FETCH_POSTINGS is {database.settings.fetch_postings}.")
    now = dt.datetime.now(dt.UTC)
    with database.begin() as connection:
        queued = queue_liveness(connection, now=now, work=context.scheduled_execution_time.isoformat())
    return dg.SkipReason(f"{queued} postings are queued to be looked at.")
