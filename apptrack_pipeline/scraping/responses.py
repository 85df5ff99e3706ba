"""The archive of answers: what was asked of a posting's site, what came, and looks at it made of both."""

from __future__ import annotations

import datetime as dt
import uuid
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, Table, insert, select

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.tables import ScrapedPosting
from apptrack_pipeline.domain import new_id, storable
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.scraping.answers import text_of_body
from apptrack_pipeline.scraping.asking import TROUBLES, Conclusion, Reply, Trouble, next_step, trouble_of
from apptrack_pipeline.scraping.choice import Look
from apptrack_pipeline.scraping.fetching import (
    MAX_ANSWER_BYTES,
    UNCONDITIONAL,
    Conditions,
    Fetched,
    Fetcher,
    FetchFailedError,
)

RESPONSES: Final[Table] = ScrapedPosting.__table__  # type: ignore[assignment]

_KEPT_HEADERS: Final = (
    "content-language",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "x-robots-tag",
)
_MAX_HEADER_CHARS: Final = 500
_MOST_ROWS: Final = 100
"""How far back the archive of one application is read: two years of weekly looks."""


@dataclass(frozen=True)
class Asked:
    """How asking for one posting ended; `retry_after_s` is the site's own wish, in seconds."""

    conclusion: Conclusion
    replies: Sequence[Reply]
    retry_after_s: float | None = None


def ask(
    database: Database,
    fetcher: Fetcher,
    application_id: uuid.UUID,
    url: str,
    html: str | None,
    *,
    run_id: str,
) -> Asked:
    """Ask a posting's site until its answers amount to something; each answer is archived as it comes."""
    replies: list[Reply] = []
    retry_after_s: float | None = None
    while True:
        step = next_step(url, html, replies)
        if isinstance(step, Conclusion):
            return Asked(step, replies, retry_after_s)
        reply, wish_s = _send(database, fetcher, application_id, url, step, run_id=run_id)
        retry_after_s = wish_s if wish_s is not None else retry_after_s
        replies.append(reply)


def _send(
    database: Database,
    fetcher: Fetcher,
    application_id: uuid.UUID,
    url: str,
    request: Request,
    *,
    run_id: str,
) -> tuple[Reply, float | None]:
    with database.begin() as connection:
        known = _answer_before(connection, application_id, request)
    conditions = UNCONDITIONAL
    if known is not None:
        conditions = Conditions(known.headers.get("etag"), known.headers.get("last-modified"))
    trouble: Trouble | None = None
    fetched: Fetched | None = None
    try:
        fetched = fetcher.fetch(request, conditions=conditions)
        retry_after_s = fetched.retry_after_s
    except (*TROUBLES,) as error:
        trouble = trouble_of(error)
        retry_after_s = error.retry_after_s if isinstance(error, FetchFailedError) else None
    confirmed = known if fetched is not None and fetched.status == 304 else None
    values: dict[str, object] = {
        "id": new_id(),
        "application_id": application_id,
        "posting_url": url,
        "kind": request.kind,
        "url": request.url,
        "host": urlsplit(request.url).hostname or "",
        "error": trouble,
        "http_status": None,
        "final_url": None,
        "headers": {},
        "body": None,
        "confirms_id": None if confirmed is None else confirmed.id,
        "fetched_at": dt.datetime.now(dt.UTC),
        "run_id": run_id,
    }
    if fetched is not None:
        values |= {
            "http_status": fetched.status,
            "final_url": storable(fetched.final_url),
            "headers": _kept(fetched.headers),
            "body": zlib.compress(fetched.body) if confirmed is None else None,
        }
    with database.begin() as connection:
        row = connection.execute(insert(RESPONSES).values(values).returning(RESPONSES)).one()
    return _reply(row, confirmed), retry_after_s


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: storable(headers[name])[:_MAX_HEADER_CHARS] for name in _KEPT_HEADERS if headers.get(name)}


def _answer_before(connection: Connection, application_id: uuid.UUID, request: Request) -> Row[Any] | None:
    """Return the newest archived answer to the same request that can be confirmed by a 304."""
    row = connection.execute(
        select(RESPONSES)
        .where(
            RESPONSES.c.application_id == application_id,
            RESPONSES.c.url == request.url,
            RESPONSES.c.http_status == 200,
        )
        .order_by(RESPONSES.c.fetched_at.desc())
        .limit(1)
    ).first()
    return row if row is not None and row.headers.keys() & {"etag", "last-modified"} else None


def _reply(row: Row[Any], confirmed: Row[Any] | None) -> Reply:
    source = row if confirmed is None else confirmed
    request = Request(row.url, row.kind)
    answer = None
    if row.http_status is not None:
        content_type = source.headers.get("content-type", "")
        body = zlib.decompress(source.body) if source.body is not None else b""
        text = text_of_body(body[:MAX_ANSWER_BYTES], content_type)
        answer = Answer(request, source.http_status, row.final_url, text, content_type)
    return Reply(source.id, request, answer, row.error, row.fetched_at, source.fetched_at)


def looks_of(
    connection: Connection, application_ids: Collection[uuid.UUID], urls: Collection[str]
) -> Iterator[Look]:
    """Yield what each run has seen of the postings at `urls`, the newest first; bodies only as it goes on."""
    rows = connection.execute(
        select(RESPONSES.c.id, RESPONSES.c.run_id, RESPONSES.c.posting_url)
        .where(RESPONSES.c.application_id.in_(application_ids), RESPONSES.c.posting_url.in_(urls))
        .order_by(RESPONSES.c.fetched_at.desc(), RESPONSES.c.id.desc())
        .limit(_MOST_ROWS)
    ).all()
    for (run_id, url), of_run in groupby(rows, key=lambda row: (row.run_id, row.posting_url)):
        replies = [_load(connection, row.id) for row in of_run]
        yield Look(run_id, url, tuple(reversed(replies)))


def _load(connection: Connection, response_id: uuid.UUID) -> Reply:
    by_id = select(RESPONSES)
    row = connection.execute(by_id.where(RESPONSES.c.id == response_id)).one()
    confirmed = None
    if row.confirms_id is not None:
        confirmed = connection.execute(by_id.where(RESPONSES.c.id == row.confirms_id)).one()
    return _reply(row, confirmed)


def without_query(url: str) -> str:
    """Return host and path of an address: its query may hold what is a secret."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"
