"""Postings are known by their ids, however their addresses are spelled."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.correlation.job_ids import posting_keys, requisition_key

UUID = "0f9b3c1e-7a52-4c7e-9d55-1c2b3a4d5e6f"
BOARD = "aaaaaaaa-7a52-4c7e-9d55-1c2b3a4d5e6f"

ADDRESSES = [
    ("https://boards.greenhouse.io/fernwick/jobs/4012345", "greenhouse:4012345"),
    ("https://boards.greenhouse.io/fernwick/jobs/4012345?gh_jid=4012345&gh_src=abc", "greenhouse:4012345"),
    ("https://job-boards.greenhouse.io/fernwick/jobs/4012345", "greenhouse:4012345"),
    ("https://job-boards.eu.greenhouse.io/fernwick/jobs/4012345/confirmation", "greenhouse:4012345"),
    ("https://boards.greenhouse.io/embed/job_app?for=fernwick&token=4012345", "greenhouse:4012345"),
    ("https://my.greenhouse.io/jobs/fernwick/4012345", "greenhouse:4012345"),
    ("https://boards-api.greenhouse.io/v1/boards/fernwick/jobs/4012345", "greenhouse:4012345"),
    ("https://careers.fernwick.example/open-roles?gh_jid=4012345", "greenhouse:4012345"),
    (f"https://jobs.lever.co/Fernwick/{UUID}", f"uuid:{UUID}"),
    (f"https://jobs.lever.co/Fernwick/{UUID}/apply?lever-source=x", f"uuid:{UUID}"),
    (f"https://jobs.lever.co/Fernwick/{UUID}/thanks", f"uuid:{UUID}"),
    (f"https://jobs.eu.lever.co/fernwick/{UUID.upper()}", f"uuid:{UUID}"),
    (f"https://jobs.ashbyhq.com/Fernwick%20Hall/{UUID}/application", f"uuid:{UUID}"),
    (f"https://fernwick.example/careers?ashby_jid={UUID}", f"uuid:{UUID}"),
    (f"https://ats.rippling.com/en-GB/fernwick/jobs/{UUID}", f"uuid:{UUID}"),
    (f"https://fernwick.pinpointhq.com/en/postings/{UUID}", f"uuid:{UUID}"),
    (
        "https://fernwick.wd5.myworkdayjobs.com/en-US/Careers/job/Berlin/Data-Engineer_R-0008694",
        "workday:fernwick:r-0008694",
    ),
    (
        "https://fernwick.wd5.myworkdayjobs.com/careers/job/Berlin/Data-Engineer_R-0008694/apply/applyManually",
        "workday:fernwick:r-0008694",
    ),
    (
        "https://fernwick.wd5.myworkdayjobs.com/Careers/details/Data_Engineer_JR1986530-1?q=data",
        "workday:fernwick:jr1986530",
    ),
    (
        "https://wd5.myworkdaysite.com/en-US/recruiting/fernwick/Careers/job/Berlin/Data-Engineer_R-0008694",
        "workday:fernwick:r-0008694",
    ),
    (
        "https://jobs.smartrecruiters.com/Fernwick/744000075294620-data-engineer",
        "smartrecruiters:744000075294620",
    ),
    ("https://jobs.smartrecruiters.com/Fernwick/744000075294620", "smartrecruiters:744000075294620"),
    ("https://apply.workable.com/j/7652F941E8", "workable:7652f941e8"),
    ("https://apply.workable.com/fernwick/j/7652F941E8/apply/", "workable:7652f941e8"),
    ("https://careers-fernwick.icims.com/jobs/1234/data-engineer/job?mode=view", "icims:fernwick:1234"),
    ("https://uscareers-fernwick.icims.com/jobs/1234/job?in_iframe=1", "icims:fernwick:1234"),
    ("https://www.linkedin.com/jobs/view/data-engineer-at-fernwick-3912345678?trk=x", "linkedin:3912345678"),
    ("https://de.linkedin.com/comm/jobs/view/3912345678/", "linkedin:3912345678"),
    ("https://www.linkedin.com/jobs/search/?currentJobId=3912345678", "linkedin:3912345678"),
    ("https://www.indeed.com/viewjob?jk=0123456789abcdef&from=x", "indeed:0123456789abcdef"),
    ("https://de.indeed.com/jobs?q=data&vjk=0123456789abcdef", "indeed:0123456789abcdef"),
    (
        "https://fernwick.taleo.net/careersection/2/jobdetail.ftl?job=2500ABC&lang=en",
        "taleo:fernwick:2500abc",
    ),
    (
        "https://phh.tbe.taleo.net/phh01/ats/careers/v2/viewRequisition?org=FERNWICK&cws=41&rid=512",
        "taleo:fernwick:512",
    ),
    ("https://fernwick.bamboohr.com/careers/77", "bamboohr:fernwick:77"),
    ("https://fernwick.bamboohr.com/jobs/view.php?id=77", "bamboohr:fernwick:77"),
    ("https://fernwick.jobs.personio.de/job/123456?language=en", "personio:fernwick:123456"),
    ("https://fernwick.recruitee.com/en/o/data-engineer-berlin", "recruitee:fernwick:data-engineer-berlin"),
    (
        "https://fernwick.recruitee.com/o/data-engineer-berlin/c/new",
        "recruitee:fernwick:data-engineer-berlin",
    ),
    ("https://fernwick.teamtailor.com/en-GB/jobs/123456-data-engineer", "teamtailor:fernwick:123456"),
    (
        "https://fernwick.teamtailor.com/jobs/123456-data-engineer/applications/new",
        "teamtailor:fernwick:123456",
    ),
    ("https://fernwick.applytojob.com/apply/aB3dE5fG7h/Data-Engineer", "jazzhr:fernwick:aB3dE5fG7h"),
    ("https://jobs.jobvite.com/careers/fernwick/job/oAbCdEfGh/apply", "jobvite:oAbCdEfGh"),
    (
        "https://career5.successfactors.eu/career?company=fernwick&career_job_req_id=48213",
        "successfactors:fernwick:48213",
    ),
    (
        "https://jobs.fernwick.example/job/Berlin-Data-Engineer/1012345601/",
        "successfactors:jobs.fernwick.example:1012345601",
    ),
    (
        "https://eeho.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/12345/apply/email",
        "oracle:eeho.fa.us2:12345",
    ),
    ("https://fernwick.breezy.hr/p/0123456789ab-data-engineer", "breezy:0123456789ab"),
    (
        f"https://recruiting2.ultipro.com/FER1/JobBoard/{BOARD}/OpportunityDetail?opportunityId={UUID}",
        f"uuid:{UUID}",
    ),
]


@pytest.mark.parametrize(("url", "key"), ADDRESSES)
def test_an_address_of_a_posting_or_of_its_form_has_the_key_of_the_posting(url: str, key: str) -> None:
    assert posting_keys(url) == (key,)


@pytest.mark.parametrize(
    "url",
    [
        "https://boards.greenhouse.io/fernwick",
        "https://jobs.lever.co/fernwick",
        "https://fernwick.wd5.myworkdayjobs.com/en-US/Careers",
        "https://fernwick.wd5.myworkdayjobs.com/en-US/Careers/job/Berlin/Data-Engineer_London-2",
        "https://fernwick.applytojob.com/apply/jobs",
        "https://careers-fernwick.icims.com/jobs/search?pr=1",
        "https://www.linkedin.com/company/fernwick",
        "https://www.indeed.com/jobs?q=data",
        "https://fernwick.example/careers/data-engineer",
        f"https://recruiting2.ultipro.com/FER1/JobBoard/{BOARD}/",
        f"https://jobs.ashbyhq.com/{BOARD}/about",
        "mailto:jobs@fernwick.example",
        "not an address",
        "https://[broken/jobs",
        "",
    ],
)
def test_an_address_without_an_id_has_no_key(url: str) -> None:
    assert posting_keys(url) == ()


def test_an_id_that_is_an_employers_own_says_whose_it_is() -> None:
    one = posting_keys("https://fernwick.bamboohr.com/careers/77")
    assert one != posting_keys("https://quillmark.bamboohr.com/careers/77")


def test_real_addresses_have_keys_and_no_two_postings_share_one(shared_data: Path) -> None:
    with gzip.open(shared_data / "ats" / "posting_urls.tsv.gz", "rt", encoding="utf-8") as file:
        urls = {row["url"] for row in csv.DictReader(file, delimiter="\t")}
    by_key: dict[str, set[str]] = defaultdict(set)
    for url in urls:
        for key in posting_keys(url):
            by_key[key].add(url.partition("?")[0] if "gh_jid" not in url else key)
    assert sum(bool(posting_keys(url)) for url in urls) >= 0.999 * len(urls)
    assert {key: found for key, found in by_key.items() if len(found) > 1} == {}


@given(st.text(max_size=200))
def test_any_text_has_keys_or_none(text: str) -> None:
    assert all(":" in key for key in posting_keys(text))
    assert posting_keys(f"https://jobs.lever.co/{text}") is not None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("R-0008694", "R0008694"),
        ("R0008694", "R0008694"),
        ("r 0008694", "R0008694"),
        ("JR1986530", "JR1986530"),
        ("JR1986530-1", "JR1986530"),
        ("#48213", "48213"),
        ("(Job ID: 3042163)", "3042163"),
        ("Kennziffer: AB-4711", "AB4711"),
        ("85513BR", "85513BR"),
        ("2025-71598", "202571598"),
        ("REQ_12345", "REQ12345"),
        ("A123", "A123"),
    ],
)
def test_a_requisition_number_has_one_spelling(text: str, key: str) -> None:
    assert requisition_key(text) == key


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-11-24", "24.11.2026", "11/24/26", "20261124", "2025/26", "R-12", "123", "AB12"]
    + ["Data Engineer", "Senior", "call me at 10:30 or 11:45", "x" * 300, "１２３４"],
)
def test_what_is_no_requisition_number_has_no_key(text: str) -> None:
    assert requisition_key(text) is None


@given(st.text(max_size=60))
def test_the_key_of_a_requisition_key_is_itself(text: str) -> None:
    key = requisition_key(text)
    assert key is None or requisition_key(key) in {key, None}
