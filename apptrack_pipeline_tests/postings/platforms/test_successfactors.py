from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse_captured

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://career5.successfactors.eu/career?company=fernwick&career_job_req_id=48213&career_ns=job_listing",
        "https://career5.successfactors.eu/sfcareer/jobreqcareer?jobId=48213&company=fernwick&username=",
    ],
)
def test_the_older_site_names_company_and_job_in_the_query(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("successfactors", "fernwick", "48213")
    assert match.canonical_url == (
        "https://career5.successfactors.eu/career?career_job_req_id=48213&company=fernwick"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://jobs.fernwick.example/job/Berlin-Data-Engineer-10115/1012345601/",
        "https://jobs.fernwick.example/job/Berlin-Data-Engineer-10115/1012345601-de_DE",
        "https://jobs.fernwick.example/brand/job/Berlin-Data-Engineer-10115/1012345601/?feedId=1",
    ],
)
def test_the_newer_site_is_known_by_its_path_on_the_employers_host(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.posting_id) == ("successfactors", "1012345601")
    assert match.confidence < 0.95


@pytest.mark.parametrize(
    "url", ["https://fernwick.example/job/engineer/77", "https://fernwick.example/job/a/b/1012345601"]
)
def test_other_paths_are_not_its(url: str) -> None:
    assert detect(url) is None


def test_the_page_has_microdata() -> None:
    text = "You keep the trains on time and the timetable honest. " * 12
    html = f"""<html lang="de-DE"><head><title>Planner Job Details | Fernwick</title></head>
    <body class="coreCSB"><div itemscope itemtype="http://schema.org/JobPosting">
    <h1><span itemprop="title" data-careersite-propertyid="title">Timetable Planner</span></h1>
    <meta itemprop="datePosted" content="Tue Jul 14 07:00:00 UTC 2026">
    <meta itemprop="hiringOrganization" content="Fernwick Rail">
    <span itemprop="jobLocation"><meta itemprop="addressLocality" content="Frankf">
    <span class="jobGeoLocation">Frankfurt am Main, HE, DE</span></span>
    <span itemprop="description"><span class="jobdescription"><p>{text}</p></span></span></div>
    </body></html>"""
    url = "https://jobs.fernwick.example/job/Frankfurt-Planner/1012345601/"
    posting = parse_captured(Payload(url, html=html), now=NOW)
    assert posting.title == "Timetable Planner"
    assert posting.company == "Fernwick Rail"
    assert posting.locations == ("Frankfurt am Main, HE, DE",)
    assert posting.posted_at == date(2026, 7, 14)
    assert posting.description_text is not None
    assert posting.description_text.startswith("You keep the trains")
