"""Workday: `{tenant}.wd{N}.myworkdayjobs.com`, `wd{N}.myworkdaysite.com`, and the JSON behind their pages.

Sources: the addresses are those of real postings; the JSON (`/wday/cxs/`) is what the pages themselves read,
undocumented. An address ends in the requisition's number behind the last underscore; language, place and
title before it may change or be missing. 403 with `errorCode` S22 is how it says that a posting is delisted
(15 of 15 checked; 3,882 postings were once lost to reading it as a block); S21 means another site of the
tenant. Not verified: that the short canonical address opens; it is an identity, and is never fetched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.markup import node_text, parse_page
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.platform import (
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import json_of

_TENANT_HOST = re.compile(r"([\w-]{1,100})(?:\.wd\d{1,4})?\.myworkdayjobs(?:-impl)?\.com", re.ASCII)
_SHARED_HOST = re.compile(r"wd\d{1,4}\.myworkdaysite(?:-impl)?\.com", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][a-z]{2,4}){0,2}", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"[\w.~+ -]{1,120}")
_NUMBER = re.compile(r"[A-Za-z0-9.#-]*\d[A-Za-z0-9.#-]*", re.ASCII)
_MAX_PART_CHARS: Final = 400
_IN_PAGE = re.compile(
    r"https?://((?:[\w-]{1,100}\.){1,3}myworkday(?:jobs|site)\.com)(/[^\s\"'<>\\?#]{1,600})"
)
_UNAVAILABLE = re.compile(r"\bpostingAvailable[\"']?\s{0,20}:\s{0,20}false\b")

# "EX00 ", "2100 ", "US01-": the number of a legal entity before its name.
_ENTITY = re.compile(r"\(?[A-Z]{0,4}-?\d{2,6}[A-Z]{0,2}\)?(?:\s{0,5}[-:_–]\s{0,5}|\s{1,5})(?=\S{2})")
_CODED_PLACE = re.compile(r"([A-Z]{2})-([A-Z]{2,3})-([A-Z][A-Z .']{1,60})(?:-.{0,200})?")
_BUILDING = re.compile(r"[\s-]+(?:[A-Z]{0,4}\d+|BLDG)\b.*", re.IGNORECASE | re.DOTALL)


def _read_address(address: WebAddress) -> Reference | None:
    return _read_path(address.host, address.raw_path)


def _read_path(host: str, raw_path: str) -> Reference | None:
    raw = [part for part in raw_path.split("/") if part]
    parts = [unquote(part) for part in raw]
    if any(part in {".", ".."} or "/" in part or len(part) > _MAX_PART_CHARS for part in parts):
        return None
    tenant_host = _TENANT_HOST.fullmatch(host)
    if tenant_host is None and _SHARED_HOST.fullmatch(host) is None:
        return None
    lowered = [part.lower() for part in parts]
    if lowered[:2] == ["wday", "cxs"]:
        raw, parts, lowered = raw[2:], parts[2:], lowered[2:]
        tenant_parts = 1
    elif tenant_host is not None:
        tenant_parts = 0
    else:
        if lowered[1:2] == ["recruiting"] and _LOCALE.fullmatch(parts[0]):
            raw, parts, lowered = raw[1:], parts[1:], lowered[1:]
        if lowered[:1] != ["recruiting"]:
            return None
        raw, parts, lowered = raw[1:], parts[1:], lowered[1:]
        tenant_parts = 1
    tenant = parts[0] if tenant_parts and parts else tenant_host[1] if tenant_host else ""
    raw, parts, lowered = raw[tenant_parts:], parts[tenant_parts:], lowered[tenant_parts:]
    if lowered[1:2] not in (["job"], ["details"]) and parts and _LOCALE.fullmatch(parts[0]):
        raw, parts, lowered = raw[1:], parts[1:], lowered[1:]
    if lowered[1:2] not in (["job"], ["details"]):
        return None
    site, rest, raw_rest = parts[0], parts[2:], raw[2:]
    if "apply" in lowered[3:]:
        end = lowered.index("apply", 3) - 2
        rest, raw_rest = rest[:end], raw_rest[:end]
    number = _requisition(rest[-1]) if 1 <= len(rest) <= 4 else None
    if number is None or not (_NAME.fullmatch(tenant) and _NAME.fullmatch(site)):
        return None
    api = f"https://{host}/wday/cxs/{quote(tenant)}/{quote(site)}/job/{'/'.join(raw_rest)}"
    within = f"recruiting/{quote(tenant.lower())}/" if tenant_host is None else ""
    canonical = f"https://{host}/{within}{quote(site.lower())}/job/_{quote(number.upper())}"
    return Reference(tenant, number, canonical, api, 1.0, "a job site of Workday")


def _requisition(part: str) -> str | None:
    """Return the number behind the last underscore, which may hold one itself: `Engineer_JR_0012345`."""
    before, _, number = part.rpartition("_")
    prefix = before.rpartition("_")[2]
    if number[:1].isdigit() and "_" in before and re.fullmatch(r"[A-Z]{1,4}", prefix):
        number = f"{prefix}_{number}"
    return number if _NUMBER.fullmatch(number.replace("_", "")) else None


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Return the posting that the employer's own page leads to, where both addresses hold its number.

    A link alone is none: it may be a footer's or an advertisement's.
    """
    if _TENANT_HOST.fullmatch(address.host) or _SHARED_HOST.fullmatch(address.host):
        return None
    linked: dict[str | None, Reference] = {}
    for found in _IN_PAGE.finditer(html):
        reference = _read_path(found[1].lower(), found[2])
        if reference is not None and _is_in(reference.posting_id, address.url):
            linked.setdefault(reference.canonical_url, reference)
        if len(linked) > 1:
            return None
    for one in linked.values():
        reason = "the page leads to the posting of its own number on Workday"
        return Reference(one.organisation, one.posting_id, None, one.api_url, 0.9, reason)
    return None


