"""Names that are tracked already, looked for in a mail: the closed set that comes before open patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from apptrack_pipeline.ingestion.mail.choice import Candidate
from apptrack_pipeline.ingestion.mail.company_names import folded, is_system, name_key
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
    if message is not None:
        parts.append(("sender", message.sender.name, 0.95))
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
                common = usable[index] in _COMMON_WORDS or (
                    " " not in usable[index] and len(usable[index]) < 4
                )
                if common and where != "sender" and not _in_context(part, start, value):
                    continue
                if is_system(value) and not _in_context(part, start, value):
                    continue
            if where == "text" and start > 1200:
                less = 0.2
            yield Candidate(Found(value, where, "known"), weight - less, "known")


_CONTEXT = re.compile(
    r"\b(?:at|joining|join|applying to|application to|chez|bei|bei der|from|with|interest in)\s$"
)


def _in_context(part: str, start: int, value: str) -> bool:
    """Return whether a name that is also a word stands where only a name can: after "at", "to", "chez"."""
    if not (value[0].isupper() or value[0].isdigit()):
        return False
    return bool(_CONTEXT.search(lowered(part[max(0, start - 24) : start])))
