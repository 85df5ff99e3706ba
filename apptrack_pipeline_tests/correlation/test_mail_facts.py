"""What is stored of a mail becomes what the matcher compares, one piece for each thing that it reports."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import TypeAdapter

from apptrack_pipeline.correlation.facts import MailFacts
from apptrack_pipeline.correlation.mail_facts import CERTAIN, facts_of
from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.interpret import interpret
from apptrack_pipeline.ingestion.mail.signals import Found, MailSignals, Reader, Trust

RECEIVED = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
ID = uuid.UUID(int=7)
ME = "sam.poole@example.org"

CONFIRMATION = """Hello Sam,

Thank you for applying for the Data Engineer position (job ID: R-0012345) at Fernwick. We have received your
application and will be in touch.

https://boards.greenhouse.io/fernwick/jobs/4012345?gh_src=mail

The Fernwick Talent Team
"""
DIGEST = """Daily digest of your applications

Business Process: Job Application: Sam Poole - R-0008694 Data Engineer on 03/01/2026
Thank you for applying. We have received your application.

Business Process: Job Application: Sam Poole - R-0008777 Data Analyst on 03/01/2026
Unfortunately, we have decided to move forward with other candidates.
"""


def said(
    text: str = CONFIRMATION,
    *,
    subject: str = "Thank you for applying to Fernwick",
    sender: str = "Fernwick Hiring Team <no-reply@fernwick-jobs.com>",
    to: str = ME,
    headers: Mapping[str, str] | None = None,
) -> MailSignals:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = "<one@fernwick-jobs.com>"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return interpret(message.as_bytes(), Reader(own_addresses=frozenset({ME})))


def row(signals: MailSignals, **changes: Any) -> dict[str, Any]:
    """What the table holds of such a mail."""
    return {
        "category": str(signals.judgement.category),
        "certainty": signals.judgement.certainty,
        "needs_review": signals.judgement.needs_review,
        "trust": str(signals.trust),
        "signals": TypeAdapter(MailSignals).dump_python(signals, mode="json"),
    } | changes


def facts(signals: MailSignals, thread_key: str | None = None, **changes: Any) -> tuple[MailFacts, ...]:
    return facts_of(ID, "private", thread_key, RECEIVED, row(signals, **changes))


def test_a_mail_about_one_application_gives_all_by_which_it_may_be_known() -> None:
    (mail,) = facts(said(to="Sam <sam.poole+App77@example.org>"), "gmail:1790")

    assert (mail.mail_id, mail.event, mail.received_at, mail.account) == (ID, 0, RECEIVED, "private")
    assert mail.category is MailCategory.CONFIRMATION
    assert (mail.company, mail.title, mail.requisition_id) == ("Fernwick", "Data Engineer", "R-0012345")
    assert mail.urls == ("https://boards.greenhouse.io/fernwick/jobs/4012345",)
    assert mail.tags == ("app77",)
    assert (mail.message_id, mail.thread_key) == ("one@fernwick-jobs.com", "gmail:1790")
    assert mail.sender == "no-reply@fernwick-jobs.com"
    assert mail.subject == "Thank you for applying to Fernwick"
    assert "Data Engineer position" in mail.text


def test_the_tenant_and_the_display_name_are_weaker_names() -> None:
    (mail,) = facts(said(sender='"HR Systems" <fernwickgroup@myworkday.com>'))

    assert mail.other_companies[0] == "fernwickgroup"
    assert mail.other_companies[-1] == "HR Systems"
    assert mail.system == "Workday"


def test_a_thread_that_the_server_does_not_name_begins_with_the_oldest_reference() -> None:
    signals = said(headers={"References": "<zero@fernwick-jobs.com> <half@fernwick-jobs.com>"})

    (mail,) = facts(signals)

    assert mail.thread_key == "id:zero@fernwick-jobs.com"
    assert mail.references == ("zero@fernwick-jobs.com", "half@fernwick-jobs.com")


def test_a_mail_that_answers_nothing_begins_its_own_thread() -> None:
    (mail,) = facts(said())

    assert mail.thread_key == "id:one@fernwick-jobs.com"


def test_a_digest_gives_one_piece_for_each_application() -> None:
    signals = said(
        DIGEST, subject="Daily digest: your applications", sender='"Workday" <fernwick@myworkday.com>'
    )
    signals = replace(signals, judgement=replace(signals.judgement, category=MailCategory.FOLLOWUP_OTHER))

    first, second = facts(signals, "gmail:1790")

    assert (first.event, first.title, first.requisition_id) == (0, "Data Engineer", "R-0008694")
    assert (second.event, second.title, second.requisition_id) == (1, "Data Analyst", "R-0008777")
    assert (first.category, second.category) == (MailCategory.CONFIRMATION, MailCategory.REJECTION)


def test_what_a_digest_as_a_whole_is_known_by_tells_none_of_its_events() -> None:
    signals = said(
        DIGEST,
        subject="Daily digest: your applications",
        sender='"Workday" <fernwick@myworkday.com>',
        to="sam.poole+app77@example.org",
    )

    for mail in facts(signals, "gmail:1790"):
        assert (mail.thread_key, mail.references, mail.tags, mail.urls) == (None, (), (), ())
        assert (mail.message_id, mail.subject, mail.text) == (None, "", "")


def test_mail_about_no_application_gives_nothing() -> None:
    newsletter = said("Here is what happened in the groups you follow.", subject="Weekly news")

    assert facts(newsletter) == ()


def test_own_mail_gives_nothing() -> None:
    assert facts(said(sender=f"Sam Poole <{ME}>")) == ()


def test_mail_without_bytes_gives_nothing() -> None:
    stored = {
        "category": "confirmation",
        "certainty": 0.9,
        "needs_review": False,
        "trust": "other",
        "signals": {},
    }

    assert facts_of(ID, "private", None, RECEIVED, stored) == ()


def test_the_category_that_a_person_has_decided_counts() -> None:
    (mail,) = facts(said(), category="rejection", certainty=1.0)

    assert mail.category is MailCategory.REJECTION


def test_mail_that_a_person_has_called_no_job_mail_gives_nothing() -> None:
    assert facts(said(), category="not_job", certainty=1.0) == ()


def test_names_that_were_given_with_a_mail_win_over_those_that_were_read() -> None:
    given = replace(said(), company=Found("Fernwick Labs", "request", "given"))

    (mail,) = facts(given)

    assert mail.company == "Fernwick Labs"


@pytest.mark.parametrize(
    ("changes", "is_certain"),
    [
        ({"certainty": CERTAIN}, True),
        ({"certainty": CERTAIN - 0.01}, False),
        ({"certainty": 0.99, "needs_review": True}, False),
        ({"certainty": 0.99, "trust": str(Trust.FAILED)}, False),
        ({"certainty": 0.99, "trust": str(Trust.OTHER)}, True),
    ],
)
def test_doubt_about_category_or_sender_leaves_a_mail_uncertain(
    changes: dict[str, Any], is_certain: bool
) -> None:
    unchanged = {"needs_review": False, "trust": str(Trust.ALIGNED)}

    (mail,) = facts(said(), **(unchanged | changes))

    assert mail.is_certain is is_certain


def test_signals_of_an_older_reader_give_what_they_hold() -> None:
    stored = row(said())
    del stored["signals"]["head"]

    (mail,) = facts_of(ID, "private", "gmail:1790", RECEIVED, stored)

    assert (mail.company, mail.sender, mail.message_id, mail.thread_key) == (
        "Fernwick",
        "",
        None,
        "gmail:1790",
    )


def test_a_reply_that_alone_is_about_no_job_counts_in_its_conversation() -> None:
    signals = said(
        "Received, thank you! I'll pass it on.",
        subject="Re: Thursday",
        sender="Ada Byron <ada.byron@fernwick.com>",
        headers={"In-Reply-To": "<mine@example.org>", "References": "<first@fernwick.com>"},
    )
    (mail,) = facts_of(ID, "home", None, RECEIVED, row(signals))
    assert (mail.category, mail.only_in_thread) == (MailCategory.FOLLOWUP_OTHER, True)
    assert (mail.thread_key, mail.sender) == ("id:first@fernwick.com", "ada.byron@fernwick.com")
    # Certainly no job mail: that is no certainty of what it says in its conversation.
    assert not facts_of(ID, "home", None, RECEIVED, row(signals, certainty=0.99))[0].is_certain
    (named,) = facts_of(ID, "home", None, RECEIVED, row(signals, category="interview", certainty=1.0))
    assert (named.category, named.only_in_thread) == (MailCategory.INTERVIEW, False)
