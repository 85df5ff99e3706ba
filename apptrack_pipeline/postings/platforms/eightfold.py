"""Eightfold: career sites on `{tenant}.eightfold.ai` and, more often, on the employer's own domain.

The position API is what the site's own page asks for (read in several public readers). Sites of the newer
kind ("PCSX") answer it with 403 and have another one, which needs the employer's domain. The page brings the
position in `#smartApplyData` or `#pcsx-data`, and often JSON-LD. Ids are positions of one employer. How a
position that is gone answers is not verified.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlencode

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.page_state import json_in
from apptrack_pipeline.postings.platform import (
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)

_NUMBER = re.compile(r"(\d{3,20})(?:-.*)?", re.ASCII)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+", re.ASCII)
_MIN_DIGITS_ELSEWHERE: Final = 11
"""On other hosts `/careers/job/123` is anybody's; Eightfold's own ids have 11 digits and more."""


def _read_address(address: WebAddress) -> Reference | None:
    number = _number(address)
    if number is None:
        return None
    domain = address.query.get("domain", "").lower()
    domain = domain if _DOMAIN.fullmatch(domain) else ""
    host = address.host
    api = f"https://{host}/api/apply/v2/jobs/{number}" + (f"?domain={quote(domain)}" if domain else "")
    if host.endswith(".eightfold.ai"):
        tenant = host.removesuffix(".eightfold.ai")
        shared = tenant in {"app", "api", "app-eu"}
        if shared and not domain:
            return Reference(None, number, None, api, 0.9, "a position of an Eightfold site")
        # On the host that all employers share the domain says whose position it is.
        suffix = f"?domain={quote(domain)}" if shared else ""
        canonical = f"https://{host}/careers/job/{number}{suffix}"
        owner = domain if shared else tenant
        return Reference(owner, number, canonical, api, 1.0, "a position of an Eightfold site")
    if domain:
        canonical = f"https://{host}/careers/job/{number}"
        return Reference(
            domain, number, canonical, api, 0.9, "a position of an Eightfold site, with its domain"
        )
    if len(number) >= _MIN_DIGITS_ELSEWHERE:
        return Reference(None, number, None, api, 0.6, "the path and the id are as Eightfold writes them")
    return None


def _number(address: WebAddress) -> str | None:
    segments = [segment.lower() for segment in address.segments]
    if segments[:1] == ["careers"] and segments[1:2] in ([], ["job"], ["apply"], ["jobs"]):
        shown = segments[2] if len(segments) > 2 else address.query.get("pid", "")
    elif segments[:4] == ["api", "apply", "v2", "jobs"] and len(segments) > 4:
        shown = segments[4]
    else:
        return None
    found = _NUMBER.fullmatch(shown)
    return found[1] if found else None


def _requests(match: Match, url: str) -> Sequence[Request]:
    page = Request(url, "page", "text/html")
    if match.api_url is None or match.posting_id is None:
        return (page,)
    asked = [Request(match.api_url, "api")]
    base = match.api_url.partition("/api/")[0]
    domain = match.api_url.partition("?domain=")[2]
    if domain:
        details = urlencode({"position_id": match.posting_id, "hl": "en"}) + f"&domain={domain}"
        asked.append(Request(f"{base}/api/pcsx/position_details?{details}", "api"))
    return (*asked, page)


def _read_answer(payload: Payload, found: Fields) -> None:
    job = _position(payload.answer, payload.posting_id)
    if job is not None:
        _take(job, found, "api")
        found.short_name(_label(payload.organisation))


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    for selector in ("#smartApplyData", "#pcsx-data"):
        state = json_in(page, selector)
        job = _position(state, payload.posting_id)
        if job is not None:
            _take(job, found, "embedded state")
            found.line("company", get(state, "companyName"), "embedded state")
            break
    found.short_name(_label(payload.organisation))


def _label(organisation: str | None) -> str | None:
    """Return the employer's part of its domain, or the name of its site on Eightfold's host."""
    labels = (organisation or "").split(".")
    return labels[0] if len(labels) < 3 else labels[-3] if len(labels[-2]) <= 3 else labels[-2]


def _position(state: object, number: str | None) -> object:
    """Return the position of an answer or a state: alone, wrapped, or the one asked for in a list."""
    data = get(state, "data") or state
    for key in ("position", "singleview_position"):
        if isinstance(get(data, key), dict):
            return get(data, key)
    positions = as_list(get(data, "positions"))
    if positions:
        same = [one for one in positions if number and short(get(one, "id")) == number]
        return same[0] if same else (positions[0] if len(positions) == 1 and number is None else None)
    return data if isinstance(data, dict) else None


def _take(job: object, found: Fields, source: Source) -> None:
    found.line("title", get(job, "posting_name") or get(job, "name"), source)
    places = as_list(get(job, "locations"))
    found.locations(places or [get(job, "location")], source)
    found.description(get(job, "job_description") or get(job, "jobDescription"), source)
    found.location_type(get(job, "work_location_option") or get(job, "workLocationOption"), source)
    found.posted(_moment(get(job, "t_create") or get(job, "postedTs") or get(job, "creationTs")), source)
    number = (
        get(job, "display_job_id")
        or get(job, "displayJobId")
        or get(job, "ats_job_id")
        or get(job, "atsJobId")
    )
    found.line("requisition_id", number, source)
    found.line("company", get(job, "company_name") or get(job, "companyName"), source)


def _moment(seconds: object) -> datetime | None:
    """Return the time of a number of seconds, or of milliseconds, since 1970."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 1e14:
        return None
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api" and answer.status in {403, 404}:
        # 403 "Not authorized for PCSX" is a site of the newer kind, whose page is public; a missing position
        # is not known to be told apart from a missing API.
        return Verdict("nothing", f"api_{answer.status}")
    return None


EIGHTFOLD: Final = Platform(
    name="eightfold",
    hosts=("eightfold.ai",),
    on_own_domains=True,
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("eightfold",),
    verified=False,
)
