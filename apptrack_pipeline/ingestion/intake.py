"""Keeps captures: one row per page that a person sent, one application per posting, whatever arrives at once.

Captures that arrive while others are being written share the next statement, and its commit. With a
statement for each, 8 connections stored 680 captures/s where this stores 1,000 (two busy cores, 2026-11-23).
Nothing is answered before it is on disk.

A statement costs most: sending it alone is a quarter of the API's time. So a writer lets the event loop
turn once more before it takes its batch, with what has come in by then: over 8 connections a capture took
175 us of processor time in place of 230 (2026-11-24). One writer instead of two was as good with a quick
disk, and stored a third less with a commit that takes 5 ms.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from apptrack_pipeline.domain import TransientError, new_id
from apptrack_pipeline.ingestion.capture import NewCapture

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

_WRITERS: Final = 2
"""Statements under way at once: one commits while the next is made ready."""

_MOST_ROWS: Final = 64
_LARGE_BODY: Final = 256 * 1024
"""Bodies from this size on, in bytes, are written alone, so that small captures do not wait for them."""

_MOST_TRIES: Final = 4

# Every unique index may be the one that is in the way, so none is named: two identical captures at once
# meet in either of `uq_captures_first_of_url` and `uq_captures_same_body_again`.
# `known` sees what was committed before the statement began, so never what `first` inserts.
_ADD: Final = """
WITH new AS (
    SELECT * FROM unnest(
        %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::bytea[], %b::jsonb[], %b::bytea[], %b::bytea[],
        %b::text[], %b::timestamptz[], %b::timestamptz[]
    ) AS new (id, application_id, job_posting_url, canonical_url, url_hash, fields, body, body_hash,
              source, captured_at, received_at)
), first AS (
    INSERT INTO captures (first_of_url, id, application_id, job_posting_url, canonical_url, url_hash, fields,
                          body, body_hash, source, captured_at, received_at)
    SELECT true, new.* FROM new
    ON CONFLICT DO NOTHING
    RETURNING url_hash, id, application_id, captured_at
), known AS (
    SELECT url_hash, captures.application_id, captures.captured_at
    FROM new JOIN captures USING (url_hash)
    WHERE captures.first_of_url
), further AS (
    INSERT INTO captures (first_of_url, id, application_id, job_posting_url, canonical_url, url_hash, fields,
                          body, body_hash, source, captured_at, received_at)
    SELECT false, id, known.application_id, job_posting_url, canonical_url, url_hash, fields,
           body, body_hash, source, new.captured_at, received_at
    FROM new JOIN known USING (url_hash)
    ON CONFLICT DO NOTHING
    RETURNING url_hash, id, application_id
)
SELECT url_hash, id, application_id, captured_at FROM first
UNION ALL
SELECT url_hash, further.id, further.application_id, known.captured_at
FROM further JOIN known USING (url_hash)
UNION ALL
SELECT url_hash, same.id, same.application_id, known.captured_at
FROM new JOIN captures AS same USING (url_hash, body_hash) JOIN known USING (url_hash)
"""


@dataclass(frozen=True)
class Intake:
    """What became of a capture."""

    application_id: uuid.UUID
    capture_id: uuid.UUID
    """The row that holds this content: an earlier one if the same was sent before."""
    duplicate: bool
    """There was an application for this posting already."""
    first_captured_at: dt.datetime


@dataclass(frozen=True, eq=False)
class _Waiting:
    new: NewCapture
    kept: asyncio.Future[Intake]
    # Made once: however often writing is tried, it is the same capture of the same application.
    id: uuid.UUID = field(default_factory=new_id)
    application_id: uuid.UUID = field(default_factory=new_id)


async def prepare_connection(connection: psycopg.AsyncConnection[Any]) -> None:
    """Make a connection of the store's pool ready."""
    # By the index, whatever the statistics say: the plan is made once, perhaps while the table is empty.
    await connection.execute(
        "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; SET statement_timeout = '15s';"
        "SET plan_cache_mode = force_generic_plan;"
        "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
    )


