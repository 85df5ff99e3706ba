"""Oracle Recruiting (Fusion HCM): candidate sites on `*.oraclecloud.com` and on the employer's own domain.

The JSON is what the site's own page asks for: one requisition by the finder `ById`. Fields are those of its
documentation and of several public readers. A requisition that is gone is 200 with no items, never 404; and
a site that does not exist is answered as if the default one had been asked. So an answer counts only if it
has the number that was asked for, and an empty one only for a site that is written as its number (`CX_1`):
others (`jobsearch`) are names, which the API does not know. The page is an empty shell; its JSON-LD is made
in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload
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

_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?", re.IGNORECASE)
_SITE = re.compile(r"[\w-]{1,80}", re.ASCII)
_SITE_NUMBER = re.compile(r"CX(?:_\d{1,9})?", re.ASCII)
_ID = re.compile(r"\w[\w.-]{0,60}", re.ASCII)
_BEFORE_ID: Final = (
    ("job",),
    ("jobs", "job"),
    ("jobs", "preview"),
    ("requisitions", "job"),
    ("requisitions", "preview"),
)
# Dates far ahead stand for "no end".
_NEVER: Final = re.compile(r"[4-9]\d{3}-")


def _read_address(address: WebAddress) -> Reference | None:
    segments = address.segments
    hosted = address.host.endswith(".oraclecloud.com")
    if segments[:2] == ("hcmUI", "CandidateExperience"):
        segments, base = segments[2:], f"https://{address.host}/hcmUI/CandidateExperience/en/sites"
    elif hosted:
        return None
    else:
        base = f"https://{address.host}/en/sites"
    # /{language}/sites/{site}/job/{id}; the language may lack
    if segments[:1] != ("sites",):
        if not segments or not _LANGUAGE.fullmatch(segments[0]) or segments[1:2] != ("sites",):
            return None
        segments = segments[1:]
    site = segments[1] if len(segments) > 1 else ""
    for before in _BEFORE_ID:
        if segments[2 : 2 + len(before)] != before or len(segments) < 3 + len(before):
            continue
        number = segments[2 + len(before)]
        if not _SITE.fullmatch(site) or not _ID.fullmatch(number) or not any(map(str.isdigit, number)):
            return None
        tenant = address.host.removesuffix(".oraclecloud.com")
        api = (
            f"https://{address.host}/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails"
            f"?expand=all&onlyData=true&finder=ById;Id=%22{quote(number)}%22,siteNumber={quote(site)}"
        )
        sure = 1.0 if hosted else 0.9
        return Reference(tenant, number, f"{base}/{site}/job/{number}", api, sure, "a job of an Oracle site")
    return None


def _requests(match: Match, url: str) -> Sequence[Request]:
    asked = [Request(match.api_url, "api")] if match.api_url else []
    return (*asked, Request(url, "page", "text/html"))


def _read_answer(payload: Payload, found: Fields) -> None:
    if get(payload.answer, "items") == []:
        found.closed("api_no_items")
        return
    job = _job(payload.answer, payload.posting_id)
    if job is None:
        return
    found.line("title", get(job, "Title"), "api")
    found.locations(_places(job), "api")
    found.description(list(_description(job)), "api")
    found.requirements(get(job, "ExternalQualificationsStr"), "api")
    found.location_type(get(job, "WorkplaceType") or get(job, "WorkplaceTypeCode"), "api")
    for name, sure in (("JobSchedule", 0.97), ("ContractType", 0.9), ("WorkerType", 0.8), ("JobType", 0.8)):
        found.employment_type(get(job, name), "api", sure)
    found.posted(get(job, "ExternalPostedStartDate") or get(job, "PostedDate"), "api")
    ends = short(get(job, "ExternalPostedEndDate")) or ""
    found.closes(None if _NEVER.match(ends) else ends, "api")
    found.line("requisition_id", get(job, "RequisitionNumber") or get(job, "Id"), "api")
    found.line("company", get(job, "LegalEmployer"), "api", 0.7)
    found.line("company", get(job, "Organization"), "api", 0.4)
    found.language(get(job, "Language"), "api")
    if get(job, "Title") is not None and get(payload.answer, "items") is not None:
        found.listed()


def _job(answer: object, number: str | None) -> object:
    """Return the requisition of an answer; none if it is another one, as a wrong site brings it."""
    items = as_list(get(answer, "items")) if get(answer, "items") is not None else [answer]
    listed = [one for item in items for one in as_list(get(item, "requisitionList"))]
    for job in listed or items:
        shown = short(get(job, "Id")) or short(get(job, "RequisitionNumber"))
        if isinstance(job, dict) and (number is None or shown is None or shown == number):
            return job
    return None


def _places(job: object) -> Iterator[object]:
    yield get(job, "PrimaryLocation")
    for name in ("secondaryLocations", "otherWorkLocations"):
        for place in as_list(get(job, name)):
            yield get(place, "Name") or get(place, "LocationName")


def _description(job: object) -> Iterator[object]:
    names = ("ExternalDescriptionStr", "ExternalResponsibilitiesStr", "ExternalQualificationsStr")
    parts = [get(job, name) for name in names]
    if not any(parts):
        yield get(job, "ShortDescriptionStr")
    yield from parts
    yield get(job, "CorporateDescriptionStr")
    yield get(job, "OrganizationDescriptionStr")


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind != "api":
        return None
    if answer.status == 404:
        return Verdict("nothing", "api_404")
    if answer.status != 200:
        return None
    items = get(json_of(answer), "items")
    if not isinstance(items, list):
        return Verdict("nothing", "api_without_items")
    if not items:
        site = answer.request.url.rpartition("siteNumber=")[2]
        if _SITE_NUMBER.fullmatch(site):
            return Verdict("closed", "api_no_items")
        return Verdict("nothing", "api_site_not_known")
    if _job({"items": items}, match.posting_id) is None:
        return Verdict("nothing", "api_other_posting")
    return None


ORACLE: Final = Platform(
    name="oracle",
    hosts=("oraclecloud.com",),
    on_own_domains=True,
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    judge=_judge,
    board_names=("oracle",),
    verified=False,
)
