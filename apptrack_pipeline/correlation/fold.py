"""The fold: captures, linked mail and decisions of one application become its row, history and events.

Pure: the same evidence gives the same result, in whatever order it arrived. Every date comes from the
evidence, none from a clock. Evidence is read by the time it speaks of (`captured_at`, `received_at`,
`decided_at`); at one moment captures come before mail and mail before decisions, and ids break ties.

Names: the latest capture that names company, title and link; every distinct note is kept. Mail names only
what was made of mail alone: the first receipt that names it, else the first mail. So what later mail is
compared with never comes from mail that was linked to a captured application.

Status, in the order saved < applied < screening < assessment < interview < offer:

    evidence                     moves to     unless
    capture                      saved        it has a status
    capture that says applied    applied      it is further, or a person has decided a status
    confirmation                 applied      it is further, or the mail is not certain
    assessment, interview        the same     it is further; not certain: a person is asked
    offer                        offer        it is further; not certain: unconfirmed
    rejection                    rejected     it is closed; not certain: unconfirmed
    followup, outreach, other    -
    decision of a person         as decided

* Mail moves forward alone, and never what is closed (accepted, declined, withdrawn, rejected). A certain
  assessment, interview or offer after a rejection asks a person; where the rejection is unconfirmed, it
  moves on, to where it stood before at least. An invitation that only cancels moves nothing.
* Mail whose sender is forged moves nothing, not even unconfirmed: a person is asked.
* What is unconfirmed is confirmed by a certain mail or a decision that says the same; the date stays.
* A decision stands against all that is dated before it, whenever it arrives, and against every capture.
  It spoke of its day: certain mail of a later date moves on from it, but not from a decision that closed
  the application. Mail that is not certain moves nothing any more: a person is asked.
* What was made of mail alone starts as applied, with its first mail: who is written to has applied.
* `applied_at` is decided, else the earliest of captures that say so and of certain confirmations: a receipt
  before the capture means that the person had applied by then.

A person's decision about a field wins over every capture and mail, also over later ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from apptrack_pipeline.correlation.mail_facts import ABOUT_AN_APPLICATION
from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.correlation.title_words import title_key
from apptrack_pipeline.domain import DecisionKind, EventType, MailCategory, PermanentError, Status

FOLD_VERSION: Final = "fold-3"

SOURCE_MAIL: Final = "mail"
"""Source of an application without a capture."""

_FIELDS: Final = ("company_name", "job_title", "notes", "applied_at")

_RANK: Final = {
    status: rank
    for rank, status in enumerate(
        [
            Status.SAVED,
            Status.APPLIED,
            Status.SCREENING,
            Status.ASSESSMENT,
            Status.INTERVIEW,
            Status.OFFER,
        ]
    )
}
"""How far an open application has come; what is closed has no rank."""

_MOVES_TO: Final = {
    MailCategory.CONFIRMATION: Status.APPLIED,
    MailCategory.ASSESSMENT: Status.ASSESSMENT,
    MailCategory.INTERVIEW: Status.INTERVIEW,
    MailCategory.OFFER: Status.OFFER,
    MailCategory.REJECTION: Status.REJECTED,
}

_UNCONFIRMED: Final = {Status.REJECTED: MailCategory.REJECTION, Status.OFFER: MailCategory.OFFER}

_NAMED: Final = {
    MailCategory.CONFIRMATION: "Confirmation",
    MailCategory.REJECTION: "Rejection",
    MailCategory.INTERVIEW: "Interview",
    MailCategory.ASSESSMENT: "Assessment",
    MailCategory.OFFER: "Offer",
    MailCategory.FOLLOWUP_OTHER: "Message",
}

# A person who takes a mail away, or says what it is, has not spoken of the application.
_ABOUT_MAIL_ALONE: Final = frozenset(
    {DecisionKind.UNLINK, DecisionKind.NOT_JOB_MAIL, DecisionKind.MAIL_CATEGORY}
)


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
class Appointment:
    """An interview that a mail makes, moves or cancels; the same `key` is the same interview."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    where: str
    cancelled: bool
    key: str
    sequence: int


