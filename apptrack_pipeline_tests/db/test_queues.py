"""The queues: work is queued once, taken by one run, tried again as often as agreed, and never lost."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apptrack_pipeline.db.queues import (
    ANALYSIS_QUEUE,
    CAPTURES,
    DECISIONS,
    PARSER_QUEUE,
    POSTING_QUEUE,
    SCRAPER_QUEUE,
    Claim,
    LostClaimError,
    RetryPolicy,
    RunLease,
    claim,
    complete,
    due_work,
    enqueue,
    fail,
    mark_reported,
    owner_column,
    release_dead_claims,
)
from apptrack_pipeline.domain import (
    BlankPostingError,
    ConfigurationError,
    InvalidInputError,
    PermanentError,
    TransientError,
)
from apptrack_pipeline.settings import Settings

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
POLICY = RetryPolicy(max_attempts=3, delays_s=(60.0, 300.0, 900.0))
EVERY_QUEUE = [CAPTURES, DECISIONS, SCRAPER_QUEUE, POSTING_QUEUE, ANALYSIS_QUEUE, PARSER_QUEUE]
WORK_QUEUES = [SCRAPER_QUEUE, POSTING_QUEUE, ANALYSIS_QUEUE, PARSER_QUEUE]
IN_RUNS = [CAPTURES, SCRAPER_QUEUE]


def named(table: sa.Table) -> str:
    return table.name


every_queue = pytest.mark.parametrize("queue", EVERY_QUEUE, ids=named)
work_queues = pytest.mark.parametrize("queue", WORK_QUEUES, ids=named)
in_runs = pytest.mark.parametrize("queue", IN_RUNS, ids=named)


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def sha(value: object) -> bytes:
    return hashlib.sha256(str(value).encode()).digest()


@pytest.fixture
def connection(shared_engine: sa.Engine) -> Iterator[sa.Connection]:
    with shared_engine.connect() as connection:
        yield connection


def new_owner(connection: sa.Connection, queue: sa.Table) -> uuid.UUID:
    """Make an application or a resume where the queue's rows need one."""
    owner = uuid.uuid4()
    if queue in (SCRAPER_QUEUE, POSTING_QUEUE, ANALYSIS_QUEUE):
        connection.execute(
            sa.text(
                "INSERT INTO applications (id, status, status_since, source, first_evidence_at,"
                " last_evidence_at, row_hash, fold_version, run_id, changed_at)"
                " VALUES (:id, 'saved', :now, 'api', :now, :now, '', 'v', 'r', :now)"
            ),
            {"id": owner, "now": NOW},
        )
    elif queue is PARSER_QUEUE:
        connection.execute(
            sa.text(
                "INSERT INTO resumes (id, filename, content, content_hash, active, uploaded_at)"
                " VALUES (:id, 'cv.md', '', :hash, false, :now)"
            ),
            {"id": owner, "hash": sha(owner), "now": NOW},
        )
    return owner


def put(
    connection: sa.Connection,
    queue: sa.Table,
    owner: uuid.UUID | None = None,
    *,
    due_at: dt.datetime = NOW,
) -> uuid.UUID:
    """Add one piece of work that is due at `due_at`; return its owner."""
    owner = owner or new_owner(connection, queue)
    if queue is CAPTURES:
        connection.execute(
            CAPTURES.insert().values(
                id=uuid.uuid4(),
                application_id=owner,
                first_of_url=True,
                job_posting_url="https://jobs.example.org/1",
                canonical_url="https://jobs.example.org/1",
                url_hash=sha(uuid.uuid4()),
                fields={},
                body=b"{}",
                body_hash=sha("body"),
                source="api",
                captured_at=NOW,
                due_at=due_at,
            )
        )
    elif queue is DECISIONS:
        connection.execute(
            DECISIONS.insert().values(
                id=uuid.uuid4(),
                application_id=owner,
                kind="note",
                payload={},
                decided_at=NOW,
                actor="me",
                due_at=due_at,
            )
        )
    else:
        assert enqueue(connection, queue, owner, work_key=sha(uuid.uuid4()), reason="test", now=due_at)
    return owner


