"""Which mailboxes there are (accounts, imported files, the letter box), and how they stand."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import ApptrackError, ConfigurationError
from apptrack_pipeline.ingestion.mail import store
from apptrack_pipeline.ingestion.mail.files import FileMailbox
from apptrack_pipeline.ingestion.mail.imap import (
    FETCHING,
    PROBING,
    ImapAccount,
    Timeouts,
    open_account,
    password_of,
)
from apptrack_pipeline.ingestion.mail.intake import Source
from apptrack_pipeline.ingestion.mail.letter_box import LetterBox
from apptrack_pipeline.ingestion.mail.mailbox import (
    LoginRefusedError,
    Mailbox,
    MailboxMissingError,
    MailboxStatus,
)
from apptrack_pipeline.ingestion.mail.oauth import access_token, token_file
from apptrack_pipeline.ingestion.mail.providers import provider_of
from apptrack_pipeline.ingestion.mail.signals import Reader
from apptrack_pipeline.ingestion.mail.store import KnownAccount, KnownMailbox
from apptrack_pipeline.settings import MailAccount, Settings

_SALT_BYTES: Final = 16

# Gmail searches in an index that may be behind its own mailbox by some messages.
_GMAIL_OVERLAP: Final = 500
_TrackedNames = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Probe:
    """How the mailboxes of one account stand, compared with what is known of them."""

    account: str
    has_news: bool
    is_first: bool = False
    """Some mailbox has never been listed: its first sync begins."""
    trouble: str | None = None
    messages: int = 0


def sources(database: Database, *, now: dt.datetime, say: Callable[[str], None]) -> list[Source]:
    """Return everything that mail can be taken from now; `say` gets a word for each account left out."""
    settings = database.settings
    with database.begin() as connection:
        known = store.known_accounts(connection)
        store.retire_accounts(connection, [account.name for account in settings.mail_accounts])
        imports = store.files_to_read(connection)
        names = store.tracked_names(connection)
    found: list[Source] = []
    for account in settings.mail_accounts:
        state = known.get(account.name)
        if state is not None and not _may_be_asked(settings, account, state, now):
            say(f"{account.name} is left alone for now: {state.trouble}")
            continue
        found.append(
            Source(
                account=account.name,
                kind="imap",
                open=_opener(settings, account),
                since=now.date() - dt.timedelta(days=account.since_days),
                reader=reader_of(settings, account.name, names),
                refused_mark=_marker(settings, account),
                overlap=_GMAIL_OVERLAP if account.gmail_filter else 0,
            )
        )
    own = reader_of(settings, store.FILES, names)
    found += [Source(store.FILES, "files", _file_opener(Path(path), now), None, own) for path in imports]
    found.append(Source(store.LETTER_BOX, "ingest", _letter_box_opener(database), None, own))
    return found


def reader_of(settings: Settings, account_name: str, names: _TrackedNames) -> Reader:
    """Return what reading an account's mail depends on besides the mail itself.

    The person's own addresses are those of all accounts. What a server says of a sender is believed only for
    mail that came through the account itself: anybody can write any header into a file.
    """
    own = {address for account in settings.mail_accounts for address in _addresses(account)}
    authserv_ids: Collection[str] = ()
    for account in settings.mail_accounts:
        if account.name == account_name:
            provider = provider_of(account.address, account.host)
            authserv_ids = account.authserv_ids or (provider.authserv_ids if provider is not None else ())
    return Reader(
        own_addresses=frozenset(own),
        authserv_ids=frozenset(each.casefold() for each in authserv_ids),
        known_companies=names[0],
        known_titles=names[1],
    )


def asked_accounts(database: Database, *, now: dt.datetime) -> list[MailAccount]:
    """Return the accounts whose servers may be asked now."""
    with database.begin() as connection:
        known = store.known_accounts(connection)
    return [
        account
        for account in database.settings.mail_accounts
        if (state := known.get(account.name)) is None or _may_be_asked(database.settings, account, state, now)
    ]


def probe(
    database: Database, accounts: Sequence[MailAccount], *, now: dt.datetime, within_s: float
) -> list[Probe]:
    """Ask each account's server for the STATUS of its mailboxes, all at once, and note how it stands.

    Returns within `within_s` seconds; who has not answered by then is in trouble.
    """
    answers: dict[str, dict[str, MailboxStatus | MailboxMissingError] | ApptrackError] = {}

    def ask(account: MailAccount) -> None:
        try:
            with _opened(database.settings, account, _within(within_s)) as opened:
                answers[account.name] = {box.name: _status_of(box) for box in opened.mailboxes()}
        except ApptrackError as error:
            answers[account.name] = error

    threads = [threading.Thread(target=ask, args=(account,), daemon=True) for account in accounts]
    deadline = time.monotonic() + within_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [_noted(database, account, answers.get(account.name), now, within_s) for account in accounts]


def _noted(
    database: Database,
    account: MailAccount,
    answer: dict[str, MailboxStatus | MailboxMissingError] | ApptrackError | None,
    now: dt.datetime,
    within_s: float,
) -> Probe:
    with database.begin() as connection:
        if isinstance(answer, dict):
            store.account_answered(connection, account.name, now=now)
            boxes = {
                box.name: box for box in store.known_mailboxes(connection) if box.account == account.name
            }
            there = {name: status for name, status in answer.items() if isinstance(status, MailboxStatus)}
            missing = {
                name: str(each) for name, each in answer.items() if not isinstance(each, MailboxStatus)
            }
            for name, why in missing.items():
                box = store.know_mailbox(connection, account.name, name, "imap")
                store.mailbox_has_trouble(connection, box.id, why)
            news = any(_is_news(boxes.get(name), status) for name, status in there.items())
            is_first = any(name not in boxes or boxes[name].listed_at is None for name in there)
            messages = sum(status.messages for status in there.values())
            return Probe(account.name, news, is_first, "; ".join(missing.values()) or None, messages)
        trouble = f"it did not answer within {within_s:.0f} s" if answer is None else str(answer)
        mark = _marker(database.settings, account)() if isinstance(answer, LoginRefusedError) else None
        store.account_has_trouble(connection, account.name, trouble, refused_credentials=mark, now=now)
    return Probe(account.name, has_news=False, trouble=trouble)


def _status_of(mailbox: Mailbox) -> MailboxStatus | MailboxMissingError:
    try:
        return mailbox.status()
    except MailboxMissingError as error:  # the account's other folders can be read
        return error


def _is_news(known: KnownMailbox | None, status: MailboxStatus) -> bool:
    return (
        known is None
        or known.listed_at is None
        or known.trouble is not None
        or known.uidvalidity != status.uidvalidity
        or known.next_uid < status.uidnext
    )


def _addresses(account: MailAccount) -> tuple[str, ...]:
    return tuple(address.casefold() for address in (account.address, *account.own_addresses))


def _within(within_s: float) -> Timeouts:
    return Timeouts(
        connect_s=min(PROBING.connect_s, within_s), read_s=min(PROBING.read_s, within_s), total_s=within_s
    )


@contextmanager
def _opened(settings: Settings, account: MailAccount, timeouts: Timeouts) -> Iterator[ImapAccount]:
    token = None
    if account.auth != "password":

        def token() -> str:
            return access_token(account, settings.mail_token_dir, now=dt.datetime.now(dt.UTC))

    with open_account(account, token=token, timeouts=timeouts) as opened:
        yield opened


def _opener(
    settings: Settings, account: MailAccount
) -> Callable[[], AbstractContextManager[Sequence[Mailbox]]]:
    @contextmanager
    def opened() -> Iterator[Sequence[Mailbox]]:
        with _opened(settings, account, FETCHING) as imap:
            yield imap.mailboxes()

    return opened


def _file_opener(path: Path, now: dt.datetime) -> Callable[[], AbstractContextManager[Sequence[Mailbox]]]:
    @contextmanager
    def opened() -> Iterator[Sequence[Mailbox]]:
        mailbox = FileMailbox(path, account=store.FILES, now=now)
        try:
            yield [mailbox]
        finally:
            mailbox.close()

    return opened


def _letter_box_opener(database: Database) -> Callable[[], AbstractContextManager[Sequence[Mailbox]]]:
    return lambda: nullcontext([LetterBox(database.engine)])


# -- refused credentials -------------------------------------------------------------------------------------


def _marker(settings: Settings, account: MailAccount) -> Callable[[], bytes]:
    return lambda: _mark(_credentials(settings, account), secrets.token_bytes(_SALT_BYTES))


def _may_be_asked(settings: Settings, account: MailAccount, state: KnownAccount, now: dt.datetime) -> bool:
    """Tell whether an account's server may be asked: never with the credentials that it has refused."""
    mark = state.refused_credentials
    if mark is None:
        return state.retry_at is None or state.retry_at <= now
    return not hmac.compare_digest(mark, _mark(_credentials(settings, account), mark[:_SALT_BYTES]))


def _mark(credentials: bytes, salt: bytes) -> bytes:
    # Slow on purpose (50 ms): the database must not give a password away to who gets hold of it.
    return salt + hashlib.scrypt(credentials, salt=salt, n=2**14, r=8, p=1, dklen=32)


def _credentials(settings: Settings, account: MailAccount) -> bytes:
    """Return all that a login depends on: a change of any of it is worth another try."""
    try:
        if account.auth == "password":
            secret = password_of(account)
        else:
            secret = token_file(account, settings.mail_token_dir).read_text(encoding="utf-8")
    except (ConfigurationError, OSError) as error:
        secret = type(error).__name__
    parts = (account.host or "", str(account.port), account.user or account.address, account.auth, secret)
    return "\0".join(parts).encode()
