"""Reads what the matcher is told (facts, decisions, names of companies) and writes what it says."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, select, text, tuple_, union
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.correlation.companies import SHIPPED, Aliases
from apptrack_pipeline.correlation.facts import ApplicationFacts, Decided, Key
from apptrack_pipeline.correlation.keys import company_keys
from apptrack_pipeline.correlation.linking.component import PlacedMail
from apptrack_pipeline.correlation.linking.decided import (
    Alias,
    ConfirmedLink,
    LinkDecision,
    aliases_of_decisions,
    decided_links,
    read_link_decision,
)
from apptrack_pipeline.correlation.linking.rows import concerned, place_of
from apptrack_pipeline.correlation.mail_facts import ABOUT_AN_APPLICATION, facts_of
from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.correlation.store import load_facts
from apptrack_pipeline.db.moves import Moves
from apptrack_pipeline.db.queues import (
    DECISIONS,
    EVIDENCE_QUEUE,
    LINK_QUEUE,
    Claim,
    claim,
    enqueue,
    note_done,
)
from apptrack_pipeline.db.tables import Application, CompanyAlias, Mail, MailLink, MailSignal
from apptrack_pipeline.domain import DecisionKind, QueueState, new_id

LINKS: Final[Table] = MailLink.__table__  # type: ignore[assignment]
_ALIASES: Final[Table] = CompanyAlias.__table__  # type: ignore[assignment]
_MAIL: Final[Table] = Mail.__table__  # type: ignore[assignment]
_SIGNALS: Final[Table] = MailSignal.__table__  # type: ignore[assignment]
_APPLICATIONS: Final[Table] = Application.__table__  # type: ignore[assignment]

_ABOUT: Final = sorted(ABOUT_AN_APPLICATION)
_WRITTEN: Final = [column.name for column in LINKS.c if not column.primary_key]


# -- which mail is to be linked --------------------------------------------------------------------------


def claim_due(
    connection: Connection, first: dt.date, last: dt.date, *, run_id: str, now: dt.datetime
) -> tuple[list[Claim], set[uuid.UUID]]:
    """Take the queued mail of these days; return the claims, and the mails that say something new."""
    waiting = connection.execute(
        select(LINK_QUEUE.c.mail_id)
        .join(_MAIL, _MAIL.c.id == LINK_QUEUE.c.mail_id)
        .where(
            LINK_QUEUE.c.state == QueueState.DUE, LINK_QUEUE.c.due_at <= now, _MAIL.c.day.between(first, last)
        )
    ).scalars()
    claims = claim(connection, LINK_QUEUE, set(waiting), run_id=run_id, now=now)
    says_more = connection.execute(
        select(LINK_QUEUE.c.mail_id).where(
            LINK_QUEUE.c.id.in_([one.id for one in claims]), LINK_QUEUE.c.reason == "signals"
        )
    ).scalars()
    return claims, set(says_more)


def mails_of_days(
    connection: Connection, first: dt.date, last: dt.date, *, all_of_them: bool
) -> set[uuid.UUID]:
    """Return the mails of these days that are to be linked: those without a link, or all."""
    has_link = select(LINKS.c.mail_id).where(LINKS.c.mail_id == _MAIL.c.id).exists()
    reports = _SIGNALS.c.category.in_(_ABOUT) & (_SIGNALS.c.signals["events"].as_string() != "[]")
    wanted = reports | has_link if all_of_them else reports & ~has_link
    rows = connection.execute(
        select(_MAIL.c.id)
        .join(_SIGNALS, _SIGNALS.c.mail_id == _MAIL.c.id)
        .where(_MAIL.c.day.between(first, last), wanted)
    )
    return set(rows.scalars())


def mails_with_due_decisions(connection: Connection, first: dt.date, last: dt.date) -> set[uuid.UUID]:
    """Return the mails of these days about whose link a person has decided, or has taken that back, since."""
    decided = {one.mail_id for one, _ in _read_link_decisions(connection, only_due=True)}
    rows = connection.execute(
        select(_MAIL.c.id).where(_MAIL.c.id.in_(decided), _MAIL.c.day.between(first, last))
    )
    return set(rows.scalars())


def days_that_wait(connection: Connection, *, now: dt.datetime) -> set[dt.date]:
    """Return the days of queued mail and of mail about whose link a person has decided since."""
    queued = (
        select(_MAIL.c.day)
        .join(LINK_QUEUE, LINK_QUEUE.c.mail_id == _MAIL.c.id)
        .where(LINK_QUEUE.c.state == QueueState.DUE, LINK_QUEUE.c.due_at <= now)
        .distinct()
    )
    days = set(connection.execute(queued).scalars())
    due = _read_link_decisions(connection, only_due=True)
    mail_ids = {one.mail_id for one, _ in due}
    days |= set(connection.execute(select(_MAIL.c.day).where(_MAIL.c.id.in_(mail_ids))).scalars())
    names = select(DECISIONS.c.id).where(
        DECISIONS.c.kind == DecisionKind.SAME_COMPANY, DECISIONS.c.state == QueueState.DUE
    )
    if connection.execute(names.limit(1)).first() is not None:
        days.add(now.date())  # any run takes names up, and queues the mail that they concern
    return days


# -- decisions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decisions:
    """What persons have decided about links, and which decisions were read for it."""

    decided: Decided
    in_force: tuple[LinkDecision, ...]
    read: Mapping[uuid.UUID, uuid.UUID]
    """By decision, also by one that was taken back since: its mail."""


def load_decisions(connection: Connection, moves: Moves) -> Decisions:
    """Return all decisions about links; a person makes some hundreds of them."""
    read = _read_link_decisions(connection)
    in_force = tuple(one for one, is_in_force in read if is_in_force)
    decided = decided_links(in_force, lambda one: moves.merged_into(one) or one)
    return Decisions(decided, in_force, {one.id: one.mail_id for one, _ in read})


def _read_link_decisions(
    connection: Connection, *, only_due: bool = False
) -> list[tuple[LinkDecision, bool]]:
    """Return the decisions about links, by date, each with whether it is in force."""
    is_due = DECISIONS.c.state == QueueState.DUE
    rows = connection.execute(
        select(
            DECISIONS.c.id,
            DECISIONS.c.kind,
            DECISIONS.c.application_id,
            DECISIONS.c.payload,
            DECISIONS.c.undone_at.is_(None),
        )
        .where(
            DECISIONS.c.kind.in_([DecisionKind.LINK, DecisionKind.UNLINK]),
            is_due if only_due else is_due | DECISIONS.c.undone_at.is_(None),
        )
        .order_by(DECISIONS.c.decided_at, DECISIONS.c.seq)
    )
    read = ((read_link_decision(*row[:4]), row[4]) for row in rows)
    return [(one, is_in_force) for one, is_in_force in read if one is not None]


def take_decisions(
    connection: Connection, decision_ids: Collection[uuid.UUID], *, run_id: str, now: dt.datetime
) -> None:
    """Note that these decisions, which were read before the work, are in what the links say now."""
    note_done(connection, DECISIONS, DECISIONS.c.id.in_(decision_ids), run_id=run_id, now=now)


# -- names of companies ----------------------------------------------------------------------------------


def load_aliases(connection: Connection) -> Aliases:
    """Return the shipped names of one employer, and those that persons have joined."""
    rows = connection.execute(select(_ALIASES.c.alias_key, _ALIASES.c.company_key, _ALIASES.c.relation)).all()
    by_relation: dict[str, list[tuple[str, str]]] = {"same_as": [], "owned_by": []}
    for alias_key, key, relation in rows:
        by_relation[relation].append((alias_key, key))
    return SHIPPED.plus(by_relation["same_as"], by_relation["owned_by"])


def derive_aliases(connection: Connection, moves: Moves, *, run_id: str, now: dt.datetime) -> int:
    """Bring `company_aliases` to what persons have decided, and queue the mail of each name that changed.

    Return how many mails that are.
    """
    said = connection.execute(
        select(DECISIONS.c.id, DECISIONS.c.payload, DECISIONS.c.undone_at.is_(None))
        .where(
            DECISIONS.c.kind == DecisionKind.SAME_COMPANY,
            DECISIONS.c.undone_at.is_(None) | (DECISIONS.c.state == QueueState.DUE),
        )
        .order_by(DECISIONS.c.decided_at, DECISIONS.c.seq)
    ).all()
    confirmed = _confirmed_links(connection, moves)
    names = {key for link in confirmed if (key := company_key(link.company))}
    tracked = connection.execute(
        select(_APPLICATIONS.c.company_key).where(
            _APPLICATIONS.c.company_key.in_(names), _APPLICATIONS.c.from_mail_alone.is_(False)
        )
    ).scalars()
    wanted = aliases_of_decisions(
        [(row[0], row[1]) for row in said if row[2]], confirmed, frozenset(filter(None, tracked))
    )
    stored = {Alias(*row[1:4]): row[0] for row in connection.execute(select(*list(_ALIASES.c)[:4]))}
    gone, new = stored.keys() - wanted.keys(), wanted.keys() - stored.keys()
    connection.execute(delete(_ALIASES).where(_ALIASES.c.id.in_([stored[alias] for alias in gone])))
    for alias in new:
        connection.execute(
            insert(_ALIASES).values(
                id=new_id(),
                alias_key=alias.alias_key,
                company_key=alias.company_key,
                relation=alias.relation,
                source=wanted[alias],
                created_at=now,
            )
        )
    take_decisions(connection, [row[0] for row in said], run_id=run_id, now=now)
    return _queue_mail_of(connection, gone | new, run_id=run_id, now=now)


def _confirmed_links(connection: Connection, moves: Moves) -> list[ConfirmedLink]:
    decisions = load_decisions(connection, moves)
    links = decisions.decided.links
    by_key = {one.key: one.id for one in decisions.in_force if one.is_link and one.key in links}
    if not by_key:
        return []
    applications = {one.id: one for one in load_facts(connection, set(links.values()), moves)}
    surroundings = Near(connection, moves, decisions.decided)
    companies = {
        mail.key: mail.facts.company for mail in surroundings.of_mails({mail_id for mail_id, _ in by_key})
    }
    return [
        ConfirmedLink(decision_id, company, applications[links[key]].companies)
        for key, decision_id in by_key.items()
        if (company := companies.get(key)) and links[key] in applications
    ]


def _queue_mail_of(
    connection: Connection, aliases: Collection[Alias], *, run_id: str, now: dt.datetime
) -> int:
    if not aliases:
        return 0
    names = {name for alias in aliases for name in (alias.alias_key, alias.company_key)}
    keys = sorted(set(company_keys(names)))
    mails = set(connection.execute(select(LINKS.c.mail_id).where(LINKS.c.match_keys.overlap(keys))).scalars())
    work_key = hashlib.sha256(f"aliases {run_id}".encode()).digest()
    for mail_id in mails:
        enqueue(connection, LINK_QUEUE, mail_id, work_key=work_key, reason="company names", now=now)
    return len(mails)


# -- facts -----------------------------------------------------------------------------------------------


@dataclass
class Near:
    """Finds what may be near by the stored keys, within one transaction; each row is read once."""

    connection: Connection
    moves: Moves
    decided: Decided
    rows: dict[Key, dict[str, Any]] = field(default_factory=dict)
    """The links of all mails that were read, as they stand."""
    _mails: dict[uuid.UUID, tuple[PlacedMail, ...]] = field(default_factory=dict)
    _applications: dict[uuid.UUID, ApplicationFacts | None] = field(default_factory=dict)

    def applications(self, keys: Collection[str], ids: Collection[uuid.UUID]) -> list[ApplicationFacts]:
        """Return the tracked applications with one of these keys, or ids."""
        by_key = select(_APPLICATIONS.c.id).where(_APPLICATIONS.c.match_keys.overlap(sorted(keys)))
        wanted = {*ids, *self.connection.execute(by_key).scalars()}
        unread = wanted - self._applications.keys()
        if unread:
            self._applications |= dict.fromkeys(unread)
            self._applications |= {one.id: one for one in load_facts(self.connection, unread, self.moves)}
        return [known for one in wanted if (known := self._applications[one]) is not None]

    def mails(
        self,
        keys: Collection[str],
        keys_of_proposals: Collection[str],
        application_ids: Collection[uuid.UUID],
    ) -> list[PlacedMail]:
        """Return the mail events with one of these keys, or linked to one of these applications.

        Those that propose an application also where they have one of `keys_of_proposals`.
        """
        found = union(
            select(LINKS.c.mail_id).where(LINKS.c.match_keys.overlap(sorted(keys))),
            select(LINKS.c.mail_id).where(LINKS.c.application_id.in_(application_ids)),
            select(LINKS.c.mail_id).where(
                LINKS.c.match_keys.overlap(sorted(keys_of_proposals)), LINKS.c.proposal_key.is_not(None)
            ),
        )
        decided = {mail for (mail, _), place in self.decided.links.items() if place in application_ids}
        return self.of_mails({*self.connection.execute(found).scalars(), *decided})

    def of_mails(self, mail_ids: Collection[uuid.UUID]) -> list[PlacedMail]:
        """Return all events of these mails."""
        unread = {one for one in mail_ids if one not in self._mails}
        if unread:
            self._read(unread)
        return [event for mail_id in mail_ids for event in self._mails.get(mail_id, ())]

    def _read(self, mail_ids: Collection[uuid.UUID]) -> None:
        for row in self.connection.execute(select(LINKS).where(LINKS.c.mail_id.in_(mail_ids))).mappings():
            self.rows[row["mail_id"], row["event"]] = dict(row)
        for row in self.connection.execute(
            select(
                _MAIL.c.account,
                _MAIL.c.thread_key,
                _MAIL.c.received_at,
                *(
                    _SIGNALS.c[name]
                    for name in ("mail_id", "category", "certainty", "needs_review", "trust", "signals")
                ),
            )
            .join(_SIGNALS, _SIGNALS.c.mail_id == _MAIL.c.id)
            .where(_MAIL.c.id.in_(mail_ids))
        ).mappings():
            mail_id = row["mail_id"]
            events = facts_of(mail_id, row["account"], row["thread_key"], row["received_at"], dict(row))
            self._mails[mail_id] = tuple(
                PlacedMail(facts, self._places((mail_id, facts.event))) for facts in events
            )

    def _places(self, key: Key) -> frozenset[uuid.UUID]:
        places = (place_of(self.rows.get(key)), self.decided.links.get(key))
        return frozenset(self.moves.merged_into(one) or one for one in places if one is not None)

    def created(self) -> dict[Key, uuid.UUID]:
        """Return the applications that were made of the mails that were read, by mail event."""
        return {
            key: row["application_id"]
            for key, row in self.rows.items()
            if row["outcome"] == "proposed" and row["application_id"] is not None
        }


# -- links -----------------------------------------------------------------------------------------------


@dataclass
class Changes:
    """What became of links: numbers of events, and the applications whose mail has changed."""

    changed: int = 0
    moved: int = 0
    created: int = 0
    applications: set[uuid.UUID] = field(default_factory=set)

    def add(self, other: Changes) -> None:
        """Count what another transaction has changed."""
        self.changed += other.changed
        self.moved += other.moved
        self.created += other.created
        self.applications |= other.applications


def save_links(
    connection: Connection,
    before: Mapping[Key, Mapping[str, Any]],
    after: Mapping[Key, Mapping[str, Any]],
    gone: Collection[Key],
    *,
    run_id: str,
    now: dt.datetime,
) -> Changes:
    """Write the links that differ from what is there, and take away those whose event is gone."""
    changes = Changes()
    new = []
    known = {row["application_id"] for row in before.values() if row["creates"]}
    made = {row["application_id"] for row in after.values() if row["creates"]}
    changes.created = len(made - known)
    for key, row in after.items():
        old = before.get(key)
        if old is not None and all(old[name] == value for name, value in row.items()):
            continue
        new.append({**row, "run_id": run_id, "derived_at": now})
        changes.applications |= concerned(old, row)
        place = place_of(old)
        changes.moved += place is not None and place != place_of(row)
    for key in gone:
        changes.applications |= concerned(before[key], None)
    changes.changed = len(new) + len(gone)
    if new:
        statement = insert(LINKS)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["mail_id", "event"],
                set_={name: statement.excluded[name] for name in _WRITTEN},
            ),
            new,
        )
    if gone:
        connection.execute(delete(LINKS).where(tuple_(LINKS.c.mail_id, LINKS.c.event).in_(gone)))
    return changes


def queue_applications(
    connection: Connection, ids: Collection[uuid.UUID], moves: Moves, *, now: dt.datetime
) -> None:
    """Queue applications to be folded again; one that was merged away with that which has its evidence."""
    for application_id in sorted({*ids, *(one for id_ in ids if (one := moves.merged_into(id_)))}):
        # A key of its own each time: what a run has taken already has not seen this change.
        enqueue(connection, EVIDENCE_QUEUE, application_id, work_key=new_id().bytes, reason="mail", now=now)


# -- accounts --------------------------------------------------------------------------------------------

_ACCOUNT: Final = text(
    """
    SELECT CASE
        WHEN l.best IS NOT NULL THEN (ARRAY['linked', 'proposed', 'review', 'unmatched'])[l.best]
        WHEN q.has_failed THEN 'failed'
        WHEN q.waits THEN 'waiting'
        WHEN s.category = ANY (:about) AND s.signals -> 'events' <> '[]' THEN
            CASE WHEN s.derived_at < now() - make_interval(mins => :patience) THEN 'lost' ELSE 'waiting' END
        ELSE 'not_job'
    END AS outcome, count(*)
    FROM mail AS m
    JOIN mail_signals AS s ON s.mail_id = m.id
    LEFT JOIN LATERAL (
        SELECT min(array_position(ARRAY['linked', 'proposed', 'review', 'unmatched'], outcome)) AS best
        FROM mail_links WHERE mail_id = m.id
    ) AS l ON true
    LEFT JOIN LATERAL (
        SELECT bool_or(state = 'failed' OR (state = 'due' AND attempts > 0)) AS has_failed,
               bool_or(state IN ('due', 'running')) AS waits
        FROM link_queue WHERE mail_id = m.id
    ) AS q ON true
    WHERE m.day BETWEEN :first AND :last
    GROUP BY 1
    """
)
_PATIENCE_MIN: Final = 10


def account_for(connection: Connection, first: dt.date, last: dt.date) -> dict[str, int]:
    """Return how many mails of these days are in each state; of several events that which does most counts.

    `lost` is mail that reports something, has no link, and waits in no queue for it.
    """
    rows = connection.execute(
        _ACCOUNT, {"about": _ABOUT, "first": first, "last": last, "patience": _PATIENCE_MIN}
    )
    names = ("linked", "proposed", "review", "unmatched", "not_job", "failed", "waiting", "lost")
    return dict.fromkeys(names, 0) | {row[0]: row[1] for row in rows}


def days_of(connection: Connection, mail_ids: Collection[uuid.UUID]) -> set[dt.date]:
    """Return the days of these mails."""
    return set(connection.execute(select(_MAIL.c.day).where(_MAIL.c.id.in_(mail_ids)).distinct()).scalars())


def count_links(connection: Connection) -> int:
    """Return how many links there are."""
    return int(connection.execute(select(func.count()).select_from(LINKS)).scalar_one())
