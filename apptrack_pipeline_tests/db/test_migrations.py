"""The migrations: they make what the models say, take it all back, and guard what must stay true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from apptrack_pipeline.db.connect import create_engine
from apptrack_pipeline.db.migrate import alembic_config, current_and_head, head, upgrade
from apptrack_pipeline.db.tables import Base, Delivery
from apptrack_pipeline.settings import Settings

HEADINGS = [
    "Application ID",
    "Company Name",
    "Job Title",
    "Status",
    "Application Date",
    "Source",
    "Job Location",
    "Job URL",
    "Employment Type",
    "Salary Range",
    "Analysis Match Score",
    "Qualifications Met",
    "Qualifications Missing",
    "Skills Suggestions",
    "Last Event Type",
    "Last Event Date",
    "Notes",
]

DELIVERY = [name for name, value in vars(Delivery).items() if isinstance(value, sa.orm.MappedColumn)]
EVIDENCE = [column.name for column in Base.metadata.tables["captures"].columns if column.name not in DELIVERY]

OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
OBJECTS = f"""
SELECT 'relation ' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}
UNION ALL
SELECT 'function ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS}
UNION ALL
SELECT 'type ' || t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {OURS}
UNION ALL
SELECT 'extension ' || e.extname FROM pg_extension e WHERE e.extname <> 'plpgsql'
UNION ALL
SELECT 'schema ' || n.nspname FROM pg_namespace n
WHERE n.nspname <> 'public' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""

# What a table is, down to each predicate, default and comment, as PostgreSQL itself writes it.
CATALOGUE = f"""
SELECT 'column', c.relname, a.attname,
    concat_ws(' | ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
        pg_get_expr(d.adbin, d.adrelid), 'identity ' || nullif(a.attidentity::text, ''),
        'generated ' || nullif(a.attgenerated::text, ''), col_description(c.oid, a.attnum))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND {OURS}
UNION ALL
SELECT 'constraint', t.relname, k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE {OURS} AND k.contype <> 'n'
UNION ALL
SELECT 'index', n.tablename, n.indexname, n.indexdef
FROM (SELECT schemaname AS nspname, * FROM pg_indexes) AS n WHERE {OURS}
UNION ALL
SELECT 'table', c.relname, '', coalesce(obj_description(c.oid), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND {OURS}
"""

_UPGRADE = """
import sys
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.settings import Settings
print("ready", flush=True)
sys.stdin.readline()
upgrade(Settings())
"""


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", database_url=empty_database_url)


@pytest.fixture
def empty_engine(empty: Settings) -> Iterator[sa.Engine]:
    engine = create_engine(empty)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(shared_engine: sa.Engine) -> Iterator[sa.Connection]:
    """A migrated, empty database; nothing is committed."""
    with shared_engine.connect() as connection:
        yield connection


def downgrade(engine: sa.Engine, revision: str = "base") -> None:
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), revision)


def objects(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.exec_driver_sql(OBJECTS).scalars())


def catalogue(engine: sa.Engine) -> set[tuple[str, ...]]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(CATALOGUE)
        return {tuple(row) for row in rows if row[1] != "alembic_version"}


def test_an_empty_database_is_brought_to_the_newest_revision(empty: Settings) -> None:
    assert current_and_head(empty) == (None, head())
    upgrade(empty)
    assert current_and_head(empty) == (head(), head())


def test_alembic_finds_no_difference_between_migrations_and_models(connection: sa.Connection) -> None:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_make_the_very_tables_that_the_models_describe(
    shared_engine: sa.Engine, empty_engine: sa.Engine
) -> None:
    # Alembic compares neither check constraints nor the predicates of partial indexes.
    Base.metadata.create_all(empty_engine)
    migrated, described = catalogue(shared_engine), catalogue(empty_engine)
    assert sorted(migrated - described) == []
    assert sorted(described - migrated) == []


def test_a_downgrade_leaves_nothing_but_alembics_own_table(empty: Settings, empty_engine: sa.Engine) -> None:
    upgrade(empty)
    downgrade(empty_engine)
    left = {name for name in objects(empty_engine) if "alembic_version" not in name}
    assert left == set()


