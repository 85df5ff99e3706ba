"""What all processes know of the hosts that are asked: whose turn it is, and each site's robots.txt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.locks import SessionLock
from apptrack_pipeline.db.tables import HostVisit, RobotsTxt
from apptrack_pipeline.domain import storable
from apptrack_pipeline.scraping.fetching import SECONDS_BETWEEN, RobotsFile

_VISITS: Final[Table] = HostVisit.__table__  # type: ignore[assignment]
_ROBOTS: Final[Table] = RobotsTxt.__table__  # type: ignore[assignment]


class SharedTurns:
    """Lets one request at a time speak to a host, whichever process sends it, and keeps them apart.

    The time of the last one is the database's, which all processes share; failed requests count as well.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def turn(self, host: str, *, spacing_s: float = SECONDS_BETWEEN) -> Iterator[None]:
        """Wait for the turn to send one request to the host; it ends with the context."""
        with SessionLock(self._database.engine, f"apptrack host {host}"):
            with self._database.begin() as connection:
                age_s = _seconds_since_visit(connection, host)
            if age_s is not None and age_s < spacing_s:
                # A clock that was set back must not make anybody wait for hours.
                time.sleep(min(spacing_s - age_s, spacing_s))
            self._note(host)
            try:
                yield
            finally:
                self._note(host)

    def _note(self, host: str) -> None:
        visit = insert(_VISITS).values(host=host, visited_at=func.clock_timestamp())
        with self._database.begin() as connection:
            connection.execute(
                visit.on_conflict_do_update(
                    index_elements=["host"], set_={"visited_at": visit.excluded.visited_at}
                )
            )


def _seconds_since_visit(connection: Connection, host: str) -> float | None:
    age = func.extract("epoch", func.clock_timestamp() - _VISITS.c.visited_at)
    seconds = connection.scalar(select(age).where(_VISITS.c.host == host))
    return None if seconds is None else float(seconds)


class SharedRobots:
    """Keeps each site's robots.txt for all processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, origin: str) -> RobotsFile | None:
        """Return the file that is kept for an origin, however old."""
        columns = (_ROBOTS.c.http_status, _ROBOTS.c.text, _ROBOTS.c.fetched_at)
        with self._database.begin() as connection:
            row = connection.execute(select(*columns).where(_ROBOTS.c.origin == origin)).first()
        return None if row is None else RobotsFile(*row)

    def save(self, origin: str, robots: RobotsFile) -> None:
        """Keep a file in place of the one that is kept."""
        values = {
            "http_status": robots.status,
            "text": storable(robots.text),
            "fetched_at": robots.fetched_at,
        }
        with self._database.begin() as connection:
            connection.execute(
                insert(_ROBOTS)
                .values(origin=origin, **values)
                .on_conflict_do_update(index_elements=["origin"], set_=values)
            )
