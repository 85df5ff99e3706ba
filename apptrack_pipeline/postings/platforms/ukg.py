"""UKG Pro Recruiting (ex UltiPro): job boards on `recruiting.ultipro.com` and its siblings.

There is no JSON for one posting; the page of one embeds `new US.Opportunity.CandidateOpportunityDetail({..})`
(read in several public readers). Rows of its search have the same fields with a brief description. The
board's UUID stands in the path, the posting's in the query. An expired id answers 200 with an empty shell,
which is no proof; `OpportunityIsClosed` is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.page_state import json_after
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

_TENANT = re.compile(r"\w[\w-]{0,60}", re.ASCII)
_EMBEDDED: Final = "CandidateOpportunityDetail("
# 0, 1 and 2 as a public reader asserts them; other numbers are not known.
_PLACE_OF_WORK: Final[Mapping[int, str]] = MappingProxyType({0: "hybrid", 1: "onsite", 2: "remote"})


def _read_address(address: WebAddress) -> Reference | None:
    segments = address.segments
    number = address.query.get("opportunityid", "")
    if len(segments) < 3 or segments[1].lower() != "jobboard" or not UUID.fullmatch(number):
        return None
    tenant, board = segments[0], segments[2]
    if not _TENANT.fullmatch(tenant) or not UUID.fullmatch(board):
        return None
    tenant, board, number = tenant.upper(), board.lower(), number.lower()
    canonical = f"https://{address.host}/{tenant}/JobBoard/{board}/OpportunityDetail?opportunityId={number}"
    return Reference(tenant, number, canonical, None, 1.0, "a job of a UKG board")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(match.canonical_url, "page", "text/html"),) if match.posting_id else ()


def _read_answer(payload: Payload, found: Fields) -> None:
    rows = as_list(get(payload.answer, "opportunities"))
    if not rows:
        _take(payload.answer, found, "api")
        return
    for row in rows:
        if _is(row, payload.posting_id):
            _take(row, found, "api")
            return


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    job = json_after(payload.html or "", _EMBEDDED)
    if job is not None and (payload.posting_id is None or _is(job, payload.posting_id)):
        _take(job, found, "embedded state")
        if get(job, "OpportunityIsClosed") is True:
            found.closed("opportunity_is_closed")
    logo = page.css_first(
        "[data-automation=navbar-large-logo][alt], [data-automation=navbar-small-logo][alt]"
    )
    if logo is not None:
        found.line("company", logo.attributes.get("alt"), "dom", 0.65)


def _is(job: object, number: str | None) -> bool:
    return (short(get(job, "Id")) or "").lower() == (number or "").lower()


def _take(job: object, found: Fields, source: Source) -> None:
    found.line("title", get(job, "Title"), source)
    found.locations(_places(job), source)
    found.description([get(job, "Description") or get(job, "BriefDescription")], source)
    is_full_time = get(job, "FullTime")
    if isinstance(is_full_time, bool):
        found.employment_type("full time" if is_full_time else "part time", source)
    place = get(job, "JobLocationType")
    if isinstance(place, int) and not isinstance(place, bool):
        found.location_type(_PLACE_OF_WORK.get(place), source)
    found.posted(get(job, "PostedDate"), source)
    found.line("requisition_id", get(job, "RequisitionNumber"), source)


def _places(job: object) -> Iterator[str]:
    """Return each place once: the same one is written in several ways."""
    seen: set[str] = set()
    for place in as_list(get(job, "Locations")):
        address = get(place, "Address")
        region = short(get(address, "State", "Name")) or short(get(address, "State", "Code"))
        country = short(get(address, "Country", "Name")) or short(get(address, "Country", "Code"))
        written = ", ".join(part for part in (short(get(address, "City")), region, country) if part)
        name = short(get(place, "LocalizedDescription")) or short(get(place, "LocalizedName"))
        shown = written or name
        if shown and shown.casefold() not in seen:
            seen.add(shown.casefold())
            yield shown


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind != "page" or answer.status != 200:
        return None
    job = json_after(answer.text, _EMBEDDED)
    if job is None:
        return Verdict("nothing", "page_without_opportunity")
    if _is(job, match.posting_id) and get(job, "OpportunityIsClosed") is True:
        return Verdict("closed", "opportunity_is_closed")
    return None


UKG: Final = Platform(
    name="ukg",
    hosts=("ultipro.com", "ultipro.ca", "rec.pro.ukg.net"),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("ukg", "ultipro"),
    verified=False,
)
