"""Every query that runs often uses the index that was made for it, on 50,000 applications.

Where the code issues the query, its own SQL is taken and explained, so that neither can drift from the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from apptrack_pipeline.correlation.facts import Decided
from apptrack_pipeline.correlation.linking import store as linking
from apptrack_pipeline.correlation.store import (
    enqueue_concerned_mail,
    load_captures,
    load_decisions,
    load_facts,
    load_mails,
    own_moves,
    stale,
)
from apptrack_pipeline.db import queues
from apptrack_pipeline.db.connect import create_engine
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.moves import Moves, load_moves
from apptrack_pipeline.db.queues import (
    ANALYSIS_QUEUE,
    CAPTURES,
    DECISIONS,
    PARSER_QUEUE,
    POSTING_QUEUE,
    SCRAPER_QUEUE,
    Claim,
    RetryPolicy,
)
from apptrack_pipeline.domain import EventType
from apptrack_pipeline.export.store import refresh_tracker_rows, stale_rows
from apptrack_pipeline.settings import Settings
from apptrack_pipeline.timeline.ledger import replace_derived
from apptrack_pipeline.timeline.runs import newest_run_seq

APPLICATIONS = 50_000
LARGE = {
    "applications",
    "captures",
    "decisions",
    "job_postings",
    "analysis_results",
    "timeline_events",
    "application_runs",
    "scraped_postings",
    "scraper_queue",
    "posting_queue",
    "analysis_queue",
    "tracker_rows",
    "resumes",
    "parser_queue",
    "mail",
    "email_uids",
    "mail_signals",
    "mail_links",
}

# Application n has the id 0192…n: ids of one time lie together, as those of UUIDv7 do.
FILL = """
SET synchronous_commit = off;
CREATE FUNCTION pg_temp.app(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('0192' || lpad(to_hex(n), 28, '0'))::uuid $$;

INSERT INTO applications (id, company_name, company_key, job_title, title_key, status, status_since,
    applied_at, source, job_url, canonical_url, url_hash, needs_review, archived_at, first_evidence_at,
    last_evidence_at, row_hash, fold_version, run_id, changed_at)
SELECT pg_temp.app(n), 'Company ' || n % 5000, 'company ' || n % 5000, 'Engineer ' || n % 300,
    'engineer ' || n % 300, (ARRAY['saved', 'applied', 'applied', 'rejected', 'rejected', 'interview',
    CASE WHEN n % 100 = 6 THEN 'offer' ELSE 'applied' END,
    'withdrawn', 'screening', 'saved'])[1 + n % 10], at, CASE WHEN n % 10 > 0 THEN at END, 'api',
    'https://jobs.example.org/' || n, 'https://jobs.example.org/' || n, sha256(n::text::bytea), n % 200 = 0,
    CASE WHEN n % 7 = 0 THEN at END, at, at, sha256(n::text::bytea), 'v', 'run', at
FROM (SELECT n, timestamptz '2026-11-01' - n * interval '7 minutes' AS at
      FROM generate_series(1, {applications}) AS n) AS s;

INSERT INTO captures (id, application_id, first_of_url, job_posting_url, canonical_url, url_hash, fields,
    body, body_hash, source, captured_at, state, due_at, attempts, claimed_by, reported_at)
SELECT gen_random_uuid(), pg_temp.app(n), true, 'https://jobs.example.org/' || n,
    'https://jobs.example.org/' || n, sha256(n::text::bytea), '{{"has_page": false}}', '{{}}', sha256('body'),
    'api', at, CASE WHEN n % 1000 = 0 THEN 'due' WHEN n % 1000 = 1 THEN 'running' ELSE 'done' END, at, 1,
    'run-' || n / 25, CASE WHEN n % 1000 <> 1 THEN at END
FROM (SELECT n, timestamptz '2026-11-01' - n * interval '7 minutes' AS at
      FROM generate_series(1, {applications}) AS n) AS s;

INSERT INTO decisions (id, application_id, kind, payload, decided_at, actor, state, due_at, claimed_by,
    reported_at)
SELECT gen_random_uuid(), pg_temp.app(n), CASE WHEN n % 500 = 0 THEN 'merge' ELSE 'note' END, '{{}}', at,
    'me', CASE WHEN n % 1000 = 0 THEN 'due' ELSE 'done' END, at, 'run-' || n / 25,
    CASE WHEN n % 1000 <> 1 THEN at END
FROM (SELECT n, timestamptz '2026-11-01' - n * interval '7 minutes' AS at
      FROM generate_series(1, {applications}, 2) AS n) AS s;

INSERT INTO job_postings (application_id, title, completeness, requisition_id, fields, content_hash,
    parser_version, run_id, derived_at)
SELECT id, job_title, CASE WHEN needs_review THEN 'blank' ELSE 'full' END, 'R-' || id, '{{}}', row_hash, 'v',
    'run', changed_at FROM applications;

INSERT INTO analysis_results (id, application_id, result_key, is_current, score, met, missing, suggestions,
    method, method_version, posting_hash, duration_s, run_id, analysed_at)
SELECT gen_random_uuid(), id, row_hash, true, 61, '[]', '[]', '[]', 'm', 'v', row_hash, 0.1, 'run', changed_at
FROM applications;

INSERT INTO timeline_events (id, application_id, event_type, occurred_at, recorded_at, summary, dedupe_key,
    run_id)
SELECT gen_random_uuid(), id, CASE WHEN needs_review AND k = 3 THEN 'scrape_failed' ELSE kind END,
    changed_at + k * interval '1 minute', changed_at, 's', kind || id, 'run-' || right(id::text, 4)
FROM applications, unnest(ARRAY['application_created', 'browser_capture', 'analysis_completed'])
    WITH ORDINALITY AS e (kind, k);

INSERT INTO application_runs (run_id, application_id, stage, attempt, outcome, lost_events, started_at,
    ended_at)
SELECT 'run-' || right(id::text, 4), id, stage, 1, 'succeeded', CASE WHEN status = 'offer' AND needs_review
    THEN 1 ELSE 0 END, changed_at, changed_at
FROM applications, unnest(ARRAY['applications', 'job_postings']) AS stage;

INSERT INTO scraper_queue (id, application_id, work_key, reason, enqueued_at, state, due_at, attempts,
    claimed_by, reported_at, finished_at)
SELECT gen_random_uuid(), application_id, body_hash, 'capture', due_at,
    CASE WHEN state = 'done' AND right(application_id::text, 3) = 'abc' THEN 'failed' ELSE state END,
    due_at, attempts, claimed_by, reported_at, due_at FROM captures;
INSERT INTO posting_queue (id, application_id, work_key, reason, enqueued_at, state, due_at, attempts,
    claimed_by, reported_at, finished_at)
SELECT gen_random_uuid(), application_id, work_key, 'capture', enqueued_at, state, due_at, attempts,
    claimed_by, reported_at, finished_at FROM scraper_queue;
INSERT INTO scraped_postings (id, application_id, posting_url, kind, url, host, http_status, final_url,
    headers, body, fetched_at, run_id)
SELECT gen_random_uuid(), id, job_url, kind, job_url, 'jobs.example.org', 200, job_url, '{{"etag": "1"}}',
    decode('789c030000000001', 'hex'), changed_at, 'run-' || right(id::text, 4)
FROM applications, unnest(ARRAY['api', 'page']) AS kind;
INSERT INTO analysis_queue (id, application_id, work_key, reason, enqueued_at, state, due_at, attempts,
    claimed_by, reported_at, finished_at)
SELECT gen_random_uuid(), application_id, work_key, 'posting', enqueued_at, state, due_at, attempts,
    claimed_by, reported_at, finished_at FROM scraper_queue;

INSERT INTO resumes (id, filename, content, content_hash, active, uploaded_at)
SELECT pg_temp.app(n), 'cv.md', 'x', sha256(n::text::bytea), n = 1, now() FROM generate_series(1, 2000) AS n;
INSERT INTO resume_data (resume_id, text, facts, parser_version, run_id, parsed_at)
SELECT id, 'x', '{{}}', 'v', 'run', now() FROM resumes;
INSERT INTO parser_queue (id, resume_id, work_key, reason, enqueued_at, state, claimed_by, reported_at)
SELECT gen_random_uuid(), id, content_hash, 'uploaded', now(), CASE WHEN active THEN 'due' ELSE 'done' END,
    'run', now() FROM resumes;

INSERT INTO tracker_rows (application_id, status, source, row_hash, changed_at)
SELECT id, status, source, row_hash, changed_at FROM applications;

INSERT INTO mail (id, account, content_key, message_id, gmail_message_id, received_at, day, size, verdict,
    certainty, reader_version, run_id)
SELECT pg_temp.app(n), 'home', sha256(n::text::bytea), n || '@example.org', n, at, at::date, 4000, 'not_job',
    1, 'v', 'run'
FROM (SELECT n, timestamptz '2026-11-01' - n * interval '10 minutes' AS at
      FROM generate_series(1, {applications}) AS n) AS s;
INSERT INTO email_uids (id, account, mailbox, uidvalidity, uid, received_at, day, size, state, mail_id,
    seen_at, gmail_thread_id)
SELECT id, account, 'INBOX', 1, n, received_at, day, size, CASE WHEN n % 500 = 0 THEN 'due' ELSE 'taken' END,
    CASE WHEN n % 500 > 0 THEN id END, received_at, n / 2
FROM (SELECT *, gmail_message_id::bigint AS n FROM mail) AS m;
INSERT INTO mail_signals (mail_id, category, certainty, needs_review, decided, trust, signals, reader_version,
    run_id, derived_at)
SELECT id, verdict, 1, false, false, 'other', '{{}}', 'v', 'run', received_at FROM mail;
INSERT INTO mail_links (mail_id, event, application_id, outcome, reason, decided, creates, evidence,
    match_keys, received_at, matcher_version, run_id, derived_at)
SELECT id, 0, CASE WHEN gmail_message_id % 3 > 0 THEN id END,
    CASE WHEN gmail_message_id % 3 > 0 THEN 'linked' ELSE 'unmatched' END, '', false, false, '{{}}',
    ARRAY['co:company ' || gmail_message_id % 5000, 'id:' || message_id], received_at, 'v', 'run', received_at
FROM mail;
UPDATE applications SET match_keys = ARRAY['co:' || company_key, 'url:' || left(url_hash::text, 16)],
    merged_into = CASE WHEN right(id::text, 3) = 'fff' THEN pg_temp.app(1) END;
"""


def app(number: int) -> uuid.UUID:
    return uuid.UUID(int=(0x0192 << 112) + number)


MANY = [app(n) for n in range(25_000, 25_025)]
NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
MIDDLE = NOW - dt.timedelta(days=100)
POLICY = RetryPolicy()


@dataclass(frozen=True)
class Plan:
    """How PostgreSQL would run one statement."""

    statement: str
    tree: Mapping[str, Any]

    def nodes(self) -> Iterator[Mapping[str, Any]]:
        waiting = [self.tree]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])

    @property
    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes() if "Index Name" in node}

    @property
    def scanned(self) -> set[str]:
        """Large tables that are read from end to end."""
        return {node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"} & LARGE

    @property
    def sorts(self) -> bool:
        return any("Sort" in node["Node Type"] for node in self.nodes())


@pytest.fixture(scope="module")
def full_settings(server_url: str, template_database: str) -> Iterator[Settings]:
    """A database of 50,000 applications, filled once for all tests; they commit nothing."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
        url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            fill(connection)
        yield Settings(database_url=url)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fill(connection: psycopg.Connection[Any]) -> None:
    """Fill the tables in a third of the time: without looking up each foreign key, indexes afterwards."""
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
        connection.execute("SET session_replication_role = replica")
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = indexname::regclass)"
    ).fetchall()
    connection.execute("".join(f"DROP INDEX {name};" for name, _ in indexes))
    connection.execute(FILL.format(applications=APPLICATIONS))
    connection.execute(";".join(definition for _, definition in indexes))
    connection.execute("VACUUM ANALYZE")


