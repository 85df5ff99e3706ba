"""The page about matching says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apptrack_pipeline.correlation import weights as w
from apptrack_pipeline.correlation.titles import TitleMatch

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "correlation.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE))


@pytest.mark.parametrize(
    ("row", "bits"),
    [
        ("posting,", [w.POSTING_BITS, w.REQUISITION_BITS, w.TAG_BITS]),
        ("answers a linked mail", [w.REPLY_BITS, w.THREAD_BITS]),
        (
            "company:",
            [w.COMPANY_EXACT_BITS, w.COMPANY_HIGH_BITS, w.COMPANY_SHORTER_BITS, w.COMPANY_DIFFERENT_BITS],
        ),
        ("only the sender", [w.SENDER_EXACT_BITS, w.SENDER_HIGH_BITS]),
        (
            "title:",
            [w.TITLE_BITS[m] for m in (TitleMatch.EXACT, TitleMatch.HIGH, TitleMatch.MID, TitleMatch.LOW)],
        ),
        ("another role", [w.SIBLING_TITLE_BITS]),
        ("receipt within", [*(bits for _, bits in w.CONFIRMATION_DATE_BITS), w.LATE_CONFIRMATION_BITS]),
        ("other mail within", [*(bits for _, bits in w.OTHER_DATE_BITS), w.VERY_LATE_BITS]),
        ("closed before", [w.CLOSED_BITS, w.SECOND_RECEIPT_BITS]),
        ('"none"', [w.NONE_BITS]),
    ],
)
def test_the_table_of_weights_is_that_of_the_code(row: str, bits: list[float]) -> None:
    (said,) = [value for name, value in ROWS.items() if name.startswith(row)]
    assert [float(number) for number in re.findall(r"[+-]?\d+\.\d", said)] == bits


def test_the_thresholds_are_those_of_the_code() -> None:
    assert f"needs {w.LINK_POSTERIOR} and {w.LINK_MARGIN:.0f} bits" in PAGE


def test_better_evidence_never_weighs_less() -> None:
    exact, high, mid, low = (
        w.TITLE_BITS[match] for match in (TitleMatch.EXACT, TitleMatch.HIGH, TitleMatch.MID, TitleMatch.LOW)
    )
    assert exact > high > mid > low
    assert w.COMPANY_EXACT_BITS > w.COMPANY_HIGH_BITS > w.COMPANY_SHORTER_BITS > w.COMPANY_DIFFERENT_BITS
    for steps in (w.CONFIRMATION_DATE_BITS, w.OTHER_DATE_BITS):
        assert [bits for _, bits in steps] == sorted((bits for _, bits in steps), reverse=True)
