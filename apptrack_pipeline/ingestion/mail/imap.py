"""Reads mailboxes over IMAP, and changes nothing in them: EXAMINE and BODY.PEEK alone (RFC 3501).

One `ImapAccount` is one login; it hands out an `ImapMailbox` per folder. Both connect when they are first
asked, and again after the connection broke. A refused login is never tried again by this module.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import difflib
import imaplib
import ipaddress
import json
import re
import socket
import ssl
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, InvalidCriteriaError, LoginError
from imapclient.imap_utf7 import decode as decode_utf7

from apptrack_pipeline.domain import ConfigurationError, PermanentError, TransientError
from apptrack_pipeline.ingestion.mail.mailbox import (
    MAX_MESSAGE_BYTES,
    Entry,
    LoginRefusedError,
    MailboxMissingError,
    MailboxRenewedError,
    MailboxStatus,
    RawMessage,
    UnreadableMessageError,
)
from apptrack_pipeline.ingestion.mail.providers import Security, provider_of, what_to_do_about_a_refusal
from apptrack_pipeline.settings import MailAccount

T = TypeVar("T")

ENTRIES_PER_BLOCK = 500
"""Messages whose date and size are asked for at once: 45 kB of answer."""

SEARCH_WINDOW = 50_000
"""Messages that one SEARCH looks at. Its answer is one line, and imaplib reads no line above 1,000,000 bytes:
50,000 UIDs of ten digits are 550,000."""

PIECE_BYTES = 64 * 1024
"""How much of a message is asked for at once after the connection broke on it, in bytes."""

ATTEMPTS = 5
"""How often a SEARCH or a listing is tried in a row before the trouble is passed on."""

THROTTLED_S = 900.0
"""How long to leave a server alone that says it is asked too much, in seconds."""

# RFC 5530 and Gmail's own: the credentials are not what is wrong.
_TRANSIENT_CODES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED", "OVERQUOTA"})
_THROTTLE_CODES = frozenset({"LIMIT", "THROTTLED", "OVERQUOTA"})
_LASTING_CODES = frozenset({"NONEXISTENT", "NOPERM", "CANNOT", "BADCHARSET", "EXPUNGEISSUED"})
_REFUSED_CODES = frozenset(
    {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN", "WEBALERT"}
)
# Servers that know no codes: Exchange's "Server Unavailable. 15", Gmail's "Too many simultaneous
# connections", Courier's "Temporary problem, please try again later".
_TRANSIENT_WORDS = re.compile(
    r"too many|simultaneous|unavailable|try (?:again )?later|again later|temporar|server (?:is )?busy"
    r"|internal (?:server )?error|server error|time(?:d)?[ -]?out|throttl|bandwidth|rate limit|overload"
    r"|maximum number of connections|not connected",
    re.IGNORECASE,
)
_THROTTLE_WORDS = re.compile(
    r"too many|simultaneous|throttl|bandwidth|rate limit|maximum number", re.IGNORECASE
)
_ATOM = re.compile(r"[A-Za-z0-9@._+=/-]+")


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for a server, in seconds."""

    connect_s: float = 10.0
    """For the connection with its TLS handshake and greeting."""
    read_s: float = 60.0
    """For the next bytes of an answer."""
    total_s: float | None = None
    """For everything that the account is asked, from when it was opened."""


FETCHING = Timeouts()
PROBING = Timeouts(connect_s=10.0, read_s=10.0, total_s=10.0)


@dataclass(frozen=True)
class Folder:
    """One folder of an account."""

    name: str
    flags: frozenset[str]
    """Attributes of LIST in lower case: `\\all`, `\\junk`, `\\noselect` (RFC 6154)."""

    @property
    def can_be_opened(self) -> bool:
        """False for what only holds other folders."""
        return not self.flags & {"\\noselect", "\\nonexistent"}


@dataclass(frozen=True)
class Server:
    """Where an account's mail is."""

    host: str
    port: int
    security: Security


