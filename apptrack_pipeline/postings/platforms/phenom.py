"""Phenom: career sites on the employer's own domain, often in front of another platform (Workday, Taleo).

The page brings the job in `phApp.ddo.jobDetail.data.job` (read in several public readers); there is no
address of its own but the path `/{country}/{language}/job/{id}/{title}`, which others use too. `postedDate`
is the day of the last posting, `dateCreated` that of the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.fields import Fields, as_list, get, short
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.page_state import json_after
from apptrack_pipeline.postings.platform import Match, Platform, Reference, Request, WebAddress

_COUNTRY = re.compile(r"[a-z]{2}|global|amer|apac|emea|latam", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)
_ID = re.compile(r"[\w-]{2,40}", re.ASCII)


def _read_address(address: WebAddress) -> Reference | None:
    segments = address.segments
    if (
        len(segments) < 4
        or segments[2].lower() != "job"
        or not _COUNTRY.fullmatch(segments[0])
        or not _LANGUAGE.fullmatch(segments[1])
        or not _ID.fullmatch(segments[3])
        or not any(map(str.isdigit, segments[3]))
    ):
        return None
    return Reference(None, segments[3], None, None, 0.6, "the path is as Phenom writes it")


def _find_in_page(address: WebAddress, html: str) -> Reference | None:
    if "phApp.ddo" not in html:
        return None
    shown = _read_address(address)
    job = _job(html)
    number = shown.posting_id if shown is not None else short(get(job, "jobId"))
    if number is None or (shown is None and job is None):
        return None
    return Reference(None, number, None, None, 0.9, "the page is made by Phenom")


def _requests(match: Match, url: str) -> Sequence[Request]:
    return (Request(url, "page", "text/html"),)


def _job(html: str) -> object:
    return get(json_after(html, "phApp.ddo"), "jobDetail", "data", "job")


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    job = _job(payload.html or "")
    found.line("title", get(job, "title"), "embedded state")
    places = as_list(get(job, "multi_location"))
    place = get(job, "cityStateCountry") or get(job, "location") or get(job, "cityState")
    found.locations(places or [place], "embedded state")
    found.description(get(job, "description"), "embedded state")
    found.employment_type(get(job, "type") or get(job, "jobType"), "embedded state")
    found.location_type(get(job, "workLocation") or get(job, "remote"), "embedded state", 0.7)
    found.posted(get(job, "postedDate") or get(job, "dateCreated"), "embedded state")
    found.line("company", get(job, "companyName") or get(job, "company"), "embedded state", 0.8)
    found.line("requisition_id", get(job, "reqId") or get(job, "jobId"), "embedded state")


PHENOM: Final = Platform(
    name="phenom",
    hosts=("phenompeople.com",),
    on_own_domains=True,
    read_address=_read_address,
    find_in_page=_find_in_page,
    requests=_requests,
    read_page=_read_page,
    board_names=("phenom",),
    verified=False,
)
