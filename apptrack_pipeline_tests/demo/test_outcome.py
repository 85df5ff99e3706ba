"""What counts as the right end of the demo."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from apptrack_pipeline.correlation.links import LinkOutcome
from apptrack_pipeline.demo.mailbox import sample_mails
from apptrack_pipeline.demo.outcome import (
    LEAST_PLATFORMS,
    LEAST_RIGHT,
    Correlation,
    LinkedMail,
    Progress,
    ReadMail,
    TrackedApplication,
    differences,
    expected_applications,
    full_postings,
    is_finished,
    link_differences,
    mail_differences,
    read_applications,
    read_links,
    read_news,
    read_progress,
    score,
)
from apptrack_pipeline.demo.world import MADE_OF_MAIL
from apptrack_pipeline.domain import Completeness

SAMPLES = sample_mails(now=dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC))

FINISHED = Progress(*(15, 15, 14, 15), mails=63, waiting={"captures": 0, "scraper_queue": 0})


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
            locations=wanted.locations,
            location_type=None,
            employment_type=wanted.employment_type,
            platform=wanted.platform,
            fetched="api" if wanted.read_from == "API" else None,
            language=wanted.language,
            salary=wanted.salary or (None, None, None, None),
            completeness=str(wanted.completeness),
            is_open=False if wanted.is_closed else None,
            closed_reason=None,
            review_reasons=(wanted.review,) if wanted.review is not None else (),
        )
        for url, wanted in expected_applications().items()
    ]


def as_expected_with_mail() -> list[TrackedApplication]:
    captured = [
        replace(one, status=str(wanted.after_mail))
        for one, wanted in zip(as_expected(), expected_applications().values(), strict=True)
    ]
    (company, title, status), *_ = MADE_OF_MAIL
    made = replace(captured[0], url=None, company=company, title=title, status=str(status))
    return [*captured, made]


def changed(company: str, **values: Any) -> list[TrackedApplication]:
    return [replace(one, **values) if one.company == company else one for one in as_expected()]


def test_the_world_as_it_should_be_has_no_differences() -> None:
    assert differences(as_expected(), with_mail=False) == []
    assert differences(as_expected_with_mail(), with_mail=True) == []


def test_each_difference_is_named_with_its_employer() -> None:
    assert differences(changed("Tarnbeck", status="saved"), with_mail=False) == [
        "Tarnbeck: status is saved, not applied"
    ]
    assert differences(changed("Pinmoss Games", review_reasons=()), with_mail=False) == [
        "Pinmoss Games: under review is False, not True"
    ]
    assert differences(changed("Pinmoss Games", score=12), with_mail=False) == [
        "Pinmoss Games: scored is True, not False"
    ]
    assert differences(changed("Hollowbrook Robotics", is_open=None), with_mail=False) == [
        "Hollowbrook Robotics: closed is False, not True"
    ]
    assert differences(changed("Cinderlake", fetched=None), with_mail=False) == [
        "Cinderlake: read from is captured page, not API"
    ]
    assert differences(changed("Fennholt Energie GmbH", platform="workday"), with_mail=False) == [
        "Fennholt Energie GmbH: platform is workday, not workable"
    ]
    assert len(differences(as_expected()[1:], with_mail=False)) == 1


def test_full_postings_from_fewer_than_eight_platforms_are_a_difference() -> None:
    said = differences([replace(one, platform="lever") for one in as_expected()], with_mail=False)
    assert said[-1] == f"full postings came from 1 platforms, not {LEAST_PLATFORMS}"
    assert len(full_postings(as_expected())) == 13


def test_a_duplicate_that_became_an_application_of_its_own_is_a_difference() -> None:
    stray = replace(as_expected()[0], url="https://jobs.lever.co/tarnbeck/again")
    assert differences([*as_expected(), stray], with_mail=False) == [
        "an application that nobody captured: https://jobs.lever.co/tarnbeck/again"
    ]


def test_the_demo_ends_only_when_nothing_is_left_to_do() -> None:
    assert is_finished(FINISHED, mails=63)
    assert not is_finished(replace(FINISHED, analyses=13), mails=63)
    assert not is_finished(replace(FINISHED, stale=1), mails=63)
    assert not is_finished(replace(FINISHED, waiting={"captures": 1, "scraper_queue": 0}), mails=63)
    assert not is_finished(replace(FINISHED, mails=62), mails=63)
    assert not is_finished(replace(FINISHED, unlinked=1), mails=63)
    assert not is_finished(Progress(), mails=0)


def test_an_application_that_mail_should_not_have_made_is_a_difference() -> None:
    made = as_expected_with_mail()[-1]
    assert differences([*as_expected_with_mail(), made], with_mail=True) == [
        "mail has made an application that it should not: Gravenhulst, Data Engineer (applied)"
    ]
    assert differences([*as_expected(), made], with_mail=False) != []
    assert "mail has not made an application: Gravenhulst, Data Engineer (applied)" in differences(
        as_expected_with_mail()[:-1], with_mail=True
    )


def test_a_status_that_mail_has_not_moved_is_a_difference() -> None:
    unmoved = [
        replace(one, status="applied") if one.company == "Fennholt Energie GmbH" else one
        for one in as_expected_with_mail()
    ]
    assert differences(unmoved, with_mail=True) == ["Fennholt Energie GmbH: status is applied, not interview"]


def as_linked() -> list[LinkedMail]:
    return [
        LinkedMail(
            sample, LinkOutcome.LINKED if sample.application else LinkOutcome.UNMATCHED, sample.application
        )
        for sample in SAMPLES
    ]


def test_links_that_are_those_of_the_labels_are_all_right() -> None:
    about_one = sum(sample.application is not None for sample in SAMPLES)
    assert link_differences(as_linked()) == []
    assert score(as_linked()) == Correlation(about_one, about_one, 0, 0, 0, 0, 0, 0)


def test_a_wrong_a_false_and_a_doubled_link_are_counted_and_named() -> None:
    links = {one.sample.key: one for one in as_linked()}
    links["tarnbeck-call"] = replace(links["tarnbeck-call"], application="quillmarsh")
    links["dentist"] = replace(links["dentist"], outcome=LinkOutcome.LINKED, application="tarnbeck")
    links["pinmoss-confirmation"] = replace(
        links["pinmoss-confirmation"], outcome=LinkOutcome.PROPOSED, application=None
    )
    done = score(list(links.values()))
    assert (done.wrong, done.false_links, done.duplicates) == (1, 1, 1)
    assert sorted(link_differences(list(links.values()))) == [
        "dentist is linked to tarnbeck, and is about none",
        "pinmoss-confirmation proposes a second application for pinmoss",
        "tarnbeck-call is linked to quillmarsh, and is about tarnbeck",
    ]


def test_a_person_may_be_asked_about_some_mail_and_not_about_most_of_it() -> None:
    asked = [replace(one, outcome=LinkOutcome.REVIEW, application=None) for one in as_linked()]
    labelled = [one for one in as_linked() if one.sample.application]
    few = labelled[:LEAST_RIGHT] + [
        one for one in asked if one.sample not in {one.sample for one in labelled[:LEAST_RIGHT]}
    ]
    assert link_differences(few) == []
    assert score(few).asked == len(labelled) - LEAST_RIGHT
    (said,) = link_differences(asked)
    assert said.startswith(f"0 mails found their application, not {LEAST_RIGHT}")


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
    assert mail_differences(as_read()[1:], SAMPLES) == ["62 of 63 mails were read"]
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
        assert {one.outcome for one in read_links(connection, SAMPLES)} == {LinkOutcome.UNMATCHED}
        assert read_news(connection) == []
    assert progress.waiting == dict.fromkeys(
        [
            "captures",
            "decisions",
            "link_queue",
            "evidence_queue",
            "scraper_queue",
            "posting_queue",
            "analysis_queue",
            "parser_queue",
        ],
        0,
    )
    assert not is_finished(progress, mails=0)
