"""What counts as the right end of the demo."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from apptrack_pipeline.demo.mailbox import sample_mails
from apptrack_pipeline.demo.outcome import (
    Progress,
    ReadMail,
    TrackedApplication,
    differences,
    expected_applications,
    is_finished,
    mail_differences,
    read_applications,
    read_progress,
)
from apptrack_pipeline.domain import Completeness

SAMPLES = sample_mails(now=dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC))

FINISHED = Progress(11, 11, 10, 11, waiting={"captures": 0, "scraper_queue": 0})


def as_expected() -> list[TrackedApplication]:
    return [
        TrackedApplication(
            id=uuid.uuid4(),
            url=url,
            company=wanted.company,
            title=wanted.title,
            status=str(wanted.status),
            score=50 if wanted.is_analysed else None,
            no_score=None if wanted.is_analysed else "no text",
            is_compared=wanted.completeness is not Completeness.BLANK,
            locations=(),
            location_type=None,
            language=wanted.language,
            salary=wanted.salary or (None, None, None, None),
            completeness=str(wanted.completeness),
            is_open=False if wanted.is_closed else None,
            closed_reason=None,
            review_reasons=("blank_page",) if wanted.completeness is Completeness.BLANK else (),
        )
        for url, wanted in expected_applications().items()
    ]


def changed(company: str, **values: Any) -> list[TrackedApplication]:
    return [replace(one, **values) if one.company == company else one for one in as_expected()]


def test_the_world_as_it_should_be_has_no_differences() -> None:
    assert differences(as_expected()) == []


def test_each_difference_is_named_with_its_employer() -> None:
    assert differences(changed("Tarnbeck", status="saved")) == ["Tarnbeck: status is saved, not applied"]
    assert differences(changed("Pinmoss Games", review_reasons=())) == [
        "Pinmoss Games: under review is False, not True"
    ]
    assert differences(changed("Pinmoss Games", score=12)) == ["Pinmoss Games: scored is True, not False"]
    assert differences(changed("Hollowbrook Robotics", is_open=None)) == [
        "Hollowbrook Robotics: closed is False, not True"
    ]
    assert len(differences(as_expected()[1:])) == 1


def test_a_duplicate_that_became_an_application_of_its_own_is_a_difference() -> None:
    stray = replace(as_expected()[0], url="https://jobs.lever.co/tarnbeck/again")
    assert differences([*as_expected(), stray]) == [
        "an application that nobody captured: https://jobs.lever.co/tarnbeck/again"
    ]


def test_the_demo_ends_only_when_nothing_is_left_to_do() -> None:
    assert is_finished(FINISHED)
    assert not is_finished(replace(FINISHED, analyses=9))
    assert not is_finished(replace(FINISHED, stale=1))
    assert not is_finished(replace(FINISHED, waiting={"captures": 1, "scraper_queue": 0}))
    assert not is_finished(Progress())


def as_read() -> list[ReadMail]:
    return [
        ReadMail(
            sample, sample.category, 1.0, False, "failed" if sample.is_forged else "aligned", None, None, True
        )
        for sample in SAMPLES
    ]


def test_a_mailbox_that_is_read_as_it_was_written_has_no_differences() -> None:
    assert mail_differences(as_read(), SAMPLES) == []


def test_a_lost_mail_and_a_forged_one_that_is_trusted_are_differences() -> None:
    assert mail_differences(as_read()[1:], SAMPLES) == ["60 of 61 mails were read"]
    trusting = [replace(mail, trust="aligned") for mail in as_read()]
    assert len(mail_differences(trusting, SAMPLES)) == sum(sample.is_forged for sample in SAMPLES) > 0


def test_one_mail_in_twenty_may_be_misread_and_no_more() -> None:
    misread = [replace(mail, category="offer") for mail in as_read() if mail.category != "offer"]
    others = as_read()
    few = misread[:3] + [mail for mail in others if mail.sample not in {m.sample for m in misread[:3]}]
    many = misread[:4] + [mail for mail in others if mail.sample not in {m.sample for m in misread[:4]}]
    assert mail_differences(few, SAMPLES) == []
    (said,) = mail_differences(many, SAMPLES)
    assert f"{many[0].sample.key} as offer" in said


def test_an_empty_database_is_at_the_beginning(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        progress = read_progress(connection)
        assert read_applications(connection) == []
    assert progress.waiting == dict.fromkeys(
        ["captures", "decisions", "scraper_queue", "analysis_queue", "parser_queue"], 0
    )
    assert not is_finished(progress)
