"""Keeps a set of programs running: starts them, restarts what ends, ends everything, leaves nothing behind.

What is not here: which programs an instance consists of (`up.py`), and anything about Dagster or PostgreSQL.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from apptrack_pipeline.domain import ApptrackError, ConfigurationError

_TICK_S: Final = 0.1
_RESTART_DELAYS_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
_HEALTHY_AFTER_S: Final = 60.0
_LOG_LIMIT_BYTES: Final = 10 * 1024 * 1024
_LEFTOVER_GRACE_S: Final = 2.0


@dataclass(frozen=True)
class Program:
    """One program to keep running."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    """Tells whether the program does its work; asked until it says yes, and must not raise."""
    ready_timeout_s: float = 90.0


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    created: float = 0.0
    failures: int = 0
    start_after: float = 0.0


class Supervisor:
    """Runs programs, each in a session of its own, from one thread that lives as long as they do.

    One thread, because Linux ends a tethered child when the thread that started it ends, not the process.
    """

    def __init__(
        self,
        *,
        record: Path,
        logs: Path,
        cwd: Path,
        environment: Mapping[str, str],
        mark: str,
        say: Callable[[str], None],
        before_each_round: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare to run programs in `environment`, in which the variable `mark` tells whose they are.

        `record` is the file that lists what runs; `before_each_round` is called ten times a second, before
        what has ended is looked for.
        """
        self._record = record
        self._logs = logs
        self._cwd = cwd
        self._environment = dict(environment)
        self._mark = mark
        self._say = say
        self._before_each_round = before_each_round
        self._children: dict[str, _Child] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._grace_s = 0.0
        self._thread = threading.Thread(target=self._run, name="apptrack-supervisor", daemon=True)

    @property
    def pids(self) -> dict[str, int]:
        """Return the process ids of what runs now, by program name."""
        with self._lock:
            return {
                name: child.process.pid
                for name, child in self._children.items()
                if child.process is not None and child.process.returncode is None
            }

    def start(self, *programs: Program) -> None:
        """Start programs and keep them running from now on."""
        with self._lock:
            for program in programs:
                self._children[program.name] = _Child(program)
        if not self._thread.is_alive():
            self._thread.start()

    def wait_ready(self, *programs: Program) -> None:
        """Wait until each program is ready; raises ApptrackError with the end of its log if it is not."""
        for program in programs:
            child = self._children[program.name]
            deadline = time.monotonic() + program.ready_timeout_s
            while not (child.process is not None and program.ready()):
                if child.failures >= 2 or time.monotonic() > deadline:
                    what = (
                        "keeps ending"
                        if child.failures >= 2
                        else f"is not ready after {program.ready_timeout_s:.0f} s"
                    )
                    log = self._log(program.name)
                    raise ApptrackError(f"{program.name} {what}; {log} ends with:\n{_tail(log)}")
                time.sleep(_TICK_S)

    def stop(self, grace_s: float = 5.0) -> None:
        """End every program and all that they have started; by force after `grace_s`. Twice is once."""
        self._grace_s = grace_s
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def hurry(self) -> None:
        """Let a `stop` that is under way end everything by force at once."""
        self._hurry.set()

    # -- the thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._stopping.wait(_TICK_S):
                self._before_each_round()
                with self._lock:
                    children = list(self._children.values())
                for child in children:
                    if not self._stopping.is_set():
                        self._look_after(child)
        finally:
            self._end_all()

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            if now - child.started > _HEALTHY_AFTER_S:
                child.failures = 0
            # What it has started lives on: a run's worker needs the code server only to be launched.
            child.process = None
            self._fail(child, f"ended ({_ending(code)})")
        elif now >= child.start_after:
            try:
                self._spawn(child)
            except OSError as error:
                self._fail(child, f"could not be started ({error})")

    def _fail(self, child: _Child, how: str) -> None:
        delay = _RESTART_DELAYS_S[min(child.failures, len(_RESTART_DELAYS_S) - 1)]
        self._say(f"{child.program.name} {how}; starting it again in {delay:.0f} s")
        child.failures += 1
        child.start_after = time.monotonic() + delay

    def _spawn(self, child: _Child) -> None:
        command: list[str] = list(child.program.command)
        if sys.platform == "linux":
            tether = Path(__file__).with_name("tether.py")
            command = [sys.executable, "-I", "-S", str(tether), str(os.getpid()), *command]
        log = self._log(child.program.name)
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            child.process = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                cwd=self._cwd,
                env=self._environment,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
        child.started = time.monotonic()
        with contextlib.suppress(psutil.NoSuchProcess):
            child.created = psutil.Process(child.process.pid).create_time()
        self._write_record()

    def _end_all(self) -> None:
        everything = self._everything()
        if not self._hurry.is_set():
            _send(everything, signal.SIGTERM)
            deadline = time.monotonic() + self._grace_s
            while _living(everything) and time.monotonic() < deadline and not self._hurry.wait(0.02):
                for child in self._children.values():
                    if child.process is not None:
                        child.process.poll()
        _end_now([*everything, *self._everything()])  # again: what was started meanwhile
        for child in self._children.values():
            if child.process is not None:
                # A zombie cannot be waited for before the last of its threads has ended.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(2.0)
        self._record.unlink(missing_ok=True)

    def _everything(self) -> list[psutil.Process]:
        """Return what we have started and what that has started in turn: by group, and by our mark."""
        groups = {child.process.pid for child in self._children.values() if child.process is not None}
        return _find(lambda process: os.getpgid(process.pid) in groups or self._is_marked(process))

    def _is_marked(self, process: psutil.Process) -> bool:
        return process.environ().get(self._mark) == self._environment[self._mark]

    def _write_record(self) -> None:
        with self._lock:
            children = [
                {"name": name, "pid": child.process.pid, "created": child.created}
                for name, child in self._children.items()
                if child.process is not None
            ]
        record = {
            "pid": os.getpid(),
            "mark": self._environment[self._mark],
            "children": children,
        }
        fresh = self._record.with_name(f".{self._record.name}-{secrets.token_hex(8)}")
        fresh.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        fresh.replace(self._record)

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


