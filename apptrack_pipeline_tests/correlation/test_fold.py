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
    Appointment,
    CaptureEvidence,
    DecisionEvidence,
    FoldedApplication,
    MailEvidence,
    fold_application,
)
from apptrack_pipeline.domain import DecisionKind, EventType, MailCategory, PermanentError, Status

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


def mail(
    number: int, category: str, at: float | None = None, *, sure: bool = True, **more: Any
) -> MailEvidence:
    """Return mail `number`, received on day `at` (its number where none is given)."""
    return MailEvidence(
        mail_id=uuid.UUID(int=2000 + number),
        event=0,
        category=MailCategory(category),
        occurred_at=day(number if at is None else at),
        is_certain=sure,
        **more,
    )


def fold(*evidence: CaptureEvidence | DecisionEvidence | MailEvidence) -> FoldedApplication:
    return fold_application(
        APPLICATION,
        [item for item in evidence if isinstance(item, CaptureEvidence)],
        [item for item in evidence if isinstance(item, DecisionEvidence)],
        [item for item in evidence if isinstance(item, MailEvidence)],
    )


def steps(folded: FoldedApplication) -> list[tuple[str, dt.datetime]]:
    return [(str(step.status), step.at) for step in folded.history]


CORRELATED = EventType.EMAIL_CORRELATED


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


APPOINTMENTS = st.builds(
    Appointment,
    starts_at=st.none() | DAYS.map(lambda n: day(n + 7)),
    ends_at=st.none(),
    where=st.sampled_from(["", "Zoom"]),
    cancelled=st.booleans(),
    key=st.sampled_from(["a", "b"]),
    sequence=st.integers(0, 2),
)
MAILS = st.builds(
    MailEvidence,
    mail_id=st.integers(1, 4).map(lambda n: uuid.UUID(int=2000 + n)),
    event=st.integers(0, 1),
    category=st.sampled_from(MailCategory),
    occurred_at=DAYS.map(day),
    is_certain=st.booleans(),
    decided=st.booleans(),
    company=NAMES,
    title=NAMES,
    interviews=st.lists(APPOINTMENTS, max_size=2).map(tuple),
)


def mails_(min_size: int = 0) -> st.SearchStrategy[list[MailEvidence]]:
    return st.lists(MAILS, min_size=min_size, max_size=6, unique_by=lambda item: (item.mail_id, item.event))


Evidence = tuple[list[CaptureEvidence], list[DecisionEvidence], list[MailEvidence]]
# Captures with mail or without, and mail alone.
EVIDENCE: st.SearchStrategy[Evidence] = st.one_of(
    st.tuples(captures_(), decisions_(), mails_()),
    st.tuples(st.just([]), decisions_(), mails_(min_size=1)),
)


@given(EVIDENCE, st.randoms(use_true_random=False))
def test_evidence_in_any_order_gives_the_same_application(evidence: Evidence, chance: random.Random) -> None:
    one = fold_application(APPLICATION, *evidence)
    other = fold_application(
        APPLICATION,
        *(chance.sample(items, len(items)) for items in evidence),  # type: ignore[arg-type]
    )
    assert other == one
    assert other.row_hash == one.row_hash
    assert (other.history, other.events) == (one.history, one.events)


@given(EVIDENCE)
def test_mail_moves_forward_and_never_what_is_closed(evidence: Evidence) -> None:
    captures, _, mails = evidence
    folded = fold_application(APPLICATION, captures, [], mails)
    order = [Status.SAVED, Status.APPLIED, Status.ASSESSMENT, Status.INTERVIEW, Status.OFFER, Status.REJECTED]
    for before, after in itertools.pairwise(folded.history):
        forward = order.index(after.status) > order.index(before.status)
        taken_back = before.status is Status.REJECTED and not before.confirmed
        assert forward or taken_back


@given(EVIDENCE)
def test_what_is_not_certain_confirms_nothing_and_moves_only_to_what_is_unconfirmed(
    evidence: Evidence,
) -> None:
    captures, decisions, mails = evidence
    doubtful = [replace(item, is_certain=False) for item in mails]
    folded = fold_application(APPLICATION, captures, decisions, doubtful)
    for step in folded.history[1:]:
        if isinstance(step.evidence, MailEvidence):
            assert step.status in {Status.REJECTED, Status.OFFER}
    if not decisions:
        assert all(
            step.confirmed is not isinstance(step.evidence, MailEvidence) for step in folded.history[1:]
        )


@given(EVIDENCE)
def test_a_decided_status_stands_against_all_that_is_dated_before_it(evidence: Evidence) -> None:
    captures, decisions, mails = evidence
    last = decision(99, DecisionKind.STATUS, 50, status="screening")
    folded = fold_application(APPLICATION, captures, [*decisions, last], mails)
    assert (folded.status, folded.status_confirmed) == (Status.SCREENING, True)
    assert not any(reason.startswith(("uncertain", "unconfirmed")) for reason in folded.review_reasons)


