"""Reads the evidence of applications and writes the folded rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Final

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.correlation.fold import (
    FOLD_VERSION,
    CaptureEvidence,
    DecisionEvidence,
    FoldedApplication,
)
from apptrack_pipeline.db.queues import CAPTURES, DECISIONS
from apptrack_pipeline.db.tables import Application
from apptrack_pipeline.domain import DecisionKind

APPLICATIONS: Final[Table] = Application.__table__  # type: ignore[assignment]

_NOT_COLUMNS: Final = {"history", "events", "canonical_url"}


def load_captures(
    connection: Connection, application_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[CaptureEvidence]]:
    """Return all captures of these applications, without the pages."""
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
    """Return the decisions in force about these applications."""
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


def save_application(
    connection: Connection,
    folded: FoldedApplication,
    *,
    url_hash: bytes | None,
    run_id: str,
    now: dt.datetime,
) -> bool:
    """Write the row; return False, and leave it as it is, where the same row is there already."""
    values = {name: value for name, value in asdict(folded).items() if name not in _NOT_COLUMNS}
    values |= {
        "canonical_url": folded.canonical_url,
        "status": str(folded.status),
        "review_reasons": list(folded.review_reasons),
        "url_hash": url_hash,
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
    return changed.first() is not None
