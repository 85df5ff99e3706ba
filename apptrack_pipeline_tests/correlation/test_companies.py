"""Two company names are one employer's, or two employers', or a person decides."""

from __future__ import annotations

import csv
import itertools
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apptrack_pipeline.correlation.companies import (
    SHIPPED,
    Aliases,
    CompanyMatch,
    block_keys,
    compare_companies,
)
from apptrack_pipeline.correlation.company_evaluation import compare_pairs, pairs_of, read_pairs, score
from apptrack_pipeline.correlation.names import company_key

PAIRS = Path(__file__).with_name("company_pairs.csv")

EXACT, HIGH, RELATED = CompanyMatch.EXACT, CompanyMatch.HIGH, CompanyMatch.RELATED
UNKNOWN, DIFFERENT = CompanyMatch.UNKNOWN, CompanyMatch.DIFFERENT


def match(one: str | None, other: str | None, aliases: Aliases = SHIPPED) -> CompanyMatch:
    return compare_companies(one, other, aliases).match


def alias_pairs() -> list[dict[str, str]]:
    text = resources.files("apptrack_pipeline.correlation").joinpath("company_aliases.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


# --- The same name ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quillmark GmbH & Co. KG", "Quillmark"),
        ("Quillmark SE & Co. KGaA", "Quillmark"),
        ("Quillmark, PBC", "Quillmark Inc."),
        ("Fernwick+Hall", "Fernwick & Hall"),
        ("Fernwick und Hall", "Fernwick and Hall"),
        ("Quill Mark", "Quillmark"),
        ("Q*MARK", "QMark"),
        ("D'Orval", "Dorval"),
        ("Quillmark!", "quillmark"),
    ],
)
def test_case_punctuation_spacing_and_legal_form_do_not_count(one: str, other: str) -> None:
    assert match(one, other) is EXACT


@pytest.mark.parametrize(
    "name",
    [
        "Quillmark Talent Team",
        "The Quillmark Hiring Team",
        "Quillmark Recruiting",
        "Quillmark Careers",
        "Careers at Quillmark",
        "Life at Quillmark",
        "Quillmark via Greenhouse",
        "Ashby on behalf of Quillmark",
        "Workday @ Quillmark",
        "Quillmark @ icims",
        "Workday - Quillmark",
        "workday Quillmark",
        "Anna from Quillmark",
        "Anna Reed, Quillmark",
        "Anna Reed (Quillmark)",
        "Anna Reed | Quillmark",
        "Quillmark (Lever)",
        "[Quillmark] Recruiting",
        "Quillmark | Careers",
        "Quillmark Human Resources Department",
        "Quillmark University Recruiting",
        "Quillmark <no-reply@ashbyhq.com>",
        "Équipe recrutement Quillmark",
        "Service RH Quillmark",
        "Recrutement de Quillmark",
        "Ihr Quillmark Recruiting-Team",
        "Bewerbermanagement der Quillmark",
        "Karriere bei der Quillmark GmbH",
        "Personalabteilung Quillmark",
        "Equipo de talento de Quillmark",
        "Departamento de Selección de Quillmark",
        "Recursos Humanos Quillmark S.L.",
    ],
)
def test_what_a_sender_puts_around_the_name_does_not_count(name: str) -> None:
    assert match(name, "Quillmark") is EXACT


# --- Another form of the name -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("careers.quillmarkhq.com", "Quillmark"),
        ("jobs.quillmark.co.uk", "Quillmark Ltd"),
        ("no-reply@mail.quillmark.com", "Quillmark Technologies"),
        ("noreply@quillmark", "Quillmark GmbH"),
        ("jobs.lever.co/quillmark", "Quillmark Labs"),
        ("quillmark@myworkday.com", "Quillmark Systems"),
        ("quillmark.wd3.myworkdayjobs.com", "Quillmark Holding"),
        ("https://boards.greenhouse.io/fernwickhall/jobs/1", "Fernwick Hall"),
        ("fernwickhallinc", "Fernwick Hall"),
        ("joinquillmark", "Quillmark"),
        ("quillai", "Quill AI"),
        ("quill.ai", "Quill AI"),
        ("mueller-werke.de", "Müller Werke"),
        ("mueller.de", "Müller Gruppe"),
    ],
)
def test_an_address_or_a_slug_stands_for_the_name(short: str, name: str) -> None:
    assert compare_companies(short, name).is_compatible


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("QME", "Quill Mark Enterprise"),
        ("QMG", "The Quill Mark Group"),
        ("F&H", "Fernwick & Hall"),
        ("RBQ", "Royal Bank of Quill"),
    ],
)
def test_initials_are_taken_of_all_words_and_never_more_than_high(short: str, long: str) -> None:
    assert match(short, long) is HIGH


