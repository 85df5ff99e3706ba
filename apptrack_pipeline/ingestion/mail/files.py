"""Reads mail from files: a mail, an mbox as Google Takeout makes it, a Maildir, or a folder of them.

Files are never changed and never held in memory: an mbox is scanned once for where its messages begin, and
each message is read when it is asked for. What is left out on purpose is counted, and what cannot be read is
named.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import os
import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.ingestion.mail.mailbox import (
    MAX_MESSAGE_BYTES,
    Entry,
    MailboxMissingError,
    MailboxStatus,
    RawMessage,
    UnreadableMessageError,
)

BLOCK_BYTES = 1024 * 1024
"""How much of an mbox is looked at in one go, in bytes."""

HEADER_BYTES = 16 * 1024
"""How much of a message is read for its headers at first, in bytes; 32 times that at most."""

ENTRIES_PER_BLOCK = 500

# X-Gmail-Labels are in the language of the account, and so are folders. Own mail that was sent stays: it is
# known by its sender. Spam is left out as in Gmail's "All Mail"; drafts were never sent, chats are no mail,
# and what lies in the bin was thrown away by its owner.
_LEFT_OUT = {
    "drafts": """draft drafts brouillon brouillons entwurf entwürfe borrador borradores bozza bozze rascunho
        rascunhos concept concepten utkast kladder luonnokset szkic wersje+robocze koncepty""",
    "bin": """trash bin deleted deleted+items deleted+messages corbeille éléments+supprimés papierkorb
        gelöschte+elemente gelöscht papelera elementos+eliminados cestino posta+eliminata lixeira lixo
        prullenbak papperskorgen papirkurv roskakori kosz koš""",
    "spam": """spam junk junk+e-mail junk+email bulk bulk+mail pourriel courrier+indésirable indésirables
        spamverdacht unerwünscht junk-e-mail correo+no+deseado no+deseado posta+indesiderata indesiderata
        lixo+eletrônico ongewenste+e-mail skräppost søppelpost roskaposti""",
    "chats": "chat chats unterhaltungen",
}
_LEFT_OUT_BY_NAME = {
    name.replace("+", " "): reason for reason, names in _LEFT_OUT.items() for name in names.split()
}

_MONTHS = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"]
# `Fri Jul  8 12:08:34 2011`, and Takeout's `Tue Oct 05 15:32:33 +0000 2021`.
_FROM_DATE = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(" + b"|".join(_MONTHS) + rb")\s+(\d{1,2})\s+"
    rb"(\d{1,2}):(\d{2})(?::(\d{2}))?\s+(?:([+-]\d{4}|[A-Z]{1,5})\s+)?(\d{4})(?:\s+([+-]\d{4}))?",
    re.IGNORECASE,
)
_KNOWN_FIELD = re.compile(
    rb"(?:return-path|received|delivered-to|from|to|date|subject|message-id|mime-version|reply-to|sender"
    rb"|dkim-signature|authentication-results|content-type|x-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_FIELDS = re.compile(
    rb"^(x-gm-thrid|x-gm-msgid|x-gmail-labels|date|received)[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)",
    re.IGNORECASE | re.MULTILINE,
)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*")
_PACKED = (".zip", ".tgz", ".gz", ".tar", ".7z", ".rar", ".pst", ".ost", ".msg")
_OLDEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class _Source:
    """One file with mail in it."""

    path: Path
    relative: str
    """Below the root, with slashes; of a Maildir message without its flags: they change."""
    is_mbox: bool
    in_maildir: bool = False


@dataclass
class _Index:
    """Where each message is; parallel, in the order of `uids`."""

    sources: list[_Source] = field(default_factory=list)
    uids: array[int] = field(default_factory=lambda: array("Q"))
    source: array[int] = field(default_factory=lambda: array("L"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    seconds: array[float] = field(default_factory=lambda: array("d"))
    gmail_message_ids: array[int] = field(default_factory=lambda: array("Q"))
    gmail_thread_ids: array[int] = field(default_factory=lambda: array("Q"))
    """0: none."""

    def columns(self) -> list[str]:
        return [name for name in self.__dataclass_fields__ if name != "sources"]

    def sort(self) -> None:
        order = sorted(range(len(self.uids)), key=self.uids.__getitem__)
        for name in self.columns():
            column = getattr(self, name)
            setattr(self, name, array(column.typecode, (column[n] for n in order)))


class FileMailbox:
    """Mail in files; implements the port `Mailbox`.

    A UID is a 62-bit number made of the file's place below `path`, the offset and the size: a file that grows
    and a folder that gains files keep the UIDs of what was there. New mail may get a lower UID than old, so
    what is new is known by its UID being new, not by its being high. `name` is the path.
    """

    def __init__(self, path: Path, *, now: dt.datetime, account: str = "files") -> None:
        self.account = account
        self._root = path.expanduser().absolute()
        self.name = str(self._root)
        self._now = now
        self._index: _Index | None = None
        self.left_out: Counter[str] = Counter()
        """How many messages or files were left out, by reason: drafts, bin, spam, chats, empty, not mail."""
        self.trouble: list[tuple[str, str]] = []
        """Files that could not be read, below the path, with the reason."""

    def status(self) -> MailboxStatus:
        """Return how many messages there are. Raises MailboxMissingError, InvalidInputError."""
        uids = self._scanned().uids
        return MailboxStatus(uidvalidity=1, uidnext=uids[-1] + 1 if uids else 1, messages=len(uids))

    def entries(self, *, after_uid: int, since: dt.date | None) -> Iterator[Sequence[Entry]]:
        """Yield the messages with a higher UID, in UID order, in blocks; all of them after UID 0."""
        index = self._scanned()
        block: list[Entry] = []
        for n in range(bisect_left(index.uids, after_uid + 1), len(index.uids)):
            received_at = dt.datetime.fromtimestamp(index.seconds[n], dt.UTC)
            if since is not None and received_at.date() < since:
                continue
            block.append(
                Entry(
                    uid=index.uids[n],
                    received_at=received_at,
                    size=index.sizes[n],
                    gmail_message_id=index.gmail_message_ids[n] or None,
                    gmail_thread_id=index.gmail_thread_ids[n] or None,
                )
            )
            if len(block) == ENTRIES_PER_BLOCK:
                yield block
                block = []
        if block:
            yield block

    def fetch(self, uids: Sequence[int]) -> Mapping[int, RawMessage]:
        """Return the messages that are still where they were found.

        Raises UnreadableMessageError where a file is there and cannot be read.
        """
        index = self._scanned()
        found = {}
        for uid in uids:
            n = bisect_left(index.uids, uid)
            if n == len(index.uids) or index.uids[n] != uid:
                continue
            source = index.sources[index.source[n]]
            try:
                raw = self._read(source, index.offsets[n], index.sizes[n])
            except FileNotFoundError:
                continue
            except OSError as error:
                raise UnreadableMessageError(f"{source.relative}: {error.strerror}") from error
            if raw is not None:
                found[uid] = RawMessage(uid, raw, index.sizes[n] > MAX_MESSAGE_BYTES)
        return found

    def close(self) -> None:
        """Nothing is kept open."""

    # --- finding the messages

    def _scanned(self) -> _Index:
        if self._index is None:
            index = _Index()
            for source in self._sources():
                try:
                    with source.path.open("rb") as file:
                        index.sources.append(source)
                        if source.is_mbox:
                            self._add_mbox(index, source, file)
                        else:
                            self._add_mail(index, source, file)
                except OSError as error:
                    self.trouble.append((source.relative, error.strerror or "cannot be read"))
            index.sort()
            self._index = index
        return self._index

    def _sources(self) -> Iterator[_Source]:
        root = self._root
        if root.is_dir():
            yield from self._in_folder(root)
            return
        if not root.exists():
            raise MailboxMissingError(f"{root} is not there")
        if root.suffix.casefold() in _PACKED:
            raise InvalidInputError(
                "path", f"{root} is packed: unpack it, and name the folder that comes of it"
            )
        try:
            kind = _kind(root)
        except OSError as error:
            raise InvalidInputError("path", f"{root} cannot be read: {error.strerror}") from error
        if kind is None:
            raise InvalidInputError("path", f"{root} is neither a mail nor an mbox")
        yield _Source(root, root.name, is_mbox=kind == "mbox")

    def _in_folder(self, root: Path) -> Iterator[_Source]:
        def note(error: OSError) -> None:
            name = Path(os.fsdecode(error.filename or root))
            self.trouble.append((_below(root, name), error.strerror or "cannot be read"))

        for name, folders, files in os.walk(root, onerror=note):
            folder = Path(name)
            folders.sort()
            reason = _reason_for_name(_below(root, folder)) if folder != root else None
            if {"cur", "new"} <= set(folders):
                folders[:] = [one for one in folders if one not in ("cur", "new", "tmp")]
                for source in self._in_maildir(root, folder):
                    if reason:
                        self.left_out[reason] += 1
                    else:
                        yield source
            for file in sorted(files):
                path = folder / file
                relative = _below(root, path)
                try:
                    kind = None if file.startswith(".") else _kind(path, in_folder=True)
                except OSError as error:
                    self.trouble.append((relative, error.strerror or "cannot be read"))
                    continue
                if kind is None:
                    self.left_out["not mail"] += 1
                elif kind == "mbox" and (why := reason or _reason_for_name(relative)):
                    self.left_out[why] += 1
                elif kind == "mail" and reason:
                    self.left_out[reason] += 1
                else:
                    yield _Source(path, relative, is_mbox=kind == "mbox")

    def _in_maildir(self, root: Path, folder: Path) -> Iterator[_Source]:
        for part in ("cur", "new"):
            for path in sorted((folder / part).iterdir()):
                unique, _, flags = _maildir_name(path.name)
                if path.name.startswith(".") or not path.is_file():
                    continue
                if "T" in flags or "D" in flags:
                    self.left_out["bin" if "T" in flags else "drafts"] += 1
                    continue
                yield _Source(path, _below(root, folder / unique), is_mbox=False, in_maildir=True)

    def _add_mail(self, index: _Index, source: _Source, file: BinaryIO) -> None:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            self.left_out["empty"] += 1
            return
        self._add(index, source, file, 0, size, None)

    def _add_mbox(self, index: _Index, source: _Source, file: BinaryIO) -> None:
        begun: tuple[int, bytes] | None = None
        for offset, line in _separators(file):
            if begun is not None:
                self._add_of_mbox(index, source, file, begun, offset)
            begun = (offset, line)
        if begun is not None:
            self._add_of_mbox(index, source, file, begun, os.fstat(file.fileno()).st_size)

    def _add_of_mbox(
        self, index: _Index, source: _Source, file: BinaryIO, begun: tuple[int, bytes], end: int
    ) -> None:
        offset, line = begun
        start = offset + len(line)
        # The empty line before the next message is the format's, not the message's.
        size = end - start
        tail = os.pread(file.fileno(), min(4, size), max(start, end - 4))
        if tail.endswith(b"\r\n\r\n"):
            size -= 2
        elif tail.endswith(b"\n\n"):
            size -= 1
        if size <= 4 and not tail.strip(b"\r\n"):
            self.left_out["empty"] += 1
            return
        self._add(index, source, file, start, size, _from_date(line))

    def _add(
        self,
        index: _Index,
        source: _Source,
        file: BinaryIO,
        offset: int,
        size: int,
        from_date: dt.datetime | None,
    ) -> None:
        fields = _fields(_headers(file, offset, size))
        if (reason := _reason_for_labels(fields.get("x-gmail-labels"))) is not None:
            self.left_out[reason] += 1
            return
        written_at = dt.datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, dt.UTC)
        received = fields.get("received")
        times = (
            from_date,
            _date(fields.get("date")),
            _date(received.rpartition(b";")[2]) if received is not None else None,
            written_at,
        )
        received_at = next(
            (time for time in times if time is not None and _OLDEST <= time <= self._now),
            min(written_at, self._now),
        )
        index.uids.append(_uid(source.relative, offset, size))
        index.source.append(len(index.sources) - 1)
        index.offsets.append(offset)
        index.sizes.append(size)
        index.seconds.append(received_at.timestamp())
        index.gmail_message_ids.append(_number(fields.get("x-gm-msgid")))
        index.gmail_thread_ids.append(_number(fields.get("x-gm-thrid")))

    # --- reading them

    def _read(self, source: _Source, offset: int, size: int) -> bytes | None:
        """Return the message, or None where something else is there now."""
        path = _moved(source) if source.in_maildir else source.path
        with path.open("rb") as file:
            now = os.fstat(file.fileno()).st_size
            if now < offset + size or (not source.is_mbox and now != size):
                return None
            if not source.is_mbox:
                return file.read(MAX_MESSAGE_BYTES)
            # Still a From_ line before it and one after it, or the end: else the file was written anew.
            before = os.pread(file.fileno(), min(offset, 1024), max(0, offset - 1024))
            line = before.rstrip(b"\r\n").rpartition(b"\n")[2].removeprefix(b"\xef\xbb\xbf")
            after = os.pread(file.fileno(), 16, offset + size).lstrip(b"\r\n")
            if not (
                before.endswith(b"\n") and line.startswith(b"From ") and (not after or after[:5] == b"From ")
            ):
                return None
            raw = os.pread(file.fileno(), min(size, MAX_MESSAGE_BYTES), offset)
        return _QUOTED_FROM.sub(rb"\1", raw)


def _kind(path: Path, *, in_folder: bool = False) -> str | None:
    """Return `mbox` or `mail`; None for what is neither. In a folder a mail must be named like one."""
    if path.suffix.casefold() in _PACKED or not path.is_file():
        return None
    with path.open("rb") as file:
        beginning = file.read(4096)
    text = beginning[_leading(beginning) :]
    if _is_separator(b"\n\n", text):
        return "mbox"
    suffix = path.suffix.casefold()
    if suffix == ".eml":
        return "mail"
    if suffix in {".mbox", ".mbx"}:
        return None if text else "mbox"  # an empty one is no error
    named_like_mail = not in_folder or suffix == "" or path.name.isdigit()
    return "mail" if named_like_mail and _KNOWN_FIELD.match(text) else None


def _leading(beginning: bytes) -> int:
    found = _LEADING.match(beginning)
    return found.end() if found else 0


def _separators(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield where each From_ line begins, and the line with its end."""
    descriptor = file.fileno()
    first = _leading(os.pread(descriptor, 64, 0))
    places = _line_starts(file, first)
    for offset in places:
        around = os.pread(descriptor, 2048, max(0, offset - 4))
        text = around[min(offset, 4) :]
        before = around[: min(offset, 4)] if offset > first else b"\n\n"
        if _is_separator(before, text):
            yield offset, text[: text.find(b"\n") + 1]


