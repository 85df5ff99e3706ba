"""From the stored form of what a mail says to the facts that the matcher compares.

The stored form is a row of `mail_signals`: `signals` is the JSON of what the reader says (version `mail-3`).
It is read by its names, since the stages meet in the database and not in the code.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from apptrack_pipeline.correlation.facts import MailFacts
from apptrack_pipeline.domain import MailCategory

CERTAIN: Final = 0.8
"""Least certainty of the category, 0 to 1, at which a mail may change something without a person."""

ABOUT_AN_APPLICATION: Final = frozenset(
    {
        MailCategory.CONFIRMATION,
        MailCategory.REJECTION,
        MailCategory.INTERVIEW,
        MailCategory.ASSESSMENT,
        MailCategory.OFFER,
        MailCategory.FOLLOWUP_OTHER,
    }
)
"""Categories of mail that speaks of something that the person has applied for."""

FAILED: Final = "failed"
"""Trust of a mail of which the account's own server says that the sender is somebody else."""


def facts_of(
    mail_id: uuid.UUID,
    account: str,
    thread_key: str | None,
    received_at: dt.datetime,
    signals_row: Mapping[str, Any],
) -> tuple[MailFacts, ...]:
    """Return one `MailFacts` for each event of a mail; none for mail that is about no application.

    A reply that alone is about no job has one all the same, that counts in its conversation.

    `thread_key` is None where the server names no thread: then it is made of References and Message-ID.
    `signals_row` has category, certainty, needs_review, trust and signals. A category that a person has
    decided stands in `category`, and counts for the mail's only event.
    """
    signals = signals_row["signals"]
    category = MailCategory(signals_row["category"])
    events = signals.get("events") or []
    only_in_thread = category is MailCategory.NOT_JOB and any(event.get("only_in_thread") for event in events)
    if not events or not (category in ABOUT_AN_APPLICATION or only_in_thread):
        return ()
    head = signals.get("head") or {}
    certainty = float(signals_row["certainty"])
    if only_in_thread:
        # How sure it is that the mail alone is about no job says nothing of what it reports.
        category, certainty = MailCategory(events[0]["category"]), float(events[0]["certainty"])
    mail = MailFacts(
        mail_id=mail_id,
        event=0,
        category=category,
        certainty=certainty,
        is_certain=not signals_row["needs_review"]
        and signals_row["trust"] != FAILED
        and certainty >= CERTAIN,
        received_at=received_at,
        # The mail's own names, not the event's: what the sender of a request has given stands there.
        company=_value(signals, "company"),
        title=_value(signals, "title"),
        requisition_id=_value(signals, "requisition_id"),
        other_companies=_distinct(*head.get("slugs", ()), head.get("sender_name", "")),
        account=account,
        sender=head.get("sender", ""),
        system=signals.get("ats"),
        is_board=bool(head.get("is_board")),
        only_in_thread=only_in_thread,
    )
    if len(events) > 1:
        # What a digest as a whole is known by (thread, addresses, links, text) tells none of its events.
        return tuple(
            replace(
                mail,
                event=number,
                category=MailCategory(event["category"]),
                company=_value(event, "company"),
                title=_value(event, "title"),
                requisition_id=_value(event, "requisition_id"),
            )
            for number, event in enumerate(events)
        )
    message_id = head.get("message_id")
    references = tuple(head.get("references", ()))
    first = next(iter(references), message_id)
    return (
        replace(
            mail,
            urls=_distinct(*(found["value"] for found in signals.get("posting_urls") or ())),
            tags=_distinct(*head.get("tags", ())),
            message_id=message_id,
            references=references,
            thread_key=thread_key or (f"id:{first}" if first else None),
            subject=head.get("subject", ""),
            text=head.get("text", ""),
        ),
    )


@dataclass(frozen=True)
class Reported:
    """One thing that a mail reports, with what it rests on."""

    facts: MailFacts
    sentence: str
    """The first sentence of the evidence; empty where nothing was quoted."""
    rule: str
    """The rule that fired on it."""
    is_only: bool
    """The mail reports nothing else."""


def reported(row: Mapping[str, Any]) -> Reported | None:
    """Return the event that a stored link is of; None where the mail, read again, does not say it any more.

    `row` has mail_id, event, account, thread_key, received_at and what `facts_of` takes of the signals.
    """
    signals = row["signals"]
    facts = facts_of(row["mail_id"], row["account"], row["thread_key"], row["received_at"], row)
    said = next((one for one in facts if one.event == row["event"]), None)
    if said is None:
        return None
    is_only = len(facts) == 1
    # A mail that reports one thing rests on the mail's judgement, where a person's word comes first.
    rests_on = signals["judgement"] if is_only else signals["events"][said.event]
    quoted = next((one for one in rests_on["evidence"] if one["sentence"]), None)
    return Reported(said, quoted["sentence"] if quoted else "", quoted["rule"] if quoted else "", is_only)


def _value(said: Mapping[str, Any], name: str) -> str | None:
    """Return what a mail, or one event of it, names."""
    found = said.get(name)
    return found["value"] if found else None


def _distinct(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
