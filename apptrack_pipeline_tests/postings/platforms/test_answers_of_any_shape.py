"""Answers and pages are untrusted: whatever they hold, they are read without an error."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.postings.detection import detect, identity_url
from apptrack_pipeline.postings.fields import Fields
from apptrack_pipeline.postings.markup import parse_page
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.platform import Answer, Match, Platform, Request
from apptrack_pipeline.postings.platforms import PLATFORMS

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        "Id",
        "Title",
        "items",
        "data",
        "job",
        "jobPosting",
        "positions",
        "Locations",
        "Address",
        "City",
        "locations",
    ]
    + [
        "requisitionLocations",
        "nameCode",
        "shortName",
        "jobRequisitions",
        "opportunities",
        "jobPostings",
        "id",
    ]
    + [
        "postingLocations",
        "requisitions",
        "googleJobJson",
        "salaryRange",
        "payGradeRange",
        "customFieldGroup",
    ]
    + [
        "requisitionTitle",
        "displayJobTitle",
        "postingEffectiveDate",
        "t_create",
        "name",
        "jobTitle",
        "baseSalary",
    ]
    + [
        "secondaryLocations",
        "requisitionList",
        "hiringOrganization",
        "codeFields",
        "minimumRate",
        "amountValue",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["<p>x</p>", "2026-01-01", "31/12/2026", "$15 - $20 hourly", '{"a": 1}', "{" * 50])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)
ASKED = Request("https://x.example/api?siteNumber=CX_1", "api")


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
@settings(max_examples=60, deadline=None)
@given(answer=JSON, html=st.text(max_size=40), posting_id=st.none() | st.text(max_size=5))
def test_any_answer_is_read_and_judged(
    platform: Platform, answer: object, html: str, posting_id: str | None
) -> None:
    written = json.dumps(answer)
    page = (
        f"<html><body><script id='__NEXT_DATA__'>{written}</script><code id='smartApplyData'>{written}</code>"
        f"<script>phApp.ddo = {written}; new US.Opportunity.CandidateOpportunityDetail({written})</script>"
        f"{html}"
    )
    payload = Payload(
        "https://x.example/1", html=page, answer=answer, answer_text=written, posting_id=posting_id
    )
    match = Match(platform.name, None, posting_id, None, "https://x.example/1", 1.0, "")
    if platform.read_answer is not None:
        platform.read_answer(payload, Fields(NOW))
    parsed = parse_page(page)
    if platform.read_page is not None and parsed is not None:
        platform.read_page(parsed, payload, Fields(NOW))
    for text, status in ((written, 200), (page, 200), (written, 403), (html, 404)):
        for kind in ("api", "page"):
            asked = Request(ASKED.url, kind)  # type: ignore[arg-type]
            if platform.judge is not None:
                platform.judge(Answer(asked, status, ASKED.url, text), match)


HOSTS = sorted({host for platform in PLATFORMS for host in platform.hosts}) + ["careers.fernwick.example"]
PIECES = (
    [
        "job",
        "jobs",
        "careers",
        "sites",
        "CX_1",
        "en",
        "en-US",
        "JobBoard",
        "OpportunityDetail",
        "apply",
        "JobDetail",
    ]
    + [
        "12345",
        "446706543210",
        "1012345601-de_DE",
        "portal",
        "hcmUI",
        "CandidateExperience",
        "embed",
        "job_app",
    ]
    + [
        "v4",
        "ats",
        "web.php",
        "ux",
        "careersite",
        "home",
        "requisition",
        "%2F",
        "%3Fx",
        "%00",
        "..",
        "a b",
        "é",
        "%",
    ]
    + [
        "0f9b3c1e-7a52-4c7e-9d55-1c2b3a4d5e6f",
        "0A1B2C3D4E5F60718293A4B5C6D7E8F9",
        "fernwick",
        "Fernwick%20Hall",
    ]
)
QUERIES = (
    [
        "gh_jid=4012345",
        "for=fernwick",
        "token=4012345",
        "pid=446706543210",
        "domain=fernwick.example",
        "jobId=512345",
    ]
    + [
        "opportunityId=0f9b3c1e-7a52-4c7e-9d55-1c2b3a4d5e6f",
        "company=fernwick",
        "career_job_req_id=48213",
        "x=%00",
    ]
    + ["clientkey=0A1B2C3D4E5F60718293A4B5C6D7E8F9", "job=389228", "cid=0f9b3c1e-7a52-4c7e-9d55-1c2b3a4d5e6f"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(HOSTS),
    st.sampled_from(["", "www.", "fernwick.", "fernwick.wd5.", "jobs.", "jobs-fernwick.", "career5."]),
    st.lists(st.sampled_from(PIECES), max_size=7),
    st.lists(st.sampled_from(QUERIES), max_size=3),
)
def test_any_address_is_read_and_its_identity_is_its_own(
    host: str, before: str, path: list[str], query: list[str]
) -> None:
    url = f"https://{before}{host}/{'/'.join(path)}" + ("?" + "&".join(query) if query else "")
    once = identity_url(url)
    assert identity_url(once) == once
    match = detect(url)
    if match is not None:
        again = detect(match.canonical_url)
        if again is not None and again.posting_id is not None and match.posting_id is not None:
            assert again.posting_id.casefold() == match.posting_id.casefold()
