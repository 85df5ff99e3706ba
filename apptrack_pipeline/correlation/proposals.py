"""Applications that nobody tracked: receipts of one employer and role, grouped, propose one application.

Where a receipt is certain and names employer and role, the application comes to be without a person; later
mail of that employer and role is about it, by the same stages as for tracked applications.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from apptrack_pipeline.correlation import weights
from apptrack_pipeline.correlation.candidates import ApplicationIndex
from apptrack_pipeline.correlation.companies import Aliases, block_keys, compare_companies
from apptrack_pipeline.correlation.facts import ApplicationFacts, Decided, Key, MailFacts
from apptrack_pipeline.correlation.links import Link, LinkOutcome
from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.correlation.stages import Matching, made_link
from apptrack_pipeline.correlation.title_words import title_key
from apptrack_pipeline.correlation.titles import TitleMatch, compare_titles
from apptrack_pipeline.domain import MailCategory

_WANTS_AN_APPLICATION: Final = frozenset(
    {MailCategory.INTERVIEW, MailCategory.ASSESSMENT, MailCategory.OFFER}
)


@dataclass
class _Proposal:
    company: str
    founder: MailFacts
    title: str | None
    receipts: list[MailFacts] = field(default_factory=list)

    @property
    def creates(self) -> bool:
        """Whether the application comes to be without a person: one receipt is certain, the role is named."""
        return self.title is not None and any(mail.is_certain for mail in self.receipts)

    @property
    def key(self) -> str:
        """What stands for employer, role and date of the first receipt."""
        role = title_key(self.title) or ""
        return f"{company_key(self.company)}|{role}|{self.founder.received_at:%Y-%m-%d}"


def propose(
    mails: Sequence[MailFacts], *, aliases: Aliases, decided: Decided, created: Mapping[Key, uuid.UUID]
) -> dict[Key, Link]:
    """Return the mails that propose an application or are about a proposed one; `mails` are by date."""
    proposals = _grouped([mail for mail in mails if mail.category is MailCategory.CONFIRMATION], aliases)
    by_id: dict[uuid.UUID, _Proposal] = {}
    founders: dict[Key, uuid.UUID] = {}
    for proposal in proposals:
        application_id = _id_of(proposal, created, taken=by_id.keys())
        by_id[application_id] = proposal
        founders |= {mail.key: application_id for mail in proposal.receipts}
    index = ApplicationIndex(
        (_facts(application_id, proposal) for application_id, proposal in by_id.items()), aliases
    )
    matching = Matching(index, replace(decided, links={}))
    linked = matching.link(mails, founders)
    links: dict[Key, Link] = {}
    for mail in mails:
        key = mail.key
        if key in founders:
            reason = "a receipt of an employer that is not tracked"
            verdict = made_link(mail, LinkOutcome.PROPOSED, founders[key], None, (), reason)
        elif key in linked:
            verdict = linked[key]
        else:
            links[key] = _alone(mail, matching.unlinked(mail), by_id)
            continue
        assert verdict.application_id is not None  # noqa: S101 - a member of a proposal
        proposal = by_id[verdict.application_id]
        if proposal.title is None:
            reason = "no application at this employer is tracked, and no receipt names a role"
            links[key] = replace(
                verdict,
                outcome=LinkOutcome.REVIEW,
                application_id=None,
                reason=reason,
                proposal_key=proposal.key,
            )
            continue
        links[key] = replace(
            verdict,
            outcome=LinkOutcome.PROPOSED,
            application_id=verdict.application_id if proposal.creates else None,
            creates=proposal.creates and key in founders,
            proposal_key=proposal.key,
        )
    return links


def _grouped(receipts: Sequence[MailFacts], aliases: Aliases) -> list[_Proposal]:
    proposals: list[_Proposal] = []
    by_key: dict[str, list[_Proposal]] = {}
    for mail in receipts:
        keys = block_keys(mail.company, aliases)
        if mail.company is None or not keys or mail.only_in_thread:
            continue
        near = list({id(one): one for key in sorted(keys) for one in by_key.get(key, ())}.values())
        near = [
            one
            for one in near
            if compare_companies(mail.company, one.company, aliases).is_compatible
            and mail.received_at - one.founder.received_at <= dt.timedelta(days=weights.SAME_ROLE_DAYS)
        ]
        proposal = _of_same_role(mail, near)
        if proposal is None:
            proposal = _Proposal(mail.company, mail, mail.title)
            proposals.append(proposal)
            for key in keys:
                by_key.setdefault(key, []).append(proposal)
        proposal.receipts.append(mail)
        proposal.title = proposal.title or mail.title
    return proposals


def _of_same_role(mail: MailFacts, near: Sequence[_Proposal]) -> _Proposal | None:
    compared = [(compare_titles(mail.title, one.title), one) for one in near]
    same = [(title.score, one) for title, one in compared if title.match.names_the_role]
    if same:
        return max(same, key=lambda scored: scored[0])[1]
    within = dt.timedelta(days=weights.SAME_EMPLOYER_DAYS)
    unnamed = [
        one
        for title, one in compared
        if title.match is TitleMatch.UNKNOWN and mail.received_at - one.founder.received_at <= within
    ]
    return unnamed[0] if len(unnamed) == 1 else None


def _id_of(proposal: _Proposal, created: Mapping[Key, uuid.UUID], taken: Collection[uuid.UUID]) -> uuid.UUID:
    """Return the id that the application has, or the one that it gets: the same on every replay."""
    known = {created[mail.key] for mail in proposal.receipts if mail.key in created}
    free = known.difference(taken)
    if free:
        return min(free, key=lambda one: one.bytes)
    founder = proposal.founder
    digest = hashlib.sha256(founder.mail_id.bytes + founder.event.to_bytes(4)).digest()
    milliseconds = int(founder.received_at.timestamp() * 1000)
    # A UUIDv7 (RFC 9562, section 5.7) of the receipt's time, with bits of its id in place of random ones.
    number = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(digest[:10])
    number = number & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def _facts(application_id: uuid.UUID, proposal: _Proposal) -> ApplicationFacts:
    return ApplicationFacts(
        application_id,
        (proposal.company,),
        (proposal.title,) if proposal.title else (),
        applied_at=proposal.founder.received_at,
        known_since=proposal.founder.received_at,
        requisition_ids=tuple(
            dict.fromkeys(mail.requisition_id for mail in proposal.receipts if mail.requisition_id)
        ),
        urls=tuple(dict.fromkeys(url for mail in proposal.receipts for url in mail.urls)),
    )


def _alone(mail: MailFacts, verdict: Link, by_id: Mapping[uuid.UUID, _Proposal]) -> Link:
    """Return the verdict on a mail that is of no proposal."""
    if verdict.outcome is LinkOutcome.REVIEW:
        # What no person has taken up yet is no application to be suggested.
        suggested = verdict.application_id
        is_there = suggested is not None and by_id[suggested].creates
        return replace(verdict, application_id=suggested if is_there else None)
    wants_one = mail.category in _WANTS_AN_APPLICATION and mail.is_certain and not mail.only_in_thread
    if wants_one and mail.company and verdict.best is None:
        return replace(
            verdict, outcome=LinkOutcome.REVIEW, reason="no application at this employer is tracked"
        )
    return verdict
