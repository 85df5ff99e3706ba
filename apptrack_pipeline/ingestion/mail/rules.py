"""What a rule is: a phrase that speaks for a category.

The phrases themselves are in `rules_en.py`, `rules_fr.py`, `rules_de.py` and `rules_es.py`. A pattern is
written for folded sentences (lower case, no accents, plain quotes) and has no unbounded gaps, so that its
time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from typing import Any, Final

from apptrack_pipeline.domain import MailCategory


class Guard(StrEnum):
    """What in the same clause takes a rule's meaning away."""

    NONE = "none"
    CONDITION = "condition"
    """"If you are not selected": nothing has been decided."""
    CONDITION_OR_NEGATION = "condition_or_negation"
    """"We are unable to invite you to an interview": the opposite is said."""
    EMPLOYMENT = "employment"
    """"Your application for the loan officer position": it is about a job after all."""


@dataclass(frozen=True)
class Rule:
    """A phrase that speaks for one category."""

    name: str
    """Stable: it is stored as evidence. `language.category.what`."""
    category: MailCategory
    weight: float
    """From 1 (seen in other categories as well) to 8 (hardly ever seen elsewhere)."""
    pattern: str
    guard: Guard
    where: str
    """`subject`, `text`, or empty for both."""
    context: float
    """How far the phrase alone places a mail in the job world, as the words of `context.py` do."""

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when its first anchor is met."""
        return re.compile(self.pattern)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Words of which each text that the pattern matches has one: a sentence with none is not searched."""
        return anchors_of(self.pattern)

    @property
    def language(self) -> str:
        """en, fr, de or es."""
        return self.name[:2]


_CONTEXT: Final = {
    MailCategory.CONFIRMATION: 1.0,
    MailCategory.OFFER: 1.0,
    MailCategory.RECRUITER_OUTREACH: 1.0,
}


def rule(
    name: str,
    category: MailCategory,
    weight: float,
    pattern: str,
    *,
    guard: Guard | None = None,
    where: str = "",
    context: float | None = None,
) -> Rule:
    """Make a rule."""
    if guard is None:
        guard = Guard.CONDITION if category is MailCategory.REJECTION else Guard.CONDITION_OR_NEGATION
    if context is None:
        context = _CONTEXT.get(category, 0.0)
    return Rule(name, category, weight, pattern, guard, where, context)


_MOST_WORDS: Final = 80
_Words = frozenset[str]


def anchors_of(pattern: str) -> _Words:
    """Return words of which every match of the pattern contains at least one.

    The words are read out of the parsed pattern, so that none can be forgotten; of all such sets the one that
    ordinary text is least likely to contain. Raises ValueError for a pattern that demands no word at all.
    """
    # The standard library's own parser of patterns; it has no public name (Python 3.11 to 3.14).
    parser: Any = import_module("re._parser")
    exact, demanded = _demands(parser.parse(pattern))
    found = _best([exact, demanded] if exact is not None else [demanded])
    if found is None:
        raise ValueError(f"the pattern demands no word: {pattern}")
    return found


def _demands(parsed: Iterable[tuple[Any, Any]]) -> tuple[_Words | None, _Words | None]:
    """Return all that a sequence can match, where that is little, and words of which each match has one."""
    run: _Words = frozenset({""})
    demanded: list[_Words | None] = []
    complete = True
    for operation, argument in parsed:
        exact, inner = _demands_of(str(operation), argument)
        if exact is not None and len(exact) * len(run) <= _MOST_WORDS:
            run = frozenset(head + tail for head in run for tail in exact)
        else:
            demanded += [run, inner, exact]
            run = exact if exact is not None and len(exact) <= _MOST_WORDS else frozenset({""})
            complete = False
    demanded.append(run)
    return (run if complete else None), _best(demanded)


def _demands_of(operation: str, argument: Any) -> tuple[_Words | None, _Words | None]:  # noqa: ANN401
    nothing: _Words = frozenset({""})
    if operation == "LITERAL":
        return frozenset({chr(argument)}), None
    if operation in {"AT", "ASSERT", "ASSERT_NOT"}:
        return nothing, None
    if operation == "SUBPATTERN":
        return _demands(argument[3])
    if operation == "BRANCH":
        branches = [_demands(branch) for branch in argument[1]]
        exacts = [exact for exact, _ in branches if exact is not None]
        if len(exacts) == len(branches):
            return frozenset().union(*exacts), None
        wanted = [_best([exact, inner]) for exact, inner in branches]
        if any(one is None for one in wanted):
            return None, None
        return None, frozenset().union(*(one for one in wanted if one is not None))
    if operation in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, inner = argument
        exact, demanded = _demands(inner)
        if exact is not None and int(most) == 1:
            return (exact if least else exact | nothing), None
        return None, (_best([exact, demanded]) if least else None)
    if operation == "IN" and all(str(kind) == "LITERAL" for kind, _ in argument):
        return frozenset(chr(code) for _, code in argument), None
    return None, None


# Words that nearly every mail about jobs has: as anchors they cost trials. The last letters are free.
_COMMON: Final = frozenset(
    (
        "application",
        "your",
        "you",
        "you ",
        "your ",
        "the",
        "for",
        "process",
        "resume",
        "profile",
        "role",
        "position",
    )
)
_COST_OF_COMMON: Final = 0.3


def _cost(word: str) -> float:
    return 4.0 ** -len(word.strip()) + (_COST_OF_COMMON if word in _COMMON else 0.0)


def _best(choices: Iterable[_Words | None]) -> _Words | None:
    usable = [words for words in choices if words and all(word.strip() for word in words)]
    return min(usable, key=lambda words: sum(map(_cost, words)), default=None)
