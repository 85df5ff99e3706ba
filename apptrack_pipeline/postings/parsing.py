"""One posting out of what is known of it: what each field says, where it was read and how sure that is.

Pages and answers are untrusted data. Nothing here raises on them, follows them or takes longer than seconds.
What only one platform does is in `platforms/`; here is what schema.org, Open Graph and plain HTML share.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.closed import closed_reason_of_lines, closed_reason_of_page, is_past
from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.fields import (
    MAX_DESCRIPTION_CHARS,
    MIN_DESCRIPTION_CHARS,
    Fields,
    as_list,
    short,
    text_of,
)
from apptrack_pipeline.postings.jsonld import postings_in_page, read_job_postings
from apptrack_pipeline.postings.markup import clean_html, node_text, parse_page, storable, tidy_text
from apptrack_pipeline.postings.model import Payload, Posting, Source
from apptrack_pipeline.postings.pay import read_pay

PARSER_VERSION: Final = "posting-2"
"""Changes whenever the same page would be read differently."""

FULL_DESCRIPTION_CHARS: Final = 400
"""From here on a description is long enough to compare a resume with."""

# What trafilatura is given. Unbounded, 155 kB of blocks 200 deep took it 18 s (measured 2026-11).
_MAX_MAIN_TEXT_CHARS: Final = 400_000
_MAX_MAIN_TEXT_TAGS: Final = 3_000
_DEEPER_THAN_MAIN_TEXT: Final = " > ".join("*" * 64)
_MAX_WALL_CHARS: Final = 1_500

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

_CHROME_TAGS: Final = frozenset({"nav", "footer", "aside", "dialog"})
_MAIN_SELECTORS: Final = (
    "[itemprop=description]",
    "[data-automation-id=jobPostingDescription], #jobDescriptionText, .job-description, .jobDescription, "
    "#job-description, .job__description, .posting-description, .description__text",
    "main, [role=main]",
    "article",
)


def parse(platform: str | None, payload: Payload, *, now: datetime) -> Posting:
    """Return what is known of a posting; `now` must be aware and decides what is past.

    `platform` is the name that `detect` gives; None: an unknown site. Never raises on what the payload holds.
    """
    known = platform_named(platform) if platform else None
    parsed = parse_page(payload.html) if payload.html else None
    # A page that is refused (too deep, too many attributes) was sent all the same: it is no missing page.
    has_page = bool(
        payload.html or payload.json_ld or payload.selected_text or payload.answer or payload.answer_text
    )
    page_text = node_text(parsed.body) if parsed is not None and parsed.body is not None else ""
    found = Fields(now)

    if known is not None and known.read_answer is not None and (payload.answer or payload.answer_text):
        known.read_answer(payload, found)
    candidates = (postings_in_page(parsed) if parsed is not None else []) + read_job_postings(payload.json_ld)
    chosen = _choose(candidates, payload, parsed)
    if chosen is not None:
        _take_json_ld(found, chosen)
    found.line("company", payload.company_name, "user")
    found.line("title", payload.job_title, "user")
    if parsed is not None:
        if known is not None and known.read_page is not None:
            known.read_page(parsed, payload, found)
        own_banners = known is not None and known.own_banners
        if not own_banners and (reason := closed_reason_of_page(parsed, page_text)):
            found.closed(reason)
        _take_meta(found, parsed)
        _take_description(found, parsed, page_text)
    if payload.page_title:
        _take_page_title(found, payload.page_title)
    if payload.selected_text:
        selected = tidy_text(payload.selected_text[:MAX_DESCRIPTION_CHARS])
        found.offer("description_text", selected, "user", 0.7)
        if not has_page and (reason := closed_reason_of_lines(selected.split("\n")[:10])):
            found.closed(reason)

    several = chosen is None and len(candidates) > 1
    completeness, review = _completeness(found, has_page=has_page, several=several)
    return _posting(found, completeness, review)


def parse_captured(page: Payload, *, now: datetime) -> Posting:
    """Return what a captured page says about its posting, read by the rules of the platform it is of."""
    match = detect(page.url, page.html)
    if match is None:
        return parse(None, page, now=now)
    named = replace(page, organisation=match.organisation, posting_id=match.posting_id)
    return parse(match.platform, named, now=now)


def _posting(found: Fields, completeness: Completeness, review: str | None) -> Posting:
    is_open = found.is_open
    if found.closed_reason is not None:
        is_open = False
    elif (
        found.valid_through is not None
        # A day that has passed is a hint and no more: many systems make it up, or roll it on.
        and not is_past(found.valid_through, found.now)
        and completeness in {Completeness.FULL, Completeness.PARTIAL}
    ):
        is_open = True
    return Posting(
        **found.values,  # type: ignore[arg-type]
        is_open=is_open,
        closed_reason=found.closed_reason,
        completeness=completeness,
        fields=MappingProxyType(found.sources),
        review_reason=review,
    )


def _completeness(found: Fields, *, has_page: bool, several: bool) -> tuple[Completeness, str | None]:
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
    candidates: list[dict[str, object]], page: Payload, parsed: LexborHTMLParser | None
) -> dict[str, object] | None:
    """Return the posting that the page is about: related jobs often come first in the page's JSON-LD."""
    titles = {_folded(text_of(candidate.get("title"))) for candidate in candidates}
    if len(candidates) < 2 or len(titles) == 1:
        return max(candidates, key=lambda one: len(text_of(one.get("description"))), default=None)
    heading = ""
    if parsed is not None:
        first = parsed.css_first("h1")
        heading = _folded(node_text(first)) if first is not None else ""
    shown = {_folded(page.job_title or ""), heading} - {""}
    window_title = _folded(page.page_title or _title_tag(parsed))
    best, best_score = None, 0
    for candidate in candidates:
        title = _folded(text_of(candidate.get("title")))
        number = _identifier(candidate.get("identifier")) or ""
        address = text_of(candidate.get("url")).split("?")[0].split("#")[0].rstrip("/")
        score = (
            4 * (len(address) > 12 and page.url.split("?")[0].split("#")[0].rstrip("/") == address)
            + 3 * (len(number) >= 4 and number in page.url)
            + 2 * (title in shown)
            + (len(title) > 3 and title in window_title)
        )
        if score > best_score:
            best, best_score = candidate, score
    return best


