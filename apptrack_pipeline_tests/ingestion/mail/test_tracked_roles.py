"""Mail of a tracked employer that names a tracked role, in words that no rule knows."""

from __future__ import annotations

import pytest

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.interpret import interpret
from apptrack_pipeline.ingestion.mail.signals import Reader

READER = Reader(known_companies=("Fernhollow",), known_titles=("Search Engineer", "Consultant"))
TEXT = "Before we make up our minds the team would like a coffee with you, and show what a {} does here."


def mail(text: str, sender: str = "dana.reed@fernhollow.com", headers: str = "") -> bytes:
    return f"From: Dana Reed <{sender}>\nSubject: Meeting the team\n{headers}\n{text}\n".encode()


def test_it_is_about_a_job() -> None:
    said = interpret(mail(TEXT.format("Search Engineer")), READER)
    assert said.judgement.category in {MailCategory.FOLLOWUP_OTHER, MailCategory.INTERVIEW}
    assert said.events
    assert not said.events[0].only_in_thread


@pytest.mark.parametrize(
    "raw",
    [
        mail(TEXT.format("Search Engineer"), sender="dana.reed@quillmarsh.com"),
        mail(TEXT.format("Forest Ranger")),
        mail(TEXT.format("Consultant")),
        mail(TEXT.format("Search Engineer"), headers="List-Unsubscribe: <https://fernhollow.com/off>\n"),
    ],
    ids=["another sender", "another role", "one word", "a mailing"],
)
def test_less_than_that_says_nothing(raw: bytes) -> None:
    assert "tracked.role" not in {one.rule for one in interpret(raw, READER).judgement.evidence}
