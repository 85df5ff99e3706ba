"""Every platform that is known; a new one is a module here and a line in `PLATFORMS`."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.postings.platform import Platform
from apptrack_pipeline.postings.platforms.greenhouse import GREENHOUSE

PLATFORMS: Final[tuple[Platform, ...]] = (GREENHOUSE,)
"""In the order in which those that share a host or a parameter are asked."""
