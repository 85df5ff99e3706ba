from __future__ import annotations

import datetime as dt
import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
URL = "https://acme.example/jobs/4711"
TEXT = "We are looking for an engineer who builds data pipelines in Python and SQL with a kind team. " * 6


def read(html: str | None, **more: object) -> Posting:
    return parse_captured(Payload(url=URL, html=html, **more), now=NOW)  # type: ignore[arg-type]


def with_json_ld(body: str = "", **fields: object) -> str:
    node = {
        "@type": "JobPosting",
        "title": "Data Engineer",
        "hiringOrganization": {"name": "Acme"},
        "description": f"<p>{TEXT}</p>",
    } | fields
    return f'<script type="application/ld+json">{json.dumps(node)}</script><body>{body}</body>'


def test_a_posting_with_json_ld_is_read_in_full():
    posting = read(
        with_json_ld(
            jobLocation=[
                {
                    "address": {
                        "addressLocality": "Berlin",
                        "addressRegion": "UNAVAILABLE",
                        "addressCountry": "DE",
                    }
                }
            ],
            jobLocationType="TELECOMMUTE",
            employmentType=["FULL_TIME"],
            datePosted="2026-11-01",
            validThrough="2026-12-31T00:00:00Z",
            identifier={"value": 4711},
            inLanguage="en-US",
            baseSalary={
                "currency": "EUR",
                "value": {"minValue": 60000, "maxValue": 70000, "unitText": "YEAR"},
            },
        )
    )
    assert posting.completeness is Completeness.FULL
    assert (posting.title, posting.company, posting.locations) == ("Data Engineer", "Acme", ("Berlin, DE",))
    assert (posting.location_type, posting.employment_type) == ("remote", "full_time")
    assert (posting.salary_min, posting.salary_currency, posting.salary_period) == (
        Decimal(60000),
        "EUR",
        "year",
    )
    assert (posting.posted_at, posting.closes_at) == (dt.date(2026, 11, 1), dt.date(2026, 12, 31))
    assert (posting.requisition_id, posting.language, posting.is_open) == ("4711", "en", True)
    assert posting.description_text == TEXT.strip()
    assert posting.fields["title"].source == "json-ld"


def test_json_ld_wins_over_the_person_and_the_person_over_meta_tags():
    page = '<meta property="og:title" content="Other"><meta property="og:site_name" content="Other Inc">'
    assert read(with_json_ld(), company_name="Mine", job_title="Mine").company == "Acme"
    posting = read(f"{page}<body><main>{TEXT}</main></body>", company_name="Mine", job_title="My title")
    assert (posting.title, posting.company) == ("My title", "Mine")
    assert posting.fields["title"].source == "user"


def test_a_page_without_json_ld_is_read_from_its_own_text():
    page = "<title>Data Engineer at Acme | Careers</title><nav>Home</nav>"
    page += f"<main><h1>Data Engineer</h1><p>{TEXT}</p></main>"
    posting = read(page)
    assert (posting.title, posting.company) == ("Data Engineer", "Acme")
    assert posting.completeness is Completeness.FULL
    assert "data pipelines in Python and SQL" in (posting.description_text or "")


def test_the_captures_own_json_ld_is_read_when_the_page_has_none():
    node = {"@type": "JobPosting", "title": "Nurse", "description": TEXT}
    posting = read("<div id=root></div>", json_ld=[node])
    assert (posting.title, posting.completeness) == ("Nurse", Completeness.PARTIAL)


def test_the_selected_text_stands_in_for_a_page_without_text():
    posting = read(None, selected_text=TEXT, job_title="Nurse", company_name="Clinic")
    assert posting.completeness is Completeness.FULL
    assert posting.fields["description_text"].source == "user"


def test_only_a_title_is_not_a_blank_page():
    posting = read(None, job_title="Nurse")
    assert (posting.completeness, posting.review_reason) == (Completeness.TITLE_ONLY, None)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><div id=root></div><script src=x.js></script></body></html>",
        "<body><noscript>You need to enable JavaScript to run this app.</noscript></body>",
        "<title>Just a moment...</title><body>Checking your browser before accessing the site. "
        + "Please wait. " * 20
        + "</body>",
        "<title>LinkedIn Login</title><body><h1>Sign in</h1><p>Sign in to view more jobs on this site.</p>"
        "<p>Email or phone</p><p>Password</p><p>Forgot password?</p><p>New here? Join for free.</p></body>",
        "<body><p>We use cookies to improve your visit and to show you advertisements.</p>"
        "<button>Accept all cookies</button><button>Reject</button><p>You can change your choice.</p></body>",
    ],
)
def test_a_shell_or_a_wall_is_blank(page: str):
    posting = read(page, job_title="Engineer")
    assert (posting.completeness, posting.review_reason) == (Completeness.BLANK, "blank_page")


