"""Company names and job titles as they are compared."""

from __future__ import annotations

import re
import unicodedata

from apptrack_pipeline.correlation.title_words import title_key

__all__ = ["company_key", "title_key"]

_NOT_WORD = re.compile(r"[^\w+#]+")
_DOTTED = re.compile(r"\b(?:\w\.)+\w\b")
_LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "as",
        "asa",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "incorporated",
        "kg",
    ]
    + ["limited", "llc", "llp", "ltd", "nv", "oy", "plc", "pty", "sa", "sarl", "sas", "se", "spa", "srl"]
)


def _words(name: str) -> list[str]:
    # Twice, since each step may bring up what the other takes away: the sign of a trade mark is "TM" after
    # the first, and has a case then.
    folded = name
    for _ in range(2):
        folded = unicodedata.normalize("NFKD", folded).casefold()
    folded = _DOTTED.sub(lambda found: found.group().replace(".", ""), unicodedata.normalize("NFKD", folded))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", plain).split()


def company_key(name: str | None) -> str | None:
    """Return a company's name without case, accents, punctuation and trailing legal forms."""
    words = _words(name or "")
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words) or None
