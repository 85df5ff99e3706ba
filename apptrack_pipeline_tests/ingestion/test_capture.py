"""Reading a capture's body: what it says, when it is the same, and what is repaired."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.db.capture_body import page_of
from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.ingestion.capture import InvalidFieldsError, NewCapture, read_capture

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
URL = "https://jobs.example.org/postings/1"


def read(body: dict[str, Any] | bytes) -> NewCapture:
    return read_capture(body if isinstance(body, bytes) else json.dumps(body).encode(), received_at=NOW)


def test_blank_texts_count_as_absent():
    capture = read(
        {"job_posting_url": f"  {URL} ", "company_name": " ", "notes": "", "html": "\n", "captured_at": ""}
    )

    assert capture.job_posting_url == URL
    assert capture.fields == {"has_page": False}
    assert capture.captured_at == NOW


@pytest.mark.parametrize("part", [{"html": "<p>x"}, {"json_ld": {"a": 1}}, {"selected_text": "x"}])
def test_a_page_is_any_of_html_json_ld_and_selected_text(part):
    assert read({"job_posting_url": URL, **part}).fields["has_page"] is True


def test_a_time_zone_is_kept_in_mind():
    capture = read({"job_posting_url": URL, "captured_at": "2026-11-23T10:00:00+02:00"})

    assert capture.captured_at == dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize("at", ["2026-11-23T12:00:01Z", "2999-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"])
def test_a_clock_that_is_ahead_counts_as_now(at):
    assert read({"job_posting_url": URL, "captured_at": at}).captured_at == NOW


@pytest.mark.parametrize("at", ["2016-11-20T00:00:00Z", "0001-01-01T00:00:00+23:59"])
def test_a_capture_of_more_than_ten_years_ago_is_refused(at):
    with pytest.raises(InvalidInputError, match="captured_at: must not be more than 10 years ago"):
        read({"job_posting_url": URL, "captured_at": at})


def test_the_same_content_has_the_same_hash_whenever_it_was_captured():
    body = {"job_posting_url": URL, "html": "<p>x</p>"}
    hashes = {
        read({**body, "captured_at": at}).body_hash for at in ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z")
    }

    assert len(hashes) == 1
    assert read({**body, "html": "<p>y</p>"}).body_hash not in hashes


def test_a_time_inside_a_text_is_content():
    first, second = (
        read({"job_posting_url": URL, "html": f'"captured_at": "{at}"'})
        for at in ("2026-11-01", "2026-11-02")
    )

    assert first.body_hash != second.body_hash


def test_what_is_not_known_yet_is_content():
    assert (
        read({"job_posting_url": URL, "a": 1}).body_hash != read({"job_posting_url": URL, "a": 2}).body_hash
    )


def test_a_backslash_before_u0000_is_not_a_nul():
    # What `JSON.stringify` makes of a script with /[\u0000-\u001f]/ in it, as most pages have one.
    body = json.dumps({"job_posting_url": URL, "html": r"<script>/[\u0000-\u001f]/</script>"}).encode()

    assert rb"\\u0000" in body
    assert "damage" not in read(body).fields


def test_each_wrong_field_is_a_problem():
    with pytest.raises(InvalidFieldsError) as refused:
        read({"company_name": 1, "applied": "x"})

    assert {field for field, _ in refused.value.problems} == {"job_posting_url", "company_name", "applied"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"html": "' + b'\\"' * 4_000_000,
        b'{"html": "' + b"\\" * 8_000_001,
        b'{"json_ld": ' + b"[" * 8_000_000,
        b'{"json_ld": ' + b'[{"":' * 1_500_000,
        b"]" * 8_000_000,
        b"{" + b'"' * 8_000_000,
    ],
)
def test_8_mb_that_are_no_json_are_refused_in_linear_time(body):
    began = time.process_time()

    with pytest.raises(InvalidInputError):
        read(body)
    assert page_of(body) == {}

    assert time.process_time() - began < 20  # 2 to 4 s; a scan from each quote to the end would take days


def test_the_page_of_a_stored_body_is_read_again():
    sent = {"job_posting_url": URL, "html": "<p>x</p>", "json_ld": {"a": [1]}, "notes": "", "else": 1}

    assert page_of(json.dumps(sent).encode()) == {
        "html": "<p>x</p>",
        "json_ld": {"a": [1]},
    }


def test_what_lies_deeper_than_a_reader_can_go_is_left_out_and_all_else_is_kept():
    deep = b'{"a": [1, ' + b"[" * 5_000 + b'"[{"' + b"]" * 5_000 + b', 2], "b": "]"}'
    body = b'{"job_posting_url": "' + URL.encode() + b'", "json_ld": ' + deep + b', "html": "<p>"}'

    capture = read(body)

    assert capture.fields == {"has_page": True, "damage": ["nesting"]}
    page = page_of(body)
    assert page["html"] == "<p>"
    assert page["json_ld"]["a"][0] == 1
    assert page["json_ld"]["a"][2] == 2
    assert page["json_ld"]["b"] == "]"


texts = st.text(st.characters(codec=None), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)


@given(st.dictionaries(texts | st.sampled_from(["html", "json_ld", "notes", "job_posting_url"]), values))
def test_what_is_read_can_always_be_kept(sent):
    body = json.dumps({"job_posting_url": URL, **sent}).encode()

    page = json.dumps(page_of(body), allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in page
    page.encode()
    try:
        capture = read(body)
    except InvalidInputError:
        return
    fields = json.dumps(capture.fields, allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in fields
    fields.encode()


@given(st.binary())
def test_no_bytes_raise_anything_but_a_refusal(body):
    page_of(body)
    with contextlib.suppress(InvalidInputError):
        read(body)
