"""Indeed: read only from what a person captured; it forbids automated reading and checks for robots.

A posting is known by its key of 16 hexadecimal digits. The page keeps its data in `window._initialData` (the
same model that `/viewjob?spa=1` answers), a search in `mosaic.providerData`; the names in them are those that
many public readers use, and were not verified on a live page. Pay that Indeed guesses is marked as estimated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.page_state import json_after, objects_with
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
from apptrack_pipeline.postings.platform import Platform, Reference, WebAddress

_KEY = re.compile(r"[0-9a-f]{16}", re.ASCII)
_KEY_AT_END = re.compile(r"(?:.{0,300}-)?([0-9a-f]{16})", re.ASCII)
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
    "pl",
    "pt",
    "se",
] + ["com.au", "com.br", "com.mx", "com.sg", "co.za", "co.nz", "jp", "dk", "fi", "no", "cz", "lu", "hk"]
# These hosts only serve one of the countries' sites.
_SERVING: Final = frozenset({"m", "apply", "smartapply", "www", "secure", "cts", "click", "engage"})
_OF_A_JOB = re.compile(
    r"/(?:m/)?(?:basecamp/)?(?:viewjob|rc/clk(?:/dl)?|pagead/clk(?:/dl)?|applystart|job|vjs|indeedapply/\w+|beta/\w+)"
    r"(?:/.*)?",
    re.ASCII,
)
_IN_PATH = re.compile(r"/(?:job|jobs|viewjob|cmp/[^/]+/jobs|company/[^/]+/jobs)/([^/]+)/?")

_TITLE: Final = (
    "[data-testid=jobsearch-JobInfoHeader-title]",
    ".jobsearch-JobInfoHeader-title",
    "[data-testid=simpler-jobTitle]",
)
_COMPANY: Final = (
    "[data-testid=inlineHeader-companyName] a",
    "[data-testid=inlineHeader-companyName]",
    "[data-company-name=true]",
    ".jobsearch-JobInfoHeader-companyName",
    ".jobsearch-InlineCompanyRating a",
    "[data-testid=company-name]",
)
_PLACE: Final = (
    "[data-testid=inlineHeader-companyLocation]",
    "[data-testid=jobsearch-JobInfoHeader-companyLocation]",
    "[data-testid=job-location]",
    ".jobsearch-JobInfoHeader-companyLocation",
)
_PAY: Final = (
    "#salaryInfoAndJobType > span, #salaryInfoAndJobType, [data-testid=attribute_snippet_testid], "
    "[data-testid=salary-snippet], .salary-snippet-container, .salary-snippet"
)
_POST: Final = re.compile(r"\s*-\s*job post$", re.IGNORECASE)
_IS_PAY = re.compile(
    r"\d.{0,60}\b(?:year|hour|month|week|day|annum|jahr|monat|stunde|an|mois|heure)\b", re.IGNORECASE
)
_EXPIRED = re.compile(r"isJobExpired\\{0,3}\"\s{0,5}:\s{0,5}(true|false)", re.IGNORECASE)
_MAX_CHARS: Final = 4_000_000
_MAX_NODES: Final = 20
_ESTIMATED: Final = 0.3


def _read_address(address: WebAddress) -> Reference | None:
    query, path = address.query, address.path
    in_path = _IN_PATH.fullmatch(path)
    found = _KEY_AT_END.fullmatch(in_path[1].lower()) if in_path is not None else None
    if found is not None:
        key = found[1]
    else:
        # A search names the posting that it shows as vjk; jk may be the one that it came from.
        if path.lower().startswith("/cmp/"):
            return None  # an employer's page: its `jk` is the posting that one came from
        names = ("jk", "vjk") if _OF_A_JOB.fullmatch(path) else ("vjk", "jk")
        key = next((query[name].lower() for name in names if name in query), "")
    if not _KEY.fullmatch(key):
        return None
    label, _, rest = address.host.partition(".")
    host = rest if label in _SERVING and "." in rest else address.host
    # The countries' hosts stay apart: whether a key is one job in all of them is not known.
    return Reference(None, key, f"https://{host}/viewjob?jk={key}", reason="Indeed's key of a job")


def _read_answer(payload: Payload, found: Fields) -> None:
    """Read the model of the page, or a job of its GraphQL API."""
    answer = payload.answer
    model = get(answer, "body") or answer
    if get(model, "jobInfoWrapperModel") is not None:
        _take_model(model, found, "api")
        return
    job = get(answer, "job") or answer
    if get(job, "title") is not None:
        _take_job(job, found, "api")


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    html = payload.html or ""
    model = json_after(html, "_initialData")
    if _is_of(model, payload):
        if get(model, "jobInfoWrapperModel") is not None:
            _take_model(model, found, "embedded state")
        _judge_by_flags(html, found)
    if payload.posting_id and payload.posting_id in html:
        cards = json_after(html, 'mosaic.providerData["mosaic-provider-jobcards"]')
        for card in objects_with(cards, "jobkey"):
            if card.get("jobkey") == payload.posting_id:
                _take_card(card, found)
                break
    title = next((node for one in _TITLE if (node := page.css_first(one)) is not None), None)
    if title is not None:
        found.line("title", _POST.sub("", " ".join(node_text(title).split())), "dom")
    for name, selectors in (("company", _COMPANY), ("locations", _PLACE)):
        node = next((one for selector in selectors if (one := page.css_first(selector)) is not None), None)
        shown = short(node_text(node)) if node is not None else None
        if shown and name == "company":
            found.line("company", shown, "dom")
        elif shown:
            found.locations([shown], "dom")
    for node in page.css(_PAY)[:_MAX_NODES]:
        for part in node_text(node)[:300].split("\n"):
            _take_line(part, found)
    body = page.css_first("#jobDescriptionText")
    if body is not None:
        found.description(body.inner_html, "dom")


def _is_of(model: object, payload: Payload) -> bool:
    key = short(get(model, "jobKey"))
    return not key or not payload.posting_id or key.lower() == payload.posting_id


def _judge_by_flags(html: str, found: Fields) -> None:
    """Believe the page's flags where they agree; its scripts hold the words of the banner on every page."""
    flags = {flag.lower() for flag in _EXPIRED.findall(html[:_MAX_CHARS])}
    if flags == {"true"}:
        found.closed("expired")
    elif flags == {"false"}:
        found.listed()


