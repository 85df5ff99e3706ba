"""The sample world's mailbox: four weeks of mail about its applications, and the rest that arrives.

The mails are written in `mailbox.toml`, one table each:

- `age` before now, as "3d 4h 20m"; `from`, `to` (the account unless it says otherwise), `subject`;
- `text`, or `html` alone (as Workday sends it), or `html` with a `plain_stub` beside it; `{date+3}` in them
  is the day three days after the mail's arrival, written in the mail's `language`;
- `category` as it should be read; `company` and `title` of the application that it is about; `events` of a
  digest;
- `application`: the key of the capture in `world.py` whose application it is about; other mail has none;
- `in_reply_to`: the key of an earlier mail; `invite`: a calendar part; `attachments`: file names;
  `forwarded`: a mail attached as message/rfc822; `list_id`, `is_bulk`: headers of mailings;
  `without_message_id`;
- `authentication`: what the account's server found: `pass` (unless the table says otherwise), `fail`, `other`
  or `none`;
- `charset` in which the text is encoded, and `declared_charset` that the header claims instead.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from importlib.resources import files
from typing import Any, Final

from icalendar import Calendar, Event, vCalAddress

from apptrack_pipeline.domain import MailCategory

ACCOUNT_ADDRESS: Final = "sam@example.org"
"""Whose mailbox it is: the person of the sample resume, at the address that the account is set up with."""

AUTHSERV_ID: Final = "mx.example.org"
"""How the account's server signs its Authentication-Results (RFC 8601)."""

_ACCOUNT_NAME: Final = "Mara Tollevin"
_AGE: Final = re.compile(r"(\d+)([dhm])")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}
_DATE: Final = re.compile(r"\{date([+-]\d+)\}")
_DAYS: Final = {"en": "{day} {month} {year}", "fr": "{day} {month} {year}", "de": "{day}. {month} {year}"}
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


@dataclass(frozen=True)
class SampleEvent:
    """What a digest reports about one application."""

    category: MailCategory
    title: str
    requisition_id: str


@dataclass(frozen=True)
class SampleMail:
    """One mail of the sample mailbox, and how it should be read."""

    key: str
    raw: bytes
    """RFC 5322, lines end in CRLF."""
    received_at: dt.datetime
    """In UTC: IMAP's INTERNALDATE."""
    category: MailCategory
    company: str | None
    """Employer of the application that the mail is about; not every mail writes its name."""
    title: str | None
    application: str | None
    """Key of the capture whose application it is about, or that it claims to be about; None: of none."""
    events: tuple[SampleEvent, ...]
    """Of a digest; empty for a mail that says one thing."""
    is_own: bool
    """The account's own sent mail."""
    is_forged: bool
    """The account's server found that the sender is not who it says it is."""


def sample_mails(*, now: dt.datetime) -> tuple[SampleMail, ...]:
    """Return the mailbox as it is at `now`, oldest first; the same bytes for the same `now`."""
    tables = tomllib.loads((files(__package__) / "mailbox.toml").read_text(encoding="utf-8"))["mail"]
    message_ids = {table["key"]: _message_id(table) for table in tables}
    parents = {table["key"]: table.get("in_reply_to") for table in tables}
    mails = [_sample_mail(table, message_ids, parents, now=now) for table in tables]
    return tuple(sorted(mails, key=lambda mail: mail.received_at))


def _sample_mail(
    table: Mapping[str, Any],
    message_ids: Mapping[str, str],
    parents: Mapping[str, str | None],
    *,
    now: dt.datetime,
) -> SampleMail:
    # IMAP's INTERNALDATE has whole seconds.
    received_at = (now - _age(table["age"])).astimezone(dt.UTC).replace(microsecond=0)
    message = EmailMessage(policy=SMTP)
    authentication = table.get("authentication", "pass")
    for result in _authentication_results(authentication, domain=_domain(table["from"])):
        message["Authentication-Results"] = result
    message["From"] = table["from"]
    message["To"] = table.get("to", f"{_ACCOUNT_NAME} <{ACCOUNT_ADDRESS}>")
    message["Subject"] = _dated(table["subject"], table, received_at)
    message["Date"] = received_at
    if not table.get("without_message_id"):
        message["Message-ID"] = message_ids[table["key"]]
    _refer(message, table["key"], message_ids, parents)
    if "list_id" in table:
        message["List-Id"] = f"<{table['list_id']}>"
    if table.get("is_bulk"):
        message["List-Unsubscribe"] = f"<https://{_domain(table['from'])}/unsubscribe>"
    _fill(message, table, received_at)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        if part.get_content_maintype() == "multipart":
            # The library would draw a random one.
            part.set_boundary(f"=_{table['key']}_{number}")
    return SampleMail(
        key=table["key"],
        raw=message.as_bytes(),
        received_at=received_at,
        category=MailCategory(table["category"]),
        company=table.get("company"),
        title=table.get("title"),
        application=table.get("application"),
        events=tuple(
            SampleEvent(MailCategory(event["category"]), event["title"], event["requisition_id"])
            for event in table.get("events", ())
        ),
        is_own=parseaddr(table["from"])[1] == ACCOUNT_ADDRESS,
        is_forged=authentication == "fail",
    )


