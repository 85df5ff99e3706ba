"""The port through which postings are fetched: what is asked, what comes back, and how it can fail.

One implementation speaks to the network (`network.py`), one answers from a folder of recorded responses
(`archive.py`). Both hold the same promises: an answer is bounded, decoded and complete, or it is an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol

from apptrack_pipeline.domain import PermanentError, TransientError
from apptrack_pipeline.postings.platform import Request

MAX_REDIRECTS: Final = 5
MAX_PAGE_BYTES: Final = 5 * 1024 * 1024
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
"""Most of an API's answer after decompression, in bytes; boards of 1.8 MB were seen."""
MAX_SECONDS: Final = 20.0
"""Most time that one request takes with all its redirects, however slowly bytes trickle in."""
SECONDS_BETWEEN: Final = 1.0
"""Least time between two requests to one host."""


class RefusedAddressError(PermanentError):
    """The address, or one that it was redirected to, is none that may be fetched: not public, or an odd
    port."""


class UnusableAnswerError(PermanentError):
    """The answer is too large, of a type that is no posting, cut off, or led in a circle."""


class DisallowedError(PermanentError):
    """The site's robots.txt forbids fetching the page; a person can capture it in the browser."""


class FetchFailedError(TransientError):
    """No answer came: no name, no connection, no bytes in time, or the site asked to wait."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an earlier answer of the same address said of itself, so that an unchanged one is not sent
    again."""

    etag: str | None = None
    last_modified: str | None = None


UNCONDITIONAL: Final = Conditions()


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, whatever its status: the address where redirects ended, headers by lower-case name, the
    body.

    Without a redirect `final_url` is the address as it was asked for, letter by letter.
    `body` is decompressed, and empty where the answer is an error page that is neither page nor data.
    Headers that speak of the bytes on the wire or set a cookie are left out. `retry_after_s`: how long the
    server wants to be left alone, in seconds, at most a day.
    """

    status: int
    final_url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    retry_after_s: float | None = None


class Fetcher(Protocol):
    """Sends one GET; raises RefusedAddressError, UnusableAnswerError, DisallowedError or FetchFailedError."""

    def fetch(self, request: Request, *, conditions: Conditions = UNCONDITIONAL) -> Fetched:
        """Return the answer to a request; a status of 4xx or 5xx is an answer too."""
        ...


class HostTurns(Protocol):
    """Who may speak to a host, and when: one at a time and a second apart, over all processes."""

    def turn(self, host: str, *, spacing_s: float = SECONDS_BETWEEN) -> AbstractContextManager[None]:
        """Wait for the turn to send one request to the host; it ends with the context."""
        ...


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A site's robots.txt as it came; `status` is None where no answer came."""

    status: int | None
    text: str
    fetched_at: dt.datetime


class RobotsFiles(Protocol):
    """Keeps robots.txt of each origin (`https://host`) for a day."""

    def load(self, origin: str) -> RobotsFile | None:
        """Return the file that is kept for an origin."""
        ...

    def save(self, origin: str, robots: RobotsFile) -> None:
        """Keep a file."""
        ...