@dataclass(frozen=True)
class MailEvidence:
    """One thing that a linked mail reports of this application."""

    mail_id: uuid.UUID
    event: int
    category: MailCategory
    occurred_at: dt.datetime
    """When the mail was received."""
    is_certain: bool
    """Its category is certain enough to change something; that it is about this application is certain."""
    is_forged: bool = False
    """The sender is somebody else than it says: never certain, and moves nothing at all."""
    decided: bool = False
    """A person has linked it."""
    company: str | None = None
    title: str | None = None
    requisition_id: str | None = None
    sentence: str = ""
    """What it says in its own words, as far as its category rests on it."""
    rule: str = ""
    """The rule that fired on the sentence."""
    source: str = ""
    """The tracking system that sent it, else the sender's address."""
    stage: str | None = None
    """The matcher's stage that linked it."""
    posterior: float | None = None
    matcher_version: str = ""
    interviews: tuple[Appointment, ...] = ()

    @property
    def only_cancels(self) -> bool:
        """Whether it holds appointments, and takes back all of them."""
        return bool(self.interviews) and all(one.cancelled for one in self.interviews)


@dataclass(frozen=True)
class StatusChange:
    """One step of the status history, dated by its evidence."""

    status: Status
    at: dt.datetime
    evidence: CaptureEvidence | MailEvidence | DecisionEvidence
    confirmed: bool = True

    @property
    def evidence_key(self) -> str:
        """What names the evidence among all evidence of the application."""
        if isinstance(self.evidence, MailEvidence):
            return _key_of(self.evidence)
        return str(self.evidence.id)


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
    from_mail_alone: bool
    merged_into: uuid.UUID | None = None
    history: tuple[StatusChange, ...] = ()
    events: tuple[FoldedEvent, ...] = ()

    @property
    def row_hash(self) -> bytes:
        """SHA-256 of the row and of its events: equal for equal evidence, in whatever order it arrived."""
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
            self.from_mail_alone,
            self.merged_into,
            [(e.dedupe_key, e.occurred_at, e.summary, dict(e.details)) for e in self.events],
        ]
        return hashlib.sha256(json.dumps(parts, default=str).encode()).digest()


def fold_application(
    application_id: uuid.UUID,
    captures: Sequence[CaptureEvidence],
    decisions: Sequence[DecisionEvidence] = (),
    mails: Sequence[MailEvidence] = (),
    *,
    merged_into: uuid.UUID | None = None,
) -> FoldedApplication:
    """Return the application that the evidence describes; raises PermanentError without capture and mail.

    One that was merged into another has the row that it had, and no events: the other one tells them.
    """
    if not captures and not mails:
        raise PermanentError(f"application {application_id} has no evidence")
    captured = sorted(captures, key=lambda capture: (capture.captured_at, capture.id.bytes))
    received = sorted(mails, key=lambda mail: (mail.occurred_at, mail.mail_id.bytes, mail.event))
    decided = sorted(decisions, key=lambda decision: (decision.decided_at, decision.id.bytes))
    dates = sorted([*(c.captured_at for c in captured), *(m.occurred_at for m in received)])
    first = captured[0] if captured else None

    history, doubts = _history(captured, received, decided)
    values: dict[str, Any] = {
        "company_name": _latest(captured, "company_name") if first else _first(received, "company"),
        "job_title": _latest(captured, "job_title") if first else _first(received, "title"),
        "notes": _notes(captured),
        "applied_at": _applied_at(captured, received, history),
    }
    for decision in decided:
        if decision.kind is DecisionKind.FIELD and decision.payload.get("field") in _FIELDS:
            value = decision.payload.get("value")
            name = decision.payload["field"]
            values[name] = _moment(value) if name == "applied_at" else value
        elif decision.kind is DecisionKind.NOTE:
            values["notes"] = decision.payload.get("text")

    reasons = (*(("damaged_capture",) if any(c.fields.get("damage") for c in captured) else ()), *doubts)
    archived = [d for d in decided if d.kind is DecisionKind.ARCHIVE]
    has_spoken = any(d.kind not in _ABOUT_MAIL_ALONE for d in decided) or any(m.decided for m in received)
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
        source=first.source if first else SOURCE_MAIL,
        job_url=first.job_posting_url if first else None,
        canonical_url=first.canonical_url if first else None,
        notes=values["notes"],
        needs_review=bool(reasons),
        review_reasons=reasons,
        archived_at=archived[-1].decided_at
        if archived and archived[-1].payload.get("archived", True)
        else None,
        first_evidence_at=dates[0],
        last_evidence_at=max([dates[-1], *(d.decided_at for d in decided)]),
        capture_seq=max((capture.seq for capture in captures), default=0),
        decision_seq=max((decision.seq for decision in decisions), default=0),
        from_mail_alone=not captured and not has_spoken,
        merged_into=merged_into,
        history=history,
        events=()
        if merged_into
        else tuple(_events(application_id, captured, received, decided, history, dates[0])),
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


