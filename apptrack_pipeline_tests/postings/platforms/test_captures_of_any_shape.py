"""Boards that are read from captures, and the lists of smaller systems: whatever they hold, nothing fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = ["bamboohr", "breezy", "glassdoor", "indeed", "jobvite", "linkedin", "paylocity", "personio"] + [
    "pinpoint",
    "teamtailor",
    "ziprecruiter",
]
KEYS = st.sampled_from(
    [
        "result",
        "jobOpening",
        "jobOpeningName",
        "location",
        "atsLocation",
        "city",
        "country",
        "name",
        "id",
        "title",
    ]
    + [
        "locationType",
        "compensation",
        "salary",
        "locations",
        "company",
        "type",
        "data",
        "items",
        "attributes",
    ]
    + [
        "_jobposting",
        "jobLocation",
        "address",
        "job",
        "jobs",
        "Jobs",
        "JobId",
        "JobTitle",
        "JobLocation",
        "url",
    ]
    + ["jobInfoWrapperModel", "jobInfoModel", "jobInfoHeaderModel", "salaryInfoModel", "salaryMin", "body"]
    + ["hostQueryExecutionResult", "jobData", "results", "baseSalary", "range", "min", "max", "datePublished"]
    + ["header", "payPeriodAdjustedPay", "p10", "ageInDays", "pay", "getJobDetailsResponse", "jobDetails"]
    + ["hydrateJobCardsResponse", "jobCards", "employmentTypes", "locationTypes", "status", "postedAtUtc"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["7", "<p>x</p>", "2026-01-01", "$15 - $20 / hour", "&lt;p&gt;", "1e999", "\ud800"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)
CLASSES = st.sampled_from(
    [
        "top-card-layout__title",
        "topcard__flavor",
        "closed-job",
        "job-details-jobs-unified-top-card__job-title",
    ]
    + ["job-details-jobs-unified-top-card__primary-description-container", "jobs-unified-top-card"]
    + ["description__job-criteria-item", "description__job-criteria-subheader", "compensation__salary"]
    + [
        "base-search-card",
        "job-preview-title",
        "preview-location",
        "job-listing-header",
        "jv-job-detail-meta",
    ]
    + ["jv-inline-separator", "jobsearch-JobInfoHeader-title", "position", "meta", "location", "salary-range"]
)
TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "No longer accepting applications",
        "Apply",
        "About the job",
        "· 2 weeks ago ·",
        "$1/yr",
        "•",
        "Engineer",
    ]
)
TAGS = st.sampled_from(["div", "h1", "h2", "span", "main", "dl", "dt", "dd", "a", "li", "table"])
PAGES = st.lists(
    st.tuples(TAGS, CLASSES, TEXTS, st.booleans()).map(
        lambda part: f"<{part[0]} class='{part[1]}'>{part[2]}" + (f"</{part[0]}>" if part[3] else "")
    ),
    max_size=14,
).map("".join)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(answer=VALUES, posting_id=st.none() | st.sampled_from(["7", "", "x" * 30]))
def test_an_answer_of_any_shape_is_read_and_judged(name: str, answer: object, posting_id: str | None) -> None:
    written = json.dumps(answer)
    posting = parse(name, Payload("", answer=answer, answer_text=written, posting_id=posting_id), now=NOW)
    assert posting.title is None or 0 < len(posting.title) <= 300
    platform = platform_named(name)
    assert platform is not None
    match = Match(name, None, posting_id, None, "https://x.example/1", 1.0, "")
    if platform.judge is not None:
        platform.judge(
            Answer(Request("https://x.example/1", "api"), 200, "https://x.example/1", written), match
        )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(body=PAGES, state=VALUES, title=TEXTS)
def test_a_page_of_any_shape_is_read(name: str, body: str, state: object, title: str) -> None:
    written = json.dumps(state)
    html = (
        f"<title>{title} | LinkedIn</title><script>window._initialData={written};window.pageData = {written};"
        f"window.appCache={written};self.__next_f.push([1,{json.dumps(written)}])</script>"
        f"<script id='js_variables'>{written}</script><script id='__NEXT_DATA__'>{written}</script>{body}"
    )
    parse(name, Payload("", html=html, posting_id="7", page_title=title), now=NOW)


PIECES = [
    "jobs",
    "job",
    "careers",
    "view",
    "p",
    "postings",
    "Details",
    "Recruiting",
    "c",
    "viewjob",
    "rc",
    "clk",
] + [
    "4012345678",
    "1a2b3c4d5e6f-x",
    "0d5f6c1e-7a52-4c7e-9d55-1c2b3a4d5e6f",
    "oAbC1fwXy",
    "3f0c9a1b2d4e5f60",
    "%00",
    "..",
    "é",
    "x" * 300,
]
QUERIES = [
    "jk=3f0c9a1b2d4e5f60",
    "vjk=x",
    "jl=1009123456789",
    "jid=abcdef12",
    "id=7",
    "jvi=oAbC1fwXy,Job",
    "a=%ff",
]
HOSTS = [
    "linkedin.com",
    "indeed.com",
    "glassdoor.de",
    "ziprecruiter.com",
    "jobs.personio.de",
    "breezy.hr",
] + [
    "bamboohr.com",
    "teamtailor.com",
    "pinpointhq.com",
    "jobvite.com",
    "paylocity.com",
]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(HOSTS),
    st.sampled_from(["", "www.", "fernwick.", "jobs.", "recruiting.", "de."]),
    st.lists(st.sampled_from(PIECES), max_size=6),
    st.lists(st.sampled_from(QUERIES), max_size=3),
)
def test_the_one_spelling_of_an_address_names_the_same_posting(
    host: str, before: str, path: list[str], query: list[str]
) -> None:
    match = detect(f"https://{before}{host}/{'/'.join(path)}?{'&'.join(query)}")
    assert match is not None
    if match.posting_id is not None:
        again = detect(match.canonical_url)
        assert again is not None
        assert (again.platform, again.posting_id) == (match.platform, match.posting_id)
        assert again.canonical_url == match.canonical_url
