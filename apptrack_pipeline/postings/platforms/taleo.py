"""Taleo, two products: Enterprise (`/careersection/`, on `taleo.net` and own domains) and Business
(`*.tbe.taleo.net`).

Sources: addresses and pages as public readers test them. An Enterprise page holds its posting in a call of
its script, `api.fillList('requisitionDescriptionInterface','descRequisition',[...])`: texts percent-encoded
behind `!*!`, the rest in an order that each tenant sets. Where the page names the columns (`_hlid`), they
are read by name; else by kind: the texts by their mark, number, title, place and dates by what they look
like. A requisition that is gone answers 200 with the form `unavailablerequisition.ftl` and the page id
`unavaibleRequisitionPage` (sic); every page's script names both, so only the form counts. Business pages
carry JSON-LD; their host changes when a cluster moves. Not verified on live pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields
from apptrack_pipeline.postings.markup import node_text, parse_page
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
from apptrack_pipeline.postings.vocabulary import employment_type

_PAGES: Final = frozenset({"jobdetail.ftl", "jobapply.ftl", "jobdetails.ftl", "requisition.ftl"})
_PARAMETERS: Final = [
    "job",
    "requisition",
    "requisitionno",
    "requisitionid",
    "req",
    "reqid",
    "reqno",
    "contestnumber",
] + ["contestno", "jobid"]
_NUMBER = re.compile(r"(?=[^\d]{0,40}\d)[\w./ -]{1,60}")
_SECTION = re.compile(r"[\w .~+-]{1,100}")
_BUSINESS_PATH = re.compile(r"(?:/[\w-]{1,40}){0,2}(?=/ats/careers/)", re.ASCII)
_ORG = re.compile(r"[\w.-]{1,80}")
_DIGITS = re.compile(r"\d{1,12}", re.ASCII)

_MAX_SCRIPT_CHARS: Final = 2_000_000
_MAX_VALUES: Final = 256
_FILL = re.compile(
    r"fillList\(\s{0,50}[\"']requisitionDescriptionInterface[\"']\s{0,50},\s{0,50}[\"']descRequisition[\"']"
    r"\s{0,50},\s{0,50}\["
)
_COLUMNS = re.compile(r"\b_hlid\s{0,20}:\s{0,20}\[")
_MAX_TO_COLUMNS: Final = 50_000
_ITEM = re.compile(
    r"\s*+(?:'(?P<single>[^'\\]*+(?:\\.[^'\\]*+)*+)'|\"(?P<double>[^\"\\]*+(?:\\.[^\"\\]*+)*+)\""
    r"|(?P<bare>[\w.-]++))\s*+(?P<end>[,\]])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\n", "t": "\t", "b": " ", "f": " ", "v": " ", "0": "", "\n": ""}

_MARK = re.compile(r"!\*!|!\*(?=%3C|<)", re.IGNORECASE)
_FLAGS: Final = frozenset({"", "true", "false", "null", "0", "1", "-1"})
_DAY = re.compile(
    r"(?:\d{1,2}[-/. ](?:\d{1,2}|[^\W\d_]{3,12}\.?)[-/. ,]{1,2}\d{4}|[^\W\d_]{3,12}\.? \d{1,2}, \d{4}"
    r"|\d{4}[-/]\d{1,2}[-/]\d{1,2})(?:$|[, T].{0,30})"
)
# "11:59:00 PM", and the same in another time zone: the end of a day is a deadline, not a publication.
_END_OF_DAY = re.compile(r"\b(?:1?\d|2[0-3]):59(?::\d\d)?\b")
_TITLE_SLOT = re.compile(r".{3,80}?: (?P<title>.{2,250}) - \([^():]{2,40}: (?P<number>[\w./-]{1,40})\)")
_CODED_PLACE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9][^-]{0,60}){1,4}")
_PLACE = re.compile(r"[A-Z][^\W\d_][^-]{0,40}(?:-[A-Z][^-]{0,60}){1,4}")
_WORKPLACE_TAG = re.compile(r"#LI[-_ ]?(hybrid|remote|on[- ]?site)\b", re.IGNORECASE)
_CODE_OF_TENANT = re.compile(r"[a-z]{1,3}\d{2,5}", re.ASCII)
_PAGE_TITLE = re.compile(r"Job Description - (?P<title>.{2,250}) \((?P<number>[\w./-]{1,40})\)")


def _read_address(address: WebAddress) -> Reference | None:
    if address.host.endswith(".tbe.taleo.net"):
        return _business(address)
    parts = [part.lower() for part in address.segments[:3]]
    if parts == ["careersection", "iam", "accessmanagement"]:
        # The log-in before the form of application says where it leads.
        return _behind_login(address.host, address.query.get("redirectionuri", ""))
    return _enterprise(address.host, address.segments, address.query)


def _behind_login(host: str, target: str) -> Reference | None:
    try:
        parts = urlsplit(target)
        pairs = parse_qsl(parts.query, max_num_fields=100)
    except ValueError:
        return None
    if (parts.hostname or host).lower() != host:
        return None
    segments = [unquote(part) for part in parts.path.split("/") if part]
    return _enterprise(host, segments, {name.lower(): value for name, value in pairs})


def _enterprise(host: str, parts: Sequence[str], query: Mapping[str, str]) -> Reference | None:
    if len(parts) != 3 or parts[0].lower() != "careersection" or parts[2].lower() not in _PAGES:
        return None
    number = next((query[name] for name in _PARAMETERS if name in query), "").strip()
    if not _NUMBER.fullmatch(number) or not _SECTION.fullmatch(parts[1]):
        return None
    section = quote(parts[1], safe="+")
    canonical = f"https://{host}/careersection/{section}/jobdetail.ftl?job={quote(number)}"
    is_hosted = host.endswith(".taleo.net")
    organisation = host.removesuffix(".taleo.net") if is_hosted else None
    confidence = 1.0 if is_hosted else 0.97
    return Reference(organisation, number, canonical, None, confidence, "a career section of Taleo")


def _business(address: WebAddress) -> Reference | None:
    """Read the three parameters that are the identity: employer, careers site, requisition."""
    path = _BUSINESS_PATH.match(address.path)
    org, site, number = (address.query.get(name, "") for name in ("org", "cws", "rid"))
    if path is None or not (_ORG.fullmatch(org) and _DIGITS.fullmatch(site) and _DIGITS.fullmatch(number)):
        return None
    query = urlencode({"cws": site, "org": org.upper(), "rid": number})
    canonical = f"https://{address.host}{path[0]}/ats/careers/v2/viewRequisition?{query}"
    return Reference(org.upper(), number, canonical, None, 1.0, "a careers site of Taleo Business Edition")


def _requests(match: Match, url: str) -> Sequence[Request]:
    # The form of application (`jobapply.ftl`) has no text: the page beside it has.
    if "/careersection/" not in match.canonical_url:
        return (Request(match.canonical_url, "page", "text/html"),)
    language = next(iter(parse_qs(urlsplit(url).query, max_num_fields=100).get("lang", [])), "en")
    asked = f"{match.canonical_url}&{urlencode({'lang': language})}"
    return (Request(asked, "page", "text/html"),)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    values, columns = _requisition(page)
    if not values and _is_unavailable(page):
        found.closed("requisition_unavailable")
        return
    if values:
        if len(values) == len(columns):
            _take_named(found, values, columns)
        _take_by_kind(found, values, payload.posting_id)
        found.listed()
        # A day that has passed alone proves nothing: Taleo says itself when a requisition is gone.
        found.valid_through = None
    _take_elements(found, page)
    organisation = (payload.organisation or "").lower()
    if "." not in organisation and not _CODE_OF_TENANT.fullmatch(organisation):
        found.short_name(organisation)


def _is_unavailable(page: LexborHTMLParser) -> bool:
    for form in page.css("form[action]")[:20]:
        if "unavailablerequisition.ftl" in (form.attributes.get("action") or "").lower():
            return True
    return any(
        (field.attributes.get("value") or "").lower() == "unavaiblerequisitionpage"
        for field in page.css("input[name=ftlpageid]")[:5]
    )


def _requisition(page: LexborHTMLParser) -> tuple[list[str], list[str]]:
    """Return the values of the posting's list, and the names of its columns where the page has them."""
    values: list[str] = []
    columns: list[str] = []
    for script in page.css("script")[:200]:
        text = script.text()
        if len(text) > _MAX_SCRIPT_CHARS:
            continue
        filled = _FILL.search(text)
        if filled is not None and not values:
            values = _strings(text, filled.end())
        described = text.find("descRequisition:")
        if described >= 0 and not columns:
            named = _COLUMNS.search(text, described, described + _MAX_TO_COLUMNS)
            columns = _strings(text, named.end()) if named is not None else []
    return values, columns


