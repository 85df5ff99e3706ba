"""`apptrack replay` shows what today's code says of old mail before anything is taken, and takes it once."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from letters import ago, deliver, links, receipt, rejection, settle, table, track
from pipelines import Pipeline
from typer.testing import CliRunner

from apptrack_pipeline import cli
from apptrack_pipeline.service.replay import Difference, told
from apptrack_pipeline.service.replay import replay as run_replay
from apptrack_pipeline.settings import Settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home", database_url=database_url, capture_wait_s=0, mail_second_model=False
    )


def replay(pipeline: Pipeline, *, apply: bool = False) -> Difference:
    return run_replay(
        pipeline.database,
        since=ago(30).date(),
        apply=apply,
        clock=lambda: dt.datetime.now(dt.UTC),
        say=lambda line: None,
    )


def stored(pipeline: Pipeline) -> list[Any]:
    return [
        pipeline.rows("SELECT mail_id, category, run_id, derived_at FROM mail_signals ORDER BY 1"),
        pipeline.rows("SELECT mail_id, event, run_id, derived_at FROM mail_links ORDER BY 1, 2"),
        pipeline.rows("SELECT id, row_hash FROM applications ORDER BY 1"),
        pipeline.one("SELECT count(*) FROM link_queue"),
        pipeline.one("SELECT count(*) FROM evidence_queue"),
    ]


def as_an_older_code_left_it(pipeline: Pipeline) -> None:
    """A rejection that was read as a confirmation, and one link that was missed."""
    track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=20)
    settle(pipeline)
    deliver(
        pipeline,
        receipt("1@f", "Fernwick", "Data Engineer", 19.9),
        rejection("2@f", "Fernwick", "Data Engineer", 2),
        receipt("3@q", "Quillmark", "Gardener", 5),
    )
    settle(pipeline)
    with pipeline.database.begin() as connection:
        second = "(SELECT id FROM mail WHERE message_id = '2@f')"
        for statement in (
            f"UPDATE mail_signals SET category = 'confirmation' WHERE mail_id = {second}",
            "UPDATE mail_links SET outcome = 'unmatched', application_id = NULL, stage = NULL"
            f" WHERE mail_id = {second}",
            "UPDATE applications SET status = 'applied', row_hash = ''",
        ):
            connection.execute(sa.text(statement))


def test_a_replay_shows_the_difference_and_changes_nothing(pipeline: Pipeline) -> None:
    as_an_older_code_left_it(pipeline)
    before = stored(pipeline)

    difference = replay(pipeline)

    assert [(one.subject, one.before, one.after) for one in difference.categories] == [
        ("Your application to Fernwick", "confirmation", "rejection")
    ]
    (added,) = difference.added
    assert (added.before, added.after) == ("unmatched", "linked")
    assert str(added.to_application).startswith("Fernwick, Data Engineer")
    assert [(one.before, one.after) for one in difference.statuses] == [("applied", "rejected")]
    assert [*difference.moved, *difference.removed, *difference.proposed] == []
    assert stored(pipeline) == before
    lines = list(told(difference, applied=False))
    assert "links added: 1" in lines
    assert lines[-1] == "Nothing was changed; --apply takes it."


def test_what_a_replay_takes_is_taken_once(pipeline: Pipeline) -> None:
    as_an_older_code_left_it(pipeline)
    first = replay(pipeline, apply=True)
    assert (first.signals_changed, len(first.added)) == (1, 1)
    assert links(pipeline)["2@f"][0] == "linked"
    taken, told_first = stored(pipeline), table(pipeline)

    second = replay(pipeline, apply=True)

    assert second.is_empty
    assert stored(pipeline) == taken
    assert table(pipeline) == told_first
    assert list(told(second, applied=True))[-1] == "Nothing differs."
    settle(pipeline)
    assert pipeline.one("SELECT status FROM applications WHERE company_name = 'Fernwick'") == "rejected"


def test_the_command_prints_the_difference_as_json(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_an_older_code_left_it(pipeline)
    monkeypatch.setattr(cli, "load_settings", lambda: pipeline.settings)
    done = CliRunner().invoke(cli.app, ["replay", "--since", ago(30).date().isoformat(), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["signals_changed"], len(said["added"]), len(said["statuses"])) == (1, 1, 1)
