"""From the arrival of a mail to the status that it moves, on a whole instance at default settings."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from evidence import capture
from imap_servers import PymapServer, settings_of
from letters import rejection

from apptrack_pipeline.db.connect import app_url
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.service.up import Instance, running_instance
from apptrack_pipeline.settings import Settings

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

WITHIN_S = 90.0


@pytest.fixture
def server() -> Iterator[PymapServer]:
    with PymapServer() as server:
        yield server


@pytest.fixture
def instance(server: PymapServer) -> Iterator[Instance]:
    home = Path(tempfile.mkdtemp(prefix="at-e2e-"))
    settings = Settings(
        home=home,
        api_port=0,
        database_url=None,
        dagster_database_url=None,
        mail_accounts=(settings_of(server),),
    )
    try:
        with running_instance(settings, with_ui=False) as instance:
            yield instance
    finally:
        EmbeddedPostgres(home).stop()
        shutil.rmtree(home)


def one(instance: Instance, statement: str) -> Any:
    with psycopg.connect(app_url(instance.settings)) as connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen: {what}"
        time.sleep(0.1)


def test_a_mail_moves_its_application_within_90_seconds_of_its_arrival(
    instance: Instance, server: PymapServer
) -> None:
    applied_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=9)
    body = capture(1, company_name="Fernwick", captured_at=applied_at.isoformat())
    with httpx.Client(headers={"Authorization": f"Bearer {instance.token}"}, timeout=30) as client:
        assert client.post(f"{instance.api_url}/api/v1/applications/capture", json=body).status_code == 201
    wait_until(lambda: one(instance, "SELECT status FROM applications") == "applied", "a capture is folded")
    # The longest wait is that of a mail which arrives just after its mailbox was looked at.
    seen = one(instance, "SELECT answered_at FROM mail_accounts")
    wait_until(lambda: one(instance, "SELECT answered_at FROM mail_accounts") != seen, "a look", 180)

    arrived = time.monotonic()
    server.append((rejection("1@f", "Fernwick", "Data Engineer 1").raw, dt.datetime.now(dt.UTC)))
    wait_until(lambda: one(instance, "SELECT status FROM applications") == "rejected", "a status", 150)
    took_s = time.monotonic() - arrived

    print(f"from arrival to status: {took_s:.1f} s")
    assert took_s < WITHIN_S
    wait_until(lambda: one(instance, "SELECT status FROM tracker_rows") == "rejected", "an exported row")
    assert one(instance, "SELECT count(*) FROM mail_links WHERE outcome = 'linked'") == 1
