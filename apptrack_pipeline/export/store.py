"""Brings `tracker_rows` up to date and reads it for the exports."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select, text

from apptrack_pipeline.db.tables import TrackerRow
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.export.rows import COLUMNS, NAMES

TRACKER_ROWS: Final[Table] = TrackerRow.__table__  # type: ignore[assignment]

_SELECTED: Final = ", ".join(f'"{heading}" AS {name}' for name, heading in COLUMNS)
_CHANGES: Final = ", ".join(f"{name} = excluded.{name}" for name in [*NAMES[1:], "row_hash", "changed_at"])


def _as_text(name: str) -> str:
    if name == "last_event_date":
        name = f"""to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    return f"coalesce({name}::text, '')"


# The server writes the text: 100,000 rows are 1.7 million values that Python need not make objects of.
_AS_TEXT: Final = ", ".join(map(_as_text, NAMES))

_REFRESH: Final = f"""
INSERT INTO tracker_rows ({", ".join(NAMES)}, row_hash, changed_at)
SELECT x.*, sha256(convert_to(x::text, 'UTF8')), :now
FROM (SELECT {_SELECTED} FROM tracker_export WHERE :everything OR "Application ID" = ANY (:ids)) AS x
ON CONFLICT (application_id) DO UPDATE SET {_CHANGES}
WHERE tracker_rows.row_hash <> excluded.row_hash
"""

_MERGED: Final = """
DELETE FROM tracker_rows AS t USING applications AS a
WHERE a.id = t.application_id AND a.merged_into IS NOT NULL AND (:everything OR a.id = ANY (:ids))
"""

_STALE: Final = f"""
SELECT (
    SELECT count(*)
    FROM (
        SELECT {_SELECTED} FROM tracker_export
        WHERE "Application ID" IN (SELECT application_id FROM application_runs WHERE seq > :since)
    ) AS x
    LEFT JOIN tracker_rows AS t ON t.application_id = x.application_id
    WHERE t.row_hash IS DISTINCT FROM sha256(convert_to(x::text, 'UTF8'))
) + (
    SELECT count(*) FROM tracker_rows AS t JOIN applications AS a ON a.id = t.application_id
    WHERE a.merged_into IS NOT NULL
)
"""


def lock_export(connection: Connection, target: Stage) -> None:
    """Wait until no other run writes this export; the lock ends with the transaction."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"apptrack export {target}"},
    )


def refresh_tracker_rows(
    connection: Connection, application_ids: Sequence[uuid.UUID] | None, *, now: dt.datetime
) -> int:
    """Make the rows of these applications (None: of all) what the view says; return how many changed."""
    chosen = {"everything": application_ids is None, "ids": application_ids or []}
    removed = connection.execute(text(_MERGED), chosen).rowcount
    return removed + connection.execute(text(_REFRESH), {"now": now, **chosen}).rowcount


def count_rows(connection: Connection) -> int:
    """Return the number of exported rows."""
    count: int = connection.execute(select(func.count()).select_from(TRACKER_ROWS)).scalar_one()
    return count


def stream_rows(connection: Connection) -> Iterator[Sequence[str]]:
    """Yield the 17 columns of every row as text, by id, from a server-side cursor of 2,000 rows.

    Dates are ISO 8601, moments are in UTC to the second, nothing is an empty text.
    """
    driver: Any = connection.connection.driver_connection
    with driver.cursor(name="tracker_rows", scrollable=False) as cursor:
        cursor.execute(f"SELECT {_AS_TEXT} FROM tracker_rows ORDER BY application_id")
        while batch := cursor.fetchmany(2_000):
            yield from batch


def stale_rows(connection: Connection, *, since_seq: int) -> int:
    """Return how many applications that runs worked on since `since_seq` are not exported as they are."""
    count: int = connection.execute(text(_STALE), {"since": since_seq}).scalar_one()
    return count