def test_a_posting_with_a_cookie_banner_is_not_blank():
    page = "<title>Engineer</title><body><div>We use cookies. Accept all cookies</div>"
    page += f"<main><p>{TEXT}</p></main></body>"
    assert read(page).completeness is Completeness.PARTIAL


@pytest.mark.parametrize(
    "banner",
    [
        "No longer accepting applications",
        "This job has expired.",
        "Sorry, this position has been filled.",
        "The job you are looking for is no longer available.",
        "Sorry, this job is no longer available",
        "Diese Stelle ist leider nicht mehr verfügbar.",
    ],
)
def test_a_closing_banner_closes_and_keeps_the_text(banner: str):
    posting = read(with_json_ld(f"<div>{banner}</div><main><p>{TEXT}</p></main>", validThrough="2027-01-01"))
    assert posting.is_open is False
    assert posting.closed_reason
    assert posting.completeness is Completeness.FULL


@pytest.mark.parametrize(
    "words",
    [
        "Once this position has been filled we will write to everybody.",
        "If this job is no longer available, look at our others.",
        "Fill in the application form. Your application form has been filled.",
        "Applications are reviewed on a rolling basis.",
    ],
)
def test_words_about_closing_do_not_close(words: str):
    assert read(with_json_ld(f"<p>{words}</p>")).is_open is None


def test_a_closing_time_that_has_passed_closes_nothing_and_one_to_come_is_open():
    past = read(with_json_ld(validThrough="2026-11-22"))
    assert (past.is_open, past.closed_reason, past.closes_at) == (None, None, dt.date(2026, 11, 22))
    assert read(with_json_ld(validThrough="2026-11-23")).is_open is True
    assert read(with_json_ld(validThrough="2026-11-23T11:59:00Z")).is_open is None
    assert read(with_json_ld(validThrough="2026-11-23T11:59:00")).is_open is None
    assert read(with_json_ld(validThrough="soon")).is_open is None


def test_the_posting_that_the_page_is_about_is_chosen_among_related_ones():
    nodes = [{"@type": "JobPosting", "title": name, "description": TEXT + name} for name in ("Cook", "Nurse")]
    page = f'<script type="application/ld+json">{json.dumps(nodes)}</script><h1>Nurse</h1>'
    assert read(page).title == "Nurse"


def test_of_several_postings_that_nothing_tells_apart_the_first_is_a_guess_for_review():
    nodes = [{"@type": "JobPosting", "title": name, "description": TEXT + name} for name in ("Cook", "Nurse")]
    posting = read(f'<script type="application/ld+json">{json.dumps(nodes)}</script><main>{TEXT}</main>')
    assert (posting.title, posting.review_reason) == ("Cook", "several_postings")
    assert posting.fields["title"].confidence < 0.4


def test_of_several_postings_none_is_taken_where_the_page_is_about_another():
    nodes = [
        {"@type": "JobPosting", "title": name, "description": TEXT + name} for name in ("Cook", "Porter")
    ]
    page = f'<script type="application/ld+json">{json.dumps(nodes)}</script><h1>Nurse</h1><main>{TEXT}</main>'
    posting = read(page)
    assert (posting.title, posting.review_reason) == ("Nurse", "several_postings")


def test_a_description_that_was_escaped_twice_is_read_as_text():
    posting = read(with_json_ld(description="&amp;lt;p&amp;gt;" + TEXT + "&amp;lt;/p&amp;gt;"))
    assert posting.description_text == TEXT.strip()
    assert (posting.description_html or "").startswith("<p>")


def test_a_date_in_the_future_is_no_posting_date():
    assert read(with_json_ld(datePosted="2030-01-01")).posted_at is None


def test_what_postgresql_cannot_store_is_removed():
    posting = read(
        with_json_ld(title="Nur\x00se\ud800", description=TEXT + "\x00\udfff"), company_name="\x00"
    )
    assert posting.title == "Nurse"
    for value in (posting.title, posting.description_text, posting.description_html):
        assert "\x00" not in (value or "")
        (value or "").encode()


