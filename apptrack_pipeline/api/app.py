"""Puts the API together: endpoints, guard, errors, OpenAPI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from starlette.types import Receive, Scope, Send

from apptrack_pipeline.api import applications, emails, health, scraper
from apptrack_pipeline.api.docs import add_docs
from apptrack_pipeline.api.errors import FORESEEN, answer_error, handle_errors
from apptrack_pipeline.api.guard import LIVE_PATH, OPENAPI_PATH, Guard
from apptrack_pipeline.api.services import open_services
from apptrack_pipeline.settings import Settings

VERSION = "1"


class _Api(FastAPI):
    captures: Guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; a capture goes around FastAPI's layers, which took 40 % of its time.

        Its route is declared as any other: for OpenAPI, and for what is not a POST.
        """
        if (
            scope["type"] == "http"
            and scope["path"] == applications.CAPTURE_PATH
            and scope["method"] == "POST"
        ):
            await self.captures(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def capture(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a capture that the guard has let in."""
        scope["app"] = self
        request = Request(scope, receive)
        try:
            response = await applications.capture(request)
        except FORESEEN as error:
            response = await answer_error(request, error)
        await response(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, with the token that every other endpoint wants."""
        document = super().openapi()
        schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
        if not schemes:
            schemes["token"] = {"type": "http", "scheme": "bearer"}
            document["security"] = [{"token": []}]
            document["paths"][LIVE_PATH]["get"]["security"] = []
        return document


def create_app(settings: Settings, *, token: str) -> FastAPI:
    """Return the API; it starts without a database, and answers 503 until there is one."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(settings) as services:
            app.state.services = services
            yield

    app = _Api(
        title="apptrack",
        version=VERSION,
        summary="Takes captures of job postings and mail, and shows applications.",
        lifespan=lifespan,
        docs_url=None,
        openapi_url=OPENAPI_PATH,
        redoc_url=None,
    )
    app.include_router(applications.router)
    app.include_router(emails.router)
    app.include_router(scraper.router)
    app.include_router(health.router)
    add_docs(app)
    handle_errors(app)
    app.add_middleware(Guard, settings=settings, token=token)
    app.captures = Guard(app.capture, settings=settings, token=token)
    return app
