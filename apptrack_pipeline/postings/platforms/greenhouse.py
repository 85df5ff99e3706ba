"""Greenhouse: hosted boards, their European twins, and boards embedded in the employer's own site.

Sources: its job board API's documentation (fields, 404, cents); the addresses are those of 13,439 real
postings, 45 % of them `?gh_jid=` on 106 domains of employers. Job ids are unique over all employers, so an
address that shows the id alone still names one posting, and an answer with that id is that posting's. The
European boards answer at the same API host. Not documented: the state of the hosted page
(`window.__remixContext`), read where it is there. Not verified on live pages: which words a custom field has
for remote work; its name must say it.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import MAX_DESCRIPTION_CHARS, Fields, as_list, get, short, text_of
from apptrack_pipeline.postings.markup import node_text, parse_page, plain_text
from apptrack_pipeline.postings.model import Payload, PayRange, Source
from apptrack_pipeline.postings.page_state import json_after
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
from apptrack_pipeline.postings.pay_periods import period_of_amount
from apptrack_pipeline.postings.platform import (
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
from apptrack_pipeline.postings.vocabulary import SalaryPeriod, salary_period

_API: Final = "https://boards-api.greenhouse.io/v1/boards"
_BOARD_PROOF: Final = 0.95
"""From this confidence on the board is certain, and a job that is not on it is gone."""

_ID = re.compile(r"\d{1,20}", re.ASCII)
_LEADING_ID = re.compile(r"(\d{1,20})(?![\w-])", re.ASCII)
_TOKEN = re.compile(r"[\w-]{1,100}", re.ASCII)
_NO_TOKENS: Final = frozenset({"embed", "v1", "boards", "jobs", "job", "api", "job_board", "users"})
# What puts a board into a page, and what only leads to one.
_EMBEDDED: Final = (
    re.compile(
        r"boards(?:\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?\?"
        r"(?:[^\"'<>\s]{0,200}&(?:amp;)?)?for=([\w-]{1,100})",
        re.IGNORECASE,
    ),
    re.compile(r"boards-api(?:\.eu)?\.greenhouse\.io/v1/boards/([\w-]{1,100})", re.IGNORECASE),
    re.compile(
        r"[\"'](?:urlToken|boardToken|board_token|greenhouseBoardToken)\\?[\"']\s?:\s?\\?[\"']([\w-]{1,100})"
    ),
    re.compile(r"\bdata-(?:board-token|greenhouse-board|gh-board)=[\"']([\w-]{1,100})"),
)
_LINKED = re.compile(
    r"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/([\w-]{1,100})/jobs/(\d{1,20})", re.IGNORECASE
)
_JOB_FRAME = re.compile(
    r"(?:boards(?:\.eu)?\.greenhouse\.io/embed/job_app\?[^\"'<>\s]{0,200}?\btoken="
    r"|Grnhse\.Iframe\.load\([\"']?)(\d{1,20})",
    re.IGNORECASE,
)
_BOARD_ADDRESS = re.compile(r"greenhouse\.io/([\w-]{1,100})/jobs/(\d{1,20})", re.IGNORECASE)
_NUMBER_IN_PATH = re.compile(r"(?<!\d)\d{7,12}(?!\d)")

_JOB_IS_GONE = re.compile(r"\bjob\b.{0,20}\bnot found|(?:could|can)\s?not find a job", re.IGNORECASE)
_NO_PLACE = re.compile(r"(?:multiple|various|several|all) (?:locations?|offices?|sites)", re.IGNORECASE)
_EMPLOYMENT_FIELD = re.compile(
    r"employment|job type|time type|contract type|position type|worker type|full.?time", re.IGNORECASE
)
_PLACE_FIELD = re.compile(
    r"remote|work ?place|location type|work (?:model|mode|type|arrangement|style|location)|hybrid|on.?site",
    re.IGNORECASE,
)
_PAY_FIELD = re.compile(r"\b(?:salary|pay|compensation|wage)\b", re.IGNORECASE)
_UNTIL_FIELD = re.compile(
    r"valid through|application (?:deadline|close)|closing date|apply by|expir", re.IGNORECASE
)


def _api(token: str, number: str) -> str:
    return f"{_API}/{token}/jobs/{number}"


def _hosted(address: WebAddress, token: str | None, number: str, reason: str) -> Reference:
    region = "eu." if ".eu." in address.host else ""
    if token is None:
        canonical = f"https://boards.{region}greenhouse.io/embed/job_app?token={number}"
        return Reference(None, number, canonical, None, 1.0, reason)
    # Tokens are in lower case on every board; an address may shout.
    canonical = f"https://boards.{region}greenhouse.io/{token.lower()}/jobs/{number}"
    return Reference(token, number, canonical, _api(token, number), 1.0, reason)


def _token(text: str) -> str | None:
    return text if _TOKEN.fullmatch(text) and text.lower() not in _NO_TOKENS else None


def _number(text: str) -> str:
    """Return the id that a parameter begins with: a second `?` in an address ends up in the value."""
    found = _LEADING_ID.match(text.strip())
    return found[1] if found else ""


def _read_address(address: WebAddress) -> Reference | None:
    if address.host == "greenhouse.io" or address.host.endswith(".greenhouse.io"):
        return _read_own_address(address)
    number = _number(address.query.get("gh_jid", ""))
    # On the employer's own site the id is sure, and who it is has to be found.
    return (
        Reference(None, number, None, None, 0.97, "gh_jid names a job of Greenhouse by its id")
        if number
        else None
    )


def _read_own_address(address: WebAddress) -> Reference | None:
    segments, query = address.segments, address.query
    lowered = tuple(segment.lower() for segment in segments)
    if "embed" in lowered:
        number = _number(query.get("token", query.get("gh_jid", query.get("id", ""))))
        place = lowered.index("embed")
        before = segments[place - 1] if place > 0 else ""
        token = _token(query.get("for", "")) or _token(before)
        return _hosted(address, token, number, "an embedded form") if number else None
    if address.host.startswith("my.") and lowered[:1] == ("jobs",) and len(segments) > 2:
        number = _number(segments[2])
        return _hosted(address, _token(segments[1]), number, "an account's list of jobs") if number else None
    for place, segment in enumerate(lowered[:-1]):
        number = _number(segments[place + 1])
        if segment == "jobs" and number:
            token = _token(segments[place - 1]) if place > 0 else None
            return _hosted(address, token, number, "a board hosted by Greenhouse")
    number = _number(query.get("gh_jid", ""))
    if number:
        token = _token(segments[0]) if segments else None
        return _hosted(address, token, number, "a board hosted by Greenhouse")
    return None


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Return the job of a page that embeds a board: the id is in its address, or in the one form it shows."""
    tokens = [
        found[1]
        for pattern in _EMBEDDED
        for found in pattern.finditer(html)
        if found[1].lower() not in _NO_TOKENS
    ]
    links = {found[2]: found[1] for found in _LINKED.finditer(html)}
    is_own = address.host.endswith("greenhouse.io")
    number = _number(address.query.get("gh_jid") or (address.query.get("token", "") if is_own else ""))
    if number:
        if number in links and links[number].lower() not in _NO_TOKENS:
            return _on_page(links[number], number, "the page leads to this job's board", 0.97)
        if tokens:
            # Of two boards the first may be the wrong one, and its 404 proves nothing.
            sure = 0.97 if len({token.lower() for token in tokens}) == 1 else 0.9
            return _on_page(tokens[0], number, "the page embeds this employer's board", sure)
        return None
    if not tokens:
        return None
    frames = {found[1] for found in _JOB_FRAME.finditer(html)}
    for number in _NUMBER_IN_PATH.findall(address.path):
        if number in links or number in frames or f"gh_jid={number}" in html:
            return _on_page(tokens[0], number, "the page embeds the job that its address names", 0.9)
    if len(frames) == 1:
        return _on_page(tokens[0], frames.pop(), "the page embeds one job's form", 0.9)
    return None


