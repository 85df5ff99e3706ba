"""The sensors of linking: mail that waits for its application, and applications whose mail has changed."""

import datetime as dt

import dagster as dg

from apptrack_pipeline.correlation.linking import store
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import EVIDENCE_QUEUE, LINK_QUEUE, release_dead_claims
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.orchestration.days import days_of_tags
from apptrack_pipeline.orchestration.mail_days import request_days
from apptrack_pipeline.orchestration.partitions import request_due_runs, unfinished_runs

# Mail changes no posting, and so no analysis.
_CHANGED_BY_MAIL = ("applications", "tracker_rows", "tracker_csv")


@dg.sensor(
    job_name="link_mail",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a run over the days of mail that is to be linked again, since an application, a name "
    "or a decision may concern it: the newest month first. New mail is linked in the run that takes it.",
)
def mail_link_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.RunRequest | dg.SkipReason:
    """Request a run over the days of which mail waits to be linked."""
    now = dt.datetime.now(dt.UTC)
    with database.begin() as connection:
        release_dead_claims(connection, LINK_QUEUE, now=now, policy=database.retry_policy)
        waiting = store.days_that_wait(connection, now=now)
    if not waiting:
        return dg.SkipReason("No mail waits to be linked.")
    for run in unfinished_runs(context.instance, "take_mail", "link_mail"):
        covered = days_of_tags(run.tags)
        if run.job_name == "link_mail" or covered is None:
            return dg.SkipReason("A run links mail.")
        waiting = {day for day in waiting if not covered[0] <= day <= covered[1]}
    if not waiting:
        return dg.SkipReason("The run that takes mail links it.")
    return request_days(waiting, stage=Stage.MAIL_LINKS, selection=["mail_links"], now=now)


@dg.sensor(
    job_name="track_applications",
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Hands the applications that gained, lost or changed a mail to runs of up to 25 neighbouring "
    "partitions; makes a partition for each application that mail alone has made.",
)
def correlation_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.SensorResult | dg.SkipReason:
    """Request a run for the applications whose mail has changed."""
    return request_due_runs(
        context,
        database,
        stage=Stage.APPLICATIONS,
        queues=[EVIDENCE_QUEUE],
        selection=_CHANGED_BY_MAIL,
        wait_s=0.0,
    )
