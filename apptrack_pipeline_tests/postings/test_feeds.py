from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.postings.feeds import elements, read_feed, text_in


def test_elements_are_found_by_the_names_that_are_written() -> None:
    root = read_feed("<rss><item><tt:place><tt:city> Oslo </tt:city></tt:place></item><item/></rss>")
    assert root is not None
    items = list(elements(root, "item", 10))
    assert [text_in(item, "tt:place/tt:city") for item in items] == ["Oslo", ""]
    assert len(list(elements(root, "item", 1))) == 1


def test_the_text_is_decoded_already_whatever_its_declaration_says() -> None:
    root = read_feed(
        '\ufeff<?xml version="1.0" encoding="ISO-8859-1"?><a><b>Växjö &amp; <![CDATA[<p>]]></b></a>'
    )
    assert root is not None
    assert text_in(root, "b") == "Växjö & <p>"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no feed",
        '{"a": 1}',
        '<!DOCTYPE a SYSTEM "http://x.example/a.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_what_is_no_feed_or_brings_a_document_type_is_none(text: str) -> None:
    assert read_feed(text) is None


def test_an_entity_that_nobody_declared_ends_the_feed() -> None:
    root = read_feed("<a><b>x</b><c>&secret;</c><d>y</d></a>")
    assert root is not None
    assert text_in(root, "b") == "x"
    assert text_in(root, "d") == ""


def test_depth_and_number_of_elements_are_bounded() -> None:
    deep = read_feed("<a>" * 10_000)
    assert deep is not None
    assert len(list(deep.iter())) <= 101
    wide = read_feed("<a>" + "<b/>" * 400_000)
    assert wide is not None
    assert len(wide) < 400_000


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<a>", "</a>", "<b c='", "'>", "&amp;", "&x;", "<![CDATA[", "]]>", "\x00", "é"])
    )
)
def test_any_text_is_read_without_an_error(pieces: list[str]) -> None:
    root = read_feed("<r>" + "".join(pieces))
    if root is not None:
        assert isinstance(text_in(root, "a"), str)
