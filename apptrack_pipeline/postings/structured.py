"""What a schema.org JobPosting says, field by field; JSON-LD and microdata bring it in the same shape.

The shapes are those that real pages have: a name where an object belongs, a list where one value does, a
placeholder where nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from apptrack_pipeline.postings.dates import read_date
from apptrack_pipeline.postings.employers import company_name
from apptrack_pipeline.postings.fields import Fields, as_list, get, short, text_of
from apptrack_pipeline.postings.languages import language_tag
from apptrack_pipeline.postings.model import Payload, Source
from apptrack_pipeline.postings.pay import read_pay

_ADDRESS: Final = ("addressLocality", "addressRegion", "addressCountry")
_MAX_PLACES: Final = 50
_DIGITS = re.compile(r"\d{4,}")
_NO_ORGANISATION: Final = 0.45
_GUESSED: Final = 0.3
"""How sure the first of several postings is, where nothing says which of them the page is about."""


def choose_postings(
    candidates: Sequence[dict[str, object]], payload: Payload, *, headings: Sequence[str], window_title: str
) -> tuple[list[dict[str, object]], bool]:
    """Return the objects that describe the page's posting, the fullest first, and whether that is sure.

    Related jobs often come first, so the address, the id and the titles decide, not the order. `headings`
    are the page's own; where they name something else than every candidate, none is chosen.
    """
    titled = [(folded(_title(candidate)), candidate) for candidate in candidates]
    if len({title for title, _ in titled}) <= 1:
        return _fullest_first(list(candidates)), True
    page_url = _bare(payload.url)
    shown = {folded(payload.job_title or ""), *map(folded, headings)} - {""}
    window = folded(payload.page_title or window_title)
    scores: list[int] = []
    for title, candidate in titled:
        number = identifier(candidate.get("identifier")) or ""
        addresses = {_bare(address) for address in _addresses(candidate)}
        known = {number, *(found for address in addresses for found in _DIGITS.findall(address))}
        scores.append(
            8 * (len(page_url) > 12 and page_url in addresses)
            + 6 * bool(payload.posting_id and payload.posting_id in {number, *known})
            + 3 * (len(number) >= 4 and number in payload.url)
            + 2 * any(len(one) >= 4 and one in page_url for one in known - {number})
            + 4 * (title in shown)
            + 3 * any(len(title) > 5 and (title in one or one in title) for one in shown if len(one) > 5)
            + 2 * (len(title) > 3 and title in window)
        )
    best = max(scores, default=0)
    if best == 0:
        return ([], False) if shown else ([candidates[0]], False)
    chosen = next(title for score, (title, _) in zip(scores, titled, strict=True) if score == best)
    same = [
        candidate
        for score, (title, candidate) in zip(scores, titled, strict=True)
        if title == chosen and score == best
    ]
    return _fullest_first(same), True


def take_posting(
    found: Fields, node: dict[str, object], source: Source, *, sure: bool = True, page_company: object = None
) -> None:
    """Offer what one JobPosting says; `page_company` is an organisation that the page names beside it."""
    confidence = None if sure else _GUESSED
    company = organisation(node.get("hiringOrganization")) or organisation(node.get("publisher"))
    found.line("title", _title(node), source, confidence)
    found.line("company", company, source, confidence)
    if company is None:
        found.line("company", organisation(page_company), source, _NO_ORGANISATION)
    parts = [
        _texts(node.get(name))
        for name in ("description", "responsibilities", "qualifications", "experienceRequirements", "skills")
    ]
    found.description(parts, source, confidence)
    found.requirements(parts[2:4], source, confidence)
    _take_places(found, node, source, confidence, company)
    found.employment_type(_words(node.get("employmentType")), source, confidence)
    _take_pay(found, node, source, confidence)
    _take_dates(found, node, source, confidence)
    found.line("requisition_id", identifier(node.get("identifier")), source, confidence)
    language = node.get("inLanguage")
    stated = get(language, "alternateName") or get(language, "name") or language
    found.language(language_tag(text_of(stated)), source)


def organisation(value: object) -> str | None:
    """Return the name of an organisation: text, an object, or the first of a list that has one."""
    for one in as_list(value)[:_MAX_PLACES]:
        for name in ("name", "legalName", "alternateName"):
            shown = company_name(_first_text(get(one, name)) if isinstance(one, dict) else one)
            if shown:
                return shown
    return None


def places_of(value: object, *, company: str | None = None) -> tuple[str, ...]:
    """Return the places in a `jobLocation`, each as `Town, Region, Country`; one named as the employer is
    none."""
    stated = as_list(value)[:_MAX_PLACES]
    places = dict.fromkeys(shown for place in stated for shown in _place(place, company))
    names = dict.fromkeys(filter(None, (short(_first_text(get(place, "name"))) for place in stated)))
    # Meta names nine towns and gives each the address of the first.
    if len(places) == 1 < len(names) and len(names) == len(stated):
        return tuple(names)
    return tuple(places)


def identifier(value: object) -> str | None:
    """Return the number or code in an `identifier`."""
    for one in as_list(value)[:_MAX_PLACES]:
        stated = one.get("value", one.get("@id")) if isinstance(one, dict) else one
        if isinstance(stated, bool) or not isinstance(stated, str | int):
            continue
        shown = short(stated[:300] if isinstance(stated, str) else stated)
        if shown:
            return shown
    return None


def folded(text: str) -> str:
    """Return the text for comparing titles and names: no capitals, no punctuation, single spaces."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _title(node: dict[str, object]) -> str:
    names = ("title", "jobTitle", "name")
    return next((shown for name in names if (shown := short(_first_text(node.get(name))))), "")


