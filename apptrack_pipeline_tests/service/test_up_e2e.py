"""The whole instance for real: started, hampered in every part, stopped, and nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from apptrack_pipeline.db.connect import dagster_url, ensure_server
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.service.doctor import diagnose
from apptrack_pipeline.service.home import read_addresses
from apptrack_pipeline.service.up import INSTANCE_MARK, Instance, running_instance
from apptrack_pipeline.settings import Settings

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def settings() -> Iterator[Settings]:
    top = Path(tempfile.mkdtemp(prefix="at-e2e-"))
    yield Settings(home=top / "a home", api_port=0, ui_port=0, database_url=None, dagster_database_url=None)
    EmbeddedPostgres(top / "a home").stop()
    shutil.rmtree(top)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def ask_ui(ui_url: str, query: str) -> Any:
    request = urllib.request.Request(
        f"{ui_url}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def code_location_is_loaded(ui_url: str) -> bool:
    query = "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus "
    query += "locationOrLoadError { __typename } } } } }"
    try:
        entries = ask_ui(ui_url, query)["data"]["workspaceOrError"]["locationEntries"]
    except OSError:
        return False
    return [entry["locationOrLoadError"]["__typename"] for entry in entries] == ["RepositoryLocation"]


# Runs, events and sensors' ticks: each has a connection pool of its own in Dagster's UI.
FROM_ALL_POOLS = """
{ runsOrError(limit: 1) { __typename } assetsOrError { __typename }
  sensorsOrError(repositorySelector:
      {repositoryName: "__repository__", repositoryLocationName: "apptrack_pipeline"})
  { __typename ... on Sensors { results { sensorState { ticks(limit: 1) { timestamp } } } } } }
"""


def everything_answers(instance: Instance) -> bool:
    return (
        answers(f"{instance.api_url}/api/v1/health/live")
        and answers(f"{instance.ui_url}/server_info")
        and code_location_is_loaded(instance.ui_url)
        and set(instance.pids) == {"code_server", "daemon", "ui", "api", "postgres"}
    )


def wait_until(condition: Callable[[], object], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


def processes_of(home: Path) -> list[str]:
    """Every living process that carries the instance's mark or works in its database folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and (
                process.environ().get(INSTANCE_MARK) == str(home) or home in Path(process.cwd()).parents
            ):
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
        except (psutil.Error, OSError):
            continue
    return found


def test_an_instance_answers_survives_the_death_of_each_part_and_leaves_nothing(settings: Settings):
    said: list[str] = []
    with running_instance(settings, with_ui=True, say=said.append) as instance:
        assert everything_answers(instance)
        assert len(instance.token) >= 40
        assert (settings.dagster_home / "dagster.yaml").is_file()

        addresses = read_addresses(settings)
        assert addresses is not None
        assert (addresses.api, addresses.ui) == (instance.api_url, instance.ui_url)
        wait_until(lambda: all(finding.state != "fail" for finding in diagnose(instance.settings)))

        with pytest.raises(ConfigurationError, match=f"running already, as process {os.getpid()}"):
            Instance(settings).start()
        assert everything_answers(instance)

        for name in ("postgres", "api", "code_server", "daemon", "ui"):
            before = instance.pids[name]
            os.kill(before, signal.SIGKILL)
            wait_until(lambda: instance.pids.get(name, before) != before)  # noqa: B023 - waited for at once
            wait_until(lambda: everything_answers(instance))
        assert "postgres runs again" in said

        started = time.monotonic()
    assert time.monotonic() - started < 10
    assert processes_of(settings.home) == []


def test_the_ui_answers_at_once_when_the_database_has_been_started_again(settings: Settings):
    with running_instance(settings) as instance:
        wait_until(lambda: code_location_is_loaded(instance.ui_url))
        before = ask_ui(instance.ui_url, FROM_ALL_POOLS)
        assert "errors" not in before
        types = [answer["__typename"] for answer in before["data"].values()]
        assert types == ["Runs", "AssetConnection", "Sensors"]
        time.sleep(1.1)  # a connection that is younger is used as it is

        EmbeddedPostgres(settings.home).stop()
        EmbeddedPostgres(settings.home).start()

        after = ask_ui(instance.ui_url, FROM_ALL_POOLS)
        assert "errors" not in after
        assert [answer["__typename"] for answer in after["data"].values()] == types


def start_command(settings: Settings) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "APPTRACK_HOME": str(settings.home),
        "APPTRACK_API_PORT": "0",
        "APPTRACK_UI_PORT": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "apptrack_pipeline.cli", "up"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "ready after" in line:
            return process
    raise AssertionError("".join(lines))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_a_signal_ends_the_command_and_everything_within_ten_seconds(
    settings: Settings, number: signal.Signals
):
    with start_command(settings) as command:
        os.killpg(command.pid, number)
        started = time.monotonic()
        assert command.wait(timeout=10) == 0
        assert time.monotonic() - started < 10
    assert processes_of(settings.home) == []


def test_a_killed_command_leaves_the_database_and_the_next_start_takes_over(settings: Settings):
    with start_command(settings) as command:
        command.kill()
    server = EmbeddedPostgres(settings.home)
    before = server.postmaster_pid()
    assert before is not None
    with running_instance(settings) as instance:
        assert instance.pids["postgres"] == before
        assert everything_answers(instance)
    assert processes_of(settings.home) == []


# Dagster's processes that create its tables at once fail only now and then. Here they are slow enough to
# meet, and whoever meets another one fails with the very error that was seen.
SLOW_AND_NEVER_TWO_AT_ONCE = """
CREATE FUNCTION alone() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(1) THEN
        RAISE duplicate_object USING MESSAGE = 'two processes create tables at once';
    END IF;
    PERFORM pg_sleep(0.03);
END $$;
CREATE EVENT TRIGGER alone ON ddl_command_start EXECUTE FUNCTION alone();
"""


def test_at_the_first_start_one_process_alone_creates_dagsters_tables(settings: Settings):
    ensure_server(settings)
    with psycopg.connect(dagster_url(settings, driver=None)) as connection:
        connection.execute(SLOW_AND_NEVER_TWO_AT_ONCE)
    said: list[str] = []
    with running_instance(settings, say=said.append) as instance:
        assert everything_answers(instance)
    assert said == [], "a program ended and was started again"
    assert processes_of(settings.home) == []
