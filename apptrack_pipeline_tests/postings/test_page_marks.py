"""Which platform's board a page embeds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.page_marks import linked_addresses, mark_of_page

URL = "https://www.fernwick.example/careers"


def page(body: str, head: str = "") -> str:
    return f"<html><head><title>Careers</title>{head}</head><body><h1>Jobs</h1>{body}</body></html>"


@pytest.mark.parametrize(
    ("html", "platform", "organisation"),
    [
        (
            page("<script src='https://boards.greenhouse.io/embed/job_board/js?for=fernwick'></script>"),
            "greenhouse",
            "fernwick",
        ),
        (page("<div id='grnhse_app'></div>"), "greenhouse", None),
        (
            page("<script>fetch('https://boards-api.greenhouse.io/v1/boards/fernwick/jobs')</script>"),
            "greenhouse",
            "fernwick",
        ),
        (page("<script>window.leverJobsOptions = {accountName: 'fernwick'}</script>"), "lever", None),
        (
            page("<script>load('https://api.lever.co/v0/postings/fernwick?mode=json')</script>"),
            "lever",
            "fernwick",
        ),
        (page("<script src='https://jobs.ashbyhq.com/fernwick/embed'></script>"), "ashby", "fernwick"),
        (page("<div id='ashby_embed'></div>"), "ashby", None),
        (
            page("<iframe src='https://fernwick.wd3.myworkdayjobs.com/Careers'></iframe>"),
            "workday",
            "fernwick",
        ),
        (
            page("<iframe data-src='//careers-fernwick.icims.com/jobs/search?in_iframe=1'></iframe>"),
            "icims",
            "fernwick",
        ),
        (page("<div class='main iCIMS_MainWrapper'></div>"), "icims", None),
        (page("<script>var phApp = phApp || {};</script>"), "phenom", None),
        (page("", "<meta name='generator' content='SAP SuccessFactors'>"), "successfactors", None),
        (
            page("", "<link rel='stylesheet' href='https://rmkcdn.successfactors.com/a/b.css'>"),
            "successfactors",
            None,
        ),
        (page("<script>j2w.init({})</script>"), "successfactors", None),
        (page("<script src='https://static.vscdn.net/careers/app.js'></script>"), "eightfold", None),
        (page("<script src='https://fernwick.breezy.hr/embed/jobs.js'></script>"), "breezy", "fernwick"),
        (page("<div data-pinpoint='jobs'></div>"), "pinpoint", None),
        (page("<script src=https://fernwick.recruitee.com/embed.js></script>"), "recruitee", "fernwick"),
        (page("<div class='teamtailor-jobs-widget'></div>"), "teamtailor", None),
        (page("<script>whr(document).ready(function(){ whr_embed(77); })</script>"), "workable", None),
        (page("<div id='BambooHR' data-domain='fernwick.bamboohr.com'></div>"), "bamboohr", None),
        (page("<script src='https://app.jazz.co/widgets/basic/create/fernwick'></script>"), "jazzhr", None),
        (
            page("<iframe src='https://fernwick.jobs.personio.de/?language=en'></iframe>"),
            "personio",
            "fernwick",
        ),
        (
            page("<iframe src='https://recruiting.paylocity.com/recruiting/jobs/All/x'></iframe>"),
            "paylocity",
            None,
        ),
        (page('<script>csod.context={"corp":"fernwick"}</script>'), "cornerstone", None),
        (
            page("<iframe src='https://x.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX'></iframe>"),
            "oracle",
            None,
        ),
    ],
)
def test_what_a_page_loads_or_holds_names_its_platform(
    html: str, platform: str, organisation: str | None
) -> None:
    mark = mark_of_page(html)
    assert mark is not None
    assert (mark.platform, mark.organisation) == (platform, organisation)
    match = detect(URL, html)
    assert match is not None
    assert (match.platform, match.posting_id) == (platform, None)
    assert 0.5 <= match.confidence <= 0.97
    assert match.reason


@pytest.mark.parametrize(
    "html",
    [
        page("<p>We use Greenhouse, Lever and Workday. Ashby is a town, phenom a word.</p>"),
        page("<footer><a href='https://boards.greenhouse.io/fernwick'>All our jobs</a></footer>"),
        page("<footer><a href='https://fernwick.wd3.myworkdayjobs.com/Careers'>A job</a></footer>"),
        page("<footer>Powered by <a href='https://www.lever.co/' class='link'>lever</a></footer>"),
        page("<script src='https://platform.linkedin.com/in.js'></script>"),
        page("<script src='https://conv.indeed.com/pixel.js'></script>"),
        page("<script src='//objectstorage.us.oraclecloud.com/n/b.js'></script>"),
        page("", "<link rel='dns-prefetch' href='https://boards.greenhouse.io'>"),
        page("<script>var text = 'Our recruiters like greenhouse.io and lever.co';</script>"),
        page("<p class='clever-container'>Cleverly</p><i class='photograph-1'></i>"),
        page("<div class='rt-job tt-card job-card'></div>"),
        "",
    ],
)
def test_a_link_or_a_word_is_no_mark(html: str) -> None:
    assert mark_of_page(html) is None
    assert detect(URL, html) is None


def test_the_strongest_mark_counts() -> None:
    html = page(
        "<div class='greenhouse-job'></div>"
        "<iframe src='https://fernwick.wd3.myworkdayjobs.com/Careers'></iframe>"
        "<script src='https://fernwick.recruitee.com/old.js'></script>"
    )
    mark = mark_of_page(html)
    assert mark is not None
    assert mark.platform == "workday"


def test_several_kinds_of_marks_make_it_surer() -> None:
    one = mark_of_page(page("<div class='teamtailor-jobs'></div>"))
    two = mark_of_page(
        page("<div class='teamtailor-jobs'></div>", "<meta name='generator' content='Teamtailor'>")
    )
    assert one is not None
    assert two is not None
    assert one.confidence < two.confidence


def linked(*ids: int, company: str = "fernwick") -> str:
    return "".join(f"<a href='https://boards.greenhouse.io/{company}/jobs/{number}'>x</a>" for number in ids)


def test_a_list_of_one_employers_postings_is_its_board() -> None:
    match = detect(URL, page(linked(4012345, 4012346, 4012347)))
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("greenhouse", "fernwick", None)


def test_few_postings_or_several_employers_are_no_board() -> None:
    assert detect(URL, page(linked(4012345, 4012346))) is None
    several = linked(4012345, 4012346, 4012347) + linked(5012345, company="quillmark")
    assert detect(URL, page(several)) is None


def test_the_pages_of_the_corpus_name_their_platforms(shared_data: Path) -> None:
    none = {"boutique_agency", "local_restaurant_group", "unknown_custom"}
    for file in sorted((shared_data / "ats/detect").glob("*.html")):
        name = file.stem.removeprefix("strata_")
        mark = mark_of_page(file.read_text(encoding="utf-8"))
        expected = name.removeprefix("sap_").partition("_")[0]
        assert (mark.platform if mark is not None else None) == (None if name in none else expected), name


@given(
    st.text(),
    st.lists(st.sampled_from(["<iframe ", "src=", "'", '"', "//", "greenhouse.io", ">", "<a href="])),
)
def test_any_page_is_read(text: str, pieces: list[str]) -> None:
    html = text + "".join(pieces)
    mark_of_page(html)
    linked_addresses(html)


@pytest.mark.parametrize(
    "html",
    [
        "<iframe " * 200_000,
        'class="' * 200_000 + "ashby",
        "<div class='" + "a " * 500_000 + "ashby",
        "<" * 1_000_000,
    ]
    + [
        "<a " + " data-x" * 200_000 + "data-ashby",
        "<script " + " " * 1_000_000 + "phapp",
        "<a href " * 200_000,
    ],
    ids=range(7),
)
def test_hostile_pages_are_read_in_linear_time(html: str) -> None:
    started = time.process_time()
    mark_of_page(html)
    linked_addresses(html)
    assert time.process_time() - started < 5
