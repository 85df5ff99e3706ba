"""The whole instance: PostgreSQL, code server, daemon, UI and API, started in order and ended together.

`up` is the command; `running_instance` is the same for tests and the demo, without signal handlers.
"""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import psycopg

from apptrack_pipeline.api.token_file import read_token
from apptrack_pipeline.db.connect import dagster_url, ensure_server
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.domain import ApptrackError, ConfigurationError
from apptrack_pipeline.service.home import (
    Addresses,
    child_environment,
    log_dir,
    prepare_home,
    project_file,
    run_dir,
    write_addresses,
)
from apptrack_pipeline.service.supervisor import Program, Supervisor, end_leftovers, sole_owner
from apptrack_pipeline.settings import Settings

INSTANCE_MARK: Final = "APPTRACK_INSTANCE"
"""Variable in the environment of every process of an instance; its value is the home folder."""

_LOOPBACK: Final = "127.0.0.1"
_STOP_GRACE_S: Final = 4.0  # with PostgreSQL's own, all is over within 10 s
_POSTGRES_STOP_S: Final = 4.0
_POSTGRES_PROBE_S: Final = 15.0
_PORTS_TO_TRY: Final = 50


class Instance:
    """A running instance; `start` returns when everything answers, `stop` when everything has ended."""

    def __init__(
        self,
        settings: Settings,
        *,
        with_ui: bool = True,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Describe the instance of `settings.home`; `say` gets one line for each event."""
        self.settings = settings
        """The settings in force; after `start` with the ports that were taken."""
        self._with_ui = with_ui
        self._say = say
        self._held = contextlib.ExitStack()
        self._supervisor: Supervisor | None = None
        self._server = EmbeddedPostgres(settings.home) if settings.database_url is None else None
        self._next_probe = 0.0
        self._next_server_start = 0.0

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.settings.home

    @property
    def api_url(self) -> str:
        """Address of the API, without a slash at the end."""
        return f"http://{_reachable(self.settings.api_host)}:{self.settings.api_port}"

    @property
    def ui_url(self) -> str:
        """Address of Dagster's UI, without a slash at the end."""
        return f"http://{_LOOPBACK}:{self.settings.ui_port}"

    @property
    def token(self) -> str:
        """The API's bearer token."""
        return read_token(self.settings)

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of what runs now: code_server, daemon, ui, api and postgres."""
        pids = {} if self._supervisor is None else self._supervisor.pids
        server = None if self._server is None else self._server.postmaster_pid()
        return pids if server is None else {**pids, "postgres": server}

    def start(self) -> None:
        """Start everything and wait until it answers; what was started is ended again on any failure."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything within 10 s and wait until no process is left; twice is once."""
        if self._supervisor is not None:
            self._supervisor.stop(_STOP_GRACE_S)
            self._supervisor = None
            if self._server is not None:
                self._server.stop(_POSTGRES_STOP_S)
        self._held.close()

    def hurry(self) -> None:
        """Let a `stop` that is under way end the processes by force at once."""
        if self._supervisor is not None:
            self._supervisor.hurry()

    def _start(self) -> None:
        prepare_home(self.settings)
        home, runtime = self.settings.home, run_dir(self.settings)
        self._held.enter_context(sole_owner(runtime / "up.lock", f"apptrack on {home}"))
        record = runtime / "up.json"
        count = end_leftovers(record, INSTANCE_MARK, str(home))
        if count:
            self._say(f"ended {count} processes that an earlier start has left behind")
        self.settings = with_free_ports(self.settings, with_ui=self._with_ui)
        code_server_port = _any_free_port(_LOOPBACK)
        environment = {
            **child_environment(self.settings, code_server_port=code_server_port),
            INSTANCE_MARK: str(home),
        }
        # From here on `stop` has something to end, PostgreSQL at least.
        self._supervisor = supervisor = Supervisor(
            record=record,
            logs=log_dir(self.settings),
            cwd=self.settings.dagster_home,
            environment=environment,
            mark=INSTANCE_MARK,
            say=self._say,
            before_each_round=self._keep_postgres,
        )
        ensure_server(self.settings)
        upgrade(self.settings)

        code_server = _code_server(code_server_port)
        api = _api(self.api_url)
        rest = [_daemon(), *([_ui(self.settings.ui_port)] if self._with_ui else [])]
        supervisor.start(api)
        found = _look_into_dagster(self.settings)
        if not found.has_tables:
            self._tidy_dagster(environment)  # 3 s, at the first start of a home alone
        # The code server takes longest; what the others need is done meanwhile.
        supervisor.start(code_server)
        if found.runs_under_way:
            self._tidy_dagster(environment)
        supervisor.wait_ready(code_server)  # a daemon that finds no code server looks again after 60 s only
        supervisor.start(*rest)
        supervisor.wait_ready(api, *rest)
        write_addresses(self.settings, Addresses(self.api_url, self.ui_url if self._with_ui else None))

    def _tidy_dagster(self, environment: dict[str, str]) -> None:
        """Create Dagster's tables where they are missing, and end the runs that have lost their worker."""
        done = subprocess.run(
            [sys.executable, "-m", "apptrack_pipeline.service.runs"],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            env=environment,
            cwd=self.settings.dagster_home,
        )
        if done.returncode != 0:
            raise ApptrackError(f"Dagster's database could not be prepared:\n{done.stderr.strip()[-2000:]}")
        count = int(done.stdout.split()[-1])
        if count:
            self._say(f"marked {count} runs as failed: their workers were killed with an earlier start")

    def _keep_postgres(self) -> None:
        """Start the embedded server again where it has ended or does not answer."""
        now = time.monotonic()
        if self._server is None or now < self._next_server_start:
            return
        if self._server.postmaster_pid() is not None:
            if now < self._next_probe:
                return
            self._next_probe = now + _POSTGRES_PROBE_S
            if self._server.running():
                return
        self._say("postgres has ended or does not answer; starting it again")
        try:
            self._server.start()
            self._say("postgres runs again")
        except (ApptrackError, OSError) as error:
            self._next_server_start = time.monotonic() + 5.0
            self._say(f"postgres could not be started: {error}")


@contextlib.contextmanager
def running_instance(
    settings: Settings,
    with_ui: bool = True,
    say: Callable[[str], None] = lambda line: None,
) -> Iterator[Instance]:
    """Run an instance for as long as the `with` block lasts."""
    instance = Instance(settings, with_ui=with_ui, say=say)
    instance.start()
    try:
        yield instance
    finally:
        instance.stop()


def up(settings: Settings, *, with_ui: bool = True) -> None:
    """Run the instance in the foreground until a signal asks it to end; a second one ends it at once."""
    instance = Instance(settings, with_ui=with_ui, say=_to_stderr)
    asked = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            instance.hurry()
            return
        asked.set()
        raise _StopAskedError

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # under nohup it stays ignored
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        started = time.monotonic()
        instance.start()
        _to_stderr(f"ready after {time.monotonic() - started:.1f} s")
        _to_stderr(f"  API   {instance.api_url}  (token: {settings.token_file})")
        if with_ui:
            _to_stderr(f"  UI    {instance.ui_url}")
        _to_stderr(f"  logs  {log_dir(settings)}")
        while True:
            time.sleep(3600)
    except _StopAskedError:
        _to_stderr("stopping; once more to end everything at once")
    finally:
        asked.set()
        instance.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


class _StopAskedError(BaseException):
    """A signal asked us to stop; not an Exception, so that nothing on the way takes it for a failure."""


def _code_server(port: int) -> Program:
    # Not `dagster code-server start`, which is a proxy before a second process with the code: when that one
    # is killed, the proxy lives on and nobody restarts it.
    command = ("-m", "dagster", "api", "grpc", "--host", _LOOPBACK, "--port", str(port))
    definitions = ("--module-name", "apptrack_pipeline.definitions", "--location-name", "apptrack_pipeline")
    return Program(
        name="code_server",
        command=(sys.executable, *command, *definitions),
        ready=lambda: _serves_grpc(port),
    )


def _daemon() -> Program:
    workspace = str(project_file("workspace.yaml"))
    return Program(
        name="daemon",
        command=(sys.executable, "-m", "dagster._daemon", "run", "-w", workspace),
        ready=lambda: True,  # it has no port; `apptrack doctor` reads its heartbeat
    )


def _ui(port: int) -> Program:
    workspace = str(project_file("workspace.yaml"))
    return Program(
        name="ui",
        command=(
            sys.executable,
            "-m",
            "dagster_webserver",
            "-h",
            _LOOPBACK,
            "-p",
            str(port),
            "-w",
            workspace,
            # Seconds that a pooled connection is used for. With the default, an hour, the first question
            # after PostgreSQL was started again is answered 500, by a connection that has ended.
            "--db-pool-recycle",
            "1",
        ),
        ready=lambda: _answers(f"http://{_LOOPBACK}:{port}/server_info"),
    )


def _api(url: str) -> Program:
    return Program(
        name="api",
        command=(sys.executable, "-m", "apptrack_pipeline.api"),
        ready=lambda: _answers(f"{url}/api/v1/health/live"),
    )


@dataclass(frozen=True)
class _DagsterDatabase:
    has_tables: bool
    runs_under_way: bool


def _look_into_dagster(settings: Settings) -> _DagsterDatabase:
    """Ask Dagster's database by ourselves, since a process that imports Dagster costs 3 s of each start."""
    with psycopg.connect(dagster_url(settings, driver=None), connect_timeout=10) as connection:
        # The main table of each of its three storages, by which it decides itself what to create. Two of its
        # processes that create the same tables at once fail now and then ("type jobs already exists").
        tables = connection.execute(
            "SELECT 1 WHERE to_regclass('runs') IS NOT NULL AND to_regclass('event_logs') IS NOT NULL"
            " AND to_regclass('jobs') IS NOT NULL"
        ).fetchone()
        if tables is None:
            return _DagsterDatabase(has_tables=False, runs_under_way=False)
        runs = connection.execute(
            "SELECT 1 FROM runs WHERE status IN ('STARTING', 'STARTED', 'CANCELING') LIMIT 1"
        ).fetchone()
    return _DagsterDatabase(has_tables=True, runs_under_way=runs is not None)


def with_free_ports(settings: Settings, *, with_ui: bool) -> Settings:
    """Return the settings with ports that are free now: the next one for a default, any one for 0."""
    wanted = [("api_port", settings.api_host)] + ([("ui_port", _LOOPBACK)] if with_ui else [])
    taken: dict[str, int] = {}
    for name, host in wanted:
        port: int = getattr(settings, name)
        if port == 0:
            taken[name] = _any_free_port(host)
        elif name in settings.model_fields_set:
            if not _is_free(host, port):
                raise ConfigurationError(
                    f"port {port} on {host} is in use: set APPTRACK_{name.upper()} to another one, or to 0 "
                    "for any"
                )
            taken[name] = port
        else:
            last = min(port + _PORTS_TO_TRY, 65536)
            free = (
                candidate
                for candidate in range(port, last)
                if candidate not in taken.values() and _is_free(host, candidate)
            )
            found = next(free, None)
            if found is None:
                raise ConfigurationError(
                    f"no port from {port} to {last - 1} on {host} is free: set APPTRACK_{name.upper()}"
                )
            taken[name] = found
    return settings.model_copy(update=taken)


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def _is_free(host: str, port: int) -> bool:
    try:
        _bound(host, port).close()
    except socket.gaierror as error:
        raise ConfigurationError(
            f"APPTRACK_API_HOST={host!r} is not an address of this machine ({error.strerror})"
        ) from error
    except OSError:
        return False
    return True


def _any_free_port(host: str) -> int:
    try:
        with _bound(host, 0) as listener:
            port: int = listener.getsockname()[1]
            return port
    except OSError as error:
        raise ConfigurationError(
            f"APPTRACK_API_HOST={host!r} is not an address of this machine ({error.strerror})"
        ) from error


def _reachable(host: str) -> str:
    """Return where a server that listens on `host` is reached from this machine, as part of a URL."""
    address = {"0.0.0.0": _LOOPBACK, "": _LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{address}]" if ":" in address else address


def _answers(url: str) -> bool:
    try:
        # Without the environment's proxies, which have nothing to do with our own addresses.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2.0) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def _serves_grpc(port: int) -> bool:
    import grpc  # type: ignore[import-untyped]
    from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]

    with grpc.insecure_channel(f"{_LOOPBACK}:{port}", options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(service="DagsterApi"), timeout=1.0
            )
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _to_stderr(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone; the instance goes on
        sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stderr.flush()
