"""The assets `scraped_postings`, what sites answer, and `job_postings`, what each posting says."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.locks import SessionLock
from apptrack_pipeline.db.moves import load_moves
from apptrack_pipeline.db.queues import (
    ANALYSIS_QUEUE,
    EVIDENCE_QUEUE,
    POSTING_QUEUE,
    SCRAPER_QUEUE,
    enqueue,
)
from apptrack_pipeline.domain import (
    ApptrackError,
    BlankPostingError,
    Completeness,
    EventType,
    NeedsCaptureError,
    Stage,
    new_id,
)
from apptrack_pipeline.orchestration.partitions import applications_partitions, in_batches
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata
from apptrack_pipeline.orchestration.work import Done, Job, Task, materialize_applications
from apptrack_pipeline.postings.parsing import PARSER_VERSION
from apptrack_pipeline.scraping.asking import Conclusion, next_step
from apptrack_pipeline.scraping.choice import STRIKES, Understanding, understand, where_to_ask
from apptrack_pipeline.scraping.fetching import Fetcher, FetchFailedError, RefusedAddressError
from apptrack_pipeline.scraping.responses import RESPONSES, Asked, ask, looks_of, without_query
from apptrack_pipeline.scraping.store import (
    POSTINGS,
    captures_of,
    drop_posting,
    is_merged,
    is_routine,
    names_beyond_captures,
    pages_of,
    save_posting,
)
from apptrack_pipeline.timeline.ledger import Event, append

FETCH_VERSION: Final = "fetch-1"

_SECOND_LOOK: Final = dt.timedelta(hours=24)
"""When a posting that seems to be gone is looked at again."""

_WHY: Final = {
    "captured_only": "this site shows its postings to a person's browser alone",
    "robots_txt": "the site's robots.txt forbids programs to read the page",
    "robot_check": "the site answers with a check for robots",
    "no_description": "the site's answer holds no posting text",
    "refused_address": "its address leads to no public site",
    "unusable_answer": "the site's answer cannot be used",
}


@dataclass(frozen=True)
class _Looked:
    """What became of looking at one posting; `skipped` says why nobody was asked, `asked` what was."""

    asked: Asked | None = None
    skipped: str = ""


def look_at(database: Database, fetcher: Fetcher, task: Task) -> _Looked:
    """Ask the site of one application's posting, outside of any transaction; each answer is archived."""
    if database.settings.fetch_postings == "never":
        return _Looked(skipped="fetching is switched off: APPTRACK_FETCH_POSTINGS is never")
    with database.begin() as connection:
        if is_merged(connection, task.application_id):
            return _Looked(skipped="merged into another application")
        captures = captures_of(connection, task.application_id, load_moves(connection))
        target = where_to_ask(pages_of(connection, captures))
    if target is None:
        return _Looked(Asked(Conclusion("blocked", "captured_only"), ()))
    url, html = target.payload.url, target.payload.html
    with SessionLock(database.engine, f"apptrack fetch {task.application_id}"):
        with database.begin() as connection:
            newest = next(looks_of(connection, [task.application_id], [url]), None)
        if newest is not None and newest.run_id != task.run_id and newest.at >= task.now:
            # Another run had the site's answers while this one waited for it.
            step = next_step(url, html, newest.replies)
            if isinstance(step, Conclusion):
                return _Looked(skipped="another run has just asked")
        return _Looked(ask(database, fetcher, task.application_id, url, html, run_id=task.run_id))


def take_answers(job: Job) -> Done:
    """Tell the timeline how looking at a posting ended, and have the posting read again."""
    looked: _Looked = job.prepared
    if looked.asked is None:
        return Done({"outcome": looked.skipped})
    conclusion = looked.asked.conclusion
    error = _error(looked.asked)
    is_last = job.attempt >= job.settings.max_attempts
    if conclusion.outcome != "busy" or is_last:
        enqueue(
            job.connection,
            POSTING_QUEUE,
            job.application_id,
            work_key=hashlib.sha256(f"look {job.run_id}".encode()).digest(),
            reason="look",
            now=job.now,
        )
    # That a posting is open still, week after week, is no event; `checked_at` says it.
    is_news = conclusion.outcome != "posting" or not is_routine(
        job.connection, job.application_id, run_id=job.run_id
    )
    lost = append(
        job.connection,
        job.application_id,
        _events_of_look(job, looked.asked, error) if is_news else [],
        run_id=job.run_id,
        now=job.now,
    )
    return Done(
        {
            "outcome": conclusion.outcome,
            "reason": conclusion.reason,
            "platform": conclusion.match.platform if conclusion.match is not None else "",
            "asked": "; ".join(_requests_of(looked.asked)),
        },
        lost,
        error,
    )


