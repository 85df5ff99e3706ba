"""What one fetch may cost at most: bytes, memory and seconds, whatever the server sends."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import ssl
import subprocess
import sys
import threading
import time
import zlib
from functools import cache

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_servers import Internet, answer, api, endlessly, page, redirect, slowly

from apptrack_pipeline.scraping.fetching import (
    MAX_ANSWER_BYTES,
    MAX_PAGE_BYTES,
    DisallowedError,
    FetchFailedError,
    RefusedAddressError,
    UnusableAnswerError,
)
from apptrack_pipeline.scraping.network import NetworkFetcher
from apptrack_pipeline.scraping.robots import RobotsInProcess
from apptrack_pipeline.scraping.turns import TurnsInProcess

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@cache
def gzip_bomb(mebibytes: int) -> bytes:
    """Return a valid gzip of so many MiB of zeros, made without compressing them all."""
    block = bytes(1024 * 1024)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(mebibytes):
        check = zlib.crc32(block, check)
    size = (mebibytes * 1024 * 1024) & 0xFFFF_FFFF
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    end = packer.flush(zlib.Z_FINISH)
    return (
        head
        + first
        + again * (mebibytes - 1)
        + end
        + check.to_bytes(4, "little")
        + size.to_bytes(4, "little")
    )


MEASURE = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import httpcore
from web_servers import api
from apptrack_pipeline.scraping.fetching import UnusableAnswerError
from apptrack_pipeline.scraping.network import NetworkFetcher
from apptrack_pipeline.scraping.robots import RobotsInProcess
from apptrack_pipeline.scraping.turns import TurnsInProcess

class Dial(httpcore.NetworkBackend):
    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", int(sys.argv[2]), timeout)

turns = TurnsInProcess(sleep=lambda _s: None)
fetcher = NetworkFetcher(turns, RobotsInProcess(), resolve=lambda h, p: ["93.184.216.1"], dial=Dial())
assert fetcher.fetch(api("http://jobs.example/small")).body
# Not ru_maxrss: a new process inherits its parent's.
def memory_mb(name):
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith(name + ":"))
    return int(line.split()[1]) / 1024
Path("/proc/self/clear_refs").write_text("5")
before = memory_mb("VmRSS")
began = time.monotonic()
try:
    outcome = str(len(fetcher.fetch(api("http://jobs.example/bomb")).body))
except UnusableAnswerError as error:
    outcome = str(error)
seconds = time.monotonic() - began
growth = memory_mb("VmHWM") - before
print(json.dumps({"growth_mb": growth, "seconds": seconds, "outcome": outcome}))
"""


