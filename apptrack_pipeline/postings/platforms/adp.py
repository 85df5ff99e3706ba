"""ADP: career centers of Workforce Now, and the newer `myjobs.adp.com` and `recruiting.adp.com`.

The JSON is what the career center's own page asks for; addresses and fields are those of several public
readers of it. Ids are a client's own, so the client (`cid`, a UUID) is part of the identity; the career
center (`ccId`) is only a view of the same jobs. A posting that is gone is not known to be told apart from
one that never was. Some employers give the description as a document instead of text. Of `myjobs` and
`recruiting` only the addresses are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlencode

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import pay_range
from apptrack_pipeline.postings.platform import (
    UUID,
    Answer,
    Match,
    Platform,
    Reference,
    Request,
    Verdict,
    WebAddress,
)
from apptrack_pipeline.postings.verdicts import json_of

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,60}", re.ASCII)
_CLIENT = re.compile(r"[\w-]{1,60}", re.ASCII)
_WORKFORCE_NOW: Final = frozenset({"workforcenow.adp.com", "workforcenow.cloud.adp.com"})
_API: Final = (
    "https://workforcenow.adp.com/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions"
)
_PAGE: Final = "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html"


def _read_address(address: WebAddress) -> Reference | None:
    query, segments = address.query, address.segments
    if address.host in _WORKFORCE_NOW:
        client, number = query.get("cid", ""), query.get("jobid", "")
        if UUID.fullmatch(client) and _ID.fullmatch(number):
            client = client.lower()
            center = query.get("ccid", "")
            asked = {"cid": client, "lang": "en_US", "locale": "en_US"}
            if _CLIENT.fullmatch(center):
                asked["ccId"] = center
            return Reference(
                client,
                number,
                f"{_PAGE}?{urlencode({'cid': client, 'jobId': number})}",
                f"{_API}/{number}?{urlencode(asked)}",
                1.0,
                "a job of an ADP career center",
            )
        client = query.get("client", "")
        if _CLIENT.fullmatch(client) and _ID.fullmatch(number):
            return Reference(client.lower(), number, None, None, 0.95, "a job of an ADP career center")
    elif address.host == "myjobs.adp.com" and segments:
        number = query.get("reqid", "")
        if _ID.fullmatch(number) and _CLIENT.fullmatch(segments[0]):
            client = segments[0].lower()
            canonical = f"https://myjobs.adp.com/{client}/cx/job-details?reqId={number}"
            return Reference(client, number, canonical, None, 1.0, "a job of an ADP career site")
    elif address.host == "recruiting.adp.com":
        client, number = query.get("c", ""), query.get("r", "")
        if _ID.fullmatch(client) and _ID.fullmatch(number):
            return Reference(client, number, None, None, 0.95, "a job of an ADP career site")
    return None


def _requests(match: Match, url: str) -> Sequence[Request]:
    # The page is an empty shell: without the API only a person's browser shows the posting.
    return (Request(match.api_url, "api"),) if match.api_url else ()


def _read_answer(payload: Payload, found: Fields) -> None:
    job = _job(payload)
    found.line("title", get(job, "requisitionTitle"), "api")
    found.locations(_places(job), "api")
    found.description([get(job, "requisitionDescription"), get(job, "jobDescription")], "api")
    found.employment_type(get(job, "workLevelCode", "shortName"), "api")
    found.posted(get(job, "postDate"), "api")
    found.line("requisition_id", get(job, "clientRequisitionID"), "api")
    low, high = get(job, "payGradeRange", "minimumRate"), get(job, "payGradeRange", "maximumRate")
    currency = get(low, "currencyCode") or get(high, "currencyCode")
    stated = pay_range(get(low, "amountValue"), get(high, "amountValue"), currency, _period(job))
    found.pay([stated], "api")


def _job(payload: Payload) -> object:
    """Return the posting of an answer: itself, wrapped, or the one that was asked for in a list."""
    answer = payload.answer
    jobs = as_list(get(answer, "jobRequisitions"))
    for job in jobs:
        if payload.posting_id and payload.posting_id in _numbers(job):
            return job
    if jobs:
        return jobs[0] if len(jobs) == 1 else None
    return get(answer, "jobRequisition") or answer


def _numbers(job: object) -> Iterator[str | None]:
    yield short(get(job, "itemID"))
    yield short(get(job, "clientRequisitionID"))
    for field in as_list(get(job, "customFieldGroup", "stringFields")):
        if get(field, "nameCode", "codeValue") == "ExternalJobID":
            yield short(get(field, "stringValue"))


def _places(job: object) -> Iterator[object]:
    for place in as_list(get(job, "requisitionLocations")):
        name = short(get(place, "nameCode", "shortName"))
        address = get(place, "address")
        region = get(address, "countrySubdivisionLevel1", "codeValue")
        parts = map(short, (get(address, "cityName"), region, get(address, "countryCode")))
        yield name or ", ".join(part for part in parts if part)


def _period(job: object) -> object:
    for field in as_list(get(job, "customFieldGroup", "codeFields")):
        if get(field, "nameCode", "codeValue") == "SalaryType":
            return get(field, "shortName") or get(field, "codeValue")
    return None


def _judge(answer: Answer, match: Match) -> Verdict | None:
    if answer.request.kind == "api" and answer.status == 200:
        job = json_of(answer)
        if get(get(job, "jobRequisition") or job, "requisitionTitle") is None:
            return Verdict("nothing", "api_without_posting")
    return None


ADP: Final = Platform(
    name="adp",
    hosts=("workforcenow.adp.com", "workforcenow.cloud.adp.com", "myjobs.adp.com", "recruiting.adp.com"),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    judge=_judge,
    board_names=("adp", "workforce now"),
    verified=False,
)