def _take_line(text: str, found: Fields) -> None:
    """Read `$50,000 - $60,000 a year` or `- Full-time`."""
    shown = " ".join(text.split()).strip("- ")
    if not shown or len(shown) > 100:
        return
    if _IS_PAY.search(shown):
        _take_pay_text(shown, None, found, "dom")
    elif len(shown.split()) <= 3:
        found.employment_type(shown, "dom")


def _take_pay_text(text: str, currency: object, found: Fields, source: Source) -> None:
    estimated = re.search(r"\bestimated?\b|geschätzt|estimé", text, re.IGNORECASE) is not None
    pay = pay_in_text(text, currency=currency)
    ranges = pay.ranges if pay is not None else ()
    if not estimated:
        found.pay(ranges, source, text=text)
        return
    for one in ranges:
        guessed = pay_range(one.minimum, one.maximum, one.currency, one.period, estimated=True)
        found.pay([guessed], source, _ESTIMATED)


def _take_model(model: object, found: Fields, source: Source) -> None:
    info = get(model, "jobInfoWrapperModel", "jobInfoModel")
    header = get(info, "jobInfoHeaderModel")
    found.line("title", get(header, "jobTitle") or get(model, "jobTitle"), source)
    found.line("company", get(header, "companyName") or get(model, "companyName"), source)
    place = get(header, "formattedLocation") or get(model, "jobLocation") or get(header, "location")
    found.locations([place], source)
    _take_remote(get(header, "remoteWorkModel") or get(model, "remoteWorkModel"), found, source)
    text = get(info, "sanitizedJobDescription")
    found.description(get(text, "content") if isinstance(text, dict) else text, source)
    details = get(info, "jobDescriptionSectionModel", "jobDetailsSection")
    kinds = get(header, "jobTypes") or get(details, "jobTypes") or get(details, "contents", "Job Type")
    for kind in as_list(kinds)[:_MAX_NODES]:
        found.employment_type(get(kind, "label") or kind, source)
    found.employment_type(get(info, "jobMetadataHeaderModel", "jobType"), source)
    _take_model_pay(model, found, source)
    found.language(get(model, "jobLanguage") or get(model, "language"), source)
    for age in (get(model, "hiringInsightsModel", "age"), get(info, "jobMetadataFooterModel", "age")):
        found.posted(age, source, 0.6)
    results = get(model, "hostQueryExecutionResult", "data", "jobData", "results")
    job = get(results, 0, "job")
    if job is not None:
        _take_job(job, found, source)
    if get(header, "expired") is True or get(model, "expired") is True:
        found.closed("expired")


