from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from platform_questions import NOW, asked, found, state

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

API = "https://boards-api.greenhouse.io/v1/boards"
HOSTED = "https://boards.greenhouse.io/blueharbor/jobs/4012345"
OWN = "https://blueharbor.example/jobs?gh_jid=4012345"
TEXT = "You keep the tide gauges of our harbours running and tell the ferries when they may leave. " * 6


def read(answer: object, **more: object) -> Posting:
    payload = Payload("https://blueharbor.example/jobs?gh_jid=4012345", answer=answer, **more)  # type: ignore[arg-type]
    return parse("greenhouse", payload, now=NOW)


def job(**fields: object) -> dict[str, object]:
    escaped = f"&lt;p&gt;{TEXT}&lt;/p&gt;"
    return {"id": 4012345, "title": "Tide Engineer", "content": escaped} | fields


@pytest.mark.parametrize(
    "url",
    [
        "https://boards.greenhouse.io/blueharbor/jobs/4012345",
        "https://job-boards.greenhouse.io/blueharbor/jobs/4012345?gh_src=abc",
        "https://job-boards.greenhouse.io/BlueHarbor/jobs/4012345/",
        "https://BOARDS.greenhouse.io/blueharbor/jobs/4012345?gh_jid=4012345&t=x#app",
        "http://boards.greenhouse.io/blueharbor/jobs/4012345/confirmation",
        "https://my.greenhouse.io/jobs/blueharbor/4012345",
        "https://boards.greenhouse.io/embed/job_app?for=blueharbor&token=4012345",
        "https://boards.greenhouse.io/blueharbor?gh_jid=4012345",
        f"{API}/blueharbor/jobs/4012345?questions=true",
        "https://boards-api.greenhouse.io/v1/boards/blueharbor/embed/job?id=4012345",
    ],
)
def test_every_address_of_a_hosted_job_names_it_in_one_spelling(url: str):
    match = found(url)
    assert (match.platform, match.posting_id) == ("greenhouse", "4012345")
    assert match.canonical_url == "https://boards.greenhouse.io/blueharbor/jobs/4012345"
    assert (match.api_url or "").lower() == f"{API}/blueharbor/jobs/4012345"


@pytest.mark.parametrize("host", ["job-boards.eu", "boards.eu"])
def test_the_european_boards_are_a_site_of_their_own_with_the_same_api(host: str):
    match = found(f"https://{host}.greenhouse.io/blueharbor/jobs/4012345")
    assert match.canonical_url == "https://boards.eu.greenhouse.io/blueharbor/jobs/4012345"
    assert match.api_url == f"{API}/blueharbor/jobs/4012345"


@pytest.mark.parametrize(
    "url",
    [
        "https://careers.blueharbor.example/jobs?gh_jid=4012345",
        "https://www.blueharbor.example/jobs/4012345/?GH_JID=4012345&gh_jid=4012345",
        "https://blueharbor.example/job?4012345&board=bh&gh_jid=4012345&gh_src=x",
        "https://blueharbor.example/jobs?gh_jid=4012345?utm_source=letter",
    ],
)
def test_an_id_on_the_employers_own_site_is_enough(url: str):
    match = found(url)
    assert (match.platform, match.organisation, match.posting_id) == ("greenhouse", None, "4012345")
    assert match.api_url is None
    assert "blueharbor.example" in match.canonical_url


@pytest.mark.parametrize(
    "url", ["https://boards.greenhouse.io/blueharbor", "https://boards.greenhouse.io/embed/job_board?for=bh"]
)
def test_a_board_is_no_posting(url: str):
    assert found(url).posting_id is None


def test_an_embedded_form_without_its_board_keeps_its_id():
    match = found("https://boards.greenhouse.io/embed/job_app?token=4012345&utm_source=x")
    assert (match.posting_id, match.api_url) == ("4012345", None)
    assert match.canonical_url == "https://boards.greenhouse.io/embed/job_app?token=4012345"
    assert [one.kind for one in asked("https://boards.greenhouse.io/embed/job_app?token=4012345")] == ["page"]
    shown = found("https://boards.greenhouse.io/embed/job_app?token=4012345", '<p>{"urlToken":"bh"}</p>')
    assert shown.api_url == f"{API}/bh/jobs/4012345"


@pytest.mark.parametrize(
    "mark",
    [
        '<script src="https://boards.greenhouse.io/embed/job_board/js?for=bh"></script>',
        '<iframe src="https://boards.eu.greenhouse.io/embed/job_app?validity=1&amp;for=bh&amp;token=1"></iframe>',
        "<script>fetch('https://boards-api.greenhouse.io/v1/boards/bh/jobs/4012345')</script>",
        '<script>window.x = {"urlToken":"bh"}</script>',
        '<a href="https://job-boards.greenhouse.io/bh/jobs/4012345">Apply</a>',
    ],
)
def test_the_page_tells_whose_board_an_id_is_on(mark: str):
    match = found("https://blueharbor.example/jobs?gh_jid=4012345", f"<html>{mark}</html>")
    assert match.api_url == f"{API}/bh/jobs/4012345"


