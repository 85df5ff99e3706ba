"""From the bytes of a mail to all that it says: reading, judging, extracting, and whom to believe.

Pure: nothing is fetched and nothing is stored.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.authentication import sender_trust
from apptrack_pipeline.ingestion.mail.classify import (
    STATUS_CHANGING,
    SecondOpinion,
    judge,
    judge_in_conversation,
    judge_text,
    language,
)
from apptrack_pipeline.ingestion.mail.extract import Names, digest_items, extract, unwrapped
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.other_roles import before_other_roles
from apptrack_pipeline.ingestion.mail.postings import tenants
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.replies import may_be_a_reply
from apptrack_pipeline.ingestion.mail.sender_names import employer_slugs
from apptrack_pipeline.ingestion.mail.senders import SenderKind, sender_of
from apptrack_pipeline.ingestion.mail.signals import (
    Head,
    Judgement,
    MailEvent,
    MailSignals,
    Reader,
)

READER_VERSION: Final = "mail-3"
"""Version of everything that reads mail; another one means that mail may say other things now."""

_OPENING_CHARS: Final = 2_000
_MOST_REFERENCES: Final = 50
_MOST_ADDRESSES: Final = 20

_ABOUT_AN_APPLICATION: Final = STATUS_CHANGING | {MailCategory.CONFIRMATION, MailCategory.FOLLOWUP_OTHER}


def interpret(raw: bytes, reader: Reader, second_opinion: SecondOpinion | None = None) -> MailSignals:
    """Return what the mail says; never raises, whatever the bytes are."""
    return interpret_message(read_message(raw), reader, second_opinion)


def interpret_message(
    message: Message, reader: Reader, second_opinion: SecondOpinion | None = None
) -> MailSignals:
    """Return what a mail that has been read says."""
    judgement = judge(message, reader, second_opinion)
    is_own = any(evidence.rule == "sender.own_address" for evidence in judgement.evidence)
    names = extract(message, reader, judgement.category)
    events: tuple[MailEvent, ...] = ()
    if judgement.category in _ABOUT_AN_APPLICATION and not is_own:
        events = _digest(message, reader, judgement) or (_event(judgement, names),)
    elif judgement.category is MailCategory.NOT_JOB and may_be_a_reply(message, reader):
        events = (replace(_event(judge_in_conversation(message), names), only_in_thread=True),)
    return MailSignals(
        judgement=judgement,
        company=names.company,
        title=names.title,
        requisition_id=names.requisition_id,
        ats=names.ats,
        posting_urls=names.posting_urls,
        interviews=names.interviews,
        events=events,
        language=language(message),
        trust=sender_trust(message, reader.authserv_ids),
        trouble=message.trouble,
        head=_head(message) if events else Head(),
    )


def _event(judgement: Judgement, names: Names) -> MailEvent:
    return MailEvent(
        judgement.category,
        names.company,
        names.title,
        names.requisition_id,
        judgement.evidence,
        judgement.certainty,
    )


def _head(message: Message) -> Head:
    """Return what a mail about an application is known by; of a forwarded one, what the inner mail says."""
    inner = message.forwarded or message
    tags = (
        address.email.rpartition("@")[0].partition("+")[2] for address in message.recipients[:_MOST_ADDRESSES]
    )
    # In a name of its own each: one system may write for several employers of one tenant.
    sender = sender_of(inner.sender)
    slugs = (*employer_slugs(inner, sender), *tenants(inner.links))
    return Head(
        message_id=message.message_id,
        references=message.references[-_MOST_REFERENCES:],
        sender=inner.sender.email,
        sender_name=" ".join(inner.sender.name.split())[:200],
        slugs=tuple(dict.fromkeys(slugs))[:5],
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        subject=" ".join(inner.subject.split())[:500],
        is_board=sender is not None and sender.kind is SenderKind.BOARD,
        text=before_other_roles(unwrapped(inner.text[: 2 * _OPENING_CHARS]))[:_OPENING_CHARS],
    )


def _digest(message: Message, reader: Reader, judgement: Judgement) -> tuple[MailEvent, ...]:
    """Return one event for each update of a digest; none where the mail is about one application."""
    items = digest_items(message, reader)
    if len(items) < 2:
        return ()
    events = []
    for item in items:
        said = judge_text(item.passage)
        known = said.category in _ABOUT_AN_APPLICATION
        events.append(
            MailEvent(
                said.category if known else MailCategory.FOLLOWUP_OTHER,
                item.company,
                item.title,
                item.requisition_id,
                said.evidence if known else judgement.evidence,
                said.certainty if known else judgement.certainty,
            )
        )
    return tuple(events)
