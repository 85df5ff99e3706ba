"""What a robots.txt says, and what it may cost to read it."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apptrack_pipeline.scraping.fetching import RobotsFile
from apptrack_pipeline.scraping.robots import RobotsRule, is_fresh, rule_for

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
PRODUCT = "apptrack_pipeline"


def rule(text: str, url: str = "https://jobs.example/jobs/1?x=y", status: int | None = 200) -> RobotsRule:
    return rule_for(RobotsFile(status, text, NOW), url, product=PRODUCT)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("<!doctype html><title>Jobs</title>", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /jobs", False),
        ("User-agent: *\nDisallow: /jobs\nAllow: /jobs/1", True),
        ("User-agent: *\nDisallow: /*?x=", False),
        ("User-agent: *\nDisallow: /jobs$", True),
        ("User-agent: otherbot\nDisallow: /", True),
        ("User-agent: apptrack_pipeline\nDisallow: /", False),
        ("User-agent: AppTrack_Pipeline\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: apptrack_pipeline\nAllow: /", True),
        ("User-agent: a\nUser-agent: apptrack_pipeline\nDisallow: /", False),
        ("User-agent: *\r\nDisallow: /jobs\r\n", False),
        ("User-agent: *\rDisallow: /jobs\r", False),
        ("# Disallow: /\nUser-agent: * # all\nDisallow: /x # not the jobs", True),
        ("User-agent: *\nDisallow: //[jobs\nDisallow: http://[::1", True),
    ],
)
def test_the_rules_are_read_as_they_are_meant(text: str, allowed: bool) -> None:
    assert rule(text).allowed is allowed


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (401, True), (403, True), (304, True), (429, None), (500, None), (503, None), (None, None)],
)
def test_a_status_says_whether_there_are_rules(status: int | None, allowed: bool | None) -> None:
    assert rule("User-agent: *\nDisallow: /", status=status).allowed is allowed


@pytest.mark.parametrize(
    ("delay", "spacing"),
    [("3", 3.0), ("0.5", 1.0), ("-3", 1.0), ("1e9", 10.0), ("nan", 1.0), ("inf", 1.0), ("x", 1.0)],
)
def test_a_delay_is_kept_between_one_and_ten_seconds(delay: str, spacing: float) -> None:
    assert rule(f"User-agent: *\nCrawl-delay: {delay}").spacing_s == spacing


def test_the_delay_is_that_of_our_group() -> None:
    assert rule("User-agent: *\nCrawl-delay: 3\n\nUser-agent: slow\nCrawl-delay: 9").spacing_s == 3.0


@pytest.mark.parametrize(
    ("status", "age", "fresh"),
    [
        (200, dt.timedelta(hours=23, minutes=59), True),
        (200, dt.timedelta(hours=24), False),
        (404, dt.timedelta(hours=23), True),
        (503, dt.timedelta(seconds=44), True),
        (503, dt.timedelta(seconds=46), False),
        (None, dt.timedelta(minutes=1), False),
    ],
)
def test_a_file_is_kept_for_a_day_and_its_absence_until_the_next_try(status, age, fresh) -> None:
    assert is_fresh(RobotsFile(status, "", NOW - age), now=NOW) is fresh


def test_long_lists_of_robots_as_they_are_really_used_are_read() -> None:
    names = "".join(f"User-agent: bot{n}\n" for n in range(500))
    pairs = "".join(f"User-agent: crawler{n}\nDisallow: /\n\n" for n in range(3000))
    assert rule(names + "Disallow: /\n\n" + pairs + "User-agent: *\nDisallow: /private").allowed is True


AGENTS = "".join(f"User-agent: bot{n}\n" for n in range(14_000))
HOSTILE = {
    "agents times rules": AGENTS + "allow:/x\n" * 25_000,
    "agents again and again": AGENTS + "allow:/\n" + AGENTS,
    "a group that does not seem to end": AGENTS + "allow:/\nuserx: y\n" + "disallow:/x\n" * 20_000,
    "agents without a colon": AGENTS.replace("User-agent:", "useragent") + "allow:/x\n" * 20_000,
    "new groups that are none": "".join(f"useragent b{n}\nallow /\nsitemap: x\n" for n in range(14_000)),
    "stars": "User-agent: *\nDisallow: /" + "*a" * 240_000,
    "rules of stars": "User-agent: *\n" + "Disallow: /*a*a*a*a*a*b\n" * 20_000,
    "one long line": "User-agent: *\nDisallow: /" + "%41" * 160_000,
    "percents": "User-agent: *\nDisallow: /" + "%" * 480_000,
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_file_costs_little(how: str) -> None:
    began = time.process_time()
    rule(HOSTILE[how], "https://jobs.example/" + "a" * 7_000)
    assert time.process_time() - began < 3


LINES = st.lists(
    st.sampled_from(
        ["User-agent: *", "user-agent", "Disallow: /", "Allow: /a*$", "Crawl-delay: 2", "Sitemap: x", ""]
    )
    | st.text(max_size=30),
    max_size=30,
)


@settings(max_examples=200)
@given(LINES, st.text(max_size=30))
def test_no_file_raises(lines: list[str], path: str) -> None:
    found = rule("\n".join(lines), f"https://jobs.example/{path}")
    assert 1 <= found.spacing_s <= 10
