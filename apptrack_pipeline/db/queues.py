"""Queue primitives: enqueue, claim, complete, fail, and the recovery of claims whose run died.

One set of functions serves each table with the columns of `Delivery`: `captures` and `decisions` (evidence
that a run has yet to take), `scraper_queue`, `posting_queue`, `analysis_queue`, `evidence_queue`,
`link_queue` and `parser_queue`. A sensor reads what is due; the *run* claims it (`FOR UPDATE SKIP LOCKED`),
so that two runs never do the same work.

A run that works holds an advisory lock in a session of its own (`RunLease`). PostgreSQL releases it when
the process dies, however it dies, so a claim whose lock is free belongs to a dead run: no heartbeat, no
time-out, and no question to Dagster.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, ColumnElement, Connection, Engine, Table, case, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.db import tables
from apptrack_pipeline.db.locks import SessionLock
from apptrack_pipeline.domain import ApptrackError, QueueState, TransientError, new_id, storable

CAPTURES: Final[Table] = tables.Capture.__table__  # type: ignore[assignment]
DECISIONS: Final[Table] = tables.Decision.__table__  # type: ignore[assignment]
SCRAPER_QUEUE: Final[Table] = tables.ScraperQueueItem.__table__  # type: ignore[assignment]
POSTING_QUEUE: Final[Table] = tables.PostingQueueItem.__table__  # type: ignore[assignment]
ANALYSIS_QUEUE: Final[Table] = tables.AnalysisQueueItem.__table__  # type: ignore[assignment]
EVIDENCE_QUEUE: Final[Table] = tables.EvidenceQueueItem.__table__  # type: ignore[assignment]
LINK_QUEUE: Final[Table] = tables.LinkQueueItem.__table__  # type: ignore[assignment]
PARSER_QUEUE: Final[Table] = tables.ParserQueueItem.__table__  # type: ignore[assignment]

_LEASE_NAMESPACE: Final = "apptrack run "
_ERROR_LENGTH: Final = 2_000


class LostClaimError(ApptrackError):
    """The work was taken from this run, because it looked dead; its transaction must not commit."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often work is tried, and how long to wait before the next attempt, in seconds."""

    max_attempts: int = 3
    delays_s: tuple[float, ...] = (60.0, 300.0, 900.0)

    def delay_s(self, attempts: int) -> float:
        """Return the wait after `attempts` attempts; the last delay serves for all further ones."""
        return self.delays_s[min(attempts, len(self.delays_s)) - 1]


@dataclass(frozen=True)
class Claim:
    """One piece of work that a run has taken; `attempt` counts from 1."""

    id: uuid.UUID
    owner_id: uuid.UUID
    attempt: int


@dataclass(frozen=True)
class DueWork:
    """One piece of work that waits; `attempts` is how often runs have taken it."""

    id: uuid.UUID
    owner_id: uuid.UUID
    attempts: int


class RunLease(SessionLock):
    """Says that a run lives, for as long as its process does; hold it around all work of the run."""

    def __init__(self, engine: Engine, run_id: str) -> None:
        super().__init__(engine, _LEASE_NAMESPACE + run_id)


def owner_column(queue: Table) -> Column[uuid.UUID]:
    """Return the column that says whose work it is: an application's, a resume's, a message's."""
    return next(queue.c[name] for name in ("resume_id", "mail_id", "application_id") if name in queue.c)


def enqueue(
    connection: Connection,
    queue: Table,
    owner_id: uuid.UUID,
    *,
    work_key: bytes,
    reason: str,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
) -> bool:
    """Queue work once per (owner, work key); return False where it is queued or was done already.

    It is due at once, or at `due_at`.
    """
    statement = (
        insert(queue)
        .values(
            {
                "id": new_id(),
                owner_column(queue).name: owner_id,
                "work_key": work_key,
                "reason": reason,
                "enqueued_at": now,
                "due_at": due_at or now,
            }
        )
        .on_conflict_do_nothing(index_elements=[owner_column(queue).name, "work_key"])
        .returning(queue.c.id)
    )
    return connection.execute(statement).first() is not None


def due_work(connection: Connection, queue: Table, *, now: dt.datetime, limit: int) -> list[DueWork]:
    """Return due work, the longest due first, at most `limit` rows."""
    owner = owner_column(queue)
    rows = connection.execute(
        select(queue.c.id, owner, queue.c.attempts)
        .where(queue.c.state == QueueState.DUE, queue.c.due_at <= now, owner.is_not(None))
        .order_by(queue.c.due_at)
        .limit(limit)
    )
    return [DueWork(*row) for row in rows]


