"""A saved fixture holds what a parser reads, and nothing that is private."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.sanitising import sanitised_html, sanitised_json, sanitised_text

PAGE = """<html><head><title>Data Engineer</title><meta name="csrf-token" content="8f7d6a5b">
<style>.a{}</style><script>track("visitor-1234567")</script>
<script type="application/ld+json">{"@type":"JobPosting","title":"Data Engineer",
"description":"Write to jane.doe@fernwick.example or call +44 (113) 496-0123"}</script></head>
<body><svg><g></g></svg><img src="data:x"><form><input type="hidden" name="auth" value="s3cr3t-value"></form>
<h1>Data Engineer</h1><a href="https://x.example/apply?token=abcd1234efgh&job=7">Apply</a></body></html>"""


def test_people_and_secrets_are_gone_from_a_page_and_the_posting_stays() -> None:
    clean = sanitised_html(PAGE)

    for private in ("jane.doe", "496-0123", "8f7d6a5b", "visitor-1234567", "s3cr3t-value", "abcd1234efgh"):
        assert private not in clean
    assert '"title":"Data Engineer"' in clean
    assert "job=7" in clean
    assert "<svg" not in clean


def test_values_whose_name_says_that_they_are_private_are_gone_from_an_answer() -> None:
    answer = {
        "title": "Data Engineer",
        "recruiterName": "Jane Doe",
        "csrfToken": "abc",
        "id": 7,
        "urlToken": "fw",
    }

    clean = json.loads(sanitised_json(answer))

    assert clean == {
        "title": "Data Engineer",
        "recruiterName": "removed",
        "csrfToken": "removed",
        "id": 7,
        "urlToken": "fw",
    }


@pytest.mark.parametrize(
    "number", ["+49 170 1234567", "+491701234567", "030/12345678", "+1-415-555-0100", "(030) 123 45 67"]
)
def test_a_telephone_number_is_gone_however_it_is_grouped(number: str) -> None:
    assert set(filter(str.isdigit, sanitised_text(f"Call {number}, or write."))) == {"0"}


def test_digits_without_end_are_looked_through_once() -> None:
    text = (" +" + "1" * 52 + "a") * 5_000
    assert sanitised_text(text) == text


def test_dates_and_pay_are_no_telephone_numbers() -> None:
    for kept in (
        "2026-11-24 - 2026-12-24",
        "+10 years",
        "+5 to 10",
        "100 000 - 120 000 EUR",
        "24.11.2026 - 31.12.2026",
        "R-0008694",
    ):
        assert sanitised_text(kept) == kept


@given(st.text(max_size=400))
def test_any_page_is_cleaned_without_an_error(page: str) -> None:
    sanitised_html(page)


def test_elements_inside_removed_elements_do_no_harm() -> None:
    nested = "<noscript><picture><source><img></picture><style>x</style></noscript>" * 200

    assert "<img" not in sanitised_html(f"<body>{nested}<p>kept</p></body>")
