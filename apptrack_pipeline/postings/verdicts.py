"""What a server's answer means for its posting, where the platform has no rule of its own.

Closed is only what is proven: 404 or 410 of the address that was asked, not of one that it was led to. A
block, a busy server and a robot check say nothing about the posting.
"""

from __future__ import annotations

import json
import re
from typing import Final

from apptrack_pipeline.postings.platform import Answer, Match, Platform, Verdict

_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_BLOCKED: Final = frozenset({401, 403, 406, 407, 451, 999})  # LinkedIn answers 999
_ROBOT_CHECK: Final = re.compile(
    r"<title>\s*(?:Just a moment|Attention Required|Access Denied|Are you a robot|Human Verification)",
    re.IGNORECASE,
)
# The guards' own scripts are in every page that they guard; without a page around them they are a check.
_GUARD: Final = re.compile(
    r"cf-chl-|/cdn-cgi/challenge-platform|px-captcha|_Incapsula_Resource|DataDome", re.IGNORECASE
)
_CHECK_CHARS: Final = 20_000
_FORMS: Final = frozenset({"apply", "application", "applications", "new", "form"})


def judge(answer: Answer, match: Match | None, platform: Platform | None) -> Verdict:
    """Return what the answer means: the platform's own rule first, then the general ones.

    Without a match the site is unknown, and the general rules alone hold.
    """
    if match is not None and platform is not None and platform.judge is not None:
        special = platform.judge(answer, match)
        if special is not None:
            return special
    return _general(answer, match)


def _general(answer: Answer, match: Match | None) -> Verdict:
    moved = not same_place(answer.request.url, answer.final_url)
    if answer.status in {404, 410}:
        if moved:
            return Verdict("nothing", "redirected_then_gone")
        return Verdict("closed", f"{answer.request.kind}_{answer.status}")
    if answer.status in _BLOCKED:
        return Verdict("blocked", f"http_{answer.status}")
    if answer.status in _BUSY or answer.status >= 500:
        return Verdict("busy", f"http_{answer.status}")
    if not 200 <= answer.status < 300:
        return Verdict("nothing", f"http_{answer.status}")
    if answer.request.kind == "api":
        return _general_api(answer)
    if _is_robot_check(answer.text):
        return Verdict("blocked", "robot_check")
    number = (match.posting_id or "").lower() if match is not None else ""
    if number in answer.request.url.lower() and number not in answer.final_url.lower():
        # Led to the list of jobs or to the front page: that tells nothing of the posting.
        return Verdict("nothing", "redirected_off_posting")
    if not number and moved and _leads_above(answer.request.url, answer.final_url):
        return Verdict("nothing", "redirected_off_posting")
    return Verdict("posting", "page")


def redirected_off(answer: Answer, match: Match) -> Verdict | None:
    """Return `nothing` where redirects ended at an address without the posting's id; else None."""
    number = (match.posting_id or "").lower()
    if 200 <= answer.status < 400 and number not in answer.final_url.lower():
        return Verdict("nothing", "redirected_off_posting")
    return None


def _is_robot_check(page: str) -> bool:
    if _ROBOT_CHECK.search(page[:_CHECK_CHARS]):
        return True
    return len(page) <= _CHECK_CHARS and "JobPosting" not in page and _GUARD.search(page) is not None


def _general_api(answer: Answer) -> Verdict:
    if json_of(answer) is not None or "xml" in answer.content_type:
        return Verdict("posting", "api")
    # Workday answers 200 with HTML or nothing in outages; that was once read as closed (jobseek #5230).
    return Verdict("nothing", "api_without_json")


def json_of(answer: Answer) -> object:
    """Return the JSON of an answer; None where it is none."""
    try:
        return json.loads(answer.text)
    except (ValueError, RecursionError):
        return None


def same_place(asked: str, ended: str) -> bool:
    """Tell whether an answer is of the address that was asked: scheme, `www.` and a last slash are no
    matter."""
    return _bare(asked) == _bare(ended)


def _leads_above(asked: str, ended: str) -> bool:
    """Tell whether a redirect has led to a front page, or to the list above the posting.

    `/jobs/123/welder` to `/jobs/123` and `/jobs/welder/apply` to `/jobs/welder` lead to the posting.
    """
    wanted, given = ([part for part in _path(url).split("/") if part] for url in (asked, ended))
    if not given:
        return bool(wanted) and "?" not in ended
    lost = set(wanted[len(given) :])
    names_one = any(map(str.isdigit, "".join(given))) or "?" in ended
    return wanted[: len(given)] == given and bool(lost - _FORMS) and not names_one


def _path(url: str) -> str:
    return _bare(url).partition("?")[0].partition("/")[2]


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.split("#")[0]).rstrip("/").lower()
