"""What a site's robots.txt says about one address (RFC 9309), read with protego."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from protego import Protego

from apptrack_pipeline.scraping.fetching import SECONDS_BETWEEN, RobotsFile

MAX_ROBOTS_BYTES: Final = 500 * 1024
"""What is read of a robots.txt; RFC 9309, section 2.5, asks for no more."""
MAX_CRAWL_DELAY_S: Final = 10.0
KEPT: Final = dt.timedelta(hours=24)
KEPT_UNREADABLE: Final = dt.timedelta(seconds=45)
"""How long a site that gave no robots.txt is not asked for it again; the queue tries again after a minute."""

# Rules times the user agents they are written for. protego keeps one object for each: 15,000 agents over
# 25,000 rules are a file of 500 kB and would be 30 GB. Lists of 700 robots over one rule are real.
_MOST_PAIRS: Final = 300_000


@dataclass(frozen=True, slots=True)
class RobotsRule:
    """`allowed` is None where the file could not be read; `spacing_s`: least time between two requests."""

    allowed: bool | None
    spacing_s: float = SECONDS_BETWEEN


class RobotsInProcess:
    """Keeps robots files in the memory of one process: for one-off commands and for tests."""

    def __init__(self) -> None:
        self._files: dict[str, RobotsFile] = {}

    def load(self, origin: str) -> RobotsFile | None:
        """Return the file that is kept for an origin."""
        return self._files.get(origin)

    def save(self, origin: str, robots: RobotsFile) -> None:
        """Keep a file."""
        self._files[origin] = robots


def is_fresh(robots: RobotsFile, *, now: dt.datetime) -> bool:
    """Return whether a kept file still counts."""
    age = now - robots.fetched_at
    return age < (KEPT_UNREADABLE if _is_unreadable(robots) else KEPT)


def rule_for(robots: RobotsFile, url: str, *, product: str) -> RobotsRule:
    """Return what the file says to a robot, named by its product token, about one address.

    A site without robots.txt (4xx) allows everything. One that is too busy or too broken to show it (429,
    5xx, no answer) has not been asked yet.
    """
    if _is_unreadable(robots) or _is_excessive(robots.text):
        return RobotsRule(None)
    if robots.status is None or not 200 <= robots.status < 300:
        return RobotsRule(True)
    try:
        rules = Protego.parse(robots.text)
        allowed = rules.can_fetch(url, product)
        delay = rules.crawl_delay(product) or 0.0
    except ValueError:  # from urlsplit, which reads each rule as an address
        return RobotsRule(None)
    return RobotsRule(allowed, min(max(delay, SECONDS_BETWEEN), MAX_CRAWL_DELAY_S))


def _is_unreadable(robots: RobotsFile) -> bool:
    status = robots.status
    return status is None or status == 429 or status >= 500


def _is_excessive(text: str) -> bool:
    """Count, never too low, what protego would keep: each line once for each agent of its group."""
    agents = pairs = 0
    ended = False
    for line in text.splitlines():
        words = line.strip().lower()
        if words.startswith("user"):
            # protego also takes `useragent x` and `user agent x`, which begin no new group for certain.
            agents = 1 if ended and words.startswith("user-agent:") else agents + 1
            ended = False
        elif words.startswith(("allow:", "disallow:")):
            ended = True
        pairs += agents
        if pairs > _MOST_PAIRS:
            return True
    return False