def _strings(text: str, position: int) -> list[str]:
    """Return the strings of a JavaScript list from its bracket on; what is no list of values ends it."""
    values: list[str] = []
    while len(values) < _MAX_VALUES and (item := _ITEM.match(text, position)) is not None:
        raw = next(one for one in (item["single"], item["double"], item["bare"]) if one is not None)
        values.append(_ESCAPE.sub(_unescaped, raw))
        position = item.end()
        if item["end"] == "]":
            break
    return values


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    if len(escaped) > 1:
        return chr(int(escaped[1:], 16))
    return _ESCAPED.get(escaped, escaped)


def _decoded(value: str) -> str:
    """Return a value in plain letters: titles are percent-encoded here and there as well."""
    return unquote(_MARK.sub("", value, count=1)).strip()


def _is_text(value: str) -> bool:
    """Tell a text from a title: some tenants mark both, but a title has no tags and is one short line."""
    return _MARK.match(value) is not None and (
        len(value) > 200 or "<" in (shown := _decoded(value)) or not shown
    )


def _take_named(found: Fields, values: list[str], columns: list[str]) -> None:
    named: dict[str, list[str]] = {}
    for column, value in zip_longest(columns, values, fillvalue=""):
        shown = _decoded(value)
        if shown.lower() not in _FLAGS:
            kept = named.setdefault(column.lower().rpartition(".")[2], [])
            kept.extend([shown] if shown not in kept else [])

    def first(*names: str) -> str | None:
        return next((value for name in names for value in named.get(name, [])), None)

    found.line("title", first("title"), "embedded state")
    found.line("requisition_id", first("contestnumber"), "embedded state")
    texts = [
        text for name, kept in named.items() if re.search("description|qualification", name) for text in kept
    ]
    found.description(texts, "embedded state")
    found.locations(named.get("primarylocation", []) + named.get("otherlocations", []), "embedded state")
    found.employment_type(named.get("jobschedule", []) + named.get("jobtype", []), "embedded state")
    found.posted(first("postingdate", "openingdate"), "embedded state")
    found.closes(first("unpostingdate", "closingdate", "closedate"), "embedded state")
    low, high = first("payvalue", "minimumsalary"), first("maximumsalary")
    found.pay(
        [pay_range(low, high or low, first("currency"), first("payfrequencybasis"))], "embedded state", 0.8
    )


