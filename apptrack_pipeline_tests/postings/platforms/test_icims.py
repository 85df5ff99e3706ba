from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request, Verdict
from apptrack_pipeline.postings.platforms.icims import ICIMS
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PORTAL = "https://careers-fernwick.icims.com"
TEXT = (
    "You repair lighthouse lenses and the clockwork that turns them, mostly at night and in any weather. " * 4
)
JIBE = {
    "slug": "5512",
    "req_id": "5512",
    "language": "en-us",
    "title": "Lens Keeper",
    "description": f"<p>{TEXT}</p>",
    "responsibilities": "<p>Keep the light.</p>",
    "qualifications": "<p>No fear of heights.</p>",
    "city": "Bergen",
    "state": "Vestland",
    "country": "Norway",
    "full_location": "Bergen, Norway",
    "additional_locations": [{"city": "Oslo", "country": "Norway"}],
    "tags1": ["Hybrid"],
    "employment_type": "FULL_TIME",
    "hiring_organization": "Fernwick Lights",
    "salary_min_value": 21.5,
    "salary_max_value": "24.00",
    "salary_currency": "NOK",
    "salary_frequency": "HOUR",
    "posted_date": "2026-10-27T23:39:00+0000",
    "posting_expiry_date": "2027-01-31T00:00:00+0000",
    "apply_url": f"{PORTAL}/jobs/5512/login",
}
FRAME = f"""<html lang="en-US"><head><title>Lens Keeper in Bergen | Careers at Fernwick Lights</title></head>
<body><div class="iCIMS_JobContent"><h1 class="iCIMS_Header">Lens Keeper</h1>
<div class="row"><div class="col-xs-6 header left">
<span class="sr-only field-label">Job Locations</span> <span > NO-Bergen | NO-Oslo </span></div>
<div class="col-xs-6 header right"><span class="sr-only field-label">Posted Date</span>
<span title="11/2/2026 11:02 PM">4 weeks ago</span></div></div>
<dl class="iCIMS_JobHeaderGroup">
<div class="iCIMS_JobHeaderTag"><dt class="iCIMS_JobHeaderField">ID</dt>
<dd class="iCIMS_JobHeaderData"><span>2026-5512</span></dd></div>
<div class="iCIMS_JobHeaderTag"><dt class="iCIMS_JobHeaderField">Position Type</dt>
<dd class="iCIMS_JobHeaderData"><span>Part-Time</span></dd></div>
<div class="iCIMS_JobHeaderTag"><dt class="iCIMS_JobHeaderField">Work Arrangement</dt>
<dd class="iCIMS_JobHeaderData"><span>On-site</span></dd></div></dl>
<h2 class="iCIMS_InfoMsg iCIMS_InfoField_Job">Overview</h2>
<div class="iCIMS_InfoMsg iCIMS_InfoMsg_Job"><div class="iCIMS_Expandable_Text"><p>{TEXT}</p></div></div>
<h2 class="iCIMS_InfoMsg iCIMS_InfoField_Job">Qualifications</h2>
<div class="iCIMS_InfoMsg iCIMS_InfoMsg_Job"><div class="iCIMS_Expandable_Text">
<p>No fear of heights.</p></div></div></div>
<noscript>Please Enable Cookies to Continue</noscript></body></html>"""


def matched(url: str) -> Match:
    match = detect(url)
    assert match is not None
    return match


def read(answer: object, posting_id: str | None = None) -> Posting:
    return parse("icims", Payload(url="", answer=answer, posting_id=posting_id), now=NOW)


def read_html(html: str) -> Posting:
    url = f"{PORTAL}/jobs/5512/lens-keeper/job"
    return parse("icims", Payload(url=url, html=html, organisation="fernwick", posting_id="5512"), now=NOW)