def state_of(connection: sa.Connection, queue: sa.Table, owner: uuid.UUID) -> Any:
    return connection.execute(sa.select(queue).where(owner_column(queue) == owner)).one()


def take(
    connection: sa.Connection,
    queue: sa.Table,
    owner: uuid.UUID,
    *,
    run_id: str = "run",
    now: dt.datetime = NOW,
) -> Claim:
    (item,) = claim(connection, queue, [owner], run_id=run_id, now=now)
    return item


# --- queuing -----------------------------------------------------------------------------------------------


@work_queues
def test_the_same_work_is_queued_once(connection: sa.Connection, queue: sa.Table) -> None:
    owner = new_owner(connection, queue)
    assert enqueue(connection, queue, owner, work_key=sha(1), reason="first", now=NOW)
    assert not enqueue(connection, queue, owner, work_key=sha(1), reason="again", now=later(60))
    row = state_of(connection, queue, owner)
    assert (row.reason, row.enqueued_at, row.state, row.attempts) == ("first", NOW, "due", 0)


@work_queues
def test_work_that_was_done_is_not_queued_again(connection: sa.Connection, queue: sa.Table) -> None:
    owner = new_owner(connection, queue)
    enqueue(connection, queue, owner, work_key=sha(1), reason="first", now=NOW)
    complete(connection, queue, [take(connection, queue, owner)], run_id="run", now=NOW)
    assert not enqueue(connection, queue, owner, work_key=sha(1), reason="again", now=NOW)
    assert due_work(connection, queue, now=later(9999), limit=10) == []


@work_queues
def test_other_work_of_the_same_owner_is_queued_beside_it(connection: sa.Connection, queue: sa.Table) -> None:
    owner = new_owner(connection, queue)
    assert enqueue(connection, queue, owner, work_key=sha(1), reason="one", now=NOW)
    assert enqueue(connection, queue, owner, work_key=sha(2), reason="two", now=NOW)
    assert len(due_work(connection, queue, now=NOW, limit=10)) == 2


@work_queues
def test_the_same_work_of_another_owner_is_other_work(connection: sa.Connection, queue: sa.Table) -> None:
    first, second = new_owner(connection, queue), new_owner(connection, queue)
    assert enqueue(connection, queue, first, work_key=sha(1), reason="one", now=NOW)
    assert enqueue(connection, queue, second, work_key=sha(1), reason="two", now=NOW)


# --- what is due -------------------------------------------------------------------------------------------


@every_queue
def test_work_is_due_only_when_its_time_has_come(connection: sa.Connection, queue: sa.Table) -> None:
    owner = put(connection, queue, due_at=later(60))
    assert due_work(connection, queue, now=later(59.999), limit=10) == []
    assert claim(connection, queue, [owner], run_id="run", now=later(59.999)) == []
    assert [item.owner_id for item in due_work(connection, queue, now=later(60), limit=10)] == [owner]
    assert take(connection, queue, owner, now=later(60)).attempt == 1


@every_queue
def test_the_longest_due_comes_first(connection: sa.Connection, queue: sa.Table) -> None:
    owners = [put(connection, queue, due_at=later(seconds)) for seconds in (5, 1, 3)]
    found = [item.owner_id for item in due_work(connection, queue, now=later(10), limit=2)]
    assert found == [owners[1], owners[2]]


@every_queue
def test_looking_at_what_is_due_takes_nothing(connection: sa.Connection, queue: sa.Table) -> None:
    put(connection, queue)
    first = due_work(connection, queue, now=NOW, limit=10)
    assert due_work(connection, queue, now=NOW, limit=10) == first
    assert [item.attempts for item in first] == [0]


@every_queue
def test_what_a_run_has_taken_is_due_no_more(connection: sa.Connection, queue: sa.Table) -> None:
    owner = put(connection, queue)
    take(connection, queue, owner)
    assert due_work(connection, queue, now=later(9999), limit=10) == []
    assert claim(connection, queue, [owner], run_id="another", now=later(9999)) == []


def test_a_decision_about_no_application_is_work_for_no_partition(connection: sa.Connection) -> None:
    connection.execute(
        DECISIONS.insert().values(
            id=uuid.uuid4(), kind="same_company", payload={}, decided_at=NOW, actor="me", due_at=NOW
        )
    )
    assert due_work(connection, DECISIONS, now=NOW, limit=10) == []


