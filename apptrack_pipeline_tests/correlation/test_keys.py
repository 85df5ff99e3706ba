"""The keys that block: whatever may belong together shares one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts
from apptrack_pipeline.correlation.keys import application_keys, mail_keys
from apptrack_pipeline.domain import MailCategory

DAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
ID = uuid.UUID("01930000-0000-7000-8000-00000000000a")


def application(*companies: str, **more: Any) -> ApplicationFacts:
    return ApplicationFacts(ID, companies, (), None, DAY, tags=(str(ID), ID.hex), **more)


def mail(company: str | None = None, **more: Any) -> MailFacts:
    return MailFacts(uuid.UUID(int=7), 0, MailCategory.REJECTION, 0.9, True, DAY, company, **more)


@pytest.mark.parametrize(
    ("tracked", "received"),
    [
        (application("Quillmark Ltd"), mail("quillmark")),
        (application("Fernwick", "Quillmark"), mail(None, other_companies=("Quillmark",))),
        (
            application(urls=("https://jobs.example.org/1",)),
            mail(urls=("https://a.test/", "https://jobs.example.org/1")),
        ),
        (application(requisition_ids=("R 10442",)), mail(requisition_id="R-10442")),
        (application(), mail(tags=(ID.hex,))),
        (application(), mail(tags=(str(ID).upper(),))),
    ],
)
def test_a_mail_shares_a_key_with_the_application_that_it_names(
    tracked: ApplicationFacts, received: MailFacts
) -> None:
    assert application_keys(tracked) & mail_keys(received)


def test_a_mail_shares_no_key_with_an_application_that_it_does_not_name() -> None:
    tracked = application("Quillmark", urls=("https://jobs.example.org/1",), requisition_ids=("R10001",))
    received = mail(
        "Fernwick", urls=("https://jobs.example.org/2",), requisition_id="R10002", subject="Quillmark"
    )
    assert not application_keys(tracked) & mail_keys(received)


@pytest.mark.parametrize(
    "answer",
    [
        mail(references=("<1@quillmark.example>",)),
        mail(thread_key="gmail:77", account="home"),
    ],
)
def test_two_mails_of_one_conversation_share_a_key(answer: MailFacts) -> None:
    first = mail("Quillmark", message_id="<1@quillmark.example>", thread_key="gmail:77", account="home")
    assert mail_keys(first) & mail_keys(answer)


def test_threads_of_two_accounts_are_not_one() -> None:
    one, other = (mail(thread_key="gmail:77", account=name) for name in ("home", "work"))
    assert not mail_keys(one) & mail_keys(other)


def test_what_says_nothing_has_no_key() -> None:
    assert mail_keys(mail(requisition_id=" - ", other_companies=("",), tags=("",))) == frozenset()
