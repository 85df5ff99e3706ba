"""What mail found is compared with what is true of it, and printed in numbers that add up."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apptrack_pipeline.cli import app
from apptrack_pipeline.correlation.links import Link, LinkOutcome, LinkStage
from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.evaluation.corpus import Corpus, read_corpus
from apptrack_pipeline.evaluation.correlation import Evaluation, Run, Verdict, predictions, run, score, table

ROLES = [
    ("a1", "Fernwick", "Data Engineer"),
    ("a2", "Fernwick GmbH", "Data Analyst"),
    ("b1", "Quillmark", "Nurse"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three applications, two of them siblings; a mail about each, and one about none."""
    applications = [
        {"id": id_, "company": company, "title": title, "applied_on": "2026-03-01"}
        for id_, company, title in ROLES
    ]
    mails = [
        {
            "message_id": f"<{id_}@mail.example>",
            "thread_id": id_,
            "from": f"{company} Careers <careers@{company.split()[0].lower()}.com>",
            "subject": f"Thank you for applying to {company}",
            "body": f"We have received your application for the {title} position at {company}.",
            "date": "2026-03-02T09:00:00Z",
            "truth_application": id_,
            "truth_category": "confirmation",
        }
        for id_, company, title in ROLES
    ]
    mails.append(
        mails[0]
        | {
            "message_id": "<news@mail.example>",
            "thread_id": "news",
            "from": "The Baker <news@bread.example>",
            "subject": "Rye is back",
            "body": "Fresh rye from Thursday on.",
            "truth_application": None,
            "truth_category": "not_job",
        }
    )
    for name, rows in (("applications", applications), ("mails", mails)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


@pytest.fixture
def corpus(folder: Path) -> Corpus:
    return read_corpus(folder)


def scored(corpus: Corpus, *said: tuple[LinkOutcome, str | None]) -> Evaluation:
    """The figures where these are the outcomes and applications of the four mails."""
    verdicts = tuple(
        Verdict(
            mail,
            MailCategory.CONFIRMATION,
            outcome,
            application,
            LinkStage.COMPANY_TITLE if application else None,
            (link(outcome, key=str(mail.thread_key)),),
        )
        for mail, (outcome, application) in zip(corpus.mails, said, strict=True)
    )
    return score(corpus, Run(verdicts, read_s=2.0, match_s=0.5))


def link(outcome: LinkOutcome, *, key: str = "k") -> Link:
    creates = outcome is LinkOutcome.PROPOSED
    return Link(
        uuid.UUID(int=1), 0, outcome, None, None, None, None, None, "", creates, key if creates else None
    )


LINKED, PROPOSED, REVIEW, UNMATCHED = (
    LinkOutcome.LINKED,
    LinkOutcome.PROPOSED,
    LinkOutcome.REVIEW,
    LinkOutcome.UNMATCHED,
)


def test_all_right_is_precision_and_recall_of_one(corpus: Corpus) -> None:
    figures = scored(corpus, (LINKED, "a1"), (LINKED, "a2"), (LINKED, "b1"), (UNMATCHED, None))

    assert (figures.n, figures.with_truth, figures.without_truth) == (4, 3, 1)
    assert (figures.right, figures.wrong, figures.abstained, figures.false_links) == (3, 0, 0, 0)
    assert (figures.precision, figures.recall) == (1.0, 1.0)
    assert (figures.siblings_right, figures.siblings) == (2, 2)
    assert (figures.by_stage["company_title"].links, figures.by_stage["company_title"].right) == (3, 3)


def test_a_link_to_a_sibling_is_wrong_and_one_of_other_mail_is_false(corpus: Corpus) -> None:
    figures = scored(corpus, (LINKED, "a2"), (LINKED, "a2"), (REVIEW, None), (LINKED, "b1"))

    assert (figures.right, figures.wrong, figures.abstained, figures.false_links) == (1, 1, 1, 1)
    assert (figures.siblings_right, figures.siblings) == (1, 2)
    assert figures.precision == pytest.approx(1 / 3)
    assert figures.recall == pytest.approx(1 / 3)
    assert figures.abstained_as == {"review": 1}


def test_a_proposal_is_a_duplicate_only_where_the_application_is_tracked(corpus: Corpus) -> None:
    figures = scored(corpus, (PROPOSED, None), (UNMATCHED, None), (REVIEW, None), (PROPOSED, None))

    assert (figures.proposed, figures.duplicates, figures.created) == (2, 1, 2)
    assert (figures.review, figures.unmatched, figures.abstained) == (1, 1, 3)
    assert figures.precision == 0.0


def test_speed_is_said_of_matching_alone_and_of_the_whole_way(corpus: Corpus) -> None:
    figures = scored(corpus, *[(UNMATCHED, None)] * 4)

    assert (figures.mails_per_s, figures.read_mails_per_s, figures.end_to_end_mails_per_s) == (8.0, 2.0, 1.6)


def test_mail_is_read_and_matched_as_in_the_pipeline(corpus: Corpus) -> None:
    ticks = count()

    done = run(corpus, clock=lambda: float(next(ticks)))

    assert [one.category for one in done.verdicts[:3]] == [MailCategory.CONFIRMATION] * 3
    assert [len(one.links) for one in done.verdicts] == [1, 1, 1, 0]
    assert done.verdicts[3].outcome is UNMATCHED
    assert (done.read_s, done.match_s) == (1.0, 1.0)


def test_there_is_one_prediction_for_each_mail_in_their_order(corpus: Corpus) -> None:
    done = run(corpus, clock=lambda: 0.0)
    linked = replace(done.verdicts[0], outcome=LINKED, application="a1", stage=LinkStage.THREAD)

    lines = [json.loads(line) for line in predictions([linked, *done.verdicts[1:]]).splitlines()]

    assert [line["message_id"] for line in lines] == [mail.message_id for mail in corpus.mails]
    assert lines[0] == {
        "message_id": "<a1@mail.example>",
        "application_id": "a1",
        "outcome": "linked",
        "stage": "thread",
        "category": "confirmation",
    }
    assert lines[3] == {
        "message_id": "<news@mail.example>",
        "application_id": None,
        "outcome": "unmatched",
        "stage": None,
        "category": "not_job",
    }


def test_the_table_says_what_the_figures_say(corpus: Corpus) -> None:
    text = table(scored(corpus, (LINKED, "a1"), (LINKED, "a1"), (REVIEW, None), (PROPOSED, None)))

    assert "4 mails, 3 about one of 3 applications, 1 about none" in text
    assert "siblings right               1 of 2" in text
    assert "company_title" in text


def test_the_command_prints_figures_and_writes_predictions(folder: Path, tmp_path: Path) -> None:
    predicted = tmp_path / "predicted.jsonl"
    arguments = [
        "evaluate",
        "correlation",
        str(folder),
        "--json",
        "--no-model",
        "--predictions",
        str(predicted),
    ]

    done = CliRunner().invoke(app, arguments)

    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["n"], figures["with_truth"], figures["category_accuracy"]) == (4, 3, 1.0)
    assert len(predicted.read_text().splitlines()) == 4


@pytest.mark.parametrize("what", ["mail", "correlation", "companies"])
def test_every_evaluation_can_print_json(what: str) -> None:
    done = CliRunner().invoke(app, ["evaluate", what, "--help"], env={"COLUMNS": "120", "TERM": "dumb"})

    assert done.exit_code == 0, done.output
    assert "--json" in done.stdout
