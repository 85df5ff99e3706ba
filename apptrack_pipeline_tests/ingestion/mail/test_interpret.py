"""From bytes to signals in one call: events, own mail, digests, and figures on the shared cases."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.evaluation import read_manifest, score
from apptrack_pipeline.ingestion.mail.inspection import as_json_line
from apptrack_pipeline.ingestion.mail.interpret import interpret
from apptrack_pipeline.ingestion.mail.signals import (
    MailSignals,
    Reader,
    Trust,
)

NOBODY = Reader()


def raw(text: str, subject: str = "", sender: str = "someone@fernhill.example") -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["Subject"] = subject
    message.set_content(text)
    return message.as_bytes()


def test_a_rejection_is_one_event_with_its_names_and_evidence() -> None:
    text = "Thank you for applying to Fernhill. We have decided to move forward with other candidates."
    said = interpret(raw(text, "Your application for Data Analyst at Fernhill"), NOBODY)
    assert said.judgement.category is MailCategory.REJECTION
    (event,) = said.events
    assert event.category is MailCategory.REJECTION
    assert event.company is not None
    assert event.company.value == "Fernhill"
    assert event.evidence == said.judgement.evidence
    assert said.language == "en"
    assert said.trust is Trust.OTHER


def test_mail_that_is_about_no_application_has_no_event() -> None:
    for text in (
        "30 new jobs match your preferences. Your job alert for data analyst.",
        "Your parcel arrives on Monday.",
        "I came across your profile and am hiring for an Analyst role. Open to a chat?",
    ):
        assert interpret(raw(text), NOBODY).events == ()


def test_ones_own_mail_has_no_event() -> None:
    reader = Reader(own_addresses=frozenset({"sam@example.org"}))
    said = interpret(
        raw("I accept the offer for the position of Analyst.", "Re: Offer", "sam@example.org"), reader
    )
    assert said.judgement.category is MailCategory.FOLLOWUP_OTHER
    assert said.events == ()


def test_a_digest_has_one_event_for_each_application() -> None:
    text = (
        "Daily Digest\n\n"
        "Business Process: Job Application: Sam Taylor - R-0008694 Data Analyst on 03/02/2026\n"
        "Thank you for applying. We have received your application for R-0008694 Data Analyst.\n\n"
        "Business Process: Job Application: Sam Taylor - R-0008700 Data Engineer on 03/02/2026\n"
        "You are no longer under consideration for R-0008700 Data Engineer.\n"
    )
    said = interpret(raw(text, "Daily Digest", "fernhill@myworkday.com"), NOBODY)
    found = {
        event.requisition_id.value: event.category
        for event in said.events
        if event.requisition_id is not None
    }
    assert found == {"R-0008694": MailCategory.CONFIRMATION, "R-0008700": MailCategory.REJECTION}


def reply(text: str, subject: str = "Re: Thursday", **headers: str) -> MailSignals:
    message = EmailMessage()
    message["From"] = "Ada Byron <ada.byron@fernhill.example>"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return interpret(message.as_bytes(), NOBODY)


def test_a_reply_that_speaks_of_no_job_counts_in_its_conversation_alone() -> None:
    for said in (
        reply("Received, thank you! I'll pass it on."),
        reply("Received, thank you! I'll pass it on.", "Thursday", In_Reply_To="<mine@example.org>"),
        reply("Das passt, bis Donnerstag!", "AW: Donnerstag"),
    ):
        assert said.judgement.category is MailCategory.NOT_JOB
        (event,) = said.events
        assert (event.category, event.only_in_thread) == (MailCategory.FOLLOWUP_OTHER, True)
        assert said.head.sender == "ada.byron@fernhill.example"


def test_what_no_person_typed_in_answer_is_no_reply() -> None:
    text = "See you on Thursday at the lake."
    for said in (
        reply(text, "Thursday"),
        reply(text, List_Id="<lake.fernhill.example>"),
        reply(text, Auto_Submitted="auto-replied"),
        reply(text, "Re: [lake/boats] Oars are missing (Issue #4)"),
        interpret(raw(text, "Re: Thursday", "no-reply@fernhill.example"), NOBODY),
        interpret(
            raw(text, "Re: Thursday", "sam@example.org"),
            Reader(own_addresses=frozenset({"sam@example.org"})),
        ),
    ):
        assert said.judgement.category is MailCategory.NOT_JOB
        assert said.events == ()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_raise_and_the_line_of_json_can_always_be_written(data: bytes) -> None:
    as_json_line("x.eml", interpret(data, NOBODY)).encode()


def test_the_shared_cases_are_read_right(shared_data: Path) -> None:
    cases = read_manifest(shared_data / "mail")
    said = [interpret(case.path.read_bytes(), NOBODY) for case in cases]
    found = score(cases, said, elapsed_s=1.0)
    assert found.accuracy_merged >= 0.97
    assert found.job_gate >= 0.98
    assert found.per_class["rejection"].precision == 1.0
    assert found.per_class["rejection"].recall == 1.0
    not_job = [one for case, one in zip(cases, said, strict=True) if case.label is MailCategory.NOT_JOB]
    assert all(one.judgement.category is MailCategory.NOT_JOB for one in not_job)
