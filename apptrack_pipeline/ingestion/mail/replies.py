"""Replies that a person typed: "Received, thank you!" speaks of a job only by the conversation it is in."""

from __future__ import annotations

import re
from typing import Final

from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.senders import SenderKind, sender_of
from apptrack_pipeline.ingestion.mail.signals import Reader

ANSWERS: Final = re.compile(r"\s*(?:re|aw|sv|rv|antw|res|odp|vs) ?:", re.IGNORECASE)
"""How the subject of an answer begins, by the language of the program that wrote it."""

LIST_SUBJECT: Final = re.compile(r"\s*(?:re: ?)+\[(?!external)[\w ./-]{2,40}\]", re.IGNORECASE)
"""A discussion's subject: "Re: [SAdev] Alternatives"."""

_NOBODYS: Final = re.compile(
    r"(?:^|[-_.+])(?:no-?reply|do-?not-?reply|notifications?|newsletter|mailer-daemon|postmaster|bounces?)"
    r"(?:$|[-_.+])"
)
_SERVICES: Final = frozenset({SenderKind.BOARD, SenderKind.BULK, SenderKind.PAPERS})


def may_be_a_reply(message: Message, reader: Reader) -> bool:
    """Tell whether a person may have typed the mail in answer to one of the reader's.

    By its headers alone. What the reader wrote, lists and automata are no reply.
    """
    if message.is_bulk or message.is_automatic or message.sender.email in reader.own_addresses:
        return False
    if not message.references and not ANSWERS.match(message.subject):
        return False
    sender = sender_of(message.sender)
    return not (
        _NOBODYS.search(message.sender.email.partition("@")[0])
        or LIST_SUBJECT.match(message.subject)
        or (sender is not None and sender.kind in _SERVICES)
    )
