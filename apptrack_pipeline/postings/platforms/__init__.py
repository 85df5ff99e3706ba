"""Every platform that is known; a new one is a module here and a line in `PLATFORMS`."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.postings.platform import Platform
from apptrack_pipeline.postings.platforms.ashby import ASHBY
from apptrack_pipeline.postings.platforms.gem import GEM
from apptrack_pipeline.postings.platforms.greenhouse import GREENHOUSE
from apptrack_pipeline.postings.platforms.lever import LEVER
from apptrack_pipeline.postings.platforms.recruitee import RECRUITEE
from apptrack_pipeline.postings.platforms.rippling import RIPPLING
from apptrack_pipeline.postings.platforms.workable import WORKABLE

PLATFORMS: Final[tuple[Platform, ...]] = (
    ASHBY,
    GEM,
    GREENHOUSE,
    LEVER,
    RECRUITEE,
    RIPPLING,
    WORKABLE,
)
"""In the order in which those that share a host or a parameter are asked."""
