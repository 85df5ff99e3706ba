"""iCIMS: its portals (`careers-acme.icims.com`), and Jibe, its front on `jibeapply.com` and own domains.

Sources: addresses and pages as public readers have measured and tested them. A portal's page is a wrapper;
the posting is in its frame, `/jobs/{id}/job?in_iframe=1`, with JSON-LD of known faults: `UNAVAILABLE` for a
missing part, `OTHER` for a type, a text cut into three fields, and on some portals dates that are made of
the time of the request, a whole number of years apart. Delisted postings answer 410 (40 of 40); 404 means
that the portal itself is gone. "Please Enable Cookies" stands on every page. Jibe pages carry the posting in
`window.jobDescriptionConfig` or JSON-LD. Not verified: an address of Jibe's JSON for one job, so its page is
asked for.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from urllib.parse import quote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.dates import is_month_first
from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short
from apptrack_pipeline.postings.markup import node_text, parse_page
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.page_state import json_after
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
from apptrack_pipeline.postings.platform import (
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)

_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_JIBE_NUMBER = re.compile(r"(?=[\w-]*\d)[\w-]{1,60}", re.ASCII)
_PORTAL = re.compile(
    r"(?:[a-z]{0,20}(?:careers?|jobs?)[a-z0-9]{0,12}|english|french|german|spanish|us|uk|ca|en|fr|de|global"
    r"|external|internal|hub|campus|students?|early|hourly|corporate)-(.{2,80})",
    re.ASCII,
)
_IN_PAGE = re.compile(
    r"<iframe[^<>]{0,600}\bsrc\s{0,5}=\s{0,5}[\"'](?:https?:)?//([\w-]{1,100}\.icims\.com)/jobs/(\d{1,12})/"
    r"[^\"'<>]{0,400}\bjob\b",
    re.IGNORECASE,
)
_NOT_FOUND: Final = "requested job could not be found"
_TITLE = re.compile(
    r"(?P<title>.{2,200}?)(?: in | \| )(?P<place>[^|]{2,120}) \| "
    r"(?:Careers|Jobs|Career Opportunities) (?:at|with) (?P<company>.{2,80})"
)


def _is_portal(host: str) -> bool:
    return host.endswith(".icims.com")


def _read_address(address: WebAddress) -> Reference | None:
    lowered = [part.lower() for part in address.segments]
    if "jobs" not in lowered[:3]:
        return None
    number = next(iter(address.segments[lowered.index("jobs") + 1 :]), "")
    if _is_portal(address.host):
        if not _NUMBER.fullmatch(number):
            return None
        return _portal(address.host, number)
    if not _JIBE_NUMBER.fullmatch(number):
        return None
    is_jibe = address.host.endswith(".jibeapply.com")
    if is_jibe or address.query.get("icims") == "1" or lowered[0] == "careers-home":
        organisation = address.host.partition(".")[0] if is_jibe else None
        # On an own domain the parameter is what tells that it is Jibe.
        canonical = f"https://{address.host}/jobs/{quote(number)}{'' if is_jibe else '?icims=1'}"
        return Reference(
            organisation, number, canonical, None, 1.0 if is_jibe else 0.97, "a page of Jibe, iCIMS"
        )
    return None


def _portal(host: str, number: str) -> Reference:
    label = host.removesuffix(".icims.com")
    named = _PORTAL.fullmatch(label)
    canonical = f"https://{host}/jobs/{number}/job"
    return Reference(named[1] if named else label, number, canonical, None, 1.0, "a portal of iCIMS")


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Return the posting in the frame of an employer's own page."""
    if _read_address(address) is not None:
        return None
    found = {(one[1].lower(), one[2]) for one in _IN_PAGE.finditer(html)}
    if len(found) != 1:
        return None
    portal = _portal(*found.pop())
    return Reference(
        portal.organisation, portal.posting_id, None, None, 0.9, "the page frames an iCIMS posting"
    )


