"""What a rule is: a phrase that speaks for a category, and the words that only give a mail its context.

The phrases themselves are in `rules_en.py`, `rules_fr.py`, `rules_de.py` and `rules_es.py`. A pattern is
written for folded sentences (lower case, no accents, plain quotes) and has no unbounded gaps, so that its time
is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from apptrack_pipeline.ingestion.mail.signals import Category


class Guard(StrEnum):
    """What in the same clause takes a rule's meaning away."""

    NONE = "none"
    CONDITION = "condition"
    """"If you are not selected": nothing has been decided."""
    CONDITION_OR_NEGATION = "condition_or_negation"
    """"We are unable to invite you to an interview": the opposite is said."""


@dataclass(frozen=True)
class Rule:
    """A phrase that speaks for one category."""

    name: str
    """Stable: it is stored as evidence. `language.category.what`."""
    category: Category
    weight: float
    """From 1 (seen in other categories as well) to 7 (hardly ever seen elsewhere)."""
    anchors: tuple[str, ...]
    """One of these is in every text that the pattern matches: a sentence without any is not searched."""
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


_CONTEXT: Final = {Category.CONFIRMATION: 1.0, Category.OFFER: 1.0, Category.RECRUITER_OUTREACH: 1.0}


def rule(
    name: str,
    category: Category,
    weight: float,
    anchors: str,
    pattern: str,
    *,
    guard: Guard | None = None,
    where: str = "",
    context: float | None = None,
) -> Rule:
    """Make a rule; `anchors` are separated by `|`."""
    if guard is None:
        guard = Guard.CONDITION if category is Category.REJECTION else Guard.CONDITION_OR_NEGATION
    if context is None:
        context = _CONTEXT.get(category, 0.0)
    return Rule(name, category, weight, tuple(anchors.split("|")), pattern, guard, where, context)