@given(EVIDENCE)
def test_every_mail_is_told_once_and_the_story_has_no_key_twice(evidence: Evidence) -> None:
    folded = fold_application(APPLICATION, *evidence)
    told = sorted((item.details["mail_id"], item.details["event"]) for item in events(folded, CORRELATED))
    assert told == sorted((str(item.mail_id), item.event) for item in evidence[2])
    keys = [event.dedupe_key for event in folded.events]
    assert len(keys) == len(set(keys))
    dates = {item.occurred_at for item in evidence[2]} | {item.captured_at for item in evidence[0]}
    assert folded.first_evidence_at == min(dates)
    assert {step.at for step in folded.history} <= dates | {item.decided_at for item in evidence[1]}


@given(EVIDENCE)
def test_a_merged_application_keeps_its_row_and_tells_nothing(evidence: Evidence) -> None:
    other = uuid.UUID(int=77)
    plain = fold_application(APPLICATION, *evidence)
    merged = fold_application(APPLICATION, *evidence, merged_into=other)
    assert merged.events == ()
    assert replace(merged, merged_into=None, events=plain.events) == plain
    assert merged.row_hash != plain.row_hash


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
        "from_mail_alone": True,
        "merged_into": uuid.UUID(int=77),
        "events": (),
    }
    hashes = {replace(folded, **{name: value}).row_hash for name, value in others.items()}
    assert len(hashes | {folded.row_hash}) == len(others) + 1


# --- without evidence --------------------------------------------------------------------------------------


@pytest.mark.parametrize("decisions", [[], [status(1, "applied")]])
def test_without_capture_and_mail_there_is_no_application(decisions: Sequence[DecisionEvidence]) -> None:
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


# --- what mail says ----------------------------------------------------------------------------------------

SENT = capture(0, applied=True)


@pytest.mark.parametrize(
    ("category", "to"),
    [
        ("confirmation", "applied"),
        ("assessment", "assessment"),
        ("interview", "interview"),
        ("offer", "offer"),
        ("rejection", "rejected"),
    ],
)
def test_a_certain_mail_moves_what_was_saved_to_what_it_says_on_its_own_date(category: str, to: str) -> None:
    folded = fold(capture(0), mail(3, category))
    assert steps(folded) == [("saved", day(0)), (to, day(3))]
    assert folded.status_confirmed
    assert not folded.needs_review


@pytest.mark.parametrize("category", ["followup_other", "recruiter_outreach", "job_alert", "not_job"])
def test_a_mail_that_reports_nothing_moves_nothing(category: str) -> None:
    folded = fold(capture(0), mail(3, category))
    assert steps(folded) == [("saved", day(0))]
    assert (folded.needs_review, folded.last_evidence_at) == (False, day(3))


@pytest.mark.parametrize("category", ["confirmation", "assessment", "interview"])
def test_mail_about_an_earlier_step_moves_nothing_back(category: str) -> None:
    folded = fold(SENT, mail(1, "offer"), mail(2, category))
    assert steps(folded) == [("applied", day(0)), ("offer", day(1))]


def test_mail_that_arrives_late_is_told_at_its_place() -> None:
    folded = fold(mail(5, "interview"), SENT, mail(3, "assessment"))
    assert steps(folded) == [("applied", day(0)), ("assessment", day(3)), ("interview", day(5))]


@pytest.mark.parametrize(("category", "to"), [("rejection", Status.REJECTED), ("offer", Status.OFFER)])
def test_a_rejection_or_an_offer_that_is_not_certain_is_unconfirmed(category: str, to: Status) -> None:
    folded = fold(SENT, mail(3, category, sure=False))
    assert (folded.status, folded.status_confirmed) == (to, False)
    assert folded.review_reasons == (f"unconfirmed_{category}",)


@pytest.mark.parametrize("category", ["rejection", "offer"])
def test_a_mail_whose_sender_is_forged_closes_nothing_and_asks(category: str) -> None:
    folded = fold(SENT, replace(mail(3, category, sure=False), is_forged=True))
    assert (folded.status, folded.review_reasons) == (Status.APPLIED, (f"uncertain_{category}",))


@pytest.mark.parametrize("by", [mail(5, "rejection"), status(5, "rejected")])
def test_what_was_unconfirmed_is_confirmed_and_keeps_its_date(by: MailEvidence | DecisionEvidence) -> None:
    folded = fold(SENT, mail(3, "rejection", sure=False), by)
    assert steps(folded) == [("applied", day(0)), ("rejected", day(3))]
    assert folded.status_confirmed
    assert not folded.needs_review


