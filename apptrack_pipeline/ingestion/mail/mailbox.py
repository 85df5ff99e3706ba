"""The port to a mailbox: what is in it, and the bytes of its messages. Nothing is ever changed in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from apptrack_pipeline.domain import ConfigurationError, PermanentError, TransientError


class LoginRefusedError(ConfigurationError):
    """The server refused the credentials; trying again may lock the account."""


class MailboxMissingError(ConfigurationError):
    """The account has no mailbox of that name, or the path is not there."""


class UnreadableMessageError(PermanentError):
    """One message cannot be had, however often it is asked for."""


class MailboxRenewedError(TransientError):
    """The mailbox was made anew (another UIDVALIDITY): the UIDs in hand mean other messages now.

    Whoever holds UIDs drops them and begins with `status`.
    """


@dataclass(frozen=True)
class MailboxStatus:
    """How a mailbox stands; answered without opening it (RFC 3501, STATUS)."""

    uidvalidity: int
    uidnext: int
    messages: int


@dataclass(frozen=True)
class Entry:
    """One message of a mailbox, known without its bytes."""

    uid: int
    received_at: dt.datetime
    """INTERNALDATE in UTC; for files the Date header, or the file's time."""
    size: int
    """In bytes."""
    gmail_message_id: int | None = None
    """X-GM-MSGID: the same in every folder."""
    gmail_thread_id: int | None = None
    """X-GM-THRID."""


@dataclass(frozen=True)
class RawMessage:
    """The bytes of one message."""

    uid: int
    raw: bytes
    truncated: bool
    """The message is larger than `MAX_MESSAGE_BYTES`, and this is its beginning."""


MAX_MESSAGE_BYTES = 5 * 1024 * 1024
"""What is fetched of one message at most, in bytes: enough for the text of any mail."""


class Mailbox(Protocol):
    """One folder of one account, open for reading."""

    account: str
    name: str

    def status(self) -> MailboxStatus:
        """Return how the mailbox stands."""
        ...

    def entries(self, *, after_uid: int, since: dt.date | None) -> Iterator[Sequence[Entry]]:
        """Yield the messages with a higher UID, in UID order, in blocks.

        `since`: none that was received before that day.
        Raises MailboxRenewedError when UIDVALIDITY is another than `status` said.
        """
        ...

    def fetch(self, uids: Sequence[int]) -> Mapping[int, RawMessage]:
        """Return the messages that are still there; one that was expunged meanwhile is missing, not an error.

        Raises TransientError when the connection breaks, after which the next call connects again;
        UnreadableMessageError when the server will not give one of them; MailboxRenewedError.
        """
        ...

    def close(self) -> None:
        """End the connection, if there is one."""
        ...