# --- claiming ----------------------------------------------------------------------------------------------


@every_queue
def test_a_claim_notes_who_took_the_work_when_and_how_often(
    connection: sa.Connection, queue: sa.Table
) -> None:
    owner = put(connection, queue)
    item = take(connection, queue, owner, run_id="run-7", now=later(3))
    row = state_of(connection, queue, owner)
    assert item == Claim(row.id, owner, 1)
    assert (row.state, row.claimed_by, row.claimed_at) == ("running", "run-7", later(3))
    assert (row.attempts, row.reported_at) == (1, None)


@every_queue
def test_a_claim_takes_all_due_work_of_its_owners_and_none_of_others(
    connection: sa.Connection, queue: sa.Table
) -> None:
    owner = put(connection, queue)
    put(connection, queue, owner)
    other = put(connection, queue)
    taken = claim(connection, queue, [owner], run_id="run", now=NOW)
    assert [item.owner_id for item in taken] == [owner, owner]
    assert [item.owner_id for item in due_work(connection, queue, now=NOW, limit=10)] == [other]


@every_queue
def test_claiming_for_nobody_takes_nothing(connection: sa.Connection, queue: sa.Table) -> None:
    put(connection, queue)
    assert claim(connection, queue, [], run_id="run", now=NOW) == []


def claim_at_once(
    engine: sa.Engine, queue: sa.Table, owners: Sequence[uuid.UUID], workers: int
) -> list[list[Claim]]:
    """Let several runs claim the same owners at the same time, 25 by 25, each in an order of its own."""
    start = threading.Barrier(workers)

    def work(number: int) -> list[Claim]:
        order = random.Random(number).sample(owners, len(owners))
        taken: list[Claim] = []
        with engine.connect() as connection:
            start.wait()
            for first in range(0, len(order), 25):
                with connection.begin():
                    taken += claim(
                        connection, queue, order[first : first + 25], run_id=f"run-{number}", now=NOW
                    )
                    # Long enough for the others to meet the locks.
                    connection.execute(sa.text("SELECT pg_sleep(0.005)"))
        return taken

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, range(workers)))


@in_runs
def test_runs_that_claim_the_same_owners_at_once_never_get_the_same_work(
    engine: sa.Engine, queue: sa.Table
) -> None:
    with engine.begin() as connection:
        owners = [put(connection, queue) for _ in range(300)]
        for owner in owners[:100]:
            put(connection, queue, owner)
    by_run = claim_at_once(engine, queue, owners, workers=4)
    assert all(by_run), "the runs did not work at the same time"
    with engine.begin() as connection:
        # What was locked when a run came by was taken by the run that had locked it.
        assert claim(connection, queue, owners, run_id="last", now=NOW) == []
        holders = dict(connection.execute(sa.select(queue.c.id, queue.c.claimed_by)).tuples().all())
    ids = [item.id for taken in by_run for item in taken]
    assert len(ids) == len(set(ids)) == 400
    assert {item.attempt for taken in by_run for item in taken} == {1}
    assert holders == {item.id: f"run-{n}" for n, taken in enumerate(by_run) for item in taken}


@in_runs
def test_runs_that_claim_one_by_one_share_the_work_without_waiting_for_each_other(
    engine: sa.Engine, queue: sa.Table
) -> None:
    with engine.begin() as connection:
        owners = [put(connection, queue) for _ in range(2)]
    with engine.connect() as first, engine.connect() as second:
        assert len(claim(first, queue, owners[:1], run_id="first", now=NOW)) == 1  # not committed yet
        second.execute(sa.text("SET statement_timeout = '5s'"))
        taken = claim(second, queue, owners, run_id="second", now=NOW)
        assert [item.owner_id for item in taken] == owners[1:]


@in_runs
def test_a_claim_that_is_rolled_back_leaves_the_work_due(engine: sa.Engine, queue: sa.Table) -> None:
    with engine.begin() as connection:
        owner = put(connection, queue)
    with engine.connect() as connection:
        take(connection, queue, owner)
        connection.rollback()
        assert [item.attempts for item in due_work(connection, queue, now=NOW, limit=10)] == [0]


