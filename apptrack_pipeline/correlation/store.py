"""Reads the evidence of applications, writes the folded rows, and queues the mail that they may concern."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Table,
    Text,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID, insert

from apptrack_pipeline.correlation.application_facts import PostingNames, application_facts
from apptrack_pipeline.correlation.facts import ApplicationFacts
from apptrack_pipeline.correlation.fold import (
    FOLD_VERSION,
    Appointment,
    CaptureEvidence,
    DecisionEvidence,
    FoldedApplication,
    MailEvidence,
    fold_application,
)
from apptrack_pipeline.correlation.keys import application_keys, facts_key
from apptrack_pipeline.correlation.mail_facts import FAILED, reported
from apptrack_pipeline.db.moves import Moves, load_moves
from apptrack_pipeline.db.queues import CAPTURES, DECISIONS, LINK_QUEUE
from apptrack_pipeline.db.tables import Application, JobPosting, Mail, MailLink, MailSignal, TimelineEvent
from apptrack_pipeline.domain import DecisionKind, EventType, new_id

APPLICATIONS: Final[Table] = Application.__table__  # type: ignore[assignment]
_LINKS: Final[Table] = MailLink.__table__  # type: ignore[assignment]
_MAIL: Final[Table] = Mail.__table__  # type: ignore[assignment]
_SIGNALS: Final[Table] = MailSignal.__table__  # type: ignore[assignment]
_POSTINGS: Final[Table] = JobPosting.__table__  # type: ignore[assignment]
_EVENTS: Final[Table] = TimelineEvent.__table__  # type: ignore[assignment]

LATE: Final = dt.timedelta(days=90)
"""How long before an application mail is read again that was about none, once the application is there."""

MOVED_AWAY: Final = "evidence_moved_away"
"""Review reason of an application that has nothing left: its mail or captures are another one's."""

_NOT_COLUMNS: Final = {"history", "events"}
_MOVING: Final = (DecisionKind.MERGE, DecisionKind.SPLIT)
# What a person said of mail, or of what goes where, speaks for no application that is left empty.
_SPEAKS_OF_NO_ROW: Final = frozenset(
    {*_MOVING, DecisionKind.UNLINK, DecisionKind.NOT_JOB_MAIL, DecisionKind.MAIL_CATEGORY}
)


