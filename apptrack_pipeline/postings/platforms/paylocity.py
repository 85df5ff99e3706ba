"""Paylocity: postings under `recruiting.paylocity.com/Recruiting/Jobs/Details/<id>`.

The page is rendered by the server: a header, a line of place and department, and pairs of heading and text. A
board's list is in `window.pageData`, a feed of it behind `/recruiting/v2/api/feed/jobs/<uuid>`; rows of both
are read where somebody has them. Not verified on a live page: the wording of a closed posting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.page_state import json_after
from apptrack_pipeline.postings.pay import pay_in_text
from apptrack_pipeline.postings.platform import (
    Match,
    Platform,
    Reference,
    Request,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import redirected_off
from apptrack_pipeline.postings.vocabulary import location_type

_HOST = re.compile(r"(?:\d{1,6})?recruiting\.paylocity\.com", re.ASCII)
_ID = re.compile(r"\d{1,12}", re.ASCII)
_NAME_IN_PATH = re.compile(
    r"/Jobs/(?:(?:Details|Apply)/\d{1,12}|(?:All|List)/[0-9a-fA-F-]{36})/(?P<name>[^/?#]{2,100})",
    re.IGNORECASE | re.ASCII,
)
_WORK_PLACES = re.compile(
    r"(?:fully|hybrid|partially)?[ -]?remote(?: worker)?|on-?site|hybrid", re.IGNORECASE
)
_IN_DESCRIPTION = re.compile(
    r"description|requirement|qualification|responsibilit|benefit|about|summary|skill|education|overview",
    re.IGNORECASE,
)
_IS_PAY = re.compile(r"salary|compensation|pay|wage|rate", re.IGNORECASE)


def _read_address(address: WebAddress) -> Reference | None:
    if not _HOST.fullmatch(address.host):
        return None
    segments = [segment.lower() for segment in address.segments]
    for position, segment in enumerate(segments[:-1]):
        if segment in {"details", "apply"} and "jobs" in segments[:position]:
            number = segments[position + 1]
            if _ID.fullmatch(number):
                named = _NAME_IN_PATH.search(address.path)
                return Reference(
                    named["name"] if named is not None else None,
                    number,
                    f"https://{address.host}/Recruiting/Jobs/Details/{number}",
                    reason="a job on an employer's board",
                )
    return None


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    rows = get(payload.answer, "Jobs") or get(payload.answer, "jobs") or payload.answer
    if isinstance(rows, list):
        rows = row_of(rows, payload.posting_id, "JobId", "jobId", "id")
    _take_row(rows, payload, found, "api")
    if get(rows, "JobTitle") is not None or get(rows, "title") is not None:
        found.listed()


def _take_row(job: object, payload: Payload, found: Fields, source: Source) -> None:
    """Read a row of `window.pageData` (`JobTitle`) or of the feed (`title`)."""

    def value(*names: str) -> object:
        return next((known for known in (get(job, name) for name in names) if known is not None), None)

    found.line("title", value("JobTitle", "jobTitle", "title"), source)
    found.line("company", value("CompanyName", "companyName"), source)
    _guess_company(payload, short(value("displayUrl", "applyUrl")) or "", found)
    place = value("JobLocation", "jobLocation")
    names = ("City", "State", "Country") if get(place, "City") else ("city", "state", "country")
    parts = [short(get(place, name)) or short(get(job, name)) for name in names]
    whole = short(value("LocationName", "locationName")) or short(get(place, "locationDisplayName"))
    found.locations([whole or ", ".join(filter(None, parts)) or short(place)], source)
    found.location_type("remote" if value("IsRemote", "isRemote") is True else None, source)
    found.employment_type(value("JobType", "jobType", "EmploymentType", "employmentType"), source)
    found.description([value("Description", "description"), value("Requirements", "requirements")], source)
    text = short(value("SalaryDescription", "salaryDescription"))
    pay = pay_in_text(text) if text else None
    found.pay(pay.ranges if pay else (), source, text=text)
    found.posted(value("PublishedDate", "publishedDate"), source)
    found.line("requisition_id", value("RequisitionNumber", "requisitionNumber"), source)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    title = page.css_first(".job-preview-title span, .job-preview-title")
    if title is not None:
        found.line("title", node_text(title), "dom")
        _take_details(page, found)
        _take_company(page, found)
    else:
        rows = as_list(get(json_after(payload.html or "", "window.pageData"), "Jobs"))
        # Without an id only a list of one job says which it is.
        row = row_of(rows, payload.posting_id, "JobId") if payload.posting_id or len(rows) == 1 else None
        if row is not None:
            _take_row(row, payload, found, "embedded state")
    board = page.css_first("a[href*='/Jobs/All/' i]")
    _guess_company(payload, (board.attributes.get("href") or "") if board is not None else "", found)


def _take_details(page: LexborHTMLParser, found: Fields) -> None:
    preview = page.css_first(".preview-location")
    if preview is not None:
        _take_place(preview, found)
    parts: list[str] = []
    for heading in page.css(".job-listing-header")[:30]:
        body = heading.next
        while body is not None and not body.is_element_node:
            body = body.next
        name = " ".join(node_text(heading).split())
        if body is None:
            continue
        if re.fullmatch(r"(?:job|position|employment) type|type", name, re.IGNORECASE):
            found.employment_type(node_text(body), "dom")
        elif _IS_PAY.search(name) and len(name) < 40:
            stated = " ".join(node_text(body).split())
            pay = pay_in_text(stated) if len(stated) <= 200 else None
            found.pay(pay.ranges if pay else (), "dom", text=stated)
        elif _IN_DESCRIPTION.search(name):
            parts += [f"<h3>{name}</h3>"] if parts else []
            parts.append(body.inner_html or "")
    found.description(parts, "dom")


def _take_place(preview: LexborNode, found: Fields) -> None:
    """Read `Hybrid Remote • New Providence, New Jersey • Research`, or a link to a map: someone goes
    there."""
    on_map = preview.css_first("a[href*='maps.google'], a[href*='google.com/maps']")
    if on_map is not None:
        found.locations([node_text(on_map)], "dom")
        found.location_type("onsite", "dom", 0.6)
        return
    parts = [part.strip() for part in re.split(r"[•|\n]", node_text(preview)) if part.strip()]
    if parts and _WORK_PLACES.fullmatch(parts[0]):
        # "Hybrid Remote" is both words; the first says what is meant.
        found.offer("location_type", location_type(parts[0]), "dom")
        parts = parts[1:] or parts
    found.locations(parts[:1], "dom")


def _take_company(page: LexborHTMLParser, found: Fields) -> None:
    """The window's title is the employer's name and the job's, with a dash between them."""
    tag, title = page.css_first("title"), found.text("title")
    parts = re.split(r"\s[-\u2013|]\s", short(tag.text()) or "") if tag is not None else []
    if len(parts) == 2 and title in parts:
        found.line("company", parts[1 - parts.index(title)], "meta", 0.6)


def _guess_company(payload: Payload, address: str, found: Fields) -> None:
    """The path spells the employer's whole name, if anything: ADC-Therapeutics-America-Inc."""
    for url in (address, payload.url):
        named = _NAME_IN_PATH.search(url)
        if named is not None:
            found.short_name(named["name"].replace("-", " "))


PAYLOCITY: Final = Platform(
    name="paylocity",
    one_numbering=True,
    hosts=("paylocity.com",),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=redirected_off,
    board_names=("paylocity",),
    verified=False,
)
