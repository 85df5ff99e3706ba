"""Rippling: its hosted boards, in any language, and the answers of its board API.

Sources: the documentation of its job board API (100 requests in 10 minutes); fields as real answers have
them, which write `employmentType.id` for people and `label` for programs. The page holds the same job in its
Next.js state. A posting that is gone leads with 308 to the board and `rr_message=job_not_found`; what a 404
of the API proves is not verified, so the page decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short, text_of
from apptrack_pipeline.postings.model import Payload, PayRange, Source
from apptrack_pipeline.postings.page_state import json_in
from apptrack_pipeline.postings.pay import pay_range
from apptrack_pipeline.postings.platform import (
    UUID,
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import redirected_off

_API: Final = "https://api.rippling.com/platform/api/ats/v1/board"
_BOARD = re.compile(r"[\w.-]{1,100}", re.ASCII)
_ADDRESS = re.compile(
    r"ats\.(?:\w{1,10}\.)?rippling\.com/(?:[a-z]{2}(?:-[a-z]{2})?/)?([\w.-]{1,100})/jobs", re.I
)


def _read_address(address: WebAddress) -> Reference | None:
    """Read `[/en-US]/board/jobs/id`: the board is what stands before `jobs`."""
    segments = address.segments
    for place in range(1, len(segments) - 1):
        if segments[place].lower() == "jobs" and UUID.fullmatch(segments[place + 1]):
            board, posting_id = segments[place - 1], segments[place + 1].lower()
            if not _BOARD.fullmatch(board):
                return None
            # Whether one region's host shows the postings of another is not known.
            host = address.host if address.host.startswith("ats.") else "ats.rippling.com"
            return Reference(
                board,
                posting_id,
                f"https://{host}/{board}/jobs/{posting_id}",
                f"{_API}/{board}/jobs/{posting_id}",
                reason="a board hosted by Rippling",
            )
    return None


def _requests(match: Match, url: str) -> Sequence[Request]:
    if match.api_url is None:
        return (Request(url, "page", "text/html"),)
    return (Request(match.api_url, "api"), Request(match.canonical_url, "page", "text/html"))


def _read_answer(payload: Payload, found: Fields) -> None:
    answer = payload.answer
    listed = answer if isinstance(answer, list) else get(answer, "items")
    if isinstance(listed, list):
        # A job of several places is listed once for each of them, under one id.
        same = [job for job in listed if _is_same(job, payload.posting_id or _id_of(listed[0]))]
        job = same[0] if same else None
        _take_job(job, found, "api", [place for one in same[:50] for place in _places(one)])
    else:
        job = answer
        _take_job(job, found, "api", _places(job))
    address = _ADDRESS.search(text_of(get(job, "url")))
    found.short_name(address[1] if address else payload.organisation)


def _id_of(job: object) -> str:
    return (short(get(job, "uuid")) or short(get(job, "id")) or "").lower()


def _is_same(job: object, wanted: str) -> bool:
    return _id_of(job) == wanted.lower()


def _places(job: object) -> list[object]:
    """Return the places of a job, which are texts, or objects with a name, in any of three fields."""
    places = as_list(get(job, "workLocations")) or as_list(get(job, "locations"))
    places = places or as_list(get(job, "workLocation"))
    return [place if isinstance(place, str) else _place(place) for place in places[:50]]


def _place(place: object) -> str | None:
    named = short(get(place, "name")) or short(get(place, "label"))
    parts = [short(get(place, name)) for name in ("city", "state", "country")]
    parts[2] = parts[2] or short(get(place, "countryCode"))
    return named or ", ".join(part for part in parts if part)


def _take_job(job: object, found: Fields, source: Source, places: Sequence[object]) -> None:
    found.line("title", get(job, "name"), source)
    found.line("company", get(job, "companyName"), source)
    found.locations(places, source)
    modes = {short(get(place, "workplaceType")) for place in as_list(get(job, "locations"))}
    for mode in modes if len(modes) == 1 else ():
        found.location_type(mode, source)
    found.location_type(get(job, "workplaceType"), source)
    kind = get(job, "employmentType")
    for stated in (get(kind, "id"), get(kind, "label"), kind):
        found.employment_type(stated, source)
    found.description(_parts(get(job, "description")), source)
    found.pay(map(_range, as_list(get(job, "payRangeDetails"))[:50]), source)
    found.posted(get(job, "createdOn") or get(job, "createdAt"), source)
    found.language(get(job, "language"), source)
    if short(get(job, "name")):
        found.listed()


def _parts(description: object) -> list[object]:
    """Return the sections of a description in the page's order: the company, the role, then all others."""
    if not isinstance(description, dict):
        return [description]
    return [description.get("company"), description.get("role"), *list(description.values())[:20]]


def _range(stated: object) -> PayRange | None:
    low, high = (
        next((get(stated, name) for name in names if get(stated, name) is not None), None)
        for names in (("rangeStart", "minValue", "min"), ("rangeEnd", "maxValue", "max"))
    )
    place = get(stated, "location")
    label = short(place) if isinstance(place, str) else short(get(place, "name"))
    currency = get(stated, "currency") or get(stated, "currencyCode")
    return pay_range(low, high, currency, get(stated, "frequency"), label=label)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    state = json_in(page, "script#__NEXT_DATA__")
    job = get(state, "props", "pageProps", "apiData", "jobPost")
    if isinstance(job, dict) and (not payload.posting_id or _id_of(job) in {"", payload.posting_id.lower()}):
        _take_job(job, found, "embedded state", _places(job))
    address = _ADDRESS.search(payload.url)
    if address is not None:
        found.short_name(address[1])


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api":
        return Verdict("nothing", "not_on_the_api") if answer.status in {404, 410} else None
    if re.search(r"[?&]rr_message=job_not_found\b", answer.final_url):
        return Verdict("closed", "redirected_to_board_job_not_found")
    return redirected_off(answer, match)


RIPPLING: Final = Platform(
    name="rippling",
    hosts=("ats.rippling.com", "api.rippling.com", "ats.us1.rippling.com", "ats.eu1.rippling.com"),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("rippling",),
)