def _requests(match: Match, url: str) -> Sequence[Request]:
    parts = urlsplit(match.canonical_url)
    if _is_portal(parts.hostname or ""):
        return (Request(f"{match.canonical_url}?in_iframe=1", "page", "text/html"),)
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    _take_jibe(found, _jibe_job(payload.answer, payload.posting_id), "api")
    found.short_name(payload.organisation)


def _jibe_job(answer: object, wanted: str | None) -> object:
    """Return the posting in an answer of Jibe, or the wanted one of a list."""
    if isinstance(get(answer, "jobs"), list):
        rows: list[object] = [get(row, "data") or row for row in as_list(get(answer, "jobs"))]
        return row_of(rows, wanted, "slug", "req_id")
    return get(answer, "data") or get(answer, "job") or answer


def _take_jibe(found: Fields, job: object, source: Source) -> None:
    found.line("title", get(job, "title"), source)
    found.line("company", get(job, "hiring_organization"), source)
    found.line("company", get(job, "brand"), source, 0.5)
    found.description(
        [get(job, name) for name in ("description", "responsibilities", "qualifications")], source
    )
    full = short(get(job, "full_location")) or short(get(job, "location_name"))
    parts = [short(get(job, name)) for name in ("city", "state", "country")]
    places: list[object] = [full or ", ".join(part for part in parts if part)]
    for other in [*as_list(get(job, "additional_locations")), *as_list(get(job, "multiple_locations"))]:
        more = [short(get(other, name)) for name in ("city", "state", "country")]
        places.append(other if isinstance(other, str) else ", ".join(part for part in more if part))
    found.locations(places, source)
    for number in range(1, 9):
        for tag in as_list(get(job, f"tags{number}"))[:10]:
            found.location_type(tag, source, 0.6)
    found.employment_type(get(job, "employment_type"), source)
    low, high = get(job, "salary_min_value"), get(job, "salary_max_value")
    value = get(job, "salary_value")
    currency, period = get(job, "salary_currency"), get(job, "salary_frequency")
    if pay_range(low, high, currency, period) is not None:
        found.pay([pay_range(low, high, currency, period)], source)
    else:
        found.pay([pay_range(value, value, currency, period)], source)
    stated = short(get(job, "salary_range"))
    pay = pay_in_text(stated) if stated else None
    if pay is not None:
        found.pay(pay.ranges, source, 0.8, text=pay.text)
    found.posted(get(job, "posted_date"), source)
    found.closes(get(job, "posting_expiry_date"), source)
    found.line("requisition_id", get(job, "req_id"), source)
    found.language(get(job, "language"), source)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    _refuse_made_up_dates(found)
    if _says_not_found(page):
        found.closed("job_not_found")
        return
    state = json_after(payload.html or "", "jobDescriptionConfig")
    _take_jibe(found, _jibe_job(state, payload.posting_id), "embedded state")
    if page.css_first(".iCIMS_JobsTable, .iCIMS_ListingsPage") is not None:
        return  # a list of jobs: its fields are of all of them
    heading = page.css_first("h1.iCIMS_Header, .iCIMS_Header h1, .iCIMS_JobTitle h1, h1.iCIMS_JobTitle")
    found.line("title", node_text(heading) if heading is not None else None, "dom", 0.8)
    root = page.css_first("html")
    month_first = is_month_first(root.attributes.get("lang") if root is not None else None)
    for label, value in _header_fields(page):
        _take_header_field(found, label, value, month_first)
    if found.text("description_text") is None:
        found.description(list(_sections(page)), "dom")
    title = page.css_first("title")
    named = _TITLE.fullmatch(" ".join(title.text()[:600].split())) if title is not None else None
    if named is not None:
        found.line("title", named["title"], "meta", 0.65)
        found.locations([named["place"]], "meta", 0.5)
        found.line("company", named["company"], "meta", 0.55)
    found.short_name(payload.organisation)


def _says_not_found(page: LexborHTMLParser) -> bool:
    """Tell whether a heading says so: the sentence alone may stand in a script of any page."""
    return any(_NOT_FOUND in node_text(heading).casefold() for heading in page.css("h1")[:10])


