"""IMAP servers on loopback for tests: pymap in a thread, Dovecot where it is installed, Gmail by script,
and a proxy that breaks connections on purpose.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import os
import pwd
import re
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from imapclient import IMAPClient

from apptrack_pipeline.demo.imap_server import MemoryImapServer, free_port
from apptrack_pipeline.settings import MailAccount

USER = "me@example.org"
PASSWORD = "correct horse"

Mail = bytes | tuple[bytes, dt.datetime]


def mail(subject: str = "Thank you", *, size: int = 0, message_id: str = "", text: str = "Hello.") -> bytes:
    """Return a small mail, filled up to about `size` bytes."""
    head = (
        f"From: Jobs <jobs@example.com>\r\nTo: {USER}\r\nSubject: {subject}\r\n"
        f"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\n"
        + (f"Message-ID: <{message_id}>\r\n" if message_id else "")
        + f"\r\n{text}\r\n"
    ).encode()
    line = b"We read every application with care, and answer each of them." + b"\r\n"
    missing = max(0, size - len(head) - 2)
    return head + (line * (missing // len(line) + 1))[:missing].rstrip(b"\r\n").ljust(missing) + b"\r\n"


def settings_of(server: ImapServer | ScriptedGmail, *, port: int | None = None, **more: Any) -> MailAccount:
    """Return the settings of an account on a server, or on a proxy before it."""
    values = {
        "name": "test", "address": server.user, "host": "127.0.0.1", "port": port or server.port,
        "security": "none", "password": server.password,
    } | more  # fmt: skip
    return MailAccount(**values)


class ImapServer:
    """What the servers have in common: a port, and a client that may change things."""

    port: int
    user = USER
    password = PASSWORD

    def client(self) -> IMAPClient:
        """Return a client that is logged in, to do what the product never does: change a mailbox."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        # Without it each literal waits 40 ms for a delayed acknowledgement: 21 messages a second.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(self.user, self.password)
        return client

    def append(self, *mails: Mail, folder: str = "INBOX") -> None:
        """Put messages into a folder, in that order, with the time they were received."""
        batch = [{"msg": one} if isinstance(one, bytes) else {"msg": one[0], "date": one[1]} for one in mails]
        with self.client() as client:
            for start in range(0, len(batch), 200):
                client.multiappend(folder, batch[start : start + 200])

    def create(self, folder: str) -> None:
        with self.client() as client:
            client.create_folder(folder)

    def renew(self, folder: str, *mails: Mail) -> None:
        """Delete a folder and make it again, with another UIDVALIDITY."""
        with self.client() as client:
            client.delete_folder(folder)
            client.create_folder(folder)
        if mails:
            self.append(*mails, folder=folder)

    def expunge(self, uids: Sequence[int], folder: str = "INBOX") -> None:
        with self.client() as client:
            client.select_folder(folder)
            client.delete_messages(list(uids))
            client.expunge()

    def flags(self, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        """Return the flags of every message but \\Recent, which a mere look changes."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return {
                uid: tuple(flag for flag in items[b"FLAGS"] if flag != b"\\Recent")
                for uid, items in client.fetch(client.search("ALL"), ["FLAGS"]).items()
            }

    def uids(self, folder: str = "INBOX") -> list[int]:
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return list(client.search("ALL"))


class PymapServer(MemoryImapServer, ImapServer):
    """pymap with its mail in memory, in a thread of this process."""

    def __init__(self, *, certificate: Path | None = None, key: Path | None = None) -> None:
        super().__init__(USER, PASSWORD, certificate=certificate, key=key)


class Dovecot(ImapServer):
    """Dovecot 2.3 with a configuration of its own in a temporary folder; nothing of the system's is used."""

    password = PASSWORD.replace(" ", "-")  # the static passdb takes no blanks

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="at-dovecot-"))
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def missing() -> str | None:
        """Return why Dovecot cannot be used here; None where it can."""
        program = _dovecot()
        if program is None:
            return "Dovecot is not installed (make test-dovecot)"
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        return None if version.startswith("2.3") else f"the configuration is for Dovecot 2.3, not {version}"

    def __enter__(self) -> Self:
        program = _dovecot()
        assert program is not None
        root = os.geteuid() == 0
        # Dovecot hands no mail to root; its package brings users of its own.
        owner = pwd.getpwnam("dovecot") if root else pwd.getpwuid(os.geteuid())
        login = "dovenull" if root else owner.pw_name
        folder = self._folder
        folder.chmod(0o755)
        (folder / "mail").mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        config = folder / "dovecot.conf"
        config.write_text(f"""
            protocols = imap
            listen = 127.0.0.1
            base_dir = {folder}/run
            log_path = {folder}/dovecot.log
            ssl = no
            disable_plaintext_auth = no
            auth_mechanisms = plain
            first_valid_uid = 1
            default_internal_user = {owner.pw_name}
            default_login_user = {login}
            mail_max_userip_connections = 100
            auth_cache_size = 1M
            passdb {{
              driver = static
              args = password={self.password}
            }}
            userdb {{
              driver = static
              args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/mail/%u
            }}
            mail_location = maildir:~/Maildir
            namespace inbox {{
              inbox = yes
              separator = /
              mailbox Everything {{
                special_use = \\All
              }}
              mailbox Junk {{
                special_use = \\Junk
              }}
            }}
            service imap-login {{
              {"" if root else "chroot ="}
              inet_listener imap {{
                port = {self.port}
              }}
              inet_listener imaps {{
                port = 0
              }}
            }}
            # Refused logins are answered at once: they are the tests' own.
            auth_failure_delay = 0
            service anvil {{
              {"" if root else "chroot ="}
              unix_listener anvil-auth-penalty {{
                mode = 0
              }}
            }}
        """)
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 20
        while True:
            try:
                self.client().logout()
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    log = folder / "dovecot.log"
                    text = log.read_text() if log.exists() else "no log"
                    self.__exit__()
                    raise AssertionError(f"Dovecot did not start: {text}") from None
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)