class CaptureStore:
    """The table `captures`, for the API to add to."""

    def __init__(self, pool: Pool) -> None:
        """Write through `pool`, whose connections are in autocommit."""
        self._pool = pool
        self._waiting: list[_Waiting] = []
        self._urls_in_flight: set[bytes] = set()
        self._writers: set[asyncio.Task[None]] = set()

    async def add(self, new: NewCapture) -> Intake:
        """Store a capture and return what became of it, once that is on disk.

        The first capture of a posting makes its application, later ones belong to it; the same content
        again is not stored twice. Raises psycopg's errors and TransientError.
        """
        waiting = _Waiting(new, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._writers) < _WRITERS:
            writer = asyncio.create_task(self._write())
            self._writers.add(writer)
        return await waiting.kept

    async def _write(self) -> None:
        await asyncio.sleep(0)
        while batch := self._take_batch():
            try:
                await self._keep(batch)
            finally:
                self._urls_in_flight.difference_update(waiting.new.url_hash for waiting in batch)
        # At once, not in a done callback: a capture that is added in between would wait for ever.
        self._writers.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _keep(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._store(batch)
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, psycopg.OperationalError | TransientError):
                for waiting in batch:  # what the database refuses must not take the others along
                    await self._keep([waiting])
                return
            for waiting in batch:
                if not waiting.kept.done():
                    waiting.kept.set_exception(error)

    def _take_batch(self) -> list[_Waiting]:
        """Return captures to write together: of different postings, none of which is being written.

        So two statements of this process never wait for each other's rows, and none meets its own.
        """
        batch: list[_Waiting] = []
        left: list[_Waiting] = []
        for waiting in self._waiting:
            alone = len(waiting.new.body) >= _LARGE_BODY
            if (
                waiting.new.url_hash in self._urls_in_flight
                or len(batch) == _MOST_ROWS
                or (batch and (alone or len(batch[0].new.body) >= _LARGE_BODY))
            ):
                left.append(waiting)
            else:
                batch.append(waiting)
                self._urls_in_flight.add(waiting.new.url_hash)
        self._waiting = left
        return batch

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        left = list(batch)
        for last in (False,) * (_MOST_TRIES - 1) + (True,):
            try:
                rows = await self._execute(left)
            except (PoolTimeout, psycopg.errors.QueryCanceled):
                raise
            except psycopg.OperationalError:
                if last:
                    raise
                # The server was restarted, or another process met us in another order (deadlock). To do it
                # again is safe: what was committed and not acknowledged is found by its content.
                await self._pool.check()
                continue
            for waiting in left:
                row = rows.get(waiting.new.url_hash)
                if row is not None and not waiting.kept.done():
                    capture_id, application_id, captured_at = row
                    duplicate = application_id != waiting.application_id
                    waiting.kept.set_result(Intake(application_id, capture_id, duplicate, captured_at))
            # Missing: another process committed the same posting after our statement began.
            left = [waiting for waiting in left if waiting.new.url_hash not in rows]
            if not left:
                return
        raise TransientError("the posting is being captured by others at the same moment", retry_after_s=1)

    async def _execute(
        self, batch: Sequence[_Waiting]
    ) -> dict[bytes, tuple[uuid.UUID, uuid.UUID, dt.datetime]]:
        columns = [
            [waiting.id for waiting in batch],
            [waiting.application_id for waiting in batch],
            [waiting.new.job_posting_url for waiting in batch],
            [waiting.new.canonical_url for waiting in batch],
            [waiting.new.url_hash for waiting in batch],
            [Jsonb(waiting.new.fields) for waiting in batch],
            [waiting.new.body for waiting in batch],
            [waiting.new.body_hash for waiting in batch],
            [waiting.new.source for waiting in batch],
            [waiting.new.captured_at for waiting in batch],
            [waiting.new.received_at for waiting in batch],
        ]
        async with self._pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_ADD, columns, prepare=True)
            return {url_hash: (*ids, at) for url_hash, *ids, at in await cursor.fetchall()}
