"""How well mail is read, measured on labelled mail: what `apptrack evaluate mail` prints.

A folder of cases has a `MANIFEST.tsv` with the columns file, label, company, title (others are allowed). Mail
with a label that is none of the nine categories is read, so that it may show what breaks, and not scored.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apptrack_pipeline.domain import (
    InvalidInputError,
    MailCategory,
)
from apptrack_pipeline.ingestion.mail.signals import (
    Found,
    MailSignals,
)

_COLUMNS: Final = ("file", "label", "company", "title")


@dataclass(frozen=True)
class Case:
    """One labelled mail."""

    path: Path
    label: MailCategory | None
    """None where the mail is only there to be read."""
    company: str
    """Empty where the manifest names none."""
    title: str
    source: str
    """The manifest's `source`, or the folder of the file."""


def read_manifest(directory: Path) -> tuple[Case, ...]:
    """Return the cases of a folder; raises InvalidInputError where there is no usable manifest."""
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
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise InvalidInputError("directory", f"{manifest} has no column {', '.join(missing)}")
    cases = []
    for row in rows:
        path = directory / (row["file"] or "")
        if not path.is_file():
            raise InvalidInputError("directory", f"{manifest} names {row['file']}, which is missing")
        label = row["label"]
        cases.append(
            Case(
                path,
                MailCategory(label) if label in set(MailCategory) else None,
                (row["company"] or "").strip(),
                (row["title"] or "").strip(),
                row.get("source") or (str(Path(row["file"]).parent) if "/" in row["file"] else ""),
            )
        )
    if not any(case.label for case in cases):
        raise InvalidInputError("directory", f"{manifest} has no mail with one of the nine labels")
    return tuple(cases)


@dataclass(frozen=True)
class ClassFigures:
    """Precision and recall of one category; 0 where nothing was said, or nothing was there."""

    precision: float
    recall: float
    n: int
    """Mails with that label."""


@dataclass(frozen=True)
class NameFigures:
    """How names were found in the mails whose manifest row has one."""

    exact: float
    wrong: float
    missing: float
    n: int


@dataclass(frozen=True)
class Evaluation:
    """The figures of one run."""

    n: int
    read_only: int
    """Mails that were read and not scored."""
    accuracy: float
    accuracy_merged: float
    """`job_alert` counts as `not_job`."""
    job_gate: float
    """How often job mail was told from the rest, `job_alert` being the rest."""
    macro_f1: float
    """Mean over the labels that occur."""
    per_class: dict[str, ClassFigures]
    confusion: dict[str, dict[str, int]]
    """Label, then verdict, then how often."""
    company: NameFigures
    company_of_confirmations: NameFigures
    title: NameFigures
    needs_review: int
    by_source: dict[str, float]
    """`accuracy_merged` for each source."""
    mails_per_s: float

    def as_json(self) -> dict[str, Any]:
        """Return the figures as `--json` prints them."""
        return {name: _plain(value) for name, value in self.__dict__.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, (ClassFigures, NameFigures)):
        return {name: _plain(one) for name, one in value.__dict__.items()}
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def score(cases: Sequence[Case], said: Sequence[MailSignals], elapsed_s: float) -> Evaluation:
    """Compare what was said about each case with its label."""
    scored = [
        (case, case.label, one) for case, one in zip(cases, said, strict=True) if case.label is not None
    ]
    pairs = [(label, one.judgement.category) for _, label, one in scored]
    merged = [(_merged(label), _merged(verdict)) for label, verdict in pairs]
    confusion: dict[str, dict[str, int]] = {}
    for (label, verdict), count in sorted(Counter(pairs).items()):
        confusion.setdefault(label, {})[verdict] = count
    per_class = {
        category.value: _figures(category, pairs)
        for category in MailCategory
        if any(category in pair for pair in pairs)
    }
    present = [figures for figures in per_class.values() if figures.n]
    sources = sorted({case.source for case, _, _ in scored})
    return Evaluation(
        n=len(scored),
        read_only=len(cases) - len(scored),
        accuracy=_share(label == verdict for label, verdict in pairs),
        accuracy_merged=_share(label == verdict for label, verdict in merged),
        job_gate=_share(
            (label == MailCategory.NOT_JOB) == (verdict == MailCategory.NOT_JOB) for label, verdict in merged
        ),
        macro_f1=sum(map(_f1, present)) / len(present),
        per_class=per_class,
        confusion=confusion,
        company=_names([(case.company, one.company) for case, _, one in scored]),
        company_of_confirmations=_names(
            [(case.company, one.company) for case, label, one in scored if label is MailCategory.CONFIRMATION]
        ),
        title=_names([(case.title, one.title) for case, _, one in scored]),
        needs_review=sum(one.judgement.needs_review for _, _, one in scored),
        by_source={
            source: _share(
                _merged(label) == _merged(one.judgement.category)
                for case, label, one in scored
                if case.source == source
            )
            for source in sources
        },
        mails_per_s=len(cases) / elapsed_s if elapsed_s > 0 else 0.0,
    )


