"""Decompression that cannot be made to grow: what comes out is counted before it is kept.

A gzip of 1.04 MB can hold 1 GiB, and a client that decodes whole chunks holds it too (2 GB and 6 s were
measured with `httpx.get`). Here zlib is asked for 64 KiB at a time and stopped at the bound.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from apptrack_pipeline.scraping.fetching import UnusableAnswerError

ACCEPTED: Final = "gzip, deflate"
"""What is offered as `Accept-Encoding`: only these can be stopped midway without another library."""

_PIECE: Final = 64 * 1024
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_MAGIC: Final = b"\x1f\x8b\x08"
_MOST_LAYERS: Final = 3
# Each empty member costs 20 bytes and a new decoder: 5 MB of them would be 260,000.
_MOST_MEMBERS: Final = 1_000
_WINDOWS: Final = {"gzip": _GZIP_WINDOW, "x-gzip": _GZIP_WINDOW, "deflate": zlib.MAX_WBITS}


class UnknownEncodingError(UnusableAnswerError):
    """The body is compressed in a way that was not offered."""


def decompressed(chunks: Iterable[bytes], encoding: str, *, most: int) -> Iterator[bytes]:
    """Yield a body in pieces, decompressed as its `Content-Encoding` says, and at most `most` bytes of it.

    Raises UnknownEncodingError before anything is read, and UnusableAnswerError where the body (compressed,
    decompressed or in between) is larger than that, broken, or ends too early.
    """
    layers = [name for part in encoding.lower().split(",") if (name := part.strip()) not in {"", "identity"}]
    if len(layers) > _MOST_LAYERS or not all(name in _WINDOWS for name in layers):
        raise UnknownEncodingError(
            f"the answer is compressed in a way that was not asked for, not {ACCEPTED}"
        )
    # A body that does not compress grows by 5 bytes in 64 KiB.
    pieces = bounded(chunks, most + _PIECE if layers else most, most)
    for name in reversed(layers):
        pieces = bounded(_inflated(pieces, _WINDOWS[name]), most, most)
    return pieces


def bounded(pieces: Iterable[bytes], most: int, told: int) -> Iterator[bytes]:
    """Yield pieces until they exceed `most` bytes together; the error then names `told` as the bound."""
    seen = 0
    for piece in pieces:
        seen += len(piece)
        if seen > most:
            raise UnusableAnswerError(f"the answer is larger than {told / 1024 / 1024:.3g} MB")
        yield piece


def _inflated(chunks: Iterable[bytes], window: int) -> Iterator[bytes]:
    """Yield what one layer holds: one stream of zlib or deflate, or gzip's members one after another.

    What follows the last member (some servers pad with zeros) says nothing and is not read.
    """
    source = _Source(chunks)
    if not source.start(2):
        return  # an empty body is empty, whatever its header says
    if window == zlib.MAX_WBITS and not _has_zlib_header(source.start(2)):
        window = -zlib.MAX_WBITS  # "deflate" without zlib's frame, as old servers send it
    for _member in range(_MOST_MEMBERS):
        yield from _one_stream(source, window)
        if window != _GZIP_WINDOW or source.start(3) != _MAGIC:
            return
    raise UnusableAnswerError(f"the answer consists of more than {_MOST_MEMBERS:,} compressed parts")


def _one_stream(source: _Source, window: int) -> Iterator[bytes]:
    decoder = zlib.decompressobj(window)
    while not decoder.eof:
        data = source.take()
        if not data:
            raise UnusableAnswerError("the answer is cut off: its compressed body has no end")
        while data and not decoder.eof:
            try:
                piece = decoder.decompress(data, _PIECE)
            except zlib.error:
                raise UnusableAnswerError("the answer's compressed body is broken") from None
            if piece:
                yield piece
            data = decoder.unconsumed_tail
    source.give_back(decoder.unused_data)


def _has_zlib_header(start: bytes) -> bool:
    """Tell zlib's frame from bare deflate: RFC 1950, section 2.2; no encoder begins a bare one like it."""
    return len(start) == 2 and start[0] & 0x0F == 8 and int.from_bytes(start, "big") % 31 == 0


class _Source:
    """Chunks to take from, with a look at what comes next."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._kept = b""

    def start(self, count: int) -> bytes:
        while len(self._kept) < count and (more := next(self._chunks, None)) is not None:
            self._kept += more
        return self._kept[:count]

    def take(self) -> bytes:
        kept, self._kept = self._kept, b""
        while not kept and (more := next(self._chunks, None)) is not None:
            kept = more
        return kept

    def give_back(self, data: bytes) -> None:
        self._kept = data + self._kept
