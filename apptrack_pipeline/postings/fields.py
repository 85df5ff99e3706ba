"""Collects what the sources of one posting say, field by field; the surest word stays, of equals the first.

Every method takes any value that a page or an API can hold, and drops what says nothing; none raises.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from apptrack_pipeline.postings.dates import read_date
from apptrack_pipeline.postings.markup import clean_html, looks_like_html, plain_text, tidy_text
from apptrack_pipeline.postings.model import FieldSource, PayRange, Source
from apptrack_pipeline.postings.places import split_places
from apptrack_pipeline.postings.requirements import requirement_lines
from apptrack_pipeline.postings.vocabulary import employment_type, location_type

MIN_DESCRIPTION_CHARS: Final = 80
"""Below this a page holds no posting text: shells, walls and error pages stay under it."""

MAX_DESCRIPTION_CHARS: Final = 200_000
"""Most of a description that is kept, in characters."""

CONFIDENCE: Final[Mapping[Source, float]] = MappingProxyType(
    {
        "api": 0.98,
        "json-ld": 0.95,
        "microdata": 0.92,
        "user": 0.9,
        "embedded state": 0.88,
        "dom": 0.7,
        "meta": 0.6,
        "text": 0.5,
    }
)
"""How sure a source is unless its reader says otherwise; the order is that of the architecture."""

_MAX_SHORT_CHARS: Final = 300
_MAX_LOCATIONS: Final = 50
_MAX_RANGES: Final = 50
_EARLIEST: Final = date(1995, 1, 1)
_LATEST_AHEAD: Final = timedelta(hours=48)
_MISSING: Final = frozenset(
    {"", "unavailable", "n/a", "na", "none", "null", "undefined", "-", "not specified"}
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")


class Fields:
    """The fields of one posting as they are found; `now` is aware, and says which dates cannot be."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(UTC)
        self.values: dict[str, object] = {}
        self.sources: dict[str, FieldSource] = {}
        self.valid_through: datetime | date | None = None
        self.closed_reason: str | None = None
        self.is_open: bool | None = None

    def offer(self, name: str, value: object, source: Source, confidence: float | None = None) -> None:
        """Take a value of the field's own type, unless a surer one is there or it says nothing."""
        sure = CONFIDENCE[source] if confidence is None else confidence
        if value is None or value in ("", ()):
            return
        before = self.sources.get(name)
        if before is None or sure > before.confidence:
            self.values[name] = value
            self.sources[name] = FieldSource(source, sure)

    def refuse(self, name: str, source: Source) -> None:
        """Drop what this source said of a field: the platform is known to make it up."""
        found = self.sources.get(name)
        if found is not None and found.source == source:
            del self.values[name], self.sources[name]
            if name == "closes_at":
                self.valid_through = None

    def text(self, name: str) -> str | None:
        """Return the text that a field holds so far."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def line(self, name: str, value: object, source: Source, confidence: float | None = None) -> None:
        """Take a title, a company, a requisition: one line, without tags and entities."""
        self.offer(name, short(value), source, confidence)

    def short_name(self, slug: object) -> None:
        """Take the employer's short name in an address (`acme-corp`) as its name: a guess."""
        words = re.split(r"[-_.+\s]+", (short(slug) or "")[:100])
        name = " ".join(word[:1].upper() + word[1:] for word in words if word)
        self.offer("company", name or None, "text", 0.3)

    def description(
        self, parts: object | Sequence[object], source: Source, confidence: float | None = None
    ) -> None:
        """Take a description out of HTML or text, or out of several parts; a part said before is left out."""
        text, markup = description_of(parts)
        if len(text) >= MIN_DESCRIPTION_CHARS or source == "api":
            self.offer("description_text", text, source, confidence)
            if self.values.get("description_text") == text:
                self.offer("description_html", markup, source, confidence)

    def requirements(self, parts: object, source: Source, confidence: float | None = None) -> None:
        """Take parts of a posting that ask for something by themselves (`qualifications`), HTML or text."""
        texts = [text for part in as_list(parts) for text in as_list(part) if isinstance(text, str)]
        self.offer("requirements", requirement_lines(texts), source, confidence)

    def locations(self, values: Iterable[object], source: Source, confidence: float | None = None) -> None:
        """Take places, each once, several of one text apart; what they say of remote work is offered too."""
        each = (place for value in values for place in split_places(short(value) or ""))
        places = tuple(dict.fromkeys(each))[:_MAX_LOCATIONS]
        self.offer("locations", places, source, confidence)
        for place in places:
            self.offer("location_type", location_type(place), source, min(0.7, CONFIDENCE[source]))

    def location_type(self, value: object, source: Source, confidence: float | None = None) -> None:
        """Take a word for remote, hybrid or onsite work; an unknown word says nothing."""
        stated = short(value)
        self.offer("location_type", location_type(stated) if stated else None, source, confidence)

    def employment_type(self, value: object, source: Source, confidence: float | None = None) -> None:
        """Take a word, or a list of words, for full time, part time, contract and the like."""
        for stated in value if isinstance(value, list | tuple) else [value]:
            shown = short(stated)
            self.offer("employment_type", employment_type(shown) if shown else None, source, confidence)

    def pay(
        self,
        ranges: Iterable[PayRange | None],
        source: Source,
        confidence: float | None = None,
        *,
        text: str | None = None,
    ) -> None:
        """Take all stated pays of one source; `text` is the employer's own wording, where there is one.

        They are summed up to one range only where currency and period agree: zones of one country do,
        Zürich and Berlin do not.
        """
        stated = tuple(dict.fromkeys(one for one in ranges if one is not None))[:_MAX_RANGES]
        known = tuple(one for one in stated if one.minimum is not None or one.maximum is not None)
        self.offer("salary_ranges", known, source, confidence)
        self.offer("salary_text", short(text), source, confidence)
        if not known or self.values.get("salary_ranges") != known:
            return
        for name in ("salary_min", "salary_max", "salary_currency", "salary_period"):
            self.values.pop(name, None)
            self.sources.pop(name, None)
        if len({(one.currency, one.period) for one in known}) > 1:
            return
        lows = [one.minimum for one in known if one.minimum is not None]
        highs = [one.maximum for one in known if one.maximum is not None]
        # "From 100,000" in one zone leaves the sum of all zones open at the top.
        self.offer("salary_min", min(lows) if len(lows) == len(known) else None, source, confidence)
        self.offer("salary_max", max(highs) if len(highs) == len(known) else None, source, confidence)
        self.offer("salary_currency", known[0].currency, source, confidence)
        self.offer("salary_period", known[0].period, source, confidence)

    def posted(
        self,
        value: object,
        source: Source,
        confidence: float | None = None,
        *,
        month_first: bool | None = None,
    ) -> None:
        """Take the day of publication, in any form of `read_date`; none before 1995 or 48 hours ahead."""
        day = _day(read_date(value, now=self.now, language=self.text("language"), month_first=month_first))
        # A posting of the day after tomorrow is a clock or a trick that would pin it to the top.
        if day is not None and _EARLIEST <= day <= (self.now + _LATEST_AHEAD).date():
            self.offer("posted_at", day, source, confidence)

    def closes(
        self,
        value: object,
        source: Source,
        confidence: float | None = None,
        *,
        month_first: bool | None = None,
    ) -> None:
        """Take the last day to apply; that it has passed is a hint, since many systems make it up."""
        moment = read_date(value, now=self.now, language=self.text("language"), month_first=month_first)
        day = _day(moment)
        if day is not None and day >= _EARLIEST:
            self.offer("closes_at", day, source, confidence)
            if self.values.get("closes_at") == day:
                self.valid_through = moment

    def language(self, value: object, source: Source, confidence: float | None = None) -> None:
        """Take a language tag (`en-US`, `de_DE`, `fr`) as the two or three letters it begins with."""
        found = _LANGUAGE.fullmatch(value.strip()) if isinstance(value, str) else None
        self.offer("language", found[1].lower() if found else None, source, confidence)

    def closed(self, reason: str) -> None:
        """Note that the source says the posting is gone; `reason` is a short code. The first one stays."""
        self.closed_reason = self.closed_reason or reason

    def listed(self) -> None:
        """Note that the platform itself lists the posting as open."""
        self.is_open = True


