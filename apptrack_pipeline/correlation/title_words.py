"""The words of job titles: folding, gender marks, abbreviations, and the key under which a title is stored.

What the words mean (role, level, place) is read in `title_parts`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Any, Final

MAX_CHARS: Final = 400
"""Longest title that is read; the longest of 9,600 real ones has 150 characters."""

_TABLE: Final[dict[str, Any]] = tomllib.loads(
    resources.files("apptrack_pipeline.correlation").joinpath("titles.toml").read_text("utf-8")
)


def word_list(name: str) -> frozenset[str]:
    """Return one list of words of `titles.toml`."""
    return frozenset(_TABLE["lists"][name].split())


def word_table(name: str) -> dict[str, str]:
    """Return one table of `titles.toml`: what is written, and what it means."""
    return dict(_TABLE[name])


_UNDECOMPOSED: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss"})
_DOTTED = re.compile(r"\b(?:[^\W\d]\.)+[^\W\d]\b")
_NOT_WORD = re.compile(r"[^\w+#]+")
_ONE_GENDER: Final = (
    r"(?:[mwfdxhigua*]|gn|div|divers|all|alle|mannlich|weiblich|male|female|homme|femme|hombre|mujer)"
)
_GENDER_MARK = re.compile(
    # (m/w/d), (w|m), (h/f), (m, f, d), (gn), (mwd), (d); a lone i or a in brackets is a level or a grade
    rf"[(\[]\s*(?:{_ONE_GENDER}(?:\s*[/|,.*:;–-]\s*{_ONE_GENDER}){{1,4}}|[mwfdxh]{{1,3}}|gn)\s*[)\]]"
    # m/w/d without brackets
    r"|(?<![\w/])[mwfdxh](?:\s?[/|*]\s?(?:[mwfdxhi]|div|divers|gn)){1,3}(?![\w/])"
    r"|[(\[]?\b(?:all genders?|alle geschlechter|tous genres|todos los generos)\b[)\]]?"
)
# Entwickler/in, Entwickler:in, Entwickler*innen, Entwickler(in), Chargé(e), Développeur·euse, Desarrollador/a
_GENDER_ENDING = re.compile(
    r"(?<=[^\W\d_]{3})(?:(?:\s?[*:/·•_]\s?-?|\.(?=e\b)|-(?=innen\b))(?:innen|in|e|ne|se|euse|rice|trice|iere|ere|a|as|o|r|n)"
    r"|\((?:innen|in|e|ne|se|euse|rice|trice|iere|ere|a|as|o|r)\))(?![^\W_])"
)


def folded(text: str) -> str:
    """Return the text without case, accents and widths; punctuation stays."""
    if text.isascii():
        return text.lower()
    # Twice, since each step may bring up what the other takes away: the sign of a trade mark is "TM" after
    # the first, and has a case then.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text)
    return "".join(char for char in text if not unicodedata.combining(char)).translate(_UNDECOMPOSED)


def without_gender_marks(text: str) -> str:
    """Return a folded text without "(m/w/d)", "H/F", "(all genders)" and endings: "/in", "(e)", "/a"."""
    return _GENDER_ENDING.sub("", _GENDER_MARK.sub(" ", text))


def split_words(text: str) -> list[str]:
    """Return the words of a folded text; `+` and `#` belong to words (C++, C#), "U.S." is one."""
    if "." in text:
        text = _DOTTED.sub(lambda found: found.group().replace(".", ""), text)
    return _NOT_WORD.sub(" ", text).split()


def _compiled(phrases: dict[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(r"(?<!\S)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\S)"), phrases


_PHRASES: Final = _compiled(word_table("phrases"))
_ABBREVIATIONS: Final = word_table("abbreviations")


def with_phrases_joined(words: str, phrases: tuple[re.Pattern[str], dict[str, str]] = _PHRASES) -> str:
    """Return words with single spaces in which phrases of the table are one word: "full stack"."""
    pattern, meanings = phrases
    return pattern.sub(lambda found: meanings[found.group()], words)


TRANSLATED_PHRASES: Final = _compiled(word_table("translated_phrases"))
"""For `with_phrases_joined`: phrases of other languages that mean one role."""


def in_full(words: list[str]) -> str:
    """Return the words with single spaces, abbreviations written out, and phrases as one word."""
    joined = with_phrases_joined(" ".join(words))
    return " ".join([_ABBREVIATIONS.get(word, word) for word in joined.split()])


@lru_cache(maxsize=16_384)
def title_key(title: str | None) -> str | None:
    """Return a title as it is stored for comparing; None if it has no letter or digit.

    Without case, accents, punctuation and gender marks, and with the common abbreviations written out;
    everything that tells sibling roles apart stays. The key of a key is the key.
    """
    return in_full(split_words(without_gender_marks(folded((title or "")[:MAX_CHARS])))) or None