# --- how work ends -----------------------------------------------------------------------------------------


@every_queue
def test_work_that_is_complete_is_done(connection: sa.Connection, queue: sa.Table) -> None:
    owner = put(connection, queue)
    complete(connection, queue, [take(connection, queue, owner)], run_id="run", now=later(5))
    row = state_of(connection, queue, owner)
    assert (row.state, row.finished_at, row.last_error) == ("done", later(5), None)
    assert due_work(connection, queue, now=later(9999), limit=10) == []


@every_queue
def test_a_success_clears_the_error_of_the_attempt_before(connection: sa.Connection, queue: sa.Table) -> None:
    owner = put(connection, queue)
    fail(
        connection,
        queue,
        [take(connection, queue, owner)],
        TransientError("away"),
        run_id="run",
        now=NOW,
        policy=POLICY,
    )
    item = take(connection, queue, owner, run_id="second", now=later(60))
    complete(connection, queue, [item], run_id="second", now=later(61))
    row = state_of(connection, queue, owner)
    assert (row.state, row.attempts, row.last_error) == ("done", 2, None)


@every_queue
def test_work_is_tried_again_after_1_5_and_15_minutes_and_then_given_up(
    connection: sa.Connection, queue: sa.Table
) -> None:
    policy = RetryPolicy(max_attempts=4, delays_s=(60.0, 300.0, 900.0))
    owner = put(connection, queue)
    now, waits = NOW, []
    for attempt in (1, 2, 3):
        item = take(connection, queue, owner, run_id=f"run-{attempt}", now=now)
        assert item.attempt == attempt
        fail(
            connection,
            queue,
            [item],
            TransientError("away"),
            run_id=f"run-{attempt}",
            now=now,
            policy=policy,
        )
        row = state_of(connection, queue, owner)
        assert (row.state, row.finished_at, row.last_error) == ("due", None, "TransientError: away")
        waits.append((row.due_at - now).total_seconds())
        now = row.due_at
    assert waits == [60, 300, 900]
    item = take(connection, queue, owner, run_id="last", now=now)
    fail(connection, queue, [item], TransientError("away"), run_id="last", now=now, policy=policy)
    row = state_of(connection, queue, owner)
    assert (row.state, row.finished_at, row.attempts) == ("failed", now, 4)
    assert due_work(connection, queue, now=later(10**6), limit=10) == []


def test_by_default_work_is_tried_three_times(connection: sa.Connection) -> None:
    owner = put(connection, SCRAPER_QUEUE)
    ends = []
    for attempt in range(3):
        now = later(1000 * attempt)
        item = take(connection, SCRAPER_QUEUE, owner, now=now)
        fail(
            connection,
            SCRAPER_QUEUE,
            [item],
            TransientError("x"),
            run_id="run",
            now=now,
            policy=RetryPolicy(),
        )
        ends.append(state_of(connection, SCRAPER_QUEUE, owner).state)
    assert ends == ["due", "due", "failed"]


@pytest.mark.parametrize("attempts", [4, 5, 100])
def test_the_last_delay_serves_for_all_further_attempts(attempts: int) -> None:
    assert POLICY.delay_s(attempts) == 900


@pytest.mark.parametrize(
    "error",
    [
        PermanentError("no"),
        InvalidInputError("job_title", "is missing"),
        BlankPostingError("blank"),
        ConfigurationError("set APPTRACK_MODEL"),
    ],
    ids=lambda error: type(error).__name__,
)
@in_runs
def test_what_cannot_be_helped_by_trying_again_fails_at_once(
    connection: sa.Connection, queue: sa.Table, error: Exception
) -> None:
    owner = put(connection, queue)
    item = take(connection, queue, owner)
    fail(connection, queue, [item], error, run_id="run", now=later(1), policy=POLICY)
    row = state_of(connection, queue, owner)
    assert (row.state, row.attempts, row.finished_at) == ("failed", 1, later(1))
    assert row.last_error == f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("error", [ValueError("what?"), KeyError("x"), RecursionError()], ids=repr)