def _on_page(token: str, number: str, reason: str, confidence: float) -> Reference:
    return Reference(token, number, None, _api(token, number), confidence, reason)


def _requests(match: Match, url: str) -> Sequence[Request]:
    page = Request(url, "page", "text/html")
    if match.posting_id is None:
        return (page,)
    if match.api_url is not None:
        boards = [match.api_url]
    else:
        boards = [_api(token, match.posting_id) for token in _board_guesses(url)]
    return (*(Request(f"{board}?pay_transparency=true", "api") for board in boards), page)


def _board_guesses(url: str) -> list[str]:
    """Return the boards that a job of an employer's own site may be on; the answer's id proves one."""
    bare = re.sub(r"^https?://", "", url[:2000], flags=re.IGNORECASE)
    host, _, rest = bare.partition("/")
    named = re.search(r"[?&](?:board|for|board_token)=([\w-]{2,100})", rest)
    # careerpuck.com shows the boards of many employers.
    listed = re.search(r"(?:^|/)job-board/([\w-]{2,100})/", rest)
    stated = [found[1] for found in (named, listed) if found]
    host = re.sub(r"^.*@|:\d+$", "", host)
    guesses = () if listed or host.lower().endswith("greenhouse.io") else host_guesses(host)
    return list(dict.fromkeys([*stated, *guesses]))[:3]


