from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.urls import MAX_URL_CHARS, canonical_url

SAME = [
    ("HTTP://Example.COM:80/Jobs/1/", "https://example.com/Jobs/1"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com/a/../b/./c", "https://example.com/b/c"),
    ("https://example.com/jobs/1?utm_source=x&gclid=1&b=2&a=1#apply", "https://example.com/jobs/1?a=1&b=2"),
    ("https://example.com/%7ejobs/caf%C3%A9", "https://example.com/~jobs/caf%C3%A9"),
    ("https://example.com/café 1", "https://example.com/caf%C3%A9%201"),
    ("https://bücher.example/1", "https://xn--bcher-kva.example/1"),
    ("https://example.com/#/jobs/123", "https://example.com/#/jobs/123"),
    ("https://example.com/#!/jobs/123", "https://example.com/#!/jobs/123"),
    ("https://example.com/jobs?gh_jid=77&gh_src=abc", "https://example.com/jobs?gh_jid=77"),
    ("https://example.com/vacancy?ref=newsletter", "https://example.com/vacancy"),
    ("https://example.com/vacancy?ref=4711", "https://example.com/vacancy?ref=4711"),
    ("https://boards.greenhouse.io/acme/jobs/1?t=abc&source=x9", "https://boards.greenhouse.io/acme/jobs/1"),
    (
        "https://boards.greenhouse.io/embed/job_app?token=2&for=acme&gh_src=1",
        "https://boards.greenhouse.io/embed/job_app?for=acme&token=2",
    ),
    ("https://jobs.lever.co/Acme/0a1b/apply?lever-source=LinkedIn", "https://jobs.lever.co/Acme/0a1b"),
    ("https://jobs.ashbyhq.com/Acme%20Co/0a1b/application", "https://jobs.ashbyhq.com/Acme%20Co/0a1b"),
    ("https://example.com/careers?ashby_jid=0a1b&utm_medium=x", "https://example.com/careers?ashby_jid=0a1b"),
    (
        "https://acme.wd1.myworkdayjobs.com/en-US/Site/job/X/Engineer_R1-2/apply/applyManually?source=LinkedIn",
        "https://acme.wd1.myworkdayjobs.com/en-US/Site/job/X/Engineer_R1-2",
    ),
    (
        "https://jobs-acme.icims.com/jobs/12/some-title/job?mode=job&mobile=false&width=9&in_iframe=1",
        "https://jobs-acme.icims.com/jobs/12/job",
    ),
    (
        "https://phh.tbe.taleo.net/phh01/ats/careers/v2/viewRequisition?rid=3&org=ACME&cws=2",
        "https://phh.tbe.taleo.net/phh01/ats/careers/v2/viewRequisition?cws=2&org=ACME&rid=3",
    ),
    (
        "https://acme.taleo.net/careersection/2/jobdetail.ftl?lang=en&job=9",
        "https://acme.taleo.net/careersection/2/jobdetail.ftl?job=9",
    ),
    (
        "https://kr.linkedin.com/jobs/view/engineer-at-acme-4012345678?trk=x",
        "https://linkedin.com/jobs/view/4012345678",
    ),
    (
        "https://www.linkedin.com/jobs/search/?keywords=a&currentJobId=4012345678",
        "https://linkedin.com/jobs/view/4012345678",
    ),
    (
        "https://www.linkedin.com/comm/jobs/view/4012345678/?trackingId=a",
        "https://linkedin.com/jobs/view/4012345678",
    ),
    (
        "https://www.linkedin.com/jobs-guest/jobs/api/jobPosting/4012345678",
        "https://linkedin.com/jobs/view/4012345678",
    ),
    (
        "https://uk.indeed.com/rc/clk?jk=0123456789abcdef&from=x",
        "https://uk.indeed.com/viewjob?jk=0123456789abcdef",
    ),
    (
        "https://www.indeed.com/jobs?q=python&vjk=0123456789abcdef",
        "https://indeed.com/viewjob?jk=0123456789abcdef",
    ),
    ("https://example.com/jobs;jsessionid=AB12/7", "https://example.com/jobs/7"),
    (
        "https://example.com/jobs?job_id=1&id=2&lang=de&page=3",
        "https://example.com/jobs?id=2&job_id=1&lang=de&page=3",
    ),
]


@pytest.mark.parametrize(("given_url", "canonical"), SAME)
def test_an_address_has_one_spelling(given_url: str, canonical: str):
    assert canonical_url(given_url) == canonical
    assert canonical_url(canonical) == canonical


ONE_JOB = [
    [
        "https://www.linkedin.com/jobs/view/4012345678",
        "https://linkedin.com/jobs/view/4012345678/",
        "https://www.linkedin.com/jobs/view/data-engineer-2024-at-acme-4012345678",
        "https://uk.linkedin.com/jobs/view/data-engineer-12345-at-acme-4012345678/?refId=x%3D%3D",
        "https://www.linkedin.com/jobs/view/4012345678/?currentJobId=4099999999",
        "https://www.linkedin.com/jobs/search?currentJobId=4012345678&keywords=data%20engineer",
        "https://linkedin.com/jobs/search/?keywords=x&currentJobId=4012345678&origin=JOBS_HOME",
        "https://www.linkedin.com/jobs/collections/recommended/?currentJobId=4012345678",
        "https://www.linkedin.com/jobs/search-results/?currentJobId=4012345678",
    ],
    [
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
    ["https://www.example.com/jobs/1", "https://example.com/jobs/1", "http://WWW.example.com./jobs/1/"],
    ["https://www.example.com:8443/jobs/1", "https://example.com:8443/jobs/1"],
    ["https://www.bücher.example/1", "https://xn--bcher-kva.example/1"],
]


@pytest.mark.parametrize("urls", ONE_JOB, ids=lambda urls: urls[0])
def test_one_job_has_one_address_however_it_was_opened(urls: list[str]):
    assert len({canonical_url(url) for url in urls}) == 1
    for url in urls:
        assert canonical_url(canonical_url(url)) == canonical_url(url)


DIFFERENT_JOBS = [
    ("https://www.linkedin.com/jobs/view/4012345678", "https://www.linkedin.com/jobs/view/4012345679"),
    ("https://www.linkedin.com/jobs/view/a-4012345678", "https://www.linkedin.com/jobs/view/a-40123456789"),
    # Which of two numbers the page shows is not known, so the search page stays a page of its own.
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
    (
        "https://jobs-acme.icims.com/jobs/12/job?hub=1&hub=2",
        "https://jobs-acme.icims.com/jobs/12/job?hub=2",
    ),
    ("https://www.example.com/jobs/1", "https://www2.example.com/jobs/1"),
    ("https://www.acme.example.com/jobs/1", "https://example.com/jobs/1"),
    ("https://www.localhost/jobs/1", "https://localhost/jobs/1"),
    ("https://www.www.example.com/jobs/1", "https://example.com/jobs/1"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT_JOBS)
def test_two_jobs_never_become_one(one: str, other: str):
    assert canonical_url(one) != canonical_url(other)
    assert canonical_url(canonical_url(one)) == canonical_url(one)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.com/1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "example.com/jobs",
        "https:///jobs",
        "https://",
        "https://user:secret@example.com/",
        "https://good.example\\@evil.example/",
        "https://example.com/\x00",
        "https://exa\nmple.com/",
        "https://example.com/\ud800",
        "https://[::1/",
        "https://[bad]/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://a..b/",
        "https://example.com/" + "a" * MAX_URL_CHARS,
        "https://example.com/" + "é" * 1000,
    ],
)
def test_what_is_no_web_address_is_refused_by_the_name_of_the_field(url: str):
    with pytest.raises(InvalidInputError) as refused:
        canonical_url(url)
    assert refused.value.field == "job_posting_url"


@given(
    st.one_of(
        st.text(), st.text(alphabet="htps:/.?#&=%@[]a1\\ é;!+").map(lambda tail: "https://a.example" + tail)
    )
)
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(text: str):
    try:
        once = canonical_url(text)
    except InvalidInputError:
        return
    assert canonical_url(once) == once
    assert once.startswith("https://")
    assert once.isascii()


HOSTS = [
    "www.www.example.com",
    "linkedin.com",
    "jobs.lever.co",
    "jobs.ashbyhq.com",
    "a.wd1.myworkdayjobs.com",
    "www.linkedin.com",
    "x.indeed.com",
    "j.icims.com",
]
PIECES = [
    "/",
    "apply",
    "application",
    "jobs",
    "view",
    "job",
    "123456",
    "?",
    "&",
    "=",
    "jk",
    "vjk",
    "q-",
    "viewjob",
    "currentJobId",
    "lang",
    "0123456789abcdef",
    "#",
    "..",
    "%2e",
    ";jsessionid=1",
]


@given(st.sampled_from(HOSTS), st.lists(st.sampled_from(PIECES), max_size=14))
def test_platform_addresses_stay_as_they_are_when_read_twice(host: str, pieces: list[str]):
    once = canonical_url(f"https://{host}/{''.join(pieces)}")
    assert canonical_url(once) == once


def test_no_two_postings_of_the_corpus_become_one_address(shared_data: Path):
    with gzip.open(shared_data / "ats/posting_urls.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) > 5000
    posting_of: dict[str, str] = {}
    for row in rows:
        url = canonical_url(row["url"])
        assert canonical_url(url) == url
        title = posting_of.setdefault(url, row["title"])
        assert title == row["title"], url
