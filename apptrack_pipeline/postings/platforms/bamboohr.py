"""BambooHR: boards under `<employer>.bamboohr.com`, read only from what a person captured.

Its terms forbid automated reading, so nothing is asked for. The forms of addresses and the JSON that the page
itself loads (`/careers/list`, `/careers/<id>/detail`) are those of public readers of it; not verified on a
live page: the markup of a captured page, which is read by the general rules, and the shape of
`compensation`.
"""

from __future__ import annotations

import re
from typing import Final

from apptrack_pipeline.postings.fields import Fields, get, row_of, short
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
from apptrack_pipeline.postings.platform import Platform, Reference, WebAddress
from apptrack_pipeline.postings.vocabulary import LocationType

_HOST = re.compile(r"([\w-]{1,63})\.bamboohr\.(?:com|co\.uk)", re.ASCII)
_ID = re.compile(r"\d{1,12}", re.ASCII)
_NO_TENANTS: Final = frozenset({"www", "app", "api", "help", "static", "partners", "marketplace"})
_LOCATION_TYPES: Final[dict[str, LocationType]] = {"0": "onsite", "1": "remote", "2": "hybrid"}


def _read_address(address: WebAddress) -> Reference | None:
    host = _HOST.fullmatch(address.host)
    if host is None or host[1] in _NO_TENANTS:
        return None
    segments = tuple(segment.lower() for segment in address.segments)
    number = ""
    if segments[:1] in {("careers",), ("jobs",)}:
        number = segments[1] if len(segments) > 1 else address.query.get("id", "")
        if number in {"view.php", "embed.php", "embed2.php"}:
            number = address.query.get("id", "")
    if not _ID.fullmatch(number):
        return None
    return Reference(
        host[1], number, f"https://{address.host}/careers/{number}", reason="a job on an employer's board"
    )


def _read_answer(payload: Payload, found: Fields) -> None:
    result = get(payload.answer, "result")
    job = get(result, "jobOpening") or get(payload.answer, "jobOpening")
    if job is None:
        job = row_of(result, payload.posting_id, "id") if isinstance(result, list) else payload.answer
    if isinstance(job, list):
        job = row_of(job, payload.posting_id, "id")
    found.line("title", get(job, "jobOpeningName"), "api")
    host = _HOST.search(short(get(job, "jobOpeningShareUrl")) or payload.url)
    found.short_name(payload.organisation or (host[1] if host else None))
    found.locations([_place(job)], "api")
    stated = get(job, "locationType")
    if (code := short(stated)) in _LOCATION_TYPES:
        found.offer("location_type", _LOCATION_TYPES[code], "api")
    else:
        found.location_type(stated, "api")
        found.location_type("remote" if get(job, "isRemote") is True else None, "api")
    found.employment_type(get(job, "employmentStatusLabel"), "api")
    found.description(get(job, "description"), "api")
    found.posted(get(job, "datePosted"), "api")
    _take_pay(get(job, "compensation"), found)
    if get(job, "jobOpeningName") is not None:
        status = (short(get(job, "jobOpeningStatus")) or "open").lower()
        if status in {"closed", "filled", "canceled", "cancelled"}:
            found.closed("not_listed")
        elif status == "open":
            found.listed()


def _place(job: object) -> str | None:
    """Return city, state and country: what `location` lacks is in `atsLocation`; Zurich, Zurich is said
    once."""
    parts: dict[str, str] = {}
    for names in (("city",), ("state", "province"), ("addressCountry", "country")):
        for path in ("location", "atsLocation"):
            place = get(job, path)
            if isinstance(place, str):
                return short(place)
            part = next(filter(None, (short(get(place, name)) for name in names)), None)
            if part:
                parts.setdefault(part.casefold(), part)
                break
    return ", ".join(parts.values()) or None


def _take_pay(compensation: object, found: Fields) -> None:
    if isinstance(compensation, str):
        pay = pay_in_text(short(compensation) or "")
        found.pay(pay.ranges if pay else (), "api", text=compensation)
        return
    low, high = (get(compensation, name) for name in ("min", "max"))
    currency = get(compensation, "currency") or get(compensation, "currencyCode")
    period = get(compensation, "payPeriod") or get(compensation, "period") or get(compensation, "type")
    found.pay([pay_range(low, high, currency, period)], "api")


BAMBOOHR: Final = Platform(
    name="bamboohr",
    hosts=("bamboohr.com", "bamboohr.co.uk"),
    read_address=_read_address,
    read_answer=_read_answer,
    board_names=("bamboohr",),
    verified=False,
)
