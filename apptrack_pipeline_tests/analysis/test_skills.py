from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.analysis.skills import find_skills, known_skills


def names(text: str) -> list[str]:
    return [mention.skill for mention in find_skills(text)]


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Python, SQL and Docker.", ["Python", "SQL", "Docker"]),
        ("We use C++, C# and .NET.", ["C++", "C#", ".NET"]),
        ("Backend in Go, R or C; nothing else", ["Go", "R", "C"]),
        ("golang and k8s", ["Go", "Kubernetes"]),
        ("Experience with React Native", ["React Native"]),
        ("React natively", ["React"]),
        ("Node.js/TypeScript/PostgreSQL", ["Node.js", "TypeScript", "PostgreSQL"]),
        ("JavaScript is not Java", ["JavaScript", "Java"]),
        ("SAP and Excel", ["SAP", "Excel"]),
        ("CI/CD with GitHub Actions", ["CI/CD", "GitHub Actions"]),
        ("• Go\n• Rust", ["Go", "Rust"]),
        ("Patient care, HIPAA and ICD-10", ["Patient care", "HIPAA", "Medical coding"]),
    ],
)
def test_skills_are_found_by_their_canonical_name(text: str, skills: list[str]):
    assert names(text) == skills


@pytest.mark.parametrize(
    "text",
    [
        "Go above and beyond for our customers",
        "Go-to market",
        "you excel at what you do and react to change in a safe place",
        "R&D department, Series C funding",
        "Vitamin C and plan B",
        "a swift and express answer; no slack",
        "scaling pythonic javascripting",
        "mail me at c@r.example or example.net",
        "that sparks joy in the spring",
        "polish the slides",
    ],
)
def test_english_words_are_no_skills(text: str):
    assert names(text) == []


def test_a_mention_tells_its_place_and_its_sentence():
    text = "Hello. We need strong İ PostgreSQL skills. Bye."
    (mention,) = find_skills(text)
    assert text[mention.start : mention.end] == "PostgreSQL"
    assert mention.quote == "We need strong İ PostgreSQL skills."


def test_the_gazetteer_is_wide():
    skills = known_skills()
    assert len(skills) >= 450
    assert {skill.category for skill in skills.values()} >= {
        "software", "data", "cloud", "design", "product", "finance", "marketing", "sales", "hr", "healthcare",
        "operations", "languages",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["c++ " * 2_000_000, "c" * 8_000_000, "\n" * 8_000_000, "C " * 4_000_000])
def test_a_hostile_text_is_read_in_seconds(text: str):
    started = time.perf_counter()
    find_skills(text)
    assert time.perf_counter() - started < 5


@given(st.one_of(st.text(), st.text(alphabet="goGOcC+#.NETrR İ\n,-SQLsapexcl\ud800")))
def test_mentions_are_in_order_and_never_overlap(text: str):
    mentions = find_skills(text)
    for one, other in pairwise(mentions):
        assert one.end <= other.start
    for mention in mentions:
        assert " ".join(text[mention.start : mention.end].split()) in mention.quote
