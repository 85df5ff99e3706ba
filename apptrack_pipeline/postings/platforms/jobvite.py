"""Jobvite: boards under `jobs.jobvite.com/<employer>`, links of its older pages, and `jvi` on other sites.

The page is rendered by the server (`jv-` classes, JSON-LD on most). An unknown id is led to
`<board>/jobs?error=404`, an unknown employer to a support page with `invalid=1`: so public readers of it
say. Its JSON (for partners, with a key) is read where somebody has it; its shape is not verified.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
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
from apptrack_pipeline.postings.vocabulary import location_type

_ID = re.compile(r"o[A-Za-z0-9]{6,12}", re.ASCII)
_COMPANY = re.compile(r"[\w.-]{1,100}", re.ASCII)
_NO_COMPANIES: Final = frozenset({"careers", "job", "jobs", "support", "search", "companyjobs", "j"})
_IN_PATH = re.compile(r"jobs\.jobvite\.com/(?:careers/)?([\w.-]{1,100})/job/", re.ASCII | re.IGNORECASE)
_REQUISITION = re.compile(
    r"(?:req(?:uisition)?|job)\.? ?(?:num(?:ber)?|id|no|#)?\.? ?[:#] ?(?P<id>\S{2,30})", re.IGNORECASE
)
_PAY = re.compile(r"(?:salary|pay|compensation)(?: range)?: ?(?P<text>.{1,200})", re.IGNORECASE)
_MAX_PARTS: Final = 100
_CAREERS_OF = re.compile(r"^(?P<company>.{2,80}?) (?:Careers|Jobs) [-|\u2013] .{2}")
_LOOKS_FOR = re.compile(r"^(?P<company>.{2,80}?) is (?:looking for|hiring)\b")


def _read_address(address: WebAddress) -> Reference | None:
    segments, query = address.segments, address.query
    if address.host == "jobvite.com" or address.host.endswith(".jobvite.com"):
        for position, segment in enumerate(segments[:-1]):
            if segment.lower() == "job" and _ID.fullmatch(segments[position + 1]):
                company = segments[position - 1] if position else ""
                return _reference(company, segments[position + 1], "a job on an employer's board")
        number = query.get("j", query.get("cj", query.get("jvi", ""))).split(",")[0]
        if _ID.fullmatch(number):
            return _reference("", number, "a link of Jobvite's older pages")
        return None
    number, _, kind = query.get("jvi", "").partition(",")
    if _ID.fullmatch(number) and kind.lower() in {"", "job", "apply"}:
        return Reference(None, number, confidence=0.95, reason="jvi names a job of Jobvite")
    return None


def _reference(company: str, number: str, reason: str) -> Reference:
    if not _COMPANY.fullmatch(company) or company.lower() in _NO_COMPANIES:
        return Reference(None, number, reason=reason)
    return Reference(
        company, number, f"https://jobs.jobvite.com/{company.lower()}/job/{number}", reason=reason
    )


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    answer = payload.answer
    rows = get(answer, "jobs") or get(answer, "requisitions") or answer
    job = row_of(rows, payload.posting_id, "eId", "id") if isinstance(rows, list) else rows
    found.line("title", get(job, "title"), "api")
    found.line("company", get(job, "companyName") or get(job, "company"), "api")
    address = short(get(job, "detail-url") or get(job, "detailUrl") or get(job, "jobLink")) or payload.url
    _guess_company(payload, address, found)
    parts = [short(get(job, f"location{name}")) for name in ("City", "State", "Country")]
    named = [get(place, "name") or place for place in as_list(get(job, "locations"))]
    whole = ", ".join(filter(None, parts))
    found.locations([get(job, "location") or whole, *named], "api")
    found.location_type(get(job, "workplaceType") or get(job, "remoteType"), "api")
    found.location_type("remote" if get(job, "remote") is True else None, "api")
    found.employment_type(get(job, "jobType") or get(job, "jobtype"), "api")
    found.description(get(job, "description") or get(job, "briefDescription"), "api")
    stated = (get(job, name) for name in ("salaryMin", "salaryMax", "salaryCurrency", "salaryFrequency"))
    found.pay([pay_range(*stated)], "api")
    found.posted(get(job, "datePosted") or get(job, "sentDate") or get(job, "date"), "api")
    found.line("requisition_id", get(job, "requisitionId") or get(job, "requisitionid"), "api")
    if get(job, "title") is not None:
        found.listed()


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    heading = page.css_first("h2.jv-header, h1.jv-header, .jv-job-detail-title, .jv-header")
    if heading is not None:
        found.line("title", node_text(heading), "dom")
    meta = page.css_first(".jv-job-detail-meta")
    if meta is not None:
        _take_meta(meta, found)
    body = page.css_first(".jv-job-detail-description")
    if body is not None:
        found.description(body.inner_html, "dom")
    title = page.css_first("title")
    shown = short(title.text()) if title is not None else None
    for form in (_CAREERS_OF, _LOOKS_FOR):
        named = form.match(shown or "")
        if named is not None:
            found.line("company", named["company"], "meta", 0.65)
    _guess_company(payload, payload.url, found)


def _take_meta(meta: LexborNode, found: Fields) -> None:
    """Read `Engineering | Atlanta, Georgia | Newark, New Jersey`, with an empty element for each bar, and the
    lines of requisition and pay that some boards put below."""
    texts: list[str] = [""]
    node = meta.first_child
    while node is not None:
        if node.is_text_node:
            texts[-1] += node.text_content or ""
        elif node.tag == "br" or "jv-inline-separator" in (node.attributes.get("class") or ""):
            texts.append("")
        elif node.is_element_node:
            texts[-1] += " " + node_text(node)
        node = node.next
    split = (part for text in texts[:_MAX_PARTS] for part in re.split(r"[|·•;]", text[:2_000]))
    parts = [part for part in map(short, split) if part][:_MAX_PARTS]
    places: list[str] = []
    for number, part in enumerate(parts):
        requisition, pay = _REQUISITION.match(part), _PAY.match(part)
        if requisition is not None:
            found.line("requisition_id", requisition["id"], "dom")
        elif pay is not None:
            stated = pay_in_text(pay["text"])
            found.pay(stated.ranges if stated is not None else (), "dom", text=pay["text"])
        # The department comes first; a lone part is a place only if it reads like one.
        elif number > 0 or (len(parts) == 1 and ("," in part or location_type(part))):
            places.append(part)
    found.locations(places, "dom")


def _guess_company(payload: Payload, address: str, found: Fields) -> None:
    path = _IN_PATH.search(address)
    found.short_name(payload.organisation or (path[1] if path else None))


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if not 200 <= answer.status < 300:
        return None
    if re.search(r"/jobs/?\?(?:[^#]{0,200}&)?error=404\b", answer.final_url):
        return Verdict("closed", "redirected_to_board_with_error")
    if match.posting_id and match.posting_id not in answer.final_url:
        return Verdict("nothing", "redirected_off_posting")
    return None


JOBVITE: Final = Platform(
    name="jobvite",
    case_in_ids=True,
    one_numbering=True,
    hosts=("jobvite.com",),
    parameters=("jvi",),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("jobvite",),
)
