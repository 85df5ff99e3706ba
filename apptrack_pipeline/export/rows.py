"""The 17 columns of the export, defined once, and how a cell is written so that no sheet runs it.

A spreadsheet takes a cell that starts with `=`, `+`, `-`, `@`, a tab or a line end for a formula
(OWASP, CSV Injection). Such text is written with an apostrophe before it; text that starts with
apostrophes before such a sign gets one more, so that `unescape_cell` gives back what was there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

COLUMNS: Final = (
    ("application_id", "Application ID"),
    ("company_name", "Company Name"),
    ("job_title", "Job Title"),
    ("status", "Status"),
    ("application_date", "Application Date"),
    ("source", "Source"),
    ("job_location", "Job Location"),
    ("job_url", "Job URL"),
    ("employment_type", "Employment Type"),
    ("salary_range", "Salary Range"),
    ("analysis_match_score", "Analysis Match Score"),
    ("qualifications_met", "Qualifications Met"),
    ("qualifications_missing", "Qualifications Missing"),
    ("skills_suggestions", "Skills Suggestions"),
    ("last_event_type", "Last Event Type"),
    ("last_event_date", "Last Event Date"),
    ("notes", "Notes"),
)
"""Name in `tracker_rows` and heading in the export, in the order of the export."""

NAMES: Final = tuple(name for name, _ in COLUMNS)
HEADINGS: Final = tuple(heading for _, heading in COLUMNS)

# The full-width signs are read as their narrow twins by spreadsheets with an East Asian locale.
_RISKY: Final = "=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"
_NEEDS_ESCAPE: Final = re.compile(f"'*[{_RISKY}]")
_IS_ESCAPED: Final = re.compile(f"''*[{_RISKY}]")
_FIRST: Final = frozenset("'" + _RISKY.replace("\\", ""))


def escape_cell(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of running it."""
    if text and text[0] in _FIRST and _NEEDS_ESCAPE.match(text):
        return "'" + text
    return text


def unescape_cell(cell: str) -> str:
    """Return the text that `escape_cell` was given."""
    return cell[1:] if _IS_ESCAPED.match(cell) else cell


def _text(value: Any) -> str:  # noqa: ANN401 a database cell may be of any type
    return "" if value is None else escape_cell(value)


def _plain(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else str(value)


def _moment(value: dt.datetime | None) -> str:
    return "" if value is None else f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


_WRITERS: Final[dict[str, Callable[[Any], str]]] = {
    "application_id": _plain,
    "application_date": _plain,
    "analysis_match_score": _plain,
    "last_event_date": _moment,
}
_IN_ORDER: Final = tuple(_WRITERS.get(name, _text) for name in NAMES)


def to_cells(row: Sequence[Any]) -> list[str]:
    """Return a row of `tracker_rows` (its 17 columns, in order) as the cells of a text file."""
    return [write(value) for write, value in zip(_IN_ORDER, row, strict=True)]
