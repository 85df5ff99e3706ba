"""A corpus is read as it stands, or refused with the line that is wrong."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import InvalidInputError, MailCategory
from apptrack_pipeline.evaluation.corpus import Corpus, read_corpus
from apptrack_pipeline.ingestion.mail.reading import read_message

APPLICATION = {
    "id": "A-17",
    "company": "Fernwick",
    "title": "Data Engineer",
    "applied_on": "2026-03-01",
    "url": "https://boards.greenhouse.io/fernwick/jobs/4012345?gh_src=1",
    "job_id": 4012345,
    "location": "Leeds",
    "mood": "hopeful",
}
MAIL = {
    "message_id": "<one@fernwick.example>",
    "thread_id": "1790",
    "from": "Fernwick, Inc. <jobs@fernwick.example>",
    "subject": "Thank you for applying",
    "body": "We have received your application.\n\nBest\nFernwick",
    "date": "2026-03-02T10:30:00+01:00",
    "truth_application": "A-17",
    "truth_category": "confirmation",
    "colour": "green",
}


def written(folder: Path, applications: list[Any], mails: list[Any]) -> Path:
    for name, rows in (("applications", applications), ("mails", mails)):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def corpus_of(
    folder: Path, application: dict[str, Any] | None = None, mail: dict[str, Any] | None = None
) -> Corpus:
    return read_corpus(written(folder, [APPLICATION | (application or {})], [MAIL | (mail or {})]))


def test_an_application_keeps_what_the_corpus_says_of_it(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path)
    (facts,) = corpus.applications

    assert (facts.companies, facts.titles, facts.locations) == (("Fernwick",), ("Data Engineer",), ("Leeds",))
    assert facts.applied_at == facts.known_since == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert facts.requisition_ids == ("4012345",)
    assert facts.urls == ("https://boards.greenhouse.io/fernwick/jobs/4012345",)
    assert {"a-17", "a17", "appa-17", "app-a-17", "appa17"} == set(facts.tags)
    assert corpus.names == {facts.id: "A-17"}


def test_a_mail_becomes_a_message_that_reads_as_the_corpus_says(tmp_path: Path) -> None:
    corpus = corpus_of(
        tmp_path, mail={"to": "Sam <sam+a17@example.org>", "references": ["<zero@fernwick.example>"]}
    )
    (mail,) = corpus.mails
    message = read_message(mail.raw)

    assert (message.sender.name, message.sender.email) == ("Fernwick, Inc.", "jobs@fernwick.example")
    assert [one.email for one in message.recipients] == ["sam+a17@example.org"]
    assert message.references == ("zero@fernwick.example",)
    assert (message.message_id, message.subject) == ("one@fernwick.example", "Thank you for applying")
    assert message.sent_at == mail.received_at == dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    assert (mail.thread_key, mail.truth_application) == ("gmail:1790", "A-17")
    assert mail.truth_category is MailCategory.CONFIRMATION


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("jobs@fernwick.example", ""),
        ("<jobs@fernwick.example>", ""),
        ('"Fernwick (via Lever)" <jobs@fernwick.example>', "Fernwick (via Lever)"),
        ("Müller & Söhne GmbH <jobs@fernwick.example>", "Müller & Söhne GmbH"),
        ("Dana @ Fernwick: hiring <jobs@fernwick.example>", "Dana @ Fernwick: hiring"),
    ],
)
def test_a_sender_is_read_however_it_is_spelled(tmp_path: Path, spelled: str, name: str) -> None:
    (mail,) = corpus_of(tmp_path, mail={"from": spelled}).mails
    sender = read_message(mail.raw).sender

    assert (sender.name, sender.email) == (name, "jobs@fernwick.example")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_mail_breaks_its_message(
    tmp_path_factory: pytest.TempPathFactory, sender: str, subject: str
) -> None:
    folder = tmp_path_factory.mktemp("corpus")

    (mail,) = corpus_of(folder, mail={"from": f"{sender} <jobs@fernwick.example>", "subject": subject}).mails

    assert read_message(mail.raw).sent_at == mail.received_at


@pytest.mark.parametrize("date", ["2026-03-02", "2026-03-02T00:00:00", "Mon, 02 Mar 2026 00:00:00 +0000"])
def test_a_date_is_read_in_the_forms_that_are_in_use(tmp_path: Path, date: str) -> None:
    (mail,) = corpus_of(tmp_path, mail={"date": date}).mails

    assert mail.received_at == dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def test_what_is_not_known_may_be_left_out(tmp_path: Path) -> None:
    application = {"id": 1, "company": None, "title": "", "applied_on": None}
    mail = MAIL | {"thread_id": None, "truth_application": None, "truth_category": "newsletter"}

    corpus = read_corpus(written(tmp_path, [application], [mail]))

    (facts,) = corpus.applications
    assert (facts.companies, facts.titles, facts.applied_at, facts.urls) == ((), (), None, ())
    assert facts.known_since <= corpus.mails[0].received_at
    assert (corpus.mails[0].thread_key, corpus.mails[0].truth_category) == (None, None)


@pytest.mark.parametrize(
    ("applications", "mails", "says"),
    [
        (["{"], [MAIL], "applications.jsonl, line 1: is no JSON"),
        (["[1]"], [MAIL], "applications.jsonl, line 1: must be an object"),
        ([{"company": "Fernwick"}], [MAIL], "line 1: id is missing"),
        ([APPLICATION, "", APPLICATION], [MAIL], "line 3: id 'A-17' stands on an earlier line too"),
        ([APPLICATION | {"applied_on": "soon"}], [MAIL], "applied_on 'soon' is no time"),
        ([APPLICATION | {"url": "ftp://fernwick.example"}], [MAIL], "leave it out"),
        ([APPLICATION | {"title": {"en": "x"}}], [MAIL], "title must be a text or null"),
        ([APPLICATION], [MAIL, MAIL | {"date": None}], "mails.jsonl, line 2: date must be"),
        ([APPLICATION], [MAIL | {"body": None}], "body must be a text"),
        (
            [APPLICATION],
            [MAIL | {"truth_application": "B"}],
            "truth_application 'B' is no id of applications.jsonl",
        ),
        (
            [APPLICATION],
            [{key: MAIL[key] for key in MAIL if key != "truth_application"}],
            "truth_application is missing",
        ),
        ([], [], "has no mail"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(
    tmp_path: Path, applications: list[Any], mails: list[Any], says: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_corpus(written(tmp_path, applications, mails))

    assert says in str(refused.value)


def test_a_folder_without_the_files_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"applications\.jsonl is missing"):
        read_corpus(tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    written(tmp_path, [APPLICATION], [MAIL])
    (tmp_path / "mails.jsonl").write_bytes(b"\xff\xfe{}")

    with pytest.raises(InvalidInputError, match="is not UTF-8"):
        read_corpus(tmp_path)
