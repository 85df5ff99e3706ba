from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request, Verdict
from apptrack_pipeline.postings.platforms.taleo import TALEO
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECTION = "https://fernwick.taleo.net/careersection/ex"
BUSINESS = "https://phf.tbe.taleo.net/phf02/ats/careers/v2"
TEXT = "<p>You count migrating geese from a tower, and draw maps of where they rest.</p>" * 6
SKILLS = "<ul><li>Good eyes</li><li>A [very] patient mind</li></ul>"
GONE = """<form id="ftlform" action="unavailablerequisition.ftl" method="post">
<input type="hidden" name="ftlpageid" value="unavaibleRequisitionPage"></form>"""


def marked(text: str) -> str:
    return "!*!" + quote(text)


def filled(*values: str, columns: str = "") -> str:
    listed = ",".join("'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" for value in values)
    call = f"api.fillList('requisitionDescriptionInterface', 'descRequisition', [{listed}]);"
    acts = "var _acts = [['unavaibleRequisitionPage','unavailablerequisition.ftl']];"
    form = '<form id="ftlform" action="jobdetail.ftl"></form>'
    return f"<html><body>{form}<script>{columns}\n{acts}\n{call}</script></body></html>"


def matched(url: str) -> Match:
    match = detect(url)
    assert match is not None
    return match


def read(html: str, posting_id: str | None = None) -> Posting:
    url = f"{SECTION}/jobdetail.ftl?job=2600411"
    return parse(
        "taleo", Payload(url=url, html=html, organisation="fernwick", posting_id=posting_id), now=NOW
    )


def verdict(text: str, status: int = 200) -> Verdict:
    url = f"{SECTION}/jobdetail.ftl?job=2600411&lang=en"
    return judge(Answer(Request(url, "page"), status, url, text), matched(url), TALEO)


@pytest.mark.parametrize(
    "path",
    [
        "jobdetail.ftl?job=2600411",
        "jobdetail.ftl?lang=en&job=2600411&tz=GMT%2B02%3A00&tzname=Europe%2FZurich&src=JB-10040",
        "jobapply.ftl?lang=fr&job=2600411",
        "jobdetail.ftl?requisition=2600411#top",
        "JobDetail.ftl?reqNo=2600411",
        "../iam/accessmanagement/login.jsf?lang=en&redirectionURI="
        + quote(f"{SECTION}/jobapply.ftl?lang=en&job=2600411", safe=""),
    ],
)
def test_all_addresses_of_one_requisition_are_one(path: str) -> None:
    match = matched(f"{SECTION}/{path}".replace("/ex/..", ""))
    assert (match.platform, match.organisation, match.posting_id) == ("taleo", "fernwick", "2600411")
    assert match.canonical_url == f"{SECTION}/jobdetail.ftl?job=2600411"


def test_a_career_section_is_known_on_the_employers_own_domain() -> None:
    match = matched(
        "https://jobs.fernwick.example/careersection/fw_external/jobdetail.ftl?job=ZRH00123&lang=de"
    )
    assert (match.platform, match.posting_id) == ("taleo", "ZRH00123")
    assert match.organisation is None


@pytest.mark.parametrize(
    "path",
    [
        "jobsearch.ftl?lang=en",
        "jobdetail.ftl",
        "jobdetail.ftl?job=",
        "moresearch.ftl?job=2600411",
        "../iam/accessmanagement/login.jsf",
        "../iam/accessmanagement/login.jsf?redirectionURI=https%3A%2F%2F%5Bx",
        "../iam/accessmanagement/login.jsf?redirectionURI="
        + quote("https://other.example/careersection/ex/jobapply.ftl?job=2600411", safe=""),
    ],
)
def test_what_is_no_requisition_has_no_number(path: str) -> None:
    assert matched(f"{SECTION}/{path}".replace("/ex/..", "")).posting_id is None


