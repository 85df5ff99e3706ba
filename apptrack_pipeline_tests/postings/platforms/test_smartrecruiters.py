from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request, Verdict
from apptrack_pipeline.postings.platforms.smartrecruiters import SMARTRECRUITERS
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NUMBER = "744000098761234"
UUID = "0c5e9a52-6b0f-4c0e-9d3a-5f2f0a6c1b77"
TEXT = "You tune church organs all over the valley, and teach two apprentices to hear what you hear. " * 3
JOB: dict[str, object] = {
    "id": NUMBER,
    "uuid": UUID,
    "name": "Organ Tuner",
    "active": True,
    "company": {"identifier": "FernwickOrgans2", "name": "Fernwick Organs"},
    "refNumber": "REF77K",
    "releasedDate": "2026-10-02T08:15:00.000Z",
    "location": {"city": "Chur", "region": "GR", "country": "ch", "remote": False, "hybrid": True},
    "typeOfEmployment": {"id": "permanent", "label": "Part-time"},
    "language": {"code": "en", "label": "English"},
    "jobAd": {
        "sections": {
            "companyDescription": {"title": "Company Description", "text": "<p>Organs since 1870.</p>"},
            "jobDescription": {"title": "Job Description", "text": f"<p>{TEXT}</p>"},
            "qualifications": {"title": "Qualifications", "text": "<ul><li>A fine&#xa0;ear</li></ul>"},
            "additionalInformation": {"title": "Additional Information", "text": ""},
        }
    },
    "compensation": {"salary": {"min": 62000, "max": 74000, "currency": "CHF", "period": "yearly"}},
}
PAGE = f"""<html><body><main itemscope itemtype="http://schema.org/JobPosting">
<h1 class="job-title" itemprop="title">Organ Tuner</h1>
<ul><li itemprop="jobLocation" itemscope><span class="job-detail" itemprop="address">
<spl-job-location formattedAddress="Chur, GR" workplaceType="hybrid"></spl-job-location>
<meta itemprop="addressCountry" content="Switzerland"><meta itemprop="addressLocality" content="Chur">
</span></li>
<li class="job-detail" itemprop="employmentType">Full-time</li>
<li class="job-detail">Salary Range: 62,000.00 - 74,000.00 CHF per year</li></ul>
<div itemprop="hiringOrganization" itemscope><meta itemprop="name" content="Fernwick Organs"></div>
<meta itemprop="datePosted" content="2026-10-02T08:15:00.000Z">
<meta itemprop="validThrough" content="2027-02-01T00:00:00.000Z">
<div itemprop="description"><section><h2>Job Description</h2><p>{TEXT * 2}</p></section></div>
</main></body></html>"""


def matched(url: str) -> Match:
    match = detect(url)
    assert match is not None
    return match


def read(answer: object, posting_id: str | None = None) -> Posting:
    return parse("smartrecruiters", Payload(url="", answer=answer, posting_id=posting_id), now=NOW)


def read_html(html: str) -> Posting:
    url = f"https://jobs.smartrecruiters.com/FernwickOrgans2/{NUMBER}-organ-tuner"
    return parse("smartrecruiters", Payload(url=url, html=html, organisation="FernwickOrgans2"), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        f"https://jobs.smartrecruiters.com/FernwickOrgans2/{NUMBER}-organ-tuner",
        f"https://jobs.smartrecruiters.com/FernwickOrgans2/{NUMBER}-organ-tuner-/?trid=2d92f286",
        f"https://jobs.smartrecruiters.com/FernwickOrgans2/{NUMBER}",
        f"https://jobs.smartrecruiters.com/ni/FernwickOrgans2/{NUMBER}-organ-tuner",
        f"https://careers.smartrecruiters.com/FernwickOrgans2/{NUMBER}-organ-tuner",
        f"https://careers.smartrecruiters.com/FernwickOrgans2/workshop/{NUMBER}-organ-tuner/",
        f"https://www.smartrecruiters.com/FernwickOrgans2/{NUMBER}-organ-tuner",
        f"https://api.smartrecruiters.com/v1/companies/FernwickOrgans2/postings/{NUMBER}",
    ],
)
def test_all_addresses_of_one_number_are_one(url: str) -> None:
    match = matched(url)
    assert (match.platform, match.organisation, match.posting_id) == (
        "smartrecruiters",
        "FernwickOrgans2",
        NUMBER,
    )
    assert match.canonical_url == f"https://jobs.smartrecruiters.com/fernwickorgans2/{NUMBER}"
    assert match.api_url == f"https://api.smartrecruiters.com/v1/companies/FernwickOrgans2/postings/{NUMBER}"


