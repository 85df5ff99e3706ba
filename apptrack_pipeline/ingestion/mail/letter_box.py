"""The letter box: mail that was sent to the API, as a mailbox like any other."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.domain import new_id
from apptrack_pipeline.ingestion.mail.identity import content_key
from apptrack_pipeline.ingestion.mail.mailbox import Entry, MailboxStatus, RawMessage
from apptrack_pipeline.ingestion.mail.store import INGESTED, LETTER_BOX

_UIDVALIDITY: Final = 1
_BLOCK: Final = 1000


@dataclass(frozen=True)
class Posted:
    """What became of a message that was sent to the API."""

    id: uuid.UUID
    duplicate: bool
    """It was there before: by its Message-ID, or, without one, by its content."""


def post(
    connection: Connection,
    raw: bytes,
    *,
    message_id: str | None,
    received_at: dt.datetime,
    now: dt.datetime,
) -> Posted:
    """Put a message into the letter box; the same Message-ID (else the same content) is there once."""
    key = content_key(raw) if message_id is None else hashlib.sha256(b"id:" + message_id.encode()).digest()
    values = {
        "id": new_id(),
        "message_key": key,
        "message_id": message_id,
        "raw": zlib.compress(raw, 6),
        "size": len(raw),
        "received_at": min(received_at, now),
        "ingested_at": now,
    }
    added = connection.execute(
        insert(INGESTED)
        .values(values)
        .on_conflict_do_nothing(index_elements=["message_key"])
        .returning(INGESTED.c.id)
    ).first()
    if added is not None:
        return Posted(added[0], duplicate=False)
    known = connection.execute(select(INGESTED.c.id).where(INGESTED.c.message_key == key)).scalar_one()
    return Posted(known, duplicate=True)


class LetterBox:
    """A `Mailbox` over the table `ingested_mail`; the UID of a message is its number of arrival."""

    account = LETTER_BOX
    name = LETTER_BOX

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def status(self) -> MailboxStatus:
        """Return how many messages were ever sent, and the number that the next one gets at least."""
        with self._engine.connect() as connection:
            highest, count = connection.execute(
                select(func.coalesce(func.max(INGESTED.c.seq), 0), func.count())
            ).one()
        return MailboxStatus(_UIDVALIDITY, highest + 1, count)

    def entries(self, *, after_uid: int, since: dt.date | None) -> Iterator[Sequence[Entry]]:
        """Yield what is in the box; all of it, since numbers are given out before they are committed."""
        del after_uid, since
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(INGESTED.c.seq, INGESTED.c.received_at, INGESTED.c.size)
                .where(INGESTED.c.raw.is_not(None))
                .order_by(INGESTED.c.seq)
                .execution_options(yield_per=_BLOCK)
            )
            for block in rows.partitions():
                yield [Entry(*row) for row in block]

    def fetch(self, uids: Sequence[int]) -> Mapping[int, RawMessage]:
        """Return the messages that are still in the box."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(INGESTED.c.seq, INGESTED.c.raw).where(
                    INGESTED.c.seq.in_(uids), INGESTED.c.raw.is_not(None)
                )
            )
            return {seq: RawMessage(seq, zlib.decompress(raw), truncated=False) for seq, raw in rows}

    def close(self) -> None:
        """Do nothing: connections are the engine's."""
