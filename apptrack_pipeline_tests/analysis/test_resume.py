from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.analysis.resume import MAX_RESUME_BYTES, parse_resume, read_resume
from apptrack_pipeline.domain import InvalidInputError

RESUME = """# Ada Example
ada.example+jobs@mail.example.org | +44 20 7946 0958

## Summary
Engineer with over 12 years of software development experience.

WORK EXPERIENCE
2015 - 2020 Acme: built pipelines in Python and PostgreSQL.

**Skills:**
Go, Kubernetes, Terraform
"""


def test_a_resume_tells_its_facts():
    facts = parse_resume(RESUME)
    assert {mention.skill for mention in facts.skills} == {
        "Python",
        "PostgreSQL",
        "Go",
        "Kubernetes",
        "Terraform",
    }
    assert facts.years_of_experience == 12
    assert facts.email == "ada.example+jobs@mail.example.org"
    assert facts.phone == "+44 20 7946 0958"
    assert facts.sections == ("summary", "experience", "skills")
    assert "2015 - 2020 Acme: built pipelines in Python and PostgreSQL." in {m.quote for m in facts.skills}


def test_years_in_a_history_are_no_phone_number():
    assert parse_resume("2015-2020 Acme, 2020 - 2024 Beta, 2019-01-31").phone is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_usual_encodings(encoding: str):
    resume = read_resume("Résumé\r\nPython".encode(encoding), "C:\\cv\\cv.TXT")
    assert (resume.text, resume.filename) == ("Résumé\nPython", "cv.TXT")


@pytest.mark.parametrize(
    ("data", "filename", "words"),
    [
        (b"%PDF-1.7", "cv.pdf", "save the resume as text"),
        (b"x", "cv", "save the resume as text"),
        (b"", "cv.txt", "empty"),
        (b" \n\t", "cv.md", "empty"),
        (b"PK\x03\x04\x00\x00", "cv.txt", "binary"),
        (b"a\x81\x00", "cv.txt", "binary"),
        (b"a" * (MAX_RESUME_BYTES + 1), "cv.txt", "2 MiB"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(data: bytes, filename: str, words: str):
    with pytest.raises(InvalidInputError, match=words):
        read_resume(data, filename)


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.md", "a.exe", "\x00", ""]))
def test_any_file_is_read_or_refused(data: bytes, filename: str):
    try:
        resume = read_resume(data, filename)
    except InvalidInputError:
        return
    parse_resume(resume.text)


@given(st.one_of(st.text(), st.text(alphabet="0123456789 +-/.()@a_\n", min_size=50)))
def test_any_text_has_facts(text: str):
    parse_resume(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["1 " * 1_000_000, "a@" * 1_000_000, "9 years of " * 200_000, "a-" * 1_000_000 + "@"]
)
def test_a_hostile_resume_is_read_in_seconds(text: str):
    parse_resume(text)
