"""Breezy HR: boards under `<employer>.breezy.hr`, read only from what a person captured.

Its terms forbid automated reading, so nothing is asked for. Rows of `/json` are as a public board answered
(2024 to 2026); the page carries JSON-LD. Not verified on a live page: the elements of a page without JSON-LD,
and boards on the employer's own domain, which are known by the scripts they load.
"""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.pay import pay_in_text
from apptrack_pipeline.postings.platform import Platform, Reference, WebAddress

_HOST = re.compile(r"([\w-]{1,63})\.breezy\.hr", re.ASCII)
_ID = re.compile(r"([0-9a-f]{8,16})(?![^-])", re.ASCII | re.IGNORECASE)
_NO_TENANTS: Final = frozenset(
    {"www", "app", "api", "help", "assets", "marketing", "developer", "attachments"}
)
# A link alone is none: many pages name an opening that is on another site.
_IN_PAGE = re.compile(r"-cdn\.breezy\.hr/|class=[\"'][^\"'<>]{0,200}breezy-portal")
# "$" names the dollar of the posting's own country.
_DOLLARS: Final = {"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"}


def _read_address(address: WebAddress) -> Reference | None:
    host = _HOST.fullmatch(address.host)
    if host is None or host[1] in _NO_TENANTS:
        return None
    number = _number(address)
    if number is None:
        return None
    return Reference(
        host[1], number, f"https://{address.host}/p/{number}", reason="a position on an employer's board"
    )


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Know a board on the employer's own domain, which has the same paths."""
    number = _number(address)
    if number is None or not _IN_PAGE.search(html):
        return None
    return Reference(None, number, None, None, 0.9, "the page is a board of Breezy on another domain")


def _number(address: WebAddress) -> str | None:
    for before, segment in zip(address.segments, address.segments[1:], strict=False):
        found = _ID.match(segment) if before == "p" else None
        if found is not None:
            return found[1].lower()
    return None


def _read_answer(payload: Payload, found: Fields) -> None:
    answer = payload.answer
    job = row_of(answer, payload.posting_id, "id", "_id", "url") if isinstance(answer, list) else answer
    found.line("title", get(job, "name"), "api")
    found.line("company", get(job, "company", "name"), "api")
    found.short_name(_tenant(payload, job))
    listed = [place for place in as_list(get(job, "locations")) if isinstance(place, dict)]
    places = listed or as_list(get(job, "location"))
    if any(get(place, "is_remote") is True for place in places):
        found.location_type("remote", "api")
    found.locations(map(_place, places), "api")
    found.employment_type([get(job, "type", "name"), get(job, "type", "id")], "api")
    found.description(get(job, "description"), "api")
    country = short(get(places, 0, "country", "id")) or short(get(job, "location", "country", "id"))
    _take_pay(short(get(job, "salary")), country, found, "api")
    found.posted(get(job, "published_date"), "api")
    if get(job, "name") is not None:
        found.listed()


def _tenant(payload: Payload, job: object) -> str | None:
    host = _HOST.search(short(get(job, "url")) or payload.url)
    return payload.organisation or (host[1] if host else None)


def _place(place: object) -> str | None:
    if isinstance(place, str) or short(get(place, "name")):
        return short(place) or short(get(place, "name"))
    parts = (get(place, "city"), get(place, "state", "name"), get(place, "country", "id"))
    return ", ".join(filter(None, map(short, parts))) or None


def _take_pay(text: str | None, country: str | None, found: Fields, source: Source) -> None:
    if text:
        dollar = _DOLLARS.get((country or "").upper()) if re.search(r"(?<![A-Za-z])\$", text) else None
        pay = pay_in_text(text, currency=dollar)
        found.pay(pay.ranges if pay else (), source, text=text)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    heading = page.css_first(".position h1, .banner h1, h1.name, .position-title")
    if heading is not None:
        found.line("title", node_text(heading), "dom")
    details = page.css_first("ul.position-details, ul.meta, .position-meta, .position .meta, .banner ul")
    if details is not None:
        for name in ("location", "type", "salary-range"):
            node = details.css_first(f".{name}")
            shown = short(node_text(node)) if node is not None else None
            # A label that was not translated yet: %LABEL_POSITION_TYPE_FULL_TIME%.
            if shown and name == "type":
                found.employment_type(shown.strip("%"), "dom")
            elif shown and name == "location" and "%LABEL" not in shown:
                found.locations([shown], "dom")
            elif shown and name == "salary-range":
                _take_pay(shown, None, found, "dom")
    body = page.css_first(".position .description, .description[itemprop], div.description")
    if body is not None:
        found.description(body.inner_html, "dom")
    host = _HOST.search(payload.url)
    slug = payload.organisation or (host[1] if host else None)
    found.short_name(slug)


BREEZY: Final = Platform(
    name="breezy",
    one_numbering=True,
    hosts=("breezy.hr",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    read_answer=_read_answer,
    read_page=_read_page,
    board_names=("breezy",),
)
