"""Job titles as they are compared: what tells sibling roles apart, a comparator, and mentions in text.

The comparator starts from a full score and takes off for whatever one title says and the other does not;
what both say differently is a conflict, and titles in conflict are never EXACT or HIGH. On a tie the raw
strings decide. Bands of the score:

====== ======== ===========================================================================================
EXACT  97-100   100 the same words; 97-99.5 the same but for abbreviations, order of seniority, separators
HIGH   85-97    the one lacks a place, a team, a number, a level, a seniority; or the words stand in another
                order, a word is mistyped, the end is cut off
MID    65-85    the one lacks a specialty, or several of these; another language; developer and engineer;
                the same role with another place, hours or number
LOW    below 65 another role, specialty, team, seniority, level or year
====== ======== ===========================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from itertools import product
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from apptrack_pipeline.correlation.places import may_be_one_place
from apptrack_pipeline.correlation.title_parts import TitleParts, read_title
from apptrack_pipeline.correlation.title_words import (
    word_list,
    word_table,
    words_in_full,
)


class TitleMatch(StrEnum):
    """How far two titles name one role of one employer."""

    EXACT = "exact"
    HIGH = "high"
    MID = "mid"
    LOW = "low"
    UNKNOWN = "unknown"
    """One of them names no role."""

    @property
    def names_the_role(self) -> bool:
        """Whether the one title is enough to name the role of the other."""
        return self in {TitleMatch.EXACT, TitleMatch.HIGH}


@dataclass(frozen=True)
class TitleComparison:
    """The verdict on two titles."""

    match: TitleMatch
    score: float
    """0 to 100; the raw strings break ties between normalised equals."""
    because: str
    """In a few words, for a person."""
    conflicts: tuple[str, ...] = ()
    """What is said in both and differs: role, specialty, team, level, seniority, year, season, location,
    employment, number."""


EXACT_FROM: Final = 97.0
HIGH_FROM: Final = 85.0
MID_FROM: Final = 65.0

_WEAK: Final = word_list("weak")
_SOFTWARE: Final = word_list("software_specialties")
_GENERIC_HEADS: Final = word_list("generic_heads")
_HEADS: Final = word_list("heads")
_BEGINNERS: Final = word_list("beginners")
_ENGINEERS: Final = frozenset({"engineer", "developer"})
_RELATED: Final = word_table("related_heads")
_PM_FIELDS: Final = frozenset({"product", "project", "program", "programme"})
_KNOWN: Final = _HEADS | _SOFTWARE | word_list("seniority")

# Points taken off where only one title says it. A tail is said or not as the mail likes; a specialty seldom.
_ONE_SIDED: Final = {
    "number": 1.5,
    "location": 2.0,
    "employment": 2.0,
    "season": 2.5,
    "year": 3.5,
    "level": 10.0,
    "seniority": 11.0,
}
_BEGINNER: Final = 18.0  # an intern's role is another job, not another grade
_SUB_SENIORITY: Final = 4.0  # "Junior Graduate Analyst" and "Graduate Analyst"
_FAMILY: Final = 2.5
_TAIL, _NEXT_TAIL, _MOST_TAIL = 5.5, 0.7, 9.0
_CUT_OFF: Final = 2.0
_ROLE, _NEXT_ROLE, _MOST_ROLE = 14.0, 3.0, 23.0
_BREAKS_COMPOUND: Final = 8.0  # "Product Manager" and "Product Marketing Manager"
_BARE_HEAD: Final = 4.0
_WEAK_WORD: Final = 4.0
_NAME_OF_LEVEL: Final = 1.0  # L4, IV
_REORDERED: Final = 1.5
_TYPO: Final = 2.5
_AMBIGUOUS: Final = 6.0
_RAW_TIE: Final = 2.0

# No score above these where both titles say it and differ. Places, hours and numbers differ between postings
# of one role; the others make another role.
_CAPS: Final = {
    "location": 72.0,
    "employment": 70.0,
    "number": 68.0,
    "year": 63.0,
    "season": 63.0,
    "level": 62.0,
    "seniority": 61.0,
    "team": 58.0,
    "specialty": 50.0,
    "role": 40.0,
}
_NEXT_CONFLICT: Final = 6.0
_CAP_LANGUAGE: Final = 84.0
_CAP_RELATED: Final = 80.0
_CAP_SOFTWARE: Final = 72.0
_CAP_BARE: Final = 80.0
_CAP_CROSSED: Final = 80.0


def compare_titles(one: str | None, other: str | None) -> TitleComparison:
    """Compare two titles of roles at the same employer, in either order; never raises."""
    if not one or not other:
        return _NO_TITLE
    return _compare(one, other) if one <= other else _compare(other, one)


_NO_TITLE: Final = TitleComparison(TitleMatch.UNKNOWN, 0.0, "no title")


@dataclass
class _Tally:
    """What speaks against two titles being one, as it is found."""

    score: float = EXACT_FROM
    cap: float = EXACT_FROM
    conflicts: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    is_bare: bool = False
    """The one says a role and nothing else of it, in one word that names hardly a role."""

    def lack(self, what: str, points: float) -> None:
        self.score -= points
        self.lacks.append(what)

    def conflict(self, what: str) -> None:
        self.conflicts.append(what)

    def at_most(self, cap: float) -> None:
        self.cap = min(self.cap, cap)


@lru_cache(maxsize=65_536)
def _compare(one: str, other: str) -> TitleComparison:
    a, b = read_title(one), read_title(other)
    if not a.head or not b.head:
        return _NO_TITLE
    names = f'"{a.raw}"', f'"{b.raw}"'
    if a.key == b.key and a.is_cut == b.is_cut:
        same = a.raw.casefold() == b.raw.casefold()
        score = 100.0 if same else 99.0 + fuzz.ratio(a.raw, b.raw) / 200
        return TitleComparison(TitleMatch.EXACT, round(score, 2), f"{names[0]} = {names[1]}")
    a, b, ambiguous = _resolved_pm(a, b)
    likeness = _likeness(a, b)
    if _says_the_same(a, b) and not ambiguous:
        score = EXACT_FROM + 2 * likeness
        return TitleComparison(TitleMatch.EXACT, round(score, 2), f"{names[0]} = {names[1]}")
    tally = _Tally()
    if ambiguous:
        tally.lack('what "PM" means', _AMBIGUOUS)
    _compare_words(a, b, tally)
    _compare_discriminators(a, b, tally)
    if a.languages != b.languages:
        tally.at_most(_CAP_LANGUAGE)
    return _verdict(tally, likeness, names)


def _verdict(tally: _Tally, likeness: float, names: tuple[str, str]) -> TitleComparison:
    tie = _RAW_TIE * (1 - likeness)
    if tally.conflicts:
        caps = sorted(_CAPS[conflict] for conflict in tally.conflicts)
        cap = min(caps[0], tally.cap) - _NEXT_CONFLICT * (len(caps) - 1)
        lost = EXACT_FROM - tally.score
        score = max(0.0, cap - lost / 4 - tie)
        if cap < MID_FROM:
            score = max(0.0, score - (1 - likeness) * cap / 2)
        conflicts = tuple(sorted(tally.conflicts, key=lambda conflict: _CAPS[conflict]))
        because = f"{names[0]} is not {names[1]}: another {', '.join(conflicts)}"
        # A role with another place stays near, whatever else the one lacks.
        if cap >= MID_FROM:
            score = max(score, MID_FROM)
        match = TitleMatch.MID if score >= MID_FROM else TitleMatch.LOW
        return TitleComparison(match, round(score, 2), because, conflicts)
    score = min(tally.score, tally.cap) - tie
    if tally.is_bare:  # "Engineer" fits every engineer, whatever else is said of them
        score = max(score, MID_FROM)
    match = TitleMatch.HIGH if score >= HIGH_FROM else TitleMatch.MID if score >= MID_FROM else TitleMatch.LOW
    score = max(score, 0.0)
    lacks = ", ".join(dict.fromkeys(tally.lacks)) or "language"
    return TitleComparison(match, round(score, 2), f"{names[0]} ~ {names[1]}: one lacks {lacks}")


def _likeness(a: TitleParts, b: TitleParts) -> float:
    """Return 0 to 1: seven parts Jaro-Winkler of what was read, three parts token sort of the raw strings."""
    if _is_cut_of(a, b) or _is_cut_of(b, a):
        return 1.0
    read = JaroWinkler.similarity(a.key, b.key)
    raw = fuzz.token_sort_ratio(a.raw.casefold(), b.raw.casefold()) / 100
    return 0.7 * read + 0.3 * raw


def _says_the_same(a: TitleParts, b: TitleParts) -> bool:
    return (a.head, a.sequence, a.family, a.seniority, a.level, a.years, a.seasons) == (
        b.head,
        b.sequence,
        b.family,
        b.seniority,
        b.level,
        b.years,
        b.seasons,
    ) and (a.places, a.modes, a.hours, a.terms, a.numbers, a.languages, a.is_cut) == (
        b.places,
        b.modes,
        b.hours,
        b.terms,
        b.numbers,
        b.languages,
        b.is_cut,
    )


def _resolved_pm(a: TitleParts, b: TitleParts) -> tuple[TitleParts, TitleParts, bool]:
    """Return the two with "PM" read as the other one means it, and whether that was needed."""
    if a.head == "pm" and b.head == "manager":
        b, a, needed = _resolved_pm(b, a)
        return a, b, needed
    if b.head == "pm" and a.head == "manager":
        meant = next((word for word in reversed(a.role) if word in _PM_FIELDS), None)
        if meant:
            at = len(b.role)
            return a, replace(b, head="manager", role=(*b.role[:at], meant)), True
    return a, b, False


@dataclass
class _Left:
    """The words that one title says and the other does not, by where they stand."""

    role: list[str]
    tail: list[str]
    family: list[str]

    @property
    def zones(self) -> tuple[list[str], list[str], list[str]]:
        return self.role, self.tail, self.family

    @property
    def said(self) -> list[str]:
        """What describes the role; what stands before it may be the employer."""
        return self.role + self.tail

    def clear(self) -> None:
        for zone in self.zones:
            zone.clear()


def _compare_words(a: TitleParts, b: TitleParts, tally: _Tally) -> None:
    if a.head != b.head and not _one_typo(a.head, b.head, tally):
        if _is_related(a.head, b.head):
            tally.lack("the same word for the job", _ROLE)
            tally.at_most(_CAP_RELATED)
        elif not (_is_cut_of(a, b) or _is_cut_of(b, a)):
            tally.conflict("role")
    left_a, left_b = _left_over(a, b, tally)
    _without_software(left_a, left_b, b, tally)
    _without_software(left_b, left_a, a, tally)
    _without_small_words(left_a, tally)
    _without_small_words(left_b, tally)
    if left_a.said and left_b.said:
        tally.conflict("specialty" if left_a.role or left_b.role else "team")
        return
    for mine, left, theirs in ((a, left_a, b), (b, left_b, a)):
        if _moves_to_another_field(mine, left, theirs):
            tally.conflict("specialty")
        _take_off_for(mine, left, theirs, tally)
        if left.tail and theirs.places and not mine.places:
            # "Account Executive, Auth0" and "Account Executive, Spain": each says what the other does not.
            tally.at_most(_CAP_CROSSED)
    if a.languages == b.languages and _in_other_order(a, b):
        tally.lack("the order of words", _REORDERED)


def _moves_to_another_field(mine: TitleParts, left: _Left, theirs: TitleParts) -> bool:
    """Return whether the other's specialty is only the team here: "Engineering Manager, Product".

    Engineers are free to call "Payments Engineer" what is "Data Engineer, Payments".
    """
    return (
        bool(left.role)
        and mine.head not in _ENGINEERS
        and len(left.role) == len(mine.role)
        and not set(theirs.role).isdisjoint(mine.tail)
    )


def _take_off_for(mine: TitleParts, left: _Left, theirs: TitleParts, tally: _Tally) -> None:
    if left.role:
        more = _NEXT_ROLE * (len(left.role) - 1)
        tally.lack(f'"{" ".join(left.role)}"', min(_ROLE + more, _MOST_ROLE))
        shared_before = any(word not in left.role for word in mine.role[:-1])
        if mine.role and mine.role[-1] in left.role and shared_before:
            tally.score -= _BREAKS_COMPOUND
    if left.tail:
        more = _NEXT_TAIL * (len(left.tail) - 1)
        tally.lack(f'"{" ".join(left.tail)}"', min(_TAIL + more, _MOST_TAIL))
    if left.family:
        tally.lack("what stands before the role", _FAMILY)
    if left.said and not theirs.words and theirs.head in _GENERIC_HEADS:
        tally.score -= _BARE_HEAD
        tally.at_most(_CAP_BARE)
        tally.is_bare = True


def _left_over(a: TitleParts, b: TitleParts, tally: _Tally) -> tuple[_Left, _Left]:
    common = Counter(a.words) & Counter(b.words)
    left_a, left_b = _beyond(a, common), _beyond(b, common)
    for zone, other_zone in product(left_a.zones, left_b.zones):
        for word, other in product(tuple(zone), tuple(other_zone)):
            if word in zone and other in other_zone and _one_typo(word, other, tally):
                zone.remove(word)
                other_zone.remove(other)
    if _is_cut_of(a, b) or _is_cut_of(b, a):
        left_a.clear()
        left_b.clear()
        tally.lack("its end", _CUT_OFF)
    return left_a, left_b


def _beyond(parts: TitleParts, common: Counter[str]) -> _Left:
    budget = Counter(common)

    def beyond(words: tuple[str, ...]) -> list[str]:
        left = []
        for word in words:
            if budget[word]:
                budget[word] -= 1
            else:
                left.append(word)
        return left

    return _Left(beyond(parts.role), beyond(parts.tail), beyond(parts.family))


def _without_software(left: _Left, theirs: _Left, other: TitleParts, tally: _Tally) -> None:
    """Take "software" from what is left over where the other title implies it.

    "Backend Engineer" is "Backend Software Engineer"; to be a "Software Engineer" only is less, and with more
    words on either side it is another specialty.
    """
    zone = next((zone for zone in (left.role, left.tail) if "software" in zone), None)
    if zone is None or other.head not in _ENGINEERS or _SOFTWARE.isdisjoint(other.words):
        return
    if not _SOFTWARE.isdisjoint(theirs.role):
        if len(theirs.said) > 1 or len(left.said) > 1:
            return
        tally.at_most(_CAP_SOFTWARE)
    zone.remove("software")
    tally.lack('"software"', _WEAK_WORD)


def _without_small_words(left: _Left, tally: _Tally) -> None:
    if _WEAK.isdisjoint(left.said):
        return
    tally.lack("a small word", _WEAK_WORD / 2)
    left.role = [word for word in left.role if word not in _WEAK]
    left.tail = [word for word in left.tail if word not in _WEAK]


def _one_typo(word: str, other: str, tally: _Tally) -> bool:
    """Return whether the two are one word with a slip of the hand, and take off for it."""
    if min(len(word), len(other)) < 5 or (word in _KNOWN and other in _KNOWN):
        return False
    allowed = 1 if max(len(word), len(other)) < 12 else 2
    if (
        any(char.isdigit() for char in word + other)
        or OSA.distance(word, other, score_cutoff=allowed) > allowed
    ):
        return False
    tally.lack("a letter", _TYPO)
    return True


def _is_related(one: str, other: str) -> bool:
    return _RELATED.get(one) == other or _RELATED.get(other) == one


def _is_cut_of(cut: TitleParts, whole: TitleParts) -> bool:
    """Return whether the one is the beginning of the other: cut off with dots, or within a word."""
    if len(cut.key) < 8 or not whole.key.startswith(cut.key) or (whole.is_cut and not cut.is_cut):
        return False
    if cut.is_cut:
        return True
    # Without dots only within a word that is none yet: "Mechanical Engineer" is whole.
    is_within_word = whole.key[len(cut.key) : len(cut.key) + 1].strip() != ""
    return len(cut.key) >= 12 and is_within_word and cut.key.rpartition(" ")[2] not in _KNOWN


def _in_other_order(a: TitleParts, b: TitleParts) -> bool:
    common = Counter(a.sequence) & Counter(b.sequence)
    return [word for word in a.sequence if word in common] != [word for word in b.sequence if word in common]


def _compare_discriminators(a: TitleParts, b: TitleParts, tally: _Tally) -> None:
    _compare_seniority(a, b, tally)
    _compare_levels(a, b, tally)
    for name, one, other in (
        ("year", a.years, b.years),
        ("season", a.seasons, b.seasons),
        ("number", a.numbers, b.numbers),
        ("employment", a.hours, b.hours),
        ("employment", a.terms, b.terms),
        ("location", a.modes, b.modes),
    ):
        if one == other:
            continue
        if one and other and not one & other:
            if name not in tally.conflicts:
                tally.conflict(name)
        else:
            tally.lack(f"a {name}", _ONE_SIDED[name])
    if a.places != b.places:
        if (
            not a.places
            or not b.places
            or any(map(may_be_one_place, *zip(*product(a.places, b.places), strict=True)))
        ):
            tally.lack("a location", _ONE_SIDED["location"])
        elif "location" not in tally.conflicts:
            tally.conflict("location")


def _compare_levels(a: TitleParts, b: TitleParts, tally: _Tally) -> None:
    if a.level == b.level:
        return
    pairs = list(product(a.level, b.level))
    if any(number == other for (_, number), (_, other) in pairs):
        tally.lack("the name of the level", _NAME_OF_LEVEL)
    elif all(scale and other and scale != other for (scale, _), (other, _) in pairs):
        # One says none, or the scales cannot be compared: IC3, L5.
        tally.lack("a level", _ONE_SIDED["level"])
    else:
        tally.conflict("level")


def _compare_seniority(a: TitleParts, b: TitleParts, tally: _Tally) -> None:
    one, other = a.seniority, b.seniority
    if one == other:
        return
    either = one ^ other
    if not one or not other:
        tally.lack(" ".join(sorted(either)), _BEGINNER if either & _BEGINNERS else _ONE_SIDED["seniority"])
    elif one & other and (a.alternatives or b.alternatives or either <= {"graduate", "junior", "trainee"}):
        tally.lack(" ".join(sorted(either)), _SUB_SENIORITY)
    else:
        tally.conflict("seniority")


MAX_TEXT_CHARS: Final = 2_400
"""How much of a text `titles_mentioned` reads, in characters: a subject and an opening."""
MAX_TITLES: Final = 50

_ROMAN: Final = {"ii": "2", "iii": "3", "iv": "4"}
# A place that says one of these around a title names another role, unless the title says it too.
_BEFORE: Final = frozenset({"senior", "junior", "staff", "principal", "lead"})
_BEHIND: Final = frozenset({"2", "3", "4", "intern"})


def titles_mentioned(text: str, titles: Sequence[str]) -> tuple[str, ...]:
    """Return which of these titles the text holds as whole words; of nested ones the longest at its place.

    Abbreviations and gender marks are no matter, nor are the place, hours and number that a title says. What
    reads "Senior Data Engineer" does not mention "Data Engineer". The order is that of `titles`, of which the
    first 50 are looked for, in the first 2,400 characters of the text.
    """
    words = _as_spoken(text[:MAX_TEXT_CHARS])
    found: list[tuple[int, int, str]] = []
    for title in dict.fromkeys(titles[:MAX_TITLES]):
        for needle in _needles(title):
            start = words.find(needle)
            while start >= 0:
                end = start + len(needle)
                if _is_whole(words, start, end, needle):
                    found.append((start, end, title))
                start = words.find(needle, end - 1)
    mentioned = {
        title
        for start, end, title in found
        if not any(s <= start and end <= e and e - s > end - start for s, e, _ in found)
    }
    return tuple(title for title in dict.fromkeys(titles[:MAX_TITLES]) if title in mentioned)


def _as_spoken(text: str) -> str:
    return f" {' '.join([_ROMAN.get(word, word) for word in words_in_full(text)])} "


@lru_cache(maxsize=16_384)
def _needles(title: str) -> tuple[str, ...]:
    """Return the wordings, between spaces, by which a text mentions a title."""
    parts = read_title(title)
    if not parts.head:
        return ()
    wordings = dict.fromkeys([_as_spoken(parts.key), _as_spoken(parts.spoken)])
    return tuple(wording for wording in wordings if wording.strip())


def _is_whole(words: str, start: int, end: int, needle: str) -> bool:
    before = words[:start].rpartition(" ")[2]
    behind = words[end:].partition(" ")[0]
    said = needle.split()
    return not (before in _BEFORE and before not in said) and not (behind in _BEHIND and behind not in said)
