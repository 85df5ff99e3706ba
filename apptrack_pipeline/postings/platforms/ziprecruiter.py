"""ZipRecruiter: read only from what a person captured; it forbids automated reading and checks for robots.

Its pages carry JSON-LD; a search keeps its cards and the posting beside them in `script#js_variables`, newer
pages in the pieces that Next.js pushes. The names in them are those of public readers; no live page was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.page_state import json_after, json_in, pushed_text
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
from apptrack_pipeline.postings.platform import Platform, Reference, WebAddress

_KEY = re.compile(r"[\w-]{6,64}", re.ASCII)
_HEX_AT_END = re.compile(r".{0,300}-([0-9a-f]{6,32})", re.ASCII)
_NUMBER_AT_START = re.compile(r"(\d{5,15})(?:-.{0,300})?", re.ASCII)

_TITLE: Final = "h1.job_title, h1[class*=job_title], [data-testid=job-title]"
_COMPANY: Final = ".hiring_company_text, a.hiring_company, [class*=hiring_company], [data-testid=job-company]"
_PLACE: Final = ".hiring_location, .location_text, [data-testid=job-location]"
_PAY: Final = ".t_compensation, [data-testid=job-pay], .job_salary"
_DESCRIPTION: Final = ".jobDescriptionSection, .job_description, [class*=job_description]"


def _read_address(address: WebAddress) -> Reference | None:
    segments, query, base = address.segments, address.query, f"https://{address.host}"
    first = segments[0].lower() if segments else ""
    key = query.get("jid", "")
    if first in {"c", "job", "jobs", "ojob"} and _KEY.fullmatch(key):
        path = address.raw_path.rstrip("/")
        return Reference(
            _company(segments), key, f"{base}{path}?jid={key}", reason="ZipRecruiter's key of a job"
        )
    if first == "jobs" and len(segments) >= 3:
        found = _HEX_AT_END.fullmatch(segments[2])
        if found is not None:
            canonical = f"{base}/jobs/{segments[1]}/{segments[2]}"
            return Reference(None, found[1], canonical, reason="a job's own page")
    if first in {"jobs", "job", "ojob"} and len(segments) == 2:
        # The British and Irish sites write /jobs/<number>-<title>.
        for form in (_NUMBER_AT_START, _HEX_AT_END):
            found = form.fullmatch(segments[1])
            if found is not None:
                canonical = f"{base}/{first}/{found[1] if form is _NUMBER_AT_START else segments[1]}"
                return Reference(None, found[1], canonical, reason="a job's own page")
    key = query.get("lk", "") or query.get("lvk", "")
    # The site itself links to /jobs//j?lvk=<key> as well.
    if first in {"jobs-search", "jobs", "candidate"} and _KEY.fullmatch(key):
        return Reference(None, key, f"{base}/jobs-search?lk={key}", reason="the job that a search shows")
    return None


def _company(segments: tuple[str, ...]) -> str | None:
    return segments[1] if len(segments) > 2 and segments[0].lower() == "c" else None


def _read_answer(payload: Payload, found: Fields) -> None:
    for job in _jobs(payload.answer, payload):
        _take_job(job, found)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    for job in _jobs(json_in(page, "script#js_variables"), payload):
        _take_job(job, found)
    pushed = pushed_text(payload.html or "")
    if pushed:
        for job in _jobs({"jobDetails": json_after(pushed, '"jobDetails":')}, payload):
            _take_job(job, found)
    for name, selector in (("title", _TITLE), ("company", _COMPANY)):
        node = page.css_first(selector)
        found.line(name, node_text(node) if node is not None else None, "dom")
    place, pay, body = (page.css_first(selector) for selector in (_PLACE, _PAY, _DESCRIPTION))
    found.locations([node_text(place)] if place is not None else [], "dom")
    if pay is not None:
        shown = " ".join(node_text(pay).split())[:200]
        stated = pay_in_text(shown)
        found.pay(stated.ranges if stated is not None else (), "dom", text=shown)
    if body is not None:
        found.description(body.inner_html, "dom")


def _jobs(state: object, payload: Payload) -> Iterator[object]:
    """Yield the posting beside the list, then its card in the list, which says more of pay and kind.

    The key in an address may be another than the listing's own; then the one that is shown is meant.
    """
    shown = get(state, "getJobDetailsResponse", "jobDetails") or get(state, "jobDetails")
    if get(shown, "title") is not None:
        yield shown
    key = short(get(shown, "listingKey")) or payload.posting_id
    cards = as_list(get(state, "hydrateJobCardsResponse", "jobCards") or get(state, "jobCards"))
    for card in cards[:500]:
        if key and get(card, "listingKey") == key:
            yield card


def _take_job(job: object, found: Fields) -> None:
    found.line("title", get(job, "title"), "embedded state")
    company = get(job, "company")
    named = get(company, "canonicalDisplayName") or get(company, "name")
    found.line("company", named or short(company) or get(job, "companyName"), "embedded state")
    place = get(job, "location")
    parts = [short(get(place, name)) for name in ("city", "stateCode", "countryCode")]
    found.locations([get(place, "displayName") or ", ".join(filter(None, parts))], "embedded state")
    for kind in as_list(get(job, "employmentTypes"))[:10]:
        # EMPLOYMENT_TYPE_NAME_FULL_TIME
        name = (short(get(kind, "name") or kind) or "").rpartition("NAME_")[2]
        found.employment_type(name, "embedded state")
    for kind in as_list(get(job, "locationTypes"))[:10]:
        name = (short(get(kind, "name") or kind) or "").rpartition("NAME_")[2]
        # Work where one likes is neither the one nor the other.
        found.location_type("hybrid" if name.startswith("REMOTE_OPTIONAL") else name, "embedded state")
    found.description(get(job, "htmlFullDescription"), "embedded state")
    _take_pay(get(job, "pay"), found)
    found.posted(get(job, "status", "postedAtUtc") or get(job, "postedAtUtc"), "embedded state")
    if get(job, "status", "isExpired") is True or get(job, "isExpired") is True:
        found.closed("expired")


def _take_pay(pay: object, found: Fields) -> None:
    """Read what the employer shows; pay that is not visible is the board's guess."""
    currency = (short(get(pay, "currency")) or "").removeprefix("PAY_CURRENCY_")
    interval = (short(get(pay, "interval")) or "").replace("ANNUALLY", "YEAR").replace("ANNUAL", "YEAR")
    guessed = get(pay, "metadata", "visible") is False or get(pay, "isEstimated") is True
    stated = pay_range(get(pay, "min"), get(pay, "max"), currency or None, interval, estimated=guessed)
    if stated is None:
        low, high = get(pay, "minAnnual"), get(pay, "maxAnnual")
        stated = pay_range(low, high, currency or None, "year", estimated=guessed)
    found.pay([stated], "embedded state", 0.3 if guessed else None)


ZIPRECRUITER: Final = Platform(
    name="ziprecruiter",
    hosts=("ziprecruiter.com", "ziprecruiter.co.uk", "ziprecruiter.ie", "ziprecruiter.in", "ziprecruiter.ca"),
    read_address=_read_address,
    read_answer=_read_answer,
    read_page=_read_page,
    board_names=("ziprecruiter",),
)