def _error(asked: Asked) -> ApptrackError | None:
    """Return why a look failed; None where it found the posting, or found that it is gone."""
    reason = asked.conclusion.reason
    status = reason.removeprefix("http_")
    answered = f"the site answers with {'status ' if status.isdigit() else ''}{status.replace('_', ' ')}"
    why = _WHY.get(reason, answered)
    match asked.conclusion.outcome:
        case "posting" | "closed":
            return None
        case "busy":
            said = "the site gives no answer" if reason == "no_answer" else answered
            return FetchFailedError(said, retry_after_s=asked.retry_after_s)
        case "refused":
            return RefusedAddressError(f"{why}; if you can open it, capture it in the browser")
        case _:
            return NeedsCaptureError(f"{why}; open the posting in the browser and capture it there")


def _requests_of(asked: Asked) -> list[str]:
    """Return each request in words, without what an address holds in its query."""
    return [
        f"{reply.request.kind} {without_query(reply.request.url)}: "
        + (str(reply.answer.status) if reply.answer is not None else str(reply.trouble))
        for reply in asked.replies
    ]


def _events_of_look(job: Job, asked: Asked, error: ApptrackError | None) -> list[Event]:
    look = f"fetch:{job.application_id}:{job.run_id}"
    conclusion = asked.conclusion
    details = {
        "outcome": conclusion.outcome,
        "reason": conclusion.reason,
        "asked": _requests_of(asked),
        "attempt": job.attempt,
    }
    started = Event(EventType.SCRAPE_STARTED, job.now, "Fetching the posting", f"scrape_started:{look}")
    ended = dt.datetime.now(dt.UTC)
    if error is not None:
        words = f"Fetching failed: {error}"
        return [started, Event(EventType.SCRAPE_FAILED, ended, words, f"scrape_failed:{look}", details)]
    words = "Fetched the posting"
    if conclusion.outcome == "closed":
        words = f"The posting's site says that it is gone: {conclusion.reason.replace('_', ' ')}"
    return [started, Event(EventType.SCRAPE_COMPLETED, ended, words, f"scrape_completed:{look}", details)]


def read_one(job: Job) -> Done:
    """Read one application's posting from captures and archived answers, write it, queue its analysis.

    What was made of mail has no page, and that is no failure; neither is what was merged into another.
    """
    if is_merged(job.connection, job.application_id):
        return Done({"outcome": "merged into another application"})
    moves = load_moves(job.connection)
    captures = captures_of(job.connection, job.application_id, moves)
    known = understand(
        pages_of(job.connection, captures),
        looks_of(
            job.connection,
            moves.sources(job.application_id),
            {capture.job_posting_url for capture in captures},
        ),
    )
    before = names_beyond_captures(job.connection, job.application_id)
    if known is None:
        drop_posting(job.connection, job.application_id)
        if any(before):
            _fold_again(job)
        return Done({"outcome": "no captured page to read"})
    posting = known.posting
    content_hash = save_posting(job.connection, job.application_id, known, run_id=job.run_id, now=job.now)
    if names_beyond_captures(job.connection, job.application_id) != before:
        _fold_again(job)
    if job.settings.fetch_postings == "automatic":
        _queue_looks(job, known)
    lost = append(
        job.connection,
        job.application_id,
        _events(job, known, content_hash),
        run_id=job.run_id,
        now=job.now,
    )
    metadata = {
        "completeness": str(posting.completeness),
        "is_open": str(posting.is_open),
        "description_characters": len(posting.description_text or ""),
    }
    if posting.completeness is Completeness.BLANK:
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


def _queue_looks(job: Job, known: Understanding) -> None:
    """Have the site asked: for what no capture has brought, once per capture; for what seems to be gone."""
    if not known.may_be_asked:
        return
    capture = known.newest_capture
    if (
        known.lacks_text
        and known.posting.is_open is not False
        and (known.looked_at is None or known.looked_at < capture.captured_at)
    ):
        _queue_look(job, b"missing page", capture.id, "missing_page")
    if known.first_strike is not None and known.strikes < STRIKES and known.posting.is_open is not False:
        response_id, struck_at = known.first_strike
        _queue_look(job, b"second look", response_id, "second_look", due_at=struck_at + _SECOND_LOOK)