@pytest.mark.parametrize("host", ["jobs", "careers"])
def test_the_form_of_application_names_the_posting_by_its_uuid(host: str) -> None:
    path = f"oneclick-ui/company/FernwickOrgans2/publication/{UUID}"
    match = matched(f"https://{host}.smartrecruiters.com/{path}?dcr_ci=FernwickOrgans2")
    assert match.posting_id == UUID
    spelled = path.replace("FernwickOrgans2", "fernwickorgans2")
    assert match.canonical_url == f"https://jobs.smartrecruiters.com/{spelled}"


@pytest.mark.parametrize(
    "path", ["", "FernwickOrgans2", "FernwickOrgans2/workshop", "sr-jobs/search", "oneclick-ui/company/x"]
)
def test_what_is_no_posting_has_no_number(path: str) -> None:
    assert matched(f"https://jobs.smartrecruiters.com/{path}").posting_id is None


def test_the_page_is_asked_for_and_the_api_is_not() -> None:
    url = f"https://careers.smartrecruiters.com/FernwickOrgans2/workshop/{NUMBER}-organ-tuner"
    requests = SMARTRECRUITERS.requests(matched(url), url) if SMARTRECRUITERS.requests else ()
    assert [(one.url, one.kind) for one in requests] == [
        (f"https://jobs.smartrecruiters.com/FernwickOrgans2/{NUMBER}", "page")
    ]


def test_a_posting_is_read_out_of_the_api() -> None:
    posting = read(JOB)
    assert (posting.title, posting.company) == ("Organ Tuner", "Fernwick Organs")
    assert posting.locations == ("Chur, GR, CH",)
    assert (posting.location_type, posting.employment_type) == ("hybrid", "part_time")
    assert (posting.salary_min, posting.salary_max) == (Decimal(62000), Decimal(74000))
    assert (posting.salary_currency, posting.salary_period) == ("CHF", "year")
    assert (posting.posted_at, posting.requisition_id) == (date(2026, 10, 2), "REF77K")
    assert (posting.language, posting.is_open) == ("en", True)
    assert posting.description_text is not None
    assert posting.description_text.index("since 1870") < posting.description_text.index("A fine ear")
    assert "Additional Information" not in posting.description_text


def test_a_full_location_is_taken_as_it_is_written() -> None:
    place = {"fullLocation": "Chur, Graubünden, Switzerland", "remote": True}
    posting = read(JOB | {"location": place})
    assert (posting.locations, posting.location_type) == (("Chur, Graubünden, Switzerland",), "remote")


def test_permanent_alone_is_not_full_time() -> None:
    assert read(JOB | {"typeOfEmployment": {"id": "permanent"}}).employment_type is None
    assert read(JOB | {"typeOfEmployment": {"id": "intern"}}).employment_type == "internship"


def test_an_inactive_posting_is_closed() -> None:
    posting = read(JOB | {"active": False})
    assert (posting.is_open, posting.closed_reason) == (False, "not_active")
    answer = Answer(
        Request("https://api.example/1", "api"), 200, "https://api.example/1", '{"active": false}'
    )
    match = matched(f"https://jobs.smartrecruiters.com/Fernwick/{NUMBER}")
    assert judge(answer, match, SMARTRECRUITERS) == Verdict("closed", "not_active")


def test_without_a_name_the_identifier_is_a_guess() -> None:
    posting = read(JOB | {"company": {"identifier": "FernwickOrgans2"}})
    assert posting.company == "FernwickOrgans"
    assert posting.fields["company"].confidence == 0.3


def test_empty_sections_of_an_active_posting_are_no_description() -> None:
    empty = {name: {"title": "x", "text": ""} for name in ("jobDescription", "qualifications")}
    posting = read(JOB | {"jobAd": {"sections": empty}})
    assert posting.description_text is None
    assert posting.is_open is True


def test_a_row_of_a_list_is_found_by_either_number() -> None:
    rows = {"content": [{"id": "1", "name": "Bellows Maker"}, JOB], "totalFound": 2}
    assert read(rows, UUID).title == "Organ Tuner"
    assert read(rows, NUMBER).title == "Organ Tuner"
    assert read(rows, "2").title is None
    assert read({"content": [], "totalFound": 0}).is_open is None


def test_custom_fields_are_read_by_their_label() -> None:
    fields = [
        {"fieldLabel": "Work Model", "valueLabel": "Remote"},
        {"fieldLabel": "Contract Type", "valueLabel": "Temporary"},
    ]
    posting = read({"name": "Organ Tuner", "customField": fields})
    assert (posting.location_type, posting.employment_type) == ("remote", "temporary")


