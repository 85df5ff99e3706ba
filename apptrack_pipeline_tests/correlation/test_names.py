"""Company names and job titles are compared without what people write now one way and now another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.correlation.title_words import title_key

LEGAL_FORMS = ["GmbH", "AG", "Ltd", "Ltd.", "Limited", "Inc", "Inc.", "LLC", "plc", "SARL", "BV", "Oy", "AB"]


@pytest.mark.parametrize("form", LEGAL_FORMS)
def test_a_legal_form_at_the_end_does_not_count(form: str) -> None:
    assert company_key(f"Quillmark {form}") == company_key("Quillmark") == "quillmark"


@pytest.mark.parametrize("name", ["Quillmark GmbH & Co. KG", "Quillmark Corp. Inc", "Quillmark Pty Ltd"])
def test_several_legal_forms_at_the_end_do_not_count(name: str) -> None:
    assert company_key(name) == "quillmark"


@pytest.mark.parametrize(
    ("dotted", "plain"),
    [
        ("Quillmark S.A.", "Quillmark SA"),
        ("Quillmark B.V.", "Quillmark BV"),
        ("Quillmark N.V.", "Quillmark NV"),
        ("Quillmark S.p.A.", "Quillmark SpA"),
        ("Quillmark L.L.C.", "Quillmark LLC"),
        ("Quillmark, P.L.C.", "Quillmark plc"),
    ],
)
def test_a_legal_form_with_dots_is_the_same_legal_form(dotted: str, plain: str) -> None:
    assert company_key(dotted) == company_key(plain) == "quillmark"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("AB Volvo", "ab volvo"),
        ("Inc Magazine", "inc magazine"),
        ("Corporation Street Bakery", "corporation street bakery"),
    ],
)
def test_a_legal_form_elsewhere_is_part_of_the_name(name: str, key: str) -> None:
    assert company_key(name) == key


@pytest.mark.parametrize("name", ["Limited", "Inc.", "AG"])
def test_a_company_that_is_called_like_a_legal_form_keeps_its_name(name: str) -> None:
    assert company_key(name) == name.rstrip(".").lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crédit Agricole", "CREDIT AGRICOLE"),
        ("Müller", "MU\u0308LLER"),
        ("Straßenbau Huber", "STRASSENBAU HUBER"),
        ("Fernwick-Hall, Ltd.", "Fernwick Hall"),
        ("  Fernwick \t Hall\n", "fernwick hall"),
        ("Ｆｅｒｎｗｉｃｋ", "Fernwick"),
        ("Fernwick™", "FernwickTM"),
        ("ℌall", "Hall"),
    ],
)
def test_case_accents_width_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)
    assert title_key(one) == title_key(other) or "Ltd" in one


@pytest.mark.parametrize("nothing", [None, "", "   ", "...", "–", "\u0301"])
def test_a_name_without_a_letter_has_no_key(nothing: str | None) -> None:
    assert company_key(nothing) is None
    assert title_key(nothing) is None


def test_a_title_keeps_its_last_word_whatever_it_is() -> None:
    assert title_key("Account Manager, Oracle SE") == "account manager oracle se"


@pytest.mark.parametrize(
    ("one", "other"),
    [("C++ Developer", "C Developer"), ("C# Developer", "C Developer"), ("C++ Developer", "C# Developer")],
)
def test_c_and_its_children_are_different_titles(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_names_in_other_scripts_have_keys_of_their_own() -> None:
    names = ["株式会社クイル", "ООО Квилл", "شركة كويل", "חברת קוויל"]
    keys = [company_key(name) for name in names]
    assert None not in keys
    assert len(set(keys)) == 4


@given(st.text())
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    key = title_key(name)
    assert title_key(key) == key
    company = company_key(name)
    assert company_key(company) == company


@given(st.text(st.characters(max_codepoint=0xFF)))
def test_a_name_in_capitals_has_the_same_key(name: str) -> None:
    assert company_key(name.upper()) == company_key(name)


@given(st.text())
def test_the_same_text_in_another_normal_form_has_the_same_key(name: str) -> None:
    decomposed, composed = unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", name)
    assert title_key(decomposed) == title_key(composed)


@given(st.text())
def test_a_key_has_single_spaces_and_none_at_its_ends(name: str) -> None:
    key = company_key(name)
    assert key is None or key == " ".join(key.split())
