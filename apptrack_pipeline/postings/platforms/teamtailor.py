"""Teamtailor: boards under `<employer>.teamtailor.com`, its regions (`.na.`), and the employer's own domain.

The page is rendered by the server and carries JSON-LD, so the page is what is asked for; a board's RSS
(`/jobs.rss`, with places in `tt:location`) and its JSON Feed (`/jobs.json`, with JSON-LD in `_jobposting`)
are read where somebody has them. The feed's shape is that of public readers of it; how a closed job answers
was not found in any source, so the general rules hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.feeds import elements, read_feed, text_in
from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import read_pay
from apptrack_pipeline.postings.platform import (
    Match,
    Platform,
    Reference,
    Request,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import redirected_off
from apptrack_pipeline.postings.vocabulary import LocationType

_HOST = re.compile(r"([\w-]{1,63})(?:\.[a-z]{2})?\.teamtailor\.com", re.ASCII)
_ID = re.compile(r"(\d{3,12})(?![^-])", re.ASCII)
_NO_TENANTS: Final = frozenset(
    {"www", "app", "api", "assets", "support", "docs", "na", "eu", "scripts", "tt"}
)
# A link alone is none: many pages name an opening that is on another site.
_IN_PAGE = re.compile(r"teamtailor-cdn\.com/|src=[\"'][^\"'<>]{0,100}\.teamtailor\.com/")
_REMOTE: Final[dict[str, LocationType]] = {
    "fully": "remote",
    "fully-remote": "remote",
    "remote": "remote",
    "hybrid": "hybrid",
    "temporary": "hybrid",
    "none": "onsite",
}
_MAX_ITEMS: Final = 20_000
_MAX_PLACES: Final = 50


def _read_address(address: WebAddress) -> Reference | None:
    host = _HOST.fullmatch(address.host)
    number = _number(address)
    if host is None or host[1] in _NO_TENANTS or number is None:
        return None
    return Reference(
        host[1], number, f"https://{address.host}/jobs/{number}", reason="a job on an employer's board"
    )


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Know a board on the employer's own domain, which has the same paths."""
    number = _number(address)
    if number is None or not _IN_PAGE.search(html):
        return None
    return Reference(None, number, None, None, 0.9, "the page is a board of Teamtailor on another domain")


def _number(address: WebAddress) -> str | None:
    for before, segment in zip(address.segments, address.segments[1:], strict=False):
        found = _ID.match(segment) if before.lower() == "jobs" else None
        if found is not None:
            return found[1]
    return None


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    if payload.answer_text:
        item = _item(payload.answer_text, payload.posting_id)
        if item is not None:
            _take_item(item, payload, found)
    if payload.answer is not None:
        _take_json(payload, found)


def _item(feed: str, posting_id: str | None) -> Element | None:
    root = read_feed(feed)
    for item in elements(root, "item", _MAX_ITEMS) if root is not None else ():
        if not posting_id or _is_of(text_in(item, "link"), posting_id):
            return item
    return None


def _take_item(item: Element, payload: Payload, found: Fields) -> None:
    found.line("title", text_in(item, "title"), "api")
    found.line("company", text_in(item, "tt:company") or text_in(item, "company"), "api")
    _guess_company(payload, text_in(item, "link"), found)
    places: list[str | None] = []
    for place in elements(item, "tt:location", _MAX_PLACES):
        parts = [short(text_in(place, name)) for name in ("tt:city", "tt:country")]
        places.append(", ".join(filter(None, parts)) or text_in(place, "tt:name") or short(place.text))
    found.locations(places, "api")
    found.offer("location_type", _REMOTE.get(text_in(item, "remoteStatus").lower()), "api")
    found.employment_type(text_in(item, "employmentType") or text_in(item, "tt:employmentType"), "api")
    found.description(text_in(item, "description") or text_in(item, "content:encoded"), "api")
    with suppress(ValueError, OverflowError):
        found.posted(parsedate_to_datetime(text_in(item, "pubDate")[:60]), "api")
    found.listed()


def _take_json(payload: Payload, found: Fields) -> None:
    """Read an item of the JSON Feed, or a row of the API with its `attributes`."""
    answer = payload.answer
    rows = get(answer, "items") or get(answer, "data") or answer
    job = _row(rows, payload.posting_id) if isinstance(rows, list) else rows
    job = get(job, "attributes") or job
    if get(job, "title") is None:
        return
    posting = get(job, "_jobposting")
    found.line("title", get(job, "title"), "api")
    found.line("company", get(posting, "hiringOrganization", "name") or get(job, "company", "name"), "api")
    _guess_company(payload, short(get(job, "url")) or "", found)
    places: list[str | None] = []
    for place in as_list(get(posting, "jobLocation")) + as_list(
        get(job, "locations") or get(job, "location")
    ):
        where = get(place, "address") or place
        named = [
            [get(where, "addressLocality") or get(where, "city"), get(where, "addressRegion")],
            [get(where, "addressCountry") or get(where, "country")],
        ]
        shown = [part for parts in named for part in map(short, parts) if part]
        places.append(", ".join(dict.fromkeys(shown)) or short(get(place, "name")) or short(place))
    found.locations(places, "api")
    stated = short(get(job, "remote-status") or get(job, "remote_status") or get(job, "remoteStatus"))
    found.offer("location_type", _REMOTE.get((stated or "").lower()), "api")
    found.location_type(get(posting, "jobLocationType"), "api")
    found.employment_type(
        get(posting, "employmentType") or get(job, "employment-type") or get(job, "employment_type"), "api"
    )
    found.description(
        get(job, "content_html")
        or get(job, "body")
        or get(posting, "description")
        or get(job, "description"),
        "api",
    )
    found.posted(get(job, "date_published") or get(posting, "datePosted") or get(job, "created-at"), "api")
    pay = read_pay(get(posting, "baseSalary"))
    if pay is not None:
        found.pay(pay.ranges, "api", text=pay.text)
    found.closes(get(posting, "validThrough") or get(job, "end-date"), "api")
    found.listed()


def _row(rows: list[object], posting_id: str | None) -> object:
    """Return the item of that number, which stands in its address: the feed's own ids are UUIDs."""
    for row in rows[:_MAX_ITEMS] if posting_id else ():
        if _is_of(
            short(get(row, "url")) or short(get(row, "links", "careersite-job-url")) or "", posting_id or ""
        ):
            return row
    return row_of(rows, posting_id, "id")


def _is_of(link: str, posting_id: str) -> bool:
    return re.search(rf"/jobs/{re.escape(posting_id)}(?!\d)", link) is not None


def _guess_company(payload: Payload, link: str, found: Fields) -> None:
    host = _HOST.search(link) or _HOST.search(payload.url)
    found.short_name(payload.organisation or (host[1] if host else None))


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    """Read what stands beside the JSON-LD: remote work is only in the list of facts."""
    for node in page.css("dl dt")[:40]:
        name = node_text(node).lower()
        value = node.next
        while value is not None and not value.is_element_node:
            value = value.next
        if value is None or value.tag != "dd":
            continue
        if re.search(r"remote|distans|etänä|fjern|hjemme|homeoffice", name):
            found.location_type(node_text(value), "dom")
        elif re.search(r"employment type|anställningsform|beschäftigungsart|type d.emploi", name):
            found.employment_type(node_text(value), "dom")


TEAMTAILOR: Final = Platform(
    name="teamtailor",
    hosts=("teamtailor.com",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=redirected_off,
    board_names=("teamtailor",),
    verified=False,
)
