from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse_captured

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://fernwick.avature.net/careers/JobDetail/Data-Engineer/20471",
        "https://fernwick.avature.net/en_US/careers/JobDetail/Data-Engineer/20471?source=x",
        "https://fernwick.avature.net/careers/JobDetail?jobId=20471",
        "https://fernwick.avature.net/careers/ApplicationMethods?jobId=20471",
    ],
)
def test_one_job_has_one_address_on_avatures_host(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("avature", "fernwick", "20471")
    assert match.canonical_url == "https://fernwick.avature.net/careers/JobDetail/20471"


def test_the_employers_own_host_is_a_hint() -> None:
    match = detect("https://careers.fernwick.example/de_DE/jobs/JobDetail/Risk-Analyst/3150")
    assert match is not None
    assert (match.platform, match.posting_id) == ("avature", "3150")
    assert match.confidence < 0.95


def test_a_search_is_no_job() -> None:
    match = detect("https://fernwick.avature.net/careers/SearchJobs/engineer?jobOffset=12")
    assert match is not None
    assert match.posting_id is None


def test_the_page_has_pairs_of_label_and_value() -> None:
    def field(label: str, value: str) -> str:
        return (
            '<div class="article__content__view__field">'
            f'<div class="article__content__view__field__label">{label}</div>'
            f'<div class="article__content__view__field__value">{value}</div></div>'
        )

    html = (
        "<html><body><h2 class='banner__text__title'>Risk Analyst</h2>"
        + field("Location", "Milan, Italy")
        + field("Employment type", "Permanent, full time")
        + field("Ref #", "RA-3150")
        + "</body></html>"
    )
    url = "https://fernwick.avature.net/careers/JobDetail/Risk-Analyst/3150"
    posting = parse_captured(Payload(url, html=html), now=NOW)
    assert posting.title == "Risk Analyst"
    assert posting.locations == ("Milan, Italy",)
    assert posting.employment_type == "full_time"
    assert posting.requisition_id == "RA-3150"
