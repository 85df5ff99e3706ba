"""What a job title says, part by part: the role, its specialty and team, and what tells siblings apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from apptrack_pipeline.correlation.job_ids import requisition_key
from apptrack_pipeline.correlation.places import place_named, places_at_end, region_of_code, regions_around
from apptrack_pipeline.correlation.title_words import (
    MAX_CHARS,
    TRANSLATED_PHRASES,
    folded,
    in_full,
    split_words,
    title_key,
    without_gender_marks,
    word_list,
    word_table,
)


@dataclass(frozen=True, slots=True)
class TitleParts:
    """One title, read; words are folded, in English where a table knows them, and without plural s."""

    raw: str
    key: str
    """`title_key` of the title."""
    spoken: str
    """The words without place, work mode, employment, number and employer, as a mail would say them."""
    head: str
    """The word that names the job; empty where the title names none."""
    sequence: tuple[str, ...]
    """Head, role and tail in the order in which they are written."""
    role: tuple[str, ...]
    """The other words of the part that names the job, in their order: its specialty."""
    tail: tuple[str, ...]
    """What is said behind the role: team, product, customers."""
    family: tuple[str, ...]
    """What is said before the role, and set apart from it: a department or the employer."""
    seniority: frozenset[str] = frozenset()
    alternatives: bool = False
    """Several seniorities are offered: "Senior/Principal"."""
    level: frozenset[tuple[str, int]] = frozenset()
    """Scale ("" where none is named, "ic", "l") and number."""
    years: frozenset[str] = frozenset()
    seasons: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    hours: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    """Requisition numbers, as `requisition_key` spells them."""
    languages: frozenset[str] = frozenset()
    """From which languages words were translated."""
    is_cut: bool = False
    """It ends in dots."""

    @property
    def words(self) -> tuple[str, ...]:
        """All that describes the role besides its head."""
        return self.role + self.tail + self.family


_HEADS: Final = word_list("heads")
_SENIORITY: Final = word_list("seniority")
_BEFORE_HEAD: Final = word_list("seniority_before_head")
_BEGINNERS: Final = word_list("beginners")
_HOURS: Final = word_list("employment_hours")
_TERMS: Final = word_list("employment_terms")
_MODES: Final = word_list("work_modes")
_SAYS_HOW: Final = _HOURS | _TERMS | _MODES
_JOINERS: Final = word_list("joiners")
_ROLE_NOUNS: Final = word_list("role_nouns")
_PREPOSITIONS: Final = word_list("prepositions")
_EMPLOYER_MARKS: Final = word_list("employer_marks")
_FILLERS: Final = word_list("fillers")
_GENERIC_HEADS: Final = word_list("generic_heads")
_DERIVED: Final = word_table("derived")
_SEASONS: Final = word_table("seasons")
_TRANSLATIONS: Final = {
    word: (meaning, language)
    for language in ("spanish", "french", "german")
    for word, meaning in word_table(language).items()
}
_MAYBE_FRENCH: Final = word_table("french_or_english")
_GERMAN_ENDS: Final = dict(
    sorted(word_table("german_ends").items(), key=lambda row: len(row[0]), reverse=True)
)
_GERMAN_FIELDS: Final = word_table("german_fields")
_MOST_FILLERS: Final = 3
_MOST_WORDS_OF_A_TOWN: Final = 3
_HIGHEST_LEVEL: Final = 12
_LEVEL_WORDS: Final = frozenset({"level", "grade", "stufe"})

_LABEL: Final = (
    r"(?:(?:job|opening|position|requisition|req|vacancy|posting|reference|referenz|referencia|ref|kennziffer"
    r"|stellen|stelle|offre|poste|puesto)[\s.-]*(?:id|no|nr|num|number|nummer|code|req|requisition)?"
    r"|id|no|nr|n°)"
)
_NUMBER = re.compile(
    # Job ID: 3042163, Req #R-12, Kennziffer 4711, (ID 12345), #48213
    rf"(?:\b{_LABEL}\s*[.:#]*\s*#?|#\s?)(?P<labelled>[a-z]{{0,5}}[-_]?\d[\d_-]{{2,15}}\b)"
    # numbers with a form of their own
    r"|(?<![\w-])(?P<formed>(?:jr|r|req|hrc)[-_ ]?\d{4,9}(?:-\d{1,2})?|\d{4,7}br|20\d\d-\d{3,8}"
    r"|(?!(?:iso|din|en|do|ifrs|sox|soc|ipc|fda|part)[-_])[a-z]{1,5}[-_]\d{3,9}|\d{5,12})(?![\w-])"
)
_LONE_NUMBER = re.compile(r"(?<![\w-])(?!19[5-9]\d|20[0-4]\d)\d{4}(?![\w-])")
_YEAR = re.compile(r"(?<!\d)20[1-4]\d(?!\d)")
_DOTS = re.compile(r"\s*(?:\.{2,}|…)\s*$")
_SEPARATOR = re.compile(r"[,|()\[\]{};•·~]|\s[-–—:/]|[-–—:]\s|[–—]|(?<=\D):|\s@")
_LEVEL = re.compile(r"(?:(l|ic|e|p|m|t|g|lvl)-?)?(\d{1,2})")
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_FEMININE: Final = re.compile(r".{5,}(?:er|or|eur|ist|ant|ent|ur|yst|ekt|ot)in")


def singular(word: str) -> str:
    """Return the word without the s of a plural: solutions, operations, sales; not business, analysis."""
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "chiefs")):
        return word[:-1]
    return word


def _translated(word: str) -> tuple[str, str]:
    """Return the word in English, and the language that it was in ("" where nothing was translated)."""
    known = _TRANSLATIONS.get(word)
    if known:
        return known
    if len(word) < 7 or word in _HEADS or word in _SENIORITY:
        return word, ""
    if _FEMININE.fullmatch(word):
        word = word[:-2]
        if word in _HEADS:
            return word, ""
    for end, meaning in _GERMAN_ENDS.items():
        if word.endswith(end):
            field = word[: -len(end)]
            if not field:
                return (word, "") if end == meaning else (meaning, "german")
            for joint in ("", "s", "n", "en", "ung", "ungs"):
                stem = field.removesuffix(joint)
                if field.endswith(joint) and stem in _GERMAN_FIELDS:
                    field = _GERMAN_FIELDS[stem]
                    break
            return f"{field} {meaning}", "german"
    return word, ""


class _Reader:
    """Collects what the parts of one title say."""

    def __init__(self) -> None:
        self.seniority: set[str] = set()
        self.level: set[tuple[str, int]] = set()
        self.seasons: set[str] = set()
        self.places: set[str] = set()
        self.modes: set[str] = set()
        self.hours: set[str] = set()
        self.terms: set[str] = set()
        self.languages: set[str] = set()

    def translate(self, words: list[str], *, is_english: bool) -> list[str]:
        joined = TRANSLATED_PHRASES.joined(words)
        if joined != words:
            self.languages.add("spanish" if {"jefe", "jefa"}.intersection(words) else "french")
        meant: list[str] = []
        for word in joined:
            meaning, language = _translated(word)
            if word in _MAYBE_FRENCH and not is_english:
                meaning, language = _MAYBE_FRENCH[word], "french"
            if language and meaning not in _SAYS_HOW:
                self.languages.add(language)
            meant += meaning.split()
        return meant

    def says_only_where_and_how(self, words: list[str]) -> bool:
        """Return whether a part holds only places, work modes and employment; they are collected then."""
        places, modes, hours, terms = set(), set(), set(), set()
        left, fillers = list(words), 0
        while left:
            place = place_named(" ".join(left), codes=True)
            count = len(left) if place else 0
            if not place:
                place, count = places_at_end(left)
            word = left[-1]
            if place:
                places.add(place)
            elif word in _MODES:
                modes.add(word)
            elif word in _HOURS:
                hours.add(word)
            elif word in _TERMS:
                terms.add(word)
            elif len(left) > 1 and (code := place_named(word, codes=True)):
                places.add(code)
            elif word in _JOINERS or word in _FILLERS or word.isdigit():
                fillers += 1
            else:
                return False
            del left[len(left) - max(count, 1) :]
        if not (places or modes or hours or terms) or fillers > _MOST_FILLERS:
            return False
        self.places |= places
        self.modes |= modes
        self.hours |= hours
        self.terms |= terms
        return True

    def without_places_at_end(self, words: list[str]) -> list[str]:
        """Return the words without the places that follow the role: "Data Engineer in Berlin"."""
        while len(words) > 1:
            place, count = places_at_end(words)
            if not place or count >= len(words) or not any(word in _HEADS for word in words[:-count]):
                break
            before = words[-count - 1]
            if before in _PREPOSITIONS - {"in", "en"}:
                break  # "Head of Germany"
            self.places.add(place)
            words = words[:-count]
            while len(words) > 1 and words[-1] in _JOINERS:
                words = words[:-1]
        return words

    def without_discriminators(self, words: list[str], *, with_seasons: bool) -> list[str]:
        """Return the words without seniority, level, season, mode and employment, which are collected."""
        last_head = max((n for n, word in enumerate(words) if word in _HEADS), default=-1)
        alone = all(word in _BEFORE_HEAD or word in _SENIORITY or word in _JOINERS for word in words)
        kept: list[str] = []
        for n, word in enumerate(words):
            if word in _SENIORITY or (word in _BEFORE_HEAD and (n < last_head or alone)):
                self.seniority.add(word)
            elif word in _MODES:
                self.modes.add(word)
            elif word in _HOURS:
                self.hours.add(word)
            elif word in _TERMS and word != "contract" and word != "contractor":
                self.terms.add(word)
            elif with_seasons and word in _SEASONS:
                self.seasons.add(_SEASONS[word])
            elif not self._is_level(words, n):
                kept.append(word)
            elif kept and kept[-1] in _LEVEL_WORDS:
                kept.pop()
        # "Développeur en alternance": what it joined is gone.
        while kept and kept[-1] in _JOINERS and kept[-1] != words[-1]:
            kept.pop()
        return kept

    def _is_level(self, words: list[str], at: int) -> bool:
        """Return whether a word is a level: "Engineer II", "(L4)", "Level 3"; not "Phase II", "2 days"."""
        scaled = _LEVEL.fullmatch(words[at])
        number = _ROMAN.get(words[at]) or (int(scaled[2]) if scaled else 0)
        if not 0 < number <= _HIGHEST_LEVEL:
            return False
        scale = (scaled[1] or "") if scaled else ""
        before = words[at - 1] if at else ""
        is_last = at == len(words) - 1
        behind_a_role = before in _HEADS or before in _SENIORITY or before in _LEVEL_WORDS
        if not behind_a_role and not (is_last and (at == 0 or scale in {"l", "ic"})):
            return False
        self.level.add(("" if scale == "lvl" else scale, number))
        return True


def _parts_of(text: str) -> tuple[list[str], frozenset[str], frozenset[str]]:
    """Return the parts of a folded title between separators, its requisition numbers and its years."""
    numbers: set[str] = set()

    def collect(found: re.Match[str]) -> str:
        number = requisition_key(found.group(found.lastgroup) if found.lastgroup else found.group())
        if number is None:
            return found.group()
        numbers.add(number)
        return " | "

    if any(char.isdigit() for char in text):
        text = _LONE_NUMBER.sub(collect, _NUMBER.sub(collect, text))
    years = frozenset(_YEAR.findall(text))
    if years:
        text = _YEAR.sub(" ", text)
    return [part for part in _SEPARATOR.split(text) if part.strip()], frozenset(numbers), years


def _without_employers(parts: list[list[str]]) -> list[list[str]]:
    """Return the parts without what stands behind "at", once a role was named."""
    kept: list[list[str]] = []
    is_named = False
    for words in parts:
        end = len(words)
        for n, word in enumerate(words):
            if word in _EMPLOYER_MARKS and is_named:
                end = n
                break
            is_named = is_named or word in _HEADS
        if end:
            kept.append(words[:end])
    return kept


def _head_of(words: list[str]) -> int:
    """Return where the head stands: the last word for a job before a preposition; -1 for none."""
    end = next((n for n, word in enumerate(words) if n and word in _PREPOSITIONS), len(words))
    for stretch in (range(end - 1, -1, -1), range(len(words) - 1, end, -1)):
        for n in stretch:
            if words[n] in _HEADS:
                return n
    return -1


def _towns_joined(parts: list[list[str]]) -> tuple[list[list[str]], set[str]]:
    """Return the parts without unknown towns and the codes behind them ("Wexford, TX"), and these places."""
    kept: list[list[str]] = []
    towns: set[str] = set()
    for words in parts:
        region = region_of_code(words[0]) if len(words) == 1 else None
        if region and len(kept) > 1 and _may_be_a_town(kept[-1]):
            towns.add(f"{' '.join(kept.pop())}, {region}")
        else:
            kept.append(words)
    return kept, towns


def _may_be_a_town(words: list[str]) -> bool:
    return (
        len(words) <= _MOST_WORDS_OF_A_TOWN
        and _HEADS.isdisjoint(words)
        and _JOINERS.isdisjoint(words)
        and place_named(" ".join(words), codes=True) is None
    )


@lru_cache(maxsize=16_384)
def read_title(title: str) -> TitleParts:
    """Return what a title says; `head` is empty where it names no role. Only 400 characters are read."""
    title = title[:MAX_CHARS]
    key = title_key(title) or ""
    text = without_gender_marks(folded(title)).strip()
    dots = _DOTS.search(text)
    if dots:
        text = text[: dots.start()]
    raw_parts, numbers, years = _parts_of(text)
    reader = _Reader()
    native = [in_full(split_words(part)) for part in raw_parts]
    native = [words[:-1] if words[-1] in _ROLE_NOUNS else words for words in native if words]
    native, towns = _towns_joined(_without_employers([words for words in native if words]))
    reader.places |= towns
    is_english = any(word in _HEADS for words in native for word in words)
    meant = [reader.translate(words, is_english=is_english) for words in native]
    kept: list[tuple[list[str], list[str]]] = [
        (said, words)
        for said, words in zip(native, meant, strict=True)
        if not reader.says_only_where_and_how(words)
    ]
    has_beginners = bool(years) or any(word in _BEGINNERS for _, words in kept for word in words)
    spoken: list[list[str]] = []
    parts: list[list[str]] = []
    for said, words in kept:
        stripped = reader.without_places_at_end(words)
        if len(said) == len(words):  # else a translation has another number of words
            said = said[: len(stripped)]
        spoken.append(said)
        parts.append(reader.without_discriminators(stripped, with_seasons=has_beginners))
    main = next((n for n, words in enumerate(parts) if _head_of(words) >= 0), None)
    if main is None:
        main = next((n for n, words in enumerate(parts) if words), len(parts))
    named = parts[main] if main < len(parts) else []
    at, named = _head_and_role(named, reader.seniority)
    role, tails = named[:at] + named[at + 1 :], parts[main + 1 :]
    head = named[at] if named else ""
    # "Site Reliability Engineer (SRE)" says it twice.
    tails = [words for words in tails if words and not set(named).issuperset(words)]
    sequence = _content(named) + tuple(word for words in tails for word in _content(words))
    if not role and tails and head in _GENERIC_HEADS:
        role = tails.pop(0)  # "Director, Product Marketing"
    return TitleParts(
        raw=" ".join(title.split()),
        key=key,
        spoken=" ".join(word for words in spoken[main:] for word in words),
        head=singular(head),
        sequence=sequence,
        role=_content(role),
        tail=tuple(word for words in tails for word in _content(words)),
        family=tuple(word for words in parts[:main] for word in _content(words)),
        seniority=frozenset(reader.seniority),
        alternatives="/" in text and len(reader.seniority) > 1,
        level=frozenset(reader.level),
        years=years,
        seasons=frozenset(reader.seasons),
        places=frozenset(reader.places).difference(*map(regions_around, reader.places)),
        modes=frozenset(reader.modes),
        hours=frozenset(reader.hours),
        terms=frozenset(reader.terms),
        numbers=numbers,
        languages=frozenset(reader.languages),
        is_cut=dots is not None,
    )


def _head_and_role(words: list[str], seniority: set[str]) -> tuple[int, list[str]]:
    """Return where the word for the job stands, and all words of the part; may add to both.

    "Software Engineering Intern" is a software engineer to be, and "Data Engineering Lead" a lead data
    engineer: who does what is learnt or led.
    """
    at = _head_of(words)
    if at > 0 and words[at] == "lead" and words[at - 1] in _DERIVED:
        seniority.add("lead")
        return at - 1, [*words[: at - 1], _DERIVED[words[at - 1]], *words[at + 1 :]]
    if at >= 0:
        return at, words
    words = [word for word in words if word not in _JOINERS]
    beginners = sorted(seniority & _BEGINNERS)
    if not beginners:
        return len(words) - 1, words
    derived = [n for n, word in enumerate(words) if word in _DERIVED]
    if derived:
        at = derived[-1]
        return at, [*words[:at], _DERIVED[words[at]], *words[at + 1 :]]
    return len(words), [*words, beginners[0]]


def _content(words: list[str]) -> tuple[str, ...]:
    """Return the words without those that join others; at the end there is nothing to join ("Talent IM")."""
    last = len(words) - 1
    return tuple([singular(word) for n, word in enumerate(words) if word not in _JOINERS or n == last])