@pytest.mark.parametrize(
    "url",
    [
        f"{BUSINESS}/viewRequisition?org=FERNWICK&cws=41&rid=77",
        f"{BUSINESS}/applyRequisition?rid=77&cws=41&org=fernwick&source=x",
        "https://phf.tbe.taleo.net/phf02/ats/careers/requisition.jsp?org=FERNWICK&cws=41&rid=77",
    ],
)
def test_three_parameters_are_the_identity_in_the_business_edition(url: str) -> None:
    match = matched(url)
    assert (match.platform, match.organisation, match.posting_id) == ("taleo", "FERNWICK", "77")
    assert match.canonical_url == f"{BUSINESS}/viewRequisition?cws=41&org=FERNWICK&rid=77"
    assert matched(url.replace("41", "42")).canonical_url != match.canonical_url


def test_a_business_address_without_one_of_the_three_names_none() -> None:
    assert matched(f"{BUSINESS}/viewRequisition?org=FERNWICK&rid=77").posting_id is None
    assert matched(f"{BUSINESS}/searchResults?org=FERNWICK&cws=41").posting_id is None


def test_the_form_of_application_is_not_what_is_asked_for() -> None:
    url = f"{SECTION}/jobapply.ftl?job=2600411&lang=fr"
    requests = TALEO.requests(matched(url), url) if TALEO.requests else ()
    assert [one.url for one in requests] == [f"{SECTION}/jobdetail.ftl?job=2600411&lang=fr"]


def test_a_list_with_number_behind_the_title_is_read() -> None:
    posting = read(
        filled(
            "88123", "", "true", "", "Goose Counter's Aide", "2600411", marked(TEXT), "", marked(SKILLS), "",
            "Ornithology", "", "Finland-Uusimaa-Porvoo", "", "Field Work", "", "Full-time", "", "", ""
        )
    )  # fmt: skip
    assert posting.title == "Goose Counter's Aide"
    assert posting.locations == ("Finland-Uusimaa-Porvoo",)
    assert (posting.employment_type, posting.requisition_id) == ("full_time", "2600411")
    assert (posting.completeness, posting.is_open) == (Completeness.FULL, True)
    assert posting.description_text is not None
    assert "A [very] patient mind" in posting.description_text
    assert posting.company == "Fernwick"


def test_a_list_with_the_number_before_the_title_and_all_doubled_is_read() -> None:
    posting = read(
        filled(
            "990017", "true", "990017", "Submission for the position: Goose Counter - (Job Number: 2600411)",
            "false", "990017", "", "2600411", "Goose Counter", "Staff position", "Staff position", "P-4",
            "P-4", "Finland-Porvoo", "Finland-Porvoo", "Fixed-term: two years", "Fixed-term: two years",
            "!*" + quote(TEXT), "false", "990017",
        )
    )  # fmt: skip
    assert (posting.title, posting.requisition_id) == ("Goose Counter", "2600411")
    assert posting.locations == ("Finland-Porvoo",)
    assert posting.completeness is Completeness.FULL


def test_a_title_is_decoded_and_a_percentage_in_it_stays() -> None:
    assert read(filled("1", "Counter %26 Mapper", "2600411", marked(TEXT))).title == "Counter & Mapper"
    assert read(filled("1", "Counter 80%", "2600411", marked(TEXT))).title == "Counter 80%"


def test_a_place_without_hyphens_stands_before_the_date() -> None:
    page = filled(
        "1", "Goose Counter", "2600411-INT", "three months", "Finland", "18-Jul-2026, 5:08:47 PM", ""
    )
    assert read(page).locations == ("Finland",)


def test_of_two_dates_the_first_is_the_publication() -> None:
    page = filled("1", "Goose Counter", "2600411", "FI-Hanko", "30/Apr/2026", "30/Apr/2026", "2-Jan-2027", "")
    posting = read(page)
    assert (posting.posted_at, posting.closes_at) == (date(2026, 4, 30), date(2027, 1, 2))


def test_one_date_ahead_is_a_deadline() -> None:
    posting = read(filled("1", "Goose Counter", "2600411", "FI-Hanko", "Jan 2, 2027, 5:00:00 PM", ""))
    assert (posting.posted_at, posting.closes_at) == (None, date(2027, 1, 2))


