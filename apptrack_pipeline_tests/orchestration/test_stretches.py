"""Stretches: due partitions become runs of neighbours, each key in one run, and tags say which."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.orchestration.stretches import (
    PARTITION_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    contiguous_stretches,
    keys_of_tags,
    stretch_tags,
)


@st.composite
def orders_and_due(draw: st.DrawFn) -> tuple[list[str], set[str]]:
    """An order of partition keys, and due keys: some of them, and some that Dagster does not know."""
    due = draw(st.lists(st.booleans(), max_size=60))
    order = draw(st.permutations([f"key-{n}" for n in range(len(due))]))
    known = {key for key, wanted in zip(order, due, strict=True) if wanted}
    return order, known | draw(st.sets(st.sampled_from(["unknown-1", "unknown-2"])))


SIZES = st.integers(1, 25)


@given(orders_and_due(), SIZES)
def test_every_due_key_that_is_known_is_in_exactly_one_stretch(
    case: tuple[list[str], set[str]], size: int
) -> None:
    order, due = case
    keys = [key for stretch in contiguous_stretches(due, order, size) for key in stretch]
    assert keys == [key for key in order if key in due]


@given(orders_and_due(), SIZES)
def test_a_stretch_is_a_slice_of_the_order(case: tuple[list[str], set[str]], size: int) -> None:
    order, due = case
    for stretch in contiguous_stretches(due, order, size):
        first = order.index(stretch[0])
        assert list(stretch) == order[first : first + len(stretch)]


@given(orders_and_due(), SIZES)
def test_no_stretch_is_empty_or_longer_than_its_size(case: tuple[list[str], set[str]], size: int) -> None:
    order, due = case
    assert all(1 <= len(stretch) <= size for stretch in contiguous_stretches(due, order, size))


@given(orders_and_due(), SIZES)
def test_two_neighbouring_stretches_could_not_have_been_one(
    case: tuple[list[str], set[str]], size: int
) -> None:
    order, due = case
    stretches = contiguous_stretches(due, order, size)
    for one, two in itertools.pairwise(stretches):
        assert len(one) == size or order.index(two[0]) > order.index(one[-1]) + 1


@given(orders_and_due(), SIZES)
def test_the_tags_of_a_stretch_name_its_keys_again(case: tuple[list[str], set[str]], size: int) -> None:
    order, due = case
    for stretch in contiguous_stretches(due, order, size):
        assert list(keys_of_tags(stretch_tags(stretch), order)) == list(stretch)


def test_sixty_neighbours_are_runs_of_25_25_and_10() -> None:
    order = [f"key-{n}" for n in range(60)]
    assert [len(stretch) for stretch in contiguous_stretches(order, order, 25)] == [25, 25, 10]


def test_a_key_that_is_not_due_divides_its_neighbours() -> None:
    assert contiguous_stretches({"a", "b", "d"}, ["a", "b", "c", "d"], 25) == [("a", "b"), ("d",)]


def test_a_stretch_that_is_full_is_followed_by_one_that_begins_anew() -> None:
    assert contiguous_stretches("abcde", "abcde", 2) == [("a", "b"), ("c", "d"), ("e",)]


@pytest.mark.parametrize(("due", "order"), [([], ["a"]), (["a"], []), (["unknown"], ["a", "b"])])
def test_where_nothing_known_is_due_there_is_no_run(due: list[str], order: list[str]) -> None:
    assert contiguous_stretches(due, order, 25) == []


def test_one_key_is_a_partition_and_not_a_range() -> None:
    assert stretch_tags(["a"]) == {PARTITION_TAG: "a"}


def test_several_keys_are_the_range_from_the_first_to_the_last() -> None:
    assert stretch_tags(["a", "b", "c"]) == {RANGE_START_TAG: "a", RANGE_END_TAG: "c"}


def test_the_tags_are_those_that_dagster_reads() -> None:
    from dagster._core.storage import tags

    assert PARTITION_TAG == tags.PARTITION_NAME_TAG
    assert RANGE_START_TAG == tags.ASSET_PARTITION_RANGE_START_TAG
    assert RANGE_END_TAG == tags.ASSET_PARTITION_RANGE_END_TAG


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"other": "a"},
        {RANGE_START_TAG: "a"},
        {RANGE_END_TAG: "a"},
        {RANGE_START_TAG: "a", RANGE_END_TAG: "unknown"},
        {RANGE_START_TAG: "unknown", RANGE_END_TAG: "b"},
        {RANGE_START_TAG: "b", RANGE_END_TAG: "a"},
    ],
)
def test_a_run_without_partitions_covers_none(tags: dict[str, str]) -> None:
    assert list(keys_of_tags(tags, ["a", "b", "c"])) == []
