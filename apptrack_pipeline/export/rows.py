"""The 17 columns of the export, defined once, and how a cell is written so that no sheet runs it.

A spreadsheet takes a cell that starts with `=`, `+`, `-`, `@`, a tab or a line end for a formula
(OWASP, CSV Injection). Such text is written with an apostrophe before it; text that starts with
apostrophes before such a sign gets one more, so that `unescape_cell` gives back what was there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

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
_SEPARATOR: Final = "\x1f"
_RISKY_CELL: Final = re.compile(f"{_SEPARATOR}'*[{_RISKY}]")


def escape_cell(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of running it."""
    return "'" + text if _NEEDS_ESCAPE.match(text) else text


def unescape_cell(cell: str) -> str:
    """Return the text that `escape_cell` was given."""
    return cell[1:] if _IS_ESCAPED.match(cell) else cell


def escape_rows(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Return rows with their cells escaped; rows without a risky cell are returned as they are."""
    # One search over all cells joined: 1.7 million calls, one per cell, were half the time of an export.
    if not _RISKY_CELL.search(_SEPARATOR + _SEPARATOR.join(map(_SEPARATOR.join, rows))):
        return rows
    return [[escape_cell(cell) for cell in cells] for cells in rows]
