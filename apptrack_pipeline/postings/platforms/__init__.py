"""Every platform that is known; a new one is a module here and a line in `PLATFORMS`."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.postings.platform import Platform
from apptrack_pipeline.postings.platforms.adp import ADP
from apptrack_pipeline.postings.platforms.ashby import ASHBY
from apptrack_pipeline.postings.platforms.avature import AVATURE
from apptrack_pipeline.postings.platforms.bamboohr import BAMBOOHR
from apptrack_pipeline.postings.platforms.breezy import BREEZY
from apptrack_pipeline.postings.platforms.cornerstone import CORNERSTONE
from apptrack_pipeline.postings.platforms.dayforce import DAYFORCE
from apptrack_pipeline.postings.platforms.eightfold import EIGHTFOLD
from apptrack_pipeline.postings.platforms.gem import GEM
from apptrack_pipeline.postings.platforms.glassdoor import GLASSDOOR
from apptrack_pipeline.postings.platforms.greenhouse import GREENHOUSE
from apptrack_pipeline.postings.platforms.icims import ICIMS
from apptrack_pipeline.postings.platforms.indeed import INDEED
from apptrack_pipeline.postings.platforms.jazzhr import JAZZHR
from apptrack_pipeline.postings.platforms.jobvite import JOBVITE
from apptrack_pipeline.postings.platforms.lever import LEVER
from apptrack_pipeline.postings.platforms.linkedin import LINKEDIN
from apptrack_pipeline.postings.platforms.oracle import ORACLE
from apptrack_pipeline.postings.platforms.paycom import PAYCOM
from apptrack_pipeline.postings.platforms.paylocity import PAYLOCITY
from apptrack_pipeline.postings.platforms.personio import PERSONIO
from apptrack_pipeline.postings.platforms.phenom import PHENOM
from apptrack_pipeline.postings.platforms.pinpoint import PINPOINT
from apptrack_pipeline.postings.platforms.recruitee import RECRUITEE
from apptrack_pipeline.postings.platforms.rippling import RIPPLING
from apptrack_pipeline.postings.platforms.smartrecruiters import SMARTRECRUITERS
from apptrack_pipeline.postings.platforms.successfactors import SUCCESSFACTORS
from apptrack_pipeline.postings.platforms.taleo import TALEO
from apptrack_pipeline.postings.platforms.teamtailor import TEAMTAILOR
from apptrack_pipeline.postings.platforms.ukg import UKG
from apptrack_pipeline.postings.platforms.workable import WORKABLE
from apptrack_pipeline.postings.platforms.workday import WORKDAY
from apptrack_pipeline.postings.platforms.ziprecruiter import ZIPRECRUITER

PLATFORMS: Final[tuple[Platform, ...]] = (
    ADP,
    ASHBY,
    AVATURE,
    BAMBOOHR,
    BREEZY,
    CORNERSTONE,
    DAYFORCE,
    EIGHTFOLD,
    GEM,
    GLASSDOOR,
    GREENHOUSE,
    ICIMS,
    INDEED,
    JAZZHR,
    JOBVITE,
    LEVER,
    LINKEDIN,
    ORACLE,
    PAYCOM,
    PAYLOCITY,
    PERSONIO,
    PHENOM,
    PINPOINT,
    RECRUITEE,
    RIPPLING,
    SMARTRECRUITERS,
    SUCCESSFACTORS,
    TALEO,
    TEAMTAILOR,
    UKG,
    WORKABLE,
    WORKDAY,
    ZIPRECRUITER,
)
"""In the order in which those that share a host or a parameter are asked."""