def _refuse_made_up_dates(found: Fields) -> None:
    """Drop dates that some portals make of the time of the request: a whole number of years apart."""
    posted, closes = found.values.get("posted_at"), found.values.get("closes_at")
    if isinstance(posted, date) and isinstance(closes, date):
        years = closes.year - posted.year
        # 29 February has its next birthday on the 28th or on the 1st.
        whole = abs((closes - posted).days - round(years * 365.2425)) <= 1 and closes.day in (
            {posted.day} if (posted.month, posted.day) != (2, 29) else {28, 29, 1}
        )
        if years >= 1 and whole:
            found.refuse("posted_at", "json-ld")
            found.refuse("closes_at", "json-ld")


def _header_fields(page: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """Yield label and value of each line above the text: in a list, in a table, in spans."""
    for field in page.css(".iCIMS_JobHeaderField, span.field-label")[:200]:
        value = _next_element(field)
        if value is not None and value.tag in {"dd", "td", "span", "div"}:
            yield node_text(field), _shown(value)


def _next_element(node: LexborNode) -> LexborNode | None:
    after = node.next
    for _ in range(5):
        if after is None or after.is_element_node:
            return after
        after = after.next
    return None


def _shown(value: LexborNode) -> str:
    """Return what a value says: of "2 weeks ago" the moment itself, which is in the title of its span."""
    moment = value.css_first("span[title]")
    stated = (moment.attributes.get("title") or "") if moment is not None else ""
    return stated if re.match(r"\d{1,4}[/.-]\d", stated) else node_text(value)


def _take_header_field(found: Fields, label: str, value: str, month_first: bool | None) -> None:
    name = label.strip().strip(":").casefold()
    if re.fullmatch(r"(?:job |work |primary )?locations?(?: \(.{1,40}\))?", name):
        found.locations([place for place in re.split(r"\s*[|\n;]\s*", value) if place], "dom")
    elif re.fullmatch(r"(?:job |requisition |req |posting )?(?:id|number|no\.?|#)|requisition", name):
        found.line("requisition_id", value, "dom")
    elif re.search(r"posted|posting date|date open", name):
        found.posted(value, "dom", month_first=month_first)
    elif re.search(r"clos(?:es|ing)|deadline|expir", name):
        found.closes(value, "dom", month_first=month_first)
    elif re.search(r"remote|workplace|work arrangement|work model", name):
        found.location_type(value, "dom")
    elif re.search(r"\btype\b|employment|schedule|position status", name):
        found.employment_type(value, "dom")
    elif re.search(r"company|employer|business unit name", name):
        found.line("company", value, "dom", 0.6)
    elif re.search(r"salary|pay\b|compensation|wage", name):
        pay = pay_in_text(value)
        if pay is not None:
            found.pay(pay.ranges, "dom", text=pay.text)


def _sections(page: LexborHTMLParser) -> Iterator[str]:
    """Yield the text's headings and bodies in the page's order."""
    for node in page.css(".iCIMS_InfoField_Job, .iCIMS_InfoMsg_Job")[:60]:
        if "iCIMS_InfoField_Job" in (node.attributes.get("class") or "").split():
            yield f"<h2>{html_entities.escape(node_text(node), quote=False)}</h2>"
        else:
            yield node.inner_html or ""


def _judge(answer: Answer, match: Match) -> Verdict | None:
    parts = urlsplit(answer.final_url)
    if _is_portal((parts.hostname or "").lower()):
        if answer.status == 410 and match.posting_id and f"/jobs/{match.posting_id}/" in parts.path + "/":
            return Verdict("closed", "icims_410")
        if answer.status == 404:
            return Verdict("nothing", "icims_portal_gone")
    if 200 <= answer.status < 300 and _NOT_FOUND in answer.text.casefold():
        page = parse_page(answer.text)
        if page is not None and _says_not_found(page):
            return Verdict("closed", "job_not_found")
    return None


ICIMS: Final = Platform(
    name="icims",
    hosts=("icims.com", "jibeapply.com"),
    parameters=("icims",),
    on_own_domains=True,
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("icims", "jibe"),
)
