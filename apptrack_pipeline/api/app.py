"""Puts the API together: endpoints, guard, errors, OpenAPI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from apptrack_pipeline.api import applications, health
from apptrack_pipeline.api.errors import handle_errors
from apptrack_pipeline.api.guard import DOCS_PATH, LIVE_PATH, OPENAPI_PATH, Guard
from apptrack_pipeline.api.services import open_services
from apptrack_pipeline.settings import Settings

VERSION = "1"


class _Api(FastAPI):
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
        summary="Takes captures of job postings and shows applications.",
        lifespan=lifespan,
        docs_url=DOCS_PATH,
        openapi_url=OPENAPI_PATH,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.include_router(applications.router)
    app.include_router(health.router)
    handle_errors(app)
    app.add_middleware(Guard, settings=settings, token=token)
    return app