@pytest.fixture(scope="module")
def full_engine(full_settings: Settings) -> Iterator[sa.Engine]:
    engine = create_engine(full_settings)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(full_engine: sa.Engine) -> Iterator[sa.Connection]:
    with full_engine.connect() as connection:
        yield connection


def explain(connection: sa.Connection, statement: str, parameters: Any = None) -> Plan:
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    return Plan(statement, found[0]["Plan"])


@pytest.fixture
def plans_of(connection: sa.Connection) -> Callable[..., list[Plan]]:
    """Call a function of the code with a connection, and return the plan of each statement that it issued."""

    def run(function: Callable[..., Any], *arguments: Any, **named: Any) -> list[Plan]:
        issued: list[tuple[str, Any]] = []

        def note(_1: Any, _2: Any, statement: str, parameters: Any, _3: Any, _4: Any) -> None:
            if "SAVEPOINT" not in statement:
                issued.append((statement, parameters))

        sa.event.listen(connection, "before_cursor_execute", note)
        try:
            with connection.begin_nested() as savepoint:
                function(connection, *arguments, **named)
                savepoint.rollback()
        finally:
            sa.event.remove(connection, "before_cursor_execute", note)
        assert issued, "no statement was issued"
        return [explain(connection, *item) for item in issued]

    return run


