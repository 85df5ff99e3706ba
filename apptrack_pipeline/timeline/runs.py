"""The history of runs: one row per run, application and stage, in the transaction of its work."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.db.tables import ApplicationRun
from apptrack_pipeline.domain import Outcome, Stage

_runs: Final[Table] = ApplicationRun.__table__  # type: ignore[assignment]


def record_run(
    connection: Connection,
    *,
    run_id: str,
    application_id: uuid.UUID,
    stage: Stage,
    attempt: int,
    outcome: Outcome,
    error: str | None,
    lost_events: int,
    started_at: dt.datetime,
    ended_at: dt.datetime,
) -> None:
    """Write how the work of this run on this application ended; the same run and stage is written once."""
    values = {
        "attempt": attempt,
        "outcome": str(outcome),
        "error": error,
        "lost_events": lost_events,
        "started_at": started_at,
        "ended_at": ended_at,
    }
    connection.execute(
        insert(_runs)
        .values(run_id=run_id, application_id=application_id, stage=str(stage), **values)
        .on_conflict_do_update(index_elements=["run_id", "application_id", "stage"], set_=values)
    )


def recently_worked_on(connection: Connection, *, rows: int) -> set[uuid.UUID]:
    """Return the applications of the newest `rows` rows."""
    newest = select(_runs.c.application_id).order_by(_runs.c.seq.desc()).limit(rows)
    return set(connection.execute(newest).scalars())


def newest_run_seq(connection: Connection) -> int:
    """Return the number of the newest row: what an export has seen when it has seen everything."""
    newest: int = connection.execute(select(func.coalesce(func.max(_runs.c.seq), 0))).scalar_one()
    return newest