def measured(internet: Internet, bomb: bytes) -> dict[str, object]:
    """Fetch a bomb in a process of its own; return what it took."""
    small = answer(gzip.compress(b"<p>Hello"), Content_Encoding="gzip")
    site = internet.site("jobs.example", {"/small": small, "/bomb": bomb}, tls=False)
    folder = __file__.rpartition("/")[0]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, folder, str(site.port)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    print(result)
    return result


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
@pytest.mark.parametrize("kind", ["gzip", "deflate", "gzip in gzip", "json", "tiny chunks", "exactly full"])
def test_a_bomb_costs_less_than_20_mb_and_a_second(internet, kind) -> None:
    if kind == "gzip":
        bomb = answer(gzip_bomb(1024), Content_Encoding="gzip")
    elif kind == "json":
        bomb = answer(gzip_bomb(1024), kind="application/json", Content_Encoding="gzip")
    elif kind == "deflate":
        bomb = answer(gzip_bomb(1024)[10:-8], Content_Encoding="deflate")
    elif kind == "gzip in gzip":
        bomb = answer(gzip.compress(gzip_bomb(1024)), Content_Encoding="gzip, gzip")
    elif kind == "tiny chunks":
        bomb = CHUNKED + b"1\r\n<\r\n" * 100_000 + b"0\r\n\r\n"
    else:
        bomb = answer(gzip.compress(b"a" * MAX_PAGE_BYTES), Content_Encoding="gzip")
    result = measured(internet, bomb)
    if kind == "exactly full":
        assert result["outcome"] == str(MAX_PAGE_BYTES)
    elif kind == "tiny chunks":
        assert result["outcome"] == "100000"
    else:
        assert "larger than " + ("8 MB" if kind == "json" else "5 MB") in str(result["outcome"])
    assert float(str(result["growth_mb"])) < 20
    if kind != "tiny chunks":
        assert float(str(result["seconds"])) < 1


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("text/html", MAX_PAGE_BYTES),
        ("text/plain", MAX_PAGE_BYTES),
        ("application/json", MAX_ANSWER_BYTES),
        ("application/ld+json", MAX_ANSWER_BYTES),
        ("text/xml; charset=utf-8", MAX_ANSWER_BYTES),
    ],
)
def test_the_bound_is_5_mb_for_pages_and_8_mb_for_data(internet, kind, most) -> None:
    internet.site(
        "jobs.example", {"/ok": answer(b"a" * most, kind=kind), "/more": answer(b"a" * (most + 1), kind=kind)}
    )
    fetcher = internet.fetcher()
    assert len(fetcher.fetch(api("https://jobs.example/ok")).body) == most
    with pytest.raises(UnusableAnswerError, match="larger than"):
        fetcher.fetch(api("https://jobs.example/more"))


@pytest.mark.parametrize(
    "start", [HEAD + b"\r\n", HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff"]
)
def test_an_endless_body_is_cut(internet, start) -> None:
    piece = b"<p>more" * 10_000 if start.endswith(b"\r\n\r\n") else b"\0\0\0\xff\xff" * 10_000
    internet.site("jobs.example", {"/1": endlessly(start, piece)})
    with pytest.raises(UnusableAnswerError, match="larger than 5 MB"):
        internet.fetcher().fetch(api("https://jobs.example/1"))


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (HEAD, b"X-More: and more\r\n" * 1000),
        (HEAD + b"X-Long: ", b"a" * 10_000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        (b"HTTP/1.1 200 ", b"O" * 10_000),
        (b"", b"\r\n" * 1000),
    ],
)
def test_endless_headers_are_cut(internet, start, piece) -> None:
    site = internet.site("jobs.example", {"/1": endlessly(start, piece)})
    with pytest.raises(UnusableAnswerError):
        internet.fetcher().fetch(api("https://jobs.example/1"))
    assert len(site.seen) == 1


@pytest.mark.parametrize("piece", [b"1;" + b"x" * 60_000 + b"\r\na\r\n", b"1" * 10_000])
def test_chunks_that_are_all_frame_and_no_body_are_cut(internet, piece) -> None:
    internet.site("jobs.example", {"/1": endlessly(CHUNKED, piece)})
    with pytest.raises(UnusableAnswerError):
        internet.fetcher().fetch(api("https://jobs.example/1"))


def test_endless_trailers_are_cut(internet) -> None:
    internet.site("jobs.example", {"/1": endlessly(CHUNKED + b"1\r\na\r\n0\r\n", b"X-More: a\r\n" * 1000)})
    with pytest.raises(UnusableAnswerError):
        internet.fetcher().fetch(api("https://jobs.example/1"))


def test_a_length_beyond_the_bound_is_refused_before_the_body_is_read(internet) -> None:
    start = HEAD + b"Content-Length: 6000000\r\n\r\n"
    internet.site("jobs.example", {"/1": slowly(start, itertools.repeat(b"a"), 0.2)})
    began = time.monotonic()
    with pytest.raises(UnusableAnswerError, match="larger than 5 MB"):
        internet.fetcher().fetch(api("https://jobs.example/1"))
    assert time.monotonic() - began < 1