PlansOf = Callable[..., Sequence[Plan]]


def test_the_tables_are_as_large_as_this_file_says(connection: sa.Connection) -> None:
    count = connection.exec_driver_sql("SELECT count(*) FROM timeline_events").scalar_one()
    assert count == 3 * APPLICATIONS


def test_a_query_without_an_index_would_be_noticed(connection: sa.Connection) -> None:
    plan = explain(connection, "SELECT * FROM applications WHERE job_url = 'x' ORDER BY notes")
    assert (plan.scanned, plan.indexes, plan.sorts) == ({"applications"}, set(), True)


# --- the queues --------------------------------------------------------------------------------------------

EVERY_QUEUE = [CAPTURES, DECISIONS, SCRAPER_QUEUE, POSTING_QUEUE, ANALYSIS_QUEUE, PARSER_QUEUE]
every_queue = pytest.mark.parametrize("queue", EVERY_QUEUE, ids=lambda table: table.name)


@every_queue
def test_due_work_is_found_by_its_index_without_sorting(plans_of: PlansOf, queue: sa.Table) -> None:
    (plan,) = plans_of(queues.due_work, queue, now=NOW, limit=500)
    assert plan.indexes == {f"ix_{queue.name}_due"}
    assert (plan.scanned, plan.sorts) == (set(), False)


