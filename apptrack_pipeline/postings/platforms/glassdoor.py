"""Glassdoor: read only from what a person captured; it forbids automated reading and checks for robots.

A posting is known by the number of its listing (`jl`, `jobListingId`). The page keeps its data in
`__NEXT_DATA__`, in `apolloState`, or in the pieces of newer Next.js pages; the names are those of its
GraphQL, as public readers use them, and no live page was seen. Pay marked "Glassdoor est." is the board's
guess, pay marked "Employer est." the employer's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.page_state import json_after, json_in, objects_with, pushed_text
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
from apptrack_pipeline.postings.platform import Platform, Reference, WebAddress

_ID = re.compile(r"\d{6,16}", re.ASCII)
_DOMAINS: Final = [
    "com",
    "co.uk",
    "co.in",
    "ca",
    "de",
    "fr",
    "nl",
    "es",
    "it",
    "ie",
    "ch",
    "at",
    "be",
    "sg",
    "co.nz",
] + ["com.au", "com.br", "com.mx", "com.ar", "com.hk"]
_OF_A_JOB: Final = frozenset(
    {"job-listing", "job", "jobs", "partner", "joblisting", "apply", "emploi", "oferta"}
)

_TITLE: Final = (
    "[data-test=job-title], [id^=jd-job-title], [class*=JobDetails_jobTitle], "
    "[data-test=job-details-header] h1"
)
_COMPANY: Final = (
    "[data-test=employer-name], [data-test=employerName], [class*=EmployerProfile_employerNameHeading], "
    "[class*=EmployerProfile_employerName]"
)
_PLACE: Final = "[data-test=location], [data-test=emp-location], [class*=JobDetails_location]"
_PAY: Final = "[data-test=detailSalary], [class*=JobCard_salaryEstimate], [class*=SalaryEstimate]"
_DESCRIPTION: Final = "[class*=JobDetails_jobDescription], .jobDescriptionContent, #JobDescriptionContainer"
_GUESSED = re.compile(r"glassdoor est|schätzung von glassdoor|estimation de glassdoor", re.IGNORECASE)
_MARK = re.compile(r"\s*\((?:employer|glassdoor) est[^()]{0,20}\)?", re.IGNORECASE)
_RATING = re.compile(r"\s*\d\.\d\s*★?\s*$")
_HIRING = re.compile(
    r"^(?P<company>.{1,80}?) hiring (?P<title>.{2,200}?) Job in (?P<place>[^|]{2,80}?)"
    r"(?: [|-] Glassdoor.{0,20})?$"
)
_PERIODS: Final = {"ANNUAL": "year", "HOURLY": "hour", "MONTHLY": "month", "WEEKLY": "week", "DAILY": "day"}
_ESTIMATED: Final = 0.3
_MAX_VIEWS: Final = 200


def _read_address(address: WebAddress) -> Reference | None:
    query = address.query
    number = query.get("jl", "") or query.get("joblistingid", "") or query.get("jobid", "")
    first = address.segments[0].lower() if address.segments else ""
    if not _ID.fullmatch(number) or first not in _OF_A_JOB:
        return None
    # Whether a number is one listing on all countries' hosts is not known: they stay apart.
    canonical = f"https://{address.host}/job-listing/j?jl={number}"
    return Reference(None, number, canonical, reason="Glassdoor's number of a listing")


def _read_answer(payload: Payload, found: Fields) -> None:
    for view in _views(payload.answer, payload):
        _take_view(view, found, "api")
        return


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    html = payload.html or ""
    for state in _states(page, html):
        view = next(_views(state, payload), None)
        if view is not None:
            _take_view(view, found, "embedded state")
            break
    for name, selector in (("title", _TITLE), ("company", _COMPANY)):
        node = page.css_first(selector)
        shown = " ".join(node_text(node).split()) if node is not None else None
        # The heading of the employer holds its rating: "Acme 4.1 ★".
        found.line(name, _RATING.sub("", shown) if shown else None, "dom")
    tag = page.css_first("title")
    for shown in (tag.text() if tag is not None else None, payload.page_title):
        named = _HIRING.match(short(shown) or "")
        if named is not None:
            found.line("title", named["title"], "meta", 0.65)
            found.line("company", named["company"], "meta", 0.6)
            found.locations([named["place"]], "meta", 0.5)
    place, pay, body = (page.css_first(selector) for selector in (_PLACE, _PAY, _DESCRIPTION))
    found.locations([node_text(place)] if place is not None else [], "dom")
    if pay is not None:
        _take_pay_text(pay, found)
    if body is not None:
        found.description(body.inner_html, "dom")


def _states(page: LexborHTMLParser, html: str) -> Iterator[object]:
    yield json_in(page, "script#__NEXT_DATA__")
    for marker in ("apolloState", '"apolloCache":', "window.appCache"):
        if marker in html:
            yield json_after(html, marker) or json_after(html, f'{marker}":')
    pushed = pushed_text(html)
    for marker in ('"jobview":', '"jobDetailsRawData":', '"jobDetailsData":'):
        if marker in pushed:
            yield json_after(pushed, marker)


def _views(state: object, payload: Payload) -> Iterator[dict[str, object]]:
    """Yield the listings in a state that can be the posting: of several, only that of its number."""
    views = [view for view, _ in zip(objects_with(state, "header", "job"), range(_MAX_VIEWS), strict=False)]
    for view in views:
        number = short(get(view, "job", "listingId"))
        if number == payload.posting_id or (len(views) == 1 and (not payload.posting_id or not number)):
            yield view


def _take_view(view: object, found: Fields, source: Source) -> None:
    header, job = get(view, "header"), get(view, "job")
    found.line("title", get(job, "jobTitleText") or get(header, "jobTitleText"), source)
    employer = get(header, "employer", "name") or get(header, "employer", "shortName")
    found.line("company", get(header, "employerNameFromSearch") or employer, source)
    found.line("company", get(view, "overview", "name"), source, 0.6)
    found.locations([get(header, "locationName") or get(view, "map", "locationName")], source)
    for kind in as_list(get(header, "remoteWorkTypes"))[:5]:
        found.location_type(kind, source)
    for name in ("jobTypeKeys", "jobType", "jobTypes"):
        for kind in as_list(get(header, name))[:5]:
            found.employment_type(get(kind, "label") or kind, source)
    found.description(get(job, "description"), source)
    _take_pay(header, found, source)
    age = get(header, "ageInDays")
    if isinstance(age, int) and not isinstance(age, bool) and 0 <= age < 10_000:
        found.posted(found.now.date() - timedelta(days=age), source, 0.6)
    found.posted(get(job, "discoverDate"), source, 0.7)
    found.line("requisition_id", get(job, "jobReqId"), source, 0.5)
    if get(header, "expired") is True:
        found.closed("expired")


def _take_pay(header: object, found: Fields, source: Source) -> None:
    """Read the tenth and ninetieth hundredth of pay; of the employer's own range these are its ends."""
    adjusted = get(header, "payPeriodAdjustedPay")
    low, high = get(adjusted, "p10"), get(adjusted, "p90")
    currency = get(header, "payCurrency") or get(header, "payCurrencyCode")
    period = _PERIODS.get(short(get(header, "payPeriod")) or "", get(header, "payPeriod"))
    guessed = "EMPLOYER" not in (short(get(header, "salarySource")) or "").upper()
    stated = pay_range(low, high, currency, period, estimated=guessed)
    found.pay([stated], source, _ESTIMATED if guessed else None)


def _take_pay_text(node: LexborNode, found: Fields) -> None:
    """Read `$120K - $150K (Employer est.)`; without a word of a period it is a year's."""
    shown = " ".join(node_text(node).split())[:200]
    guessed = _GUESSED.search(shown) is not None
    pay = pay_in_text(_MARK.sub("", shown))
    for one in pay.ranges if pay is not None else ():
        stated = pay_range(one.minimum, one.maximum, one.currency, one.period or "year", estimated=guessed)
        found.pay([stated], "dom", _ESTIMATED if guessed else None, text=None if guessed else shown)


GLASSDOOR: Final = Platform(
    name="glassdoor",
    one_numbering=True,
    hosts=tuple(f"glassdoor.{domain}" for domain in _DOMAINS),
    read_address=_read_address,
    read_answer=_read_answer,
    read_page=_read_page,
    board_names=("glassdoor",),
)
