"""SAP SuccessFactors: career sites on the employer's own domain ("Recruiting Marketing", ex Jobs2Web), and
the older ones on `career{N}.successfactors.com`.

No public JSON for one posting. The newer site's page has schema.org microdata and attributes
`data-careersite-propertyid` (read in several public readers); dates are written as
`Tue Jul 14 07:00:00 UTC 2026`, and places cut to a few letters. The older site is one page for all
(`career_job_req_id` names the job). The path `/job/{place-title}/{number}/` is its form on any host, but
others use it too. Ids are an employer's own. Closed postings are not known to answer in a way of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.platform import Match, Platform, Reference, Request, WebAddress

_NUMBER = re.compile(r"\d{2,15}", re.ASCII)
_NUMBER_IN_PATH = re.compile(r"(\d{6,15})(?:-[a-z]{2}_[A-Z]{2})?", re.ASCII)
_COMPANY = re.compile(r"[\w.-]{1,60}", re.ASCII)
_OLD_HOSTS: Final = (
    ".successfactors.com",
    ".successfactors.eu",
    ".successfactors.cn",
    ".sapsf.com",
    ".sapsf.eu",
    ".sapsf.cn",
)
_OWN_HOST = re.compile(r"(?:jobs?|careers?|karriere|recruiting|emploi|empleo|work)[\w-]*\.")
_JAVA_DATE = re.compile(
    r"(?:[A-Z][a-z]{2},? )?(?P<month>[A-Z][a-z]{2})[a-z]{0,6} (?P<day>\d{1,2}),?"
    r"(?: [\d:]{5,8} \w{2,5})? (?P<year>\d{4})",
    re.ASCII,
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _read_address(address: WebAddress) -> Reference | None:
    if address.host.endswith(_OLD_HOSTS):
        return _of_old_site(address)
    segments = address.segments
    for at, segment in enumerate(segments[:3]):
        if segment != "job" or len(segments) < at + 3:
            continue
        found = _NUMBER_IN_PATH.fullmatch(segments[at + 2])
        if found is None or len(segments) > at + 3:
            return None
        hosted = address.host.endswith(".jobs2web.com")
        # RMK writes `Town-Title-Region-Code` and a number of eight digits or more; of others six are usual.
        is_like = len(found[1]) >= 8 and "-" in segments[at + 1]
        if not hosted and not is_like and not _OWN_HOST.match(address.host):
            return None
        sure = 1.0 if hosted else 0.8 if is_like and _OWN_HOST.match(address.host) else 0.6
        # The title is no part of the identity: the site shows the job for any.
        canonical = f"https://{address.host}/job/x/{found[1]}" if hosted else None
        reason = "the path is as SuccessFactors writes it"
        return Reference(address.host, found[1], canonical, None, sure, reason)
    return None


def _of_old_site(address: WebAddress) -> Reference | None:
    query = address.query
    company = query.get("company", "")
    number = query.get("career_job_req_id") or query.get("jobid") or ""
    if not _COMPANY.fullmatch(company) or not _NUMBER.fullmatch(number):
        return None
    asked = urlencode({"career_job_req_id": number, "company": company})
    canonical = f"https://{address.host}/career?{asked}"
    return Reference(company, number, canonical, None, 1.0, "a job of a SuccessFactors site")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    title = page.css_first("[data-careersite-propertyid=title], h1#job-title, [itemprop=title]")
    if title is not None:
        found.line("title", node_text(title), "microdata")
    found.line("company", _content(page, "hiringOrganization"), "microdata")
    found.posted(_day(_content(page, "datePosted")), "microdata")
    found.closes(_day(_content(page, "validThrough")), "microdata")
    places = [
        short(node_text(node))
        for node in page.css(".jobGeoLocation, [data-careersite-propertyid=location]")[:20]
    ]
    if payload.organisation and "." not in payload.organisation:
        found.short_name(payload.organisation)
    # `addressLocality` is made of the address and cut short: "Mansoes do Lago, Dist, Br".
    names = ("addressLocality", "addressRegion", "addressCountry")
    parts = [_content(page, name) for name in names]
    found.locations(places, "dom", 0.93)
    found.locations([_content(page, "streetAddress")], "microdata", 0.75)
    found.locations([", ".join(part for part in parts if part)], "microdata", 0.7)
    for selector in ("[data-careersite-propertyid=description]", ".jobdescription"):
        node = page.css_first(selector)
        if node is not None:
            found.description((node.inner_html or "")[:400_000], "microdata")
    for node in page.css("[data-careersite-propertyid=adcode], [data-careersite-propertyid=customfield1]")[
        :2
    ]:
        number = short(node_text(node))
        if number and re.search(r"\d{3}", number):
            found.line("requisition_id", number, "dom", 0.5)
    for node in page.css(
        "[data-careersite-propertyid=shifttype], [data-careersite-propertyid=employmenttype]"
    )[:2]:
        found.employment_type(node_text(node), "dom")


def _content(page: LexborHTMLParser, name: str) -> str | None:
    node = page.css_first(f"[itemprop={name}]")
    if node is None:
        return None
    return short(node.attributes.get("content") or node_text(node))


def _day(written: str | None) -> object:
    found = _JAVA_DATE.fullmatch(written) if written else None
    if found is None or found["month"] not in _MONTHS:
        return written
    try:
        return date(int(found["year"]), _MONTHS.index(found["month"]) + 1, int(found["day"]))
    except ValueError:
        return None


SUCCESSFACTORS: Final = Platform(
    name="successfactors",
    hosts=(
        "successfactors.com",
        "successfactors.eu",
        "successfactors.cn",
        "sapsf.com",
        "sapsf.eu",
        "sapsf.cn",
        "jobs2web.com",
    ),
    on_own_domains=True,
    read_address=_read_address,
    requests=_requests,
    read_page=_read_page,
    board_names=("successfactors", "sap successfactors"),
    verified=False,
)