@pytest.mark.parametrize("category", ["interview", "assessment"])
def test_an_interview_or_an_assessment_that_is_not_certain_is_asked_about(category: str) -> None:
    folded = fold(SENT, mail(3, category, sure=False))
    assert (folded.status, folded.review_reasons) == (Status.APPLIED, (f"uncertain_{category}",))


def test_what_was_asked_about_is_settled_by_what_comes_later() -> None:
    doubt = mail(3, "interview", sure=False)
    for later in (mail(4, "interview"), mail(4, "offer"), mail(4, "rejection"), status(4, "applied")):
        assert fold(SENT, doubt, later).review_reasons == ()


def test_a_receipt_that_is_not_certain_neither_moves_nor_asks() -> None:
    folded = fold(capture(0), mail(1, "confirmation", sure=False))
    assert (folded.status, folded.applied_at, folded.needs_review) == (Status.SAVED, None, False)


@pytest.mark.parametrize("category", ["confirmation", "followup_other"])
@pytest.mark.parametrize("sure", [True, False])
def test_a_rejection_stands_against_weaker_mail(category: str, sure: bool) -> None:
    folded = fold(SENT, mail(1, "rejection"), mail(2, category, sure=sure))
    assert (folded.status, folded.needs_review) == (Status.REJECTED, False)


@pytest.mark.parametrize("category", ["assessment", "interview", "offer"])
def test_an_invitation_after_a_rejection_reopens_nothing_and_asks(category: str) -> None:
    folded = fold(SENT, mail(1, "rejection"), mail(2, category))
    assert (folded.status, folded.review_reasons) == (Status.REJECTED, (f"{category}_after_rejection",))
    assert not fold(SENT, mail(1, "rejection"), mail(2, category, sure=False)).needs_review


def test_an_invitation_after_an_unconfirmed_rejection_moves_on() -> None:
    folded = fold(SENT, mail(1, "rejection", sure=False), mail(2, "interview"))
    assert steps(folded) == [("applied", day(0)), ("rejected", day(1)), ("interview", day(2))]
    assert not folded.needs_review


def test_what_moves_on_goes_back_to_where_it_stood_at_least() -> None:
    folded = fold(SENT, mail(1, "offer"), mail(2, "rejection", sure=False), mail(3, "assessment"))
    assert folded.status is Status.OFFER


@pytest.mark.parametrize("closed", ["accepted", "declined", "withdrawn"])
@pytest.mark.parametrize("category", ["rejection", "offer", "interview", "confirmation"])
def test_what_a_person_has_closed_no_mail_opens(closed: str, category: str) -> None:
    folded = fold(SENT, status(1, closed), mail(2, category))
    assert (folded.status, folded.needs_review) == (Status(closed), False)


def test_mail_of_a_later_date_moves_on_from_what_a_person_decided() -> None:
    folded = fold(capture(0), status(1, "applied"), mail(5, "interview"))
    assert steps(folded) == [("saved", day(0)), ("applied", day(1)), ("interview", day(5))]


def test_a_decision_stands_against_mail_of_an_earlier_date_that_arrives_late() -> None:
    folded = fold(capture(0), status(4, "applied"), mail(3, "rejection"))
    assert (folded.status, folded.status_since) == (Status.APPLIED, day(4))


@pytest.mark.parametrize("category", ["rejection", "offer", "interview"])
def test_after_a_decision_mail_that_is_not_certain_only_asks(category: str) -> None:
    folded = fold(capture(0), status(1, "applied"), mail(2, category, sure=False))
    assert (folded.status, folded.review_reasons) == (Status.APPLIED, (f"uncertain_{category}",))


def test_a_capture_after_mail_moves_nothing_back_and_says_so() -> None:
    folded = fold(capture(0, applied=True), mail(1, "interview"), capture(2, applied=False))
    assert folded.status is Status.INTERVIEW
    assert events(folded, EventType.BROWSER_CAPTURE)[1].details["status_kept"] == "interview"


def test_who_has_a_receipt_had_applied_before_the_page_was_captured() -> None:
    folded = fold(mail(0, "confirmation"), capture(1, applied=True))
    assert steps(folded) == [("applied", day(0))]
    assert folded.applied_at == day(0)


def test_the_earliest_evidence_of_applying_dates_it_and_a_decision_wins() -> None:
    evidence = capture(2, applied=True), mail(3, "confirmation"), mail(1, "confirmation", sure=False)
    assert fold(*evidence).applied_at == day(2)
    assert fold(*evidence, field(9, "applied_at", day(-3).isoformat())).applied_at == day(-3)


def test_names_of_a_captured_application_never_come_from_its_mail() -> None:
    folded = fold(capture(0), mail(1, "confirmation", company="Fernwick", title="Engineer"))
    assert (folded.company_name, folded.job_title) == (None, None)


