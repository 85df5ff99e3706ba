"""Writes what a person decides, and what a person takes back: rows of `decisions`, and nothing else.

Each function checks first, and raises InvalidInputError where a decision could have no effect. What follows
from a decision is derived by the runs that take it: links of mail by `mail_links`, categories by
`mail_signals`, all else by `applications`. Call each in a transaction of its own.

Decisions about mail or names have no application in their row, or the fold of that application would take
them up before the linking of mail has read them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, exists, insert, or_, select, text, tuple_, update

from apptrack_pipeline.correlation.facts import Key
from apptrack_pipeline.correlation.linking.decided import RELATIONS
from apptrack_pipeline.correlation.linking.store import LINKS
from apptrack_pipeline.correlation.linking.store import load_decisions as load_link_decisions
from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.correlation.review.items import ref_of
from apptrack_pipeline.correlation.store import APPLICATIONS, load_evidence, lock_matching
from apptrack_pipeline.db.moves import load_moves
from apptrack_pipeline.db.queues import CAPTURES, DECISIONS
from apptrack_pipeline.db.tables import Mail
from apptrack_pipeline.domain import (
    DecisionKind,
    InvalidInputError,
    MailCategory,
    QueueState,
    Status,
    new_id,
    storable,
)

_MAIL: Final[Table] = Mail.__table__  # type: ignore[assignment]

_TEXT_FIELDS: Final = {"company_name": 500, "job_title": 500, "notes": 20_000}
"""Longest text of each field, in characters."""
_APPLIED_AT: Final = "applied_at"
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_LONGEST_NAME: Final = 500

# What is read and taken up by the transactions that link mail.
_OF_LINKING: Final = frozenset({DecisionKind.LINK, DecisionKind.UNLINK, DecisionKind.SAME_COMPANY})


@dataclass(frozen=True)
class Recorded:
    """A decision as it was written."""

    id: uuid.UUID
    """What `undo` takes it back by, with all that was decided together with it."""
    application_id: uuid.UUID | None = None
    """The application that it is about, or that it makes."""


# -- mail ------------------------------------------------------------------------------------------------


def link(
    connection: Connection, events: Sequence[Key], application_id: uuid.UUID, *, actor: str, now: dt.datetime
) -> Recorded:
    """Say that these mail events are about this application."""
    _check_events(connection, events)
    _check_application(connection, application_id)
    return _link(connection, events, application_id, {}, actor, now)


def link_to_new(connection: Connection, events: Sequence[Key], *, actor: str, now: dt.datetime) -> Recorded:
    """Say that these mail events are about one application that is not there yet; its names are theirs."""
    _check_events(connection, events)
    return _link(connection, events, new_id(), {"new": True}, actor, now)


def _link(
    connection: Connection,
    events: Sequence[Key],
    application_id: uuid.UUID,
    more: Mapping[str, Any],
    actor: str,
    now: dt.datetime,
) -> Recorded:
    payloads = [
        {"mail_id": str(mail_id), "event": event, "application_id": str(application_id), **more}
        for mail_id, event in events
    ]
    return Recorded(_insert(connection, DecisionKind.LINK, payloads, actor, now), application_id)


def unlink(connection: Connection, events: Sequence[Key], *, actor: str, now: dt.datetime) -> Recorded:
    """Say that these mail events are not about the applications that they are linked or suggested to."""
    _check_events(connection, events)
    decided = load_link_decisions(connection, load_moves(connection)).decided.links
    payloads = []
    for row in connection.execute(
        select(LINKS.c.mail_id, LINKS.c.event, LINKS.c.application_id, LINKS.c.creates).where(
            tuple_(LINKS.c.mail_id, LINKS.c.event).in_(events)
        )
    ):
        key = (row.mail_id, row.event)
        application_id = decided.get(key, row.application_id)
        if application_id is None:
            raise InvalidInputError("mail", f"{ref_of(*key)} is linked to no application")
        if row.creates and key not in decided:
            raise InvalidInputError(
                "mail",
                f"{ref_of(*key)} is what application {application_id} was made of: link it to another one, "
                "or say that it is no job mail",
            )
        payloads.append(
            {"mail_id": str(row.mail_id), "event": row.event, "application_id": str(application_id)}
        )
    return Recorded(_insert(connection, DecisionKind.UNLINK, payloads, actor, now))


def not_job_mail(
    connection: Connection, mail_ids: Collection[uuid.UUID], *, actor: str, now: dt.datetime
) -> Recorded:
    """Say that these mails, with all that they report, are about no application."""
    _check_mails(connection, mail_ids)
    payloads = [{"mail_id": str(mail_id)} for mail_id in dict.fromkeys(mail_ids)]
    return Recorded(_insert(connection, DecisionKind.NOT_JOB_MAIL, payloads, actor, now))


def mail_category(
    connection: Connection,
    mail_id: uuid.UUID,
    category: MailCategory,
    *,
    actor: str,
    now: dt.datetime,
) -> Recorded:
    """Name the category of a mail."""
    _check_mails(connection, [mail_id])
    payload = {"mail_id": str(mail_id), "category": str(category)}
    return Recorded(_insert(connection, DecisionKind.MAIL_CATEGORY, [payload], actor, now))


# -- names -----------------------------------------------------------------------------------------------


def same_company(
    connection: Connection,
    name: str,
    other_name: str,
    *,
    relation: str = "same_as",
    actor: str,
    now: dt.datetime,
) -> Recorded:
    """Say that two names, or their keys, are one employer's; `owned_by`: the first belongs to the second."""
    if relation not in RELATIONS:
        raise InvalidInputError("relation", f"must be one of {', '.join(RELATIONS)}")
    keys = []
    for field_name, said in (("name", name), ("other_name", other_name)):
        key = company_key(said)
        if key is None or len(said) > _LONGEST_NAME:
            raise InvalidInputError(field_name, "is no name of a company")
        keys.append(key)
    if keys[0] == keys[1]:
        raise InvalidInputError("other_name", "is the same name already, as names are compared")
    payload = {"name": storable(name), "other_name": storable(other_name), "relation": relation}
    return Recorded(_insert(connection, DecisionKind.SAME_COMPANY, [payload], actor, now))