def _age(text: str) -> dt.timedelta:
    return dt.timedelta(**{_UNITS[unit]: int(number) for number, unit in _AGE.findall(text)})


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


def _message_id(table: Mapping[str, Any]) -> str:
    return f"<{table['key']}@{_domain(table['from'])}>"


def _dated(text: str, table: Mapping[str, Any], received_at: dt.datetime) -> str:
    language = table.get("language", "en")

    def write(found: re.Match[str]) -> str:
        day = received_at + dt.timedelta(days=int(found[1]))
        month = _MONTHS[language].split()[day.month - 1]
        return _DAYS[language].format(day=day.day, month=month, year=day.year)

    return _DATE.sub(write, text).strip()


def _authentication_results(kind: str, *, domain: str) -> tuple[str, ...]:
    passed = f"dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"
    match kind:
        case "pass":
            return (f"{AUTHSERV_ID}; {passed}",)
        case "fail":
            # The second one came with the mail: whoever forges a sender forges that as well.
            failed = f"dkim=none; spf=fail smtp.mailfrom=relay.invalid; dmarc=fail header.from={domain}"
            return (f"{AUTHSERV_ID}; {failed}", f"{AUTHSERV_ID}; {passed}")
        case "other":
            relay = "dkim=pass header.d=relay.example; spf=pass smtp.mailfrom=relay.example; dmarc=none"
            return (f"{AUTHSERV_ID}; {relay} header.from={domain}",)
        case "none":
            return ()
    raise ValueError(f"no such authentication: {kind}")


def _refer(
    message: EmailMessage, key: str, message_ids: Mapping[str, str], parents: Mapping[str, str | None]
) -> None:
    thread: list[str] = []
    parent = parents[key]
    while parent is not None:
        thread.insert(0, message_ids[parent])
        parent = parents[parent]
    if thread:
        message["In-Reply-To"] = thread[-1]
        message["References"] = " ".join(thread)


def _fill(message: EmailMessage, table: Mapping[str, Any], received_at: dt.datetime) -> None:
    plain = table.get("plain_stub", table.get("text"))
    if plain is not None:
        message.set_content(_dated(plain, table, received_at) + "\n", charset=table.get("charset", "utf-8"))
    if "html" in table:
        html = f"<html><body>{_dated(table['html'], table, received_at)}</body></html>\n"
        if plain is None:
            message.set_content(html, subtype="html")
        else:
            message.add_alternative(html, subtype="html")
    if "declared_charset" in table:
        message.set_param("charset", table["declared_charset"])
    if "invite" in table:
        calendar = _invitation(table["invite"], table["from"], received_at)
        message.add_alternative(calendar, subtype="calendar", params={"method": "REQUEST"})
    if "forwarded" in table:
        message.add_attachment(_forwarded(table, received_at))
    for name in table.get("attachments", ()):
        content = b"An attachment of the sample world.\n"
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)


def _invitation(invite: Mapping[str, Any], organizer: str, received_at: dt.datetime) -> str:
    hour, minute = map(int, invite["at"].split(":"))
    day = received_at + dt.timedelta(days=invite["in_days"])
    starts_at = day.replace(hour=hour, minute=minute, second=0)
    event = Event()
    event.add("uid", invite["uid"])
    event.add("summary", invite["summary"])
    event.add("location", invite["location"])
    event.add("dtstamp", received_at)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + dt.timedelta(minutes=invite["minutes"]))
    event.add("sequence", invite.get("sequence", 0))
    event.add("status", "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{parseaddr(organizer)[1]}"))
    event.add("attendee", vCalAddress(f"mailto:{ACCOUNT_ADDRESS}"))
    calendar = Calendar()
    calendar.add("prodid", "-//apptrack_pipeline//sample world//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def _forwarded(table: Mapping[str, Any], received_at: dt.datetime) -> EmailMessage:
    inner = table["forwarded"]
    message = EmailMessage(policy=SMTP)
    message["From"] = inner["from"]
    message["To"] = table["from"]
    message["Subject"] = inner["subject"]
    message["Date"] = received_at - dt.timedelta(hours=1)
    message["Message-ID"] = f"<{table['key']}-inner@{_domain(inner['from'])}>"
    message.set_content(_dated(inner["text"], table, received_at) + "\n")
    return message
