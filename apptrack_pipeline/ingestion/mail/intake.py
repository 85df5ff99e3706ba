"""Takes mail in: lists what mailboxes hold, then takes what is due, and commits as it goes.

A message becomes known by its UID first (`due`), and is taken later, by whatever run covers its day. So a
first sync of years is a queue that any run takes up where another one was killed: what was committed is
there, what was not is still due. Each account is read by one run at a time.
"""

from __future__ import annotations

import datetime as dt
import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import text

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import (
    ApptrackError,
    ConfigurationError,
    MailCategory,
    TransientError,
)
from apptrack_pipeline.ingestion.mail import store
from apptrack_pipeline.ingestion.mail.batches import Batch, take
from apptrack_pipeline.ingestion.mail.classify import judge
from apptrack_pipeline.ingestion.mail.identity import content_key
from apptrack_pipeline.ingestion.mail.interpret import READER_VERSION
from apptrack_pipeline.ingestion.mail.mailbox import (
    Entry,
    LoginRefusedError,
    Mailbox,
    MailboxRenewedError,
    RawMessage,
)
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.replies import may_be_a_reply
from apptrack_pipeline.ingestion.mail.signals import Judgement, Reader
from apptrack_pipeline.ingestion.mail.store import KnownMailbox, NewMail

_log = logging.getLogger(__name__)

CERTAINLY_NOT_JOB: Final = 0.7
"""From this certainty on, mail that is no job mail leaves nothing but its identity, hash and verdict. Of 940
written mails that the rules were not fitted to, it keeps 16 % of the other mail and loses 2 of 784 job mails;
with 0.8 it is 33 % and 1 (November 2026)."""

_SAY_EVERY: Final = 500


@dataclass(frozen=True)
class Source:
    """One account with its mailboxes, ready to be opened."""

    account: str
    kind: str
    """imap, files or ingest."""
    open: Callable[[], AbstractContextManager[Sequence[Mailbox]]]
    """Opens the account's mailboxes, over one login; raises LoginRefusedError, ConfigurationError and
    TransientError."""
    since: dt.date | None
    """Nothing that was received earlier is read."""
    reader: Reader
    refused_mark: Callable[[], bytes] | None = None
    """Makes the mark of the credentials in use, to be kept when the server refuses them."""
    overlap: int = 0
    """How many UIDs that are known already are listed again: a search may not find the newest mail yet."""


@dataclass
class Report:
    """What a run did with mail, in numbers of messages; `in` = new + again + gone + quarantined."""

    listed: int = 0
    new: int = 0
    again: int = 0
    gone: int = 0
    quarantined: int = 0
    kept: int = 0
    not_job: int = 0
    failures: dict[str, Exception] = field(default_factory=dict)
    """By account or mailbox: why it could not be read, or not to its end."""


def take_in(
    database: Database,
    sources: Sequence[Source],
    *,
    first: dt.date,
    last: dt.date,
    run_id: str,
    clock: Callable[[], dt.datetime],
    say: Callable[[str], None],
) -> Report:
    """List every mailbox and take what is due on the days from `first` to `last`.

    What cannot be read is noted and reported, and never stops the other accounts.
    """
    intake = _Intake(database, first, last, run_id, clock, say)
    for source in sources:
        intake.take(source)
    return intake.report


