"""Invented job mail, put into the letter box and taken in by the pipeline's own runs."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from evidence import capture, send
from pipelines import Pipeline

from apptrack_pipeline.domain import DecisionKind, new_id
from apptrack_pipeline.ingestion.mail.letter_box import post

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


def ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


@dataclass(frozen=True)
class Letter:
    """One mail; `answers` is the id of an earlier one."""

    id: str
    subject: str
    text: str
    days_ago: float = 0.0
    sender: str = "Recruiting <jobs@talentpost.example>"
    answers: str = ""

    @property
    def raw(self) -> bytes:
        thread = f"In-Reply-To: <{self.answers}>\r\nReferences: <{self.answers}>\r\n" if self.answers else ""
        date = ago(self.days_ago).strftime("%a, %d %b %Y %H:%M:%S +0000")
        return (
            f"From: {self.sender}\r\nTo: robin@example.org\r\nSubject: {self.subject}\r\nDate: {date}\r\n"
            f"Message-ID: <{self.id}>\r\n{thread}\r\n{self.text}\r\n"
        ).encode()


def receipt(name: str, company: str, title: str, days_ago: float = 0.0) -> Letter:
    text = (
        f"Thank you for applying to {company}. We have received your application for the position of "
        f"{title} and will review it carefully.\r\n\r\nThe {company} recruiting team"
    )
    return Letter(name, f"Thank you for applying to {company}", text, days_ago)


def rejection(name: str, company: str, title: str, days_ago: float = 0.0) -> Letter:
    text = (
        f"Thank you for your interest in the {title} position at {company}. Unfortunately, we have decided "
        f"not to move forward with your application.\r\n\r\nThe {company} recruiting team"
    )
    return Letter(name, f"Your application to {company}", text, days_ago)


def deliver(pipeline: Pipeline, *letters: Letter) -> None:
    """Put the letters into the letter box, and let the pipeline take, read and link them."""
    post_letters(pipeline, *letters)
    take_all(pipeline)


def post_letters(pipeline: Pipeline, *letters: Letter) -> None:
    """Put the letters into the letter box."""
    with pipeline.database.begin() as connection:
        for letter in letters:
            post(
                connection,
                letter.raw,
                message_id=letter.id,
                received_at=ago(letter.days_ago),
                now=dt.datetime.now(dt.UTC),
            )


def take_all(pipeline: Pipeline) -> None:
    """Tick until no mail waits to be taken or read."""
    for _ in range(20):
        done = pipeline.run_all("imap_sensor", "take_mail")
        if not done:
            return
        assert done == [True]
    raise AssertionError("mail waits for ever")


def settle(pipeline: Pipeline) -> None:
    """Tick all sensors that mail and applications depend on until nothing is due any more."""
    for _ in range(20):
        done = [
            *pipeline.run_all(),
            *pipeline.run_all("imap_sensor", "take_mail"),
            *pipeline.run_all("mail_link_sensor", "link_mail"),
            *pipeline.run_all("correlation_sensor"),
            *pipeline.run_all("posting_queue_sensor"),
        ]
        assert all(done)
        if not done:
            return
    raise AssertionError("the pipeline does not come to rest")


def track(pipeline: Pipeline, n: int, company: str, title: str, days_ago: float = 1.0) -> uuid.UUID:
    """Send a capture of an application."""
    at = ago(days_ago)
    body = capture(n, company_name=company, job_title=title, html=None, captured_at=at.isoformat())
    (sent,) = send(pipeline.settings, body)
    return sent.application_id


def decide(
    pipeline: Pipeline, kind: DecisionKind, payload: dict[str, Any], application_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Store a person's decision as the API does."""
    decision_id = new_id()
    with pipeline.database.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO decisions (id, kind, application_id, payload, decided_at, actor)"
                " VALUES (:id, :kind, :application_id, CAST(:payload AS jsonb), :at, 'test')"
            ),
            {
                "id": decision_id,
                "kind": str(kind),
                "application_id": application_id,
                "payload": json.dumps(payload),
                "at": dt.datetime.now(dt.UTC),
            },
        )
    return decision_id


def undo(pipeline: Pipeline, decision_id: uuid.UUID) -> None:
    """Take a decision back as the API does."""
    with pipeline.database.begin() as connection:
        connection.execute(
            sa.text("UPDATE decisions SET undone_at = now(), state = 'due', due_at = now() WHERE id = :id"),
            {"id": decision_id},
        )


def mail_id(pipeline: Pipeline, name: str) -> uuid.UUID:
    found: uuid.UUID = pipeline.one("SELECT id FROM mail WHERE message_id = :name", name=name)
    return found


def links(pipeline: Pipeline) -> dict[str, tuple[str, uuid.UUID | None]]:
    """Outcome and application of each mail, by its Message-ID; of a mail's events, the first."""
    rows = pipeline.rows(
        "SELECT m.message_id, l.outcome, l.application_id FROM mail_links AS l"
        " JOIN mail AS m ON m.id = l.mail_id WHERE l.event = 0"
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def table(pipeline: Pipeline) -> Sequence[Any]:
    """All links, without what names the run that derived them."""
    return pipeline.rows(
        "SELECT m.message_id, l.event, l.application_id, l.outcome, l.stage, l.posterior, l.margin,"
        " l.runner_up_id, l.reason, l.decided, l.creates, l.proposal_key, l.evidence::text, l.match_keys"
        " FROM mail_links AS l JOIN mail AS m ON m.id = l.mail_id ORDER BY 1, 2"
    )
