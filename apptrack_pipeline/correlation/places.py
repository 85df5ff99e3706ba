"""Places as titles, postings and mail write them: one name each, what lies in what, mentions in text."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Final

from apptrack_pipeline.correlation.title_words import (
    PHRASES,
    folded,
    split_words,
    word_list,
    word_table,
)

MAX_TEXT_CHARS: Final = 2_400
"""How much of a text is searched, in characters: a subject and an opening."""
MAX_LOCATIONS: Final = 200

_PART = re.compile(r"[,;|/()]|\s[-–—]\s|\b(?:or|and|und|oder|ou|et)\b")
_CODE: Final = re.compile(r"[A-Z]{2,4}")


def _read() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    within: dict[str, str] = {}
    table = resources.files("apptrack_pipeline.correlation").joinpath("places.csv").read_text("utf-8")
    for name, parent, aliases in list(csv.reader(table.splitlines()))[1:]:
        names[name] = name
        if parent:
            within[name] = parent
        for alias in filter(None, aliases.split(";")):
            (codes if _CODE.fullmatch(alias) else names)[alias] = name
    return names, codes, within


_NAMES, _CODES, _WITHIN = _read()
_REGIONS: Final = frozenset(_WITHIN.values())
_FOLDED_CODES: Final = {code.lower(): name for code, name in _CODES.items()}
_STATES: Final = frozenset(
    code.lower()
    for code, name in _CODES.items()
    if len(code) == 2 and _WITHIN.get(name) in {"united states", "canada", "washington"}
)
_BEHIND_TOWNS: Final = _STATES | {"la"}
# "Manager, IT" and "Engineer in ...": as a part of their own these are words before they are states.
_WORDS_FIRST: Final = word_list("words_before_states")
_MODES: Final = word_list("work_modes")
_MODE_WORDS: Final = {
    word: meaning
    for table in ("abbreviations", "german", "french", "spanish")
    for word, meaning in word_table(table).items()
    if meaning in _MODES
} | {mode: mode for mode in _MODES}
_MOST_WORDS: Final = max(name.count(" ") for name in _NAMES) + 1


def place_named(words: str, *, codes: bool = False) -> str | None:
    """Return the one name of a place from folded words; with `codes` also "nyc", "dc", "tx"."""
    found = _NAMES.get(words)
    if found is None and codes and words not in _WORDS_FIRST:
        found = _FOLDED_CODES.get(words)
    return found


def region_of_code(word: str) -> str | None:
    """Return the state or country of a code that stands behind a town ("Plano, TX")."""
    return _FOLDED_CODES.get(word)


def places_at_end(words: Sequence[str]) -> tuple[str, int]:
    """Return the place that the words end with, and how many of them name it ("", 0 if none does)."""
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        found = place_named(" ".join(words[-count:]))
        if found:
            return found, count
    return "", 0


@lru_cache(maxsize=1024)
def regions_around(place: str) -> frozenset[str]:
    """Return all in which a place lies: Berlin lies in Germany, DACH, Europe, EMEA."""
    around: list[str] = []
    town, comma, region = place.partition(", ")
    if comma:  # a town that no table knows, and its region
        around.append(region)
        town = region
    while town in _WITHIN:
        town = _WITHIN[town]
        around.append(town)
    return frozenset(around)


def may_be_one_place(one: str, other: str) -> bool:
    """Return whether the two are one place or the one lies in the other."""
    return one == other or one in regions_around(other) or other in regions_around(one)


@lru_cache(maxsize=4096)
def _needles(location: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return how a text may mention a location: folded words, and codes in capitals."""
    wanted: set[str] = set()
    modes: set[str] = set()
    unknown: list[str] = []
    parts = [" ".join(PHRASES.joined(split_words(folded(part)))) for part in _PART.split(location)]
    for before, words in pairwise(["", *filter(None, parts)]):
        if before and before not in _MODE_WORDS and words in _BEHIND_TOWNS:
            continue
        mode = _MODE_WORDS.get(words)
        place = place_named(words, codes=True)
        if mode:
            modes.add(mode)
        elif place:
            wanted.add(place)
        else:
            last = words.split()
            modes |= {_MODE_WORDS[word] for word in last if word in _MODE_WORDS}
            place, _ = places_at_end(last)
            if place:
                wanted.add(place)
            else:
                unknown.append(words)
    # Of "Berlin, Germany" the town is meant: a mail that says Germany does not say Berlin.
    wide = {region for place in wanted for region in regions_around(place)}
    if unknown:  # "Benton Harbor, Michigan"
        wide |= {place for place in wanted if place in _REGIONS}
    wanted -= wide
    names = [name for name, place in _NAMES.items() if place in wanted]
    if wanted <= _REGIONS:  # "Remote - US": who works from home is in no town
        names += [word for word, mode in _MODE_WORDS.items() if mode in modes]
    codes = [code for code, place in _CODES.items() if place in wanted and code.lower() not in _STATES]
    codes += [code for code in ("LA", "DC") if _CODES[code] in wanted and code not in codes]
    return tuple(names + unknown), tuple(codes)


def locations_mentioned(text: str, locations: Sequence[str]) -> tuple[str, ...]:
    """Return which of these locations the text mentions, by any of their names, in their order.

    "Berlin, Germany" is mentioned by its town and not by its country; codes (NYC, SF) count in capitals only.
    Of the text the first 2,400 characters are read, of the locations the first 200.
    """
    text = text[:MAX_TEXT_CHARS]
    words = f" {' '.join(PHRASES.joined(split_words(folded(text))))} "
    written = f" {' '.join(re.findall(r'[A-Z]+(?![a-z])', text))} "
    found = []
    for location in locations[:MAX_LOCATIONS]:
        names, codes = _needles(location)
        if any(f" {name} " in words for name in names) or any(f" {code} " in written for code in codes):
            found.append(location)
    return tuple(found)
