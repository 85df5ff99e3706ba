from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY = "0A1B2C3D4E5F60718293A4B5C6D7E8F9"
BASE = "https://www.paycomonline.net/v4/ats/web.php"


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}/portal/{KEY}/jobs/389228",
        f"{BASE}/portal/{KEY.lower()}/jobs/389228?utm_source=x",
        f"{BASE}/jobs/ViewJobDetails?job=389228&clientkey={KEY}",
        f"{BASE}/jobs/ViewJobDetails?clientkey={KEY}&job=389228&jpt=abc",
    ],
)
def test_the_old_and_the_new_portal_name_one_job(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("paycom", KEY, "389228")
    assert match.canonical_url == f"https://paycomonline.net/v4/ats/web.php/portal/{KEY}/jobs/389228"


@pytest.mark.parametrize(
    "path", [f"/jobs?clientkey={KEY}", f"/portal/{KEY}/career-page", f"/portal/{KEY}/jobs"]
)
def test_a_portal_is_no_job(path: str) -> None:
    match = detect(BASE + path)
    assert match is not None
    assert match.posting_id is None


def test_an_answer_says_what_it_says_to_search_engines_too() -> None:
    for_google = {"datePosted": "2026-10-20", "hiringOrganization": {"name": "Fernwick Parks"}}
    job = {
        "jobId": 389228,
        "jobTitle": "Groundskeeper",
        "location": "Boone, NC",
        "secondaryLocations": ["Todd, NC"],
        "remoteType": "On-site",
        "positionType": "Part Time",
        "description": "<p>" + "You mow what grows. " * 30 + "</p>",
        "qualifications": "<ul><li>A driving licence.</li></ul>",
        "salaryRange": "$15.16 - $18.50 Hourly",
        "googleJobJson": json.dumps(for_google),
    }
    posting = parse("paycom", Payload(BASE, answer={"jobPosting": job}), now=NOW)
    assert (posting.title, posting.company) == ("Groundskeeper", "Fernwick Parks")
    assert posting.locations == ("Boone, NC", "Todd, NC")
    assert (posting.location_type, posting.employment_type) == ("onsite", "part_time")
    assert (posting.salary_min, posting.salary_max) == (Decimal("15.16"), Decimal("18.5"))
    assert posting.salary_period == "hour"
    assert posting.posted_at == date(2026, 10, 20)
    assert posting.description_text is not None
    assert "driving licence" in posting.description_text