@dataclass
class _Intake:
    """One run of `take_in`."""

    database: Database
    first: dt.date
    last: dt.date
    run_id: str
    clock: Callable[[], dt.datetime]
    say: Callable[[str], None]
    report: Report = field(default_factory=Report)
    due_again: int = 0
    """Replies that were taken before what they answer."""

    def take(self, source: Source) -> None:
        """Take one account's mail, and note how the account stands."""
        error: ApptrackError | None = None
        mark = None
        try:
            with _sole_run(self.database, source.account), source.open() as mailboxes:
                if source.kind == "imap":
                    with self.database.begin() as connection:
                        store.retire_folders(connection, source.account, [each.name for each in mailboxes])
                for mailbox in mailboxes:
                    self._take_mailbox(source, mailbox)
                if self.due_again:
                    self.due_again = 0
                    for mailbox in mailboxes:
                        self._take_mailbox(source, mailbox)
        except LoginRefusedError as refusal:
            error, mark = refusal, None if source.refused_mark is None else source.refused_mark()
        except (ConfigurationError, TransientError) as trouble:
            error = trouble
        if error is not None:
            self.report.failures[source.account] = error
        if source.kind != "imap":
            return
        with self.database.begin() as connection:
            if error is None:
                store.account_answered(connection, source.account, now=self.clock())
            else:
                store.account_has_trouble(
                    connection, source.account, str(error), refused_credentials=mark, now=self.clock()
                )

    def _take_mailbox(self, source: Source, mailbox: Mailbox) -> None:
        for is_last_try in (False, True):
            with self.database.begin() as connection:
                box = store.know_mailbox(connection, mailbox.account, mailbox.name, source.kind)
            try:
                uidvalidity = self._list(source, mailbox, box)
                with self.database.begin() as connection:
                    due = store.due_entries(connection, box, uidvalidity, self.first, self.last)
                if due:
                    self.say(f"{_name(box)}: {len(due)} messages from {self.first} to {self.last}")
                    self._take_due(source.reader, mailbox, box, uidvalidity, due)
            except LoginRefusedError:
                raise
            except MailboxRenewedError:  # between two commands; what was listed means other messages now
                if is_last_try:
                    raise
                self.say(f"{_name(box)} was made anew; it is listed again")
                continue
            except TransientError:
                raise
            # Of this mailbox alone, and so is what nobody foresaw: the others can be read.
            except Exception as error:
                foreseen = isinstance(error, ApptrackError)
                if not foreseen:
                    _log.exception("%s could not be read", _name(box))
                self.report.failures[_name(box)] = error
                with self.database.begin() as connection:
                    why = str(error) if foreseen else f"unforeseen: {type(error).__name__}, see the logs"
                    store.mailbox_has_trouble(connection, box.id, why)
            return

    def _list(self, source: Source, mailbox: Mailbox, box: KnownMailbox) -> int:
        """Remember every message that is new in the mailbox as due; return the UIDVALIDITY they are of."""
        status = mailbox.status()
        ordered = source.kind == "imap"
        known_uid = box.next_uid - 1 if ordered and box.uidvalidity == status.uidvalidity else 0
        if known_uid + 1 < status.uidnext or not ordered:
            with self.database.begin() as connection:
                store.start_listing(connection, box, status.uidvalidity)
            listed = 0
            after_uid = max(0, known_uid - source.overlap)
            for block in mailbox.entries(after_uid=after_uid, since=source.since):
                with self.database.begin() as connection:
                    self.report.listed += store.list_entries(
                        connection,
                        box,
                        status.uidvalidity,
                        block,
                        ordered=ordered,
                        run_id=self.run_id,
                        now=self.clock(),
                    )
                listed += len(block)
                if listed % _SAY_EVERY < len(block):
                    self.say(f"{_name(box)}: {listed} messages listed so far")
        with self.database.begin() as connection:
            store.end_listing(
                connection,
                box.id,
                next_uid=status.uidnext if ordered else 1,
                messages=status.messages,
                now=self.clock(),
            )
        return status.uidvalidity

    def _take_due(
        self, reader: Reader, mailbox: Mailbox, box: KnownMailbox, uidvalidity: int, due: Sequence[Entry]
    ) -> None:
        done = 0

        def deliver(batch: Batch) -> None:
            nonlocal done
            mails = [prepare(entry, message, reader) for entry, message in batch.messages]
            with self.database.begin() as connection:
                stored = store.store_batch(
                    connection,
                    box,
                    uidvalidity,
                    mails,
                    batch.gone,
                    batch.quarantined,
                    run_id=self.run_id,
                    now=self.clock(),
                )
            self.due_again += stored.due_again
            self.report.new += stored.new
            self.report.again += stored.again
            self.report.gone += len(batch.gone)
            self.report.quarantined += len(batch.quarantined)
            self.report.kept += stored.kept
            self.report.not_job += len(mails) - stored.kept
            before, done = done, done + len(batch.messages) + len(batch.gone) + len(batch.quarantined)
            if done // _SAY_EVERY > before // _SAY_EVERY:
                self.say(f"{_name(box)}: {done} of {len(due)} messages taken")

        take(mailbox, due, deliver=deliver)


def _name(box: KnownMailbox) -> str:
    return f"{box.account}/{box.name}"


@contextmanager
def _sole_run(database: Database, account: str) -> Iterator[None]:
    """Wait until no other run reads this account; the lock ends with the process, however that ends."""
    with database.engine.connect() as connection:
        connection.execute(
            text("SELECT pg_advisory_lock(hashtextextended(:name, 0))"), {"name": f"apptrack mail {account}"}
        )
        connection.commit()
        try:
            yield
        finally:
            connection.invalidate()


def prepare(entry: Entry, message: RawMessage, reader: Reader) -> NewMail:
    """Return a message as it is stored: its bytes compressed, unless it certainly is no job mail.

    Of what may be a reply the store decides: it knows what was answered.
    """
    read = read_message(message.raw)
    judgement = judge(read, reader)
    is_reply = not is_kept(judgement) and may_be_a_reply(read, reader)
    kept = is_kept(judgement) or is_reply
    return NewMail(
        entry=entry,
        content_key=content_key(message.raw),
        message_id=read.message_id if kept else None,
        thread_key=thread_key(entry, read) if kept else None,
        raw=zlib.compress(message.raw, 6) if kept else None,
        size=max(entry.size, len(message.raw)),
        verdict=judgement.category,
        certainty=judgement.certainty,
        reader_version=READER_VERSION,
        trouble=f"only its first {len(message.raw)} bytes were taken" if message.truncated else None,
        replies_to=read.references if is_reply else None,
    )


def is_kept(judgement: Judgement) -> bool:
    """Tell whether a mail's bytes are kept: job mail, and what may be job mail."""
    return (
        judgement.category is not MailCategory.NOT_JOB
        or judgement.needs_review
        or judgement.certainty < CERTAINLY_NOT_JOB
    )


def thread_key(entry: Entry, message: Message) -> str | None:
    """Return what the mails of one conversation share: Gmail's thread, else the first id they refer to."""
    if entry.gmail_thread_id is not None:
        return f"gmail:{entry.gmail_thread_id}"
    root = message.references[0] if message.references else message.message_id
    return None if root is None else f"id:{root}"
