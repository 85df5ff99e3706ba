"""Whatever JSON an answer or a page's state holds, it is read and judged without an error."""

from __future__ import annotations

import html as html_entities
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platform_questions import NOW

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Platform, Request
from apptrack_pipeline.postings.platforms.ashby import ASHBY
from apptrack_pipeline.postings.platforms.gem import GEM
from apptrack_pipeline.postings.platforms.greenhouse import GREENHOUSE
from apptrack_pipeline.postings.platforms.lever import LEVER
from apptrack_pipeline.postings.platforms.recruitee import RECRUITEE
from apptrack_pipeline.postings.platforms.rippling import RIPPLING
from apptrack_pipeline.postings.platforms.workable import WORKABLE

BOARDS = [ASHBY, GEM, GREENHOUSE, LEVER, RECRUITEE, RIPPLING, WORKABLE]

KEYS = re.findall(
    r"\w+",
    """
    absolute_url additional allLocations apiData appConfig appData application_deadline benefits
    blurb board candidates careers_url categories child_ids city closed code commitment company
    companyName company_name compensation compensationTierSummary compensationTiers compensationType
    components content country createdAt createdOn currency currencyCode currency_type data
    department description descriptionHtml employmentType employmentTypeLabel employment_type error
    errors first_published frequency hidden hybrid id interval isListed isRemote items job jobBoard
    jobBoardExternal jobPost jobPostSectionHtml jobPosting jobPostings jobUrl jobs label language
    lists loaderData location locationIds locationType location_type locations max maxValue
    max_cents metadata min minValue min_cents name oatsExternalJobPosting offer offers offices ok
    organization pageProps pay_input_ranges pay_ranges payRangeDetails posting props published
    publishedAt published_at rangeEnd rangeStart remote requirements requisition_id results role
    salary salaryDescription salaryRange secondaryLocations shortcode slug state status
    summaryComponents telecommuting text title translations type unit uuid value workLocation
    workLocations workplace workplaceType
    """,
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["<p>x</p>", "&lt;p&gt;", "1 YEAR", "$1 - $2K", "2026-11-02", "9" * 5000, "pay-range"])
    | st.sampled_from([1_793_600_000_000, 10**400, -1, "a\x00b", "\ud800"])
)
ANYTHING = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)
LAYERS = [
    ["jobs"],
    ["offers"],
    ["offer"],
    ["data", "jobPosting"],
    ["data", "jobBoard", "jobPostings"],
    ["data", "oatsExternalJobPosting"],
    ["props", "pageProps", "apiData", "jobPost"],
    ["state", "loaderData", "route", "jobPost"],
    ["posting"],
    ["appConfig"],
    [],
]


@pytest.mark.parametrize("platform", BOARDS, ids=lambda platform: platform.name)
@settings(max_examples=60, deadline=None)
@given(
    answer=ANYTHING | st.dictionaries(st.sampled_from(KEYS), ANYTHING, min_size=3, max_size=12),
    layers=st.sampled_from(LAYERS),
    in_list=st.booleans(),
    posting_id=st.none() | st.just("4012345"),
)
def test_any_answer_is_read_and_judged(
    platform: Platform, answer: object, layers: list[str], in_list: bool, posting_id: str | None
):
    if in_list:
        answer = [answer, answer]
    for layer in reversed(layers):
        answer = {layer: answer}
    written = json.dumps(answer)
    page = f"<body><script>window.__appData = {written}; window.__remixContext = {written};</script>"
    page += f'<script id="__NEXT_DATA__">{written}</script>'
    page += f'<div data-component="PublicApp" data-props="{html_entities.escape(written)}"></div></body>'
    url = "https://blueharbor.example/o/4012345?gh_jid=4012345"
    payload = Payload(url, html=page, answer=answer, organisation="bh", posting_id=posting_id)
    posting = parse(platform.name, payload, now=NOW)
    assert isinstance(posting, Posting)
    assert isinstance(posting.locations, tuple)
    match = Match(platform.name, "bh", posting_id, f"{url}&api", url, 1.0, "")
    assert platform.judge is not None
    for kind in ("api", "page"):
        for status in (200, 401, 404):
            platform.judge(Answer(Request(url, kind), status, url, written), match)  # type: ignore[arg-type]


SEGMENTS = [
    "o",
    "j",
    "jobs",
    "job",
    "embed",
    "en-US",
    "bh",
    "..",
    "%2F",
    "%00",
    "a b",
    "v1",
    "boards",
    "é",
    "0",
]
SEGMENTS += [
    "0b5f2c1e-9d34-4a6b-8f10-2c7d9e3a4b5c",
    "0A1B2C3D4E",
    "4012345",
    "view",
    "api",
    "offers",
    "apply",
]


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from([host for platform in BOARDS for host in platform.hosts] + ["blueharbor.example"]),
    st.sampled_from(["", "jobs.", "apply.", "bh.", "boards.eu."]),
    st.lists(st.sampled_from(SEGMENTS), max_size=6),
    st.sampled_from(
        ["", "gh_jid=4012345", "ashby_jid=0b5f2c1e-9d34-4a6b-8f10-2c7d9e3a4b5c", "token=1&for=%00"]
    ),
    st.text(max_size=30),
)
def test_any_address_is_read_and_its_one_spelling_names_the_same_posting(
    host: str, before: str, path: list[str], query: str, html: str
):
    match = detect(f"https://{before}{host}/{'/'.join(path)}?{query}", html)
    if match is not None and match.posting_id is not None:
        again = detect(match.canonical_url)
        assert again is not None
        assert (again.platform, again.posting_id) == (match.platform, match.posting_id)
        assert again.canonical_url == match.canonical_url
