"""An internet on loopback: hosts with names and public addresses, each a server on a socket, written by hand.

The fetcher under test resolves and judges as always; only the last step, from a judged address to the wire,
leads here. What no site was set up for leads nowhere, and every address that was dialled is remembered.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apptrack_pipeline.postings.platform import Request
from apptrack_pipeline.scraping.network import NetworkFetcher
from apptrack_pipeline.scraping.robots import RobotsInProcess
from apptrack_pipeline.scraping.turns import TurnsInProcess

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)

Play = Callable[[socket.socket], None]


def answer(
    body: bytes = b"<p>Hello</p>", *, status: int = 200, kind: str | None = "text/html", **headers: str
) -> bytes:
    """Return a whole answer; keywords are headers, with `_` for `-`."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(b"", status=status, Location=location)


def slowly(start: bytes, rest: Iterable[bytes], pause_s: float) -> Play:
    """Send a start at once and the rest piece by piece."""

    def play(connection: socket.socket) -> None:
        connection.sendall(start)
        for piece in rest:
            time.sleep(pause_s)
            connection.sendall(piece)

    return play


def endlessly(start: bytes, piece: bytes) -> Play:
    """Send a start, and then a piece for ever."""

    def play(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)

    return play


@dataclass(frozen=True)
class Seen:
    """A request as it came: `headers` by lower-case name, in one text each."""

    method: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Site:
    """A server for one host: what it answers by path, and what it has seen. Unknown paths are a 404."""

    routes: dict[str, bytes | Play]
    tls: ssl.SSLContext | None = None
    greet: Play | None = None
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def paths(self) -> list[str]:
        return [one.path for one in self.seen]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection:
            if self.greet:
                self.greet(connection)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            with connection:
                data = b""
                while b"\r\n\r\n" not in data:
                    more = connection.recv(65536)
                    if not more:
                        return
                    data += more
                first, *lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
                method, path, _ = first.split(" ")
                headers = {
                    name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
                }
                self.seen.append(Seen(method, path, headers, time.monotonic()))
                play = self.routes.get(path, answer(b"not here", status=404))
                if isinstance(play, bytes):
                    connection.sendall(play)
                else:
                    play(connection)
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(timeout=5)


class Internet(httpcore.NetworkBackend):
    """The names, addresses and servers of one test."""

    def __init__(self) -> None:
        self.names: dict[str, Sequence[str] | Callable[[], Sequence[str]]] = {}
        self.asked: list[str] = []
        self.dialled: list[tuple[str, int]] = []
        self.robots = RobotsInProcess()
        self._sites: dict[tuple[str, int], Site] = {}
        self._certificates: list[str] = []

    def site(
        self,
        host: str,
        routes: dict[str, bytes | Play] | None = None,
        *,
        tls: bool = True,
        address: str | None = None,
        certified: str | None = None,
        trusted: bool = True,
        greet: Play | None = None,
    ) -> Site:
        """Set up a server for a host on 443, or without TLS on 80. `certified`: the certificate's name."""
        address = address or f"93.184.216.{len(self._sites) + 1}"
        context = None
        if tls:
            certificate, context = certificate_for(certified or host)
            if trusted:
                self._certificates.append(certificate)
        site = Site(routes or {}, context, greet)
        self.names.setdefault(host, [address])
        self._sites[address, 443 if tls else 80] = site
        return site

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        known = self.names.get(host)
        with contextlib.suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        if known is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return list(known() if callable(known) else known)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        self.dialled.append((host, port))
        site = self._sites.get((host, port))
        if site is None:
            raise httpcore.ConnectError("nobody there")
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", site.port, timeout)

    def fetcher(self, *, seconds: float = 10.0, **more: Any) -> NetworkFetcher:
        """Return a fetcher in this internet, whose turns take no time."""
        context = ssl.create_default_context(cadata="".join(self._certificates) or None)
        values: dict[str, Any] = {
            "turns": TurnsInProcess(sleep=lambda _s: None), "robots": self.robots, "seconds": seconds,
            "now": lambda: NOW, "resolve": self.resolve, "dial": self, "ssl_context": context,
        } | more  # fmt: skip
        return NetworkFetcher(values.pop("turns"), values.pop("robots"), **values)

    def close(self) -> None:
        for site in self._sites.values():
            site.close()


def api(url: str, accept: str = "application/json") -> Request:
    return Request(url, "api", accept)


def page(url: str) -> Request:
    return Request(url, "page", "text/html")


@cache
def certificate_for(host: str) -> tuple[str, ssl.SSLContext]:
    """Return a certificate that a host has signed for itself, as PEM, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    try:
        named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        named = x509.DNSName(host)
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(pem + private)
        context.load_cert_chain(path)
    return pem.decode(), context
