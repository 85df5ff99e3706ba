from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from old_server import server_of_version

from apptrack_pipeline.db.connect import app_url, create_engine, dagster_url, ensure_server
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.settings import Settings


def external(url: str, **more: object) -> Settings:
    return Settings(database_url=url, **more)


@pytest.fixture
def home() -> Iterator[Path]:
    top = Path(tempfile.mkdtemp(prefix="at-"))
    yield top / "a home"
    EmbeddedPostgres(top / "a home").stop()
    shutil.rmtree(top)


@pytest.fixture
def unused_url(server_url: str) -> Iterator[str]:
    """URL of a database that does not exist."""
    name = f"unused_{uuid.uuid4().hex[:12]}"
    yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"DROP DATABASE IF EXISTS {name}_dagster")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg"])
def test_the_driver_is_ours_whatever_the_url_says_and_the_rest_is_kept(scheme: str):
    settings = external(f"{scheme}://me:p%40ss@db.example:5433/jobs?sslmode=require&connect_timeout=3")
    rest = "me:p%40ss@db.example:5433/jobs?sslmode=require&connect_timeout=3"
    assert app_url(settings) == f"postgresql://{rest}"
    assert app_url(settings, "psycopg") == f"postgresql+psycopg://{rest}"
    assert dagster_url(settings) == f"postgresql+psycopg2://{rest.replace('/jobs', '/jobs_dagster')}"


def test_dagster_may_have_a_server_of_its_own():
    settings = external("postgresql://a/b", dagster_database_url="postgresql://me@c:1/d?x=y")
    assert dagster_url(settings) == "postgresql+psycopg2://me@c:1/d?x=y"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:secret@h/d",
        "postgresql://me:secret@h",
        "me:secret@h/d",
        "postgresql://me:p@secret@h/d",
        "postgresql://me:p/secret@h/d",
    ],
)
def test_a_url_that_cannot_work_is_refused_without_being_repeated(url: str):
    with pytest.raises(ConfigurationError, match="APPTRACK_DATABASE_URL") as caught:
        app_url(external(url))
    assert "secret" not in str(caught.value)


def test_without_a_url_the_embedded_server_is_started_with_both_databases(home: Path):
    settings = Settings(home=home, database_url=None, dagster_database_url=None)
    ensure_server(settings)
    ensure_server(settings)
    for url in (app_url(settings), dagster_url(settings, driver=None)):
        with psycopg.connect(url) as connection:
            assert connection.info.server_version >= 180000
    for url in (app_url(settings, "psycopg"), dagster_url(settings)):
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT 1")).scalar() == 1
        engine.dispose()


def test_an_engine_survives_a_restart_of_the_server(home: Path):
    settings = Settings(home=home, database_url=None)
    ensure_server(settings)
    engine = create_engine(settings)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    server = EmbeddedPostgres(home)
    server.stop()
    server.start()
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_every_session_speaks_utc_and_says_whose_it_is(engine: sa.Engine):
    with engine.connect() as connection:
        assert connection.execute(sa.text("SHOW TimeZone")).scalar() == "UTC"
        assert connection.execute(sa.text("SHOW application_name")).scalar() == "apptrack"
        connection.rollback()
        assert connection.execute(sa.text("SHOW TimeZone")).scalar() == "UTC"


def test_databases_missing_on_a_server_of_the_users_own_are_created(unused_url: str):
    settings = external(unused_url)
    ensure_server(settings)
    ensure_server(settings)
    for url in (app_url(settings), dagster_url(settings, driver=None)):
        psycopg.connect(url).close()


def test_a_user_who_may_not_create_databases_is_told_the_statement(server_url: str, unused_url: str):
    role = f"weak_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'hidden'")
        parts = urlsplit(unused_url)
        weak = parts._replace(netloc=f"{role}:hidden@{parts.netloc.rpartition('@')[2]}").geturl()
        with pytest.raises(ConfigurationError) as caught:
            ensure_server(external(weak))
        connection.execute(f"DROP ROLE {role}")
    assert f'CREATE DATABASE "{parts.path[1:]}" OWNER' in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("setting", ["database_url", "dagster_database_url"])
def test_a_server_that_is_too_old_is_named_with_what_to_do(server_url: str, unused_url: str, setting: str):
    with server_of_version("13.22 (Debian 13.22-0+deb11u1)") as old:
        settings = Settings(**{"database_url": unused_url, setting: old})
        with pytest.raises(ConfigurationError) as caught:
            ensure_server(settings)
    assert str(caught.value) == (
        f"APPTRACK_{setting.upper()} leads to PostgreSQL 13: use 14 or newer, or leave it unset for the "
        "embedded server"
    )


def test_the_oldest_version_that_works_is_not_refused():
    with server_of_version("14.0") as oldest:
        ensure_server(Settings(database_url=oldest, dagster_database_url=oldest))


def test_a_server_that_does_not_answer_is_named_by_its_setting_without_the_password():
    with pytest.raises(ConfigurationError, match=r"APPTRACK_DATABASE_URL.*refused") as caught:
        ensure_server(external("postgresql://me:hidden@127.0.0.1:1/jobs"))
    assert "hidden" not in str(caught.value)
