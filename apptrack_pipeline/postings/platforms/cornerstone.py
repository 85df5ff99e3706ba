"""Cornerstone OnDemand: career sites on `{tenant}.csod.com`.

The site's API asks for a token that its page hands out for one session, so nothing is asked for but the page,
which is an empty shell on most sites: a captured page, or an answer that somebody has, is what can be read.
Fields are those of its search (`requisitions`) and detail (`jobDetails`), read in several public readers.
Dates come in the site's own culture, as 07/30/2026 or 27/07/2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.platform import Match, Platform, Reference, Request, WebAddress

_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


def _read_address(address: WebAddress) -> Reference | None:
    """Read `/ux/ats/careersite/{site}/[home/](requisition|job)/{id}` and `/ats/careersite/JobDetails.aspx`
    with `site` and `id`."""
    tenant = address.host.removesuffix(".csod.com")
    segments = [segment.lower() for segment in address.segments]
    if tenant == address.host or "." in tenant:
        return None
    if segments[:3] == ["ux", "ats", "careersite"] and len(segments) >= 6:
        site = segments[3]
        at = 5 if segments[4] == "home" else 4
        kind, number = (*segments[at : at + 2], "", "")[:2]
        if kind not in {"requisition", "job"}:
            return None
    elif segments[:3] == ["ats", "careersite", "jobdetails.aspx"]:
        site, number = address.query.get("site", "1"), address.query.get("id", "")
    else:
        return None
    if not _NUMBER.fullmatch(site) or not _NUMBER.fullmatch(number):
        return None
    canonical = f"https://{tenant}.csod.com/ux/ats/careersite/{site}/home/requisition/{number}?c={tenant}"
    return Reference(tenant, number, canonical, None, 1.0, "a requisition of a Cornerstone site")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    job = _job(payload)
    found.line("title", get(job, "displayJobTitle") or get(job, "displayTitle") or get(job, "title"), "api")
    found.locations(_places(job), "api")
    found.description(get(job, "externalDescription"), "api")
    found.posted(_day(get(job, "postingEffectiveDate") or get(job, "openDate")), "api")
    found.closes(_day(get(job, "postingExpirationDate")), "api")
    number = get(job, "ref") or get(job, "requisitionId")
    found.line("requisition_id", number, "api")
    found.short_name(payload.organisation)


def _job(payload: Payload) -> object:
    data = get(payload.answer, "data") or payload.answer
    rows = as_list(get(data, "requisitions"))
    for row in rows:
        if payload.posting_id and short(get(row, "requisitionId")) == payload.posting_id:
            return row
    return data if not rows else rows[0] if len(rows) == 1 else None


def _places(job: object) -> Iterator[str | None]:
    extra = as_list(get(job, "primaryLocation")) + as_list(get(job, "additionalLocations"))
    for place in as_list(get(job, "locations")) or extra:
        parts = map(short, (get(place, "city"), get(place, "state"), get(place, "country")))
        yield ", ".join(part for part in parts if part) or short(get(place, "name")) or short(place)


def _day(value: object) -> object:
    """Return the day of a date with slashes where only one order of day and month is possible."""
    found = _SLASHED.fullmatch(value.strip()[:20]) if isinstance(value, str) else None
    if found is None:
        return value
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if first == second or (first > 12) != (second > 12):
        day, month = (first, second) if first > 12 else (second, first)
        try:
            return date(year, month, day)
        except ValueError:
            return None
    return None


CORNERSTONE: Final = Platform(
    name="cornerstone",
    hosts=("csod.com",),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    board_names=("cornerstone", "csod"),
    verified=False,
)
