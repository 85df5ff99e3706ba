"""What the pipeline has made of the sample world so far, and whether that is right."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text

from apptrack_pipeline.correlation.links import LinkOutcome
from apptrack_pipeline.correlation.mail_facts import ABOUT_AN_APPLICATION
from apptrack_pipeline.demo.mailbox import SampleMail
from apptrack_pipeline.demo.world import CAPTURES, MADE_OF_MAIL, ExpectedApplication, ReadFrom
from apptrack_pipeline.domain import Completeness, QueueState, Status
from apptrack_pipeline.export.rows import escape_rows
from apptrack_pipeline.export.store import stale_rows, stream_rows
from apptrack_pipeline.ingestion.mail.identity import content_key
from apptrack_pipeline.ingestion.mail.signals import Trust

LEAST_RIGHT: Final = 31
"""Mails of the sample mailbox that must be linked to their application; the others may wait for a person."""

LEAST_PLATFORMS: Final = 8
"""Platforms of which the demo must show a full posting."""

_QUEUES: Final = (
    "captures",
    "decisions",
    "link_queue",
    "evidence_queue",
    "scraper_queue",
    "posting_queue",
    "analysis_queue",
    "parser_queue",
)
_UNFINISHED: Final = (QueueState.DUE.value, QueueState.RUNNING.value)

_WAITING: Final = " UNION ALL ".join(
    f"SELECT '{queue}', count(*), max(last_error) FROM {queue} WHERE state = ANY (:states)"
    for queue in _QUEUES
)
_COUNTS: Final = """
SELECT
    (SELECT count(*) FROM applications WHERE merged_into IS NULL),
    (SELECT count(*) FROM job_postings),
    (SELECT count(*) FROM analysis_results AS r JOIN resumes AS c ON c.id = r.resume_id AND c.active
     WHERE r.is_current),
    (SELECT count(*) FROM tracker_rows),
    (SELECT count(*) FROM mail_signals),
    (SELECT count(*) FROM mail_signals AS s WHERE category = ANY (:about) AND signals -> 'events' <> '[]'
     AND NOT EXISTS (SELECT FROM mail_links WHERE mail_id = s.mail_id))
"""
_MAIL: Final = """
SELECT m.content_key, s.category, s.certainty, s.needs_review, s.trust, s.signals -> 'company' ->> 'value',
    s.signals #>> '{judgement,evidence,0,sentence}', m.raw IS NOT NULL
FROM mail AS m JOIN mail_signals AS s ON s.mail_id = m.id
"""
# Of a mail that reports several things, the outcome that does most stands for all.
_LINKS: Final = """
SELECT DISTINCT ON (m.content_key) m.content_key, l.outcome, l.application_id,
    coalesce(heir.job_url, a.job_url)
FROM mail AS m
JOIN mail_links AS l ON l.mail_id = m.id
LEFT JOIN applications AS a ON a.id = l.application_id
LEFT JOIN applications AS heir ON heir.id = a.merged_into
ORDER BY m.content_key, array_position(ARRAY['linked', 'proposed', 'review', 'unmatched'], l.outcome), l.event
"""
_NEWS: Final = """
SELECT DISTINCT ON (e.details ->> 'to') e.occurred_at, e.event_type, t.company_name, t.job_title, e.summary,
    e.details ->> 'sentence'
FROM timeline_events AS e JOIN tracker_rows AS t ON t.application_id = e.application_id
WHERE e.event_type = 'status_changed' AND e.retracted_at IS NULL AND e.details ->> 'to' = ANY (:statuses)
    AND e.details ->> 'sentence' <> ''
ORDER BY e.details ->> 'to', e.occurred_at, t.application_id
"""
_APPLICATIONS: Final = """
SELECT a.id, a.job_url, t.company_name, t.job_title, a.status, p.completeness, p.language, p.is_open,
    p.closed_reason, p.salary_min, p.salary_max, p.salary_currency, p.salary_period, p.locations,
    p.location_type, p.employment_type, p.platform, f.kind AS fetched, a.review_reasons, p.review_reason,
    r.score, r.reason AS no_score, r.resume_id
