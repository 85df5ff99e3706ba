"""Health, outages and documentation."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from apptrack_pipeline.db.connect import ensure_server
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.service.home import prepare_home
from apptrack_pipeline.settings import Settings

PATH = "/api/v1/applications/capture"
READY = "/api/v1/health/ready"


def beat(url: str, age_s: float, *daemons: str) -> None:
    """Write heartbeats as Dagster does, into a table like Dagster's."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS daemon_heartbeats (id bigserial, daemon_type varchar(255) UNIQUE,"
            " daemon_id varchar(255), timestamp timestamp NOT NULL, body text)"
        )
        at = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(seconds=age_s)
        for daemon in daemons:
            connection.execute(
                "INSERT INTO daemon_heartbeats (daemon_type, timestamp) VALUES (%s, %s)"
                " ON CONFLICT (daemon_type) DO UPDATE SET timestamp = excluded.timestamp",
                (daemon, at),
            )


@pytest.fixture
def with_dagster(settings: Settings, empty_database_url: str) -> Settings:
    return Settings(
        home=settings.home, database_url=settings.database_url, dagster_database_url=empty_database_url
    )


def test_it_is_alive_without_a_database(refusing):
    assert refusing.get("/api/v1/health/live").json() == {"status": "alive"}


def test_it_is_ready_with_database_migrations_and_daemon(serve, with_dagster, empty_database_url):
    beat(empty_database_url, 20, "SENSOR", "QUEUED_RUN_COORDINATOR")
    with serve(with_dagster) as api:
        answer = api.get(READY)

    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert {name: check["ok"] for name, check in answer.json()["checks"].items()} == {
        "database": True,
        "migrations": True,
        "daemon": True,
    }


@pytest.mark.parametrize(
    "heartbeats",
    [
        [],
        [(20, "SENSOR")],
        [(20, "SENSOR"), (90, "QUEUED_RUN_COORDINATOR")],
        [(20, "SCHEDULER", "QUEUED_RUN_COORDINATOR")],
    ],
)
def test_without_fresh_heartbeats_it_is_not_ready(serve, with_dagster, empty_database_url, heartbeats):
    for age_s, *daemons in heartbeats:
        beat(empty_database_url, age_s, *daemons)
    with serve(with_dagster) as api:
        answer = api.get(READY)

    assert answer.status_code == 503
    assert {name for name, check in answer.json()["checks"].items() if not check["ok"]} == {"daemon"}


def test_a_database_that_was_never_migrated_is_named(serve, with_dagster, empty_database_url, minimal):
    behind = with_dagster.model_copy(update={"database_url": with_dagster.dagster_database_url})
    with serve(behind) as api:
        ready = api.get(READY)
        capture = api.post(PATH, json=minimal)

    assert ready.status_code == 503
    assert "never migrated" in ready.json()["checks"]["migrations"]["detail"]
    assert capture.status_code == 503
    assert capture.json()["error"]["code"] == "unavailable"


def test_without_a_database_every_answer_is_503_and_names_no_server(refusing, minimal):
    answers = [
        refusing.post(PATH, json=minimal),
        refusing.get("/api/v1/applications/0193f1a0-6c2e-7b1a-9c55-2f1d6a0e4b11"),
        refusing.get(READY),
    ]

    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert "geheim" not in answer.text
        assert "127.0.0.1" not in answer.text
    assert answers[0].json()["error"]["code"] == "unavailable"


def test_connections_that_the_server_ended_are_replaced_without_an_error(api, engine, minimal):
    for n in range(3):
        answer = api.post(PATH, json={**minimal, "job_posting_url": f"https://jobs.example.org/{n}"})
        assert answer.status_code == 201
        with engine.begin() as connection:
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

    assert api.get(answer.json()["status_url"]).status_code == 200


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedPostgres, Settings]]:
    """A database server that a test may stop."""
    settings = Settings(home=tmp_path_factory.mktemp("h"))
    server = EmbeddedPostgres(settings.home)
    try:
        prepare_home(settings)
        ensure_server(settings)
        upgrade(settings)
        yield server, settings
    finally:
        server.stop()


