"""Greenhouse: hosted boards, their European twins, and boards embedded in the employer's own site.

Sources: its job board API's documentation; the addresses are those of real postings. Job ids are unique
over all employers, so an address that shows the id alone (`?gh_jid=`) still names one posting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload, PayRange
from apptrack_pipeline.postings.platform import (
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import json_of

_ID = re.compile(r"\d{4,20}", re.ASCII)
_TOKEN = re.compile(r"[\w-]{1,100}", re.ASCII)
_TOKEN_IN_PAGE: Final = (
    re.compile(
        r"boards(?:\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?\?(?:[^\"'<>]{0,200}&(?:amp;)?)?for=([\w-]+)"
    ),
    re.compile(r"boards-api\.greenhouse\.io/v1/boards/([\w-]+)"),
    re.compile(r"[\"'](?:urlToken|boardToken|board_token)[\"']\s*:\s*[\"']([\w-]+)[\"']"),
    re.compile(r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/([\w-]+)/jobs/\d"),
)
_NO_TOKENS: Final = frozenset({"embed", "v1", "jobs", "api"})


def _reference(
    token: str | None, number: str, canonical: str | None, reason: str, confidence: float = 1.0
) -> Reference:
    api = f"https://boards-api.greenhouse.io/v1/boards/{token}/jobs/{number}" if token else None
    return Reference(token, number, canonical, api, confidence, reason)


def _read_address(address: WebAddress) -> Reference | None:
    segments, query = address.segments, address.query
    if address.host == "greenhouse.io" or address.host.endswith(".greenhouse.io"):
        if segments[:1] == ("embed",):
            number, board = query.get("token", query.get("gh_jid", "")), query.get("for", "")
            if _ID.fullmatch(number):
                return _hosted(board if _TOKEN.fullmatch(board) else None, number, "an embedded form")
            return None
        if address.host.startswith("boards-api.") and segments[:2] == ("v1", "boards"):
            segments = segments[2:]
        elif address.host.startswith("my.") and segments[:1] == ("jobs",):
            segments = (segments[1:2] or ("",)) + ("jobs",) + segments[2:]
        if len(segments) >= 3 and segments[1] == "jobs" and _ID.fullmatch(segments[2]):
            is_token = _TOKEN.fullmatch(segments[0]) and segments[0] not in _NO_TOKENS
            return _hosted(segments[0] if is_token else None, segments[2], "a board hosted by Greenhouse")
    number = query.get("gh_jid", "")
    if _ID.fullmatch(number):
        token = segments[0] if address.host.endswith("greenhouse.io") and segments else ""
        if _TOKEN.fullmatch(token) and token not in _NO_TOKENS:
            return _hosted(token, number, "a board hosted by Greenhouse")
        # On the employer's own site the id is sure, and who it is has to be found.
        return _reference(None, number, None, "gh_jid names a job of Greenhouse", 0.97)
    return None


def _hosted(token: str | None, number: str, reason: str) -> Reference:
    canonical = f"https://boards.greenhouse.io/{token}/jobs/{number}" if token else None
    return _reference(token, number, canonical, reason)


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    token = next(
        (
            found[1]
            for pattern in _TOKEN_IN_PAGE
            for found in pattern.finditer(html)
            if found[1].lower() not in _NO_TOKENS
        ),
        None,
    )
    number = address.query.get("gh_jid", "")
    if token is None or not _ID.fullmatch(number):
        return None
    return _reference(token, number, None, "the page embeds this employer's board", 0.97)


def _requests(match: Match, url: str) -> Sequence[Request]:
    page = Request(url, "page", "text/html")
    if match.api_url is None:
        return (page,)
    return (Request(match.api_url + "?pay_transparency=true", "api"), page)


def _read_answer(payload: Payload, found: Fields) -> None:
    job = payload.answer
    found.line("title", get(job, "title"), "api")
    found.line("company", get(job, "company_name"), "api")
    offices = [get(office, "location") or get(office, "name") for office in as_list(get(job, "offices"))]
    found.locations([get(job, "location", "name")] if short(get(job, "location", "name")) else offices, "api")
    found.description(get(job, "content"), "api")
    found.pay(map(_range, as_list(get(job, "pay_input_ranges"))), "api")
    found.posted(get(job, "first_published"), "api")
    found.closes(get(job, "application_deadline"), "api")
    found.line("requisition_id", get(job, "requisition_id"), "api")
    found.language(get(job, "language"), "api")
    for extra in as_list(get(job, "metadata")):
        name, value = short(get(extra, "name")) or "", get(extra, "value")
        if re.search(r"employment|job type|time type", name, re.IGNORECASE):
            found.employment_type(value, "api", 0.8)
        elif re.search(r"remote|work ?place|location type|work model", name, re.IGNORECASE):
            found.location_type(value, "api", 0.8)
    if get(job, "id") is not None:
        found.listed()


def _range(stated: object) -> PayRange | None:
    """Read cents: Greenhouse alone states them."""
    low, high = (_of_cents(get(stated, name)) for name in ("min_cents", "max_cents"))
    currency = short(get(stated, "currency_type"))
    period = "hour" if re.search(r"hour", short(get(stated, "title")) or "", re.IGNORECASE) else "year"
    return PayRange(low, high, currency, period, short(get(stated, "title"))) if low or high else None  # type: ignore[arg-type]


def _of_cents(cents: object) -> Decimal | None:
    return (
        Decimal(cents) / 100 if isinstance(cents, int) and not isinstance(cents, bool) and cents > 0 else None
    )


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    """The new template keeps the job in `window.__remixContext`."""


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api" and answer.status == 404 and get(json_of(answer), "error"):
        return Verdict("closed", "api_job_not_found")
    if answer.request.kind == "page" and re.search(r"[?&]error=true\b", answer.final_url):
        return Verdict("closed", "redirected_to_board_with_error")
    if match.posting_id and answer.request.kind == "page" and match.posting_id not in answer.final_url:
        # A dead gh_jid page answers 200 with the list of jobs.
        return Verdict("nothing", "redirected_off_posting")
    return None


GREENHOUSE: Final = Platform(
    name="greenhouse",
    hosts=("greenhouse.io",),
    parameters=("gh_jid",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("greenhouse",),
)
