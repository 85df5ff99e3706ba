"""Says what is configured, what is reachable, and what to do about each thing that is not.

Every check works while everything is off: it reports, and never raises. No finding shows a secret.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import socket
import stat
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

import psycopg

from apptrack_pipeline.db.connect import app_url, dagster_url
from apptrack_pipeline.db.migrate import current_and_head
from apptrack_pipeline.domain import ApptrackError
from apptrack_pipeline.service.home import read_addresses
from apptrack_pipeline.settings import Settings

_START: Final = "start it with `apptrack up`"
_OLDEST_PYTHON: Final = (3, 11)
_OLDEST_SERVER: Final = 14
_LOW_DISK_BYTES: Final = 2 * 1024**3
_FULL_DISK_BYTES: Final = 256 * 1024**2
_STALE_HEARTBEAT: Final = dt.timedelta(seconds=120)  # the daemon writes one every 30 s
# Whoever may only pass through the home cannot list it; PostgreSQL's own account needs that under root.
_OTHERS_MAY_READ: Final = stat.S_IRWXG | stat.S_IROTH | stat.S_IWOTH


@dataclass(frozen=True)
class Finding:
    """What one check has found; `what_to_do` is empty where nothing is to be done."""

    name: str
    state: Literal["ok", "warn", "fail"]
    what_is_so: str
    what_to_do: str = ""


def diagnose(settings: Settings) -> list[Finding]:
    """Check everything that an instance needs, in the order in which one thing depends on another."""
    checks: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
        ("Python", _python),
        ("home folder", _home),
        ("token", _token),
        ("disk", _disk),
        ("fetching", _fetching),
        ("PostgreSQL", _database),
        ("Dagster's database", _dagster),
        ("API", _api),
        ("Dagster's UI", _ui),
    )
    findings: list[Finding] = []
    for name, check in checks:
        try:
            findings += check(settings)
        except ApptrackError as error:
            findings.append(Finding(name, "fail", str(error), "correct it, then run `apptrack doctor` again"))
        except Exception as error:
            what = f"the check failed: {type(error).__name__}: {_one_line(error)}"
            findings.append(Finding(name, "fail", what, "see the logs; this should not happen"))
    return [_without_secrets(finding, settings) for finding in findings]


def _python(_settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _OLDEST_PYTHON:
        yield Finding("Python", "fail", version, "use Python 3.11 or newer")
    else:
        yield Finding("Python", "ok", version)


def _home(settings: Settings) -> Iterator[Finding]:
    name, home = "home folder", settings.home
    if not home.is_dir():
        yield Finding(name, "warn", f"{home} does not exist yet", _START)
    elif not os.access(home, os.W_OK | os.X_OK):
        yield Finding(name, "fail", f"{home} cannot be written to", "set APPTRACK_HOME to a folder of yours")
    elif home.stat().st_mode & _OTHERS_MAY_READ:
        yield Finding(name, "warn", f"other users can look into {home}", f"chmod 700 '{home}'")
    else:
        yield Finding(name, "ok", f"{home}, closed to other users")


def _token(settings: Settings) -> Iterator[Finding]:
    path = settings.token_file
    try:
        found = path.stat()
    except FileNotFoundError:
        yield Finding("token", "warn", "there is none yet", _START)
        return
    if found.st_mode & 0o077:
        yield Finding("token", "fail", f"other users may read {path}", f"chmod 600 '{path}', and renew it")
    elif found.st_size == 0:
        yield Finding("token", "fail", f"{path} is empty", "remove it and start `apptrack up` again")
    else:
        yield Finding("token", "ok", f"{path}, readable by you alone")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(path for path in (settings.home, *settings.home.parents) if path.is_dir())
    free = shutil.disk_usage(folder).free
    state: Literal["ok", "warn", "fail"] = "ok"
    if free < _LOW_DISK_BYTES:
        state = "warn" if free > _FULL_DISK_BYTES else "fail"
    todo = "" if state == "ok" else "free some space: PostgreSQL stops when there is none"
    yield Finding("disk", state, f"{free / 1024**3:.1f} GiB free at {folder}", todo)


def _fetching(settings: Settings) -> Iterator[Finding]:
    archive = settings.fetch_archive
    if settings.fetch_postings == "never":
        yield Finding("fetching", "ok", "no posting is fetched: APPTRACK_FETCH_POSTINGS is never")
    elif archive is None:
        when = "by itself and when asked" if settings.fetch_postings == "automatic" else "when asked"
        yield Finding("fetching", "ok", f"postings are fetched from their sites, {when}")
    elif archive.is_dir():
        yield Finding("fetching", "ok", f"postings are taken from the recorded answers in {archive}")
    else:
        todo = "correct APPTRACK_FETCH_ARCHIVE, or leave it unset"
        yield Finding("fetching", "fail", f"{archive}, the folder of recorded answers, is missing", todo)


def _database(settings: Settings) -> Iterator[Finding]:
    name = "PostgreSQL"
    whose = "the embedded server" if settings.database_url is None else "APPTRACK_DATABASE_URL"
    todo = _START if settings.database_url is None else "check APPTRACK_DATABASE_URL and that server"
    try:
        connection = psycopg.connect(app_url(settings), connect_timeout=5)
    except psycopg.OperationalError as error:
        yield Finding(name, "fail", f"{whose} does not answer: {_one_line(error)}", todo)
        return
    with connection:
        version = connection.info.server_version
        if version < _OLDEST_SERVER * 10_000:
            yield Finding(name, "fail", f"{whose} is version {version // 10_000}", "use version 14 or newer")
            return
        yield Finding(name, "ok", f"{whose} answers, version {version // 10_000}.{version % 10_000}")
        yield from _migrations(settings)
        yield _resume(connection)
        yield from _mail(connection, settings)


def _migrations(settings: Settings) -> Iterator[Finding]:
    name = "migrations"
    current, head = current_and_head(settings)
    if current == head:
        yield Finding(name, "ok", f"the database is at {head}, the newest")
    elif current is None:
        yield Finding(name, "fail", "the database has no tables yet", "run `apptrack migrate`")
    else:
        yield Finding(
            name,
            "fail",
            f"the database is at {current}, this version of apptrack at {head}",
            "run `apptrack migrate`, or install the newer version that has migrated it",
        )


def _resume(connection: psycopg.Connection[Any]) -> Finding:
    try:
        found = connection.execute("SELECT filename FROM resumes WHERE active").fetchone()
    except psycopg.errors.UndefinedTable:
        return Finding("resume", "warn", "there is no table for it yet", "run `apptrack migrate`")
    if found is None:
        return Finding(
            "resume",
            "warn",
            "there is none: postings are not compared with anything",
            "`apptrack resume add`",
        )
    return Finding("resume", "ok", f"{found[0]} is in use")


def _mail(connection: psycopg.Connection[Any], settings: Settings) -> Iterator[Finding]:
    """Say how each account stood when it was asked last; asking now might lock one with a wrong password."""
    if not settings.mail_accounts:
        todo = "set APPTRACK_MAIL_ACCOUNTS, or `apptrack import mail` a file"
        yield Finding("mail", "warn", "no account is set: no mail is read", todo)
    try:
        rows = connection.execute(
            "SELECT name, answered_at, trouble, refused_credentials IS NOT NULL FROM mail_accounts"
        ).fetchall()
    except psycopg.errors.UndefinedTable:
        yield Finding("mail", "warn", "there is no table for it yet", "run `apptrack migrate`")
        return
    known = {row[0]: row[1:] for row in rows}
    for account in settings.mail_accounts:
        name = f"mail account {account.name}"
        answered_at, trouble, refused = known.get(account.name, (None, None, False))
        again = f"then run `apptrack mail check {account.name}`"
        if refused:
            what = f"its login was refused, and is not tried again: {trouble}"
            yield Finding(name, "fail", what, f"correct it, {again}")
        elif trouble is not None:
            yield Finding(name, "fail", trouble, f"correct it, {again}")
        elif answered_at is None:
            yield Finding(name, "warn", "it has not been asked yet", _START)
        else:
            yield Finding(name, "ok", f"it answered {_ago(dt.datetime.now(dt.UTC) - answered_at)}")
    for box, trouble in connection.execute(
        "SELECT account || '/' || name, trouble FROM mailboxes WHERE trouble IS NOT NULL ORDER BY 1"
    ).fetchall():
        todo = "correct the account's folders, or import the files again; what is due there waits"
        yield Finding(f"mailbox {box}", "fail", trouble, todo)
    quarantined = connection.execute("SELECT count(*) FROM email_uids WHERE state = 'quarantined'").fetchone()
    if quarantined is not None and quarantined[0]:
        yield Finding(
            "mail",
            "warn",
            f"{quarantined[0]} messages could not be read",
            "materialize their days again with take_again; the check no_message_in_quarantine names them",
        )


def _dagster(settings: Settings) -> Iterator[Finding]:
    name = "Dagster's database"
    try:
        connection = psycopg.connect(dagster_url(settings, driver=None), connect_timeout=5)
    except psycopg.OperationalError as error:
        yield Finding(name, "fail", f"it does not answer: {_one_line(error)}", _START)
        return
    with connection:
        yield Finding(name, "ok", "it answers")
        try:
            # A timestamp without a zone, in UTC.
            row = connection.execute("SELECT max(timestamp) FROM daemon_heartbeats").fetchone()
        except psycopg.errors.UndefinedTable:
            row = None
    last = None if row is None else row[0]
    if last is None:
        yield Finding("daemon", "fail", "it has never run: nothing is processed", _START)
        return
    age = dt.datetime.now(dt.UTC).replace(tzinfo=None) - last
    if age > _STALE_HEARTBEAT:
        yield Finding("daemon", "fail", f"its last sign of life is {_ago(age)}: nothing is processed", _START)
    else:
        yield Finding("daemon", "ok", f"its last sign of life is {_ago(age)}")


def _api(settings: Settings) -> Iterator[Finding]:
    known = read_addresses(settings)
    url = f"http://{settings.api_host}:{settings.api_port}" if known is None else known.api
    yield _listener("API", url, "/api/v1/health/live", "APPTRACK_API_PORT")


def _ui(settings: Settings) -> Iterator[Finding]:
    known = read_addresses(settings)
    if known is not None and known.ui is None:
        yield Finding("Dagster's UI", "ok", "this instance runs without it")
        return
    url = f"http://127.0.0.1:{settings.ui_port}" if known is None or known.ui is None else known.ui
    yield _listener("Dagster's UI", url, "/server_info", "APPTRACK_UI_PORT")


def _listener(name: str, url: str, path: str, setting: str) -> Finding:
    """Tell apart who answers: ours, nobody, or another program on our port."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url + path, timeout=3.0):
            return Finding(name, "ok", f"{url} answers")
    except Exception as error:
        # Every kind of broken answer comes here; whether it is our own server cannot be told from it.
        problem = _one_line(error)
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 80), timeout=2.0).close()
    except OSError:
        return Finding(name, "fail", f"nothing answers at {url}", _START)
    return Finding(
        name,
        "fail",
        f"something listens at {url}, but does not answer as it should: {problem}",
        f"if it is another program, set {setting} to a free port; if not, see the logs",
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _ago(age: dt.timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s ago"
    if seconds < 7200:
        return f"{seconds // 60} min ago"
    return f"{seconds // 3600} h ago"


def _without_secrets(finding: Finding, settings: Settings) -> Finding:
    secrets = [
        account.password.get_secret_value()
        for account in settings.mail_accounts
        if account.password is not None
    ]
    for url in (settings.database_url, settings.dagster_database_url):
        password = None if url is None else urlsplit(url.get_secret_value()).password
        if password:
            secrets += [password, unquote(password)]
    text = finding.what_is_so
    for secret in sorted(secrets, key=len, reverse=True):
        # As a word of its own: inside other words a password of one letter would be found everywhere.
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
    return replace(finding, what_is_so=text)
