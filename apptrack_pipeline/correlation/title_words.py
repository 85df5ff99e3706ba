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
_ONE_GENDER: Final = (
    r"(?:[mwfdxhigua*]|gn|div|divers|all|alle|mannlich|weiblich|male|female|homme|femme|hombre|mujer)"
)
# (m/w/d), (w|m), (h/f), (m, f, d), (gn), (mwd), (d); a lone i or a in brackets is a level or a grade
_BRACKETED_MARK = re.compile(
    rf"[(\[]\s*(?:{_ONE_GENDER}(?:\s*[/|,.*:;–-]\s*{_ONE_GENDER}){{1,4}}|[mwfdxh]{{1,3}}|gn)\s*[)\]]"
)
_BARE_MARK = re.compile(
    r"(?<![\w/])[mwfdxh](?:\s?[/|*]\s?(?:[mwfdxhi]|div|divers|gn)){1,3}(?![\w/])"
    r"|[(\[]?\b(?:all genders?|alle geschlechter|tous genres|todos los generos)\b[)\]]?"
)
_HINTS_OF_BARE_MARKS: Final = ("/", "|", "*", "gender", "geschlechter", "genres", "generos")
# Entwickler/in, Entwickler*innen, Entwickler(in), Chargé(e), Développeur·euse, Desarrollador/a.
# The separator stands first, so that a text is scanned for it and not tried at each letter.
_ENDINGS: Final = r"(?:innen|in|e|ne|se|euse|rice|trice|iere|ere|a|as|o|r|n)"
_GENDER_ENDING = re.compile(
    r"[*:/·•_(.-](?<=[^\W\d_]{3}.)"
    rf"(?:(?<=[*:/·•_])-?{_ENDINGS}|(?<=\(){_ENDINGS}\)|(?<=\.)e|(?<=-)innen)(?![^\W_])"
)
_DOT_WITHIN = re.compile(r"\.(?<=[^\W\d]\.)[^\W\d]")
_DOTTED = re.compile(r"\b(?:[^\W\d]\.)+[^\W\d]\b")
_WORD = re.compile(r"[\w+#]+")


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
    text = _BRACKETED_MARK.sub(" ", text)
    if any(hint in text for hint in _HINTS_OF_BARE_MARKS):
        text = _BARE_MARK.sub(" ", text)
    return _GENDER_ENDING.sub("", text)


def split_words(text: str) -> list[str]:
    """Return the words of a folded text; `+` and `#` belong to words (C++, C#), "U.S." is one."""
    if _DOT_WITHIN.search(text):
        text = _DOTTED.sub(lambda found: found.group().replace(".", ""), text)
    return _WORD.findall(text)


class Phrases:
    """Phrases of several words, each with the word that stands for it."""

    def __init__(self, table: dict[str, str]) -> None:
        self._by_first: dict[str, list[tuple[list[str], str]]] = {}
        for phrase in sorted(table, key=len, reverse=True):
            first, *rest = phrase.split()
            self._by_first.setdefault(first, []).append((rest, table[phrase]))

    def joined(self, words: list[str]) -> list[str]:
        """Return the words with each phrase as the words that it means; of two phrases the longer one."""
        if self._by_first.keys().isdisjoint(words):
            return words
        kept: list[str] = []
        n = 0
        while n < len(words):
            word = words[n]
            n += 1
            for rest, meaning in self._by_first.get(word, ()):
                if words[n : n + len(rest)] == rest:
                    kept += meaning.split()
                    n += len(rest)
                    break
            else:
                kept.append(word)
        return kept


PHRASES: Final = Phrases(word_table("phrases"))
TRANSLATED_PHRASES: Final = Phrases(word_table("translated_phrases"))
_ABBREVIATIONS: Final = {word: meaning.split() for word, meaning in word_table("abbreviations").items()}


def in_full(words: list[str]) -> list[str]:
    """Return the words with abbreviations written out, and phrases as one word."""
    words = PHRASES.joined(words)
    if _ABBREVIATIONS.keys().isdisjoint(words):
        return words
    return [part for word in words for part in _ABBREVIATIONS.get(word, (word,))]


def words_in_full(text: str) -> list[str]:
    """Return the words of any text as titles are compared: folded, without gender marks, in full."""
    return in_full(split_words(without_gender_marks(folded(text))))


@lru_cache(maxsize=16_384)
def title_key(title: str | None) -> str | None:
    """Return a title as it is stored for comparing; None if it has no letter or digit.

    Without case, accents, punctuation and gender marks, and with the common abbreviations written out;
    everything that tells sibling roles apart stays. The key of a key is the key.
    """
    return " ".join(words_in_full((title or "")[:MAX_CHARS])) or None
