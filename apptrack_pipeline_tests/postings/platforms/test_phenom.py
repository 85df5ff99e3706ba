from __future__ import annotations

import json
from datetime import UTC, date, datetime

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse_captured

NOW = datetime(2026, 11, 24, tzinfo=UTC)
URL = "https://careers.fernwick.example/us/en/job/R-20471/Data-Engineer"
JOB = {
    "jobId": "R-20471",
    "title": "Data Engineer",
    "cityStateCountry": "Austin, Texas, United States",
    "type": "Full time",
    "companyName": "Fernwick Labs",
    "postedDate": "2026-11-10T00:00:00.000+0000",
    "description": "<p>" + "You build the roads that data drives on. " * 12 + "</p>",
}
PAGE = (
    "<html><body><script>var phApp = phApp || {};phApp.ddo = "
    + json.dumps({"jobDetail": {"data": {"job": JOB}}})
    + "; phApp.experimentData = {};</script></body></html>"
)


def test_the_path_is_a_hint_and_the_page_makes_it_sure() -> None:
    by_path = detect(URL)
    by_page = detect(URL, PAGE)
    assert by_path is not None
    assert by_page is not None
    assert by_path.posting_id == by_page.posting_id == "R-20471"
    assert by_path.confidence < by_page.confidence


def test_the_page_brings_the_job_along() -> None:
    posting = parse_captured(Payload(URL, html=PAGE), now=NOW)
    assert (posting.title, posting.company) == ("Data Engineer", "Fernwick Labs")
    assert posting.locations == ("Austin, Texas, United States",)
    assert posting.employment_type == "full_time"
    assert posting.posted_at == date(2026, 11, 10)
    assert posting.requisition_id == "R-20471"