def _dovecot() -> str | None:
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


@dataclass
class FaultProxy:
    """Stands before a server and breaks connections; what it does may be changed while it runs."""

    target: int
    cut_after: int | None = None
    """Close a connection when so many bytes came from the server."""
    stall_after: int | None = None
    """Let nothing more through, and keep the connection open."""
    poison: bytes | None = None
    """Close a connection when these bytes are about to come through."""
    closed: bool = False
    """Close every connection at once."""
    rule: Callable[[int], None] | None = None
    """Called with the number of each connection before it is served."""
    connections: int = 0
    _sockets: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake the thread that waits for a connection.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for one in self._sockets:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            if self.rule is not None:
                self.rule(self.connections)
            if self.closed:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets.append(one)
            threading.Thread(target=self._up, args=(near, far), daemon=True).start()
            threading.Thread(target=self._down, args=(near, far), daemon=True).start()

    @staticmethod
    def _up(near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                far.sendall(data)
        _end(far)

    def _down(self, near: socket.socket, far: socket.socket) -> None:
        passed = 0
        seen = b""
        with contextlib.suppress(OSError):
            while data := far.recv(16384):
                if self.poison is not None:
                    seen = seen[-len(self.poison) :] + data
                    if self.poison in seen:
                        break
                if self.cut_after is not None and passed + len(data) >= self.cut_after:
                    near.sendall(data[: self.cut_after - passed])
                    break
                if self.stall_after is not None and passed + len(data) >= self.stall_after:
                    near.sendall(data[: max(0, self.stall_after - passed)])
                    while far.recv(65536):
                        pass
                    return
                near.sendall(data)
                passed += len(data)
        _end(near)
        _end(far)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class GmailMessage:
    """One message of the scripted Gmail."""

    uid: int
    raw: bytes
    message_id: int
    thread_id: int
    internaldate: str = "02-Nov-2026 10:00:00 +0000"
    in_search: bool = True
    """Whether it is found by X-GM-RAW."""


@dataclass
class ScriptedGmail:
    """Speaks the lines of imap.gmail.com that matter; what was asked is kept in `asked`."""

    user = USER
    password = PASSWORD
    messages: list[GmailMessage] = field(default_factory=list)
    login_answer: str = "OK [CAPABILITY {after}] me@example.org authenticated (Success)"
    bearer: str = "ya29.good"
    """The access token that it takes."""
    xoauth2_refusal: str = '{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'
    greeting: str = "* OK Gimap ready for requests from 127.0.0.1 a1mb1"
    before: str = (
        "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 "
        "AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER"
    )
    after: str = (
        "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE "
        "ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE "
        "APPENDLIMIT=35651584"
    )
    folders: tuple[str, ...] = (
        r'(\HasNoChildren) "/" "INBOX"',
        r'(\HasChildren \NoSelect) "/" "[Gmail]"',
        r'(\Drafts \HasNoChildren) "/" "[Gmail]/Brouillons"',
        r'(\HasNoChildren \Trash) "/" "[Gmail]/Corbeille"',
        r'(\Flagged \HasNoChildren) "/" "[Gmail]/Suivis"',
        r'(\HasNoChildren \Junk) "/" "[Gmail]/Spam"',
        r'(\All \HasNoChildren) "/" "[Gmail]/Tous les messages &AOk-chang&AOk-s"',
    )
    status_answer: str | None = None
    """Answer of STATUS, EXAMINE in place of the usual one."""
    fetch_answer: str | None = None
    unreadable: frozenset[int] = frozenset()
    """UIDs that it says NO to, whatever is asked of them."""
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream, contextlib.suppress(OSError, ValueError):
            self._send(stream, self.greeting)
            if self.greeting.startswith("* BYE"):
                return
            while line := self._read(stream):
                tag, _, command = line.partition(" ")
                self.asked.append(command)
                for answer in self._answers(stream, command):
                    if isinstance(answer, bytes):
                        stream.write(answer)
                    else:
                        self._send(stream, answer.replace("{tag}", tag))
                if command.upper() == "LOGOUT" or "* BYE" in (self.status_answer or ""):
                    return

    @staticmethod
    def _send(stream: Any, line: str) -> None:
        stream.write(line.encode() + b"\r\n")
        stream.flush()

    def _read(self, stream: Any) -> str:
        line = stream.readline().decode().rstrip("\r\n")
        while (literal := re.search(r"\{(\d+)\}$", line)) is not None:
            self._send(stream, "+ go ahead")
            text = stream.read(int(literal.group(1))).decode()
            line = line[: literal.start()] + f'"{text}"' + stream.readline().decode().rstrip("\r\n")
        return str(line)

    def _answers(self, stream: Any, command: str) -> Iterator[str | bytes]:
        verb = command.upper()
        if verb == "CAPABILITY":
            yield f"* CAPABILITY {self.before}"
            yield "{tag} OK Thats all she wrote! a1mb1"
        elif verb.startswith("LOGIN "):
            yield from self._logged_in()
        elif verb.startswith("AUTHENTICATE XOAUTH2"):
            self._send(stream, "+ ")
            said = base64.b64decode(self._read(stream)).decode()
            self.asked.append(said)
            if f"auth=Bearer {self.bearer}\1\1" in said:
                yield from self._logged_in()
            else:
                self._send(stream, "+ " + base64.b64encode(self.xoauth2_refusal.encode()).decode())
                self.asked.append("RESPONSE " + self._read(stream))
                yield "{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
        elif verb.startswith("AUTHENTICATE PLAIN"):
            self._send(stream, "+ ")
            self.asked.append(base64.b64decode(self._read(stream)).decode())
            yield from self._logged_in()
        elif verb.startswith("ID "):
            yield '* ID ("name" "GImap" "vendor" "Google, Inc.")'
            yield "{tag} OK Success"
        elif verb.startswith("LIST "):
            yield from (f"* LIST {folder}" for folder in self.folders)
            yield "{tag} OK Success"
        elif verb.startswith(("STATUS ", "EXAMINE ")) and self.status_answer is not None:
            yield self.status_answer
        elif verb.startswith("STATUS "):
            name = re.match(r'STATUS ("[^"]*")', command)
            assert name is not None
            nextuid = max((one.uid for one in self.messages), default=0) + 1
            yield f"* STATUS {name[1]} (MESSAGES {len(self.messages)} UIDNEXT {nextuid} UIDVALIDITY 11)"
            yield "{tag} OK Success"
        elif verb.startswith("EXAMINE "):
            yield r"* FLAGS (\Answered \Flagged \Draft \Deleted \Seen)"
            yield "* OK [PERMANENTFLAGS ()] Flags permitted."
            yield "* OK [UIDVALIDITY 11] UIDs valid."
            yield f"* {len(self.messages)} EXISTS"
            yield "* 0 RECENT"
            yield "{tag} OK [READ-ONLY] selected. (Success)"
        elif verb.startswith("UID SEARCH"):
            found = [one.uid for one in self.messages if one.in_search or "X-GM-RAW" not in verb]
            yield "* SEARCH " + " ".join(map(str, found))
            yield "{tag} OK SEARCH completed (Success)"
        elif verb.startswith("UID FETCH"):
            if self.fetch_answer is not None:
                yield self.fetch_answer
                return
            wanted = {int(uid) for uid in verb.split()[2].split(",")}
            if wanted & self.unreadable:
                yield "{tag} NO Some messages could not be FETCHed (Failure)"
                return
            yield from self._fetched(verb, wanted)
            yield "{tag} OK Success"
        elif verb == "LOGOUT":
            yield "* BYE LOGOUT Requested"
            yield "{tag} OK 73 good day (Success)"
        else:
            yield "{tag} BAD Unknown command a1mb1"

    def _logged_in(self) -> Iterator[str]:
        if self.login_answer.startswith("OK"):
            yield f"* CAPABILITY {self.after}"
        yield (
            self.login_answer.replace("{after}", self.after)
            if self.login_answer.startswith("* ")
            else "{tag} " + self.login_answer.replace("{after}", self.after)
        )

    def _fetched(self, verb: str, uids: set[int]) -> Iterator[bytes]:
        part = re.search(r"BODY\.PEEK\[\](?:<0\.(\d+)>)?", verb)
        for number, one in enumerate(self.messages, start=1):
            if one.uid not in uids:
                continue
            items = [f"UID {one.uid}"]
            if "X-GM-MSGID" in verb:
                items.append(f"X-GM-THRID {one.thread_id} X-GM-MSGID {one.message_id}")
            if "INTERNALDATE" in verb:
                items.append(f'RFC822.SIZE {len(one.raw)} INTERNALDATE "{one.internaldate}"')
            head = f"* {number} FETCH ({' '.join(items)}".encode()
            if part is None:
                yield head + b")\r\n"
            else:
                raw = one.raw if part[1] is None else one.raw[: int(part[1])]
                name = b"BODY[]" if part[1] is None else b"BODY[]<0>"
                yield head + b" " + name + b" {%d}\r\n" % len(raw) + raw + b")\r\n"


def flat(blocks: Iterable[Sequence[Any]]) -> list[Any]:
    """Return the entries of all blocks."""
    return [entry for block in blocks for entry in block]


class TlsFront:
    """Takes TLS from the first byte and passes on to a server in the clear, as stunnel does."""

    def __init__(self, target: int, certificate: Path, key: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._target = target

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        # One thread for both ways: two may not use one TLS connection at a time.
        with (
            near,
            contextlib.suppress(OSError),
            self._context.wrap_socket(near, server_side=True) as inside,
            socket.create_connection(("127.0.0.1", self._target)) as far,
        ):
            while True:
                ready = [inside] if inside.pending() else select.select([inside, far], [], [])[0]
                for one in ready:
                    if not (data := one.recv(65536)):
                        return
                    (far if one is inside else inside).sendall(data)