def _line_starts(file: BinaryIO, first: int) -> Iterator[int]:
    """Yield where lines that begin with `From ` are, from `first` on; the file is read in blocks."""
    file.seek(first)
    at = first
    carry = b"\n"
    while block := file.read(BLOCK_BYTES):
        data = carry + block
        place = data.find(b"\nFrom ")
        while place >= 0:
            yield at - len(carry) + place + 1
            place = data.find(b"\nFrom ", place + 6)
        at += len(block)
        carry = data[-5:]


def _is_separator(before: bytes, text: bytes) -> bool:
    """Return whether a line that begins with `From ` begins a message.

    With a date, as every writer of mboxes puts there, or, since Thunderbird leaves it out, after an empty
    line and before a header. A sentence in a mail that was not quoted with > is neither.
    """
    end = text.find(b"\n")
    if end < 0 or not text.startswith(b"From "):
        return False
    if _FROM_DATE.search(text, 0, end):
        return True
    after_empty_line = before.endswith((b"\n\n", b"\n\r\n"))
    return after_empty_line and _KNOWN_FIELD.match(text, end + 1) is not None


def _headers(file: BinaryIO, offset: int, size: int) -> bytes:
    length = HEADER_BYTES
    while True:
        text = os.pread(file.fileno(), min(length, size), offset)
        if (end := _END_OF_HEADERS.search(text)) is not None:
            return text[: end.start()]
        if length >= size or length >= 32 * HEADER_BYTES:
            return text
        length *= 32


