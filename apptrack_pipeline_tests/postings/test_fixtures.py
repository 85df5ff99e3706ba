"""A posting that is kept as a sample can be measured, and is read as it was before it was cleaned."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from apptrack_pipeline.postings.fixtures import MANIFEST_COLUMNS, fixture_of

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
DESCRIPTION = "<p>" + "You keep the timetables of forty ferries right, at any weather. " * 8 + "</p>"


def test_an_answer_is_kept_under_its_platform_and_id_with_the_labels_that_are_read_of_it() -> None:
    answer = {"id": 4100200300, "title": "Data Engineer", "company_name": "Fernwick", "content": DESCRIPTION}

    kept = fixture_of("https://boards.greenhouse.io/fernwick/jobs/4100200300", json.dumps(answer), now=NOW)

    assert str(kept.path) == "greenhouse/4100200300.json"
    row = dict(zip(MANIFEST_COLUMNS, kept.manifest_row.rstrip("\n").split("\t"), strict=True))
    assert (row["platform"], row["title"], row["company"]) == ("greenhouse", "Data Engineer", "Fernwick")
    assert row["note"] == "captured 2026-11-24"
    assert kept.changed == ()


def test_a_page_of_an_unknown_site_is_kept_under_its_address() -> None:
    page = (
        f"<html><head><title>Ferry clerk</title></head><body><h1>Ferry clerk</h1>{DESCRIPTION}</body></html>"
    )

    kept = fixture_of("https://fernwick.example/careers/ferry-clerk?utm_source=x", page, now=NOW)

    assert str(kept.path) == "generic/fernwick.example-careers-ferry-clerk.html"


def test_postings_that_only_the_query_tells_apart_are_two_samples() -> None:
    page = f"<html><body><h1>Ferry clerk</h1>{DESCRIPTION}</body></html>"
    first, second = (
        fixture_of(f"https://fernwick.example/job?id={number}&utm_source=x", page, now=NOW)
        for number in (1, 2)
    )

    assert first.path != second.path


def test_a_field_that_cleaning_has_changed_is_named() -> None:
    answer = {"id": 4100200300, "title": "Write to jobs@fernwick.example", "content": DESCRIPTION}

    kept = fixture_of("https://boards.greenhouse.io/fernwick/jobs/4100200300", json.dumps(answer), now=NOW)

    assert kept.changed == ("title",)


@pytest.mark.parametrize("url", ["https://x.example/..%2f..%2fetc/passwd", "https://x.example/a b/ü"])
def test_no_address_leads_out_of_the_folder(url: str) -> None:
    kept = fixture_of(url, "<html><body><h1>x</h1></body></html>", now=NOW)

    assert kept.path.parts[0] == "generic"
    assert len(kept.path.parts) == 2
    assert ".." not in kept.path.parts
