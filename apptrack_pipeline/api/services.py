"""What the endpoints work with: opened with the app, closed with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, cast

import psycopg
from fastapi import Request
from psycopg_pool import AsyncConnectionPool

from apptrack_pipeline.db.connect import app_url
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.ingestion.intake import CaptureStore, Pool, prepare_connection
from apptrack_pipeline.settings import Settings

_POOL_TIMEOUT_S: Final = 2.0
"""How long a request waits for a connection before it is answered 503."""

_RECONNECT_S: Final = 4.0
"""How long one attempt to reconnect goes on. The pool doubles its waits meanwhile: with its default of 300 s
an API whose database was away for two minutes would not look for it for two more."""


@dataclass(frozen=True)
class Services:
    """What the endpoints work with."""

    settings: Settings
    database: Database
    """For reads, by the same functions as the stages."""
    pool: Pool
    captures: CaptureStore


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the services; the database need not be there yet."""
    pool: Pool = AsyncConnectionPool(
        app_url(settings),
        connection_class=psycopg.AsyncConnection,
        min_size=4,
        max_size=8,
        open=False,
        timeout=_POOL_TIMEOUT_S,
        reconnect_timeout=_RECONNECT_S,
        configure=prepare_connection,
        kwargs={"autocommit": True, "connect_timeout": 3, "application_name": "apptrack api"},
    )
    database = Database(settings)
    await pool.open(wait=False)
    try:
        yield Services(settings, database, pool, CaptureStore(pool))
    finally:
        await pool.close()
        database.engine.dispose()


def services_of(request: Request) -> Services:
    """Return the services of the app that has this request."""
    return cast("Services", request.app.state.services)