def _take_json_ld(found: Fields, node: dict[str, object]) -> None:
    found.line("title", node.get("title") or node.get("name"), "json-ld")
    found.line("company", _organisation(node.get("hiringOrganization")), "json-ld")
    parts = ("description", "responsibilities", "qualifications", "experienceRequirements", "skills")
    found.description([node.get(name) for name in parts], "json-ld")
    places = _locations(node.get("jobLocation"))
    found.location_type(text_of(node.get("jobLocationType")), "json-ld")
    found.locations(places or _locations(node.get("applicantLocationRequirements")), "json-ld")
    found.employment_type(node.get("employmentType"), "json-ld")
    pay = read_pay(node.get("baseSalary") or node.get("estimatedSalary"), currency=node.get("salaryCurrency"))
    if pay is not None:
        found.pay(pay.ranges, "json-ld", text=pay.text)
    found.posted(node.get("datePosted"), "json-ld")
    found.closes(node.get("validThrough"), "json-ld")
    found.line("requisition_id", _identifier(node.get("identifier")), "json-ld")
    found.language(text_of(node.get("inLanguage")), "json-ld")


def _take_meta(found: Fields, parsed: LexborHTMLParser) -> None:
    metas: dict[str, str] = {}
    for node in parsed.css("meta[content]")[:500]:
        attributes = node.attributes
        name = (
            attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        ).lower()
        metas.setdefault(name, attributes.get("content") or "")
    microdata = parsed.css_first("[itemtype$=JobPosting] [itemprop=title]")
    if microdata is not None:
        found.offer("title", short(node_text(microdata)), "microdata")
    shared = " ".join((metas.get("og:title", "") + " " + _title_tag(parsed)).split())
    for heading in parsed.css("h1")[:3]:
        title = short(node_text(heading))
        if title and len(title) > 3 and title.casefold() in shared.casefold():
            found.offer("title", title, "dom")
    site_name = short(metas.get("og:site_name"))
    if site_name and not _is_board(site_name):
        found.offer(
            "company", re.sub(r"\s+(?:careers?|jobs?)$", "", site_name, flags=re.IGNORECASE), "meta", 0.4
        )
    for shown in (metas.get("og:title"), _title_tag(parsed)):
        if shown:
            _take_page_title(found, shown)
    headings = parsed.css("h1")
    if len(headings) == 1 and not _WALL.search(node_text(headings[0])):
        found.offer("title", short(node_text(headings[0])), "text")
    root = parsed.css_first("html")
    for stated in (root.attributes.get("lang") if root is not None else None, metas.get("og:locale")):
        found.language(stated, "meta")