@every_queue
def test_dead_claims_are_found_among_the_unreported_alone(plans_of: PlansOf, queue: sa.Table) -> None:
    holders, *rest = plans_of(queues.release_dead_claims, queue, now=NOW, policy=POLICY)
    assert holders.indexes == {f"ix_{queue.name}_unreported"}
    assert [plan.scanned for plan in [holders, *rest]] == [set()] * (1 + len(rest))


@pytest.mark.parametrize("queue", [CAPTURES, SCRAPER_QUEUE, ANALYSIS_QUEUE, DECISIONS], ids=lambda q: q.name)
def test_a_claim_reads_only_the_due_work_or_that_of_its_owners(plans_of: PlansOf, queue: sa.Table) -> None:
    (plan,) = plans_of(queues.claim, queue, MANY, run_id="run", now=NOW)
    assert plan.scanned == set()
    assert plan.indexes & {
        f"ix_{queue.name}_due",
        f"uq_{queue.name}_same_work_again",
        f"ix_{queue.name}_evidence_of_application",
        f"ix_{queue.name}_of_application",
    }


@pytest.mark.parametrize("queue", [CAPTURES, SCRAPER_QUEUE, ANALYSIS_QUEUE, DECISIONS], ids=lambda q: q.name)
def test_the_end_of_work_is_written_by_the_primary_key(
    connection: sa.Connection, plans_of: PlansOf, queue: sa.Table
) -> None:
    row = connection.execute(sa.select(queue.c.id, queue.c.application_id).limit(1)).one()
    connection.execute(
        sa.update(queue).where(queue.c.id == row.id).values(state="running", claimed_by="this run")
    )
    item = Claim(row.id, row.application_id, 1)
    (plan,) = plans_of(queues.complete, queue, [item], run_id="this run", now=NOW)
    assert plan.scanned == set()
    assert plan.indexes & {f"pk_{queue.name}", f"ix_{queue.name}_unreported"}


@every_queue
def test_reporting_reads_the_unreported_alone(plans_of: PlansOf, queue: sa.Table) -> None:
    (plan,) = plans_of(queues.mark_reported, queue, run_id="run-40", now=NOW)
    assert plan.indexes == {f"ix_{queue.name}_unreported"}
    assert plan.scanned == set()


def test_a_sensor_that_asks_all_day_long_still_uses_the_index(full_engine: sa.Engine) -> None:
    # After five times psycopg prepares the statement; after five more PostgreSQL may plan it once for all,
    # and a plan for any state could not use the index of what is due.
    with full_engine.connect() as connection:
        for _ in range(30):
            queues.due_work(connection, SCRAPER_QUEUE, now=NOW, limit=500)
        prepared = connection.exec_driver_sql(
            "SELECT generic_plans FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT scraper_queue.id%%'"
        ).scalars()
        assert list(prepared) == [0]


# --- evidence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [[app(7)], MANY], ids=["one", "25"])
def test_the_evidence_of_applications_is_read_by_their_ids(
    plans_of: PlansOf, ids: Sequence[uuid.UUID]
) -> None:
    (captures,) = plans_of(load_captures, ids)
    assert (captures.indexes, captures.scanned) == ({"ix_captures_evidence_of_application"}, set())
    (decisions,) = plans_of(load_decisions, ids)
    assert (decisions.indexes, decisions.scanned) == ({"ix_decisions_of_application"}, set())
    (mails,) = plans_of(load_mails, ids)
    assert (mails.indexes, mails.scanned) == (
        {"ix_mail_links_of_application", "pk_mail", "pk_mail_signals"},
        set(),
    )


def test_merges_and_splits_are_read_without_reading_all_decisions(plans_of: PlansOf) -> None:
    (moves,) = plans_of(load_moves)
    assert (moves.indexes, moves.scanned) == ({"ix_decisions_in_force_by_kind"}, set())
    (own,) = plans_of(own_moves, app(7))
    assert (own.indexes, own.scanned) == ({"ix_decisions_of_application"}, set())


