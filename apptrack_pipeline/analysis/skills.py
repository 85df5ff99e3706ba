"""Which skills a text names: one pass over a gazetteer, with the exact place and the quote of each mention.

The gazetteer is `skills.csv`: name, aliases separated by `|`, category, and `case_sensitive`:
* `no`: in any case;
* `yes`: each spelling only as it is written, since *safe*, *excel* and *react* are English words;
* `context`: the name as it is written, and only beside another technical skill, alone on its line, or beside
  a word such as *programming* (Go, R, C, Swift, Express); its aliases in any case.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

MAX_TEXT_CHARS: Final = 200_000
"""Most of a text that is read, in characters."""

_MAX_QUOTE_CHARS: Final = 240
_MAX_MENTIONS: Final = 5_000  # a text of 200,000 times "C" would take 5 s
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTEXT_CHARS: Final = 60
_TECHNICAL: Final = frozenset({"software", "data", "cloud"})
_CONTEXT_WORD = re.compile(
    r"\b(?:programming|languages?|developers?|engineers?|coding|backend|back-end|compilers?|scripting|codebase"
    r"|written in|proficien\w+|fluent|expertise)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n|[•▪●·]")


@dataclass(frozen=True, slots=True)
class Skill:
    """One row of the gazetteer."""

    name: str
    category: str


@dataclass(frozen=True, slots=True)
class SkillMention:
    """One place where a text names a skill: `text[start:end]`, and the sentence around it."""

    skill: str
    category: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class _Term:
    skill: Skill
    written: str
    exact_case: bool
    needs_context: bool


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    automaton: AhoCorasick
    terms: tuple[_Term, ...]
    skills: dict[str, Skill]


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    source = resources.files("apptrack_pipeline.analysis").joinpath("skills.csv").read_text(encoding="utf-8")
    terms: list[_Term] = []
    skills: dict[str, Skill] = {}
    for row in csv.DictReader(source.splitlines()):
        skill = Skill(row["name"], row["category"])
        skills[skill.name] = skill
        flag = row["case_sensitive"]
        terms.append(_Term(skill, skill.name, flag != "no", flag == "context"))
        terms.extend(
            _Term(skill, alias, flag == "yes", False) for alias in row["aliases"].split("|") if alias
        )
    # Overlapping matches, chosen below: LeftmostLongest would drop "React" where "React Native" only seems to
    # stand ("react natively"), because it cannot know about word boundaries.
    automaton = AhoCorasick([term.written.lower() for term in terms], matchkind=MatchKind.Standard)
    return _Gazetteer(automaton, tuple(terms), skills)


def known_skills() -> dict[str, Skill]:
    """Return every skill of the gazetteer by its canonical name."""
    return dict(_gazetteer().skills)


def find_skills(text: str) -> tuple[SkillMention, ...]:
    """Return every mention of a known skill, in text order, never overlapping; the longest name wins."""
    read = text[:MAX_TEXT_CHARS]
    gazetteer = _gazetteer()
    found = [
        (start, -end, index)
        for index, start, end in gazetteer.automaton.find_matches_as_indexes(_lowered(read), overlapping=True)
        if _stands_alone(read, start, end, gazetteer.terms[index])
    ]
    chosen: list[tuple[int, int, _Term]] = []
    last_end = 0
    for start, negative_end, index in sorted(found):
        if start >= last_end and len(chosen) < _MAX_MENTIONS:
            last_end = -negative_end
            chosen.append((start, last_end, gazetteer.terms[index]))
    breaks = [0, *(match.end() for match in _SENTENCE_END.finditer(read)), len(read)]
    technical = [
        start for start, _, term in chosen if term.skill.category in _TECHNICAL and not term.needs_context
    ]
    return tuple(
        SkillMention(term.skill.name, term.skill.category, start, end, _quote(read, start, end, breaks))
        for start, end, term in chosen
        if not term.needs_context or _has_context(read, start, end, technical)
    )


def _lowered(text: str) -> str:
    # The automaton wants UTF-8, and a lone surrogate has none.
    text = _SURROGATE.sub("?", text)
    # A few letters ("İ") become two in lower case, which would move every place behind them.
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _stands_alone(text: str, start: int, end: int, term: _Term) -> bool:
    if term.exact_case and text[start:end] != term.written:
        return False
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    following = text[end + 1] if end + 1 < len(text) else " "
    if before.isalnum() or before == "_" or after.isalnum() or after == "_":
        return False
    # "C" is not in "C++", "Node" not in "Node.js", "Go" not in "Go-to-market"; "SQL." ends a sentence.
    if after in "+#" or (after in ".-&'\u2019" and following.isalnum() and len(term.written) <= 3):
        return False
    return not (
        before in "-&.@#'\u2019" and start > 1 and text[start - 2].isalnum() and len(term.written) <= 3
    )


def _has_context(text: str, start: int, end: int, technical: list[int]) -> bool:
    line_start = text.rfind("\n", max(0, start - _CONTEXT_CHARS), start) + 1 or max(0, start - _CONTEXT_CHARS)
    line_end = text.find("\n", end, end + _CONTEXT_CHARS)
    line_end = line_end if line_end >= 0 else min(len(text), end + _CONTEXT_CHARS)
    place = bisect_right(technical, line_end)
    if place and technical[place - 1] >= line_start:
        return True
    around = text[line_start:start] + " " + text[end:line_end]
    return not around.strip(" \t-*•,;:.") or _CONTEXT_WORD.search(around) is not None


def _quote(text: str, start: int, end: int, breaks: list[int]) -> str:
    place = bisect_right(breaks, start)
    first = breaks[place - 1]
    last = next((one for one in breaks[place:] if one >= end), len(text))
    if last - first > _MAX_QUOTE_CHARS:
        first = max(first, start - _MAX_QUOTE_CHARS // 2)
        last = min(last, max(end, first + _MAX_QUOTE_CHARS))
    return " ".join(text[first:last].split())
