"""Which mails and applications must be matched together, so that the verdict on each is the whole one.

The matcher's verdict on a mail depends on the applications that it may be about, on the other mails of those
and of its conversation, on receipts of the same employer, and so on. What hangs together so is a component;
matched as a whole it gives the same verdicts as all that there is, at a cost that does not grow with history.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from apptrack_pipeline.correlation.companies import (
    SHIPPED,
    Aliases,
    compare_companies,
)
from apptrack_pipeline.correlation.facts import ApplicationFacts, Key, MailFacts
from apptrack_pipeline.correlation.keys import OF_COMPANY, OF_TAG, application_keys, company_keys, mail_keys
from apptrack_pipeline.correlation.names import squashed


@dataclass(frozen=True)
class PlacedMail:
    """One event of one mail, and the applications to which it is, or was, or shall be linked."""

    facts: MailFacts
    at: frozenset[uuid.UUID] = frozenset()

    @property
    def key(self) -> Key:
        """What names the event."""
        return self.facts.key


class Surroundings(Protocol):
    """Finds what may be near; it may give more, never less."""

    def applications(self, keys: Collection[str], ids: Collection[uuid.UUID]) -> Iterable[ApplicationFacts]:
        """Return the tracked applications with one of these keys, or ids."""

    def mails(
        self,
        keys: Collection[str],
        keys_of_proposals: Collection[str],
        application_ids: Collection[uuid.UUID],
    ) -> Iterable[PlacedMail]:
        """Return the mail events with one of these keys, or linked to one of these applications.

        Those that propose an application also where they have one of `keys_of_proposals`.
        """


@dataclass
class Component:
    """Mails and applications of which none is near anything outside, where `is_whole`."""

    mails: dict[Key, PlacedMail] = field(default_factory=dict)
    applications: dict[uuid.UUID, ApplicationFacts] = field(default_factory=dict)
    is_whole: bool = True


def components(
    seeds: Sequence[PlacedMail], near: Surroundings, *, aliases: Aliases, most: int
) -> Iterator[Component]:
    """Yield components that hold all seeds, of at most about `most` mail events each.

    All seeds together, where their surroundings are small enough, else one seed after the other. A component
    that is too large alone is cut, and is not whole.
    """
    together = close(seeds, near, aliases=aliases, most=most)
    if together.is_whole or len(seeds) == 1:
        yield together
        return
    done: set[Key] = set()
    for seed in seeds:
        if seed.key not in done:
            alone = close([seed], near, aliases=aliases, most=most)
            done |= alone.mails.keys()
            yield alone


def close(seeds: Iterable[PlacedMail], near: Surroundings, *, aliases: Aliases, most: int) -> Component:
    """Return the seeds with all that hangs together with them."""
    component = Component()
    compared = _Compared(aliases)
    new_mails, new_applications = {seed.key: seed for seed in seeds}, dict[uuid.UUID, ApplicationFacts]()
    while new_mails or new_applications:
        component.mails |= new_mails
        component.applications |= new_applications
        if len(component.mails) > most:
            component.is_whole = False
            return component
        edge = _Edge(new_mails.values(), new_applications.values(), compared)
        found = near.applications(edge.keys_of_mails, edge.places)
        new_applications = {
            one.id: one for one in found if one.id not in component.applications and edge.meets(one)
        }
        found_mails = near.mails(edge.keys, edge.keys_of_senders, edge.places | edge.application_ids)
        new_mails = {
            one.key: one for one in found_mails if one.key not in component.mails and edge.meets_mail(one)
        }
    return component


@dataclass(frozen=True)
class _MailKeys:
    """The keys of one mail event by what they lead to."""

    all: frozenset[str]
    of_content: frozenset[str]
    """Of what it names, and of its conversation: other mail may have them too."""
    of_sender: frozenset[str]
    """Of names that only its sender gives. A board writes for a thousand employers: two mails that share
    nothing else are of no common application, unless one of them names that very employer."""


class _Compared:
    """Knows keys of mail and whether employers are near, each worked out once."""

    def __init__(self, aliases: Aliases) -> None:
        self.aliases = aliases
        self._partners = _partners(aliases)
        self._near: dict[tuple[str, str], bool] = {}
        self._keys: dict[Key, _MailKeys] = {}

    def with_partners(self, keys: Collection[str]) -> set[str]:
        return set(keys).union(*(self._partners[key] for key in self._partners.keys() & set(keys)))

    def keys(self, mail: PlacedMail) -> _MailKeys:
        known = self._keys.get(mail.key)
        if known is None:
            everything = mail_keys(mail.facts, self.aliases)
            named = mail_keys(replace(mail.facts, other_companies=()), self.aliases)
            of_content = frozenset(key for key in named if not key.startswith(OF_TAG))
            known = self._keys[mail.key] = _MailKeys(everything, of_content, everything - named)
        return known

    def any_near(self, some: Iterable[str], others: Sequence[str]) -> bool:
        return any(self._are_near(one, other) for one in some for other in others)

    def _are_near(self, one: str, other: str) -> bool:
        pair = (one, other) if one <= other else (other, one)
        known = self._near.get(pair)
        if known is None:
            known = self._near[pair] = compare_companies(*pair, self.aliases).match.is_near
        return known


class _Edge:
    """What came to a component last, as an index over its keys."""

    def __init__(
        self,
        mails: Collection[PlacedMail],
        applications: Collection[ApplicationFacts],
        compared: _Compared,
    ) -> None:
        self._compared = compared
        self._mails: dict[str, list[PlacedMail]] = {}
        self._by_content: dict[str, list[PlacedMail]] = {}
        self._by_sender: dict[str, list[PlacedMail]] = {}
        self._applications: dict[str, list[ApplicationFacts]] = {}
        for mail in mails:
            keys = compared.keys(mail)
            for index, some in (
                (self._mails, keys.all),
                (self._by_content, keys.of_content),
                (self._by_sender, keys.of_sender),
            ):
                for key in some:
                    index.setdefault(key, []).append(mail)
        for application in applications:
            for key in application_keys(application, compared.aliases):
                self._applications.setdefault(key, []).append(application)
        self.places = {place for mail in mails for place in mail.at}
        self.application_ids = {application.id for application in applications}
        self.keys_of_mails = compared.with_partners(self._mails.keys())
        self.keys = compared.with_partners(self._by_content.keys() | self._applications.keys())
        self.keys_of_senders = compared.with_partners(self._by_sender.keys())

    def meets(self, application: ApplicationFacts) -> bool:
        """Tell whether one of the mails may be about this application."""
        if application.id in self.places:
            return True
        for key in application_keys(application, self._compared.aliases):
            for mail in self._mails.get(key, ()):
                if not key.startswith(OF_COMPANY) or self._compared.any_near(
                    _names(mail.facts), application.companies
                ):
                    return True
        return False

    def meets_mail(self, mail: PlacedMail) -> bool:
        """Tell whether this mail is near one of the mails, or may be about one of the applications."""
        if mail.at & (self.application_ids | self.places):
            return True
        keys = self._compared.keys(mail)
        return (
            self._is_of_an_application(mail, keys.all)
            or self._is_with(mail, keys.of_content, self._by_content)
            or self._is_with(mail, keys.of_content, self._by_sender)
            or self._is_with(mail, keys.of_sender, self._by_content)
        )

    def _is_of_an_application(self, mail: PlacedMail, keys: frozenset[str]) -> bool:
        names = _names(mail.facts)
        return any(
            not key.startswith(OF_COMPANY) or self._compared.any_near(names, application.companies)
            for key in keys & self._applications.keys()
            for application in self._applications[key]
        )

    def _is_with(
        self, mail: PlacedMail, keys: frozenset[str], index: Mapping[str, Sequence[PlacedMail]]
    ) -> bool:
        return any(
            not key.startswith(OF_COMPANY) or self._of_one_employer(mail.facts, other.facts)
            for key in keys & index.keys()
            for other in index[key]
        )

    def _of_one_employer(self, one: MailFacts, other: MailFacts) -> bool:
        """Tell whether the one may be about an application that the other proposes, or the other way round.

        A proposal has the name that its mail gives; what only senders say makes none.
        """
        return (one.company is not None and self._compared.any_near([one.company], _names(other))) or (
            other.company is not None and self._compared.any_near([other.company], _names(one))
        )


def _names(mail: MailFacts) -> tuple[str, ...]:
    return (*((mail.company,) if mail.company else ()), *mail.other_companies)


def _partners(aliases: Aliases) -> dict[str, frozenset[str]]:
    """Return, by the key of each name that a person has spoken of, the keys of all names joined with it.

    What is stored has the keys that it had before the person said so: only looking it up can know.
    """
    pairs = (aliases.same_as - SHIPPED.same_as) | (aliases.owned_by - SHIPPED.owned_by)
    joined: dict[str, set[str]] = {}
    for pair in pairs:
        together = set[str]().union(*(joined.get(name, {name}) for name in pair))
        joined |= dict.fromkeys(together, together)
    return {
        f"{OF_COMPANY}{squashed(name.split()) or name}": frozenset(company_keys(together))
        for name, together in joined.items()
    }
