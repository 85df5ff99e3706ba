"""The sentences of a mail, and a folded form of them in which phrases are looked for.

Folding keeps the length: every character becomes one character, so a place in the folded text is the same
place in the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

MAX_TEXT_CHARS: Final = 24_000
"""How much of a text is read: the news stands in the first lines; what is longer repeats a resume."""

MAX_SENTENCE_CHARS: Final = 500
_WRAPPED_LINE_CHARS: Final = 55  # plain text is wrapped at 60 to 78; a shorter line ends a paragraph or a row


class Sentence(NamedTuple):
    """One sentence with single spaces between its words."""

    text: str
    folded: str
    where: str
    """subject, text, invitation, quoted or forwarded."""


def _fold_table() -> dict[int, str]:
    table = {}
    for code in range(0xA0, 0x250):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base != chr(code) and base.isascii():
            table[code] = base.lower()
    table |= {ord(one): two for one, two in zip("ßœæøđłŒÆØĐŁ", "soaodloaodl", strict=True)}
    table |= dict.fromkeys((0x2018, 0x2019, 0x201A, 0x201B, 0x2BC, 0x2032, 0xB4, 0x60), "'")
    table |= dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F, 0xAB, 0xBB, 0x2033), '"')
    table |= dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
    table |= dict.fromkeys((0xA0, 0x202F, 0x3000, *range(0x2000, 0x200B)), " ")
    # The only letter that becomes two in lower case.
    table[0x130] = "i"
    return table


_FOLD: Final = _fold_table()

_BREAK: Final = re.compile(r"(?:[.!?…]+[\"')\]]*(?:\s+|(?<=[a-z][.!?])(?=[A-Z][a-z]* ))|\s[•▪●·|]\s)")
_SHORTENED: Final = (
    "dr mr mrs ms st no nr vs e.g i.e eg ie approx bzw z.b d.h ggf inkl ca evtl hr fr bspw m mme mlle ref av"
    " sra srta"
)
_SHORTENED_AT_THE_END: Final = "inc ltd co corp llc sr jr etc dept u.s u.k a.m p.m usw tel"
_ABBREVIATIONS: Final = frozenset(_SHORTENED.split())
_ABBREVIATIONS_THAT_END: Final = frozenset(_SHORTENED_AT_THE_END.split())
_LIST_ITEM: Final = re.compile(r"[-*•▪●·>]|\d{1,2}[.)]\s")
_URL: Final = re.compile(r"<?(?:https?://|www\.)\S*>?")


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, with plain quotes and hyphens; as long as before."""
    if text.isascii():
        return text.lower()
    return text.translate(_FOLD).lower()


def sentences(text: str, where: str) -> list[Sentence]:
    """Split `text` at the ends of its sentences and paragraphs; a wrapped line is taken as going on."""
    found: list[Sentence] = []
    for paragraph in _paragraphs(text[:MAX_TEXT_CHARS]):
        for piece in _split(paragraph):
            # Words that only a later sentence could complete are seldom further apart than this.
            for start in range(0, len(piece), MAX_SENTENCE_CHARS):
                part = piece[start : start + MAX_SENTENCE_CHARS]
                found.append(Sentence(part, fold(part), where))
    return found


def _paragraphs(text: str) -> list[str]:
    paragraphs: list[str] = []
    before = ""
    for raw_line in text.splitlines():
        line = " ".join(
            (_URL.sub(" | ", raw_line) if "://" in raw_line or "www." in raw_line else raw_line).split()
        )
        if line and line != "|":
            if before and _goes_on(before, line):
                paragraphs[-1] += " " + line
            else:
                paragraphs.append(line)
            before = line
        else:
            before = ""
    return paragraphs


def _goes_on(before: str, line: str) -> bool:
    if _LIST_ITEM.match(line):
        return False
    if line[0].islower():
        return before[-1] not in ".!?:;"
    return len(before) >= _WRAPPED_LINE_CHARS


def _split(paragraph: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for match in _BREAK.finditer(paragraph):
        word = paragraph[max(start, match.start() - 8) : match.start()].rpartition(" ")[2].lower().lstrip("(")
        if paragraph[match.start()] == "." and (
            word in _ABBREVIATIONS
            or (len(word) == 1 and word.isalpha())
            or (word in _ABBREVIATIONS_THAT_END and not paragraph[match.end() : match.end() + 1].isupper())
        ):
            continue
        piece = paragraph[start : match.end()].strip()
        if piece:
            pieces.append(piece)
        start = match.end()
    rest = paragraph[start:].strip()
    if rest:
        pieces.append(rest)
    return pieces