@in_runs
def test_what_nobody_foresaw_is_tried_again(
    connection: sa.Connection, queue: sa.Table, error: Exception
) -> None:
    owner = put(connection, queue)
    fail(connection, queue, [take(connection, queue, owner)], error, run_id="run", now=NOW, policy=POLICY)
    row = state_of(connection, queue, owner)
    assert (row.state, row.due_at) == ("due", later(60))
    assert row.last_error.startswith(type(error).__name__)


@pytest.mark.parametrize(
    ("wish_s", "wait_s"), [(None, 60), (0, 60), (59.5, 60), (60.5, 60.5), (86_400, 86_400)]
)
def test_the_other_sides_wish_to_wait_longer_is_heard(
    connection: sa.Connection, wish_s: float | None, wait_s: float
) -> None:
    owner = put(connection, SCRAPER_QUEUE)
    item = take(connection, SCRAPER_QUEUE, owner)
    error = TransientError("slow down", retry_after_s=wish_s)
    fail(connection, SCRAPER_QUEUE, [item], error, run_id="run", now=NOW, policy=POLICY)
    assert state_of(connection, SCRAPER_QUEUE, owner).due_at == later(wait_s)


def test_an_error_of_any_length_is_kept_in_part(connection: sa.Connection) -> None:
    owner = put(connection, SCRAPER_QUEUE)
    item = take(connection, SCRAPER_QUEUE, owner)
    fail(connection, SCRAPER_QUEUE, [item], ValueError("x" * 10**6), run_id="run", now=NOW, policy=POLICY)
    assert len(state_of(connection, SCRAPER_QUEUE, owner).last_error) == 2_000


# PostgreSQL keeps no NUL, UTF-8 no half of a surrogate pair; a page may hold both.
@example(message="a NUL: \0")
@example(message="half a pair: \ud800")
@given(message=st.text(max_size=10))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_error_that_quotes_a_hostile_page_is_written_down_all_the_same(
    shared_engine: sa.Engine, message: str
) -> None:
    with shared_engine.connect() as connection:
        owner = put(connection, SCRAPER_QUEUE)
        item = take(connection, SCRAPER_QUEUE, owner)
        error = ValueError(message)
        fail(connection, SCRAPER_QUEUE, [item], error, run_id="run", now=NOW, policy=POLICY)
        row = state_of(connection, SCRAPER_QUEUE, owner)
        assert row.state == "due"
        assert row.last_error.startswith("ValueError")


def test_each_piece_of_work_counts_its_own_attempts(connection: sa.Connection) -> None:
    owner = put(connection, CAPTURES)
    (first,) = claim(connection, CAPTURES, [owner], run_id="run", now=NOW)
    fail(connection, CAPTURES, [first], TransientError("x"), run_id="run", now=NOW, policy=POLICY)
    put(connection, CAPTURES, owner, due_at=later(60))
    items = claim(connection, CAPTURES, [owner], run_id="second", now=later(60))
    assert sorted(item.attempt for item in items) == [1, 2]
    fail(connection, CAPTURES, items, TransientError("x"), run_id="second", now=later(60), policy=POLICY)
    rows = connection.execute(sa.select(CAPTURES.c.due_at).where(CAPTURES.c.application_id == owner))
    assert sorted(rows.scalars()) == [later(120), later(360)]


# --- claims that were lost ---------------------------------------------------------------------------------


@in_runs
def test_a_run_that_lost_its_claim_cannot_complete_it(engine: sa.Engine, queue: sa.Table) -> None:
    with engine.begin() as connection:
        owner = put(connection, queue)
        item = take(connection, queue, owner, run_id="slow")
    with engine.begin() as connection:
        assert release_dead_claims(connection, queue, now=later(1), policy=POLICY) == 1
        take(connection, queue, owner, run_id="quick", now=later(1))

    with pytest.raises(LostClaimError), engine.begin() as connection:  # noqa: PT012
        connection.execute(sa.text("CREATE TABLE work_of_the_slow_run (x int)"))
        complete(connection, queue, [item], run_id="slow", now=later(2))

    with engine.connect() as connection:
        assert not sa.inspect(connection).has_table("work_of_the_slow_run")
        row = state_of(connection, queue, owner)
        assert (row.state, row.claimed_by) == ("running", "quick")


