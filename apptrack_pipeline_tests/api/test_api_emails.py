"""Mail that is sent to the API: kept once, read by a run, corrected by a person."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import uuid
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.ingestion.mail.accounts import sources
from apptrack_pipeline.ingestion.mail.intake import take_in
from apptrack_pipeline.ingestion.mail.rereading import read_days
from apptrack_pipeline.settings import Settings

RAW = (
    b"Message-ID: <1@mail.example.org>\r\n"
    b"Date: Mon, 02 Nov 2026 10:00:00 +0100\r\n"
    b"From: Quillmark Hiring Team <no-reply@ashbyhq.com>\r\n"
    b"To: sam@example.org\r\n"
    b"Subject: Thank you for applying to Quillmark\r\n"
    b"\r\n"
    b"Hi Sam,\r\n\r\nwe have received your application for the Data Engineer position and will review it.\r\n"
)


@pytest.fixture
def known() -> dict[str, Any]:
    """What is known of a mail whose bytes are not at hand."""
    return {
        "message_id": "<2@mail.example.org>",
        "from_email": "Quillmark <jobs@quillmark.example>",
        "subject": "Your application",
        "body_snippet": "Unfortunately we have decided to move forward with other candidates.",
        "application_date": "2026-11-03",
        "company_name": "Quillmark Ltd",
        "job_title": "Data Engineer",
        "job_posting_url": "https://jobs.example.org/postings/1",
    }


def send_raw(api: httpx.Client, raw: bytes = RAW) -> httpx.Response:
    return api.post("/api/v1/emails/ingest", content=raw, headers={"Content-Type": "message/rfc822"})


def run(settings: Settings) -> None:
    """Do what a run of the two assets does, for all days."""
    database = Database(settings)
    clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731
    days = {"first": dt.date(2020, 1, 1), "last": clock().date(), "run_id": "run", "clock": clock}
    report = take_in(database, sources(database, now=clock(), say=print), say=print, **days)
    assert report.failures == {}
    read_days(database, say=print, **days)
    database.engine.dispose()


def test_a_message_is_kept_once_and_read_by_a_run(api: httpx.Client, settings: Settings) -> None:
    answer = send_raw(api)
    assert answer.status_code == 201
    first = answer.json()
    assert (first["status"], first["duplicate"]) == ("received", False)
    assert (first["strategy"], first["application_id"]) == (None, None)
    assert api.get(first["status_url"]).json()["status"] == "received"

    again = send_raw(api)
    assert again.status_code == 200
    assert (again.json()["email_id"], again.json()["duplicate"]) == (first["email_id"], True)

    run(settings)
    found = api.get(first["status_url"]).json()
    assert (found["status"], found["category"]) == ("read", "confirmation")
    assert found["signals"]["company"]["value"] == "Quillmark"
    assert found["received_at"].startswith("2026-11-02T09:00:00")
    assert send_raw(api).json()["status"] == "read"


def test_what_is_known_of_a_mail_is_as_good_as_the_mail(
    api: httpx.Client, settings: Settings, known: dict[str, Any]
) -> None:
    answer = api.post("/api/v1/emails/ingest", json=known)
    assert answer.status_code == 201
    assert api.post("/api/v1/emails/ingest", json=known | {"subject": "Other"}).json()["duplicate"]
    run(settings)
    found = api.get(answer.json()["status_url"]).json()
    assert found["category"] == "rejection"
    signals = found["signals"]
    assert signals["company"] == {"value": "Quillmark Ltd", "where": "request", "rule": "given"}
    assert signals["title"]["value"] == "Data Engineer"
    assert signals["posting_urls"][0]["value"] == "https://jobs.example.org/postings/1"
    assert found["received_at"].startswith("2026-11-03T12:00:00")


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_stranger_cannot_name_the_company_by_a_header_of_ours(
    api: httpx.Client, settings: Settings, line_end: bytes
) -> None:
    forged = (b"x-apptrack-company: Forged Inc\r\nX-Apptrack-Title: Emperor\r\n" + RAW).replace(
        b"\r\n", line_end
    )
    sent = send_raw(api, forged).json()
    run(settings)
    signals = api.get(sent["status_url"]).json()["signals"]
    assert signals["company"]["value"] == "Quillmark"
    assert "given" not in str(signals)


def test_a_message_and_what_is_known_of_it_are_one_mail(api: httpx.Client, known: dict[str, Any]) -> None:
    first = send_raw(api).json()
    again = api.post("/api/v1/emails/ingest", json=known | {"message_id": "1@mail.example.org"}).json()
    assert (again["email_id"], again["duplicate"]) == (first["email_id"], True)


def test_mail_without_an_id_is_known_by_its_content(api: httpx.Client) -> None:
    raw = RAW.partition(b"\r\n")[2]
    first, again, other = send_raw(api, raw), send_raw(api, raw), send_raw(api, raw + b"P.S.\r\n")
    assert again.json() == first.json() | {"duplicate": True}
    assert other.json()["email_id"] != first.json()["email_id"]


def test_the_same_mail_from_many_clients_at_once_is_kept_once(api: httpx.Client, engine: sa.Engine) -> None:
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: send_raw(api), range(20)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["email_id"] for answer in answers}) == 1
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM ingested_mail")) == 1


def test_mail_from_the_future_is_dated_now(api: httpx.Client, known: dict[str, Any]) -> None:
    sent = api.post("/api/v1/emails/ingest", json=known | {"application_date": "2199-01-01"}).json()
    received_at = dt.datetime.fromisoformat(api.get(sent["status_url"]).json()["received_at"])
    assert received_at <= dt.datetime.now(dt.UTC)


def test_bytes_of_mail_that_is_no_job_mail_are_not_kept(
    api: httpx.Client, settings: Settings, engine: sa.Engine
) -> None:
    raw = (
        b"Message-ID: <9@shop.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n"
        b"From: Shop <orders@shop.example>\r\nTo: sam@example.org\r\nSubject: Your order has been shipped\r\n"
        b"\r\nYour parcel with 2 items is on its way. Track your parcel in our shop.\r\n"
    )
    sent = send_raw(api, raw).json()
    run(settings)
    with engine.connect() as connection:
        mail = connection.execute(sa.text("SELECT raw, message_id, verdict FROM mail")).one()
        assert tuple(mail) == (None, None, "not_job")
        assert tuple(connection.execute(sa.text("SELECT raw, message_id FROM ingested_mail")).one()) == (
            None,
            None,
        )
    found = api.get(sent["status_url"]).json()
    assert (found["category"], found["signals"]) == ("not_job", {})


def test_what_a_person_names_wins_and_stays(api: httpx.Client, settings: Settings) -> None:
    sent = send_raw(api).json()
    assert api.patch(sent["status_url"], json={"category": "offer"}).status_code == 409
    run(settings)
    corrected = api.patch(sent["status_url"], json={"category": "followup_other"})
    assert corrected.status_code == 202
    assert corrected.json()["category"] == "followup_other"
    for _ in range(2):
        run(settings)
        found = api.get(sent["status_url"]).json()
        assert (found["category"], found["decided"], found["needs_review"]) == ("followup_other", True, False)
    assert found["signals"]["judgement"]["evidence"][0]["rule"] == "decided_by_a_person"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"message_id": ""}, "message_id"),
        ({"from_email": " "}, "from_email"),
        ({"application_date": "yesterday"}, "application_date"),
        ({"application_date": "2026-11-03T10:00:00"}, "application_date"),
        ({"subject": None}, "subject"),
        ({"message_id": "<>"}, "message_id"),
        ({"message_id": "<\u00e9@x>"}, "message_id"),
        ({"message_id": "\0"}, "message_id"),
        ({"application_date": "0001-01-01T00:00:00+14:00"}, "application_date"),
        ({"application_date": "9999-12-31T23:59:59-12:00"}, "application_date"),
        ({"job_posting_url": "javascript:alert(1)"}, "job_posting_url"),
        ({"company_name": "x" * 501}, "company_name"),
    ],
)
def test_a_wrong_field_is_named(
    refusing: httpx.Client, known: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    answer = refusing.post("/api/v1/emails/ingest", json=known | change)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["field"] == field


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "message/rfc822"}, b" \r\n", 422),
        ({"Content-Type": "text/html"}, RAW, 415),
        ({"Content-Type": "message/rfc822", "Content-Encoding": "gzip"}, RAW, 415),
        ({"Content-Type": "application/json"}, b"{", 422),
        ({"Content-Type": "message/rfc822"}, RAW, 503),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(
    refusing: httpx.Client, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = refusing.post("/api/v1/emails/ingest", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_line_breaks_in_what_is_known_make_no_headers(
    api: httpx.Client, settings: Settings, known: dict[str, Any]
) -> None:
    evil = known | {"subject": "Hi\r\nX-Apptrack-Company: Evil\r\n\r\nbody", "company_name": None}
    sent = api.post("/api/v1/emails/ingest", json=evil).json()
    run(settings)
    found = api.get(sent["status_url"]).json()
    assert (found["signals"].get("company") or {}).get("rule") != "given"


def test_nobody_gets_a_mail_that_is_not_there(api: httpx.Client) -> None:
    assert api.get(f"/api/v1/emails/{uuid.uuid4()}").status_code == 404
    assert api.patch(f"/api/v1/emails/{uuid.uuid4()}", json={"category": "offer"}).status_code == 404