def _read_answer(payload: Payload, found: Fields) -> None:
    job = _job_of(payload)
    if job is None:
        if _JOB_IS_GONE.search(_error(payload.answer)):
            found.closed("api_job_not_found")
        return
    _take_job(job, found, "api")
    address = _BOARD_ADDRESS.search(text_of(get(job, "absolute_url")))
    token = address[1] if address and address[1].lower() not in _NO_TOKENS else payload.organisation
    found.short_name(token)
    if short(get(job, "title")):
        found.listed()


def _error(answer: object) -> str:
    return (short(get(answer, "error")) or "")[:200]


def _job_of(payload: Payload) -> object:
    """Return the posting's job in an answer: the job itself, or a board on which it is listed."""
    answer = payload.answer
    jobs = get(answer, "jobs")
    wanted = payload.posting_id
    listed = jobs if isinstance(jobs, list) else answer if isinstance(answer, list) else None
    if listed is None:
        stated = short(get(answer, "id"))
        # A guessed board may have answered with another employer's job.
        if _error(answer) or (wanted and stated and stated != wanted and not _same_job(answer, wanted)):
            return None
        return answer
    if wanted:
        return next((job for job in listed if _same_job(job, wanted)), None)
    return listed[0] if listed else None


def _same_job(job: object, number: str) -> bool:
    if short(get(job, "id")) == number:
        return True
    address = text_of(get(job, "absolute_url"))
    return bool(re.search(rf"(?:/jobs/|gh_jid=){re.escape(number[:40])}(?!\d)", address))


def _take_job(job: object, found: Fields, source: Source) -> None:
    found.line("title", get(job, "title"), source)
    found.line("company", get(job, "company_name"), source)
    found.locations(_places(job), source)
    content = get(job, "content")
    found.description([get(job, "introduction"), content, get(job, "conclusion")], source)
    stated = [*pay_input_ranges(get(job, "pay_input_ranges")), *pay_input_ranges(get(job, "pay_ranges"))]
    found.pay(stated or _pay_of_content(content), source)
    found.posted(get(job, "first_published") or get(job, "published_at"), source)
    found.closes(get(job, "application_deadline"), source)
    found.line("requisition_id", get(job, "requisition_id"), source)
    found.language(get(job, "language"), source)
    found.employment_type(get(job, "employment"), source)
    for extra in as_list(get(job, "metadata"))[:100]:
        _take_custom_field(short(get(extra, "name")) or "", get(extra, "value"), found, source)