def _fields(headers: bytes) -> dict[str, bytes]:
    """Return the first of each field that matters, its name in lower case, its value on one line."""
    found: dict[str, bytes] = {}
    for name, value in _FIELDS.findall(headers):
        found.setdefault(name.decode().casefold(), b" ".join(value.split()))
    return found


def _from_date(line: bytes) -> dt.datetime | None:
    found = _FROM_DATE.search(line)
    if found is None:
        return None
    month, day, hour, minute, second, zone, year, zone_after = found.groups()
    offset = next((one for one in (zone, zone_after) if one and one[:1] in b"+-"), b"+0000")
    sign = -1 if offset[:1] == b"-" else 1
    try:
        local = dt.datetime(
            int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second or 0),
            tzinfo=dt.UTC,
        )  # fmt: skip
        return local - sign * dt.timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
    except (ValueError, OverflowError):
        return None


def _date(value: bytes | None) -> dt.datetime | None:
    if not value:
        return None
    try:
        date = parsedate_to_datetime(value.decode("ascii", "replace"))
        return date.replace(tzinfo=dt.UTC) if date.tzinfo is None else date.astimezone(dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _number(value: bytes | None) -> int:
    if value is None or not value.isdigit():
        return 0
    number = int(value[:20])
    return number if number < 2**64 else 0


def _reason_for_labels(value: bytes | None) -> str | None:
    """Return why a message with these X-Gmail-Labels is left out; None where it is not."""
    if value is None:
        return None
    text = value.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, LookupError, MessageError):
        text = str(make_header(decode_header(text)))
    try:
        labels = next(csv.reader([" ".join(text.split())], skipinitialspace=True), [])
    except csv.Error:
        labels = text.split(",")
    reasons = (_LEFT_OUT_BY_NAME.get(label.strip().casefold()) for label in labels)
    return next((reason for reason in reasons if reason is not None), None)


