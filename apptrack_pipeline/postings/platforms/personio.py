"""Personio: boards under `<employer>.jobs.personio.de` and `.com`, which serve the same postings.

The feed `/xml?language=` is documented and holds the whole board; newer boards are without one, and then the
page is read. Positions that are not listed are on the page alone, so a feed without the id proves nothing.
Shapes of the feed and of `/search.json` are those of public readers of it; no live page was seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.feeds import elements, read_feed, text_in
from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import pay_range
from apptrack_pipeline.postings.platform import (
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import redirected_off

# Older addresses are <employer>-jobs.personio.de.
_HOST = re.compile(r"([\w-]{1,63}?)(?:\.jobs|-jobs)\.personio\.(?:de|com)", re.ASCII)
_ID = re.compile(r"\d{1,15}", re.ASCII)
_NO_TENANTS: Final = frozenset({"www", "api"})
_LANGUAGE = re.compile(r"[a-z]{2}", re.IGNORECASE | re.ASCII)
_AT_EMPLOYER = re.compile(
    r"[|\u2013-] (?:Jobs|Stellen|Stellenangebote|Karriere|Careers|Offres d.emploi|Empleos|Ofertas de empleo) "
    r"(?:at|bei|chez|en|de) (?P<company>.{2,80})$"
)
_MAX_POSITIONS: Final = 20_000
_MAX_PARTS: Final = 50


def _read_address(address: WebAddress) -> Reference | None:
    host = _HOST.fullmatch(address.host)
    if host is None or host[1] in _NO_TENANTS:
        return None
    number = ""
    for before, segment in zip(address.segments, address.segments[1:], strict=False):
        if before.lower() in {"job", "jobs"}:
            number = segment
            break
    if not _ID.fullmatch(number):
        return None
    language = address.query.get("language", "")
    if not _LANGUAGE.fullmatch(language):
        language = "en"
    return Reference(
        host[1],
        number,
        f"https://{host[1]}.jobs.personio.de/job/{number}",
        f"https://{host[1]}.jobs.personio.{address.host.rpartition('.')[2]}/xml?language={language.lower()}",
        reason="a position on an employer's board",
    )


def _requests(match: Match, url: str) -> Sequence[Request]:
    page = Request(url, "page", "text/html")
    return (Request(match.api_url, "api", "application/xml"), page) if match.api_url else (page,)


def _read_answer(payload: Payload, found: Fields) -> None:
    if payload.answer_text:
        position = _position(payload.answer_text, payload.posting_id)
        if position is not None:
            _take_position(position, payload, found)
    if payload.answer is not None:
        _take_row(payload, found)


def _position(feed: str, posting_id: str | None) -> Element | None:
    """Return the position of that id, or the first where no id is known."""
    root = read_feed(feed)
    for position in elements(root, "position", _MAX_POSITIONS) if root is not None else ():
        if not posting_id or text_in(position, "id") == posting_id:
            return position
    return None


def _take_position(position: Element, payload: Payload, found: Fields) -> None:
    found.line("title", text_in(position, "name"), "api")
    _take_company(text_in(position, "subcompany"), payload, found)
    offices = [office.text for office in elements(position, "office", _MAX_PARTS)]
    found.locations(offices, "api")
    _take_type(text_in(position, "employmentType"), text_in(position, "schedule"), found)
    parts: list[str] = []
    for part in elements(position, "jobDescription", _MAX_PARTS):
        body = text_in(part, "value")
        if body:
            heading = short(text_in(part, "name"))
            parts += [f"<h3>{heading}</h3>"] if heading else []
            parts.append(body)
    found.description(parts, "api")
    stated = (
        text_in(position, f"salaryInformation/{name}") for name in ("min", "max", "currencyCode", "type")
    )
    found.pay([pay_range(*stated)], "api")
    found.posted(text_in(position, "createdAt"), "api")
    found.listed()


def _take_row(payload: Payload, found: Fields) -> None:
    """Read a row of `/search.json`, or of the list that newer pages embed."""
    answer = payload.answer
    rows = get(answer, "jobs") or get(answer, "positions") or answer
    job = row_of(rows, payload.posting_id, "id") if isinstance(rows, list) else rows
    found.line("title", get(job, "name") or get(job, "title"), "api")
    if get(job, "name") is None and get(job, "title") is None:
        return
    _take_company(get(job, "subcompany"), payload, found)
    names = ("office", "main_office", "offices", "additionalOffices", "additional_offices")
    places = [place for name in names for place in as_list(get(job, name))]
    found.locations([get(place, "name") or place for place in places], "api")
    _take_type(get(job, "employment_type") or get(job, "employmentType"), get(job, "schedule"), found)
    sections = as_list(get(job, "jobDescriptions") or get(job, "description"))
    inner = get(job, "jobDescriptions", "jobDescription")
    parts: list[object] = []
    for section in (as_list(inner) if inner is not None else sections)[:_MAX_PARTS]:
        heading = short(get(section, "name"))
        parts += [f"<h3>{heading}</h3>"] if heading and get(section, "value") else []
        parts.append(get(section, "value") if isinstance(section, dict) else section)
    found.description(parts, "api")
    found.posted(get(job, "created_at") or get(job, "createdAt"), "api")
    found.listed()


def _take_company(stated: object, payload: Payload, found: Fields) -> None:
    """The subsidiary is named, the employer is not."""
    found.line("company", stated, "api", 0.8)
    host = _HOST.search(payload.url)
    found.short_name(payload.organisation or (host[1] if host else None))


def _take_type(employment: object, schedule: object, found: Fields) -> None:
    kind = (short(employment) or "").lower()
    # "permanent" says how long, the schedule how much; "full-or-part-time" leaves it open.
    if kind not in {"permanent", "other"}:
        found.employment_type(kind, "api")
    if (short(schedule) or "").lower() != "full-or-part-time":
        found.employment_type(schedule, "api")


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    heading = page.css_first("h1.detail-title, h1.job-title, [data-test=job-title], h1")
    if heading is not None:
        found.line("title", node_text(heading), "dom")
    body = page.css_first(".job-description, .detail-block-description, [data-test=job-description]")
    if body is not None:
        found.description(body.inner_html, "dom")
    title = page.css_first("title")
    named = _AT_EMPLOYER.search(short(title.text()) or "") if title is not None else None
    found.line("company", named["company"] if named is not None else None, "meta", 0.65)
    host = _HOST.search(payload.url)
    found.short_name(payload.organisation or (host[1] if host else None))


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if not 200 <= answer.status < 300 or not match.posting_id:
        return None
    if answer.request.kind == "api":
        if _position(answer.text, match.posting_id) is None:
            return Verdict("nothing", "not_in_the_feed")
        return Verdict("posting", "api")
    return redirected_off(answer, match)


PERSONIO: Final = Platform(
    name="personio",
    hosts=("personio.de", "personio.com"),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("personio",),
    verified=False,
)
