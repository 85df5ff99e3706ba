"""One posting out of what is known of it: what each field says, where it was read and how sure that is.

Pages and answers are untrusted data. Nothing here raises on them, follows them or takes longer than seconds.
What only one platform does is in `platforms/`; here is the order in which the sources are asked. A page is
parsed once, and what costs much (embedded state, main text) is looked at only where the fields are missing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.any_json import take_job
from apptrack_pipeline.postings.closed import closed_reason_of_lines, closed_reason_of_page, is_past
from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.embedded import states_in_page
from apptrack_pipeline.postings.employers import BOARDS, is_board
from apptrack_pipeline.postings.fields import MAX_DESCRIPTION_CHARS, MIN_DESCRIPTION_CHARS, Fields
from apptrack_pipeline.postings.head import (
    Head,
    read_head,
    take_page_title,
    take_page_words,
    take_posting_metas,
    without_company,
)
from apptrack_pipeline.postings.jsonld import LinkedData, linked_data, read_job_postings
from apptrack_pipeline.postings.languages import language_of
from apptrack_pipeline.postings.main_text import FULL_DESCRIPTION_CHARS, take_description
from apptrack_pipeline.postings.markup import node_text, parse_page, tidy_text
from apptrack_pipeline.postings.microdata import postings_in_markup
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.pay import pay_in_description
from apptrack_pipeline.postings.places import country_of
from apptrack_pipeline.postings.platform import Platform
from apptrack_pipeline.postings.platforms import PLATFORMS
from apptrack_pipeline.postings.requirements import requirements_of
from apptrack_pipeline.postings.structured import choose_postings, folded, organisation, take_posting

PARSER_VERSION: Final = "posting-4"
"""Changes whenever the same page would be read differently."""

_TOP_LINES: Final = 60
"""How many lines of a page are read for banners and labels: they stand above the text."""

_UNKNOWN_API: Final = 0.6
_UNKNOWN_STATE: Final = 0.55
_NO_BOARD: Final = BOARDS | {name.lower() for platform in PLATFORMS for name in platform.board_names}
_EMPTY_HEAD: Final = Head("", {}, (), None)
_DATA: Final = frozenset({"api", "json-ld", "microdata", "embedded state"})


def parse(platform: str | None, payload: Payload, *, now: datetime) -> Posting:
    """Return what is known of a posting; `now` must be aware and decides what is past.

    `platform` is the name that `detect` gives; None: an unknown site. Never raises on what the payload holds.
    """
    known = platform_named(platform) if platform else None
    page = parse_page(payload.html) if payload.html else None
    # A page that is refused (too deep, too many attributes) was sent all the same: it is no missing page.
    has_page = bool(
        payload.html or payload.json_ld or payload.selected_text or payload.answer or payload.answer_text
    )
    found = Fields(now)
    head = read_head(page) if page is not None else _EMPTY_HEAD
    if page is not None and not payload.url:
        payload = replace(payload, url=_own_address(page, head))
    _take_answer(found, known, payload)
    linked = linked_data(page, payload.html or "") if page is not None else LinkedData()
    linked.postings += read_job_postings(payload.json_ld)
    is_sure = _take_linked(found, linked, payload, head)
    found.line("company", payload.company_name, "user")
    found.line("title", payload.job_title, "user")
    if page is not None:
        _take_page(found, page, known, payload, head)
    if payload.page_title:
        take_page_title(found, payload.page_title, boards=_NO_BOARD)
    if payload.selected_text:
        selected = tidy_text(payload.selected_text[:MAX_DESCRIPTION_CHARS])
        found.offer("description_text", selected, "user", 0.7)
        if not has_page and (reason := closed_reason_of_lines(selected.split("\n")[:10])):
            found.closed(reason)
    _finish(found)
    completeness, review = _completeness(found, has_page=has_page, several=not is_sure)
    return _posting(found, completeness, review)


def _own_address(page: LexborHTMLParser, head: Head) -> str:
    """Return the address that a saved page says is its own."""
    link = page.css_first("link[rel=canonical]")
    stated = (link.attributes.get("href") if link is not None else None) or head.metas.get("og:url") or ""
    return stated[:2_000] if stated.startswith(("https://", "http://")) else ""


def parse_captured(page: Payload, *, now: datetime) -> Posting:
    """Return what a captured page says about its posting, read by the rules of the platform it is of."""
    match = detect(page.url, page.html)
    if match is None:
        return parse(None, page, now=now)
    named = replace(page, organisation=match.organisation, posting_id=match.posting_id)
    return parse(match.platform, named, now=now)


def _take_answer(found: Fields, known: Platform | None, payload: Payload) -> None:
    if not payload.answer and not payload.answer_text:
        return
    if known is not None and known.read_answer is not None:
        known.read_answer(payload, found)
        # A form of the answer that its platform's module does not know. Where an id was asked for and is not
        # in the answer, what is in it is another posting.
        is_read = "title" in found.values or found.closed_reason is not None or found.is_open is not None
        if is_read or payload.posting_id:
            return
    if payload.answer:
        for node in read_job_postings(payload.answer)[:1]:
            take_posting(found, node, "api")
        take_job(found, payload.answer, "api", _UNKNOWN_API, posting_id=payload.posting_id)


def _take_linked(found: Fields, linked: LinkedData, payload: Payload, head: Head) -> bool:
    """Offer the page's posting in JSON-LD; tell whether it is sure which of several that is."""
    chosen, is_sure = choose_postings(
        linked.postings, payload, headings=head.headings, window_title=head.window_title
    )
    company = next(
        (
            one
            for one in linked.organisations
            if (name := organisation(one)) and not is_board(name, _NO_BOARD)
        ),
        None,
    )
    for node in chosen[:3]:
        take_posting(found, node, "json-ld", sure=is_sure, page_company=company)
    return is_sure