def test_what_was_downgraded_can_be_upgraded_again_to_the_same(
    empty: Settings, empty_engine: sa.Engine
) -> None:
    upgrade(empty)
    before = catalogue(empty_engine), objects(empty_engine)
    downgrade(empty_engine)
    upgrade(empty)
    assert (catalogue(empty_engine), objects(empty_engine)) == before


def test_upgrading_what_is_up_to_date_changes_nothing(empty: Settings, empty_engine: sa.Engine) -> None:
    upgrade(empty)
    before = catalogue(empty_engine), objects(empty_engine)
    upgrade(empty)
    assert (catalogue(empty_engine), objects(empty_engine)) == before


def test_processes_that_upgrade_at_once_wait_for_one_another(
    empty: Settings, empty_engine: sa.Engine, empty_database_url: str
) -> None:
    environment = {
        **os.environ,
        "APPTRACK_DATABASE_URL": empty_database_url,
        "APPTRACK_HOME": str(empty.home),
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", _UPGRADE],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    errors = [worker.communicate(timeout=60)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], errors
    assert current_and_head(empty) == (head(), head())
    assert "relation tracker_export" in objects(empty_engine)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    empty: Settings, empty_engine: sa.Engine
) -> None:
    with empty_engine.begin() as connection:
        # One of the last tables of the first revision is in the way.
        connection.exec_driver_sql("CREATE TABLE timeline_events (id int)")
    before = objects(empty_engine)
    with pytest.raises(sa.exc.ProgrammingError, match="timeline_events"):
        upgrade(empty)
    assert objects(empty_engine) == before
    assert current_and_head(empty)[0] is None


def test_the_view_of_the_export_has_the_17_headings_in_their_order(connection: sa.Connection) -> None:
    columns = connection.exec_driver_sql(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'tracker_export'"
        " ORDER BY ordinal_position"
    )
    assert list(columns.scalars()) == HEADINGS


def test_every_table_says_what_one_row_of_it_is(connection: sa.Connection) -> None:
    comments = dict(
        connection.exec_driver_sql(
            "SELECT relname, obj_description(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
        ).all()
    )
    assert set(comments) == set(Base.metadata.tables)
    assert [table for table, comment in comments.items() if "row per" not in (comment or "")] == []


def indexes(connection: sa.Connection) -> list[tuple[str, str, bool]]:
    """Table, name and uniqueness of each index that is not a primary key."""
    rows = connection.exec_driver_sql(
        "SELECT t.relname, i.relname, x.indisunique FROM pg_index x"
        " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid"
        " WHERE NOT x.indisprimary AND i.relnamespace = 'public'::regnamespace"
    )
    return [tuple(row) for row in rows]


def test_there_are_at_least_28_indexes_besides_the_primary_keys(connection: sa.Connection) -> None:
    assert len(indexes(connection)) >= 28


def test_every_index_is_named_for_its_table_and_the_query_that_it_serves(connection: sa.Connection) -> None:
    wrong = [
        name
        for table, name, unique in indexes(connection)
        if not re.fullmatch(rf"{'uq' if unique else 'ix'}_{table}_[a-z][a-z_]*[a-z]", name)
    ]
    assert wrong == []


def test_no_two_indexes_of_a_table_are_the_same(connection: sa.Connection) -> None:
    rows = connection.exec_driver_sql(
        "SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+ ', 'INDEX '), array_agg(indexname)"
        " FROM pg_indexes WHERE schemaname = 'public' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    assert rows.all() == []


def test_every_moment_is_kept_with_its_time_zone(connection: sa.Connection) -> None:
    naive = connection.exec_driver_sql(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"
    )
    assert naive.all() == []


# --- captures are evidence ---------------------------------------------------------------------------------


CAPTURE = """
INSERT INTO captures (id, application_id, first_of_url, job_posting_url, canonical_url, url_hash, fields,
    body, body_hash, source, captured_at)
VALUES (gen_random_uuid(), gen_random_uuid(), true, 'https://jobs.example.org/1',
    'https://jobs.example.org/1', sha256('url'), '{}', '{}', sha256('body'), 'api', now())
"""


@pytest.mark.parametrize("column", EVIDENCE)
def test_the_evidence_of_a_capture_cannot_be_changed(connection: sa.Connection, column: str) -> None:
    connection.exec_driver_sql(CAPTURE)
    value = "DEFAULT" if column == "seq" else column
    with pytest.raises(sa.exc.DBAPIError, match="raw evidence"):
        connection.exec_driver_sql(f"UPDATE captures SET {column} = {value}")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "'running'"),
        ("due_at", "now() + interval '1 minute'"),
        ("attempts", "attempts + 1"),
        ("claimed_by", "'run'"),
        ("claimed_at", "now()"),
        ("finished_at", "now()"),
        ("reported_at", "now()"),
        ("last_error", "'an error'"),
    ],
)
def test_the_delivery_of_a_capture_can_be_changed(connection: sa.Connection, column: str, value: str) -> None:
    connection.exec_driver_sql(CAPTURE)
    assert connection.exec_driver_sql(f"UPDATE captures SET {column} = {value}").rowcount == 1


