"""Every table, as SQLAlchemy 2 models; `sql/` holds the migrations that create them.

Each table is written by one stage, named in its docstring. Times are `timestamptz` in UTC. Ids are UUIDv7.
Every index is named for the query that it serves: `ix_<table>_<query>`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, TSVECTOR, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from apptrack_pipeline.domain import (
    Completeness,
    DecisionKind,
    EventType,
    MailCategory,
    Outcome,
    QueueState,
    Stage,
    Status,
    UidState,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of the models; its metadata is what the migrations are compared with."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: UUID(as_uuid=True),
        dt.datetime: DateTime(timezone=True),
        dt.date: Date(),
        str: Text(),
        bytes: BYTEA(),
        int: BigInteger(),
        Decimal: Numeric(14, 2),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: ARRAY(Text()),
    }


def _one_of(column: str, values: type[StrEnum] | Iterable[str], name: str | None = None) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=name or column)


def _due(table: str) -> Index:
    return Index(f"ix_{table}_due", "due_at", "application_id", postgresql_where=text("state = 'due'"))


def _unreported(table: str) -> Index:
    return Index(
        f"ix_{table}_unreported",
        "claimed_by",
        postgresql_where=text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )


class Delivery:
    """Columns by which a row is handed to a run; `db.queues` alone changes them."""

    state: Mapped[str] = mapped_column(
        server_default=QueueState.DUE.value, comment="due, running, done or failed"
    )
    due_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), comment="Not to be taken before")
    attempts: Mapped[int] = mapped_column(
        SmallInteger(), server_default="0", comment="How often a run took it"
    )
    claimed_by: Mapped[str | None] = mapped_column(comment="Dagster run that took it last")
    claimed_at: Mapped[dt.datetime | None] = mapped_column()
    finished_at: Mapped[dt.datetime | None] = mapped_column(comment="When it was done or given up")
    reported_at: Mapped[dt.datetime | None] = mapped_column(
        comment="When the run that took it told Dagster; null: it works still, or it died"
    )
    last_error: Mapped[str | None] = mapped_column(comment="Why the last attempt failed")


class Capture(Delivery, Base):
    """One page or row that a person sent, as it came in; written by the API, never changed.

    The columns of `Delivery` are the exception: the stage `applications` changes those alone.
    A trigger refuses any change of the evidence itself.
    """

    __tablename__ = "captures"
    __table_args__ = (
        _one_of("state", QueueState),
        CheckConstraint("octet_length(url_hash) = 32", name="url_hash"),
        CheckConstraint("octet_length(body_hash) = 32", name="body_hash"),
        Index("uq_captures_first_of_url", "url_hash", unique=True, postgresql_where=text("first_of_url")),
        UniqueConstraint("url_hash", "body_hash", name="uq_captures_same_body_again"),
        Index("ix_captures_evidence_of_application", "application_id", "seq"),
        _due("captures"),
        _unreported("captures"),
        {"comment": "Raw evidence: one row per page or entry that a person sent"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Identity(always=True), unique=True, comment="Order of arrival")
    application_id: Mapped[uuid.UUID] = mapped_column(comment="Key of the application and of its partition")
    first_of_url: Mapped[bool] = mapped_column(comment="The capture that gave this URL its application")
    job_posting_url: Mapped[str] = mapped_column(comment="As it was sent")
    canonical_url: Mapped[str] = mapped_column(comment="Decides which captures are of the same posting")
    url_hash: Mapped[bytes] = mapped_column(comment="SHA-256 of the canonical URL")
    fields: Mapped[dict[str, Any]] = mapped_column(
        comment="The body without the page: company_name, job_title, notes, page_title, applied, ..."
    )
    body: Mapped[bytes] = mapped_column(comment="The request's JSON as it came in, page included")
    body_hash: Mapped[bytes] = mapped_column(comment="SHA-256 of the body")
    source: Mapped[str] = mapped_column(comment="browser_extension, api, import")
    captured_at: Mapped[dt.datetime] = mapped_column(comment="When the person pressed the button")
    received_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Decision(Delivery, Base):
    """What a person decided, kept apart from what is derived; written by the API."""

    __tablename__ = "decisions"
    __table_args__ = (
        _one_of("state", QueueState),
        _one_of("kind", DecisionKind),
        Index("ix_decisions_of_application", "application_id", "seq"),
        Index(
            "ix_decisions_in_force_by_kind", "kind", "decided_at", postgresql_where=text("undone_at IS NULL")
        ),
        _due("decisions"),
        _unreported("decisions"),
        {"comment": "One row per decision of a person; wins on every replay"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    application_id: Mapped[uuid.UUID | None] = mapped_column(
        comment="Null where it is about mail or names alone"
    )
    kind: Mapped[str] = mapped_column()
    payload: Mapped[dict[str, Any]] = mapped_column(comment="What was decided, by kind")
    decided_at: Mapped[dt.datetime] = mapped_column()
    actor: Mapped[str] = mapped_column(comment="Who decided: the token's or the command's name")
    undone_at: Mapped[dt.datetime | None] = mapped_column(comment="Set when the person took it back")


class Application(Base):
    """One row per application, folded from its evidence and decisions; written by `applications`."""

    __tablename__ = "applications"
    __table_args__ = (
        _one_of("status", Status),
        CheckConstraint("cardinality(review_reasons) = 0 OR needs_review", name="review"),
        Index("ix_applications_list_newest", text("last_evidence_at DESC"), text("id DESC")),
        Index("ix_applications_list_by_status", "status", text("last_evidence_at DESC"), text("id DESC")),
        Index("ix_applications_list_by_company", "company_key", text("last_evidence_at DESC")),
        Index("ix_applications_list_by_applied_date", text("applied_at DESC NULLS LAST"), text("id DESC")),
        Index(
            "ix_applications_review_list",
            text("last_evidence_at DESC"),
            postgresql_where=text("needs_review AND archived_at IS NULL"),
        ),
        Index(
            "ix_applications_open_of_company",
            "company_key",
            "title_key",
            postgresql_where=text("status NOT IN ('accepted', 'declined', 'rejected', 'withdrawn')"),
        ),
        Index("ix_applications_by_url", "url_hash"),
        Index("ix_applications_by_match_key", "match_keys", postgresql_using="gin"),
        Index("ix_applications_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("ix_applications_search_text", "search", postgresql_using="gin"),
        {"comment": "One row per application"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    company_name: Mapped[str | None] = mapped_column()
    company_key: Mapped[str | None] = mapped_column(comment="Company name as it is compared")
    job_title: Mapped[str | None] = mapped_column()
    title_key: Mapped[str | None] = mapped_column(comment="Job title as it is compared")
    status: Mapped[str] = mapped_column()
    status_since: Mapped[dt.datetime] = mapped_column(comment="Date of the evidence that moved it here")
    status_confirmed: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="False: an offer or a rejection that is not certain yet"
    )
    applied_at: Mapped[dt.datetime | None] = mapped_column()
    source: Mapped[str] = mapped_column(comment="Kind of the first evidence")
    job_url: Mapped[str | None] = mapped_column(comment="As it was captured first")
    canonical_url: Mapped[str | None] = mapped_column()
    url_hash: Mapped[bytes | None] = mapped_column()
    notes: Mapped[str | None] = mapped_column()
    needs_review: Mapped[bool] = mapped_column(server_default=text("false"))
    review_reasons: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    archived_at: Mapped[dt.datetime | None] = mapped_column()
    merged_into: Mapped[uuid.UUID | None] = mapped_column(
        comment="The application that this one's evidence counts for now; it is listed nowhere"
    )
    from_mail_alone: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="Made of mail; no capture and no person has spoken of it yet"
    )
    match_keys: Mapped[list[str]] = mapped_column(
        server_default=text("'{}'::text[]"), comment="Keys of which mail about it shares at least one"
    )
    first_evidence_at: Mapped[dt.datetime] = mapped_column()
    last_evidence_at: Mapped[dt.datetime] = mapped_column()
    capture_seq: Mapped[int] = mapped_column(server_default="0", comment="Last capture that is folded in")
    decision_seq: Mapped[int] = mapped_column(server_default="0", comment="Last decision that is folded in")
    row_hash: Mapped[bytes] = mapped_column(
        comment="SHA-256 of the folded row: the same evidence, the same hash"
    )
    fold_version: Mapped[str] = mapped_column(comment="Version of the rules that made this row")
    run_id: Mapped[str] = mapped_column(comment="Run that last changed this row")
    changed_at: Mapped[dt.datetime] = mapped_column()
    search: Mapped[Any] = mapped_column(
        TSVECTOR(),
        Computed(
            "to_tsvector('simple', coalesce(company_name, '') || ' ' || coalesce(job_title, '')"
            " || ' ' || coalesce(notes, ''))",
            persisted=True,
        ),
    )


class ScrapedPosting(Base):
    """One answer of a posting's site, archived as it came, or that none came; written by the stage
    `scraped_postings`.

    Postings derive from it again without the network.
    """

    __tablename__ = "scraped_postings"
    __table_args__ = (
        _one_of("kind", ("api", "page")),
        CheckConstraint("(http_status IS NULL) = (error IS NOT NULL)", name="answered"),
        CheckConstraint("(http_status IS NULL) = (final_url IS NULL)", name="final_url"),
        CheckConstraint("confirms_id IS NULL OR body IS NULL", name="confirms"),
        Index("ix_scraped_postings_latest_of_application", "application_id", text("fetched_at DESC")),
        Index(
            "ix_scraped_postings_confirmations",
            "confirms_id",
            postgresql_where=text("confirms_id IS NOT NULL"),
        ),
        {"comment": "Raw evidence: one row per request to a posting's site, with its answer"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column()
    posting_url: Mapped[str] = mapped_column(comment="Address of the posting that was looked at, as captured")
    kind: Mapped[str] = mapped_column(comment="api: for programs; page: what people see")
    url: Mapped[str] = mapped_column(comment="What was asked for")
    host: Mapped[str] = mapped_column(comment="Host that was asked")
    http_status: Mapped[int | None] = mapped_column(SmallInteger(), comment="Null: no answer, see error")
    final_url: Mapped[str | None] = mapped_column(comment="Where redirects ended")
    headers: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'::jsonb"), comment="Those that say what the body is; lower-case names"
    )
    body: Mapped[bytes | None] = mapped_column(comment="The body, compressed by zlib")
    confirms_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("scraped_postings.id", ondelete="CASCADE"),
        comment="304: the row whose body is still the posting's",
    )
    error: Mapped[str | None] = mapped_column(
        comment="Why there is no answer: no_answer, disallowed, refused_address, unusable"
    )
    fetched_at: Mapped[dt.datetime] = mapped_column()
    run_id: Mapped[str] = mapped_column()


class HostVisit(Base):
    """When a host was last asked for anything; written by the stage `scraped_postings`."""

    __tablename__ = "host_visits"
    __table_args__ = ({"comment": "One row per host that was asked, for the distance between requests"},)

    host: Mapped[str] = mapped_column(primary_key=True)
    visited_at: Mapped[dt.datetime] = mapped_column(comment="When the last request began or ended")


class RobotsTxt(Base):
    """A site's robots.txt as it came; written by the stage `scraped_postings`."""

    __tablename__ = "robots_files"
    __table_args__ = ({"comment": "One row per origin: its robots.txt, kept for a day"},)

    origin: Mapped[str] = mapped_column(primary_key=True, comment="https://host")
    http_status: Mapped[int | None] = mapped_column(SmallInteger(), comment="Null: no answer")
    text: Mapped[str] = mapped_column()
    fetched_at: Mapped[dt.datetime] = mapped_column()