def _merged(category: MailCategory) -> MailCategory:
    return MailCategory.NOT_JOB if category is MailCategory.JOB_ALERT else category


def _share(right: Any) -> float:  # noqa: ANN401
    answers = list(right)
    return sum(answers) / len(answers) if answers else 0.0


def _figures(category: MailCategory, pairs: Sequence[tuple[MailCategory, MailCategory]]) -> ClassFigures:
    right = sum(label == verdict == category for label, verdict in pairs)
    said = sum(verdict == category for _, verdict in pairs)
    there = sum(label == category for label, _ in pairs)
    return ClassFigures(right / said if said else 0.0, right / there if there else 0.0, there)


def _f1(figures: ClassFigures) -> float:
    both = figures.precision + figures.recall
    return 2 * figures.precision * figures.recall / both if both else 0.0


def _names(pairs: Sequence[tuple[str, Found | None]]) -> NameFigures:
    asked = [(wanted, found) for wanted, found in pairs if wanted]
    n = len(asked)
    exact = sum(found is not None and _same(found.value, wanted) for wanted, found in asked)
    missing = sum(found is None for _, found in asked)
    if not n:
        return NameFigures(0.0, 0.0, 0.0, 0)
    return NameFigures(exact / n, (n - exact - missing) / n, missing / n, n)


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def table(evaluation: Evaluation) -> str:
    """Return the figures as text for a terminal."""
    lines = [
        f"{evaluation.n} labelled mails, {evaluation.read_only} more read; {evaluation.mails_per_s:.0f} "
        f"mails/s",
        f"accuracy {evaluation.accuracy:.3f}   with job_alert as not_job "
        f"{evaluation.accuracy_merged:.3f}   "
        f"job mail or not {evaluation.job_gate:.3f}   macro-F1 {evaluation.macro_f1:.3f}   "
        f"for review {evaluation.needs_review}",
        "",
        f"{'category':<20}{'precision':>10}{'recall':>8}{'n':>6}",
    ]
    lines += [
        f"{name:<20}{figures.precision:>10.3f}{figures.recall:>8.3f}{figures.n:>6}"
        for name, figures in evaluation.per_class.items()
    ]
    lines += ["", f"{'name':<24}{'exact':>8}{'wrong':>8}{'missing':>9}{'n':>6}"]
    lines += [
        f"{what:<24}{figures.exact:>8.3f}{figures.wrong:>8.3f}{figures.missing:>9.3f}{figures.n:>6}"
        for what, figures in (
            ("company", evaluation.company),
            ("company, confirmations", evaluation.company_of_confirmations),
            ("title", evaluation.title),
        )
    ]
    verdicts = [
        name for name in evaluation.per_class if any(name in row for row in evaluation.confusion.values())
    ]
    lines += ["", "label (row) read as (column)", " " * 20 + "".join(f"{name[:11]:>12}" for name in verdicts)]
    lines += [
        f"{label:<20}" + "".join(f"{row.get(verdict) or '.':>12}" for verdict in verdicts)
        for label, row in evaluation.confusion.items()
    ]
    if len(evaluation.by_source) > 1:
        lines += ["", "accuracy by source, job_alert as not_job"]
        lines += [f"  {source or '-':<40}{share:.3f}" for source, share in evaluation.by_source.items()]
    return "\n".join(lines)
