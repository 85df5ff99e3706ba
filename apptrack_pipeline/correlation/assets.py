"""The asset `applications`: one row per application, folded from all that is known of it."""

import hashlib

import dagster as dg

from apptrack_pipeline.correlation.fold import FOLD_VERSION, fold_application
from apptrack_pipeline.correlation.store import (
    APPLICATIONS,
    load_captures,
    load_decisions,
    save_application,
)
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import CAPTURES, DECISIONS, SCRAPER_QUEUE, enqueue
from apptrack_pipeline.domain import EventType, Stage
from apptrack_pipeline.orchestration.partitions import applications_partitions, in_batches
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata
from apptrack_pipeline.orchestration.work import Done, Job, materialize_applications
from apptrack_pipeline.timeline.ledger import Event, replace_derived

# The fold owns these: what it implies no longer is marked as retracted.
_FOLDED_EVENTS = (
    EventType.APPLICATION_CREATED,
    EventType.APPLICATION_UPDATED,
    EventType.STATUS_CHANGED,
    EventType.BROWSER_CAPTURE,
)


def fold_one(job: Job) -> Done:
    """Fold one application from its evidence, write row and events, and queue its posting to be read."""
    captures = load_captures(job.connection, [job.application_id]).get(job.application_id, [])
    decisions = load_decisions(job.connection, [job.application_id]).get(job.application_id, [])
    folded = fold_application(job.application_id, captures, decisions)
    url_hash = hashlib.sha256(folded.canonical_url.encode()).digest() if folded.canonical_url else None
    changed = save_application(job.connection, folded, url_hash=url_hash, run_id=job.run_id, now=job.now)
    lost = replace_derived(
        job.connection,
        job.application_id,
        [Event(e.event_type, e.occurred_at, e.summary, e.dedupe_key, e.details) for e in folded.events],
        event_types=_FOLDED_EVENTS,
        run_id=job.run_id,
        now=job.now,
    )
    for capture in captures:
        enqueue(
            job.connection,
            SCRAPER_QUEUE,
            job.application_id,
            work_key=hashlib.sha256(capture.id.bytes).digest(),
            reason="capture",
            now=job.now,
        )
    return Done(
        {
            "company": folded.company_name or "",
            "title": folded.job_title or "",
            "status": str(folded.status),
            "captures": len(captures),
            "changed": changed,
        },
        lost_events=lost,
    )


@dg.asset(
    partitions_def=applications_partitions,
    backfill_policy=in_batches,
    deps=["captures"],
    group_name="correlation",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=FOLD_VERSION,
    metadata=table_metadata(APPLICATIONS),
)
def applications(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per application: company, title, status and dates, folded from captures and decisions.

    Materializing it again gives the same row.
    """
    return materialize_applications(
        context,
        database,
        stage=Stage.APPLICATIONS,
        table=APPLICATIONS,
        queues=[CAPTURES, DECISIONS],
        work=fold_one,
        failure_event=EventType.INTERNAL_ERROR,
    )