TRICKLES = {
    "body": slowly(HEAD + b"\r\n<p>", itertools.repeat(b"a"), 0.2),
    "chunked body": slowly(CHUNKED, itertools.repeat(b"1\r\na\r\n"), 0.2),
    "gzip body": slowly(
        HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff",
        itertools.repeat(b"\0\0\0\xff\xff"),
        0.2,
    ),
    "headers": slowly(b"HTTP/1.1 200 OK\r\n", itertools.repeat(b"X-A: b\r\n"), 0.2),
    "one header": slowly(b"HTTP/1.1 200 OK\r\nX-A: ", itertools.repeat(b"b"), 0.2),
    "status line": slowly(b"", [bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\n" * 9], 0.2),
    "continue": slowly(b"", itertools.repeat(b"HTTP/1.1 102 Processing\r\n\r\n"), 0.2),
    "silence": lambda connection: time.sleep(1.5),
}


@pytest.mark.parametrize(
    ("what", "tls"), [*((what, False) for what in TRICKLES), ("body", True), ("headers", True)]
)
def test_what_trickles_ends_at_the_deadline(internet, what, tls) -> None:
    internet.site("jobs.example", {"/1": TRICKLES[what]}, tls=tls)
    scheme = "https" if tls else "http"
    began = time.monotonic()
    with pytest.raises(
        FetchFailedError, match=r"^jobs\.example: no complete answer came within 0\.7 seconds"
    ):
        internet.fetcher(seconds=0.7).fetch(api(f"{scheme}://jobs.example/1"))
    assert 0.6 < time.monotonic() - began < 1.7


def test_a_name_server_that_hangs_ends_at_the_deadline(internet) -> None:
    released = threading.Event()
    internet.names["jobs.example"] = lambda: released.wait(30) and []
    began = time.monotonic()
    with pytest.raises(FetchFailedError, match=r"within 0\.5 seconds"):
        internet.fetcher(seconds=0.5).fetch(page("https://jobs.example/1"))
    assert 0.4 < time.monotonic() - began < 1.5
    released.set()


def test_a_handshake_that_hangs_ends_at_the_deadline(internet) -> None:
    internet.site("jobs.example", greet=lambda connection: time.sleep(1))
    began = time.monotonic()
    with pytest.raises(FetchFailedError, match=r"within 0\.5 seconds"):
        internet.fetcher(seconds=0.5).fetch(api("https://jobs.example/1"))
    assert 0.4 < time.monotonic() - began < 1.5


def test_a_handshake_that_trickles_ends_at_the_deadline(internet) -> None:
    # The head of a TLS record of 16,000 bytes, and then a byte now and then.
    greet = slowly(b"\x16\x03\x03\x3e\x80\x02\x00\x3e\x7c", itertools.repeat(b"\x03"), 0.1)
    internet.site("jobs.example", greet=greet)
    began = time.monotonic()
    with pytest.raises(FetchFailedError, match=r"within 1 seconds"):
        internet.fetcher(seconds=1.0).fetch(api("https://jobs.example/1"))
    assert 0.9 < time.monotonic() - began < 2


def test_the_deadline_is_one_for_all_redirects_and_robots(internet) -> None:
    def late(data: bytes):
        return slowly(b"", [data], 0.3)

    routes = {f"/{n}": late(redirect(f"/{n + 1}")) for n in range(5)} | {"/5": late(answer())}
    internet.site("jobs.example", {"/robots.txt": late(answer(b"", status=404))} | routes)
    began = time.monotonic()
    with pytest.raises(FetchFailedError, match="within 1 seconds"):
        internet.fetcher(seconds=1.0).fetch(page("https://jobs.example/0"))
    assert 0.9 < time.monotonic() - began < 2


def test_an_address_that_swallows_packets_leaves_time_for_the_next(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()}, address="93.184.216.9")
    internet.names["jobs.example"] = ["2606:2800:220:1::5", "93.184.216.9"]
    reach = internet.connect_tcp

    def connect(host, port, timeout=None, local_address=None, socket_options=None):
        if ":" in host:
            time.sleep(timeout)
            raise httpcore.ConnectTimeout
        return reach(host, port, timeout)

    internet.connect_tcp = connect  # type: ignore[method-assign]
    assert internet.fetcher(seconds=1.0).fetch(api("https://jobs.example/1")).status == 200
    assert len(site.seen) == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200",
        HEAD,
        HEAD + b"Content-Length: 100\r\n\r\n<p>Hel",
        CHUNKED + b"5\r\n<p>He\r\n",
        CHUNKED + b"5\r\n<p>",
        CHUNKED,
    ],
)
def test_a_connection_that_breaks_off_is_no_answer_but_may_be_one_later(internet, sent) -> None:
    internet.site("jobs.example", {"/1": sent}, tls=False)
    with pytest.raises(FetchFailedError, match="closed before the answer was complete"):
        internet.fetcher().fetch(api("http://jobs.example/1"))