def test_every_column_of_a_capture_is_either_evidence_or_delivery() -> None:
    assert sorted(DELIVERY) == [
        "attempts",
        "claimed_at",
        "claimed_by",
        "due_at",
        "finished_at",
        "last_error",
        "reported_at",
        "state",
    ]


def test_an_upsert_cannot_change_evidence_either(connection: sa.Connection) -> None:
    connection.exec_driver_sql(CAPTURE)
    with pytest.raises(sa.exc.DBAPIError, match="raw evidence"):
        connection.exec_driver_sql(
            CAPTURE + "ON CONFLICT (url_hash, body_hash) DO UPDATE SET body = excluded.body"
        )


def test_a_url_has_one_first_capture(connection: sa.Connection) -> None:
    connection.exec_driver_sql(CAPTURE)
    with pytest.raises(sa.exc.IntegrityError, match="uq_captures_first_of_url"):
        connection.exec_driver_sql(CAPTURE.replace("sha256('body')", "sha256('another')"))


def test_the_same_body_for_the_same_url_is_kept_once(connection: sa.Connection) -> None:
    connection.exec_driver_sql(CAPTURE)
    with pytest.raises(sa.exc.IntegrityError, match="uq_captures_same_body_again"):
        connection.exec_driver_sql(CAPTURE.replace("true", "false"))


# --- what the constraints refuse ---------------------------------------------------------------------------

APPLICATION = """
INSERT INTO applications (id, status, status_since, source, first_evidence_at, last_evidence_at, row_hash,
    fold_version, run_id, changed_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'applied', now(), 'api', now(), now(), '', 'v', 'r', now())
"""
A = "'00000000-0000-7000-8000-000000000001'"
RESULT = f"""
INSERT INTO analysis_results (id, application_id, result_key, is_current, score, reason, met, missing,
    suggestions, method, method_version, posting_hash, duration_s, run_id, analysed_at)
VALUES (gen_random_uuid(), {A}, sha256('key'), true, 50, NULL, '[]', '[]', '[]', 'm', 'v', '', 0.1, 'r',
    now())
"""
EVENT = f"""
INSERT INTO timeline_events (id, application_id, event_type, occurred_at, recorded_at, summary, dedupe_key)
VALUES (gen_random_uuid(), {A}, 'application_created', now(), now(), 'created', 'created')
"""
POSTING = f"""
INSERT INTO job_postings (application_id, completeness, fields, content_hash, parser_version, run_id,
    derived_at, salary_min, salary_max)
VALUES ({A}, 'full', '{{}}', '', 'v', 'r', now(), 50000, 60000)
"""
RUN = f"""
INSERT INTO application_runs (run_id, application_id, stage, attempt, outcome, started_at, ended_at)
VALUES ('r', {A}, 'applications', 1, 'succeeded', now(), now())
"""
DECISION = f"""
INSERT INTO decisions (id, application_id, kind, payload, decided_at, actor)
VALUES (gen_random_uuid(), {A}, 'status', '{{}}', now(), 'me')
"""
SCRAPER = f"""
INSERT INTO scraper_queue (id, application_id, work_key, reason, enqueued_at, state)
VALUES (gen_random_uuid(), {A}, sha256('key'), 'capture', now(), 'due')
"""
RESUME = """
INSERT INTO resumes (id, filename, content, content_hash, active, uploaded_at)
VALUES (gen_random_uuid(), 'cv.md', '', sha256('1'), true, now())
"""


def changed(statement: str, old: str, new: str) -> str:
    assert statement.count(old) >= 1
    return statement.replace(old, new, 1)