def _first(mails: Sequence[MailEvidence], name: str) -> str | None:
    """Return what the first receipt names, else the first mail; `mails` are by date."""
    receipts_first = sorted(mails, key=lambda mail: mail.category is not MailCategory.CONFIRMATION)
    return next((text for mail in receipts_first if (text := _text(getattr(mail, name)))), None)


def _applied_at(
    captures: Sequence[CaptureEvidence], mails: Sequence[MailEvidence], history: Sequence[StatusChange]
) -> dt.datetime | None:
    said = [capture.captured_at for capture in captures if capture.fields.get("applied") is True]
    said += [
        mail.occurred_at for mail in mails if mail.category is MailCategory.CONFIRMATION and mail.is_certain
    ]
    decided = (
        step.at
        for step in history
        if step.status is Status.APPLIED and isinstance(step.evidence, DecisionEvidence)
    )
    return min(said) if said else next(decided, None)


def _key_of(mail: MailEvidence) -> str:
    return f"{mail.mail_id}:{mail.event}"


@dataclass
class _Course:
    """The way of one status: each piece of evidence, in the order of time, moves it or does not."""

    steps: list[StatusChange] = field(default_factory=list)
    doubts: dict[str, Status] = field(default_factory=dict)
    """What a person is asked, and the status that it is about."""
    reached: Status = Status.SAVED
    """How far it had come before it was closed."""
    is_decided: bool = False

    def capture(self, capture: CaptureEvidence) -> None:
        applied = capture.fields.get("applied") is True
        if not self.steps:
            self._step(Status.APPLIED if applied else Status.SAVED, capture.captured_at, capture)
        elif applied and self.steps[-1].status is Status.SAVED and not self.is_decided:
            self._step(Status.APPLIED, capture.captured_at, capture)

    def decide(self, decision: DecisionEvidence) -> None:
        status = Status(decision.payload["status"])
        self.is_decided = True
        self.doubts.clear()
        if status is self.steps[-1].status:
            self._confirm()
        else:
            self._step(status, decision.decided_at, decision)

    def start(self, mail: MailEvidence) -> None:
        """Begin with a mail, where there is no capture."""
        is_about_one = mail.category in ABOUT_AN_APPLICATION
        self._step(Status.APPLIED if is_about_one else Status.SAVED, mail.occurred_at, mail)

    def mail(self, mail: MailEvidence) -> None:
        to = _MOVES_TO.get(mail.category)
        if to is None or mail.only_cancels:
            return
        now = self.steps[-1] if self.steps else None
        if now is not None and now.status not in _RANK:
            self._after_the_end(mail, to, now)
        elif now is not None and to in _RANK and _RANK[to] <= _RANK[now.status]:
            if to is now.status and mail.is_certain:
                self._confirm()
        elif mail.is_certain:
            self._step(to, mail.occurred_at, mail)
        elif to in {Status.REJECTED, Status.OFFER} and not self.is_decided and not mail.is_forged:
            self._step(to, mail.occurred_at, mail, confirmed=False)
        else:
            self._doubt(f"uncertain_{mail.category}", to)

    def _after_the_end(self, mail: MailEvidence, to: Status, now: StatusChange) -> None:
        if to is now.status and mail.is_certain:
            self._confirm()
        elif now.status is not Status.REJECTED or to in {Status.REJECTED, Status.APPLIED}:
            return
        elif now.confirmed:
            if mail.is_certain:
                self._doubt(f"{mail.category}_after_rejection", to)
        elif mail.is_certain:
            self._step(max(to, self.reached, key=_RANK.__getitem__), mail.occurred_at, mail)
        else:
            self._doubt(f"uncertain_{mail.category}", to)

    def reasons(self) -> tuple[str, ...]:
        """Return what a person is asked still, in the order of the alphabet."""
        now = self.steps[-1]
        asked = set() if now.confirmed else {f"unconfirmed_{_UNCONFIRMED[now.status]}"}
        for reason, to in self.doubts.items():
            if reason.endswith("_after_rejection"):
                is_open = now.status is Status.REJECTED
            elif now.status in _RANK:
                is_open = to not in _RANK or _RANK[to] > _RANK[now.status]
            else:
                is_open = not now.confirmed and to is not now.status
            if is_open:
                asked.add(reason)
        return tuple(sorted(asked))

    def _doubt(self, reason: str, to: Status) -> None:
        if to is not Status.APPLIED:  # nobody need be asked about a receipt
            self.doubts[reason] = to

    def _step(
        self,
        status: Status,
        at: dt.datetime,
        evidence: CaptureEvidence | MailEvidence | DecisionEvidence,
        *,
        confirmed: bool = True,
    ) -> None:
        if status in _RANK:
            self.reached = status
        self.steps.append(StatusChange(status, at, evidence, confirmed))

    def _confirm(self) -> None:
        self.steps[-1] = replace(self.steps[-1], confirmed=True)