def with_json_ld(**fields: object) -> str:
    node = {"@type": "JobPosting", "title": "Lens Keeper", "description": TEXT} | fields
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def verdict(status: int, text: str = "", ended: str | None = None) -> Verdict:
    asked = f"{PORTAL}/jobs/5512/job?in_iframe=1"
    answer = Answer(Request(asked, "page"), status, ended or asked, text)
    return judge(answer, matched(f"{PORTAL}/jobs/5512/job"), ICIMS)


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/5512/lens-keeper/job",
        "/jobs/5512/job",
        "/jobs/5512/lens-keeper%2c-bergen/job?mode=job&iis=Indeed&mobile=false&width=1140&in_iframe=1",
        "/jobs/5512/login",
        "/jobs/5512/lens-keeper/login?needsRedirect=false",
        "/jobs/5512",
    ],
)
def test_all_addresses_of_one_job_are_one(path: str) -> None:
    match = matched(PORTAL + path)
    assert (match.platform, match.organisation, match.posting_id) == ("icims", "fernwick", "5512")
    assert match.canonical_url == f"{PORTAL}/jobs/5512/job"


@pytest.mark.parametrize(
    ("label", "organisation"),
    [
        ("jobs-fernwick", "fernwick"),
        ("uscareers-fernwick", "fernwick"),
        ("english-fernwick-lights", "fernwick-lights"),
        ("fernwick", "fernwick"),
        ("global-fernwick", "fernwick"),
        ("blue-fernwick", "blue-fernwick"),
    ],
)
def test_the_portals_prefix_is_no_part_of_the_employer(label: str, organisation: str) -> None:
    assert matched(f"https://{label}.icims.com/jobs/5512/job").organisation == organisation


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (
            "https://fernwick.jibeapply.com/jobs/5512?lang=en-us&icims=1",
            "https://fernwick.jibeapply.com/jobs/5512",
        ),
        (
            "https://careers.fernwick.example/jobs/5512?icims=1",
            "https://careers.fernwick.example/jobs/5512?icims=1",
        ),
        (
            "https://jobs.fernwick.example/careers-home/jobs/5512?lang=de",
            "https://jobs.fernwick.example/jobs/5512?icims=1",
        ),
    ],
)
def test_jibe_is_known_on_its_host_and_on_the_employers(url: str, canonical: str) -> None:
    match = matched(url)
    assert (match.platform, match.posting_id, match.canonical_url) == ("icims", "5512", canonical)


@pytest.mark.parametrize("path", ["/jobs/search?pr=2", "/jobs/intro", "/", "/forms/5512/job"])
def test_what_is_no_job_has_no_number(path: str) -> None:
    assert matched(PORTAL + path).posting_id is None


def test_the_same_path_elsewhere_is_no_jibe() -> None:
    assert detect("https://fernwick.example/jobs/5512") is None
    assert detect("https://fernwick.example/jobs/5512?icims=0") is None


def test_the_frame_is_asked_for() -> None:
    url = f"{PORTAL}/jobs/5512/lens-keeper/job?mode=view"
    requests = ICIMS.requests(matched(url), url) if ICIMS.requests else ()
    assert [one.url for one in requests] == [f"{PORTAL}/jobs/5512/job?in_iframe=1"]
    url = "https://careers.fernwick.example/jobs/5512?icims=1"
    requests = ICIMS.requests(matched(url), url) if ICIMS.requests else ()
    assert [one.url for one in requests] == [url]


def test_an_employers_page_that_frames_a_job_is_of_it() -> None:
    frame = '<iframe id="icims_content_iframe" src="//careers-fernwick.icims.com/jobs/{}/x/job?in_iframe=1">'
    match = detect("https://fernwick.example/lens-keeper", frame.format(5512))
    assert match is not None
    assert (match.platform, match.posting_id) == ("icims", "5512")
    board = detect("https://fernwick.example/jobs", frame.format(5512) + frame.format(5513))
    assert board is not None
    assert board.posting_id is None