def _first_text(value: object) -> str:
    for one in as_list(value)[:_MAX_PLACES]:
        if isinstance(one, dict):
            one = one.get("name") or one.get("value")
        if isinstance(one, str) and one.strip():
            return one
    return ""


def _texts(value: object) -> list[str]:
    """Return the texts of a description's part, which may be objects with a description."""
    texts: list[str] = []
    for one in as_list(value)[:_MAX_PLACES]:
        if isinstance(one, dict):
            one = one.get("description") or one.get("name")
        texts.append(text_of(one))
    return [text for text in texts if text]


def _words(value: object) -> list[object]:
    return [
        part
        for one in as_list(value)[:_MAX_PLACES]
        for part in (one.split(",") if isinstance(one, str) else [one])
    ]


def _addresses(node: dict[str, object]) -> list[str]:
    values = [node.get(name) for name in ("url", "mainEntityOfPage", "@id", "sameAs")]
    return [
        address
        for value in values
        for one in as_list(value)[:5]
        if (address := text_of(one.get("@id") if isinstance(one, dict) else one))
    ]


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.split("?")[0].split("#")[0]).rstrip("/").lower()


def _fullest_first(candidates: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(candidates, key=lambda one: -len(_first_text(one.get("description"))))


def _take_places(
    found: Fields, node: dict[str, object], source: Source, confidence: float | None, company: str | None
) -> None:
    for stated in as_list(node.get("jobLocationType"))[:5]:
        found.location_type(text_of(stated), source, confidence)
    places = places_of(node.get("jobLocation") or node.get("location"), company=company)
    found.locations(places, source, confidence)
    if not places:
        found.locations(places_of(node.get("applicantLocationRequirements")), source, confidence)


def _place(place: object, company: str | None) -> list[str]:
    if isinstance(place, str):
        named = short(place)
        return [named] if named and not _same(named, company) else []
    if not isinstance(place, dict):
        return []
    addresses = place.get("address")
    shown = [text for address in as_list(addresses)[:_MAX_PLACES] if (text := _address(address))]
    if not shown and any(name in place for name in _ADDRESS):
        shown = [text for text in [_address(place)] if text]
    name = short(_first_text(place.get("name")))
    return shown or ([name] if name and not _same(name, company) else [])


def _address(address: object) -> str | None:
    if not isinstance(address, dict):
        return short(address)
    parts = [short(_first_text(address.get(name))) for name in _ADDRESS]
    known = list(dict.fromkeys(part for part in parts if part))
    # "Berlin, Germany" as the locality, and the country once more.
    if len(known) > 1 and known[-1].casefold() in re.split(r",\s*", known[0].casefold())[1:]:
        known.pop()
    if known:
        return ", ".join(known)
    return short(_first_text(address.get("streetAddress"))) or short(_first_text(address.get("name")))


def _same(name: str, other: str | None) -> bool:
    return other is not None and folded(name) == folded(other)


def _take_pay(found: Fields, node: dict[str, object], source: Source, confidence: float | None) -> None:
    for name in ("baseSalary", "estimatedSalary"):
        pay = read_pay(node.get(name), currency=node.get("salaryCurrency"))
        if pay is not None:
            ranges = (
                [replace(one, estimated=True) for one in pay.ranges] if name != "baseSalary" else pay.ranges
            )
            found.pay(ranges, source, confidence, text=pay.text)
            return


def _take_dates(found: Fields, node: dict[str, object], source: Source, confidence: float | None) -> None:
    posted, closes = node.get("datePosted") or node.get("datePublished"), node.get("validThrough")
    if _is_made_up(read_date(posted, now=found.now), read_date(closes, now=found.now)):
        return
    found.posted(posted, source, confidence)
    found.closes(closes, source, confidence)


def _is_made_up(posted: datetime | date | None, closes: datetime | date | None) -> bool:
    """Tell whether both were made of the moment of the request: whole years apart, to the second.

    iCIMS writes now minus two years and now plus one (jobseek). A day without a time proves nothing.
    """
    if not isinstance(posted, datetime) or not isinstance(closes, datetime):
        return False
    whole_years = (posted.month, posted.day, posted.time()) == (closes.month, closes.day, closes.time())
    return whole_years and closes.year > posted.year and bool(posted.second or posted.microsecond)
