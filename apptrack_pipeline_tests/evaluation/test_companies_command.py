"""`apptrack evaluate companies` reads labelled pairs; what is none is refused with the line that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apptrack_pipeline.cli import app
from apptrack_pipeline.domain import InvalidInputError

PAIRS = """email_side,app_side,label
"Fernwick, Inc.",Fernwick,1
Fernwick Talent Team,Fernwick GmbH,1
Quillmark,Fernwick,0
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "pairs.csv"
    found.write_text(PAIRS, encoding="utf-8")
    return found


def test_the_figures_are_printed_as_json(file: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "companies", str(file), "--json"])

    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["precision"], figures["recall"], figures["f1"], figures["n"]) == (1.0, 1.0, 1.0, 3)


def test_the_figures_are_printed_as_text(file: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "companies", str(file)])

    assert done.exit_code == 0, done.output
    assert "precision 1.000, recall 1.000, F1 1.000" in done.stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("email_side,label\nFernwick,1\n", "names no column app_side"),
        (PAIRS + "Fernwick,Fernwick,perhaps\n", "line 5: 'perhaps' is none of"),
        ("email_side,app_side,label\n", "there is no pair in it"),
    ],
)
def test_a_file_that_holds_no_pairs_is_refused(file: Path, content: str, says: str) -> None:
    file.write_text(content, encoding="utf-8")

    done = CliRunner().invoke(app, ["evaluate", "companies", str(file)])

    assert isinstance(done.exception, InvalidInputError)
    assert says in str(done.exception)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "companies", str(tmp_path / "none.csv")])

    assert isinstance(done.exception, InvalidInputError)
    assert "none.csv cannot be read" in str(done.exception)
