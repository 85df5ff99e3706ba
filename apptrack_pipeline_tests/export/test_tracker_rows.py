"""The table `tracker_rows`: what the view says, changed only where a cell changed, read out as text."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from apptrack_pipeline.db.connect import create_engine
from apptrack_pipeline.db.tables import (
    AnalysisResult,
    Application,
    ApplicationRun,
    JobPosting,
    TimelineEvent,
    TrackerRow,
)
from apptrack_pipeline.export.rows import HEADINGS, NAMES
from apptrack_pipeline.export.store import count_rows, refresh_tracker_rows, stale_rows, stream_rows
from apptrack_pipeline.settings import Settings

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def new_database(server_url: str, template_database: str) -> Iterator[Callable[..., sa.Engine]]:
    """Makes migrated, empty databases; `configure` is what ALTER DATABASE sets for its sessions."""
    engines: dict[str, sa.Engine] = {}
    with psycopg.connect(server_url, autocommit=True) as server:

        def make(*configure: str) -> sa.Engine:
            name = f"test_{uuid.uuid4().hex[:12]}"
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
            for setting in configure:
                server.execute(f"ALTER DATABASE {name} SET {setting}")
            url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
            engines[name] = create_engine(Settings(database_url=url))
            return engines[name]

        yield make
        for name, engine in engines.items():
            engine.dispose()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def shared_engine(new_database: Callable[..., sa.Engine]) -> sa.Engine:
    """One database for all tests that commit nothing."""
    return new_database()


@pytest.fixture
def connection(shared_engine: sa.Engine) -> Iterator[sa.Connection]:
    with shared_engine.connect() as connection:
        yield connection


def add_application(connection: sa.Connection, **values: Any) -> uuid.UUID:
    application_id = uuid.uuid4()
    defaults = {
        "id": application_id,
        "status": "saved",
        "status_since": NOW,
        "source": "api",
        "first_evidence_at": NOW,
        "last_evidence_at": NOW,
        "row_hash": b"",
        "fold_version": "v",
        "run_id": "r",
        "changed_at": NOW,
    }
    connection.execute(sa.insert(Application).values(defaults | values))
    return application_id


def add_posting(connection: sa.Connection, application_id: uuid.UUID, **values: Any) -> None:
    defaults = {
        "application_id": application_id,
        "completeness": "full",
        "fields": {},
        "content_hash": b"",
        "parser_version": "v",
        "run_id": "r",
        "derived_at": NOW,
    }
    connection.execute(sa.insert(JobPosting).values(defaults | values))


def add_result(connection: sa.Connection, application_id: uuid.UUID, **values: Any) -> None:
    defaults = {
        "id": uuid.uuid4(),
        "application_id": application_id,
        "result_key": uuid.uuid4().bytes,
        "is_current": True,
        "score": 61,
        "met": [],
        "missing": [],
        "suggestions": [],
        "method": "m",
        "method_version": "v",
        "posting_hash": b"",
        "duration_s": 0.1,
        "run_id": "r",
        "analysed_at": NOW,
    }
    connection.execute(sa.insert(AnalysisResult).values(defaults | values))


def add_event(
    connection: sa.Connection, application_id: uuid.UUID, kind: str, at: dt.datetime, **values: Any
) -> None:
    defaults = {
        "id": uuid.uuid4(),
        "application_id": application_id,
        "event_type": kind,
        "occurred_at": at,
        "recorded_at": NOW,
        "summary": "s",
        "dedupe_key": uuid.uuid4().hex,
    }
    connection.execute(sa.insert(TimelineEvent).values(defaults | values))


def add_run(connection: sa.Connection, application_id: uuid.UUID) -> int:
    seq: int = connection.execute(
        sa.insert(ApplicationRun)
        .values(
            run_id=uuid.uuid4().hex,
            application_id=application_id,
            stage="applications",
            attempt=1,
            outcome="succeeded",
            started_at=NOW,
            ended_at=NOW,
        )
        .returning(ApplicationRun.seq)
    ).scalar_one()
    return seq


def change(connection: sa.Connection, application_id: uuid.UUID, **values: Any) -> None:
    connection.execute(sa.update(Application).where(Application.id == application_id).values(values))


def refresh(connection: sa.Connection, *ids: uuid.UUID, now: dt.datetime = NOW) -> int:
    return refresh_tracker_rows(connection, list(ids) or None, now=now)


def row_of(connection: sa.Connection, application_id: uuid.UUID) -> Any:
    return connection.execute(
        sa.select(TrackerRow.__table__).where(TrackerRow.application_id == application_id)
    ).one()


def lines(connection: sa.Connection) -> list[dict[str, str]]:
    return [dict(zip(NAMES, row, strict=True)) for row in stream_rows(connection)]


# --- what a row says ---------------------------------------------------------------------------------------


def test_a_row_tells_all_that_is_known_of_an_application(connection: sa.Connection) -> None:
    application_id = add_application(
        connection,
        company_name="Quillmark",
        job_title="Engineer",
        status="interview",
        applied_at=NOW,
        job_url="https://jobs.example.org/1",
        notes="via a friend",
    )
    add_posting(
        connection,
        application_id,
        locations=["Leeds, GB", "Remote"],
        employment_type="full_time",
        salary_text="GBP 55,000 per year",
    )
    add_result(
        connection,
        application_id,
        met=[{"skill": "SQL"}, {"skill": "Python"}],
        missing=[{"skill": "Go"}],
        suggestions=[{"skill": "Go"}],
    )
    add_event(connection, application_id, "status_changed", LATER)
    refresh(connection)
    assert lines(connection) == [
        {
            "application_id": str(application_id),
            "company_name": "Quillmark",
            "job_title": "Engineer",
            "status": "interview",
            "application_date": "2026-11-02",
            "source": "api",
            "job_location": "Leeds, GB; Remote",
            "job_url": "https://jobs.example.org/1",
            "employment_type": "full_time",
            "salary_range": "GBP 55,000 per year",
            "analysis_match_score": "61",
            "qualifications_met": "SQL; Python",
            "qualifications_missing": "Go",
            "skills_suggestions": "Go",
            "last_event_type": "status_changed",
            "last_event_date": "2026-11-02T10:00:00Z",
            "notes": "via a friend",
        }
    ]


def test_what_is_not_known_is_null_in_the_table_and_empty_in_the_text(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    refresh(connection)
    row = row_of(connection, application_id)._asdict()
    known = {"application_id", "status", "source"}
    assert {name for name in NAMES if row[name] is not None} == known
    assert {name for name, text in lines(connection)[0].items() if text != ""} == known


def test_empty_lists_are_not_known_either(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    add_posting(connection, application_id, locations=[])
    add_result(connection, application_id, score=None, reason="no resume", met=[], missing=[], suggestions=[])
    refresh(connection)
    row = row_of(connection, application_id)
    assert (row.job_location, row.analysis_match_score, row.qualifications_met) == (None, None, None)


def test_a_score_of_nought_is_a_score(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    add_result(connection, application_id, score=0)
    refresh(connection)
    assert lines(connection)[0]["analysis_match_score"] == "0"


def test_the_persons_own_words_come_before_the_postings(connection: sa.Connection) -> None:
    named = add_application(connection, company_name="Mine", job_title="My title")
    unnamed = add_application(connection)
    for application_id in (named, unnamed):
        add_posting(connection, application_id, company="Theirs", title="Their title")
    refresh(connection)
    assert row_of(connection, named).company_name == "Mine"
    assert row_of(connection, named).job_title == "My title"
    assert (row_of(connection, unnamed).company_name, row_of(connection, unnamed).job_title) == (
        "Theirs",
        "Their title",
    )


def test_only_the_current_result_counts(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    add_result(connection, application_id, score=99, is_current=False)
    add_result(connection, application_id, score=12)
    refresh(connection)
    assert row_of(connection, application_id).analysis_match_score == 12


def test_the_last_event_is_the_one_that_happened_last_and_was_not_retracted(
    connection: sa.Connection,
) -> None:
    application_id = add_application(connection)
    add_event(connection, application_id, "browser_capture", NOW)
    add_event(connection, application_id, "status_changed", NOW)
    add_event(connection, application_id, "application_created", NOW - dt.timedelta(days=1))
    add_event(connection, application_id, "posting_scraped", LATER, retracted_at=LATER)
    refresh(connection)
    row = row_of(connection, application_id)
    assert (row.last_event_type, row.last_event_date) == ("status_changed", NOW)


def test_the_day_of_the_application_is_that_of_utc(connection: sa.Connection) -> None:
    late = dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    application_id = add_application(connection, applied_at=late)
    refresh(connection)
    assert row_of(connection, application_id).application_date == dt.date(2026, 11, 3)


def test_an_archived_application_is_exported_too(connection: sa.Connection) -> None:
    add_application(connection, archived_at=NOW)
    assert refresh(connection) == 1


# --- what changes ------------------------------------------------------------------------------------------


def test_every_application_gets_its_row(connection: sa.Connection) -> None:
    ids = {add_application(connection) for _ in range(5)}
    assert refresh(connection) == 5
    assert count_rows(connection) == 5
    assert {uuid.UUID(line["application_id"]) for line in lines(connection)} == ids


def test_refreshing_again_changes_nothing(connection: sa.Connection) -> None:
    application_id = add_application(connection, notes="x", applied_at=NOW)
    add_event(connection, application_id, "browser_capture", NOW)
    refresh(connection)
    before = row_of(connection, application_id)
    assert refresh(connection, now=LATER) == 0
    assert refresh(connection, application_id, now=LATER) == 0
    assert row_of(connection, application_id) == before


def test_only_rows_with_another_cell_get_another_date(connection: sa.Connection) -> None:
    changed, same = add_application(connection), add_application(connection)
    refresh(connection)
    change(connection, changed, notes="new")
    assert refresh(connection, now=LATER) == 1
    assert row_of(connection, changed).changed_at == LATER
    assert row_of(connection, same).changed_at == NOW
    assert row_of(connection, changed).row_hash != row_of(connection, same).row_hash


def test_what_the_export_does_not_show_changes_no_row(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    refresh(connection)
    change(connection, application_id, run_id="another", changed_at=LATER, company_key="key")
    assert refresh(connection, now=LATER) == 0


@pytest.mark.parametrize("value", ["", "x"])
def test_a_cell_that_is_emptied_or_filled_is_a_change(connection: sa.Connection, value: str) -> None:
    application_id = add_application(connection, notes=None)
    refresh(connection)
    change(connection, application_id, notes=value)
    assert refresh(connection, now=LATER) == 1
    change(connection, application_id, notes=None)
    assert refresh(connection, now=LATER) == 1
    assert row_of(connection, application_id).notes is None


def test_only_the_given_applications_are_looked_at(connection: sa.Connection) -> None:
    given_, other = add_application(connection), add_application(connection)
    assert refresh(connection, given_) == 1
    assert count_rows(connection) == 1
    refresh(connection)
    for application_id in (given_, other):
        change(connection, application_id, notes="new")
    assert refresh(connection, given_, now=LATER) == 1
    assert row_of(connection, other).notes is None


def test_an_application_that_does_not_exist_has_no_row(connection: sa.Connection) -> None:
    assert refresh(connection, uuid.uuid4()) == 0


def test_looking_at_no_application_changes_none(connection: sa.Connection) -> None:
    add_application(connection)
    assert refresh_tracker_rows(connection, [], now=NOW) == 0
    assert count_rows(connection) == 0


# --- what is stale -----------------------------------------------------------------------------------------


def test_an_application_that_was_worked_on_and_not_exported_is_stale(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    add_run(connection, application_id)
    assert stale_rows(connection, since_seq=0) == 1
    refresh(connection)
    assert stale_rows(connection, since_seq=0) == 0


def test_an_application_whose_row_says_something_else_is_stale(connection: sa.Connection) -> None:
    changed, same = add_application(connection), add_application(connection)
    for application_id in (changed, same):
        add_run(connection, application_id)
    refresh(connection)
    change(connection, changed, notes="new")
    assert stale_rows(connection, since_seq=0) == 1


def test_an_application_is_stale_once_however_many_runs_worked_on_it(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    for _ in range(3):
        add_run(connection, application_id)
    assert stale_rows(connection, since_seq=0) == 1


def test_only_what_newer_runs_worked_on_is_looked_at(connection: sa.Connection) -> None:
    old, new = add_application(connection), add_application(connection)
    seen = add_run(connection, old)
    add_run(connection, new)
    assert stale_rows(connection, since_seq=seen) == 1
    assert stale_rows(connection, since_seq=seen - 1) == 2
    assert stale_rows(connection, since_seq=seen + 1) == 0


def test_a_run_on_an_application_that_was_never_made_is_not_stale(connection: sa.Connection) -> None:
    add_run(connection, uuid.uuid4())
    assert stale_rows(connection, since_seq=-100) == 0


def test_what_was_merged_into_another_is_no_line_until_that_is_undone(connection: sa.Connection) -> None:
    kept, merged = add_application(connection), add_application(connection)
    other = add_application(connection)
    refresh(connection)
    change = sa.text("UPDATE applications SET merged_into = :into WHERE id = :id")

    connection.execute(change, {"id": merged, "into": kept})
    assert stale_rows(connection, since_seq=10**9) == 1
    assert refresh_tracker_rows(connection, [other], now=NOW) == 0
    assert refresh_tracker_rows(connection, [merged], now=NOW) == 1
    assert {row[0] for row in stream_rows(connection)} == {str(kept), str(other)}
    assert stale_rows(connection, since_seq=10**9) == 0

    connection.execute(change, {"id": merged, "into": None})
    assert refresh_tracker_rows(connection, None, now=NOW) == 1
    assert count_rows(connection) == 3


# --- read out as text --------------------------------------------------------------------------------------


def test_the_names_of_the_table_are_those_of_the_text(connection: sa.Connection) -> None:
    assert len(NAMES) == len(HEADINGS) == 17
    assert list(stream_rows(connection)) == []


def test_rows_come_in_the_order_of_their_ids(connection: sa.Connection) -> None:
    ids = sorted(str(add_application(connection)) for _ in range(20))
    refresh(connection)
    assert [row[0] for row in stream_rows(connection)] == ids


def test_more_rows_than_one_batch_come_once_each(connection: sa.Connection) -> None:
    connection.execute(
        sa.text(
            "INSERT INTO applications (id, status, status_since, source, first_evidence_at, last_evidence_at,"
            " row_hash, fold_version, run_id, changed_at)"
            " SELECT gen_random_uuid(), 'saved', now(), 'api', now(), now(), '', 'v', 'r', now()"
            " FROM generate_series(1, 4500)"
        )
    )
    refresh(connection)
    ids = [row[0] for row in stream_rows(connection)]
    assert len(ids) == len(set(ids)) == 4500


def test_a_moment_is_written_in_utc_to_the_second(connection: sa.Connection) -> None:
    application_id = add_application(connection)
    at = dt.datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    add_event(connection, application_id, "browser_capture", at)
    refresh(connection)
    assert lines(connection)[0]["last_event_date"] == "2026-03-28T23:59:59Z"


@given(texts=st.lists(TEXTS, min_size=4, max_size=4), skills=st.lists(TEXTS, max_size=3))
@hypothesis_settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_hostile_texts_come_out_as_they_went_in(
    shared_engine: sa.Engine, texts: list[str], skills: list[str]
) -> None:
    company, title, url, notes = texts
    with shared_engine.connect() as connection:
        application_id = add_application(
            connection, company_name=company, job_title=title, job_url=url, notes=notes
        )
        add_result(connection, application_id, met=[{"skill": skill} for skill in skills])
        assert refresh(connection) == 1
        assert refresh(connection, now=LATER) == 0
        (line,) = lines(connection)
        found = [line[name] for name in ("company_name", "job_title", "job_url", "notes")]
        assert found == texts
        assert line["qualifications_met"] == "; ".join(skills)


@pytest.mark.parametrize(
    "broken", [{}, "text", 7, [1, "x", None, {"other": "key"}, {"skill": {"a": 1}}]], ids=json.dumps
)
def test_one_result_of_another_shape_does_not_stop_the_export_of_all(
    connection: sa.Connection, broken: Any
) -> None:
    bad, good = add_application(connection), add_application(connection)
    try:
        with connection.begin_nested():
            add_result(connection, bad, met=broken)
    except sa.exc.IntegrityError:
        return  # refused where it comes in: that is as good
    assert refresh(connection) == 2
    assert row_of(connection, good).status == "saved"


@pytest.mark.parametrize(
    "setting", ["timezone = 'Asia/Tokyo'", "datestyle = 'German, DMY'", "extra_float_digits = 0"]
)
def test_a_server_with_other_habits_gives_the_same_text_and_the_same_hash(
    new_database: Callable[..., sa.Engine], connection: sa.Connection, setting: str
) -> None:
    def exported(connection: sa.Connection) -> tuple[dict[str, str], bytes]:
        application_id = uuid.UUID(int=7)
        add_application(connection, id=application_id, applied_at=NOW)
        add_event(connection, application_id, "browser_capture", NOW)
        refresh(connection)
        return lines(connection)[0], row_of(connection, application_id).row_hash

    with new_database(setting).connect() as other:
        assert exported(other) == exported(connection)