@pytest.mark.parametrize(
    "sent",
    [
        CHUNKED + b"zz\r\n<p>Hello\r\n0\r\n\r\n",
        CHUNKED + b"-5\r\n<p>He\r\n0\r\n\r\n",
        CHUNKED + b"5\r\n<p>Hello world\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\n<p>Hel",
        HEAD + b"Content-Length: -5\r\n\r\n<p>He",
        HEAD + b"Content-Length: many\r\n\r\n<p>He",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
    ],
)
def test_what_is_not_http_is_no_answer(internet, sent) -> None:
    internet.site("jobs.example", {"/1": sent}, tls=False)
    with pytest.raises(UnusableAnswerError) as refused:
        internet.fetcher().fetch(api("http://jobs.example/1"))
    assert str(refused.value) in {
        "jobs.example: the answer is not valid HTTP",
        "jobs.example: the server wants to speak another protocol",
    }


def test_a_length_that_is_too_short_ends_the_body(internet) -> None:
    internet.site("jobs.example", {"/1": HEAD + b"Content-Length: 5\r\n\r\n<p>Hello"})
    assert internet.fetcher().fetch(api("https://jobs.example/1")).body == b"<p>He"


def test_a_body_without_a_length_ends_with_the_connection(internet) -> None:
    internet.site("jobs.example", {"/1": HEAD + b"\r\n<p>Hello"}, tls=False)
    assert internet.fetcher().fetch(api("http://jobs.example/1")).body == b"<p>Hello"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"<p>Hello")),
        ("x-gzip", gzip.compress(b"<p>Hello")),
        ("GZIP", gzip.compress(b"<p>") + gzip.compress(b"Hello")),
        ("deflate", zlib.compress(b"<p>Hello")),
        ("deflate", zlib.compress(b"<p>Hello")[2:-4]),
        ("identity", b"<p>Hello"),
        ("", b"<p>Hello"),
        ("deflate, gzip", gzip.compress(zlib.compress(b"<p>Hello"))),
    ],
    # Without these the time that gzip writes would be part of the name, another one in each process.
    ids=["gzip", "old name", "two members", "deflate", "bare deflate", "identity", "nothing", "two layers"],
)
def test_what_was_offered_is_decompressed(internet, encoding, packed) -> None:
    site = internet.site("jobs.example", {"/1": answer(packed, Content_Encoding=encoding)})
    fetched = internet.fetcher().fetch(api("https://jobs.example/1"))
    assert fetched.body == b"<p>Hello"
    assert "content-encoding" not in fetched.headers
    assert site.seen[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br", "gzip, gzip, gzip, gzip", "compress"])
def test_a_compression_that_was_not_offered_is_refused_unless_the_status_says_it_all(
    internet, encoding
) -> None:
    routes = {f"/{status}": answer(b"?", status=status, Content_Encoding=encoding) for status in (200, 404)}
    internet.site("jobs.example", routes)
    fetcher = internet.fetcher()
    with pytest.raises(UnusableAnswerError, match="compressed in a way that was not asked for"):
        fetcher.fetch(api("https://jobs.example/200"))
    gone = fetcher.fetch(api("https://jobs.example/404"))
    assert (gone.status, gone.body) == (404, b"")


def test_a_compressed_body_that_has_no_end_is_refused(internet) -> None:
    internet.site(
        "jobs.example", {"/1": answer(gzip.compress(b"<p>Hello" * 99)[:-9], Content_Encoding="gzip")}
    )
    with pytest.raises(UnusableAnswerError, match="cut off"):
        internet.fetcher().fetch(api("https://jobs.example/1"))


@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "TEXT/HTML; charset=utf-8",
        "application/xhtml+xml",
        "application/json;charset=UTF-8",
        "application/ld+json",
        "application/vnd.api+json",
        "application/xml",
        "text/xml",
        "application/rss+xml",
        "text/plain",
        "text/markdown; charset=UTF-8",  # Workable shows a job in it
    ],
)
def test_pages_and_data_are_taken(internet, kind) -> None:
    internet.site("jobs.example", {"/1": answer(b"{}", kind=kind)})
    assert internet.fetcher().fetch(api("https://jobs.example/1")).body == b"{}"


