"""Whose evidence it is: merges and splits, undone and made again, in any order."""

from __future__ import annotations

import datetime as dt
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.db.moves import Item, Move, Moves, read_move
from apptrack_pipeline.domain import DecisionKind

DAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
A, B, C, N = APPLICATIONS = [uuid.UUID(int=n) for n in range(1, 5)]
ONE: Item = uuid.UUID(int=101)
TWO: Item = uuid.UUID(int=102)
MAIL: Item = (uuid.UUID(int=201), 0)
ITEMS = [ONE, TWO, MAIL]


def merge(source: uuid.UUID, into: uuid.UUID, at: int = 0) -> Move:
    return Move(uuid.UUID(int=1000 + at), DAY + dt.timedelta(days=at), source, into, None)


def split(source: uuid.UUID, into: uuid.UUID, *items: Item, at: int = 0) -> Move:
    return Move(uuid.UUID(int=1000 + at), DAY + dt.timedelta(days=at), source, into, frozenset(items))


@st.composite
def moves_(draw: st.DrawFn) -> list[Move]:
    places = st.sampled_from(APPLICATIONS)
    named = st.none() | st.frozensets(st.sampled_from(ITEMS), max_size=3)
    found = draw(st.lists(st.tuples(st.integers(0, 3), places, places, named), max_size=8))
    return [
        Move(uuid.UUID(int=1000 + n), DAY + dt.timedelta(days=at), source, into, items)
        for n, (at, source, into, items) in enumerate(found)
    ]


def owners(moves: Moves) -> dict[tuple[uuid.UUID, Item], uuid.UUID]:
    return {(at, item): moves.owner(at, item) for at in APPLICATIONS for item in ITEMS}


@given(moves_(), st.randoms(use_true_random=False))
def test_the_order_in_which_decisions_are_read_changes_nothing(
    decided: list[Move], chance: random.Random
) -> None:
    assert owners(Moves(chance.sample(decided, len(decided)))) == owners(Moves(decided))


@given(moves_(), st.sampled_from(APPLICATIONS), st.sampled_from(APPLICATIONS))
def test_a_decision_that_is_taken_back_leaves_all_as_it_was(
    before: list[Move], source: uuid.UUID, into: uuid.UUID
) -> None:
    with_it = [*before, merge(source, into, at=99)]
    assert owners(Moves(move for move in with_it if move.decision_id != uuid.UUID(int=1099))) == owners(
        Moves(before)
    )


@given(moves_())
def test_nothing_is_lost_and_nothing_lands_where_it_would_not_be_seen(decided: list[Move]) -> None:
    moves = Moves(decided)
    for (at, item), owner in owners(moves).items():
        assert moves.merged_into(owner) is None, f"{item} of {at} is with {owner}, which was merged away"
        assert at in moves.sources(owner)
        assert owner == at or owner in moves.targets(at)


@given(moves_())
def test_merges_never_run_in_a_circle(decided: list[Move]) -> None:
    moves = Moves(decided)
    for application in APPLICATIONS:
        end = moves.merged_into(application)
        assert end != application
        assert end is None or moves.merged_into(end) is None
        assert not moves.can_merge(application, application)


def test_what_is_merged_counts_for_the_other_and_so_does_what_arrives_later() -> None:
    moves = Moves([merge(A, B)])
    assert (moves.owner(A, ONE), moves.owner(B, TWO), moves.owner(C, TWO)) == (B, B, C)
    assert (moves.merged_into(A), moves.merged_into(B)) == (B, None)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
def test_merges_are_followed_to_their_end(first: int, second: int) -> None:
    moves = Moves([merge(A, B, at=first), merge(B, C, at=second)])
    assert (moves.owner(A, ONE), moves.merged_into(A)) == (C, C)


def test_a_merge_that_closes_a_circle_moves_nothing() -> None:
    before = Moves([merge(A, B, at=1), merge(B, C, at=2)])
    assert not before.can_merge(C, A)
    assert not before.can_merge(A, N)  # it was merged away before
    assert before.can_merge(C, N)
    moves = Moves([merge(A, B, at=1), merge(B, C, at=2), merge(C, A, at=3)])
    assert owners(moves) == owners(before)


def test_what_is_split_off_leaves_the_rest() -> None:
    moves = Moves([split(A, N, ONE, MAIL)])
    assert [moves.owner(A, item) for item in ITEMS] == [N, A, N]
    assert moves.merged_into(A) is None


def test_a_split_names_what_is_there_at_its_time() -> None:
    merged_first = Moves([merge(A, B, at=1), split(B, N, ONE, at=2)])
    assert (merged_first.owner(A, ONE), merged_first.owner(A, TWO)) == (N, B)
    # Without the merge, B has nothing that could be split off.
    assert Moves([split(B, N, ONE, at=2)]).owner(A, ONE) == A


def test_what_was_split_off_does_not_go_along_with_a_later_merge() -> None:
    moves = Moves([split(A, N, ONE, at=1), merge(A, B, at=2)])
    assert (moves.owner(A, ONE), moves.owner(A, TWO)) == (N, B)


def test_what_is_split_off_into_a_merged_application_goes_on_to_the_other() -> None:
    moves = Moves([merge(N, C, at=1), split(A, N, ONE, at=2)])
    assert moves.owner(A, ONE) == C


def test_the_row_of_a_merged_application_is_made_of_what_it_had() -> None:
    moves = Moves([merge(C, A, at=1), merge(A, B, at=2)])
    assert moves.owner(A, ONE, standing=A) == A
    assert moves.owner(C, ONE, standing=A) == A


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"into": None},
        {"into": "x"},
        {"into": str(N), "captures": ["x"]},
        {"into": str(N), "mails": [["x"]]},
        {"into": str(N), "mails": 7},
        [],
    ],
)
def test_a_decision_that_does_not_say_what_goes_where_moves_nothing(payload: object) -> None:
    assert read_move(uuid.UUID(int=1), A, DecisionKind.SPLIT, payload, DAY) is None  # type: ignore[arg-type]


def test_a_decision_names_captures_and_events_of_mails() -> None:
    mail = uuid.UUID(int=201)
    payload = {"into": str(N), "captures": [str(ONE)], "mails": [[str(mail), 0]]}
    move = read_move(uuid.UUID(int=1), A, DecisionKind.SPLIT, payload, DAY)
    assert move == Move(uuid.UUID(int=1), DAY, A, N, frozenset([ONE, MAIL]))
