"""Every platform that is known; a new one is a module here and a line in `PLATFORMS`."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.postings.platform import Platform
from apptrack_pipeline.postings.platforms.adp import ADP
from apptrack_pipeline.postings.platforms.avature import AVATURE
from apptrack_pipeline.postings.platforms.bamboohr import BAMBOOHR
from apptrack_pipeline.postings.platforms.breezy import BREEZY
from apptrack_pipeline.postings.platforms.cornerstone import CORNERSTONE
from apptrack_pipeline.postings.platforms.dayforce import DAYFORCE
from apptrack_pipeline.postings.platforms.eightfold import EIGHTFOLD
from apptrack_pipeline.postings.platforms.glassdoor import GLASSDOOR
from apptrack_pipeline.postings.platforms.greenhouse import GREENHOUSE
from apptrack_pipeline.postings.platforms.indeed import INDEED
from apptrack_pipeline.postings.platforms.jobvite import JOBVITE
from apptrack_pipeline.postings.platforms.linkedin import LINKEDIN
from apptrack_pipeline.postings.platforms.oracle import ORACLE
from apptrack_pipeline.postings.platforms.paycom import PAYCOM
from apptrack_pipeline.postings.platforms.paylocity import PAYLOCITY
from apptrack_pipeline.postings.platforms.personio import PERSONIO
from apptrack_pipeline.postings.platforms.phenom import PHENOM
from apptrack_pipeline.postings.platforms.pinpoint import PINPOINT
from apptrack_pipeline.postings.platforms.successfactors import SUCCESSFACTORS
from apptrack_pipeline.postings.platforms.teamtailor import TEAMTAILOR
from apptrack_pipeline.postings.platforms.ukg import UKG
from apptrack_pipeline.postings.platforms.ziprecruiter import ZIPRECRUITER

PLATFORMS: Final[tuple[Platform, ...]] = (
    ADP,
    AVATURE,
    BAMBOOHR,
    BREEZY,
    CORNERSTONE,
    DAYFORCE,
    EIGHTFOLD,
    GLASSDOOR,
    GREENHOUSE,
    INDEED,
    JOBVITE,
    LINKEDIN,
    ORACLE,
    PAYCOM,
    PAYLOCITY,
    PERSONIO,
    PHENOM,
    PINPOINT,
    SUCCESSFACTORS,
    TEAMTAILOR,
    UKG,
    ZIPRECRUITER,
)
"""In the order in which those that share a host or a parameter are asked."""