class JobPosting(Base):
    """The posting of one application as it is understood today; written by `job_postings`."""

    __tablename__ = "job_postings"
    __table_args__ = (
        _one_of("completeness", Completeness),
        CheckConstraint(
            "salary_min IS NULL OR salary_max IS NULL OR salary_min <= salary_max", name="salary"
        ),
        Index("ix_job_postings_by_requisition", "requisition_id"),
        Index(
            "ix_job_postings_without_description",
            "completeness",
            postgresql_where=text("completeness IN ('blank', 'title_only')"),
        ),
        Index("ix_job_postings_of_capture", "capture_id"),
        Index("ix_job_postings_of_response", "scraped_posting_id"),
        {"comment": "One row per application: the posting that it was for"},
    )

    application_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True
    )
    capture_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("captures.id", ondelete="CASCADE"))
    scraped_posting_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("scraped_postings.id", ondelete="CASCADE")
    )
    platform: Mapped[str | None] = mapped_column(comment="The system that runs the job board; null: unknown")
    posting_key: Mapped[str | None] = mapped_column(comment="The posting's id on that platform")
    title: Mapped[str | None] = mapped_column()
    company: Mapped[str | None] = mapped_column()
    locations: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    location_type: Mapped[str | None] = mapped_column(comment="remote, hybrid or onsite")
    employment_type: Mapped[str | None] = mapped_column()
    salary_min: Mapped[Decimal | None] = mapped_column()
    salary_max: Mapped[Decimal | None] = mapped_column()
    salary_currency: Mapped[str | None] = mapped_column(comment="ISO 4217")
    salary_period: Mapped[str | None] = mapped_column(comment="hour, day, week, month or year")
    salary_text: Mapped[str | None] = mapped_column(comment="As it is shown")
    salary_ranges: Mapped[list[Any]] = mapped_column(
        server_default=text("'[]'::jsonb"), comment="Every stated pay with its label, as it was stated"
    )
    description_text: Mapped[str | None] = mapped_column()
    description_html: Mapped[str | None] = mapped_column(comment="Cleaned by nh3")
    requirements: Mapped[list[str]] = mapped_column(
        server_default=text("'{}'::text[]"), comment="What it asks for, line by line"
    )
    posted_at: Mapped[dt.date | None] = mapped_column()
    closes_at: Mapped[dt.date | None] = mapped_column()
    requisition_id: Mapped[str | None] = mapped_column()
    language: Mapped[str | None] = mapped_column()
    is_open: Mapped[bool | None] = mapped_column(comment="Null: not known")
    closed_reason: Mapped[str | None] = mapped_column()
    completeness: Mapped[str] = mapped_column()
    review_reason: Mapped[str | None] = mapped_column(comment="Why a person should look, if so")
    fields: Mapped[dict[str, Any]] = mapped_column(comment="Per field: source and confidence")
    content_hash: Mapped[bytes] = mapped_column(comment="SHA-256 of all that the posting says")
    checked_at: Mapped[dt.datetime | None] = mapped_column(
        comment="When it was last looked at: captured with its page, or asked for"
    )
    strikes: Mapped[int] = mapped_column(
        SmallInteger(), server_default="0", comment="Proofs that it is gone since it was last seen alive"
    )
    parser_version: Mapped[str] = mapped_column()
    run_id: Mapped[str] = mapped_column()
    derived_at: Mapped[dt.datetime] = mapped_column()


