"""Workable: hosted boards under an account or without one, the short links, and its own job search.

Sources: its documentation of the account's answer (`www.workable.com/api/accounts/..?details=true`) and of
the widget; the answer for one job (`api/v2`) and the Markdown of a job are what its own pages use and link
to. Codes are unique over all accounts: `apply.workable.com/j/CODE` names one posting. More than two requests
at once are answered with 429. A job that is gone answers 404, and its page leads to the account's board with
`not_found=true`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short, text_of
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload, PayRange
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
from apptrack_pipeline.postings.verdicts import json_of, redirected_off

_CODE = re.compile(r"[0-9A-F]{8,12}", re.ASCII | re.IGNORECASE)
_ACCOUNT = re.compile(r"[\w-]{1,100}", re.ASCII)
_OWN_HOSTS: Final = frozenset({"apply", "www", "jobs", "careers", "help", "resources", "api", "workable"})
_NO_ACCOUNTS: Final = frozenset({"api", "j", "jobs", "accounts", "widget", "view", "v1", "v2", "v3"})
_ADDRESS = re.compile(r"apply\.workable\.com/(?!j/|api/)([\w-]{1,100})/", re.IGNORECASE)
_GONE_STATES: Final = frozenset({"closed", "archived"})
_MARKDOWN_FACT = re.compile(r"\*\*([A-Za-z ]{3,30}):?\*\*:?\s*(.{1,200})")


def _read_address(address: WebAddress) -> Reference | None:
    segments = address.segments
    lowered = tuple(segment.lower() for segment in segments)
    label = address.host.removesuffix(".workable.com")
    if label == "jobs" and lowered[:1] == ("view",) and len(segments) > 1:
        # Workable's own job search has ids of its own.
        canonical = f"https://jobs.workable.com/view/{segments[1]}"
        return Reference(None, segments[1], canonical, None, 1.0, "Workable's own job search")
    account = label if label not in _OWN_HOSTS and _ACCOUNT.fullmatch(label) else None
    for place, segment in enumerate(lowered):
        following = segments[place + 1] if place + 1 < len(segments) else ""
        before = lowered[place - 1] if place > 0 else ""
        if segment == "view" or (segment in {"j", "jobs"} and _CODE.fullmatch(following)):
            code = following.removesuffix(".md")
            if not _CODE.fullmatch(code):
                continue
            start = place - 1 if segment == "view" and before == "jobs" else place
            if (
                start > 0
                and lowered[start - 1] not in _NO_ACCOUNTS
                and _ACCOUNT.fullmatch(segments[start - 1])
            ):
                account = account or segments[start - 1]
            return _job(account, code.upper())
    if account and lowered[:1] == ("jobs",) and len(segments) > 1:
        found = re.match(r"\d{3,12}(?![^-])", segments[1], re.ASCII)
        if found:
            canonical = f"https://{account.lower()}.workable.com/jobs/{found[0]}"
            return Reference(account, found[0], canonical, None, 1.0, "an old address of Workable")
    return None


def _job(account: str | None, code: str) -> Reference:
    name = account.lower() if account else None
    api = f"https://apply.workable.com/api/v2/accounts/{name}/jobs/{code}" if name else None
    return Reference(
        name, code, f"https://apply.workable.com/j/{code}", api, reason="a job's code at Workable"
    )


def _requests(match: Match, url: str) -> Sequence[Request]:
    if match.api_url is None or not match.organisation:
        return (Request(url, "page", "text/html"),)
    place = f"https://apply.workable.com/{match.organisation}"
    return (
        Request(match.api_url, "api"),
        Request(f"{place}/jobs/view/{match.posting_id}.md", "api", "text/markdown, text/plain"),
        Request(f"{place}/j/{match.posting_id}/", "page", "text/html"),
    )


def _read_answer(payload: Payload, found: Fields) -> None:
    if payload.answer is None and payload.answer_text:
        _take_markdown(payload.answer_text, found)
    answer = payload.answer
    if (short(get(answer, "error")) or "").lower() == "not found":
        found.closed("api_job_not_found")
    jobs = get(answer, "jobs")
    if not isinstance(jobs, list):
        jobs = get(answer, "results")
    if isinstance(jobs, list):
        same = [job for job in jobs if not payload.posting_id or _code_of(job) == payload.posting_id.upper()]
        same = [job for job in same if _code_of(job) == _code_of(same[0])]
        # A job of several places is listed once for each of them.
        job = same[0] if same else None
        _take_job(job, found, [place for one in same[:50] for place in _places(one)])
        found.line("company", get(answer, "name"), "api")
    else:
        job = answer
        _take_job(job, found, _places(job))
    address = _ADDRESS.search(text_of(get(job, "url")) or text_of(get(job, "application_url")))
    account = address[1] if address else payload.organisation
    found.short_name(account)


def _code_of(job: object) -> str:
    return (short(get(job, "shortcode")) or "").upper()


def _places(job: object) -> list[str]:
    """Return the places of a job; a hidden one is the employer's secret."""
    stated = [place for place in as_list(get(job, "locations")) if get(place, "hidden") is not True]
    places = stated or [get(job, "location")]
    shown = [place if isinstance(place, str) else _place(place) for place in places[:50]]
    return [place for place in shown if place] or [_place(job)]


def _place(place: object) -> str:
    names = ("city", "region", "state", "country")
    parts = [short(get(place, name)) for name in names]
    parts[1] = parts[1] or short(get(place, "subregion"))
    return ", ".join(dict.fromkeys(part for part in parts if part)) or short(get(place, "location_str")) or ""


