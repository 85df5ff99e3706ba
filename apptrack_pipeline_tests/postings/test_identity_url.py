"""All addresses of one posting are one, and two postings never are: the identity of captures."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.correlation.job_ids import posting_keys
from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.detection import identity_url
from apptrack_pipeline.postings.platforms import PLATFORMS

ID = "0f9b3c1e-7a52-4c7e-9d55-1c2b3a4d5e6f"
OTHER = "1f9b3c1e-7a52-4c7e-9d55-1c2b3a4d5e6f"

ONE_JOB = {
    "https://boards.greenhouse.io/acme/jobs/4012345": [
        "https://boards.greenhouse.io/acme/jobs/4012345?t=abc&source=x9&gh_jid=4012345",
        "https://job-boards.greenhouse.io/acme/jobs/4012345",
        "https://boards.greenhouse.io/embed/job_app?token=4012345&for=acme&gh_src=1",
        "https://my.greenhouse.io/jobs/acme/4012345",
    ],
    "https://example.com/jobs?gh_jid=4012345": ["https://www.example.com/jobs?gh_jid=4012345&gh_src=abc"],
    f"https://jobs.lever.co/acme/{ID}": [
        f"https://jobs.lever.co/Acme/{ID}/apply?lever-source=LinkedIn",
        f"https://jobs.lever.co/Acme/{ID.upper()}/thanks",
    ],
    f"https://jobs.ashbyhq.com/acme%20co/{ID}": [
        f"https://jobs.ashbyhq.com/Acme%20Co/{ID}/application?utm_source=x",
        f"https://jobs.ashbyhq.com/Acme+Co/{ID}",
    ],
    "https://jobs.smartrecruiters.com/acme/743999999999999": [
        "https://jobs.smartrecruiters.com/Acme/743999999999999-engineer?trid=x"
    ],
    f"https://example.com/careers?ashby_jid={ID}": [
        f"https://example.com/careers?ashby_jid={ID}&utm_medium=x"
    ],
    "https://acme.wd1.myworkdayjobs.com/site/job/_R-00012-2": [
        "https://acme.wd1.myworkdayjobs.com/en-US/Site/job/X/Engineer_R-00012-2/apply/applyManually?source=LinkedIn",
        "https://acme.wd1.myworkdayjobs.com/en-us/Site/job/X/Engineer_R-00012-2",
        "https://acme.wd1.myworkdayjobs.com/Site/details/Engineer_R-00012-2?q=engineer",
        "https://acme.wd1.myworkdayjobs.com/Site/job/Other-Place/Renamed-Engineer_R-00012-2",
    ],
    "https://apply.workable.com/j/7652F941E8": [
        "https://apply.workable.com/acme/j/7652F941E8/apply/",
        "https://apply.workable.com/acme/j/7652F941E8/?utm_source=x",
    ],
    "https://jobs-acme.icims.com/jobs/12/job": [
        "https://jobs-acme.icims.com/jobs/12/some-title/job?mode=job&mobile=false&width=9&in_iframe=1&hub=2"
    ],
    "https://phh.tbe.taleo.net/phh01/ats/careers/v2/viewRequisition?cws=2&org=ACME&rid=3": [
        "https://phh.tbe.taleo.net/phh01/ats/careers/v2/viewRequisition?rid=3&org=ACME&cws=2&source=x1"
    ],
    "https://acme.taleo.net/careersection/2/jobdetail.ftl?job=9": [
        "https://acme.taleo.net/careersection/2/jobdetail.ftl?lang=en&job=9&tz=GMT"
    ],
    "https://linkedin.com/jobs/view/4012345678": [
        "https://www.linkedin.com/jobs/view/4012345678",
        "https://linkedin.com/jobs/view/4012345678/",
        "https://www.linkedin.com/comm/jobs/view/4012345678/?trackingId=a",
        "https://www.linkedin.com/jobs-guest/jobs/api/jobPosting/4012345678",
        "https://www.linkedin.com/jobs/view/data-engineer-2024-at-acme-4012345678",
        "https://uk.linkedin.com/jobs/view/data-engineer-12345-at-acme-4012345678/?refId=x%3D%3D",
        "https://www.linkedin.com/jobs/view/4012345678/?currentJobId=4099999999",
        "https://www.linkedin.com/jobs/search?currentJobId=4012345678&keywords=data%20engineer",
        "https://linkedin.com/jobs/search/?keywords=x&currentJobId=4012345678&origin=JOBS_HOME",
        "https://www.linkedin.com/jobs/collections/recommended/?currentJobId=4012345678",
        "https://www.linkedin.com/jobs/search-results/?currentJobId=4012345678",
    ],
    "https://indeed.com/viewjob?jk=0123456789abcdef": [
        "https://www.indeed.com/viewjob?jk=0123456789abcdef",
        "https://indeed.com/viewjob?jk=0123456789ABCDEF&tk=1h&from=serp&vjs=3",
        "https://www.indeed.com/viewjob?vjk=0123456789abcdef",
        "https://www.indeed.com/m/viewjob?jk=0123456789abcdef",
        "https://www.indeed.com/jobs?q=python&l=Leeds&vjk=0123456789abcdef",
        "https://www.indeed.com/jobs?q=python&jk=fedcba9876543210&vjk=0123456789abcdef",
        "https://www.indeed.com/viewjob?jk=0123456789abcdef&vjk=fedcba9876543210",
        "https://www.indeed.com/q-python-l-leeds-jobs.html?vjk=0123456789abcdef",
        "https://www.indeed.com/l-leeds-jobs.html?vjk=0123456789abcdef",
        "https://www.indeed.com/?vjk=0123456789abcdef",
    ],
    "https://uk.indeed.com/viewjob?jk=0123456789abcdef": [
        "https://uk.indeed.com/rc/clk?jk=0123456789abcdef&from=x"
    ],
    "https://acme.recruitee.com/o/data-engineer": ["https://acme.recruitee.com/o/data-engineer/c/new"],
    "https://acme.teamtailor.com/jobs/123456": [
        "https://acme.teamtailor.com/en-GB/jobs/123456-data-engineer/applications/new"
    ],
    "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/12345": [
        "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/fr/sites/CX_1/requisitions/preview/12345"
    ],
}


@pytest.mark.parametrize("identity", ONE_JOB)
def test_one_job_has_one_address_however_it_was_opened(identity: str) -> None:
    assert identity_url(identity) == identity
    for url in ONE_JOB[identity]:
        assert identity_url(url) == identity, url
        # A mail may lead to the posting, an application may have been captured from it.
        assert set(posting_keys(url)) & set(posting_keys(identity)), url


DIFFERENT_JOBS = [
    ("https://www.linkedin.com/jobs/view/4012345678", "https://www.linkedin.com/jobs/view/4012345679"),
    ("https://www.linkedin.com/jobs/view/a-4012345678", "https://www.linkedin.com/jobs/view/a-40123456789"),
    # Which of two numbers the page shows is not known.
    (
        "https://www.linkedin.com/jobs/search?currentJobId=4012345678&currentJobId=4099999999",
        "https://www.linkedin.com/jobs/view/4099999999",
    ),
    (
        "https://www.linkedin.com/jobsearch?currentJobId=4012345678",
        "https://www.linkedin.com/jobs/view/4012345678",
    ),
    ("https://www.linkedin.com/company/acme-4012345678", "https://www.linkedin.com/jobs/view/4012345678"),
    (
        "https://www.indeed.com/viewjob?jk=0123456789abcdef",
        "https://www.indeed.com/viewjob?jk=0123456789abcdee",
    ),
    ("https://uk.indeed.com/viewjob?jk=0123456789abcdef", "https://indeed.com/viewjob?jk=0123456789abcdef"),
    (
        "https://www.indeed.com/cmp/Acme/reviews?jk=0123456789abcdef",
        "https://www.indeed.com/viewjob?jk=0123456789abcdef",
    ),
    (
        "https://www.indeed.com/jobs?vjk=0123456789abcdef&vjk=fedcba9876543210",
        "https://www.indeed.com/viewjob?jk=fedcba9876543210",
    ),
    ("https://jobs-acme.icims.com/jobs/12/job", "https://jobs-acme.icims.com/jobs/13/job"),
    ("https://jobs-acme.icims.com/jobs/12/job", "https://careers-other.icims.com/jobs/12/job"),
    (f"https://jobs.lever.co/acme/{ID}", f"https://jobs.lever.co/acme/{OTHER}"),
    (
        "https://acme.wd1.myworkdayjobs.com/S/job/X/Engineer_R-0001",
        "https://acme.wd1.myworkdayjobs.com/S/job/X/Engineer_R-0002",
    ),
    (
        "https://acme.wd1.myworkdayjobs.com/S/job/X/Engineer_R-0001",
        "https://other.wd1.myworkdayjobs.com/S/job/X/Engineer_R-0001",
    ),
    ("https://acme.applytojob.com/apply/aB3dE5fG7h/X", "https://acme.applytojob.com/apply/aB3dE5fG7H/X"),
    ("https://jobs.jobvite.com/acme/job/oAbCdEfGh", "https://jobs.jobvite.com/acme/job/oabcdefgh"),
    ("https://acme.bamboohr.com/careers/77", "https://other.bamboohr.com/careers/77"),
    ("https://careers.acme.example/jobs?gh_jid=4012345", "https://careers.acme.example/jobs?gh_jid=4012346"),
    (
        "https://phh.tbe.taleo.net/phh01/ats/careers/v2/viewRequisition?org=ACME&cws=41&rid=512",
        "https://phh.tbe.taleo.net/phh01/ats/careers/v2/viewRequisition?org=ACME&cws=41&rid=513",
    ),
    # Paths that several platforms use are no proof of one.
    (
        "https://jobs.acme.example/job/Berlin-X/1012345601/",
        "https://jobs.acme.example/job/Paris-X/1012345602/",
    ),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT_JOBS)
def test_two_jobs_never_become_one(one: str, other: str) -> None:
    assert identity_url(one) != identity_url(other)
    for url in (one, other):
        assert identity_url(identity_url(url)) == identity_url(url)


def test_what_is_no_web_address_is_refused_here_too() -> None:
    for url in ("", "mailto:jobs@acme.example", "https://user:secret@jobs.lever.co/"):
        with pytest.raises(InvalidInputError):
            identity_url(url)


HOSTS = sorted({host for platform in PLATFORMS for host in platform.hosts} | {"www.www.example.com"})
PIECES = (
    ["/", "/", "/", "apply", "application", "jobs", "view", "job", "123456", "?", "&", "=", "jk", "vjk", "q-"]
    + [
        "viewjob",
        "currentJobId",
        "lang",
        "0123456789abcdef",
        "#",
        "..",
        "%2e",
        ";jsessionid=1",
        "/j/7652F941E8",
    ]
    + [
        f"/acme/{ID}",
        "/acme/jobs/4012345",
        "/o/data",
        "/p/0123456789ab",
        "/careers/77",
        "%2F",
        "%3F",
        " ",
        "é",
    ]
    + [
        "/en-US/Site/job/X/Engineer_R-00012",
        "/apply/aB3dE5fG7h",
        "/acme/job/oAbCdEfGh",
        "/Acme/744000075294620",
    ]
)


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(HOSTS),
    st.sampled_from(["", "www.", "acme.", "acme.wd1.", "jobs.", "apply.", "boards.", "ats."]),
    st.lists(st.sampled_from(PIECES), max_size=10),
)
def test_addresses_of_platforms_stay_as_they_are_when_read_twice(
    host: str, before: str, pieces: list[str]
) -> None:
    once = identity_url(f"https://{before}{host}/{''.join(pieces)}")
    assert identity_url(once) == once
    assert once.isascii()


def test_no_two_postings_of_the_corpus_become_one_address(shared_data: Path) -> None:
    with gzip.open(shared_data / "ats/posting_urls.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) > 5000
    posting_of: dict[str, tuple[str, str]] = {}
    for row in rows:
        url = identity_url(row["url"])
        assert identity_url(url) == url
        posting = (row["url"].partition("?")[0] if "jid" not in row["url"] else row["url"], row["title"])
        known = posting_of.setdefault(url, posting)
        assert known == posting, url
