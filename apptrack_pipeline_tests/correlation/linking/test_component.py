"""What must be matched together: everything that hangs together, and nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.correlation.companies import SHIPPED, Aliases
from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts
from apptrack_pipeline.correlation.keys import application_keys, mail_keys
from apptrack_pipeline.correlation.linking.component import (
    Component,
    PlacedMail,
    close,
    components,
)
from apptrack_pipeline.correlation.matcher import correlate
from apptrack_pipeline.domain import MailCategory

DAY = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


def application(n: int, company: str, **more: Any) -> ApplicationFacts:
    facts = ApplicationFacts(uuid.UUID(int=n), (company,), (), DAY, DAY)
    return replace(facts, **more)


def mail(n: int, company: str | None = None, at: Sequence[int] = (), **more: Any) -> PlacedMail:
    facts = MailFacts(
        uuid.UUID(int=1000 + n),
        0,
        MailCategory.CONFIRMATION,
        0.9,
        True,
        DAY + dt.timedelta(days=1),
        company,
    )
    return PlacedMail(replace(facts, **more), frozenset(uuid.UUID(int=one) for one in at))


class World:
    """All mail and applications there are, found by stored keys as the database finds them."""

    def __init__(self, *things: ApplicationFacts | PlacedMail) -> None:
        self.tracked = [one for one in things if isinstance(one, ApplicationFacts)]
        self.received = [one for one in things if isinstance(one, PlacedMail)]

    def applications(self, keys: Collection[str], ids: Collection[uuid.UUID]) -> list[ApplicationFacts]:
        return [one for one in self.tracked if one.id in ids or application_keys(one) & set(keys)]

    def mails(
        self,
        keys: Collection[str],
        keys_of_proposals: Collection[str],
        application_ids: Collection[uuid.UUID],
    ) -> list[PlacedMail]:
        verdicts = correlate(self.tracked, [one.facts for one in self.received])
        proposing = {link.mail_id for link in verdicts if link.proposal_key is not None}
        return [
            one
            for one in self.received
            if one.at & set(application_ids)
            or mail_keys(one.facts) & set(keys)
            or (one.facts.mail_id in proposing and mail_keys(one.facts) & set(keys_of_proposals))
        ]

    def around(self, *seeds: PlacedMail, aliases: Aliases = SHIPPED) -> Component:
        return close(seeds, self, aliases=aliases, most=100)


def numbers(component: Component) -> tuple[list[int], list[int]]:
    """Mails and applications of a component by their numbers in these tests."""
    mails = sorted(mail_id.int - 1000 for mail_id, _ in component.mails)
    return mails, sorted(one.int for one in component.applications)


def test_a_mail_brings_its_employers_applications_and_their_other_mail() -> None:
    seed = mail(1, "Fernwick")
    world = World(
        application(1, "Fernwick Ltd"),
        application(2, "Fernwick"),
        application(3, "Quillmark"),
        seed,
        mail(2, "Fernwick"),
        mail(3, "Quillmark"),
    )
    assert numbers(world.around(seed)) == ([1, 2], [1, 2])


def test_a_conversation_leads_from_one_employer_to_another() -> None:
    seed = mail(1, "Fernwick", message_id="a", thread_key="id:a")
    world = World(
        application(1, "Fernwick"), application(2, "Quillmark"), seed, mail(2, "Quillmark", references=("a",))
    )
    assert numbers(world.around(seed)) == ([1, 2], [1, 2])


def test_where_a_mail_is_linked_belongs_to_it_whatever_it_names() -> None:
    seed = mail(1, "Fernwick", at=[2])
    world = World(application(1, "Fernwick"), application(2, "Quillmark"), seed, mail(2, None, at=[2]))
    assert numbers(world.around(seed)) == ([1, 2], [1, 2])


def test_receipts_of_one_untracked_employer_belong_together() -> None:
    seed = mail(1, "Fernwick")
    world = World(
        seed, mail(2, "Fernwick GmbH"), mail(3, None, other_companies=("fernwick",)), mail(4, "Oak")
    )
    assert numbers(world.around(seed)) == ([1, 2, 3], [])


def test_a_board_that_writes_for_many_employers_joins_none_of_them() -> None:
    board = ("Talentpost",)
    seed = mail(1, "Fernwick", other_companies=board)
    world = World(seed, mail(2, "Quillmark", other_companies=board), mail(3, None, other_companies=board))
    assert numbers(world.around(seed)) == ([1], [])
    asked = mail(4, "Talentpost")
    assert numbers(World(*world.received, asked).around(asked)) == ([1, 2, 3, 4], [])


def test_a_word_that_two_employers_share_joins_nothing() -> None:
    seed = mail(1, "Fernwick Robotics")
    world = World(application(1, "Quillmark Robotics"), seed, mail(2, "Oakhollow Robotics"))
    assert numbers(world.around(seed)) == ([1], [])


def test_a_tag_leads_to_its_application_and_to_no_other_mail() -> None:
    tracked = application(1, "Fernwick", tags=("jobs",))
    seed = mail(1, None, tags=("jobs",))
    assert numbers(World(tracked, seed).around(seed)) == ([1], [1])
    assert numbers(World(seed, mail(2, "Oak", tags=("jobs",))).around(seed)) == ([1], [])


def test_names_that_a_person_joined_are_found_by_the_keys_from_before() -> None:
    seed = mail(1, "Oakhollow")
    world = World(application(1, "Fernwick"), application(2, "Tessel Guild"), seed, mail(2, "Tessel Guild"))
    joined = SHIPPED.plus([("oakhollow", "fernwick"), ("fernwick", "tessel guild")])
    assert numbers(world.around(seed)) == ([1], [])
    assert numbers(world.around(seed, aliases=joined)) == ([1, 2], [1, 2])


def test_a_component_that_is_too_large_is_cut_and_says_so() -> None:
    crowd = [mail(n, "Fernwick") for n in range(20)]
    alone = mail(50, "Quillmark")
    world = World(*crowd, alone)
    found = list(components([crowd[0], crowd[1], alone], world, aliases=SHIPPED, most=10))
    assert [(one.is_whole, alone.key in one.mails) for one in found] == [(False, False), (True, True)]
    assert numbers(found[1]) == ([50], [])


COMPANIES = st.sampled_from(["Fernwick", "Fernwick Ltd", "Quillmark", "Oakhollow", None])
SENDERS = st.sampled_from([(), ("Fernwick",), ("Oakhollow",), ("Talentpost",)])
REFERENCES = st.sampled_from([(), ("m0",), ("m1",), ("m3",)])
WORLDS = st.lists(st.tuples(COMPANIES, SENDERS, REFERENCES, st.integers(0, 60)), max_size=7)
TRACKED = st.lists(st.tuples(COMPANIES.filter(bool), st.integers(0, 30)), max_size=4)


@given(WORLDS, TRACKED)
def test_a_component_alone_gives_the_links_that_all_mail_together_gives(
    received: list[Any], tracked: list[Any]
) -> None:
    mails = [
        mail(
            n,
            company,
            other_companies=senders,
            message_id=f"m{n}",
            references=refers,
            received_at=DAY + dt.timedelta(days=days),
        )
        for n, (company, senders, refers, days) in enumerate(received)
    ]
    applications = [
        application(n, company, applied_at=DAY + dt.timedelta(days=days))
        for n, (company, days) in enumerate(tracked)
    ]
    world = World(*applications, *mails)
    everything = {
        (link.mail_id, link.event): link for link in correlate(applications, [one.facts for one in mails])
    }
    for seed in mails:
        component = world.around(seed)
        assert component.is_whole
        links = correlate(component.applications.values(), [one.facts for one in component.mails.values()])
        for link in links:
            assert link == everything[link.mail_id, link.event]
