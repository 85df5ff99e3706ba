"""Stands before every request: who may come in, and how much they may bring.

In this order, before a byte of the body is read: the `Host` (a page on the web that lets its name point to
127.0.0.1 comes with its own name), the `Origin` (other pages of the browser), the bearer token, the length
of the body. Plain ASGI: Starlette's BaseHTTPMiddleware starts a task for each request.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import itertools
import logging
import re
import secrets
import time
from collections.abc import Mapping
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apptrack_pipeline.api.errors import REQUEST_ID, Problem
from apptrack_pipeline.settings import Settings

_log = logging.getLogger(__name__)

LIVE_PATH: Final = "/api/v1/health/live"
DOCS_PATH: Final = "/docs"
DOCS_STATIC_PATH: Final = "/docs/static"
OPENAPI_PATH: Final = "/openapi.json"

_OPEN_PATHS: Final = frozenset({LIVE_PATH, DOCS_PATH, OPENAPI_PATH})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_DRAIN_BYTES: Final = 64 * 1024 * 1024  # 64 MiB over loopback take 0.1 s
_DRAIN_S: Final = 30.0
_DRAIN_SILENCE_S: Final = 1.0  # a client that waits for `100 Continue`, or has read the answer, sends nothing
_SLOW_S: Final = 1.0
# Counted from a random number: unique over restarts, and no system call for each.
_ids: Final = itertools.count(secrets.randbits(63))
_REQUEST_ID_FORM: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_HOST_FORM: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+?)\.?(?::\d*)?")

_SAFETY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_NOTHING_LOADS: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
# Swagger UI starts itself from an inline script.
_DOCS_LOAD: Final = (
    b"content-security-policy",
    b"default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
    b" script-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
)


class _BodyTooLargeError(Exception):
    """More came than the limit; raised while the body is read."""


class Guard:
    """ASGI middleware that lets in only what may come in, and answers for what goes wrong inside."""

    def __init__(self, app: ASGIApp, *, settings: Settings, token: str) -> None:
        """Stand before `app` with this bearer token."""
        self._app = app
        self._token = token.encode()
        own = settings.api_host
        names = {*settings.allowed_hosts, f"[{own}]" if ":" in own else own}
        self._hosts = _LOOPBACK | {name.strip().rstrip(".").lower() for name in names}
        self._origins = frozenset(origin.rstrip("/").lower() for origin in settings.allowed_origins)
        self._max_body_bytes = settings.max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        began = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        given_id = headers.get(b"x-request-id", b"")
        request_id = given_id.decode() if _REQUEST_ID_FORM.fullmatch(given_id) else f"{next(_ids):016x}"
        scope[REQUEST_ID] = request_id
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    *_SAFETY,
                    _DOCS_LOAD if scope["path"] == DOCS_PATH else _NOTHING_LOADS,
                    (b"x-request-id", request_id.encode()),
                    *self._cross_origin(headers),
                ]
            await send(message)

        instead = self._instead(scope, headers)
        if instead is None:
            try:
                await self._app(scope, self._counted(receive, headers), answer)
            except ClientDisconnect:
                return  # nobody is left to answer
            except _BodyTooLargeError:
                instead = self._too_large()
            except Exception:
                _log.exception("unforeseen error", extra={"request_id": request_id})
                instead = Problem(500, "an unforeseen error; the log has it under this request_id")
            if status:
                instead = None  # an answer is under way: nothing can be put in its place
        if instead is not None:
            response = instead.response(request_id) if isinstance(instead, Problem) else instead
            if response.status_code == 413:
                await _answer_then_drain(response, receive, answer)
            else:
                await response(scope, receive, answer)
        elapsed_s = time.perf_counter() - began
        if status >= 400 or elapsed_s > _SLOW_S:
            _log.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "elapsed_ms": round(elapsed_s * 1000, 1),
                },
            )

    def _instead(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Problem | Response | None:
        """Return the answer to what does not come in, None for what does."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return Problem(403, "this Host is not served: set APPTRACK_ALLOWED_HOSTS if it should be")
        origin = headers.get(b"origin")
        if origin is not None:
            if not self._may_call(origin, hosts[0]):
                return Problem(403, "this Origin may not call: set APPTRACK_ALLOWED_ORIGINS if it should")
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                return _preflight(headers)
        if not _is_open(scope["path"]) and not self._knows_token(headers.get(b"authorization", b"")):
            return Problem(
                401,
                "send `Authorization: Bearer <token>`; the token is in the file `token` of the home folder",
                headers={"WWW-Authenticate": 'Bearer realm="apptrack"'},
            )
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length[:20]) > self._max_body_bytes:
            return self._too_large()
        return None

    def _is_ours(self, host: bytes) -> bool:
        parts = _HOST_FORM.fullmatch(host.decode("latin-1").lower())
        return parts is not None and parts[1] in self._hosts

    def _may_call(self, origin: bytes, host: bytes) -> bool:
        text = origin.decode("latin-1").lower()
        # The host has been checked before; a proxy with TLS in front makes it https.
        own = host.decode("latin-1").lower()
        return text in self._origins or text in {f"http://{own}", f"https://{own}"}

    def _knows_token(self, authorization: bytes) -> bool:
        scheme, _, token = authorization.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._token)

    def _cross_origin(self, headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        origin = headers.get(b"origin")
        if origin is None or origin.decode("latin-1").lower() not in self._origins:
            return []
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", b"Location, Retry-After, X-Request-ID"),
            (b"vary", b"Origin"),
        ]

    def _counted(self, receive: Receive, headers: Mapping[bytes, bytes]) -> Receive:
        if b"transfer-encoding" not in headers:
            return receive  # the server hands out no more than Content-Length says
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._max_body_bytes:
                raise _BodyTooLargeError
            return message

        return counted

    def _too_large(self) -> Problem:
        # What is left of the body may be endless, so the connection is not used again.
        return Problem(
            413,
            f"the body is larger than {self._max_body_bytes} bytes",
            (("body", f"at most {self._max_body_bytes} bytes"),),
            headers={"Connection": "close"},
        )


async def _answer_then_drain(response: Response, receive: Receive, send: Send) -> None:
    """Answer, and take what the client still sends, within bounds, before the connection is closed.

    A connection that is closed with unread data in it is reset, and the reset takes an answer along that the
    client has not read yet: one that reads only after it has sent everything (Python's http.client) saw
    "connection reset" in place of the 413.
    """
    headers = response.raw_headers
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    left = _DRAIN_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_S):
            while left > 0:
                message = await asyncio.wait_for(receive(), _DRAIN_SILENCE_S)
                if not message.get("more_body"):  # all of it came, or the client has gone
                    break
                left -= len(message["body"])
    await send({"type": "http.response.body", "body": b""})


def _is_open(path: str) -> bool:
    return path in _OPEN_PATHS or path.startswith(f"{DOCS_STATIC_PATH}/")


def _preflight(headers: Mapping[bytes, bytes]) -> Response:
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST, PATCH",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-ID",
        "Access-Control-Max-Age": "600",
    }
    if headers.get(b"access-control-request-private-network") == b"true":
        allowed["Access-Control-Allow-Private-Network"] = "true"
    return Response(status_code=204, headers=allowed)
