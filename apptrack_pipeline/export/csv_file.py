"""Writes the tracker as a CSV file (RFC 4180, UTF-8): the same rows give the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from apptrack_pipeline.export.rows import HEADINGS, escape_rows

_ROWS_PER_BLOCK: Final = 1_000


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written: rows without the heading, size in bytes, SHA-256 of its bytes."""

    path: Path
    rows: int
    size: int
    content_hash: bytes


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> WrittenFile:
    """Write heading and rows to `path`: whoever reads sees the old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_left_behind(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    digest, count, size = hashlib.sha256(), 0, 0
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            for lines in _blocks(rows):
                data = _as_csv(lines)
                digest.update(data)
                size += file.write(data)
                count += len(lines)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return WrittenFile(path, count - 1, size, digest.digest())


def _blocks(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[Sequence[str]]]:
    """Yield the heading, then the rows, in blocks: a call per block costs a third of a call per row."""
    left = itertools.chain([HEADINGS], rows)
    while block := list(itertools.islice(left, _ROWS_PER_BLOCK)):
        yield escape_rows(block)


def _as_csv(lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode()


def _clear_left_behind(path: Path) -> None:
    """Remove what writers that were killed have left: the file is as personal as the finished one."""
    for partial in path.parent.glob(f".{path.name}.*.partial"):
        pid = partial.name.split(".")[-2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            partial.unlink(missing_ok=True)
