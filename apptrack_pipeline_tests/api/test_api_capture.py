"""Captures through the real server: what is stored, what is refused, and that nothing is stored twice."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import http.client
import json
import socket
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apptrack_pipeline.db.capture_body import page_of
from apptrack_pipeline.db.queues import CAPTURES

PATH = "/api/v1/applications/capture"
JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024


def rows(engine: sa.Engine) -> list[sa.Row[Any]]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(CAPTURES).order_by(CAPTURES.c.seq)))


def test_the_minimal_body_becomes_an_application(api, engine, minimal):
    answer = api.post(PATH, json=minimal)

    assert answer.status_code == 201
    said = answer.json()
    assert said["duplicate"] is False
    assert said["processing"] is True
    assert (
        said["status_url"] == answer.headers["location"] == f"/api/v1/applications/{said['application_id']}"
    )
    [row] = rows(engine)
    assert str(row.id) == said["capture_id"]
    assert str(row.application_id) == said["application_id"]
    assert row.first_of_url
    assert row.state == "due"
    assert row.source == "api"
    assert json.loads(row.body) == minimal
    assert row.fields == {
        "company_name": "Quillmark Ltd",
        "job_title": "Data Engineer",
        "has_page": False,
    }


def test_every_field_is_kept_and_the_body_stays_as_it_was_sent(api, engine, minimal):
    sent = {
        **minimal,
        "notes": "referred by Kim",
        "page_title": "Data Engineer - Quillmark",
        "html": "<h1>Data Engineer</h1>",
        "json_ld": [{"@type": "JobPosting"}],
        "selected_text": "Python",
        "applied": True,
        "captured_at": "2026-03-01T10:00:00+01:00",
        "extension_version": "1.4.0",
        "of_a_later_version": {"kept": True},
    }
    answer = api.post(PATH, json=sent)

    assert answer.status_code == 201
    assert answer.json()["captured_at"] == "2026-03-01T09:00:00Z"
    [row] = rows(engine)
    assert json.loads(row.body) == sent
    assert row.source == "browser_extension"
    assert row.captured_at == dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    assert row.fields == {
        "company_name": "Quillmark Ltd",
        "job_title": "Data Engineer",
        "notes": "referred by Kim",
        "page_title": "Data Engineer - Quillmark",
        "extension_version": "1.4.0",
        "applied": True,
        "has_page": True,
    }


def test_fifty_identical_requests_at_once_make_one_application_and_one_row(api, engine, minimal):
    async def all_at_once() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            base_url=api.base_url, headers=api.headers, timeout=60, trust_env=False
        ) as client:
            return await asyncio.gather(*(client.post(PATH, json=minimal) for _ in range(50)))

    answers = asyncio.run(all_at_once())

    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["application_id"] for answer in answers}) == 1
    assert len({answer.json()["capture_id"] for answer in answers}) == 1
    assert len(rows(engine)) == 1


def test_two_apis_on_one_database_agree_on_the_application(serve, settings, engine, minimal):
    async def all_at_once(*clients: httpx.Client) -> list[httpx.Response]:
        async with httpx.AsyncClient(headers=clients[0].headers, timeout=60, trust_env=False) as client:
            return await asyncio.gather(
                *(
                    client.post(f"{one.base_url}{PATH}", json={**minimal, "notes": f"note {n % 10}"})
                    for n in range(40)
                    for one in clients
                )
            )

    with serve(settings) as first, serve(settings) as second:
        answers = asyncio.run(all_at_once(first, second))

    assert [answer.status_code for answer in answers].count(201) == 1
    assert {answer.status_code for answer in answers} == {200, 201}
    assert len({answer.json()["application_id"] for answer in answers}) == 1
    assert len(rows(engine)) == 10


def test_other_content_of_the_same_posting_is_a_further_capture_of_its_application(api, engine, minimal):
    first = api.post(PATH, json={**minimal, "captured_at": "2026-03-01T10:00:00Z"}).json()
    answer = api.post(PATH, json={**minimal, "applied": True})

    assert answer.status_code == 200
    second = answer.json()
    assert second["duplicate"] is True
    assert second["captured_at"] == "2026-03-01T10:00:00Z"
    assert second["application_id"] == first["application_id"]
    assert second["capture_id"] != first["capture_id"]
    assert [row.first_of_url for row in rows(engine)] == [True, False]


def test_the_same_content_sent_again_later_is_not_a_new_row(api, engine, minimal):
    first = api.post(PATH, json={**minimal, "captured_at": "2026-03-01T10:00:00Z"}).json()
    second = api.post(PATH, json={**minimal, "captured_at": "2026-03-01T10:00:07Z"}).json()

    assert second == {**first, "duplicate": True}
    assert len(rows(engine)) == 1


def test_tracking_parameters_do_not_make_another_application(api, engine, minimal):
    first = api.post(PATH, json=minimal).json()
    url = minimal["job_posting_url"] + "?utm_source=newsletter&gclid=1#apply"
    second = api.post(PATH, json={**minimal, "job_posting_url": url})

    assert second.status_code == 200
    assert second.json()["application_id"] == first["application_id"]
    assert [row.job_posting_url for row in rows(engine)] == [minimal["job_posting_url"], url]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job_posting_url", 5),
        ("job_posting_url", None),
        ("job_posting_url", "  "),
        ("job_posting_url", "not a url"),
        ("job_posting_url", "javascript:alert(1)"),
        ("job_posting_url", "https://example.org/" + "a" * 10_000),
        ("company_name", ["x"]),
        ("company_name", "x" * 501),
        ("job_title", {}),
        ("notes", 1),
        ("notes", "x" * 20_001),
        ("page_title", False),
        ("html", 7),
        ("selected_text", []),
        ("applied", "yes"),
        ("applied", 1),
        ("captured_at", "yesterday"),
        ("captured_at", "2026-03-01T10:00:00"),
        ("captured_at", "1999-03-01T10:00:00Z"),
        ("captured_at", []),
        ("extension_version", 1.4),
    ],
)
def test_a_wrong_field_is_named(refusing, minimal, field, value):
    answer = refusing.post(PATH, json={**minimal, field: value})

    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "invalid_input"
    assert [problem["field"] for problem in error["fields"]] == [field]
    assert error["request_id"] == answer.headers["x-request-id"]


def test_all_wrong_fields_are_named_at_once(refusing):
    answer = refusing.post(PATH, json={"company_name": 1, "applied": "x"})

    fields = {problem["field"] for problem in answer.json()["error"]["fields"]}
    assert fields == {"job_posting_url", "company_name", "applied"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"company=x", b'{"a":1}{', b"\0\0\0", b"[" * 99_999]
)
def test_what_is_not_a_json_object_is_refused(api, body):
    answer = api.post(PATH, content=body, headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["field"] == "body"


URL = b'"job_posting_url": "https://jobs.example.org/1"'
# (what is sent, what was repaired in it)
HOSTILE = {
    "NUL in the page": (b"{" + URL + rb', "html": "<p>a\u0000b</p>"}', ["nul"]),
    "NUL in the title": (b"{" + URL + rb', "job_title": "Data\u0000 Engineer"}', ["nul"]),
    "NUL byte": (b"{" + URL + b', "html": "<p>a\0b</p>"}', ["nul"]),
    "half of a surrogate pair": (b"{" + URL + rb', "job_title": "x \ud83d"}', ["surrogates"]),
    "Latin-1": (b"{" + URL + ', "job_title": "Ingénieur"}'.encode("latin-1"), ["charset"]),
    "UTF-16": (('{"job_posting_url": "https://jobs.example.org/1"}').encode("utf-16"), ["charset"]),
    "8 MiB of <div>": (b"{" + URL + b', "html": "' + b"<div>" * 1_600_000 + b'"}', None),
    "JSON-LD nested a million deep": (
        b"{" + URL + b', "json_ld": ' + b'[{"a":' * 500_000 + b"1" + b"}]" * 500_000 + b"}",
        ["nesting"],
    ),
    "JSON-LD nested 300 deep": (
        b"{" + URL + b', "json_ld": ' + b"[" * 300 + b"]" * 300 + b', "applied": true}',
        ["nesting"],
    ),
    "numbers without end": (
        b"{" + URL + b', "json_ld": [1e999, -1e999, NaN, ' + b"9" * 9_999 + b"]}",
        ["number"],
    ),
    "NaN": (b"{" + URL + b', "json_ld": [NaN, Infinity, -Infinity]}', None),
    "a million keys": (
        b"{" + URL + b', "json_ld": {' + b",".join(b'"%d":0' % n for n in range(500_000)) + b"}}",
        None,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_stored_and_its_damage_is_named(api, engine, name):
    body, damage = HOSTILE[name]

    answer = api.post(PATH, content=body, headers=JSON)

    assert answer.status_code == 201, answer.text
    [row] = rows(engine)
    assert row.body == body
    assert row.fields.get("damage") == damage
    page = page_of(row.body)
    with engine.connect() as connection:
        stored = connection.execute(
            sa.select(sa.cast(sa.literal(json.dumps(page, allow_nan=False)), sa.dialects.postgresql.JSONB))
        ).scalar_one()
    assert stored == page
    view = api.get(answer.json()["status_url"]).json()
    assert view["needs_review"] is (damage is not None)


def test_a_body_at_the_limit_is_taken_and_one_byte_more_is_not(serve, settings, engine, minimal):
    def body(length: int) -> bytes:
        empty = json.dumps({**minimal, "notes": ""}).encode()
        return json.dumps({**minimal, "notes": "x" * (length - len(empty))}).encode()

    with serve(settings.model_copy(update={"max_body_bytes": 4096})) as api:
        assert api.post(PATH, content=body(4096), headers=JSON).status_code == 201
        refused = api.post(PATH, content=body(4097), headers=JSON)

    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "body_too_large"
    assert len(rows(engine)) == 1


def test_a_body_without_a_length_is_counted_while_it_is_read(refusing):
    def chunks() -> Iterator[bytes]:
        for _ in range(8 * 16 + 2):
            yield b" " * 65_536

    answer = refusing.post(PATH, content=chunks(), headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "body_too_large"


def test_100_mib_are_refused_before_they_are_sent(refusing):
    address = (refusing.base_url.host, refusing.base_url.port)
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
            f"Authorization: {refusing.headers['authorization']}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {100 * 1024 * 1024}\r\n\r\n".encode()
        )
        answer = b""
        while part := connection.recv(65_536):  # and the connection is closed
            answer += part

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"body_too_large"' in answer


def _by_http_client(client: httpx.Client, length: int) -> bytes:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=20)
    with contextlib.closing(connection):
        connection.request(
            "POST", PATH, bytes(length), {**JSON, "Authorization": client.headers["authorization"]}
        )
        answer = connection.getresponse()
        return b"%d %s" % (answer.status, answer.read())


def _by_socket(client: httpx.Client, length: int) -> bytes:
    """Send all, and read afterwards, slowly: the answer must still be there."""
    address = (client.base_url.host, client.base_url.port)
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: {address[0]}\r\n"
            f"Authorization: {client.headers['authorization']}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        for _ in range(length // 65_536):
            connection.sendall(bytes(65_536))
        connection.sendall(bytes(length % 65_536))
        time.sleep(0.2)
        answer = b""
        while part := connection.recv(65_536):  # and the connection is closed
            answer += part
    return answer.removeprefix(b"HTTP/1.1 ")


def _by_httpx(client: httpx.Client, length: int) -> bytes:
    answer = client.post(PATH, content=bytes(length), headers=JSON)
    return b"%d %s" % (answer.status_code, answer.content)


def _in_chunks(client: httpx.Client, length: int) -> bytes:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=20)
    with contextlib.closing(connection):
        chunks = (bytes(65_536) for _ in range(length // 65_536 + 1))
        headers = {**JSON, "Authorization": client.headers["authorization"]}
        connection.request("POST", PATH, chunks, headers, encode_chunked=True)
        answer = connection.getresponse()
        return b"%d %s" % (answer.status, answer.read())


@pytest.mark.parametrize("send", [_by_http_client, _by_socket, _by_httpx, _in_chunks])
@pytest.mark.parametrize("length", [8 * MIB + 1, 9 * MIB, 40 * MIB])
def test_common_clients_read_that_a_body_is_too_large(refusing, send, length):
    answer = send(refusing, length)

    assert answer.startswith(b"413 ")
    assert b'"code":"body_too_large"' in answer


def test_a_body_that_does_not_end_is_not_read_for_ever(refusing):
    with pytest.raises(OSError, match=r"reset|Broken pipe"):
        _by_socket(refusing, 400 * MIB)


def test_a_client_that_sends_100_mib_at_once_still_hears_why_not(refusing):
    answer = refusing.post(PATH, content=b" " * (100 * 1024 * 1024), headers=JSON)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_other_media_are_refused(refusing, minimal, headers):
    answer = refusing.post(PATH, content=json.dumps(minimal), headers=headers)

    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "unsupported_media_type"


def test_a_large_page_does_not_hold_up_small_captures(api, engine, minimal):
    large = {**minimal, "html": "<div>" * 1_000_000}

    async def all_at_once() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            base_url=api.base_url, headers=api.headers, timeout=60, trust_env=False
        ) as client:
            small = (
                client.post(PATH, json={**minimal, "job_posting_url": f"https://jobs.example.org/s/{n}"})
                for n in range(20)
            )
            return await asyncio.gather(client.post(PATH, json=large), *small)

    answers = asyncio.run(all_at_once())

    assert {answer.status_code for answer in answers} == {201}
    assert len(rows(engine)) == 21


texts = st.text(st.characters(codec=None), max_size=40)  # with NUL and half surrogate pairs
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
bodies = st.binary(max_size=200) | st.builds(
    lambda parts: json.dumps(parts).encode(),
    st.fixed_dictionaries(
        {},
        optional={
            "job_posting_url": st.just("https://jobs.example.org/h/1") | texts | anything,
            "company_name": texts | anything,
            "job_title": texts | anything,
            "notes": texts | anything,
            "page_title": texts | anything,
            "html": texts | anything,
            "json_ld": anything,
            "selected_text": texts | anything,
            "applied": st.booleans() | anything,
            "captured_at": st.datetimes(timezones=st.timezones()).map(dt.datetime.isoformat) | anything,
            "extension_version": texts | anything,
            "unheard_of": anything,
        },
    ),
)


# The server's threads share the process, and its connection pool spreads its waits by `random`.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@hypothesis_settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=bodies)
def test_no_body_is_answered_with_a_server_error(api, body):
    answer = api.post(PATH, content=body, headers=JSON)

    assert answer.status_code in {200, 201, 422}, (body, answer.text)
    if answer.status_code == 422:
        assert answer.json()["error"]["fields"]
    else:
        view = api.get(f"/api/v1/applications/{uuid.UUID(answer.json()['application_id'])}")
        assert view.status_code == 200, (body, view.text)
