"""How well addresses are recognised, measured on labelled ones: what `apptrack evaluate urls` prints.

The file is a table with the columns platform and url, separated by tabs, gzipped or not. `greenhouse_custom`
means Greenhouse behind an employer's own domain; rows of the platform `other` are left out.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.detection import detect

_LEFT_OUT: Final = "other"
_MEANT: Final = {"greenhouse_custom": "greenhouse"}
_MAX_MISSES: Final = 50


@dataclass
class Evaluation:
    """The figures of one run; `shared` counts addresses whose id an address of another posting has too."""

    total: int = 0
    detected: int = 0
    urls_per_s: float = 0.0
    by_platform: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: {"total": 0, "platform": 0, "detected": 0})
    )
    distinct_ids: int = 0
    misses: list[tuple[str, str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the figures as `--json` prints them."""
        return {
            "total": self.total,
            "detected": self.detected,
            "by_platform": {name: dict(figures) for name, figures in sorted(self.by_platform.items())},
            "distinct_ids": self.distinct_ids,
            "urls_per_s": round(self.urls_per_s, 1),
            "misses": [
                {"platform": platform, "url": url, "found": found} for platform, url, found in self.misses
            ],
        }


def read_urls(file: Path) -> list[tuple[str, str]]:
    """Return platform and address of each row; raises InvalidInputError for what is no such table."""
    try:
        raw = file.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InvalidInputError("file", f"{file} cannot be read: {error}") from None
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in ("platform", "url") if name not in (rows.fieldnames or ())]
    if missing:
        raise InvalidInputError("file", f"{file} has no column {', '.join(missing)}")
    labelled = [(row["platform"] or "", row["url"] or "") for row in rows]
    return [row for row in labelled if row[0] != _LEFT_OUT]


def evaluate(rows: Sequence[tuple[str, str]], *, clock: Callable[[], float]) -> Evaluation:
    """Compare what each address is taken for with its label: the platform, and an id that stands in it."""
    result = Evaluation(total=len(rows))
    started = clock()
    matches = [detect(url) for _, url in rows]
    spent = clock() - started
    result.urls_per_s = len(rows) / spent if spent > 0 else 0.0
    ids: Counter[tuple[str, str]] = Counter()
    for (label, url), match in zip(rows, matches, strict=True):
        figures = result.by_platform[label]
        figures["total"] += 1
        right = match is not None and match.platform == _MEANT.get(label, label)
        named = match.posting_id if match is not None and right else None
        found = named is not None and named.casefold() in unquote(url).casefold()
        figures["platform"] += right
        figures["detected"] += found
        result.detected += found
        if found and match is not None and named is not None:
            ids[match.platform, named] += 1
        elif len(result.misses) < _MAX_MISSES:
            result.misses.append(
                (label, url, f"{match.platform}, {match.posting_id}" if match else "nothing")
            )
    result.distinct_ids = len(ids)
    return result


def table(evaluation: Evaluation) -> str:
    """Return the figures as text for a terminal, with the first addresses that were missed."""
    lines = [
        f"{evaluation.detected} of {evaluation.total} addresses recognised with platform and id; "
        f"{evaluation.distinct_ids} different ids; {evaluation.urls_per_s:.0f}/s",
        "",
        f"{'platform':<24}{'addresses':>10}{'platform':>10}{'and id':>10}",
    ]
    lines += [
        f"{name:<24}{figures['total']:>10}{figures['platform']:>10}{figures['detected']:>10}"
        for name, figures in sorted(evaluation.by_platform.items())
    ]
    lines += [f"  missed: {platform} {url}: {found}" for platform, url, found in evaluation.misses]
    return "\n".join(lines)