def _is_in(number: str, url: str) -> bool:
    """Tell whether the address holds a number of at least five characters, with or without its suffix."""
    bare = re.sub(r"-\d{1,2}\Z", "", number).lower()
    return (
        len(bare) >= 5 and re.search(rf"(?<![a-z0-9]){re.escape(bare)}(?![a-z0-9])", url.lower()) is not None
    )


def _requests(match: Match, url: str) -> Sequence[Request]:
    # Without the query: it holds the search that led here and whom to thank for the visit, no identity.
    parts = urlsplit(url)
    path = re.sub(r"/apply(?:/.*)?$", "", parts.path, flags=re.IGNORECASE | re.DOTALL)
    page = Request(f"{parts.scheme}://{parts.netloc}{path}", "page", "text/html")
    return (Request(match.api_url, "api"), page) if match.api_url is not None else (page,)


def _read_answer(payload: Payload, found: Fields) -> None:
    answer = payload.answer
    if get(answer, "errorCode") == "S22":
        found.closed("workday_s22")
        return
    if get(answer, "errorCode") == "HTTP_404":
        found.closed("not_found")
        return
    job = get(answer, "jobPostingInfo")
    if not isinstance(job, dict):
        job = _row_of_list(answer, payload.posting_id)
    found.line("title", get(job, "title"), "api")
    found.description(get(job, "jobDescription"), "api")
    country = _descriptor(get(job, "country")) or _descriptor(get(job, "jobRequisitionLocation", "country"))
    places = [get(job, "location"), *as_list(get(job, "additionalLocations"))]
    shown = [_place(_descriptor(place)) for place in places]
    if not any(shown):
        shown = [
            _place(_descriptor(get(job, "locationsText"))),
            _descriptor(get(job, "jobRequisitionLocation")),
        ]
    found.locations([place for place in shown if not re.fullmatch(r"\d+ Locations?", place or "")], "api")
    found.locations([country], "api", 0.5)
    found.employment_type(get(job, "timeType"), "api")
    found.location_type(get(job, "remoteType"), "api")
    # `startDate` is the day of publication; `postedOn` says "Posted 30+ Days Ago".
    found.posted(get(job, "startDate"), "api")
    found.posted(get(job, "postedOn"), "api", 0.6)
    found.closes(get(job, "endDate"), "api")
    bullets = as_list(get(job, "bulletFields"))
    found.line("requisition_id", get(job, "jobReqId") or (bullets[0] if bullets else None), "api")
    tenant = payload.organisation or _tenant_of(get(job, "externalUrl"))
    _take_company(found, get(answer, "hiringOrganization", "name"), tenant, "api")
    if isinstance(get(answer, "jobPostingInfo"), dict) and get(job, "title"):
        found.listed()


def _row_of_list(answer: object, number: str | None) -> object:
    """Return the wanted row of a list of postings; the first where nothing says which."""
    rows = [row for row in as_list(get(answer, "jobPostings")) if isinstance(row, dict)]
    if number is None:
        return rows[0] if rows else None
    return next((row for row in rows if (short(row.get("externalPath")) or "").endswith(f"_{number}")), None)


def _descriptor(value: object) -> str | None:
    """Return a name as Workday gives it: text, or an object with a `descriptor`.

    The spaces stay as they are: two of them part a place's names.
    """
    if isinstance(value, dict):
        value = value.get("descriptor")
    return value[:_MAX_PART_CHARS].strip() if isinstance(value, str) else None


def _place(stated: str | None) -> str | None:
    """Return a place without building and street: `US-AR-SPRINGDALE-BLDG 1 ~ 275 E Main St` is a town."""
    if stated is None:
        return None
    town = stated.partition("~")[0].strip() or stated
    coded = _CODED_PLACE.fullmatch(town)
    if coded is not None:
        city = _BUILDING.sub("", coded[3]).strip()
        return ", ".join(part for part in (city.title(), coded[2], coded[1]) if part)
    return ", ".join(part for part in map(str.strip, town.split("  ")) if part)


