"""The fetcher that speaks to the network: bounded, polite, and unable to reach what is not public.

Each request, and each one that a redirect leads to, waits for its turn at the host, is resolved, judged and
connected anew (`connections.py`), carries no cookie and no credential, and is counted in bytes and seconds.
The environment's proxies are not used: one would look names up itself.
"""

from __future__ import annotations

import datetime as dt
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.metadata import version
from io import BytesIO
from typing import Final

import httpcore
import httpx

from apptrack_pipeline.domain import ApptrackError
from apptrack_pipeline.postings.platform import Request
from apptrack_pipeline.scraping.addresses import why_no_host
from apptrack_pipeline.scraping.answers import most_bytes, retry_after_s
from apptrack_pipeline.scraping.connections import (
    Allowance,
    GuardedBackend,
    GuardedTransport,
    Resolve,
    resolve_by_system,
)
from apptrack_pipeline.scraping.decompression import ACCEPTED, UnknownEncodingError, decompressed
from apptrack_pipeline.scraping.fetching import (
    MAX_ANSWER_BYTES,
    MAX_REDIRECTS,
    MAX_SECONDS,
    SECONDS_BETWEEN,
    UNCONDITIONAL,
    Conditions,
    DisallowedError,
    Fetched,
    FetchFailedError,
    HostTurns,
    RefusedAddressError,
    RobotsFile,
    RobotsFiles,
    UnusableAnswerError,
)
from apptrack_pipeline.scraping.robots import MAX_ROBOTS_BYTES, is_fresh, rule_for

USER_AGENT: Final = f"apptrack_pipeline/{version('apptrack-pipeline')} (self-hosted job tracker)"

_LONGEST_URL: Final = 8_000
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# They speak of the bytes on the wire, which are not kept, or would make the next request a known one.
_HEADERS_LEFT_OUT: Final = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "set-cookie",
        "trailer",
        "transfer-encoding",
    }
)
_HEADER_VALUE: Final = re.compile(r"[\x20-\x7e]{1,500}")


