"""The shipped texts that the second model learns from: whole, in balance, and without repetition."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import pytest

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.model import MAX_TEXT_CHARS

AT_LEAST = {"en": 60, "fr": 25, "de": 25, "es": 25}
COMMON_WORDS = {
    "en": {"the", "your", "for", "and", "you"},
    "fr": {"votre", "vous", "pour", "nous", "les", "ton"},
    "de": {"ihre", "die", "der", "wir", "ist", "sie", "dein"},
    "es": {"tu", "el", "para", "por", "hemos"},
}


def rows(language: str) -> list[list[str]]:
    folder = files("apptrack_pipeline.ingestion.mail") / "training"
    heading, *lines = (folder / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    assert heading == "label\tsubject\ttext"
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize("language", AT_LEAST)
def test_no_category_is_rare_and_none_is_more_than_four_times_another(language: str) -> None:
    counts = Counter(row[0] for row in rows(language))
    assert set(counts) == {category.value for category in MailCategory}
    assert min(counts.values()) >= AT_LEAST[language]
    assert max(counts.values()) <= 4 * min(counts.values())


@pytest.mark.parametrize("language", AT_LEAST)
def test_a_row_is_a_label_a_subject_and_a_text_that_no_other_row_has(language: str) -> None:
    found = rows(language)
    assert {len(row) for row in found} == {3}
    assert len({row[2] for row in found}) == len(found)
    assert all(row[2].strip() == row[2] != "" for row in found)
    assert not [row for row in found if re.search(r"[{}]", "".join(row))]


@pytest.mark.parametrize("language", AT_LEAST)
def test_a_row_has_no_addresses_or_links_and_is_no_longer_than_what_the_model_reads(language: str) -> None:
    for _, subject, text in rows(language):
        assert not re.search(r"https?://|www\.|\S@\S+\.\w", subject + text)
        assert len(text) <= MAX_TEXT_CHARS


@pytest.mark.parametrize("language", AT_LEAST)
def test_some_rows_have_no_subject_as_bodies_without_headers_have_none(language: str) -> None:
    without = sum(not row[1] for row in rows(language))
    assert 0.2 < without / len(rows(language)) < 0.5


@pytest.mark.parametrize("language", AT_LEAST)
def test_the_texts_are_in_their_language(language: str) -> None:
    words = Counter(word for row in rows(language) for word in re.findall(r"\w+", row[2].casefold()))
    mine = sum(words[word] for word in COMMON_WORDS[language])
    others = [sum(words[word] for word in COMMON_WORDS[other]) for other in COMMON_WORDS if other != language]
    assert mine > 3 * max(others)
