"""The 17 columns, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apptrack_pipeline.db.tables import TrackerRow
from apptrack_pipeline.export.rows import COLUMNS, HEADINGS, NAMES, escape_cell, escape_rows, unescape_cell

RISKY = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
TEXTS = st.text() | st.lists(st.sampled_from(["'", *RISKY, "a", ",", '"']), max_size=6).map("".join)


def test_the_headings_are_the_17_of_the_tracker_in_their_order() -> None:
    assert HEADINGS == (
        "Application ID",
        "Company Name",
        "Job Title",
        "Status",
        "Application Date",
        "Source",
        "Job Location",
        "Job URL",
        "Employment Type",
        "Salary Range",
        "Analysis Match Score",
        "Qualifications Met",
        "Qualifications Missing",
        "Skills Suggestions",
        "Last Event Type",
        "Last Event Date",
        "Notes",
    )


def test_every_column_of_the_export_is_kept_in_the_table_under_its_name() -> None:
    kept = [column.name for column in TrackerRow.__table__.columns]
    assert kept == [*NAMES, "row_hash", "changed_at"]


def test_a_heading_is_its_name_in_words() -> None:
    assert [name.replace("_", " ") for name, _ in COLUMNS] == [heading.lower() for _, heading in COLUMNS]


@given(TEXTS)
@example("'=1")
@example("''")
@example("'")
@example("'''+1")
def test_what_was_escaped_comes_back_as_it_was(text: str) -> None:
    assert unescape_cell(escape_cell(text)) == text


@given(TEXTS)
def test_an_escaped_cell_never_starts_like_a_formula(text: str) -> None:
    assert not escape_cell(text).startswith(tuple(RISKY))


@given(TEXTS, TEXTS)
def test_two_texts_are_never_written_as_the_same_cell(one: str, other: str) -> None:
    assert (escape_cell(one) == escape_cell(other)) == (one == other)


@pytest.mark.parametrize("sign", RISKY)
def test_each_risky_sign_is_written_with_an_apostrophe_before_it(sign: str) -> None:
    assert escape_cell(f"{sign}1+1") == f"'{sign}1+1"
    assert escape_cell(sign) == f"'{sign}"


@pytest.mark.parametrize(
    "text", ["", "Quillmark", "1-2", "a=b", "'quoted'", "O'Neill", "'", " =1", "(remote)"]
)
def test_a_harmless_text_is_written_as_it_is(text: str) -> None:
    assert escape_cell(text) == text


@given(st.lists(TEXTS | st.just("\x1f") | TEXTS.map(lambda text: f"a\x1f{text}"), min_size=1, max_size=17))
def test_a_row_is_escaped_cell_by_cell(cells: list[str]) -> None:
    # A row is looked at as a whole first: that must never let a cell slip through.
    assert list(escape_rows([cells])[0]) == [escape_cell(cell) for cell in cells]


@pytest.mark.parametrize("place", range(17))
def test_a_formula_is_seen_in_each_of_the_17_columns(place: int) -> None:
    for sign in RISKY:
        cells = ["x"] * 17
        cells[place] = f'{sign}HYPERLINK("https://evil.example")'
        assert escape_rows([cells])[0][place] == "'" + cells[place]


def test_a_row_without_a_formula_is_written_as_it_is() -> None:
    cells = ["", "Quillmark", "1-2", "a=b", *[""] * 13]
    assert list(escape_rows([cells])[0]) == cells
