"""Shapes of answers and pages that no description of a platform has, each as some site sends it."""

from __future__ import annotations

import base64
import html as html_entities
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = "You look after the lamps of eleven lighthouses, in a team that likes the sea. " * 3
JOB = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Lamp Keeper",
    "description": f"<p>{TEXT}</p>",
    "hiringOrganization": {"@type": "Organization", "name": "Skagen Lights"},
}
WRITTEN = json.dumps(JOB)


def read_page(html: str, platform: str | None = None) -> Posting:
    return parse(platform, Payload(url="", html=html), now=NOW)


def read_answer(platform: str, answer: object, posting_id: str | None = None) -> Posting:
    return parse(platform, Payload(url="", answer=answer, posting_id=posting_id), now=NOW)


def block(text: str) -> str:
    return f'<html><body><script type="application/ld+json">{text}</script><h1>Careers</h1></body></html>'


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(block(html_entities.escape(html_entities.escape(WRITTEN))), id="escaped twice"),
        pytest.param(block(json.dumps({"@type": "WebPage", "mainEntity": WRITTEN})), id="JSON in a string"),
        pytest.param(
            block(
                "{'@type':'JobPosting','title':'Lamp Keeper','description':'We're at sea. It's calm, and"
                " doesn't rock.','hiringOrganization':{'@type':'Organization','name':'Skagen Lights'}}"
            ),
            id="apostrophes in single quotes",
        ),
        pytest.param(block(WRITTEN.replace('"title"', '"jobTitle"')), id="jobTitle"),
        pytest.param(block(WRITTEN.replace('"@type": "JobPosting", ', "")), id="no type"),
        pytest.param(
            block(WRITTEN[:70] + '</script><script type="application/ld+json">' + WRITTEN[70:]),
            id="cut into two blocks",
        ),
        pytest.param(f'<div data-job="{html_entities.escape(WRITTEN)}"></div>', id="an attribute"),
        pytest.param(f'<div data-job="{quote(WRITTEN)}"></div>', id="an attribute, percent-encoded"),
        pytest.param(
            f'<div data-job="{base64.b64encode(WRITTEN.encode()).decode()}"></div>',
            id="an attribute in base64",
        ),
        pytest.param(f"<script>block.text = {json.dumps(WRITTEN)};</script>", id="written by a program"),
    ],
)
def test_a_posting_is_found_wherever_a_template_has_put_it(html: str):
    posting = read_page(html)
    assert (posting.title, posting.company) == ("Lamp Keeper", "Skagen Lights")


def test_the_address_that_a_saved_page_gives_itself_tells_its_posting_from_related_ones():
    other = JOB | {"title": "Cook", "url": "https://jobs.skagen.example/lights/11"}
    own = JOB | {"url": "https://jobs.skagen.example/lights/12"}
    posting = read_page(
        '<link rel="canonical" href="https://jobs.skagen.example/lights/12">'
        + block(json.dumps([other, own]))
    )
    assert posting.title == "Lamp Keeper"


@pytest.mark.parametrize(
    ("platform", "answer"),
    [
        ("workday", {"title": "Lamp Keeper", "externalPath": "/job/x_R1", "locationsText": "Skagen"}),
        ("ukg", {"opportunities": [{"Title": "Lamp Keeper", "Id": "1", "FullTime": True}]}),
        ("dayforce", {"jobPostings": [{"jobTitle": "Lamp Keeper", "jobDescription": TEXT}]}),
        ("adp", {"publishedJobTitle": "Lamp Keeper", "jobDescription": TEXT}),
        ("greenhouse", {"data": {"job": {"title": "Lamp Keeper", "content": TEXT, "id": 5}}}),
    ],
)
def test_an_answer_in_a_form_that_its_platform_does_not_have_is_read_by_its_names(
    platform: str, answer: object
):
    assert read_answer(platform, answer).title == "Lamp Keeper"


def test_another_posting_in_the_answer_is_not_taken_for_the_one_that_was_asked_for():
    answer = {"opportunities": [{"Title": "Cook", "Id": "1", "FullTime": True}]}
    assert read_answer("ukg", answer, posting_id="2").title is None


@pytest.mark.parametrize(
    ("platform", "answer", "reason"),
    [
        ("oracle", {"items": [], "count": 0, "hasMore": False}, "api_no_items"),
        ("workday", {"errorCode": "HTTP_404", "httpStatus": 404, "message": "Not found"}, "not_found"),
    ],
)
def test_an_answer_that_says_there_is_no_such_posting_closes_it(platform: str, answer: object, reason: str):
    posting = read_answer(platform, answer)
    assert (posting.is_open, posting.closed_reason) == (False, reason)


def test_a_workday_server_that_fails_closes_nothing():
    assert read_answer("workday", {"errorCode": "HTTP_500", "httpStatus": 500}).is_open is None


def test_a_title_that_taleo_marks_like_its_texts_is_still_the_title():
    values = ["81", "Lamps", "!*!Lamp%20Keeper%20%26%20Cook", "2600AB", f"!*!{quote(f'<p>{TEXT}</p>')}"]
    html = (
        "<script>api.fillList('requisitionDescriptionInterface', 'descRequisition', "
        f"[{','.join(map(repr, values))}]);</script>"
    )
    assert read_page(html, "taleo").title == "Lamp Keeper & Cook"


def test_a_window_title_that_only_names_the_career_site_names_the_employer():
    html = f"<title>Skagen Lights Careers</title><h2 class='jv-header'>Lamp Keeper</h2><p>{TEXT}</p>"
    posting = read_page(html, "jobvite")
    assert (posting.title, posting.company) == ("Lamp Keeper", "Skagen Lights")


def test_the_employer_stands_behind_karriere_bei():
    html = (
        "<title>Lampenwart (m/w/d) | Karriere bei Skagen Lichter GmbH</title><h1>Lampenwart (m/w/d)</h1>"
        f"<p>{TEXT}</p>"
    )
    assert read_page(html).company == "Skagen Lichter GmbH"


def test_a_german_board_labels_place_and_kind_of_work_by_attributes_of_its_own():
    posting = read_page(
        "<h1>Lampenwart (m/w/d)</h1><span data-at='metadata-company-name'>Skagen Lichter GmbH</span>"
        "<span data-at='metadata-location'>Rostock</span><span data-at='metadata-work-type'>Vollzeit</span>"
        f"<p>{TEXT}</p>"
    )
    assert (posting.company, posting.locations) == ("Skagen Lichter GmbH", ("Rostock",))
    assert posting.employment_type == "full_time"


def test_an_article_of_a_help_centre_is_no_posting():
    found = detect("https://help.smartrecruiters.com/Skagen/744000012345678-how-to")
    assert found is None or (found.posting_id is None and found.api_url is None)


def test_six_digits_behind_job_on_any_host_are_not_taken_for_successfactors():
    assert detect("https://www.skagen.example/job/keeper/123456/") is None
    found = detect("https://www.skagen.example/job/Skagen-Lamp-Keeper/1234567801/")
    assert found is not None
    assert found.platform == "successfactors"
