from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://fernwick.teamtailor.com/jobs/812345-glassblower"
TEXT = "You blow glass for lamps and laboratories, teach two apprentices and keep the furnace in order. " * 5
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:tt="https://teamtailor.com/locations"><channel><title>Fernwick</title>
<item><title>Cook</title><link>https://fernwick.teamtailor.com/jobs/8123456-cook</link></item>
<item><title>Glassblower</title><link>https://fernwick.teamtailor.com/jobs/812345-glassblower</link>
<pubDate>Fri, 20 Nov 2026 09:05:16 +0100</pubDate>
<description>&lt;p&gt;You blow glass.&lt;/p&gt;</description>
<remoteStatus>hybrid</remoteStatus><tt:locations>
<tt:location><tt:name>Works</tt:name><tt:city>Växjö</tt:city><tt:country>Sweden</tt:country></tt:location>
<tt:location><tt:name>Anywhere</tt:name><tt:city></tt:city><tt:country></tt:country></tt:location>
</tt:locations></item></channel></rss>"""


def read(**payload: object) -> Posting:
    return parse("teamtailor", Payload(url=URL, posting_id="812345", **payload), now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (URL, "https://fernwick.teamtailor.com/jobs/812345"),
        (f"{URL}/applications/new?utm_source=x", "https://fernwick.teamtailor.com/jobs/812345"),
        ("https://fernwick.teamtailor.com/en-GB/jobs/812345", "https://fernwick.teamtailor.com/jobs/812345"),
        (
            "https://fernwick.na.teamtailor.com/jobs/812345-x",
            "https://fernwick.na.teamtailor.com/jobs/812345",
        ),
    ],
)
def test_addresses_name_employer_and_job(url: str, canonical: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("teamtailor", "fernwick", "812345")
    assert match.canonical_url == canonical


@pytest.mark.parametrize(
    "url", ["https://fernwick.teamtailor.com/jobs", "https://app.teamtailor.com/companies/x/jobs/812345"]
)
def test_a_board_and_the_recruiters_own_side_are_no_posting(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert match.posting_id is None


def test_a_board_on_the_employers_own_domain_is_known_by_its_page() -> None:
    page = '<script src="https://assets-aws.teamtailor-cdn.com/assets/careersite.js"></script>'
    match = detect("https://career.fernwick.example/jobs/812345-glassblower", page)
    assert match is not None
    assert (match.platform, match.posting_id) == ("teamtailor", "812345")


def test_a_link_to_a_board_makes_no_page_a_posting() -> None:
    page = '<a href="https://fernwick.teamtailor.com/jobs/5-x">Jobs</a>'
    assert detect("https://fernwick.example/jobs/812345-glassblower", page) is None


def test_the_item_of_the_feed_is_read() -> None:
    posting = read(answer_text=FEED)
    assert (posting.title, posting.company) == ("Glassblower", "Fernwick")
    assert posting.locations == ("Växjö, Sweden", "Anywhere")
    assert posting.location_type == "hybrid"
    assert posting.posted_at == date(2026, 11, 20)
    assert posting.description_text == "You blow glass."
    assert posting.is_open is True


def test_remote_work_of_the_feed_is_fully_so() -> None:
    assert read(answer_text=FEED.replace("hybrid", "fully")).location_type == "remote"


def test_an_item_of_the_json_feed_is_read() -> None:
    item = {
        "id": "3b1f0c52-8a41-4c55-9a7f-2d0b6f6b1e10",
        "url": URL,
        "title": "Glassblower",
        "content_html": "<p>You blow glass.</p>",
        "date_published": "2026-11-20T09:05:16+01:00",
        "_jobposting": {
            "@type": "JobPosting",
            "hiringOrganization": {"name": "Fernwick Glass"},
            "employmentType": "FULL_TIME",
            "baseSalary": {
                "currency": "SEK",
                "value": {"minValue": 31_000, "maxValue": 36_000, "unitText": "MONTH"},
            },
            "jobLocation": [{"address": {"addressLocality": "Växjö", "addressCountry": "SE"}}],
        },
    }
    other = {"id": "x", "url": "https://fernwick.teamtailor.com/jobs/8123456-cook", "title": "Cook"}
    posting = read(answer={"version": "https://jsonfeed.org/version/1.1", "items": [other, item]})
    assert (posting.title, posting.company) == ("Glassblower", "Fernwick Glass")
    assert posting.locations == ("Växjö, SE",)
    assert (posting.salary_max, posting.salary_currency) == (Decimal(36_000), "SEK")
    assert posting.employment_type == "full_time"


def test_the_page_is_read_by_its_json_ld_and_its_list_of_facts() -> None:
    node = {
        "@type": "JobPosting",
        "title": "Glassblower",
        "description": f"<p>{TEXT}</p>",
        "hiringOrganization": {"name": "Fernwick Glass"},
        "baseSalary": {
            "currency": "SEK",
            "value": {"minValue": 31_000, "maxValue": 36_000, "unitText": "MONTH"},
        },
    }
    page = f"""<script type="application/ld+json">{json.dumps(node)}</script><body><dl><dt>Remote status</dt>
      <dd>Hybrid</dd><dt>Employment type</dt><dd>Full-time</dd></dl></body>"""
    posting = parse_captured(Payload(url=URL, html=page), now=NOW)
    assert (posting.title, posting.company, posting.salary_max) == (
        "Glassblower",
        "Fernwick Glass",
        Decimal(36_000),
    )
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")


@pytest.mark.parametrize(
    ("status", "final", "state"),
    [
        (200, URL, "posting"),
        (200, "https://fernwick.teamtailor.com/jobs", "nothing"),
        (404, URL, "closed"),
        (404, "https://fernwick.teamtailor.com/", "nothing"),
        (403, URL, "blocked"),
    ],
)
def test_only_the_postings_own_address_says_that_it_is_gone(status: int, final: str, state: str) -> None:
    match, platform = detect(URL), platform_named("teamtailor")
    assert match is not None
    assert judge(Answer(Request(URL, "page"), status, final, "<p>x</p>"), match, platform).state == state
