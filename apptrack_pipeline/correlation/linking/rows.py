"""What the table `mail_links` holds of one verdict, and which changes of it concern an application."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from apptrack_pipeline.correlation.facts import MailFacts
from apptrack_pipeline.correlation.keys import mail_keys
from apptrack_pipeline.correlation.links import Candidate, Link, LinkOutcome, LinkStage
from apptrack_pipeline.correlation.matcher import MATCHER_VERSION

_OF_THE_FOLD: Final = ("outcome", "application_id", "stage", "posterior", "decided", "creates")
_PLACED: Final = frozenset({LinkOutcome.LINKED, LinkOutcome.PROPOSED})


def row_of(mail: MailFacts, link: Link) -> dict[str, Any]:
    """Return the row of one mail event, without the run and the time that derived it."""
    return {
        "mail_id": mail.mail_id,
        "event": mail.event,
        "application_id": link.application_id,
        "outcome": str(link.outcome),
        "stage": None if link.stage is None else str(link.stage),
        "posterior": None if link.best is None else round(link.best.posterior, 6),
        "margin": link.margin,
        "runner_up_id": None if link.runner_up is None else link.runner_up.application_id,
        "reason": link.reason,
        "decided": link.stage is LinkStage.DECISION,
        "creates": link.creates,
        "proposal_key": link.proposal_key,
        "evidence": {"best": _evidence(link.best), "runner_up": _evidence(link.runner_up)},
        "match_keys": sorted(mail_keys(mail)),
        "received_at": mail.received_at,
        "matcher_version": MATCHER_VERSION,
    }


def _evidence(candidate: Candidate | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    return {
        "application_id": str(candidate.application_id),
        "total": round(candidate.total, 3),
        "posterior": round(candidate.posterior, 6),
        "bits": [
            {"field": one.field, "bits": round(one.bits, 3), "because": one.because}
            for one in candidate.evidence
        ],
    }


def place_of(row: Mapping[str, Any] | None) -> uuid.UUID | None:
    """Return the application whose evidence the mail is; what is only suggested to a person is of none."""
    return row["application_id"] if row is not None and row["outcome"] in _PLACED else None


def concerned(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> set[uuid.UUID]:
    """Return the applications that gain, lose or change a mail where its row changes so."""
    if before is not None and after is not None and all(before[name] == after[name] for name in _OF_THE_FOLD):
        return set()
    return {place for place in (place_of(before), place_of(after)) if place is not None}
