"""Reads what waits for a person, page by page, and finds what a person names by a piece of its id.

What a person has decided since is not asked again, though no run has taken the decision yet.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, Text, bindparam, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from apptrack_pipeline.correlation.facts import Key
from apptrack_pipeline.correlation.fold import MailEvidence
from apptrack_pipeline.correlation.keys import company_keys
from apptrack_pipeline.correlation.linking.store import LINKS
from apptrack_pipeline.correlation.mail_facts import reported
from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.correlation.review.items import (
    ApplicationItem,
    AskedMail,
    Choice,
    Item,
    MailItem,
    Position,
    Ref,
    asked_mail,
    category_asked,
    newest_first,
    read_bits,
    ref_of,
)
from apptrack_pipeline.correlation.store import APPLICATIONS, load_evidence
from apptrack_pipeline.db.queues import DECISIONS
from apptrack_pipeline.domain import InvalidInputError, Status

_AFTER_ALL: Final = Position(dt.datetime(9999, 1, 1, tzinfo=dt.UTC), uuid.UUID(int=2**128 - 1), 0)
_FOUND_AT_MOST: Final = 20

# A mail is no question while a decision about it waits for a run; one that was taken back leaves it open.
_MAIL_ITEMS: Final = text(
    """
    WITH waiting AS MATERIALIZED (
        SELECT l.mail_id, l.event, l.received_at,
               coalesce(l.proposal_key, l.mail_id || ':' || l.event) AS item
        FROM mail_links AS l
        WHERE l.outcome IN ('review', 'proposed') AND NOT l.decided
          AND (l.outcome = 'review' OR l.application_id IS NULL)
          AND NOT EXISTS (
              SELECT FROM decisions AS d
              WHERE d.state = 'due' AND d.undone_at IS NULL
                AND d.kind IN ('link', 'unlink', 'not_job_mail', 'mail_category')
                AND d.payload ->> 'mail_id' = l.mail_id::text
                AND (d.kind NOT IN ('link', 'unlink') OR coalesce(d.payload ->> 'event', '0') = l.event::text)
          )
    ), page AS (
        SELECT * FROM (
            SELECT DISTINCT ON (item) item, received_at, mail_id, event
            FROM waiting ORDER BY item, received_at DESC, mail_id DESC, event DESC
        ) AS newest
        WHERE (received_at, mail_id, event) < (:at, :id, :event)
          AND (CAST(:digits AS text) IS NULL OR item IN (
              SELECT item FROM waiting
              WHERE event = :ref_event AND replace(mail_id::text, '-', '') LIKE ANY (:patterns)
          ))
        ORDER BY received_at DESC, mail_id DESC, event DESC LIMIT :limit
    )
    SELECT p.item, l.mail_id, l.event, l.outcome, l.application_id, l.margin, l.reason, l.proposal_key,
           l.evidence, m.account, m.thread_key, m.received_at,
           s.category, s.certainty, s.needs_review, s.trust, s.signals
    FROM page AS p
    JOIN waiting AS w ON w.item = p.item
    JOIN mail_links AS l ON l.mail_id = w.mail_id AND l.event = w.event
    JOIN mail AS m ON m.id = w.mail_id
    JOIN mail_signals AS s ON s.mail_id = w.mail_id
    ORDER BY p.received_at DESC, p.mail_id DESC, p.event DESC,
             w.received_at DESC, w.mail_id DESC, w.event DESC
    """
).bindparams(bindparam("id", type_=UUID(as_uuid=True)), bindparam("patterns", type_=ARRAY(Text)))

_APPLICATION_ITEMS: Final = text(
    """
    SELECT a.id, a.company_name, a.job_title, a.status, a.status_since, a.status_confirmed, a.applied_at,
           a.review_reasons, a.last_evidence_at
    FROM applications AS a
    WHERE a.needs_review AND a.archived_at IS NULL AND a.merged_into IS NULL
      AND a.last_evidence_at <= :at AND (a.last_evidence_at, a.id, 0) < (:at, :id, :event)
      AND NOT EXISTS (
          SELECT FROM decisions AS d
          WHERE d.application_id = a.id AND d.kind = 'status' AND d.state IN ('due', 'running')
            AND d.undone_at IS NULL
      )
      AND (CAST(:digits AS text) IS NULL
           OR :ref_event = 0 AND replace(a.id::text, '-', '') LIKE ANY (:patterns))
    ORDER BY a.last_evidence_at DESC, a.id DESC LIMIT :limit
    """
).bindparams(bindparam("id", type_=UUID(as_uuid=True)), bindparam("patterns", type_=ARRAY(Text)))


def open_items(connection: Connection, *, limit: int, after: Position | None = None) -> list[Item]:
    """Return what waits for a person, newest first, at most `limit` items.

    That is mail to be reviewed, mail that proposes an application without being certain enough to create it
    (all mail of one proposal is one item), and applications with a doubt. The next page begins after the
    `position` of the last item.
    """
    values = {"limit": limit, **_from(after or _AFTER_ALL), **_ref_values(None)}
    return newest_first([*_mail_items(connection, values), *_application_items(connection, values)])[:limit]


def open_item(connection: Connection, ref: Ref) -> Item:
    """Return the open item that is meant; raises InvalidInputError where it is none, or more than one."""
    found = _open_items_of(connection, ref)
    if not found:
        raise InvalidInputError(
            "item", f"{ref.digits} waits for nobody: `apptrack review --list` shows what does"
        )
    if len(found) > 1:
        raise InvalidInputError("item", _ambiguous(ref, (item.ref for item in found)))
    return found[0]


def events_of(connection: Connection, ref: Ref) -> tuple[Key, ...]:
    """Return the mail events of the open item that is meant, else the one event of any mail that was linked.

    Raises InvalidInputError where it is none, or more than one.
    """
    found = [item for item in _open_items_of(connection, ref) if isinstance(item, MailItem)]
    if len(found) > 1:
        raise InvalidInputError("item", _ambiguous(ref, (item.ref for item in found)))
    return found[0].keys if found else (mail_event(connection, ref),)


def mail_event(connection: Connection, ref: Ref) -> Key:
    """Return the mail event that is meant, of all that were matched; raises InvalidInputError as above."""
    rows = connection.execute(
        select(LINKS.c.mail_id, LINKS.c.event)
        .where(LINKS.c.event == ref.event, _is_meant(ref, LINKS.c.mail_id))
        .order_by(LINKS.c.mail_id)
        .limit(_FOUND_AT_MOST)
    ).all()
    if not rows:
        raise InvalidInputError("mail", f"no mail that reports something has the id {ref.digits}:{ref.event}")
    if len(rows) > 1:
        raise InvalidInputError("mail", _ambiguous(ref, (ref_of(*row) for row in rows)))
    return rows[0].mail_id, rows[0].event


def application_id_of(connection: Connection, ref: Ref, *, field: str = "application") -> uuid.UUID:
    """Return the application that is meant; raises InvalidInputError where it is none, or more than one."""
    return _one_id(connection, APPLICATIONS, ref, field)


def decision_id_of(connection: Connection, ref: Ref) -> uuid.UUID:
    """Return the decision that is meant; raises InvalidInputError where it is none, or more than one."""
    return _one_id(connection, DECISIONS, ref, "decision")


def _one_id(connection: Connection, table: Table, ref: Ref, field: str) -> uuid.UUID:
    ids = (
        connection.execute(select(table.c.id).where(_is_meant(ref, table.c.id)).limit(_FOUND_AT_MOST))
        .scalars()
        .all()
    )
    if not ids:
        raise InvalidInputError(field, f"there is no {field} {ref.digits}")
    if len(ids) > 1:
        raise InvalidInputError(field, _ambiguous(ref, map(ref_of, ids)))
    found: uuid.UUID = ids[0]
    return found


# -- applications to choose from ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Tracked:
    """One application, as a person who chooses sees it."""

    id: uuid.UUID
    company: str | None
    title: str | None
    status: Status
    applied_at: dt.datetime | None


def applications_of(connection: Connection, company: str, *, limit: int) -> list[Tracked]:
    """Return the applications at an employer of this or a like name, newest first."""
    keys = sorted(company_keys([company]))
    return _tracked(
        connection,
        or_(
            APPLICATIONS.c.company_key == company_key(company),
            APPLICATIONS.c.match_keys.overlap(cast(keys, ARRAY(Text))),
        ),
        limit,
    )


def find_applications(connection: Connection, words: str, *, limit: int) -> list[Tracked]:
    """Return the applications whose names or notes have words that begin so, newest first."""
    prefixes = [f"{word}:*" for word in re.findall(r"\w+", words)]
    if not prefixes:
        return []
    query = func.to_tsquery("simple", " & ".join(prefixes))
    return _tracked(connection, APPLICATIONS.c.search.op("@@")(query), limit)


def tracked(connection: Connection, application_id: uuid.UUID) -> Tracked | None:
    """Return an application as it is stored; None where no run has made it yet."""
    row = connection.execute(select(*_SHOWN).where(APPLICATIONS.c.id == application_id)).first()
    return None if row is None else _tracked_of(row)


_SHOWN: Final = [APPLICATIONS.c[name] for name in ("id", "company_name", "job_title", "status", "applied_at")]


def _tracked(connection: Connection, condition: ColumnElement[bool], limit: int) -> list[Tracked]:
    rows = connection.execute(
        select(*_SHOWN)
        .where(condition, APPLICATIONS.c.merged_into.is_(None), APPLICATIONS.c.archived_at.is_(None))
        .order_by(APPLICATIONS.c.last_evidence_at.desc(), APPLICATIONS.c.id.desc())
        .limit(limit)
    )
    return [_tracked_of(row) for row in rows]


def _tracked_of(row: Row[Any]) -> Tracked:
    return Tracked(row.id, row.company_name, row.job_title, Status(row.status), row.applied_at)


# -- items -------------------------------------------------------------------------------------------------


def _open_items_of(connection: Connection, ref: Ref) -> list[Item]:
    values = {"limit": _FOUND_AT_MOST, **_from(_AFTER_ALL), **_ref_values(ref)}
    return newest_first([*_mail_items(connection, values), *_application_items(connection, values)])


def _mail_items(connection: Connection, values: Mapping[str, Any]) -> list[MailItem]:
    grouped: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(_MAIL_ITEMS, dict(values)):
        grouped.setdefault(row.item, []).append(row)
    candidates = {
        uuid.UUID(candidate["application_id"])
        for rows in grouped.values()
        for candidate in rows[0].evidence.values()
        if candidate is not None
    }
    known = {
        one.id: one
        for one in map(
            _tracked_of,
            connection.execute(
                select(*_SHOWN).where(APPLICATIONS.c.id.in_(candidates), APPLICATIONS.c.merged_into.is_(None))
            ),
        )
    }
    items = (_mail_item(rows, known) for rows in grouped.values())
    return [item for item in items if item is not None]


def _mail_item(rows: Sequence[Row[Any]], known: Mapping[uuid.UUID, Tracked]) -> MailItem | None:
    mails = tuple(mail for row in rows if (mail := _asked(row)) is not None)
    if not mails:
        return None  # read anew since, and about no application any more: it is linked anew within seconds
    newest = rows[0]
    choices = [_choice(newest.evidence.get(name), known) for name in ("best", "runner_up")]
    best, runner_up = (choices[0], choices[1]) if choices[0] else (choices[1], None)
    return MailItem(
        mails,
        newest.outcome,
        reason=next((row.reason for row in reversed(rows) if row.reason), ""),
        best=best,
        runner_up=runner_up,
        margin=newest.margin if runner_up is not None else None,
        suggested=newest.application_id if newest.application_id in known else None,
        proposal=newest.proposal_key,
    )


def _asked(row: Row[Any]) -> AskedMail | None:
    found = reported(dict(row._mapping))
    return None if found is None else asked_mail(found, row.signals)


def _choice(evidence: Mapping[str, Any] | None, known: Mapping[uuid.UUID, Tracked]) -> Choice | None:
    """Return a candidate; None for one that other mail proposes and nobody has taken up."""
    one = known.get(uuid.UUID(evidence["application_id"])) if evidence else None
    if one is None or evidence is None:
        return None
    return Choice(
        one.id,
        one.company,
        one.title,
        one.status,
        one.applied_at,
        read_bits(evidence),
        evidence["total"],
        evidence["posterior"],
    )


def _application_items(connection: Connection, values: Mapping[str, Any]) -> list[ApplicationItem]:
    rows = connection.execute(_APPLICATION_ITEMS, dict(values)).all()
    if not rows:
        return []
    evidence = load_evidence(connection, [row.id for row in rows])
    items = []
    for row in rows:
        mail = _doubtful_mail(evidence[row.id].mails, row.review_reasons)
        items.append(
            ApplicationItem(
                row.id,
                row.company_name,
                row.job_title,
                Status(row.status),
                row.status_since,
                row.status_confirmed,
                row.applied_at,
                tuple(row.review_reasons),
                row.last_evidence_at,
                sentence=mail.sentence if mail else "",
                sender=mail.source if mail else "",
            )
        )
    return items


def _doubtful_mail(mails: Iterable[MailEvidence], reasons: Collection[str]) -> MailEvidence | None:
    """Return the latest mail of the kind that the reasons for review are about."""
    asked = {category_asked(reason) for reason in reasons}
    of_kind = [mail for mail in mails if mail.category in asked]
    return max(of_kind, key=lambda mail: (mail.occurred_at, mail.mail_id.bytes), default=None)


# -- pieces of queries -------------------------------------------------------------------------------------


def _from(after: Position) -> dict[str, Any]:
    return {"at": after.date, "id": after.id, "event": after.event}


def _ref_values(ref: Ref | None) -> dict[str, Any]:
    return {
        "digits": None if ref is None else ref.digits,
        "ref_event": 0 if ref is None else ref.event,
        "patterns": [] if ref is None else _patterns(ref),
    }


def _patterns(ref: Ref) -> list[str]:
    return [f"{ref.digits}%", f"%{ref.digits}"]


def _is_meant(ref: Ref, column: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    digits = func.replace(cast(column, Text), "-", "")
    return or_(*(digits.like(pattern) for pattern in _patterns(ref)))


def _ambiguous(ref: Ref, names: Iterable[str]) -> str:
    shown = ", ".join(list(names)[:5])
    return f"{ref.digits} may be several: {shown}; give more of the id"
