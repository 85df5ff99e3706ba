"""The five stages of the matcher, its doubts, and what it proposes."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.correlation import weights
from apptrack_pipeline.correlation.companies import SHIPPED
from apptrack_pipeline.correlation.facts import ApplicationFacts, Decided, MailFacts
from apptrack_pipeline.correlation.links import Link, LinkOutcome, LinkStage
from apptrack_pipeline.correlation.matcher import correlate
from apptrack_pipeline.domain import MailCategory

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def day(n: float) -> dt.datetime:
    return MONDAY + dt.timedelta(days=n)


def an_id(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, name)


def application(
    name: str,
    company: str = "Fernhollow",
    title: str | None = "Data Engineer",
    applied: float | None = 0,
    **more: object,
) -> ApplicationFacts:
    applied_at = None if applied is None else day(applied)
    return ApplicationFacts(
        id=an_id(name),
        companies=(company,),
        titles=() if title is None else (title,),
        applied_at=applied_at,
        known_since=applied_at or MONDAY,
        **more,  # type: ignore[arg-type]
    )


def mail(
    name: str,
    category: MailCategory = MailCategory.REJECTION,
    company: str | None = "Fernhollow",
    title: str | None = None,
    after: float = 10,
    **more: object,
) -> MailFacts:
    facts = MailFacts(
        mail_id=an_id(name),
        event=0,
        category=category,
        certainty=0.95,
        is_certain=True,
        received_at=day(after),
        company=company,
        title=title,
        message_id=f"{name}@mail.example",
        sender="no-reply@fernhollow.example",
        system="Greenhouse",
    )
    return replace(facts, **more)  # type: ignore[arg-type]


CONFIRMATION = MailCategory.CONFIRMATION


def one(applications: list[ApplicationFacts], *mails: MailFacts, decided: Decided | None = None) -> Link:
    return correlate(applications, mails, decided=decided)[-1]


# -- the stages ------------------------------------------------------------------------------------------


def test_an_application_id_behind_the_plus_of_an_address_decides() -> None:
    link = one([application("a", tags=("a17",)), application("b")], mail("m", company=None, tags=("a17",)))
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.DIRECT, an_id("a"))


def test_the_address_of_a_posting_decides_whatever_the_mail_calls_the_company() -> None:
    url = "https://boards.greenhouse.io/fernhollow/jobs/4012345"
    link = one(
        [application("a", urls=(url,)), application("b", title="Data Analyst")],
        mail("m", company="Some Agency", urls=("https://job-boards.greenhouse.io/fernhollow/jobs/4012345",)),
    )
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.DIRECT, an_id("a"))


def test_a_requisition_number_decides_between_siblings() -> None:
    siblings = [
        application("a", requisition_ids=("R-0008694",)),
        application("b", requisition_ids=("R-0008695",)),
    ]
    link = one(siblings, mail("m", requisition_id="R0008695"))
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.DIRECT, an_id("b"))


def test_a_requisition_number_of_another_employer_is_asked_about() -> None:
    link = one(
        [application("a", requisition_ids=("R-00123",))],
        mail("m", company="Quillmarsh", requisition_id="R-00123"),
    )
    assert link.outcome is LinkOutcome.REVIEW


def test_an_answer_is_about_what_it_answers() -> None:
    link = one(
        [application("a"), application("b", title="Data Analyst")],
        mail("first", title="Data Engineer", after=5),
        mail(
            "second", MailCategory.FOLLOWUP_OTHER, company=None, references=("first@mail.example",), after=6
        ),
    )
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.THREAD, an_id("a"))


def test_two_receipts_that_gmail_has_grouped_are_of_two_roles() -> None:
    links = correlate(
        [application("a"), application("b", title="Data Analyst")],
        [
            mail("first", CONFIRMATION, title="Data Engineer", after=0.1, thread_key="gmail:1"),
            mail("second", CONFIRMATION, title="Data Analyst", after=0.2, thread_key="gmail:1"),
        ],
    )
    assert [link.application_id for link in links] == [an_id("a"), an_id("b")]


def test_company_and_title_decide() -> None:
    link = one(
        [application("a"), application("b", title="Senior Data Engineer"), application("c", "Quillmarsh")],
        mail("m", company="Fernhollow GmbH", title="Sr. Data Engineer"),
    )
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.COMPANY_TITLE, an_id("b"))


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("Data Engineer II", "Data Engineer III"),
        ("Data Engineer, 2026 New Grad", "Data Engineer, 2027 New Grad"),
        ("Data Engineer - Berlin", "Data Engineer - Munich"),
        ("Backend Engineer", "Frontend Engineer"),
        ("Engineering Manager, Payments", "Engineering Manager, Ads"),
    ],
)
def test_level_year_place_and_team_tell_siblings_apart(mine: str, other: str) -> None:
    link = one([application("a", title=mine), application("b", title=other)], mail("m", title=mine))
    assert (link.outcome, link.application_id) == (LinkOutcome.LINKED, an_id("a"))


def test_where_the_title_is_cut_the_text_says_which_role_it_is() -> None:
    siblings = [
        application("a", title="Data Engineer - Berlin"),
        application("b", title="Data Engineer - Munich"),
    ]
    link = one(
        siblings,
        mail("m", title="Data Engineer", text="We read your application for Data Engineer - Munich."),
    )
    assert (link.outcome, link.application_id) == (LinkOutcome.LINKED, an_id("b"))


def test_the_place_tells_roles_of_one_title_apart() -> None:
    siblings = [
        application("a", locations=("Berlin, Germany",)),
        application("b", locations=("Lisbon, Portugal",)),
    ]
    link = one(siblings, mail("m", title="Data Engineer", text="the role of Data Engineer in Lisbon"))
    assert (link.outcome, link.application_id) == (LinkOutcome.LINKED, an_id("b"))


def test_a_receipt_without_a_title_is_of_the_application_of_that_day() -> None:
    siblings = [application("a", applied=0), application("b", title="Data Analyst", applied=6)]
    link = one(siblings, mail("m", CONFIRMATION, after=6.1))
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.COMPANY_DATE, an_id("b"))


def test_siblings_of_one_day_are_assigned_one_to_one() -> None:
    siblings = [application("a"), application("b", title="Data Analyst")]
    named = mail("named", CONFIRMATION, title="Data Analyst", after=0.2)
    unnamed = mail("unnamed", CONFIRMATION, after=0.1)
    links = correlate(siblings, [unnamed, named])
    assert [link.application_id for link in links] == [an_id("a"), an_id("b")]


def test_a_company_alone_is_enough_where_it_has_one_open_application() -> None:
    link = one([application("a"), application("other", "Quillmarsh")], mail("m"))
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.COMPANY, an_id("a"))


def test_of_two_open_applications_none_is_picked() -> None:
    link = one([application("a"), application("b", title="Data Analyst")], mail("m"))
    assert (link.outcome, link.application_id) == (LinkOutcome.REVIEW, None)


def test_the_one_that_is_still_open_is_meant() -> None:
    siblings = [application("a"), application("b", title="Data Analyst")]
    link = one(
        siblings, mail("no", title="Data Engineer", after=5), mail("m", MailCategory.INTERVIEW, after=9)
    )
    assert (link.outcome, link.application_id) == (LinkOutcome.LINKED, an_id("b"))


# -- doubt -----------------------------------------------------------------------------------------------


def test_a_mail_that_precedes_the_application_is_not_about_it() -> None:
    link = one([application("a", applied=20)], mail("m", title="Data Engineer", after=18))
    assert link.application_id is None


def test_a_mail_of_the_evening_before_may_be_about_it() -> None:
    link = one([application("a", applied=20)], mail("m", CONFIRMATION, title="Data Engineer", after=19.2))
    assert link.outcome is LinkOutcome.LINKED


def test_a_mail_that_is_older_than_a_late_capture_is_asked_about() -> None:
    captured = application("a", applied=20, is_dated_by_capture=True)
    link = one([captured], mail("m", CONFIRMATION, title="Data Engineer", after=15))
    assert (link.outcome, link.application_id) == (LinkOutcome.REVIEW, an_id("a"))


def test_a_posting_of_one_application_in_the_conversation_of_another_is_asked_about() -> None:
    url = "https://boards.greenhouse.io/fernhollow/jobs/4012345"
    link = one(
        [application("a"), application("b", title="Data Analyst", urls=(url,))],
        mail("first", title="Data Engineer", after=5),
        mail("second", company=None, references=("first@mail.example",), urls=(url,), after=6),
    )
    assert link.outcome is LinkOutcome.REVIEW


def test_another_role_at_a_tracked_employer_makes_no_second_application() -> None:
    link = one([application("a")], mail("m", CONFIRMATION, title="Account Executive", after=30))
    assert link.outcome is LinkOutcome.REVIEW


def test_a_related_company_is_only_ever_asked_about() -> None:
    aliases = SHIPPED.plus((), [("fernhollow labs", "bigcorp")])
    link = correlate(
        [application("a", "Bigcorp")],
        [mail("m", company="Fernhollow Labs", title="Data Engineer")],
        aliases=aliases,
    )[0]
    assert (link.outcome, link.application_id) == (LinkOutcome.REVIEW, an_id("a"))


def test_a_newsletter_that_names_an_employer_is_not_linked() -> None:
    newsletter = mail(
        "m",
        MailCategory.FOLLOWUP_OTHER,
        sender="editor@weekly.example",
        other_companies=("weekly",),
        system=None,
    )
    assert one([application("a")], newsletter).outcome is not LinkOutcome.LINKED


def test_a_mail_about_nobody_is_unmatched() -> None:
    assert one([application("a")], mail("m", company="Quillmarsh")).outcome is LinkOutcome.UNMATCHED


def test_two_applications_for_one_role_are_told_apart_by_their_time() -> None:
    again = [application("a", applied=0), application("b", applied=60)]
    links = correlate(
        again,
        [
            mail("m1", CONFIRMATION, title="Data Engineer", after=0.1),
            mail("m2", title="Data Engineer", after=20),
            mail("m3", CONFIRMATION, title="Data Engineer", after=60.1),
            mail("m4", title="Data Engineer", after=75),
        ],
    )
    assert [link.application_id for link in links] == [an_id("a"), an_id("a"), an_id("b"), an_id("b")]


# -- what a link tells -----------------------------------------------------------------------------------


def test_a_link_keeps_its_evidence_its_runner_up_and_its_margin() -> None:
    link = one([application("a"), application("b", title="Data Analyst")], mail("m", title="Data Engineer"))
    assert link.best is not None
    assert link.runner_up is not None
    assert link.margin == pytest.approx(link.best.total - link.runner_up.total)
    assert link.best.total == pytest.approx(sum(bits.bits for bits in link.best.evidence))
    assert link.best.posterior >= weights.LINK_POSTERIOR
    assert {bits.field for bits in link.best.evidence} >= {"company", "title", "date"}


# -- proposals -------------------------------------------------------------------------------------------


def test_all_mail_of_an_untracked_employer_and_role_makes_one_application() -> None:
    links = correlate(
        [],
        [
            mail("board", CONFIRMATION, title="Data Engineer", after=0, system="LinkedIn"),
            mail("own", CONFIRMATION, title=None, after=0.1),
            mail("no", title="Data Engineer", after=9),
        ],
    )
    assert {link.outcome for link in links} == {LinkOutcome.PROPOSED}
    assert len({link.application_id for link in links}) == 1
    assert links[0].application_id is not None
    assert links[0].application_id.version == 7
    assert len({link.proposal_key for link in links}) == 1
    assert [link.creates for link in links] == [True, True, False]


def test_two_roles_of_an_untracked_employer_are_two_applications() -> None:
    receipts = [
        mail(title, CONFIRMATION, title=title, after=0) for title in ("Data Engineer", "Account Executive")
    ]
    assert len({link.application_id for link in correlate([], receipts)}) == 2


def test_a_doubtful_receipt_proposes_and_creates_nothing() -> None:
    link = one([], mail("m", CONFIRMATION, title="Data Engineer", is_certain=False))
    assert (link.outcome, link.application_id, link.creates) == (LinkOutcome.PROPOSED, None, False)


def test_a_receipt_that_names_no_role_is_asked_about() -> None:
    assert one([], mail("m", CONFIRMATION)).outcome is LinkOutcome.REVIEW


def test_what_was_created_keeps_its_id() -> None:
    receipt = mail("m", CONFIRMATION, title="Data Engineer")
    kept = correlate([], [receipt], created={(receipt.mail_id, 0): an_id("kept")})[0]
    assert kept.application_id == an_id("kept")


def test_what_is_tracked_later_takes_the_mail_of_a_proposal() -> None:
    link = one([application("a", applied=9.9)], mail("m", CONFIRMATION, title="Data Engineer", after=10))
    assert (link.outcome, link.application_id) == (LinkOutcome.LINKED, an_id("a"))


# -- decisions -------------------------------------------------------------------------------------------


def test_a_person_decides_against_all_evidence() -> None:
    decided = Decided(links={(an_id("m"), 0): an_id("b")})
    link = one(
        [application("a"), application("b", "Quillmarsh")], mail("m", title="Data Engineer"), decided=decided
    )
    assert (link.outcome, link.stage, link.application_id) == ("linked", LinkStage.DECISION, an_id("b"))


def test_what_a_person_has_unlinked_is_not_linked_there_again() -> None:
    decided = Decided(unlinked=frozenset([(an_id("m"), 0, an_id("a"))]))
    link = one([application("a")], mail("m", title="Data Engineer"), decided=decided)
    assert link.application_id is None


def test_a_word_of_thanks_counts_in_its_conversation_alone() -> None:
    thanks = mail("m", MailCategory.FOLLOWUP_OTHER, after=6, thread_key="gmail:1", only_in_thread=True)
    assert one([application("a")], thanks).outcome is LinkOutcome.UNMATCHED
    asked = mail("first", MailCategory.INTERVIEW, after=5, thread_key="gmail:1")
    assert one([application("a")], asked, thanks).stage is LinkStage.THREAD


def test_an_answer_that_speaks_of_another_role_than_its_subject_is_left_to_a_person() -> None:
    link = one(
        [application("a"), application("b", title="Data Analyst")],
        mail("first", MailCategory.INTERVIEW, title="Data Engineer", after=5, thread_key="gmail:1"),
        mail(
            "m",
            after=6,
            thread_key="gmail:1",
            subject="Re: Data Engineer, first conversation",
            text="You asked about your other application: the Data Analyst team will not go on.",
        ),
    )
    assert link.outcome is LinkOutcome.REVIEW


def test_a_decision_brings_the_conversation_with_it() -> None:
    decided = Decided(links={(an_id("first"), 0): an_id("b")})
    link = one(
        [application("a"), application("b", title="Data Analyst")],
        mail("first", after=5),
        mail("second", company=None, references=("first@mail.example",), after=6),
        decided=decided,
    )
    assert link.application_id == an_id("b")


# -- the order of arrival --------------------------------------------------------------------------------

COMPANIES = ["Fernhollow", "Fernhollow GmbH", "Quillmarsh", "Tarnbeck Labs", "Tarnbeck"]
TITLES = ["Data Engineer", "Senior Data Engineer", "Data Analyst", None]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[ApplicationFacts], list[MailFacts]]:
    applications = [
        application(
            f"a{n}", draw(st.sampled_from(COMPANIES)), draw(st.sampled_from(TITLES)), draw(st.integers(0, 40))
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    mails = [
        mail(
            f"m{n}",
            draw(
                st.sampled_from(
                    [
                        CONFIRMATION,
                        MailCategory.REJECTION,
                        MailCategory.INTERVIEW,
                        MailCategory.FOLLOWUP_OTHER,
                    ]
                )
            ),
            draw(st.sampled_from([*COMPANIES, None])),
            draw(st.sampled_from(TITLES)),
            draw(st.integers(0, 60)),
            thread_key=draw(st.sampled_from([None, "gmail:1", "gmail:2"])),
            references=draw(st.sampled_from([(), (), ("m0@mail.example",), ("m1@mail.example",)])),
            is_certain=draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 9)))
    ]
    return applications, mails


@given(worlds(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_arrival_does_not_matter(
    world: tuple[list[ApplicationFacts], list[MailFacts]], chosen: random.Random
) -> None:
    applications, mails = world
    expected = {link.mail_id: link for link in correlate(applications, mails)}
    other_applications, other_mails = applications[:], mails[:]
    chosen.shuffle(other_applications)
    chosen.shuffle(other_mails)
    assert {link.mail_id: link for link in correlate(other_applications, other_mails)} == expected


@given(worlds())
@settings(deadline=None)
def test_every_mail_has_one_verdict_and_a_link_has_what_it_takes(
    world: tuple[list[ApplicationFacts], list[MailFacts]],
) -> None:
    applications, mails = world
    known = {one.id: one for one in applications}
    links = correlate(applications, mails)
    assert [link.mail_id for link in links] == [one.mail_id for one in mails]
    for link, facts in zip(links, mails, strict=True):
        if link.outcome is LinkOutcome.LINKED:
            assert link.best is not None
            assert link.application_id == link.best.application_id
            assert link.best.posterior >= weights.LINK_POSTERIOR
            assert link.margin is None or link.margin >= weights.LINK_MARGIN
            applied_at = known[link.best.application_id].applied_at
            assert applied_at is not None
            assert facts.received_at >= applied_at - dt.timedelta(days=1)
        if link.creates:
            assert link.application_id not in known


@given(worlds())
@settings(deadline=None)
def test_a_replay_changes_nothing(world: tuple[list[ApplicationFacts], list[MailFacts]]) -> None:
    applications, mails = world
    first = correlate(applications, mails)
    created = {
        (link.mail_id, link.event): link.application_id
        for link in first
        if link.outcome is LinkOutcome.PROPOSED and link.application_id is not None
    }
    assert correlate(applications, mails, created=created) == first
