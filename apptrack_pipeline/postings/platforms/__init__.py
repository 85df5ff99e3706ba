"""Every platform that is known; a new one is a module here and a line in `PLATFORMS`."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.postings.platform import Platform
from apptrack_pipeline.postings.platforms.adp import ADP
from apptrack_pipeline.postings.platforms.avature import AVATURE
from apptrack_pipeline.postings.platforms.cornerstone import CORNERSTONE
from apptrack_pipeline.postings.platforms.dayforce import DAYFORCE
from apptrack_pipeline.postings.platforms.eightfold import EIGHTFOLD
from apptrack_pipeline.postings.platforms.greenhouse import GREENHOUSE
from apptrack_pipeline.postings.platforms.oracle import ORACLE
from apptrack_pipeline.postings.platforms.paycom import PAYCOM
from apptrack_pipeline.postings.platforms.phenom import PHENOM
from apptrack_pipeline.postings.platforms.successfactors import SUCCESSFACTORS
from apptrack_pipeline.postings.platforms.ukg import UKG

PLATFORMS: Final[tuple[Platform, ...]] = (
    ADP,
    AVATURE,
    CORNERSTONE,
    DAYFORCE,
    EIGHTFOLD,
    GREENHOUSE,
    ORACLE,
    PAYCOM,
    PHENOM,
    SUCCESSFACTORS,
    UKG,
)
"""In the order in which those that share a host or a parameter are asked."""
