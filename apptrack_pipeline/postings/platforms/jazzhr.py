"""JazzHR, once Resumator: `{tenant}.applytojob.com/apply/{code}`, with or without the title behind the code.

Sources: addresses and pages as public readers test them; the XML feed of a tenant's open jobs that JazzHR
documents for job boards (daily, limited in rate, without dates of most postings and without pay). New themes
carry JSON-LD, old ones do not. Some tenants answer plain clients 403: a block, never a closed posting.
Not verified on live pages; what a closed posting's page looks like is not known at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.feeds import elements, read_feed, text_in
from apptrack_pipeline.postings.fields import Fields, as_list, get
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.platform import (
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.vocabulary import employment_type

_HOST = re.compile(r"([a-z0-9][\w-]{0,80})\.(?:applytojob|theresumator)\.com", re.ASCII)
_CODE = re.compile(r"(?:job_\d{14}_)?[A-Za-z0-9]{6,20}", re.ASCII)
_NO_CODES: Final = frozenset({"search", "details", "alerts", "general", "embed"})
_MAX_FEED_JOBS: Final = 2_000


def _read_address(address: WebAddress) -> Reference | None:
    host, parts = _HOST.fullmatch(address.host), address.segments
    if host is None or parts[:1] != ("apply",):
        return None
    code = "".join(parts[3:4] if parts[1:3] == ("jobs", "details") else parts[1:2])
    if not _CODE.fullmatch(code) or code.lower() in _NO_CODES:
        return None
    tenant = host[1]
    canonical = f"https://{tenant}.applytojob.com/apply/{code}"
    feed = f"https://app.jazz.co/feeds/export/jobs/{tenant}"
    return Reference(tenant, code, canonical, feed, 1.0, "a page of JazzHR")


def _requests(match: Match, url: str) -> Sequence[Request]:
    page = Request(match.canonical_url, "page", "text/html")
    if match.api_url is None:
        return (page,)
    # The page first: it is one posting, has the date and the pay, and the feed is limited in rate.
    return (page, Request(match.api_url, "api", "application/xml"))


def _read_answer(payload: Payload, found: Fields) -> None:
    wanted = payload.posting_id
    job = next(
        (one for one in _jobs(payload.answer_text or "") if wanted is None or _is_of(one, wanted)), None
    )
    if job is None:
        return
    found.line("title", text_in(job, "title"), "api")
    found.description(text_in(job, "description"), "api")
    places = [text_in(job, name) for name in ("city", "state", "country")]
    found.locations([", ".join(place for place in places if place)], "api")
    found.employment_type(text_in(job, "type"), "api")
    found.posted(text_in(job, "original_open_date"), "api")
    found.short_name(payload.organisation)
    status = text_in(job, "status").casefold()
    if status == "open":
        found.listed()
    elif status in {"closed", "filled"}:
        found.closed(f"feed_{status}")


def _jobs(feed: str) -> Iterator[Element]:
    root = read_feed(feed)
    return elements(root, "job", _MAX_FEED_JOBS) if root is not None else iter(())


def _is_of(job: Element, code: str) -> bool:
    return f"/apply/{code}/" in text_in(job, "url").replace("jobs/details/", "") + "/"


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    for selector, sure in (
        ("h1.job_title, #resumator-job-title", 0.8),
        (".job-header h1, .job-header h2", 0.75),
    ):
        found.line("title", _text(page, selector), "dom", sure)
    found.line("company", _text(page, "h2.job_company, .job_company"), "dom")
    found.line("company", _organisation(page), "json-ld", 0.9)
    found.short_name(payload.organisation)
    _take_meta_line(found, _text(page, "h3.job_meta, .job_meta"))
    found.locations(
        [_text(page, ".job-attributes-container [title=Location], #resumator-job-location")], "dom"
    )
    kind = _text(
        page, "#resumator-job-employment, .job-attributes-container [title=Type], #resumator-job-type"
    )
    found.employment_type(kind, "dom")
    body = page.css_first("#job-description, .job_description, #resumator-job-description, .job-description")
    if body is not None and found.text("description_text") is None:
        found.description(body.inner_html, "dom")


def _take_meta_line(found: Fields, line: str | None) -> None:
    """Read "Department - Location - Type" of the old themes, whose first parts may be missing."""
    parts = [part.strip() for part in re.split(r"\s+-\s+", (line or "")[:600].strip()) if part.strip()]
    if len(parts) == 1 and employment_type(parts[0]) is None:
        found.locations(parts, "dom")
    elif len(parts) > 1:
        found.locations(parts[-2:-1], "dom")
    found.employment_type(parts[-1:], "dom")


def _text(page: LexborHTMLParser, selector: str) -> str | None:
    node = page.css_first(selector)
    return " ".join(node_text(node).split()) if node is not None else None


def _organisation(page: LexborHTMLParser) -> object:
    """Return the name in the block about the employer that stands beside the posting."""
    for script in page.css("script")[:200]:
        text = script.text()
        if "ld+json" not in (script.attributes.get("type") or "").lower() or "Organization" not in text:
            continue
        try:
            block = json.loads(text[:200_000], strict=False)
        except (ValueError, RecursionError):
            continue
        for one in as_list(block):
            if get(one, "@type") == "Organization":
                return get(one, "name")
    return None


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind != "api" or not 200 <= answer.status < 300:
        return None
    if match.posting_id and any(_is_of(job, match.posting_id) for job in _jobs(answer.text)):
        return Verdict("posting", "feed")
    # The feed is made once a day: a posting that is not in it may be new.
    return Verdict("nothing", "not_in_feed")


JAZZHR: Final = Platform(
    name="jazzhr",
    case_in_ids=True,
    hosts=("applytojob.com", "theresumator.com"),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("jazzhr", "applytojob", "resumator"),
    verified=False,
)
