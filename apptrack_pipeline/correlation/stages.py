"""The five stages: what a mail must hold to be linked at each, and who decides where none of them does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from apptrack_pipeline.correlation import weights
from apptrack_pipeline.correlation.candidates import ApplicationIndex
from apptrack_pipeline.correlation.facts import Decided, Key, MailFacts
from apptrack_pipeline.correlation.links import Candidate, Link, LinkOutcome, LinkStage
from apptrack_pipeline.correlation.scoring import Assigned, Pair, is_receipt, pair_of, pairs_of, ranked
from apptrack_pipeline.domain import MailCategory

_STAGES: Final = (
    LinkStage.DIRECT,
    LinkStage.THREAD,
    LinkStage.COMPANY_TITLE,
    LinkStage.COMPANY_DATE,
    LinkStage.COMPANY,
)


class Matching:
    """One matching of mails with applications: what is linked so far, and what speaks for each pair."""

    def __init__(self, index: ApplicationIndex, decided: Decided) -> None:
        self._index = index
        self._decided = decided
        self._pairs: dict[Key, list[Pair]] = {}
        self._assigned = Assigned()
        self._founders: dict[Key, uuid.UUID] = {}

    def link(
        self, mails: Sequence[MailFacts], founders: Mapping[Key, uuid.UUID] | None = None
    ) -> dict[Key, Link]:
        """Return the mails that are linked; `mails` are in the order of their dates.

        `founders` are mails that are known to be of an application, since it was made of them.
        """
        links: dict[Key, Link] = {}
        waiting = []
        for mail in mails:
            key = mail.key
            application_id = self._decided.links.get(key)
            if application_id is not None:
                self._assigned.add(mail, application_id)
                links[key] = made_link(
                    mail, LinkOutcome.LINKED, application_id, LinkStage.DECISION, (), "decided by a person"
                )
            elif founders and key in founders:
                self._assigned.add(mail, founders[key])
                self._founders[key] = founders[key]
            else:
                self._pairs[key] = [pair for pair in pairs_of(mail, self._index) if self._may_be(mail, pair)]
                waiting.append(mail)
        for stage in _STAGES:
            waiting = self._pass(stage, waiting, links)
            # What a stage has linked gives conversations to others.
            while stage is not LinkStage.DIRECT:
                before = len(waiting)
                waiting = self._pass(LinkStage.THREAD, waiting, links)
                if len(waiting) == before:
                    break
        self._take_back_contradictions(mails, links)
        return links

    def _take_back_contradictions(self, mails: Sequence[MailFacts], links: dict[Key, Link]) -> None:
        """Take back what was linked by a posting before the mail that it answers was linked elsewhere."""
        wrong = [
            mail.key
            for mail in mails
            if (link := links.get(mail.key))
            and link.stage is LinkStage.DIRECT
            and self._contradiction(mail, self._pairs[mail.key])
        ]
        if not wrong:
            return
        for key in wrong:
            del links[key]
        self._assigned = Assigned()
        for mail in mails:
            link = links.get(mail.key)
            application_id = link.application_id if link else self._founders.get(mail.key)
            if application_id is not None:
                self._assigned.add(mail, application_id)

    def _pass(
        self, stage: LinkStage, waiting: Sequence[MailFacts], links: dict[Key, Link]
    ) -> list[MailFacts]:
        left = []
        for mail in waiting:
            link = self._at_stage(stage, mail)
            if link is None:
                left.append(mail)
            else:
                links[mail.key] = link
                assert link.application_id is not None  # noqa: S101 - linked is to an application
                self._assigned.add(mail, link.application_id)
        return left

    def _at_stage(self, stage: LinkStage, mail: MailFacts) -> Link | None:
        if mail.only_in_thread and stage is not LinkStage.THREAD:
            return None
        if stage is LinkStage.THREAD:
            self._join_conversation(mail)
        pairs = self._pairs[mail.key]
        hits = self._hits(stage, mail, pairs)
        if not hits or not pairs:  # a conversation may be of an application that is younger than the mail
            return None
        candidates = ranked(mail, pairs, self._assigned)
        best = candidates[0]
        runner_up = candidates[1] if len(candidates) > 1 else None
        if (
            best.application_id not in hits
            or best.posterior < weights.LINK_POSTERIOR
            or (runner_up is not None and best.total - runner_up.total < weights.LINK_MARGIN)
            or not self._may_link(stage, next(p for p in pairs if p.application.id == best.application_id))
            or self._contradiction(mail, pairs)
        ):
            return None
        if len(hits) > 1 and stage not in {LinkStage.DIRECT, LinkStage.COMPANY_TITLE}:
            return None
        return made_link(mail, LinkOutcome.LINKED, best.application_id, stage, candidates, "")

    def _hits(self, stage: LinkStage, mail: MailFacts, pairs: Sequence[Pair]) -> set[uuid.UUID]:
        if stage is LinkStage.DIRECT:
            return {pair.application.id for pair in pairs if pair.is_direct}
        if stage is LinkStage.THREAD:
            return set(self._assigned.referred(mail) or self._assigned.in_thread(mail))
        compatible = [pair for pair in pairs if pair.is_compatible]
        if stage is LinkStage.COMPANY_TITLE:
            return {pair.application.id for pair in compatible if pair.names_title}
        if stage is LinkStage.COMPANY_DATE:
            if not is_receipt(mail):
                return set()
            candidates = ranked(mail, compatible, self._assigned)
            near = {p.application.id for p in compatible if p.days <= weights.CONFIRMATION_DATE_BITS[2][0]}
            return {one.application_id for one in candidates[:1] if one.application_id in near}
        return {
            pair.application.id
            for pair in compatible
            if not self._assigned.closed_before(pair.application, mail.received_at)
        }

    def _join_conversation(self, mail: MailFacts) -> None:
        """Add the applications of the mail's conversation to its candidates, whatever it names."""
        pairs = self._pairs[mail.key]
        known = {pair.application.id for pair in pairs}
        for application_id in sorted(self._assigned.referred(mail) | self._assigned.in_thread(mail)):
            application = self._index.by_id.get(application_id)
            if application_id not in known and application is not None:
                pair = pair_of(mail, application, self._index)
                if pair is not None and self._may_be(mail, pair):
                    pairs.append(pair)

    def _may_be(self, mail: MailFacts, pair: Pair) -> bool:
        return (mail.mail_id, mail.event, pair.application.id) not in self._decided.unlinked

    def _may_link(self, stage: LinkStage, pair: Pair) -> bool:
        """Tell whether a pair may be linked at a stage without a person."""
        if stage is LinkStage.THREAD:
            return not (pair.is_late_capture or pair.is_contradicted)
        if stage is LinkStage.DIRECT:
            return not pair.is_late_capture
        return pair.may_be_linked

    def _contradiction(self, mail: MailFacts, pairs: Sequence[Pair]) -> str:
        """Return how hard evidence contradicts itself: an answer in one application, a posting of another."""
        direct = {pair.application.id for pair in pairs if pair.is_direct}
        referred = self._assigned.referred(mail)
        if direct and referred and not direct & referred:
            return "it answers a mail of one application and names the posting of another"
        return ""

    def is_untracked(self, mail: MailFacts) -> bool:
        """Tell whether no tracked application of a like-named employer is near the mail."""
        return not self._pairs[mail.key]

    def unlinked(self, mail: MailFacts) -> Link:
        """Return the verdict on a mail that no stage has linked and that proposes nothing."""
        pairs = self._pairs[mail.key]
        candidates = ranked(mail, pairs, self._assigned)
        if not candidates or mail.only_in_thread:
            return made_link(mail, LinkOutcome.UNMATCHED, None, None, candidates, "")
        best = candidates[0]
        pair = next(pair for pair in pairs if pair.application.id == best.application_id)
        reason = self._contradiction(mail, pairs) or _doubt(mail, pair, candidates)
        asks = sum(one.posterior for one in candidates) >= weights.REVIEW_POSTERIOR or (
            mail.category is not MailCategory.FOLLOWUP_OTHER and pair.employer.is_compatible
        )
        if not asks:
            return made_link(mail, LinkOutcome.UNMATCHED, None, None, candidates, reason)
        is_tied = len(candidates) > 1 and best.total - candidates[1].total < 1.0
        suggested = None if is_tied else best.application_id
        return made_link(mail, LinkOutcome.REVIEW, suggested, None, candidates, reason)


def _doubt(mail: MailFacts, pair: Pair, candidates: Sequence[Candidate]) -> str:
    """Say, for a person, why a mail is not linked."""
    best = candidates[0]
    if pair.is_late_capture:
        return "it is older than the capture of this application"
    if not pair.may_be_linked:
        return f"the employer may be another one: {pair.employer.because}"
    if len(candidates) > 1 and best.total - candidates[1].total < weights.LINK_MARGIN:
        return "two applications fit almost equally"
    against = min(best.evidence, key=lambda bits: bits.bits)
    if against.bits < 0:
        return against.because
    return "too little speaks for it"


def made_link(
    mail: MailFacts,
    outcome: LinkOutcome,
    application_id: uuid.UUID | None,
    stage: LinkStage | None,
    candidates: Sequence[Candidate],
    reason: str,
) -> Link:
    """Return a verdict with the best candidates, which are in the order of their bits."""
    best = candidates[0] if candidates else None
    runner_up = candidates[1] if len(candidates) > 1 else None
    margin = None if best is None or runner_up is None else round(best.total - runner_up.total, 3)
    return Link(mail.mail_id, mail.event, outcome, application_id, stage, best, runner_up, margin, reason)
