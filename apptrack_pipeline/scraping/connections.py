"""Connections that lead to public addresses only, and that end in time: the network below the fetcher.

httpcore asks its network backend for a connection to a name. Ours asks a name server once, judges every
address that it gave, and connects to one that was judged: a name that changes its mind in between (DNS
rebinding) is not asked again. TLS and the Host header keep the name.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Final

import httpcore
import httpx

from apptrack_pipeline.scraping.addresses import why_no_host, why_not_public
from apptrack_pipeline.scraping.fetching import FetchFailedError, RefusedAddressError, UnusableAnswerError

PORTS: Final = frozenset({80, 443})
MAX_HEAD_BYTES: Final = 128 * 1024
"""Most that is read of an answer before its body begins. httpcore gives up at 100 kB of one header, but lets
a server send `100 Continue` for ever."""

_ADDRESSES_TRIED: Final = 3

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the IP addresses of a host, for a port; raises OSError where it has none."""


def resolve_by_system(host: str, port: int) -> list[str]:
    """Return the IP addresses that the system's resolver knows of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _family, _type, _proto, _name, address in found))


class Allowance:
    """What one fetch may still cost: seconds, over all its requests, and bytes of the answer being read."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._ends = clock() + seconds
        self._bytes = 0
        self.cut_off = False
        """Whether the other side has closed the connection."""

    def left_s(self) -> float:
        """Return the seconds that are left, more than 0; raises FetchFailedError when there are none."""
        left = self._ends - self._clock()
        if left <= 0:
            raise self.late()
        return left

    def late(self) -> FetchFailedError:
        """Return the error that says that time is up."""
        return FetchFailedError(f"no complete answer came within {self._seconds:g} seconds")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count the time of the context: waiting for one's own turn is no fault of the server."""
        began = self._clock()
        try:
            yield
        finally:
            self._ends += self._clock() - began

    def expect_head(self) -> None:
        """Let the head of a new answer be read."""
        self._bytes = MAX_HEAD_BYTES
        self.cut_off = False

    def expect_body(self, most: int) -> None:
        """Let a body of so many bytes be read, with as much again for the frames of its chunks."""
        self._bytes += 2 * most

    def spend(self, count: int) -> None:
        """Count what was read."""
        self._bytes -= count
        if self._bytes < 0:
            raise UnusableAnswerError("the server sends more than any answer needs")


class _CountedStream(httpcore.NetworkStream):
    """A connection whose every wait is cut to what the allowance leaves."""

    def __init__(self, stream: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._allowance.left_s())
        self._allowance.spend(len(data))
        self._allowance.cut_off = self._allowance.cut_off or not data
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._allowance.left_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._allowance.left_s())
        except httpcore.ConnectError as error:
            raise FetchFailedError(_why_no_tls(error)) from None
        except FetchFailedError:
            self.close()
            raise
        return _CountedStream(stream, self._allowance)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._stream.get_extra_info(info)


def _why_no_tls(error: httpcore.ConnectError) -> str:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the server's certificate is not valid ({cause.verify_message})"
    return "no secure connection could be made"


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, refuses it if any of its addresses is not public, and connects to one of them."""

    def __init__(self, allowance: Allowance, *, resolve: Resolve, dial: httpcore.NetworkBackend) -> None:
        self._allowance = allowance
        self._resolve = resolve
        self._dial = dial

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to a public address of the host, on a port of the web."""
        why = why_no_host(host)
        if why is not None:
            raise RefusedAddressError(f"this host is refused: {why}")
        if port not in PORTS:
            raise RefusedAddressError("only the ports 80 and 443 are fetched from")
        addresses = self._addresses(host, port)
        for address in addresses:
            what = why_not_public(address)
            if what is not None:
                raise RefusedAddressError(f"this host leads to {what}, not to the public internet")
        tried = addresses[:_ADDRESSES_TRIED]
        for position, address in enumerate(tried):
            # An address that swallows packets (IPv6 without a route) must leave time for the next one.
            share = self._allowance.left_s() / (len(tried) - position)
            try:
                stream = self._dial.connect_tcp(address, port, timeout=share, socket_options=socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return _CountedStream(stream, self._allowance)
        self._allowance.left_s()
        raise FetchFailedError("no connection could be made")

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        # `getaddrinfo` takes no timeout and may hang for a minute; a thread can be left behind.
        answer: Future[Sequence[str]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._resolve(host, port))
            except Exception as error:
                answer.set_exception(error)

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            addresses = answer.result(timeout=self._allowance.left_s())
        except TimeoutError:
            raise self._allowance.late() from None
        except (OSError, UnicodeError):
            raise FetchFailedError("no name server knows this host") from None
        if not addresses:
            raise FetchFailedError("no name server knows this host")
        return addresses


class GuardedTransport(httpx.BaseTransport):
    """Sends one request over a pool of its own, through a guarded backend; nothing of it is kept.

    It stands without `httpx.Client`, which would keep cookies and look into the environment. Errors are
    httpcore's.
    """

    def __init__(self, backend: GuardedBackend, ssl_context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context, network_backend=backend, max_keepalive_connections=0, retries=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; its stream ends with `close`."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), request=request)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
