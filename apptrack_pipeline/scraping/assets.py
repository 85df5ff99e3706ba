"""The asset `job_postings`: what each application's posting says."""

import datetime as dt
import hashlib

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import ANALYSIS_QUEUE, EVIDENCE_QUEUE, SCRAPER_QUEUE, enqueue
from apptrack_pipeline.domain import BlankPostingError, Completeness, EventType, Stage, new_id
from apptrack_pipeline.orchestration.partitions import applications_partitions, in_batches
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata
from apptrack_pipeline.orchestration.work import Done, Job, materialize_applications
from apptrack_pipeline.postings.parsing import PARSER_VERSION
from apptrack_pipeline.scraping.choice import choose_posting
from apptrack_pipeline.scraping.store import (
    POSTINGS,
    captured_pages,
    drop_posting,
    is_merged,
    names_beyond_captures,
    save_posting,
)
from apptrack_pipeline.timeline.ledger import Event, append


def read_one(job: Job) -> Done:
    """Read one application's posting from its captured pages, write it, and queue its analysis.

    What was made of mail has no page, and that is no failure; neither is what was merged into another.
    """
    if is_merged(job.connection, job.application_id):
        return Done({"outcome": "merged into another application"})
    best = choose_posting(captured_pages(job.connection, job.application_id), now=job.now)
    known = names_beyond_captures(job.connection, job.application_id)
    if best is None:
        drop_posting(job.connection, job.application_id)
        if any(known):
            _fold_again(job)
        return Done({"outcome": "no captured page to read"})
    capture_id, posting = best
    content_hash = save_posting(
        job.connection, job.application_id, capture_id, posting, run_id=job.run_id, now=job.now
    )
    if names_beyond_captures(job.connection, job.application_id) != known:
        _fold_again(job)
    blank = posting.completeness is Completeness.BLANK
    lost = append(
        job.connection,
        job.application_id,
        _events(job, str(capture_id), posting.completeness, content_hash),
        run_id=job.run_id,
        now=job.now,
    )
    metadata = {
        "completeness": str(posting.completeness),
        "is_open": str(posting.is_open),
        "description_characters": len(posting.description_text or ""),
    }
    if blank:
        return Done(
            metadata,
            lost,
            BlankPostingError(
                "the captured page holds no posting text; open it, wait until it has loaded, capture it again"
            ),
        )
    enqueue(
        job.connection,
        ANALYSIS_QUEUE,
        job.application_id,
        work_key=hashlib.sha256(b"posting" + content_hash).digest(),
        reason="posting",
        now=job.now,
    )
    return Done(metadata, lost)


def _fold_again(job: Job) -> None:
    """Let the application take what its posting names into the keys under which mail finds it."""
    enqueue(
        job.connection,
        EVIDENCE_QUEUE,
        job.application_id,
        work_key=new_id().bytes,
        reason="posting",
        now=job.now,
    )


def _events(job: Job, capture_id: str, completeness: Completeness, content_hash: bytes) -> list[Event]:
    # The same page read by the same reader is the same event: a backfill adds nothing to the timeline.
    reading = f"{job.application_id}:{capture_id}:{PARSER_VERSION}"
    details = {"capture_id": capture_id, "parser_version": PARSER_VERSION}
    ended = dt.datetime.now(dt.UTC)
    started = Event(
        EventType.SCRAPE_STARTED, job.now, "Reading the captured page", f"scrape_started:{reading}", details
    )
    if completeness is Completeness.BLANK:
        failed = "The captured page holds no posting text"
        return [started, Event(EventType.SCRAPE_FAILED, ended, failed, f"scrape_failed:{reading}", details)]
    posting = f"{job.application_id}:{content_hash.hex()}"
    return [
        started,
        Event(
            EventType.SCRAPE_COMPLETED,
            ended,
            f"Read the captured page: {completeness}",
            f"scrape_completed:{reading}",
            details | {"completeness": str(completeness)},
        ),
        Event(
            EventType.POSTING_SCRAPED,
            ended,
            f"Posting is {completeness}",
            f"posting_scraped:{posting}",
            details | {"content_hash": content_hash.hex()},
        ),
        Event(
            EventType.POSTING_LINKED,
            ended,
            "Posting linked to the application by its capture",
            f"posting_linked:{job.application_id}:{capture_id}",
            details,
        ),
    ]


@dg.asset(
    partitions_def=applications_partitions,
    backfill_policy=in_batches,
    deps=["applications"],
    group_name="scraping",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=PARSER_VERSION,
    metadata=table_metadata(POSTINGS),
)
def job_postings(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per application: the posting that it was for, each field with its source and confidence."""
    return materialize_applications(
        context,
        database,
        stage=Stage.JOB_POSTINGS,
        table=POSTINGS,
        queues=[SCRAPER_QUEUE],
        work=read_one,
        failure_event=EventType.SCRAPE_FAILED,
    )