def test_the_parts_of_json_ld_that_icims_leaves_out_are_left_out() -> None:
    address = {"addressLocality": "UNAVAILABLE", "addressRegion": "Vestland", "addressCountry": "NO"}
    posting = read_html(
        with_json_ld(
            jobLocation=[{"@type": "Place", "address": address}],
            employmentType="OTHER",
            responsibilities="<p>Keep the light.</p>",
            qualifications="<p>No fear of heights.</p>",
        )
    )
    assert posting.locations == ("Vestland, NO",)
    assert posting.employment_type is None
    assert posting.description_text is not None
    assert "Keep the light." in posting.description_text
    assert "No fear of heights." in posting.description_text


@pytest.mark.parametrize(
    ("posted", "closes"),
    [
        ("2026-11-23T05:00:00.000Z", "2027-11-23T05:00:00.000Z"),
        ("2024-11-24", "2027-11-24"),
        ("2024-02-29", "2025-02-28"),
        ("2024-02-29", "2025-03-01"),
    ],
)
def test_dates_a_whole_number_of_years_apart_are_made_up(posted: str, closes: str) -> None:
    script = with_json_ld(datePosted=posted, validThrough=closes)
    posting = read_html(script)
    assert (posting.posted_at, posting.closes_at, posting.is_open) == (None, None, None)
    shown = read_html(FRAME.replace("<head>", "<head>" + script))
    assert (shown.posted_at, shown.closes_at) == (date(2026, 11, 2), None)


@pytest.mark.parametrize(
    ("posted", "closes"),
    [("2026-10-27", "2027-10-26"), ("2026-10-27", "2027-04-27"), ("2026-10-27", "2026-12-27")],
)
def test_other_dates_are_the_employers(posted: str, closes: str) -> None:
    posting = read_html(with_json_ld(datePosted=posted, validThrough=closes))
    assert (str(posting.posted_at), str(posting.closes_at)) == (posted, closes)


def test_the_frame_is_read_by_its_elements() -> None:
    posting = read_html(FRAME)
    assert (posting.title, posting.company) == ("Lens Keeper", "Fernwick Lights")
    assert posting.locations == ("NO-Bergen", "NO-Oslo")
    assert (posting.employment_type, posting.location_type) == ("part_time", "onsite")
    assert (posting.requisition_id, posting.posted_at) == ("2026-5512", date(2026, 11, 2))
    assert posting.completeness is Completeness.FULL
    assert posting.description_text is not None
    assert posting.description_text.startswith("Overview")
    assert "Enable Cookies" not in posting.description_text
    assert posting.is_open is None


def test_an_old_portal_is_read_by_its_table() -> None:
    posting = read_html(
        '<h1 class="iCIMS_Header">Lens Keeper</h1><table class="iCIMS_JobHeaderTable"><tr>'
        '<th class="iCIMS_JobHeaderField">Job Locations</th><td class="iCIMS_JobHeaderData">NO-Bergen</td>'
        '<th class="iCIMS_JobHeaderField">ID</th><td class="iCIMS_JobHeaderData">2026-5512</td></tr>'
        f'<tr><td class="iCIMS_InfoMsg iCIMS_InfoMsg_Job">{TEXT}</td></tr></table>'
    )
    assert (posting.locations, posting.requisition_id) == (("NO-Bergen",), "2026-5512")
    assert posting.description_text is not None


def test_a_list_of_jobs_is_no_posting() -> None:
    card = (
        '<li><span class="field-label">Job Locations</span><span>NO-Bergen</span>'
        '<a href="/jobs/5512/x/job"><h3>Lens Keeper</h3></a></li>'
    )
    posting = read_html(f'<ul class="iCIMS_JobsTable">{card * 3}</ul>')
    assert (posting.title, posting.locations) == (None, ())