def test_of_two_embedded_boards_none_is_certain():
    page = "boards-api.greenhouse.io/v1/boards/bh/jobs boards-api.greenhouse.io/v1/boards/bh-interns/jobs"
    match = found(OWN, page)
    gone = Answer(Request(match.api_url or "", "api"), 404, match.api_url or "", '{"error": "Job not found"}')
    assert judge(gone, match, platform_named("greenhouse")).state == "nothing"
    sure = found(OWN, page.split()[0])
    assert judge(gone, sure, platform_named("greenhouse")).state == "closed"


def test_a_page_that_names_its_job_in_the_path_is_found_by_what_it_embeds():
    page = '<iframe src="https://boards.greenhouse.io/embed/job_app?for=bh&token=4012345"></iframe>'
    match = found("https://blueharbor.example/careers/tide-engineer-4012345", page)
    assert (match.organisation, match.posting_id) == ("bh", "4012345")
    page = '<script src="https://boards.greenhouse.io/embed/job_board/js?for=bh"></script>'
    page += "<script>Grnhse.Iframe.load(4012345)</script>"
    assert found("https://blueharbor.example/careers/tide-engineer", page).posting_id == "4012345"
    assert detect("https://blueharbor.example/careers", "<p>We once used Greenhouse.</p>") is None


def test_the_documented_api_is_asked_before_the_page():
    url = "https://boards.greenhouse.io/blueharbor/jobs/4012345"
    assert [(one.kind, one.url) for one in asked(url)] == [
        ("api", f"{API}/blueharbor/jobs/4012345?pay_transparency=true"),
        ("page", url),
    ]


@pytest.mark.parametrize(
    ("url", "boards"),
    [
        ("https://careers.withblueharbor.com/jobs?gh_jid=1", ["withblueharbor", "blueharbor"]),
        ("https://www.blueharborcareers.com/?gh_jid=1", ["blueharborcareers", "blueharbor"]),
        ("https://jobs.blueharbor.co.uk/?gh_jid=1", ["blueharbor"]),
        ("https://blueharbor.com/job?1&board=bh-jobs&gh_jid=1", ["bh-jobs", "blueharbor"]),
        ("https://app.careerpuck.com/job-board/blueharbor/job/1?gh_jid=1", ["blueharbor"]),
        ("https://localhost/?gh_jid=1", []),
    ],
)
def test_boards_are_guessed_from_the_host(url: str, boards: list[str]):
    sent = asked(url)
    assert [one.url.split("/")[5] for one in sent if one.kind == "api"] == boards
    assert sent[-1].url == url


def test_only_the_board_itself_says_that_a_job_is_gone():
    gone = json.dumps({"status": 404, "error": "Job not found"})
    assert state(HOSTED, 0, 404, gone) == "closed"
    assert state(OWN, 0, 404, gone) == "nothing", "a guessed board proves nothing"
    assert state(HOSTED, 0, 404, '{"error": "Board not found"}') == "nothing"
    assert state(HOSTED, 0, 404, "<html>") == "nothing"
    assert state(HOSTED, 0, 429, gone) == "busy"


def test_an_answer_of_a_guessed_board_counts_only_for_its_own_job():
    assert state(OWN, 0, 200, json.dumps(job())) == "posting"
    assert state(OWN, 0, 200, json.dumps(job(id=4012346))) == "nothing"
    assert read(job(id=4012346), posting_id="4012345").title is None


def test_a_page_closes_a_job_only_where_the_board_says_error():
    board = "https://boards.greenhouse.io/blueharbor?error=true"
    assert state(HOSTED, 1, 200, "4012345", ended=board) == "closed"
    assert state(HOSTED, 1, 200, "4012345", ended=board.removesuffix("?error=true")) == "nothing"
    assert state(OWN, 1, 200, "<ul><li>All our jobs</li></ul>") == "nothing"
    assert state(OWN, 1, 200, "<p>4012345 Tide Engineer</p>") == "posting"
    assert state(OWN, 1, 404) == "closed"
    assert state(OWN, 1, 404, "", ended="https://blueharbor.example/jobs") == "nothing"