def _take_by_kind(found: Fields, values: list[str], number: str | None) -> None:
    """Read the values by what they look like, since each tenant orders them its own way."""
    sure = 0.8
    texts = [_decoded(value) for value in values if _is_text(value)]
    found.description(texts, "embedded state", sure)
    for text in texts:
        tag = _WORKPLACE_TAG.search(text)
        if tag is not None:
            found.location_type(tag[1], "embedded state", sure)
    # A text's own place stays empty, so that neighbours stay neighbours.
    plain = ["" if _is_text(value) else _decoded(value)[:300] for value in values]
    place, title = _number_and_title(plain, number)
    slot = next(filter(None, map(_TITLE_SLOT.fullmatch, plain)), None)
    found.line("title", slot["title"] if slot is not None else title, "embedded state", sure)
    stated = slot["number"] if slot is not None else plain[place] if place is not None else None
    found.line("requisition_id", stated, "embedded state", sure)
    title = title or (slot["title"] if slot is not None else None)
    rest = [value if value != title and _TITLE_SLOT.fullmatch(value) is None else "" for value in plain]
    days = list(dict.fromkeys(value for value in rest if _DAY.match(value)))
    found.locations(_places(rest), "embedded state", sure)
    for value in rest:
        if value != stated and not _DAY.match(value) and len(value) <= 40:
            found.employment_type(value, "embedded state", 0.6)
    _take_days(found, days)


