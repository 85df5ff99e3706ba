"""Recruitee (Tellent): hosted career sites, and the same under domains of employers.

Sources: the documentation of its careers site API, which from 2027-02-10 answers only with a token (401
without): then the page is read. Pages have no JSON-LD: they hold the same offers, entity-encoded, in the
`data-props` of one element. That an offer can be had alone by its short name is not documented, so a 404 of
the API proves nothing and the page's does. A short name is one offer's within its career site only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short, text_of
from apptrack_pipeline.postings.model import Payload, PayRange, Source
from apptrack_pipeline.postings.page_state import json_after
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
from apptrack_pipeline.postings.verdicts import json_of

_OWN_HOSTS: Final = frozenset(
    {"api", "app", "www", "docs", "support", "recruitee", "careers", "jobs", "login"}
)
_SLUG = re.compile(r"[\w.~-]{1,300}")
_SITE = re.compile(r"https?://([\w-]{1,100})\.recruitee\.com/", re.IGNORECASE)
_MARKS: Final = ("recruiteecdn.com", ".recruitee.com/", 'data-component="PublicApp"')
_GONE_STATES: Final = frozenset({"closed", "archived", "internal"})


def _read_address(address: WebAddress) -> Reference | None:
    site = address.host.removesuffix(".recruitee.com")
    if site == address.host or site in _OWN_HOSTS or "." in site:
        return None
    slug = _slug_of(address)
    return _offer(address.host, site, slug, "a career site hosted by Recruitee", 1.0) if slug else None


def _slug_of(address: WebAddress) -> str | None:
    """Return the offer's short name: what follows `o` in the path, or `offers` in the API's."""
    segments = address.segments
    for place, segment in enumerate(segments[:-1]):
        if segment == "o" or (segment == "offers" and segments[:1] == ("api",)):
            slug = segments[place + 1]
            return slug if _SLUG.fullmatch(slug) else None
    return None


def _offer(host: str, site: str | None, slug: str, reason: str, confidence: float) -> Reference:
    name = quote(slug, safe="")
    return Reference(
        site,
        slug,
        f"https://{host}/o/{name}",
        f"https://{host}/api/offers/{name}",
        confidence,
        reason,
    )


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    """Return the offer of a career site under the employer's own domain."""
    slug = _slug_of(address)
    if slug is None or not any(mark in html for mark in _MARKS):
        return None
    named = next((one[1] for one in _SITE.finditer(html) if one[1].lower() not in _OWN_HOSTS), None)
    return _offer(address.host, named, slug, "the page is one of Recruitee's career sites", 0.9)


def _requests(match: Match, url: str) -> Sequence[Request]:
    if match.api_url is None:
        return (Request(url, "page", "text/html"),)
    # Short names differ by language, so the language of the address stays, and the form goes.
    page = match.canonical_url if "/api/" in url else re.sub(r"/c/new/?(?=[?#]|\Z)", "", url)
    return (Request(match.api_url, "api"), Request(page, "page", "text/html"))


def _read_answer(payload: Payload, found: Fields) -> None:
    answer = payload.answer
    offers = get(answer, "offers") if isinstance(get(answer, "offers"), list) else answer
    single = get(answer, "offer")
    if isinstance(single, dict):
        offer: object = single
    else:
        offer = _listed_offer(offers, payload.posting_id) if isinstance(offers, list) else answer
    _take_offer(offer, found, "api")
    site = _SITE.match(text_of(get(offer, "careers_url")))
    found.short_name(site[1] if site else payload.organisation)


def _listed_offer(offers: Sequence[object], wanted: str | None) -> object:
    if not wanted:
        return offers[0] if offers else None
    for offer in offers:
        address = text_of(get(offer, "careers_url")).split("?")[0].rstrip("/")
        slugs = [get(words, "slug") for words in _translations(offer)]
        if wanted in {
            short(get(offer, "id")),
            address.rpartition("/")[2],
            *map(short, [get(offer, "slug"), *slugs]),
        }:
            return offer
    return None


def _translations(offer: object) -> list[object]:
    """Return the offer's words by language, that of the offer first."""
    by_language = get(offer, "translations")
    if not isinstance(by_language, dict):
        return []
    first = text_of(get(offer, "primary_lang_code")) or text_of(get(offer, "primaryLangCode"))
    codes = sorted(by_language, key=lambda code: (code != first, code != "en"))
    return [by_language[code] for code in codes[:20]]


