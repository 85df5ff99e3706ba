"""`apptrack review` lists what waits, takes answers one by one, and has a command for each decision."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from letters import Letter, deliver, links, mail_id, receipt, rejection, settle, track
from pipelines import Pipeline
from rich.console import Console
from typer.testing import CliRunner

from apptrack_pipeline.cli import app
from apptrack_pipeline.domain import ApptrackError
from apptrack_pipeline.service.review_desk import Desk, waiting
from apptrack_pipeline.settings import Settings, load_settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("APPTRACK_DATABASE_URL", database_url)
    monkeypatch.setenv("APPTRACK_HOME", str(tmp_path / "home"))
    load_settings.cache_clear()
    yield Settings(
        home=tmp_path / "home", database_url=database_url, capture_wait_s=0, mail_second_model=False
    )
    load_settings.cache_clear()


def vague(name: str, company: str, *, subject: str = "Your application", days_ago: float = 2.0) -> Letter:
    """A rejection that names the employer and no role."""
    text = (
        "Unfortunately, we have decided not to move forward with your application.\r\n\r\n"
        f"The {company} recruiting team"
    )
    return Letter(name, f"{subject} at {company}", text, days_ago)


def unsure(name: str, company: str, days_ago: float = 4.0) -> Letter:
    text = f"Your application to {company} for the position of Gardener has been received. Maybe."
    return Letter(name, "Your application", text, days_ago, f"{company} <jobs@{company.lower()}.example>")


def run(*args: str) -> str:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["review", *args])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def refusal(*args: str) -> str:
    done = CliRunner().invoke(app, ["review", *args])
    assert isinstance(done.exception, ApptrackError), done.output
    return str(done.exception)


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("--json"))
    return found


def item_of(company: str) -> str:
    (item,) = [str(one["item"]) for one in listed() if one["mails"][0]["company"] == company]
    return item


def decision_of(said: str) -> str:
    return said.split()[-1]


def test_nothing_waits(settings: Settings) -> None:
    assert run("--list") == "Nothing waits for you.\n"
    assert listed() == []


def test_the_list_shows_what_waits_and_asks_nothing_where_there_is_no_terminal(pipeline: Pipeline) -> None:
    track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    track(pipeline, 2, "Fernwick", "Potter", days_ago=9)
    deliver(pipeline, vague("1@f", "Fernwick"), unsure("2@q", "Quillmark"))
    settle(pipeline)

    shown = run()
    assert "Quillmark, Gardener" in shown
    assert "a new application" in shown
    assert "50%" in shown

    fernwick, quillmark = listed()
    assert fernwick["reason"] == "two applications fit almost equally"
    assert fernwick["suggested_application_id"] is None
    assert {fernwick[one]["title"] for one in ("best", "runner_up")} == {"Data Engineer", "Potter"}
    assert fernwick["best"]["bits"][0]["field"] == "company"
    assert fernwick["mails"][0]["sentence"].startswith("Unfortunately")
    assert quillmark["suggests_new"]
    assert "there are more" in run("--list", "--limit", "1")


def test_each_decision_has_a_command_and_can_be_taken_back(pipeline: Pipeline) -> None:
    engineer = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    potter = track(pipeline, 2, "Fernwick", "Potter", days_ago=9)
    deliver(
        pipeline,
        vague("1@f", "Fernwick"),
        unsure("2@q", "Quillmark"),
        unsure("3@v", "Velmora"),
        unsure("4@h", "Harrowgate"),
    )
    settle(pipeline)
    assert "nothing is suggested" in refusal("accept", item_of("Fernwick"))

    said = run("link", item_of("Fernwick"), potter.hex[-8:])
    assert f"Linked: application {potter} (Fernwick, Potter)." in said
    assert "takes it within seconds" in said
    run("accept", item_of("Quillmark"))
    run("new", item_of("Velmora"))
    not_a_job = decision_of(run("not-a-job", item_of("Harrowgate")))
    assert listed() == []
    settle(pipeline)
    now = links(pipeline)
    assert now["1@f"] == ("linked", potter)
    assert now["2@q"][0] == now["3@v"][0] == "linked"
    assert "4@h" not in now

    assert "Taken back." in run("undo", not_a_job)
    assert "was taken back already" in refusal("undo", not_a_job)
    run("unlink", mail_id(pipeline, "1@f").hex)
    run("status", str(engineer), "withdrawn")
    run("merge", str(potter), str(engineer))
    run("same-company", "Velmora Holding", "Velmora", "--owned-by")
    settle(pipeline)
    assert links(pipeline)["1@f"] != ("linked", potter)
    assert "4@h" in links(pipeline)
    assert pipeline.rows("SELECT status FROM applications WHERE id = :id", id=engineer) == [("withdrawn",)]
    assert pipeline.rows("SELECT merged_into FROM applications WHERE id = :id", id=potter) == [(engineer,)]
    assert pipeline.rows("SELECT relation FROM company_aliases") == [("owned_by",)]
    assert pipeline.rows("SELECT DISTINCT actor FROM decisions") == [("apptrack review",)]


def test_mail_is_split_off_by_a_command(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 3))
    settle(pipeline)
    assert pipeline.one("SELECT status FROM applications") == "rejected"
    run("split", str(application), "--mail", mail_id(pipeline, "1@f").hex)
    settle(pipeline)
    assert pipeline.one("SELECT status FROM applications WHERE id = :id", id=application) == "applied"


def test_what_is_no_item_is_refused_with_a_reason(pipeline: Pipeline) -> None:
    track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, unsure("1@q", "Quillmark"), unsure("2@v", "Velmora", 3.0))
    settle(pipeline)
    assert "is no id" in refusal("accept", "everything")
    assert "waits for nobody" in refusal("accept", "00000000")
    # Ids of one minute begin alike.
    assert "may be several" in refusal("accept", mail_id(pipeline, "1@q").hex[:8])
    assert "there is no application" in refusal("link", item_of("Quillmark"), "00000000")
    assert "there is no decision" in refusal("undo", "00000000")


# -- one by one --------------------------------------------------------------------------------------------


def go_through(pipeline: Pipeline, *answers: str) -> tuple[int, str]:
    """Answer as a person does; return how many decisions stand, and what was shown."""
    shown = io.StringIO()
    given: Iterator[str] = iter(answers)

    def ask(_prompt: str) -> str:
        for answer in given:
            return answer
        raise EOFError

    console = Console(file=shown, width=120)
    items, _ = waiting(pipeline.database, limit=50)
    desk = Desk(pipeline.database, console, ask, lambda: dt.datetime.now(dt.UTC))
    return desk.go_through(items), shown.getvalue()


@pytest.fixture
def potter(pipeline: Pipeline) -> uuid.UUID:
    """Id of one of two applications that a mail may be about; another mail proposes a third one."""
    track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    potter = track(pipeline, 2, "Fernwick", "Potter", days_ago=9)
    deliver(pipeline, vague("1@f", "Fernwick"), unsure("2@q", "Quillmark"))
    settle(pipeline)
    return potter


def test_a_person_sees_the_evidence_and_decides(pipeline: Pipeline, potter: uuid.UUID) -> None:
    made, shown = go_through(pipeline, "?", "a", "o", "potter", "1", "a")
    settle(pipeline)

    assert made == 2
    assert 'rejection (99%): "Unfortunately, we have decided not to move forward' in shown
    assert "Not linked: two applications fit almost equally" in shown
    assert "+7.6 ███" in shown
    assert "give one of the letters above" in shown
    assert "nothing is suggested" in shown
    assert links(pipeline)["1@f"] == ("linked", potter)
    assert links(pipeline)["2@q"][0] == "linked"


def test_the_last_decision_is_taken_back_and_asked_again(pipeline: Pipeline, potter: uuid.UUID) -> None:
    made, shown = go_through(pipeline, "u", "x", "u", "s", "n", "q")
    settle(pipeline)
    assert made == 0 + 1
    assert "nothing was decided yet" in shown
    assert links(pipeline)["1@f"][0] == "review"
    assert links(pipeline)["2@q"][0] == "linked"


def test_a_choice_that_is_shown_is_taken_by_its_number(pipeline: Pipeline, potter: uuid.UUID) -> None:
    go_through(pipeline, "1", "s")
    settle(pipeline)
    assert links(pipeline)["1@f"][0] == "linked"


def test_another_application_is_found_by_its_id_or_not_at_all(pipeline: Pipeline, potter: uuid.UUID) -> None:
    made, shown = go_through(pipeline, "o", "nothing like it", "", "o", "ffffffff", "o", potter.hex, "q")
    settle(pipeline)
    assert made == 1
    assert "No application has such words." in shown
    assert "there is no application ffffffff" in shown
    assert links(pipeline)["1@f"] == ("linked", potter)


def test_a_status_in_doubt_is_confirmed_or_named(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 3))
    with pipeline.database.begin() as connection:
        connection.exec_driver_sql("UPDATE mail_signals SET needs_review = true")
    settle(pipeline)
    _, shown = go_through(pipeline, "o", "hired", "o", "declined")
    settle(pipeline)
    assert "In doubt:    the rejection is not certain" in shown
    assert "'hired' is no status" in shown
    assert pipeline.one("SELECT status FROM applications WHERE id = :id", id=application) == "declined"


def test_a_mail_moves_neither_the_cursor_nor_the_style_of_the_terminal(pipeline: Pipeline) -> None:
    deliver(
        pipeline,
        receipt("1@q", "Quillmark", "Gardener", 9),
        vague("2@v", "Velmora", subject="[red]=?utf-8?q?=1B[2J=1B]0;owned=07?= [/] application"),
        unsure("3@t", "Tessel"),
    )
    with pipeline.database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE mail_signals SET signals = jsonb_set(jsonb_set(signals, '{head,subject}',"
            " to_jsonb(E'[blink]\\x1b[2J\\u202e\\x07[/nothing]'::text)), '{judgement,evidence,0,sentence}',"
            " to_jsonb(E'\\x1b]0;owned\\x07[bold]'::text)) WHERE jsonb_array_length(signals -> 'events') > 0"
        )
    settle(pipeline)
    _, shown = go_through(pipeline, "s")
    listing = run("--list")
    assert "[blink]" in shown
    assert "[bold]" in shown
    assert "[blink]" in listing
    assert not {"\x1b", "\x07", "\u202e"} & set(shown + listing)