def test_a_job_of_the_api_is_read_in_full():
    posting = read(
        job(
            company_name="Blue Harbor",
            location={"name": "Bergen, Norway; Hybrid - Oslo"},
            absolute_url="https://blueharbor.example/jobs?gh_jid=4012345",
            first_published="2026-11-02T09:00:00-05:00",
            updated_at="2026-11-20T09:00:00-05:00",
            application_deadline="2026-12-31T23:59:00-05:00",
            requisition_id="TIDE-7",
            language="en",
            departments=[{"name": "Harbours"}],
            metadata=[
                {"name": "Employment Type", "value": "Full-time", "value_type": "single_select"},
                {"name": "Workplace Type", "value": ["Hybrid"], "value_type": "multi_select"},
            ],
        )
    )
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")
    assert posting.locations == ("Bergen, Norway", "Hybrid - Oslo")
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")
    assert (posting.posted_at, posting.closes_at) == (dt.date(2026, 11, 2), dt.date(2026, 12, 31))
    assert (posting.requisition_id, posting.language, posting.is_open) == ("TIDE-7", "en", True)
    assert posting.description_text == TEXT.strip()
    assert (posting.description_html or "").startswith("<p>You keep")
    assert posting.completeness is Completeness.FULL
    assert posting.fields["title"].source == "api"


def test_content_that_was_escaped_twice_is_read_as_html():
    posting = read(job(content=f"&amp;lt;p&amp;gt;{TEXT}&amp;lt;/p&amp;gt;"))
    assert posting.description_text == TEXT.strip()


def test_the_pay_is_in_cents_and_each_zone_stays():
    zones = [
        {"min_cents": 12000000, "max_cents": 15050050, "currency_type": "USD", "title": "Annual Salary:"},
        {
            "min_cents": 10000000,
            "max_cents": 13000000,
            "currency_type": "USD",
            "title": "Inland",
            "blurb": "x",
        },
        {"min_cents": 0, "max_cents": 0, "currency_type": "USD", "title": "Unknown"},
    ]
    posting = read(job(pay_input_ranges=zones))
    assert [(one.minimum, one.maximum, one.label) for one in posting.salary_ranges] == [
        (Decimal(120000), Decimal("150500.5"), "Annual Salary:"),
        (Decimal(100000), Decimal(130000), "Inland"),
    ]
    assert (posting.salary_min, posting.salary_max) == (Decimal(100000), Decimal("150500.5"))
    assert (posting.salary_currency, posting.salary_period) == ("USD", "year")


@pytest.mark.parametrize(
    ("cents", "currency", "title", "blurb", "period"),
    [
        (2500, "USD", "Hourly range", "", "hour"),
        (2500, "USD", "Range", "", "hour"),
        (2500, "USD", "Range", "Paid per hour.", "hour"),
        (12000000, "USD", "Range", "For hourly and salaried people.", "year"),
        (350000, "EUR", "Gross per month", "", "month"),
        (350000, "EUR", "Range", "", None),
        (600000000, "JPY", "Tokyo", "", "year"),
        (30000000, "XAF", "Range", "", None),
    ],
)
def test_the_period_of_a_pay_is_in_its_words_or_in_its_amount(
    cents: int, currency: str, title: str, blurb: str, period: str | None
):
    stated = {
        "min_cents": cents,
        "max_cents": cents,
        "currency_type": currency,
        "title": title,
        "blurb": blurb,
    }
    posting = read(job(pay_input_ranges=[stated]))
    assert (posting.salary_currency, posting.salary_period) == (currency, period)


def test_the_pay_that_stands_in_the_text_is_read_where_the_api_has_no_ranges():
    pay = '<div class="pay-input"><div class="title">Pay Range</div><div class="pay-range">'
    pay += '<span>$120,000</span><span class="divider">&mdash;</span><span>$150,000 USD</span></div></div>'
    content = f"<p>{TEXT}</p>{pay}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    posting = read(job(content=content))
    assert (posting.salary_min, posting.salary_max) == (Decimal(120000), Decimal(150000))
    assert (posting.salary_currency, posting.salary_period) == ("USD", "year")


def test_the_pay_may_be_a_custom_field():
    value = {"unit": "CAD", "min_value": "90000.0", "max_value": "110000.0"}
    posting = read(job(metadata=[{"name": "Salary", "value": value, "value_type": "currency_range"}]))
    assert (posting.salary_min, posting.salary_max, posting.salary_currency, posting.salary_period) == (
        Decimal(90000),
        Decimal(110000),
        "CAD",
        "year",
    )


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ({"name": "Remote?", "value": True}, "remote"),
        ({"name": "Remote?", "value": "Yes"}, "remote"),
        ({"name": "Remote?", "value": False}, None),
        ({"name": "Work model", "value": "On-Site"}, "onsite"),
        ({"name": "Remote interview kit", "value": None}, None),
        ({"name": 5, "value": {"deep": [1]}}, None),
    ],
)
def test_a_custom_field_tells_of_remote_work_by_its_name(extra: object, kind: str | None):
    assert read(job(metadata=[extra])).location_type == kind