# --- what was made of mail alone ---------------------------------------------------------------------------


def test_an_application_of_mail_alone_has_the_names_of_its_first_receipt() -> None:
    folded = fold(
        mail(0, "followup_other", company="Talent Post"),
        mail(1, "confirmation", company="Fernwick"),
        mail(2, "confirmation", company="Fernwick Ltd", title="Engineer"),
    )
    assert (folded.company_name, folded.job_title) == ("Fernwick", "Engineer")
    assert (folded.source, folded.job_url, folded.canonical_url) == ("mail", None, None)
    assert (folded.first_evidence_at, folded.applied_at) == (day(0), day(1))
    assert folded.from_mail_alone


def test_who_gets_a_rejection_had_applied() -> None:
    folded = fold(mail(3, "rejection"))
    assert steps(folded) == [("applied", day(3)), ("rejected", day(3))]
    assert folded.applied_at is None  # nobody said when


@pytest.mark.parametrize(
    ("spoken", "alone"),
    [
        (capture(1), False),
        (status(1, "interview"), False),
        (field(1, "job_title", "Engineer"), False),
        (decision(1, DecisionKind.LINK), False),
        (decision(1, DecisionKind.UNLINK), True),
        (mail(1, "rejection"), True),
        (mail(1, "rejection", decided=True), False),
    ],
)
def test_it_is_of_mail_alone_until_a_person_speaks_of_it(spoken: Any, alone: bool) -> None:
    assert fold(mail(0, "confirmation"), spoken).from_mail_alone is alone


# --- the story that mail tells -----------------------------------------------------------------------------


def test_a_linked_mail_is_told_with_its_words_and_why_it_was_linked() -> None:
    folded = fold(
        SENT,
        mail(
            2,
            "rejection",
            company="Acme",
            sentence="We will not move forward.",
            rule="not_forward",
            stage="company_title",
            posterior=0.998,
            matcher_version="match-1",
        ),
    )
    (linked,) = events(folded, CORRELATED)
    assert (linked.occurred_at, linked.summary) == (day(2), "Mail linked: Rejection from Acme")
    words = {"sentence": "We will not move forward.", "rule": "not_forward", "category": "rejection"}
    reasons = {"stage": "company_title", "posterior": 0.998, "matcher_version": "match-1"}
    assert (words | reasons).items() <= linked.details.items()
    (moved,) = events(folded, EventType.STATUS_CHANGED)
    assert moved.summary == "Status changed from applied to rejected"
    assert (words | {"mail_id": linked.details["mail_id"]}).items() <= moved.details.items()


def test_a_step_that_is_not_confirmed_says_so() -> None:
    (moved,) = events(fold(SENT, mail(2, "offer", sure=False)), EventType.STATUS_CHANGED)
    assert moved.summary == "Status changed from applied to offer, not confirmed"


def appointment(at: float, sequence: int = 0, *, cancelled: bool = False, key: str = "a") -> Appointment:
    return Appointment(day(at) + dt.timedelta(hours=5), None, "Zoom", cancelled, key, sequence)


def told(*mails: MailEvidence) -> list[tuple[str, bool]]:
    return [
        (event.summary.partition(". ")[2], event.details["interviews"][0]["is_current"])
        for event in events(fold(SENT, *mails), CORRELATED)
    ]


def test_an_appointment_is_told_with_its_time_and_place() -> None:
    assert told(mail(1, "interview", interviews=(appointment(7),))) == [
        ("Interview on 2026-11-09 14:00 UTC, Zoom", True)
    ]


def test_an_appointment_that_was_moved_and_cancelled_is_told_by_its_key_and_sequence() -> None:
    first = mail(1, "interview", interviews=(appointment(7),))
    moved = mail(2, "interview", interviews=(appointment(8, 1),))
    off = mail(3, "followup_other", interviews=(appointment(8, 2, cancelled=True),))
    assert told(off, moved, first) == [
        ("Interview on 2026-11-09 14:00 UTC, Zoom", False),
        ("Interview moved to 2026-11-10 14:00 UTC, Zoom", False),
        ("Interview on 2026-11-10 14:00 UTC is cancelled", True),
    ]


def test_an_older_version_that_arrives_later_is_not_the_current_one() -> None:
    newer, older = appointment(8, 1), appointment(7, 0)
    folded = told(mail(1, "interview", interviews=(newer,)), mail(2, "interview", interviews=(older,)))
    assert [is_current for _, is_current in folded] == [True, False]


def test_an_invitation_that_only_cancels_moves_nothing() -> None:
    folded = fold(SENT, mail(1, "interview", interviews=(appointment(7, cancelled=True),)))
    assert (folded.status, folded.needs_review) == (Status.APPLIED, False)
