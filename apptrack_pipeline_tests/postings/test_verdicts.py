"""What an answer means where its platform has no rule: only a proof closes, and doubt closes nothing."""

from __future__ import annotations

import pytest

from apptrack_pipeline.postings.platform import Answer, Request, Verdict
from apptrack_pipeline.postings.verdicts import judge

URL = "https://careers.fernwick.example/jobs/data-engineer-4711"
PAGE = Request(URL, "page", "text/html")
API = Request("https://api.fernwick.example/jobs/4711", "api")
TEXT = "<h1>Data Engineer</h1><p>" + "You keep the timetables of forty ferries right, at any weather. " * 400


def answered(status: int, text: str = "", *, request: Request = PAGE, final_url: str = "") -> Verdict:
    return judge(Answer(request, status, final_url or request.url, text), None, None)


@pytest.mark.parametrize("status", [404, 410])
def test_the_address_that_was_asked_is_gone(status: int) -> None:
    assert answered(status) == Verdict("closed", f"page_{status}")


def test_what_a_redirect_leads_to_may_be_gone_without_the_posting() -> None:
    assert answered(404, final_url="https://careers.fernwick.example/error").state == "nothing"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520, 599])
def test_a_busy_server_says_nothing_of_the_posting(status: int) -> None:
    assert answered(status).state == "busy"


@pytest.mark.parametrize("status", [401, 403, 451, 999])
def test_a_block_says_nothing_of_the_posting(status: int) -> None:
    assert answered(status).state == "blocked"


@pytest.mark.parametrize(
    "text",
    [
        "<title>Just a moment...</title>" + TEXT,
        '<html><script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script></html>',
        '<html><iframe src="/_Incapsula_Resource?x=1"></iframe></html>',
    ],
)
def test_a_check_for_robots_is_a_block(text: str) -> None:
    assert answered(200, text) == Verdict("blocked", "robot_check")


@pytest.mark.parametrize(
    "guard",
    [
        '<script src="https://js.datadome.co/tags.js"></script>',
        '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>',
    ],
)
def test_a_guards_script_in_a_whole_page_is_no_check(guard: str) -> None:
    assert answered(200, guard + TEXT).state == "posting"
    short = guard + '<script type="application/ld+json">{"@type": "JobPosting", "title": "Cook"}</script>'
    assert answered(200, short).state == "posting"


def test_an_api_that_answers_with_a_page_or_nothing_tells_nothing() -> None:
    assert answered(200, "<html>Maintenance</html>", request=API).state == "nothing"
    assert answered(200, "", request=API).state == "nothing"