def _history(
    captures: Sequence[CaptureEvidence],
    mails: Sequence[MailEvidence],
    decisions: Sequence[DecisionEvidence],
) -> tuple[tuple[StatusChange, ...], tuple[str, ...]]:
    """Return the status steps, never empty, and what a person is asked."""
    first_at = min([*(c.captured_at for c in captures[:1]), *(m.occurred_at for m in mails[:1])])
    course = _Course()
    # A decision that seems older than all evidence is about it all the same: clocks differ.
    ordered: list[tuple[dt.datetime, int, CaptureEvidence | MailEvidence | DecisionEvidence]] = [
        *((capture.captured_at, 0, capture) for capture in captures),
        *((mail.occurred_at, 1, mail) for mail in mails),
        *(
            (max(decision.decided_at, first_at), 2, decision)
            for decision in decisions
            if decision.kind is DecisionKind.STATUS
        ),
    ]
    for _, _, evidence in sorted(ordered, key=lambda item: item[:2]):  # stable: ids broke the ties before
        if isinstance(evidence, CaptureEvidence):
            course.capture(evidence)
        elif isinstance(evidence, MailEvidence):
            if not captures and not course.steps:
                course.start(evidence)
            course.mail(evidence)
        else:
            if not course.steps:  # only mail that moves nothing came before the first capture
                course.capture(captures[0])
            course.decide(evidence)
    return tuple(course.steps), course.reasons()


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
    mails: Sequence[MailEvidence],
    decisions: Sequence[DecisionEvidence],
    history: Sequence[StatusChange],
    first_at: dt.datetime,
) -> Iterable[FoldedEvent]:
    # One creation per application, whatever turns out to be its first evidence later on.
    yield FoldedEvent(
        EventType.APPLICATION_CREATED,
        first_at,
        f"Application created as {history[0].status}",
        f"application_created:{application_id}",
        {"status": history[0].status, "source": captures[0].source if captures else SOURCE_MAIL},
    )
    yield from _capture_events(captures, history)
    yield from _mail_events(application_id, mails)
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
        details: dict[str, Any] = {"from": previous.status, "to": step.status}
        if isinstance(step.evidence, MailEvidence):
            details |= _words_of(step.evidence) | {"confirmed": step.confirmed}
        else:
            details["evidence_id"] = str(step.evidence.id)
        doubt = "" if step.confirmed else ", not confirmed"
        yield FoldedEvent(
            EventType.STATUS_CHANGED,
            step.at,
            f"Status changed from {previous.status} to {step.status}{doubt}",
            f"status_changed:{application_id}:{step.evidence_key}",
            details,
        )


