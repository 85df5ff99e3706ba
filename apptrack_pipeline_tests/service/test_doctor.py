from __future__ import annotations

import datetime as dt
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
from old_server import server_of_version

from apptrack_pipeline.db.connect import dagster_url, ensure_server
from apptrack_pipeline.service.doctor import Finding, _without_secrets, diagnose
from apptrack_pipeline.service.home import Addresses, prepare_home, write_addresses
from apptrack_pipeline.settings import Settings


def by_name(settings: Settings) -> dict[str, Finding]:
    findings = diagnose(settings)
    assert all(finding.what_to_do or finding.state == "ok" for finding in findings)
    return {finding.name: finding for finding in findings}


@pytest.fixture
def stranger() -> Iterator[str]:
    """A web server that is not ours, and answers 404 to everything."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_with_everything_off_each_thing_is_reported_with_what_to_do(tmp_path: Path):
    found = by_name(Settings(home=tmp_path / "none", api_port=1, ui_port=1, database_url=None))
    states = {name: finding.state for name, finding in found.items()}
    assert states == {
        "Python": "ok",
        "home folder": "warn",
        "token": "warn",
        "disk": "ok",
        "fetching": "ok",
        "PostgreSQL": "fail",
        "Dagster's database": "fail",
        "API": "fail",
        "Dagster's UI": "fail",
    }


def test_no_password_is_shown(tmp_path: Path):
    settings = Settings(home=tmp_path, database_url="postgresql://me:hidd%65n@hidden.invalid:1/hidden")
    assert "hidden" not in str(diagnose(settings)).replace("'hidden'", "")


def test_a_short_password_is_not_looked_for_inside_words(tmp_path: Path):
    url = "postgresql://me:{}@database.invalid:1/apptrack"
    short = diagnose(Settings(home=tmp_path, database_url=url.format("a")))
    long = diagnose(Settings(home=tmp_path, database_url=url.format("nowhere-else-to-be-found")))

    assert short == long
    assert "database.invalid" in str(short)


@pytest.mark.parametrize("password", ["geheim", "g+h", "%2B%40"])
def test_a_password_is_hidden_wherever_it_is_a_word(tmp_path: Path, password: str):
    url = f"postgresql://me:{password}@h.invalid/d"
    said = f"cannot use {url} with password={unquote(password)}, nor {password!r}"
    hidden = _without_secrets(Finding("x", "fail", said, "y"), Settings(home=tmp_path, database_url=url))

    assert password not in hidden.what_is_so
    assert unquote(password) not in hidden.what_is_so
    assert hidden.what_is_so.count("***") == 3


def test_a_url_that_cannot_be_read_is_a_finding(tmp_path: Path):
    found = by_name(Settings(home=tmp_path, database_url="mysql://me:secret@h/d"))
    assert found["PostgreSQL"].state == "fail"
    assert "secret" not in str(found)


def test_a_server_that_is_too_old_is_the_one_finding_about_the_database(tmp_path: Path):
    with server_of_version("13.22") as old:
        found = by_name(Settings(home=tmp_path, database_url=old, dagster_database_url="postgresql://h:1/d"))
    assert found["PostgreSQL"] == Finding(
        "PostgreSQL", "fail", "APPTRACK_DATABASE_URL is version 13", "use version 14 or newer"
    )
    assert "migrations" not in found


def test_a_migrated_database_without_resume_and_daemon(settings: Settings):
    prepare_home(settings)
    ensure_server(settings)
    found = by_name(settings)
    assert found["PostgreSQL"].state == "ok"
    assert found["migrations"].state == "ok"
    assert found["resume"].state == "warn"
    assert found["home folder"].state == "ok"
    assert found["token"].state == "ok"
    assert found["Dagster's database"].state == "ok"
    assert found["daemon"].what_is_so == "it has never run: nothing is processed"


@pytest.mark.parametrize(("age", "state"), [("10 seconds", "ok"), ("1 hour", "fail")])
def test_the_daemon_is_judged_by_its_last_sign_of_life(settings: Settings, age: str, state: str):
    ensure_server(settings)
    with psycopg.connect(dagster_url(settings, driver=None)) as connection:
        connection.execute("CREATE TABLE daemon_heartbeats (timestamp timestamp)")
        connection.execute(
            f"INSERT INTO daemon_heartbeats VALUES (now() AT TIME ZONE 'UTC' - interval '{age}')"
        )
    assert by_name(settings)["daemon"].state == state


def test_mail_says_for_each_account_how_it_stood_when_it_was_asked(settings: Settings):
    from apptrack_pipeline.db.database import Database
    from apptrack_pipeline.ingestion.mail import store

    prepare_home(settings)
    assert by_name(settings)["mail"].what_is_so == "no account is set: no mail is read"
    accounts = [{"name": name, "address": "me@example.org"} for name in ("new", "good", "away")]
    settings = Settings(home=settings.home, database_url=settings.database_url, mail_accounts=accounts)
    database = Database(settings)
    now = dt.datetime.now(dt.UTC)
    with database.begin() as connection:
        store.account_answered(connection, "good", now=now)
        store.account_has_trouble(connection, "away", "no route to host", now=now)
    database.engine.dispose()
    found = by_name(settings)
    assert [found[f"mail account {each['name']}"].state for each in accounts] == ["warn", "ok", "fail"]
    assert found["mail account away"].what_is_so == "no route to host"


def test_a_database_without_tables_says_to_migrate(empty_database_url: str, tmp_path: Path):
    found = by_name(Settings(home=tmp_path, database_url=empty_database_url))
    assert found["migrations"].what_to_do == "run `apptrack migrate`"
    assert found["resume"].state == "warn"


def test_an_open_home_and_a_readable_token_are_reported(tmp_path: Path):
    settings = Settings(home=tmp_path)
    prepare_home(settings)
    tmp_path.chmod(0o755)
    settings.token_file.chmod(0o644)
    found = by_name(settings)
    assert found["home folder"].what_to_do.startswith("chmod 700")
    assert found["token"].state == "fail"


def test_another_program_on_our_port_is_told_from_silence(tmp_path: Path, stranger: str):
    settings = Settings(home=tmp_path, database_url="postgresql://127.0.0.1:1/x")
    prepare_home(settings)
    write_addresses(settings, Addresses(api=stranger, ui=None))
    found = by_name(settings)
    assert "does not answer as it should" in found["API"].what_is_so
    assert "APPTRACK_API_PORT" in found["API"].what_to_do
    assert found["Dagster's UI"].state == "ok"


def test_a_missing_folder_of_recorded_answers_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://h:1/d", fetch_postings="automatic")
    assert by_name(settings)["fetching"].state == "ok"
    missing = settings.model_copy(update={"fetch_archive": tmp_path / "answers"})
    assert by_name(missing)["fetching"].state == "fail"
    (tmp_path / "answers").mkdir()
    assert by_name(missing)["fetching"].state == "ok"