def _take_offer(offer: object, found: Fields, source: Source) -> None:
    words = _translations(offer)

    def stated(*names: str) -> object:
        holders = [offer, *words]
        values = (get(holder, name) for holder in holders for name in names)
        return next((value for value in values if value not in (None, "", [])), None)

    found.line("title", stated("title", "position", "sharingTitle", "sharing_title"), source)
    found.line("company", stated("company_name", "companyName"), source)
    found.locations(_places(offer, stated("city"), stated("country"), stated("location")), source)
    found.location_type(_mode(offer), source)
    found.employment_type(stated("employment_type_code", "employment_type", "employmentType"), source)
    found.requirements(stated("requirements", "requirementsHtml"), source)
    found.description(
        [stated("description", "descriptionHtml"), stated("requirements", "requirementsHtml")], source
    )
    found.pay([_pay(get(offer, "salary"))], source)
    found.posted(stated("published_at", "publishedAt") or stated("created_at", "createdAt"), source)
    found.closes(stated("close_at", "closeAt"), source)
    found.language(stated("primary_lang_code", "primaryLangCode", "lang_code"), source)
    if (short(get(offer, "status")) or "").lower() in _GONE_STATES:
        found.closed("unpublished")
    elif short(stated("title")):
        found.listed()


def _places(offer: object, city: object, country: object, location: object) -> Iterable[str | None]:
    several = [
        place
        if isinstance(place, str)
        else _place(get(place, "city") or get(place, "name"), get(place, "country"))
        for place in as_list(get(offer, "locations"))[:50]
    ]
    return [place for place in several if place] or [short(location) or _place(city, country)]


def _place(city: object, country: object) -> str:
    return ", ".join(dict.fromkeys(part for part in (short(city), short(country)) if part))


def _mode(offer: object) -> str | None:
    for word, names in (
        ("hybrid", ("hybrid",)),
        ("remote", ("remote",)),
        ("on site", ("on_site", "onSite", "onsite")),
    ):
        if any(get(offer, name) is True for name in names):
            return word
    return short(get(offer, "workplace_type"))


def _pay(salary: object) -> PayRange | None:
    return pay_range(get(salary, "min"), get(salary, "max"), get(salary, "currency"), get(salary, "period"))


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    root = page.css_first("[data-component=PublicApp][data-props]")
    raw = (root.attributes.get("data-props") or "") if root is not None else ""
    config = json_after(raw, '"appConfig":')
    named = re.search(r"/o/([\w.~-]{1,300})", payload.url)
    wanted = payload.posting_id or (named[1] if named else None)
    offers = as_list(get(config, "offers"))
    offer = _listed_offer(offers, wanted) if wanted else None
    if offer is not None:
        _take_offer(offer, found, "embedded state")
        found.locations(_places_by_id(offer, get(config, "locations")), "embedded state")
    for path in (("company", "name"), ("site", "companyName"), ("companyName",)):
        found.line("company", get(config, *path), "embedded state")
    site = _SITE.match(payload.url)
    organisation = payload.organisation or (site[1] if site else None)
    found.short_name(organisation)


def _places_by_id(offer: object, places: object) -> list[str]:
    ids = {short(one) for one in as_list(get(offer, "locationIds"))} - {None}
    shown = []
    for place in as_list(places)[:500]:
        if short(get(place, "id")) in ids:
            words = [place, *_translations(place)]
            city = next((get(one, "city") for one in words if short(get(one, "city"))), None)
            country = next((get(one, "country") for one in words if short(get(one, "country"))), None)
            shown.append(_place(city, country))
    return shown


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api":
        if answer.status in {401, 403}:
            return Verdict("nothing", "token_required")
        if answer.status in {404, 410}:
            return Verdict("nothing", "not_on_the_api")
        body = json_of(answer)
        state = short(get(body, "offer", "status")) or short(get(body, "status")) or ""
        if 200 <= answer.status < 300 and state.lower() in _GONE_STATES:
            return Verdict("closed", "unpublished")
        return None
    if match.posting_id and 200 <= answer.status < 400 and "/o/" not in answer.final_url:
        return Verdict("nothing", "redirected_off_posting")
    return None


RECRUITEE: Final = Platform(
    name="recruitee",
    hosts=("recruitee.com",),
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("recruitee",),
)