def test_an_outage_is_answered_503_loses_nothing_and_is_over_when_the_server_is_back(
    serve, own_server, minimal
):
    server, settings = own_server
    taken = []
    with serve(settings) as api:

        def send(n: int) -> int:
            answer = api.post(PATH, json={**minimal, "job_posting_url": f"https://jobs.example.org/{n}"})
            if answer.is_success:
                taken.append(answer.json()["capture_id"])
            return answer.status_code

        assert [send(n) for n in range(5)] == [201] * 5
        server.stop()
        assert [send(n) for n in (5, 6)] == [503, 503]
        server.start()
        deadline = time.monotonic() + 20
        while (status := send(5)) != 201:
            assert status == 503
            assert time.monotonic() < deadline
        assert send(6) == 201

    with psycopg.connect(server.url("apptrack")) as connection:
        kept = {str(row[0]) for row in connection.execute("SELECT id FROM captures")}
    assert kept == set(taken)
    assert len(kept) == 7


def test_a_server_that_is_killed_while_captures_come_in_keeps_all_that_was_answered(
    serve, own_server, minimal
):
    server, settings = own_server
    taken: set[str] = set()
    with serve(settings) as api:
        for n in range(60):
            if n in (20, 40):
                pid = server.postmaster_pid()
                assert pid is not None
                subprocess.run(["kill", "-9", str(pid)], check=True)
            answer = api.post(PATH, json={**minimal, "job_posting_url": f"https://jobs.example.org/{n}"})
            assert answer.status_code in {201, 503}
            if answer.is_success:
                taken.add(answer.json()["capture_id"])
            else:
                server.start()

    server.start()
    with psycopg.connect(server.url("apptrack")) as connection:
        kept = {str(row[0]) for row in connection.execute("SELECT id FROM captures")}
    assert taken <= kept
    assert len(taken) >= 50


def test_the_documentation_shows_examples_and_the_error_shape(refusing):
    document = refusing.get("/openapi.json").json()

    capture = document["paths"][PATH]["post"]
    body = capture["requestBody"]["content"]["application/json"]
    assert set(body["examples"]) == {"minimal", "page"}
    assert body["schema"]["required"] == ["job_posting_url"]
    assert set(capture["responses"]) == {"200", "201", "401", "403", "413", "415", "422", "500", "503"}
    for status, response in capture["responses"].items():
        schema = response["content"]["application/json"]["schema"]["$ref"].rsplit("/")[-1]
        assert schema == ("CaptureAccepted" if status in {"200", "201"} else "ErrorBody")
        assert document["components"]["schemas"][schema]["examples"]
    assert document["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}


def test_the_documentation_page_loads_nothing_from_elsewhere(refusing):
    page = refusing.get("/docs").text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(loaded) == 3
    for address in loaded:
        assert address.startswith("/docs/static/")
        assert refusing.get(address).status_code == 200
    assert "://" not in refusing.get("/docs").headers["content-security-policy"]


def test_the_examples_of_the_documentation_work(api):
    capture = api.get("/openapi.json").json()["paths"][PATH]["post"]
    for example in capture["requestBody"]["content"]["application/json"]["examples"].values():
        assert api.post(PATH, json=example["value"]).is_success


def test_the_api_never_imports_dagster():
    code = "import apptrack_pipeline.api.__main__, sys; print('dagster' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "False"


def test_without_a_token_file_it_says_what_to_do(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "apptrack_pipeline.api"],
        check=False,
        capture_output=True,
        text=True,
        env={"APPTRACK_HOME": str(tmp_path), "PATH": ""},
        timeout=60,
    )

    assert done.returncode == 1
    assert "apptrack up" in done.stderr