@dataclass(frozen=True)
class ApplicationEvidence:
    """All that counts for one application, merges and splits followed."""

    application_id: uuid.UUID
    captures: list[CaptureEvidence] = field(default_factory=list)
    decisions: list[DecisionEvidence] = field(default_factory=list)
    mails: list[MailEvidence] = field(default_factory=list)
    merged_into: uuid.UUID | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there that an application can be made of."""
        return not self.captures and not self.mails

    def fold(self) -> FoldedApplication:
        """Return the application; raises PermanentError where the evidence is empty."""
        return fold_application(
            self.application_id, self.captures, self.decisions, self.mails, merged_into=self.merged_into
        )


def lock_matching(connection: Connection, *, writes_links: bool) -> None:
    """Let the fold and the linking of mail see what the other one has written; until the transaction ends.

    A fold that adds an application looks for the mail that it may concern, and a run that links new mail
    looks for its application: side by side, each would miss what the other has not committed. Folds hold
    the lock together, a run that writes links holds it alone.
    """
    kind = "pg_advisory_xact_lock" if writes_links else "pg_advisory_xact_lock_shared"
    connection.execute(text(f"SELECT {kind}(hashtextextended('apptrack matching', 0))"))


def load_evidence(
    connection: Connection, application_ids: Collection[uuid.UUID], moves: Moves | None = None
) -> Mapping[uuid.UUID, ApplicationEvidence]:
    """Return what counts for each of these applications; one that was merged away has what it had."""
    if moves is None:
        moves = load_moves(connection)
    sources = {one: moves.sources(one) for one in application_ids}
    everything = frozenset[uuid.UUID]().union(*sources.values())
    captures = load_captures(connection, everything)
    decisions = load_decisions(connection, everything)
    mails = load_mails(connection, everything)
    found = {}
    for one, arrived in sources.items():
        merged_into = moves.merged_into(one)
        evidence = ApplicationEvidence(one, merged_into=merged_into)
        standing = one if merged_into else None
        for at in arrived:
            evidence.captures.extend(
                c for c in captures.get(at, ()) if moves.owner(at, c.id, standing=standing) == one
            )
            evidence.mails.extend(
                m
                for m in mails.get(at, ())
                if moves.owner(at, (m.mail_id, m.event), standing=standing) == one
            )
            evidence.decisions.extend(
                d
                for d in decisions.get(at, ())
                # A duplicate that was archived before it was merged archives nothing else.
                if (at == one or d.kind is not DecisionKind.ARCHIVE)
                and moves.owner(at, d.id, standing=standing) == one
            )
        found[one] = evidence
    return found


def load_captures(
    connection: Connection, application_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[CaptureEvidence]]:
    """Return all captures that arrived at these applications, without the pages."""
    captures: dict[uuid.UUID, list[CaptureEvidence]] = {}
    for row in connection.execute(
        select(
            CAPTURES.c.application_id,
            CAPTURES.c.id,
            CAPTURES.c.seq,
            CAPTURES.c.canonical_url,
            CAPTURES.c.job_posting_url,
            CAPTURES.c.fields,
            CAPTURES.c.source,
            CAPTURES.c.captured_at,
            CAPTURES.c.received_at,
        ).where(CAPTURES.c.application_id.in_(application_ids))
    ):
        captures.setdefault(row[0], []).append(CaptureEvidence(*row[1:]))
    return captures


def load_decisions(
    connection: Connection, application_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[DecisionEvidence]]:
    """Return the decisions in force that were made about these applications."""
    decisions: dict[uuid.UUID, list[DecisionEvidence]] = {}
    for row in connection.execute(
        select(
            DECISIONS.c.application_id,
            DECISIONS.c.id,
            DECISIONS.c.seq,
            DECISIONS.c.kind,
            DECISIONS.c.payload,
            DECISIONS.c.decided_at,
        ).where(DECISIONS.c.application_id.in_(application_ids), DECISIONS.c.undone_at.is_(None))
    ):
        decisions.setdefault(row[0], []).append(
            DecisionEvidence(row[1], row[2], DecisionKind(row[3]), row[4], row[5])
        )
    return decisions


def load_mails(
    connection: Connection, application_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[MailEvidence]]:
    """Return the mail events that are linked to these applications, or have made them."""
    mails: dict[uuid.UUID, list[MailEvidence]] = {}
    for row in connection.execute(
        select(
            _LINKS.c.application_id,
            _LINKS.c.mail_id,
            _LINKS.c.event,
            _LINKS.c.decided,
            _LINKS.c.stage,
            _LINKS.c.posterior,
            _LINKS.c.matcher_version,
            _MAIL.c.account,
            _MAIL.c.thread_key,
            _MAIL.c.received_at,
            _SIGNALS.c.category,
            _SIGNALS.c.certainty,
            _SIGNALS.c.needs_review,
            _SIGNALS.c.trust,
            _SIGNALS.c.signals,
        )
        .join(_MAIL, _MAIL.c.id == _LINKS.c.mail_id)
        .join(_SIGNALS, _SIGNALS.c.mail_id == _LINKS.c.mail_id)
        .where(_LINKS.c.application_id.in_(application_ids), _LINKS.c.outcome.in_(["linked", "proposed"]))
    ):
        evidence = _mail_evidence(row)
        if evidence is not None:
            mails.setdefault(row.application_id, []).append(evidence)
    return mails


def _mail_evidence(row: Row[Any]) -> MailEvidence | None:
    """Return what one event of a mail says; None where the mail, read again, does not say it any more."""
    found = reported(dict(row._mapping))
    if found is None:
        return None
    said = found.facts
    interviews = row.signals.get("interviews") or () if found.is_only else ()
    return MailEvidence(
        mail_id=row.mail_id,
        event=row.event,
        category=said.category,
        occurred_at=row.received_at,
        is_certain=said.is_certain,
        is_forged=row.trust == FAILED,
        decided=row.decided,
        company=said.company,
        title=said.title,
        requisition_id=said.requisition_id,
        sentence=found.sentence,
        rule=found.rule,
        source=said.system or said.sender,
        stage=row.stage,
        posterior=row.posterior,
        matcher_version=row.matcher_version,
        interviews=tuple(_appointment(one) for one in interviews),
    )


def _appointment(said: Mapping[str, Any]) -> Appointment:
    starts_at, ends_at = (
        dt.datetime.fromisoformat(said[name]) if said[name] else None for name in ("starts_at", "ends_at")
    )
    return Appointment(
        starts_at, ends_at, said["where"], said["cancelled"], said["key"], int(said["sequence"])
    )


def load_facts(
    connection: Connection, application_ids: Collection[uuid.UUID], moves: Moves | None = None
) -> list[ApplicationFacts]:
    """Return what mail is compared with, of those of these applications that somebody tracks."""
    if moves is None:
        moves = load_moves(connection)
    evidence = load_evidence(connection, application_ids, moves)
    postings = _postings_of(connection, [c.id for one in evidence.values() for c in one.captures])
    return [facts for one in evidence.values() if (facts := _facts(one, moves, postings)) is not None]


def _facts(
    evidence: ApplicationEvidence, moves: Moves, postings: Mapping[uuid.UUID, PostingNames]
) -> ApplicationFacts | None:
    if evidence.merged_into is not None:
        return None
    merged = [
        source
        for source in moves.sources(evidence.application_id)
        if moves.merged_into(source) == evidence.application_id
    ]
    captures = sorted(evidence.captures, key=lambda capture: (capture.captured_at, capture.id.bytes))
    return application_facts(
        evidence.application_id,
        evidence.captures,
        evidence.decisions,
        evidence.mails,
        [postings[capture.id] for capture in captures if capture.id in postings],
        merged=merged,
    )


def _postings_of(
    connection: Connection, capture_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, PostingNames]:
    """Return what the postings name that were read from these captures, by capture."""
    rows = connection.execute(
        select(
            _POSTINGS.c.capture_id,
            _POSTINGS.c.company,
            _POSTINGS.c.title,
            _POSTINGS.c.requisition_id,
            _POSTINGS.c.locations,
        )
        .where(_POSTINGS.c.capture_id == any_(cast(list(capture_ids), ARRAY(UUID))))
        .order_by(_POSTINGS.c.application_id)
    )
    return {row[0]: PostingNames(row[1], row[2], row[3], tuple(row[4])) for row in rows}


def save_application(
    connection: Connection,
    folded: FoldedApplication,
    *,
    match_keys: Collection[str] = (),
    run_id: str,
    now: dt.datetime,
) -> bool:
    """Write the row; return False, and leave it as it is, where the same row is there already.

    Its keys are written in any case: those of its posting come later, and are no change of the application.
    """
    url = folded.canonical_url
    values = {one.name: getattr(folded, one.name) for one in fields(folded) if one.name not in _NOT_COLUMNS}
    values |= {
        "status": str(folded.status),
        "review_reasons": list(folded.review_reasons),
        "url_hash": hashlib.sha256(url.encode()).digest() if url else None,
        "match_keys": sorted(match_keys),
        "row_hash": folded.row_hash,
        "fold_version": FOLD_VERSION,
        "run_id": run_id,
        "changed_at": now,
    }
    statement = insert(APPLICATIONS).values(values)
    changed = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in values if name != "id"},
            where=(APPLICATIONS.c.row_hash != statement.excluded.row_hash)
            | (APPLICATIONS.c.fold_version != statement.excluded.fold_version),
        ).returning(APPLICATIONS.c.id)
    )
    is_new = changed.first() is not None
    connection.execute(
        update(APPLICATIONS)
        .where(APPLICATIONS.c.id == folded.id, APPLICATIONS.c.match_keys != values["match_keys"])
        .values(match_keys=values["match_keys"])
    )
    return is_new


# -- what is left without evidence -----------------------------------------------------------------------


def close_empty(
    connection: Connection,
    evidence: ApplicationEvidence,
    moves: Moves,
    *,
    run_id: str,
    now: dt.datetime,
) -> bool | None:
    """Archive what has no evidence left; return whether it changed, None where there is no row.

    The row stays as it was last, archived with the date of its last evidence. Where all of it went to one
    other application, and no person has said anything of this one, it counts as merged into that one; else
    a reason for review says what happened. The fold gives it back once evidence comes back.
    """
    row = connection.execute(
        select(APPLICATIONS.c.row_hash).where(APPLICATIONS.c.id == evidence.application_id)
    ).first()
    if row is None:
        return None
    spoken = any(decision.kind not in _SPEAKS_OF_NO_ROW for decision in evidence.decisions)
    merged_into = evidence.merged_into or (
        None if spoken else _heir(connection, evidence.application_id, moves)
    )
    row_hash = _hash_of_empty(evidence.application_id, merged_into)
    if row.row_hash == row_hash:
        return False
    connection.execute(
        update(APPLICATIONS)
        .where(APPLICATIONS.c.id == evidence.application_id)
        .values(
            archived_at=APPLICATIONS.c.last_evidence_at,
            merged_into=merged_into,
            needs_review=True,
            review_reasons=[MOVED_AWAY],
            match_keys=[],
            row_hash=row_hash,
            fold_version=FOLD_VERSION,
            run_id=run_id,
            changed_at=now,
        )
    )
    return True


def _hash_of_empty(application_id: uuid.UUID, merged_into: uuid.UUID | None) -> bytes:
    return hashlib.sha256(f"{MOVED_AWAY} {application_id} {merged_into}".encode()).digest()


def _heir(connection: Connection, application_id: uuid.UUID, moves: Moves) -> uuid.UUID | None:
    """Return the one application to which all went that this one was made of, None where there is no one.

    That is where its captures and its mail are now, and where a split or merge that was undone had taken
    them from.
    """
    captures = connection.execute(
        select(CAPTURES.c.id).where(CAPTURES.c.application_id == application_id)
    ).scalars()
    heirs = {moves.owner(application_id, capture_id) for capture_id in captures}
    told = (
        select(
            cast(_EVENTS.c.details["mail_id"].astext, UUID(as_uuid=True)),
            cast(_EVENTS.c.details["event"].astext, Integer),
        )
        .where(
            _EVENTS.c.application_id == application_id,
            _EVENTS.c.event_type == EventType.EMAIL_CORRELATED,
        )
        .subquery()
    )
    links = connection.execute(
        select(_LINKS.c.application_id, _LINKS.c.mail_id, _LINKS.c.event).where(
            tuple_(_LINKS.c.mail_id, _LINKS.c.event).in_(select(told)),
            _LINKS.c.outcome.in_(["linked", "proposed"]),
            _LINKS.c.application_id.is_not(None),
        )
    )
    heirs |= {moves.owner(link.application_id, (link.mail_id, link.event)) for link in links}
    lent = connection.execute(
        select(DECISIONS.c.application_id).where(
            DECISIONS.c.kind.in_(_MOVING),
            DECISIONS.c.undone_at.is_not(None),
            DECISIONS.c.payload["into"].astext == str(application_id),
        )
    ).scalars()
    heirs |= {moves.merged_into(source) or source for source in lent if source is not None}
    return heirs.pop() if len(heirs) == 1 else None


# -- merges and splits -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnMoves:
    """The merges and splits that a person has decided on one application, undone ones too."""

    into: frozenset[uuid.UUID]
    states: tuple[str, ...]
    """Each decision and whether it stands: differs whenever one is made, undone or made again."""


def own_moves(connection: Connection, application_id: uuid.UUID) -> OwnMoves:
    """Return the merges and splits that were decided on this application."""
    rows = connection.execute(
        select(DECISIONS.c.id, DECISIONS.c.payload["into"].astext, DECISIONS.c.undone_at)
        .where(
            DECISIONS.c.application_id == application_id,
            DECISIONS.c.kind.in_(_MOVING),
        )
        .order_by(DECISIONS.c.id)
    ).all()
    into = set()
    for row in rows:
        try:
            into.add(uuid.UUID(row[1]))
        except (TypeError, ValueError):
            continue  # it moves nothing, `db.moves` says
    return OwnMoves(frozenset(into), tuple(f"{row[0]} {row[2]}" for row in rows))


def stale(connection: Connection, application_ids: Collection[uuid.UUID], moves: Moves) -> list[uuid.UUID]:
    """Return those of these applications that are not stored as their evidence says."""
    stored = {
        row.id: row
        for row in connection.execute(
            select(APPLICATIONS.c.id, APPLICATIONS.c.row_hash, APPLICATIONS.c.review_reasons).where(
                APPLICATIONS.c.id.in_(application_ids)
            )
        )
    }
    found = []
    for one, evidence in load_evidence(connection, application_ids, moves).items():
        row = stored.get(one)
        if evidence.is_empty:
            is_stale = row is not None and MOVED_AWAY not in row.review_reasons
        else:
            is_stale = row is None or row.row_hash != evidence.fold().row_hash
        if is_stale:
            found.append(one)
    return sorted(found, key=lambda one: one.bytes)


def is_read_from(connection: Connection, application_id: uuid.UUID, captures: Collection[uuid.UUID]) -> bool:
    """Tell whether the application's posting, if there is one, was read from one of these captures."""
    row = connection.execute(
        select(_POSTINGS.c.capture_id).where(_POSTINGS.c.application_id == application_id)
    ).first()
    return row is None or row.capture_id is None or row.capture_id in captures