REFUSED = [
    ("ck_applications_status", changed(APPLICATION, "'applied'", "'ghosted'")),
    ("ck_analysis_results_score", changed(RESULT, "50", "101")),
    ("ck_analysis_results_score", changed(RESULT, "50", "-1")),
    ("ck_analysis_results_reason", changed(RESULT, "50", "NULL")),
    ("ck_timeline_events_event_type", changed(EVENT, "'application_created'", "'application_deleted'")),
    ("ck_job_postings_completeness", changed(POSTING, "'full'", "'complete'")),
    ("ck_job_postings_salary", changed(POSTING, "50000", "60000.01")),
    ("ck_application_runs_stage", changed(RUN, "'applications'", "'no_stage'")),
    ("ck_application_runs_outcome", changed(RUN, "'succeeded'", "'ok'")),
    ("ck_decisions_kind", changed(DECISION, "'status'", "'guess'")),
    ("ck_scraper_queue_state", changed(SCRAPER, "'due'", "'waiting'")),
    ("ck_captures_url_hash", changed(CAPTURE, "sha256('url')", "'short'")),
    ("ck_captures_body_hash", changed(CAPTURE, "sha256('body')", "'short'")),
]


@pytest.mark.parametrize(("constraint", "statement"), REFUSED, ids=[name for name, _ in REFUSED])
def test_a_value_outside_of_its_range_is_refused(
    connection: sa.Connection, constraint: str, statement: str
) -> None:
    if not statement.startswith(APPLICATION[:40]):
        connection.exec_driver_sql(APPLICATION)
    with pytest.raises(sa.exc.IntegrityError, match=constraint):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", [RESULT, EVENT, POSTING, RUN, DECISION, SCRAPER, CAPTURE, RESUME])
def test_a_value_inside_of_its_range_is_taken(connection: sa.Connection, statement: str) -> None:
    connection.exec_driver_sql(APPLICATION)
    assert connection.exec_driver_sql(statement).rowcount == 1


def test_a_reason_for_review_without_the_mark_is_refused(connection: sa.Connection) -> None:
    connection.exec_driver_sql(APPLICATION)
    with pytest.raises(sa.exc.IntegrityError, match="ck_applications_review"):
        connection.exec_driver_sql("UPDATE applications SET review_reasons = '{damaged_capture}'")


TWICE = [
    ("uq_analysis_results_current_of_application", RESULT, changed(RESULT, "sha256('key')", "sha256('2')")),
    ("uq_analysis_results_same_inputs_again", RESULT, changed(RESULT, "true", "false")),
    ("uq_timeline_events_same_event_again", EVENT, EVENT),
    ("uq_scraper_queue_same_work_again", SCRAPER, SCRAPER),
    ("uq_resumes_active", RESUME, changed(RESUME, "sha256('1')", "sha256('2')")),
    ("uq_resumes_same_file_again", RESUME, changed(RESUME, "true", "false")),
    ("pk_application_runs", RUN, RUN),
    ("pk_job_postings", POSTING, POSTING),
]


@pytest.mark.parametrize(("constraint", "first", "second"), TWICE, ids=[name for name, *_ in TWICE])
def test_what_there_is_one_of_cannot_be_there_twice(
    connection: sa.Connection, constraint: str, first: str, second: str
) -> None:
    connection.exec_driver_sql(APPLICATION)
    connection.exec_driver_sql(first)
    with pytest.raises(sa.exc.IntegrityError, match=constraint):
        connection.exec_driver_sql(second)


@pytest.mark.parametrize("statement", [RESULT, EVENT, POSTING, SCRAPER])
def test_what_is_derived_for_an_application_needs_the_application(
    connection: sa.Connection, statement: str
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="foreign key"):
        connection.exec_driver_sql(statement)


def test_what_is_derived_goes_with_its_application_and_the_evidence_stays(
    connection: sa.Connection, count: Callable[[str], Any]
) -> None:
    for statement in (APPLICATION, RESULT, EVENT, POSTING, SCRAPER, CAPTURE, DECISION):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("DELETE FROM applications")
    derived = ["analysis_results", "timeline_events", "job_postings", "scraper_queue", "tracker_rows"]
    assert [count(table) for table in derived] == [0, 0, 0, 0, 0]
    assert [count(table) for table in ("captures", "decisions")] == [1, 1]


@pytest.fixture
def count(connection: sa.Connection) -> Callable[[str], Any]:
    return lambda table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
