from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.postings.jsonld import linked_data, read_job_postings
from apptrack_pipeline.postings.markup import parse_page

POSTING = '{"@type": "JobPosting", "title": "Engineer", "description": "Text"}'


def script(body: str, kind: str = "application/ld+json") -> str:
    return f'<html><head><script type="{kind}">{body}</script></head><body></body></html>'


def find_job_postings(html: str) -> list[dict[str, object]]:
    page = parse_page(html)
    return linked_data(page, html).postings if page is not None else []


SHAPES = {
    "plain": script(POSTING),
    "upper-case type with charset": script(POSTING, "APPLICATION/LD+JSON; charset=utf-8"),
    "a list": script(f"[{POSTING}]"),
    "a graph": script(
        '{"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, ' + POSTING + "]}"
    ),
    "a main entity": script('{"@type": "WebPage", "mainEntity": ' + POSTING + "}"),
    "a list of types": script(POSTING.replace('"JobPosting"', '["Thing", "JobPosting"]')),
    "a type by its address": script(POSTING.replace("JobPosting", "https://schema.org/JobPosting")),
    "capital keys": script('{"@type": "JobPosting", "Title": "Engineer"}'),
    "entities": script(POSTING.replace('"', "&quot;")),
    "CDATA": script("//<![CDATA[\n" + POSTING + "\n//]]>"),
    "CDATA in comments": script("/*<![CDATA[*/" + POSTING + "/*]]>*/"),
    "an HTML comment": script("<!-- " + POSTING + " -->"),
    "a byte order mark": script("\ufeff" + POSTING),
    "a closing semicolon": script(POSTING + ";"),
    "a trailing comma": script(POSTING[:-1] + ", }"),
    "doubled commas": script(POSTING.replace(", ", ",, ")),
    "a raw line break in a string": script(POSTING.replace("Text", "Te\nxt\x07")),
    "an invalid escape": script(POSTING.replace("Text", "\\$100 \\x")),
    "a missing comma": script(POSTING.replace('", "description', '" "description')),
    "JavaScript comments": script("// ours\n" + POSTING.replace(', "desc', ', /* the text */ "desc')),
    "two objects": script('{"@type": "WebSite"}' + POSTING),
    "a cut end": script(POSTING[:-3]),
    "a broken sibling": script('{"broken": ') + script(POSTING),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_posting_is_found_in(shape: str):
    (found,) = find_job_postings(SHAPES[shape])
    assert found["title"] == "Engineer"


def test_postings_keep_their_order_and_other_types_are_left_out():
    page = script('{"@type": "Organization", "title": "No"}') + script(
        "[" + ",".join(POSTING.replace("Engineer", name) for name in "abc") + "]"
    )
    assert [posting["title"] for posting in find_job_postings(page)] == ["a", "b", "c"]


def test_nested_keys_become_lower_camel_case():
    posting = '{"@type": "JobPosting", "HiringOrganization": {"Name": "Acme"}}'
    assert read_job_postings(posting)[0]["hiringOrganization"] == {"name": "Acme"}


def test_what_a_capture_brings_is_read_as_text_object_or_list():
    assert len(read_job_postings(POSTING)) == 1
    assert len(read_job_postings(json.loads(POSTING))) == 1
    assert len(read_job_postings([POSTING, "no", None, json.loads(POSTING)])) == 2
    assert read_job_postings(None) == []


@pytest.mark.parametrize(
    "body", ["[" * 3_000_000, '{"a":' * 1_000_000, "9" * 100_000, '"' + "\\" * 1_000_001]
)
def test_deep_and_large_json_is_refused_without_recursion(body: str):
    assert find_job_postings(script(body)) == []


def test_a_deep_value_inside_a_posting_is_cut():
    deep = POSTING[:-1] + ', "x": ' + "[" * 300 + "]" * 300 + "}"
    assert find_job_postings(script(deep))[0]["title"] == "Engineer"


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet='{}[]",:\\/*<!->JobPosting@type; \n0n')))
def test_any_text_is_read_without_an_error(text: str):
    read_job_postings(text)
    find_job_postings(script(text))


def test_the_pages_of_the_corpus_yield_their_postings(shared_data: Path):
    without = [
        path.name
        for path in sorted((shared_data / "ats/generic_jsonld").glob("*.html"))
        if "JobPosting" in (page := path.read_text(encoding="utf-8", errors="replace"))
        and not find_job_postings(page)
    ]
    assert without == []


def test_a_quote_in_a_description_that_is_not_escaped_does_not_cut_it() -> None:
    text = '{"@type":"JobPosting","title":"Welder","description":"<p>We "really, truly" weld.</p>"}'
    (job,) = read_job_postings(text)
    assert job["description"] == '<p>We "really, truly" weld.</p>'
    assert job["title"] == "Welder"
