"""One mail out of its bytes, however broken they are: `read_message` never raises and always comes to an end.

What is read is bounded: parts, depth, text, links, the bytes of one part. Which part speaks for the mail,
where its own text ends and what it passes on is decided here; how bytes become text, parts, addresses and
appointments is each in a module of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from apptrack_pipeline.ingestion.mail.charset import decode, decode_header, one_line, tidy
from apptrack_pipeline.ingestion.mail.headers import read_addresses, read_date, read_ids
from apptrack_pipeline.ingestion.mail.html_text import read_html, without_styles
from apptrack_pipeline.ingestion.mail.invitations import MAX_INVITATIONS, merged, read_invitations
from apptrack_pipeline.ingestion.mail.links import MAX_LINKS, plain_links
from apptrack_pipeline.ingestion.mail.mailbox import MAX_MESSAGE_BYTES
from apptrack_pipeline.ingestion.mail.message import Address, Invitation, Link, Message
from apptrack_pipeline.ingestion.mail.mime import Part, read_part
from apptrack_pipeline.ingestion.mail.quotes import (
    Forward,
    Split,
    is_forward_subject,
    is_reply_subject,
    split_mail,
)

MAX_TEXT_CHARS: Final = 200_000
MAX_PARTS: Final = 200
MAX_DEPTH: Final = 20
MAX_FORWARDS: Final = 3
"""How deep mails inside mails are read."""
MAX_ATTACHMENTS: Final = 100
_MAX_TEXT_BYTES: Final = 2 * 1024 * 1024
_MAX_SUBJECT_CHARS: Final = 2_000
_MAX_AUTHENTICATION_RESULTS: Final = 50
_SHORT_PLAIN_CHARS: Final = 200  # a plain part below that is often a stub beside the page

_SAYS_SEE_HTML = re.compile(
    r"(?:view|see|read|open|display|support|show)[^.\n]{0,60}\bhtml\b"
    r"|\bhtml\b[^.\n]{0,40}(?:view|client|version|format)"
    r"|web version of this|view (?:this|it) (?:e-?mail |message )?in (?:a |your )?browser|html-ansicht"
    r"|im browser (?:an(?:sehen|zeigen)|öffnen)|dans (?:votre|un) navigateur|en (?:su|tu|el) navegador",
)
_IS_MARKUP = re.compile(
    r"<(?:html|body|table|div|td|p|span|br|style|!doctype)\b[^<>]{0,500}>|@media\b"
    r"|\{[^{}]{0,200}(?:color|font-size|margin|padding)\s*:",
    re.IGNORECASE,
)
_HAS_TAG = re.compile(r"<(?:html|body|table|div|td|p|span|br|!doctype)\b[^<>]{0,500}>", re.IGNORECASE)
_FLOWED_BREAK = re.compile(r"(?<!^--) \n(?!>)", re.MULTILINE)  # RFC 3676; `-- ` is a signature's
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HTML_WORDS: Final = ("html", "browser", "navigateur", "navegador")
_BULK_HEADERS: Final = ("list-unsubscribe", "list-id")
_CALENDAR_NAMES: Final = (".ics", ".ical", ".vcs")


@dataclass
class _Body:
    """The text of a part and of what is in it."""

    text: str = ""
    quoted: str = ""
    links: tuple[Link, ...] = ()
    quoted_links: tuple[Link, ...] = ()
    is_html: bool = False

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.quoted.strip())

    def __add__(self, other: _Body) -> _Body:
        return _Body(
            "\n\n".join(filter(None, (self.text, other.text))),
            "\n\n".join(filter(None, (self.quoted, other.quoted))),
            self.links + other.links,
            self.quoted_links + other.quoted_links,
            self.is_html or other.is_html,
        )


@dataclass
class _Walk:
    """What is found on the way through the parts of one mail."""

    parts_left: int = MAX_PARTS
    guesses_left: int = 4
    """How many parts may still have their charset guessed."""
    needs_html: bool = True
    """Whether no plain alternative says it all: a page takes ten times as long to read."""
    trouble: dict[str, None] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    inner: list[bytes] = field(default_factory=list)
    """The message/rfc822 parts that are passed on."""
    named_texts: list[Part] = field(default_factory=list)
    """Texts with a file name that nobody calls an attachment: the mail's own, where it has no other."""
    returned: list[str] = field(default_factory=list)
    """Texts of own mail that came back (multipart/report)."""

    def note(self, word: str) -> None:
        self.trouble[word] = None