FROM applications AS a
LEFT JOIN tracker_rows AS t ON t.application_id = a.id
LEFT JOIN job_postings AS p ON p.application_id = a.id
LEFT JOIN scraped_postings AS f ON f.id = p.scraped_posting_id
LEFT JOIN analysis_results AS r ON r.application_id = a.id AND r.is_current
WHERE a.merged_into IS NULL
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
    unlinked: int = 0
    """Mails that report something, and whose application has not been looked for."""
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
    employment_type: str | None
    platform: str | None
    fetched: str | None
    """Which kind of answer of its site the posting was read from; None: from no answer."""
    language: str | None
    salary: tuple[Decimal | None, Decimal | None, str | None, str | None]
    completeness: str | None
    is_open: bool | None
    closed_reason: str | None
    review_reasons: tuple[str, ...]

    @property
    def read_from(self) -> ReadFrom:
        """Where the text of the posting came from."""
        if self.completeness not in {Completeness.FULL, Completeness.PARTIAL}:
            return "nothing"
        if self.fetched is None:
            return "captured page"
        return "API" if self.fetched == "api" else "fetched page"


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


@dataclass(frozen=True)
class LinkedMail:
    """One mail of the sample mailbox, and the application that the pipeline says it is about."""

    sample: SampleMail
    outcome: LinkOutcome
    application: str | None
    """Where it is linked: key of the capture, or the id of an application that nobody captured."""


@dataclass(frozen=True)
class Correlation:
    """How far the links of the sample mailbox are those of its labels; all counts are of mails."""

    about_one: int
    """Labelled with an application."""
    right: int
    wrong: int
    """Linked to another application than the label says."""
    abstained: int
    """About an application, and not linked."""
    asked: int
    """Of these: a person is asked."""
    false_links: int
    """Linked, and about none."""
    duplicates: int
    """About a tracked application, and taken for an untracked one."""
    proposed: int


def read_links(connection: Connection, samples: Sequence[SampleMail]) -> list[LinkedMail]:
    """Return what was said of the sample mails, in their order; what reports nothing is unmatched."""
    keys = {capture.url: capture.key for capture in CAPTURES}
    found = {bytes(row[0]): row[1:] for row in connection.execute(text(_LINKS))}
    links = []
    for sample in samples:
        said, application_id, url = found.get(content_key(sample.raw), (LinkOutcome.UNMATCHED, None, None))
        outcome = LinkOutcome(said)
        application = keys.get(url, str(application_id)) if outcome is LinkOutcome.LINKED else None
        links.append(LinkedMail(sample, outcome, application))
    return links


def score(links: Sequence[LinkedMail]) -> Correlation:
    """Compare the links with the labels of the mailbox."""
    linked = [one for one in links if one.outcome is LinkOutcome.LINKED]
    about_one = [one for one in links if one.sample.application is not None]
    right = sum(one.application == one.sample.application for one in linked)
    false_links = sum(one.sample.application is None for one in linked)
    abstained = [one for one in about_one if one.outcome is not LinkOutcome.LINKED]
    return Correlation(
        about_one=len(about_one),
        right=right,
        wrong=len(linked) - right - false_links,
        abstained=len(abstained),
        asked=sum(one.outcome is LinkOutcome.REVIEW for one in abstained),
        false_links=false_links,
        duplicates=sum(one.outcome is LinkOutcome.PROPOSED for one in about_one),
        proposed=sum(one.outcome is LinkOutcome.PROPOSED for one in links),
    )


def link_differences(links: Sequence[LinkedMail]) -> list[str]:
    """Return one sentence for each thing in which the links are not as they must be."""
    wrong = []
    for one in links:
        label, is_linked = one.sample.application, one.outcome is LinkOutcome.LINKED
        if is_linked and one.application != label:
            wrong.append(f"{one.sample.key} is linked to {one.application}, and is about {label or 'none'}")
        if label is not None and one.outcome is LinkOutcome.PROPOSED:
            wrong.append(f"{one.sample.key} proposes a second application for {label}")
    done = score(links)
    if done.right < LEAST_RIGHT:
        apart = [one.sample.key for one in links if one.sample.application not in (None, one.application)]
        wrong.append(
            f"{done.right} mails found their application, not {LEAST_RIGHT}; not " + ", ".join(apart)
        )
    return wrong


