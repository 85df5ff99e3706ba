"""A message is made of whatever somebody says of a mail."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.ingestion.mail.compose import Given, compose
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.reading import read_message

SENT_AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
HEADER_TEXT = st.lists(
    st.sampled_from([*'ab<>@.,:;"()[]\\ =?_é\r\n', "=?utf-8?q?", "?=", "=0D", "x@y.com"]), max_size=14
).map("".join)


def made(
    *, message_id: str = "one@a.example", sender: str = "a@b.example", subject: str = "Hello"
) -> Message:
    raw = compose(
        message_id=message_id,
        from_email=sender,
        subject=subject,
        text="Hello",
        sent_at=SENT_AT,
        given=Given(),
        to=(sender,),
        references=(message_id,),
    )
    return read_message(raw)


@given(HEADER_TEXT, HEADER_TEXT, HEADER_TEXT)
def test_no_header_keeps_a_message_from_being_made(message_id: str, sender: str, subject: str) -> None:
    message = made(message_id=message_id, sender=sender, subject=subject)

    assert (message.sent_at, message.text.strip()) == (SENT_AT, "Hello")


@pytest.mark.parametrize("sender", ["=?utf-8?q?a=0Db?= <dana@b.example>", "a<b@,dana@b.example"])
def test_of_a_sender_that_no_parser_takes_the_address_stays(sender: str) -> None:
    assert made(sender=sender).sender.email == "dana@b.example"


def test_an_id_of_any_letters_stays_an_id_of_its_own() -> None:
    ids = {made(message_id=f"<{name}@a.example>").message_id for name in ("é", "è", "a b", "..a")}

    assert len(ids) == 4
