"""Evidence through the database: in whatever order it arrives and is folded, the same is stored at last."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apptrack_pipeline.correlation.assets import fold_one
from apptrack_pipeline.correlation.store import load_facts
from apptrack_pipeline.orchestration.work import Job
from apptrack_pipeline.settings import Settings

DAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
A, B, N = APPLICATIONS = [uuid.UUID(f"01930000-0000-7000-8000-00000000000{n}") for n in (1, 2, 3)]
Arrive = Callable[[sa.Connection], object]


def day(number: float) -> dt.datetime:
    return DAY + dt.timedelta(days=number)


def capture(number: int, application: uuid.UUID, at: int, **fields: Any) -> Arrive:
    url = f"https://jobs.example.org/{application}"
    statement = sa.text(
        "INSERT INTO captures (id, application_id, first_of_url, job_posting_url, canonical_url, url_hash,"
        " fields, body, body_hash, source, captured_at) VALUES (:id, :application, false, :url, :url,"
        " :url_hash, CAST(:fields AS jsonb), '{}', :body_hash, 'api', :at)"
    )
    values = {
        "id": uuid.UUID(int=100 + number),
        "application": application,
        "url": url,
        "url_hash": hashlib.sha256(url.encode()).digest(),
        "body_hash": hashlib.sha256(str(number).encode()).digest(),
        "fields": json.dumps(fields),
        "at": day(at),
    }
    return lambda connection: connection.execute(statement, values)


def mail(number: int, application: uuid.UUID, at: int, category: str, *, certainty: float = 0.95) -> Arrive:
    mail_id = uuid.UUID(int=200 + number)
    signals = {
        "judgement": {
            "category": category,
            "certainty": certainty,
            "needs_review": False,
            "evidence": [{"rule": "r", "sentence": f"It is a {category}.", "where": "text"}],
        },
        "company": {"value": f"Fernwick {number}", "where": "text", "rule": "r"},
        "title": None,
        "requisition_id": None,
        "ats": None,
        "posting_urls": [],
        "interviews": [],
        "events": [
            {"category": category, "company": None, "title": None, "requisition_id": None, "evidence": []}
        ],
        "head": {"sender": "jobs@fernwick.example", "message_id": f"<{number}@fernwick.example>"},
    }
    statements = [
        "INSERT INTO mail (id, account, content_key, received_at, day, size, verdict, certainty,"
        " reader_version, run_id) VALUES (:id, 'home', :key, :at,"
        " CAST(CAST(:at AS timestamptz) AS date), 1, :category, :certainty, 'v', 'run')",
        "INSERT INTO mail_signals (mail_id, category, certainty, needs_review, decided, trust, signals,"
        " reader_version, run_id, derived_at) VALUES (:id, :category, :certainty, false, false, 'aligned',"
        " CAST(:signals AS jsonb), 'v', 'run', :at)",
        "INSERT INTO mail_links (mail_id, event, application_id, outcome, stage, posterior, reason, decided,"
        " creates, evidence, match_keys, received_at, matcher_version, run_id, derived_at) VALUES (:id, 0,"
        " :application, 'linked', 'company', 0.99, '', false, false, '{}', ARRAY['co:fernwick'], :at, 'm',"
        " 'run', :at)",
    ]
    values = {
        "id": mail_id,
        "key": hashlib.sha256(mail_id.bytes).digest(),
        "at": day(at),
        "category": category,
        "certainty": certainty,
        "signals": json.dumps(signals),
        "application": application,
    }

    def arrive(connection: sa.Connection) -> None:
        for statement in statements:
            connection.execute(sa.text(statement), values)

    return arrive


def decision(number: int, application: uuid.UUID, at: int, kind: str, **payload: Any) -> Arrive:
    statement = sa.text(
        "INSERT INTO decisions (id, application_id, kind, payload, decided_at, actor)"
        " VALUES (:id, :application, :kind, CAST(:payload AS jsonb), :at, 'test')"
    )
    values = {
        "id": uuid.UUID(int=300 + number),
        "application": application,
        "kind": kind,
        "payload": json.dumps(payload),
        "at": day(at),
    }
    return lambda connection: connection.execute(statement, values)


def undo(number: int) -> Arrive:
    statement = sa.text("UPDATE decisions SET undone_at = now() WHERE id = :id")
    return lambda connection: connection.execute(statement, {"id": uuid.UUID(int=300 + number)})


def fold(connection: sa.Connection, *applications: uuid.UUID) -> None:
    """Fold these applications and then, as the sensor would, what they hand on, until nothing waits."""
    waiting = list(applications)
    for number in range(50):
        if not waiting:
            return
        now = dt.datetime.now(dt.UTC)
        fold_one(Job(connection, waiting.pop(0), f"run {number}", 1, now, Settings()))
        waiting += connection.execute(
            sa.text("DELETE FROM evidence_queue RETURNING application_id")
        ).scalars()
    raise AssertionError("folding does not come to rest")


def stored(connection: sa.Connection) -> list[Any]:
    """All that is stored of the applications, but for order of arrival and names of runs."""
    rows = connection.execute(
        sa.text(
            "SELECT id, row_hash, status, status_since, applied_at, company_name, merged_into, archived_at,"
            " review_reasons, from_mail_alone, match_keys FROM applications ORDER BY id"
        )
    )
    told = connection.execute(
        sa.text(
            "SELECT application_id, dedupe_key, occurred_at, summary, details::text FROM timeline_events"
            " WHERE retracted_at IS NULL ORDER BY dedupe_key"
        )
    )
    return [rows.all(), told.all()]


def in_the_end(
    engine: sa.Engine, arrivals: Sequence[Arrive], *, each: bool, folds: Sequence[uuid.UUID] = (A, B)
) -> list[Any]:
    """Store this evidence in this order, fold after each piece or once, and return what is stored."""
    with engine.connect() as connection:
        for arrive in arrivals:
            arrive(connection)
            if each:
                fold(connection, *folds)
        fold(connection, *folds)
        found = stored(connection)
        connection.rollback()
    return found


PLACES = st.sampled_from([A, B])
DAYS = st.integers(0, 6)
CATEGORIES = st.sampled_from(
    ["confirmation", "rejection", "interview", "assessment", "offer", "followup_other"]
)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrive]:
    applied = st.sampled_from([{}, {"applied": True}, {"applied": False, "company_name": "Fernwick"}])
    captures = draw(st.lists(st.tuples(PLACES, DAYS, applied), max_size=4))
    mails = draw(st.lists(st.tuples(PLACES, DAYS, CATEGORIES, st.sampled_from([0.6, 0.95])), max_size=4))
    statuses = st.sampled_from(["applied", "interview", "rejected", "withdrawn"])
    decisions = draw(st.lists(st.tuples(PLACES, DAYS, statuses), max_size=2))
    found = [capture(n, place, at, **fields) for n, (place, at, fields) in enumerate(captures)]
    found += [
        mail(n, place, at, category, certainty=certainty)
        for n, (place, at, category, certainty) in enumerate(mails)
    ]
    found += [decision(n, place, at, "status", status=to) for n, (place, at, to) in enumerate(decisions)]
    moves = draw(st.sampled_from(["", "merge", "split"]))
    if moves == "merge":
        found.append(decision(9, A, 5, "merge", into=str(B)))
    elif moves == "split":
        mail_ids = [[str(uuid.UUID(int=200)), 0]]
        captured = [str(uuid.UUID(int=100))]
        found.append(decision(9, A, 5, "split", into=str(B), captures=captured, mails=mail_ids))
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=arrivals(), chance=st.randoms(use_true_random=False))
def test_evidence_that_arrives_in_another_order_ends_as_the_same_applications(
    shared_engine: sa.Engine, found: list[Arrive], chance: random.Random
) -> None:
    # All of it at once is what a replay sees; in the other order a fold follows each piece. What was left
    # without evidence on the way is hidden, and stays so: a replay would never have seen it.
    once = in_the_end(shared_engine, found, each=False)
    other = in_the_end(shared_engine, chance.sample(found, len(found)), each=True)
    shown = [row for row in other[0] if "evidence_moved_away" not in row.review_reasons]
    assert [shown, other[1]] == [
        [row for row in once[0] if "evidence_moved_away" not in row.review_reasons],
        once[1],
    ]


def test_a_merge_that_is_undone_gives_the_same_rows_and_the_same_story(shared_engine: sa.Engine) -> None:
    evidence = [
        capture(1, A, 0, applied=True, company_name="Fernwick"),
        mail(1, A, 2, "rejection"),
        decision(1, A, 3, "note", text="mine"),
        capture(2, B, 1, company_name="Fernwick Ltd"),
        mail(2, B, 4, "interview"),
    ]
    merge = decision(9, A, 5, "merge", into=str(B))
    plain = in_the_end(shared_engine, evidence, each=True)
    merged = in_the_end(shared_engine, [*evidence, merge], each=True)
    undone = in_the_end(shared_engine, [*evidence, merge, undo(9)], each=True)
    again = in_the_end(
        shared_engine,
        [*evidence, merge, undo(9), decision(10, A, 5, "merge", into=str(B))],
        each=True,
    )
    assert undone == plain
    ((a, *_), (b, *_)) = merged[0]
    assert (a, b) == (A, B)
    row = merged[0][1]
    assert (row.status, row.applied_at, row.company_name) == ("rejected", day(0), "Fernwick Ltd")
    assert "interview_after_rejection" in row.review_reasons
    assert {event.application_id for event in merged[1]} == {B}
    assert merged[0][0].merged_into == B
    assert merged[0][0].match_keys == []
    assert [r.status for r in again[0]] == [r.status for r in merged[0]]


def test_what_was_split_off_is_an_application_of_its_own_until_that_is_undone(
    shared_engine: sa.Engine,
) -> None:
    evidence = [
        capture(1, A, 0, applied=True, job_title="Engineer"),
        capture(2, A, 1, applied=True, job_title="Analyst"),
        mail(1, A, 2, "rejection"),
    ]
    split = decision(
        9,
        A,
        5,
        "split",
        into=str(N),
        captures=[str(uuid.UUID(int=102))],
        mails=[[str(uuid.UUID(int=201)), 0]],
    )
    plain = in_the_end(shared_engine, evidence, each=True, folds=[A])
    apart = in_the_end(shared_engine, [*evidence, split], each=True, folds=[A])
    assert [(row.id, row.status) for row in apart[0]] == [(A, "applied"), (N, "rejected")]
    undone = in_the_end(shared_engine, [*evidence, split, undo(9)], each=True, folds=[A])
    assert undone[1] == plain[1]
    assert undone[0][0] == plain[0][0]
    assert (undone[0][1].merged_into, undone[0][1].review_reasons) == (A, ["evidence_moved_away"])
    assert undone[0][1].archived_at is not None


def move_mail(number: int, to: uuid.UUID | None) -> Arrive:
    statement = sa.text(
        "UPDATE mail_links SET application_id = :to, outcome = :outcome WHERE mail_id = :mail"
    )
    values = {
        "to": to,
        "outcome": "linked" if to else "unmatched",
        "mail": uuid.UUID(int=200 + number),
    }
    return lambda connection: connection.execute(statement, values)


def test_what_has_lost_its_mail_to_one_other_counts_as_merged_into_it(shared_engine: sa.Engine) -> None:
    made = [mail(1, A, 0, "confirmation"), mail(2, A, 3, "rejection")]
    came = [capture(1, B, 0, applied=True), move_mail(1, B), move_mail(2, B)]
    (before, _), _ = in_the_end(shared_engine, [*made, capture(1, B, 0)], each=True)
    found = in_the_end(shared_engine, [*made, *came], each=True)
    lost, heir = found[0]
    assert (lost.merged_into, lost.archived_at, lost.match_keys) == (B, day(3), [])
    assert (heir.id, heir.status, heir.status_since) == (B, "rejected", day(3))
    assert {event.application_id for event in found[1]} == {B}

    back = in_the_end(shared_engine, [*made, *came, move_mail(1, A), move_mail(2, A)], each=True)
    assert back[0][0] == before


def test_what_has_lost_its_mail_to_none_is_archived_and_says_why(shared_engine: sa.Engine) -> None:
    made = [mail(1, A, 0, "confirmation"), move_mail(1, None)]
    ((lost,), events) = in_the_end(shared_engine, made, each=True)
    assert (lost.merged_into, lost.archived_at) == (None, day(0))
    assert (lost.review_reasons, events) == (["evidence_moved_away"], [])


def test_what_a_person_has_spoken_of_is_never_given_to_another_by_itself(shared_engine: sa.Engine) -> None:
    spoken = decision(1, A, 1, "note", text="Call Anna")
    found = in_the_end(
        shared_engine,
        [mail(1, A, 0, "confirmation"), spoken, capture(1, B, 0), move_mail(1, B)],
        each=True,
    )
    assert found[0][0].merged_into is None
    assert found[0][0].review_reasons == ["evidence_moved_away"]


def test_an_application_without_evidence_and_without_a_row_is_nothing(shared_engine: sa.Engine) -> None:
    assert in_the_end(shared_engine, [decision(1, A, 0, "status", status="applied")], each=True) == [[], []]


def queued(connection: sa.Connection) -> set[uuid.UUID]:
    return set(connection.execute(sa.text("DELETE FROM link_queue RETURNING mail_id")).scalars())


def test_only_what_mail_is_compared_with_hands_mail_to_be_linked_again(shared_engine: sa.Engine) -> None:
    with shared_engine.connect() as connection:
        for arrive in (mail(1, B, -80, "rejection"), mail(2, B, -100, "rejection"), move_mail(1, None)):
            arrive(connection)
        move_mail(2, None)(connection)
        mine, older = uuid.UUID(int=201), uuid.UUID(int=202)

        capture(1, A, 0, company_name="Fernwick")(connection)
        fold(connection, A)
        assert queued(connection) == {mine}  # `older` came more than 90 days before
        fold(connection, A)
        assert queued(connection) == set()

        mail(3, A, 1, "confirmation")(connection)  # dates it, and is no fact
        decision(1, A, 1, "note", text="Call Anna")(connection)
        fold(connection, A)
        assert queued(connection) == set()

        capture(2, A, -20, applied=True)(connection)
        fold(connection, A)
        assert queued(connection) == {mine, older, uuid.UUID(int=203)}

        connection.execute(
            sa.text(
                "INSERT INTO job_postings (application_id, capture_id, title, completeness, fields,"
                " content_hash, parser_version, run_id, derived_at) VALUES (:id, :capture, 'Gardener',"
                " 'full', '{}', '', 'v', 'r', now())"
            ),
            {"id": A, "capture": uuid.UUID(int=101)},
        )
        fold(connection, A)
        assert queued(connection) == {mine, older, uuid.UUID(int=203)}
        (facts,) = load_facts(connection, [A])
        assert facts.titles == ("Gardener",)
        assert (facts.applied_at, facts.is_dated_by_capture) == (day(-20), True)
        fold(connection, A)
        assert queued(connection) == set()
        connection.rollback()


def test_mail_alone_hands_no_mail_to_be_linked_until_a_person_takes_it_up(shared_engine: sa.Engine) -> None:
    with shared_engine.connect() as connection:
        mail(1, A, 0, "confirmation")(connection)
        fold(connection, A)
        assert queued(connection) == set()
        assert load_facts(connection, [A]) == []

        decision(1, A, 1, "status", status="interview")(connection)
        fold(connection, A)
        assert queued(connection) == {uuid.UUID(int=201)}
        (facts,) = load_facts(connection, [A])
        assert facts.companies == ("Fernwick 1",)
        connection.rollback()
