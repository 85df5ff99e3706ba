"""A recorded answer is replayed as it was; a person can write one by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_servers import api, page

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.scraping.archive import ArchiveFetcher, record
from apptrack_pipeline.scraping.fetching import (
    Conditions,
    DisallowedError,
    Fetched,
    FetchFailedError,
    RefusedAddressError,
    UnusableAnswerError,
)

URL = "https://jobs.example/acme/1?lang=de"
HTML = {
    "content-type": "text/html; charset=utf-8",
    "etag": 'W/"v1"',
    "last-modified": "Tue, 24 Nov 2026 10:00:00 GMT",
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.builds(
        Fetched,
        status=st.integers(200, 599),
        final_url=st.just(URL) | st.just("https://jobs.example/board"),
        headers=st.dictionaries(
            st.from_regex(r"[a-z-]{1,12}", fullmatch=True), st.text(max_size=20), max_size=3
        ),
        body=st.binary(max_size=200),
        retry_after_s=st.none() | st.floats(0, 86_400),
    )
)
def test_what_was_recorded_is_replayed(tmp_path: Path, answer: Fetched) -> None:
    record(tmp_path, URL, answer)
    assert ArchiveFetcher(tmp_path).fetch(page(URL)) == answer


@pytest.mark.parametrize(
    "error",
    [
        RefusedAddressError("jobs.example: refused"),
        UnusableAnswerError("jobs.example: too large"),
        DisallowedError("jobs.example: forbidden"),
        FetchFailedError("jobs.example: no answer", retry_after_s=60.0),
        FetchFailedError("jobs.example: no answer"),
    ],
)
def test_an_error_is_replayed_as_an_error(tmp_path, error) -> None:
    record(tmp_path, URL, error)
    with pytest.raises(type(error)) as raised:
        ArchiveFetcher(tmp_path).fetch(page(URL))
    assert str(raised.value) == str(error)
    assert getattr(raised.value, "retry_after_s", None) == getattr(error, "retry_after_s", None)


@pytest.mark.parametrize("url", ["https://[::1", "", "file:///etc/passwd", "https://a.example/" + "../" * 99])
def test_what_was_refused_for_its_address_can_be_recorded(tmp_path, url) -> None:
    assert record(tmp_path, url, RefusedAddressError("refused")).parent == tmp_path
    with pytest.raises(RefusedAddressError):
        ArchiveFetcher(tmp_path).fetch(page(url))


def test_what_is_not_in_the_folder_fails_as_if_no_answer_had_come(tmp_path) -> None:
    with pytest.raises(FetchFailedError, match=r"holds no answer of https://jobs\.example/acme/1$"):
        ArchiveFetcher(tmp_path).fetch(page(URL))


def test_a_record_is_written_for_people(tmp_path) -> None:
    path = record(tmp_path, f"{URL}#apply", Fetched(200, URL, HTML, "<p>B\u00fcro".encode()))
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        path.name.replace(".response.json", ".html"),
        path.name,
    ]
    assert path.name.startswith("jobs.example-acme-1-")
    assert json.loads(path.read_text()) == {
        "url": URL,
        "status": 200,
        "headers": HTML,
        "body_file": path.name.replace(".response.json", ".html"),
    }


def test_a_record_can_be_written_by_hand(tmp_path) -> None:
    (tmp_path / "gone.response.json").write_text(
        '{"url": "https://jobs.example/2", "status": 404, "headers": {"Content-Type": "text/plain"},'
        ' "body": "Gone"}'
    )
    fetched = ArchiveFetcher(tmp_path).fetch(page("https://jobs.example/2#top"))
    assert fetched == Fetched(404, "https://jobs.example/2#top", {"content-type": "text/plain"}, b"Gone")


def test_a_later_record_takes_the_place_of_an_earlier_one(tmp_path) -> None:
    record(tmp_path, URL, Fetched(200, URL, HTML, b"<p>old"))
    record(tmp_path, URL, Fetched(200, URL, {"content-type": "application/json"}, b"{}"))
    assert ArchiveFetcher(tmp_path).fetch(page(URL)).body == b"{}"
    assert len(list(tmp_path.iterdir())) == 2


def test_addresses_that_look_alike_have_files_of_their_own(tmp_path) -> None:
    urls = [
        "https://jobs.example/a/b",
        "https://jobs.example/a-b",
        "https://jobs.example/a/b?",
        "https://jobs.example/A/b",
    ]
    for url in urls:
        record(tmp_path, url, Fetched(200, url, HTML, url.encode()))
    fetcher = ArchiveFetcher(tmp_path)
    assert [fetcher.fetch(api(url)).body.decode() for url in urls] == urls


def test_a_posting_that_is_known_already_is_not_sent_again(tmp_path) -> None:
    record(tmp_path, URL, Fetched(200, URL, HTML, b"<p>Hello"))
    fetcher = ArchiveFetcher(tmp_path)
    modified = HTML["last-modified"]
    for conditions, status in (
        (Conditions(), 200),
        (Conditions(etag='W/"v1"'), 304),
        (Conditions(etag='"v1"'), 304),
        (Conditions(etag='"v2"', last_modified=modified), 200),
        (Conditions(last_modified=modified), 304),
        (Conditions(last_modified="Mon, 23 Nov 2026 10:00:00 GMT"), 200),
    ):
        fetched = fetcher.fetch(page(URL), conditions=conditions)
        assert (fetched.status, fetched.body) == (status, b"<p>Hello" if status == 200 else b"")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "bad.response.json: .*"),
        ("[]", "bad.response.json: .*"),
        ('{"status": 200}', "bad.response.json: url: Field required"),
        ('{"url": "https://a.example/", "statsu": 200}', "bad.response.json: statsu: Extra inputs"),
        ('{"url": "https://a.example/", "body_file": "../../etc/passwd"}', "bad.response.json: body_file: "),
        ('{"url": "https://a.example/", "body_file": "/etc/passwd"}', "bad.response.json: body_file: "),
        ('{"url": "https://a.example/", "body_file": "missing.html"}', "missing.html, is missing"),
        ('{"url": "https://a.example/", "error": {"kind": "oops", "message": ""}}', "error.kind"),
    ],
)
def test_a_record_that_cannot_be_read_is_named(tmp_path, text, message) -> None:
    (tmp_path / "bad.response.json").write_text(text)
    with pytest.raises(InvalidInputError, match=message):
        ArchiveFetcher(tmp_path)


def test_two_records_of_one_address_are_one_too_many(tmp_path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.response.json").write_text('{"url": "https://jobs.example/1"}')
    with pytest.raises(InvalidInputError, match=r"^b\.response\.json"):
        ArchiveFetcher(tmp_path)