def _take_page(
    found: Fields, page: LexborHTMLParser, known: Platform | None, payload: Payload, head: Head
) -> None:
    body = page.body
    top = node_text(body, max_lines=_TOP_LINES) if body is not None else ""
    if not _has_text(found):
        nodes, is_sure = choose_postings(
            postings_in_markup(page), payload, headings=head.headings, window_title=head.window_title
        )
        for node in nodes[:1]:
            take_posting(found, node, "microdata", sure=is_sure)
    if known is not None and known.read_page is not None:
        known.read_page(page, payload, found)
    own_banners = known is not None and known.own_banners
    if not own_banners and (reason := closed_reason_of_page(page, top)):
        found.closed(reason)
    take_posting_metas(found, head)
    # A platform's own reader knows its state, and which of the postings in it is another one.
    if not _has_text(found) and (known is None or known.read_page is None):
        shown = [*head.headings, head.window_title, payload.page_title or "", payload.job_title or ""]
        titles = frozenset(map(folded, shown)) - {""}
        for state in states_in_page(page, payload.html or ""):
            take_job(
                found, state, "embedded state", _UNKNOWN_STATE, posting_id=payload.posting_id, titles=titles
            )
    take_page_words(found, page, head, top, payload.url, _NO_BOARD)
    if "description_text" not in found.values:
        take_description(found, page, top)


def _has_text(found: Fields) -> bool:
    return "title" in found.values and "description_text" in found.values


def _finish(found: Fields) -> None:
    """Put right what only the whole of the fields shows."""
    title = found.text("title")
    if title:
        found.values["title"] = without_company(title, found.text("company"))
    description = found.text("description_html") or found.text("description_text")
    if description:
        source = found.sources["description_text"]
        found.offer("requirements", requirements_of(description), source.source, source.confidence * 0.9)
        language = found.sources.get("language")
        if language is None or language.source == "meta":
            # A site says `en` of its frame, whatever its postings are written in.
            found.offer("language", language_of(found.text("description_text") or ""), "text", 0.65)
    _take_pay_of_description(found)


def _take_pay_of_description(found: Fields) -> None:
    """Offer the pay that only the description states: Workday has no field for it, and laws ask for it."""
    text = found.text("description_text")
    if text is None or "salary_ranges" in found.values:
        return
    places = found.values.get("locations")
    countries = {country_of(place) for place in places} if isinstance(places, tuple) else set()
    country = countries.pop() if len(countries) == 1 else None
    stated = pay_in_description(text, country=country, language=found.text("language"))
    if stated is not None:
        found.pay(stated.ranges, "text", text=stated.text)


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
    review = "several_postings" if several else None
    if length < MIN_DESCRIPTION_CHARS:
        if not has_page and title:
            return Completeness.TITLE_ONLY, None
        if title and found.sources["title"].source in _DATA:
            return Completeness.TITLE_ONLY, review or "no_description"
        return Completeness.BLANK, "blank_page" if has_page else "nothing_captured"
    if title and company and length >= FULL_DESCRIPTION_CHARS:
        return Completeness.FULL, review
    return Completeness.PARTIAL, review or (None if title else "no_title")