def _queue_look(
    job: Job, kind: bytes, of: uuid.UUID, reason: str, *, due_at: dt.datetime | None = None
) -> None:
    enqueue(
        job.connection,
        SCRAPER_QUEUE,
        job.application_id,
        work_key=hashlib.sha256(kind + of.bytes).digest(),
        reason=reason,
        now=job.now,
        due_at=due_at,
    )


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


def _events(job: Job, known: Understanding, content_hash: bytes) -> list[Event]:
    """Return what reading adds to the timeline; the same reading by the same reader is the same event."""
    details = {"capture_id": str(known.capture_id), "parser_version": PARSER_VERSION}
    if known.response_id is not None:
        details["scraped_posting_id"] = str(known.response_id)
    events = _events_of_capture(job, known, details)
    posting = known.posting
    if posting.completeness is Completeness.BLANK:
        return events
    ended = dt.datetime.now(dt.UTC)
    says = f"{job.application_id}:{content_hash.hex()}"
    is_closed = posting.is_open is False
    words = f"Posting is {posting.completeness}"
    if is_closed:
        words += f" and closed: {(posting.closed_reason or 'said so').replace('_', ' ')}"
    by_answer = known.response_id is not None and known.captured.completeness is Completeness.BLANK
    return [
        *events,
        Event(
            EventType.POSTING_SCRAPED,
            ended,
            words,
            f"posting_scraped:{says}",
            details | {"content_hash": content_hash.hex()},
        ),
        Event(
            EventType.POSTING_LINKED,
            ended,
            f"Posting linked to the application by its {'address' if by_answer else 'capture'}",
            f"posting_linked:{job.application_id}:{known.capture_id}",
            details,
        ),
    ]


def _events_of_capture(job: Job, known: Understanding, details: dict[str, str]) -> list[Event]:
    reading = f"{job.application_id}:{known.capture_id}:{PARSER_VERSION}"
    completeness = known.captured.completeness
    ended = dt.datetime.now(dt.UTC)
    started = Event(
        EventType.SCRAPE_STARTED, job.now, "Reading the captured page", f"scrape_started:{reading}", details
    )
    if completeness is Completeness.BLANK:
        failed = "The captured page holds no posting text"
        return [started, Event(EventType.SCRAPE_FAILED, ended, failed, f"scrape_failed:{reading}", details)]
    return [
        started,
        Event(
            EventType.SCRAPE_COMPLETED,
            ended,
            f"Read the captured page: {completeness}",
            f"scrape_completed:{reading}",
            details | {"completeness": str(completeness)},
        ),
    ]


@dg.asset(
    partitions_def=applications_partitions,
    backfill_policy=in_batches,
    deps=["applications"],
    group_name="scraping",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=FETCH_VERSION,
    metadata=table_metadata(RESPONSES),
)
def scraped_postings(
    context: dg.AssetExecutionContext,
    database: dg.ResourceParam[Database],
    fetcher: dg.ResourceParam[Fetcher],
) -> dg.MaterializeResult[None]:
    """One row per request to a posting's site, with its answer as it came."""
    return materialize_applications(
        context,
        database,
        stage=Stage.SCRAPED_POSTINGS,
        table=RESPONSES,
        queues=[SCRAPER_QUEUE],
        prepare=lambda task: look_at(database, fetcher, task),
        work=take_answers,
        failure_event=EventType.SCRAPE_FAILED,
    )


@dg.asset(
    partitions_def=applications_partitions,
    backfill_policy=in_batches,
    deps=["applications", scraped_postings],
    group_name="scraping",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=PARSER_VERSION,
    metadata=table_metadata(POSTINGS),
)
def job_postings(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per application: the posting that it was for, each field with its source and confidence.

    The network is not asked: materializing it again gives the same row.
    """
    return materialize_applications(
        context,
        database,
        stage=Stage.JOB_POSTINGS,
        table=POSTINGS,
        queues=[POSTING_QUEUE],
        work=read_one,
        failure_event=EventType.SCRAPE_FAILED,
    )
