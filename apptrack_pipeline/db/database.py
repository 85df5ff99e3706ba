"""The database as the stages see it: one engine per process, made when it is first used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection, Engine

from apptrack_pipeline.db.connect import create_engine
from apptrack_pipeline.db.queues import RetryPolicy
from apptrack_pipeline.settings import Settings, load_settings


class Database:
    """Gives out transactions; knows the settings, so that no stage reads the environment."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings

    @cached_property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings or load_settings()

    @cached_property
    def engine(self) -> Engine:
        """The engine; connects when it is first used."""
        return create_engine(self.settings)

    @property
    def retry_policy(self) -> RetryPolicy:
        """How often work is tried."""
        return RetryPolicy(self.settings.max_attempts, self.settings.retry_delays_s)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction; it commits at the end of the block, and rolls back on an exception."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def rehearsal(self, *, keep: bool) -> Iterator[Database]:
        """Give a database whose transactions are parts of one, which is kept at the end or rolled back."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield _Rehearsal(self.settings, connection)
            if not keep:
                transaction.rollback()


class _Rehearsal(Database):
    """A database on one connection: each transaction is a savepoint of it."""

    def __init__(self, settings: Settings, connection: Connection) -> None:
        super().__init__(settings)
        self._connection = connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a savepoint."""
        with self._connection.begin_nested():
            yield self._connection
