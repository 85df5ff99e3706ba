"""Company names as they are compared: normalising, the keys that block, and a comparator with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from apptrack_pipeline.correlation.names import company_key as company_key


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


@dataclass(frozen=True)
class CompanyComparison:
    """The verdict on two names."""

    match: CompanyMatch
    because: str
    """In a few words, for a person."""

    @property
    def is_compatible(self) -> bool:
        """Whether a mail of the one may be linked to an application at the other without a person."""
        return self.match in {CompanyMatch.EXACT, CompanyMatch.HIGH}


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


SHIPPED: Final = Aliases()
"""The table that comes with the package."""


def compare_companies(one: str | None, other: str | None, aliases: Aliases = SHIPPED) -> CompanyComparison:
    """Compare two names, in whatever form they stand in mail, address, posting or tracker."""
    del aliases
    keys = company_key(one), company_key(other)
    if None in keys:
        return CompanyComparison(CompanyMatch.UNKNOWN, "no name")
    if keys[0] == keys[1]:
        return CompanyComparison(CompanyMatch.EXACT, f'"{one}" = "{other}"')
    return CompanyComparison(CompanyMatch.DIFFERENT, f'"{one}" is not "{other}"')


def block_keys(name: str | None, aliases: Aliases = SHIPPED) -> frozenset[str]:
    """Return the keys of which two names share one wherever they are compatible or related."""
    del aliases
    key = company_key(name)
    return frozenset([key]) if key else frozenset()