def _take_page_title(found: Fields, shown: str) -> None:
    """Offer the title, and the company where the words name it: `Engineer at Acme | Careers`."""
    parts = [part for part in _TITLE_BAR.split(short(shown) or "") if part and not _is_board(part)]
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
            found.offer("title", named["title"], "meta")
            found.offer("company", named["company"], "meta", 0.4)
            return
    found.offer("title", parts[0], "meta")


def _take_description(found: Fields, parsed: LexborHTMLParser, page_text: str) -> None:
    if "description_text" in found.values:
        return
    own, markup = _own_description(parsed)
    source: Source = "dom"
    text = own
    if len(text) < MIN_DESCRIPTION_CHARS:
        text, markup, source = _main_text(parsed), None, "text"
    if len(text) < MIN_DESCRIPTION_CHARS and parsed.body is not None:
        text = node_text(parsed.body, without=_CHROME_TAGS)
    if _is_wall(text if len(text) >= MIN_DESCRIPTION_CHARS else page_text):
        return
    if len(text) >= MIN_DESCRIPTION_CHARS:
        found.offer("description_text", text[:MAX_DESCRIPTION_CHARS], source)
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
            markup = (best.inner_html or "")[: 2 * MAX_DESCRIPTION_CHARS]
            return text[:MAX_DESCRIPTION_CHARS], clean_html(markup) or None
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


def _locations(value: object) -> tuple[str, ...]:
    places: dict[str, None] = {}
    for place in as_list(value):
        shown = _place(place)
        if shown:
            places.setdefault(shown)
    return tuple(places)


def _place(place: object) -> str | None:
    if isinstance(place, str):
        return short(place)
    if not isinstance(place, dict):
        return None
    address = place.get("address")
    if isinstance(address, list):
        address = address[0] if address else None
    if isinstance(address, str):
        return short(address) or short(place.get("name"))
    if isinstance(address, dict):
        names = ("addressLocality", "addressRegion", "addressCountry")
        parts = [short(_name_of(address.get(name))) for name in names]
        known = list(dict.fromkeys(part for part in parts if part))
        if known:
            return ", ".join(known)
    return short(_name_of(place.get("name")))


def _organisation(value: object) -> str | None:
    for one in as_list(value):
        name = short(_name_of(one))
        if name:
            return name
    return None


def _identifier(value: object) -> str | None:
    for one in as_list(value):
        stated = one.get("value", one.get("@id")) if isinstance(one, dict) else one
        if isinstance(stated, bool) or not isinstance(stated, str | int):
            continue
        shown = short(str(stated)[:300])
        if shown:
            return shown
    return None


def _name_of(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name")
    return text_of(value)


def _is_board(name: str) -> bool:
    words = re.findall(r"\w+", name.casefold())
    return bool(words) and words[0] in _BOARDS and len(words) <= 3


def _folded(text: str) -> str:
    return " ".join(storable(text).casefold().split())


def _title_tag(parsed: LexborHTMLParser | None) -> str:
    node = parsed.css_first("title") if parsed is not None else None
    return node.text()[:1000] if node is not None else ""
