"""What the pipeline has made of the sample world so far, and whether that is right."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text

from apptrack_pipeline.demo.mailbox import SampleMail
from apptrack_pipeline.demo.world import CAPTURES, ExpectedApplication
from apptrack_pipeline.domain import Completeness, QueueState
from apptrack_pipeline.export.rows import escape_rows
from apptrack_pipeline.export.store import stale_rows, stream_rows
from apptrack_pipeline.ingestion.mail.identity import content_key
from apptrack_pipeline.ingestion.mail.signals import Trust

_QUEUES: Final = ("captures", "decisions", "scraper_queue", "analysis_queue", "parser_queue")
_UNFINISHED: Final = (QueueState.DUE.value, QueueState.RUNNING.value)

_WAITING: Final = " UNION ALL ".join(
    f"SELECT '{queue}', count(*), max(last_error) FROM {queue} WHERE state = ANY (:states)"
    for queue in _QUEUES
)
_COUNTS: Final = """
SELECT
    (SELECT count(*) FROM applications),
    (SELECT count(*) FROM job_postings),
    (SELECT count(*) FROM analysis_results AS r JOIN resumes AS c ON c.id = r.resume_id AND c.active
     WHERE r.is_current),
    (SELECT count(*) FROM tracker_rows),
    (SELECT count(*) FROM mail_signals)
"""
_MAIL: Final = """
SELECT m.content_key, s.category, s.certainty, s.needs_review, s.trust, s.signals -> 'company' ->> 'value',
    s.signals #>> '{judgement,evidence,0,sentence}', m.raw IS NOT NULL
FROM mail AS m JOIN mail_signals AS s ON s.mail_id = m.id
"""
_APPLICATIONS: Final = """
SELECT a.id, a.job_url, t.company_name, t.job_title, a.status, p.completeness, p.language, p.is_open,
    p.closed_reason, p.salary_min, p.salary_max, p.salary_currency, p.salary_period, p.locations,
    p.location_type, a.review_reasons, p.review_reason, r.score, r.reason AS no_score, r.resume_id
FROM applications AS a
LEFT JOIN tracker_rows AS t ON t.application_id = a.id
LEFT JOIN job_postings AS p ON p.application_id = a.id
LEFT JOIN analysis_results AS r ON r.application_id = a.id AND r.is_current
ORDER BY r.score DESC NULLS LAST, a.first_evidence_at
"""


@dataclass(frozen=True)
class Progress:
    """How many rows each stage has written, and how many pieces of work wait or are under way per queue."""

    applications: int = 0
    postings: int = 0
    analyses: int = 0
    exported: int = 0
    mails: int = 0
    stale: int = 0
    """Exported rows that are not what the applications are."""
    waiting: Mapping[str, int] | None = None
    errors: tuple[str, ...] = ()
    """What went wrong with work that waits for its next attempt."""

    @property
    def is_idle(self) -> bool:
        """Whether no queue holds work and every application is exported as it is."""
        return self.stale == 0 and self.waiting is not None and not any(self.waiting.values())


@dataclass(frozen=True)
class TrackedApplication:
    """One application as the tracker shows it."""

    id: uuid.UUID
    url: str | None
    company: str | None
    title: str | None
    status: str
    score: int | None
    no_score: str | None
    is_compared: bool
    locations: tuple[str, ...]
    location_type: str | None
    language: str | None
    salary: tuple[Decimal | None, Decimal | None, str | None, str | None]
    completeness: str | None
    is_open: bool | None
    closed_reason: str | None
    review_reasons: tuple[str, ...]


@dataclass(frozen=True)
class ReadMail:
    """One mail of the sample mailbox, and what the pipeline has read in it."""

    sample: SampleMail
    category: str
    certainty: float
    needs_review: bool
    trust: str
    company: str | None
    sentence: str | None
    """The evidence that weighs most."""
    is_kept: bool

    @property
    def is_right(self) -> bool:
        """Whether the category is the one that the mail was written for."""
        return self.category == self.sample.category


def read_mail(connection: Connection, samples: Sequence[SampleMail]) -> list[ReadMail]:
    """Return what was read in the sample mails so far, in their order."""
    found = {bytes(row[0]): row[1:] for row in connection.execute(text(_MAIL))}
    return [ReadMail(sample, *found[key]) for sample in samples if (key := content_key(sample.raw)) in found]


def mail_differences(read: Sequence[ReadMail], samples: Sequence[SampleMail]) -> list[str]:
    """Return one sentence for each thing that is not as the sample mailbox is; none where all is well."""
    wrong = []
    if len(read) != len(samples):
        wrong.append(f"{len(read)} of {len(samples)} mails were read")
    misread = [mail for mail in read if not mail.is_right]
    # The mailbox has traps on purpose: one in twenty may be misread.
    if len(misread) * 20 > len(read):
        wrong.append(
            "mails were misread: " + "; ".join(f"{mail.sample.key} as {mail.category}" for mail in misread)
        )
    wrong += [
        f"{mail.sample.key}: a forged sender is trusted"
        for mail in read
        if mail.sample.is_forged and mail.is_kept and mail.trust != Trust.FAILED
    ]
    return wrong


def expected_applications() -> dict[str, ExpectedApplication]:
    """Return what to expect, by the address of each posting's first capture."""
    return {capture.url: capture.expected for capture in CAPTURES if capture.expected is not None}


