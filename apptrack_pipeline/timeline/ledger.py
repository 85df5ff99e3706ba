"""The ledger: appends events in the transaction of the work that they speak of.

A ledger that fails never takes the work down with it, and is never silent either: the writing happens in
a savepoint, a failure is logged and its number of events is returned for `application_runs.lost_events`,
which an asset check reports. Materializing the partition again writes what was lost.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, Text, all_, func, literal, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import SQLAlchemyError

from apptrack_pipeline.db.tables import TimelineEvent
from apptrack_pipeline.domain import EventType, new_id

_log = logging.getLogger(__name__)
_events: Final[Table] = TimelineEvent.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Event:
    """One event to append; the same event has the same `dedupe_key`, however often it is derived."""

    event_type: EventType
    occurred_at: dt.datetime
    summary: str
    dedupe_key: str
    details: Mapping[str, Any] = field(default_factory=dict)


def append(
    connection: Connection,
    application_id: uuid.UUID | None,
    events: Sequence[Event],
    *,
    run_id: str | None,
    now: dt.datetime,
) -> int:
    """Append what is not there yet; return how many events could not be written (0: all is well)."""
    return _in_savepoint(
        connection,
        application_id,
        events,
        lambda: _append(connection, application_id, events, run_id=run_id, now=now),
    )


def replace_derived(
    connection: Connection,
    application_id: uuid.UUID,
    events: Sequence[Event],
    *,
    event_types: Collection[EventType],
    run_id: str,
    now: dt.datetime,
) -> int:
    """Make the events of `event_types` those that the evidence implies today.

    What is implied no longer is marked as retracted, never deleted; what is implied again comes back. An
    event of evidence that was another application's (merged, split) comes over from there.
    Returns how many events could not be written.
    """

    def write() -> None:
        _append(connection, application_id, events, run_id=run_id, now=now, follow_changes=True)
        connection.execute(
            update(_events)
            .where(
                _events.c.application_id == application_id,
                _events.c.event_type.in_([str(t) for t in event_types]),
                _events.c.dedupe_key != all_(literal([event.dedupe_key for event in events], ARRAY(Text))),
                _events.c.retracted_at.is_(None),
            )
            .values(retracted_at=now)
        )

    return _in_savepoint(connection, application_id, events, write)


def _in_savepoint(
    connection: Connection,
    application_id: uuid.UUID | None,
    events: Sequence[Event],
    write: Callable[[], None],
) -> int:
    try:
        with connection.begin_nested():
            write()
    # ValueError: what UTF-8 cannot hold fails before it reaches the database.
    except (SQLAlchemyError, ValueError) as error:
        if connection.invalidated or not connection.in_transaction():
            raise  # the database is gone: the work itself cannot be committed either
        _log.exception("%d timeline events of %s were not written: %s", len(events), application_id, error)
        return len(events)
    return 0


def _append(
    connection: Connection,
    application_id: uuid.UUID | None,
    events: Sequence[Event],
    *,
    run_id: str | None,
    now: dt.datetime,
    follow_changes: bool = False,
) -> None:
    rows = [
        {
            "id": new_id(),
            "application_id": application_id,
            "event_type": str(event.event_type),
            "occurred_at": event.occurred_at,
            "recorded_at": now,
            "summary": event.summary,
            "details": dict(event.details),
            "dedupe_key": event.dedupe_key,
            "run_id": run_id,
        }
        for event in events
    ]
    if not rows:
        return
    # Row by row in one pipeline: all in one statement would end at 65,535 parameters, 7,281 events.
    statement = insert(_events)
    if not follow_changes:
        connection.execute(statement.on_conflict_do_nothing(index_elements=["dedupe_key"]), rows)
        return
    new = statement.excluded
    names = ("application_id", "occurred_at", "summary", "details", "run_id", "recorded_at")
    changed = {name: new[name] for name in names} | {"retracted_at": None}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["dedupe_key"],
            set_=changed,
            where=(
                func.row(
                    _events.c.application_id, _events.c.occurred_at, _events.c.summary, _events.c.details
                ).is_distinct_from(func.row(new.application_id, new.occurred_at, new.summary, new.details))
            )
            | _events.c.retracted_at.is_not(None),
        ),
        rows,
    )
