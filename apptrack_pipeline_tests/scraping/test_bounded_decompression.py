"""Decompression is exact for what is whole, and an error, in bounded work, for all else."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.scraping.decompression import UnknownEncodingError, decompressed
from apptrack_pipeline.scraping.fetching import UnusableAnswerError


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate ": bare,
    "identity": bytes,
    "": bytes,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data)),
    "gzip,gzip, identity,gzip": lambda data: gzip.compress(gzip.compress(gzip.compress(data))),
}


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def read(data: bytes, encoding: str, *, most: int = 100_000, size: int = 50) -> bytes:
    return b"".join(decompressed(cut(data, size), encoding, most=most))


@given(st.binary(max_size=3000), st.sampled_from(sorted(PACKERS)), st.integers(1, 400))
def test_what_was_compressed_comes_out_again_however_it_is_cut(data: bytes, encoding: str, size: int) -> None:
    assert read(PACKERS[encoding](data), encoding, size=size) == data


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.integers(1, 60))
def test_the_members_of_a_gzip_follow_one_another(parts: list[bytes], size: int) -> None:
    assert read(b"".join(map(gzip.compress, parts)), "gzip", size=size) == b"".join(parts)


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=50), st.integers(1, 60))
def test_what_follows_the_end_says_nothing(data: bytes, garbage: bytes, size: int) -> None:
    if not garbage.startswith(b"\x1f\x8b\x08"):
        assert read(gzip.compress(data) + garbage, "gzip", size=size) == data
    assert read(zlib.compress(data) + garbage, "deflate", size=size) == data


@given(st.binary(min_size=1, max_size=500), st.sampled_from(["gzip", "deflate"]), st.data())
def test_a_stream_without_its_end_is_an_error(data: bytes, encoding: str, draw: st.DataObject) -> None:
    packed = PACKERS[encoding](data)
    kept = draw.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(UnusableAnswerError):
        read(packed[:kept], encoding)


def test_a_second_member_that_is_broken_is_an_error() -> None:
    with pytest.raises(UnusableAnswerError, match="broken"):
        read(gzip.compress(b"a") + b"\x1f\x8b\x08" + b"\xff" * 50, "gzip")


def test_a_wrong_checksum_is_an_error() -> None:
    packed = bytearray(gzip.compress(b"Hello"))
    packed[-5] ^= 1
    with pytest.raises(UnusableAnswerError, match="broken"):
        read(bytes(packed), "gzip")


@given(st.binary(max_size=300), st.sampled_from(sorted(PACKERS)))
def test_nothing_but_our_error_is_raised(data: bytes, encoding: str) -> None:
    with contextlib.suppress(UnusableAnswerError):
        read(data, encoding)


@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_the_bound_is_exact(encoding: str) -> None:
    packed = PACKERS[encoding](b"a" * 1001)
    assert len(read(packed, encoding, most=1001)) == 1001
    with pytest.raises(UnusableAnswerError, match="larger than"):
        read(packed, encoding, most=1000)


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "gzip, br", "gzip,gzip,gzip,gzip", "gzip;q=1", "\u017fgzip"]
)
def test_what_was_not_offered_is_refused_before_anything_is_read(encoding: str) -> None:
    with pytest.raises(UnknownEncodingError):
        decompressed(iter(()), encoding, most=10)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_an_empty_body_is_empty(encoding: str) -> None:
    assert read(b"", encoding) == b""


def test_a_body_that_grows_only_on_the_wire_is_cut_too() -> None:
    empty_blocks = itertools.chain([gzip.compress(b"")[:10]], itertools.repeat(b"\0\0\0\xff\xff" * 100))
    with pytest.raises(UnusableAnswerError, match="larger than"):
        list(decompressed(empty_blocks, "gzip", most=100_000))


def test_a_body_of_a_hundred_thousand_empty_members_costs_next_to_nothing() -> None:
    began = time.process_time()
    with pytest.raises(UnusableAnswerError, match="more than 1,000 compressed parts"):
        read(gzip.compress(b"") * 100_000, "gzip", most=5_000_000, size=65_536)
    assert time.process_time() - began < 1


def test_an_inner_layer_is_bounded_as_well() -> None:
    inner = gzip.compress(b"") * 999 + gzip.compress(b"Hello")
    assert read(gzip.compress(inner), "gzip, gzip", most=30_000) == b"Hello"
    with pytest.raises(UnusableAnswerError, match="larger than"):
        read(gzip.compress(inner), "gzip, gzip", most=10_000)
