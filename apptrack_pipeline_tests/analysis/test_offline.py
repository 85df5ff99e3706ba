from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.analysis.offline import MAX_SUGGESTIONS, analyse
from apptrack_pipeline.analysis.resume import parse_resume

POSTING = """Acme builds software for museums all over the world and has done so since 1987.
We are a small team.

Responsibilities:
- You will build and run data pipelines with Airflow and talk to people about what they need from them.
- You will review code.

Requirements
- Several years with Python and SQL
- Kubernetes in production
- Strong communication skills

Nice to have
- Terraform
- Rust would be a plus

Benefits
- Free German lessons and a good lunch in a quiet house with a garden, four days in the week.
"""
RESUME = parse_resume("Skills\nPython, PostgreSQL, Terraform. Communication with museums.")


def test_met_and_missing_skills_come_with_their_quotes():
    result = analyse(POSTING, "Data Engineer", RESUME)
    met = {item.skill: item for item in result.met}
    assert set(met) == {"Python", "SQL", "Terraform", "Communication skills"}
    assert met["SQL"].resume_quote == "Python, PostgreSQL, Terraform."
    assert met["SQL"].posting_quote == "- Several years with Python and SQL"
    assert result.missing[0].skill == "Kubernetes"
    assert all(item.resume_quote is None for item in result.missing)


def test_the_score_is_the_documented_share():
    # met: Python 1 + SQL 1 + communication 0.4 + Terraform 0.5
    expected = {"Kubernetes": 1, "Airflow": 0.7, "Data pipelines": 0.7}
    expected |= {"Rust": 0.5, "German": 0.2}
    result = analyse(POSTING, None, RESUME)
    assert {item.skill for item in result.missing} <= set(expected)
    missing = sum(expected[item.skill] for item in result.missing)
    assert result.score == round(100 * 2.9 / (2.9 + missing))


def test_suggestions_are_the_heaviest_missing_skills():
    result = analyse(POSTING, None, RESUME)
    assert result.suggestions[0].skill == "Kubernetes"
    assert len(result.suggestions) <= MAX_SUGGESTIONS


def test_a_resume_that_names_everything_scores_100_and_one_that_names_nothing_0():
    assert analyse(POSTING, None, parse_resume(POSTING)).score == 100
    assert analyse(POSTING, None, parse_resume("Gardener")).score == 0


def test_an_optional_skill_weighs_less_than_a_required_one():
    without_required = analyse(POSTING, None, parse_resume(POSTING.replace("Kubernetes", "")))
    without_optional = analyse(POSTING, None, parse_resume(POSTING.replace("Terraform", "")))
    assert (without_required.score or 0) < (without_optional.score or 0)


def test_no_score_has_a_reason():
    assert analyse(POSTING, None, None).reason == "no resume"
    assert analyse("Python, SQL, Go", None, RESUME).reason == "fewer than 400 characters of posting text"
    assert analyse("A garden. " * 60 + "Python", None, RESUME).reason == "fewer than 3 skills in the posting"
    for result in (analyse(POSTING, None, None), analyse("", None, RESUME)):
        assert result.score is None


def test_the_same_input_gives_the_same_answer():
    assert analyse(POSTING, "Engineer", RESUME) == analyse(POSTING, "Engineer", RESUME)


def test_a_hundred_analyses_take_less_than_a_second():
    posting = POSTING * 8
    analyse(posting, None, RESUME)
    started = time.process_time()
    for _ in range(100):
        analyse(posting, None, RESUME)
    assert time.process_time() - started < 2  # 1 s is the aim; the bound leaves room for a busy machine


@given(st.text(), st.one_of(st.none(), st.text()), st.text())
def test_any_text_is_analysed(posting: str, title: str | None, resume: str):
    result = analyse(posting, title, parse_resume(resume))
    assert result.score is None or 0 <= result.score <= 100
    assert (result.score is None) == (result.reason is not None)
