from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.vocabulary import (
    employment_type,
    folded,
    location_type,
    salary_period,
)


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("FULL_TIME", "full_time"),
        ("fullTime", "full_time"),
        ("FullTime", "full_time"),
        ("fulltime_permanent", "full_time"),
        ("SALARIED_FT", "full_time"),
        ("https://schema.org/FULL_TIME", "full_time"),
        ("Vollzeit", "full_time"),
        ("Festanstellung", "full_time"),
        ("À temps plein", "full_time"),
        ("Jornada completa", "full_time"),
        ("Tempo integral", "full_time"),
        ("Voltijds", "full_time"),
        ("Heltid", "full_time"),
        ("Kokoaikainen", "full_time"),
        ("Pełny etat", "full_time"),
        ("Hlavní pracovní poměr", "full_time"),
        ("Permanent contract", "full_time"),
        ("Contrato indefinido", "full_time"),
        ("Unbefristeter Vertrag", "full_time"),
        ("正社員", "full_time"),
        ("Part-time employee", "part_time"),
        ("HOURLY_PT", "part_time"),
        ("parttime_permanent", "part_time"),
        ("Teilzeit", "part_time"),
        ("Mi-temps", "part_time"),
        ("Deltid", "part_time"),
        ("1/2 etatu, niepełny etat", "part_time"),
        ("アルバイト", "part_time"),
        ("https://schema.org/CONTRACTOR", "contract"),
        ("Fixed term / full-time", "contract"),
        ("Full-Time, Contract", "contract"),
        ("Befristet auf 2 Jahre", "contract"),
        ("CDD - 6 mois", "contract"),
        ("Contract to hire", "contract"),
        ("Freie Mitarbeit", "contract"),
        ("Umowa zlecenie", "contract"),
        ("TEMPORARY", "temporary"),
        ("Seasonal", "temporary"),
        ("Intérim", "temporary"),
        ("Uitzendkracht", "temporary"),
        ("Vikariat", "temporary"),
        ("INTERN", "internship"),
        ("Full-time internship", "internship"),
        ("Pflichtpraktikum", "internship"),
        ("Stage de fin d'études", "internship"),
        ("Estágio", "internship"),
        ("Tirocinio curriculare", "internship"),
        ("实习生", "internship"),
    ],
)
def test_employment_types(words: str, known: str):
    assert employment_type(words) == known


@pytest.mark.parametrize(
    "words",
    ["OTHER", "", "International", "Volunteer", "PER_DIEM", "Full-time / part-time", "Voll- oder Teilzeit"]
    + ["Vollzeit, Teilzeit", "On call", "NEW", "Salaried", "Participant"],
)
def test_an_employment_that_is_open_or_unknown_stays_unknown(words: str):
    assert employment_type(words) is None


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("TELECOMMUTE", "remote"),
        ("ORA_REMOTE", "remote"),
        ("US-Remote", "remote"),
        ("Remote - US", "remote"),
        ("Fully Remote", "remote"),
        ("fully", "remote"),
        ("Télétravail", "remote"),
        ("Praca zdalna", "remote"),
        ("100% Homeoffice", "remote"),
        ("フルリモート", "remote"),
        ("Hybrid - London", "hybrid"),
        ("Toronto (hybrid) - Remote", "hybrid"),
        ("ORA_HYBRID", "hybrid"),
        ("Partially Remote", "hybrid"),
        ("temporary", "hybrid"),
        ("Homeoffice möglich", "hybrid"),
        ("Semipresencial", "hybrid"),
        ("OnSite", "onsite"),
        ("ORA_ON_SITE", "onsite"),
        ("In-Office", "onsite"),
        ("in_office", "onsite"),
        ("Not remote", "onsite"),
        ("Vor Ort", "onsite"),
        ("Presencial", "onsite"),
        ("På plats", "onsite"),
    ],
)
def test_location_types(words: str, known: str):
    assert location_type(words) == known


@pytest.mark.parametrize(
    "words", ["Berlin", "", "On-site or remote", "no", "Full-time", "Post Office Square"]
)
def test_a_place_of_work_that_is_open_or_unknown_stays_unknown(words: str):
    assert location_type(words) is None


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("YEAR", "year"),
        ("per-year-salary", "year"),
        ("1 YEAR", "year"),
        ("yearly_annually", "year"),
        ("p.a.", "year"),
        ("P1Y", "year"),
        ("brutto/Jahr", "year"),
        ("brut annuel", "year"),
        ("par an", "year"),
        ("al año", "year"),
        ("per år", "year"),
        ("1 MONTH", "month"),
        ("al mes", "month"),
        ("miesięcznie", "month"),
        ("měsíčně", "month"),
        ("hourly", "hour"),
        ("an hour", "hour"),
        ("/hr", "hour"),
        ("PER-HOUR-WAGE", "hour"),
        ("pro Stunde", "hour"),
        ("day rate", "day"),
        ("Tagessatz", "day"),
        ("weekly", "week"),
    ],
)
def test_pay_periods(words: str, known: str):
    assert salary_period(words) == known


@pytest.mark.parametrize(
    "words", ["NONE", "", "SALARIED", "biweekly", "two_weeks", "fortnightly", "quarterly"]
)
def test_a_period_that_is_none_of_ours_stays_unknown(words: str):
    assert salary_period(words) is None


def test_folding_takes_case_accents_and_curly_quotes_away():
    assert folded("  L\u2019ÉTÉ  à Łódź, Tromsø ") == "l'ete a lodz, tromso"


@given(st.text())
def test_any_text_is_read_without_an_error(text: str):
    employment_type(text)
    location_type(text)
    salary_period(text)


def agreement(path: Path, read: object) -> tuple[int, int]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    # A type that we do not have must come out as unknown.
    ours = {"full_or_part": None, "volunteer": None, "": None}
    right = sum(read(row["raw"]) == ours.get(row["normalized"], row["normalized"]) for row in rows)  # type: ignore[operator]
    return right, len(rows)


def test_the_gold_of_words_is_met_but_for_what_we_decide_otherwise(shared_data: Path):
    gold = shared_data / "ats" / "norm"
    # Otherwise on purpose: agency work is temporary, a fixed term is a contract, OTHER is unknown.
    assert agreement(gold / "employment_type_gold.tsv", employment_type)[0] >= 160
    assert agreement(gold / "location_type_gold.tsv", location_type)[0] >= 38
    assert agreement(gold / "salary_unit_gold.tsv", salary_period)[0] >= 67
