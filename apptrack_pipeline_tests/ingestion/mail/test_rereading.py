"""What stored mail says again: by today's rules, a second model, and a person's decisions."""

from __future__ import annotations

import uuid
import zlib

import pytest

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail import model
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.rereading import row_of, second_opinion
from apptrack_pipeline.ingestion.mail.signals import Reader
from apptrack_pipeline.ingestion.mail.store import StoredMail
from apptrack_pipeline.settings import Settings

ODD = (
    b"From: Tessel Guild <scribes@tessel.example>\nSubject: Scroll 12\nMessage-ID: <1@tessel.example>\n\n"
    b"The quorum of scribes convened under the third lantern and sealed your scroll in amber wax.\n"
)


def stored(raw: bytes | None, verdict: str = "not_job") -> StoredMail:
    packed = None if raw is None else zlib.compress(raw)
    return StoredMail(uuid.uuid4(), "home", packed, verdict, 0.6, "mail-0")


def test_mail_whose_bytes_are_not_kept_says_its_verdict() -> None:
    row = row_of(stored(None), Reader())
    assert (row["category"], row["certainty"], row["signals"]) == ("not_job", 0.6, {})


def test_a_persons_word_wins_over_rules_and_model() -> None:
    row = row_of(stored(ODD), Reader(), "offer")
    assert (row["category"], row["certainty"], row["decided"], row["needs_review"]) == (
        "offer",
        1,
        True,
        False,
    )
    assert row_of(stored(None), Reader(), "offer")["category"] == "offer"


def test_a_reply_that_a_person_has_called_no_job_mail_reports_nothing() -> None:
    raw = b"From: Ada <ada@tessel.example>\nSubject: Re: Thursday\n\nSee you at the lake.\n"
    assert row_of(stored(raw), Reader())["signals"]["events"][0]["only_in_thread"]
    decided = row_of(stored(raw), Reader(), "not_job")["signals"]
    assert (decided["events"], decided["head"]["sender"]) == ([], "")


def test_the_second_model_can_be_left_out() -> None:
    assert second_opinion(Settings(mail_second_model=False), [], {}) is None


@pytest.mark.skipif(not model.is_available(), reason="the extra ml is not installed")
def test_the_second_model_learns_from_what_a_person_has_corrected() -> None:
    mail = stored(ODD)
    before = second_opinion(Settings(), [], {})
    after = second_opinion(Settings(), [mail, stored(None)], {mail.id: "rejection"})
    assert before is not None
    assert after is not None
    message = read_message(ODD)
    assert before.opinion(message)[0] is not MailCategory.REJECTION
    category, share = after.opinion(message)
    assert category is MailCategory.REJECTION
    assert share > 0.5