def read_message(raw: bytes) -> Message:
    """Return what the mail says. Any bytes are a mail; what is wrong with them is listed in its `trouble`.

    The words there: `charset`, `encoding`, `nul`, `headers`, `sender`, `date`, `boundary`, `parts`, `depth`,
    `truncated`, `calendar`, `message-id`, `empty`.
    """
    data = raw[:MAX_MESSAGE_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _read(data.removeprefix(b"\xef\xbb\xbf"), MAX_FORWARDS, is_cut=len(raw) > MAX_MESSAGE_BYTES)


def _read(data: bytes, forwards_left: int, *, is_cut: bool = False) -> Message:
    walk = _Walk()
    if is_cut:
        walk.note("truncated")
    if b"\0" in data:
        walk.note("nul")
    root = read_part(data)
    if not root.headers:
        walk.note("headers")
    subject = _header(root, "subject", walk)[:_MAX_SUBJECT_CHARS]
    body = _body_of(root, walk, 0, is_root=True)
    if not body and walk.named_texts:
        body = _text_part(walk.named_texts[0], walk)
    in_reply_to = read_ids(root.header("in-reply-to"))
    references = tuple(dict.fromkeys(read_ids(root.header("references")) + in_reply_to))
    split = _split(body, subject, is_reply=bool(references))

    forwarded: Message | None = None
    if forwards_left > 0:
        if walk.inner:
            forwarded = _read(walk.inner[0], forwards_left - 1)
        elif split.forward is not None:
            forwarded = _read_inline(split.forward, body, forwards_left - 1)
    links = body.links
    if forwarded is None and not split.own:
        links += body.quoted_links
    own, quoted = split.own, split.quoted
    if not own and forwarded is None:
        own, quoted = quoted, ""
    if not own and forwarded is None and not walk.invitations:
        walk.note("empty")
    if walk.returned:
        quoted = "\n\n".join(filter(None, (quoted, *walk.returned)))
    if len(own) > MAX_TEXT_CHARS:
        walk.note("truncated")

    sent = _header(root, "date", walk)
    sent_at = read_date(sent) if sent else None
    if sent_at is None:
        walk.note("date")
    sender, reply_to = _sender(root), _addresses(root, "reply-to")
    if not sender.email:
        walk.note("sender")
    ids = read_ids(root.header("message-id"))
    if not ids:
        walk.note("message-id")
    return Message(
        message_id=ids[0] if ids else None,
        references=references,
        sender=sender,
        reply_to=reply_to[0] if reply_to else None,
        recipients=_addresses(root, "to") + _addresses(root, "cc"),
        subject=subject,
        sent_at=sent_at,
        text=own[:MAX_TEXT_CHARS],
        quoted_text=quoted[:MAX_TEXT_CHARS],
        links=tuple(dict.fromkeys(links))[:MAX_LINKS],
        invitations=merged(walk.invitations),
        forwarded=forwarded,
        attachments=tuple(walk.attachments),
        is_bulk=any(name in root.headers for name in _BULK_HEADERS)
        or root.header("precedence").lower() in {"bulk", "list", "junk"},
        is_automatic=root.header("auto-submitted").lower() not in {"", "no"}
        or "x-auto-response-suppress" in root.headers,
        authentication_results=tuple(
            decode_header(value)[0]
            for value in root.headers.get("authentication-results", ())[:_MAX_AUTHENTICATION_RESULTS]
        ),
        trouble=tuple(walk.trouble),
    )


def _header(part: Part, name: str, walk: _Walk) -> str:
    text, fine = part.read(name)
    if not fine:
        walk.note("charset")
    return text


def _addresses(part: Part, name: str) -> tuple[Address, ...]:
    return tuple(address for value in part.headers.get(name, ())[:3] for address in read_addresses(value))


def _sender(part: Part) -> Address:
    """Return the first author that has an address, else one from Sender, else a name alone."""
    authors = _addresses(part, "from")
    candidates = (*authors, *_addresses(part, "sender"))
    named = next((address for address in candidates if "@" in address.email), None)
    if named is None:
        return authors[0] if authors else Address("", "")
    if not named.name and authors and not authors[0].email:
        return Address(authors[0].name, named.email)
    return named


def _body_of(part: Part, walk: _Walk, depth: int, *, is_root: bool = False, is_choice: bool = False) -> _Body:
    kind = part.content_type
    if kind.startswith("multipart/"):
        return _multipart(part, walk, depth)
    name = part.file_name
    if kind == "message/rfc822" or (name.lower().endswith(".eml") and not kind.startswith("text/")):
        if name:
            _attach(name, walk)
        walk.inner.append(part.decoded()[0])
        return _Body()
    if kind in {"text/calendar", "application/ics"} or name.lower().endswith(_CALENDAR_NAMES):
        if name:
            _attach(name, walk)
        _read_calendar(part, walk)
        return _Body()
    is_file = part.is_attachment or (bool(name) and not is_choice and not part.is_inline)
    if not is_root and (is_file or not kind.startswith("text/")):
        if name:
            _attach(name, walk)
        if kind in {"text/plain", "text/html"} and not part.is_attachment:
            walk.named_texts.append(part)
        return _Body()
    if kind.startswith("text/") or (is_root and not part.headers.get("content-transfer-encoding")):
        return _text_part(part, walk)
    if name:
        _attach(name, walk)
    return _Body()


def _attach(name: str, walk: _Walk) -> None:
    if len(walk.attachments) < MAX_ATTACHMENTS:
        walk.attachments.append(name)


def _multipart(part: Part, walk: _Walk, depth: int) -> _Body:
    if depth >= MAX_DEPTH:
        walk.note("depth")
        return _Body()
    is_choice = part.content_type == "multipart/alternative"
    is_report = part.content_type == "multipart/report"
    bodies: list[_Body] = []
    count = 0
    for child in part.parts(walk.parts_left):
        count += 1
        walk.parts_left -= 1
        if walk.parts_left <= 0:
            walk.note("parts")
            break
        if is_report and child.content_type == "message/rfc822":
            if not walk.returned:
                walk.returned.append(_read(child.decoded()[0], 0).text)
            continue
        needed_html = walk.needs_html
        walk.needs_html = needed_html and not (is_choice and any(map(_says_it_all, bodies)))
        bodies.append(_body_of(child, walk, depth + 1, is_choice=is_choice))
        walk.needs_html = needed_html
    if count == 0 and part.body.strip():
        walk.note("boundary")
        return _text_part(part, walk)
    found = [body for body in bodies if body]
    if is_choice and len(found) > 1:
        return _chosen(found)
    return sum(found, _Body())


def _chosen(found: Sequence[_Body]) -> _Body:
    """Return the alternative that says most about the mail."""
    plain = next((body for body in found if not body.is_html), None)
    rich = next((body for body in reversed(found) if body.is_html), None)
    if plain is None or rich is None:
        return found[-1]
    if not _is_complete(plain):
        return rich
    return plain if plain.links else _Body(plain.text, plain.quoted, rich.links, rich.quoted_links)


def _says_it_all(body: _Body) -> bool:
    """Whether nothing that stands beside the body can add to it."""
    return bool(body.links) and not body.is_html and _is_complete(body)


def _is_complete(plain: _Body) -> bool:
    text = plain.text
    is_stub = len(text) < _SHORT_PLAIN_CHARS or _says_see_html(text[:1_000])
    return not is_stub and not _is_markup(text[:20_000])


def _says_see_html(text: str) -> bool:
    lowered = text.lower()
    return any(map(lowered.__contains__, _HTML_WORDS)) and _SAYS_SEE_HTML.search(lowered) is not None


def _is_markup(text: str) -> bool:
    return ("<" in text or "{" in text or "@media" in text) and _IS_MARKUP.search(text) is not None


def _text_part(part: Part, walk: _Walk) -> _Body:
    is_html = part.content_type in {"text/html", "application/xhtml+xml"}
    if is_html and not walk.needs_html:
        return _Body()
    data, fine = part.decoded()
    if not fine:
        walk.note("encoding")
    if len(data) > _MAX_TEXT_BYTES:
        walk.note("truncated")
        data = data[:_MAX_TEXT_BYTES]
    declared = part.parameters.get("charset")
    if is_html and not declared and (meta := _META_CHARSET.search(data, 0, 4_000)) is not None:
        declared = meta[1].decode("ascii", "replace")
    text, known = decode(data, declared, may_guess=walk.guesses_left > 0)
    if not known:
        walk.guesses_left -= 1
        walk.note("charset")
    if is_html or _is_page(text):
        page = read_html(text)
        if page.is_cut:
            walk.note("truncated")
        return _Body(page.text, page.quoted, page.links, page.quoted_links, is_html=True)
    text = text[: 2 * MAX_TEXT_CHARS]
    if part.parameters.get("format", "").lower() == "flowed":
        gap = "" if part.parameters.get("delsp", "").lower() == "yes" else " "
        text = _FLOWED_BREAK.sub(gap, text)
    tidied = tidy(without_styles(text))
    return _Body(tidied, "", plain_links(tidied))


def _is_page(text: str) -> bool:
    """Whether what is called plain text is a page, from its first character or by its many tags."""
    if _HAS_TAG.match(text[:600].lstrip()):
        return True
    return text.count("</", 0, 20_000) >= 3 and _HAS_TAG.search(text, 0, 20_000) is not None


def _read_calendar(part: Part, walk: _Walk) -> None:
    if len(walk.invitations) >= MAX_INVITATIONS:
        walk.note("parts")
        return
    data, _ = part.decoded()
    text, known = decode(data, part.parameters.get("charset"))
    if not known:
        walk.note("charset")
    invitations, fine = read_invitations(text, method=part.parameters.get("method", ""))
    walk.invitations.extend(invitations)
    if not fine:
        walk.note("calendar")


def _split(body: _Body, subject: str, *, is_reply: bool) -> Split:
    """Return the text taken apart: first as the sender's software marked it, then as the lines show."""
    is_forward = is_forward_subject(subject)
    is_answer = is_reply or is_reply_subject(subject)
    own = split_mail(body.text, is_reply=is_answer, is_forward=is_forward)
    if not body.quoted:
        return own
    marked = split_mail(body.quoted, is_reply=is_answer, is_forward=is_forward)
    forward = own.forward or (marked.forward if not marked.own and not marked.quoted else None)
    if forward is not None:
        return Split(own.own, own.quoted, forward)
    return Split(own.own, "\n".join(filter(None, (own.quoted, body.quoted))), None)


def _read_inline(forward: Forward, body: _Body, forwards_left: int) -> Message:
    """Return the mail that stands in the text of another, under headers that a mail program wrote there."""
    headers = forward.headers
    split = split_mail(forward.text)
    inner = (
        _read_inline(split.forward, body, forwards_left - 1) if split.forward and forwards_left > 0 else None
    )
    sender = read_addresses(headers.get("from", "").encode())
    own = split.own or split.quoted
    return Message(
        message_id=None,
        references=(),
        sender=sender[0] if sender else Address("", ""),
        reply_to=None,
        recipients=read_addresses(headers.get("to", "").encode())
        + read_addresses(headers.get("cc", "").encode()),
        subject=one_line(headers.get("subject", ""))[:_MAX_SUBJECT_CHARS],
        sent_at=read_date(headers["date"]) if "date" in headers else None,
        text=own[:MAX_TEXT_CHARS],
        quoted_text=split.quoted[:MAX_TEXT_CHARS] if split.own else "",
        links=(body.quoted_links or body.links)[:MAX_LINKS],
        invitations=(),
        forwarded=inner,
        attachments=(),
        is_bulk=False,
        is_automatic=False,
        authentication_results=(),
    )
