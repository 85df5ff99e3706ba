"""Lever: its boards in America and in Europe.

Sources: the documentation of its postings API (fields, hosts); `createdAt` in milliseconds is not documented
and is in every real answer. The answer never names the employer: the page does, in its title and JSON-LD.
Requirements stand in `lists`, not in the description. A 404 of the API proves nothing: confidential postings
are not on it while their page lives (career-ops #2648); the page's own 404 does.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import (
    MAX_DESCRIPTION_CHARS,
    Fields,
    as_list,
    get,
    row_of,
    short,
    text_of,
)
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload, PayRange
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
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
from apptrack_pipeline.postings.verdicts import json_of, redirected_off

_SITE = re.compile(r"[\w.-]{1,100}", re.ASCII)
_HOSTED = re.compile(r"jobs\.(?:eu\.)?lever\.co/([\w.-]{1,100})/([\w-]{8,60})", re.IGNORECASE)
# An interval of two weeks, half a month or once is none of the periods that are kept.
_NO_PERIOD = re.compile(r"\bbi|semi|fortnight|one-?time|twice", re.IGNORECASE)
_GONE_PAGE = re.compile(
    r"the job posting you.?re looking for might have closed, or it has been removed", re.I
)


def _read_address(address: WebAddress) -> Reference | None:
    segments = address.segments
    if address.host.startswith("api.") and segments[:2] == ("v0", "postings"):
        segments = segments[2:]
    elif not address.host.startswith("jobs."):
        return None
    if len(segments) < 2 or not _SITE.fullmatch(segments[0]) or not UUID.fullmatch(segments[1]):
        return None
    region = "eu." if ".eu." in f".{address.host}" else ""
    site, posting_id = segments[0], segments[1].lower()
    return Reference(
        site,
        posting_id,
        f"https://jobs.{region}lever.co/{site.lower()}/{posting_id}",
        f"https://api.{region}lever.co/v0/postings/{site}/{posting_id}",
        reason="a posting hosted by Lever",
    )


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Return the posting of an employer's own page whose address has an id that its links have too."""
    for part in (*address.segments, *address.query.values()):
        if UUID.fullmatch(part):
            for found in _HOSTED.finditer(html):
                if found[2].lower() == part.lower():
                    region = "eu." if "eu.lever" in found[0].lower() else ""
                    return Reference(
                        found[1],
                        part.lower(),
                        None,
                        f"https://api.{region}lever.co/v0/postings/{found[1]}/{part.lower()}",
                        0.9,
                        "the page leads to this posting at Lever",
                    )
    return None


def _requests(match: Match, url: str) -> Sequence[Request]:
    if match.api_url is None:
        return (Request(url, "page", "text/html"),)
    page = match.canonical_url
    if "lever.co/" in page:  # with the site as it was spelled; the identity has it in lower case
        page = match.api_url.replace("//api.", "//jobs.", 1).replace("/v0/postings/", "/", 1)
    return (Request(match.api_url, "api"), Request(page, "page", "text/html"))


def _read_answer(payload: Payload, found: Fields) -> None:
    job = _job_of(payload)
    if get(job, "ok") is False:
        return
    found.line("title", get(job, "text"), "api")
    places = [place for place in as_list(get(job, "categories", "allLocations")) if short(place)]
    found.locations(places or [get(job, "categories", "location")], "api")
    found.location_type(get(job, "workplaceType"), "api")
    found.employment_type(get(job, "categories", "commitment"), "api", 0.9)
    found.description(_parts(job), "api")
    words = short(get(job, "salaryDescriptionPlain")) or short(get(job, "salaryDescription"))
    found.pay(_pay(job, words), "api", text=words)
    found.posted(_moment(get(job, "createdAt")), "api")
    address = _HOSTED.search(text_of(get(job, "hostedUrl")) or text_of(get(job, "applyUrl")) or payload.url)
    found.short_name(address[1] if address else payload.organisation)
    if short(get(job, "text")):
        found.listed()