@in_runs
def test_a_run_that_lost_its_claim_cannot_fail_it_either(connection: sa.Connection, queue: sa.Table) -> None:
    owner = put(connection, queue)
    item = take(connection, queue, owner, run_id="slow")
    release_dead_claims(connection, queue, now=NOW, policy=POLICY)
    with pytest.raises(LostClaimError):
        fail(connection, queue, [item], ValueError("late"), run_id="slow", now=NOW, policy=POLICY)
    assert state_of(connection, queue, owner).last_error == "the worker died while it had this work"


def test_losing_one_claim_of_many_is_losing_them_all(connection: sa.Connection) -> None:
    owners = [put(connection, SCRAPER_QUEUE) for _ in range(3)]
    items = claim(connection, SCRAPER_QUEUE, owners, run_id="run", now=NOW)
    complete(connection, SCRAPER_QUEUE, items[:1], run_id="run", now=NOW)
    with pytest.raises(LostClaimError, match="1 claims"):
        complete(connection, SCRAPER_QUEUE, items, run_id="run", now=NOW)


def test_completing_nothing_is_no_loss(connection: sa.Connection) -> None:
    complete(connection, SCRAPER_QUEUE, [], run_id="run", now=NOW)


# --- runs that die -----------------------------------------------------------------------------------------

_WORKER = """
import datetime as dt, sys, time, uuid
from apptrack_pipeline.db import queues
from apptrack_pipeline.db.connect import create_engine
from apptrack_pipeline.db.tables import Base
from apptrack_pipeline.settings import Settings

table, run_id, then, *owners = sys.argv[1:]
queue = Base.metadata.tables[table]
engine = create_engine(Settings())
now = dt.datetime.now(dt.UTC)
with queues.RunLease(engine, run_id):
    with engine.begin() as connection:
        ids = [uuid.UUID(owner) for owner in owners]
        items = queues.claim(connection, queue, ids, run_id=run_id, now=now)
    if then != "claim":
        with engine.begin() as connection:
            queues.complete(connection, queue, items, run_id=run_id, now=now)
    if then == "report":
        with engine.begin() as connection:
            queues.mark_reported(connection, queue, run_id=run_id, now=now)
    print(len(items), flush=True)
    time.sleep(120)
"""

Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def spawn(database_url: str, settings: Settings) -> Iterator[Spawn]:
    """Start a real process that takes a lease, claims the work of its owners and goes on living."""
    workers: list[subprocess.Popen[str]] = []

    def start(queue: sa.Table, run_id: str, then: str, *owners: uuid.UUID) -> subprocess.Popen[str]:
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER, queue.name, run_id, then, *map(str, owners)],
            env={**os.environ, "APPTRACK_DATABASE_URL": database_url, "APPTRACK_HOME": str(settings.home)},
            stdout=subprocess.PIPE,
            text=True,
        )
        workers.append(worker)
        assert worker.stdout is not None
        assert worker.stdout.readline() == f"{len(owners)}\n"
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()
        assert worker.stdout is not None
        worker.stdout.close()


def release_within(engine: sa.Engine, queue: sa.Table, seconds: float = 5.0) -> int:
    """Release dead claims until there were some: the server needs a moment to see a process gone."""
    deadline = time.monotonic() + seconds
    while True:
        with engine.begin() as connection:
            released = release_dead_claims(connection, queue, now=dt.datetime.now(dt.UTC), policy=POLICY)
        if released or time.monotonic() > deadline:
            return released
        time.sleep(0.05)


@in_runs
def test_the_work_of_a_killed_process_is_due_again_at_once(
    engine: sa.Engine, spawn: Spawn, queue: sa.Table
) -> None:
    with engine.begin() as connection:
        owners = [put(connection, queue) for _ in range(3)]
    worker = spawn(queue, "killed", "claim", *owners)
    assert release_within(engine, queue, seconds=0.3) == 0, "the claims of a living process were taken"

    worker.kill()
    worker.wait()

    assert release_within(engine, queue) == 3
    with engine.begin() as connection:
        due = due_work(connection, queue, now=dt.datetime.now(dt.UTC), limit=10)
        assert sorted(item.owner_id for item in due) == sorted(owners)
        assert {item.attempts for item in due} == {1}
        rows = connection.execute(sa.select(queue.c.last_error)).scalars()
        assert set(rows) == {"the worker died while it had this work"}


