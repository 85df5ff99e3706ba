"""Takes messages out of a mailbox in batches that suit the connection, so that a bad one still gets done.

Pure: it speaks to the port `Mailbox` alone, and waits by the function it is given. A batch of fixed size
never finishes on a connection that breaks sooner than the batch is through: measured with one that is cut
every 150 kB, 20 messages at a time, 240 of 5,000 messages came through and then none.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from apptrack_pipeline.domain import TransientError
from apptrack_pipeline.ingestion.mail.mailbox import (
    MAX_MESSAGE_BYTES,
    Entry,
    Mailbox,
    MailboxRenewedError,
    RawMessage,
    UnreadableMessageError,
)

LARGEST = 200
"""Messages in a batch at most; above it Dovecot on loopback gets no faster."""

LARGEST_BYTES = 8 * 1024 * 1024
"""Bytes in a batch at most, unless one message alone has more."""

TRIES = 3
"""How often one message is tried alone before it is put aside."""

RECONNECTS = 5
"""How often in a row a server may be out of reach before it is given up."""

SUSPICIOUS = 3
"""When so many messages in a row are to be put aside, it is the connection that is broken, not they."""


@dataclass(frozen=True)
class Batch:
    """What is stored together: every entry up to its highest UID is in this batch or was in one before."""

    messages: list[tuple[Entry, RawMessage]] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    """Expunged since they were listed."""
    quarantined: list[tuple[Entry, str]] = field(default_factory=list)
    """Cannot be had; with the reason."""


@dataclass
class Taken:
    """How much came of it."""

    messages: int = 0
    gone: int = 0
    quarantined: int = 0
    failures: int = 0
    """Fetches that failed and were tried again."""


def take(
    mailbox: Mailbox,
    entries: Iterable[Entry],
    *,
    deliver: Callable[[Batch], None],
    start: int = 50,
    sleep: Callable[[float], None] = time.sleep,
) -> Taken:
    """Fetch `entries`, which are in the order of their UIDs, and hand them to `deliver` batch by batch.

    `deliver` stores and commits; what it raises goes straight up, and so do LoginRefusedError and
    ConfigurationError. A batch that fails is halved; a message that fails three times alone, while the server
    can be reached, is quarantined. Raises TransientError when the server is out of reach five times in a row,
    when it asks to be left alone, and when three messages in a row fail: then they are not quarantined, since
    it is rather the connection. What is quarantined deserves another try on another day: the last one or two
    messages of a listing are put aside with no later one to prove the connection good.
    """
    return _Taking(mailbox, deliver, start, sleep).run(entries)


class _Taking:
    """The state of one `take`."""

    def __init__(
        self, mailbox: Mailbox, deliver: Callable[[Batch], None], start: int, sleep: Callable[[float], None]
    ) -> None:
        self._mailbox = mailbox
        self._deliver = deliver
        self._sleep = sleep
        self._size = max(1, start)
        self._taken = Taken()
        self._suspects: list[tuple[Entry, str]] = []
        """To be quarantined as soon as another message proves the connection good."""

    def run(self, entries: Iterable[Entry]) -> Taken:
        coming = iter(entries)
        waiting: deque[Entry] = deque()
        tries = 0
        while True:
            while len(waiting) < self._size and (entry := next(coming, None)) is not None:
                waiting.append(entry)
            if not waiting:
                break
            batch = self._next_batch(waiting)
            try:
                found = self._mailbox.fetch([entry.uid for entry in batch])
            except MailboxRenewedError:
                raise
            except UnreadableMessageError as error:
                self._taken.failures += 1
                if len(batch) == 1:
                    self._suspect(waiting.popleft(), error)
                else:
                    self._size = len(batch) // 2
                continue
            except TransientError as error:
                self._taken.failures += 1
                self._reach(error)
                if len(batch) > 1:
                    self._size = len(batch) // 2
                    continue
                tries += 1
                if tries == TRIES:
                    self._suspect(waiting.popleft(), error)
                    tries = 0
                continue
            tries = 0
            for _ in batch:
                waiting.popleft()
            self._store(
                [(entry, found[entry.uid]) for entry in batch if entry.uid in found],
                [entry for entry in batch if entry.uid not in found],
            )
            self._size = min(LARGEST, self._size + max(1, self._size // 8))
        if self._suspects:
            # The last messages of all, and fewer than are suspicious.
            self._store([], [])
        return self._taken

    def _next_batch(self, waiting: deque[Entry]) -> list[Entry]:
        batch: list[Entry] = []
        size = 0
        for entry in waiting:
            size += min(entry.size, MAX_MESSAGE_BYTES)
            if batch and (len(batch) == self._size or size > LARGEST_BYTES):
                break
            batch.append(entry)
        return batch

    def _reach(self, error: TransientError) -> None:
        """Return once the server answers; raise its trouble if it does not, or asks to be left alone."""
        last = error
        for attempt in range(RECONNECTS):
            if last.retry_after_s is not None:
                raise last
            try:
                self._mailbox.status()
            except TransientError as trouble:
                last = trouble
                if attempt + 1 < RECONNECTS:
                    self._sleep(min(2.0**attempt, 10.0))
            else:
                return
        raise last

    def _suspect(self, entry: Entry, error: Exception) -> None:
        self._suspects.append((entry, str(error)))
        if len(self._suspects) >= SUSPICIOUS:
            raise TransientError(
                f"{len(self._suspects)} messages in a row could not be fetched, the last one: {error}"
            ) from error

    def _store(self, messages: list[tuple[Entry, RawMessage]], gone: list[Entry]) -> None:
        # A message that is gone says nothing about the connection, but the server spoke of it.
        batch = Batch(messages, gone, self._suspects)
        self._deliver(batch)
        self._taken.messages += len(messages)
        self._taken.gone += len(gone)
        self._taken.quarantined += len(self._suspects)
        self._suspects = []
