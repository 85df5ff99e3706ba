"""What an answer's headers and first bytes say."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.scraping.answers import LONGEST_WAIT_S, most_bytes, retry_after_s, text_of_body
from apptrack_pipeline.scraping.fetching import MAX_ANSWER_BYTES, MAX_PAGE_BYTES

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("content_type", "most"),
    [
        ("text/html", MAX_PAGE_BYTES),
        (" Text/HTML ;charset=x", MAX_PAGE_BYTES),
        ("application/json", MAX_ANSWER_BYTES),
        ("application/problem+json", MAX_ANSWER_BYTES),
        ("application/rss+xml", MAX_ANSWER_BYTES),
        ("image/svg+xml", None),
        ("application/javascript", None),
        ("multipart/form-data", None),
        ("text/html, application/json", None),
        ("", None),
    ],
)
def test_a_type_says_how_large_an_answer_may_be(content_type: str, most: int | None) -> None:
    assert most_bytes(content_type) == most


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("60", 60.0),
        (" 60 ", 60.0),
        ("1.5", 1.5),
        ("1e999", None),
        ("\u0666", None),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 13:01:00 +0100", 60.0),
        ("Tue, 24 Nov 2026 12:01:00", 60.0),
        ("Tuesday, 24-Nov-26 12:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2020 12:01:00 GMT", 0.0),
        ("Tue, 24 Nov 9999 12:01:00 GMT", LONGEST_WAIT_S),
        ("Tue, 99 Nov 2026 12:01:00 GMT", None),
        ("tomorrow", None),
    ],
)
def test_the_wait_is_read_from_seconds_and_from_dates(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, now=NOW) == seconds


@given(st.text(max_size=80) | st.from_regex(r"[0-9a-zA-Z:,+ -]{1,40}", fullmatch=True))
def test_no_wish_raises_or_waits_longer_than_a_day(value: str) -> None:
    seconds = retry_after_s(value, now=NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT_S


UMLAUT = "<p>B\u00fcro \u20ac"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUT.encode(), "text/html"),
        (UMLAUT.encode(), "text/html; charset=utf-8"),
        (UMLAUT.encode(), 'text/html; charset="UTF-8"'),
        (UMLAUT.encode(), "text/html; charset=never-heard-of"),
        (UMLAUT.encode("cp1252"), "text/html; charset=windows-1252"),
        (UMLAUT.encode("cp1252"), "text/html;charset=ISO-8859-1"),
        (UMLAUT.encode("cp1252"), "text/html; boundary=x; charset=us-ascii"),
        (UMLAUT.encode("iso8859-15"), "text/html; charset=iso-8859-15"),
        (b"\xef\xbb\xbf" + UMLAUT.encode(), "text/html; charset=iso-8859-1"),
        (b"\xff\xfe" + UMLAUT.encode("utf-16-le"), "text/html"),
        (b"\xfe\xff" + UMLAUT.encode("utf-16-be"), "text/html; charset=utf-8"),
        (UMLAUT.encode("utf-16-le"), "text/html; charset=utf-16"),
    ],
)
def test_the_mark_or_the_header_names_the_charset(body: bytes, content_type: str) -> None:
    assert text_of_body(body, content_type) == UMLAUT


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1252">',
        "<META CHARSET=windows-1252>",
        "<meta charset = 'iso-8859-1' />",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">',
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        "\n<?xml version='1.0' encoding='iso-8859-1'?>",
    ],
)
def test_a_page_names_its_charset_itself(head: str) -> None:
    assert text_of_body((head + "<p>B\u00fcro").encode("cp1252"), "text/html").endswith("<p>B\u00fcro")


def test_the_header_goes_before_the_page() -> None:
    assert text_of_body('<meta charset="koi8-r">\u00fc'.encode(), "text/html; charset=utf-8").endswith(
        "\u00fc"
    )


def test_a_charset_is_looked_for_in_the_first_kilobyte_only() -> None:
    body = b" " * 1024 + b'<meta charset="windows-1252">' + "\u00fc".encode()
    assert text_of_body(body, "text/html").endswith("\u00fc")


@pytest.mark.parametrize(
    "name", ["utf-16", "utf-16be", "zip", "idna", "unicode_escape", "hex", "utf-7", "rot13"]
)
def test_a_page_cannot_ask_for_what_is_no_charset_of_pages(name: str) -> None:
    body = f'<meta charset="{name}">\\u0041 +ADw- \u00fc'
    assert (
        text_of_body(body.encode(), f"text/html; charset={name}" if "16" not in name else "text/html") == body
    )


def test_what_cannot_be_decoded_is_marked() -> None:
    assert text_of_body(b"B\xfcro", "text/html") == "B\ufffdro"


@given(st.binary(max_size=300), st.text(max_size=60))
def test_no_body_raises(body: bytes, content_type: str) -> None:
    text_of_body(body, content_type).encode()


def test_every_codec_of_the_list_is_known_to_python() -> None:
    from apptrack_pipeline.scraping.answers import _CODECS

    for label in _CODECS:
        assert text_of_body(b"", f"text/html; charset={label}") == ""
