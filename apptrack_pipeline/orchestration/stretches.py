"""Which partitions go into one run: contiguous stretches of keys, in the order Dagster keeps them.

Pure. A range over dynamic partitions is a slice in the order in which keys were added, so a sparse set of
due keys is no range: it falls into stretches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

PARTITION_TAG: Final = "dagster/partition"
RANGE_START_TAG: Final = "dagster/asset_partition_range_start"
RANGE_END_TAG: Final = "dagster/asset_partition_range_end"


def contiguous_stretches(due: Collection[str], order: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Cut `due` into runs of neighbours in `order`, each at most `size` keys; unknown keys are left out."""
    wanted = set(due)
    stretches: list[tuple[str, ...]] = []
    current: list[str] = []
    for key in order:
        if key in wanted:
            current.append(key)
        if current and (key not in wanted or len(current) == size):
            stretches.append(tuple(current))
            current = []
    if current:
        stretches.append(tuple(current))
    return stretches


def stretch_tags(stretch: Sequence[str]) -> dict[str, str]:
    """Return the run tags that make a run cover `stretch`: one key, or a range."""
    if len(stretch) == 1:
        return {PARTITION_TAG: stretch[0]}
    return {RANGE_START_TAG: stretch[0], RANGE_END_TAG: stretch[-1]}


def keys_of_tags(tags: Mapping[str, str], order: Sequence[str]) -> Sequence[str]:
    """Return the keys that a run with these tags covers; empty for a run without partitions."""
    if PARTITION_TAG in tags:
        return [tags[PARTITION_TAG]]
    start, end = tags.get(RANGE_START_TAG), tags.get(RANGE_END_TAG)
    if start is None or end is None or start not in order or end not in order:
        return []
    return order[order.index(start) : order.index(end) + 1]
