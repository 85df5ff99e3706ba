"""Names that are tracked already, looked for in a mail: the closed set that comes before open patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from apptrack_pipeline.ingestion.mail.choice import Candidate
from apptrack_pipeline.ingestion.mail.company_names import folded, is_system, looks_like_person, name_key
from apptrack_pipeline.ingestion.mail.cues import lowered
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.signals import Found
from apptrack_pipeline.ingestion.mail.vocabulary import words

_COMMON_WORDS: Final = words("common_words")


_MAX_MATCHES: Final = 100
"""Most places of tracked names that are looked at in one part of a mail."""


@lru_cache(maxsize=8)
def _finder(names: tuple[str, ...]) -> tuple[AhoCorasick, tuple[str, ...]]:
    usable = tuple(
        dict.fromkeys(name for name in (" ".join(folded(one).split()) for one in names) if len(name) > 1)
    )
    return AhoCorasick(list(usable), matchkind=MatchKind.LeftmostLongest), usable


def known_by_slug(names: tuple[str, ...], slugs: Iterable[str]) -> Iterator[Candidate]:
    """Yield the tracked company whose letters are those of a tenant or of the sender's own domain."""
    squeezed = _squeezed(names) if names else {}
    for slug in slugs:
        name = squeezed.get(re.sub(r"[^a-z0-9]", "", slug))
        if name is not None:
            yield Candidate(Found(name, "sender", "known.slug"), 0.9, "known")


@lru_cache(maxsize=8)
def _squeezed(names: tuple[str, ...]) -> dict[str, str]:
    keyed = ((re.sub(r"[^a-z0-9]", "", name_key(name)), name) for name in names)
    return {key: name for key, name in keyed if len(key) > 2}


def known_names(
    names: tuple[str, ...], subject: str, text: str, message: Message | None
) -> Iterator[Candidate]:
    """Yield the tracked names that the mail holds as whole words; `message` is given for companies."""
    if not names:
        return
    finder, usable = _finder(names)
    parts = [("subject", subject, 0.95), ("text", text, 0.85)]
    if message is not None and not is_system(message.sender.name):
        parts.append(("sender", message.sender.name, 0.95))
    written = _written(names)
    for where, part, weight in parts:
        plain = folded(part)
        if len(plain) != len(part):
            continue
        for index, start, end in islice(finder.find_matches_as_indexes(plain), _MAX_MATCHES):
            if (start and plain[start - 1].isalnum()) or (end < len(plain) and plain[end].isalnum()):
                continue
            value = part[start:end]
            less = 0.0
            if message is not None:
                if _PRODUCT.match(part, end):
                    continue
                if _needs_context(usable[index], value, where, part, written) and not _in_context(
                    part, start, value
                ):
                    continue
            if where == "text" and start > 1200:
                less = 0.2
            yield Candidate(Found(value, where, "known"), weight - less, "known")


@lru_cache(maxsize=8)
def _written(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names)


def _needs_context(name: str, value: str, where: str, part: str, written: frozenset[str]) -> bool:
    """Return whether the bare word may mean something else: a word, a system, a person's surname."""
    if is_system(value):
        return True
    if where == "sender":
        return looks_like_person(part)
    if " " in name:
        return False
    # "faire" in a French text is no company; "n8n" is, when it is tracked so.
    return name in _COMMON_WORDS or len(name) < 4 or (value.islower() and value not in written)


_PRODUCT = re.compile(r"\s(?:meet|calendar|drive|docs|forms|maps|play|teams|outlook|office)\b", re.IGNORECASE)
_CONTEXT = re.compile(
    r"\b(?:at|joining|join|applying to|application to|chez|bei|bei der|from|with|interest in)\s$"
)


def _in_context(part: str, start: int, value: str) -> bool:
    """Return whether a name that is also a word stands where only a name can: after "at", "to", "chez"."""
    if not (value[0].isupper() or value[0].isdigit()):
        return False
    return bool(_CONTEXT.search(lowered(part[max(0, start - 24) : start])))