def test_the_wrapper_alone_is_no_posting_but_has_the_title() -> None:
    posting = read_html(
        "<title>Lens Keeper in Bergen, Norway | Careers at Fernwick Lights</title>"
        f'<iframe id="icims_content_iframe" src="{PORTAL}/jobs/5512/job?in_iframe=1"></iframe>'
        "<noscript>Please Enable Cookies to Continue</noscript>"
    )
    assert (posting.title, posting.company) == ("Lens Keeper", "Fernwick Lights")
    assert posting.locations == ("Bergen, Norway",)
    assert posting.completeness is Completeness.BLANK
    assert posting.is_open is None


def test_jibe_is_read_alone_and_in_a_list() -> None:
    for answer in ({"data": JIBE}, JIBE, {"jobs": [{"data": JIBE}], "totalCount": 1, "meta_data": False}):
        posting = read(answer)
        assert (posting.title, posting.company) == ("Lens Keeper", "Fernwick Lights")
        assert posting.locations == ("Bergen, Norway", "Oslo, Norway")
        assert (posting.employment_type, posting.location_type) == ("full_time", "hybrid")
        assert (posting.salary_min, posting.salary_max) == (Decimal("21.5"), Decimal(24))
        assert (posting.salary_currency, posting.salary_period) == ("NOK", "hour")
        assert (posting.posted_at, posting.closes_at) == (date(2026, 10, 27), date(2027, 1, 31))
        assert posting.requisition_id == "5512"
        assert posting.description_text is not None
        assert "No fear of heights." in posting.description_text


def test_the_wanted_job_of_a_list_is_read() -> None:
    rows = {"jobs": [{"data": JIBE}, {"data": JIBE | {"slug": "5513", "req_id": "5513", "title": "Cook"}}]}
    assert read(rows, "5513").title == "Cook"
    assert read(rows, "1").title is None


def test_jibes_page_carries_the_job_in_its_state() -> None:
    state = json.dumps({"job": JIBE})
    posting = read_html(f"<script> window.jobDescriptionConfig = {state}; </script>")
    assert (posting.title, posting.locations[0]) == ("Lens Keeper", "Bergen, Norway")
    assert posting.fields["title"].source == "embedded state"
    assert read_html("<script>window.jobDescriptionConfig = {broken</script>").title is None


NOT_FOUND = "<h1>Error: The requested job could not be found.</h1>"


def test_a_delisted_job_is_closed_and_a_portal_that_is_gone_says_nothing() -> None:
    assert verdict(410) == Verdict("closed", "icims_410")
    assert verdict(410, ended=f"{PORTAL}/jobs/5512/lens-keeper/job?in_iframe=1").state == "closed"
    assert verdict(410, ended=f"{PORTAL}/jobs/55120/job").state == "nothing"
    assert verdict(404) == Verdict("nothing", "icims_portal_gone")
    assert verdict(200, NOT_FOUND) == Verdict("closed", "job_not_found")
    assert verdict(200, FRAME).state == "posting"
    posting = read_html(NOT_FOUND)
    assert (posting.is_open, posting.closed_reason) == (False, "job_not_found")


def test_the_sentence_in_a_script_closes_nothing() -> None:
    page = FRAME + "<script>var lost = 'The requested job could not be found.'</script>"
    assert verdict(200, page).state == "posting"
    assert read_html(page).is_open is None


NAMES = [*JIBE, "jobs", "data", "job", "tags2"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=30,
)


@given(VALUES, st.none() | st.text(max_size=5))
def test_no_answer_makes_it_fail(answer: object, wanted: str | None) -> None:
    read(answer, wanted)
    read_html(f"<script>window.jobDescriptionConfig = {json.dumps(answer)};</script>")


@given(st.integers(0, len(FRAME)), st.integers(0, len(FRAME)), st.text(alphabet="<>\"'=/ a", max_size=10))
def test_no_damage_to_the_frame_makes_it_fail(start: int, end: int, put: str) -> None:
    read_html(FRAME[:start] + put + FRAME[end:])