def short(value: object) -> str | None:
    """Return one line of at most 300 characters without tags and entities, None where it says nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**30 else None
    if not isinstance(value, str):
        return None
    shown = html_entities.unescape(value[: 4 * _MAX_SHORT_CHARS])
    if looks_like_html(shown):
        shown = plain_text(shown)
    line = " ".join(tidy_text(shown).split())[:_MAX_SHORT_CHARS].strip()
    return None if line.lower() in _MISSING else line


def text_of(value: object) -> str:
    """Return a text, or the first text of a list; empty for all else."""
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    return value if isinstance(value, str) else ""


def as_list(value: object) -> list[object]:
    """Return the value as a list: itself, nothing for None, else the one value."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def get(value: object, *path: str | int) -> object:
    """Return what lies at a path of keys and indexes in JSON; None where a part of the way is missing."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def row_of(rows: object, posting_id: str | None, *names: str) -> object:
    """Return the row of a board's list that is the posting: its id, or a part of its address, is under one
    of the names. Without an id the first row; None where none is the posting's."""
    known = [row for row in as_list(rows) if isinstance(row, dict)]
    if not posting_id:
        return known[0] if known else None
    for row in known:
        for name in names:
            for segment in (short(row.get(name)) or "").lower().split("/"):
                if re.split(r"[?#]", segment)[0] == posting_id.lower():
                    return row
    return None


def description_of(parts: object | Sequence[object]) -> tuple[str, str | None]:
    """Return text and clean HTML of a description's parts: HTML, escaped HTML or text, in their order."""
    texts: list[str] = []
    markups: list[str] = []
    for part in parts if isinstance(parts, list | tuple) else [parts]:
        raw = "\n".join(one for one in map(text_of, as_list(part)) if one)[:MAX_DESCRIPTION_CHARS]
        for _ in range(3):  # escaped once by Greenhouse, twice by CareerPlug
            if looks_like_html(raw) or "&" not in raw:
                break
            raw = html_entities.unescape(raw)
        text = plain_text(raw)
        if not text or any(text in earlier for earlier in texts):
            continue
        texts.append(text)
        if looks_like_html(raw):
            markups.append(clean_html(raw))
        else:
            lines = (html_entities.escape(line, quote=False) for line in text.split("\n") if line)
            markups.append("".join(f"<p>{line}</p>" for line in lines))
    return "\n\n".join(texts)[:MAX_DESCRIPTION_CHARS], "\n".join(markups) or None


def _day(moment: datetime | date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment
