"""One posting out of one captured page: what each field says, where it was read and how sure that is.

The page is untrusted data. Nothing here raises on it, follows it or takes longer than seconds. What only one
platform does belongs elsewhere; here is what schema.org, Open Graph and plain HTML pages share.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.scraping.closed import closed_reason_of_lines, closed_reason_of_page, is_past
from apptrack_pipeline.scraping.jsonld import postings_in_page, read_job_postings
from apptrack_pipeline.scraping.markup import (
    clean_html,
    looks_like_html,
    node_text,
    parse_page,
    plain_text,
    storable,
    tidy_text,
)
from apptrack_pipeline.scraping.pay import Pay, read_pay
from apptrack_pipeline.scraping.vocabulary import (
    EmploymentType,
    LocationType,
    SalaryPeriod,
    employment_type,
    location_type,
)

PARSER_VERSION: Final = "page-1"
"""Changes whenever the same page would be read differently."""

MIN_DESCRIPTION_CHARS: Final = 80
"""Below this a page holds no posting text: shells, walls and error pages stay under it."""

FULL_DESCRIPTION_CHARS: Final = 400
"""From here on a description is long enough to compare a resume with."""

_MAX_SHORT_CHARS: Final = 300
_MAX_DESCRIPTION_CHARS: Final = 200_000
# What trafilatura is given. Unbounded, 155 kB of blocks 200 deep took it 18 s (measured 2026-11).
_MAX_MAIN_TEXT_CHARS: Final = 400_000
_MAX_MAIN_TEXT_TAGS: Final = 3_000
_DEEPER_THAN_MAIN_TEXT: Final = " > ".join("*" * 64)
_MAX_WALL_CHARS: Final = 1_500
_MAX_LOCATIONS: Final = 50
_EARLIEST: Final = date(1995, 1, 1)

Source = Literal["json-ld", "meta", "text", "dom", "user"]


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """What one capture brought: the address, and whatever of the page the browser could send."""

    url: str
    html: str | None = None
    json_ld: list[object] | dict[str, object] | str | None = None
    selected_text: str | None = None
    page_title: str | None = None
    company_name: str | None = None
    job_title: str | None = None


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a field was read, and how sure that is: 0 (a guess) to 1 (the maker of the page says so)."""

    source: Source
    confidence: float


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting as one captured page shows it; pay is in `salary_currency` per `salary_period`."""

    title: str | None = None
    company: str | None = None
    locations: tuple[str, ...] = ()
    location_type: LocationType | None = None
    employment_type: EmploymentType | None = None
    salary_min: Decimal | None = None
    salary_max: Decimal | None = None
    salary_currency: str | None = None
    salary_period: SalaryPeriod | None = None
    salary_text: str | None = None
    description_text: str | None = None
    description_html: str | None = None
    posted_at: date | None = None
    closes_at: date | None = None
    requisition_id: str | None = None
    language: str | None = None
    is_open: bool | None = None
    closed_reason: str | None = None
    completeness: Completeness = Completeness.BLANK
    fields: Mapping[str, FieldSource] = field(default_factory=lambda: MappingProxyType({}))
    review_reason: str | None = None


_JSON_LD: Final = FieldSource("json-ld", 0.95)
_USER: Final = FieldSource("user", 0.9)
_META: Final = FieldSource("meta", 0.6)
_DOM: Final = FieldSource("dom", 0.7)
_TEXT: Final = FieldSource("text", 0.5)
_SITE_NAME: Final = FieldSource("meta", 0.4)

_BOARDS: Final = frozenset(
    ["adzuna", "ashby", "bamboohr", "breezy", "dice", "glassdoor", "google", "greenhouse", "icims"]
    + ["indeed", "jazzhr", "jobvite", "lever", "linkedin", "monster", "myworkday", "personio"]
    + ["recruitee", "reed", "seek", "smartrecruiters", "stepstone", "taleo", "teamtailor"]
    + ["totaljobs", "workable", "workday", "xing", "ziprecruiter", "careers", "jobs"]
)
_TITLE_BAR = re.compile(r"\s+[|·»]\s+")
_TITLE_DASH = re.compile(r"\s+[-\u2013\u2014]\s+")
_TITLE_AT_COMPANY = re.compile(r"^(?P<title>.{3,150}?)\s+(?:at|@|bei|chez)\s+(?P<company>[^|]{2,80})$")
_HIRING = re.compile(r"^(?P<company>.{2,80}?) hiring (?P<title>.{3,150}?)(?: in (?P<place>.{2,80}))?$")
_WALL = re.compile(
    r"enable javascript|javascript is (?:required|disabled|not enabled)|turn on javascript"
    r"|requires javascript"
    r"|(?:sign|log) ?in to (?:view|see|continue|access)|please (?:sign|log) ?in\b|just a moment"
    r"|checking your browser|verify (?:that )?you are (?:a )?human|are you a robot|unusual traffic|captcha"
    r"|access denied|enable cookies|we value your privacy|accept (?:all )?cookies|we use cookies",
    re.IGNORECASE,
)
_POSTING_WORDS = re.compile(
    r"responsibilit|requirement|qualification|experience|you will|you'll|we are looking|we're looking"
    r"|what you|skills|aufgaben|anforderungen|profil|missions|salary|full[- ]time",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_MISSING: Final = frozenset(
    {"", "unavailable", "n/a", "na", "none", "null", "undefined", "-", "not specified"}
)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CHROME_TAGS: Final = frozenset({"nav", "footer", "aside", "dialog"})
_MAIN_SELECTORS: Final = (
    "[itemprop=description]",
    "[data-automation-id=jobPostingDescription], #jobDescriptionText, .job-description, .jobDescription, "
    "#job-description, .job__description, .posting-description, .description__text",
    "main, [role=main]",
    "article",
)


class _Fields:
    """Collects fields by order of arrival: the first value of a field stays."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.sources: dict[str, FieldSource] = {}

    def offer(self, name: str, value: object, source: FieldSource) -> None:
        if value is not None and value not in ("", ()) and name not in self.values:
            self.values[name] = value
            self.sources[name] = source

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None


def parse_captured_page(page: CapturedPage, *, now: datetime) -> Posting:
    """Return what a captured page says about its posting; `now` must be aware and decides what is past.

    Order of sources for each field: JSON-LD of the page, JSON-LD that the capture brought, the person who
    captured, meta tags, the page's own text. Never raises on what the page holds.
    """
    moment = now.astimezone(UTC)
    parsed = parse_page(page.html) if page.html else None
    # A page that is refused (too deep, too many attributes) was sent all the same: it is no missing page.
    has_page = bool(page.html or page.json_ld or page.selected_text)
    page_text = node_text(parsed.body) if parsed is not None and parsed.body is not None else ""
    found = _Fields()
    valid_through: datetime | date | None = None

    candidates = (postings_in_page(parsed) if parsed is not None else []) + read_job_postings(page.json_ld)
    chosen = _choose(candidates, page, parsed)
    if chosen is not None:
        valid_through = _take_json_ld(found, chosen, moment)
    found.offer("company", _short(page.company_name), _USER)
    found.offer("title", _short(page.job_title), _USER)
    reason = closed_reason_of_page(parsed, page_text) if parsed is not None else None
    if parsed is not None:
        _take_meta(found, parsed)
        _take_description(found, parsed, page_text)
    if page.page_title:
        _take_page_title(found, page.page_title)
    if page.selected_text:
        selected = tidy_text(page.selected_text[:_MAX_DESCRIPTION_CHARS])
        found.offer("description_text", selected, FieldSource("user", 0.7))
        reason = reason or (closed_reason_of_lines(selected.split("\n")[:10]) if not has_page else None)
    if reason is None and is_past(valid_through, moment):
        reason = "valid_through_past"

    several = chosen is None and len(candidates) > 1
    completeness, review = _completeness(found, has_page=has_page, several=several)
    return _posting(found, completeness, review, reason, valid_through=valid_through)


def _posting(
    found: _Fields,
    completeness: Completeness,
    review: str | None,
    closed_reason: str | None,
    *,
    valid_through: datetime | date | None,
) -> Posting:
    is_open: bool | None = None
    if closed_reason is not None:
        is_open = False
    elif valid_through is not None and completeness in {Completeness.FULL, Completeness.PARTIAL}:
        is_open = True
    return Posting(
        **found.values,  # type: ignore[arg-type]
        is_open=is_open,
        closed_reason=closed_reason,
        completeness=completeness,
        fields=MappingProxyType(found.sources),
        review_reason=review,
    )


def _completeness(found: _Fields, *, has_page: bool, several: bool) -> tuple[Completeness, str | None]:
    length = len(found.text("description_text") or "")
    title, company = found.text("title"), found.text("company")
    if length < MIN_DESCRIPTION_CHARS:
        if not has_page and title:
            return Completeness.TITLE_ONLY, None
        return Completeness.BLANK, "blank_page" if has_page else "nothing_captured"
    review = "several_postings" if several else None
    if title and company and length >= FULL_DESCRIPTION_CHARS:
        return Completeness.FULL, review
    return Completeness.PARTIAL, review or (None if title else "no_title")


def _choose(
    candidates: list[dict[str, object]], page: CapturedPage, parsed: LexborHTMLParser | None
) -> dict[str, object] | None:
    """Return the posting that the page is about: related jobs often come first in the page's JSON-LD."""
    titles = {_folded(_text_of(candidate.get("title"))) for candidate in candidates}
    if len(candidates) < 2 or len(titles) == 1:
        return max(candidates, key=lambda one: len(_text_of(one.get("description"))), default=None)
    heading = ""
    if parsed is not None:
        first = parsed.css_first("h1")
        heading = _folded(node_text(first)) if first is not None else ""
    shown = {_folded(page.job_title or ""), heading} - {""}
    window_title = _folded(page.page_title or _title_tag(parsed))
    best, best_score = None, 0
    for candidate in candidates:
        title = _folded(_text_of(candidate.get("title")))
        number = _identifier(candidate.get("identifier")) or ""
        address = _text_of(candidate.get("url")).split("?")[0].split("#")[0].rstrip("/")
        score = (
            4 * (len(address) > 12 and page.url.split("?")[0].split("#")[0].rstrip("/") == address)
            + 3 * (len(number) >= 4 and number in page.url)
            + 2 * (title in shown)
            + (len(title) > 3 and title in window_title)
        )
        if score > best_score:
            best, best_score = candidate, score
    return best


def _take_json_ld(found: _Fields, node: dict[str, object], now: datetime) -> datetime | date | None:
    found.offer("title", _short(node.get("title") or node.get("name")), _JSON_LD)
    found.offer("company", _organisation(node.get("hiringOrganization")), _JSON_LD)
    text, markup = _description(node)
    if len(text) >= MIN_DESCRIPTION_CHARS:
        found.offer("description_text", text, _JSON_LD)
        found.offer("description_html", markup, _JSON_LD)
    places = _locations(node.get("jobLocation"))
    found.offer("locations", places or _locations(node.get("applicantLocationRequirements")), _JSON_LD)
    kind = _text_of(node.get("jobLocationType"))
    found.offer("location_type", location_type(kind) if kind else None, _JSON_LD)
    found.offer(
        "location_type",
        next((known for known in map(location_type, places) if known), None),
        FieldSource("json-ld", 0.7),
    )
    for stated in _as_list(node.get("employmentType")):
        found.offer("employment_type", employment_type(_text_of(stated)), _JSON_LD)
    pay = read_pay(node.get("baseSalary") or node.get("estimatedSalary"), currency=node.get("salaryCurrency"))
    if pay is not None:
        _take_pay(found, pay)
    posted = _read_date(node.get("datePosted"))
    posted_day = posted.date() if isinstance(posted, datetime) else posted
    # A posting of the day after tomorrow is a clock or a trick that would pin it to the top.
    if posted_day is not None and _EARLIEST <= posted_day <= (now + timedelta(hours=48)).date():
        found.offer("posted_at", posted_day, _JSON_LD)
    closes = _read_date(node.get("validThrough"))
    closes_day = closes.date() if isinstance(closes, datetime) else closes
    if closes_day is None or closes_day < _EARLIEST:
        closes = None
    else:
        found.offer("closes_at", closes_day, _JSON_LD)
    found.offer("requisition_id", _identifier(node.get("identifier")), _JSON_LD)
    found.offer("language", _language(_text_of(node.get("inLanguage"))), _JSON_LD)
    return closes


def _take_pay(found: _Fields, pay: Pay) -> None:
    found.offer("salary_min", pay.minimum, _JSON_LD)
    found.offer("salary_max", pay.maximum, _JSON_LD)
    found.offer("salary_text", pay.text, _JSON_LD)
    if pay.minimum is not None or pay.maximum is not None:
        found.offer("salary_currency", pay.currency, _JSON_LD)
        found.offer("salary_period", pay.period, _JSON_LD)


