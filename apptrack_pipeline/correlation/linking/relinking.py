"""Links the mail of some days: claims what is queued, matches whole components, writes what differs."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from apptrack_pipeline.correlation.companies import Aliases
from apptrack_pipeline.correlation.facts import Key
from apptrack_pipeline.correlation.linking import store
from apptrack_pipeline.correlation.linking.component import Component, components
from apptrack_pipeline.correlation.linking.rows import place_of, row_of
from apptrack_pipeline.correlation.linking.store import Changes, Decisions, Near
from apptrack_pipeline.correlation.matcher import correlate
from apptrack_pipeline.correlation.store import lock_matching
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.moves import Moves, load_moves
from apptrack_pipeline.db.queues import LINK_QUEUE, Claim, complete, fail, mark_reported

_log = logging.getLogger(__name__)

_BATCH: Final = 500
"""Mails that are linked in one transaction, at most; others wait for its lock."""

MOST_EVENTS: Final = 5_000
"""Mail events that are matched together, at most: 2 s of matching, 50 MB of facts."""


@dataclass
class Relinking(Changes):
    """What a run has done; `seeds` are the mails that it was to link, in numbers."""

    seeds: int = 0
    failed: dict[uuid.UUID, Exception] = field(default_factory=dict)


def link_days(
    database: Database,
    *,
    first: dt.date,
    last: dt.date,
    all_of_them: bool,
    run_id: str,
    clock: Callable[[], dt.datetime],
    say: Callable[[str], None],
) -> Relinking:
    """Link the mail of these days that waits for it, or all of it; commits as it goes.

    Hold a `RunLease` around it: queued mail is claimed first. Mail of other days that hangs together with it
    is linked anew as well. What fails is counted, and is tried again as the queue says.
    """
    done = Relinking()
    with database.begin() as connection:
        lock_matching(connection, writes_links=True)
        renamed = store.derive_aliases(connection, load_moves(connection), run_id=run_id, now=clock())
        if renamed:
            say(f"names of companies have changed: {renamed} mails are queued to be linked anew")
        claims, says_more = store.claim_due(connection, first, last, run_id=run_id, now=clock())
        seeds = store.mails_of_days(connection, first, last, all_of_them=all_of_them)
        seeds |= {one.owner_id for one in claims}
        seeds |= store.mails_with_due_decisions(connection, first, last)
    work = _Work(database, run_id, clock, say, says_more, _by_mail(claims))
    ordered = sorted(seeds)
    for batch in (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)):
        done.add(work.link(batch, done.failed))
        done.seeds += len(batch)
        if len(seeds) > _BATCH:
            say(f"{done.seeds} of {len(seeds)} mails are linked")
    with database.begin() as connection:
        mark_reported(connection, LINK_QUEUE, run_id=run_id, now=clock())
    return done


def _by_mail(claims: Sequence[Claim]) -> dict[uuid.UUID, list[Claim]]:
    by_mail: dict[uuid.UUID, list[Claim]] = {}
    for one in claims:
        by_mail.setdefault(one.owner_id, []).append(one)
    return by_mail


@dataclass(frozen=True)
class _Work:
    database: Database
    run_id: str
    clock: Callable[[], dt.datetime]
    say: Callable[[str], None]
    says_more: Collection[uuid.UUID]
    claims: dict[uuid.UUID, list[Claim]]

    def link(self, seeds: Sequence[uuid.UUID], failed: dict[uuid.UUID, Exception]) -> Changes:
        """Link these mails in one transaction; where that fails, each in one of its own."""
        try:
            with self.database.begin() as connection:
                return self._link(connection, seeds)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            trouble: Exception = error
        except Exception as error:
            trouble = error
        if len(seeds) == 1:
            self._fail(seeds[0], trouble)
            failed[seeds[0]] = trouble
            return Changes()
        together = Changes()
        for seed in seeds:
            together.add(self.link([seed], failed))
        return together

    def _link(self, connection: Connection, seeds: Sequence[uuid.UUID]) -> Changes:
        lock_matching(connection, writes_links=True)
        now = self.clock()
        moves = load_moves(connection)
        decisions = store.load_decisions(connection, moves)
        changes = link_mails(
            connection,
            seeds,
            moves=moves,
            decisions=decisions,
            says_more=self.says_more,
            run_id=self.run_id,
            now=now,
            say=self.say,
        )
        store.queue_applications(connection, changes.applications, moves, now=now)
        mine = [one for seed in seeds for one in self.claims.get(seed, ())]
        complete(connection, LINK_QUEUE, mine, run_id=self.run_id, now=now)
        read = [decision_id for decision_id, mail_id in decisions.read.items() if mail_id in set(seeds)]
        store.take_decisions(connection, read, run_id=self.run_id, now=now)
        return changes

    def _fail(self, seed: uuid.UUID, error: Exception) -> None:
        _log.warning("mail %s cannot be linked", seed, exc_info=error)
        with self.database.begin() as connection:
            fail(
                connection,
                LINK_QUEUE,
                self.claims.get(seed, ()),
                error,
                run_id=self.run_id,
                now=self.clock(),
                policy=self.database.retry_policy,
            )


def link_mails(
    connection: Connection,
    seeds: Sequence[uuid.UUID],
    *,
    moves: Moves,
    decisions: Decisions,
    says_more: Collection[uuid.UUID],
    run_id: str,
    now: dt.datetime,
    say: Callable[[str], None],
) -> Changes:
    """Match these mails with all that hangs together with them, and write the links that differ.

    The applications of mail in `says_more` count as changed even where its links do not.
    """
    near = Near(connection, moves, decisions.decided)
    aliases = store.load_aliases(connection)
    events = near.of_mails(seeds)
    after: dict[Key, dict[str, object]] = {}
    for component in components(events, near, aliases=aliases, most=MOST_EVENTS) if events else ():
        rows = _matched(component, near, decisions, aliases)
        if not component.is_whole:
            say(f"more than {MOST_EVENTS} mail events hang together; only what was asked for is linked")
            rows = {key: row for key, row in rows.items() if key[0] in set(seeds)}
        after |= rows
    there = {event.key for event in events}
    gone = [key for key in near.rows if key[0] in set(seeds) and key not in there]
    changes = store.save_links(connection, near.rows, after, gone, run_id=run_id, now=now)
    for key in after:
        place = place_of(after[key])
        if key[0] in says_more and place is not None:
            changes.applications.add(place)
    return changes


def _matched(
    component: Component, near: Near, decisions: Decisions, aliases: Aliases
) -> dict[Key, dict[str, object]]:
    facts = [mail.facts for mail in component.mails.values()]
    created = {
        key: application_id
        for key, application_id in near.created().items()
        if application_id not in component.applications  # a person has taken it up: it is tracked now
    }
    links = correlate(
        component.applications.values(), facts, aliases=aliases, decided=decisions.decided, created=created
    )
    return {(link.mail_id, link.event): row_of(mail, link) for mail, link in zip(facts, links, strict=True)}
