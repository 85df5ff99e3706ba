"""Locks that hold over all processes, for as long as the process that holds them lives.

PostgreSQL releases a session's advisory locks when the session ends, however its process dies: nothing is
left behind that a time-out would have to clear.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import Engine, text


class SessionLock:
    """An advisory lock in a session of its own; waits for it when it is made, holds it until the end of
    `with`."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._connection = engine.connect()
        self._connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:name, 0))"), {"name": name})
        self._connection.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The session ends with its connection, and the lock with the session: a pooled connection would
        # carry the lock on into whatever uses it next.
        self._connection.invalidate()
        self._connection.close()