def _capture_events(
    captures: Sequence[CaptureEvidence], history: Sequence[StatusChange]
) -> Iterable[FoldedEvent]:
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
    named = _named(captures[0]) if captures else {}
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


def _mail_events(application_id: uuid.UUID, mails: Sequence[MailEvidence]) -> Iterable[FoldedEvent]:
    appointments = _Appointments(mails)
    for mail in mails:
        sender = mail.company or mail.source
        summary = f"Mail linked: {_NAMED.get(mail.category, 'Message')}{f' from {sender}' if sender else ''}"
        summary = ". ".join([summary, *(appointments.told(mail, one) for one in mail.interviews)])
        details = _words_of(mail) | {
            "is_certain": mail.is_certain,
            "decided": mail.decided,
            "stage": mail.stage,
            "posterior": mail.posterior,
            "matcher_version": mail.matcher_version,
        }
        if mail.interviews:
            details["interviews"] = [
                {
                    "starts_at": one.starts_at and one.starts_at.isoformat(),
                    "ends_at": one.ends_at and one.ends_at.isoformat(),
                    "where": one.where,
                    "cancelled": one.cancelled,
                    "is_current": appointments.is_current(mail, one),
                }
                for one in mail.interviews
            ]
        yield FoldedEvent(
            EventType.EMAIL_CORRELATED,
            mail.occurred_at,
            summary,
            # With the application: mail that goes to another one is retracted here and told there.
            f"email_correlated:{application_id}:{_key_of(mail)}",
            details,
        )


def _words_of(mail: MailEvidence) -> dict[str, Any]:
    return {
        "mail_id": str(mail.mail_id),
        "event": mail.event,
        "category": mail.category,
        "sentence": mail.sentence,
        "rule": mail.rule,
    }


class _Appointments:
    """All versions of each interview: the highest sequence number counts, of equals the latest mail."""

    def __init__(self, mails: Sequence[MailEvidence]) -> None:
        self._versions: dict[str, list[tuple[int, dt.datetime, str, Appointment]]] = {}
        for mail in mails:
            for one in mail.interviews:
                version = (one.sequence, mail.occurred_at, _key_of(mail), one)
                self._versions.setdefault(one.key, []).append(version)
        for versions in self._versions.values():
            versions.sort(key=lambda version: version[:3])

    def is_current(self, mail: MailEvidence, one: Appointment) -> bool:
        """Tell whether this mail holds the last word on the interview."""
        return self._versions[one.key][-1][2:] == (_key_of(mail), one)

    def told(self, mail: MailEvidence, one: Appointment) -> str:
        """Return what the mail says of the interview in a few words."""
        said = "Interview"
        if one.starts_at is not None:
            said += f" on {one.starts_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
        if one.cancelled:
            return f"{said} is cancelled"
        versions = self._versions[one.key]
        place = [version[2:] for version in versions].index((_key_of(mail), one))
        before = versions[place - 1][3] if place else one
        if before.starts_at != one.starts_at:
            said = said.replace("Interview on", "Interview moved to")
        return f"{said}, {one.where}" if one.where else said