# -- applications ----------------------------------------------------------------------------------------


def status(
    connection: Connection, application_id: uuid.UUID, to: Status, *, actor: str, now: dt.datetime
) -> Recorded:
    """Say what the status of an application is; it answers every doubt about it that is older."""
    _check_application(connection, application_id)
    return _about(connection, DecisionKind.STATUS, application_id, {"status": str(to)}, actor, now)


def field(
    connection: Connection,
    application_id: uuid.UUID,
    name: str,
    value: str | None,
    *,
    actor: str,
    now: dt.datetime,
) -> Recorded:
    """Say what a field of an application is; None: it is empty.

    Fields are company_name, job_title, notes, and applied_at (ISO 8601: a date, or a time with its zone).
    """
    _check_application(connection, application_id)
    if name == _APPLIED_AT:
        value = None if value is None else _moment(value)
    elif name in _TEXT_FIELDS:
        value = None if value is None else _text(name, value)
    else:
        raise InvalidInputError("field", f"must be one of {', '.join([*_TEXT_FIELDS, _APPLIED_AT])}")
    payload = {"field": name, "value": value}
    return _about(connection, DecisionKind.FIELD, application_id, payload, actor, now)


def note(
    connection: Connection, application_id: uuid.UUID, said: str, *, actor: str, now: dt.datetime
) -> Recorded:
    """Write the note of an application, in place of the one that it has."""
    _check_application(connection, application_id)
    payload = {"text": _text("notes", said)}
    return _about(connection, DecisionKind.NOTE, application_id, payload, actor, now)


def merge(
    connection: Connection, application_id: uuid.UUID, into: uuid.UUID, *, actor: str, now: dt.datetime
) -> Recorded:
    """Say that an application is the same as another one, which gets all that it has and will have."""
    _check_application(connection, application_id)
    _check_application(connection, into, field_name="into")
    if application_id == into:
        raise InvalidInputError("into", "an application cannot be merged into itself")
    # Two merges at once, one the reverse of the other, would each see no circle.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('apptrack merges', 0))"))
    moves = load_moves(connection)
    end = moves.merged_into(application_id)
    if end is not None:
        raise InvalidInputError(
            "application", f"{application_id} was merged into {end} already: take that back first"
        )
    if not moves.can_merge(application_id, into):
        raise InvalidInputError(
            "into", f"{into} was merged into {application_id}: the two would be merged into one another"
        )
    return _about(connection, DecisionKind.MERGE, application_id, {"into": str(into)}, actor, now)


def split(
    connection: Connection,
    application_id: uuid.UUID,
    *,
    mails: Collection[Key] = (),
    captures: Collection[uuid.UUID] = (),
    actor: str,
    now: dt.datetime,
) -> Recorded:
    """Say that some of an application's mail or captures are another application's, which is made of them."""
    _check_application(connection, application_id)
    if not mails and not captures:
        raise InvalidInputError("mails", "name a mail or a capture that is another application's")
    evidence = load_evidence(connection, [application_id])[application_id]
    if evidence.merged_into is not None:
        raise InvalidInputError(
            "application", f"{application_id} was merged into {evidence.merged_into}: split that one"
        )
    own_mails = {(mail.mail_id, mail.event) for mail in evidence.mails}
    own_captures = {capture.id for capture in evidence.captures}
    for key in mails:
        if key not in own_mails:
            raise InvalidInputError("mails", f"{ref_of(*key)} is not linked to application {application_id}")
    for capture in captures:
        if capture not in own_captures:
            raise InvalidInputError("captures", f"{capture} is no capture of application {application_id}")
    if own_mails == set(mails) and own_captures == set(captures):
        raise InvalidInputError("mails", f"nothing would be left of application {application_id}")
    made = new_id()
    payload = {
        "into": str(made),
        "mails": [[str(mail_id), event] for mail_id, event in mails],
        "captures": [str(capture) for capture in captures],
    }
    recorded = _about(connection, DecisionKind.SPLIT, application_id, payload, actor, now)
    return Recorded(recorded.id, made)


