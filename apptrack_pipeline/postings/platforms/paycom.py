"""Paycom: career portals on `paycomonline.net`.

The portal's API asks for a token that its page hands out, so nothing is asked for but the page: the classic
one has JSON-LD, the newer one is an empty shell. Fields are those of `/api/ats/job-postings/{id}`, read in
several public readers; `googleJobJson` in it is a JobPosting of schema.org, as text. Ids are not known to be
unique over all employers, so the client's key (32 hex digits) is part of the identity.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import pay_in_text, read_pay
from apptrack_pipeline.postings.platform import Match, Platform, Reference, Request, WebAddress

_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_KEY = re.compile(r"[0-9A-F]{32}", re.IGNORECASE)


def _read_address(address: WebAddress) -> Reference | None:
    """Read `/v4/ats/web.php/portal/{key}/jobs/{id}` and `/v4/ats/web.php/jobs/ViewJobDetails` with `job` and
    `clientkey`."""
    segments = [segment.lower() for segment in address.segments]
    if segments[:3] != ["v4", "ats", "web.php"]:
        return None
    key, number = address.query.get("clientkey", ""), address.query.get("job", "")
    if segments[3:4] == ["portal"] and segments[5:6] == ["jobs"]:
        key, number = segments[4], (*segments[6:7], "")[0]
    if not _KEY.fullmatch(key) or not _NUMBER.fullmatch(number):
        return None
    canonical = f"https://paycomonline.net/v4/ats/web.php/portal/{key.upper()}/jobs/{number}"
    return Reference(key.upper(), number, canonical, None, 1.0, "a job of a Paycom portal")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _read_answer(payload: Payload, found: Fields) -> None:
    job = get(payload.answer, "jobPosting") or payload.answer
    found.line("title", get(job, "jobTitle"), "api")
    found.locations([get(job, "location"), *as_list(get(job, "secondaryLocations"))], "api")
    found.description([get(job, "description"), get(job, "qualifications")], "api")
    found.requirements(get(job, "qualifications"), "api")
    found.location_type(get(job, "remoteType"), "api")
    found.employment_type(get(job, "positionType"), "api")
    posting = _for_google(get(job, "googleJobJson"))
    found.line("company", get(posting, "hiringOrganization", "name"), "json-ld")
    found.posted(get(posting, "datePosted"), "json-ld")
    found.closes(get(posting, "validThrough"), "json-ld")
    found.employment_type(get(posting, "employmentType"), "json-ld")
    written = short(get(job, "salaryRange"))
    for pay, sure in ((read_pay(get(posting, "baseSalary")), 0.95), (pay_in_text(written or ""), 0.9)):
        if pay is not None:
            found.pay(pay.ranges, "json-ld" if sure > 0.9 else "api", sure, text=written)
    found.line("requisition_id", get(job, "jobId"), "api", 0.7)


def _for_google(value: object) -> object:
    """Return the JobPosting that an answer holds as text, which may lack its `@type`."""
    try:
        return json.loads(value, strict=False) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None


PAYCOM: Final = Platform(
    name="paycom",
    hosts=("paycomonline.net",),
    read_address=_read_address,
    requests=_requests,
    read_answer=_read_answer,
    board_names=("paycom",),
    verified=False,
)
