"""What an answer keeps apart as requirements needs no heading to be read as such."""

from __future__ import annotations

import datetime as dt

import pytest

from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
ASKED = "<ul><li>Five years of SQL</li><li>Calm in storms</li></ul>"
TEXT = "<p>" + "You keep the timetables of forty ferries right, at any weather. " * 8 + "</p>"
ANSWERS = {
    "workable": {"title": "Planner", "description": TEXT, "requirements": ASKED},
    "recruitee": {"title": "Planner", "description": TEXT, "requirements": ASKED},
    "smartrecruiters": {
        "name": "Planner",
        "jobAd": {"sections": {"jobDescription": {"text": TEXT}, "qualifications": {"text": ASKED}}},
    },
    "oracle": {
        "items": [{"Title": "Planner", "ExternalDescriptionStr": TEXT, "ExternalQualificationsStr": ASKED}]
    },
    "pinpoint": {"title": "Planner", "description": TEXT, "skills_knowledge_expertise": ASKED},
    "paycom": {"jobPosting": {"jobTitle": "Planner", "description": TEXT, "qualifications": ASKED}},
}


@pytest.mark.parametrize("platform", ANSWERS)
def test_the_part_that_asks_for_something_is_the_requirements(platform: str) -> None:
    posting = parse(platform, Payload(url="", answer=ANSWERS[platform]), now=NOW)

    assert posting.requirements == ("Five years of SQL", "Calm in storms")
    assert posting.fields["requirements"].source == "api"
