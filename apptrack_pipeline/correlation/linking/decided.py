"""What persons have decided about links and names: the last word on each mail, and the names it teaches."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apptrack_pipeline.correlation.companies import CompanyMatch, compare_companies
from apptrack_pipeline.correlation.facts import Decided, Key
from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.domain import DecisionKind

RELATIONS: Final = ("same_as", "owned_by")
"""What a person may say of two names."""

_OTHER: Final = frozenset({CompanyMatch.DIFFERENT, CompanyMatch.RELATED})


@dataclass(frozen=True)
class LinkDecision:
    """A person has said that an event of a mail is, or is not, about an application."""

    id: uuid.UUID
    is_link: bool
    mail_id: uuid.UUID
    event: int
    application_id: uuid.UUID

    @property
    def key(self) -> Key:
        """What names the event."""
        return self.mail_id, self.event


def read_link_decision(
    decision_id: uuid.UUID, kind: str, application_id: uuid.UUID | None, payload: Mapping[str, Any]
) -> LinkDecision | None:
    """Return what a decision says; None where its payload names no mail or no application."""
    try:
        return LinkDecision(
            decision_id,
            kind == DecisionKind.LINK,
            uuid.UUID(payload["mail_id"]),
            int(payload.get("event") or 0),
            uuid.UUID(str(payload.get("application_id") or application_id)),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # one bad row must not stop the mail of all


def decided_links(decisions: Iterable[LinkDecision], stands_for: Callable[[uuid.UUID], uuid.UUID]) -> Decided:
    """Return the last word on each event; `decisions` are in force and in the order of their dates.

    `stands_for` gives the application that one was merged into, or itself.
    """
    links: dict[Key, uuid.UUID] = {}
    unlinked: set[tuple[uuid.UUID, int, uuid.UUID]] = set()
    for decision in decisions:
        application_id = stands_for(decision.application_id)
        apart = (*decision.key, application_id)
        if decision.is_link:
            links[decision.key] = application_id
            unlinked.discard(apart)
        else:
            if links.get(decision.key) == application_id:
                del links[decision.key]
            unlinked.add(apart)
    return Decided(links, frozenset(unlinked))


@dataclass(frozen=True)
class Alias:
    """A pair of company keys; of `owned_by` the first belongs to the second."""

    alias_key: str
    company_key: str
    relation: str


@dataclass(frozen=True)
class ConfirmedLink:
    """A mail that a person has linked to a tracked application, with the names of both employers."""

    decision_id: uuid.UUID
    company: str
    companies: tuple[str, ...]
    """Those of the application, the best first."""


def aliases_of_decisions(
    said: Iterable[tuple[uuid.UUID, Mapping[str, Any]]],
    confirmed: Iterable[ConfirmedLink],
    tracked: Collection[str],
) -> dict[Alias, str]:
    """Return the pairs of names that persons have joined, each with where it comes from.

    `said` are decisions about names with their payload, `tracked` the company keys of all applications. A
    link teaches a name only where that can mean one thing: a name that persons have linked to two employers
    is an agency's or a board's, and one under which an application is tracked is an employer's own.
    """
    found: dict[Alias, str] = {}
    for decision_id, payload in said:
        one, other = company_key(payload.get("name")), company_key(payload.get("other_name"))
        relation = payload.get("relation", "same_as")
        if one and other and one != other and relation in RELATIONS:
            found.setdefault(Alias(one, other, relation), f"decision:{decision_id}")
    taught: dict[str, dict[str, uuid.UUID]] = {}
    for link in confirmed:
        one, other = company_key(link.company), company_key(link.companies[0] if link.companies else None)
        matches = {compare_companies(link.company, name).match for name in link.companies}
        if one and other and matches and matches <= _OTHER and one not in tracked:
            taught.setdefault(one, {}).setdefault(other, link.decision_id)
    for one, others in taught.items():
        if len(others) == 1:
            ((other, decision_id),) = others.items()
            found.setdefault(Alias(one, other, "same_as"), f"link:{decision_id}")
    return found