def _places(job: object) -> list[str]:
    stated = get(job, "location", "name") or get(job, "location") or get(job, "job_post_location")
    shown = short(stated) if not isinstance(stated, dict) else None
    offices = as_list(get(job, "offices"))[:50]
    if shown and not _NO_PLACE.fullmatch(shown):
        places = [part.strip() for part in re.split(r"\s?[;|]\s", f"{shown} ") if part.strip(" ;|")]
        # Offices are places of the job only where its own place is one of them: others file it under regions.
        names = [short(get(office, "name")) for office in offices if not get(office, "child_ids")]
        return [*places, *filter(None, names)] if shown in names else places
    stated = [
        short(get(office, "location")) or short(get(office, "location", "name")) or short(get(office, "name"))
        for office in offices
    ]
    return [office for office in stated if office] or ([shown] if shown else [])


def _take_custom_field(name: str, value: object, found: Fields, source: Source) -> None:
    """Read a custom field by the employer's own name for it: Greenhouse has none for these things."""
    if isinstance(value, dict):
        if _PAY_FIELD.search(name):
            amounts = [value.get(key) for key in ("min_value", "max_value")]
            low, high = amounts if any(amounts) else [value.get("amount"), value.get("amount")]
            one = pay_range(low, high, value.get("unit") or value.get("currency"), None)
            found.pay([_with_period(one, name)], source, 0.8)
        return
    for stated in as_list(value)[:20]:
        if _UNTIL_FIELD.search(name):
            found.closes(stated, source, 0.8)
        elif _PLACE_FIELD.search(name) and not _EMPLOYMENT_FIELD.search(name):
            yes = stated is True or (short(stated) or "").lower() in {"yes", "true"}
            found.location_type(name if yes else stated, source, 0.8)
        elif _EMPLOYMENT_FIELD.search(name):
            found.employment_type(stated, source, 0.8)


def pay_input_ranges(ranges: object) -> Iterator[PayRange]:
    """Read pay ranges in cents; Greenhouse alone states them, and Gem, which copies its API.

    They have no period of their own: it is in their title, or in the amount.
    """
    for stated in as_list(ranges)[:50]:
        in_cents = [_of_cents(get(stated, name)) for name in ("min_cents", "max_cents")]
        whole = [_written_out(get(stated, name)) for name in ("min", "max")]
        low, high = in_cents if any(in_cents) else whole
        currency = get(stated, "currency_type") or get(stated, "currency")
        one = pay_range(low, high, currency, None, label=short(get(stated, "title")))
        if one is not None:
            blurb = plain_text(text_of(get(stated, "blurb") or get(stated, "description"))[:2000])
            yield _with_period(one, one.label or "", blurb) or one


def _written_out(amount: object) -> str:
    """Return the digits of an amount as the hosted page's state has it: `R$8.000` is eight thousand."""
    digits = re.sub(r"^\D+", "", short(amount) or "")
    return digits.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", digits) else digits


def _with_period(one: PayRange | None, *sentences: str) -> PayRange | None:
    if one is None or one.period is not None:
        return one
    highest = one.maximum or one.minimum
    likely = period_of_amount(highest, one.currency)
    stated: SalaryPeriod | None = next(filter(None, map(_stated_period, sentences)), None)
    if likely == "year" and stated == "hour":
        # A blurb about hourly and salaried people says "hourly" beside 120,000 a year.
        return replace(one, period="year")
    return replace(one, period=stated or likely)


def _stated_period(sentence: str) -> SalaryPeriod | None:
    words = re.search(
        r"(?:\b(?:per|an?)\s|/\s?)(hour|hr|day|week|month|year|yr|annum)\b"
        r"|\b(hourly|daily|weekly|monthly|annual|annually|yearly)\b",
        sentence,
        re.IGNORECASE,
    )
    return salary_period((words[1] or words[2]).replace("annum", "year")) if words else None


def _of_cents(cents: object) -> Decimal | None:
    if isinstance(cents, bool) or not isinstance(cents, int | float | str):
        return None
    try:
        amount = Decimal(str(cents)[:30])
    except InvalidOperation:
        return None
    return amount / 100 if amount.is_finite() and 0 < amount < Decimal(10) ** 12 else None


