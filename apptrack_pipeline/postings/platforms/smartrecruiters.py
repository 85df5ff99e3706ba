"""SmartRecruiters: postings under `jobs.` and `careers.smartrecruiters.com`, and its form of application.

Sources: addresses of 877 real postings; the Posting API's documentation; pages as public readers test them.
The robots file of the API's host forbids everybody but LinkedIn, so the page is asked for, which carries
schema.org microdata; an answer of the API is read where there is one. A posting has two numbers (digits in
the page's address, a UUID in the form's) that no address joins. Not verified: what a page answers for a
number that never was (400 was seen, which says nothing here).
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser

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
from apptrack_pipeline.postings.verdicts import json_of

_COMPANY = re.compile(r"[\w.&+-]{1,100}")
_NUMBER = re.compile(r"(\d{6,20})(?:-.*)?", re.ASCII | re.DOTALL)
_UUID = re.compile(
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:-.*)?", re.IGNORECASE | re.DOTALL
)
_NO_COMPANIES: Final = frozenset(
    ["my-applications", "oneclick-ui", "sr-jobs", "api", "static", "public", "v1", "app", "account", "ni"]
)
_SECTIONS: Final = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")
_EMPTY_STATE = re.compile(r"class\s{0,5}=\s{0,5}[\"'][^\"'<>]{0,300}\bjobad--empty-state\b")
_TEXTS: Final = ", ".join(
    f"[itemprop={name}]" for name in ("description", "responsibilities", "qualifications", "incentives")
)
_PAY_LABEL = re.compile(r"(?:salary|pay|compensation|gehalt|salaire)[^:]{0,40}:(.{1,200})", re.IGNORECASE)


_NO_POSTINGS: Final = frozenset(
    ["help", "support", "developers", "dev", "docs", "marketplace", "learn", "academy", "status", "blog"]
)
"""Sites of the maker's own: their articles have numbers too."""


def _read_address(address: WebAddress) -> Reference | None:
    parts = address.segments
    if address.host.split(".")[0] in _NO_POSTINGS:
        return None
    if address.host.startswith("api.") and parts[:2] == ("v1", "companies") and parts[3:4] == ("postings",):
        return _reference(parts[2], parts[4:5], "the Posting API")
    if parts[:2] == ("oneclick-ui", "company"):
        if parts[3:4] == ("publication",):
            return _reference(parts[2], parts[4:5], "the form of application")
        return None
    if parts[:1] == ("ni",):  # a posting that is not indexed
        parts = parts[1:]
    # `careers.` puts the departments between the employer and the number.
    return _reference(parts[0], parts[1:4], "a page of SmartRecruiters") if parts else None


def _reference(company: str, parts: Sequence[str], reason: str) -> Reference | None:
    if not _COMPANY.fullmatch(company) or company.lower() in _NO_COMPANIES:
        return None
    for part in parts:
        found = _UUID.fullmatch(part) or _NUMBER.fullmatch(part)
        if found is not None:
            number = found[1].lower()
            one = company.lower()
            canonical = f"https://jobs.smartrecruiters.com/{one}/{number}"
            if "-" in number:
                canonical = f"https://jobs.smartrecruiters.com/oneclick-ui/company/{one}/publication/{number}"
            api = f"https://api.smartrecruiters.com/v1/companies/{company}/postings/{number}"
            return Reference(company, number, canonical, api, 1.0, reason)
    return None