class Resume(Base):
    """One resume file as it came in; written by `apptrack resume add` and the API."""

    __tablename__ = "resumes"
    __table_args__ = (
        UniqueConstraint("content_hash", name="uq_resumes_same_file_again"),
        Index("uq_resumes_active", "active", unique=True, postgresql_where=text("active")),
        {"comment": "Raw evidence: one row per version of the resume"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column()
    content: Mapped[bytes] = mapped_column()
    content_hash: Mapped[bytes] = mapped_column()
    active: Mapped[bool] = mapped_column()
    uploaded_at: Mapped[dt.datetime] = mapped_column()


class ResumeData(Base):
    """What a resume says; written by `resume_data`."""

    __tablename__ = "resume_data"
    __table_args__ = ({"comment": "One row per resume: its text and facts"},)

    resume_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resumes.id", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str] = mapped_column()
    facts: Mapped[dict[str, Any]] = mapped_column(comment="Skills with quotes, years, contact, sections")
    parser_version: Mapped[str] = mapped_column()
    run_id: Mapped[str] = mapped_column()
    parsed_at: Mapped[dt.datetime] = mapped_column()


class AnalysisResult(Base):
    """How one resume fits one posting by one method; written by `analysis_results`."""

    __tablename__ = "analysis_results"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("score IS NOT NULL OR reason IS NOT NULL", name="reason"),
        # The view `tracker_export` unpacks these: one of another shape would stop the export of all.
        *(
            CheckConstraint(f"jsonb_typeof({column}) = 'array'", name=column)
            for column in ("met", "missing", "unclear", "suggestions")
        ),
        UniqueConstraint("application_id", "result_key", name="uq_analysis_results_same_inputs_again"),
        Index(
            "uq_analysis_results_current_of_application",
            "application_id",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        Index("ix_analysis_results_history_of_application", "application_id", text("analysed_at DESC")),
        Index("ix_analysis_results_of_resume", "resume_id"),
        {"comment": "One row per application, resume, posting and method"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    result_key: Mapped[bytes] = mapped_column(comment="SHA-256 of resume, posting, method and versions")
    is_current: Mapped[bool] = mapped_column()
    score: Mapped[int | None] = mapped_column(SmallInteger(), comment="0 to 100; null has a reason")
    reason: Mapped[str | None] = mapped_column(comment="Why there is no score")
    met: Mapped[list[Any]] = mapped_column(comment="Qualifications met, each with its quotes")
    missing: Mapped[list[Any]] = mapped_column()
    unclear: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    suggestions: Mapped[list[Any]] = mapped_column()
    method: Mapped[str] = mapped_column()
    method_version: Mapped[str] = mapped_column()
    provider: Mapped[str | None] = mapped_column()
    model: Mapped[str | None] = mapped_column()
    prompt_version: Mapped[str | None] = mapped_column()
    resume_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("resumes.id", ondelete="SET NULL"))
    posting_hash: Mapped[bytes] = mapped_column()
    tokens_in: Mapped[int | None] = mapped_column()
    tokens_out: Mapped[int | None] = mapped_column()
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(12, 6), comment="Null: price not known")
    duration_s: Mapped[float] = mapped_column()
    run_id: Mapped[str] = mapped_column()
    analysed_at: Mapped[dt.datetime] = mapped_column()


class TimelineEvent(Base):
    """One thing that happened; appended by the stages in the transaction of their work."""

    __tablename__ = "timeline_events"
    __table_args__ = (
        _one_of("event_type", EventType),
        UniqueConstraint("dedupe_key", name="uq_timeline_events_same_event_again"),
        Index(
            "ix_timeline_events_of_application",
            "application_id",
            text("occurred_at DESC"),
            text("seq DESC"),
        ),
        Index("ix_timeline_events_by_type", "event_type", text("occurred_at DESC")),
        Index("ix_timeline_events_of_run", "run_id"),
        {"comment": "One row per event of a timeline"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    application_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("applications.id", ondelete="CASCADE")
    )
    event_type: Mapped[str] = mapped_column()
    occurred_at: Mapped[dt.datetime] = mapped_column(comment="When it happened")
    recorded_at: Mapped[dt.datetime] = mapped_column(comment="When it was written here")
    summary: Mapped[str] = mapped_column()
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    dedupe_key: Mapped[str] = mapped_column(
        comment="The same event has the same key, however often it is derived"
    )
    run_id: Mapped[str | None] = mapped_column()
    retracted_at: Mapped[dt.datetime | None] = mapped_column(
        comment="Set when the evidence no longer says so"
    )


class ApplicationRun(Base):
    """One row per run, application and stage; written by each stage in the transaction of its work."""

    __tablename__ = "application_runs"
    __table_args__ = (
        _one_of("stage", Stage),
        _one_of("outcome", Outcome),
        Index("ix_application_runs_of_application", "application_id", text("started_at DESC")),
        Index("ix_application_runs_newest", text("seq DESC")),
        Index(
            "ix_application_runs_lost_events",
            "seq",
            postgresql_where=text("lost_events > 0"),
        ),
        {"comment": "One row per run, application and stage"},
    )

    run_id: Mapped[str] = mapped_column(primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Identity(always=True))
    attempt: Mapped[int] = mapped_column(SmallInteger())
    outcome: Mapped[str] = mapped_column()
    error: Mapped[str | None] = mapped_column()
    lost_events: Mapped[int] = mapped_column(
        SmallInteger(), server_default="0", comment="Events whose writing failed; a check reports them"
    )
    started_at: Mapped[dt.datetime] = mapped_column()
    ended_at: Mapped[dt.datetime] = mapped_column()


class _Queue(Delivery):
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    work_key: Mapped[bytes] = mapped_column(comment="SHA-256 of the inputs: the same work is queued once")
    reason: Mapped[str] = mapped_column(comment="Why it was queued")
    enqueued_at: Mapped[dt.datetime] = mapped_column()


class _ApplicationQueue(_Queue):
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Constraints and indexes that each queue has."""
        table: str = cls.__tablename__  # type: ignore[attr-defined]
        return (
            _one_of("state", QueueState),
            UniqueConstraint("application_id", "work_key", name=f"uq_{table}_same_work_again"),
            _due(table),
            _unreported(table),
            Index(f"ix_{table}_failed", "finished_at", postgresql_where=text("state = 'failed'")),
            {"comment": "One row per piece of work; db.queues alone writes it"},
        )


class ScraperQueueItem(_ApplicationQueue, Base):
    """A posting to fetch; the stage `scraped_postings` takes it."""

    __tablename__ = "scraper_queue"


class PostingQueueItem(_ApplicationQueue, Base):
    """A posting to read out of captures and answers; the stage `job_postings` takes it."""

    __tablename__ = "posting_queue"


class AnalysisQueueItem(_ApplicationQueue, Base):
    """A fit to analyse; the stage `analysis_results` takes it."""

    __tablename__ = "analysis_queue"


class EvidenceQueueItem(_Queue, Base):
    """An application whose mail has changed; the stage `applications` folds it, or makes it."""

    __tablename__ = "evidence_queue"
    __table_args__ = (
        _one_of("state", QueueState),
        UniqueConstraint("application_id", "work_key", name="uq_evidence_queue_same_work_again"),
        _due("evidence_queue"),
        _unreported("evidence_queue"),
        {"comment": "One row per piece of work; db.queues alone writes it"},
    )

    # No foreign key: mail may make an application that is not there yet.
    application_id: Mapped[uuid.UUID] = mapped_column()


class LinkQueueItem(_Queue, Base):
    """A message to link again, since an application or a decision may concern it; `mail_links` takes it."""

    __tablename__ = "link_queue"
    __table_args__ = (
        _one_of("state", QueueState),
        UniqueConstraint("mail_id", "work_key", name="uq_link_queue_same_work_again"),
        Index("ix_link_queue_due", "due_at", postgresql_where=text("state = 'due'")),
        _unreported("link_queue"),
        {"comment": "One row per piece of work; db.queues alone writes it"},
    )

    mail_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"))


class ParserQueueItem(_Queue, Base):
    """A resume to read; the stage `resume_data` takes it."""

    __tablename__ = "parser_queue"
    __table_args__ = (
        _one_of("state", QueueState),
        UniqueConstraint("resume_id", "work_key", name="uq_parser_queue_same_work_again"),
        Index("ix_parser_queue_due", "due_at", postgresql_where=text("state = 'due'")),
        _unreported("parser_queue"),
        {"comment": "One row per piece of work; db.queues alone writes it"},
    )

    resume_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("resumes.id", ondelete="CASCADE"))


class MailAccountState(Base):
    """How one mail account stands; written by the stage `mail`: its sensor and its runs."""

    __tablename__ = "mail_accounts"
    __table_args__ = ({"comment": "One row per mail account that was asked: does it answer?"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    answered_at: Mapped[dt.datetime | None] = mapped_column(comment="When its server answered last")
    trouble: Mapped[str | None] = mapped_column(comment="Why it cannot be read, and what to do; null: it can")
    trouble_since: Mapped[dt.datetime | None] = mapped_column()
    retry_at: Mapped[dt.datetime | None] = mapped_column(comment="Not to be asked before, while in trouble")
    refused_credentials: Mapped[bytes | None] = mapped_column(
        comment="Salt and scrypt of what the server refused: it is not tried again, so that nothing is locked"
    )


class MailboxState(Base):
    """How far one mailbox is known; written by the stage `mail`. `apptrack import mail` adds rows."""

    __tablename__ = "mailboxes"
    __table_args__ = (
        _one_of("kind", ("imap", "files", "ingest")),
        UniqueConstraint("account", "name", name="uq_mailboxes_same_mailbox_again"),
        {"comment": "One row per folder of an account, imported path, and the API's letter box"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column()
    name: Mapped[str] = mapped_column(comment="Folder, or path of the imported files")
    kind: Mapped[str] = mapped_column()
    uidvalidity: Mapped[int | None] = mapped_column(comment="UIDs of another one mean other messages")
    next_uid: Mapped[int] = mapped_column(server_default="1", comment="All lower UIDs are in email_uids")
    messages: Mapped[int | None] = mapped_column(comment="How many the mailbox held when it was listed")
    listed_at: Mapped[dt.datetime | None] = mapped_column(comment="When a run listed it last")
    trouble: Mapped[str | None] = mapped_column(comment="Why it cannot be read, and what to do")
    requested_at: Mapped[dt.datetime | None] = mapped_column(comment="When a person asked for it")


class EmailUid(Base):
    """One message of a mailbox, known by its UID before its bytes are; written by `mail`."""

    __tablename__ = "email_uids"
    __table_args__ = (
        _one_of("state", UidState),
        CheckConstraint("(state = 'taken') = (mail_id IS NOT NULL)", name="taken"),
        UniqueConstraint("account", "mailbox", "uidvalidity", "uid", name="uq_email_uids_same_uid_again"),
        Index("ix_email_uids_of_mail", "mail_id"),
        Index(
            "ix_email_uids_due", "day", "account", "mailbox", "uid", postgresql_where=text("state = 'due'")
        ),
        Index("ix_email_uids_quarantined", "day", postgresql_where=text("state = 'quarantined'")),
        Index(
            "ix_email_uids_of_gmail_thread",
            "account",
            "gmail_thread_id",
            postgresql_where=text("gmail_thread_id IS NOT NULL"),
        ),
        {"comment": "One row per UID that was seen, and what became of it"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column()
    mailbox: Mapped[str] = mapped_column()
    uidvalidity: Mapped[int] = mapped_column()
    uid: Mapped[int] = mapped_column()
    received_at: Mapped[dt.datetime] = mapped_column(comment="INTERNALDATE")
    day: Mapped[dt.date] = mapped_column(comment="Partition: the day of `received_at`, UTC")
    size: Mapped[int] = mapped_column(comment="Bytes")
    gmail_message_id: Mapped[Decimal | None] = mapped_column(Numeric(20, 0), comment="X-GM-MSGID")
    gmail_thread_id: Mapped[Decimal | None] = mapped_column(Numeric(20, 0), comment="X-GM-THRID")
    state: Mapped[str] = mapped_column(server_default=UidState.DUE.value)
    mail_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"))
    trouble: Mapped[str | None] = mapped_column(comment="Why the message could not be taken")
    seen_at: Mapped[dt.datetime] = mapped_column()
    run_id: Mapped[str | None] = mapped_column(comment="Run that took it")


class IngestedMail(Base):
    """One message that was sent to the API; written by the API, emptied of `raw` by `mail` once taken."""

    __tablename__ = "ingested_mail"
    __table_args__ = (
        UniqueConstraint("message_key", name="uq_ingested_mail_same_message_again"),
        {"comment": "One row per message that was sent to the API, until a run takes it into `mail`"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Identity(always=True), unique=True, comment="Its UID in the letter box")
    message_key: Mapped[bytes] = mapped_column(comment="SHA-256 of the Message-ID, or of the content")
    message_id: Mapped[str | None] = mapped_column()
    raw: Mapped[bytes | None] = mapped_column(comment="Compressed RFC 822 bytes; null once they are taken")
    size: Mapped[int] = mapped_column(comment="Bytes, not compressed")
    received_at: Mapped[dt.datetime] = mapped_column(comment="The mail's own date, never in the future")
    ingested_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Mail(Base):
    """One message as it was received; written by `mail`."""

    __tablename__ = "mail"
    __table_args__ = (
        _one_of("verdict", MailCategory),
        UniqueConstraint("content_key", name="uq_mail_same_message_again"),
        Index("ix_mail_by_day", "day"),
        Index("ix_mail_by_message_id", "message_id"),
        Index("ix_mail_by_thread", "account", "thread_key"),
        Index("ix_mail_by_gmail_id", "account", "gmail_message_id"),
        {"comment": "Raw evidence: one row per message; bytes only of what is, or may be, job mail"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(comment="Account that it was seen in first")
    content_key: Mapped[bytes] = mapped_column(comment="SHA-256 of the message without transport headers")
    message_id: Mapped[str | None] = mapped_column(comment="Null where it is not job mail")
    thread_key: Mapped[str | None] = mapped_column(comment="X-GM-THRID or the root of References")
    gmail_message_id: Mapped[Decimal | None] = mapped_column(Numeric(20, 0), comment="X-GM-MSGID")
    received_at: Mapped[dt.datetime] = mapped_column()
    day: Mapped[dt.date] = mapped_column(comment="Partition: the day of `received_at`, UTC")
    raw: Mapped[bytes | None] = mapped_column(
        comment="Compressed RFC 822 bytes; null where it is not job mail"
    )
    size: Mapped[int] = mapped_column(comment="Bytes, not compressed")
    verdict: Mapped[str] = mapped_column(comment="What it was about when it came in")
    certainty: Mapped[float] = mapped_column(comment="0 to 1")
    reader_version: Mapped[str] = mapped_column()
    run_id: Mapped[str] = mapped_column()


class MailSignal(Base):
    """What one message says; written by `mail_signals`."""

    __tablename__ = "mail_signals"
    __table_args__ = (
        _one_of("category", MailCategory),
        Index("ix_mail_signals_by_category", "category"),
        Index("ix_mail_signals_review_list", "derived_at", postgresql_where=text("needs_review")),
        {"comment": "One row per message: category and extracted names, each with its evidence"},
    )

    mail_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"), primary_key=True)
    category: Mapped[str] = mapped_column()
    certainty: Mapped[float] = mapped_column(comment="0 to 1")
    needs_review: Mapped[bool] = mapped_column(comment="Doubtful: a person decides before a status changes")
    decided: Mapped[bool] = mapped_column(comment="A person has named the category")
    trust: Mapped[str] = mapped_column(comment="aligned, other or failed: is the sender who it says it is")
    signals: Mapped[dict[str, Any]] = mapped_column(comment="Evidence, names, requisition, links, events")
    reader_version: Mapped[str] = mapped_column()
    run_id: Mapped[str] = mapped_column()
    derived_at: Mapped[dt.datetime] = mapped_column()


class MailLink(Base):
    """Which application one event of a message is about, and why; written by `mail_links`."""

    __tablename__ = "mail_links"
    __table_args__ = (
        _one_of("outcome", ("linked", "proposed", "review", "unmatched")),
        _one_of(
            "stage", ("decision", "direct", "thread", "company_title", "company_date", "company"), "stage"
        ),
        CheckConstraint("outcome <> 'linked' OR application_id IS NOT NULL", name="linked"),
        Index("ix_mail_links_of_application", "application_id"),
        Index("ix_mail_links_by_match_key", "match_keys", postgresql_using="gin"),
        Index(
            "ix_mail_links_review_list",
            text("received_at DESC"),
            text("mail_id DESC"),
            postgresql_where=text("outcome IN ('review', 'proposed') AND NOT decided"),
        ),
        {"comment": "One row per thing that a message reports: its application with the evidence for it"},
    )

    mail_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mail.id", ondelete="CASCADE"), primary_key=True)
    event: Mapped[int] = mapped_column(
        SmallInteger(), primary_key=True, comment="Number of the event in its message; a digest has several"
    )
    application_id: Mapped[uuid.UUID | None] = mapped_column(
        comment="linked: the application; proposed: the created one; review: the suggested one"
    )
    outcome: Mapped[str] = mapped_column()
    stage: Mapped[str | None] = mapped_column(comment="The matcher's stage that decided")
    posterior: Mapped[float | None] = mapped_column(comment="0 to 1, of the best candidate")
    margin: Mapped[float | None] = mapped_column(comment="Bits between the best candidate and the next")
    runner_up_id: Mapped[uuid.UUID | None] = mapped_column()
    reason: Mapped[str] = mapped_column(comment="Why it is not linked, or what was special")
    decided: Mapped[bool] = mapped_column(comment="A person has decided")
    creates: Mapped[bool] = mapped_column(comment="Its application comes to be by this message")
    proposal_key: Mapped[str | None] = mapped_column(
        comment="The same for all messages that propose one application"
    )
    evidence: Mapped[dict[str, Any]] = mapped_column(comment="Bits per field of the best two candidates")
    match_keys: Mapped[list[str]] = mapped_column(comment="Keys of company, thread, posting: what blocks")
    received_at: Mapped[dt.datetime] = mapped_column(comment="That of the message")
    matcher_version: Mapped[str] = mapped_column()
    run_id: Mapped[str] = mapped_column()
    derived_at: Mapped[dt.datetime] = mapped_column()


class CompanyAlias(Base):
    """Two names of one company; written by the API and by confirmed links."""

    __tablename__ = "company_aliases"
    __table_args__ = (
        _one_of("relation", ("same_as", "owned_by")),
        UniqueConstraint("alias_key", "company_key", "relation", name="uq_company_aliases_same_pair_again"),
        Index("ix_company_aliases_of_company", "company_key"),
        {"comment": "One row per pair of names"},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    alias_key: Mapped[str] = mapped_column()
    company_key: Mapped[str] = mapped_column()
    relation: Mapped[str] = mapped_column()
    source: Mapped[str] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column()


class Setting(Base):
    """A setting that is changed while the product runs; written by the API."""

    __tablename__ = "settings"
    __table_args__ = ({"comment": "One row per setting that a person changed"},)

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB())
    changed_at: Mapped[dt.datetime] = mapped_column()


class TrackerRow(Base):
    """One exported line; written by `tracker_rows` from the view `tracker_export`."""

    __tablename__ = "tracker_rows"
    __table_args__ = (
        Index("ix_tracker_rows_changed", "changed_at"),
        {"comment": "One row per application: the 17 columns of the export, in its order"},
    )

    application_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True
    )
    company_name: Mapped[str | None] = mapped_column()
    job_title: Mapped[str | None] = mapped_column()
    status: Mapped[str] = mapped_column()
    application_date: Mapped[dt.date | None] = mapped_column()
    source: Mapped[str] = mapped_column()
    job_location: Mapped[str | None] = mapped_column()
    job_url: Mapped[str | None] = mapped_column()
    employment_type: Mapped[str | None] = mapped_column()
    salary_range: Mapped[str | None] = mapped_column()
    analysis_match_score: Mapped[int | None] = mapped_column(SmallInteger())
    qualifications_met: Mapped[str | None] = mapped_column()
    qualifications_missing: Mapped[str | None] = mapped_column()
    skills_suggestions: Mapped[str | None] = mapped_column()
    last_event_type: Mapped[str | None] = mapped_column()
    last_event_date: Mapped[dt.datetime | None] = mapped_column()
    notes: Mapped[str | None] = mapped_column()
    row_hash: Mapped[bytes] = mapped_column(comment="SHA-256 of the 17 columns")
    changed_at: Mapped[dt.datetime] = mapped_column(comment="When a cell changed last")
