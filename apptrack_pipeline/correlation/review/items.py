"""What a person is asked: one item per mail, per proposed application, or per application with a doubt."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apptrack_pipeline.correlation.facts import Key
from apptrack_pipeline.correlation.links import Bits
from apptrack_pipeline.correlation.mail_facts import Reported
from apptrack_pipeline.domain import InvalidInputError, MailCategory, Status

REF_DIGITS: Final = 8
"""Hexadecimal digits of an id that name it, at least."""

_ID_DIGITS: Final = 32

_ASKED: Final = {
    MailCategory.ASSESSMENT: Status.ASSESSMENT,
    MailCategory.INTERVIEW: Status.INTERVIEW,
    MailCategory.OFFER: Status.OFFER,
    MailCategory.REJECTION: Status.REJECTED,
}


@dataclass(frozen=True)
class Position:
    """Where an item stands in the list, newest first; the next page begins after it."""

    date: dt.datetime
    id: uuid.UUID
    event: int


@dataclass(frozen=True)
class Choice:
    """One application that the mail may be about, with what speaks for it and against it."""

    application_id: uuid.UUID
    company: str | None
    title: str | None
    status: Status
    applied_at: dt.datetime | None
    bits: tuple[Bits, ...]
    total: float
    """Sum of the bits."""
    posterior: float
    """Probability among all candidates and "none"."""


@dataclass(frozen=True)
class AskedMail:
    """One thing that one mail reports, in its own words."""

    mail_id: uuid.UUID
    event: int
    received_at: dt.datetime
    sender: str
    subject: str
    category: MailCategory
    certainty: float
    """0 to 1: how sure the reader is of the category."""
    company: str | None
    title: str | None
    sentence: str
    """The sentence on which the category rests."""
    rule: str
    """The rule that fired on it."""

    @property
    def key(self) -> Key:
        """What names the event."""
        return self.mail_id, self.event


@dataclass(frozen=True)
class MailItem:
    """Mail that was not linked by itself; all mails that propose one application are one item."""

    mails: tuple[AskedMail, ...]
    """Newest first, never empty."""
    outcome: str
    """`review` or `proposed`."""
    reason: str
    """Why it was not linked."""
    best: Choice | None
    runner_up: Choice | None
    margin: float | None
    """Bits between the two; None without a runner-up."""
    suggested: uuid.UUID | None
    """The application that it would be linked to; None: none of them, or a new one."""
    proposal: str | None = None
    """What stands for employer, role and date of an application that nobody tracks."""

    @property
    def suggests_new(self) -> bool:
        """Whether a new application is suggested: nobody tracks the employer that the mail names."""
        if self.suggested is not None or self.best is not None:
            return False
        return self.proposal is not None or self.mails[0].company is not None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The candidates that are shown, the likeliest first."""
        return tuple(one for one in (self.best, self.runner_up) if one is not None)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All mail events that a decision on this item is about."""
        return tuple(mail.key for mail in self.mails)

    @property
    def position(self) -> Position:
        """Where it stands in the list: at its newest mail."""
        newest = self.mails[0]
        return Position(newest.received_at, newest.mail_id, newest.event)

    @property
    def ref(self) -> str:
        """What names it in a command."""
        return ref_of(self.mails[0].mail_id, self.mails[0].event)


@dataclass(frozen=True)
class ApplicationItem:
    """An application whose evidence leaves its status in doubt."""

    application_id: uuid.UUID
    company: str | None
    title: str | None
    status: Status
    status_since: dt.datetime
    status_confirmed: bool
    applied_at: dt.datetime | None
    reasons: tuple[str, ...]
    """As the fold says them: `unconfirmed_rejection`, `uncertain_offer`, `interview_after_rejection`, ..."""
    last_evidence_at: dt.datetime
    sentence: str = ""
    """What the mail says that raised the doubt."""
    sender: str = ""

    @property
    def suggested(self) -> Status | None:
        """The status that is in question; None where it is another question, or more than one."""
        asked = {status for reason in self.reasons if (status := status_asked(reason)) is not None}
        return asked.pop() if len(asked) == 1 else None

    @property
    def position(self) -> Position:
        """Where it stands in the list: at its latest evidence."""
        return Position(self.last_evidence_at, self.application_id, 0)

    @property
    def ref(self) -> str:
        """What names it in a command."""
        return ref_of(self.application_id)


Item = MailItem | ApplicationItem


def category_asked(reason: str) -> MailCategory | None:
    """Return what the mail is, or may be, that raised a doubt about a status; None for other reasons."""
    name = reason.removeprefix("uncertain_").removeprefix("unconfirmed_").removesuffix("_after_rejection")
    return next((category for category in _ASKED if category == name and name != reason), None)


def status_asked(reason: str) -> Status | None:
    """Return the status that a reason for review asks about."""
    category = category_asked(reason)
    return None if category is None else _ASKED[category]


def told(reason: str) -> str:
    """Return a reason for review in words."""
    category = category_asked(reason)
    if category is None:
        return reason.replace("_", " ")
    if reason.startswith("unconfirmed_"):
        return f"the {category} is not certain"
    if reason.startswith("uncertain_"):
        return f"a mail may be an {category}" if category[0] in "aio" else f"a mail may be a {category}"
    return f"{category} after the rejection"


# -- names of items ----------------------------------------------------------------------------------------


def ref_of(one: uuid.UUID, event: int = 0) -> str:
    """Return a short name of a mail event or an application: the end of its id, and the event unless 0.

    The end, since ids of one minute begin alike (RFC 9562: the first 48 bits are the time).
    """
    return f"{one.hex[-REF_DIGITS:]}{f':{event}' if event else ''}"


@dataclass(frozen=True)
class Ref:
    """The beginning or the end of an id, as typed; `event` where a mail reports several things."""

    digits: str
    event: int = 0


def read_ref(text: str, *, field: str) -> Ref:
    """Read the name of a mail event, an application or a decision; raises InvalidInputError for others."""
    digits, _, event = text.strip().partition(":")
    digits = digits.replace("-", "").lower()
    if not REF_DIGITS <= len(digits) <= _ID_DIGITS or any(sign not in "0123456789abcdef" for sign in digits):
        raise InvalidInputError(
            field,
            f"{plain(text)!r} is no id: give the beginning or the end of one, {REF_DIGITS} digits or more",
        )
    if event and not (event.isascii() and event.isdecimal() and len(event) <= 4):
        raise InvalidInputError(field, f"{plain(event)!r} is no number of an event")
    return Ref(digits, int(event or 0))


# -- what a mail says --------------------------------------------------------------------------------------


def asked_mail(found: Reported, signals: Mapping[str, Any]) -> AskedMail:
    """Return what a person is shown of one event."""
    facts = found.facts
    head = signals.get("head") or {}
    name = head.get("sender_name", "")
    return AskedMail(
        facts.mail_id,
        facts.event,
        facts.received_at,
        sender=f"{name} <{facts.sender}>" if name else facts.sender,
        subject=head.get("subject", ""),
        category=facts.category,
        certainty=facts.certainty,
        company=facts.company,
        title=facts.title,
        sentence=found.sentence,
        rule=found.rule,
    )


def read_bits(evidence: Mapping[str, Any]) -> tuple[Bits, ...]:
    """Return the stored evidence of a candidate."""
    return tuple(Bits(one["field"], one["bits"], one["because"]) for one in evidence["bits"])


# -- for a terminal and for programs -----------------------------------------------------------------------


def plain(text: str | None) -> str:
    """Return foreign text as one line that no terminal acts on.

    Controls and escapes become spaces, marks that turn the direction of text are left out (Unicode's
    categories Cc, Cf, Cs, Co, Cn, Zl, Zp).
    """
    shown = []
    for sign in text or "":
        kind = unicodedata.category(sign)
        if kind in {"Cc", "Zl", "Zp"}:
            shown.append(" ")
        elif kind[0] != "C":
            shown.append(sign)
    return " ".join("".join(shown).split())


def as_json(item: Item) -> dict[str, Any]:
    """Return an item for programs; times in ISO 8601, UTC."""
    if isinstance(item, ApplicationItem):
        return {
            "item": item.ref,
            "kind": "application",
            "date": item.last_evidence_at.isoformat(),
            "application_id": str(item.application_id),
            "company": item.company,
            "title": item.title,
            "status": str(item.status),
            "status_since": item.status_since.isoformat(),
            "status_confirmed": item.status_confirmed,
            "applied_at": _iso(item.applied_at),
            "reasons": list(item.reasons),
            "sentence": item.sentence,
            "sender": item.sender,
            "suggested_status": item.suggested and str(item.suggested),
        }
    return {
        "item": item.ref,
        "kind": "mail",
        "date": item.mails[0].received_at.isoformat(),
        "outcome": item.outcome,
        "reason": item.reason,
        "mails": [_mail_as_json(mail) for mail in item.mails],
        "best": _choice_as_json(item.best),
        "runner_up": _choice_as_json(item.runner_up),
        "margin_bits": item.margin,
        "suggested_application_id": item.suggested and str(item.suggested),
        "suggests_new": item.suggests_new,
    }


def _mail_as_json(mail: AskedMail) -> dict[str, Any]:
    return {
        "mail_id": str(mail.mail_id),
        "event": mail.event,
        "received_at": mail.received_at.isoformat(),
        "sender": mail.sender,
        "subject": mail.subject,
        "category": str(mail.category),
        "certainty": mail.certainty,
        "company": mail.company,
        "title": mail.title,
        "sentence": mail.sentence,
        "rule": mail.rule,
    }


def _choice_as_json(choice: Choice | None) -> dict[str, Any] | None:
    if choice is None:
        return None
    return {
        "application_id": str(choice.application_id),
        "company": choice.company,
        "title": choice.title,
        "status": str(choice.status),
        "applied_at": _iso(choice.applied_at),
        "posterior": choice.posterior,
        "total_bits": choice.total,
        "bits": [{"field": one.field, "bits": one.bits, "because": one.because} for one in choice.bits],
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def newest_first(items: Iterable[Item]) -> list[Item]:
    """Return the items in the order of the list."""
    return sorted(
        items,
        key=lambda item: (item.position.date, item.position.id.bytes, item.position.event),
        reverse=True,
    )