def test_several_coded_places_are_all_taken() -> None:
    page = filled(
        "1", "Goose Counter", "2600411", marked(TEXT), "Science", "FI-Porvoo", "FI-Hanko", "Full-time"
    )
    assert read(page).locations == ("FI-Porvoo", "FI-Hanko")


def test_named_columns_say_what_is_what() -> None:
    names = ["no", "title", "contestnumber", "description", "qualification", "jobfield", "primarylocation"]
    names += ["otherlocations", "jobschedule", "organization"]
    listed = ",".join(f"'reqlistitem.{name}'" for name in names)
    columns = f"descRequisition: {{ _type: 'list',\n_hlid: [{listed}],\n}}"
    values = [
        "1",
        "2600411",
        "A-17",
        marked(TEXT),
        marked(SKILLS),
        "Science-Birds",
        "Porvoo",
        "Hanko",
        "Part-time",
    ]
    posting = read(filled(*values, "Fernwick-North", columns=columns))
    assert (posting.title, posting.requisition_id) == ("2600411", "A-17")
    assert posting.locations == ("Porvoo", "Hanko")
    assert posting.employment_type == "part_time"


def test_a_tag_in_the_text_names_the_place_of_work() -> None:
    assert (
        read(filled("1", "Goose Counter", "2600411", marked(TEXT + "<p>#LI-Hybrid</p>"))).location_type
        == "hybrid"
    )


def test_a_closing_day_that_has_passed_closes_nothing() -> None:
    page = filled("1", "Goose Counter", "2600411", marked(TEXT), "FI-Hanko", "19/08/2026, 11:59:00 PM", "")
    posting = read(page)
    assert (posting.is_open, posting.closes_at, posting.posted_at) == (True, date(2026, 8, 19), None)


def test_only_the_form_says_that_a_requisition_is_gone() -> None:
    posting = read(GONE)
    assert (posting.is_open, posting.closed_reason) == (False, "requisition_unavailable")
    assert verdict(GONE) == Verdict("closed", "requisition_unavailable")
    # Every page's script names the page of the unavailable requisition.
    assert verdict(filled("1", "Goose Counter", "2600411", marked(TEXT))).state == "posting"
    assert verdict("<p>This requisition is unavailable</p>").state == "posting"
    assert verdict("", 503).state == "busy"


def test_a_page_that_a_browser_has_drawn_is_read_by_its_elements() -> None:
    title = "requisitionDescriptionInterface.reqTitleLinkAction.row1"
    row = '<div class="contentlinepanel"><b class="subtitle">{}</b><span class="text">{}</span></div>'
    posting = read(
        f'<span id="{title}">Goose Counter</span>'
        + row.format("Primary Location", "FI-Porvoo")
        + row.format("Schedule", "Part-time")
        + row.format("Description", TEXT.replace("<p>", "").replace("</p>", " "))
    )
    assert (posting.title, posting.locations, posting.employment_type) == (
        "Goose Counter",
        ("FI-Porvoo",),
        "part_time",
    )


def test_an_unfinished_list_is_read_as_far_as_it_goes() -> None:
    whole = filled("1", "Goose Counter", "2600411", marked(TEXT))
    assert read(whole[: whole.index("2600411'") + 9]).title == "Goose Counter"


@given(st.lists(st.text(alphabet="!*%3C'\\\"],[ aZ-19:/", max_size=40), max_size=30))
def test_no_list_makes_it_fail(values: list[str]) -> None:
    read(filled(*values))
    read("<script>api.fillList('requisitionDescriptionInterface','descRequisition',[" + ",".join(values))


WHOLE = filled("1", "Goose Counter", "2600411", marked(TEXT), "FI-Hanko", "30/Apr/2026")


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.text(alphabet="<>\"'=/ \\a", max_size=10))
def test_no_damage_to_the_page_makes_it_fail(start: int, end: int, put: str) -> None:
    read(WHOLE[:start] + put + WHOLE[end:])
    verdict(WHOLE[:start] + put + WHOLE[end:])
