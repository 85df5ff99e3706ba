"""The second model agrees, proposes or sends to review, and never moves a status by itself."""

from __future__ import annotations

import pytest

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail import model
from apptrack_pipeline.ingestion.mail.classify import STATUS_CHANGING, judge
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.model import Example, WordModel, shipped_examples, train
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.signals import (
    Reader,
)

NOBODY = Reader()


class Says:
    """A second opinion that is always the same, and counts how often it was asked."""

    def __init__(self, category: MailCategory, probability: float) -> None:
        self.answer = (category, probability)
        self.asked = 0

    def opinion(self, message: Message) -> tuple[MailCategory, float]:
        self.asked += 1
        return self.answer


def mail(text: str, subject: str = "") -> Message:
    return read_message(f"Subject: {subject}\n\n{text}\n".encode())


UNSURE_REJECTION = mail(
    "It was a difficult decision, and we saw many strong candidates for the role. We wish you luck in "
    "your job search."
)
CLEAR_RECEIPT = mail(
    "Thank you for applying. We have received your application for the Data Analyst position and will "
    "review it.",
    "Application received",
)
UNKNOWN_WORDS = mail("Quick note on the engineer role: the panel wants to know how you feel about Friday.")
SMALL_TALK = mail("The weather was fine, and the cat says hello.")


def test_where_the_rules_are_sure_of_a_receipt_nobody_else_is_asked() -> None:
    other = Says(MailCategory.REJECTION, 0.99)
    assert judge(CLEAR_RECEIPT, NOBODY, other) == judge(CLEAR_RECEIPT, NOBODY)
    assert other.asked == 0


def test_mail_without_a_word_of_jobs_is_not_asked_about() -> None:
    other = Says(MailCategory.OFFER, 0.99)
    assert judge(SMALL_TALK, NOBODY, other).category is MailCategory.NOT_JOB
    assert other.asked == 0


def test_agreement_makes_surer() -> None:
    alone = judge(UNSURE_REJECTION, NOBODY)
    agreed = judge(UNSURE_REJECTION, NOBODY, Says(MailCategory.REJECTION, 0.9))
    assert alone.category is agreed.category is MailCategory.REJECTION
    assert agreed.certainty > alone.certainty


def test_disagreement_about_a_status_goes_to_a_person() -> None:
    disputed = judge(UNSURE_REJECTION, NOBODY, Says(MailCategory.CONFIRMATION, 0.7))
    assert disputed.category is MailCategory.REJECTION
    assert disputed.needs_review
    assert disputed.evidence[-1].rule == "model.disagrees"


@pytest.mark.parametrize("category", sorted(set(MailCategory) - {MailCategory.NOT_JOB}))
def test_what_only_the_model_sees_waits_for_a_person(category: MailCategory) -> None:
    proposed = judge(UNKNOWN_WORDS, NOBODY, Says(category, 0.7))
    assert judge(UNKNOWN_WORDS, NOBODY).evidence == ()
    assert proposed.category is category
    assert proposed.needs_review
    assert proposed.evidence[0].rule == "model.proposes"


SURE_REJECTION = mail(
    "After careful consideration we have decided not to move forward with your application. We have chosen "
    "another candidate whose experience more closely matches the role.",
    "Your application for the engineer role",
)
SURE_NEWSLETTER = mail(
    "In this week's issue: resume tips for engineers, mock interviews, and a webinar. Our newsletter has "
    "20,000 subscribers. Unsubscribe.",
    "Newsletter: land your dream job",
)


@pytest.mark.parametrize(
    ("sure", "category"),
    [(SURE_REJECTION, MailCategory.NOT_JOB), (SURE_NEWSLETTER, MailCategory.OFFER)],
)
def test_where_both_are_sure_and_differ_about_a_status_the_rules_stand_and_a_person_looks(
    sure: Message, category: MailCategory
) -> None:
    alone = judge(sure, NOBODY)
    disputed = judge(sure, NOBODY, Says(category, 0.95))
    assert alone.certainty >= 0.9
    assert not alone.needs_review
    assert disputed.category is alone.category
    assert disputed.needs_review


def test_an_alert_that_the_model_takes_for_other_mail_needs_no_person() -> None:
    alert = mail("12 new jobs for you: Data Analyst, Engineer. Apply now.", "Job alert")
    assert judge(alert, NOBODY, Says(MailCategory.NOT_JOB, 0.95)) == judge(alert, NOBODY)


def test_a_weak_opinion_proposes_nothing() -> None:
    assert judge(UNKNOWN_WORDS, NOBODY, Says(MailCategory.OFFER, 0.45)).category is MailCategory.NOT_JOB


def test_ones_own_mail_is_never_asked_about() -> None:
    other = Says(MailCategory.OFFER, 0.99)
    own = read_message(
        b"From: sam@example.org\nSubject: Re: role\n\nI like the engineer role and the team.\n"
    )
    judge(own, Reader(own_addresses=frozenset({"sam@example.org"})), other)
    assert other.asked == 0


def test_the_shipped_text_covers_every_category_in_four_languages() -> None:
    examples = shipped_examples()
    assert {one.category for one in examples} == set(MailCategory)
    for word in ("application", "candidature", "Bewerbung", "candidatura"):
        assert sum(word in one.text or word in one.subject for one in examples) > 10


@pytest.fixture(scope="module")
def trained() -> WordModel:
    pytest.importorskip("sklearn")
    return train()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We have decided to move forward with other candidates for the role.", MailCategory.REJECTION),
        (
            "Thank you for applying. We have received your application and will review it.",
            MailCategory.CONFIRMATION,
        ),
        ("Please complete the coding test within seven days.", MailCategory.ASSESSMENT),
        ("Nous ne donnerons pas suite à votre candidature.", MailCategory.REJECTION),
        ("Your parcel has been shipped and will arrive on Monday.", MailCategory.NOT_JOB),
    ],
)
def test_the_trained_model_knows_the_plain_cases(
    trained: WordModel, text: str, expected: MailCategory
) -> None:
    category, probability = trained.opinion(mail(text))
    assert category is expected
    assert 0.0 < probability <= 1.0


def test_training_is_repeatable(trained: WordModel) -> None:
    assert train().opinion(UNKNOWN_WORDS) == trained.opinion(UNKNOWN_WORDS)


def test_a_persons_correction_changes_the_opinion(trained: WordModel) -> None:
    text = "Zorblatt frumious bandersnatch of the vorpal kind, with regards from the tulgey wood."
    taught = train([Example(MailCategory.OFFER, "Zorblatt", text)] * 2)
    assert taught.opinion(mail(text, "Zorblatt"))[0] is MailCategory.OFFER
    assert trained.opinion(mail(text, "Zorblatt"))[0] is not MailCategory.OFFER


def test_without_the_library_training_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "find_spec", lambda name: None)
    with pytest.raises(model.ConfigurationError, match="scikit-learn"):
        train()


def test_status_changing_categories_are_the_four_that_move_an_application() -> None:
    assert {
        MailCategory.REJECTION,
        MailCategory.OFFER,
        MailCategory.INTERVIEW,
        MailCategory.ASSESSMENT,
    } == STATUS_CHANGING
