"""The asset `applications`: one row per application, folded from all that is known of it."""

import hashlib

import dagster as dg

from apptrack_pipeline.correlation.fold import FOLD_VERSION, FoldedApplication
from apptrack_pipeline.correlation.store import (
    APPLICATIONS,
    LATE,
    ApplicationEvidence,
    OwnMoves,
    close_empty,
    enqueue_concerned_mail,
    facts_and_keys,
    is_read_from,
    load_evidence,
    lock_matching,
    own_moves,
    save_application,
    stale,
    stored_keys,
)
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.moves import Moves, load_moves
from apptrack_pipeline.db.queues import CAPTURES, DECISIONS, EVIDENCE_QUEUE, POSTING_QUEUE, enqueue
from apptrack_pipeline.domain import EventType, Stage, new_id
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
    EventType.EMAIL_CORRELATED,
)


def fold_one(job: Job) -> Done:
    """Fold one application from its evidence, write row and events, and queue what depends on it.

    That is its posting, the mail that it may concern, and the applications that its evidence was moved to.
    """
    lock_matching(job.connection, writes_links=False)
    moves = load_moves(job.connection)
    evidence = load_evidence(job.connection, [job.application_id], moves)[job.application_id]
    own = own_moves(job.connection, job.application_id)
    _pass_on(job, moves, own)
    if evidence.is_empty:
        changed = close_empty(job.connection, evidence, moves, run_id=job.run_id, now=job.now)
        lost = 0 if changed is None else _tell(job, None)
        return Done({"status": "no evidence", "changed": bool(changed)}, lost)
    folded = evidence.fold()
    before = stored_keys(job.connection, job.application_id)
    facts, keys = facts_and_keys(job.connection, evidence, moves)
    changed = save_application(job.connection, folded, match_keys=keys, run_id=job.run_id, now=job.now)
    lost = _tell(job, folded)
    if not evidence.merged_into:
        _queue_posting(job, evidence, moves, own)
    mails_queued = 0
    if keys != before:
        known_since = folded.first_evidence_at
        if facts is not None and facts.applied_at is not None:
            known_since = min(known_since, facts.applied_at)
        mails_queued = enqueue_concerned_mail(
            job.connection, job.application_id, keys | before, since=known_since - LATE, now=job.now
        )
    return Done(
        {
            "company": folded.company_name or "",
            "title": folded.job_title or "",
            "status": str(folded.status),
            "captures": len(evidence.captures),
            "mails": len(evidence.mails),
            "changed": changed,
            "mails_queued": mails_queued,
        },
        lost,
    )


def _tell(job: Job, folded: FoldedApplication | None) -> int:
    """Make the timeline what the fold says; return how many events were lost."""
    return replace_derived(
        job.connection,
        job.application_id,
        [
            Event(e.event_type, e.occurred_at, e.summary, e.dedupe_key, e.details)
            for e in (folded.events if folded else ())
        ],
        event_types=_FOLDED_EVENTS,
        run_id=job.run_id,
        now=job.now,
    )


def _pass_on(job: Job, moves: Moves, own: OwnMoves) -> None:
    """Queue the applications that this one's evidence goes to, or came back from, where they differ."""
    others = (moves.targets(job.application_id) | own.into) - {job.application_id}
    for other in stale(job.connection, others, moves) if others else ():
        enqueue(job.connection, EVIDENCE_QUEUE, other, work_key=new_id().bytes, reason="moved", now=job.now)


def _queue_posting(job: Job, evidence: ApplicationEvidence, moves: Moves, own: OwnMoves) -> None:
    """Queue the posting to be read, once per capture, and anew whenever captures came or went by a move."""
    for capture in evidence.captures:
        work_key = hashlib.sha256(capture.id.bytes).digest()
        enqueue(
            job.connection,
            POSTING_QUEUE,
            job.application_id,
            work_key=work_key,
            reason="capture",
            now=job.now,
        )
    moved = [
        *own.states,
        *map(str, moves.among(moves.sources(job.application_id))),
    ]
    captures = {capture.id for capture in evidence.captures}
    if not is_read_from(job.connection, job.application_id, captures):
        moved.append(str(new_id()))
    if moved:
        work_key = hashlib.sha256(" ".join(moved).encode()).digest()
        enqueue(
            job.connection, POSTING_QUEUE, job.application_id, work_key=work_key, reason="moved", now=job.now
        )


@dg.asset(
    partitions_def=applications_partitions,
    backfill_policy=in_batches,
    # Any day's mail may be about any application.
    deps=["captures", dg.AssetDep("mail_links", partition_mapping=dg.AllPartitionMapping())],
    group_name="correlation",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=FOLD_VERSION,
    metadata=table_metadata(APPLICATIONS),
)
def applications(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per application: company, title, status and dates, folded from captures, mail and decisions.

    Materializing it again gives the same row.
    """
    return materialize_applications(
        context,
        database,
        stage=Stage.APPLICATIONS,
        table=APPLICATIONS,
        queues=[CAPTURES, DECISIONS, EVIDENCE_QUEUE],
        work=fold_one,
        failure_event=EventType.INTERNAL_ERROR,
    )
