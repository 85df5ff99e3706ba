"""What is shown of foreign mail is harmless, and ids are named by a piece of them."""

from __future__ import annotations

import unicodedata
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.correlation.review.items import plain, read_ref, ref_of, status_asked, told
from apptrack_pipeline.domain import InvalidInputError, Status


@given(st.text())
def test_shown_text_is_one_line_that_no_terminal_acts_on(text: str) -> None:
    shown = plain(text)
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in shown)
    assert shown == " ".join(shown.split())
    assert plain(shown) == shown


def test_an_escape_sequence_is_left_without_its_escape() -> None:
    assert plain("\x1b[31mred\x1b]0;title\x07\u202egnp.exe\r\nnext") == "[31mred ]0;title gnp.exe next"
    assert plain(None) == ""


@given(st.uuids(), st.integers(min_value=0, max_value=9999))
def test_a_short_name_is_read_back_as_the_end_of_the_id(one: uuid.UUID, event: int) -> None:
    ref = read_ref(ref_of(one, event), field="item")
    assert one.hex.endswith(ref.digits)
    assert ref.event == event
    assert read_ref(str(one).upper(), field="item").digits == one.hex


@pytest.mark.parametrize(
    "text", ["", "1234567", "12345678g", "a" * 33, "%%%%%%%%", "12345678:x", "12345678:-1"]
)
def test_what_is_no_piece_of_an_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="item"):
        read_ref(text, field="item")


def test_reasons_of_the_fold_are_told_in_words_and_ask_about_a_status() -> None:
    asked = {reason: (told(reason), status_asked(reason)) for reason in REASONS}
    assert asked == REASONS


REASONS = {
    "unconfirmed_rejection": ("the rejection is not certain", Status.REJECTED),
    "unconfirmed_offer": ("the offer is not certain", Status.OFFER),
    "uncertain_interview": ("a mail may be an interview", Status.INTERVIEW),
    "uncertain_rejection": ("a mail may be a rejection", Status.REJECTED),
    "offer_after_rejection": ("offer after the rejection", Status.OFFER),
    "damaged_capture": ("damaged capture", None),
    "offer": ("offer", None),
}