def test_what_mail_is_compared_with_is_read_by_the_ids_of_its_applications(plans_of: PlansOf) -> None:
    plans = [*plans_of(load_facts, MANY), *plans_of(stale, MANY, Moves())]
    assert [plan.scanned for plan in plans] == [set()] * len(plans)


def test_the_mail_that_an_application_may_concern_is_found_by_its_keys(plans_of: PlansOf) -> None:
    (mail,) = plans_of(enqueue_concerned_mail, app(7), ["co:company 7"], since=MIDDLE, now=NOW)
    assert {"ix_mail_links_of_application", "ix_mail_links_by_match_key"} <= mail.indexes
    assert mail.scanned == set()


def test_what_is_near_a_mail_is_found_by_keys_and_ids(plans_of: PlansOf) -> None:
    def look(connection: sa.Connection) -> None:
        near = linking.Near(connection, Moves(), Decided())
        found = near.mails(["co:company 7", "id:9@example.org"], ["co:company 8"], [app(11)])
        assert len(found) == 0, "these mails report nothing"
        assert near.applications(["co:company 7"], [app(11)])

    plans = plans_of(look)
    assert [plan.scanned for plan in plans] == [set()] * len(plans)
    used = set().union(*(plan.indexes for plan in plans))
    assert {
        "ix_mail_links_by_match_key",
        "ix_mail_links_of_application",
        "ix_applications_by_match_key",
    } <= used


def test_the_mail_of_some_days_that_has_no_link_is_found_without_reading_all_mail(plans_of: PlansOf) -> None:
    (plan,) = plans_of(linking.mails_of_days, MIDDLE.date(), MIDDLE.date(), all_of_them=False)
    assert plan.scanned == set()
    (counts,) = plans_of(linking.account_for, MIDDLE.date(), MIDDLE.date())
    assert counts.scanned <= {"link_queue"}  # it is empty here


def test_the_pages_of_an_application_are_read_by_its_id(plans_of: PlansOf) -> None:
    from apptrack_pipeline.scraping.store import captures_of, pages_of

    first, *bodies = plans_of(
        lambda connection: list(pages_of(connection, captures_of(connection, app(7), Moves())))
    )
    assert (first.indexes, first.scanned) == ({"ix_captures_evidence_of_application"}, set())
    assert [plan.indexes for plan in bodies] == [{"pk_captures"}]


def test_the_answers_of_a_posting_are_read_by_its_application(plans_of: PlansOf) -> None:
    from apptrack_pipeline.postings.platform import Request
    from apptrack_pipeline.scraping.responses import _answer_before, looks_of

    url = "https://jobs.example.org/7"
    (before,) = plans_of(_answer_before, app(7), Request(url, "page"))
    assert (before.indexes, before.scanned) == ({"ix_scraped_postings_latest_of_application"}, set())
    newest, *bodies = plans_of(lambda connection: list(looks_of(connection, [app(7)], [url])))
    assert (newest.indexes, newest.scanned) == ({"ix_scraped_postings_latest_of_application"}, set())
    assert [plan.indexes for plan in bodies] == [{"pk_scraped_postings"}] * 2


def test_an_answer_that_confirms_another_is_found_when_that_goes(connection: sa.Connection) -> None:
    plan = explain(connection, "SELECT FROM scraped_postings WHERE confirms_id = %(id)s", {"id": str(app(7))})
    assert (plan.indexes, plan.scanned) == ({"ix_scraped_postings_confirmations"}, set())


def test_whether_a_posting_is_being_fetched_is_read_from_its_own_work(plans_of: PlansOf) -> None:
    from apptrack_pipeline.scraping.store import is_being_fetched, is_routine

    plans = [*plans_of(is_being_fetched, app(7), now=NOW), *plans_of(is_routine, app(7), run_id="run")]
    for plan in plans:
        assert (plan.indexes, plan.scanned) == ({"uq_scraper_queue_same_work_again"}, set())


def test_the_application_of_a_url_is_found_by_the_first_capture_of_it(connection: sa.Connection) -> None:
    plan = explain(
        connection,
        "SELECT application_id FROM captures WHERE first_of_url AND url_hash = %(hash)s",
        {"hash": hashlib.sha256(b"77").digest()},
    )
    assert (plan.indexes, plan.scanned) == ({"uq_captures_first_of_url"}, set())


