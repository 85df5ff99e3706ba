"""Every platform that is known; a new one is a module here and a line in `PLATFORMS`."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.postings.platform import Platform
from apptrack_pipeline.postings.platforms.greenhouse import GREENHOUSE
from apptrack_pipeline.postings.platforms.icims import ICIMS
from apptrack_pipeline.postings.platforms.jazzhr import JAZZHR
from apptrack_pipeline.postings.platforms.smartrecruiters import SMARTRECRUITERS
from apptrack_pipeline.postings.platforms.taleo import TALEO
from apptrack_pipeline.postings.platforms.workday import WORKDAY

PLATFORMS: Final[tuple[Platform, ...]] = (GREENHOUSE, ICIMS, JAZZHR, SMARTRECRUITERS, TALEO, WORKDAY)
"""In the order in which those that share a host or a parameter are asked."""