def read_progress(connection: Connection) -> Progress:
    """Return how far the pipeline is."""
    applications, postings, analyses, exported, mails = connection.execute(text(_COUNTS)).one()
    waiting = connection.execute(text(_WAITING), {"states": list(_UNFINISHED)}).all()
    return Progress(
        applications=applications,
        postings=postings,
        analyses=analyses,
        exported=exported,
        mails=mails,
        stale=stale_rows(connection, since_seq=0),
        waiting={name: count for name, count, _ in waiting},
        errors=tuple(f"{name}: {error}" for name, _, error in waiting if error),
    )


def read_applications(connection: Connection) -> list[TrackedApplication]:
    """Return every application, the best fit first."""
    return [
        TrackedApplication(
            id=row.id,
            url=row.job_url,
            company=row.company_name,
            title=row.job_title,
            status=row.status,
            score=row.score,
            no_score=row.no_score,
            is_compared=row.resume_id is not None,
            locations=tuple(row.locations or ()),
            location_type=row.location_type,
            language=row.language,
            salary=(row.salary_min, row.salary_max, row.salary_currency, row.salary_period),
            completeness=row.completeness,
            is_open=row.is_open,
            closed_reason=row.closed_reason,
            review_reasons=(*row.review_reasons, *([row.review_reason] if row.review_reason else [])),
        )
        for row in connection.execute(text(_APPLICATIONS))
    ]


def read_lines(connection: Connection) -> list[list[str]]:
    """Return the lines that the CSV should hold, without the heading."""
    return [list(row) for row in escape_rows(list(stream_rows(connection)))]


def read_runs(connection: psycopg.Connection[Any]) -> Counter[str]:
    """Return how many of Dagster's runs are in each state; `connection` is to Dagster's database."""
    # Asking Dagster itself would mean to import it, 2 s of the demo's time.
    rows = connection.execute("SELECT lower(status), count(*) FROM runs GROUP BY status").fetchall()
    return Counter(dict(rows))


def is_finished(progress: Progress) -> bool:
    """Whether nothing is left to do: each application is tracked, read, compared and exported."""
    expected = expected_applications().values()
    return (
        progress.is_idle
        and progress.applications >= len(expected)
        and progress.postings >= len(expected)
        and progress.exported >= len(expected)
        and progress.analyses >= sum(one.completeness is not Completeness.BLANK for one in expected)
    )


def differences(applications: Sequence[TrackedApplication]) -> list[str]:
    """Return one sentence for each thing that is not as the sample world is; none where all is well."""
    return list(_differences({one.url or "": one for one in applications}))


def _differences(found: Mapping[str, TrackedApplication]) -> Iterator[str]:
    expected = expected_applications()
    for url in found.keys() - expected.keys():
        yield f"an application that nobody captured: {url}"
    for url, wanted in expected.items():
        one = found.get(url)
        if one is None:
            yield f"{wanted.company}: no application for {url}"
            continue
        pairs: list[tuple[str, object, object]] = [
            ("company", one.company, wanted.company),
            ("title", one.title, wanted.title),
            ("status", one.status, wanted.status),
            ("posting", one.completeness, wanted.completeness),
            ("closed", one.is_open is False, wanted.is_closed),
            ("scored", one.score is not None, wanted.is_analysed),
        ]
        if wanted.language is not None:
            pairs.append(("language", one.language, wanted.language))
        if wanted.salary is not None:
            pairs.append(("pay", one.salary, wanted.salary))
        if wanted.completeness is Completeness.BLANK:
            pairs.append(("under review", bool(one.review_reasons), True))
        for what, is_now, should_be in pairs:
            if is_now != should_be:
                yield f"{wanted.company}: {what} is {is_now!s}, not {should_be!s}"
