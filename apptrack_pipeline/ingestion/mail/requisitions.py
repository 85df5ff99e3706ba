"""Requisition numbers: `R-0008694`, `JR1986530`, `85513BR`, `2025-71598`, `(ID: 3042163)`."""

from __future__ import annotations

import re

from apptrack_pipeline.ingestion.mail.cues import lowered
from apptrack_pipeline.ingestion.mail.signals import Found

_NUMBER_NEAR_CUE = re.compile(
    r"(?:\b(?:job|position|requisition|req|vacancy|posting|opening|reference|ref|stellen|kennziffer"
    r"|référence|réf"
    r"|referencia|referenz)[ .-]*(?:requisition |posting |opening )?(?:id|number|num|no|nr|code|nummer|#"
    r"|n°)?\b\.?"
    r"|\bid|#)\s*(?:is|:|#|-|–|\(|=|\.)?\s*#?\s*(?P<number>[A-Z]{0,5}[-_ ]?\d[\w./-]{2,20})",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(
    r"(?<![\w/-])(?P<number>JR[-_]?\d{4,9}|R[-_]\d{4,9}|R\d{5,9}|REQ[-_ ]?\d{3,9}|\d{4,7}BR|HRC\d{5,}"
    r"|20\d\d-\d{4,6})(?![\w-])"
)
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d")


def requisition_in(subject: str, text: str) -> Found | None:
    """Return the first number in a form of its own, else the first beside a cue."""
    for where, part in (("subject", subject), ("text", text[:6000])):
        found = _NUMBER_ALONE.search(part)
        if found:
            return Found(found["number"], where, "number.form")
    for where, part in (("subject", subject), ("text", text[:6000])):
        if not any(map(str.isdigit, part)):
            continue
        for found in _NUMBER_NEAR_CUE.finditer(part):
            value = found["number"].rstrip(".,-/")
            if sum(map(str.isdigit, value)) < 3 or _DATE.fullmatch(value):
                continue
            if _is_about_job(part, found):
                return Found(value, where, "number.cue")
    return None


def _is_about_job(part: str, found: re.Match[str]) -> bool:
    cue = lowered(found.group()[: found.start("number") - found.start()])
    if re.search(r"job|position|req|vacancy|posting|opening|stelle|kennziffer", cue):
        return ":" in cue or "#" in cue or bool(re.search(r"id|num|no\b|nr|code|req|kennziffer", cue))
    # "(ID: 3042163)", "Ref. 4711": of a job only inside brackets or beside one.
    around = lowered(part[max(0, found.start() - 80) : found.end() + 20])
    return bool(
        re.search(
            r"job|position|role|engineer|manager|stelle|poste|puesto|bewerbung|candidature|vacante|applied"
            r"|application",
            around,
        )
    )
