"""The embedded server for real: every test starts, kills or hampers a PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from apptrack_pipeline.db import embedded
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.domain import ConfigurationError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

START = "import sys; from pathlib import Path; from apptrack_pipeline.db.embedded import EmbeddedPostgres; "
START += "server = EmbeddedPostgres(Path(sys.argv[1])); server.start(); "


@pytest.fixture
def new_home() -> Iterator[Callable[[str], Path]]:
    """Make homes by name; not in pytest's folder, to which every new pytest session forbids passage."""
    top = Path(tempfile.mkdtemp(prefix="at-"))
    homes: list[Path] = []

    def make(name: str = "home") -> Path:
        homes.append(top / name)
        return top / name

    yield make
    for home in homes:
        server = EmbeddedPostgres(home)
        server.stop()
        if server.socket_dir.exists():
            shutil.rmtree(server.socket_dir)
    shutil.rmtree(top)


@pytest.fixture
def home(new_home: Callable[[str], Path]) -> Path:
    return new_home("home")


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)


def answer(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    pid = server.postmaster_pid()
    assert pid is not None
    return psutil.Process(pid)


def test_the_first_start_makes_a_server_that_answers_and_stop_ends_it(home: Path):
    server = EmbeddedPostgres(home)
    assert not server.running()
    server.start()
    assert server.running()
    assert str(answer(server, "SHOW server_version")).startswith("18.")
    process = postmaster(server)
    server.stop()
    assert not server.running()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    server.stop()


def test_stopping_a_server_that_was_never_started_does_nothing(home: Path):
    EmbeddedPostgres(home).stop()
    assert not home.exists()


def test_data_is_kept_over_stop_and_start(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    server.ensure_database("kept")
    server.ensure_database("kept")
    with psycopg.connect(server.url("kept")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS n")
    server.stop()
    server.start()
    with psycopg.connect(server.url("kept")) as connection:
        assert connection.execute("SELECT n FROM t").fetchone() == (7,)


def test_it_never_listens_on_tcp_and_keeps_every_promise_of_durability(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    assert [c for c in postmaster(server).net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    for setting, value in {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "TimeZone": "UTC",
        "jit": "off",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "server_encoding": "UTF8",
    }.items():
        assert answer(server, f"SHOW {setting}") == value, setting


def test_text_is_sorted_by_code_point_and_lower_knows_every_letter(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    assert (
        answer(server, "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{a,B,ä,Z,Ω}'::text[]) x") == "BZaäΩ"
    )
    assert answer(server, "SELECT lower('ÄÖÜ ΩÉ')") == "äöü ωé"


def test_a_port_in_the_environment_does_not_lead_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    server = EmbeddedPostgres(home)
    server.start()
    assert answer(server, "SELECT 1") == 1


def test_a_second_start_adopts_the_running_server(home: Path):
    EmbeddedPostgres(home).start()
    before = postmaster(EmbeddedPostgres(home))
    EmbeddedPostgres(home).start()
    assert postmaster(EmbeddedPostgres(home)) == before


def test_the_server_outlives_the_process_that_started_it_and_is_adopted_by_the_next(home: Path):
    starter = run_python(START + "print('up', flush=True); input()", str(home))
    with starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        starter.kill()
    server = EmbeddedPostgres(home)
    assert server.running()
    before = postmaster(server)
    server.start()
    assert postmaster(server) == before


def test_four_processes_that_start_at_once_get_one_server(home: Path):
    code = START + "print(server.postmaster_pid())"
    processes = [run_python(code, str(home)) for _ in range(4)]
    pids = {process.communicate(timeout=60)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert pids == {f"{EmbeddedPostgres(home).postmaster_pid()}\n"}


def test_a_killed_server_comes_back_with_all_that_was_committed(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n")
    # A backend in the middle of a query outlives its postmaster and would keep a new one from starting.
    busy = psycopg.connect(server.url("postgres"))

    def sleep_in_the_server() -> None:
        with contextlib.suppress(psycopg.OperationalError):
            busy.execute("SELECT count(*) FROM generate_series(1, 1e12)")

    thread = threading.Thread(target=sleep_in_the_server)
    thread.start()
    time.sleep(0.3)
    killed = postmaster(server)
    killed.kill()
    server.start()
    thread.join(timeout=20)
    busy.close()
    assert postmaster(server).pid != killed.pid
    assert answer(server, "SELECT count(*) FROM t") == 1000


def test_a_process_id_that_another_program_has_by_now_is_not_taken_for_the_server(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    data = home / "postgres" / "18"
    owner = data.stat()
    postmaster(server).kill()
    # The same account, since PostgreSQL itself takes only a process of its own account for a living server.
    as_owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **as_owner) as innocent:
        for lock in (data / "postmaster.pid", server.socket_dir / ".s.PGSQL.5432.lock"):
            lines = lock.read_text().splitlines()
            lock.write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")
        assert not server.running()
        server.stop()
        server.start()
        assert server.running()
        assert innocent.poll() is None
        innocent.kill()


def test_a_server_that_hangs_is_replaced(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    hanging = postmaster(server)
    hanging.suspend()
    assert not server.running()
    server.start()
    assert server.running()
    assert postmaster(server).pid != hanging.pid


def test_a_server_whose_socket_was_removed_is_replaced(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    before = postmaster(server)
    (server.socket_dir / ".s.PGSQL.5432").unlink()
    server.start()
    assert server.running()
    assert postmaster(server).pid != before.pid


def test_stop_ends_a_server_that_hangs(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    hanging = postmaster(server)
    hanging.suspend()
    server.stop(timeout_s=1)
    assert not hanging.is_running() or hanging.status() == psutil.STATUS_ZOMBIE


def test_stop_does_not_wait_for_sessions(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    with psycopg.connect(server.url("postgres")):
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 3


def test_a_kill_while_the_data_folder_is_made_leaves_nothing_half_made(home: Path):
    starter = run_python(START, str(home))
    with starter:
        deadline = time.monotonic() + 20
        while not list(home.glob("postgres/.new-*/base")):
            assert time.monotonic() < deadline
        starter.kill()
    assert not (home / "postgres" / "18").exists()
    server = EmbeddedPostgres(home)
    server.start()
    assert server.running()


def test_two_homes_run_side_by_side(new_home: Callable[[str], Path]):
    one, other = EmbeddedPostgres(new_home("one")), EmbeddedPostgres(new_home("other"))
    one.start()
    other.start()
    one.ensure_database("only_here")
    assert answer(other, "SELECT count(*) FROM pg_database WHERE datname = 'only_here'") == 0
    one.stop()
    assert other.running()


@pytest.mark.parametrize(
    "name", ["with spaces", "a,comma", 'it\'s "$(touch x)" `quoted`', "ünï", "x" * 200], ids=str.__len__
)
def test_any_name_of_a_home_works(new_home: Callable[[str], Path], name: str):
    server = EmbeddedPostgres(new_home(name))
    server.start()
    server.ensure_database("x")
    assert answer(server, "SELECT 1") == 1
    with psycopg.connect(server.url("x")) as connection:
        assert connection.info.host == str(server.socket_dir)
    assert len(os.fsencode(server.socket_dir / ".s.PGSQL.5432")) <= 103
    server.stop()
    server.start()
    assert server.running()


def test_the_socket_of_a_long_home_is_found_whatever_the_temporary_folder_is_now(
    new_home: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
):
    server = EmbeddedPostgres(new_home("x" * 200))
    server.start()
    before = server.url("postgres")
    monkeypatch.setattr(tempfile, "tempdir", str(Path(tempfile.gettempdir()) / "elsewhere"))
    assert EmbeddedPostgres(server._home).url("postgres") == before


def test_a_long_home_under_a_long_temporary_folder_has_a_socket_all_the_same(
    new_home: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
):
    long = new_home("t" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    server = EmbeddedPostgres(new_home("x" * 200))
    server.start()
    try:
        assert answer(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_socket_folder_that_somebody_else_has_prepared_is_refused(new_home: Callable[[str], Path]):
    server = EmbeddedPostgres(new_home("x" * 200))
    elsewhere = new_home("elsewhere")
    elsewhere.mkdir()
    server.socket_dir.symlink_to(elsewhere)
    try:
        with pytest.raises(ConfigurationError, match="remove it and start again"):
            server.start()
    finally:
        server.socket_dir.unlink()


def test_the_log_says_why_a_server_cannot_start(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    with (home / "postgres" / "18" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(ConfigurationError, match="no_such_setting"):
        server.start()
    assert "no_such_setting" in server.log_tail()


@as_root
def test_as_root_the_server_runs_as_an_account_that_can_only_pass_through_the_home(home: Path):
    home.parent.chmod(0o700)
    server = EmbeddedPostgres(home)
    server.start()
    account = pwd.getpwnam(embedded.SYSTEM_USER)
    assert set(postmaster(server).uids()) == {account.pw_uid}
    assert postmaster(server).gids().real == account.pw_gid
    modes = {folder: folder.stat().st_mode & 0o777 for folder in (home, *home.iterdir(), home.parent)}
    assert all(mode & 0o077 in (0, 0o001) for mode in modes.values()), modes
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres" / "18").stat().st_mode & 0o777 == 0o700


@as_root
def test_no_other_user_can_connect(home: Path):
    server = EmbeddedPostgres(home)
    server.start()
    done = subprocess.run(
        [
            str(embedded._programs() / "pg_isready"),
            f"--host={server.socket_dir}",
            "--username=apptrack",
        ],
        user="nobody",
        extra_groups=[],
        cwd="/",
        check=False,
        capture_output=True,
    )
    assert done.returncode == 2


@as_root
def test_parents_of_another_user_are_never_opened(new_home: Callable[[str], Path]):
    foreign = new_home("foreign")
    foreign.mkdir(mode=0o700)
    os.chown(foreign, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(ConfigurationError, match=r"run apptrack as nobody.*chmod o\+x"):
        EmbeddedPostgres(foreign / "home").start()
    assert foreign.stat().st_mode & 0o777 == 0o700


def _as_nobody(home: Path, outcome: multiprocessing.connection.Connection) -> None:
    entry = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    server = EmbeddedPostgres(home)
    server.start()
    outcome.send((postmaster(server).uids().real, answer(server, "SELECT 1"), home.stat().st_mode & 0o777))
    server.stop()
    outcome.send(server.running())


@as_root
def test_as_an_ordinary_user_the_server_runs_as_that_user_and_the_home_stays_closed():
    entry = pwd.getpwnam("nobody")
    top = Path(tempfile.mkdtemp(prefix="at-"))
    os.chown(top, entry.pw_uid, entry.pw_gid)
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("fork")  # the interpreter itself may be closed to that user
    process = context.Process(target=_as_nobody, args=(top / "home", there))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert here.recv() == (entry.pw_uid, 1, 0o700)
    assert here.recv() is False
    # And root, coming later, runs the server as the one whom its data belongs to.
    server = EmbeddedPostgres(top / "home")
    server.start()
    assert postmaster(server).uids().real == entry.pw_uid
    server.stop()
    shutil.rmtree(top)


def test_signals_of_the_terminal_do_not_reach_the_server(home: Path):
    # It says when it has started: a signal within `start` may be swallowed, and it would pause for ever.
    code = START + "import signal; print('started', flush=True); signal.pause()"
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(home)], start_new_session=True, stdout=subprocess.PIPE
    )
    with starter:
        server = EmbeddedPostgres(home)
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"started\n"
        assert server.running()
        os.killpg(starter.pid, signal.SIGINT)
    time.sleep(0.3)
    assert server.running()
