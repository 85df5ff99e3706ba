"""What the matcher says of one mail: outcome, stage, and the evidence in bits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class LinkOutcome(StrEnum):
    """What became of one mail event."""

    LINKED = "linked"
    """It is about a tracked application."""
    PROPOSED = "proposed"
    """It is about an application that nobody tracked: this mail, or another one, proposes or creates it."""
    REVIEW = "review"
    """A person decides; nothing is changed before."""
    UNMATCHED = "unmatched"
    """No tracked application is near it."""


class LinkStage(StrEnum):
    """The stage whose unique hit decided."""

    DECISION = "decision"
    DIRECT = "direct"
    THREAD = "thread"
    COMPANY_TITLE = "company_title"
    COMPANY_DATE = "company_date"
    COMPANY = "company"


@dataclass(frozen=True)
class Bits:
    """How far one field speaks for (positive) or against a candidate, in log2 units."""

    field: str
    bits: float
    because: str
    """In a few words, for a person: `"Data Engineer" = "Data Engineer"`."""


@dataclass(frozen=True)
class Candidate:
    """One application that a mail may be about."""

    application_id: uuid.UUID
    evidence: tuple[Bits, ...]
    total: float
    """Sum of the bits."""
    posterior: float
    """Probability among all candidates and "none"."""


@dataclass(frozen=True)
class Link:
    """The verdict on one mail event."""

    mail_id: uuid.UUID
    event: int
    outcome: LinkOutcome
    application_id: uuid.UUID | None
    """`linked`: the tracked application. `proposed`: the new one where it is created, else None. `review`:
    the candidate that is suggested, if any."""
    stage: LinkStage | None
    best: Candidate | None
    """The candidate with the most bits, whatever became of it."""
    runner_up: Candidate | None
    margin: float | None
    """Bits between the two; None without a runner-up."""
    reason: str
    """Why it was not linked, or what was special; empty where the evidence says it all."""
    creates: bool = False
    """`proposed` alone: certain enough that the application comes to be without a person."""
    proposal_key: str | None = None
    """`proposed` alone: the same for all mails of that employer and role."""
