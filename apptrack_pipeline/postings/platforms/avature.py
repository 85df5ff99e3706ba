"""Avature: career portals on `{tenant}.avature.net` and on the employer's own domain.

No API; the page has JSON-LD on some portals, and on most its fields as pairs of label and value
(`article__content__view__field`). Addresses are those of public readers; the portal's name and its language
stand before `JobDetail`. Ids are an employer's own. Answers of closed postings are not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.platform import Match, Platform, Reference, Request, WebAddress

_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2}_[A-Z]{2}")
_PAGES: Final = frozenset({"jobdetail", "applicationmethods", "applicationform", "registrationmethods"})
_MAX_FIELDS: Final = 60


def _read_address(address: WebAddress) -> Reference | None:
    """Read `[/{language}]/{portal}/JobDetail[/{title}]/{id}` and `..?jobId={id}`."""
    segments = [segment for segment in address.segments if not _LOCALE.fullmatch(segment)]
    at = next((n for n, one in enumerate(segments) if one.lower() in _PAGES), None)
    hosted = address.host.endswith(".avature.net")
    if at is None or at > 2 or (not hosted and segments[at].lower() != "jobdetail"):
        return None
    number = address.query.get("jobid") or address.query.get("folderid") or ""
    if not number and len(segments) > at + 1:
        number = segments[-1]
    if not _NUMBER.fullmatch(number):
        return None
    portal = "/".join(segments[:at])
    tenant = address.host.removesuffix(".avature.net")
    if not hosted:
        return Reference(tenant, number, None, None, 0.8, "the path is as Avature writes it")
    canonical = f"https://{address.host}/{portal}{'/' if portal else ''}JobDetail/{number}"
    if not re.fullmatch(r"[\w/.-]*", portal, re.ASCII):
        return None
    return Reference(tenant, number, canonical, None, 1.0, "a job of an Avature portal")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    title = page.css_first(
        ".article__header__text__title, .banner__text__title, [class*=section__header__text__title]"
    )
    if title is not None:
        found.line("title", node_text(title), "dom", 0.65)
    if payload.organisation and "." not in payload.organisation:
        found.short_name(payload.organisation)
    for field in page.css(".article__content__view__field")[:_MAX_FIELDS]:
        label = field.css_first(".article__content__view__field__label")
        value = field.css_first(".article__content__view__field__value")
        if label is None or value is None:
            continue
        name, shown = (short(node_text(label)) or "").lower(), short(node_text(value))
        if re.search(r"\blocation|\bcity\b|standort", name) and "type" not in name:
            found.locations([shown], "dom")
        elif re.search(r"work(?:place|ing)? (?:model|type|arrangement)|remote|location type", name):
            found.location_type(shown, "dom")
        elif re.search(r"employment|job type|schedule|contract", name):
            found.employment_type(shown, "dom")
        elif re.search(r"\b(?:ref|req|requisition|job) ?(?:#|id\b|number|no\b)", name):
            found.line("requisition_id", shown, "dom")


AVATURE: Final = Platform(
    name="avature",
    hosts=("avature.net",),
    on_own_domains=True,
    read_address=_read_address,
    requests=_requests,
    read_page=_read_page,
    board_names=("avature",),
    verified=False,
)
