"""Alembic's environment: migrates the database of `APPTRACK_DATABASE_URL`, or the embedded one.

`apptrack_pipeline.db.migrate` hands over an open connection; `alembic -c sql/alembic.ini` makes one itself.
"""

from __future__ import annotations

from pathlib import Path

from alembic import context
from sqlalchemy import inspect, text

from apptrack_pipeline.db.tables import Base

VIEWS = sorted((Path(__file__).resolve().parents[1] / "views").glob("*.sql"))

target_metadata = Base.metadata


def _run(connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        # Views are made anew after each migration: a table that a view reads cannot be altered under it,
        # and a view's file always speaks of today's tables.
        for view in reversed(VIEWS):
            connection.execute(text(f'DROP VIEW IF EXISTS "{view.stem}"'))
        context.run_migrations()
        if inspect(connection).has_table("applications"):
            for view in VIEWS:
                # By the driver itself: SQLAlchemy would take a % in a view for a parameter.
                connection.connection.driver_connection.execute(view.read_text(encoding="utf-8"))


connection = context.config.attributes.get("connection")
if connection is not None:
    _run(connection)
else:
    from apptrack_pipeline.db.connect import create_engine, ensure_server
    from apptrack_pipeline.settings import load_settings

    settings = load_settings()
    ensure_server(settings)
    engine = create_engine(settings)
    with engine.connect() as own_connection:
        _run(own_connection)
        own_connection.commit()
    engine.dispose()
