"""Fixtures that every test may use: a real PostgreSQL, a database of its own for each test.

`APPTRACK_TEST_DATABASE_URL` runs the same tests on a server of your own (its user must be allowed to
create databases); unset, the embedded server is started once per test process.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import make_url

from apptrack_pipeline.db.connect import create_engine
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.settings import Settings

if TYPE_CHECKING:
    from pipelines import Pipeline

# No test speaks to the network: those that are about fetching say so, and bring their own Fetcher.
os.environ["APPTRACK_FETCH_POSTINGS"] = "never"

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of cases beside the project is missing")
    return SHARED_DATA


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """URL of a PostgreSQL server for tests, without a driver."""
    given = os.environ.get("APPTRACK_TEST_DATABASE_URL")
    if given:
        yield given
        return
    home = Path(tempfile.mkdtemp(prefix="at-test-"))
    server = EmbeddedPostgres(home)
    server.start()
    try:
        yield server.url("postgres")
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _with_database(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _execute(url: str, statement: str, *names: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def template_database(server_url: str) -> Iterator[str]:
    name = f"template_{uuid.uuid4().hex[:12]}"
    _execute(server_url, "CREATE DATABASE {}", name)
    upgrade(Settings(database_url=_with_database(server_url, name)))
    yield name
    _execute(server_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """URL of a database without a table."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _execute(server_url, "CREATE DATABASE {}", name)
    yield _with_database(server_url, name)
    _execute(server_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """URL of a migrated, empty database that no other test uses."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _execute(server_url, "CREATE DATABASE {} TEMPLATE {}", name, template_database)
    yield _with_database(server_url, name)
    _execute(server_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url, capture_wait_s=0)


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    engine = create_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def shared_engine(server_url: str, template_database: str) -> Iterator[sa.Engine]:
    """An engine of one migrated, empty database for all tests of a module that commit nothing."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _execute(server_url, "CREATE DATABASE {} TEMPLATE {}", name, template_database)
    engine = create_engine(Settings(database_url=_with_database(server_url, name)))
    yield engine
    engine.dispose()
    _execute(server_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def pipeline(settings: Settings) -> Iterator[Pipeline]:
    import dagster as dg  # here, since it takes a second that most tests need not wait for
    from pipelines import Pipeline

    with dg.DagsterInstance.ephemeral() as instance:
        pipeline = Pipeline(settings, instance)
        yield pipeline
        pipeline.database.engine.dispose()