def test_the_living_keep_their_work_when_another_run_is_killed(engine: sa.Engine, spawn: Spawn) -> None:
    with engine.begin() as connection:
        mine, other = (put(connection, SCRAPER_QUEUE) for _ in range(2))
    spawn(SCRAPER_QUEUE, "living", "claim", mine)
    killed = spawn(SCRAPER_QUEUE, "killed", "claim", other)
    killed.kill()
    killed.wait()
    assert release_within(engine, SCRAPER_QUEUE) == 1
    with engine.connect() as connection:
        assert state_of(connection, SCRAPER_QUEUE, mine).claimed_by == "living"
        assert state_of(connection, SCRAPER_QUEUE, mine).state == "running"
        assert state_of(connection, SCRAPER_QUEUE, other).state == "due"


@in_runs
def test_work_that_a_killed_process_had_done_but_not_reported_is_due_again(
    engine: sa.Engine, spawn: Spawn, queue: sa.Table
) -> None:
    with engine.begin() as connection:
        owner = put(connection, queue)
    worker = spawn(queue, "killed", "complete", owner)
    worker.kill()
    worker.wait()
    assert release_within(engine, queue) == 1
    with engine.connect() as connection:
        row = state_of(connection, queue, owner)
        assert (row.state, row.finished_at, row.last_error) == ("due", None, None)


@in_runs
def test_work_that_a_killed_process_had_reported_stays_done(
    engine: sa.Engine, spawn: Spawn, queue: sa.Table
) -> None:
    with engine.begin() as connection:
        owner = put(connection, queue)
    worker = spawn(queue, "killed", "report", owner)
    worker.kill()
    worker.wait()
    assert release_within(engine, queue, seconds=1) == 0
    with engine.connect() as connection:
        assert state_of(connection, queue, owner).state == "done"


@every_queue
def test_work_that_kills_its_worker_each_time_is_given_up(connection: sa.Connection, queue: sa.Table) -> None:
    owner = put(connection, queue)
    states = []
    for attempt in (1, 2, 3):
        take(connection, queue, owner, run_id=f"run-{attempt}", now=later(attempt))
        release_dead_claims(connection, queue, now=later(attempt), policy=POLICY)
        states.append(state_of(connection, queue, owner).state)
    assert states == ["due", "due", "failed"]
    row = state_of(connection, queue, owner)
    assert (row.attempts, row.finished_at) == (3, later(3))
    assert row.last_error == "the worker died while it had this work"
    assert release_dead_claims(connection, queue, now=later(9), policy=POLICY) == 0


@every_queue
def test_work_done_by_the_last_attempt_stays_done_though_its_run_died(
    connection: sa.Connection, queue: sa.Table
) -> None:
    owner = put(connection, queue)
    once = RetryPolicy(max_attempts=1)
    complete(connection, queue, [take(connection, queue, owner)], run_id="run", now=later(1))
    assert release_dead_claims(connection, queue, now=later(2), policy=once) == 0
    row = state_of(connection, queue, owner)
    assert (row.state, row.finished_at, row.reported_at) == ("done", later(1), later(2))


@every_queue
def test_a_retry_that_waits_keeps_its_time_when_the_run_that_failed_dies(
    connection: sa.Connection, queue: sa.Table
) -> None:
    owner = put(connection, queue)
    item = take(connection, queue, owner)
    fail(connection, queue, [item], TransientError("away"), run_id="run", now=NOW, policy=POLICY)
    assert release_dead_claims(connection, queue, now=later(5), policy=POLICY) == 0
    row = state_of(connection, queue, owner)
    assert (row.state, row.due_at, row.last_error) == ("due", later(60), "TransientError: away")