@contextlib.contextmanager
def sole_owner(lock: Path, what: str) -> Iterator[None]:
    """Hold `lock` for this process; raises ConfigurationError that names who holds it already."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock.read_text(encoding="ascii").strip() or "unknown"
            raise ConfigurationError(
                f"{what} is running already, as process {holder}: stop that one first, or set APPTRACK_HOME "
                "to another folder"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def end_leftovers(record: Path, mark: str, value: str) -> int:
    """End what a killed supervisor left behind, and return how many processes that were.

    A process is a leftover if its environment carries `mark` with this `value`, or, where the system does
    not show environments, if the record names its id and the moment it was created.
    """
    found = _find(lambda process: process.environ().get(mark) == value)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        for entry in json.loads(record.read_text(encoding="utf-8"))["children"]:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(entry["pid"])
                if process not in found and abs(process.create_time() - entry["created"]) < 0.01:
                    found += [process, *process.children(recursive=True)]
    _send(found, signal.SIGTERM)
    deadline = time.monotonic() + _LEFTOVER_GRACE_S
    while _living(found) and time.monotonic() < deadline:
        time.sleep(0.02)
    _end_now(found)
    record.unlink(missing_ok=True)
    return len(found)


def _find(wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """Return the processes that are `wanted`, never ourselves or our ancestors."""
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid not in spared and wanted(process):
                found.append(process)
    return found


def _living(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    living = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                living.append(process)
    return living


def _send(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)  # verifies that the id has not been given away since


def _end_now(processes: Iterable[psutil.Process]) -> None:
    living = _living(processes)
    _send(living, signal.SIGKILL)
    deadline = time.monotonic() + 2.0
    while _living(living) and time.monotonic() < deadline:
        time.sleep(0.01)


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _tail(path: Path, n: int = 15) -> str:
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-n:])
    except OSError:
        return ""
