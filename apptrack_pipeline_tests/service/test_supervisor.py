"""The supervisor with tiny real children, and with real kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from apptrack_pipeline.domain import ApptrackError, ConfigurationError
from apptrack_pipeline.service.supervisor import Program, Supervisor, end_leftovers, sole_owner

MARK = "APPTRACK_INSTANCE"
SLEEP = "import time; time.sleep(600)"
# A child in a session of its own is in no group of ours any more.
WITH_GRANDCHILD = f"""
import pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEP!r}], start_new_session=sys.argv[2] == "own")
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
{SLEEP}
"""
STUBBORN = f"""
import pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("deaf")
{SLEEP}
"""


def program(code: str, *arguments: str, ready: Callable[[], bool] = lambda: True) -> Program:
    return Program(name="child", command=(sys.executable, "-c", code, *arguments), ready=ready)


def living(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], object], timeout_s: float = 15) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(
        record=tmp_path / "up.json",
        logs=tmp_path,
        cwd=tmp_path,
        environment={**os.environ, MARK: str(tmp_path)},
        mark=MARK,
        say=said.append,
    )
    yield supervisor
    supervisor.hurry()
    supervisor.stop()


def test_what_a_program_prints_goes_to_its_log_and_a_large_log_is_put_aside(
    supervisor: Supervisor, tmp_path: Path
):
    (tmp_path / "child.log").write_bytes(b"x" * (11 * 1024 * 1024))
    supervisor.start(program(f"print('hello', flush=True); {SLEEP}"))
    wait_until(lambda: (tmp_path / "child.log").read_text() == "hello\n")
    assert (tmp_path / "child.log.1").stat().st_size == 11 * 1024 * 1024
    assert (tmp_path / "child.log").stat().st_mode & 0o777 == 0o600


def test_a_killed_program_is_started_again_and_the_restart_is_announced(
    supervisor: Supervisor, said: list[str]
):
    child = program(SLEEP)
    supervisor.start(child)
    supervisor.wait_ready(child)
    first = supervisor.pids["child"]
    psutil.Process(first).kill()
    wait_until(lambda: supervisor.pids.get("child", first) != first)
    assert said == ["child ended (signal SIGKILL); starting it again in 1 s"]


def test_a_program_that_keeps_ending_is_reported_with_the_end_of_its_log(supervisor: Supervisor):
    child = program("raise SystemExit('no such table')", ready=lambda: False)
    supervisor.start(child)
    with pytest.raises(ApptrackError, match=r"child keeps ending(.|\n)*no such table"):
        supervisor.wait_ready(child)


def test_a_program_that_is_never_ready_is_reported(supervisor: Supervisor):
    child = Program("child", (sys.executable, "-c", SLEEP), lambda: False, ready_timeout_s=0.3)
    supervisor.start(child)
    with pytest.raises(ApptrackError, match="child is not ready"):
        supervisor.wait_ready(child)


def test_a_program_that_cannot_be_started_is_tried_again(
    supervisor: Supervisor, said: list[str], tmp_path: Path
):
    (tmp_path / "child.log").mkdir()
    supervisor.start(program(SLEEP))
    wait_until(lambda: said)
    assert "could not be started" in said[0]
    (tmp_path / "child.log").rmdir()
    wait_until(lambda: "child" in supervisor.pids)


@pytest.mark.parametrize("session", ["same", "own"])
def test_stop_ends_what_the_programs_have_started_too(supervisor: Supervisor, tmp_path: Path, session: str):
    supervisor.start(program(WITH_GRANDCHILD, str(tmp_path / "pid"), session))
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    pids = [*supervisor.pids.values(), int((tmp_path / "pid").read_text())]
    assert all(map(living, pids))
    supervisor.stop()
    assert not any(map(living, pids))
    assert not (tmp_path / "up.json").exists()
    supervisor.stop()


def test_a_program_that_does_not_listen_is_ended_by_force_after_the_grace(
    supervisor: Supervisor, tmp_path: Path
):
    supervisor.start(program(STUBBORN, str(tmp_path / "deaf")))
    wait_until(lambda: (tmp_path / "deaf").exists())
    pid = supervisor.pids["child"]
    started = time.monotonic()
    supervisor.stop(grace_s=0.5)
    assert 0.5 <= time.monotonic() - started < 4
    assert not living(pid)


def test_hurrying_ends_the_grace(supervisor: Supervisor, tmp_path: Path):
    supervisor.start(program(STUBBORN, str(tmp_path / "deaf")))
    wait_until(lambda: (tmp_path / "deaf").exists())
    started = time.monotonic()
    supervisor.hurry()
    supervisor.stop(grace_s=30)
    assert time.monotonic() - started < 5


OWNER = """
import os, pathlib, sys, time
from apptrack_pipeline.service.supervisor import Program, Supervisor
folder = pathlib.Path(sys.argv[1])
environment = {**os.environ, "APPTRACK_INSTANCE": str(folder)}
supervisor = Supervisor(record=folder / "up.json", logs=folder, cwd=folder, environment=environment,
                        mark="APPTRACK_INSTANCE", say=print)
command = (sys.executable, "-c", sys.argv[2], str(folder / "pid"), "own")
supervisor.start(Program("child", command, lambda: True))
time.sleep(600)
"""


def test_what_a_killed_supervisor_leaves_behind_is_ended_by_the_next(tmp_path: Path):
    record = tmp_path / "up.json"
    with subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path), WITH_GRANDCHILD]) as owner:
        wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        grandchild = int((tmp_path / "pid").read_text())
        (entry,) = json.loads(record.read_text())["children"]
        owner.kill()
    if sys.platform == "linux":
        wait_until(lambda: not living(entry["pid"]))  # the kernel has ended it
    assert living(grandchild)
    assert end_leftovers(record, MARK, str(tmp_path)) >= 1
    assert not living(grandchild)
    assert not living(entry["pid"])
    assert not record.exists()
    assert end_leftovers(record, MARK, str(tmp_path)) == 0


def test_processes_of_another_instance_and_reused_ids_are_spared(tmp_path: Path):
    environment = {**os.environ, MARK: "/another/home"}
    with subprocess.Popen([sys.executable, "-c", SLEEP], env=environment) as other:
        record = tmp_path / "up.json"
        created = psutil.Process(other.pid).create_time()
        children = [{"name": "child", "pid": other.pid, "created": created - 60}]
        record.write_text(json.dumps({"children": children}))
        assert end_leftovers(record, MARK, str(tmp_path)) == 0
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"children": 5}', '{"children": [{"pid": "x"}]}'])
def test_a_damaged_record_is_no_obstacle(tmp_path: Path, content: str):
    record = tmp_path / "up.json"
    record.write_text(content)
    assert end_leftovers(record, MARK, str(tmp_path)) == 0
    assert not record.exists()


def test_a_second_owner_is_refused_and_told_who_the_first_is(tmp_path: Path):
    with (
        sole_owner(tmp_path / "lock", "apptrack here"),
        pytest.raises(
            ConfigurationError, match=f"apptrack here is running already, as process {os.getpid()}"
        ),
        sole_owner(tmp_path / "lock", "apptrack here"),
    ):
        pass
    with sole_owner(tmp_path / "lock", "apptrack here"):
        pass