@pytest.mark.parametrize(
    ("short", "long"), [("Arc", "Acme Robotics Company"), ("FH", "Fernwick Hall"), ("F&H", "Frost Hardware")]
)
def test_a_word_or_two_letters_are_no_initials(short: str, long: str) -> None:
    assert match(short, long) is DIFFERENT


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Quillmark", "Quillmark Technologies"),
        ("Quillmark", "Quillmark Germany GmbH"),
        ("Quillmark", "Quillmark EMEA"),
        ("Quillmark Deutschland", "Quillmark Germany"),
        ("Quillmark", "Quillmark North America"),
        ("Quillmark", "Groupe Quillmark"),
        ("Quillmark", "AB Quillmark"),
        ("Summit Dental", "Summit Dental Group"),
        ("Quillmark", "Robert Quillmark GmbH"),
        ("Fernwick Quill", "Fernwick Quill Hamilton"),
    ],
)
def test_a_longer_form_is_the_same_employer(short: str, long: str) -> None:
    assert match(short, long) is HIGH


# --- Not the same -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quillmark Energy", "Quillmark"),
        ("Quillmark Capital", "Quillmark"),
        ("Quillmark Germany", "Quillmark France"),
        ("Quillmark Software", "Quillmark Systems"),
        ("Fernwick Quill Insurance", "Fernwick Quill"),
        ("Software AG", "Software Inc"),
        ("Fernwick Smith", "Smith Fernwick"),
        ("Assurances Quillmark", "Quillmark"),
        ("University of Quillmark", "Quillmark University"),
    ],
)
def test_a_person_decides_about_parts_and_common_words(one: str, other: str) -> None:
    assert match(one, other) is RELATED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Capital", "Acme Logistics"),
        ("American Quill", "American Fernwick"),
        ("First Bank", "First Solar"),
        ("Software Group", "Software AG"),
        ("Global Systems", "Global Solutions"),
        ("Bank of Fernwick", "Bank of Quillmark"),
        ("Edward Jones", "Jones"),
        ("H&R Quill", "Quill"),
        ("squareland.com", "Square"),
    ],
)
def test_a_shared_word_makes_no_employer(one: str, other: str) -> None:
    assert match(one, other) is DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [("Notion", "Motion"), ("Ramp", "Rampart"), ("Deel", "Dell"), ("Wise", "Wiz"), ("Zalando", "Zolando")],
)
def test_near_spellings_are_two_brands(one: str, other: str) -> None:
    assert match(one, other) is DIFFERENT


@pytest.mark.parametrize("typo", ["Quillmark Robtics", "Qiullmark Robotics", "Quilmark Robotics"])
def test_a_typo_in_a_long_name_is_shown_to_a_person(typo: str) -> None:
    assert match(typo, "Quillmark Robotics") is RELATED


# --- Nobody -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nobody",
    [
        None,
        "",
        "…",
        "Recruiting Team",
        "no-reply",
        "Human Resources",
        "HR Systems",
        "Workday",
        "LinkedIn Job Alerts",
        "Greenhouse",
        "notifications@smartrecruiters.com",
        "no-reply@us.greenhouse-mail.io",
        "quillmark.jobs@gmail.com",
        "Équipe Recrutement",
        "Personalabteilung",
        "Recursos Humanos",
        "Talent Acquisition Team",
        "Unknown",
    ],
)
@pytest.mark.parametrize("other", ["Quillmark", "Recruiting Team", "Talent Garden"])
def test_senders_and_systems_say_nothing(nobody: str | None, other: str) -> None:
    assert match(nobody, other) is match(other, nobody) is UNKNOWN


@pytest.mark.parametrize(
    "employer", ["Workday, Inc.", "Workday Talent Team", "Careers at Workday", "Anna from Workday"]
)
def test_a_system_is_an_employer_where_it_is_written_as_one(employer: str) -> None:
    assert match(employer, "Workday") is EXACT
    assert match("Workday", "Workday") is UNKNOWN
    assert match(employer, "Quillmark") is DIFFERENT
    assert block_keys(employer) & block_keys("Workday")


@pytest.mark.parametrize("name", ["Talent Garden", "Jobs for the Future", "Team Health", "Human Interest"])
def test_a_name_that_sounds_like_a_sender_is_a_name(name: str) -> None:
    assert match(name, name.upper()) is EXACT


# --- Aliases ------------------------------------------------------------------------------------------


def test_known_names_of_one_employer_are_high_and_owned_ones_related() -> None:
    assert match("Facebook Recruiting", "Meta Platforms, Inc.") is HIGH
    assert match("Instagram", "Meta") is RELATED
    assert match("Instagram", "Facebook") is RELATED
    assert match("Instagram", "WhatsApp") is DIFFERENT


def test_what_a_person_says_is_symmetric_and_goes_on() -> None:
    aliases = SHIPPED.plus([("quillmark", "fernwick"), ("orval", "fernwick")])
    for one, other in itertools.permutations(["Quillmark GmbH", "fernwick.com", "Orval Germany"], 2):
        assert match(one, other, aliases) is HIGH
        assert match(one, other) is DIFFERENT
        assert block_keys(one, aliases) & block_keys(other, aliases)


