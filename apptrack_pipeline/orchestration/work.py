"""The loop that each partitioned stage runs: one transaction per application, the truth about each key."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import dagster as dg
from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import (
    Claim,
    LostClaimError,
    RunLease,
    claim,
    complete,
    fail,
    mark_reported,
)
from apptrack_pipeline.db.tables import Application
from apptrack_pipeline.domain import ApptrackError, EventType, Outcome, Stage, storable
from apptrack_pipeline.settings import Settings
from apptrack_pipeline.timeline.ledger import Event, append
from apptrack_pipeline.timeline.runs import record_run

_log = logging.getLogger(__name__)
_applications: Final[Table] = Application.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Task:
    """One application that is about to be worked on, outside of any transaction; `attempt` counts from 1."""

    application_id: uuid.UUID
    run_id: str
    attempt: int
    now: dt.datetime


@dataclass(frozen=True)
class Job:
    """What a stage needs to work on one application; `attempt` counts from 1.

    `prepared` is what the stage's `prepare` has returned for it.
    """

    connection: Connection
    application_id: uuid.UUID
    run_id: str
    attempt: int
    now: dt.datetime
    settings: Settings
    prepared: Any = None


@dataclass(frozen=True)
class Done:
    """How the work on one application ended.

    `refused` ends it as failed, while what was stored stays: a blank page is kept as such, but is no success.
    The work is tried again where the error is transient.
    """

    metadata: Mapping[str, Any] = field(default_factory=dict)
    lost_events: int = 0
    refused: ApptrackError | None = None


Work = Callable[[Job], Done]
Prepare = Callable[[Task], Any]
FailureEvents = Callable[[Job, Exception], Iterable[Event]]


def materialize_applications(
    context: dg.AssetExecutionContext,
    database: Database,
    *,
    stage: Stage,
    table: Table,
    queues: Sequence[Table],
    work: Work,
    failure_event: EventType,
    prepare: Prepare | None = None,
) -> dg.MaterializeResult[None]:
    """Do a stage's work on each application of the run, each in a transaction of its own.

    `prepare` does before that transaction what may take long: a fetch. It commits what it keeps by itself.
    Raises dg.Failure when some failed: those that succeeded are then logged one by one, so that Dagster
    shows each key as what it is. Errors of the database itself end the run; its claims are recovered.
    """
    run_id = context.run.run_id
    ids = [uuid.UUID(key) for key in context.partition_keys]
    succeeded: dict[uuid.UUID, Done] = {}
    failed: dict[uuid.UUID, Exception] = {}
    with ExitStack() as stack:
        stack.enter_context(RunLease(database.engine, run_id))
        claims = _claim(database, queues, ids, run_id)
        for application_id in ids:
            mine = claims.get(application_id, {})
            try:
                done = _work_on(database, stage, prepare, work, application_id, run_id, mine)
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise
                failed[application_id] = error
            except LostClaimError as error:
                failed[application_id] = error
                continue  # another run has this work now, and records how it ends
            except Exception as error:
                failed[application_id] = error
            else:
                if done.refused is None:
                    succeeded[application_id] = done
                else:
                    failed[application_id] = done.refused
                continue
            _log.warning("%s of %s failed", stage, application_id, exc_info=failed[application_id])
            _record_failure(
                database, stage, application_id, run_id, mine, failed[application_id], failure_event
            )
        result = _result(context, database, table, succeeded, failed)
        if failed:
            for application_id, done in succeeded.items():
                context.log_event(
                    dg.AssetMaterialization(
                        asset_key=context.asset_key,
                        partition=str(application_id),
                        metadata=dict(done.metadata),
                    )
                )
        with database.begin() as connection:
            for queue in queues:
                mark_reported(connection, queue, run_id=run_id, now=_now())
    if failed:
        raise dg.Failure(
            description=f"{len(failed)} of {len(ids)} applications failed; "
            + "; ".join(f"{key}: {error}" for key, error in list(failed.items())[:5]),
            metadata={"failed": len(failed), "succeeded": len(succeeded)},
            allow_retries=False,
        )
    return result


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _claim(
    database: Database, queues: Sequence[Table], ids: Sequence[uuid.UUID], run_id: str
) -> dict[uuid.UUID, dict[str, list[Claim]]]:
    claims: dict[uuid.UUID, dict[str, list[Claim]]] = {}
    with database.begin() as connection:
        for queue in queues:
            for item in claim(connection, queue, ids, run_id=run_id, now=_now()):
                claims.setdefault(item.owner_id, {}).setdefault(queue.name, []).append(item)
    return claims


def _attempt(mine: Mapping[str, Sequence[Claim]]) -> int:
    return max((item.attempt for items in mine.values() for item in items), default=1)


def _queue(mine: Mapping[str, Sequence[Claim]]) -> Iterable[tuple[Table, Sequence[Claim]]]:
    return ((Application.metadata.tables[name], items) for name, items in mine.items())


def _work_on(
    database: Database,
    stage: Stage,
    prepare: Prepare | None,
    work: Work,
    application_id: uuid.UUID,
    run_id: str,
    mine: Mapping[str, Sequence[Claim]],
) -> Done:
    started_at = _now()
    attempt = _attempt(mine)
    prepared = None
    if prepare is not None:
        prepared = prepare(Task(application_id, run_id, attempt, started_at))
    with database.begin() as connection:
        # One run at a time per stage and application: a backfill may meet the sensor's run.
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"apptrack {stage} {application_id}"},
        )
        job = Job(connection, application_id, run_id, attempt, started_at, database.settings, prepared)
        done = work(job)
        for queue, items in _queue(mine):
            if done.refused is None:
                complete(connection, queue, items, run_id=run_id, now=_now())
            else:
                fail(
                    connection,
                    queue,
                    items,
                    done.refused,
                    run_id=run_id,
                    now=_now(),
                    policy=database.retry_policy,
                )
        record_run(
            connection,
            run_id=run_id,
            application_id=application_id,
            stage=stage,
            attempt=attempt,
            outcome=Outcome.SUCCEEDED if done.refused is None else Outcome.FAILED,
            error=None if done.refused is None else storable(str(done.refused)),
            lost_events=done.lost_events,
            started_at=started_at,
            ended_at=_now(),
        )
    return done


def _record_failure(
    database: Database,
    stage: Stage,
    application_id: uuid.UUID,
    run_id: str,
    mine: Mapping[str, Sequence[Claim]],
    error: Exception,
    failure_event: EventType,
) -> None:
    now = _now()
    message = storable(f"{type(error).__name__}: {error}")
    with database.begin() as connection:
        for queue, items in _queue(mine):
            fail(connection, queue, items, error, run_id=run_id, now=now, policy=database.retry_policy)
        known = connection.execute(
            select(_applications.c.id).where(_applications.c.id == application_id)
        ).first()
        event = Event(
            failure_event,
            now,
            f"{stage} failed: {message[:200]}",
            f"{failure_event}:{stage}:{application_id}:{run_id}",
            {"error": message[:2000], "application_id": str(application_id), "attempt": _attempt(mine)},
        )
        lost = append(connection, application_id if known else None, [event], run_id=run_id, now=now)
        record_run(
            connection,
            run_id=run_id,
            application_id=application_id,
            stage=stage,
            attempt=_attempt(mine),
            outcome=Outcome.FAILED,
            error=message[:2000],
            lost_events=lost,
            started_at=now,
            ended_at=_now(),
        )


def _result(
    context: dg.AssetExecutionContext,
    database: Database,
    table: Table,
    succeeded: Mapping[uuid.UUID, Done],
    failed: Mapping[uuid.UUID, Exception],
) -> dg.MaterializeResult[None]:
    with database.begin() as connection:
        rows = connection.execute(select(func.count()).select_from(table)).scalar_one()
    metadata: dict[str, Any] = {
        "dagster/row_count": rows,
        "dagster/partition_row_count": 1,
        "applications": len(succeeded) + len(failed),
        "lost_events": sum(done.lost_events for done in succeeded.values()),
    }
    if len(succeeded) == 1:
        metadata |= next(iter(succeeded.values())).metadata
    return dg.MaterializeResult(asset_key=context.asset_key, metadata=metadata)
