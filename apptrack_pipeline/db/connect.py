"""Which PostgreSQL databases the product uses, and how its processes connect to them.

There are two: the product's own and Dagster's, by default on the same server. Without
`APPTRACK_DATABASE_URL` that server is the embedded one.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

import psycopg
import sqlalchemy
from psycopg import sql

from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.settings import Settings

APP_DATABASE: Final = "apptrack"
DAGSTER_DATABASE: Final = "apptrack_dagster"
"""Names of the two databases on the embedded server."""

_OLDEST_SERVER: Final = 14
_CONNECT_TIMEOUT_S: Final = 10


def app_url(settings: Settings, driver: str | None = None) -> str:
    """Return the URL of the product's database, for libpq (no driver) or for SQLAlchemy with that driver."""
    if settings.database_url is None:
        return EmbeddedPostgres(settings.home).url(APP_DATABASE, driver)
    parts = _parsed(settings.database_url.get_secret_value(), "APPTRACK_DATABASE_URL")
    return _with_driver(parts, driver)


def dagster_url(settings: Settings, driver: str | None = "psycopg2") -> str:
    """Return the URL of Dagster's database, by default with the only driver that Dagster works with."""
    if settings.dagster_database_url is not None:
        parts = _parsed(settings.dagster_database_url.get_secret_value(), "APPTRACK_DAGSTER_DATABASE_URL")
        return _with_driver(parts, driver)
    if settings.database_url is None:
        return EmbeddedPostgres(settings.home).url(DAGSTER_DATABASE, driver)
    parts = _parsed(settings.database_url.get_secret_value(), "APPTRACK_DATABASE_URL")
    return _with_driver(parts._replace(path=f"{parts.path}_dagster"), driver)


def ensure_server(settings: Settings) -> None:
    """Make both databases reachable: start the embedded server if it is used, create what is missing.

    Raises ConfigurationError where a server of the user's own cannot be used as it is.
    """
    if settings.database_url is None:
        server = EmbeddedPostgres(settings.home)
        server.start()
        server.ensure_database(APP_DATABASE)
        if settings.dagster_database_url is None:
            server.ensure_database(DAGSTER_DATABASE)
    else:
        _ensure_external(app_url(settings), "APPTRACK_DATABASE_URL")
    if settings.dagster_database_url is not None:
        _ensure_external(dagster_url(settings, driver=None), "APPTRACK_DAGSTER_DATABASE_URL")
    elif settings.database_url is not None:
        _ensure_external(dagster_url(settings, driver=None), "APPTRACK_DATABASE_URL")


def create_engine(settings: Settings) -> sqlalchemy.Engine:
    """Return an engine for the product's database; every session speaks UTC."""
    engine = sqlalchemy.create_engine(
        app_url(settings, "psycopg"),
        pool_pre_ping=True,  # the embedded server may have been restarted since
        connect_args={"application_name": "apptrack"},
    )

    # Not by the connection parameter `options`, which PgBouncer refuses.
    @sqlalchemy.event.listens_for(engine, "connect")
    def _speak_utc(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.autocommit = True
        # DateStyle: psycopg reads ISO dates alone, and a server's default may be another.
        connection.execute("SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'")
        connection.autocommit = False

    return engine


def _parsed(url: str, setting: str) -> SplitResult:
    """Return the parts of `url`; no message ever repeats it, since it may carry a password."""
    parts = urlsplit(url)
    if parts.scheme.partition("+")[0] not in {"postgresql", "postgres"}:
        raise ConfigurationError(f"{setting} must look like postgresql://user:password@host:5432/apptrack")
    if parts.netloc.count("@") > 1:
        # libpq takes the first one for the end of the password, and would show the rest of it as the host.
        raise ConfigurationError(f"{setting} holds an @ in its user name or password: write it as %40")
    if len(parts.path) < 2 or "/" in parts.path[1:]:
        raise ConfigurationError(f"{setting} must name a database after the host, for example /apptrack")
    return parts


def _with_driver(parts: SplitResult, driver: str | None) -> str:
    return parts._replace(scheme="postgresql" if driver is None else f"postgresql+{driver}").geturl()


def _ensure_external(url: str, setting: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_TIMEOUT_S) as connection:
            _check_version(connection, setting)
            return
    except psycopg.OperationalError as error:
        # libpq does not say whether it is the database that is missing, so ask the server's own one.
        first_error = error
    parts = urlsplit(url)
    name = unquote(parts.path[1:])
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    try:
        with psycopg.connect(
            parts._replace(path="/postgres").geturl(),
            autocommit=True,
            connect_timeout=_CONNECT_TIMEOUT_S,
        ) as connection:
            _check_version(connection, setting)
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                raise ConfigurationError(f"{setting}: {str(first_error).strip()}") from first_error
            connection.execute(statement)
    except psycopg.errors.DuplicateDatabase:
        return  # another process was faster
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(
            f"{setting}: the database {name!r} is missing and this user may not create it; run as an "
            f"administrator of the server: {statement.as_string(None)} OWNER <this user>;"
        ) from error
    except psycopg.OperationalError:
        raise ConfigurationError(
            f"{setting}: the database {name!r} cannot be reached: {str(first_error).strip()}"
        ) from first_error


def _check_version(connection: psycopg.Connection[Any], setting: str) -> None:
    version = connection.info.server_version
    if version < _OLDEST_SERVER * 10_000:
        raise ConfigurationError(
            f"{setting} leads to PostgreSQL {version // 10_000}: use {_OLDEST_SERVER} or newer, or leave it "
            "unset for the embedded server"
        )