def _take_meta(found: _Fields, parsed: LexborHTMLParser) -> None:
    metas: dict[str, str] = {}
    for node in parsed.css("meta[content]")[:500]:
        attributes = node.attributes
        name = (
            attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        ).lower()
        metas.setdefault(name, attributes.get("content") or "")
    microdata = parsed.css_first("[itemtype$=JobPosting] [itemprop=title]")
    if microdata is not None:
        found.offer("title", _short(node_text(microdata)), FieldSource("dom", 0.9))
    shared = " ".join((metas.get("og:title", "") + " " + _title_tag(parsed)).split())
    for heading in parsed.css("h1")[:3]:
        title = _short(node_text(heading))
        if title and len(title) > 3 and title.casefold() in shared.casefold():
            found.offer("title", title, _DOM)
    site_name = _short(metas.get("og:site_name"))
    if site_name and not _is_board(site_name):
        found.offer(
            "company", re.sub(r"\s+(?:careers?|jobs?)$", "", site_name, flags=re.IGNORECASE), _SITE_NAME
        )
    for shown in (metas.get("og:title"), _title_tag(parsed)):
        if shown:
            _take_page_title(found, shown)
    headings = parsed.css("h1")
    if len(headings) == 1 and not _WALL.search(node_text(headings[0])):
        found.offer("title", _short(node_text(headings[0])), _TEXT)
    root = parsed.css_first("html")
    for stated in (root.attributes.get("lang") if root is not None else None, metas.get("og:locale")):
        found.offer("language", _language(stated or ""), _META)


def _take_page_title(found: _Fields, shown: str) -> None:
    """Offer the title, and the company where the words name it: `Engineer at Acme | Careers`."""
    parts = [part for part in _TITLE_BAR.split(_short(shown) or "") if part and not _is_board(part)]
    if not parts or _WALL.search(shown):
        return
    dashed = [part for part in _TITLE_DASH.split(parts[0]) if part]
    while len(dashed) > 1 and _is_board(dashed[-1]):
        dashed.pop()
    company = found.text("company")
    if len(dashed) > 1 and company and dashed[-1].casefold() == company.casefold():
        dashed.pop()
    parts[0] = " - ".join(dashed) or parts[0]
    for pattern in (_HIRING, _TITLE_AT_COMPANY):
        named = pattern.match(parts[0])
        if named:
            found.offer("title", named["title"], _META)
            found.offer("company", named["company"], _SITE_NAME)
            return
    found.offer("title", parts[0], _META)


def _take_description(found: _Fields, parsed: LexborHTMLParser, page_text: str) -> None:
    if "description_text" in found.values:
        return
    own, markup = _own_description(parsed)
    text, source = own, _DOM
    if len(text) < MIN_DESCRIPTION_CHARS:
        text, markup, source = _main_text(parsed), None, _TEXT
    if len(text) < MIN_DESCRIPTION_CHARS and parsed.body is not None:
        text = node_text(parsed.body, without=_CHROME_TAGS)
    if _is_wall(text if len(text) >= MIN_DESCRIPTION_CHARS else page_text):
        return
    if len(text) >= MIN_DESCRIPTION_CHARS:
        found.offer("description_text", text[:_MAX_DESCRIPTION_CHARS], source)
        found.offer("description_html", markup, source)


def _own_description(parsed: LexborHTMLParser) -> tuple[str, str | None]:
    """Return text and clean HTML of the element that says it is the posting's description."""
    for selector in _MAIN_SELECTORS[:2]:
        best: LexborNode | None = None
        text = ""
        for node in parsed.css(selector)[:20]:
            candidate = node_text(node)
            if len(candidate) > len(text):
                best, text = node, candidate
        if best is not None and len(text) >= MIN_DESCRIPTION_CHARS:
            markup = (best.inner_html or "")[: 2 * _MAX_DESCRIPTION_CHARS]
            return text[:_MAX_DESCRIPTION_CHARS], clean_html(markup) or None
    return "", None


def _main_text(parsed: LexborHTMLParser) -> str:
    """Return the page's main text: by trafilatura where the page is small enough, else by its elements."""
    for node in parsed.css("script, style"):
        child = node.first_child
        # Only leaves: removing an element frees the elements inside it, which this list may hold as well.
        if child is not None and child.is_text_node and child.next is None:
            node.decompose()
    whole = parsed.html or ""
    text = ""
    if (
        len(whole) <= _MAX_MAIN_TEXT_CHARS
        and whole.count("<") <= 2 * _MAX_MAIN_TEXT_TAGS
        and parsed.css_first(_DEEPER_THAN_MAIN_TEXT) is None
    ):
        try:
            # Loading it takes 0.3 s, and most pages have JSON-LD.
            import trafilatura

            extracted = trafilatura.extract(
                whole, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False
            )
        except Exception:  # a page that it cannot read is still read by the rules below
            extracted = None
        text = tidy_text(extracted or "")
        if len(text) >= FULL_DESCRIPTION_CHARS:
            return text
    for selector in _MAIN_SELECTORS[2:]:
        for node in parsed.css(selector)[:5]:
            candidate = node_text(node, without=_CHROME_TAGS)
            if len(candidate) >= max(len(text), FULL_DESCRIPTION_CHARS):
                return candidate
    return text


