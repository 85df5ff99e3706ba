"""What mail is compared with: what captures, postings and persons say, and never the mail that was linked."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.correlation.application_facts import PostingNames, application_facts
from apptrack_pipeline.correlation.facts import ApplicationFacts
from apptrack_pipeline.correlation.fold import CaptureEvidence, DecisionEvidence, MailEvidence
from apptrack_pipeline.correlation.keys import facts_key
from apptrack_pipeline.domain import DecisionKind, MailCategory

ID = uuid.UUID("01930000-0000-7000-8000-00000000000a")
DAY = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


def day(number: float) -> dt.datetime:
    return DAY + dt.timedelta(days=number)


def capture(number: int, **said: Any) -> CaptureEvidence:
    url = f"https://jobs.example.org/{number}"
    return CaptureEvidence(uuid.UUID(int=number), number, url, url, said, "api", day(number), day(number))


def mail(number: int, category: str, **more: Any) -> MailEvidence:
    return MailEvidence(
        uuid.UUID(int=200 + number), 0, MailCategory(category), day(number), is_certain=True, **more
    )


def decision(number: int, kind: DecisionKind, **payload: Any) -> DecisionEvidence:
    return DecisionEvidence(uuid.UUID(int=300 + number), number, kind, payload, day(number))


def facts(*evidence: object, postings: tuple[PostingNames, ...] = (), **more: Any) -> ApplicationFacts:
    found = application_facts(
        ID,
        [one for one in evidence if isinstance(one, CaptureEvidence)],
        [one for one in evidence if isinstance(one, DecisionEvidence)],
        [one for one in evidence if isinstance(one, MailEvidence)],
        postings,
        **more,
    )
    assert found is not None
    return found


def test_every_name_counts_the_best_one_first() -> None:
    posting = PostingNames("Fernwick Holding", "Senior Engineer", "R-10442", ("Leeds",))
    found = facts(
        capture(1, company_name="Fernwick", job_title="Engineer"),
        capture(2, company_name="Fernwick Ltd"),
        postings=(posting,),
    )
    assert found.companies == ("Fernwick Ltd", "Fernwick", "Fernwick Holding")
    assert found.titles == ("Engineer", "Senior Engineer")
    assert (found.requisition_ids, found.locations) == (("R-10442",), ("Leeds",))
    assert found.urls == ("https://jobs.example.org/2", "https://jobs.example.org/1")


def test_what_a_person_has_named_takes_the_place_of_what_was_captured() -> None:
    named = decision(2, DecisionKind.FIELD, field="company_name", value="Fernwick")
    found = facts(capture(1, company_name="Wrong", job_title="Engineer"), named)
    assert (found.companies, found.titles) == (("Fernwick",), ("Engineer",))


def test_the_date_of_a_capture_is_known_as_such() -> None:
    assert facts(capture(1, applied=True)).is_dated_by_capture
    decided = decision(2, DecisionKind.FIELD, field="applied_at", value=day(-3).isoformat())
    found = facts(capture(1, applied=True), decided)
    assert (found.applied_at, found.is_dated_by_capture) == (day(-3), False)
    unsaid = facts(capture(1))
    assert (unsaid.applied_at, unsaid.known_since, unsaid.is_dated_by_capture) == (None, day(1), False)


def test_a_person_closes_it_and_opens_it_again() -> None:
    closed = decision(2, DecisionKind.STATUS, status="withdrawn")
    opened = decision(3, DecisionKind.STATUS, status="applied")
    assert facts(capture(1), closed).closed_at == day(2)
    assert facts(capture(1), closed, opened).closed_at is None
    assert facts(capture(1), mail(2, "rejection")).closed_at is None


MAILS = st.lists(
    st.builds(
        mail,
        st.integers(-9, 9),
        st.sampled_from(["confirmation", "rejection", "interview"]),
        company=st.sampled_from([None, "Tessel"]),
        title=st.sampled_from([None, "Scribe"]),
    ),
    max_size=4,
    unique_by=lambda one: one.mail_id,
)


@given(MAILS)
def test_nothing_that_linked_mail_says_changes_what_mail_is_compared_with(mails: list[MailEvidence]) -> None:
    assert facts(capture(1, company_name="Fernwick"), *mails) == facts(capture(1, company_name="Fernwick"))


def test_what_nobody_tracks_is_compared_with_nothing() -> None:
    assert application_facts(ID, [], [], [mail(1, "confirmation", company="Fernwick")]) is None
    assert application_facts(ID, [], [decision(1, DecisionKind.NOTE, text="x")], []) is None


def test_what_was_made_of_mail_has_the_names_of_its_mail_once_a_person_takes_it_up() -> None:
    made = mail(1, "confirmation", company="Fernwick", title="Engineer")
    found = facts(made, decision(2, DecisionKind.STATUS, status="interview"))
    assert (found.companies, found.titles, found.applied_at) == (("Fernwick",), ("Engineer",), day(1))


def test_the_addresses_of_what_was_merged_are_its_own() -> None:
    other = uuid.UUID(int=77)
    found = facts(capture(1), merged=[other])
    assert set(found.tags) == {str(ID), ID.hex, str(other), other.hex}


def test_the_key_of_facts_changes_with_all_but_places() -> None:
    plain = facts(capture(1, company_name="Fernwick"))
    posting = PostingNames(None, None, None, ("Leeds",))
    assert facts_key(plain) == facts_key(facts(capture(1, company_name="Fernwick"), postings=(posting,)))
    others = [
        facts(capture(1, company_name="Tessel")),
        facts(capture(1, company_name="Fernwick", job_title="Engineer")),
        facts(capture(1, company_name="Fernwick", applied=True)),
        facts(capture(2, company_name="Fernwick")),
        facts(capture(1, company_name="Fernwick"), decision(2, DecisionKind.STATUS, status="rejected")),
    ]
    assert len({facts_key(one) for one in [plain, *others]}) == 6
