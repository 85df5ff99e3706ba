"""Labelled pairs of company names become figures, and a file that is none says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apptrack_pipeline.correlation.company_evaluation import (
    Evaluation,
    compare_pairs,
    pairs_of,
    read_pairs,
    score,
)
from apptrack_pipeline.domain import InvalidInputError

HEADER = "email_side,app_side,label\n"


def figures_of(text: str, elapsed_s: float = 0.5) -> Evaluation:
    pairs = pairs_of(text.splitlines(keepends=True))
    return score(pairs, compare_pairs(pairs), elapsed_s)


FOUR = (
    HEADER + "Quillmark GmbH,Quillmark,1\nQuillmark,Fernwick,1\nQuillmark Inc,Quillmark,0\nQuill,Fernwick,0\n"
)


def test_each_pair_is_counted_where_it_belongs() -> None:
    figures = figures_of(FOUR)
    assert (figures.n, figures.tp, figures.fn, figures.fp, figures.tn) == (4, 1, 1, 1, 1)
    assert (figures.precision, figures.recall, figures.f1) == (0.5, 0.5, 0.5)
    assert figures.pairs_per_s == 8.0


def test_related_and_unknown_names_are_told_apart() -> None:
    figures = figures_of(HEADER + "Quillmark Capital,Quillmark,0\nRecruiting Team,Quillmark,0\n")
    assert (figures.tn, figures.precision, figures.recall, figures.f1) == (2, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("label", "is_match"),
    [
        ("1", True),
        ("true", True),
        ("Yes", True),
        ("match", True),
        ("0", False),
        ("FALSE", False),
        ("no", False),
        ("different", False),
        ("no_match", False),
        (" 1 ", True),
    ],
)
def test_a_label_may_be_written_in_several_ways(label: str, is_match: bool) -> None:
    (pair,) = pairs_of([HEADER, f"Quill,Mark,{label}\n"])
    assert pair.is_match is is_match


@pytest.mark.parametrize("label", ["maybe", "", "2"])
def test_another_label_is_refused_with_its_line(label: str) -> None:
    with pytest.raises(InvalidInputError, match="line 3"):
        pairs_of([HEADER, "Quill,Mark,1\n", f"Quill,Mark,{label}\n"])


def test_a_line_that_ends_too_early_is_refused_with_its_number() -> None:
    with pytest.raises(InvalidInputError, match="line 2"):
        pairs_of([HEADER, "Quill\n"])


@pytest.mark.parametrize("text", ["", "Quill,Mark,1\n", HEADER])
def test_a_file_without_columns_or_pairs_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        pairs_of(text.splitlines(keepends=True))


def test_a_file_is_read_with_a_mark_of_its_order_of_bytes_and_other_columns(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(
        'category,email_side,app_side,label,note\nlegal form,"Quillmark, Inc.",Quillmark,1,easy\n',
        encoding="utf-8-sig",
    )
    (pair,) = read_pairs(file)
    assert (pair.email_side, pair.category) == ("Quillmark, Inc.", "legal form")


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_pairs(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"email_side,\xff\n")
    with pytest.raises(InvalidInputError, match="not UTF-8"):
        read_pairs(tmp_path / "bytes.csv")


def test_the_table_shows_figures_categories_and_every_wrong_pair() -> None:
    text = "category," + HEADER + "near,Quill,Mark,1\nnear,Quill,Quill,0\nfar,Quill,Fernwick,0\n"
    table = figures_of(text).table()
    assert "precision 0.000" in table
    assert "near  0/2" in table
    assert "far   1/1" in table
    assert 'missed: "Quill" and "Mark"' in table
    assert 'wrongly compatible: "Quill" and "Quill"' in table


def test_the_figures_are_json_by_their_names() -> None:
    figures = json.loads(json.dumps(figures_of(FOUR).as_json()))
    assert {"precision", "recall", "f1", "n", "tp", "fp", "fn", "tn", "pairs_per_s"} <= figures.keys()
    assert figures["precision"] == 0.5
    assert [wrong["email_side"] for wrong in figures["wrong"]] == ["Quillmark", "Quillmark Inc"]