@pytest.mark.parametrize("rows", [1, 64])
def test_a_capture_is_taken_in_without_reading_the_others(full_settings: Settings, rows: int) -> None:
    from apptrack_pipeline.db.connect import app_url
    from apptrack_pipeline.ingestion import intake

    async def plan() -> Plan:
        async with await psycopg.AsyncConnection.connect(app_url(full_settings)) as connection:
            await intake.prepare_connection(connection)
            hashes = [hashlib.sha256(f"new {n}".encode()).digest() for n in range(rows)]
            ids, texts, moments = [uuid.uuid4() for _ in hashes], ["x"] * rows, [NOW] * rows
            fields = [psycopg.types.json.Jsonb({})] * rows
            values = [ids, ids, texts, texts, hashes, fields, hashes, hashes, texts, moments, moments]
            cursor = await connection.execute(f"EXPLAIN (FORMAT JSON) {intake._ADD}", values)
            row = await cursor.fetchone()
            assert row is not None
            return Plan(intake._ADD, row[0][0]["Plan"])

    found = asyncio.run(plan())
    assert found.scanned == set()
    assert {"uq_captures_first_of_url", "uq_captures_same_body_again"} <= found.indexes


def test_decisions_in_force_are_found_by_their_kind(connection: sa.Connection) -> None:
    plan = explain(
        connection, "SELECT * FROM decisions WHERE kind = 'merge' AND undone_at IS NULL ORDER BY decided_at"
    )
    assert (plan.indexes, plan.scanned) == ({"ix_decisions_in_force_by_kind"}, set())


# --- one application ---------------------------------------------------------------------------------------


def test_an_application_is_shown_by_its_indexes_alone(plans_of: PlansOf) -> None:
    from apptrack_pipeline.api.applications import _view

    plans = plans_of(_view, app(31_000))
    assert [plan.scanned for plan in plans] == [set()] * len(plans)
    used = set().union(*(plan.indexes for plan in plans))
    assert {
        "pk_applications",
        "pk_job_postings",
        "uq_analysis_results_current_of_application",
        "ix_timeline_events_of_application",
    } <= used


