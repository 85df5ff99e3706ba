"""Is the process alive, and is the product ready: database, migrations, Dagster's daemon."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import lru_cache
from typing import Final

import psycopg
from fastapi import APIRouter, Request, Response

from apptrack_pipeline.api.errors import RETRY_AFTER_S, answers
from apptrack_pipeline.api.guard import LIVE_PATH
from apptrack_pipeline.api.models import Alive, Check, Readiness
from apptrack_pipeline.api.services import services_of
from apptrack_pipeline.db import migrate
from apptrack_pipeline.db.connect import dagster_url

router = APIRouter(tags=["health"])

DAEMONS: Final = ("SENSOR", "QUEUED_RUN_COORDINATOR")
"""Dagster's daemons without which no capture is ever worked on: one asks for runs, the other starts them."""

FRESH: Final = dt.timedelta(seconds=60)
"""A daemon writes its heartbeat every 30 s (DEFAULT_HEARTBEAT_INTERVAL_SECONDS of Dagster 1.13)."""

_CONNECT_TIMEOUT_S: Final = 2  # libpq's shortest

# Dagster's column is without a time zone, in UTC.
_HEARTBEATS: Final = """
SELECT daemon_type, (now() AT TIME ZONE 'UTC') - "timestamp" FROM daemon_heartbeats
WHERE daemon_type = ANY (%s)
"""


@router.get(LIVE_PATH)
async def live() -> Alive:
    """Answer while the process runs; needs no token and no database."""
    return Alive(status="alive")


@router.get(
    "/api/v1/health/ready",
    responses={503: {"model": Readiness, "description": "Not ready"}, **answers(401, 403)},
)
async def ready(request: Request, response: Response) -> Readiness:
    """Tell whether captures are taken and worked on, check by check."""
    (database, migrations), daemon = await asyncio.gather(_database(request), _daemon(request))
    checks = {"database": database, "migrations": migrations, "daemon": daemon}
    is_ready = all(check.ok for check in checks.values())
    if not is_ready:
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return Readiness(ready=is_ready, checks=checks)


async def _database(request: Request) -> tuple[Check, Check]:
    try:
        async with services_of(request).pool.connection() as connection:
            cursor = await connection.execute("SELECT version_num FROM alembic_version")
            row = await cursor.fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    except psycopg.Error as error:
        return Check(ok=False, detail=f"does not answer ({type(error).__name__})"), Check(
            ok=False, detail="not known without the database"
        )
    return Check(ok=True, detail="answers"), _migrations(row[0] if row else None)


def _migrations(revision: str | None) -> Check:
    newest = _newest_revision()
    if revision == newest:
        return Check(ok=True, detail=f"at revision {revision}")
    found = f"at revision {revision}" if revision else "never migrated"
    return Check(ok=False, detail=f"{found}, the newest is {newest}: `apptrack up` brings it there")


@lru_cache(maxsize=1)
def _newest_revision() -> str:
    return migrate.head()


async def _daemon(request: Request) -> Check:
    url = dagster_url(services_of(request).settings, driver=None)
    try:
        connection = await psycopg.AsyncConnection.connect(url, connect_timeout=_CONNECT_TIMEOUT_S)
        async with connection:
            cursor = await connection.execute(_HEARTBEATS, (list(DAEMONS),))
            ages: dict[str, dt.timedelta] = dict(await cursor.fetchall())
    except psycopg.Error as error:
        return Check(ok=False, detail=f"Dagster's database does not tell ({type(error).__name__})")
    late = [name for name in DAEMONS if ages.get(name, dt.timedelta.max) > FRESH]
    if late:
        return Check(ok=False, detail=f"no fresh heartbeat of {', '.join(late)}: start `apptrack up`")
    return Check(ok=True, detail=f"heartbeat {max(ages.values()).total_seconds():.0f} s ago")
