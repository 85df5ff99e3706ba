"""The fold: captures and decisions of one application become its row, its status history and its events.

Pure: the same evidence gives the same result, in whatever order it arrived. Every date comes from the
evidence, none from a clock.

Rules:

* Evidence is read by the time it speaks of (`captured_at`, `decided_at`), ids break ties.
* Company, title and link: the latest capture that names them; every distinct note is kept.
* Status: `saved`, from the first capture that says `applied` on `applied`.
* A capture never moves a status back: a form sent without its tick is no withdrawal. Where `applied` says
  other than the status that stands, the capture's event says that it had no effect.
* A person's decision about a field or the status wins over every capture, also over later ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.correlation.title_words import title_key
from apptrack_pipeline.domain import DecisionKind, EventType, PermanentError, Status

FOLD_VERSION: Final = "fold-2"

_FIELDS: Final = ("company_name", "job_title", "notes", "applied_at")


@dataclass(frozen=True)
class CaptureEvidence:
    """One capture as the fold reads it; `fields` is the body without the page."""

    id: uuid.UUID
    seq: int
    canonical_url: str
    job_posting_url: str
    fields: Mapping[str, Any]
    source: str
    captured_at: dt.datetime
    received_at: dt.datetime


@dataclass(frozen=True)
class DecisionEvidence:
    """One decision of a person that is in force."""

    id: uuid.UUID
    seq: int
    kind: DecisionKind
    payload: Mapping[str, Any]
    decided_at: dt.datetime


@dataclass(frozen=True)
class StatusChange:
    """One step of the status history, dated by its evidence."""

    status: Status
    at: dt.datetime
    evidence_id: uuid.UUID
    confirmed: bool = True


@dataclass(frozen=True)
class FoldedEvent:
    """An event that the evidence implies; the same evidence gives the same `dedupe_key`."""

    event_type: EventType
    occurred_at: dt.datetime
    summary: str
    dedupe_key: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FoldedApplication:
    """One application as its evidence and decisions say."""

    id: uuid.UUID
    company_name: str | None
    company_key: str | None
    job_title: str | None
    title_key: str | None
    status: Status
    status_since: dt.datetime
    status_confirmed: bool
    applied_at: dt.datetime | None
    source: str
    job_url: str | None
    canonical_url: str | None
    notes: str | None
    needs_review: bool
    review_reasons: tuple[str, ...]
    archived_at: dt.datetime | None
    first_evidence_at: dt.datetime
    last_evidence_at: dt.datetime
    capture_seq: int
    decision_seq: int
    history: tuple[StatusChange, ...] = ()
    events: tuple[FoldedEvent, ...] = ()

    @property
    def row_hash(self) -> bytes:
        """SHA-256 of the row: equal for equal rows, whatever the order in which evidence arrived."""
        parts = [
            self.company_name,
            self.job_title,
            self.status,
            self.status_since,
            self.status_confirmed,
            self.applied_at,
            self.source,
            self.job_url,
            self.canonical_url,
            self.notes,
            self.review_reasons,
            self.archived_at,
            self.first_evidence_at,
            self.last_evidence_at,
            self.capture_seq,
            self.decision_seq,
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).digest()


def fold_application(
    application_id: uuid.UUID,
    captures: Sequence[CaptureEvidence],
    decisions: Sequence[DecisionEvidence] = (),
) -> FoldedApplication:
    """Return the application that the evidence describes; raises PermanentError without a capture."""
    if not captures:
        raise PermanentError(f"application {application_id} has no evidence")
    ordered = sorted(captures, key=lambda capture: (capture.captured_at, capture.id.bytes))
    decided = sorted(decisions, key=lambda decision: (decision.decided_at, decision.id.bytes))
    first = ordered[0]

    values: dict[str, Any] = {
        "company_name": _latest(ordered, "company_name"),
        "job_title": _latest(ordered, "job_title"),
        "notes": _notes(ordered),
        "applied_at": next((c.captured_at for c in ordered if c.fields.get("applied") is True), None),
    }
    for decision in decided:
        if decision.kind is DecisionKind.FIELD and decision.payload.get("field") in _FIELDS:
            value = decision.payload.get("value")
            name = decision.payload["field"]
            values[name] = _moment(value) if name == "applied_at" else value
        elif decision.kind is DecisionKind.NOTE:
            values["notes"] = decision.payload.get("text")

    history = _history(ordered, decided)
    date_is_decided = any(
        d.kind is DecisionKind.FIELD and d.payload.get("field") == "applied_at" for d in decided
    )
    if values["applied_at"] is None and not date_is_decided:
        values["applied_at"] = next((step.at for step in history if step.status is Status.APPLIED), None)
    reasons = ("damaged_capture",) if any(c.fields.get("damage") for c in ordered) else ()
    archived = [d for d in decided if d.kind is DecisionKind.ARCHIVE]
    return FoldedApplication(
        id=application_id,
        company_name=values["company_name"],
        company_key=company_key(values["company_name"]),
        job_title=values["job_title"],
        title_key=title_key(values["job_title"]),
        status=history[-1].status,
        status_since=history[-1].at,
        status_confirmed=history[-1].confirmed,
        applied_at=values["applied_at"],
        source=first.source,
        job_url=first.job_posting_url,
        canonical_url=first.canonical_url,
        notes=values["notes"],
        needs_review=bool(reasons),
        review_reasons=reasons,
        archived_at=archived[-1].decided_at
        if archived and archived[-1].payload.get("archived", True)
        else None,
        first_evidence_at=first.captured_at,
        last_evidence_at=max([ordered[-1].captured_at, *(d.decided_at for d in decided)]),
        capture_seq=max(capture.seq for capture in captures),
        decision_seq=max((decision.seq for decision in decisions), default=0),
        history=history,
        events=tuple(_events(application_id, ordered, decided, history)),
    )


def _moment(value: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _latest(captures: Iterable[CaptureEvidence], name: str) -> str | None:
    latest = None
    for capture in captures:
        latest = _text(capture.fields.get(name)) or latest
    return latest


def _notes(captures: Iterable[CaptureEvidence]) -> str | None:
    notes = (_text(capture.fields.get("notes")) for capture in captures)
    return "\n".join(dict.fromkeys(note for note in notes if note)) or None


def _history(
    captures: Sequence[CaptureEvidence], decisions: Sequence[DecisionEvidence]
) -> tuple[StatusChange, ...]:
    """Return the status steps, never empty; a decision stands, whatever a later capture says."""
    applied = next((c for c in captures if c.fields.get("applied") is True), None)
    steps = []
    if applied is None or applied is not captures[0]:
        steps.append(StatusChange(Status.SAVED, captures[0].captured_at, captures[0].id))
    if applied is not None:
        steps.append(StatusChange(Status.APPLIED, applied.captured_at, applied.id))
    decided = [d for d in decisions if d.kind is DecisionKind.STATUS]
    if decided:
        first_decided_at = decided[0].decided_at
        steps = [step for step in steps if step.at <= first_decided_at] or steps[:1]
        for decision in decided:
            status = Status(decision.payload["status"])
            if status is not steps[-1].status:
                steps.append(StatusChange(status, decision.decided_at, decision.id))
    return tuple(steps)


def _status_kept(capture: CaptureEvidence, history: Sequence[StatusChange]) -> Status | None:
    """Return the status that stands against what a capture says about `applied`, None where they agree."""
    applied = capture.fields.get("applied")
    status = history[0].status
    for step in history:
        if step.at <= capture.captured_at:
            status = step.status
    if applied is False and status is not Status.SAVED:
        return status
    if applied is True and status is Status.SAVED:  # a person took it back
        return status
    return None


def _named(capture: CaptureEvidence) -> dict[str, str]:
    names = ("company_name", "job_title", "notes")
    return {name: text for name in names if (text := _text(capture.fields.get(name)))}


def _events(
    application_id: uuid.UUID,
    captures: Sequence[CaptureEvidence],
    decisions: Sequence[DecisionEvidence],
    history: Sequence[StatusChange],
) -> Iterable[FoldedEvent]:
    first = captures[0]
    # One creation per application, whatever turns out to be its first evidence later on.
    yield FoldedEvent(
        EventType.APPLICATION_CREATED,
        first.captured_at,
        f"Application created as {history[0].status}",
        f"application_created:{application_id}",
        {"status": history[0].status, "source": first.source},
    )
    for capture in captures:
        page = "with its page" if capture.fields.get("has_page") else "without a page"
        summary = f"Captured {page} ({capture.source})"
        details = {"capture_id": str(capture.id), "url": capture.job_posting_url, "source": capture.source}
        kept = _status_kept(capture, history)
        if kept is not None:
            applied = capture.fields["applied"]
            summary += f"; it says {'' if applied else 'not '}applied, the status stays {kept}"
            details |= {"applied": applied, "status_kept": str(kept)}
        yield FoldedEvent(
            EventType.BROWSER_CAPTURE,
            capture.captured_at,
            summary,
            f"browser_capture:{capture.id}",
            details,
        )
    named = _named(first)
    for after in captures[1:]:
        new = _named(after)
        changed = {name: [named.get(name), value] for name, value in new.items() if named.get(name) != value}
        named |= new
        if changed:
            yield FoldedEvent(
                EventType.APPLICATION_UPDATED,
                after.captured_at,
                f"A later capture changed {', '.join(changed)}",
                f"application_updated:{after.id}",
                {"changed": changed, "capture_id": str(after.id)},
            )
    for decision in decisions:
        if decision.kind is not DecisionKind.STATUS:
            yield FoldedEvent(
                EventType.APPLICATION_UPDATED,
                decision.decided_at,
                f"Decided by a person: {decision.kind}",
                f"application_updated:{decision.id}",
                {"decision_id": str(decision.id), "kind": decision.kind, "payload": dict(decision.payload)},
            )
    for previous, step in itertools.pairwise(history):
        yield FoldedEvent(
            EventType.STATUS_CHANGED,
            step.at,
            f"Status changed from {previous.status} to {step.status}",
            f"status_changed:{application_id}:{step.evidence_id}",
            {"from": previous.status, "to": step.status, "evidence_id": str(step.evidence_id)},
        )