def _job_of(payload: Payload) -> object:
    answer = payload.answer
    return row_of(answer, payload.posting_id, "id", "hostedUrl") if isinstance(answer, list) else answer


def _parts(job: object) -> list[str]:
    """Return the description's parts in the page's order; `lists` hold their items without the list."""
    whole = text_of(get(job, "description"))
    parts = [whole] if whole else [text_of(get(job, "opening")), text_of(get(job, "descriptionBody"))]
    if not any(parts):
        parts = [text_of(get(job, "descriptionPlain")) or text_of(get(job, "descriptionBodyPlain"))]
    for section in as_list(get(job, "lists"))[:100]:
        heading = short(get(section, "text"))
        items = text_of(get(section, "content"))
        if "<li" in items and not re.match(r"\s*<[uo]l", items):
            items = f"<ul>{items}</ul>"
        if heading:
            items = f"<h3>{html_entities.escape(heading, quote=False)}</h3>{items}"
        parts.append(items)
        if sum(map(len, parts)) > MAX_DESCRIPTION_CHARS:
            break
    parts.append(text_of(get(job, "additional")) or text_of(get(job, "additionalPlain")))
    return parts


def _pay(job: object, words: str | None) -> Sequence[PayRange | None]:
    stated = get(job, "salaryRange")
    interval = short(get(stated, "interval")) or ""
    period = None if _NO_PERIOD.search(interval) else interval
    one = pay_range(get(stated, "min"), get(stated, "max"), get(stated, "currency"), period)
    if one is not None or not words or len(words) > 120:
        return [one]
    pay = pay_in_text(words)
    return pay.ranges if pay is not None else ()


def _moment(milliseconds: object) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    # 1995 to 2100: outside of it the number is no such moment.
    if not 8e11 < milliseconds < 4.1e12:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    address = _HOSTED.search(payload.url)
    heading = page.css_first(".posting-headline h2")
    title = short(node_text(heading)) if heading is not None else None
    found.line("title", title, "dom")
    shown = {
        name: node_text(node).strip(" /\n")
        for name in ("location", "workplaceTypes", "commitment")
        if (node := page.css_first(f".posting-categories :is(.{name}, .sort-by-{name})")) is not None
    }
    found.locations([shown.get("location")], "dom")
    found.location_type(shown.get("workplaceTypes"), "dom")
    found.employment_type(shown.get("commitment"), "dom")
    salary = page.css_first("[data-qa=salary-range]")
    words = short(node_text(salary)) if salary is not None else None
    pay = pay_in_text(words) if words else None
    found.pay(pay.ranges if pay is not None else (), "dom", text=words)
    if heading is not None and page.css_first("#application-form") is None:
        sections = page.css(".section-wrapper .section:not(.posting-header, .last-section-apply)")[:100]
        found.description([section.inner_html or "" for section in sections], "dom")
    text = " ".join(node_text(page.body)[:4000].split()) if page.body is not None else ""
    if heading is None and _GONE_PAGE.search(text):
        found.closed("hosted_page_gone")
    elif heading is not None or address is not None:
        _take_window_title(page, title, found)
    found.short_name(address[1] if address else None)


def _take_window_title(page: LexborHTMLParser, title: str | None, found: Fields) -> None:
    """Read `Blue Harbor - Data Engineer`: the employer stands first, and both may hold dashes."""
    window = page.css_first("title")
    shown = (short(window.text()[:1000]) or "") if window is not None else ""
    if title and shown.endswith(f" - {title}"):
        found.line("company", shown.removesuffix(f" - {title}"), "meta", 0.65)
    elif not title and " - " in shown:
        company, _, rest = shown.partition(" - ")
        found.line("company", company, "meta", 0.61)
        found.line("title", rest, "meta", 0.61)


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api":
        if answer.status in {404, 410} or get(json_of(answer), "ok") is False:
            return Verdict("nothing", "not_on_the_api")
        return None
    return redirected_off(answer, match)


LEVER: Final = Platform(
    name="lever",
    hosts=("lever.co",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("lever",),
)
