"""Requisition numbers: `R-0008694`, `JR1986530`, `85513BR`, `2025-71598`, `(ID: 3042163)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from apptrack_pipeline.ingestion.mail.cues import lowered
from apptrack_pipeline.ingestion.mail.signals import Found

_READ_CHARS: Final = 6_000
_URL = re.compile(r"https?://\S+")
_DIGITS = re.compile(r"\d[\w./-]{0,14}\d[\w./-]{0,14}\d")  # no number has less than three
_FORM = re.compile(
    r"(?<![\w/-])(?P<number>JR[-_]?\d{4,9}|R[-_]\d{4,9}|R\d{5,9}|REQ[-_ ]?\d{3,12}|\d{4,7}BR|HRC\d{5,}"
    r"|20\d\d-\d{4,8})(?![\w-])"
)
_NUMBER: Final = r"(?P<number>[A-Z]{0,5}[-_]?\d[\w./-]{2,15})"
_JOB: Final = r"job|position|requisition|req|vacancy|posting|opening|stellen|puesto|poste|offre|oferta"
_REFERENCE: Final = r"reference|ref|référence|réf|referenz|referencia|kennziffer|requisition|req|job-id"
# What stands before a number, and how near a word about a job must be besides.
_CUES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), nearby)
    for pattern, nearby in (
        (
            rf"\b(?:{_JOB}|{_REFERENCE})[ .-]*(?:requisition |posting |opening |req )?"
            rf"(?:id|number|num|no|nr|code|nummer|n°)\b\.?\s*(?:is|[:#(=–-])?\s*#?{_NUMBER}",
            False,
        ),
        (rf"\b(?:{_REFERENCE})\b\s*[.:#]*\s*#?{_NUMBER}", True),
        (r"\b(?:job|position|role|opening|vacancy|stelle) ?[(#]?\s?#?(?P<number>[A-Z]?\d{5,9})\b", True),
        (rf"\((?:id|job|req)\b[ .:#]*{_NUMBER}\)", True),
        (rf"\bn°\s?{_NUMBER}", True),
    )
)
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d")
_ABOUT_A_JOB = re.compile(
    r"job|position|role|engineer|analyst|manager|stelle|poste|puesto|bewerbung|candidature|candidatura"
    r"|vacante|applied"
    r"|application|applying|vacancy|recruitment"
)


def requisition_in(subject: str, text: str) -> Found | None:
    """Return the first number in a form of its own, else the first behind a cue; never one of an address."""
    parts = [("subject", _URL.sub(" ", subject)), ("text", _URL.sub(" ", text[:_READ_CHARS]))]
    parts = [(where, part) for where, part in parts if _DIGITS.search(part)]
    for where, part in parts:
        found = _FORM.search(part)
        if found:
            return Found(found["number"], where, "number.form")
    for where, part in parts:
        for number in _behind_cues(part):
            return Found(number, where, "number.cue")
    return None


def _behind_cues(part: str) -> Iterator[str]:
    for cue, needs_job in _CUES:
        for found in cue.finditer(part):
            value = found["number"].rstrip(".,-/")
            if sum(map(str.isdigit, value)) < 3 or _DATE.fullmatch(value):
                continue
            around = lowered(part[max(0, found.start() - 80) : found.end() + 40])
            if not needs_job or _ABOUT_A_JOB.search(around):
                yield value
