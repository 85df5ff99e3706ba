"""Dayforce (ex Ceridian): job sites on `jobs.dayforcehcm.com`, and the older candidate portals.

The page brings the posting in `__NEXT_DATA__` (read in several public readers); the search API refuses who
has no session, so only the page is asked for. Ids are a tenant's own. The culture in the path (`en-US`) only
chooses the language. How a posting that is gone answers is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.page_state import json_in
from apptrack_pipeline.postings.platform import Match, Platform, Reference, Request, WebAddress

_CULTURE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?", re.IGNORECASE)
_NAME = re.compile(r"\w[\w-]{0,80}", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


def _read_address(address: WebAddress) -> Reference | None:
    segments = address.segments
    if address.host != "jobs.dayforcehcm.com":
        return _of_old_portal(address)
    if "jobs" not in segments[2:]:
        return None
    at = segments.index("jobs", 2)
    if len(segments) <= at + 1 or not _NUMBER.fullmatch(segments[at + 1]):
        return None
    if at == 3 and not _CULTURE.fullmatch(segments[0]):
        return None
    tenant, portal, number = segments[at - 2].lower(), segments[at - 1], segments[at + 1]
    if at > 3 or not _NAME.fullmatch(tenant) or not _NAME.fullmatch(portal):
        return None
    canonical = f"https://jobs.dayforcehcm.com/{tenant}/{portal}/jobs/{number}"
    return Reference(tenant, number, canonical, None, 1.0, "a job of a Dayforce site")


def _of_old_portal(address: WebAddress) -> Reference | None:
    """Read `/CandidatePortal/en-US/{tenant}[/Site/{site}]/Posting/View/{id}`."""
    segments = address.segments
    lowered = [segment.lower() for segment in segments]
    if lowered[:1] != ["candidateportal"] or "posting" not in lowered or len(segments) < 6:
        return None
    at = lowered.index("posting")
    if (
        lowered[at + 1 : at + 2] != ["view"]
        or at + 2 >= len(segments)
        or not _NUMBER.fullmatch(segments[at + 2])
    ):
        return None
    tenant = lowered[2]
    if not _NAME.fullmatch(tenant):
        return None
    return Reference(tenant, segments[at + 2], None, None, 0.95, "a job of a Dayforce candidate portal")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    rows = as_list(get(payload.answer, "jobPostings"))
    if not rows:
        _take(payload.answer, found, "api")
        return
    for row in rows:
        if payload.posting_id and short(get(row, "jobPostingId")) == payload.posting_id:
            _take(row, found, "api")
            return


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    props = get(json_in(page, "script#__NEXT_DATA__"), "props", "pageProps")
    loaded = [get(query, "state", "data") for query in as_list(get(props, "dehydratedState", "queries"))]
    for job in (get(props, "jobData"), *loaded):
        shown = short(get(job, "jobPostingId"))
        if get(job, "jobTitle") is None or (shown and payload.posting_id and shown != payload.posting_id):
            continue
        _take(job, found, "embedded state")
        break
    for site in loaded:
        found.line("company", get(site, "candidateCorrespondenceClientName"), "embedded state")
    found.short_name(payload.organisation)


def _take(job: object, found: Fields, source: Source) -> None:
    content = get(job, "jobPostingContent")
    parts = ("jobDescriptionHeader", "jobDescription", "jobDescriptionFooter")
    found.line("title", get(job, "jobTitle"), source)
    found.description([get(content, part) for part in parts] + [get(job, "jobDescription")], source)
    places = list(_places(job))
    if get(job, "hasVirtualLocation") is True:
        found.location_type("remote", source)
        places.insert(0, "Virtual")  # the site shows it as a place among the others
    found.locations(places, source)
    found.posted(get(job, "postingStartTimestampUTC"), source)
    if get(job, "isEvergreen") is not True:
        found.closes(get(job, "postingExpiryTimestampUTC"), source)
    found.line("requisition_id", get(job, "jobReqId"), source)
    found.short_name(get(job, "clientNamespace"))


def _places(job: object) -> Iterator[str | None]:
    for place in as_list(get(job, "postingLocations")):
        parts = map(short, (get(place, "cityName"), get(place, "stateCode"), get(place, "countryCode")))
        written = ", ".join(part for part in parts if part)
        yield short(get(place, "formattedAddress")) or written or short(get(place, "locationName"))


DAYFORCE: Final = Platform(
    name="dayforce",
    hosts=("dayforcehcm.com",),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    board_names=("dayforce", "ceridian"),
    verified=False,
)
