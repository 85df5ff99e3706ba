"""Whether a page says that its posting is closed; only an explicit banner does.

A false *closed* hides a job that can still be got, so doubt is no answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.markup import node_text

_TOP_LINES: Final = 60
_MAX_BANNER_CHARS: Final = 240
_MAX_ALERTS: Final = 20

_MARKS: Final = (
    (".closed-job__flavor--closed, .closed-job", "no_longer_accepting"),
    (".jobad--empty-state", "expired"),
)
_ALERTS: Final = (
    "[role=alert], .alert, .job-closed, .job-expired, .expired-job, .posting-closed, .position-closed, "
    ".closed-message, .job-alert-closed"
)
_APPLY: Final = ".apply-button, .top-card-layout__cta--primary, [data-tracking-control-name*=apply-link]"

_SUBJECT: Final = (
    r"(?:job|position|role|posting|vacancy|requisition|listing|opening|opportunity|ad|advert(?:isement)?)"
)
_BANNERS: Final = (
    (
        "no_longer_accepting",
        re.compile(r"\b(?:no longer|not) (?:currently )?accepting (?:new )?applica(?:tions|nts)"),
    ),
    (
        "no_longer_accepting",
        re.compile(r"\bapplications (?:for this \w+ )?(?:are|have) (?:now |been )?closed\b"),
    ),
    ("expired", re.compile(rf"\b(?:this|the) {_SUBJECT}(?: \w+)? has expired\b")),
    (
        "filled",
        re.compile(rf"\b(?:this|the) {_SUBJECT}(?: \w+)? (?:has (?:already )?been|is(?: already)?) filled\b"),
    ),
    (
        "no_longer_available",
        re.compile(
            rf"\b{_SUBJECT}(?: \w+)?(?: you (?:requested|are looking for|were looking for))?"
            r" (?:is|are) (?:no longer|not) (?:available|active|open|posted)\b"
        ),
    ),
    (
        "no_longer_available",
        re.compile(
            rf"\b(?:this|the) {_SUBJECT}(?: \w+)? "
            r"(?:is (?:now )?closed|has (?:now )?(?:been )?closed|was removed|has been removed)\b"
        ),
    ),
    (
        "not_found",
        re.compile(rf"\b(?:the )?(?:requested )?{_SUBJECT} (?:could not be|was not|cannot be) found\b"),
    ),
    (
        "no_longer_available",
        re.compile(
            r"\b(?:stelle|position|stellenanzeige|stellenangebot)\b.{0,40}"
            r"\b(?:nicht mehr verfugbar|bereits besetzt|nicht mehr ausgeschrieben|ist abgelaufen)"
        ),
    ),
    (
        "no_longer_available",
        re.compile(
            r"\b(?:offre|poste)\b.{0,40}\b(?:n'est plus (?:disponible|en ligne)|a ete pourvue?|est expiree?)"
        ),
    ),
)
# "Once this position has been filled ..." tells how applying works, not that it has ended.
_CONDITION = re.compile(
    r"\b(?:if|when|once|until|unless|after|before|may|might|should|whether|in case|wenn|sobald|falls"
    r"|si|lorsque)\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def closed_reason_of_page(page: LexborHTMLParser, text: str) -> str | None:
    """Return the code of why the page says that its posting is closed, or None when it does not say so.

    Looks at known marks, alert boxes and the top of the page's readable `text`.
    """
    can_apply = page.css_first(_APPLY) is not None
    for selector, reason in _MARKS:
        # LinkedIn's guest page ships the closed mark of other cards too: an apply control speaks against it.
        if not can_apply and page.css_first(selector) is not None:
            return reason
    alerts = [node_text(node) for node in page.css(_ALERTS)[:_MAX_ALERTS]]
    top = [line for line in text.split("\n") if line][:_TOP_LINES]
    return closed_reason_of_lines([line for alert in alerts for line in alert.split("\n")] + top)


def closed_reason_of_lines(lines: Iterable[str]) -> str | None:
    """Return the code of the first line that is a closing banner, or None."""
    for line in lines:
        if len(line) > _MAX_BANNER_CHARS:
            continue
        for sentence in _SENTENCE_END.split(_folded(line)):
            for reason, pattern in _BANNERS:
                found = pattern.search(sentence)
                if found and not _CONDITION.search(sentence[: found.end()]):
                    return reason
    return None


def is_past(valid_through: datetime | date | None, now: datetime) -> bool:
    """Whether a closing time has passed at `now`; a date alone lasts to its end, a naive time is UTC."""
    if isinstance(valid_through, datetime):
        aware = valid_through if valid_through.tzinfo else valid_through.replace(tzinfo=UTC)
        return aware < now
    return valid_through is not None and valid_through < now.date()


def _folded(line: str) -> str:
    decomposed = unicodedata.normalize("NFKD", line.replace("\u2019", "'").casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())