def _requests(match: Match, url: str) -> Sequence[Request]:
    if match.posting_id is not None and "-" not in match.posting_id:
        # With the company as it was spelled; the identity has it in lower case.
        url = f"https://jobs.smartrecruiters.com/{match.organisation}/{match.posting_id}"
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    job = _job(payload.answer, payload.posting_id)
    found.line("title", get(job, "name"), "api")
    found.line("company", get(job, "company", "name"), "api")
    found.short_name(_bare(get(job, "company", "identifier")) or _bare(payload.organisation))
    place = get(job, "location")
    country = short(get(place, "country"))
    parts = [short(get(place, "city")), short(get(place, "region")), country.upper() if country else None]
    full = short(get(place, "fullLocation"))
    found.locations([full or ", ".join(part for part in parts if part)], "api")
    if get(place, "hybrid") is True:
        found.location_type("hybrid", "api")
    elif get(place, "remote") is True:
        found.location_type("remote", "api")
    # The id says `permanent` of part time too: the label is what people read.
    found.employment_type(get(job, "typeOfEmployment", "label"), "api")
    if get(job, "typeOfEmployment", "id") != "permanent":
        found.employment_type(get(job, "typeOfEmployment", "id"), "api", 0.8)
    found.description([_section(get(job, "jobAd", "sections", name)) for name in _SECTIONS], "api")
    found.requirements(get(job, "jobAd", "sections", "qualifications", "text"), "api")
    pay = get(job, "compensation", "salary") or get(job, "compensation")
    low, high, currency, period = (get(pay, name) for name in ("min", "max", "currency", "period"))
    found.pay([pay_range(low, high, currency, period)], "api")
    found.posted(get(job, "releasedDate"), "api")
    found.line("requisition_id", get(job, "refNumber"), "api")
    found.language(get(job, "language", "code") or get(job, "language"), "api")
    for extra in as_list(get(job, "customField")):
        _take_custom_field(found, short(get(extra, "fieldLabel")) or "", short(get(extra, "valueLabel")))
    if get(job, "active") is False:
        found.closed("not_active")
    elif get(job, "active") is True:
        found.listed()


def _job(answer: object, wanted: str | None) -> object:
    """Return the posting, or the wanted one of a list."""
    rows = get(answer, "content")
    return row_of(rows, wanted, "id", "uuid") if isinstance(rows, list) else answer


def _bare(identifier: object) -> str | None:
    """Return an employer's identifier without the number that made it unique: `Fernwick2`."""
    shown = short(identifier)
    return (shown.rstrip("0123456789") or shown) if shown else None


def _section(section: object) -> str | None:
    text, title = get(section, "text"), short(get(section, "title"))
    if not isinstance(text, str) or not text.strip():
        return None
    return f"<h2>{html_entities.escape(title, quote=False)}</h2>\n{text}" if title else text


def _take_custom_field(found: Fields, label: str, value: str | None) -> None:
    if re.search(r"employment|job type|contract|time type", label, re.IGNORECASE):
        found.employment_type(value, "api", 0.8)
    elif re.search(r"remote|work ?place|work(?:ing)? model|location type", label, re.IGNORECASE):
        found.location_type(value, "api", 0.8)
    elif re.search(r"salary|pay range|compensation", label, re.IGNORECASE) and value:
        pay = pay_in_text(value)
        if pay is not None:
            found.pay(pay.ranges, "api", 0.8, text=pay.text)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    # The rest of its microdata is read as on every site.
    if page.css_first(".jobad--empty-state") is not None:
        found.closed("expired")
    found.short_name(_bare(payload.organisation))
    places: list[str | None] = []
    for node in page.css("spl-job-location")[:50]:
        places.append(node.attributes.get("formattedaddress"))
        found.location_type(node.attributes.get("workplacetype"), "microdata")
    # As the page shows it, before the address that is put together out of its parts.
    found.locations(places, "microdata", 0.93)
    sections = page.css(".job-section") or page.css(_TEXTS)
    # Before the marked parts alone: the employer and the further information (pay, place) may have no mark.
    found.description([section.inner_html for section in sections[:30]], "microdata", 0.93)
    for node in page.css(".job-detail")[:50]:
        stated = _PAY_LABEL.match(node_text(node))
        pay = pay_in_text(stated[1]) if stated is not None else None
        if pay is not None:
            found.pay(pay.ranges, "dom", text=pay.text)


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api":
        if 200 <= answer.status < 300 and get(json_of(answer), "active") is False:
            return Verdict("closed", "not_active")
        return None
    if 200 <= answer.status < 300 and _EMPTY_STATE.search(answer.text):
        return Verdict("closed", "expired")
    return None


SMARTRECRUITERS: Final = Platform(
    name="smartrecruiters",
    one_numbering=True,
    hosts=("smartrecruiters.com",),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    read_page=_read_page,
    judge=_judge,
    board_names=("smartrecruiters",),
)
