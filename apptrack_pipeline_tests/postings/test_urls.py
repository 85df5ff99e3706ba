from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.urls import MAX_URL_CHARS, canonical_url

SAME = [
    ("HTTP://Example.COM:80/Jobs/1/", "https://example.com/Jobs/1"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com/a/../b/./c", "https://example.com/b/c"),
    ("https://example.com/jobs/1?utm_source=x&gclid=1&b=2&a=1#apply", "https://example.com/jobs/1?a=1&b=2"),
    ("https://example.com/%7ejobs/caf%C3%A9", "https://example.com/~jobs/caf%C3%A9"),
    ("https://example.com/café 1", "https://example.com/caf%C3%A9%201"),
    ("https://bücher.example/1", "https://xn--bcher-kva.example/1"),
    ("https://example.com/#/jobs/123", "https://example.com/#/jobs/123"),
    ("https://example.com/#!/jobs/123", "https://example.com/#!/jobs/123"),
    ("https://example.com/jobs?gh_jid=77&gh_src=abc", "https://example.com/jobs?gh_jid=77"),
    ("https://example.com/vacancy?ref=newsletter", "https://example.com/vacancy"),
    ("https://example.com/vacancy?ref=4711", "https://example.com/vacancy?ref=4711"),
    ("https://example.com/careers?ashby_jid=0a1b&utm_medium=x", "https://example.com/careers?ashby_jid=0a1b"),
    (
        "https://careers.example.com/board?lever-source=x&gh_src=1&jobId=7",
        "https://careers.example.com/board?jobId=7",
    ),
    ("https://example.com/jobs;jsessionid=AB12/7", "https://example.com/jobs/7"),
    (
        "https://example.com/jobs?job_id=1&id=2&lang=de&page=3",
        "https://example.com/jobs?id=2&job_id=1&lang=de&page=3",
    ),
]


@pytest.mark.parametrize(("given_url", "canonical"), SAME)
def test_an_address_has_one_spelling(given_url: str, canonical: str):
    assert canonical_url(given_url) == canonical
    assert canonical_url(canonical) == canonical


ONE_PAGE = [
    ["https://www.example.com/jobs/1", "https://example.com/jobs/1", "http://WWW.example.com./jobs/1/"],
    ["https://www.example.com:8443/jobs/1", "https://example.com:8443/jobs/1"],
    ["https://www.bücher.example/1", "https://xn--bcher-kva.example/1"],
]


@pytest.mark.parametrize("urls", ONE_PAGE, ids=lambda urls: urls[0])
def test_one_page_has_one_address_however_it_was_opened(urls: list[str]):
    assert len({canonical_url(url) for url in urls}) == 1
    for url in urls:
        assert canonical_url(canonical_url(url)) == canonical_url(url)


DIFFERENT_PAGES = [
    ("https://www.example.com/jobs/1", "https://www2.example.com/jobs/1"),
    ("https://www.acme.example.com/jobs/1", "https://example.com/jobs/1"),
    ("https://www.localhost/jobs/1", "https://localhost/jobs/1"),
    ("https://www.www.example.com/jobs/1", "https://example.com/jobs/1"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAGES)
def test_two_pages_never_become_one(one: str, other: str):
    assert canonical_url(one) != canonical_url(other)
    assert canonical_url(canonical_url(one)) == canonical_url(one)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.com/1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "example.com/jobs",
        "https:///jobs",
        "https://",
        "https://user:secret@example.com/",
        "https://good.example\\@evil.example/",
        "https://example.com/\x00",
        "https://exa\nmple.com/",
        "https://example.com/\ud800",
        "https://[::1/",
        "https://[bad]/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://a..b/",
        "https://example.com/" + "a" * MAX_URL_CHARS,
        "https://example.com/" + "é" * 1000,
    ],
)
def test_what_is_no_web_address_is_refused_by_the_name_of_the_field(url: str):
    with pytest.raises(InvalidInputError) as refused:
        canonical_url(url)
    assert refused.value.field == "job_posting_url"


@given(
    st.one_of(
        st.text(), st.text(alphabet="htps:/.?#&=%@[]a1\\ é;!+").map(lambda tail: "https://a.example" + tail)
    )
)
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(text: str):
    try:
        once = canonical_url(text)
    except InvalidInputError:
        return
    assert canonical_url(once) == once
    assert once.startswith("https://")
    assert once.isascii()
