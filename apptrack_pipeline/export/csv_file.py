"""Writes the tracker as a CSV file (RFC 4180, UTF-8): the same rows give the same bytes."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from apptrack_pipeline.export.rows import HEADINGS, escape_row


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written: rows without the heading, size in bytes, SHA-256 of its bytes."""

    path: Path
    rows: int
    size: int
    content_hash: bytes


class _Hashing:
    """A text file that knows the hash of what went through it."""

    def __init__(self, descriptor: int) -> None:
        self._raw = os.fdopen(descriptor, "wb", buffering=1 << 20)
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, line: str) -> int:
        data = line.encode()
        self.digest.update(data)
        self.size += len(data)
        return self._raw.write(data)

    def close(self) -> None:
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self._raw.close()


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> WrittenFile:
    """Write heading and rows to `path`: whoever reads sees the old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_left_behind(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    count = 0
    try:
        out = _Hashing(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        try:
            writer = csv.writer(out, lineterminator="\r\n")
            writer.writerow(HEADINGS)
            for row in rows:
                writer.writerow(escape_row(row))
                count += 1
        finally:
            out.close()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return WrittenFile(path, count, out.size, out.digest.digest())


def _clear_left_behind(path: Path) -> None:
    """Remove what writers that were killed have left: the file is as personal as the finished one."""
    for partial in path.parent.glob(f".{path.name}.*.partial"):
        pid = partial.name.split(".")[-2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            partial.unlink(missing_ok=True)
