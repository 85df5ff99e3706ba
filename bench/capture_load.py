"""How many captures a second the real API stores over 8 connections, and how long each one waits.

The API is the process that `apptrack up` starts, with an embedded PostgreSQL of its own on the disk, and
every capture is of another posting. The client is this process; on two cores all three share them. What the
same server does at most is measured beside it (`GET /api/v1/health/live`: no body, no database), since the
figures of a busy machine say little by themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import httptools
import psutil

from apptrack_pipeline.api.token_file import read_token
from apptrack_pipeline.db.connect import ensure_server
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.service.home import prepare_home
from apptrack_pipeline.settings import Settings

CONNECTIONS = 8
PAGE_BYTES = 60_000

_LIVE = "/api/v1/health/live"
_CAPTURE = "/api/v1/applications/capture"
_SENTENCES = (
    "We look for a data engineer who turns raw evidence into tables that people trust.",
    "You will own our batch pipelines and the warehouse behind them, together with four colleagues.",
    "Python and SQL every day, PostgreSQL in production, Dagster or Airflow, Docker and Kubernetes.",
    "We work from home or from our office in Leeds, and pay for your books and your courses.",
)


@dataclass(frozen=True)
class Load:
    """What was measured with one kind of request; times in milliseconds."""

    kind: str
    requests: int
    per_s: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    server_cpu_us: int
    """Processor time of the API for one request, in microseconds; hardly depends on what else runs."""


class _Connection(asyncio.Protocol):
    """One keep-alive connection that sends the next request as soon as the last one is answered."""

    def __init__(self, requests: Iterator[bytes], expected: int, times_s: list[float]) -> None:
        self._requests = requests
        self._expected = expected
        self._times_s = times_s
        self._parser = httptools.HttpResponseParser(self)
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._times_s.append(time.perf_counter() - self._sent_at)
        status = self._parser.get_status_code()
        if status != self._expected:
            self.done.set_exception(RuntimeError(f"answered {status}"))
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("closed by the server"))

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def measure(requests: int = 20_000, pages: int = 5_000) -> list[Load]:
    """Return the load that a fresh instance bears: of minimal captures, of whole pages, of empty requests."""
    with _api() as (port, token, process):
        minimal, page = _bodies("minimal"), _bodies("page", _page())
        _drive("warm-up", port, token, process, _CAPTURE, _bodies("warm-up"), max(requests // 10, 100))
        return [
            _drive("live", port, token, process, _LIVE, None, requests),
            _drive("minimal capture", port, token, process, _CAPTURE, minimal, requests),
            _drive("60 kB page", port, token, process, _CAPTURE, page, pages),
        ]


@contextmanager
def _api() -> Iterator[tuple[int, str, psutil.Process]]:
    home = Path(tempfile.mkdtemp(prefix="at-load-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings(home=home, api_port=port, fetch_postings="never")
    prepare_home(settings)
    server = EmbeddedPostgres(home)
    try:
        ensure_server(settings)
        upgrade(settings)
        with (home / "logs" / "api.log").open("wb") as log:
            api = subprocess.Popen(
                [sys.executable, "-m", "apptrack_pipeline.api"],
                env={**os.environ, "APPTRACK_HOME": str(home), "APPTRACK_API_PORT": str(port)},
                stderr=log,
            )
        try:
            _wait_until_alive(f"http://127.0.0.1:{port}{_LIVE}")
            yield port, read_token(settings), psutil.Process(api.pid)
        finally:
            api.terminate()
            api.wait(30)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_alive(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _page() -> str:
    """Return a page of `PAGE_BYTES` with as much repetition as pages have."""
    blocks: list[str] = []
    n = length = 0
    while length < PAGE_BYTES:
        blocks.append(f'<div class="c{n % 17}" id="b{n * 7919 % 10007}"><p>{_SENTENCES[n % 4]}</p></div>')
        length += len(blocks[-1])
        n += 1
    return "".join(blocks)[:PAGE_BYTES]


def _bodies(kind: str, html: str | None = None) -> Callable[[int], bytes]:
    page = b"" if html is None else b',"html":' + json.dumps(html).encode()

    def body(n: int) -> bytes:
        return (
            b'{"company_name":"Quillmark Ltd","job_title":"Data Engineer %d",'
            b'"job_posting_url":"https://jobs.example.org/%s/%d"%s}'
            % (n, kind.replace(" ", "-").encode(), n, page)
        )

    return body


def _drive(
    kind: str,
    port: int,
    token: str,
    process: psutil.Process,
    path: str,
    body: Callable[[int], bytes] | None,
    requests: int,
) -> Load:
    head = f" {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n".encode()

    def request(n: int) -> bytes:
        if body is None:
            return b"GET" + head + b"\r\n"
        content = body(n)
        return b"POST%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
            head,
            len(content),
            content,
        )

    times_s: list[float] = []

    async def all_connections() -> None:
        left = map(request, range(requests))
        loop = asyncio.get_running_loop()
        connections = [
            (
                await loop.create_connection(
                    lambda: _Connection(left, 200 if body is None else 201, times_s), "127.0.0.1", port
                )
            )[1]
            for _ in range(CONNECTIONS)
        ]
        await asyncio.gather(*(connection.done for connection in connections))

    before, began = process.cpu_times(), time.perf_counter()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(all_connections())
    elapsed_s, after = time.perf_counter() - began, process.cpu_times()
    times_s.sort()
    cpu_s = after.user + after.system - before.user - before.system
    return Load(
        kind=kind,
        requests=requests,
        per_s=round(requests / elapsed_s),
        p50_ms=round(times_s[requests // 2] * 1000, 1),
        p99_ms=round(times_s[requests * 99 // 100] * 1000, 1),
        max_ms=round(times_s[-1] * 1000, 1),
        server_cpu_us=round(cpu_s / requests * 1_000_000),
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # the lighter the client, the more is left for the server

    return uvloop.new_event_loop


def main() -> None:
    """Print the loads as a table, or with `--json` as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.capture_load", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="how many minimal captures")
    parser.add_argument("--pages", type=int, default=5_000, help="how many whole pages")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    arguments = parser.parse_args()
    loads = measure(arguments.requests, arguments.pages)
    if arguments.json:
        print(json.dumps([asdict(load) for load in loads], indent=2))
        return
    print(
        f"{'over ' + str(CONNECTIONS) + ' connections':<18} {'per s':>7} {'p50 ms':>7} {'p99 ms':>7}", end=""
    )
    print(f" {'max ms':>7} {'API CPU us':>11}")
    for load in loads:
        print(f"{load.kind:<18} {load.per_s:>7} {load.p50_ms:>7} {load.p99_ms:>7}", end="")
        print(f" {load.max_ms:>7} {load.server_cpu_us:>11}")


if __name__ == "__main__":
    main()