def _tenant_of(url: object) -> str | None:
    shown = short(url)
    if shown is None:
        return None
    try:
        parts = urlsplit(shown)
    except ValueError:
        return None
    reference = _read_path((parts.hostname or "").lower(), parts.path)
    return reference.organisation if reference is not None else None


def _take_company(found: Fields, stated: object, tenant: str | None, source: Source) -> None:
    """Take the employer's name out of a legal entity's, "2100 Fernwick USA": low, and the tenant below it.

    Where the entity's name begins with the tenant's, that beginning is the employer as it writes itself. A
    name without an entity's number is the employer's own and stays whole: "Brackenfold Health" of the tenant
    `brackenfold` is not "Brackenfold".
    """
    name = short(stated)
    if name is not None:
        code = _ENTITY.match(name)
        spelled = _beginning(name, tenant or "")
        if code is not None and spelled is None:
            bare = name[code.end() :]
            spelled = _beginning(bare, tenant or "")
            found.line("company", spelled or bare, source, 0.75 if spelled else 0.6)
        else:
            # A tenant may begin with a number itself, and is then spelled as the name is.
            found.line("company", name, source, 0.85)
    found.short_name(tenant)


def _beginning(name: str, tenant: str) -> str | None:
    wanted = re.sub(r"[^a-z0-9]", "", tenant.lower())
    words = name.split()
    for count in range(1, min(len(words), 8) + 1):
        if wanted and re.sub(r"[^a-z0-9]", "", "".join(words[:count]).lower()) == wanted:
            return " ".join(words[:count])
    return None


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    if _says_unavailable(page, payload.url):
        found.closed("posting_unavailable")
        return
    company = found.sources.get("company")
    if company is not None and company.source == "json-ld":
        stated = found.text("company")
        found.refuse("company", "json-ld")
        found.line("company", payload.company_name, "user")
        _take_company(found, stated, payload.organisation or _tenant_of(payload.url), "json-ld")
    else:
        found.short_name(payload.organisation or _tenant_of(payload.url))
    shown: dict[str, list[str]] = {}
    for node in page.css("[data-automation-id]")[:2_000]:
        name = node.attributes.get("data-automation-id") or ""
        if name in _SHOWN:
            values = [node_text(one) for one in node.css("dd")[:50]] or [node_text(node)]
            shown.setdefault(name, []).extend(values)
    found.line("title", next(iter(shown.get("jobPostingHeader", [])), None), "dom", 0.8)
    found.locations(map(_place, shown.get("locations", [])), "dom")
    found.employment_type(shown.get("time"), "dom")
    found.location_type(next(iter(shown.get("remoteType", [])), None), "dom")
    found.posted(next(iter(shown.get("postedOn", [])), None), "dom")
    found.line("requisition_id", next(iter(shown.get("requisitionId", [])), None), "dom")


_SHOWN: Final = frozenset(
    {"jobPostingHeader", "locations", "time", "remoteType", "postedOn", "requisitionId"}
)


def _says_unavailable(page: LexborHTMLParser, url: str) -> bool:
    """Tell whether the page's own state says that the posting is gone.

    The shell of `/apply` says so of postings that are open; a page with a title shows a posting.
    """
    if re.search(r"/apply(?:[/?#]|$)", url, re.IGNORECASE):
        return False
    title = page.css_first("title")
    if title is not None and title.text().strip():
        return False
    return any(_UNAVAILABLE.search(script.text()) for script in page.css("script")[:200])


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api":
        body = json_of(answer)
        code = get(body, "errorCode")
        if code == "S22":
            return Verdict("closed", "workday_s22")
        if code == "S21":
            return Verdict("nothing", "workday_other_site")
        if 200 <= answer.status < 300 and not isinstance(get(body, "jobPostingInfo"), dict):
            # In outages it answers 200 with HTML or nothing (jobseek #5230).
            return Verdict("busy", "workday_without_posting")
        if answer.status == 404 and "/" not in answer.request.url.partition("/job/")[2]:
            # An address without the place (`/details/...`) is not sure to be one of the JSON's: ask the page.
            return Verdict("nothing", "workday_without_place")
        return None
    if 200 <= answer.status < 300 and _UNAVAILABLE.search(answer.text):
        page = parse_page(answer.text)
        if page is not None and _says_unavailable(page, answer.final_url):
            return Verdict("closed", "posting_unavailable")
    return None


WORKDAY: Final = Platform(
    name="workday",
    hosts=("myworkdayjobs.com", "myworkdaysite.com", "myworkdayjobs-impl.com", "myworkdaysite-impl.com"),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("workday", "myworkday", "myworkdayjobs"),
)
