"""A corpus of applications and labelled mail: two files of JSON lines, and the mail as real messages.

`applications.jsonl` has id, company, title, applied_on, and may have url, job_id, location. `mails.jsonl` has
message_id, thread_id, from, subject, body, date, truth_application (an id, or null for mail that is about
none of the applications), truth_category, and may have to and references. Other keys are ignored.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formataddr, parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from apptrack_pipeline.correlation.facts import ApplicationFacts
from apptrack_pipeline.domain import InvalidInputError, MailCategory
from apptrack_pipeline.ingestion.mail.compose import Given, compose
from apptrack_pipeline.postings.detection import identity_url

APPLICATIONS: Final = "applications.jsonl"
MAILS: Final = "mails.jsonl"

_FIELD: Final = "directory"
_NAMESPACE: Final = uuid.UUID("6f6b5a0e-6a35-5b5e-9a0c-0d5f4f1f3c11")
"""Ids of corpora are any strings; their UUIDs are made of them in here."""
_NAME_AND_ADDRESS: Final = re.compile(r"\s*(?P<name>.*?)\s*<(?P<address>[^<>]*)>\s*", re.DOTALL)


@dataclass(frozen=True)
class LabelledMail:
    """One mail of a corpus and what is true of it."""

    id: uuid.UUID
    message_id: str
    """As the corpus spells it."""
    thread_key: str | None
    """`gmail:<thread_id>`; None where the corpus names no thread."""
    received_at: dt.datetime
    raw: bytes
    """The message (RFC 5322)."""
    truth_application: str | None
    """Id as the corpus spells it; None where the mail is about none of its applications."""
    truth_category: MailCategory | None
    """None where the corpus names none of the nine."""


@dataclass(frozen=True)
class Corpus:
    """Applications and the mail that is to find them."""

    applications: tuple[ApplicationFacts, ...]
    names: dict[uuid.UUID, str]
    """By application: its id as the corpus spells it."""
    mails: tuple[LabelledMail, ...]


def read_corpus(directory: Path) -> Corpus:
    """Return the corpus of a folder; raises InvalidInputError that names file and line and what to do."""
    mails: list[LabelledMail] = []
    applications: dict[str, ApplicationFacts] = {}
    application_lines = list(_lines(directory / APPLICATIONS))
    mail_lines = list(_lines(directory / MAILS))
    # An application that nobody has dated was there before all mail that may be about it.
    dates = [line.moment("date") for line in mail_lines]
    earliest = min(
        [*dates, *(at for line in application_lines if (at := line.day("applied_on")))], default=None
    )
    if earliest is None:
        raise InvalidInputError(_FIELD, f"{directory / MAILS} has no mail")
    for line in application_lines:
        name = line.word("id")
        if name in applications:
            raise line.error(f"id {name!r} stands on an earlier line too: give each application its own")
        applications[name] = _application(name, line, earliest)
    for line, received_at in zip(mail_lines, dates, strict=True):
        mails.append(_mail(line, received_at, applications))
    return Corpus(
        tuple(applications.values()), {facts.id: name for name, facts in applications.items()}, tuple(mails)
    )


def _application(name: str, line: _Line, earliest: dt.datetime) -> ApplicationFacts:
    applied_at = line.day("applied_on")
    spelled = name.lower()
    bare = spelled.replace("-", "")
    return ApplicationFacts(
        id=uuid.uuid5(_NAMESPACE, f"application {name}"),
        companies=line.words("company"),
        titles=line.words("title"),
        applied_at=applied_at,
        known_since=applied_at or earliest,
        locations=line.words("location"),
        requisition_ids=line.words("job_id"),
        urls=tuple(line.url(text) for text in line.words("url")),
        tags=tuple(dict.fromkeys((spelled, bare, f"app{spelled}", f"app-{spelled}", f"app{bare}"))),
    )


def _mail(line: _Line, received_at: dt.datetime, applications: dict[str, ApplicationFacts]) -> LabelledMail:
    message_id = line.word("message_id")
    truth = next(iter(line.words("truth_application", required=True)), None)
    if truth is not None and truth not in applications:
        raise line.error(
            f"truth_application {truth!r} is no id of {APPLICATIONS}; null means that it is about none"
        )
    category = next(iter(line.words("truth_category")), None)
    thread = next(iter(line.words("thread_id")), None)
    raw = compose(
        message_id=message_id,
        from_email=_mailbox(line.text("from")),
        subject=line.text("subject"),
        text=line.text("body"),
        sent_at=received_at,
        given=Given(),
        to=tuple(map(_mailbox, line.words("to"))),
        references=line.words("references"),
    )
    return LabelledMail(
        id=uuid.uuid5(_NAMESPACE, f"mail {line.number} {message_id}"),
        message_id=message_id,
        thread_key=f"gmail:{thread}" if thread else None,
        received_at=received_at,
        raw=raw,
        truth_application=truth,
        truth_category=MailCategory(category) if category in set(MailCategory) else None,
    )


def _mailbox(text: str) -> str:
    """Return `Acme, Inc. <jobs@acme.example>` with its name quoted as a header wants it."""
    # `formataddr` encodes line ends in a name, and no message takes them back.
    text = "".join(char if char.isprintable() else " " for char in text)
    found = _NAME_AND_ADDRESS.fullmatch(text)
    if not found:
        return text
    return formataddr((found["name"].strip('"').replace('\\"', '"'), found["address"].strip()))


@dataclass(frozen=True)
class _Line:
    """One object of a file of JSON lines."""

    file: Path
    number: int
    values: dict[str, Any]

    def error(self, what: str) -> InvalidInputError:
        return InvalidInputError(_FIELD, f"{self.file}, line {self.number}: {what}")

    def text(self, name: str) -> str:
        """Return a text, which may be empty, but must be there."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self.error(f"{name} must be a text" + ("" if name in self.values else ", and is missing"))
        return value

    def word(self, name: str) -> str:
        """Return a text or number that must say something."""
        words = self.words(name, required=True)
        if len(words) != 1:
            raise self.error(f"{name} must be a text that is not empty")
        return words[0]

    def words(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """Return the texts or numbers of a key: none of null and "", one, or those of a list."""
        if required and name not in self.values:
            raise self.error(f"{name} is missing")
        value = self.values.get(name)
        found = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(one, str | int) and not isinstance(one, bool) for one in found):
            raise self.error(f"{name} must be a text or null")
        return tuple(text for one in found if (text := str(one).strip()))

    def moment(self, name: str) -> dt.datetime:
        """Return a time in UTC, of RFC 3339 or as in mail (RFC 5322); without a zone it is UTC."""
        text = self.word(name)
        try:
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            try:
                found = parsedate_to_datetime(text)
            except ValueError:
                raise self.error(
                    f"{name} {text!r} is no time: write it as 2026-03-02T09:30:00+00:00"
                ) from None
        return found.replace(tzinfo=found.tzinfo or dt.UTC).astimezone(dt.UTC)

    def day(self, name: str) -> dt.datetime | None:
        """Return a time in UTC, midnight of a date, None of null and of a key that is missing."""
        return self.moment(name) if self.words(name) else None

    def url(self, text: str) -> str:
        try:
            return identity_url(text if "://" in text else f"https://{text}")
        except InvalidInputError as error:
            raise self.error(f"url {text!r} {error.message}; leave it out where there is none") from None


def _lines(file: Path) -> Iterator[_Line]:
    if not file.is_file():
        raise InvalidInputError(_FIELD, f"{file} is missing: a corpus is {APPLICATIONS} and {MAILS}")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(_FIELD, f"{file} is not UTF-8 (byte {error.start})") from None
    for number, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            values = json.loads(content)
        except ValueError as error:
            raise InvalidInputError(
                _FIELD, f"{file}, line {number}: is no JSON ({error}); write one object on each line"
            ) from None
        if not isinstance(values, dict):
            raise InvalidInputError(_FIELD, f"{file}, line {number}: must be an object, {{...}}")
        yield _Line(file, number, values)
