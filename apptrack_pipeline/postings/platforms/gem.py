"""Gem: its hosted boards.

Sources: the documentation of its job board API, whose fields are those of Greenhouse with a few of its own;
it answers a whole board. Not documented: the GraphQL answer of the page's program; read where somebody has
it. Whether the ids of the API are the ones in addresses is not verified, so a posting that the API does not
list is never taken for closed. The page is an empty shell for any id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short, text_of
from apptrack_pipeline.postings.markup import plain_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import pay_in_text
from apptrack_pipeline.postings.platform import (
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.platforms.greenhouse import pay_input_ranges
from apptrack_pipeline.postings.verdicts import json_of

_API: Final = "https://api.gem.com/job_board/v0"
_BOARD = re.compile(r"[\w.-]{1,100}", re.ASCII)
_ID = re.compile(r"[\w-]{3,120}={0,2}", re.ASCII)
_NAMES_OF_ID: Final = ("id", "ext_id", "absolute_url")
_ADDRESS = re.compile(r"jobs\.gem\.com/([\w.-]{1,100})/([\w-]{3,120})", re.IGNORECASE)


def _read_address(address: WebAddress) -> Reference | None:
    segments = address.segments
    if address.host == "api.gem.com" and segments[:2] == ("job_board", "v0"):
        segments = segments[2:3] + segments[4:]
    elif address.host != "jobs.gem.com":
        return None
    if len(segments) < 2 or not _BOARD.fullmatch(segments[0]) or not _ID.fullmatch(segments[1]):
        return None
    board, posting_id = segments[0], segments[1]
    return Reference(
        board,
        posting_id,
        f"https://jobs.gem.com/{board.lower()}/{posting_id}",
        f"{_API}/{quote(board, safe='')}/job_posts/",
        reason="a board hosted by Gem",
    )


def _requests(match: Match, url: str) -> Sequence[Request]:
    if match.api_url is None:
        return (Request(url, "page", "text/html"),)
    board = quote(match.organisation or "", safe="")
    page = f"https://jobs.gem.com/{board}/{match.posting_id}"
    return (Request(match.api_url, "api"), Request(page, "page", "text/html"))


def _read_answer(payload: Payload, found: Fields) -> None:
    answer = payload.answer
    graph = _graph_of(answer)
    posting = get(graph, "oatsExternalJobPosting")
    if isinstance(posting, dict):
        _take_graph(posting, get(graph, "jobBoardExternal"), found)
    else:
        listed = answer if isinstance(answer, list) else get(answer, "job_posts") or get(answer, "jobs")
        job = row_of(listed, payload.posting_id, *_NAMES_OF_ID) if isinstance(listed, list) else answer
        _take_job(job, found)
        address = _ADDRESS.search(text_of(get(job, "absolute_url")))
        found.short_name(address[1] if address else None)
    found.short_name(payload.organisation)


def _graph_of(answer: object) -> object:
    """Return the data of a GraphQL answer, also of one in a batch of them."""
    for one in answer[:10] if isinstance(answer, list) else [answer]:
        data = get(one, "data")
        if isinstance(get(data, "oatsExternalJobPosting"), dict):
            return data
    return None


def _take_job(job: object, found: Fields) -> None:
    found.line("title", get(job, "title"), "api")
    found.line("company", get(job, "company_name"), "api")
    place = short(get(job, "location", "name"))
    offices = [
        short(get(office, "location", "name")) or short(get(office, "name"))
        for office in as_list(get(job, "offices"))
    ]
    found.locations([place] if place else offices, "api")
    found.location_type(get(job, "location_type"), "api")
    found.employment_type(get(job, "employment_type"), "api")
    found.description(text_of(get(job, "content")) or get(job, "content_plain"), "api")
    found.pay(pay_input_ranges(get(job, "pay_input_ranges")), "api")
    found.posted(get(job, "first_published_at") or get(job, "created_at"), "api")
    found.line("requisition_id", get(job, "requisition_id"), "api")
    if short(get(job, "title")):
        found.listed()


def _take_graph(posting: object, board: object, found: Fields) -> None:
    found.line("title", get(posting, "title"), "api")
    found.line("company", get(board, "teamDisplayName"), "api")
    found.line("company", get(posting, "job", "teamDisplayName"), "api")
    places = as_list(get(posting, "locations"))
    found.locations((get(place, "name") or get(place, "city") for place in places), "api")
    found.location_type(get(posting, "job", "locationType"), "api")
    if places and all(get(place, "isRemote") is True for place in places):
        found.offer("location_type", "remote", "api", 0.6)
    found.employment_type(get(posting, "job", "employmentType"), "api")
    around = get(posting, "jobPostSectionHtml")
    pay = text_of(get(posting, "compensationHtml"))
    parts = [get(around, "introHtml"), get(posting, "descriptionHtml"), pay, get(around, "outroHtml")]
    found.description(parts, "api")
    shown = " ".join(plain_text(pay[:2000]).split())
    stated = pay_in_text(shown) if shown and len(shown) <= 200 else None
    if stated is not None:
        found.pay(stated.ranges, "api", 0.8, text=shown)
    found.posted(_moment(get(posting, "firstPublishedTsSec")), "api")
    found.line("requisition_id", get(posting, "job", "requisitionId"), "api")
    if short(get(posting, "title")):
        found.listed()


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 8e8 < seconds < 4.1e9:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    address = _ADDRESS.search(payload.url)
    if address is not None:
        found.short_name(address[1])


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind != "api":
        return None
    if answer.status in {404, 410}:
        return Verdict("nothing", "no_such_board")
    listed = json_of(answer)
    if (
        200 <= answer.status < 300
        and isinstance(listed, list)
        and row_of(listed, match.posting_id, *_NAMES_OF_ID) is None
    ):
        return Verdict("nothing", "not_on_the_board")
    return None


GEM: Final = Platform(
    name="gem",
    case_in_ids=True,
    hosts=("jobs.gem.com", "api.gem.com"),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("gem",),
)
