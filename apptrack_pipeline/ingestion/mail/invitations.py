"""Appointments in calendar parts and .ics files (RFC 5545), as Google, Microsoft and worse write them.

icalendar reads each VEVENT on its own and only the properties that are asked for, so that one broken line or
a thousand attendees cost nothing else. Zones are looked up here: icalendar keeps the zones that one calendar
defines for all that follow, and computes rules of any frequency (`FREQ=SECONDLY` since 1601 never ends).
Never raises.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from icalendar import Event, Timezone
from icalendar.prop import vBroken
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from apptrack_pipeline.ingestion.mail.charset import one_line, tidy
from apptrack_pipeline.ingestion.mail.headers import read_addresses
from apptrack_pipeline.ingestion.mail.html_text import read_html
from apptrack_pipeline.ingestion.mail.message import Address, Invitation

MAX_CALENDAR_CHARS: Final = 512 * 1024
MAX_INVITATIONS: Final = 50
_MAX_PROPERTY_CHARS: Final = 20_000
_MAX_SHORT_CHARS: Final = 1_000
_MAX_SEQUENCE: Final = 2**31 - 1

_FOLD = re.compile(r"\n[ \t]")
_PROPERTY = re.compile(r"([A-Za-z-]{1,40})((?:;[^:;\"]*+(?:\"[^\"]*+\"[^:;\"]*+)*+)*+):(.*)", re.DOTALL)
_ZONE_PARAMETER = re.compile(r";TZID=(\"[^\"]*\"|[^;:]*)", re.IGNORECASE)
_WANTED: Final = frozenset(
    ["UID", "RECURRENCE-ID", "SEQUENCE", "SUMMARY", "DESCRIPTION", "LOCATION", "ORGANIZER", "DTSTART"]
    + ["DTEND", "DURATION", "STATUS"]
)
_TIMES: Final = frozenset(["DTSTART", "DTEND", "RECURRENCE-ID"])
_SAFE_RULE = re.compile(
    r"RRULE:FREQ=YEARLY(?=[^\n]*;BYMONTH=)(?:;(?:INTERVAL=1|BYMONTH=\d{1,2}|BYDAY=[+-]?\d?[A-Z]{2}"
    r"|BYMONTHDAY=-?\d{1,2}(?:,-?\d{1,2}){0,6}|UNTIL=[0-9TZ]{8,16}|WKST=[A-Z]{2}))*"
)
_LAST_YEAR: Final = 2100  # a rule is counted out from 1970 on for each time
_OFFSET_IN_NAME = re.compile(r"\(?(?:UTC|GMT)\s*([+-])(\d{1,2}):?(\d\d)?\b")
_IS_HTML = re.compile(r"<(?:br|p|b|a|div|span|ul|html)\b[^<>]{0,300}>", re.IGNORECASE)


@dataclass
class _Calendar:
    """A calendar, cut into its parts: unfolded lines."""

    method: str = ""
    zone: str = ""
    """X-WR-TIMEZONE: what floating times are in."""
    events: list[list[str]] = field(default_factory=list)
    zones: dict[str, list[str]] = field(default_factory=dict)
    """Its own zones by their names: the lines of each."""
    read_zones: dict[str, dt.tzinfo | None] = field(default_factory=dict)
    is_broken: bool = False


def read_invitations(text: str, *, method: str = "") -> tuple[tuple[Invitation, ...], bool]:
    """Return the appointments of a calendar, at most 50, and whether all of it could be read.

    `method`: of the part's Content-Type, for a calendar that names none. An all-day appointment starts at
    midnight UTC. A time without a zone, or in one that nobody knows, is None: a wrong hour is worse.
    """
    calendar = _cut(text[:MAX_CALENDAR_CHARS])
    calendar.method = (calendar.method or method).strip().upper()[:40]
    fine = not calendar.is_broken and bool(calendar.events)
    found: list[Invitation] = []
    for lines in calendar.events[:MAX_INVITATIONS]:
        invitation, whole = _invitation(lines, calendar)
        fine = fine and whole
        if invitation is not None:
            found.append(invitation)
    return tuple(found), fine


def merged(invitations: Iterable[Invitation]) -> tuple[Invitation, ...]:
    """Return each appointment once, with its highest SEQUENCE: the same one is often inline and attached."""
    latest: dict[tuple[str, str | None], Invitation] = {}
    for number, invitation in enumerate(invitations):
        # Without a UID nothing says that two are the same.
        key = (invitation.uid or f"\0{number}", invitation.recurrence_id)
        known = latest.get(key)
        if known is None or invitation.sequence > known.sequence:
            latest[key] = invitation
    return tuple(latest.values())[:MAX_INVITATIONS]


def _cut(text: str) -> _Calendar:
    calendar = _Calendar(is_broken="BEGIN:VCALENDAR" not in text[:2_000].upper())
    inside: list[str] = []
    lines: list[str] = []
    plain = _FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # Microsoft's names with a colon, unquoted: the colon would end the name.
    for line in plain.replace("tzone://", "").split("\n"):
        upper = line[:40].strip().upper()
        if upper.startswith("BEGIN:"):
            name = upper[6:]
            if name in {"VEVENT", "VTIMEZONE"} and name not in inside:
                lines = []
            if len(inside) < 10:
                inside.append(name)
            if "VTIMEZONE" in inside:
                lines.append(line)
        elif upper.startswith("END:"):
            name = upper[4:]
            if "VTIMEZONE" in inside:
                lines.append(line)
            if name in inside:
                _finish(calendar, name, lines)
                del inside[inside.index(name) :]
            else:
                calendar.is_broken = True
        elif (inside and inside[-1] == "VEVENT") or "VTIMEZONE" in inside:
            lines.append(line[:_MAX_PROPERTY_CHARS])
        elif upper.startswith("METHOD:"):
            calendar.method = upper[7:]
        elif upper.startswith("X-WR-TIMEZONE:"):
            calendar.zone = line.partition(":")[2].strip()
    if "VEVENT" in inside:
        calendar.is_broken = True
        _finish(calendar, "VEVENT", lines)
    return calendar


def _finish(calendar: _Calendar, name: str, lines: list[str]) -> None:
    if name == "VEVENT" and len(calendar.events) < MAX_INVITATIONS:
        calendar.events.append(lines)
    elif name == "VTIMEZONE" and len(calendar.zones) < MAX_INVITATIONS:
        for line in lines:
            if line[:5].upper() == "TZID:":
                calendar.zones.setdefault(line[5:].strip(), lines)
                break


def _invitation(lines: list[str], calendar: _Calendar) -> tuple[Invitation | None, bool]:
    zones: dict[str, str] = {}
    kept: dict[str, str] = {}
    for line in lines:
        found = _PROPERTY.match(line)
        name = found[1].upper() if found else ""
        if found is None or name not in _WANTED or name in kept:
            continue
        parameters = found[2]
        if name in _TIMES and (zone := _ZONE_PARAMETER.search(parameters)) is not None:
            zones[name] = zone[1].strip('"')
            parameters = parameters.replace(zone[0], "")
        kept[name] = f"{name}{parameters}:{found[3].strip()}"
    event, whole = _parsed(kept)
    if event is None:
        return None, False

    def time_of(name: str) -> dt.datetime | None:
        nonlocal whole
        value = getattr(_value(event, name), "dt", None)
        if name in kept and value is None:
            whole = False
        if value is None:
            return None
        time = _utc(value, zones.get(name) or calendar.zone, calendar)
        whole = whole and time is not None
        return time

    starts_at, ends_at = time_of("DTSTART"), time_of("DTEND")
    duration = getattr(_value(event, "DURATION"), "dt", None)
    if starts_at is not None and ends_at is None and isinstance(duration, dt.timedelta):
        try:
            ends_at = starts_at + duration
        except OverflowError:
            whole = False
    recurrence = kept.get("RECURRENCE-ID", "").rpartition(":")[2]
    status = _line(event, "STATUS").upper()
    return Invitation(
        method=calendar.method,
        uid=_line(event, "UID"),
        recurrence_id=one_line(recurrence)[:_MAX_SHORT_CHARS] or None,
        sequence=_sequence(event),
        summary=_line(event, "SUMMARY"),
        description=_description(str(_value(event, "DESCRIPTION") or "")),
        location=_line(event, "LOCATION"),
        organizer=_organizer(event, kept.get("ORGANIZER", "")),
        starts_at=starts_at,
        ends_at=ends_at,
        cancelled=calendar.method == "CANCEL" or status in {"CANCELLED", "CANCELED"},
    ), whole


def _parsed(kept: Mapping[str, str]) -> tuple[Event | None, bool]:
    """Return the event, without the properties that icalendar cannot read, and whether there were none."""
    try:
        event = _event(kept.values())
    except Exception:  # a parser of somebody else's, fed by anybody
        readable = [line for line in kept.values() if _is_readable(line)]
        return (_event(readable) if readable else None), False
    return event, not event.errors


def _event(lines: Iterable[str]) -> Event:
    event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""]))
    if not isinstance(event, Event):
        raise TypeError("no VEVENT")
    return event


def _is_readable(line: str) -> bool:
    try:
        _event([line])
    except Exception:  # as above
        return False
    return True


def _value(event: Event, name: str) -> object:
    """Return the property; None if it is missing or broken, which icalendar says on access only."""
    value = event.get(name)
    return None if isinstance(value, vBroken) else value


def _line(event: Event, name: str) -> str:
    return one_line(str(_value(event, name) or ""))[:_MAX_SHORT_CHARS]


def _description(text: str) -> str:
    return (read_html(text).text if _IS_HTML.search(text) else tidy(text))[:_MAX_PROPERTY_CHARS]


def _sequence(event: Event) -> int:
    value = _value(event, "SEQUENCE")
    return min(max(int(value), 0), _MAX_SEQUENCE) if isinstance(value, int) else 0


def _organizer(event: Event, line: str) -> Address | None:
    value = _value(event, "ORGANIZER")
    if value is None:
        return None
    address = re.sub(r"^mailto:", "", str(value).strip(), flags=re.IGNORECASE)
    found = read_addresses(address.encode("utf-8", "replace"))
    name = one_line(str(getattr(value, "params", {}).get("CN") or ""))[:300]
    email = found[0].email if found else ""
    return Address(name, email) if name or email else None


def _utc(value: object, zone: str, calendar: _Calendar) -> dt.datetime | None:
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time(), dt.UTC) if isinstance(value, dt.date) else None
    try:
        if value.tzinfo is not None:
            return value.astimezone(dt.UTC)
        found = _zone(zone, calendar) if value.year <= _LAST_YEAR else None
        return value.replace(tzinfo=found).astimezone(dt.UTC) if found is not None else None
    except Exception:  # a calendar's own zone computes with what anybody wrote there
        return None


def _zone(name: str, calendar: _Calendar) -> dt.tzinfo | None:
    """Return the zone of that name: IANA's, Microsoft's, with a vendor's prefix, or the calendar's own."""
    if not name:
        return None
    for candidate in _candidates(name.strip()):
        if candidate in _iana_names():
            return zoneinfo.ZoneInfo(candidate)
    if name in calendar.zones:
        if name not in calendar.read_zones:
            calendar.read_zones[name] = _own_zone(calendar.zones[name])
        if (own := calendar.read_zones[name]) is not None:
            return own
    offset = _OFFSET_IN_NAME.match(name)
    if offset is not None:
        minutes = min(int(offset[2]) * 60 + int(offset[3] or 0), 14 * 60)
        return dt.timezone(dt.timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    return None


def _candidates(name: str) -> Iterator[str]:
    yield name
    if name in WINDOWS_TO_OLSON:
        yield WINDOWS_TO_OLSON[name]
    if name.lower() in {"utc", "z", "gmt", "etc/utc", "microsoft/utc", "coordinated universal time"}:
        yield "UTC"
    pieces = name.strip("/").split("/")
    for start in range(max(0, len(pieces) - 3), len(pieces)):
        yield "/".join(pieces[start:])


@cache
def _iana_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _own_zone(lines: list[str]) -> dt.tzinfo | None:
    """Return the zone that a VTIMEZONE defines, of rules by the year alone, counted from 1970 on."""
    kept: list[str] = []
    for line in lines[:100]:
        upper = line.strip().upper()
        if upper.startswith("TZID:"):
            kept.append("TZID:of this calendar")  # icalendar remembers zones by their name
        elif upper.startswith("RRULE:"):
            kept += [upper] if _SAFE_RULE.fullmatch(upper) else []
        elif upper.startswith("DTSTART:") and upper[8:12].isdigit() and upper[8:12] < "1970":
            kept.append("DTSTART:1970" + upper[12:])
        elif upper.startswith(("BEGIN:", "END:", "DTSTART:", "TZOFFSETFROM:", "TZOFFSETTO:")):
            kept.append(upper)
    try:
        component = Timezone.from_ical("\r\n".join([*kept, ""]))
        return component.to_tz(lookup_tzid=False) if isinstance(component, Timezone) else None
    except Exception:  # as above
        return None
