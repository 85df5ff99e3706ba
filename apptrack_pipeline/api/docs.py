"""The API's documentation page, served from this machine: nothing is loaded from elsewhere."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from apptrack_pipeline.api.guard import DOCS_PATH, DOCS_STATIC_PATH, OPENAPI_PATH


def add_docs(app: FastAPI) -> None:
    """Serve Swagger UI on `/docs`, with the files that the package `fastapi-offline` carries."""
    app.mount(DOCS_STATIC_PATH, StaticFiles(directory=str(files("fastapi_offline") / "static")))

    @app.get(DOCS_PATH, include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=OPENAPI_PATH,
            title=app.title,
            swagger_js_url=f"{DOCS_STATIC_PATH}/swagger-ui-bundle.js",
            swagger_css_url=f"{DOCS_STATIC_PATH}/swagger-ui.css",
            swagger_favicon_url=f"{DOCS_STATIC_PATH}/favicon.png",
        )
