"""A PostgreSQL server of any version, as far as a client hears of it when it connects."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SSL_REQUEST, _GSS_REQUEST = 80877103, 80877104


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!i", len(content) + 4) + content


class _Greeting(socketserver.StreamRequestHandler):
    """The start-up of protocol 3.0 (PostgreSQL's documentation, 55.2.1); whatever follows ends it."""

    server: _Server

    def handle(self) -> None:
        while True:
            length, code = struct.unpack("!ii", self.rfile.read(8))
            self.rfile.read(length - 8)
            if code not in {_SSL_REQUEST, _GSS_REQUEST}:
                break
            self.wfile.write(b"N")
        parameters = {
            "server_version": self.server.version,
            "server_encoding": "UTF8",
            "client_encoding": "UTF8",
            "standard_conforming_strings": "on",
        }
        self.wfile.write(_message(b"R", struct.pack("!i", 0)))  # no password is wanted
        for name, value in parameters.items():
            self.wfile.write(_message(b"S", f"{name}\0{value}\0".encode()))
        self.wfile.write(_message(b"K", struct.pack("!ii", 1, 1)))
        self.wfile.write(_message(b"Z", b"I"))
        self.rfile.read(1)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    version: str


@contextmanager
def server_of_version(version: str) -> Iterator[str]:
    """Serve on loopback for as long as the `with` block lasts; gives the URL of a database on it."""
    with _Server(("127.0.0.1", 0), _Greeting) as server:
        server.version = version
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"postgresql://me:geheim@127.0.0.1:{server.server_address[1]}/apptrack"
        finally:
            server.shutdown()
            thread.join()