@dataclass(frozen=True)
class News:
    """One event of a timeline that a mail has made."""

    occurred_at: dt.datetime
    event_type: str
    company: str
    title: str
    summary: str
    sentence: str


def read_news(connection: Connection) -> list[News]:
    """Return the first interview and the first rejection by which a mail has moved a status."""
    rows = connection.execute(text(_NEWS), {"statuses": [Status.INTERVIEW, Status.REJECTED]})
    return [News(*row) for row in rows]


def expected_applications() -> dict[str, ExpectedApplication]:
    """Return what to expect, by the address of each posting's first capture."""
    return {capture.url: capture.expected for capture in CAPTURES if capture.expected is not None}


def read_progress(connection: Connection) -> Progress:
    """Return how far the pipeline is."""
    counts = connection.execute(text(_COUNTS), {"about": sorted(ABOUT_AN_APPLICATION)}).one()
    applications, postings, analyses, exported, mails, unlinked = counts
    waiting = connection.execute(text(_WAITING), {"states": list(_UNFINISHED)}).all()
    return Progress(
        applications=applications,
        postings=postings,
        analyses=analyses,
        exported=exported,
        mails=mails,
        unlinked=unlinked,
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
            employment_type=row.employment_type,
            platform=row.platform,
            fetched=row.fetched,
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


def is_finished(progress: Progress, *, mails: int) -> bool:
    """Whether nothing is left to do: all is tracked, read, compared and exported, and `mails` are linked."""
    expected = expected_applications().values()
    return (
        progress.is_idle
        and progress.applications >= len(expected)
        and progress.postings >= len(expected)
        and progress.exported >= len(expected)
        and progress.analyses >= sum(one.completeness is not Completeness.BLANK for one in expected)
        and progress.mails >= mails
        and progress.unlinked == 0
    )


def differences(applications: Sequence[TrackedApplication], *, with_mail: bool) -> list[str]:
    """Return one sentence for each thing that is not as the sample world is; none where all is well.

    `with_mail`: the sample mailbox has been read, too.
    """
    return [
        *_differences({one.url: one for one in applications if one.url is not None}, with_mail=with_mail),
        *_of_mail_alone([one for one in applications if one.url is None], with_mail=with_mail),
        *_too_few_platforms(applications),
    ]


def full_postings(applications: Sequence[TrackedApplication]) -> list[TrackedApplication]:
    """Return the applications whose posting has title, company and a whole description."""
    return [one for one in applications if one.completeness == Completeness.FULL]


def _too_few_platforms(applications: Sequence[TrackedApplication]) -> Iterator[str]:
    platforms = {one.platform for one in full_postings(applications)} - {None}
    if len(platforms) < LEAST_PLATFORMS:
        yield f"full postings came from {len(platforms)} platforms, not {LEAST_PLATFORMS}"


def _of_mail_alone(applications: Sequence[TrackedApplication], *, with_mail: bool) -> Iterator[str]:
    expected = Counter(
        f"{company}, {title} ({status})" for company, title, status in (MADE_OF_MAIL if with_mail else ())
    )
    made = Counter(f"{one.company}, {one.title} ({one.status})" for one in applications)
    yield from (f"mail has made an application that it should not: {one}" for one in made - expected)
    yield from (f"mail has not made an application: {one}" for one in expected - made)


def _differences(found: Mapping[str, TrackedApplication], *, with_mail: bool) -> Iterator[str]:
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
            ("status", one.status, wanted.after_mail if with_mail else wanted.status),
            ("posting", one.completeness, wanted.completeness),
            ("closed", one.is_open is False, wanted.is_closed),
            ("scored", one.score is not None, wanted.is_analysed),
            ("platform", one.platform, wanted.platform),
            ("read from", one.read_from, wanted.read_from),
            ("places", one.locations, wanted.locations),
            ("employment type", one.employment_type, wanted.employment_type),
        ]
        if wanted.language is not None:
            pairs.append(("language", one.language, wanted.language))
        if wanted.salary is not None:
            pairs.append(("pay", one.salary, wanted.salary))
        if wanted.review is not None:
            pairs.append(("under review", wanted.review in one.review_reasons, True))
        for what, is_now, should_be in pairs:
            if is_now != should_be:
                yield f"{wanted.company}: {what} is {is_now!s}, not {should_be!s}"