def test_a_posting_is_read_out_of_the_page() -> None:
    posting = read_html(PAGE)
    assert (posting.title, posting.company) == ("Organ Tuner", "Fernwick Organs")
    assert (posting.locations, posting.location_type) == (("Chur, GR",), "hybrid")
    assert posting.employment_type == "full_time"
    assert (posting.posted_at, posting.closes_at) == (date(2026, 10, 2), date(2027, 2, 1))
    assert (posting.salary_min, posting.salary_max) == (Decimal(62000), Decimal(74000))
    assert posting.completeness is Completeness.FULL
    assert posting.fields["title"].source == "microdata"


def test_the_sections_of_a_page_are_read_in_their_order() -> None:
    section = (
        '<section class="job-section"><h2>{0}</h2><div class="wysiwyg" itemprop="{1}">{0} {2}</div></section>'
    )
    posting = read_html(
        section.format("Company Description", "description", "Organs since 1870.")
        + section.format("Job Description", "responsibilities", TEXT)
        + section.format("Qualifications", "qualifications", "A fine ear.")
    )
    assert posting.description_text is not None
    assert posting.description_text.index("since 1870") < posting.description_text.index("A fine ear.")
    bare = f'<div itemprop="responsibilities">{TEXT}</div><div itemprop="qualifications">A fine ear.</div>'
    assert "A fine ear." in (read_html(bare).description_text or "")


def test_sections_that_have_no_mark_of_microdata_are_read_as_well() -> None:
    section = '<section class="job-section"{0}><h2>{1}</h2><div class="wysiwyg">{2}</div></section>'
    text = read_html(
        '<main itemscope itemtype="http://schema.org/JobPosting"><h1 itemprop="title">Organ Tuner</h1>'
        + section.format("", "Company Description", "Organs since 1870.")
        + section.format(' itemprop="responsibilities"', "Job Description", TEXT)
        + section.format(' itemprop="incentives"', "Additional Information", "Two days a week at home.")
        + "</main>"
    ).description_text
    assert text is not None
    assert text.index("Organs since 1870.") < text.index(TEXT[:40]) < text.index("Two days a week")


def test_a_page_without_the_element_of_places_has_the_address() -> None:
    page = PAGE.replace("<spl-job-location", "<x-job-location")
    assert read_html(page).locations == ("Chur, Switzerland",)


def test_the_empty_state_is_closed_in_any_language() -> None:
    page = '<h1 class="job-title">Organ Tuner</h1><div class="x jobad--empty-state"><h2>Abgelaufen</h2></div>'
    assert read_html(page).is_open is False
    url = f"https://jobs.smartrecruiters.com/Fernwick/{NUMBER}"
    match, platform = matched(url), platform_named("smartrecruiters")
    assert judge(Answer(Request(url, "page"), 200, url, page), match, platform).state == "closed"
    style = "<style>.jobad--empty-state { color: red }</style>" + PAGE
    assert judge(Answer(Request(url, "page"), 200, url, style), match, platform).state == "posting"
    assert judge(Answer(Request(url, "page"), 400, url, ""), match, platform).state == "nothing"


def test_a_page_that_leads_to_the_board_says_nothing_of_the_posting() -> None:
    url = f"https://jobs.smartrecruiters.com/Fernwick/{NUMBER}"
    match, platform = matched(url), platform_named("smartrecruiters")
    board = "https://careers.smartrecruiters.com/Fernwick"
    answer = Answer(Request(url, "page"), 200, board, "<h1>All our jobs</h1>")
    assert judge(answer, match, platform) == Verdict("nothing", "redirected_off_posting")
    answer = Answer(Request(url, "page"), 200, url + "-organ-tuner", PAGE)
    assert judge(answer, match, platform).state == "posting"


NAMES = [*JOB, "sections", "jobDescription", "text", "title", "salary", "min", "customField", "content", "id"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8),
    max_leaves=30,
)


@given(VALUES, st.none() | st.text(max_size=5))
def test_no_answer_makes_it_fail(answer: object, wanted: str | None) -> None:
    read(answer, wanted)
    read(json.loads(json.dumps(JOB)) | {"location": answer, "jobAd": answer, "compensation": answer})


@given(st.integers(0, len(PAGE)), st.integers(0, len(PAGE)), st.text(alphabet="<>\"'=/ a", max_size=10))
def test_no_damage_to_the_page_makes_it_fail(start: int, end: int, put: str) -> None:
    read_html(PAGE[:start] + put + PAGE[end:])


def test_each_address_seen_in_the_wild_has_its_number(shared_data: Path) -> None:
    with gzip.open(shared_data / "ats" / "posting_urls.tsv.gz", "rt", encoding="utf-8") as lines:
        urls = [row[1] for row in (line.split("\t") for line in lines) if row[0] == "smartrecruiters"]
    assert urls
    for url in urls:
        number = re.search(r"/(\d{6,})", url)
        assert number is not None
        match = matched(url)
        assert (match.platform, match.posting_id) == ("smartrecruiters", number[1])