ONE = {"id": app(31_000), "at": MIDDLE, "limit": 50}
# What lists and pages ask; the API does not ask all of it yet.
QUERIES = {
    "timeline of an application, newest first": (
        "ix_timeline_events_of_application",
        "SELECT * FROM timeline_events WHERE application_id = %(id)s"
        " ORDER BY occurred_at DESC, seq DESC LIMIT 50",
    ),
    "timeline of an application, next page": (
        "ix_timeline_events_of_application",
        "SELECT * FROM timeline_events WHERE application_id = %(id)s AND (occurred_at, seq) < (%(at)s, 1000)"
        " ORDER BY occurred_at DESC, seq DESC LIMIT 50",
    ),
    "events of a type, newest first": (
        "ix_timeline_events_by_type",
        "SELECT * FROM timeline_events WHERE event_type = 'scrape_failed' ORDER BY occurred_at DESC LIMIT 50",
    ),
    "events of a run": (
        "ix_timeline_events_of_run",
        "SELECT * FROM timeline_events WHERE run_id = 'run-4e20'",
    ),
    "newest applications": (
        "ix_applications_list_newest",
        "SELECT * FROM applications ORDER BY last_evidence_at DESC, id DESC LIMIT 50",
    ),
    "newest applications, next page": (
        "ix_applications_list_newest",
        "SELECT * FROM applications WHERE archived_at IS NULL AND (last_evidence_at, id) < (%(at)s, %(id)s)"
        " ORDER BY last_evidence_at DESC, id DESC LIMIT 50",
    ),
    "applications of a status, next page": (
        "ix_applications_list_by_status",
        "SELECT * FROM applications WHERE status = 'offer' AND (last_evidence_at, id) < (%(at)s, %(id)s)"
        " ORDER BY last_evidence_at DESC, id DESC LIMIT 50",
    ),
    "applications of a company": (
        "ix_applications_list_by_company",
        "SELECT * FROM applications WHERE company_key = 'company 77' ORDER BY last_evidence_at DESC LIMIT 50",
    ),
    "applications by the date of application, next page": (
        "ix_applications_list_by_applied_date",
        "SELECT * FROM applications WHERE (applied_at, id) < (%(at)s, %(id)s)"
        " ORDER BY applied_at DESC NULLS LAST, id DESC LIMIT 50",
    ),
    "applications to review, next page": (
        "ix_applications_review_list",
        "SELECT * FROM applications WHERE needs_review AND archived_at IS NULL AND last_evidence_at < %(at)s"
        " ORDER BY last_evidence_at DESC LIMIT 50",
    ),
    "open applications of a company and a title": (
        "ix_applications_open_of_company",
        "SELECT * FROM applications WHERE company_key = 'company 77' AND title_key = 'engineer 77'"
        " AND status NOT IN ('accepted', 'declined', 'rejected', 'withdrawn')",
    ),
    "applications of a URL": (
        "ix_applications_by_url",
        "SELECT * FROM applications WHERE url_hash = sha256('77'::bytea)",
    ),
    "applications with a word": (
        "ix_applications_search_text",
        "SELECT * FROM applications WHERE search @@ websearch_to_tsquery('simple', '4711')",
    ),
    "applications with the beginning of a word": (
        "ix_applications_search_text",
        "SELECT * FROM applications WHERE search @@ to_tsquery('simple', '471:*')",
    ),
    "runs of an application": (
        "ix_application_runs_of_application",
        "SELECT * FROM application_runs WHERE application_id = %(id)s ORDER BY started_at DESC LIMIT 50",
    ),
    "current analysis": (
        "uq_analysis_results_current_of_application",
        "SELECT * FROM analysis_results WHERE application_id = %(id)s AND is_current",
    ),
    "posting of a requisition": (
        "ix_job_postings_by_requisition",
        "SELECT * FROM job_postings WHERE requisition_id = 'R-1'",
    ),
    "rows changed since": (
        "ix_tracker_rows_changed",
        "SELECT application_id FROM tracker_rows WHERE changed_at > '2026-10-31' ORDER BY changed_at",
    ),
    "work that was given up": (
        "ix_scraper_queue_failed",
        "SELECT * FROM scraper_queue WHERE state = 'failed' ORDER BY finished_at DESC LIMIT 50",
    ),
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_list_is_read_by_the_index_that_is_made_for_it(connection: sa.Connection, query: str) -> None:
    index, statement = QUERIES[query]
    plan = explain(connection, statement, ONE)
    assert plan.indexes == {index}, json.dumps(plan.tree, indent=1)
    assert plan.scanned == set()


@pytest.mark.parametrize("query", [query for query in QUERIES if "next page" in query])
def test_the_next_page_is_read_without_sorting(connection: sa.Connection, query: str) -> None:
    assert not explain(connection, QUERIES[query][1], ONE).sorts


# --- timeline, runs and export -----------------------------------------------------------------------------


def test_retracting_events_reads_those_of_the_application_alone(plans_of: PlansOf) -> None:
    (plan,) = plans_of(
        replace_derived, app(31_000), [], event_types=[EventType.BROWSER_CAPTURE], run_id="run", now=NOW
    )
    assert (plan.indexes, plan.scanned) == ({"ix_timeline_events_of_application"}, set())


def test_the_newest_run_is_the_first_of_its_index(plans_of: PlansOf) -> None:
    (plan,) = plans_of(newest_run_seq)
    assert (plan.indexes, plan.scanned) == ({"ix_application_runs_newest"}, set())


EXPORTED = {
    "pk_applications",
    "pk_job_postings",
    "uq_analysis_results_current_of_application",
    "ix_timeline_events_of_application",
}


@pytest.mark.parametrize("ids", [[app(7)], MANY], ids=["one", "25"])
def test_the_rows_of_a_run_are_refreshed_without_reading_all_others(
    plans_of: PlansOf, ids: Sequence[uuid.UUID]
) -> None:
    merged, plan = plans_of(refresh_tracker_rows, ids, now=NOW)
    assert (merged.scanned, plan.scanned) == (set(), set())
    assert plan.indexes >= EXPORTED


def test_looking_for_stale_rows_reads_what_newer_runs_worked_on_alone(
    connection: sa.Connection, plans_of: PlansOf
) -> None:
    newest = newest_run_seq(connection)
    (plan,) = plans_of(stale_rows, since_seq=newest - 100)
    assert plan.scanned == set()
    assert plan.indexes >= EXPORTED | {"ix_application_runs_newest", "pk_tracker_rows"}


# --- checks and the resume ---------------------------------------------------------------------------------


def test_postings_without_a_description_are_found_by_their_index(full_settings: Settings) -> None:
    from apptrack_pipeline.scraping.checks import postings_have_a_description

    (plan,) = plans_of_check(full_settings, postings_have_a_description)
    assert (plan.indexes, plan.scanned) == ({"ix_job_postings_without_description"}, set())


def test_lost_events_are_found_by_their_index(full_settings: Settings) -> None:
    from apptrack_pipeline.correlation.checks import no_lost_events

    (plan,) = plans_of_check(full_settings, no_lost_events)
    assert plan.scanned == set()
    assert plan.indexes <= {
        "ix_application_runs_lost_events",
        "ix_application_runs_of_application",
        "pk_application_runs",
    }


def plans_of_check(settings: Settings, check: Callable[..., Any]) -> list[Plan]:
    """Run an asset check, and return the plan of each statement that it issued."""
    database = Database(settings)
    issued: list[tuple[str, Any]] = []
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda *given: issued.append((given[2], given[3]))
    )
    check(database=database)
    with database.begin() as connection:
        found = [explain(connection, *item) for item in list(issued)]
    database.engine.dispose()
    return found