def _take_job(job: object, found: Fields, places: Sequence[str]) -> None:
    found.line("title", get(job, "title") or get(job, "full_title"), "api")
    found.line("company", get(job, "company", "name") or get(job, "company"), "api")
    found.locations(places, "api")
    found.location_type(get(job, "workplace") or get(job, "workplace_type"), "api")
    if get(job, "remote") is True or get(job, "telecommuting") is True:
        found.offer("location_type", "remote", "api", 0.8)
    found.employment_type(get(job, "type") or get(job, "employment_type"), "api")
    found.description([get(job, name) for name in ("description", "requirements", "benefits")], "api")
    found.requirements(get(job, "requirements"), "api")
    found.pay([_pay(get(job, "salary"))], "api")
    found.posted(get(job, "published") or get(job, "published_on") or get(job, "created_at"), "api")
    found.line("requisition_id", get(job, "code"), "api")
    found.language(get(job, "language"), "api")
    if (short(get(job, "state")) or "").lower() in _GONE_STATES:
        found.closed("unpublished")
    elif short(get(job, "title")):
        found.listed()


def _pay(salary: object) -> PayRange | None:
    low = get(salary, "salary_from") or get(salary, "from") or get(salary, "min")
    high = get(salary, "salary_to") or get(salary, "to") or get(salary, "max")
    currency = get(salary, "salary_currency") or get(salary, "currency")
    return pay_range(low, high, currency, get(salary, "period") or get(salary, "interval"))


def _take_markdown(text: str, found: Fields) -> None:
    """Read a job's Markdown: a heading, a quoted line of facts, facts in bold, then the sections."""
    body: list[str] = []
    for line in text[:200_000].split("\n"):
        shown = line.strip()
        fact = _MARKDOWN_FACT.match(shown)
        if body or not shown:
            body += [_without_marks(line)] if body else []
        elif shown.startswith("# "):
            found.line("title", shown[2:], "api", 0.9)
        elif shown.startswith("> "):
            _take_line_of_facts(shown[2:], found)
        elif fact is not None:
            _take_fact(fact[1].lower(), fact[2], found)
        else:
            body.append(_without_marks(line))
    found.description("\n".join(body), "api", 0.9)
    if "title" in found.values:
        found.listed()


def _take_line_of_facts(line: str, found: Fields) -> None:
    """Read `Bergen, Norway · Full-time · Posted 2026-11-02`: the place stands first."""
    parts = re.split(r"\s[·•|]\s", line)
    found.locations(parts[:1] if len(parts) > 1 else [], "api", 0.6)
    found.employment_type(parts[1:], "api", 0.6)
    day = re.search(r"\d{4}-\d{2}-\d{2}", line)
    found.posted(day[0] if day else None, "api", 0.6)


def _take_fact(name: str, value: str, found: Fields) -> None:
    if "company" in name:
        found.line("company", value, "api", 0.9)
    elif "location" in name:
        found.locations([value], "api", 0.9)
    elif "workplace" in name:
        found.location_type(value, "api", 0.9)
    elif "type" in name:
        found.employment_type(value, "api", 0.9)
    elif "posted" in name or "published" in name:
        found.posted(value, "api", 0.9)


def _without_marks(line: str) -> str:
    line = re.sub(r"^(\s{0,8})#{1,6} ", r"\1", line)
    return re.sub(r"\*\*([^*]{1,500})\*\*", r"\1", line)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    """Read the parts of the page as a browser has drawn it: the HTML that is sent is a shell."""
    if (payload.html or "")[:50].lstrip().startswith("# "):
        _take_markdown(payload.html or "", found)
    shown = {
        name: node_text(node)
        for name in ("job-title", "job-location", "job-workplace", "job-type")
        if (node := page.css_first(f"[data-ui={name}]")) is not None
    }
    found.line("title", shown.get("job-title"), "dom")
    found.locations([shown["job-location"]] if shown.get("job-location") else [], "dom")
    found.location_type(shown.get("job-workplace"), "dom")
    found.employment_type(shown.get("job-type"), "dom")
    parts = [
        node.inner_html or ""
        for name in ("job-description", "job-requirements", "job-benefits")
        if (node := page.css_first(f"[data-ui={name}]")) is not None
    ]
    found.description(parts, "dom")
    heading = page.css_first('meta[property="og:title"]') if "job-title" not in shown else None
    # `Engineer - Acme`: the employer comes last, and may be the only one on the page to say its name.
    title, dash, company = (
        (heading.attributes.get("content") or "") if heading is not None else ""
    ).rpartition(" - ")
    if dash:
        found.line("title", title, "meta", 0.62)
        found.line("company", company, "meta", 0.62)
    address = _ADDRESS.search(payload.url)
    account = payload.organisation or (address[1] if address else None)
    found.short_name(account)


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.url.endswith(".md"):
        if answer.status in {404, 410}:
            return Verdict("nothing", "no_markdown")
        if 200 <= answer.status < 300:
            is_page = answer.text.lstrip()[:1] in {"", "<"}
            return Verdict("nothing", "no_markdown") if is_page else Verdict("posting", "markdown")
        return None
    body = json_of(answer) if answer.request.kind == "api" else None
    if answer.request.kind == "api":
        if answer.status == 404:
            is_gone = (short(get(body, "error")) or "").lower() == "not found"
            return Verdict("closed", "api_job_not_found") if is_gone else Verdict("nothing", "api_404")
        if 200 <= answer.status < 300 and (short(get(body, "state")) or "").lower() in _GONE_STATES:
            return Verdict("closed", "unpublished")
        return None
    if re.search(r"workable\.com/[^?#]{0,200}\?(?:[^#]{0,200}&)?not_found=true\b", answer.final_url):
        return Verdict("closed", "redirected_to_board_not_found")
    return redirected_off(answer, match)


WORKABLE: Final = Platform(
    name="workable",
    one_numbering=True,
    hosts=("workable.com",),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("workable",),
    verified=False,
)
