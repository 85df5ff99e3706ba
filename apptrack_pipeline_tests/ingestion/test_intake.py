"""The store of captures: nothing twice, nothing lost, whoever writes at the same time."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
import sqlalchemy as sa
from psycopg_pool import AsyncConnectionPool

from apptrack_pipeline.db.connect import app_url
from apptrack_pipeline.db.queues import CAPTURES
from apptrack_pipeline.ingestion.capture import NewCapture, read_capture
from apptrack_pipeline.ingestion.intake import CaptureStore, Intake, prepare_connection
from apptrack_pipeline.settings import Settings

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def capture(posting: int, notes: str = "") -> NewCapture:
    body = {"job_posting_url": f"https://jobs.example.org/{posting}", "notes": notes}
    return read_capture(json.dumps(body).encode(), received_at=NOW)


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[CaptureStore]:
    async with AsyncConnectionPool(
        app_url(settings), min_size=2, max_size=4, configure=prepare_connection, kwargs={"autocommit": True}
    ) as pool:
        yield CaptureStore(pool)


def with_store(settings: Settings, work: Callable[[CaptureStore], Awaitable[list[Intake]]]) -> list[Intake]:
    async def run() -> list[Intake]:
        async with _store(settings) as store:
            return await asyncio.wait_for(work(store), 60)

    return asyncio.run(run())


def count(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(CAPTURES)) or 0


def test_captures_that_arrive_one_by_one_are_never_left_waiting(settings, engine):
    # A writer that ended while the next capture arrived once left it waiting for ever.
    async def by_eight(store: CaptureStore) -> list[Intake]:
        postings = iter(range(2_000))

        async def send() -> list[Intake]:
            return [await store.add(capture(posting)) for posting in postings]

        return list(itertools.chain(*await asyncio.gather(*(send() for _ in range(8)))))

    intakes = with_store(settings, by_eight)

    assert len({intake.application_id for intake in intakes}) == 2_000
    assert not any(intake.duplicate for intake in intakes)
    assert count(engine) == 2_000


def test_what_comes_in_within_a_turn_of_the_event_loop_shares_a_statement(settings, engine):
    async def one_after_the_other(store: CaptureStore) -> list[Intake]:
        first = asyncio.create_task(store.add(capture(1)))
        await asyncio.sleep(0)  # it is added, its writer has not begun
        second = asyncio.create_task(store.add(capture(2)))
        await asyncio.sleep(0)
        third = asyncio.create_task(store.add(capture(3)))
        return list(await asyncio.gather(first, second, third))

    with_store(settings, one_after_the_other)

    with engine.connect() as connection:
        transactions = connection.scalars(sa.text("SELECT xmin::text FROM captures ORDER BY seq")).all()
    assert len(set(transactions)) < 3


def test_a_crowd_on_few_postings_makes_one_application_each_and_no_row_twice(settings, engine):
    sent = [(posting, f"note {note}") for posting in range(10) for note in range(5)] * 4
    random.Random(1).shuffle(sent)

    async def crowd(store: CaptureStore) -> list[Intake]:
        async with _store(settings) as other:  # as from another process
            return list(
                await asyncio.gather(
                    *((store if n % 2 else other).add(capture(*one)) for n, one in enumerate(sent))
                )
            )

    intakes = with_store(settings, crowd)

    by_posting: dict[int, set[object]] = {}
    by_content: dict[tuple[int, str], set[object]] = {}
    for one, intake in zip(sent, intakes, strict=True):
        by_posting.setdefault(one[0], set()).add(intake.application_id)
        by_content.setdefault(one, set()).add(intake.capture_id)
    assert all(len(found) == 1 for found in [*by_posting.values(), *by_content.values()])
    assert sum(not intake.duplicate for intake in intakes) == 10
    assert count(engine) == 50


def test_a_capture_that_the_database_refuses_does_not_take_others_along(settings, engine):
    impossible = NewCapture(**{**vars(capture(0)), "url_hash": b"short"})

    async def together(store: CaptureStore) -> list[Intake]:
        sent = [capture(1), impossible, capture(2), capture(3)]
        answers = await asyncio.gather(*map(store.add, sent), return_exceptions=True)
        assert isinstance(answers[1], psycopg.errors.CheckViolation)
        return [answer for answer in answers if isinstance(answer, Intake)]

    assert len(with_store(settings, together)) == 3
    assert count(engine) == 3
