"""How well postings are read, measured on labelled samples: what `apptrack evaluate postings` prints.

A folder of samples has a `MANIFEST.tsv` with the columns file, platform, kind, source, licence, title,
company, location, class, state, note. An empty title, company or location is not asked for. `platform` may
be a name that is none of ours (`generic_jsonld`): such a sample is read as any site's.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.documents import with_document
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse

_COLUMNS: Final = ("file", "platform", "title", "company", "location", "state")
FIELDS: Final = ("title", "company", "location", "state")


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled sample; what the manifest leaves empty is not asked for."""

    path: Path
    platform: str
    title: str
    company: str
    location: str
    state: str


@dataclass(slots=True)
class Tally:
    """How many of how many were right."""

    right: int = 0
    total: int = 0

    def count(self, right: bool) -> None:
        """Count one answer."""
        self.right += right
        self.total += 1


@dataclass(frozen=True, slots=True)
class Miss:
    """One answer that was wrong."""

    file: str
    field: str
    wanted: str
    found: str


@dataclass
class Evaluation:
    """The figures of one run; `wrong_closed` are open samples that were said to be closed."""

    n: int = 0
    crashes: int = 0
    wrong_closed: int = 0
    pages_per_s: float = 0.0
    fields: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in FIELDS})
    by_platform: dict[str, dict[str, Tally]] = field(
        default_factory=lambda: defaultdict(lambda: {name: Tally() for name in FIELDS})
    )
    samples: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    misses: list[Miss] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the figures as `--json` prints them."""
        return {
            "n": self.n,
            "fields": {name: _tally(tally) for name, tally in self.fields.items()},
            "by_platform": {
                platform: {"n": self.samples[platform]}
                | {name: _tally(tally) for name, tally in tallies.items()}
                for platform, tallies in sorted(self.by_platform.items())
            },
            "wrong_closed": self.wrong_closed,
            "crashes": self.crashes,
            "pages_per_s": round(self.pages_per_s, 1),
            "misses": [
                {"file": one.file, "field": one.field, "wanted": one.wanted, "found": one.found}
                for one in self.misses
            ],
        }


def _tally(tally: Tally) -> dict[str, int]:
    return {"right": tally.right, "total": tally.total}


def read_manifest(directory: Path) -> tuple[Sample, ...]:
    """Return the samples of a folder; raises InvalidInputError where there is no usable manifest."""
    manifest = directory / "MANIFEST.tsv"
    if not manifest.is_file():
        raise InvalidInputError(
            "directory",
            f"{manifest} is missing: a table with the columns {', '.join(_COLUMNS)}, separated by tabs",
        )
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInputError("directory", f"{manifest} is not UTF-8 (byte {error.start})") from None
    rows = csv.DictReader(lines, delimiter="\t")
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise InvalidInputError("directory", f"{manifest} has no column {', '.join(missing)}")
    samples = []
    for row in rows:
        name = PurePath(row["file"] or "")
        if name.is_absolute() or ".." in name.parts:
            raise InvalidInputError("directory", f"{manifest} names {name}, which is outside of its folder")
        path = directory / name
        if not path.is_file():
            raise InvalidInputError("directory", f"{manifest} names {row['file']}, which is missing")
        asked = {name: (row[name] or "").strip() for name in _COLUMNS[1:]}
        samples.append(Sample(path, **asked))
    if not samples:
        raise InvalidInputError("directory", f"{manifest} names no sample")
    return tuple(samples)


def evaluate(
    samples: Sequence[Sample],
    documents: Sequence[str],
    *,
    now: datetime,
    clock: Callable[[], float],
) -> Evaluation:
    """Read each sample, alone and without its address, and compare what it says with its labels."""
    result = Evaluation(n=len(samples))
    spent = 0.0
    for sample, document in zip(samples, documents, strict=True):
        result.samples[sample.platform] += 1
        started = clock()
        try:
            posting = parse(sample.platform, with_document(Payload(url=""), document), now=now)
        except Exception as error:  # a crash is what is being looked for
            result.crashes += 1
            result.misses.append(Miss(_name(sample), "crash", "", f"{type(error).__name__}: {error}"[:200]))
            posting = Posting()
        spent += clock() - started
        _score(result, sample, posting)
    result.pages_per_s = len(samples) / spent if spent > 0 else 0.0
    return result


def _score(result: Evaluation, sample: Sample, posting: Posting) -> None:
    places = "; ".join(posting.locations)
    answers = {
        "title": (sample.title, posting.title or "", _same(sample.title, posting.title or "")),
        "company": (sample.company, posting.company or "", _same(sample.company, posting.company or "")),
        "location": (sample.location, places, _same_places(sample.location, posting.locations)),
    }
    for name, (wanted, found, right) in answers.items():
        if wanted:
            _count(result, sample, name, wanted, found, right)
    if sample.state == "closed":
        _count(result, sample, "state", "closed", str(posting.is_open), posting.is_open is False)
    elif sample.state == "open":
        # That nothing says whether it is open is no error: a page seldom does.
        closed = posting.is_open is False
        result.wrong_closed += closed
        _count(result, sample, "state", "open", f"closed: {posting.closed_reason}", not closed)


def _count(result: Evaluation, sample: Sample, name: str, wanted: str, found: str, right: bool) -> None:
    result.fields[name].count(right)
    result.by_platform[sample.platform][name].count(right)
    if not right:
        result.misses.append(Miss(_name(sample), name, wanted[:200], found[:200]))


def _name(sample: Sample) -> str:
    return "/".join(sample.path.parts[-2:])


def _same(wanted: str, found: str) -> bool:
    """Letters and digits decide: dashes, quotes, spaces and capitals are written as the source likes."""
    return _folded(wanted) == _folded(found)


def _same_places(wanted: str, found: Sequence[str]) -> bool:
    """Every place that is wanted is found, as one of those found or as all of them together."""
    there = {_folded(part) for place in found for part in [place, *place.split(";")]}
    return all(_folded(part) in there for part in wanted.split(";") if part.strip()) or _same(
        wanted, "".join(found)
    )


def _folded(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def table(evaluation: Evaluation, *, with_misses: bool) -> str:
    """Return the figures as text for a terminal; `with_misses` lists each wrong answer too."""
    lines = [
        f"{evaluation.n} samples, {evaluation.pages_per_s:.0f}/s; open ones said to be closed: "
        f"{evaluation.wrong_closed}; crashes: {evaluation.crashes}",
        "",
        f"{'platform':<20}{'n':>5}" + "".join(f"{name:>12}" for name in FIELDS),
    ]
    lines += [
        f"{platform:<20}{evaluation.samples[platform]:>5}"
        + "".join(f"{_shown(tallies[name]):>12}" for name in FIELDS)
        for platform, tallies in sorted(evaluation.by_platform.items())
    ]
    lines.append(
        f"{'all':<20}{evaluation.n:>5}" + "".join(f"{_shown(evaluation.fields[name]):>12}" for name in FIELDS)
    )
    if with_misses and evaluation.misses:
        lines += ["", "wrong:"]
        lines += [
            f"  {one.file}: {one.field} {one.found!r}, wanted {one.wanted!r}" for one in evaluation.misses
        ]
    return "\n".join(lines)


def _shown(tally: Tally) -> str:
    return f"{tally.right} of {tally.total}" if tally.total else "."
