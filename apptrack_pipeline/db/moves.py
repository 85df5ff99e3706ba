"""Whose evidence is it: what persons have merged and split, and how each piece finds its application.

A capture, a mail event or a decision starts where it arrived (`application_id` of its row) and then follows
the decisions in the order in which they were made:

* `MERGE` on A, `{"into": B}`: all that is A's then, and all that arrives there later, is B's.
* `SPLIT` on A, `{"into": N, "captures": [...], "mails": [[mail, event], ...]}`: what is named, and is A's
  then, is N's.

What was merged away receives nothing: what is moved there goes on to where it was merged into. So a merge
that would close a circle moves nothing, and the one who takes decisions refuses it (`Moves.can_merge`).
A decision that was undone moves nothing: everything is where it was.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from apptrack_pipeline.db.tables import Decision
from apptrack_pipeline.domain import DecisionKind

_DECISIONS: Final[Table] = Decision.__table__  # type: ignore[assignment]

Item = uuid.UUID | tuple[uuid.UUID, int]
"""A capture or a decision by its id; one event of a mail by the mail's id and its number."""


@dataclass(frozen=True)
class Move:
    """One decision to merge or to split; `items` are those that a split names, None for all of a merge."""

    decision_id: uuid.UUID
    decided_at: dt.datetime
    source: uuid.UUID
    into: uuid.UUID
    items: frozenset[Item] | None


class Moves:
    """All merges and splits that are in force; the order in which they are given changes nothing."""

    def __init__(self, moves: Iterable[Move] = ()) -> None:
        self._merged: dict[uuid.UUID, uuid.UUID] = {}
        self._moves: list[Move] = []
        for move in sorted(moves, key=lambda move: (move.decided_at, move.decision_id.bytes)):
            # What was merged before receives nothing, so the end of the way is known at once.
            end = self.merged_into(move.into) or move.into
            if end == move.source or (move.items is None and move.source in self._merged):
                continue
            if move.items is None:
                self._merged[move.source] = end
            self._moves.append(Move(move.decision_id, move.decided_at, move.source, end, move.items))

    def merged_into(self, application_id: uuid.UUID) -> uuid.UUID | None:
        """Return the application that this one was merged into, at the end of the way; None: it stands."""
        end = None
        while application_id in self._merged:
            end = application_id = self._merged[application_id]
        return end

    def can_merge(self, source: uuid.UUID, into: uuid.UUID) -> bool:
        """Tell whether a merge moves anything: source was not merged before, nor the other one into it."""
        return self.merged_into(source) is None and (self.merged_into(into) or into) != source

    def owner(self, arrived_at: uuid.UUID, item: Item, *, standing: uuid.UUID | None = None) -> uuid.UUID:
        """Return the application that a piece of evidence counts for.

        `standing` is looked at as if it had never been merged into another.
        """
        at = arrived_at
        for move in self._moves:
            if move.source != at or (move.items is None and at == standing):
                continue
            if move.items is None or item in move.items:
                at = move.into
        return at

    def sources(self, application_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """Return every application whose evidence may count for this one; itself is one of them."""
        found = {application_id}
        waiting = [application_id]
        while waiting:
            at = waiting.pop()
            new = {move.source for move in self._moves if move.into == at} - found
            found |= new
            waiting += new
        return frozenset(found)

    def targets(self, application_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """Return every application that some of this one's evidence may count for, itself left out."""
        found = {application_id}
        waiting = [application_id]
        while waiting:
            at = waiting.pop()
            new = {move.into for move in self._moves if move.source == at} - found
            found |= new
            waiting += new
        return frozenset(found - {application_id})

    def among(self, application_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
        """Return the decisions that move evidence away from or to one of these, by date."""
        touched = set(application_ids)
        return [move.decision_id for move in self._moves if touched & {move.source, move.into}]


def read_move(
    decision_id: uuid.UUID,
    source: uuid.UUID,
    kind: DecisionKind,
    payload: Mapping[str, Any],
    decided_at: dt.datetime,
) -> Move | None:
    """Return the move that a decision describes; None where its payload does not say what goes where."""
    try:
        into = uuid.UUID(payload["into"])
        if kind is DecisionKind.MERGE:
            return Move(decision_id, decided_at, source, into, None)
        captures = [uuid.UUID(capture) for capture in payload.get("captures", ())]
        mails = [(uuid.UUID(mail), int(event)) for mail, event in payload.get("mails", ())]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # one bad row must not stop the fold of every application
    return Move(decision_id, decided_at, source, into, frozenset([*captures, *mails]))


def load_moves(connection: Connection) -> Moves:
    """Return all merges and splits in force; a person makes some dozens of them in a life of applications."""
    rows = connection.execute(
        select(
            _DECISIONS.c.id,
            _DECISIONS.c.application_id,
            _DECISIONS.c.kind,
            _DECISIONS.c.payload,
            _DECISIONS.c.decided_at,
        ).where(
            _DECISIONS.c.kind.in_([DecisionKind.MERGE, DecisionKind.SPLIT]),
            _DECISIONS.c.undone_at.is_(None),
            _DECISIONS.c.application_id.is_not(None),
        )
    )
    read = (
        read_move(row.id, row.application_id, DecisionKind(row.kind), row.payload, row.decided_at)
        for row in rows
    )
    return Moves(move for move in read if move is not None)
