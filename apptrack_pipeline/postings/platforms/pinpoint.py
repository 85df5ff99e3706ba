"""Pinpoint: boards under `<employer>.pinpointhq.com`.

`/postings.json` holds the whole board, but its robots.txt disallows it, so only the page is asked for; rows
of it are read where somebody has them (fields as public boards answered in 2026). It carries no date of
publication. The markup of the page is not verified and is read by the general rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from apptrack_pipeline.postings.fields import Fields, get, row_of, short
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import pay_range
from apptrack_pipeline.postings.platform import (
    Match,
    Platform,
    Reference,
    Request,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import redirected_off

_HOST = re.compile(r"([\w-]{1,63})\.pinpointhq\.com", re.ASCII)
_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{1,12}", re.ASCII | re.IGNORECASE
)
_NO_TENANTS: Final = frozenset({"www", "app", "api", "docs", "help", "support", "status", "developers"})
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_IN_PAGE = re.compile(r"(?:src|href)=[\"'][^\"'<>]{0,200}pinpointhq\.com")
_SECTIONS: Final = (
    ("", "description"),
    ("key_responsibilities_header", "key_responsibilities"),
    ("skills_knowledge_expertise_header", "skills_knowledge_expertise"),
    ("benefits_header", "benefits"),
)


def _read_address(address: WebAddress) -> Reference | None:
    host = _HOST.fullmatch(address.host)
    if host is None or host[1] in _NO_TENANTS:
        return None
    kind, number = _named(address)
    if number is None:
        return None
    canonical = f"https://{address.host}/{kind}/{number}"
    return Reference(host[1], number, canonical, reason="a posting on an employer's board")


def _named(address: WebAddress) -> tuple[str, str | None]:
    """Return what the path names: a posting by its UUID, or in older links a job by its number."""
    for before, segment in zip(address.segments, address.segments[1:], strict=False):
        number = segment.removesuffix(".json").lower()
        if before.lower() in {"postings", "jobs"} and _ID.fullmatch(number):
            return before.lower(), number
    return "", None


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Know a board on the employer's own domain, which has the same paths and names its maker."""
    kind, number = _named(address)
    if kind != "postings" or number is None or not _UUID.fullmatch(number) or not _IN_PAGE.search(html):
        return None
    return Reference(None, number, None, None, 0.9, "the page is a board of Pinpoint on another domain")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    rows = get(payload.answer, "data") or payload.answer
    job = row_of(rows, payload.posting_id, "id", "path", "url") if isinstance(rows, list) else rows
    found.line("title", get(job, "title"), "api")
    host = _HOST.search(short(get(job, "url")) or payload.url)
    found.short_name(payload.organisation or (host[1] if host else None))
    found.locations([_place(get(job, "location"))], "api")
    found.location_type(get(job, "workplace_type") or get(job, "workplace_type_text"), "api")
    found.employment_type([get(job, "employment_type"), get(job, "employment_type_text")], "api")
    parts: list[object] = []
    for header, name in _SECTIONS:
        body, heading = get(job, name), short(get(job, header)) if header else None
        parts += [f"<h3>{heading}</h3>"] if heading and isinstance(body, str) and body.strip() else []
        parts.append(body)
    found.description(parts, "api")
    found.requirements(get(job, "skills_knowledge_expertise"), "api")
    # What the employer hides from its own page is not shown either.
    if get(job, "compensation_visible") is not False:
        stated = (
            get(job, f"compensation_{name}") for name in ("minimum", "maximum", "currency", "frequency")
        )
        found.pay([pay_range(*stated)], "api", text=short(get(job, "compensation")))
    found.closes(get(job, "deadline_at"), "api")
    found.line("requisition_id", get(job, "job", "requisition_id"), "api")
    if get(job, "title") is not None:
        found.listed()


def _place(place: object) -> str | None:
    parts = [short(get(place, name)) for name in ("city", "province")]
    return short(get(place, "name")) or ", ".join(dict.fromkeys(filter(None, parts))) or short(place)


PINPOINT: Final = Platform(
    name="pinpoint",
    hosts=("pinpointhq.com",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    judge=redirected_off,
    board_names=("pinpoint",),
    verified=False,
)