def server_of(account: MailAccount) -> Server:
    """Return the server of an account: what is set, else what its provider has.

    Raises ConfigurationError where neither is known.
    """
    if account.host is not None:
        default_port = 993 if account.security == "tls" else 143
        return Server(account.host, account.port or default_port, account.security)
    provider = provider_of(account.address)
    if provider is None:
        raise ConfigurationError(
            f"mail account {account.name}: the server of this address is not known; set its host"
        )
    return Server(provider.host, account.port or provider.port, provider.security)


def open_account(
    account: MailAccount,
    *,
    token: Callable[[], str] | None = None,
    timeouts: Timeouts = FETCHING,
) -> ImapAccount:
    """Return an account that connects when it is first asked.

    `token` gives a valid OAuth access token; it is called at each login of an account whose `auth` is not
    `password`. Raises ConfigurationError where the account's settings cannot work.
    """
    return ImapAccount(account, token=token, timeouts=timeouts)


class RefusedCommandError(PermanentError):
    """The server said NO or BAD; `code` is its response code (RFC 5530)."""

    def __init__(self, message: str, code: str | None) -> None:
        super().__init__(message)
        self.code = code


class ImapAccount:
    """One login; used by one thread at a time."""

    def __init__(
        self, account: MailAccount, *, token: Callable[[], str] | None, timeouts: Timeouts = FETCHING
    ) -> None:
        self.settings = account
        self.server = server_of(account)
        if self.server.security == "none" and not _is_loopback(self.server.host):
            raise ConfigurationError(
                f"mail account {account.name}: security none sends the password in clear text, which is for "
                "servers on this machine alone; set security to tls or starttls"
            )
        if account.auth != "password" and token is None:
            raise ConfigurationError(
                f"mail account {account.name}: no OAuth login yet; run `apptrack mail login {account.name}`"
            )
        self._token = token
        self._timeouts = timeouts
        self._deadline = None if timeouts.total_s is None else time.monotonic() + timeouts.total_s
        self._client: IMAPClient | None = None
        self._selected: str | None = None
        self._uidvalidity = 0
        self._exists = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Log out, if there is a connection; the next call connects again."""
        client, self._client, self._selected = self._client, None, None
        if client is None:
            return
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            client.socket().settimeout(2.0)
            client.logout()
        _shut(client)

    def folders(self) -> list[Folder]:
        """Return all folders, in the server's order."""
        return [
            Folder(_folder_name(name), frozenset(_text(flag).casefold() for flag in flags))
            for flags, _delimiter, name in self.call("list the folders", _list)
        ]

    def default_folders(self) -> tuple[str, ...]:
        """Return the folder that holds all mail where the server has one (RFC 6154), else INBOX.

        Its name is in the account's language. Gmail's leaves out spam and bin, and has what filters took out
        of the inbox.
        """
        every = [folder.name for folder in self.folders() if "\\all" in folder.flags and folder.can_be_opened]
        return (every[0],) if every else ("INBOX",)

    def mailbox(self, name: str) -> ImapMailbox:
        """Return one folder, over this login."""
        return ImapMailbox(self, name)

    def mailboxes(self) -> list[ImapMailbox]:
        """Return the folders that the account's settings name, else the default ones."""
        return [self.mailbox(name) for name in self.settings.folders or self.default_folders()]

    def has(self, capability: str) -> bool:
        """Return whether the server has an extension."""
        return bool(self.call("ask what the server can do", lambda client: client.has_capability(capability)))

    def examine(self, name: str, *, afresh: bool = False) -> tuple[int, int]:
        """Open a folder for reading unless it is open; return its UIDVALIDITY and how many messages it had.

        `afresh`: open it again, to know how many there are now.
        """
        if self._client is None or self._selected != name or afresh:
            self._selected = None
            answer = self.call(
                f"open {name!r}", lambda client: client.select_folder(name, readonly=True), folder=name
            )
            if not isinstance(answer.get(b"UIDVALIDITY"), int):
                raise TransientError(f"{self._who}: the server opened {name!r} without a UIDVALIDITY")
            self._uidvalidity, self._selected = answer[b"UIDVALIDITY"], name
            self._exists = int(answer.get(b"EXISTS", 0))
        return self._uidvalidity, self._exists

    def call(self, purpose: str, action: Callable[[IMAPClient], T], *, folder: str | None = None) -> T:
        """Return what `action` answers on a connection that is logged in.

        Raises MailboxMissingError where the server knows no `folder`, `RefusedCommandError` where it will not
        do what it is asked, TransientError for all trouble of the network; the connection is gone then.
        """
        client = self._client or self._connect()
        try:
            self._limit(client)
            return action(client)
        except (imaplib.IMAP4.abort, OSError) as error:
            self._drop()
            raise self._broken(purpose, error) from error
        except CapabilityError as error:
            raise ConfigurationError(f"{self._who}: cannot {purpose}: {error}") from error
        except InvalidCriteriaError as error:
            raise RefusedCommandError(f"{self._who}: the server will not {purpose}", None) from error
        except imaplib.IMAP4.error as error:
            answer = _answer(error)
            if answer is None:
                # Not the server's word but the client's: an answer that breaks the protocol.
                self._drop()
                raise TransientError(f"{self._who}: cannot {purpose}: {_brief(str(error))}") from error
            raise self._refused(purpose, answer, folder) from error
        except (ValueError, LookupError, TypeError) as error:
            self._drop()
            raise TransientError(
                f"{self._who}: cannot {purpose}: the server's answer cannot be read ({type(error).__name__})"
            ) from error
        except BaseException:
            self._drop()  # in the middle of an answer
            raise

    @property
    def _who(self) -> str:
        return f"mail account {self.settings.name} ({self.server.host})"

    def _time_left(self) -> float:
        if self._deadline is None:
            return float("inf")
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._drop()
            raise TransientError(f"{self._who}: no answer within {self._timeouts.total_s:g} s")
        return left

    def _limit(self, client: IMAPClient) -> None:
        client.socket().settimeout(min(self._timeouts.read_s, self._time_left()))

    def _drop(self) -> None:
        client, self._client, self._selected = self._client, None, None
        if client is not None:
            _shut(client)

    def _broken(self, purpose: str, error: Exception) -> TransientError:
        text = str(error)
        if isinstance(error, TimeoutError) or "timed out" in text:
            return TransientError(f"{self._who}: no answer in time to {purpose}")
        return TransientError(
            f"{self._who}: the connection broke while trying to {purpose}: {_brief(text)}",
            retry_after_s=_wish(text),
        )

    def _refused(self, purpose: str, answer: str, folder: str | None) -> Exception:
        code = _code(answer)
        text = f"{self._who}: the server will not {purpose}: {_brief(answer)}"
        words = answer.replace(folder, "") if folder else answer
        if code in _TRANSIENT_CODES or (code not in _LASTING_CODES and _TRANSIENT_WORDS.search(words)):
            return TransientError(text, retry_after_s=_wish(answer))
        if folder is not None:
            return MailboxMissingError(text + self._similar_to(folder))
        return RefusedCommandError(text, code)

    def _similar_to(self, folder: str) -> str:
        try:
            names = [known.name for known in self.folders() if known.can_be_opened]
        except (TransientError, ConfigurationError, RefusedCommandError):
            return ""
        close = difflib.get_close_matches(folder, names, n=3, cutoff=0.4) or names[:5]
        return "; it has: " + ", ".join(repr(name) for name in close) if close else ""

    # --- connecting

    def _connect(self) -> IMAPClient:
        left = self._time_left()
        tls = _tls_context(self.settings)
        client: IMAPClient | None = None
        try:
            client = IMAPClient(
                self.server.host,
                self.server.port,
                ssl=self.server.security == "tls",
                ssl_context=tls,
                timeout=SocketTimeout(
                    connect=min(self._timeouts.connect_s, left), read=min(self._timeouts.read_s, left)
                ),
            )
            client.normalise_times = False  # times as they are, not in this machine's zone
            # A SEARCH goes out in two pieces, and the second would wait 40 ms for the first one's receipt.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._limit(client)
            if self.server.security == "starttls":
                client.starttls(tls)
                self._limit(client)
            self._log_in(client)
            self._limit(client)
            _introduce(client)
        except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
            if client is not None:
                _shut(client)
            # The server's own words about a login are in the message; nothing else of it is to be shown.
            raise self._no_connection(error) from (None if isinstance(error, LoginError) else error)
        except BaseException:
            if client is not None:
                _shut(client)
            raise
        self._client = client
        self._selected = None
        return client

    def _no_connection(self, error: Exception) -> Exception:
        """Return what to raise in place of the error that kept the connection from being made."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return ConfigurationError(
                f"{self._who}: the certificate of the server does not verify ({error.verify_message}). If it "
                "is a bridge or a server of your own, set ca_file to its certificate; otherwise check host: "
                "somebody may be listening in."
            )
        if isinstance(error, UnicodeError):
            return ConfigurationError(f"{self._who}: host is not the name of a server")
        no_tls = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}
        if isinstance(error, ssl.SSLError) and error.reason in no_tls:
            return ConfigurationError(
                f"{self._who}: port {self.server.port} does not speak TLS; set security to starttls, or "
                "another port"
            )
        if isinstance(error, CapabilityError):
            return ConfigurationError(
                f"{self._who}: the server offers no STARTTLS on port {self.server.port}; set security to tls"
            )
        if isinstance(error, LoginError):
            return self._refused_login(error)
        return self._broken("connect", error)

    def _log_in(self, client: IMAPClient) -> None:
        account = self.settings
        user = account.user or account.address
        offered = {_text(capability) for capability in client.capabilities()}
        if account.auth != "password":
            assert self._token is not None  # noqa: S101 (checked in __init__)
            _log_in_with_token(client, user, self._token())
        else:
            password = password_of(account)
            simple = bool(_ATOM.fullmatch(user)) and password.isascii()
            if simple and "LOGINDISABLED" not in offered:
                client.login(user, password)
            elif "AUTH=PLAIN" in offered:
                client.plain_login(user, password)  # UTF-8 (RFC 4616); LOGIN knows ASCII alone
            elif "LOGINDISABLED" in offered:
                raise LoginError("the server takes no passwords")
            else:
                raise ConfigurationError(
                    f"{self._who}: the server cannot take this user name or password: it has letters outside "
                    "ASCII or signs that it knows no way to send; choose an app password without them"
                )
        # What was offered before the login is remembered, and Gmail offers more after it.
        client._cached_capabilities = None

    def _refused_login(self, error: LoginError) -> Exception:
        # imapclient makes a LoginError of a connection that breaks during the login, too.
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            return self._broken("log in", error.__context__)
        answer = _login_answer(str(error))
        code = _code(answer)
        provider = provider_of(self.settings.address, self.settings.host)
        said = _brief(_without(answer, self._secrets()))
        if code not in _REFUSED_CODES and (code in _TRANSIENT_CODES or _TRANSIENT_WORDS.search(answer)):
            return TransientError(f"{self._who}: no login now: {said}", retry_after_s=_wish(answer))
        return LoginRefusedError(
            f"{self._who}: the server refused the login: {said}. "
            + what_to_do_about_a_refusal(provider, self.settings.auth)
        )

    def _secrets(self) -> list[str]:
        """What must never be in a message, should a server echo it."""
        if self.settings.auth != "password":
            return []
        try:
            return [password_of(self.settings)]
        except ConfigurationError:
            return []


class ImapMailbox:
    """One folder of an `ImapAccount`; implements the port `Mailbox`."""

    def __init__(self, account: ImapAccount, name: str) -> None:
        self.account = account.settings.name
        self.name = unicodedata.normalize("NFC", name)
        self._account = account
        self._stated: int | None = None
        """UIDVALIDITY as `status` last said it."""
        self._bound: int | None = None
        """UIDVALIDITY that the UIDs in hand belong to: of the first opening, or of the last listing."""
        self._sizes: dict[int, int] = {}
        """Of messages that were listed and not fetched yet, in bytes."""
        self._broken_off: int | None = None
        """UID of a message that was asked for alone when the connection broke."""

    def status(self) -> MailboxStatus:
        """Return how the mailbox stands, without opening it."""
        wanted = ["UIDVALIDITY", "UIDNEXT", "MESSAGES"]
        answer = self._account.call(
            f"tell the state of {self.name!r}",
            lambda client: {
                key.upper(): int(value) for key, value in client.folder_status(self.name, wanted).items()
            },
            folder=self.name,
        )
        try:
            status = MailboxStatus(answer[b"UIDVALIDITY"], answer[b"UIDNEXT"], answer[b"MESSAGES"])
        except KeyError as error:
            raise TransientError(f"{self.name!r}: the server's STATUS lacks {error}") from error
        self._stated = status.uidvalidity
        return status

    def entries(self, *, after_uid: int, since: dt.date | None) -> Iterator[Sequence[Entry]]:
        """Yield the messages with a higher UID, in UID order, in blocks.

        Goes on by itself after a broken connection, in smaller blocks. Raises TransientError after 5 failures
        in a row, ConfigurationError where the account has a `gmail_filter` and the server is not Gmail.
        """
        self._bound = None
        gmail = self._account.has("X-GM-EXT-1")
        uids = self._search(after_uid, since, gmail)
        received_at = dt.datetime.combine(since or dt.date(1970, 1, 1), dt.time(), dt.UTC)
        patience = _Patience(ENTRIES_PER_BLOCK)
        position = 0
        while position < len(uids):
            block = uids[position : position + patience.size]
            try:
                described = self._describe(block, gmail)
            except TransientError as error:
                patience.lose(error)
                continue
            except UnreadableMessageError:
                if len(block) > 1:
                    patience.halve()
                    continue
                # One that the server cannot even describe: whoever fetches it will learn so.
                described = {block[0]: {b"RFC822.SIZE": 0}}
            patience.gain()
            position += len(block)
            found = []
            for uid in block:
                items = described.get(uid)
                if items is None or b"RFC822.SIZE" not in items:
                    continue  # expunged meanwhile
                # A date that cannot be read: mail arrives in the order of its UIDs, so the one before tells.
                received_at = _utc(items.get(b"INTERNALDATE")) or received_at
                if since is not None and received_at.date() < since:
                    continue
                self._sizes[uid] = int(items[b"RFC822.SIZE"])
                found.append(
                    Entry(
                        uid=uid,
                        received_at=received_at,
                        size=self._sizes[uid],
                        gmail_message_id=_number(items.get(b"X-GM-MSGID")),
                        gmail_thread_id=_number(items.get(b"X-GM-THRID")),
                    )
                )
            if found:
                yield found

    def fetch(self, uids: Sequence[int]) -> Mapping[int, RawMessage]:
        """Return the messages that are still there; one that was expunged meanwhile is missing.

        Of a message above `MAX_MESSAGE_BYTES` the beginning. Raises as the port says. A message that a
        connection broke on comes in pieces when it is asked for again, so that one that is larger than what a
        bad link lets through comes, too.
        """
        unknown = [uid for uid in uids if uid not in self._sizes]
        if unknown:
            for uid, items in self._describe(unknown, gmail=False).items():
                self._sizes[uid] = int(items.get(b"RFC822.SIZE", 0))
        sizes = {uid: self._sizes[uid] for uid in uids if uid in self._sizes}
        try:
            found = self._in_pieces(uids[0]) if list(uids) == [self._broken_off] else self._at_once(sizes)
        except TransientError:
            self._broken_off = uids[0] if len(uids) == 1 else None
            raise
        for uid in sizes:
            self._sizes.pop(uid, None)
        return found

    def _at_once(self, sizes: Mapping[int, int]) -> dict[int, RawMessage]:
        found: dict[int, RawMessage] = {}
        whole = [uid for uid, size in sizes.items() if size <= MAX_MESSAGE_BYTES]
        if whole:
            found |= self._bodies(whole, "BODY.PEEK[]", b"BODY[]", truncated=False)
        large = [uid for uid, size in sizes.items() if size > MAX_MESSAGE_BYTES]
        if large:
            part = f"BODY.PEEK[]<0.{MAX_MESSAGE_BYTES}>"
            found |= self._bodies(large, part, b"BODY[]<0>", truncated=True)
        return found

    def _in_pieces(self, uid: int) -> dict[int, RawMessage]:
        raw = b""
        had = -1
        while True:
            part = f"{len(raw)}.{PIECE_BYTES}"
            key = b"BODY[]<%d>" % len(raw)
            try:
                found = self._bodies([uid], f"BODY.PEEK[]<{part}>", key, truncated=False)
            except TransientError as error:
                if isinstance(error, MailboxRenewedError) or error.retry_after_s or len(raw) == had:
                    raise
                had = len(raw)  # once more, as long as each connection brings some of it
                continue
            if not found:
                return {}
            piece = found[uid].raw
            raw += piece
            if len(piece) < PIECE_BYTES or len(raw) > MAX_MESSAGE_BYTES:
                self._broken_off = None
                return {uid: RawMessage(uid, raw[:MAX_MESSAGE_BYTES], len(raw) > MAX_MESSAGE_BYTES)}

    def close(self) -> None:
        """End the connection of the account, if there is one."""
        self._account.close()

    def _open(self, *, afresh: bool = False) -> int:
        """Open the folder unless it is open; return how many messages it had. Raises MailboxRenewedError."""
        uidvalidity, exists = self._account.examine(self.name, afresh=afresh)
        expected = self._stated if self._bound is None else self._bound
        if expected is not None and uidvalidity != expected:
            self._sizes.clear()
            raise MailboxRenewedError(
                f"mail account {self.account}: {self.name!r} was made anew (UIDVALIDITY {uidvalidity}, "
                f"it was {expected})"
            )
        self._bound = uidvalidity
        return exists

    def _search(self, after_uid: int, since: dt.date | None, gmail: bool) -> list[int]:
        """Return the UIDs above `after_uid`, in order; with `since` perhaps some that are a day too old."""
        criteria: list[Any] = []
        if since is not None:
            # SINCE goes by the date in the server's own zone (RFC 3501), at most 14 hours from UTC.
            criteria += [b"SINCE", max(since, dt.date(1970, 1, 2)) - dt.timedelta(days=1)]
        charset = None
        words = self._account.settings.gmail_filter
        if words is not None:
            if not gmail:
                raise ConfigurationError(
                    f"mail account {self.account}: gmail_filter is for Gmail alone; remove it"
                )
            if any(unicodedata.category(sign) == "Cc" for sign in words):
                raise ConfigurationError(f"mail account {self.account}: gmail_filter has control characters")
            # With a blank in it imapclient sends it quoted; Gmail's words have braces and brackets.
            criteria += [b"X-GM-RAW", words + " "]
            charset = None if words.isascii() else "UTF-8"

        found: set[int] = set()
        patience = _Patience(SEARCH_WINDOW)
        low = after_uid + 1
        high: int | None = 0
        fresh = True
        while high is not None:
            try:
                exists = self._open(afresh=fresh)
                fresh = False
                if exists == 0:
                    break
                high = self._end_of_window(low, exists, patience.size)
                window = b"%d:*" % low if high is None else b"%d:%d" % (low, high)
                uids = self._find([b"UID", window, *criteria], charset)
            except TransientError as error:
                high = 0
                patience.lose(error)
                continue
            except RefusedCommandError as error:
                raise ConfigurationError(f"{error}; check gmail_filter" if words else str(error)) from error
            patience.gain()
            # `n:*` always has the last message, even where its UID is below n (RFC 3501, 6.4.8).
            found.update(uid for uid in uids if uid > after_uid)
            low = 0 if high is None else high + 1
        return sorted(found)

    def _end_of_window(self, low: int, exists: int, size: int) -> int | None:
        """Return a UID so that at most `size` messages lie between it and `low`; None: up to the last one.

        Every `size`-th message is asked for its UID. Windows of UIDs are whole whatever is expunged
        meanwhile, and how many there are depends on the messages, not on how far apart their UIDs are.
        """
        marks = range(size, exists, size)
        if not marks:
            return None
        uids = self._account.call(
            f"number the messages of {self.name!r}", lambda client: _uids_of(client, marks)
        )
        return min((uid for uid in uids if uid >= low), default=None)

    def _find(self, criteria: Sequence[Any], charset: str | None) -> Sequence[int]:
        found: Sequence[int] = self._account.call(
            f"search {self.name!r}", lambda client: client.search(list(criteria), charset)
        )
        return found

    def _describe(self, uids: Sequence[int], gmail: bool) -> Mapping[int, Mapping[bytes, Any]]:
        items = ["INTERNALDATE", "RFC822.SIZE"] + (["X-GM-MSGID", "X-GM-THRID"] if gmail else [])
        return self._fetch(uids, items)

    def _bodies(
        self, uids: Sequence[int], item: str, key: bytes, *, truncated: bool
    ) -> dict[int, RawMessage]:
        found = {}
        empty = []
        for uid, items in self._fetch(uids, [item]).items():
            raw = items.get(key)
            if isinstance(raw, bytes):
                found[uid] = RawMessage(
                    uid, raw[:MAX_MESSAGE_BYTES], truncated or len(raw) > MAX_MESSAGE_BYTES
                )
            elif key in items:
                empty.append(uid)
        # Expunged between the listing and now: Dovecot says OK and leaves the body out, or NIL. NIL for a
        # message that is still there is something else.
        if empty:
            self._open(afresh=True)
            if there := self._find([b"UID", ",".join(map(str, empty)).encode()], None):
                raise UnreadableMessageError(f"{self.name!r}: the server has no text for message {there[0]}")
        return found

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> Mapping[int, Mapping[bytes, Any]]:
        self._open()
        try:
            answer: Mapping[int, Mapping[bytes, Any]] = self._account.call(
                f"give {len(uids)} messages of {self.name!r}", lambda client: client.fetch(uids, items)
            )
        except RefusedCommandError as error:
            if len(uids) == 1 and error.code in {"EXPUNGEISSUED", "NONEXISTENT"}:
                return {}
            raise UnreadableMessageError(str(error)) from error
        return answer


class _Patience:
    """How much to ask for at once: half after a failure, up to the full size again; at most 5 in a row."""

    def __init__(self, full: int) -> None:
        self.size = self._full = full
        self._lost = 0

    def lose(self, error: TransientError) -> None:
        self._lost += 1
        if isinstance(error, MailboxRenewedError) or error.retry_after_s or self._lost >= ATTEMPTS:
            raise error
        self.halve()

    def halve(self) -> None:
        self.size = max(1, self.size // 2)

    def gain(self) -> None:
        self._lost = 0
        self.size = min(self._full, self.size + max(1, self.size // 8))


def password_of(account: MailAccount) -> str:
    """Return the account's password. Raises ConfigurationError where there is none that can be sent."""
    if account.password is not None:
        password = account.password.get_secret_value()
    elif account.password_file is not None:
        try:
            with account.password_file.expanduser().open(encoding="utf-8") as file:
                password = file.readline().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ConfigurationError(
                f"mail account {account.name}: password_file {account.password_file} cannot be read: {why}"
            ) from None
    else:
        raise ConfigurationError(f"mail account {account.name}: set password or password_file")
    if not password or any(unicodedata.category(sign) == "Cc" for sign in password):
        raise ConfigurationError(
            f"mail account {account.name}: the password is empty or has control characters"
        )
    return password