def _take_model_pay(model: object, found: Fields, source: Source) -> None:
    for pay in (
        get(model, "salaryInfoModel"),
        get(model, "jobInfoWrapperModel", "jobInfoModel", "salaryInfoModel"),
    ):
        stated = pay_range(*(get(pay, f"salary{name}") for name in ("Min", "Max", "Currency", "Type")))
        text = short(get(pay, "salaryText")) or short(get(pay, "formattedRange"))
        if stated is not None:
            found.pay([stated], source, text=text)
        elif text:
            _take_pay_text(text, get(pay, "salaryCurrency"), found, source)
    guess = get(model, "salaryGuideModel", "estimatedSalaryModel")
    currency = get(guess, "currency") or get(guess, "currencyCode")
    stated = pay_range(get(guess, "min"), get(guess, "max"), currency, get(guess, "type"), estimated=True)
    found.pay([stated], source, _ESTIMATED)


def _take_job(job: object, found: Fields, source: Source) -> None:
    """Read a job of Indeed's GraphQL, whose dates are milliseconds."""
    found.line("title", get(job, "title"), source)
    found.line("company", get(job, "sourceEmployerName") or get(job, "employer", "name"), source)
    place = get(job, "location")
    formatted = get(place, "formatted", "long") or get(place, "formatted", "short")
    parts = [short(get(place, name)) for name in ("city", "admin1Code", "countryCode")]
    found.locations([formatted or ", ".join(filter(None, parts))], source)
    found.description(get(job, "description", "html") or get(job, "description", "text"), source)
    for name in ("jobTypes", "attributes"):
        for kind in as_list(get(job, name))[:_MAX_NODES]:
            label = short(get(kind, "label")) or ""
            if len(label.split()) <= 3:
                found.employment_type(label, source, 0.85)
                found.location_type(label, source, 0.85)
    pay = get(job, "compensation")
    base, currency = get(pay, "baseSalary"), get(pay, "currencyCode")
    period = get(base, "unitOfWork")
    found.pay([pay_range(get(base, "range", "min"), get(base, "range", "max"), currency, period)], source)
    guess = get(pay, "estimated", "baseSalary")
    guessed = pay_range(
        get(guess, "range", "min"),
        get(guess, "range", "max"),
        get(pay, "estimated", "currencyCode") or currency,
        get(guess, "unitOfWork"),
        estimated=True,
    )
    found.pay([guessed], source, _ESTIMATED)
    found.posted(_of_ms(get(job, "datePublished")) or _of_ms(get(job, "dateOnIndeed")), source)
    found.language(get(job, "language"), source)
    if get(job, "expired") is True:
        found.closed("expired")


def _take_card(card: object, found: Fields) -> None:
    source: Source = "embedded state"
    found.line("title", get(card, "title") or get(card, "displayTitle"), source)
    found.line("company", get(card, "company"), source)
    found.locations([get(card, "formattedLocation")], source)
    _take_remote(get(card, "remoteWorkModel"), found, source)
    found.employment_type(get(card, "jobTypes"), source)
    snippet, extracted = get(card, "salarySnippet"), get(card, "extractedSalary")
    currency = get(snippet, "currency")
    stated = pay_range(get(extracted, "min"), get(extracted, "max"), currency, get(extracted, "type"))
    guess = get(card, "estimatedSalary")
    found.pay([stated], source, text=short(get(snippet, "text")))
    guessed = pay_range(get(guess, "min"), get(guess, "max"), currency, get(guess, "type"), estimated=True)
    found.pay([guessed], source, _ESTIMATED)
    found.posted(_of_ms(get(card, "pubDate")), source)
    if get(card, "expired") is True:
        found.closed("expired")


def _take_remote(model: object, found: Fields, source: Source) -> None:
    for name in ("type", "text"):
        found.location_type(get(model, name), source)


def _of_ms(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**14:
        return None
    return datetime.fromtimestamp(value / 1000, UTC)


def _hosts(domains: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"indeed.{domain}" for domain in domains)


INDEED: Final = Platform(
    name="indeed",
    one_numbering=True,
    hosts=_hosts(_DOMAINS),
    read_address=_read_address,
    read_answer=_read_answer,
    read_page=_read_page,
    board_names=("indeed",),
)
