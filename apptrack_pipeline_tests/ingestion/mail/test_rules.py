"""The tables of phrases: each rule can be found, has its own name, and takes linear time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apptrack_pipeline.ingestion.mail.classify import RULES
from apptrack_pipeline.ingestion.mail.rules import Rule, anchors_of
from apptrack_pipeline.ingestion.mail.sentences import fold, sentences

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz 0123456789-'\"$%/:.,?#@")


def test_every_rule_has_a_name_of_its_own_that_says_its_language_and_category() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        language, kind, _ = rule.name.split(".")
        assert language in {"en", "fr", "de", "es"}
        assert {"outreach": "recruiter_outreach", "followup": "followup_other", "alert": "job_alert"}.get(
            kind, kind
        ) == rule.category


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_whatever_a_pattern_matches_holds_one_of_its_anchors(rule: Rule) -> None:
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        derandomize=True,
    )
    @given(st.from_regex(rule.pattern, alphabet=LETTERS))
    def check(text: str) -> None:
        match = rule.compiled.search(text)
        assert match is None or any(anchor in match.group() for anchor in rule.anchors)

    check()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_patterns_are_written_for_folded_text(rule: Rule) -> None:
    literal = re.sub(r"\\[A-Za-z]", "", rule.pattern)
    assert literal == fold(literal).replace("’", "'")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_pattern_is_slow_on_a_long_sentence_of_its_own_words(rule: Rule) -> None:
    text = " ".join(sorted(rule.anchors))
    text = (text * (500 // max(1, len(text)) + 1))[:500]
    started = time.perf_counter()
    list(rule.compiled.finditer(text))
    assert time.perf_counter() - started < 0.25


def test_a_pattern_that_demands_no_word_is_refused() -> None:
    with pytest.raises(ValueError, match="demands no word"):
        anchors_of(r"\b\w+ \d*")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\bnot selected\b", {"not selected"}),
        (
            r"\b(?:other|another) candidates?",
            {"other candidate", "another candidate", "other candidates", "another candidates"},
        ),
        (r"\bwe (?:\S+ ){0,9}?regret", {"regret"}),
        (r"(?:unfortunately|sadly)", {"unfortunately", "sadly"}),
    ],
)
def test_anchors_are_read_out_of_the_pattern(pattern: str, expected: set[str]) -> None:
    assert anchors_of(pattern) == expected


# Sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We chose Acme Inc. for it. Bye!", ["We chose Acme Inc. for it.", "Bye!"]),
        ("Joined Acme Inc. We like it.", ["Joined Acme Inc.", "We like it."]),
        ("Dear Dr. Poe, hello. Bye.", ["Dear Dr. Poe, hello.", "Bye."]),
        ("one line\nthat goes on\n\nnext", ["one line that goes on", "next"]),
        ("- first\n- second", ["- first", "- second"]),
        ("see https://x.example/a?b=c. then", ["see |", "then"]),
    ],
)
def test_text_is_cut_into_sentences(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text, "text")] == expected


@given(st.text(max_size=500))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_folding_drops_accents_and_typographic_signs() -> None:
    assert fold("Été\u00a0«Größe» – l’œuvre") == 'ete "grose" - l\'ouvre'
