"""The endpoint of fetching: have the site of a posting asked for it."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import Connection, select

from apptrack_pipeline.api.errors import answers
from apptrack_pipeline.api.models import ScrapeAccepted, ScrapeRequest
from apptrack_pipeline.api.services import services_of
from apptrack_pipeline.correlation.store import APPLICATIONS
from apptrack_pipeline.db.moves import Moves, load_moves
from apptrack_pipeline.db.queues import CAPTURES, SCRAPER_QUEUE, enqueue
from apptrack_pipeline.domain import InvalidInputError, new_id
from apptrack_pipeline.postings.detection import identity_url
from apptrack_pipeline.scraping.choice import where_to_ask
from apptrack_pipeline.scraping.store import captures_of, is_being_fetched, pages_of

router = APIRouter(prefix="/api/v1/scraper", tags=["scraper"])

_SWITCHED_OFF: Final = (
    "fetching is switched off: set APPTRACK_FETCH_POSTINGS to asked or automatic, and start apptrack again"
)
_BROWSER_ALONE: Final = (
    "the site of this posting is not asked by programs: open the posting in the browser and capture it there"
)


@router.post(
    "/scrape",
    status_code=202,
    response_model=ScrapeAccepted,
    responses={
        200: {"model": ScrapeAccepted, "description": "It is being fetched already"},
        **answers(401, 403, 404, 409, 422, 500, 503),
    },
)
def scrape(wanted: ScrapeRequest, request: Request) -> Response:
    """Have the site of an application's posting asked for it, whatever is known already.

    A run fetches it within seconds. Ask again, later, to have it looked at again.
    """
    services = services_of(request)
    if services.settings.fetch_postings == "never":
        raise HTTPException(409, _SWITCHED_OFF)
    now = dt.datetime.now(dt.UTC)
    with services.database.begin() as connection:
        moves = load_moves(connection)
        application_id = _application_of(connection, wanted, moves)
        known = select(APPLICATIONS.c.id).where(APPLICATIONS.c.id == application_id)
        if connection.execute(known).first() is None:
            raise HTTPException(409, "no run has taken this capture yet; try again in a few seconds")
        captures = captures_of(connection, application_id, moves)
        if not captures:
            raise HTTPException(409, "no address of this posting is known: capture it in the browser")
        if where_to_ask(pages_of(connection, captures)) is None:
            raise HTTPException(409, _BROWSER_ALONE)
        queued = not is_being_fetched(connection, application_id, now=now)
        if queued:
            enqueue(
                connection,
                SCRAPER_QUEUE,
                application_id,
                # A key of its own: a person may ask again when it is done.
                work_key=new_id().bytes,
                reason="asked",
                now=now,
            )
    status_url = f"/api/v1/applications/{application_id}"
    accepted = ScrapeAccepted(application_id=application_id, queued=queued, status_url=status_url)
    return Response(
        accepted.model_dump_json(),
        202 if queued else 200,
        headers={"Location": status_url},
        media_type="application/json",
    )


def _application_of(connection: Connection, wanted: ScrapeRequest, moves: Moves) -> uuid.UUID:
    """Return the application that is meant, wherever it was merged into; raises a 404 where there is none."""
    if wanted.application_id is not None:
        application_id = moves.merged_into(wanted.application_id) or wanted.application_id
        for table, column in ((APPLICATIONS, APPLICATIONS.c.id), (CAPTURES, CAPTURES.c.application_id)):
            if connection.execute(select(1).select_from(table).where(column == application_id)).first():
                return application_id
        raise HTTPException(404, f"there is no application {wanted.application_id}")
    try:
        identity = identity_url(wanted.url or "")
    except InvalidInputError as error:
        raise InvalidInputError("url", error.message) from None
    row = connection.execute(
        select(CAPTURES.c.id, CAPTURES.c.application_id).where(
            CAPTURES.c.first_of_url, CAPTURES.c.url_hash == hashlib.sha256(identity.encode()).digest()
        )
    ).first()
    if row is None:
        raise HTTPException(404, "no application is known for this address: capture the posting first")
    return moves.owner(row.application_id, row.id)
