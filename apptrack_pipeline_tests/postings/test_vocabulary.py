from __future__ import annotations

import pytest

from apptrack_pipeline.postings.vocabulary import employment_type, location_type, salary_period


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("FULL_TIME", "full_time"),
        ("fullTime", "full_time"),
        ("Vollzeit", "full_time"),
        ("Part-time employee", "part_time"),
        ("https://schema.org/CONTRACTOR", "contract"),
        ("Fixed term / full-time", "contract"),
        ("TEMPORARY", "temporary"),
        ("INTERN", "internship"),
        ("OTHER", None),
        ("", None),
        ("International", None),
    ],
)
def test_employment_types(words: str, known: str | None):
    assert employment_type(words) == known


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("TELECOMMUTE", "remote"),
        ("US-Remote", "remote"),
        ("Hybrid - London", "hybrid"),
        ("Partially Remote", "hybrid"),
        ("OnSite", "onsite"),
        ("Berlin", None),
        ("", None),
    ],
)
def test_location_types(words: str, known: str | None):
    assert location_type(words) == known


@pytest.mark.parametrize(
    ("words", "known"),
    [("YEAR", "year"), ("per-year-salary", "year"), ("1 MONTH", "month"), ("hourly", "hour"), ("NONE", None)],
)
def test_pay_periods(words: str, known: str | None):
    assert salary_period(words) == known