@every_queue
def test_what_was_given_up_stays_given_up_when_the_run_dies(
    connection: sa.Connection, queue: sa.Table
) -> None:
    owner = put(connection, queue)
    item = take(connection, queue, owner)
    fail(connection, queue, [item], PermanentError("no"), run_id="run", now=later(1), policy=POLICY)
    assert release_dead_claims(connection, queue, now=later(5), policy=POLICY) == 0
    row = state_of(connection, queue, owner)
    assert (row.state, row.last_error, row.finished_at) == ("failed", "PermanentError: no", later(1))


@every_queue
def test_what_is_reported_is_of_this_run_alone(connection: sa.Connection, queue: sa.Table) -> None:
    mine, other = put(connection, queue), put(connection, queue)
    take(connection, queue, mine, run_id="mine")
    take(connection, queue, other, run_id="other")
    mark_reported(connection, queue, run_id="mine", now=later(1))
    assert state_of(connection, queue, mine).reported_at == later(1)
    assert state_of(connection, queue, other).reported_at is None


def test_work_that_is_taken_again_is_unreported_again(connection: sa.Connection) -> None:
    owner = put(connection, SCRAPER_QUEUE)
    item = take(connection, SCRAPER_QUEUE, owner, run_id="first")
    fail(connection, SCRAPER_QUEUE, [item], ValueError("x"), run_id="first", now=NOW, policy=POLICY)
    mark_reported(connection, SCRAPER_QUEUE, run_id="first", now=NOW)
    take(connection, SCRAPER_QUEUE, owner, run_id="second", now=later(60))
    assert state_of(connection, SCRAPER_QUEUE, owner).reported_at is None
    assert release_dead_claims(connection, SCRAPER_QUEUE, now=later(61), policy=POLICY) == 1


def test_two_that_release_at_once_release_each_claim_once(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        owners = [put(connection, SCRAPER_QUEUE) for _ in range(50)]
        for n, owner in enumerate(owners):
            take(connection, SCRAPER_QUEUE, owner, run_id=f"dead-{n % 10}")
    start = threading.Barrier(4)

    def release(_: int) -> int:
        start.wait()
        with engine.begin() as connection:
            return release_dead_claims(connection, SCRAPER_QUEUE, now=later(1), policy=POLICY)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(release, range(4))) <= 50
    with engine.begin() as connection:
        # What one of them left to another that was at it is there for the next tick.
        release_dead_claims(connection, SCRAPER_QUEUE, now=later(1), policy=POLICY)
        assert len(due_work(connection, SCRAPER_QUEUE, now=later(1), limit=100)) == 50


# --- the lease ---------------------------------------------------------------------------------------------


def lease_is_held(engine: sa.Engine, run_id: str) -> bool:
    with engine.begin() as connection:
        free = connection.execute(
            sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"apptrack run {run_id}"},
        ).scalar_one()
    return not free


def test_a_lease_is_held_within_its_block_and_released_after_it(engine: sa.Engine) -> None:
    with RunLease(engine, "run"):
        assert lease_is_held(engine, "run")
        assert not lease_is_held(engine, "another")
    assert not lease_is_held(engine, "run")


def test_a_lease_is_released_when_the_work_raises(engine: sa.Engine) -> None:
    with pytest.raises(ZeroDivisionError), RunLease(engine, "run"):
        1 / 0  # noqa: B018
    assert not lease_is_held(engine, "run")


def test_a_lease_does_not_travel_on_with_a_pooled_connection(engine: sa.Engine) -> None:
    with RunLease(engine, "run"):
        pass
    connections = [engine.connect() for _ in range(5)]
    assert not lease_is_held(engine, "run")
    for connection in connections:
        connection.close()


def test_the_claims_of_a_run_that_holds_its_lease_are_left_alone(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        owner = put(connection, SCRAPER_QUEUE)
    with RunLease(engine, "run"):
        with engine.begin() as connection:
            take(connection, SCRAPER_QUEUE, owner)
        with engine.begin() as connection:
            assert release_dead_claims(connection, SCRAPER_QUEUE, now=later(10**6), policy=POLICY) == 0
    with engine.begin() as connection:
        assert release_dead_claims(connection, SCRAPER_QUEUE, now=later(10**6), policy=POLICY) == 1
