"""Reads stored mail: what each message of some days says, by today's rules and a person's decisions."""

from __future__ import annotations

import datetime as dt
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Any, Final

from pydantic import TypeAdapter

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail import model, store
from apptrack_pipeline.ingestion.mail.accounts import reader_of
from apptrack_pipeline.ingestion.mail.classify import SecondOpinion
from apptrack_pipeline.ingestion.mail.compose import given_by
from apptrack_pipeline.ingestion.mail.interpret import READER_VERSION, interpret_message
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.signals import Evidence, Found, Head, MailSignals, Reader, Trust
from apptrack_pipeline.ingestion.mail.store import LETTER_BOX, StoredMail
from apptrack_pipeline.settings import Settings

_BATCH: Final = 200
_SIGNALS: Final = TypeAdapter(MailSignals)


@dataclass
class Reading:
    """What a run read, in numbers of messages."""

    read: int = 0
    changed: int = 0
    categories: Counter[str] = field(default_factory=Counter)


def read_days(
    database: Database,
    *,
    first: dt.date,
    last: dt.date,
    run_id: str,
    clock: Callable[[], dt.datetime],
    say: Callable[[str], None],
) -> Reading:
    """Read every message of these days and write what it says; commits as it goes."""
    reading = Reading()
    with database.begin() as connection:
        known = store.tracked_names(connection)
        decided = store.decided_categories(connection)
        corrected = store.mails_by_id(connection, decided.categories)
    readers: dict[str, Reader] = {}
    opinion = cache(lambda: second_opinion(database.settings, corrected, decided.categories))
    with database.begin() as connection:
        mails = store.mails_of_days(connection, first, last)
        while batch := list(islice(mails, _BATCH)):
            rows = []
            for mail in batch:
                if mail.account not in readers:
                    readers[mail.account] = reader_of(database.settings, mail.account, known)
                row = row_of(mail, readers[mail.account], decided.categories.get(mail.id), opinion)
                reading.categories[row["category"]] += 1
                rows.append(row | {"run_id": run_id, "derived_at": clock()})
            with database.begin() as writing:
                changed = store.save_signals(writing, rows)
                reading.changed += len(changed)
                says_more = [row for row in rows if row["mail_id"] in changed]
                store.queue_for_linking(writing, says_more, run_id=run_id, now=clock())
                # Those that were read above, and no other: what is decided meanwhile is due for the next run.
                store.take_decisions(
                    writing, decided, [mail.id for mail in batch], run_id=run_id, now=clock()
                )
            reading.read += len(batch)
            if reading.read % 1000 == 0:
                say(f"{reading.read} messages read")
    return reading


def second_opinion(
    settings: Settings, corrected: Iterable[StoredMail], decided: Mapping[uuid.UUID, str]
) -> SecondOpinion | None:
    """Return the second model, trained on the shipped text and on what a person has corrected.

    None without the extra `ml`, or where the settings leave it out. Training takes seconds, so it is done
    when there is a mail to read.
    """
    if not settings.mail_second_model or not model.is_available():
        return None
    examples = []
    for mail in corrected:
        if mail.raw is not None:
            message = read_message(zlib.decompress(mail.raw))
            category = MailCategory(decided[mail.id])
            examples.append(model.Example(category, message.subject, message.text))
    return model.train(examples)


def row_of(
    mail: StoredMail,
    reader: Reader,
    decided: str | None = None,
    opinion: Callable[[], SecondOpinion | None] = lambda: None,
) -> dict[str, Any]:
    """Return what the table `mail_signals` holds of one message; `decided` is what a person has named."""
    if mail.raw is None:
        return {
            "mail_id": mail.id,
            "category": decided or mail.verdict,
            "certainty": 1.0 if decided else mail.certainty,
            "needs_review": False,
            "decided": decided is not None,
            "trust": str(Trust.OTHER),
            "signals": {},
            "reader_version": mail.reader_version,
        }
    raw = zlib.decompress(mail.raw)
    signals = interpret_message(read_message(raw), reader, opinion())
    if mail.account == LETTER_BOX:
        signals = _with_given(signals, raw)
    if decided is not None:
        named = Evidence("decided_by_a_person", "", "decision")
        # A person who says that it is no job mail has read it in its conversation.
        is_none = decided == MailCategory.NOT_JOB
        signals = replace(
            signals,
            events=() if is_none else signals.events,
            head=Head() if is_none else signals.head,
            judgement=replace(
                signals.judgement,
                category=MailCategory(decided),
                certainty=1.0,
                evidence=(named, *signals.judgement.evidence),
                needs_review=False,
            ),
        )
    return {
        "mail_id": mail.id,
        "category": str(signals.judgement.category),
        "certainty": signals.judgement.certainty,
        "needs_review": signals.judgement.needs_review,
        "decided": decided is not None,
        "trust": str(signals.trust),
        "signals": _SIGNALS.dump_python(signals, mode="json"),
        "reader_version": READER_VERSION,
    }


def _with_given(signals: MailSignals, raw: bytes) -> MailSignals:
    """Return the signals with what the sender of the request has named in place of what was read."""
    given = given_by(raw)
    if given.company_name:
        signals = replace(signals, company=_given(given.company_name))
    if given.job_title:
        signals = replace(signals, title=_given(given.job_title))
    if given.job_posting_url:
        others = tuple(url for url in signals.posting_urls if url.value != given.job_posting_url)
        signals = replace(signals, posting_urls=(_given(given.job_posting_url), *others))
    return signals


def _given(value: str) -> Found:
    return Found(value, "request", "given")
