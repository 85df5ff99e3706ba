"""The tables of mail: what is known of accounts and mailboxes, of each UID, and the messages themselves."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Table, case, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.db.queues import DECISIONS, LINK_QUEUE, enqueue, note_done
from apptrack_pipeline.db.tables import (
    Application,
    EmailUid,
    IngestedMail,
    Mail,
    MailAccountState,
    MailboxState,
    MailLink,
    MailSignal,
)
from apptrack_pipeline.domain import DecisionKind, MailCategory, QueueState, UidState, new_id, storable
from apptrack_pipeline.ingestion.mail.mailbox import Entry
from apptrack_pipeline.orchestration.days import partition_day

ACCOUNTS: Final[Table] = MailAccountState.__table__  # type: ignore[assignment]
MAILBOXES: Final[Table] = MailboxState.__table__  # type: ignore[assignment]
UIDS: Final[Table] = EmailUid.__table__  # type: ignore[assignment]
MAIL: Final[Table] = Mail.__table__  # type: ignore[assignment]
SIGNALS: Final[Table] = MailSignal.__table__  # type: ignore[assignment]
INGESTED: Final[Table] = IngestedMail.__table__  # type: ignore[assignment]
_APPLICATIONS: Final[Table] = Application.__table__  # type: ignore[assignment]
_LINKS: Final[Table] = MailLink.__table__  # type: ignore[assignment]

LETTER_BOX: Final = "letter_box"
"""Account and name of the mailbox that the API fills."""

FILES: Final = "files"
"""Account of imported paths."""

_NOT_LISTED_SINCE: Final = MAILBOXES.c.listed_at.is_(None) | (
    MAILBOXES.c.requested_at > MAILBOXES.c.listed_at
)

# A mailbox that cannot be read, or was made anew since, has nothing to give; `doctor` and a check name it.
_CAN_BE_HAD: Final = (
    select(MAILBOXES.c.id)
    .where(
        MAILBOXES.c.account == UIDS.c.account,
        MAILBOXES.c.name == UIDS.c.mailbox,
        MAILBOXES.c.uidvalidity == UIDS.c.uidvalidity,
        MAILBOXES.c.trouble.is_(None),
    )
    .exists()
)

_SOONEST: Final = dt.timedelta(minutes=1)
_LATEST: Final = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class KnownMailbox:
    """How far one mailbox is known."""

    id: uuid.UUID
    account: str
    name: str
    kind: str
    uidvalidity: int | None
    next_uid: int
    listed_at: dt.datetime | None
    requested_at: dt.datetime | None
    trouble: str | None


@dataclass(frozen=True)
class NewMail:
    """One message to store; `raw` is compressed, and None where it is not to be kept."""

    entry: Entry
    content_key: bytes
    message_id: str | None
    thread_key: str | None
    raw: bytes | None
    size: int
    verdict: str
    certainty: float
    reader_version: str
    trouble: str | None = None
    replies_to: tuple[str, ...] | None = None
    """Message ids that a possible reply refers to: it is kept where they, or its thread, are of stored job
    mail. None where it is no reply, or is kept whatever it answers."""


@dataclass(frozen=True)
class Stored:
    """What became of a batch: `new` messages, and those whose content was there `again`."""

    new: int = 0
    again: int = 0
    kept: int = 0
    """With their bytes."""
    due_again: int = 0
    """Other messages, whose bytes were not kept, and that may be replies in a conversation of this batch."""


# -- accounts and mailboxes ------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownAccount:
    """How one account stands."""

    name: str
    answered_at: dt.datetime | None
    trouble: str | None
    trouble_since: dt.datetime | None
    retry_at: dt.datetime | None
    refused_credentials: bytes | None


def known_accounts(connection: Connection) -> dict[str, KnownAccount]:
    """Return the accounts that were ever asked, by name."""
    columns = [ACCOUNTS.c[name] for name in KnownAccount.__dataclass_fields__]
    return {row[0]: KnownAccount(*row) for row in connection.execute(select(*columns))}


def account_answered(connection: Connection, account: str, *, now: dt.datetime) -> None:
    """Note that an account can be read."""
    values = {
        "answered_at": now,
        "trouble": None,
        "trouble_since": None,
        "retry_at": None,
        "refused_credentials": None,
    }
    connection.execute(
        insert(ACCOUNTS)
        .values(name=account, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )


def account_has_trouble(
    connection: Connection,
    account: str,
    trouble: str,
    *,
    refused_credentials: bytes | None = None,
    now: dt.datetime,
) -> None:
    """Note why an account cannot be read, and when to ask again: after half as long as it lasts.

    One minute at least, a quarter of an hour at most. `refused_credentials` ends it: what the server refused
    is not tried again, and anything else at once.
    """
    is_refused = refused_credentials is not None
    statement = insert(ACCOUNTS).values(
        name=account,
        trouble=storable(trouble)[:2000],
        trouble_since=now,
        retry_at=None if is_refused else now + _SOONEST,
        refused_credentials=refused_credentials,
    )
    since = func.coalesce(ACCOUNTS.c.trouble_since, statement.excluded.trouble_since)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={
                "trouble": statement.excluded.trouble,
                "trouble_since": since,
                "retry_at": None
                if is_refused
                else func.least(func.greatest(now + (now - since) / 2, now + _SOONEST), now + _LATEST),
                "refused_credentials": statement.excluded.refused_credentials,
            },
        )
    )


def forgive(connection: Connection, account: str) -> None:
    """Let an account be asked again at once, because a person says so."""
    connection.execute(
        update(ACCOUNTS).where(ACCOUNTS.c.name == account).values(retry_at=None, refused_credentials=None)
    )


def know_mailbox(
    connection: Connection, account: str, name: str, kind: str, *, requested_at: dt.datetime | None = None
) -> KnownMailbox:
    """Return what is known of a mailbox, after making its row if there is none."""
    statement = insert(MAILBOXES).values(
        id=new_id(), account=account, name=name, kind=kind, requested_at=requested_at
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["account", "name"],
            set_={
                "requested_at": func.coalesce(statement.excluded.requested_at, MAILBOXES.c.requested_at),
                "trouble": case((statement.excluded.requested_at.is_(None), MAILBOXES.c.trouble)),
            },
        )
    )
    return next(box for box in known_mailboxes(connection) if (box.account, box.name) == (account, name))


def known_mailboxes(connection: Connection) -> list[KnownMailbox]:
    """Return all mailboxes that were ever listed or asked for."""
    columns = [MAILBOXES.c[name] for name in KnownMailbox.__dataclass_fields__]
    return [KnownMailbox(*row) for row in connection.execute(select(*columns).order_by(MAILBOXES.c.id))]


def mailbox_has_trouble(connection: Connection, mailbox_id: uuid.UUID, trouble: str | None) -> None:
    """Note why a mailbox cannot be read, or that it can."""
    connection.execute(
        update(MAILBOXES)
        .where(MAILBOXES.c.id == mailbox_id)
        .values(trouble=None if trouble is None else storable(trouble)[:2000])
    )


def retire_accounts(connection: Connection, accounts: Collection[str]) -> None:
    """Note that the mailboxes of accounts that are not set any more are not read; what is due there waits."""
    connection.execute(
        update(MAILBOXES)
        .where(
            MAILBOXES.c.kind == "imap", MAILBOXES.c.account.not_in(accounts), MAILBOXES.c.trouble.is_(None)
        )
        .values(trouble="its account is not in APPTRACK_MAIL_ACCOUNTS any more")
    )


def retire_folders(connection: Connection, account: str, names: Collection[str]) -> None:
    """Note that the folders of an account that are not read any more are not; what is due there waits."""
    connection.execute(
        update(MAILBOXES)
        .where(MAILBOXES.c.account == account, MAILBOXES.c.name.not_in(names), MAILBOXES.c.trouble.is_(None))
        .values(trouble="it is not among the folders that are read")
    )


# -- UIDs ------------------------------------------------------------------------------------------------


def start_listing(connection: Connection, box: KnownMailbox, uidvalidity: int) -> None:
    """Begin anew where the UIDs mean other messages now: what was due under the old ones is gone."""
    if box.uidvalidity == uidvalidity:
        return
    connection.execute(
        update(UIDS)
        .where(
            UIDS.c.account == box.account,
            UIDS.c.mailbox == box.name,
            UIDS.c.uidvalidity != uidvalidity,
            UIDS.c.state == UidState.DUE,
        )
        .values(state=UidState.GONE, trouble="the mailbox was made anew (UIDVALIDITY changed)")
    )
    connection.execute(
        update(MAILBOXES).where(MAILBOXES.c.id == box.id).values(uidvalidity=uidvalidity, next_uid=1)
    )


def list_entries(
    connection: Connection,
    box: KnownMailbox,
    uidvalidity: int,
    entries: Sequence[Entry],
    *,
    ordered: bool,
    run_id: str,
    now: dt.datetime,
) -> int:
    """Remember messages as due, and that all below them are known; return how many are new.

    One that Gmail has shown in another folder already is taken at once: its X-GM-MSGID is the same.
    `ordered`: UIDs grow with arrival, as a server's do.
    """
    if not entries:
        return 0
    # Only a server's word counts: in a file anybody may have written the header.
    gmail_ids = [
        Decimal(entry.gmail_message_id) for entry in entries if ordered and entry.gmail_message_id is not None
    ]
    known: dict[int, uuid.UUID] = {}
    if gmail_ids:
        rows = connection.execute(
            select(MAIL.c.gmail_message_id, MAIL.c.id).where(
                MAIL.c.account == box.account, MAIL.c.gmail_message_id.in_(gmail_ids)
            )
        )
        known = {int(row[0]): row[1] for row in rows}
    today = now.date()
    rows_to_add = []
    for entry in entries:
        mail_id = known.get(entry.gmail_message_id) if entry.gmail_message_id is not None else None
        received_at = min(entry.received_at, now)
        rows_to_add.append(
            {
                "id": new_id(),
                "account": box.account,
                "mailbox": box.name,
                "uidvalidity": uidvalidity,
                "uid": entry.uid,
                "received_at": received_at,
                "day": partition_day(received_at, today=today),
                "size": entry.size,
                "gmail_message_id": _numeric(entry.gmail_message_id),
                "gmail_thread_id": _numeric(entry.gmail_thread_id),
                "state": UidState.DUE if mail_id is None else UidState.TAKEN,
                "mail_id": mail_id,
                "seen_at": now,
                "run_id": None if mail_id is None else run_id,
            }
        )
    added = connection.execute(
        insert(UIDS)
        .on_conflict_do_nothing(index_elements=["account", "mailbox", "uidvalidity", "uid"])
        .returning(UIDS.c.id),
        rows_to_add,
    ).all()
    if ordered:
        highest = max(entry.uid for entry in entries)
        connection.execute(
            update(MAILBOXES)
            .where(MAILBOXES.c.id == box.id)
            .values(next_uid=func.greatest(MAILBOXES.c.next_uid, highest + 1))
        )
    return len(added)


def _numeric(number: int | None) -> Decimal | None:
    """Return a number of 64 bits without a sign as PostgreSQL can hold it."""
    return None if number is None else Decimal(number)


def end_listing(
    connection: Connection, mailbox_id: uuid.UUID, *, next_uid: int, messages: int, now: dt.datetime
) -> None:
    """Note that the mailbox was listed to its end, and can be read."""
    connection.execute(
        update(MAILBOXES)
        .where(MAILBOXES.c.id == mailbox_id)
        .values(
            next_uid=func.greatest(MAILBOXES.c.next_uid, next_uid),
            messages=messages,
            listed_at=now,
            trouble=None,
        )
    )


def due_days(connection: Connection, accounts: Collection[str]) -> dict[dt.date, int]:
    """Return how many messages of these accounts are due and can be had, by day."""
    rows = connection.execute(
        select(UIDS.c.day, func.count())
        .where(UIDS.c.state == UidState.DUE, UIDS.c.account.in_(accounts), _CAN_BE_HAD)
        .group_by(UIDS.c.day)
    )
    return {row[0]: row[1] for row in rows}


def due_entries(
    connection: Connection, box: KnownMailbox, uidvalidity: int, first: dt.date, last: dt.date
) -> list[Entry]:
    """Return the messages of a mailbox that are due on these days, in UID order."""
    rows = connection.execute(
        select(
            UIDS.c.uid,
            UIDS.c.received_at,
            UIDS.c.size,
            UIDS.c.gmail_message_id,
            UIDS.c.gmail_thread_id,
        )
        .where(
            UIDS.c.state == UidState.DUE,
            UIDS.c.day.between(first, last),
            UIDS.c.account == box.account,
            UIDS.c.mailbox == box.name,
            UIDS.c.uidvalidity == uidvalidity,
        )
        .order_by(UIDS.c.uid)
    )
    return [
        Entry(
            uid,
            received_at,
            size,
            None if message is None else int(message),
            None if thread is None else int(thread),
        )
        for uid, received_at, size, message, thread in rows
    ]


def unfinished_days(connection: Connection, first: dt.date, last: dt.date) -> set[dt.date]:
    """Return the days in this stretch on which some message that can be had is still due."""
    rows = connection.execute(
        select(UIDS.c.day)
        .where(UIDS.c.state == UidState.DUE, UIDS.c.day.between(first, last), _CAN_BE_HAD)
        .distinct()
    )
    return set(rows.scalars())


def make_due_again(connection: Connection, first: dt.date, last: dt.date) -> int:
    """Make the messages of these days due that are not gone, those in quarantine too; return how many."""
    return connection.execute(
        update(UIDS)
        .where(
            UIDS.c.day.between(first, last),
            UIDS.c.state.in_([UidState.TAKEN, UidState.QUARANTINED]),
            _CAN_BE_HAD,
            # The letter box is emptied: what it held is in `mail` alone.
            (UIDS.c.account != LETTER_BOX) | (UIDS.c.state == UidState.QUARANTINED),
        )
        .values(state=UidState.DUE, mail_id=None, trouble=None)
    ).rowcount


# -- messages --------------------------------------------------------------------------------------------


def store_batch(
    connection: Connection,
    box: KnownMailbox,
    uidvalidity: int,
    mails: Sequence[NewMail],
    gone: Sequence[Entry],
    quarantined: Sequence[tuple[Entry, str]],
    *,
    run_id: str,
    now: dt.datetime,
) -> Stored:
    """Store a batch and what became of each of its UIDs; no content is stored twice."""
    today = now.date()
    mails = _without_other_replies(connection, box.account, mails)
    ids: dict[bytes, uuid.UUID] = {}
    new = 0
    by_key = {mail.content_key: mail for mail in mails}
    if by_key:
        statement = insert(MAIL)
        # What was read with a newer reader, or is worth keeping only now, replaces what an older one said.
        better = statement.on_conflict_do_update(
            index_elements=["content_key"],
            set_={
                name: statement.excluded[name]
                for name in (
                    "account",
                    "raw",
                    "verdict",
                    "certainty",
                    "reader_version",
                    "message_id",
                    "thread_key",
                )
            },
            where=(
                (MAIL.c.reader_version != statement.excluded.reader_version)
                & (statement.excluded.raw.is_not(None) | MAIL.c.raw.is_(None))
            )
            | (MAIL.c.raw.is_(None) & statement.excluded.raw.is_not(None))
            # In its own account a server's word for the sender counts; in a file anybody may have written it.
            | (
                ((MAIL.c.account == FILES) | (MAIL.c.account == LETTER_BOX))
                & (statement.excluded.account != FILES)
                & (statement.excluded.account != LETTER_BOX)
            ),
        ).returning(MAIL.c.id, MAIL.c.content_key, literal_column("xmax = 0"))
        rows = [
            {
                "id": new_id(),
                "account": box.account,
                "content_key": key,
                "message_id": mail.message_id,
                "thread_key": mail.thread_key,
                "gmail_message_id": _numeric(mail.entry.gmail_message_id),
                "received_at": min(mail.entry.received_at, now),
                "day": partition_day(min(mail.entry.received_at, now), today=today),
                "raw": mail.raw,
                "size": mail.size,
                "verdict": mail.verdict,
                "certainty": mail.certainty,
                "reader_version": mail.reader_version,
                "run_id": run_id,
            }
            for key, mail in by_key.items()
        ]
        for mail_id, key, is_new in connection.execute(better, rows):
            ids[bytes(key)] = mail_id
            new += bool(is_new)
        missing = [key for key in by_key if key not in ids]
        if missing:
            found = connection.execute(
                select(MAIL.c.content_key, MAIL.c.id).where(MAIL.c.content_key.in_(missing))
            )
            ids |= {bytes(row[0]): row[1] for row in found}
    outcomes: list[tuple[int, str, uuid.UUID | None, str | None]] = [
        (mail.entry.uid, UidState.TAKEN.value, ids[mail.content_key], mail.trouble) for mail in mails
    ]
    outcomes += [(entry.uid, UidState.GONE.value, None, None) for entry in gone]
    outcomes += [
        (entry.uid, UidState.QUARANTINED.value, None, storable(why)[:2000]) for entry, why in quarantined
    ]
    connection.execute(
        text(
            """
            UPDATE email_uids AS u
            SET state = o.state, mail_id = o.mail_id, trouble = o.trouble, run_id = :run_id
            FROM unnest(CAST(:uids AS bigint[]), CAST(:states AS text[]), CAST(:mail_ids AS uuid[]),
                        CAST(:troubles AS text[])) AS o (uid, state, mail_id, trouble)
            WHERE u.account = :account AND u.mailbox = :mailbox AND u.uidvalidity = :uidvalidity
              AND u.uid = o.uid
            """
        ),
        {
            "account": box.account,
            "mailbox": box.name,
            "uidvalidity": uidvalidity,
            "run_id": run_id,
            "uids": [outcome[0] for outcome in outcomes],
            "states": [outcome[1] for outcome in outcomes],
            "mail_ids": [outcome[2] for outcome in outcomes],
            "troubles": [outcome[3] for outcome in outcomes],
        },
    )
    if box.account == LETTER_BOX:
        connection.execute(
            update(INGESTED).where(INGESTED.c.seq.in_([mail.entry.uid for mail in mails])).values(raw=None)
        )
        other = [mail.entry.uid for mail in mails if mail.raw is None]
        connection.execute(update(INGESTED).where(INGESTED.c.seq.in_(other)).values(message_id=None))
    kept = sum(mail.raw is not None for mail in mails)
    due_again = _make_replies_due(connection, box, uidvalidity, mails) if box.kind == "imap" else 0
    return Stored(new, len(mails) - new, kept, due_again)


def _without_other_replies(
    connection: Connection, account: str, mails: Sequence[NewMail]
) -> Sequence[NewMail]:
    """Return the mails, those replies without their bytes and ids that answer nothing about a job."""
    replies = [mail for mail in mails if mail.replies_to is not None]
    if not replies:
        return mails
    rows = connection.execute(
        select(MAIL.c.thread_key, MAIL.c.message_id).where(
            (
                (MAIL.c.account == account)
                & MAIL.c.thread_key.in_({mail.thread_key for mail in replies if mail.thread_key})
            )
            | MAIL.c.message_id.in_({one for mail in replies for one in mail.replies_to or ()}),
            MAIL.c.raw.is_not(None),
            MAIL.c.verdict != MailCategory.NOT_JOB,
        )
    )
    known = {(row[0], row[1]) for row in rows}
    known |= {(mail.thread_key, mail.message_id) for mail in mails if _is_job_mail(mail)}
    threads, ids = ({pair[place] for pair in known} - {None} for place in (0, 1))
    return [
        mail
        if mail.replies_to is None or mail.thread_key in threads or not ids.isdisjoint(mail.replies_to)
        else replace(mail, raw=None, message_id=None, thread_key=None)
        for mail in mails
    ]


def _is_job_mail(mail: NewMail) -> bool:
    return mail.raw is not None and mail.verdict != MailCategory.NOT_JOB


def _make_replies_due(
    connection: Connection, box: KnownMailbox, uidvalidity: int, mails: Sequence[NewMail]
) -> int:
    """Make what came later in Gmail's threads of these mails due again, where its bytes were not kept.

    A first sync takes the newest month first, and so a reply before what it answers. Only Gmail names the
    thread of a message whose bytes are not there.
    """
    threads = {
        mail.entry.gmail_thread_id: mail.entry.received_at
        for mail in sorted(mails, key=lambda mail: mail.entry.received_at, reverse=True)
        if mail.entry.gmail_thread_id is not None and _is_job_mail(mail)
    }
    if not threads:
        return 0
    return connection.execute(
        text(
            """
            UPDATE email_uids AS u
            SET state = 'due', mail_id = NULL, trouble = NULL
            FROM unnest(CAST(:threads AS numeric[]), CAST(:begun AS timestamptz[])) AS t (thread, begun)
            WHERE u.account = :account AND u.gmail_thread_id = t.thread AND u.received_at > t.begun
              AND u.state = 'taken'
              AND EXISTS (SELECT FROM mail WHERE mail.id = u.mail_id AND mail.raw IS NULL)
              AND NOT (u.mailbox = :mailbox AND u.uidvalidity = :uidvalidity AND u.uid = ANY (:uids))
              AND EXISTS (SELECT FROM mailboxes AS b WHERE b.account = u.account AND b.name = u.mailbox
                          AND b.uidvalidity = u.uidvalidity AND b.trouble IS NULL)
            """
        ),
        {
            "account": box.account,
            "mailbox": box.name,
            "uidvalidity": uidvalidity,
            "threads": [Decimal(thread) for thread in threads],
            "begun": list(threads.values()),
            "uids": [mail.entry.uid for mail in mails],
        },
    ).rowcount


# -- what messages say -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoredMail:
    """One message of the table `mail`; `raw` is compressed."""

    id: uuid.UUID
    account: str
    raw: bytes | None
    verdict: str
    certainty: float
    reader_version: str


def mails_of_days(connection: Connection, first: dt.date, last: dt.date) -> Iterator[StoredMail]:
    """Yield the messages of these days, a few at a time."""
    columns = [MAIL.c[name] for name in StoredMail.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .where(MAIL.c.day.between(first, last))
        .order_by(MAIL.c.id)
        .execution_options(yield_per=200)
    )
    for row in rows:
        yield StoredMail(*row)


def mails_by_id(connection: Connection, ids: Collection[uuid.UUID]) -> list[StoredMail]:
    """Return these messages."""
    columns = [MAIL.c[name] for name in StoredMail.__dataclass_fields__]
    return [StoredMail(*row) for row in connection.execute(select(*columns).where(MAIL.c.id.in_(ids)))]


def days_without_signals(connection: Connection) -> dict[dt.date, int]:
    """Return how many messages no run has read yet, by day."""
    rows = connection.execute(
        select(MAIL.c.day, func.count())
        .outerjoin(SIGNALS, SIGNALS.c.mail_id == MAIL.c.id)
        .where(SIGNALS.c.mail_id.is_(None))
        .group_by(MAIL.c.day)
    )
    return {row[0]: row[1] for row in rows}


def letter_box_holds_mail(connection: Connection) -> bool:
    """Tell whether the API was sent mail that no run has taken yet."""
    return (
        connection.execute(select(INGESTED.c.id).where(INGESTED.c.raw.is_not(None)).limit(1)).first()
        is not None
    )


def imports_wait(connection: Connection) -> bool:
    """Tell whether a person has asked for files that no run has listed since."""
    waiting = select(MAILBOXES.c.id).where(
        MAILBOXES.c.kind == "files", MAILBOXES.c.trouble.is_(None), _NOT_LISTED_SINCE
    )
    return connection.execute(waiting.limit(1)).first() is not None


def files_to_read(connection: Connection) -> list[str]:
    """Return the paths that wait to be listed, or of which messages are due; an export may have gigabytes."""
    is_due = (
        select(UIDS.c.id)
        .where(UIDS.c.account == FILES, UIDS.c.mailbox == MAILBOXES.c.name, UIDS.c.state == UidState.DUE)
        .exists()
    )
    paths = (
        select(MAILBOXES.c.name)
        .where(MAILBOXES.c.kind == "files", MAILBOXES.c.trouble.is_(None), _NOT_LISTED_SINCE | is_due)
        .order_by(MAILBOXES.c.id)
    )
    return list(connection.execute(paths).scalars())


def save_signals(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[uuid.UUID]:
    """Write what messages say, where it is not what is there; return the messages that say something new."""
    if not rows:
        return set()
    statement = insert(SIGNALS)
    compared = ("category", "certainty", "needs_review", "decided", "trust", "signals", "reader_version")
    changed = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["mail_id"],
            set_={name: statement.excluded[name] for name in (*compared, "run_id", "derived_at")},
            where=func.row(*(SIGNALS.c[name] for name in compared)).is_distinct_from(
                func.row(*(statement.excluded[name] for name in compared))
            ),
        ).returning(SIGNALS.c.mail_id),
        list(rows),
    )
    return set(changed.scalars())


def queue_for_linking(
    connection: Connection, rows: Iterable[Mapping[str, Any]], *, run_id: str, now: dt.datetime
) -> None:
    """Queue the messages that report something, or that were linked when they did, to be linked anew."""
    reports = {row["mail_id"]: bool(row["signals"].get("events")) for row in rows}
    silent = [mail_id for mail_id, reports_something in reports.items() if not reports_something]
    linked = set(connection.execute(select(_LINKS.c.mail_id).where(_LINKS.c.mail_id.in_(silent))).scalars())
    for mail_id, reports_something in reports.items():
        if reports_something or mail_id in linked:
            # A run changes a row once, so its id stands for what the message says now.
            work_key = hashlib.sha256(f"signals {run_id}".encode()).digest()
            enqueue(connection, LINK_QUEUE, mail_id, work_key=work_key, reason="signals", now=now)


@dataclass(frozen=True)
class Decided:
    """What a person has said of messages, and which decisions say so."""

    categories: Mapping[uuid.UUID, str]
    """By message: the category that was named last."""
    decisions: tuple[uuid.UUID, ...]
    """Those that are in force."""
    taken_back: tuple[uuid.UUID, ...]
    """Those that no run has seen since they were taken back."""


_OF_CATEGORY: Final = DECISIONS.c.kind.in_([DecisionKind.MAIL_CATEGORY, DecisionKind.NOT_JOB_MAIL])


def decided_categories(connection: Connection) -> Decided:
    """Return the categories that a person has named; "this is no job mail" names one too."""
    rows = connection.execute(
        select(
            DECISIONS.c.id,
            DECISIONS.c.payload["mail_id"].as_string(),
            case(
                (DECISIONS.c.kind == DecisionKind.NOT_JOB_MAIL, MailCategory.NOT_JOB.value),
                else_=DECISIONS.c.payload["category"].as_string(),
            ),
            DECISIONS.c.undone_at.is_(None),
        )
        .where(_OF_CATEGORY, DECISIONS.c.undone_at.is_(None) | (DECISIONS.c.state == QueueState.DUE))
        .order_by(DECISIONS.c.decided_at, DECISIONS.c.seq)
    ).all()
    in_force = {uuid.UUID(mail_id): category for _, mail_id, category, is_in_force in rows if is_in_force}
    return Decided(
        in_force,
        tuple(row[0] for row in rows if row[3]),
        tuple(row[0] for row in rows if not row[3]),
    )


def days_with_decisions(connection: Connection) -> dict[dt.date, int]:
    """Return the days of messages whose category a person has named, and that no run has taken up yet."""
    rows = connection.execute(
        select(MAIL.c.day, func.count())
        .join(DECISIONS, text("mail.id = CAST(decisions.payload ->> 'mail_id' AS uuid)"))
        .where(_OF_CATEGORY, DECISIONS.c.state == QueueState.DUE)
        .group_by(MAIL.c.day)
    )
    return {row[0]: row[1] for row in rows}


def take_decisions(
    connection: Connection,
    decided: Decided,
    mail_ids: Collection[uuid.UUID],
    *,
    run_id: str,
    now: dt.datetime,
) -> None:
    """Note that what was read of decisions, as far as it is about these messages, is in what they say now.

    One that was taken back since it was read is due still.
    """
    was_read = DECISIONS.c.id.in_(decided.taken_back) | DECISIONS.c.id.in_(
        decided.decisions
    ) & DECISIONS.c.undone_at.is_(None)
    is_about_them = DECISIONS.c.payload["mail_id"].as_string().in_([str(mail_id) for mail_id in mail_ids])
    note_done(connection, DECISIONS, was_read & is_about_them, run_id=run_id, now=now)


def tracked_names(connection: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the companies and the titles of all applications, in a fixed order.

    Not those of applications that mail alone has made: the mail would be read by what was read out of it, and
    another time otherwise than the first.
    """
    companies, titles = (
        tuple(
            connection.execute(
                select(column)
                .where(column.is_not(None), _APPLICATIONS.c.from_mail_alone.is_(False))
                .distinct()
                .order_by(column)
            ).scalars()
        )
        for column in (_APPLICATIONS.c.company_name, _APPLICATIONS.c.job_title)
    )
    return companies, titles


def counts_of_mail(connection: Connection) -> dict[str, int]:
    """Return how many UIDs are in each state."""
    rows = connection.execute(select(UIDS.c.state, func.count()).group_by(UIDS.c.state))
    return {row[0]: row[1] for row in rows}
