"""Ashby: hosted boards, and boards embedded in the employer's own site (`?ashby_jid=`).

Sources: the documentation of its posting API, which answers a whole board (up to 1.8 MB) and never one
posting; real answers for `compensation`. Not documented: the state of the hosted page (`window.__appData`)
and the GraphQL of its program; read where they are there. A posting that its board no longer lists is gone;
a board that answers 404 says nothing of a posting, and the page is the same shell with 200 for any id, so
its text closed live postings elsewhere (career-ops #1372).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote, unquote

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, row_of, short, text_of
from apptrack_pipeline.postings.model import Payload, PayRange, Source
from apptrack_pipeline.postings.page_state import json_after
from apptrack_pipeline.postings.pay import pay_in_text, pay_range, read_pay
from apptrack_pipeline.postings.pay_periods import period_of_amount
from apptrack_pipeline.postings.platform import (
    UUID,
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.slugs import host_guesses
from apptrack_pipeline.postings.verdicts import json_of, redirected_off

_API: Final = "https://api.ashbyhq.com/posting-api/job-board"
_NO_BOARDS: Final = frozenset(
    {"api", "embed", "job", "jobs", "job-board", "posting-api", "non-user-graphql", "static", "_next"}
)
_EMBEDDED: Final = (
    re.compile(r"jobs\.(?:eu\.)?ashbyhq\.com/([^/\"'<>\s?#\\]{1,100})/embed\b", re.IGNORECASE),
    re.compile(r"app\.ashbyhq\.com/job-board/([^/\"'<>\s?#\\]{1,100})", re.IGNORECASE),
    re.compile(r"organizationHostedJobsPageName\\?[\"']\s?:\s?\\?[\"']([^\"'\\<>]{1,100})"),
    re.compile(r"posting-api/job-board/([^/\"'<>\s?#\\]{1,100})", re.IGNORECASE),
    re.compile(r"\bdata-ashby-job-board=[\"']([^\"'<>]{1,100})", re.IGNORECASE),
)
_LINKED = re.compile(
    r"jobs\.(?:eu\.)?ashbyhq\.com/([^/\"'<>\s?#\\]{1,100})/([0-9a-f-]{36})(?![\w-])", re.IGNORECASE
)
_ADDRESS = re.compile(r"ashbyhq\.com/([^/\"'<>\s?#]{1,100})/[0-9a-z-]{3,60}", re.IGNORECASE)
_NO_SALARY = re.compile(r"%|equity|bonus|commission|stock|option", re.IGNORECASE)


def _read_address(address: WebAddress) -> Reference | None:
    embedded = address.query.get("ashby_jid", "").strip().lower()
    if address.host != "ashbyhq.com" and not address.host.endswith(".ashbyhq.com"):
        if UUID.fullmatch(embedded):
            return Reference(None, embedded, None, None, 0.97, "ashby_jid names a posting of Ashby by its id")
        return None
    boards = [segment for segment in address.segments if segment.lower() not in _NO_BOARDS]
    ids = [segment.lower() for segment in boards if UUID.fullmatch(segment)]
    named = [segment for segment in boards if not UUID.fullmatch(segment)]
    posting_id = ids[-1] if ids else embedded if UUID.fullmatch(embedded) else ""
    if not posting_id:
        return None
    if not named:
        return Reference(None, posting_id, None, None, 0.9, "an address of Ashby with a posting's id")
    if ids and boards.index(named[0]) > 0 and UUID.fullmatch(boards[0]):
        return None  # a board whose name is a UUID, and a page of it
    return _hosted(named[0].replace("+", " ").strip(), posting_id)


def _hosted(board: str, posting_id: str) -> Reference:
    name = quote(board, safe="")
    return Reference(
        board,
        posting_id,
        f"https://jobs.ashbyhq.com/{quote(board.lower(), safe='')}/{posting_id}",
        f"{_API}/{name}?includeCompensation=true",
        reason="a board hosted by Ashby",
    )


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    posting_id = address.query.get("ashby_jid", "").strip().lower()
    if not UUID.fullmatch(posting_id):
        posting_id = next((part.lower() for part in address.segments if UUID.fullmatch(part)), "")
    boards = (unquote(found[1]) for pattern in _EMBEDDED for found in pattern.finditer(html))
    embedded = next((one for one in boards if one.lower() not in _NO_BOARDS), None)
    links = {found[2].lower(): unquote(found[1]) for found in _LINKED.finditer(html)}
    board = links.get(posting_id) or (embedded if "ashby_jid" in address.query else None)
    if not posting_id or board is None:
        return None
    return replace(
        _hosted(board, posting_id),
        canonical_url=None,
        confidence=0.97,
        reason="the page embeds this employer's board",
    )


def _requests(match: Match, url: str) -> Sequence[Request]:
    if match.api_url is not None:
        hosted = url
        if "jobs.ashbyhq.com/" in match.canonical_url:  # with the board as it was spelled
            name = quote(match.organisation or "", safe="")
            hosted = f"https://jobs.ashbyhq.com/{name}/{match.posting_id}"
        return (Request(match.api_url, "api"), Request(hosted, "page", "text/html"))
    host = re.sub(r"^https?://(?:[^/@]*@)?", "", url[:2000], flags=re.IGNORECASE).partition("/")[0]
    host = host.partition(":")[0].lower()
    guesses = host_guesses(host)[:2] if match.posting_id and not host.endswith("ashbyhq.com") else ()
    boards = [Request(f"{_API}/{guess}?includeCompensation=true", "api") for guess in guesses]
    return (*boards, Request(url, "page", "text/html"))


def _read_answer(payload: Payload, found: Fields) -> None:
    for answer in as_list(payload.answer)[:10] if _is_batch(payload.answer) else [payload.answer]:
        jobs = _board_of(answer)
        if jobs is None:
            _take_job(_single(answer), found, "api")
        else:
            job = row_of(jobs, payload.posting_id, "id", "jobUrl")
            if job is not None:
                _take_job(job, found, "api")
            elif payload.posting_id and jobs:
                found.closed("not_on_the_board")
        found.line("company", get(answer, "organization", "name"), "api")
    found.short_name(payload.organisation)


def _is_batch(answer: object) -> bool:
    return isinstance(answer, list) and any(get(one, "data") is not None for one in answer[:10])


def _board_of(answer: object) -> list[object] | None:
    """Return the postings of a board's answer: of the posting API, or of the page's program."""
    if isinstance(answer, list):
        return answer
    for path in (
        ("jobs",),
        ("data", "jobBoard", "jobPostings"),
        ("jobBoard", "jobPostings"),
        ("jobPostings",),
    ):
        jobs = get(answer, *path)
        if isinstance(jobs, list) and not isinstance(_single(answer, own=False), dict):
            return jobs
    return None


def _single(answer: object, *, own: bool = True) -> object:
    for path in (("data", "jobPosting"), ("jobPosting",), ("posting",), ("job",)):
        job = get(answer, *path)
        if isinstance(job, dict):
            return job
    return answer if own else None


def _take_job(job: object, found: Fields, source: Source) -> None:
    found.line("title", get(job, "title"), source)
    places = [get(job, "location"), get(job, "locationName")]
    if isinstance(places[0], dict):
        places[0] = get(job, "location", "name")
    places += [
        other if isinstance(other, str) else get(other, "location") or get(other, "locationName")
        for other in as_list(get(job, "secondaryLocations"))[:50]
    ]
    found.locations([*places, *as_list(get(job, "secondaryLocationNames"))], source)
    found.locations([_address(get(job, "address", "postalAddress"))], source, 0.8)
    found.location_type(get(job, "workplaceType"), source)
    if get(job, "isRemote") is True:
        # True for hybrid work as well: only where nothing better is said.
        found.offer("location_type", "remote", source, 0.4)
    found.employment_type(get(job, "employmentType"), source)
    parts = ("descriptionHtml", "descriptionPlain", "descriptionPlainText", "description")
    found.description(next((get(job, name) for name in parts if text_of(get(job, name))), None), source)
    found.pay(_pay(job), source, text=_summary(job))
    linked = get(job, "linkedData")  # the page's own JSON-LD
    found.posted(get(job, "publishedAt") or get(job, "publishedDate") or get(linked, "datePosted"), source)
    found.closes(get(job, "applicationDeadline"), source)
    for name in (get(job, "organizationName"), get(job, "organization", "name")):
        found.line("company", name, source)
    found.line("company", get(linked, "hiringOrganization", "name"), source)
    address = _ADDRESS.search(text_of(get(job, "jobUrl")))
    if address and address[1].lower() not in _NO_BOARDS:
        found.short_name(unquote(address[1]))
    if get(job, "isListed") is False:
        found.closed("unlisted")
    elif short(get(job, "title")):
        found.listed()


def _address(stated: object) -> str:
    names = ("addressLocality", "addressRegion", "addressCountry")
    return ", ".join(dict.fromkeys(part for name in names if (part := short(get(stated, name)))))


def _summary(job: object) -> str | None:
    for holder in (get(job, "compensation"), job):
        for name in ("scrapeableCompensationSalarySummary", "compensationTierSummary"):
            shown = short(get(holder, name))
            if shown:
                return shown
    return None


def _pay(job: object) -> list[PayRange]:
    """Read what is salary: equity, bonus and commission have components of their own."""
    compensation = get(job, "compensation")
    tiers = as_list(get(compensation, "compensationTiers")) or as_list(get(job, "compensationTiers"))
    ranges = [
        one
        for tier in tiers[:50]
        for one in _salaries(
            get(tier, "components") or get(tier, "summaryComponents"), short(get(tier, "title"))
        )
    ]
    ranges = ranges or [*_salaries(get(compensation, "summaryComponents"), None)]
    if not ranges and len(tiers) > 1:
        # The page's own program has the tiers in words alone.
        ranges = [
            one
            for tier in tiers[:50]
            for one in _salaries_of_words(short(get(tier, "tierSummary")), short(get(tier, "title")))
        ]
    linked = None if ranges else read_pay(get(job, "linkedData", "baseSalary"))
    ranges = ranges or [*(linked.ranges if linked is not None else ())]
    return ranges or [*_salaries_of_words(_summary(job))]


def _salaries(components: object, label: str | None) -> Iterator[PayRange]:
    for component in as_list(components)[:50]:
        kind = short(get(component, "compensationType")) or ""
        if kind.lower() not in {"salary", "basesalary", "hourly", "wage"}:
            continue
        low, high = get(component, "minValue"), get(component, "maxValue")
        # "1 YEAR" and "1 HOUR" are periods, "2 WEEK" and "NONE" are not.
        stated = (short(get(component, "interval")) or "").upper()
        period = stated.removeprefix("1 ") if re.fullmatch(r"(?:1 )?[A-Z]{3,10}", stated) else None
        one = pay_range(low, high, get(component, "currencyCode"), period, label=label)
        if one is not None:
            yield one


def _salaries_of_words(summary: str | None, label: str | None = None) -> Iterator[PayRange]:
    """Read `CA$215K – CA$310K • Offers Equity`; the sign is the one of American English, so `$` is USD."""
    for part in (summary or "").split("•")[:10]:
        part = re.split(r"\s\+\s", part)[0].strip()
        if _NO_SALARY.search(part):
            continue
        pay = pay_in_text(part)
        for one in pay.ranges if pay is not None else ():
            dollars = re.search(r"(?<![A-Z])\$", part)
            currency = one.currency or ("USD" if dollars else None)
            period = one.period or period_of_amount(one.maximum or one.minimum, currency)
            yield replace(one, currency=currency, period=period, label=label)
            return


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    state = json_after(payload.html or "", "window.__appData")
    job = get(state, "posting")
    wanted = (payload.posting_id or "").lower()
    if isinstance(job, dict) and (not wanted or (short(job.get("id")) or wanted).lower() == wanted):
        _take_job(job, found, "embedded state")
    found.line("company", get(state, "organization", "name"), "embedded state")
    address = _ADDRESS.search(payload.url)
    board = payload.organisation or (unquote(address[1]) if address else None)
    if board and board.lower() not in _NO_BOARDS:
        found.short_name(board)


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api":
        return _judge_board(answer, match)
    if moved := redirected_off(answer, match):
        return moved
    is_shell = "JobPosting" not in answer.text and re.search(r"\"posting\"\s?:\s?null", answer.text)
    if 200 <= answer.status < 300 and "ashbyhq.com/" in answer.final_url and is_shell:
        return Verdict("nothing", "shell_without_the_posting")
    return None


def _judge_board(answer: Answer, match: Match) -> Verdict | None:
    if answer.status in {404, 410}:
        return Verdict("nothing", "no_such_board")
    if not 200 <= answer.status < 300 or not match.posting_id:
        return None
    jobs = get(json_of(answer), "jobs")
    if not isinstance(jobs, list):
        return Verdict("nothing", "api_without_a_board")
    job = row_of(jobs, match.posting_id, "id", "jobUrl")
    if job is not None and get(job, "isListed") is not False:
        return Verdict("posting", "api")
    if match.api_url is None or not jobs:
        # A guessed board, or one that lists nothing at all while its postings may live unlisted.
        return Verdict("nothing", "not_on_this_board")
    return Verdict("closed", "not_on_the_board" if job is None else "unlisted")


ASHBY: Final = Platform(
    name="ashby",
    hosts=("ashbyhq.com",),
    parameters=("ashby_jid",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("ashby",),
)