def _pay_of_content(content: object) -> list[PayRange | None]:
    """Read the pay that stands in the text, which has it as its own element if the employer shows it."""
    raw = text_of(content)[:MAX_DESCRIPTION_CHARS]
    if "pay-range" not in raw:
        return []
    if raw.count("&lt;") > raw.count("<"):
        raw = html_entities.unescape(raw)
    page = parse_page(raw)
    return _pay_of_elements(page) if page is not None else []


def _pay_of_elements(page: LexborHTMLParser) -> list[PayRange | None]:
    ranges: list[PayRange | None] = []
    for node in page.css(".pay-range")[:20]:
        shown = re.sub(r"&\w{1,8};", " ", " ".join(node_text(node).split()))
        pay = pay_in_text(shown)
        around = node.parent
        title = around.css_first(".title") if around is not None else None
        label = short(node_text(title)) if title is not None else None
        for one in pay.ranges if pay is not None else ():
            known = one.currency or ("USD" if "$" in shown and not re.search(r"[A-Z]\$", shown) else None)
            named = replace(one, currency=known, label=label)
            ranges.append(_with_period(named, label or "", shown))
    return ranges


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    job = _job_of_state(json_after(payload.html or "", "window.__remixContext"))
    if job is not None and (not payload.posting_id or _is_state_of(job, payload.posting_id)):
        _take_job(job, found, "embedded state")
    for selector in (".job__title h1", "h1.app-title"):
        heading = page.css_first(selector)
        if heading is not None:
            found.line("title", node_text(heading), "dom")
            place = page.css_first(".job__location") or page.css_first("#header .location")
            found.locations([node_text(place)] if place is not None else [], "dom")
            company = page.css_first("#header .company-name")
            shown = node_text(company) if company is not None else ""
            found.line("company", re.sub(r"^(?:at|bei|chez)\s+", "", shown), "dom")
    body = page.css_first(".job__description") or page.css_first("#app_body #content")
    if body is not None:
        found.description(body.inner_html or "", "dom")
    found.pay(_pay_of_elements(page), "dom")
    address = _BOARD_ADDRESS.search(payload.url)
    token = payload.organisation or (address[1] if address else None)
    if token and token.lower() not in _NO_TOKENS:
        found.short_name(token)


def _job_of_state(state: object) -> object:
    """Return the job of any route: routes are the file names of the maker, and change."""
    routes = get(state, "state", "loaderData")
    for route in list(routes.values())[:50] if isinstance(routes, dict) else []:
        job = get(route, "jobPost")
        if isinstance(job, dict) and short(job.get("title")):
            return job
    return None


def _is_state_of(job: object, number: str) -> bool:
    address = text_of(get(job, "public_url"))
    stated = short(get(job, "id"))
    return stated in {None, number} or number in address


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api":
        return _judge_api(answer, match)
    if re.search(r"greenhouse\.io/[^?#]{0,200}[?&]error=true\b", answer.final_url):
        return Verdict("closed", "redirected_to_board_with_error")
    if moved := redirected_off(answer, match):
        return moved
    # A dead gh_jid answers 200 with the list of all jobs, in a page that never names this one.
    number = match.posting_id if 200 <= answer.status < 400 else None
    if number and number not in answer.text and "JobPosting" not in answer.text:
        return Verdict("nothing", "page_without_the_posting")
    return None


def _judge_api(answer: Answer, match: Match) -> Verdict | None:
    body = json_of(answer)
    if answer.status in {400, 404, 410}:
        is_sure = match.api_url is not None and match.confidence >= _BOARD_PROOF
        if is_sure and _JOB_IS_GONE.search(_error(body)):
            return Verdict("closed", "api_job_not_found")
        return Verdict("nothing", "not_on_this_board")
    if 200 <= answer.status < 300 and match.posting_id and not _same_job(body, match.posting_id):
        return Verdict("nothing", "another_job")
    return None


GREENHOUSE: Final = Platform(
    name="greenhouse",
    one_numbering=True,
    hosts=("greenhouse.io",),
    parameters=("gh_jid",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("greenhouse",),
)
