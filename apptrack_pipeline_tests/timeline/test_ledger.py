"""The ledger: an event is written once, follows its evidence, is never deleted, and never costs the work."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apptrack_pipeline.domain import EventType, Outcome, Stage
from apptrack_pipeline.timeline.ledger import Event, append, replace_derived
from apptrack_pipeline.timeline.runs import newest_run_seq, record_run

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
OWNED = [EventType.APPLICATION_CREATED, EventType.STATUS_CHANGED, EventType.BROWSER_CAPTURE]
ANY_TEXT = st.text(max_size=10)


@pytest.fixture
def connection(shared_engine: sa.Engine) -> Iterator[sa.Connection]:
    with shared_engine.connect() as connection:
        yield connection


@pytest.fixture
def application_id(connection: sa.Connection) -> uuid.UUID:
    return new_application(connection)


def new_application(connection: sa.Connection) -> uuid.UUID:
    application_id = uuid.uuid4()
    connection.execute(
        sa.text(
            "INSERT INTO applications (id, status, status_since, source, first_evidence_at, last_evidence_at,"
            " row_hash, fold_version, run_id, changed_at)"
            " VALUES (:id, 'saved', :now, 'api', :now, :now, '', 'v', 'r', :now)"
        ),
        {"id": application_id, "now": NOW},
    )
    return application_id


def event(
    key: str = "k",
    kind: EventType = EventType.STATUS_CHANGED,
    at: dt.datetime = NOW,
    summary: str = "Something happened",
    **details: Any,
) -> Event:
    return Event(kind, at, summary, key, details)


def timeline(connection: sa.Connection) -> list[Any]:
    return list(connection.execute(sa.text("SELECT * FROM timeline_events ORDER BY seq")))


def in_force(connection: sa.Connection) -> list[str]:
    return [row.dedupe_key for row in timeline(connection) if row.retracted_at is None]


def replace(
    connection: sa.Connection, application_id: uuid.UUID, *events: Event, now: dt.datetime = NOW
) -> int:
    return replace_derived(
        connection, application_id, events, event_types=OWNED, run_id=f"run at {now:%H}", now=now
    )


# --- append ------------------------------------------------------------------------------------------------


def test_an_event_is_written_as_it_is(connection: sa.Connection, application_id: uuid.UUID) -> None:
    happened = NOW - dt.timedelta(days=3)
    lost = append(
        connection,
        application_id,
        [event("k", at=happened, summary="Moved", **{"from": "saved"})],
        run_id="run-1",
        now=NOW,
    )
    assert lost == 0
    (row,) = timeline(connection)
    assert (row.application_id, row.event_type, row.summary) == (application_id, "status_changed", "Moved")
    assert (row.occurred_at, row.recorded_at, row.retracted_at) == (happened, NOW, None)
    assert (row.details, row.dedupe_key, row.run_id) == ({"from": "saved"}, "k", "run-1")


@pytest.mark.parametrize("kind", EventType)
def test_every_type_of_event_can_be_written(
    connection: sa.Connection, application_id: uuid.UUID, kind: EventType
) -> None:
    assert append(connection, application_id, [event(kind=kind)], run_id=None, now=NOW) == 0
    assert [row.event_type for row in timeline(connection)] == [str(kind)]


def test_there_are_17_types_of_events() -> None:
    assert len(EventType) == 17


def test_the_same_event_twice_is_one_event(connection: sa.Connection, application_id: uuid.UUID) -> None:
    append(connection, application_id, [event(summary="first")], run_id="run-1", now=NOW)
    assert append(connection, application_id, [event(summary="again")], run_id="run-2", now=LATER) == 0
    (row,) = timeline(connection)
    assert (row.summary, row.run_id, row.recorded_at) == ("first", "run-1", NOW)


def test_the_same_event_twice_in_one_call_is_one_event(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    assert append(connection, application_id, [event(), event()], run_id=None, now=NOW) == 0
    assert len(timeline(connection)) == 1


def test_what_is_known_already_does_not_keep_out_what_is_new(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    append(connection, application_id, [event("old")], run_id=None, now=NOW)
    append(connection, application_id, [event("old"), event("new")], run_id=None, now=NOW)
    assert in_force(connection) == ["old", "new"]


def test_events_keep_the_order_in_which_they_were_given(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    keys = [f"key {n}" for n in range(50)]
    append(connection, application_id, [event(key) for key in keys], run_id=None, now=NOW)
    assert in_force(connection) == keys


def test_nothing_to_write_is_no_loss(connection: sa.Connection, application_id: uuid.UUID) -> None:
    assert append(connection, application_id, [], run_id=None, now=NOW) == 0


def test_an_event_may_be_about_no_application(connection: sa.Connection) -> None:
    assert append(connection, None, [event(kind=EventType.RESUME_UPLOADED)], run_id=None, now=NOW) == 0
    assert [row.application_id for row in timeline(connection)] == [None]


# --- a ledger that fails -----------------------------------------------------------------------------------


def test_an_event_that_cannot_be_written_leaves_the_work_of_the_transaction_done(
    shared_engine: sa.Engine,
) -> None:
    with shared_engine.connect() as connection:
        work = new_application(connection)
        # No such application: the foreign key refuses the event.
        lost = append(connection, uuid.uuid4(), [event("a"), event("b")], run_id="run", now=NOW)
        assert lost == 2
        found = connection.execute(sa.text("SELECT id FROM applications")).scalars().all()
        assert found == [work]
        assert timeline(connection) == []


def test_the_transaction_goes_on_and_commits_after_a_failed_event(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        application_id = new_application(connection)
        assert append(connection, uuid.uuid4(), [event("lost")], run_id=None, now=NOW) == 1
        assert append(connection, application_id, [event("kept")], run_id=None, now=NOW) == 0
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT id FROM applications")).scalars().all() == [application_id]
        assert in_force(connection) == ["kept"]


def test_a_failed_event_is_logged_with_its_number_and_its_application(
    connection: sa.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = uuid.uuid4()
    with caplog.at_level(logging.ERROR, "apptrack_pipeline.timeline.ledger"):
        append(connection, unknown, [event("a"), event("b")], run_id=None, now=NOW)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith(f"2 timeline events of {unknown} were not written")
    assert record.exc_info is not None


def test_one_event_that_cannot_be_written_is_never_half_a_list(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    assert (
        append(connection, application_id, [event("good"), event("bad", nul="\0")], run_id=None, now=NOW) == 2
    )
    assert timeline(connection) == []


def test_a_replacement_that_fails_leaves_the_timeline_as_it_was(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    replace(connection, application_id, event("a"))
    assert replace(connection, application_id, event("b"), event("c", nul="\0"), now=LATER) == 2
    assert in_force(connection) == ["a"]


def test_what_was_lost_is_written_by_the_next_run(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    connection.execute(sa.text("ALTER TABLE timeline_events ADD CONSTRAINT t CHECK (summary <> 'Trouble')"))
    assert append(connection, application_id, [event(summary="Trouble")], run_id=None, now=NOW) == 1
    connection.execute(sa.text("ALTER TABLE timeline_events DROP CONSTRAINT t"))
    assert append(connection, application_id, [event(summary="Trouble")], run_id=None, now=NOW) == 0
    assert len(timeline(connection)) == 1


def test_a_connection_that_is_gone_is_no_lost_event_but_an_error(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.OperationalError), engine.begin() as connection:  # noqa: PT012
        application_id = new_application(connection)
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as another:
            another.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        append(connection, application_id, [event()], run_id=None, now=NOW)


# PostgreSQL keeps no NUL, UTF-8 no half of a surrogate pair; a page may hold both.
@example(summary="half a pair: \ud800", value="", key="k")
@example(summary="", value="half a pair: \ud800", key="k")
@example(summary="", value="", key="\0")
@given(summary=ANY_TEXT, value=ANY_TEXT, key=ANY_TEXT)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_whatever_takes_the_work_down(
    shared_engine: sa.Engine, summary: str, value: str, key: str
) -> None:
    with shared_engine.connect() as connection:
        application_id = new_application(connection)
        hostile = event(key, summary=summary, value=value)
        lost = append(connection, application_id, [hostile], run_id=None, now=NOW)
        assert len(timeline(connection)) == 1 - lost
        assert connection.execute(sa.text("SELECT count(*) FROM applications")).scalar_one() == 1


# --- what is derived ---------------------------------------------------------------------------------------


def test_deriving_the_same_events_again_changes_nothing(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    events = [event("a", n=1), event("b", kind=EventType.BROWSER_CAPTURE, nested={"b": [1, None], "a": "x"})]
    replace(connection, application_id, *events)
    before = timeline(connection)
    assert replace(connection, application_id, *events, now=LATER) == 0
    assert timeline(connection) == before


def test_what_the_evidence_implies_no_longer_is_retracted_and_kept(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    replace(connection, application_id, event("a"), event("b"))
    assert replace(connection, application_id, event("b"), now=LATER) == 0
    assert [(row.dedupe_key, row.retracted_at) for row in timeline(connection)] == [("a", LATER), ("b", None)]


def test_a_retraction_keeps_its_first_date(connection: sa.Connection, application_id: uuid.UUID) -> None:
    replace(connection, application_id, event("a"))
    replace(connection, application_id, now=LATER)
    replace(connection, application_id, now=LATER + dt.timedelta(hours=1))
    assert [row.retracted_at for row in timeline(connection)] == [LATER]


def test_what_is_implied_again_comes_back(connection: sa.Connection, application_id: uuid.UUID) -> None:
    replace(connection, application_id, event("a"))
    (before,) = timeline(connection)
    replace(connection, application_id, now=LATER)
    replace(connection, application_id, event("a"), now=LATER)
    (after,) = timeline(connection)
    assert (after.id, after.seq, after.retracted_at) == (before.id, before.seq, None)


def test_an_event_follows_its_evidence_to_another_date_and_other_words(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    replace(connection, application_id, event("a", summary="Created as saved", status="saved"))
    earlier = NOW - dt.timedelta(days=2)
    replace(
        connection,
        application_id,
        event("a", at=earlier, summary="Created as applied", status="applied"),
        now=LATER,
    )
    (row,) = timeline(connection)
    assert (row.occurred_at, row.summary, row.details) == (
        earlier,
        "Created as applied",
        {"status": "applied"},
    )
    assert (row.recorded_at, row.run_id) == (LATER, "run at 10")


def test_events_of_other_types_are_left_alone(connection: sa.Connection, application_id: uuid.UUID) -> None:
    scraped = event("scraped", kind=EventType.POSTING_SCRAPED)
    append(connection, application_id, [scraped], run_id=None, now=NOW)
    replace(connection, application_id, event("a"))
    replace(connection, application_id)
    assert in_force(connection) == ["scraped"]


def test_events_of_other_applications_are_left_alone(
    connection: sa.Connection, application_id: uuid.UUID
) -> None:
    other = new_application(connection)
    replace(connection, other, event("theirs"))
    replace(connection, application_id, event("mine"))
    replace(connection, application_id)
    assert in_force(connection) == ["theirs"]


@given(
    rounds=st.lists(
        st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), max_size=6), min_size=1, max_size=6
    )
)
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_however_often_evidence_changes_the_timeline_says_what_it_says_last_and_forgets_nothing(
    shared_engine: sa.Engine, rounds: list[dict[str, int]]
) -> None:
    with shared_engine.connect() as connection:
        application_id = new_application(connection)
        for n, implied in enumerate(rounds):
            events = [event(key, at=NOW + dt.timedelta(days=day)) for key, day in implied.items()]
            assert replace(connection, application_id, *events, now=NOW + dt.timedelta(minutes=n)) == 0
        rows = timeline(connection)
        standing = {row.dedupe_key: (row.occurred_at - NOW).days for row in rows if row.retracted_at is None}
        assert standing == rounds[-1]
        assert {row.dedupe_key for row in rows} == {key for implied in rounds for key in implied}


# --- the history of runs -----------------------------------------------------------------------------------


def record(connection: sa.Connection, application_id: uuid.UUID, run_id: str = "run", **more: Any) -> None:
    values: dict[str, Any] = {
        "stage": Stage.APPLICATIONS,
        "attempt": 1,
        "outcome": Outcome.SUCCEEDED,
        "error": None,
        "lost_events": 0,
        "started_at": NOW,
        "ended_at": LATER,
    }
    record_run(connection, run_id=run_id, application_id=application_id, **(values | more))


def history(connection: sa.Connection) -> list[Any]:
    return list(connection.execute(sa.text("SELECT * FROM application_runs ORDER BY seq")))


def test_a_run_is_in_the_history_once_per_stage(connection: sa.Connection, application_id: uuid.UUID) -> None:
    record(connection, application_id, outcome=Outcome.FAILED, error="away", lost_events=2)
    record(connection, application_id)
    record(connection, application_id, stage=Stage.JOB_POSTINGS)
    found = [(row.stage, row.outcome, row.error, row.lost_events) for row in history(connection)]
    assert found == [("applications", "succeeded", None, 0), ("job_postings", "succeeded", None, 0)]


def test_a_run_is_kept_though_its_application_was_never_made(connection: sa.Connection) -> None:
    record(connection, uuid.uuid4(), outcome=Outcome.FAILED, error="no evidence")
    assert len(history(connection)) == 1


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_can_be_recorded(
    connection: sa.Connection, application_id: uuid.UUID, stage: Stage
) -> None:
    record(connection, application_id, stage=stage)
    assert [row.stage for row in history(connection)] == [str(stage)]


def test_the_newest_run_has_the_highest_number(connection: sa.Connection, application_id: uuid.UUID) -> None:
    assert newest_run_seq(connection) == 0
    for n in range(3):
        record(connection, application_id, f"run-{n}")
        assert newest_run_seq(connection) == history(connection)[-1].seq