def test_offices_are_places_where_the_jobs_own_place_is_one_of_them():
    offices = [
        {"name": "Bergen", "location": "Bergen, Norway"},
        {"name": "Oslo", "child_ids": []},
        {"name": "Norway", "child_ids": [5]},
    ]
    assert read(job(location={"name": "Bergen"}, offices=offices)).locations == ("Bergen", "Oslo")
    assert read(job(location={"name": "Tromsø"}, offices=offices)).locations == ("Tromsø",)
    several = read(job(location={"name": "Multiple Locations"}, offices=offices))
    assert several.locations == ("Bergen, Norway", "Oslo", "Norway")


def test_a_job_is_found_on_its_board():
    board = {"jobs": [job(id=1, title="Cook"), job(title="Tide Engineer")], "meta": {"total": 2}}
    assert read(board, posting_id="4012345").title == "Tide Engineer"
    assert read(board, posting_id="9").title is None
    assert read(board).title == "Cook"


def test_the_boards_short_name_stands_for_the_employer_until_somebody_knows_better():
    address = "http://boards.greenhouse.io/blue-harbor/jobs/4012345"
    assert read(job(absolute_url=address)).company == "Blue Harbor"
    assert read(job(absolute_url=address), company_name="Blue Harbor AS").company == "Blue Harbor AS"


def test_an_answer_that_the_job_is_not_there_closes_it():
    assert read({"status": 404, "error": "Job not found"}).is_open is False
    assert read({"error": "Could not find a job with id '5' for blueharbor"}).is_open is False
    assert read({"error": "Server error"}).is_open is None


def page(body: str, url: str = HOSTED) -> Posting:
    return parse(
        "greenhouse", Payload(url, html=body, organisation="blueharbor", posting_id="4012345"), now=NOW
    )


def test_the_state_of_the_hosted_page_is_read():
    held = {
        "state": {
            "loaderData": {
                "root": None,
                "routes/$url_token_.jobs_.$job_post_id": {
                    "jobPost": {
                        "title": "Tide Engineer",
                        "company_name": "Blue Harbor",
                        "job_post_location": "Bergen, Norway",
                        "published_at": "2026-11-02T09:00:00-05:00",
                        "public_url": HOSTED,
                        "content": f"<p>{TEXT}</p>",
                        "pay_ranges": [
                            {"min": "$120,000", "max": "$150,000", "currency_type": "USD", "title": "Yearly"}
                        ],
                    }
                },
            }
        }
    }
    posting = page(f"<body><script>window.__remixContext = {json.dumps(held)};</script></body>")
    assert (posting.title, posting.company) == ("Tide Engineer", "Blue Harbor")
    assert posting.fields["title"].source == "embedded state"
    assert posting.locations == ("Bergen, Norway",)
    assert (posting.salary_min, posting.salary_currency) == (Decimal(120000), "USD")
    assert posting.completeness is Completeness.FULL


@pytest.mark.parametrize(
    ("low", "high", "currency", "amounts"),
    [
        ("£255,000", "£325,000", "GBP", (255000, 325000)),
        ("R$8.000", "R$15.000", "BRL", (8000, 15000)),
        ("25.50", None, "USD", ("25.5", None)),
    ],
)
def test_the_pay_of_the_state_is_written_out(
    low: str, high: str, currency: str, amounts: tuple[object, object]
):
    stated = {"title": "Range", "min": low, "max": high, "currency_type": currency}
    posting = read(job(pay_ranges=[stated]))
    wanted = tuple(Decimal(str(one)) if one is not None else None for one in amounts)
    assert (posting.salary_min, posting.salary_max, posting.salary_currency) == (*wanted, currency)


def test_the_elements_of_both_templates_are_read():
    old = '<div id="app_body"><div id="header"><h1 class="app-title">Tide Engineer</h1>'
    old += '<span class="company-name"> at Blue Harbor </span><div class="location">Bergen</div></div>'
    old += f'<div id="content"><p>{TEXT}</p></div></div>'
    new = '<div class="job__title"><h1>Tide Engineer</h1></div><div class="job__location">Bergen</div>'
    new += f'<div class="job__description body"><p>{TEXT}</p></div>'
    for body, company in ((old, "Blue Harbor"), (new, "Blueharbor")):
        posting = page(f"<body>{body}</body>")
        assert (posting.title, posting.company) == ("Tide Engineer", company)
        assert posting.locations == ("Bergen",)
        assert posting.completeness is Completeness.FULL