@pytest.mark.parametrize("bomb", ["<div>", "<b id=1>", "<ul><li>", "<table><tr><td>", "<p>a"])
def test_a_hostile_page_of_8_mib_is_done_in_seconds(bomb: str):
    page = bomb * (8 * 1024 * 1024 // len(bomb))
    started = time.perf_counter()
    read(page)
    read(with_json_ld(description=page[: 4 * 1024 * 1024]))
    assert time.perf_counter() - started < 12  # two pages, each 3 s on a free machine


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="<>/=!-\"'divphscriptmetaog:title ab\x00\ud800", max_size=300),
    st.one_of(st.none(), st.text(max_size=50), st.lists(st.text(max_size=20), max_size=3)),
    st.text(max_size=30),
)
def test_no_page_raises(html: str, json_ld: object, words: str):
    read(html, json_ld=json_ld, selected_text=words, page_title=words, company_name=words, job_title=words)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "value", "address", "addressLocality", "@type"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
NAMES = [
    "title",
    "hiringOrganization",
    "jobLocation",
    "description",
    "employmentType",
    "datePosted",
    "validThrough",
]
NAMES += ["identifier", "inLanguage", "baseSalary", "url", "jobLocationType", "applicantLocationRequirements"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8), max_size=3))
def test_no_json_ld_raises(nodes: list[dict[str, object]]):
    posting = read("<h1>Title</h1>", json_ld=[node | {"@type": "JobPosting"} for node in nodes])
    assert isinstance(posting.title, str | None)
    assert isinstance(posting.locations, tuple)


def test_linkedin_pages_are_closed_only_by_their_own_mark(shared_data: Path):
    state = {
        path.name: read(path.read_text(encoding="utf-8")).is_open
        for path in sorted((shared_data / "ats/linkedin").glob("co_*.html"))
    }
    assert {name for name, is_open in state.items() if is_open is False} == {"co_linkedin-guest-closed.html"}


@pytest.mark.parametrize(
    "sent",
    [
        {"html": "<div " + " ".join(f"a{n}=1" for n in range(5000)) + ">" + TEXT},
        {"html": None, "json_ld": "not json {"},
        {"html": None, "json_ld": {"@type": "JobPosting", "title": 5, "description": []}},
    ],
)
def test_what_was_sent_and_cannot_be_read_is_shown_for_review(sent: dict[str, object]):
    posting = read(job_title="Data Engineer", company_name="Acme", **sent)  # type: ignore[arg-type]
    assert posting.completeness is Completeness.BLANK
    assert posting.review_reason == "blank_page"


def test_pay_that_only_the_description_states_is_read_as_text():
    answer = {
        "jobPostingInfo": {
            "title": "Ferry Planner",
            "location": "Portland, Maine",
            "country": {"descriptor": "United States of America"},
            "jobDescription": "<p>" + "You plan which ferry sails when the weather turns. " * 10 + "</p>"
            "<p>The salary range is $85,000 to $105,000 per year, plus a bonus of up to $9,000.</p>",
        }
    }

    posting = parse("workday", Payload(url="", answer=answer), now=NOW)

    assert (posting.salary_min, posting.salary_max, posting.salary_period) == (85_000, 105_000, "year")
    assert posting.fields["salary_min"].source == "text"
    assert posting.fields["salary_min"].confidence == 0.5


@pytest.mark.parametrize(
    "title",
    [
        "Design Verification Engineer",
        "Analyst, Identity Verification",
        "Privacy Counsel",
        "Error Analyst",
        "Welcome Desk Agent",
        "Loading Dock Worker",
    ],
)
def test_a_title_that_begins_like_a_wall_or_a_notice_is_a_title(title: str) -> None:
    text = "<p>You look after what our harbour needs, day and night.</p>" * 8
    page = f"<html><head><title>{title} - Quillmark</title></head><body><h1>{title}</h1>{text}</body></html>"
    assert parse(None, Payload(url="https://jobs.example.org/1", html=page), now=NOW).title == title


@pytest.mark.parametrize(
    "heading",
    [
        "Privacy Policy", "Privacybeleid", "Error 500", "Error: no such page", "Welcome to our careers",
        "Loading...", "Verify you are human", "Human verification", "Verification",
    ],
)  # fmt: skip
def test_a_wall_or_a_notice_is_no_title(heading: str) -> None:
    page = f"<html><head><title>{heading}</title></head><body><h1>{heading}</h1><p>Text.</p></body></html>"
    assert parse(None, Payload(url="https://jobs.example.org/1", html=page), now=NOW).title is None


@pytest.mark.parametrize("shown", ["Page not found | Fernwick", "404 | Fernwick", "Error | Fernwick"])
def test_what_stands_behind_an_error_in_the_window_is_no_title(shown: str) -> None:
    page = f"<html><head><title>{shown}</title></head><body><h1>Page not found</h1></body></html>"
    assert parse(None, Payload(url="https://jobs.example.org/1", html=page), now=NOW).title is None