def claim(
    connection: Connection,
    queue: Table,
    owner_ids: Collection[uuid.UUID],
    *,
    run_id: str,
    now: dt.datetime,
) -> list[Claim]:
    """Take all due work of these owners for a run; work that another run has locked is left to it."""
    owner = owner_column(queue)
    takeable = (
        select(queue.c.id)
        .where(queue.c.state == QueueState.DUE, queue.c.due_at <= now, owner.in_(owner_ids))
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    rows = connection.execute(
        update(queue)
        .where(queue.c.id.in_(takeable))
        .values(
            state=QueueState.RUNNING,
            claimed_by=run_id,
            claimed_at=now,
            reported_at=None,
            attempts=queue.c.attempts + 1,
        )
        .returning(queue.c.id, owner, queue.c.attempts)
    )
    return [Claim(*row) for row in rows]


def complete(
    connection: Connection, queue: Table, claims: Sequence[Claim], *, run_id: str, now: dt.datetime
) -> None:
    """Mark work as done in the transaction of the work; raises LostClaimError if it is this run's no more."""
    _finish(
        connection,
        queue,
        claims,
        run_id,
        {"state": QueueState.DONE, "finished_at": now, "last_error": None},
    )


def note_done(
    connection: Connection, queue: Table, which: ColumnElement[bool], *, run_id: str, now: dt.datetime
) -> None:
    """Mark due work as done by a run that read it without a claim, in the transaction of the work."""
    connection.execute(
        update(queue)
        .where(queue.c.state == QueueState.DUE, which)
        .values(
            state=QueueState.DONE,
            claimed_by=run_id,
            claimed_at=now,
            finished_at=now,
            reported_at=now,
            attempts=queue.c.attempts + 1,
        )
    )


def fail(
    connection: Connection,
    queue: Table,
    claims: Sequence[Claim],
    error: Exception,
    *,
    run_id: str,
    now: dt.datetime,
    policy: RetryPolicy,
) -> None:
    """Give work back: due again after the policy's delay if trying again may help, failed otherwise.

    Only ApptrackErrors other than TransientError are permanent: what nobody foresaw is tried again.
    """
    permanent = isinstance(error, ApptrackError) and not isinstance(error, TransientError)
    message = storable(f"{type(error).__name__}: {error}")[:_ERROR_LENGTH]
    for item in claims:
        given_up = permanent or item.attempt >= policy.max_attempts
        wait_s = policy.delay_s(item.attempt)
        if isinstance(error, TransientError) and error.retry_after_s is not None:
            wait_s = max(wait_s, error.retry_after_s)
        values = {
            "state": QueueState.FAILED if given_up else QueueState.DUE,
            "finished_at": now if given_up else None,
            "due_at": now + dt.timedelta(seconds=wait_s),
            "last_error": message,
        }
        _finish(connection, queue, [item], run_id, values)


def mark_reported(connection: Connection, queue: Table, *, run_id: str, now: dt.datetime) -> None:
    """Note that Dagster knows how this run's work ended; the last thing a run does with a queue."""
    connection.execute(
        update(queue)
        .where(queue.c.claimed_by == run_id, queue.c.reported_at.is_(None))
        .values(reported_at=now)
    )


def release_dead_claims(
    connection: Connection, queue: Table, *, now: dt.datetime, policy: RetryPolicy
) -> int:
    """Give back the work of runs whose process is gone; return how many rows are due again.

    It is due at once: a worker is seldom killed by its work. Work that was done, but by a run that died
    before it could tell Dagster, is due too: doing it again changes nothing and makes the partition's state
    true. Work that was with a dying worker `max_attempts` times is given up, so that a page that kills its
    reader cannot do so for ever.
    """
    unreported = queue.c.claimed_by.is_not(None) & queue.c.reported_at.is_(None)
    holders = connection.execute(select(queue.c.claimed_by).where(unreported).distinct()).scalars()
    dead = [
        run_id
        for run_id in holders.all()
        if connection.execute(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": _LEASE_NAMESPACE + run_id},
        ).scalar_one()
    ]
    if not dead:
        return 0
    running = queue.c.state == QueueState.RUNNING
    again = queue.c.state.in_([QueueState.RUNNING, QueueState.DONE]) & (
        queue.c.attempts < policy.max_attempts
    )
    rows = connection.execute(
        update(queue)
        .where(unreported, queue.c.claimed_by.in_(dead))
        .values(
            state=case(
                (again, QueueState.DUE.value), (running, QueueState.FAILED.value), else_=queue.c.state
            ),
            due_at=case((again, literal(now)), else_=queue.c.due_at),
            finished_at=case((again, None), (running, literal(now)), else_=queue.c.finished_at),
            last_error=case((running, "the worker died while it had this work"), else_=queue.c.last_error),
            reported_at=now,
        )
        .returning(queue.c.state, queue.c.due_at)
    )
    return sum(state == QueueState.DUE and due_at == now for state, due_at in rows)


def _finish(
    connection: Connection,
    queue: Table,
    claims: Sequence[Claim],
    run_id: str,
    values: Mapping[str, object],
) -> None:
    if not claims:
        return
    result = connection.execute(
        update(queue)
        .where(
            queue.c.id.in_([item.id for item in claims]),
            queue.c.claimed_by == run_id,
            queue.c.state == QueueState.RUNNING,
        )
        .values(**values)
    )
    if result.rowcount != len(claims):
        raise LostClaimError(
            f"{queue.name}: {len(claims) - result.rowcount} claims are no longer of run {run_id}"
        )
