"""Whether two company names are names of one employer: the comparator with its reason, aliases, block keys.

Precision counts most, since a wrong "compatible" sends mail to the wrong application. Strings alone cannot
tell "Ramp" from "Rampart" (Jaro-Winkler accepts 78 % of such pairs at 85), so two names must be the same
letters, or differ only by words that are known to add nothing; distances find typos for a person to see, and
nothing else. What no string says (Facebook is Meta) stands in `company_aliases.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Final, Self

from rapidfuzz.distance import OSA

from apptrack_pipeline.correlation.names import (
    COMMON_SURNAMES,
    GIVEN_NAMES,
    LINES_OF_BUSINESS,
    PARTICLES,
    CompanyName,
    company_key,
    is_common,
    read_company,
    squashed,
)


class CompanyMatch(StrEnum):
    """How far two names are names of one employer."""

    EXACT = "exact"
    """The same name but for case, punctuation, legal form, decoration."""
    HIGH = "high"
    """Another form of the same name: a domain, a slug, initials, a known alias, a longer form."""
    RELATED = "related"
    """Owned by the other, or too near to be told apart: a person decides, nothing else may."""
    UNKNOWN = "unknown"
    """One of them names no employer: "Recruiting Team", "Workday", nothing."""
    DIFFERENT = "different"

    @property
    def is_compatible(self) -> bool:
        """Whether a mail of the one may be linked to an application at the other without a person."""
        return self in {CompanyMatch.EXACT, CompanyMatch.HIGH}

    @property
    def is_near(self) -> bool:
        """Whether the two may be one employer at all, if only a person can tell."""
        return self.is_compatible or self is CompanyMatch.RELATED


@dataclass(frozen=True)
class CompanyComparison:
    """The verdict on two names."""

    match: CompanyMatch
    because: str
    """In a few words, for a person."""
    is_shorter: bool = False
    """`related` alone: one name begins the other, as a short form does, and a parent's name as well; or ends
    it, behind what the company does."""

    @property
    def is_compatible(self) -> bool:
        """Whether a mail of the one may be linked to an application at the other without a person."""
        return self.match.is_compatible


@dataclass(frozen=True)
class Aliases:
    """Names of one employer that no rule can derive: the shipped table and what persons have confirmed."""

    same_as: frozenset[tuple[str, str]] = frozenset()
    """Pairs of company keys, in either order."""
    owned_by: frozenset[tuple[str, str]] = frozenset()
    """Pairs (owned, owner) of company keys."""

    def plus(self, same_as: Iterable[tuple[str, str]], owned_by: Iterable[tuple[str, str]] = ()) -> Self:
        """Return these aliases and more; `same_as` wins over `owned_by`."""
        return type(self)(self.same_as | frozenset(same_as), self.owned_by | frozenset(owned_by))


def _shipped() -> Aliases:
    text = resources.files("apptrack_pipeline.correlation").joinpath("company_aliases.csv").read_text("utf-8")
    pairs: dict[str, set[tuple[str, str]]] = {"same_as": set(), "owned_by": set()}
    for row in csv.DictReader(text.splitlines()):
        pairs[row["relation"]].add((company_key(row["name"]) or "", company_key(row["other"]) or ""))
    return Aliases(frozenset(pairs["same_as"]), frozenset(pairs["owned_by"]))


SHIPPED: Final = _shipped()
"""The table that comes with the package."""


@dataclass(frozen=True)
class _AliasIndex:
    """Aliases by name, run together; a group is all names of one employer."""

    groups: Mapping[str, str]
    """The group of each name."""
    owners: Mapping[str, frozenset[str]]
    """The groups that own a group, directly or through others."""


@lru_cache(maxsize=64)
def _index(aliases: Aliases) -> _AliasIndex:
    parents: dict[str, str] = {}

    def group_of(name: str) -> str:
        while (parent := parents.setdefault(name, name)) != name:
            name = parent
        return name

    for pair in sorted(aliases.same_as):
        one, other = sorted(group_of(_run_together(key)) for key in pair)
        parents[other] = one
    direct: dict[str, set[str]] = {}
    for owned, owner in aliases.owned_by:
        below, above = group_of(_run_together(owned)), group_of(_run_together(owner))
        if below != above:
            direct.setdefault(below, set()).add(above)
    owners: dict[str, frozenset[str]] = {}
    for group in direct:
        seen: set[str] = set()
        waiting = list(direct[group])
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += direct.get(current, ())
        owners[group] = frozenset(seen - {group})
    return _AliasIndex({name: group_of(name) for name in list(parents)}, owners)


def _run_together(key: str) -> str:
    return squashed(key.split()) or key


def compare_companies(one: str | None, other: str | None, aliases: Aliases = SHIPPED) -> CompanyComparison:
    """Compare two names, in whatever form they stand in mail, address, posting or tracker.

    The bare name of a tracking system or a board ("Workday", "LinkedIn") says nothing, even where both sides
    have it: mail of every employer is sent under it. It is an employer where one side writes it as only the
    employer does: "Workday, Inc.", "LinkedIn Talent Team", `joinhandshake`.
    """
    left, right = read_company(one), read_company(other)
    for name in (left, right):
        if name.key is None:
            return CompanyComparison(CompanyMatch.UNKNOWN, "no name")
        if name.names_nobody:
            return CompanyComparison(CompanyMatch.UNKNOWN, f"{_quoted(name)} names no employer")
    if left.is_system or right.is_system:
        return _with_system(left, right)
    return (
        _same_letters(left, right, aliases)
        or _aliased(left, right, aliases)
        or _address_of(left, right)
        or _shortened(left, right)
        or _longer_form(left, right)
        or _owned(left, right, aliases)
        or _misspelt(left, right)
        or CompanyComparison(CompanyMatch.DIFFERENT, f"{_quoted(left)} is not {_quoted(right)}")
    )


def _quoted(name: CompanyName) -> str:
    return f'"{name.shown if len(name.shown) <= 60 else name.shown[:59] + "…"}"'


def _with_system(left: CompanyName, right: CompanyName) -> CompanyComparison:
    system, other = (left, right) if left.is_system else (right, left)
    if not other.is_system:
        if other.key == system.key:
            return CompanyComparison(
                CompanyMatch.EXACT, f"{_quoted(other)} is the employer {_quoted(system)}"
            )
        if system.squash in other.spellings:
            return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(other)} is the employer {_quoted(system)}")
    return CompanyComparison(CompanyMatch.UNKNOWN, f"{_quoted(system)} sends mail for many employers")


def _same_letters(left: CompanyName, right: CompanyName, aliases: Aliases) -> CompanyComparison | None:
    if left.key == right.key:
        is_one_word = len(left.words) == 1 and is_common(left.words) and not _groups(left, aliases)
        if is_one_word and left.legal != right.legal:
            # "Software AG" and "Software Inc": the word is too common to make them one.
            return CompanyComparison(
                CompanyMatch.RELATED, f"{_quoted(left)} and {_quoted(right)} share only a common word"
            )
        return CompanyComparison(CompanyMatch.EXACT, f"{_quoted(left)} = {_quoted(right)}")
    if left.squash == right.squash:
        match = CompanyMatch.HIGH if left.is_slug or right.is_slug else CompanyMatch.EXACT
        return CompanyComparison(match, f"{_quoted(left)} = {_quoted(right)}, run together")
    if left.spellings & right.spellings:
        return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(left)} is a spelling of {_quoted(right)}")
    return None


def _aliased(left: CompanyName, right: CompanyName, aliases: Aliases) -> CompanyComparison | None:
    # Two regions of one company would be aliases of one another by their core.
    whole = left.core == right.core
    if _groups(left, aliases, whole=whole) & _groups(right, aliases, whole=whole):
        return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(left)} is also called {_quoted(right)}")
    return None


def _groups(name: CompanyName, aliases: Aliases, *, whole: bool = False) -> frozenset[str]:
    """Return the groups that the name is in; if `whole`, by nothing less than itself."""
    groups = _index(aliases).groups
    forms = name.spellings if whole else name.spellings | name.loose
    if groups.keys().isdisjoint(forms):
        return frozenset()
    return frozenset(group for form in forms if (group := groups.get(form)))


def _owned(left: CompanyName, right: CompanyName, aliases: Aliases) -> CompanyComparison | None:
    owners = _index(aliases).owners
    for owned, owner in ((left, right), (right, left)):
        groups = _owning_groups(owned, aliases)
        if owners.keys().isdisjoint(groups):
            continue
        above = frozenset().union(*(owners.get(group, ()) for group in groups))
        if above & _owning_groups(owner, aliases):
            return CompanyComparison(CompanyMatch.RELATED, f"{_quoted(owned)} belongs to {_quoted(owner)}")
    return None


def _owning_groups(name: CompanyName, aliases: Aliases) -> frozenset[str]:
    """Return the groups of a name, and the name itself where it stands only among owned and owners."""
    return _groups(name, aliases) | (name.spellings | name.loose)


def _address_of(left: CompanyName, right: CompanyName) -> CompanyComparison | None:
    # One of the two must be whole: "Acme Labs" is not "acmeai", though both may be called acme.
    for short, long in ((left, right), (right, left)):
        if short.spellings & long.loose:
            return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(short)} is short for {_quoted(long)}")
    return None


def _shortened(left: CompanyName, right: CompanyName) -> CompanyComparison | None:
    for short, long in ((left, right), (right, left)):
        if short.acronym and short.acronym in long.initials:
            return CompanyComparison(
                CompanyMatch.HIGH, f"{_quoted(short)} are the initials of {_quoted(long)}"
            )
    return None


_GROUP: Final = frozenset({"group", "groupe", "gruppe", "grupo", "gruppo", "holding", "holdings"})


def _longer_form(left: CompanyName, right: CompanyName) -> CompanyComparison | None:
    if left.core == right.core:
        return _same_core(left, right)
    short, long = sorted((left, right), key=lambda name: len(name.core))
    if len(short.words) > 1 and long.words[:-1] == short.words and long.words[-1] in _GROUP:
        return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(long)} is the group of {_quoted(short)}")
    start = _as_words_of(short, long)
    if long.core[: len(start)] == start:
        return _begun_alike(short, long, start)
    if len(short.core) == 1 and long.core[-1] == short.core[0]:
        first = long.core[:-1]
        if (
            len(first) <= 2
            and GIVEN_NAMES.issuperset(first)
            and short.distinctive.issuperset(short.core)
            and short.core[0] not in COMMON_SURNAMES
        ):
            return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(short)} is short for {_quoted(long)}")
    first = long.core[: -len(short.core)]
    if (
        long.core[len(first) :] == short.core
        and LINES_OF_BUSINESS.issuperset(first)
        and not short.distinctive.isdisjoint(short.core)
    ):
        # French and Spanish say first what a company does: "Assurances Acme", "Banco Acme".
        because = f"{_quoted(long)} may be a part of {_quoted(short)}"
        return CompanyComparison(CompanyMatch.RELATED, because, is_shorter=True)
    if len(short.core) > 1 and short.distinctive and _telling(short) == _telling(long):
        return CompanyComparison(
            CompanyMatch.RELATED, f"{_quoted(left)} has the words of {_quoted(right)} in another order"
        )
    return None


def _telling(name: CompanyName) -> list[str]:
    return sorted(word for word in name.core if word not in PARTICLES)


def _same_core(left: CompanyName, right: CompanyName) -> CompanyComparison:
    core = f'"{" ".join(left.core)}"'
    if left.regions and right.regions and left.regions != right.regions:
        return CompanyComparison(CompanyMatch.RELATED, f"{core} in two regions")
    if not (left.descriptors <= right.descriptors or right.descriptors <= left.descriptors):
        return CompanyComparison(
            CompanyMatch.RELATED, f"{_quoted(left)} and {_quoted(right)} share only {core}"
        )
    return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(left)} and {_quoted(right)} are both {core}")


def _as_words_of(slug: CompanyName, name: CompanyName) -> tuple[str, ...]:
    """Return the words of `name` that the slug runs together, else its own: `boozallen`."""
    start = name.core[:2]
    if slug.is_slug and len(name.core) > 2 and squashed(start) in slug.spellings:
        return start
    return slug.core


def _begun_alike(short: CompanyName, long: CompanyName, start: tuple[str, ...]) -> CompanyComparison | None:
    distinctive = [word for word in start if word in long.distinctive]
    if not distinctive:
        return None
    rest = long.core[len(start) :]
    if len(distinctive) > 1 and len(rest) == 1 and LINES_OF_BUSINESS.isdisjoint(rest):
        # Two words are seldom those of another company: "Booz Allen" of "Booz Allen Hamilton".
        return CompanyComparison(CompanyMatch.HIGH, f"{_quoted(short)} is short for {_quoted(long)}")
    because = f"{_quoted(long)} may be a part of {_quoted(short)}"
    return CompanyComparison(CompanyMatch.RELATED, because, is_shorter=True)


def _misspelt(left: CompanyName, right: CompanyName) -> CompanyComparison | None:
    if (
        left.skeleton
        and left.skeleton == right.skeleton
        and OSA.distance(left.squash, right.squash, score_cutoff=1) <= 1
    ):
        return CompanyComparison(CompanyMatch.RELATED, f"{_quoted(left)} is nearly {_quoted(right)}")
    return None


@lru_cache(maxsize=2**16)
def block_keys(name: str | None, aliases: Aliases = SHIPPED) -> frozenset[str]:
    """Return the keys of which two names share one wherever they are compatible or related.

    They are the name run together in each of its spellings, the words that few companies have, initials,
    groups of aliases, and for long names what a typo leaves.
    """
    read = read_company(name)
    if read.key is None or read.names_nobody:
        return frozenset()
    keys = {read.squash, *read.spellings, *read.loose, *read.distinctive, *read.initials}
    if read.acronym:
        keys.add(read.acronym)
    if read.skeleton:
        keys.add(f"~{read.skeleton}")
    if len(read.core) > 2:
        keys.add(squashed(read.core[:2]))
    owners = _index(aliases).owners
    for group in _owning_groups(read, aliases):
        keys |= {f"={owner}" for owner in owners.get(group, ())}
    keys |= {f"={group}" for group in _groups(read, aliases)}
    return frozenset(filter(None, keys))
