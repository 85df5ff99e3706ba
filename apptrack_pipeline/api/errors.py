"""Every error of the API in one JSON shape; no stack trace, SQL or address of a server leaves the process.

What raises is not here: handlers are given to FastAPI in `app.py`, and `guard.py` refuses by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
import sqlalchemy.exc
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from apptrack_pipeline.api.models import ErrorBody, ErrorDetail, FieldProblem
from apptrack_pipeline.domain import InvalidInputError, TransientError
from apptrack_pipeline.ingestion.capture import InvalidFieldsError

_log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 2
"""What a client is told to wait when the database does not answer; an embedded server starts in 1 s."""

REQUEST_ID: Final = "apptrack.request_id"
"""Where the guard leaves the request's id in the ASGI scope."""

_CODES: Final = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
    500: "internal_error",
    503: "unavailable",
}


@dataclass(frozen=True)
class Problem:
    """An error to answer with."""

    status: int
    message: str
    fields: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, request_id: str) -> Response:
        """Return the answer."""
        body = ErrorBody(
            error=ErrorDetail(
                code=_CODES.get(self.status, "error"),
                message=self.message,
                fields=[FieldProblem(field=name, message=message) for name, message in self.fields],
                request_id=request_id,
            )
        )
        return Response(
            body.model_dump_json(), self.status, headers=dict(self.headers), media_type="application/json"
        )


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the error answers of an endpoint, for OpenAPI."""
    return {status: {"model": ErrorBody, "description": _CODES[status]} for status in statuses}


def unavailable(message: str, retry_after_s: float = RETRY_AFTER_S) -> Problem:
    """Return the answer to what may work a moment later."""
    return Problem(503, message, headers={"Retry-After": str(max(1, round(retry_after_s)))})


FORESEEN: Final[tuple[type[Exception], ...]] = (
    HTTPException,
    RequestValidationError,
    InvalidInputError,
    TransientError,
    psycopg.Error,
    sqlalchemy.exc.DBAPIError,
    sqlalchemy.exc.TimeoutError,
)
"""Errors that have an answer of their own; all others are the guard's."""


def handle_errors(app: FastAPI) -> None:
    """Make `app` answer every foreseen error in the one shape."""
    for kind in FORESEEN:
        app.add_exception_handler(kind, answer_error)


async def answer_error(request: Request, error: Exception) -> Response:
    """Return the answer to a foreseen error; raises it again where it has none."""
    return _problem(error).response(request.scope[REQUEST_ID])


def _problem(error: Exception) -> Problem:
    match error:
        case HTTPException():
            return Problem(error.status_code, str(error.detail), headers=error.headers or {})
        case InvalidFieldsError():
            return _invalid(error.problems)
        case InvalidInputError():
            return _invalid(((error.field, error.message),))
        case RequestValidationError():
            return _invalid(
                tuple((str(problem["loc"][-1]), str(problem["msg"])) for problem in error.errors())
            )
        case TransientError():
            return unavailable(str(error), error.retry_after_s or RETRY_AFTER_S)
        case sqlalchemy.exc.DBAPIError() if isinstance(error.orig, Exception):
            return _problem(error.orig)
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn():
            _log.error("the database is not at the newest migration: %s", _first_line(error))
            return unavailable("the database is not at the newest migration: `apptrack up` brings it there")
        case psycopg.OperationalError() | psycopg.InterfaceError() | sqlalchemy.exc.TimeoutError():
            _log.warning("the database does not answer: %s", _first_line(error))
            return unavailable("the database does not answer; nothing was stored, send it again")
        case _:
            raise error


def _invalid(problems: tuple[tuple[str, str], ...]) -> Problem:
    name, message = problems[0]
    return Problem(422, f"{name}: {message}", problems)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]