def _reason_for_name(relative: str) -> str | None:
    """Return why a folder or an mbox below the root is left out: `.Trash`, `Drafts.mbox`, `INBOX.Junk`."""
    for part in relative.split("/"):
        name = re.sub(r"\.(?:mbox|mbx|sbd)$", "", part, flags=re.IGNORECASE).casefold()
        for word in {name, name.lstrip("."), name.rpartition(".")[2]}:
            if word in _LEFT_OUT_BY_NAME:
                return _LEFT_OUT_BY_NAME[word]
    return None


def _maildir_name(name: str) -> tuple[str, str, str]:
    """Return the unique part of a Maildir file's name and its flags; some write ! or ; for the colon."""
    found = re.search(r"[:!;]2,([A-Za-z]*)$", name)
    return (name, "", "") if found is None else (name[: found.start()], "2", found.group(1))


def _moved(source: _Source) -> Path:
    """Return where a Maildir message is now: its flags are in its name, and reading moves it to `cur`."""
    if source.path.exists():
        return source.path
    unique = _maildir_name(source.path.name)[0]
    for part in ("cur", "new"):
        for path in (source.path.parents[1] / part).iterdir():
            if _maildir_name(path.name)[0] == unique:
                return path
    return source.path


def _below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _uid(relative: str, offset: int, size: int) -> int:
    key = f"{relative}\0{offset}\0{size}".encode("utf-8", "surrogateescape")
    return max(1, int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") >> 2)
