"""The fold: the same evidence gives the same application in any order, and a person has the last word."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.correlation.fold import (
    CaptureEvidence,
    DecisionEvidence,
    FoldedApplication,
    fold_application,
)
from apptrack_pipeline.domain import DecisionKind, EventType, PermanentError, Status

APPLICATION = uuid.UUID("00000000-0000-7000-8000-00000000000a")
DAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
URL = "https://jobs.example.org/postings/1"


def day(number: float) -> dt.datetime:
    return DAY + dt.timedelta(days=number)


def capture(
    number: int, at: float | None = None, *, source: str = "browser_extension", **fields: Any
) -> CaptureEvidence:
    """Return capture `number`, taken on day `at` (its number where none is given)."""
    moment = day(number if at is None else at)
    return CaptureEvidence(
        id=uuid.UUID(int=number + 1),
        seq=number + 1,
        canonical_url=URL,
        job_posting_url=f"{URL}?capture={number}",
        fields=fields,
        source=source,
        captured_at=moment,
        received_at=moment + dt.timedelta(hours=5),
    )


def decision(number: int, kind: DecisionKind, at: float | None = None, **payload: Any) -> DecisionEvidence:
    moment = day(number if at is None else at)
    return DecisionEvidence(uuid.UUID(int=1000 + number), number + 1, kind, payload, moment)


def status(number: int, to: str, at: float | None = None) -> DecisionEvidence:
    return decision(number, DecisionKind.STATUS, at, status=to)


def field(number: int, name: str, value: Any, at: float | None = None) -> DecisionEvidence:
    return decision(number, DecisionKind.FIELD, at, field=name, value=value)


def fold(*evidence: CaptureEvidence | DecisionEvidence) -> FoldedApplication:
    return fold_application(
        APPLICATION,
        [item for item in evidence if isinstance(item, CaptureEvidence)],
        [item for item in evidence if isinstance(item, DecisionEvidence)],
    )


def steps(folded: FoldedApplication) -> list[tuple[str, dt.datetime]]:
    return [(str(step.status), step.at) for step in folded.history]


def events(folded: FoldedApplication, kind: EventType) -> list[Any]:
    return [event for event in folded.events if event.event_type is kind]


# --- any evidence ------------------------------------------------------------------------------------------

SOME_TEXT = st.sampled_from(
    [None, "", "  ", "Quillmark", "Fernwick Ltd", "=1+1", "\ud800", 7, ["x"], {"a": 1}]
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "company_name": SOME_TEXT,
        "job_title": SOME_TEXT,
        "notes": SOME_TEXT,
        "applied": st.sampled_from([True, False, None, "yes", 1]),
        "has_page": st.booleans(),
        "damage": st.sampled_from([[], ["nul"]]),
    },
)
DAYS = st.integers(0, 4)
NAMES = st.sampled_from([None, "Quillmark", "Fernwick"])
PAYLOADS = st.one_of(
    st.tuples(
        st.just(DecisionKind.STATUS),
        st.fixed_dictionaries({"status": st.sampled_from([str(s) for s in Status])}),
    ),
    st.tuples(
        st.just(DecisionKind.FIELD),
        st.fixed_dictionaries(
            {"field": st.sampled_from(["company_name", "job_title", "notes", "colour"]), "value": NAMES}
        ),
    ),
    st.tuples(
        st.just(DecisionKind.FIELD),
        st.fixed_dictionaries(
            {"field": st.just("applied_at"), "value": st.none() | DAYS.map(lambda n: day(n).isoformat())}
        ),
    ),
    st.tuples(st.just(DecisionKind.NOTE), st.fixed_dictionaries({"text": NAMES})),
    st.tuples(st.just(DecisionKind.ARCHIVE), st.fixed_dictionaries({}, optional={"archived": st.booleans()})),
    st.tuples(st.sampled_from([DecisionKind.LINK, DecisionKind.SPLIT]), st.just({})),
)


@st.composite
def captures_(draw: st.DrawFn) -> list[CaptureEvidence]:
    found = draw(st.lists(st.tuples(DAYS, FIELDS), min_size=1, max_size=6))
    return [capture(n, at, **fields) for n, (at, fields) in enumerate(found)]


@st.composite
def decisions_(draw: st.DrawFn) -> list[DecisionEvidence]:
    found = draw(st.lists(st.tuples(DAYS, PAYLOADS), max_size=6))
    return [decision(n, kind, at, **payload) for n, (at, (kind, payload)) in enumerate(found)]


@given(captures_(), decisions_(), st.randoms(use_true_random=False))
def test_evidence_in_any_order_gives_the_same_application(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence], chance: random.Random
) -> None:
    one = fold_application(APPLICATION, captures, decisions)
    shuffled = chance.sample(captures, len(captures)), chance.sample(decisions, len(decisions))
    other = fold_application(APPLICATION, *shuffled)
    assert other == one
    assert other.row_hash == one.row_hash
    assert (other.history, other.events) == (one.history, one.events)


@given(captures_(), decisions_())
def test_folding_twice_gives_the_same(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    one = fold_application(APPLICATION, captures, decisions)
    assert fold_application(APPLICATION, captures, decisions) == one


@given(captures_(), decisions_())
def test_no_two_events_share_a_dedupe_key(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    keys = [event.dedupe_key for event in fold_application(APPLICATION, captures, decisions).events]
    assert len(keys) == len(set(keys))


@given(captures_(), decisions_())
def test_every_date_comes_from_the_evidence(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    folded = fold_application(APPLICATION, captures, decisions)
    known = {item.captured_at for item in captures} | {item.decided_at for item in decisions}
    said = (
        {day(n) for n in range(5)}
        if any(d.payload.get("field") == "applied_at" for d in decisions)
        else set()
    )
    assert {folded.status_since, folded.first_evidence_at, folded.last_evidence_at} <= known
    assert {event.occurred_at for event in folded.events} <= known
    assert {step.at for step in folded.history} <= known
    assert {folded.archived_at, folded.applied_at} <= known | said | {None}


@given(captures_(), decisions_())
def test_the_row_is_the_end_of_its_history(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    folded = fold_application(APPLICATION, captures, decisions)
    assert (folded.status, folded.status_since) == (folded.history[-1].status, folded.history[-1].at)
    moves = [event.details["to"] for event in events(folded, EventType.STATUS_CHANGED)]
    assert moves == [step.status for step in folded.history[1:]]
    assert all(one.status != two.status for one, two in itertools.pairwise(folded.history))


def test_a_capture_never_moves_a_status_back_and_its_event_says_so() -> None:
    folded = fold(
        capture(0, applied=False), capture(1, applied=True), capture(2, applied=False, has_page=True)
    )

    assert steps(folded) == [("saved", day(0)), ("applied", day(1))]
    assert folded.applied_at == day(1)
    first, second, third = events(folded, EventType.BROWSER_CAPTURE)
    assert "status_kept" not in first.details
    assert "status_kept" not in second.details
    assert third.details["applied"] is False
    assert third.details["status_kept"] == "applied"
    assert third.summary == (
        "Captured with its page (browser_extension); it says not applied, the status stays applied"
    )


def test_a_decision_alone_moves_a_status_back_and_a_later_capture_does_not_undo_it() -> None:
    folded = fold(capture(0, applied=True), status(1, "saved"), capture(2, applied=True), capture(3))

    assert steps(folded) == [("applied", day(0)), ("saved", day(1))]
    kept = [event.details.get("status_kept") for event in events(folded, EventType.BROWSER_CAPTURE)]
    assert kept == [None, "saved", None]


@given(captures_(), decisions_())
def test_what_a_capture_says_of_the_status_is_followed_or_said_to_have_no_effect(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    folded = fold_application(APPLICATION, captures, decisions)
    fields_of = {str(item.id): item.fields for item in captures}
    for event in events(folded, EventType.BROWSER_CAPTURE):
        standing = [step.status for step in folded.history if step.at <= event.occurred_at]
        status_then = standing[-1] if standing else folded.history[0].status
        applied = fields_of[event.details["capture_id"]].get("applied")
        agrees = not isinstance(applied, bool) or applied is (status_then is not Status.SAVED)
        assert ("status_kept" in event.details) is not agrees


@given(captures_(), decisions_())
def test_every_capture_is_an_event_and_there_is_one_creation(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    folded = fold_application(APPLICATION, captures, decisions)
    seen = sorted(event.details["capture_id"] for event in events(folded, EventType.BROWSER_CAPTURE))
    assert seen == sorted(str(item.id) for item in captures)
    assert len(events(folded, EventType.APPLICATION_CREATED)) == 1


@given(captures_(), decisions_())
def test_the_history_is_in_the_order_of_time(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    # A person decides about what is there: nothing is decided before the first capture.
    first = min(item.captured_at for item in captures)
    folded = fold_application(APPLICATION, captures, [item for item in decisions if item.decided_at >= first])
    dates = [step.at for step in folded.history]
    assert dates == sorted(dates)
    assert folded.first_evidence_at == dates[0]


@given(captures_(), decisions_())
def test_whatever_differs_in_the_row_differs_in_its_hash(
    captures: list[CaptureEvidence], decisions: list[DecisionEvidence]
) -> None:
    folded = fold_application(APPLICATION, captures, decisions)
    others: dict[str, Any] = {
        "company_name": "Other",
        "job_title": "Other",
        "status_confirmed": False,
        "applied_at": day(99),
        "notes": "Other",
        "archived_at": day(99),
        "review_reasons": ("other",),
        "job_url": "https://other.example",
        "source": "other",
        "last_evidence_at": day(99),
    }
    hashes = {replace(folded, **{name: value}).row_hash for name, value in others.items()}
    assert len(hashes | {folded.row_hash}) == len(others) + 1


# --- without evidence --------------------------------------------------------------------------------------


@pytest.mark.parametrize("decisions", [[], [status(1, "applied")]])
def test_without_a_capture_there_is_no_application(decisions: Sequence[DecisionEvidence]) -> None:
    with pytest.raises(PermanentError, match=str(APPLICATION)):
        fold_application(APPLICATION, [], decisions)


# --- what captures say -------------------------------------------------------------------------------------


def test_the_latest_capture_that_names_a_company_names_it() -> None:
    folded = fold(
        capture(0, company_name="Quillmark", job_title="Engineer"),
        capture(1, company_name="Quillmark Ltd"),
        capture(2, company_name="  ", job_title=None),
    )
    assert (folded.company_name, folded.job_title) == ("Quillmark Ltd", "Engineer")
    assert (folded.company_key, folded.title_key) == ("quillmark", "engineer")


def test_latest_is_who_was_captured_last_not_who_arrived_last() -> None:
    late_arrival = replace(capture(0, company_name="Old name"), seq=99)
    folded = fold(capture(1, company_name="New name"), late_arrival)
    assert folded.company_name == "New name"
    assert folded.capture_seq == 99


@pytest.mark.parametrize("wrong", [7, True, ["x"], {"a": 1}, "", "   "])
def test_what_is_no_text_names_nothing(wrong: Any) -> None:
    folded = fold(capture(0, company_name=wrong, job_title=wrong, notes=wrong))
    assert (folded.company_name, folded.job_title, folded.notes) == (None, None, None)


def test_every_distinct_note_is_kept_in_the_order_of_the_captures() -> None:
    folded = fold(
        capture(2, notes="Call Anna"),
        capture(0, notes=" via a friend "),
        capture(1, notes="via a friend"),
        capture(3, notes=""),
        capture(4, notes="Call Anna"),
    )
    assert folded.notes == "via a friend\nCall Anna"


def test_source_and_link_are_those_of_the_first_capture() -> None:
    folded = fold(capture(1, source="browser_extension"), capture(0, source="import"))
    assert (folded.source, folded.job_url, folded.canonical_url) == ("import", f"{URL}?capture=0", URL)
    assert (folded.first_evidence_at, folded.last_evidence_at) == (day(0), day(1))


def test_a_damaged_capture_is_shown_for_review() -> None:
    folded = fold(capture(0), capture(1, damage=["a NUL"]))
    assert (folded.needs_review, folded.review_reasons) == (True, ("damaged_capture",))
    assert not fold(capture(0), capture(1, damage=[])).needs_review


# --- saved and applied -------------------------------------------------------------------------------------


def test_a_capture_that_says_nothing_of_it_is_saved() -> None:
    folded = fold(capture(0))
    assert (folded.status, folded.applied_at) == (Status.SAVED, None)
    assert steps(folded) == [("saved", day(0))]


def test_a_first_capture_that_says_applied_is_applied_and_was_never_saved() -> None:
    folded = fold(capture(0, applied=True))
    assert steps(folded) == [("applied", day(0))]
    assert folded.applied_at == day(0)
    assert events(folded, EventType.STATUS_CHANGED) == []


def test_the_first_capture_that_says_applied_moves_it_there() -> None:
    folded = fold(capture(0), capture(1, applied=True), capture(2, applied=True), capture(3, applied=False))
    assert steps(folded) == [("saved", day(0)), ("applied", day(1))]
    assert (folded.status_since, folded.applied_at) == (day(1), day(1))


@pytest.mark.parametrize("applied", ["true", 1, "yes", None, False])
def test_only_a_plain_true_says_applied(applied: Any) -> None:
    assert fold(capture(0, applied=applied)).status is Status.SAVED


def test_a_capture_that_arrives_late_moves_the_dates_back() -> None:
    before = fold(capture(1, applied=True))
    after = fold(capture(1, applied=True), capture(0))
    assert steps(before) == [("applied", day(1))]
    assert steps(after) == [("saved", day(0)), ("applied", day(1))]
    (created,) = events(after, EventType.APPLICATION_CREATED)
    assert created.occurred_at == day(0)
    assert created.dedupe_key == events(before, EventType.APPLICATION_CREATED)[0].dedupe_key


# --- what a person decides ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["company_name", "job_title", "notes"])
@pytest.mark.parametrize("at", [1, 3])
def test_a_decision_about_a_field_wins_over_earlier_and_later_captures(name: str, at: int) -> None:
    folded = fold(capture(0, **{name: "first"}), field(9, name, "mine", at), capture(2, **{name: "later"}))
    assert getattr(folded, name) == "mine"


def test_the_keys_follow_the_decided_names() -> None:
    folded = fold(
        capture(0, company_name="Wrong", job_title="Wrong"),
        field(1, "company_name", "Fernwick GmbH"),
        field(2, "job_title", "Engineer (m/f)"),
    )
    assert (folded.company_key, folded.title_key) == ("fernwick", "engineer")


def test_the_latest_decision_about_a_field_wins() -> None:
    folded = fold(field(5, "job_title", "second", at=3), capture(0), field(4, "job_title", "first", at=2))
    assert folded.job_title == "second"


def test_a_person_may_empty_a_field() -> None:
    folded = fold(
        capture(0, company_name="Wrong"), field(1, "company_name", None), capture(2, company_name="X")
    )
    assert (folded.company_name, folded.company_key) == (None, None)


def test_a_decision_about_a_field_that_is_none_changes_nothing() -> None:
    plain, decided = fold(capture(0)), fold(capture(0), field(1, "row_hash", "x"))
    assert (plain.company_name, plain.status) == (decided.company_name, decided.status)


def test_a_note_of_a_person_takes_the_place_of_all_others() -> None:
    folded = fold(capture(0, notes="a"), decision(1, DecisionKind.NOTE, text="mine"), capture(2, notes="b"))
    assert folded.notes == "mine"


def test_a_decided_date_of_application_wins() -> None:
    folded = fold(capture(0), field(1, "applied_at", day(-7).isoformat()), capture(2, applied=True))
    assert folded.applied_at == day(-7)


def test_a_person_may_say_that_there_is_no_date_of_application() -> None:
    folded = fold(capture(0, applied=True), field(1, "applied_at", None))
    assert folded.applied_at is None


@pytest.mark.parametrize("to", list(Status))
def test_a_decided_status_wins_over_later_captures(to: Status) -> None:
    folded = fold(capture(0), status(1, to), capture(2, applied=True))
    assert folded.status is to


def test_a_decided_status_is_a_step_of_the_history() -> None:
    folded = fold(capture(0), capture(1, applied=True), status(2, "interview"), status(3, "rejected"))
    assert steps(folded) == [
        ("saved", day(0)),
        ("applied", day(1)),
        ("interview", day(2)),
        ("rejected", day(3)),
    ]
    assert (folded.status_since, folded.applied_at) == (day(3), day(1))


def test_deciding_what_is_so_already_is_no_step() -> None:
    folded = fold(capture(0, applied=True), status(1, "applied"))
    assert steps(folded) == [("applied", day(0))]


def test_a_person_may_move_an_application_back() -> None:
    folded = fold(capture(0, applied=True), status(1, "rejected"), status(2, "applied"))
    assert steps(folded) == [("applied", day(0)), ("rejected", day(1)), ("applied", day(2))]
    assert folded.applied_at == day(0)


def test_deciding_applied_gives_the_date_of_application() -> None:
    folded = fold(capture(0), status(3, "applied"))
    assert folded.applied_at == day(3)


def test_a_decision_older_than_every_capture_still_wins() -> None:
    # The clock of the person's browser may be ahead of ours.
    folded = fold(capture(1, applied=True), status(0, "interview"))
    assert folded.status is Status.INTERVIEW


@pytest.mark.parametrize("last", [{}, {"archived": True}])
def test_an_archived_application_has_the_date_of_the_decision(last: dict[str, Any]) -> None:
    folded = fold(capture(0), decision(2, DecisionKind.ARCHIVE, **last), capture(3))
    assert folded.archived_at == day(2)


def test_an_application_can_be_taken_out_of_the_archive() -> None:
    folded = fold(
        capture(0), decision(1, DecisionKind.ARCHIVE), decision(2, DecisionKind.ARCHIVE, archived=False)
    )
    assert folded.archived_at is None


def test_a_decision_is_evidence_of_its_own_date() -> None:
    folded = fold(capture(0), decision(5, DecisionKind.NOTE, text="x"))
    assert (folded.last_evidence_at, folded.decision_seq) == (day(5), 6)


# --- the events --------------------------------------------------------------------------------------------


def test_a_status_that_changed_is_told_with_where_it_came_from() -> None:
    (moved,) = events(fold(capture(0), status(1, "offer")), EventType.STATUS_CHANGED)
    assert (moved.occurred_at, moved.summary) == (day(1), "Status changed from saved to offer")
    assert (moved.details["from"], moved.details["to"]) == ("saved", "offer")


def test_a_later_capture_that_says_something_else_is_an_update() -> None:
    folded = fold(
        capture(0, job_title="Engineer"), capture(1, job_title="Senior Engineer"), capture(2, job_title="")
    )
    (updated,) = events(folded, EventType.APPLICATION_UPDATED)
    assert updated.occurred_at == day(1)
    assert updated.details["changed"] == {"job_title": ["Engineer", "Senior Engineer"]}


def test_the_same_capture_again_is_no_update() -> None:
    folded = fold(capture(0, job_title="Engineer"), capture(1, job_title=" Engineer "))
    assert events(folded, EventType.APPLICATION_UPDATED) == []


def test_a_title_that_was_named_two_captures_ago_is_no_update() -> None:
    # The row says "Engineer" all the time: a capture that names nothing changes nothing.
    folded = fold(capture(0, job_title="Engineer"), capture(1), capture(2, job_title="Engineer"))
    assert events(folded, EventType.APPLICATION_UPDATED) == []


@pytest.mark.parametrize(
    "made",
    [
        field(1, "company_name", "X"),
        decision(1, DecisionKind.NOTE, text="x"),
        decision(1, DecisionKind.ARCHIVE),
    ],
)
def test_what_a_person_decides_is_an_update_with_the_decision(made: DecisionEvidence) -> None:
    (updated,) = events(fold(capture(0), made), EventType.APPLICATION_UPDATED)
    assert updated.occurred_at == made.decided_at
    assert updated.details["decision_id"] == str(made.id)
    assert updated.details["payload"] == dict(made.payload)


def test_new_evidence_keeps_the_keys_of_the_events_that_were_told() -> None:
    before = fold(capture(0), capture(1, applied=True))
    after = fold(capture(0), capture(1, applied=True), capture(2), status(3, "offer"))
    assert {event.dedupe_key for event in before.events} <= {event.dedupe_key for event in after.events}