def test_the_active_resume_is_found_among_many(plans_of: PlansOf) -> None:
    from apptrack_pipeline.analysis import store

    def ask(connection: sa.Connection) -> None:
        connection.execute(
            sa.text("UPDATE resume_data SET facts = '{}' WHERE false")  # the facts of this file are no facts
        )
        store.active_resume(connection)

    *_, plan = plans_of(ask)
    assert plan.indexes == {"uq_resumes_active", "pk_resume_data"}


def test_the_result_to_make_current_is_found_by_its_key(plans_of: PlansOf) -> None:
    from apptrack_pipeline.analysis.store import make_current

    plans = plans_of(make_current, app(31_000), b"key")
    assert [plan.scanned for plan in plans] == [set(), set()]
    # An application has few results: the index of their history is as good as that of their keys.
    assert plans[1].indexes <= {
        "uq_analysis_results_same_inputs_again",
        "ix_analysis_results_history_of_application",
    }


def test_the_posting_to_analyse_is_found_by_its_application(plans_of: PlansOf) -> None:
    from apptrack_pipeline.analysis.store import load_posting

    (plan,) = plans_of(load_posting, app(31_000))
    assert (plan.indexes, plan.scanned) == ({"pk_job_postings"}, set())


# --- mail --------------------------------------------------------------------------------------------------

DAY = dt.date(2026, 10, 1)


def test_the_days_on_which_mail_is_due_are_found_among_the_due_alone(plans_of: PlansOf) -> None:
    from apptrack_pipeline.ingestion.mail.store import due_days

    (plan,) = plans_of(due_days, ["home"])
    assert ("ix_email_uids_due" in plan.indexes, plan.scanned) == (True, set())


def test_what_is_due_in_a_mailbox_is_read_by_its_days(plans_of: PlansOf) -> None:
    from apptrack_pipeline.ingestion.mail.store import KnownMailbox, due_entries, unfinished_days

    box = KnownMailbox(uuid.uuid4(), "home", "INBOX", "imap", 1, 1, None, None, None)
    (plan,) = plans_of(due_entries, box, 1, DAY, DAY)
    assert (plan.indexes, plan.scanned) == ({"ix_email_uids_due"}, set())
    (plan,) = plans_of(unfinished_days, DAY, DAY)
    assert (plan.indexes, plan.scanned) == ({"ix_email_uids_due"}, set())


def test_a_batch_of_mail_is_stored_without_reading_the_others(plans_of: PlansOf) -> None:
    from apptrack_pipeline.ingestion.mail.mailbox import Entry
    from apptrack_pipeline.ingestion.mail.store import KnownMailbox, NewMail, list_entries, store_batch

    box = KnownMailbox(uuid.uuid4(), "home", "INBOX", "imap", 1, 1, None, None, None)
    entries = [Entry(APPLICATIONS + n, NOW, 10, n) for n in range(200)]
    plans = plans_of(list_entries, box, 1, entries, ordered=True, run_id="run", now=NOW)
    assert {name for plan in plans for name in plan.scanned} == set()
    mails = [NewMail(entry, b"k%d" % entry.uid, None, None, None, 1, "not_job", 1, "v") for entry in entries]
    plans = plans_of(store_batch, box, 1, mails, [], [], run_id="run", now=NOW)
    assert {name for plan in plans for name in plan.scanned} == set()


def test_what_a_reply_answers_and_what_answers_a_mail_is_found_by_thread_and_id(plans_of: PlansOf) -> None:
    from apptrack_pipeline.ingestion.mail.mailbox import Entry
    from apptrack_pipeline.ingestion.mail.store import KnownMailbox, NewMail, store_batch

    box = KnownMailbox(uuid.uuid4(), "home", "INBOX", "imap", 1, 1, None, None, None)
    mails = [
        NewMail(
            Entry(APPLICATIONS + n, NOW, 10, None, n),
            b"r%d" % n,
            f"{n}@acme.example",
            f"gmail:{n}",
            b"raw",
            1,
            "not_job" if n % 2 else "confirmation",
            1,
            "v",
            replies_to=(f"{n}@example.org",) if n % 2 else None,
        )
        for n in range(200)
    ]
    plans = plans_of(store_batch, box, 1, mails, [], [], run_id="run", now=NOW)
    used = {name for plan in plans for name in plan.indexes}
    assert used >= {"ix_mail_by_thread", "ix_mail_by_message_id", "ix_email_uids_of_gmail_thread"}
    assert {name for plan in plans for name in plan.scanned} == set()


def test_the_mail_of_some_days_is_read_by_its_day(plans_of: PlansOf) -> None:
    from apptrack_pipeline.ingestion.mail.store import mails_of_days

    (plan,) = plans_of(lambda connection: list(mails_of_days(connection, DAY, DAY)))
    assert ("ix_mail_by_day" in plan.indexes, plan.scanned) == (True, set())