# -- taking back -----------------------------------------------------------------------------------------


def undo(connection: Connection, decision_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Take a decision back, with all that was decided together with it; runs derive what was before."""
    row = connection.execute(
        select(
            DECISIONS.c.kind, DECISIONS.c.undone_at, DECISIONS.c.payload["together"].astext.label("first")
        ).where(DECISIONS.c.id == decision_id)
    ).first()
    if row is None:
        raise InvalidInputError("decision", f"there is no decision {decision_id}")
    if row.undone_at is not None:
        raise InvalidInputError(
            "decision", f"{decision_id} was taken back already, at {row.undone_at:%c} UTC"
        )
    if row.kind in _OF_LINKING:
        # A run that has read the decision notes at its end that it took it: not what came in between.
        lock_matching(connection, writes_links=True)
    first = row.first or str(decision_id)
    undone = connection.execute(
        update(DECISIONS)
        .where(
            or_(DECISIONS.c.id == uuid.UUID(first), DECISIONS.c.payload["together"].astext == first),
            DECISIONS.c.undone_at.is_(None),
        )
        .values(undone_at=now, state=QueueState.DUE, due_at=now, finished_at=None, last_error=None)
    )
    if not undone.rowcount:
        raise InvalidInputError("decision", f"{decision_id} was taken back already")


# -- checks and rows -------------------------------------------------------------------------------------


def _about(
    connection: Connection,
    kind: DecisionKind,
    application_id: uuid.UUID,
    payload: Mapping[str, Any],
    actor: str,
    now: dt.datetime,
) -> Recorded:
    return Recorded(
        _insert(connection, kind, [payload], actor, now, application_id=application_id), application_id
    )


def _insert(
    connection: Connection,
    kind: DecisionKind,
    payloads: Sequence[Mapping[str, Any]],
    actor: str,
    now: dt.datetime,
    *,
    application_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write one row per payload; what is decided together names the first, and is taken back together."""
    first = new_id()
    together = {"together": str(first)} if len(payloads) > 1 else {}
    connection.execute(
        insert(DECISIONS),
        [
            {
                "id": first if number == 0 else new_id(),
                "kind": str(kind),
                "application_id": application_id,
                "payload": {**payload, **together},
                "decided_at": now,
                "due_at": now,
                "actor": actor,
            }
            for number, payload in enumerate(payloads)
        ],
    )
    return first


def _check_mails(connection: Connection, mail_ids: Collection[uuid.UUID]) -> None:
    if not mail_ids:
        raise InvalidInputError("mail", "name a mail")
    known = set(connection.execute(select(_MAIL.c.id).where(_MAIL.c.id.in_(mail_ids))).scalars())
    for mail_id in mail_ids:
        if mail_id not in known:
            raise InvalidInputError("mail", f"there is no mail {mail_id}")


def _check_events(connection: Connection, events: Collection[Key]) -> None:
    _check_mails(connection, [mail_id for mail_id, _ in events])
    rows = connection.execute(
        select(LINKS.c.mail_id, LINKS.c.event).where(tuple_(LINKS.c.mail_id, LINKS.c.event).in_(events))
    )
    known = {(row.mail_id, row.event) for row in rows}
    for key in events:
        if key not in known:
            raise InvalidInputError(
                "mail", f"{ref_of(*key)} reports nothing about an application: name its category first"
            )


def _check_application(
    connection: Connection, application_id: uuid.UUID, *, field_name: str = "application"
) -> None:
    """Refuse an id that stands for nothing; what no run has folded yet counts."""
    made = DECISIONS.c.undone_at.is_(None) & (
        (DECISIONS.c.kind == DecisionKind.LINK)
        & (DECISIONS.c.payload["application_id"].astext == str(application_id))
        | (DECISIONS.c.kind == DecisionKind.SPLIT)
        & (DECISIONS.c.payload["into"].astext == str(application_id))
    )
    is_known = connection.scalar(
        select(
            or_(
                exists().where(APPLICATIONS.c.id == application_id),
                exists().where(CAPTURES.c.application_id == application_id),
                exists().where(made),
            )
        )
    )
    if not is_known:
        raise InvalidInputError(field_name, f"there is no application {application_id}")


def _text(name: str, value: str) -> str:
    said = storable(value).strip()
    if not said or len(said) > _TEXT_FIELDS[name]:
        raise InvalidInputError(name, f"must have 1 to {_TEXT_FIELDS[name]} characters")
    return said


def _moment(value: str) -> str:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise InvalidInputError(_APPLIED_AT, "must be a date or a time, as 2026-11-23") from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise InvalidInputError(_APPLIED_AT, f"must be between {_FIRST_YEAR} and {_LAST_YEAR}")
    if moment.tzinfo is None:
        if moment.time() != dt.time():
            raise InvalidInputError(
                _APPLIED_AT, "must name the zone of the time, as 2026-11-23T10:30:00+01:00"
            )
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC).isoformat()
