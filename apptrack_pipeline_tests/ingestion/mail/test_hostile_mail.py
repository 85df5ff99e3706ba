# ruff: noqa: E501 - mail stands here as it is sent
"""No bytes raise, all comes to an end soon, and whatever comes out can be stored."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apptrack_pipeline.ingestion.mail.html_text import read_html
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.reading import MAX_TEXT_CHARS, read_message


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def check(message: Message) -> None:
    """Everything in a message can be stored in PostgreSQL and as JSON, and is bounded."""
    fields = dataclasses.asdict(message)
    json.dumps(fields, default=str).encode("utf-8")
    for text in strings(fields):
        assert "\0" not in text
        text.encode("utf-8")
    inner: Message | None = message
    depth = 0
    while inner is not None:
        assert len(inner.text) <= MAX_TEXT_CHARS
        assert len(inner.quoted_text) <= MAX_TEXT_CHARS
        assert len(inner.links) <= 300
        assert len(inner.invitations) <= 50
        assert len(inner.attachments) <= 100
        assert len(inner.recipients) <= 600
        assert len(inner.subject) <= 2_000
        assert inner.sent_at is None or inner.sent_at.utcoffset() is not None
        inner, depth = inner.forwarded, depth + 1
    assert depth <= 4


HEAD = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def nested(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth)
    )
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\ninnermost"


BOMBS = {
    "parts nested 10,000 deep": nested(10_000),
    "the same boundary 10,000 deep": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 10_000
    + b"\r\nx",
    "100,000 parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "parts in parts in parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    + (b"--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 200) * 200,
    "5 MiB of boundaries that are none": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--bb\r\n" * 800_000,
    "5 MiB of <div>": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 1_000_000,
    "5 MiB of text": HEAD + b"\r\n" + b"word " * 1_000_000,
    "5 MiB without a space": HEAD + b"\r\n" + b"A" * 5_000_000,
    "5 MiB of empty lines": HEAD + b"\r\n" + b"\r\n" * 2_500_000,
    "5 MiB of carriage returns": b"\r" * 5_000_000,
    "5 MiB of zero-width spaces": HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xe2\x80\x8b" * 1_600_000,
    "5 MiB of bytes above 127": HEAD + b"\r\n" + b"\xe9\xff\x80\x9d" * 1_200_000,
    "a header of 1 MiB": b"Subject: " + b"x" * 1_048_576 + b"\r\n" + HEAD + b"\r\nx",
    "a header of 100,000 lines": b"Subject: x\r\n" + b" y\r\n" * 100_000 + HEAD + b"\r\nx",
    "100,000 headers": b"X: y\r\n" * 100_000 + HEAD + b"\r\nx",
    "100,000 recipients": HEAD + b"To: " + b"a@b.example, " * 100_000 + b"\r\n\r\nx",
    "100,000 references": HEAD + b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nx",
    "nested comments": HEAD + b"To: " + b"(" * 100_000 + b"\r\n\r\nx",
    "quotation marks": HEAD + b"To: " + b'"a\\' * 100_000 + b"\r\n\r\nx",
    "colons": HEAD + b"To: a@b" + b"To: " * 100_000 + b"\r\n\r\nx",
    "angle brackets": HEAD + b"To: " + b"<" * 100_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?utf-8?Q?=41?= " * 60_000 + b"\r\n\r\nx",
    "half encoded words": b"Subject: " + b"=?a?q?" * 60_000 + b"\r\n\r\nx",
    "encoded words in changing charsets": b"Subject: " + b"=?utf-8?Q?a?= =?gb2312?Q?b?= " * 20_000 + b"\r\n\r\nx",
    "parameters": HEAD + b"Content-Type: text/plain" + b";" * 100_000 + b"\r\n\r\nx",
    "parameters in pieces": HEAD + b"Content-Type: text/plain" + b"; a*1*=b" * 50_000 + b"\r\n\r\nx",
    "a boundary of 100 kB": HEAD + b"Content-Type: multipart/mixed; boundary=" + b"b" * 100_000 + b"\r\n\r\n--b\r\n",
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 20_000 + b"x",
    "quoted to the margin": HEAD + b"\r\n" + b">" * 2_000_000,
    "introductions": HEAD + b"\r\n" + b"On 1 Jan 2026, a@b.example\r\n" * 100_000,
    "addresses": HEAD + b"\r\n" + b"https://a.example/?url=https%3A%2F%2Fb.example " * 50_000,
    "redirects in redirects": HEAD + b"\r\nhttps://a.example/" + b"?url=https%3A%2F%2Fa.example/" * 50_000,
    "equals signs": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 3_000_000,
    "5 MiB of paddings": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"AA=" * 1_700_000,
    "spaces within base64": HEAD + b"\r\n" + b"A" * 20 + b" " * 5_000_000 + b"!",
    "spaces behind a boundary": HEAD + b"Content-Type: multipart/mixed\r\n\r\n" + (b"--a" + b" " * 1_000 + b"x\r\n") * 5_000,
    "charsets to guess in headers": b"".join(b"Subject: " + b"=?x?Q?" + b"=E9=FF=80=9D" * 8 + b"?= \r\n" for _ in range(900)) + b"To: " + b"\xe9\xff\x80\x9d@a.example, " * 90 + b"\r\n\r\nx",
    "charsets to guess in parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\n\r\n" + b"\xe9\xff\x80\x9d" * 500 + b"\r\n") * 300,
    "mails that came back": HEAD + b"Content-Type: multipart/report; boundary=b\r\n\r\n" + (b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n" + b"\xe9\xff\x80\x9d" * 500 + b"\r\n") * 300,
    "styles": HEAD + b"Content-Type: text/html\r\n\r\n" + b"".join(b"<p style='" + b"%d" % n + b"a" * 2_000 + b"'>x" for n in range(1_000)),
    "180 calendars of 50 appointments": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n" * 50) * 180,
    "a calendar of 5 MiB": HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 300_000,
    "utf-7": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+2AA-" * 200_000,
    "markers of forwards": HEAD + b"\r\n" + b"---------- Forwarded message ---------\r\nFrom: a\r\n\r\n" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("raw", BOMBS.values(), ids=BOMBS)
def test_a_hostile_mail_is_read_in_a_moment(raw: bytes) -> None:
    begun = time.process_time()
    message = read_message(raw)
    assert time.process_time() - begun < 3
    check(message)


_ATOMS = [
    b"\n", b"\r\n", b"\r", b"\n\n", b" ", b"\t", b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"=", b"=?", b"?=", b"--b", b"--b--",
    b"\n--b\n", b"\n--b--\n", b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: ", b"Content-Type: ",
    b"Content-Transfer-Encoding: ", b"Content-Disposition: attachment; filename*0*=", b"multipart/mixed; boundary=b",
    b"multipart/alternative; boundary=b", b"multipart/report; boundary=b", b"text/html", b"text/plain", b"text/calendar",
    b"message/rfc822", b"; charset=", b"utf-8", b"utf-7", b"utf-16", b"gb2312", b"idna", b"base64", b"quoted-printable",
    b"=?utf-8?Q?a?=", b"=?utf-16?B?2AA=?=", b"=?utf-7?Q?+2AA-?=", b"<a@b.example>", b'"', b"(", b",", b":", b";", b"<", b">",
    b"<p>", b"<a href=", b"https://a.example/?url=https%3A%2F%2Fb", b"</a>", b"<div style='display:none'>", b"<!--", b"&#55296;",
    b"<blockquote type=cite>", b"On 1 Jan 2026 10:00 a@b wrote:\n> x\n", b"---------- Forwarded message ---------\n",
    b"Begin forwarded message:\n", b"From: a\nSent: b\nTo: c\nSubject: d\n", b"BEGIN:VCALENDAR\n", b"BEGIN:VEVENT\n",
    b"DTSTART;TZID=Europe/Berlin:20260310T100000\n", b"DTSTART:", b"END:VEVENT\n", b"BEGIN:VTIMEZONE\n", b"TZID:x\n",
    b"Mon, 2 Mar 2026 10:00:00 +0100", b"9999999999",
]  # fmt: skip
_BROKEN = st.lists(st.one_of(st.sampled_from(_ATOMS), st.binary(max_size=6)), max_size=60).map(b"".join)
_PATIENT = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@_PATIENT
@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    check(read_message(raw))


@_PATIENT
@given(_BROKEN)
def test_any_pieces_of_mails_are_a_mail(raw: bytes) -> None:
    check(read_message(raw))


@_PATIENT
@given(_BROKEN, st.sampled_from([b"text/html", b"text/plain", b"text/calendar", b"message/rfc822"]), _BROKEN)
def test_any_broken_part_is_read(head: bytes, kind: bytes, body: bytes) -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: " + kind + head
    check(read_message(raw + b"\r\n\r\n" + body + b"\r\n--b--"))


@_PATIENT
@given(
    st.text(),
    st.lists(st.sampled_from([atom.decode("latin-1") for atom in _ATOMS]), max_size=60).map("".join),
)
def test_any_page_is_read(text: str, page: str) -> None:
    for one in (text, page, page + text):
        for found in strings(dataclasses.asdict(read_html(one))):
            assert "\0" not in found
            found.encode("utf-8")


@_PATIENT
@given(
    st.binary(max_size=300),
    st.sampled_from(["utf-8", "utf-16", "utf-7", "gb2312", "shift_jis", "hz", "x", "big5"]),
)
def test_any_charset_gives_text_that_can_be_stored(data: bytes, charset: str) -> None:
    check(read_message(HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + data))