@pytest.mark.parametrize(
    "kind",
    ["image/png", "application/pdf", "application/octet-stream", "image/svg+xml", "text/css", "html", None],
)
def test_other_types_are_refused_unless_the_status_says_it_all(internet, kind) -> None:
    internet.site("jobs.example", {"/1": answer(b"?", kind=kind), "/2": answer(b"?", kind=kind, status=404)})
    fetcher = internet.fetcher()
    with pytest.raises(
        UnusableAnswerError, match=r"^jobs\.example: the answer is neither a page nor JSON nor XML"
    ):
        fetcher.fetch(api("https://jobs.example/1"))
    gone = fetcher.fetch(api("https://jobs.example/2"))
    assert (gone.status, gone.body) == (404, b"")


HEADERS = st.lists(
    st.sampled_from(
        [
            b"Content-Type: text/html", b"Content-Type: application/json", b"Content-Encoding: gzip",
            b"Content-Encoding: deflate, gzip", b"Transfer-Encoding: chunked", b"Content-Length: 3",
            b"Content-Length: 99999999999999999999", b"Location: /2", b"Location: \xff\xfe//[::1",
            b"Location: ",
            b"Retry-After: 1e5", b"Retry-After: \xb2", b"Set-Cookie: a", b"ETag: \xff", b"X:", b" folded",
            b"\0",
        ]
    ),
    max_size=6,
)  # fmt: skip
STATUS = st.sampled_from(
    [b"200", b"204", b"302", b"304", b"100", b"101", b"404", b"599", b"000", b"99", b"2OO"]
)


@settings(max_examples=300)
@given(STATUS, HEADERS, st.binary(max_size=40), st.booleans())
def test_whatever_a_server_sends_ends_as_an_answer_or_as_one_of_four_errors(
    status, headers, body, zipped
) -> None:
    sent = b"\r\n".join(
        [b"HTTP/1.1 " + status + b" X", *headers, b"", gzip.compress(body) if zipped else body]
    )
    dial = httpcore.MockBackend([sent])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    turns = TurnsInProcess(sleep=lambda _s: None)
    fetcher = NetworkFetcher(
        turns, RobotsInProcess(), resolve=lambda _h, _p: ["93.184.216.1"], dial=dial, ssl_context=context
    )
    for request in (api("http://jobs.example/1"), page("http://jobs.example/1")):
        with contextlib.suppress(RefusedAddressError, UnusableAnswerError, DisallowedError, FetchFailedError):
            assert fetcher.fetch(request).status >= 200


def test_an_empty_answer_needs_no_type(internet) -> None:
    internet.site("jobs.example", {"/1": answer(b"", kind=None), "/2": answer(b"", kind=None, status=204)})
    fetcher = internet.fetcher()
    assert [fetcher.fetch(api(f"https://jobs.example/{n}")).body for n in (1, 2)] == [b"", b""]