# -- mail that an application may concern ------------------------------------------------------------------


def stored_keys(connection: Connection, application_id: uuid.UUID) -> frozenset[str]:
    """Return the keys under which mail finds the application until now."""
    row = connection.execute(
        select(APPLICATIONS.c.match_keys).where(APPLICATIONS.c.id == application_id)
    ).first()
    return frozenset(row.match_keys) if row else frozenset()


def facts_and_keys(
    connection: Connection, evidence: ApplicationEvidence, moves: Moves
) -> tuple[ApplicationFacts | None, frozenset[str]]:
    """Return what mail is compared with, and the keys under which mail finds it, if anybody tracks it."""
    postings = _postings_of(connection, [capture.id for capture in evidence.captures])
    facts = _facts(evidence, moves, postings)
    return facts, application_keys(facts) | {facts_key(facts)} if facts else frozenset()


def enqueue_concerned_mail(
    connection: Connection,
    application_id: uuid.UUID,
    keys: Collection[str],
    *,
    since: dt.datetime,
    now: dt.datetime,
) -> int:
    """Queue the mail to be linked again that is about this application, or may be; return how many messages.

    That is what is linked or suggested to it, and what no application has taken that came after `since` and
    shares one of its keys.
    """
    near = _LINKS.c.match_keys.overlap(cast(sorted(keys), ARRAY(Text)))
    may_be = (
        near & _LINKS.c.outcome.in_(["unmatched", "review", "proposed"]) & (_LINKS.c.received_at >= since)
    )
    mails = (
        select(_LINKS.c.mail_id)
        .where(or_(_LINKS.c.application_id == application_id, may_be))
        .distinct()
        .subquery()
    )
    rows = select(
        func.gen_random_uuid(),
        mails.c.mail_id,
        literal(new_id().bytes),
        literal("application"),
        literal(now),
        literal(now),
    )
    columns = ["id", "mail_id", "work_key", "reason", "enqueued_at", "due_at"]
    return connection.execute(insert(LINK_QUEUE).from_select(columns, rows)).rowcount