def test_the_same_wins_over_owned() -> None:
    owned = Aliases(owned_by=frozenset([("quillmark", "fernwick")]))
    assert match("Quillmark", "Fernwick", owned) is match("Fernwick", "Quillmark", owned) is RELATED
    assert match("Quillmark", "Fernwick", owned.plus([("fernwick", "quillmark")])) is HIGH


def test_owners_of_owners_are_related_and_circles_end() -> None:
    aliases = Aliases(owned_by=frozenset([("quill", "mark"), ("mark", "hall"), ("hall", "quill")]))
    assert match("Quill", "Hall", aliases) is RELATED


def test_two_regions_of_one_employer_do_not_become_aliases_of_each_other() -> None:
    assert match("Deloitte France", "Deloitte Germany") is RELATED


@pytest.mark.parametrize("row", alias_pairs(), ids=lambda row: f"{row['name']}-{row['other']}")
def test_every_line_of_the_table_says_something_that_is_understood(row: dict[str, str]) -> None:
    assert row["relation"] in {"same_as", "owned_by"}
    assert company_key(row["name"]) != company_key(row["other"])
    for name in (row["name"], row["other"]):
        assert match(f"{name} Talent Team", f"{name} Careers") in {EXACT, HIGH}
    found = match(f"{row['name']} Talent Team", f"{row['other']} Talent Team")
    assert found in ({RELATED} if row["relation"] == "owned_by" else {EXACT, HIGH})


# --- Properties ---------------------------------------------------------------------------------------

_WORDS = """
quill mark fernwick Hall robert smith first capital software robotics bank of the and & + e AI labs
technologies group Germany Deutschland EMEA France North America GmbH Inc. AG S.A. de C.V. Talent Team
Careers at from via Greenhouse Workday @ | - (Lever) recruiting noreply@quill.com meta facebook
instagram Quill's quill.ai joinquill quillhq IBM International Business Machines Müller x d'Orval
recrutement équipe Ihr bei der quillmark Energy
"""
NAMES = st.lists(st.sampled_from(_WORDS.split()), min_size=1, max_size=6).map(" ".join)


@given(NAMES | st.text(), NAMES | st.text())
@example("Booz Allen Hamilton", "boozallen.com")
@example("Karriere bei der Quillen", "Quille")
def test_names_that_meet_share_a_key_and_the_order_of_the_two_changes_nothing(one: str, other: str) -> None:
    verdict = compare_companies(one, other)
    assert verdict.match is match(other, one)
    assert verdict.because
    if verdict.match in {EXACT, HIGH, RELATED}:
        assert block_keys(one) & block_keys(other)


@given(NAMES | st.text())
def test_a_name_is_itself_or_nobody(name: str) -> None:
    assert match(name, name) in {EXACT, UNKNOWN}
    assert match(name, company_key(name)) in {EXACT, HIGH, RELATED, UNKNOWN}


@given(NAMES)
def test_the_key_of_a_key_is_the_key_whatever_stands_around_it(name: str) -> None:
    key = company_key(name)
    assert company_key(key) == key


@given(NAMES | st.text())
@example("and and Quill")
def test_keys_are_few_and_short(name: str) -> None:
    keys = block_keys(name)
    assert "" not in keys
    assert len(keys) <= 40
    assert all(len(key) <= 220 for key in keys)


def test_a_name_of_common_words_is_no_key_of_its_words() -> None:
    assert "first" not in block_keys("First Capital Group")
    assert "quillmark" in block_keys("Quillmark Capital Group")


# --- Measured -----------------------------------------------------------------------------------------


def test_the_pairs_of_a_tracker_are_told_as_a_person_tells_them() -> None:
    pairs = read_pairs(PAIRS)
    figures = score(pairs, compare_pairs(pairs), 1.0)
    assert figures.n >= 250
    assert figures.precision >= 0.98, figures.table()
    assert figures.f1 >= 0.97, figures.table()


def test_every_kind_of_pair_is_told_well() -> None:
    pairs = read_pairs(PAIRS)
    for name, (right, count) in score(pairs, compare_pairs(pairs), 1.0).by_category.items():
        assert right / count >= 0.93, name


def test_listed_companies_are_told_from_their_nearest_neighbours(shared_data: Path) -> None:
    table = shared_data / "matching" / "sp500_sec_pairs_hardneg.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    pairs = pairs_of(["email_side,app_side,label", *lines[1:]])
    figures = score(pairs, compare_pairs(pairs), 1.0)
    assert figures.precision >= 0.99, figures.table()
    assert figures.recall >= 0.93, figures.table()


def test_names_of_data_that_meet_share_a_key(shared_data: Path) -> None:
    table = shared_data / "matching" / "sp500_vs_sec_names.csv"
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [row["Security"] for row in rows] + [row["sec_title"] for row in rows]
    for one, other in itertools.combinations(names[::3], 2):
        if match(one, other) in {EXACT, HIGH, RELATED}:
            assert block_keys(one) & block_keys(other), (one, other)
