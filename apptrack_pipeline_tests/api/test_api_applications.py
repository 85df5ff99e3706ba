"""Applications as the API shows them: never staler than what was sent."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from apptrack_pipeline.correlation.store import load_evidence, save_application
from apptrack_pipeline.db.queues import (
    ANALYSIS_QUEUE,
    CAPTURES,
    DECISIONS,
    EVIDENCE_QUEUE,
    POSTING_QUEUE,
    SCRAPER_QUEUE,
    enqueue,
)
from apptrack_pipeline.db.tables import Application, JobPosting, Mail, MailLink, MailSignal
from apptrack_pipeline.domain import new_id

PATH = "/api/v1/applications/capture"
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def run(engine: sa.Engine, application_id: str) -> None:
    """Do what the stage `applications` does: fold, write the row, mark the evidence as taken."""
    key = uuid.UUID(application_id)
    with engine.begin() as connection:
        folded = load_evidence(connection, [key])[key].fold()
        save_application(connection, folded, run_id="run", now=NOW)
        for queue in (CAPTURES, DECISIONS):
            connection.execute(sa.update(queue).where(queue.c.application_id == key).values(state="done"))


def decide(engine: sa.Engine, application_id: str, kind: str, **payload: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.insert(DECISIONS).values(
                id=new_id(),
                application_id=uuid.UUID(application_id),
                kind=kind,
                payload=payload,
                decided_at=dt.datetime.now(dt.UTC),
                actor="test",
            )
        )


def link_mail(connection: sa.Connection, application_id: uuid.UUID, category: str, sentence: str) -> None:
    """Store a mail that came after the capture and is linked to the application."""
    mail_id, at = new_id(), dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    signals = {
        "judgement": {"evidence": [{"rule": "r", "sentence": sentence, "where": "text"}]},
        "events": [{}],
    }
    values = {"run_id": "run", "mail_id": mail_id}
    connection.execute(
        sa.insert(Mail).values(
            id=mail_id,
            account="home",
            content_key=mail_id.bytes,
            received_at=at,
            day=at.date(),
            size=1,
            verdict=category,
            certainty=0.95,
            reader_version="v",
            run_id="run",
        )
    )
    connection.execute(
        sa.insert(MailSignal).values(
            category=category,
            certainty=0.95,
            needs_review=False,
            decided=False,
            trust="aligned",
            signals=signals,
            reader_version="v",
            derived_at=at,
            **values,
        )
    )
    connection.execute(
        sa.insert(MailLink).values(
            event=0,
            application_id=application_id,
            outcome="linked",
            reason="",
            decided=False,
            creates=False,
            evidence={},
            match_keys=[],
            received_at=at,
            matcher_version="m",
            derived_at=at,
            **values,
        )
    )


def test_an_application_that_no_run_has_taken_is_shown_from_its_capture(api, minimal):
    sent = api.post(PATH, json={**minimal, "applied": True, "notes": "via Kim"}).json()

    answer = api.get(sent["status_url"])

    assert answer.status_code == 200
    shown = answer.json()
    assert shown["processing"] is True
    assert shown["company_name"] == "Quillmark Ltd"
    assert shown["job_title"] == "Data Engineer"
    assert shown["status"] == "applied"
    assert shown["notes"] == "via Kim"
    assert shown["job_url"] == minimal["job_posting_url"]
    assert shown["posting"] is None
    assert shown["analysis"] is None
    assert {event["event_type"] for event in shown["events"]} == {"application_created", "browser_capture"}


def test_after_the_run_it_is_shown_from_its_row(api, engine, minimal):
    sent = api.post(PATH, json=minimal).json()
    before = api.get(sent["status_url"]).json()
    run(engine, sent["application_id"])

    after = api.get(sent["status_url"]).json()

    assert after["processing"] is False
    ignored = {"processing", "events"}
    assert {k: v for k, v in after.items() if k not in ignored} == {
        k: v for k, v in before.items() if k not in ignored
    }


def test_a_later_capture_is_seen_at_once(api, engine, minimal):
    sent = api.post(PATH, json=minimal).json()
    run(engine, sent["application_id"])
    api.post(PATH, json={**minimal, "job_title": "Senior Data Engineer", "applied": True})

    shown = api.get(sent["status_url"]).json()

    assert shown["processing"] is True
    assert shown["job_title"] == "Senior Data Engineer"
    assert shown["status"] == "applied"
    run(engine, sent["application_id"])
    assert api.get(sent["status_url"]).json()["processing"] is False


def test_a_decision_is_seen_at_once_and_gone_once_it_is_undone(api, engine, minimal):
    sent = api.post(PATH, json=minimal).json()
    run(engine, sent["application_id"])
    decide(engine, sent["application_id"], "status", status="rejected")

    assert api.get(sent["status_url"]).json()["status"] == "rejected"
    assert api.get(sent["status_url"]).json()["processing"] is True
    with engine.begin() as connection:
        connection.execute(sa.update(DECISIONS).values(undone_at=NOW))
    assert api.get(sent["status_url"]).json()["status"] == "saved"


def test_what_was_given_up_no_longer_counts_as_processing_but_is_still_shown(api, engine, minimal):
    sent = api.post(PATH, json=minimal).json()
    with engine.begin() as connection:
        connection.execute(sa.update(CAPTURES).values(state="failed"))

    shown = api.get(sent["status_url"]).json()

    assert shown["processing"] is False
    assert shown["company_name"] == "Quillmark Ltd"


@pytest.mark.parametrize("queue", [SCRAPER_QUEUE, POSTING_QUEUE, ANALYSIS_QUEUE], ids=lambda q: q.name)
def test_it_is_processing_until_posting_and_analysis_are_there(api, engine, minimal, queue):
    sent = api.post(PATH, json=minimal).json()
    other = api.post(PATH, json={**minimal, "job_posting_url": "https://jobs.example.org/2"}).json()
    for application in (sent, other):
        run(engine, application["application_id"])
    with engine.begin() as connection:
        owner = uuid.UUID(sent["application_id"])
        enqueue(connection, queue, owner, work_key=bytes(32), reason="test", now=dt.datetime.now(dt.UTC))

    assert api.get(other["status_url"]).json()["processing"] is False
    assert api.get(sent["status_url"]).json()["processing"] is True
    for state, processing in (("running", True), ("done", False), ("failed", False)):
        with engine.begin() as connection:
            connection.execute(sa.update(queue).values(state=state))
        assert api.get(sent["status_url"]).json()["processing"] is processing, state


@pytest.mark.parametrize("queue", [CAPTURES, SCRAPER_QUEUE, ANALYSIS_QUEUE], ids=lambda queue: queue.name)
def test_an_attempt_that_waits_for_its_time_is_no_processing(api, engine, minimal, queue):
    sent = api.post(PATH, json={**minimal, "applied": True}).json()
    run(engine, sent["application_id"])
    in_a_minute = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    with engine.begin() as connection:
        if queue is not CAPTURES:
            owner = uuid.UUID(sent["application_id"])
            enqueue(connection, queue, owner, work_key=bytes(32), reason="test", now=in_a_minute)
        connection.execute(sa.update(queue).values(state="due", due_at=in_a_minute))

    shown = api.get(sent["status_url"]).json()

    assert shown["processing"] is False
    assert shown["status"] == "applied"


def test_the_posting_fills_what_the_capture_left_open_and_asks_for_review(api, engine, minimal):
    sent = api.post(PATH, json={"job_posting_url": minimal["job_posting_url"]}).json()
    run(engine, sent["application_id"])
    with engine.begin() as connection:
        connection.execute(
            sa.insert(JobPosting).values(
                application_id=uuid.UUID(sent["application_id"]),
                title="Platform Engineer",
                company="Quillmark",
                salary_min=55_000,
                salary_max=65_000,
                salary_currency="GBP",
                completeness="title_only",
                review_reason="no_description",
                fields={},
                content_hash=b"x",
                parser_version="1",
                run_id="run",
                derived_at=NOW,
            )
        )

    shown = api.get(sent["status_url"]).json()

    assert shown["company_name"] == "Quillmark"
    assert shown["job_title"] == "Platform Engineer"
    assert shown["needs_review"] is True
    assert shown["review_reasons"] == ["no_description"]
    assert shown["posting"]["salary_currency"] == "GBP"
    assert shown["posting"]["completeness"] == "title_only"


def test_a_damaged_capture_asks_for_review(api, minimal):
    sent = api.post(PATH, json={**minimal, "html": "a\0b"}).json()

    shown = api.get(sent["status_url"]).json()

    assert shown["needs_review"] is True
    assert shown["review_reasons"] == ["damaged_capture"]


def test_reading_writes_nothing(api, engine, minimal):
    sent = api.post(PATH, json=minimal).json()
    api.get(sent["status_url"])

    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(Application)) == 0


def test_a_merge_is_seen_at_once_on_both_sides_and_so_is_its_end(api, engine, minimal):
    other = {**minimal, "job_posting_url": "https://jobs.example.org/2", "company_name": "Quillmark"}
    twin, kept = (api.post(PATH, json=body).json() for body in ({**minimal, "applied": True}, other))
    for sent in (twin, kept):
        run(engine, sent["application_id"])
    before = api.get(kept["status_url"]).json()
    decide(engine, twin["application_id"], "merge", into=kept["application_id"])

    assert api.get(twin["status_url"]).json()["merged_into"] == kept["application_id"]
    shown = api.get(kept["status_url"]).json()
    assert (shown["status"], shown["merged_into"]) == ("applied", None)
    told = [event["details"].get("url") for event in shown["events"]]
    assert minimal["job_posting_url"] in told

    for sent in (twin, kept):
        run(engine, sent["application_id"])
    assert api.get(kept["status_url"]).json()["status"] == "applied"
    with engine.begin() as connection:
        connection.execute(sa.update(DECISIONS).values(undone_at=NOW, state="due"))

    assert api.get(twin["status_url"]).json()["merged_into"] is None
    shown = api.get(kept["status_url"]).json()
    ignored = {"processing", "events"}
    assert {k: v for k, v in shown.items() if k not in ignored} == {
        k: v for k, v in before.items() if k not in ignored
    }


def test_mail_that_was_linked_is_seen_before_a_run_has_folded_it(api, engine, minimal):
    sent = api.post(PATH, json={**minimal, "applied": True}).json()
    run(engine, sent["application_id"])
    key = uuid.UUID(sent["application_id"])
    with engine.begin() as connection:
        link_mail(connection, key, "rejection", "We will not move forward.")
        enqueue(connection, EVIDENCE_QUEUE, key, work_key=b"mail", reason="mail", now=NOW)

    shown = api.get(sent["status_url"]).json()

    assert (shown["status"], shown["processing"]) == ("rejected", True)
    kinds = [event["event_type"] for event in shown["events"]]
    assert {"email_correlated", "status_changed"} <= set(kinds)
    quoted = [event["details"].get("sentence") for event in shown["events"]]
    assert "We will not move forward." in quoted


def test_what_a_posting_has_named_keeps_no_one_waiting(api, engine, minimal):
    sent = api.post(PATH, json=minimal).json()
    run(engine, sent["application_id"])
    key = uuid.UUID(sent["application_id"])
    with engine.begin() as connection:
        enqueue(connection, EVIDENCE_QUEUE, key, work_key=b"posting", reason="posting", now=NOW)
    assert api.get(sent["status_url"]).json()["processing"] is False


def test_an_unknown_application_is_not_found(api):
    answer = api.get(f"/api/v1/applications/{uuid.uuid4()}")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_an_id_that_is_none_is_named(api):
    answer = api.get("/api/v1/applications/42")

    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["field"] == "application_id"