class NetworkFetcher:
    """Sends GETs to the public internet, as `fetching.py` promises.

    `resolve` and `dial` stand between a name and its address, and between an address and the wire. Tests put
    their own servers there; the rules between them have no switch. `seconds`: most time of one fetch without
    the waits for turns, of which there is one for robots.txt and one for each redirect.
    """

    def __init__(
        self,
        turns: HostTurns,
        robots: RobotsFiles,
        *,
        user_agent: str = USER_AGENT,
        seconds: float = MAX_SECONDS,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        resolve: Resolve = resolve_by_system,
        dial: httpcore.NetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._turns = turns
        self._robots = robots
        self._user_agent = user_agent
        self._product = user_agent.partition("/")[0]
        self._seconds = seconds
        self._now = now
        self._resolve = resolve
        self._dial = dial or httpcore.SyncBackend()
        self._ssl_context = ssl_context or httpx.create_ssl_context(trust_env=False)

    def fetch(self, request: Request, *, conditions: Conditions = UNCONDITIONAL) -> Fetched:
        """Return the answer to a request; a status of 4xx or 5xx is an answer too."""
        allowance = Allowance(self._seconds)

        def spacing_s(url: httpx.URL) -> float:
            return self._obey_robots(url, allowance) if request.kind == "page" else SECONDS_BETWEEN

        start = _checked(request.url)
        answer = self._follow(
            start,
            {"accept": request.accept} | _conditional(conditions),
            allowance,
            spacing_s=spacing_s,
            read=lambda url, response: self._read(url, response, allowance),
        )
        # Whether a posting has moved is told by comparing addresses: ours may only differ in their escapes.
        return replace(answer, final_url=request.url) if answer.final_url == str(start) else answer

    def _follow(
        self,
        url: httpx.URL,
        headers: dict[str, str],
        allowance: Allowance,
        *,
        spacing_s: Callable[[httpx.URL], float],
        read: Callable[[httpx.URL, httpx.Response], Fetched],
    ) -> Fetched:
        for _hop in range(MAX_REDIRECTS + 1):
            answer = self._exchange(url, headers, allowance, spacing_s=spacing_s(url), read=read)
            if isinstance(answer, Fetched):
                return answer
            url = answer
            # An unchanged date of the board that a gone posting leads to would read as an unchanged posting.
            headers = {"accept": headers["accept"]}
        raise UnusableAnswerError(f"{_host(url)}: more than {MAX_REDIRECTS} redirects follow one another")

    def _exchange(
        self,
        url: httpx.URL,
        headers: dict[str, str],
        allowance: Allowance,
        *,
        spacing_s: float,
        read: Callable[[httpx.URL, httpx.Response], Fetched],
    ) -> Fetched | httpx.URL:
        """Send one request in its turn; return the answer, or the address that it leads to."""
        host = _host(url)
        own = {"user-agent": self._user_agent, "accept-encoding": ACCEPTED}
        backend = GuardedBackend(allowance, resolve=self._resolve, dial=self._dial)
        with ExitStack() as stack:
            with allowance.paused():
                stack.enter_context(self._turns.turn(host, spacing_s=spacing_s))
            stack.enter_context(_errors_about(host, allowance))
            transport = stack.enter_context(GuardedTransport(backend, self._ssl_context))
            allowance.expect_head()
            response = transport.handle_request(httpx.Request("GET", url, headers=headers | own))
            stack.callback(response.close)
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return _next(url, response.headers["location"])
            return read(url, response)

    def _read(self, url: httpx.URL, response: httpx.Response, allowance: Allowance) -> Fetched:
        status = response.status_code
        if status < 200:
            raise UnusableAnswerError("the server wants to speak another protocol")
        headers = response.headers
        most = most_bytes(headers.get("content-type", ""))
        allowance.expect_body(most or MAX_ANSWER_BYTES)
        body = b""
        if most is not None:
            try:
                body = _whole(response, most, allowance)
            except UnknownEncodingError:
                if response.is_success:
                    raise
        elif response.is_success and next(response.iter_raw(), None):
            raise UnusableAnswerError("the answer is neither a page nor JSON nor XML")
        return Fetched(
            status,
            str(url),
            {name: value for name, value in headers.items() if name not in _HEADERS_LEFT_OUT},
            body,
            retry_after_s(headers.get("retry-after"), now=self._now()),
        )

    def _obey_robots(self, url: httpx.URL, allowance: Allowance) -> float:
        """Return the spacing that the host wishes, in seconds; raises where it forbids the address."""
        host = _host(url)
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        robots = self._robots.load(origin)
        if robots is None or not is_fresh(robots, now=self._now()):
            robots = self._fetch_robots(url, origin, allowance)
        rule = rule_for(robots, str(url), product=self._product)
        if rule.allowed is None:
            raise FetchFailedError(
                f"{host}: its robots.txt could not be read, so the page is not fetched for now"
            )
        if not rule.allowed:
            raise DisallowedError(
                f"{host}: its robots.txt forbids to fetch this page; capture it in the browser instead"
            )
        return rule.spacing_s

    def _fetch_robots(self, url: httpx.URL, origin: str, allowance: Allowance) -> RobotsFile:
        unread = RobotsFile(None, "", self._now())
        try:
            answer = self._follow(
                url.join("/robots.txt"),
                {"accept": "text/plain, */*;q=0.1"},
                allowance,
                spacing_s=lambda _url: SECONDS_BETWEEN,
                read=lambda url, response: _beginning(url, response, allowance),
            )
        except FetchFailedError:
            self._robots.save(origin, unread)
            raise
        except UnusableAnswerError:
            robots = unread
        else:
            robots = RobotsFile(answer.status, answer.body.decode("utf-8-sig", "replace"), self._now())
        self._robots.save(origin, robots)
        return robots


def _whole(response: httpx.Response, most: int, allowance: Allowance) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        raise UnusableAnswerError(f"the answer is larger than {most // 1024 // 1024} MB")
    encoding = response.headers.get("content-encoding", "")
    body = BytesIO()  # a list of chunks of one byte each would take 42 times their size
    for piece in decompressed(_in_time(response, allowance), encoding, most=most):
        body.write(piece)
    return body.getvalue()


def _beginning(url: httpx.URL, response: httpx.Response, allowance: Allowance) -> Fetched:
    """Read what counts of a robots.txt, of whatever type it says it is: whole lines, up to the bound."""
    allowance.expect_body(MAX_ANSWER_BYTES)
    encoding = response.headers.get("content-encoding", "")
    body = bytearray()
    if response.is_success:
        for piece in decompressed(_in_time(response, allowance), encoding, most=MAX_ANSWER_BYTES):
            body += piece
            if len(body) > MAX_ROBOTS_BYTES:
                del body[body.rfind(b"\n", 0, MAX_ROBOTS_BYTES) + 1 :]
                break
    return Fetched(response.status_code, str(url), body=bytes(body))


def _in_time(response: httpx.Response, allowance: Allowance) -> Iterator[bytes]:
    """Yield the chunks of a body; many small ones that came in one piece take time too."""
    for chunk in response.iter_raw():
        allowance.left_s()
        yield chunk


@contextmanager
def _errors_about(host: str, allowance: Allowance) -> Iterator[None]:
    """Name the host in every error, and say in our words what httpcore says with parts of the answer."""
    try:
        try:
            yield
        except httpcore.TimeoutException:
            raise allowance.late() from None
        except httpcore.NetworkError:
            raise FetchFailedError("the connection broke") from None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            if allowance.cut_off:
                raise FetchFailedError("the connection was closed before the answer was complete") from None
            raise UnusableAnswerError("the answer is not valid HTTP") from None
    except ApptrackError as error:
        error.args = (f"{host}: {error}",)
        raise


def _conditional(conditions: Conditions) -> dict[str, str]:
    said = {"if-none-match": conditions.etag, "if-modified-since": conditions.last_modified}
    return {name: value for name, value in said.items() if value and _HEADER_VALUE.fullmatch(value)}


def _next(url: httpx.URL, location: str) -> httpx.URL:
    """Return where a redirect leads; raises RefusedAddressError if that may not be fetched."""
    try:
        following = _checked(location, base=url)
    except RefusedAddressError as error:
        raise RefusedAddressError(f"a redirect leads to where nothing is fetched: {error}") from None
    if url.scheme == "https" and following.scheme != "https":
        raise RefusedAddressError("a redirect leads from https to http")
    return following


def _checked(text: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """Return an address without its fragment; raises RefusedAddressError for what is no plain web address.

    What the host resolves to is judged where the connection is made.
    """
    if len(text) > _LONGEST_URL:
        raise RefusedAddressError(f"the address is longer than {_LONGEST_URL:,} characters")
    try:
        url = (base.join(text) if base else httpx.URL(text)).copy_with(fragment=None)
        host = _host(url)
        url = url.copy_with(host=host.removesuffix("."))
    except (httpx.InvalidURL, ValueError):
        raise RefusedAddressError("the address cannot be read") from None
    if url.scheme not in {"http", "https"}:
        raise RefusedAddressError("the address is none of the web: it begins with neither http nor https")
    if url.userinfo:
        raise RefusedAddressError("the address holds a name or a password before its host")
    why = why_no_host(_host(url))
    if why is not None:
        raise RefusedAddressError(f"the address's host is refused: {why}")
    if url.port is not None:
        raise RefusedAddressError("the address names a port other than its scheme's own")
    return url


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")