def _log_in_with_token(client: IMAPClient, user: str, token: str) -> None:
    told: list[str] = []

    def respond(challenge: bytes) -> bytes:
        # The first challenge is empty. A second one is the refusal, as JSON; it wants an empty answer, and
        # only then comes the NO (Google: "XOAUTH2 mechanism").
        if not challenge:
            return f"user={user}\1auth=Bearer {token}\1\1".encode()
        told.append(_refusal(challenge))
        return b""

    try:
        client.sasl_login("XOAUTH2", respond)
    except LoginError as error:
        if told and not isinstance(error.__context__, imaplib.IMAP4.abort):
            raise LoginError(f"{_without(str(error), [token])} ({told[0]})") from None
        raise


def _refusal(challenge: bytes) -> str:
    """Return the words of an XOAUTH2 refusal: `status 400`."""
    text = challenge
    with contextlib.suppress(ValueError):
        if not text.lstrip().startswith(b"{"):
            text = base64.b64decode(text, validate=True)
    try:
        said = json.loads(text)
        return f"status {int(said['status'])}"
    except (ValueError, KeyError, TypeError):
        return "the token was not taken"


def _uids_of(client: IMAPClient, numbers: Sequence[int]) -> list[int]:
    """Return the UIDs of messages given by their number in the mailbox."""
    client.use_uid = False
    try:
        answer = client.fetch(numbers, ["UID"])
    finally:
        client.use_uid = True
    return [items[b"UID"] for items in answer.values() if b"UID" in items]


