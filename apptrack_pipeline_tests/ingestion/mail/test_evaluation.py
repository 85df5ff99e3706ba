"""The figures of `apptrack evaluate mail`, and the line of `apptrack inspect mail`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apptrack_pipeline.cli import app
from apptrack_pipeline.domain import (
    InvalidInputError,
    MailCategory,
)
from apptrack_pipeline.ingestion.mail.evaluation import Case, read_manifest, score, table
from apptrack_pipeline.ingestion.mail.signals import (
    Found,
    Judgement,
    MailSignals,
    Trust,
)


def signals(
    category: MailCategory, *, company: str = "", title: str = "", needs_review: bool = False
) -> MailSignals:
    def found(value: str) -> Found | None:
        return Found(value, "text", "test") if value else None

    return MailSignals(
        judgement=Judgement(category, 0.9, (), needs_review),
        company=found(company),
        title=found(title),
        requisition_id=None,
        ats=None,
        posting_urls=(),
        interviews=(),
        events=(),
        language="en",
        trust=Trust.OTHER,
    )


def case(label: MailCategory | None, company: str = "", title: str = "", source: str = "") -> Case:
    return Case(Path("x.eml"), label, company, title, source)


def test_accuracy_precision_and_recall_are_those_of_the_labels() -> None:
    cases = [
        case(MailCategory.REJECTION),
        case(MailCategory.REJECTION),
        case(MailCategory.CONFIRMATION),
        case(MailCategory.JOB_ALERT),
        case(None),
    ]
    said = [
        signals(MailCategory.REJECTION),
        signals(MailCategory.CONFIRMATION, needs_review=True),
        signals(MailCategory.CONFIRMATION),
        signals(MailCategory.NOT_JOB),
        signals(MailCategory.OFFER),
    ]
    found = score(cases, said, elapsed_s=0.5)
    assert (found.n, found.read_only, found.needs_review) == (4, 1, 1)
    assert found.accuracy == 0.5
    assert found.accuracy_merged == 0.75
    assert found.job_gate == 1.0
    assert found.mails_per_s == 10.0
    assert (found.per_class["rejection"].precision, found.per_class["rejection"].recall) == (1.0, 0.5)
    assert (found.per_class["confirmation"].precision, found.per_class["confirmation"].n) == (0.5, 1)
    assert found.confusion["rejection"] == {"rejection": 1, "confirmation": 1}
    assert "offer" not in found.per_class
    # Rejection 2/3, confirmation 2/3, job_alert 0; not_job has no label and does not count.
    assert found.macro_f1 == pytest.approx(4 / 9)


def test_a_name_is_exact_wrong_or_missing_and_only_asked_where_there_is_one() -> None:
    cases = [
        case(MailCategory.CONFIRMATION, "Fernhill Inc", "Data Analyst"),
        case(MailCategory.REJECTION, "Fernhill"),
        case(MailCategory.REJECTION, "Fernhill"),
        case(MailCategory.CONFIRMATION),
    ]
    said = [
        signals(MailCategory.CONFIRMATION, company="fernhill  INC", title="Analyst"),
        signals(MailCategory.REJECTION, company="Fernhill Inc"),
        signals(MailCategory.REJECTION),
        signals(MailCategory.CONFIRMATION, company="Other"),
    ]
    found = score(cases, said, elapsed_s=1.0)
    assert (found.company.n, found.company.exact, found.company.wrong, found.company.missing) == (
        3,
        pytest.approx(1 / 3),
        pytest.approx(1 / 3),
        pytest.approx(1 / 3),
    )
    assert (found.company_of_confirmations.n, found.company_of_confirmations.exact) == (1, 1.0)
    assert (found.title.n, found.title.wrong) == (1, 1.0)


def test_the_table_shows_every_figure_and_each_source() -> None:
    cases = [case(MailCategory.OFFER, source="one"), case(MailCategory.NOT_JOB, source="two")]
    text = table(score(cases, [signals(MailCategory.OFFER), signals(MailCategory.INTERVIEW)], elapsed_s=1.0))
    for words in (
        "accuracy 0.500",
        "offer",
        "interview",
        "one",
        "two",
        "company, confirmations",
        "2 mails/s",
    ):
        assert words in text


def manifest(tmp_path: Path, text: str) -> Path:
    (tmp_path / "MANIFEST.tsv").write_text(text, encoding="utf-8")
    (tmp_path / "a.eml").write_bytes(
        b"From: no-reply@ashbyhq.com\nSubject: Your application to Fernhill\n\n"
        b"Thank you for applying to Fernhill. We received your application for Data Analyst.\n"
    )
    return tmp_path


def test_labels_that_are_no_category_are_read_and_not_scored(tmp_path: Path) -> None:
    header = "file\tlabel\tcompany\ttitle\tsource\n"
    cases = read_manifest(
        manifest(tmp_path, f"{header}a.eml\tconfirmation\tX\t\tone\na.eml\tedge\t\t\tone\n")
    )
    assert [case.label for case in cases] == [MailCategory.CONFIRMATION, None]
    assert cases[0].company == "X"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("file\tlabel\n", "no column company, title"),
        ("file\tlabel\tcompany\ttitle\nb.eml\toffer\t\t\n", "names b.eml, which is missing"),
        ("file\tlabel\tcompany\ttitle\na.eml\tedge\t\t\n", "none of the nine|no mail with one of the nine"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        read_manifest(manifest(tmp_path, text))


def test_a_folder_without_a_manifest_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"MANIFEST.tsv is missing"):
        read_manifest(tmp_path)


def test_evaluate_mail_prints_json_with_the_names_that_the_manual_promises(tmp_path: Path) -> None:
    folder = manifest(tmp_path, "file\tlabel\tcompany\ttitle\na.eml\tconfirmation\tFernhill\tData Analyst\n")
    result = CliRunner().invoke(app, ["evaluate", "mail", str(folder), "--json", "--no-model"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["accuracy"] == found["accuracy_merged"] == found["macro_f1"] == 1.0
    assert found["per_class"]["confirmation"] == {"precision": 1.0, "recall": 1.0, "n": 1}
    assert found["mails_per_s"] > 0


def test_evaluate_mail_prints_a_table(tmp_path: Path) -> None:
    folder = manifest(tmp_path, "file\tlabel\tcompany\ttitle\na.eml\tconfirmation\tFernhill\tData Analyst\n")
    result = CliRunner().invoke(app, ["evaluate", "mail", str(folder), "--no-model"])
    assert result.exit_code == 0, result.output
    assert "accuracy 1.000" in result.output


def test_inspect_mail_prints_one_line_of_json_for_each_file(tmp_path: Path) -> None:
    folder = manifest(tmp_path, "")
    broken = folder / "b.eml"
    broken.write_bytes(b"\xff\xfe\x00 no mail at all")
    result = CliRunner().invoke(app, ["inspect", "mail", str(folder / "a.eml"), str(broken), "--no-model"])
    assert result.exit_code == 0, result.output
    first, second = map(json.loads, result.output.splitlines())
    assert first["category"] == "confirmation"
    assert first["evidence"][0].keys() == {"rule", "sentence", "where"}
    assert first["events"][0]["category"] == "confirmation"
    assert first["ats"] == "Ashby"
    assert first["authentication"] == "other"
    assert second["category"] == "not_job"
    assert second["file"] == str(broken)


def test_inspect_mail_knows_ones_own_address(tmp_path: Path) -> None:
    own = tmp_path / "own.eml"
    own.write_bytes(b"From: Sam@Example.org\nSubject: Re: offer\n\nI accept the offer for the position.\n")
    result = CliRunner().invoke(
        app, ["inspect", "mail", str(own), "--own-address", "sam@example.org", "--no-model"]
    )
    assert json.loads(result.output)["evidence"][0]["rule"] == "sender.own_address"
    assert json.loads(result.output)["events"] == []


def test_a_manifest_that_is_not_utf_8_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.tsv").write_bytes(b"file\tlabel\tcompany\ttitle\n1.eml\toffer\tCaf\xe9\t\n")
    with pytest.raises(InvalidInputError, match="is not UTF-8"):
        read_manifest(tmp_path)
