"""Turns at a host and robots.txt, shared over processes by the database."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.scraping.fetching import RobotsFile
from apptrack_pipeline.scraping.hosts import SharedRobots, SharedTurns
from apptrack_pipeline.settings import Settings

HOST = "jobs.example.org"


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings)
    yield database
    database.engine.dispose()


def seconds_since_visit(database: Database) -> float:
    with database.begin() as connection:
        age = connection.scalar(
            sa.text("SELECT extract(epoch FROM clock_timestamp() - visited_at) FROM host_visits")
        )
    return float(age)


def clock(database: Database) -> dt.datetime:
    with database.begin() as connection:
        now: dt.datetime = connection.scalar(sa.text("SELECT clock_timestamp()"))
    return now


def test_one_request_at_a_time_speaks_to_a_host_and_each_waits_for_the_one_before(database: Database) -> None:
    inside: list[int] = []
    counts: list[int] = []
    ends: list[dt.datetime] = []
    starts: list[dt.datetime] = []

    def speak() -> None:
        # As another process would: with connections of its own.
        own = Database(database.settings)
        with SharedTurns(own).turn(HOST, spacing_s=0.2):
            starts.append(clock(own))
            inside.append(1)
            counts.append(len(inside))
            inside.pop()
            ends.append(clock(own))
        own.engine.dispose()

    threads = [threading.Thread(target=speak) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert counts == [1, 1, 1]
    gaps = [start - end for end, start in zip(ends, starts[1:], strict=False)]
    assert all(gap >= dt.timedelta(seconds=0.2) for gap in gaps)


def test_another_host_waits_for_nobody(database: Database) -> None:
    turns = SharedTurns(database)
    with turns.turn(HOST, spacing_s=3600), turns.turn("other.example.org", spacing_s=3600):
        pass


def test_a_failed_request_counts_as_a_visit(database: Database) -> None:
    with pytest.raises(ValueError, match="no answer"), SharedTurns(database).turn(HOST):
        raise ValueError("no answer")
    assert seconds_since_visit(database) < 60


def test_a_visit_in_the_future_keeps_nobody_for_hours(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO host_visits VALUES (:host, now() + interval '9 hours')"), {"host": HOST}
        )
    with SharedTurns(database).turn(HOST, spacing_s=0.1):
        pass
    assert seconds_since_visit(database) < 60


_HOLDER = """
import sys, time
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.scraping.hosts import SharedTurns
with SharedTurns(Database()).turn(sys.argv[1], spacing_s=0):
    print("inside", flush=True)
    time.sleep(60)
"""


def test_a_process_that_is_killed_gives_its_turn_away(database: Database, database_url: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, HOST],
        env={**os.environ, "APPTRACK_DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "inside\n"
    holder.stdout.close()
    got = threading.Event()

    def wait_for_turn() -> None:
        with SharedTurns(database).turn(HOST, spacing_s=0):
            got.set()

    waiting = threading.Thread(target=wait_for_turn)
    waiting.start()
    assert not got.wait(0.3)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    waiting.join(30)
    assert got.is_set()


def test_robots_files_are_kept_for_all_and_replaced(database: Database) -> None:
    robots = SharedRobots(database)
    origin = "https://jobs.example.org"
    assert robots.load(origin) is None
    first = RobotsFile(200, "User-agent: *\nDisallow: /x\0", dt.datetime(2026, 11, 24, tzinfo=dt.UTC))
    robots.save(origin, first)
    assert SharedRobots(database).load(origin) == RobotsFile(
        200, "User-agent: *\nDisallow: /x\ufffd", first.fetched_at
    )
    second = RobotsFile(None, "", dt.datetime(2026, 11, 25, tzinfo=dt.UTC))
    robots.save(origin, second)
    assert robots.load(origin) == second
