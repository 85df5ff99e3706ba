"""The words by which names in mail are read, from `vocabulary.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Final

_TABLE: Final = tomllib.loads(
    resources.files("apptrack_pipeline.ingestion.mail").joinpath("vocabulary.toml").read_text("utf-8")
)


def words(name: str) -> frozenset[str]:
    """Return the words of one list, in lower case."""
    return frozenset(_TABLE[name].split())


def lines(name: str) -> tuple[str, ...]:
    """Return the lines of one list: names of several words."""
    return tuple(line for line in _TABLE[name].split("\n") if line)


TENANT_NAMES: Final[dict[str, str]] = dict(_TABLE["tenants"])
"""Names of employers by their short name in a tracking system, where it does not tell the name."""