def _list(client: IMAPClient) -> list[tuple[Sequence[bytes], bytes | None, bytes | str]]:
    client.folder_encode = False  # one name that cannot be decoded would lose all
    try:
        folders: list[tuple[Sequence[bytes], bytes | None, bytes | str]] = client.list_folders()
    finally:
        client.folder_encode = True
    return folders


def _folder_name(name: bytes | str) -> str:
    """Return a folder's name, which is in modified UTF-7 (RFC 3501, 5.1.3), or ought to be."""
    if isinstance(name, str):
        return name
    try:
        return str(decode_utf7(name)) if name.isascii() else name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")


def _introduce(client: IMAPClient) -> None:
    """Say who asks (RFC 2971): Google asks for it, NetEase opens no folder without it."""
    if client.has_capability("ID"):
        try:
            client.id_({"name": "apptrack"})
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return


def _tls_context(account: MailAccount) -> ssl.SSLContext:
    if account.ca_file is None:
        return ssl.create_default_context()
    try:
        context = ssl.create_default_context(cafile=str(account.ca_file.expanduser()))
    except (OSError, ssl.SSLError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "no certificate in it"
        raise ConfigurationError(
            f"mail account {account.name}: ca_file {account.ca_file} cannot be used: {why}"
        ) from error
    # A bridge's certificate is its own authority, and not made by the book.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _is_loopback(host: str) -> bool:
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shut(client: IMAPClient) -> None:
    with contextlib.suppress(imaplib.IMAP4.error, OSError):
        client.shutdown()


def _answer(error: imaplib.IMAP4.error) -> str | None:
    """Return what the server said when it refused a command; None where it is the client that complains."""
    text = str(error)
    if (no := re.match(r"\w+ failed: (.*)", text, re.DOTALL)) is not None:
        return no.group(1)
    if (bad := re.match(r"\w+ command error: (?:BAD|NO) \[b?(.*)\]$", text, re.DOTALL)) is not None:
        return bad.group(1).strip("'\"")
    return None


def _login_answer(text: str) -> str:
    if (bad := re.match(r"\w+ command error: (?:BAD|NO) \[b?(.*)\]$", text, re.DOTALL)) is not None:
        text = bad.group(1)
    return re.sub(r"""^b?(['"])(.*)\1$""", r"\2", text, flags=re.DOTALL)


def _code(answer: str) -> str | None:
    """Return the response code at the start of an answer (RFC 3501, resp-text-code), in capitals.

    ALERT says nothing about what is wrong and counts as none.
    """
    found = re.search(r"(?:^|\b(?:NO|BAD|BYE) )\[([A-Z][A-Z-]*)[ \]]", answer.upper())
    code = found.group(1) if found else None
    return None if code == "ALERT" else code


def _wish(answer: str) -> float | None:
    """Return how long the server wants to be left alone, in seconds."""
    throttled = _code(answer) in _THROTTLE_CODES or _THROTTLE_WORDS.search(answer)
    return THROTTLED_S if throttled else None


def _brief(text: str) -> str:
    return " ".join(text.split())[:200].rstrip(". ") or "no reason given"


def _without(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _text(word: bytes | str) -> str:
    return word.decode("ascii", "replace") if isinstance(word, bytes) else word


def _utc(value: object) -> dt.datetime | None:
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        return None
    try:
        return value.astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