def _is_wall(text: str) -> bool:
    """Whether a short text is a wall (log in, cookies, JavaScript, robot check) and not a posting."""
    if len(text) > _MAX_WALL_CHARS or not _WALL.search(text):
        return False
    return len(set(map(str.lower, _POSTING_WORDS.findall(text)))) < 2


def _description(node: dict[str, object]) -> tuple[str, str | None]:
    """Return text and clean HTML of a JobPosting, with the parts that some keep in further fields."""
    texts: list[str] = []
    markups: list[str] = []
    for name in ("description", "responsibilities", "qualifications", "experienceRequirements", "skills"):
        raw = "\n".join(one for one in map(_text_of, _as_list(node.get(name))) if one)[
            :_MAX_DESCRIPTION_CHARS
        ]
        for _ in range(3):  # escaped once by most, twice by CareerPlug
            if looks_like_html(raw) or "&" not in raw:
                break
            raw = html_entities.unescape(raw)
        text = plain_text(raw)
        if not text or any(text in earlier for earlier in texts):
            continue
        texts.append(text)
        if looks_like_html(raw):
            markups.append(clean_html(raw))
        else:
            markups.append(
                "".join(
                    f"<p>{html_entities.escape(line, quote=False)}</p>" for line in text.split("\n") if line
                )
            )
    return "\n\n".join(texts)[:_MAX_DESCRIPTION_CHARS], "\n".join(markups) or None


def _locations(value: object) -> tuple[str, ...]:
    places: dict[str, None] = {}
    for place in _as_list(value)[:_MAX_LOCATIONS]:
        shown = _place(place)
        if shown:
            places.setdefault(shown)
    return tuple(places)


def _place(place: object) -> str | None:
    if isinstance(place, str):
        return _short(place)
    if not isinstance(place, dict):
        return None
    address = place.get("address")
    if isinstance(address, list):
        address = address[0] if address else None
    if isinstance(address, str):
        return _short(address) or _short(place.get("name"))
    if isinstance(address, dict):
        names = ("addressLocality", "addressRegion", "addressCountry")
        parts = [_short(_name_of(address.get(name))) for name in names]
        known = list(dict.fromkeys(part for part in parts if part))
        if known:
            return ", ".join(known)
    return _short(_name_of(place.get("name")))


def _organisation(value: object) -> str | None:
    for one in _as_list(value):
        name = _short(_name_of(one))
        if name:
            return name
    return None


def _identifier(value: object) -> str | None:
    for one in _as_list(value):
        stated = one.get("value", one.get("@id")) if isinstance(one, dict) else one
        if isinstance(stated, bool) or not isinstance(stated, str | int):
            continue
        shown = _short(str(stated)[:_MAX_SHORT_CHARS])
        if shown:
            return shown
    return None


def _name_of(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name")
    return _text_of(value)


def _text_of(value: object) -> str:
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    return value if isinstance(value, str) else ""


def _as_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _short(value: object) -> str | None:
    """Return one line of at most 300 characters without tags and entities, None where it says nothing."""
    if not isinstance(value, str):
        return None
    shown = html_entities.unescape(value[: 4 * _MAX_SHORT_CHARS])
    if looks_like_html(shown):
        shown = plain_text(shown)
    line = " ".join(tidy_text(shown).split())[:_MAX_SHORT_CHARS].strip()
    return None if line.lower() in _MISSING else line


def _read_date(value: object) -> datetime | date | None:
    """Return an ISO 8601 date or time; the time zone stays, a date alone stays a date."""
    shown = _text_of(value).strip()[:40]
    found = _DATE.match(shown)
    if found is None:
        return None
    try:
        if len(shown) > 10:
            return datetime.fromisoformat(shown)
    except ValueError:
        pass
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _language(stated: str) -> str | None:
    found = _LANGUAGE.fullmatch(stated.strip())
    return found[1].lower() if found else None


def _is_board(name: str) -> bool:
    words = re.findall(r"\w+", name.casefold())
    return bool(words) and words[0] in _BOARDS and len(words) <= 3


def _folded(text: str) -> str:
    return " ".join(storable(text).casefold().split())


def _title_tag(parsed: LexborHTMLParser | None) -> str:
    node = parsed.css_first("title") if parsed is not None else None
    return node.text()[:1000] if node is not None else ""
