"""`inspect posting` and `posting capture` ask a site as the pipeline does; here of recorded answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apptrack_pipeline.cli import app
from apptrack_pipeline.domain import ApptrackError
from apptrack_pipeline.scraping.archive import record
from apptrack_pipeline.scraping.fetching import DisallowedError, Fetched
from apptrack_pipeline.settings import load_settings

URL = "https://www.fernwick.example/careers/data-engineer?gh_jid=4100200300"
GUESSED = "https://boards-api.greenhouse.io/v1/boards/fernwick/jobs/4100200300?pay_transparency=true"
API = "https://boards-api.greenhouse.io/v1/boards/fernwickboard/jobs/4100200300?pay_transparency=true"
PAGE = b"""<html><head><title>Careers</title>
<script src="https://boards.greenhouse.io/embed/job_board/js?for=fernwickboard"></script></head><body></body></html>"""
ANSWER = {
    "id": 4100200300,
    "title": "Data Engineer",
    "company_name": "Fernwick",
    "location": {"name": "Leeds"},
    "content": "&lt;p&gt;"
    + "You keep the timetables of forty ferries right, at any weather. " * 8
    + "&lt;/p&gt;",
}


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "answers"
    folder.mkdir()
    monkeypatch.setenv("APPTRACK_FETCH_ARCHIVE", str(folder))
    monkeypatch.setenv("APPTRACK_FETCH_POSTINGS", "asked")
    load_settings.cache_clear()
    yield folder
    load_settings.cache_clear()


def fill(archive: Path) -> None:
    """Record the employer's page, its board's answer, and that the board its host suggests is none."""
    as_json = {"content-type": "application/json"}
    record(archive, GUESSED, Fetched(404, GUESSED, as_json, b'{"status":404,"error":"Board not found"}'))
    record(archive, URL, Fetched(200, URL, {"content-type": "text/html"}, PAGE))
    record(archive, API, Fetched(200, API, as_json, json.dumps(ANSWER).encode()))


def test_the_employers_page_names_the_board_and_the_api_says_the_posting(archive: Path) -> None:
    fill(archive)

    done = CliRunner().invoke(app, ["inspect", "posting", "--url", URL])

    assert done.exit_code == 0, done.output
    shown = json.loads(done.stdout)
    assert (shown["platform"], shown["organisation"]) == ("greenhouse", "fernwickboard")
    assert shown["title"] == {"value": "Data Engineer", "source": "api", "confidence": 0.98}
    assert shown["completeness"] == "full"


def test_what_was_asked_is_kept_as_a_sample_that_can_be_measured(archive: Path, tmp_path: Path) -> None:
    fill(archive)
    samples = tmp_path / "samples"

    for _ in range(2):
        done = CliRunner().invoke(app, ["posting", "capture", URL, "--to", str(samples)])
        assert done.exit_code == 0, done.output
    measured = CliRunner().invoke(app, ["evaluate", "postings", str(samples), "--json"])

    figures = json.loads(measured.stdout)
    assert figures["n"] == 1
    assert figures["by_platform"]["greenhouse"]["title"] == {"right": 1, "total": 1}


def test_a_site_that_may_not_be_asked_is_left_to_the_persons_browser(archive: Path) -> None:
    url = "https://fernwick.example/jobs/1"
    record(archive, url, DisallowedError("robots.txt forbids this page"))

    done = CliRunner().invoke(app, ["inspect", "posting", "--url", url])

    assert isinstance(done.exception, ApptrackError)
    assert "save the page there, and give the file" in str(done.exception)


def test_nothing_is_asked_where_the_settings_say_never(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPTRACK_FETCH_POSTINGS", "never")
    load_settings.cache_clear()

    done = CliRunner().invoke(app, ["inspect", "posting", "--url", URL])

    assert "APPTRACK_FETCH_POSTINGS" in str(done.exception)


def test_a_proof_that_it_is_gone_is_shown_as_closed(archive: Path) -> None:
    url = "https://boards.greenhouse.io/fernwickboard/jobs/4100200300"
    gone = b'{"status":404,"error":"Job not found"}'
    record(archive, API, Fetched(404, API, {"content-type": "application/json"}, gone))

    done = CliRunner().invoke(app, ["inspect", "posting", "--url", url])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["state"] == "closed"
