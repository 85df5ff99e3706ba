"""How well company names are compared, measured on labelled pairs: what `apptrack evaluate companies` prints.

A file of pairs is a CSV with the columns email_side, app_side, label (others are allowed; by `category`, if
there is one, the pairs are counted apart). The question is whether two names are compatible: a "related" or
"unknown" pair counts as told apart.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apptrack_pipeline.correlation.companies import CompanyComparison, compare_companies
from apptrack_pipeline.domain import InvalidInputError

_COLUMNS: Final = ("email_side", "app_side", "label")
_LABELS: Final = dict.fromkeys(["1", "true", "yes", "match"], True) | dict.fromkeys(
    ["0", "false", "no", "different", "no_match"], False
)


@dataclass(frozen=True)
class LabelledPair:
    """A name as mail has it, one as the tracker has it, and whether they are one employer's."""

    email_side: str
    app_side: str
    is_match: bool
    category: str = ""


@dataclass(frozen=True)
class WrongPair:
    """A pair of which the comparator says something else than its label."""

    pair: LabelledPair
    said: CompanyComparison


@dataclass(frozen=True)
class Evaluation:
    """The figures of one run."""

    n: int
    tp: int
    """Compatible, and labelled so."""
    fp: int
    fn: int
    tn: int
    precision: float
    """0 where nothing was called compatible; so are the other two."""
    recall: float
    f1: float
    pairs_per_s: float
    by_category: dict[str, tuple[int, int]]
    """Right and all, where the file has categories."""
    wrong: tuple[WrongPair, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the figures as `--json` prints them."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "n": self.n,
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.fn,
            "tn": self.tn,
            "pairs_per_s": round(self.pairs_per_s, 1),
            "by_category": {
                name: {"right": right, "n": count} for name, (right, count) in self.by_category.items()
            },
            "wrong": [
                {
                    "email_side": wrong.pair.email_side,
                    "app_side": wrong.pair.app_side,
                    "label": int(wrong.pair.is_match),
                    "said": wrong.said.match.value,
                    "because": wrong.said.because,
                }
                for wrong in self.wrong
            ],
        }

    def table(self) -> str:
        """Return the figures, and each wrong pair with the reason, as lines of text."""
        lines = [
            f"{self.n} pairs: precision {self.precision:.3f}, recall {self.recall:.3f}, F1 {self.f1:.3f}; "
            f"{self.pairs_per_s:,.0f} pairs/s",
            f"compatible: {self.tp} rightly, {self.fp} wrongly; "
            f"told apart: {self.tn} rightly, {self.fn} wrongly",
        ]
        width = max(map(len, self.by_category), default=0)
        lines += [f"  {name:<{width}}  {right}/{count}" for name, (right, count) in self.by_category.items()]
        lines += [
            f"{'wrongly compatible' if wrong.said.is_compatible else 'missed'}: "
            f'"{wrong.pair.email_side}" and "{wrong.pair.app_side}" '
            f"({wrong.said.match.value}: {wrong.said.because})"
            for wrong in self.wrong
        ]
        return "\n".join(lines)


def read_pairs(file: Path) -> tuple[LabelledPair, ...]:
    """Return the pairs of a CSV file; raises InvalidInputError, with the line, where it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInputError("file", f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InvalidInputError("file", f"{file} is not UTF-8 (byte {error.start})") from None
    return pairs_of(text.splitlines(keepends=True))


def pairs_of(lines: Iterable[str]) -> tuple[LabelledPair, ...]:
    """Return the pairs of the lines of a CSV; raises InvalidInputError, with the line, where it is none."""
    rows = csv.DictReader(lines)
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise InvalidInputError("file", f"the first line names no column {', '.join(missing)}")
    pairs = []
    try:
        for row in rows:
            label = _LABELS.get((row["label"] or "").strip().casefold())
            if label is None:
                raise InvalidInputError(
                    "label", f"line {rows.line_num}: {row['label']!r} is none of {', '.join(_LABELS)}"
                )
            category = (row.get("category") or "").strip()
            pairs.append(LabelledPair(row["email_side"], row["app_side"], label, category))
    except csv.Error as error:
        raise InvalidInputError("file", f"line {rows.line_num}: {error}") from None
    if not pairs:
        raise InvalidInputError("file", "there is no pair in it")
    return tuple(pairs)


def compare_pairs(pairs: Sequence[LabelledPair]) -> list[CompanyComparison]:
    """Return the verdict on each pair, by the aliases that come with the package."""
    return [compare_companies(pair.email_side, pair.app_side) for pair in pairs]


def score(pairs: Sequence[LabelledPair], said: Sequence[CompanyComparison], elapsed_s: float) -> Evaluation:
    """Compare what was said about each pair with its label."""
    both = list(zip(pairs, said, strict=True))
    tp = sum(one.is_compatible and pair.is_match for pair, one in both)
    fp = sum(one.is_compatible and not pair.is_match for pair, one in both)
    fn = sum(pair.is_match and not one.is_compatible for pair, one in both)
    by_category: dict[str, tuple[int, int]] = {}
    for pair, one in both:
        if pair.category:
            right, count = by_category.get(pair.category, (0, 0))
            by_category[pair.category] = (right + (one.is_compatible == pair.is_match), count + 1)
    return Evaluation(
        n=len(both),
        tp=tp,
        fp=fp,
        fn=fn,
        tn=len(both) - tp - fp - fn,
        precision=tp / (tp + fp) if tp + fp else 0.0,
        recall=tp / (tp + fn) if tp + fn else 0.0,
        f1=2 * tp / (2 * tp + fp + fn) if tp else 0.0,
        pairs_per_s=len(both) / elapsed_s if elapsed_s > 0 else 0.0,
        by_category=by_category,
        wrong=tuple(WrongPair(pair, one) for pair, one in both if one.is_compatible != pair.is_match),
    )
