"""Brings a database to the newest migration; the migrations themselves are in `sql/`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from apptrack_pipeline.db.connect import create_engine
from apptrack_pipeline.settings import Settings

# Two processes that start at once must not migrate at once; the number is arbitrary, but fixed.
_MIGRATION_LOCK = 7203418


def sql_folder() -> Path:
    """Return the folder `sql/`: at the top of a checkout, or inside the installed package."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_project" / "sql"
    return installed if installed.is_dir() else package.parent / "sql"


def alembic_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, bound to `connection` where one is given."""
    config = Config()
    config.set_main_option("script_location", str(sql_folder() / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the newest revision that this code knows."""
    revision = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if revision is None:
        raise RuntimeError("no migration found")
    return revision


def upgrade(settings: Settings) -> None:
    """Bring the database of `settings` to the newest revision; a second caller waits for the first."""
    engine = create_engine(settings)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            command.upgrade(alembic_config(connection), "head")
    finally:
        engine.dispose()


def current_and_head(settings: Settings) -> tuple[str | None, str]:
    """Return the database's revision (None: never migrated) and the newest one."""
    engine = create_engine(settings)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision(), head()
    finally:
        engine.dispose()
