"""The words that postings use for employment, place of work and pay period, and the ones we store.

What is not in a list stays unknown: a guess here would be shown as a fact.
"""

from __future__ import annotations

import re
from typing import Final, Literal

EmploymentType = Literal["full_time", "part_time", "contract", "temporary", "internship"]
LocationType = Literal["remote", "hybrid", "onsite"]
SalaryPeriod = Literal["hour", "day", "week", "month", "year"]

_WORD_BREAK = re.compile(r"[^\w]+|_+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

# Earlier rows win: a fixed-term full-time job is a contract, a student's part-time job an internship.
_EMPLOYMENT: Final[tuple[tuple[EmploymentType, re.Pattern[str]], ...]] = (
    (
        "internship",
        re.compile(
            r"\b(intern|interns|internship|trainee|traineeship|apprentice|apprenticeship|co op|coop"
            r"|working student|werkstudent|praktikum|praktikant|stage|stagiaire|ausbildung|stagist)\b"
        ),
    ),
    (
        "contract",
        re.compile(r"\b(contract|contractor|freelance|freelancer|fixed term|befristet|cdd|per diem)\b"),
    ),
    ("temporary", re.compile(r"\b(temp|temporary|seasonal|casual|interim)\b")),
    ("part_time", re.compile(r"\b(part time|parttime|part|teilzeit|temps partiel|pt)\b")),
    (
        "full_time",
        re.compile(
            r"\b(full time|fulltime|full|vollzeit|temps plein|cdi|ft|permanent|regular|tiempo completo)\b"
        ),
    ),
)
_LOCATION: Final[tuple[tuple[LocationType, re.Pattern[str]], ...]] = (
    (
        "hybrid",
        re.compile(r"\b(hybrid|hybride|ibrido|hibrido|partially remote|partly remote|teilweise remote)\b"),
    ),
    ("onsite", re.compile(r"\b(on site|onsite|in office|in person|vor ort|not remote|non remote)\b")),
    (
        "remote",
        re.compile(
            r"\b(remote|telecommute|telecommuting|work from home|wfh|home ?office|télétravail|teletravail"
            r"|fully remote|anywhere|virtual)\b"
        ),
    ),
)
_PERIOD: Final[dict[SalaryPeriod, frozenset[str]]] = {
    "hour": frozenset({"hour", "hours", "hourly", "hr", "h", "stunde", "heure"}),
    "day": frozenset({"day", "days", "daily", "tag", "jour"}),
    "week": frozenset({"week", "weeks", "weekly", "wk", "woche", "semaine"}),
    "month": frozenset({"month", "months", "monthly", "mo", "mon", "monat", "mois"}),
    "year": frozenset(
        {"year", "years", "yearly", "yr", "annual", "annually", "annum", "ann", "pa", "jahr", "an"}
    ),
}


def _words(text: str) -> str:
    return " ".join(_WORD_BREAK.split(_CAMEL.sub(" ", text[:200]).strip())).lower().strip()


def employment_type(text: str) -> EmploymentType | None:
    """Return our word for an employment type in a posting's words, such as `FULL_TIME` or `Teilzeit`."""
    words = _words(text)
    return next((known for known, pattern in _EMPLOYMENT if pattern.search(words)), None)


def location_type(text: str) -> LocationType | None:
    """Return our word for a place of work in a posting's words, such as `Hybrid - London`."""
    words = _words(text)
    return next((known for known, pattern in _LOCATION if pattern.search(words)), None)


def salary_period(text: str) -> SalaryPeriod | None:
    """Return the period that pay is stated for, in a posting's words, such as `1 YEAR` or `per-hour-wage`."""
    words = set(_words(text).split())
    return next((period for period, known in _PERIOD.items() if words & known), None)