def _number_and_title(values: list[str], wanted: str | None) -> tuple[int | None, str | None]:
    """Return where the requisition's number is, and the title, which stands beside it."""
    internal = values[0] if values else ""
    numbered = [
        index
        for index, value in enumerate(values)
        if index and _NUMBER.fullmatch(value) and not _DAY.match(value) and sum(map(str.isdigit, value)) >= 3
    ]
    place = next((one for one in numbered if values[one] == wanted), None)
    if place is None:
        place = next(
            (one for one in numbered if values[one] != internal and not _is_title(values[one])), None
        )
    beside = [] if place is None else [*values[place - 1 : place], *values[place + 1 : place + 2]]
    return place, next((value for value in [*beside, *values] if _is_title(value)), None)


def _is_title(value: str) -> bool:
    return (
        value.lower() not in _FLAGS
        and len(re.findall(r"[^\W\d_]", value)) >= 3
        and not _DAY.match(value)
        and _TITLE_SLOT.fullmatch(value) is None
        and not (_NUMBER.fullmatch(value) and " " not in value and any(map(str.isdigit, value)))
    )


def _places(values: list[str]) -> list[str]:
    """Return the places: `US-CA-San Jose`, else the first `Italy-Rome`, else what stands before a date."""
    wordy = [value if _is_title(value) and employment_type(value) is None else "" for value in values]
    coded = [value for value in wordy if _CODED_PLACE.fullmatch(value)]
    if coded:
        return coded
    joined = next((value for value in wordy if _PLACE.fullmatch(value)), None)
    if joined is not None:
        return [joined]
    dated = next((index for index, value in enumerate(values) if _DAY.match(value)), 0)
    before = [value for value in wordy[max(0, dated - 2) : dated] if value and not re.search(r"\d", value)]
    return before[-1:]


def _take_days(found: Fields, days: list[str]) -> None:
    ends = [day for day in days if _END_OF_DAY.search(day)]
    begins = [day for day in days if day not in ends]
    if len(begins) > 1 and not ends:
        ends = [begins.pop()]
    for day in begins[:1]:
        found.posted(day, "embedded state", 0.75)
        if "posted_at" not in found.values:  # a day ahead is a deadline
            ends.append(day)
    for day in ends[:1]:
        found.closes(day, "embedded state", 0.75)


def _take_elements(found: Fields, page: LexborHTMLParser) -> None:
    """Read what the script has drawn, in a page that a browser has saved."""
    title = page.css_first('[id="requisitionDescriptionInterface.reqTitleLinkAction.row1"]')
    found.line("title", node_text(title) if title is not None else None, "dom", 0.78)
    number = page.css_first('[id="requisitionDescriptionInterface.reqContestNumberValue.row1"]')
    found.line("requisition_id", node_text(number) if number is not None else None, "dom")
    texts: list[str] = []
    for panel in page.css(".contentlinepanel")[:100]:
        label = panel.css_first(".subtitle")
        values = [node_text(value) for value in panel.css("span.text")[:50]]
        name = node_text(label).strip(" :-").casefold() if label is not None else ""
        if re.search("location", name):
            found.locations(values, "dom")
        elif re.search("schedule|job type|employment", name):
            found.employment_type(values, "dom")
        elif re.search("clos|unposting|expir", name):
            found.closes(next(iter(values), None), "dom")
        elif re.search("job posting|posting date", name):
            found.posted(next(iter(values), None), "dom")
        elif re.search("description|qualification|responsibilit", name):
            texts.append(panel.html or "")
    found.description(texts, "dom")
    body = page.css_first(".oracletaleocwsv2-job-description")
    if body is not None:
        found.description(body.inner_html, "dom")
    named = page.css_first("title")
    shown = _PAGE_TITLE.fullmatch(" ".join(named.text()[:600].split())) if named is not None else None
    if shown is not None:
        found.line("title", shown["title"], "meta", 0.65)
        found.line("requisition_id", shown["number"], "meta")


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if 200 <= answer.status < 300 and "unavai" in answer.text.lower():
        page = parse_page(answer.text)
        if page is not None and _is_unavailable(page) and not _requisition(page)[0]:
            return Verdict("closed", "requisition_unavailable")
    return None


TALEO: Final = Platform(
    name="taleo",
    hosts=("taleo.net",),
    on_own_domains=True,
    read_address=_read_address,
    requests=_requests,
    read_page=_read_page,
    judge=_judge,
    board_names=("taleo", "oracle"),
    verified=False,
)
