"""Turns at a host, kept in the memory of one process: for one-off commands and for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from apptrack_pipeline.scraping.fetching import SECONDS_BETWEEN


@dataclass
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_since: float | None = None


class TurnsInProcess:
    """Lets one thread at a time speak to a host, and the next one `spacing_s` seconds after it has ended."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}

    @contextmanager
    def turn(self, host: str, *, spacing_s: float = SECONDS_BETWEEN) -> Iterator[None]:
        """Wait for the turn to send one request to the host; it ends with the context."""
        with self._lock:
            place = self._places.setdefault(host, _Place())
        with place.lock:
            if place.free_since is not None:
                wait = place.free_since + spacing_s - self._clock()
                if wait > 0:
                    self._sleep(wait)
            try:
                yield
            finally:
                place.free_since = self._clock()
