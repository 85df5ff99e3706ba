"""The same mail is known again, in whatever state a server or an export hands it over; others never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.ingestion.mail.identity import content_key

MAIL = (
    b"Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.org>\r\n"
    b"Date: Mon, 2 Nov 2026 10:00:00 +0000\r\n"
    b"From: Acme <jobs@acme.example>\r\n"
    b"Subject: Thank you for applying\r\n"
    b"\r\n"
    b"Hello,\r\nwe have it.\r\n"
)


@pytest.mark.parametrize(
    "again",
    [
        MAIL.replace(b"\r\n", b"\n"),
        MAIL + b"\r\n\r\n",
        b"Delivered-To: me@example.org\r\nX-Gmail-Labels: Inbox\r\n" + MAIL,
        MAIL.replace(b"Received: from a by b", b"Received: from x by y"),
        MAIL.replace(b"Subject: Thank you for", b"subject:  Thank you\r\n for"),
        b"\r\n" + MAIL,
    ],
    ids=[
        "line ends",
        "blank lines at the end",
        "headers of an export",
        "another way",
        "folding",
        "first line",
    ],
)
def test_what_servers_and_exports_change_does_not_make_another_mail(again: bytes) -> None:
    assert content_key(again) == content_key(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"<1@", b"<2@"),
        MAIL.replace(b"we have it", b"we do not have it"),
        MAIL.replace(b"2 Nov 2026 10:00:00 +0000\r\nFrom", b"3 Nov 2026 10:00:00 +0000\r\nFrom"),
        MAIL.replace(b"jobs@acme", b"jobs@globex"),
        MAIL.replace(b"Thank you for", b"Thanks for"),
    ],
    ids=["id", "body", "date", "sender", "subject"],
)
def test_another_mail_with_the_same_message_id_or_the_same_text_is_another_mail(other: bytes) -> None:
    assert content_key(other) != content_key(MAIL)


def test_a_header_cannot_pass_for_another_one() -> None:
    one = b"Message-ID: <1>\nSubject: a\n\n"
    two = b"Message-ID: <1>\nX-Subject: a\n\n"
    assert content_key(one) != content_key(two)


@given(st.binary(max_size=2000))
def test_any_bytes_have_a_key(raw: bytes) -> None:
    assert len(content_key(raw)) == 32
