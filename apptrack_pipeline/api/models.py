"""What the API answers, as OpenAPI shows it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from apptrack_pipeline.domain import Completeness, EventType, MailCategory, Status

_APPLICATION = "0193f1a0-6c2e-7b1a-9c55-2f1d6a0e4b11"
_CAPTURE = "0193f1a0-6c2e-7b1a-9c55-2f1d6a0e4b12"
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_EMAIL = "0193f1a0-6c2e-7b1a-9c55-2f1d6a0e4b13"
_MAIL = "0193f1a0-6c2e-7b1a-9c55-2f1d6a0e4b14"
_REQUEST = "9f86d081884c7d65"


class FieldProblem(BaseModel):
    """One part of the request that is wrong."""

    field: str = Field(description="The field's name; `body` where the body as a whole is meant")
    message: str


class ErrorDetail(BaseModel):
    """What went wrong."""

    code: str = Field(description="For programs; stays the same")
    message: str = Field(description="For people")
    fields: list[FieldProblem] = Field(description="Which fields are wrong; empty where none is")
    request_id: str = Field(description="Also in the header X-Request-ID and in the log")


class ErrorBody(BaseModel):
    """The one shape of every error."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": {
                        "code": "invalid_input",
                        "message": "job_posting_url: Field required",
                        "fields": [{"field": "job_posting_url", "message": "Field required"}],
                        "request_id": _REQUEST,
                    }
                }
            ]
        }
    )

    error: ErrorDetail


class CaptureAccepted(BaseModel):
    """Where a capture went; it is on disk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": _APPLICATION,
                    "capture_id": _CAPTURE,
                    "duplicate": False,
                    "captured_at": "2026-11-23T09:30:00Z",
                    "status_url": f"/api/v1/applications/{_APPLICATION}",
                    "processing": True,
                }
            ]
        }
    )

    application_id: uuid.UUID
    capture_id: uuid.UUID = Field(description="An earlier one where the same content was sent before")
    duplicate: bool = Field(description="The posting was captured before, at `captured_at`")
    captured_at: dt.datetime = Field(description="When the posting was captured first")
    status_url: str = Field(description="Where the application is to be read")
    processing: bool = Field(description="Always true: a run will take the capture")


class FieldOrigin(BaseModel):
    """Where a field of a posting was read, and how sure that is."""

    source: str = Field(
        description="api, json-ld, microdata, embedded state, dom, meta, text, or user: the person who "
        "captured it"
    )
    confidence: float = Field(description="0 to 1")


class PostingPay(BaseModel):
    """One stated pay, as it was stated."""

    minimum: Decimal | None
    maximum: Decimal | None
    currency: str | None = Field(description="ISO 4217")
    period: str | None = Field(description="hour, day, week, month or year")
    label: str | None = Field(description="The place or level that it is for")
    estimated: bool = Field(description="The board's own guess, not the employer's word")


class Posting(BaseModel):
    """The posting as it is understood today."""

    model_config = ConfigDict(from_attributes=True)

    platform: str | None = Field(description="The system that runs the job board; null: unknown")
    posting_key: str | None = Field(description="The posting's id on that platform")
    title: str | None
    company: str | None
    locations: list[str]
    location_type: str | None = Field(description="remote, hybrid or onsite")
    employment_type: str | None
    salary_min: Decimal | None
    salary_max: Decimal | None
    salary_currency: str | None = Field(description="ISO 4217")
    salary_period: str | None = Field(description="hour, day, week, month or year")
    salary_text: str | None
    salary_ranges: list[PostingPay] = Field(
        description="Every stated pay; those above sum them up where they have one currency and period"
    )
    description_text: str | None
    requirements: list[str] = Field(description="What it asks for, line by line")
    posted_at: dt.date | None
    closes_at: dt.date | None
    requisition_id: str | None
    language: str | None
    is_open: bool | None = Field(description="Null: not known")
    closed_reason: str | None
    completeness: Completeness
    review_reason: str | None
    checked_at: dt.datetime | None = Field(
        description="When it was last looked at: captured with its page, or fetched"
    )
    strikes: int = Field(description="Proofs that it is gone since it was last seen; two close it")
    fields: dict[str, FieldOrigin] = Field(description="Per field: where it was read, and how sure that is")


class ScrapeRequest(BaseModel):
    """Which posting to fetch: that of an application, or that of an address that was captured."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"application_id": _APPLICATION}]}
    )

    application_id: uuid.UUID | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=4_096)] | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.application_id is None) == (self.url is None):
            raise ValueError("send either application_id or url")
        return self


class ScrapeAccepted(BaseModel):
    """The posting will be fetched."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application_id": _APPLICATION,
                    "queued": True,
                    "status_url": f"/api/v1/applications/{_APPLICATION}",
                }
            ]
        }
    )

    application_id: uuid.UUID
    queued: bool = Field(description="False: it is being fetched already")
    status_url: str = Field(description="Where the posting is to be read, once `processing` is false")


class Analysis(BaseModel):
    """How the resume fits the posting."""

    model_config = ConfigDict(from_attributes=True)

    score: int | None = Field(description="0 to 100; null has a reason")
    reason: str | None
    met: list[Any] = Field(description="Qualifications met, each with its quotes")
    missing: list[Any]
    unclear: list[Any]
    suggestions: list[Any]
    method: str
    method_version: str
    provider: str | None
    model: str | None
    analysed_at: dt.datetime


class Event(BaseModel):
    """One event of the timeline."""

    model_config = ConfigDict(from_attributes=True)

    event_type: EventType
    occurred_at: dt.datetime
    summary: str
    details: dict[str, Any]


class ApplicationView(BaseModel):
    """One application, never staler than what was sent to the API."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _APPLICATION,
                    "company_name": "Acme GmbH",
                    "job_title": "Data Engineer",
                    "status": "applied",
                    "status_since": "2026-11-23T09:30:00Z",
                    "status_confirmed": True,
                    "applied_at": "2026-11-23T09:30:00Z",
                    "source": "browser_extension",
                    "job_url": "https://boards.greenhouse.io/acme/jobs/4012345?gh_src=x",
                    "canonical_url": "https://boards.greenhouse.io/acme/jobs/4012345",
                    "notes": None,
                    "needs_review": False,
                    "review_reasons": [],
                    "archived_at": None,
                    "merged_into": None,
                    "first_evidence_at": "2026-11-23T09:30:00Z",
                    "last_evidence_at": "2026-11-23T09:30:00Z",
                    "processing": True,
                    "posting": None,
                    "analysis": None,
                    "events": [
                        {
                            "event_type": "application_created",
                            "occurred_at": "2026-11-23T09:30:00Z",
                            "summary": "Application created as applied",
                            "details": {"status": "applied", "source": "browser_extension"},
                        }
                    ],
                }
            ]
        }
    )

    id: uuid.UUID
    company_name: str | None
    job_title: str | None
    status: Status
    status_since: dt.datetime
    status_confirmed: bool = Field(description="False: an offer or a rejection that is not certain yet")
    applied_at: dt.datetime | None
    source: str
    job_url: str | None = Field(description="As it was captured first")
    canonical_url: str | None
    notes: str | None
    needs_review: bool
    review_reasons: list[str]
    archived_at: dt.datetime | None
    merged_into: uuid.UUID | None = Field(
        description="The application that this one's captures, mail and decisions count for now"
    )
    first_evidence_at: dt.datetime
    last_evidence_at: dt.datetime
    processing: bool = Field(
        description="A run works on it, or will within seconds: posting and analysis may change. What was "
        "captured or decided is in this answer already. False while only a later attempt waits for its time"
    )
    posting: Posting | None
    analysis: Analysis | None
    events: list[Event] = Field(description="The latest events, newest first")


class EmailBody(BaseModel):
    """What is known of a mail whose bytes are not at hand."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    message_id: Annotated[str, StringConstraints(min_length=1, max_length=998)] = Field(
        description="The mail's Message-ID; the same one again is the same mail"
    )
    from_email: Annotated[str, StringConstraints(min_length=1, max_length=998)] = Field(
        description="The From header: an address, with or without a name"
    )
    subject: Annotated[str, StringConstraints(max_length=2_000)]
    body_snippet: Annotated[str, StringConstraints(max_length=200_000)] = Field(
        description="The mail's text, or its beginning"
    )
    application_date: AwareDatetime | dt.date = Field(
        description="When the mail was sent: a date, or a time with its zone"
    )
    company_name: Annotated[str, StringConstraints(max_length=500)] | None = None
    job_title: Annotated[str, StringConstraints(max_length=500)] | None = None
    job_posting_url: Annotated[str, StringConstraints(max_length=2_000)] | None = None

    @field_validator("message_id")
    @classmethod
    def _is_an_id(cls, value: str) -> str:
        inner = value.removeprefix("<").removesuffix(">")
        if not inner or not all("!" <= sign <= "~" and sign not in "<>" for sign in inner):
            raise ValueError("must be a Message-ID: printable ASCII without blanks, as <id@host>")
        return value

    @field_validator("job_posting_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value and not value.lower().startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return value

    @field_validator("application_date")
    @classmethod
    def _is_a_date_of_mail(cls, value: dt.datetime | dt.date) -> dt.datetime | dt.date:
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise ValueError(f"must be between {_FIRST_YEAR} and {_LAST_YEAR}")
        return value

    @property
    def sent_at(self) -> dt.datetime:
        """The date as a moment in UTC; a date alone is its noon, so that it is that day nearly everywhere."""
        if isinstance(self.application_date, dt.datetime):
            return self.application_date.astimezone(dt.UTC)
        return dt.datetime.combine(self.application_date, dt.time(12), dt.UTC)


class EmailStatus(StrEnum):
    """How far a mail has come."""

    RECEIVED = "received"
    TAKEN = "taken"
    READ = "read"
    LINKED = "linked"
    PROPOSED = "proposed"
    REVIEW = "review"
    UNMATCHED = "unmatched"


class EmailAccepted(BaseModel):
    """Where a mail went; it is on disk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email_id": _EMAIL,
                    "status": "received",
                    "duplicate": False,
                    "strategy": None,
                    "application_id": None,
                    "status_url": f"/api/v1/emails/{_EMAIL}",
                }
            ]
        }
    )

    email_id: uuid.UUID
    status: EmailStatus
    duplicate: bool = Field(description="A mail with this Message-ID was sent before")
    strategy: str | None = Field(description="How it was linked to its application; null until it is")
    application_id: uuid.UUID | None = Field(description="Null until it is linked to one")
    status_url: str = Field(description="Where to ask what became of it")


class EmailCorrection(BaseModel):
    """What a person says a mail is about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"category": "rejection"}]})

    category: MailCategory


class EmailView(BaseModel):
    """What became of a mail."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _EMAIL,
                    "mail_id": _MAIL,
                    "status": "read",
                    "received_at": "2026-11-23T09:30:00Z",
                    "category": "confirmation",
                    "certainty": 0.98,
                    "needs_review": False,
                    "decided": False,
                    "trust": "aligned",
                    "signals": {"company": {"value": "Acme", "where": "subject", "rule": "applying_to"}},
                    "strategy": None,
                    "application_id": None,
                }
            ]
        }
    )

    id: uuid.UUID
    mail_id: uuid.UUID | None = Field(default=None, description="Null until a run has taken it")
    status: EmailStatus
    received_at: dt.datetime
    category: MailCategory | None = Field(default=None, description="Null until a run has read it")
    certainty: float | None = Field(default=None, description="0 to 1")
    needs_review: bool | None = Field(default=None, description="Doubtful: it changes no status by itself")
    decided: bool | None = Field(default=None, description="A person has named the category")
    trust: str | None = Field(default=None, description="aligned, other or failed: who really sent it")
    signals: dict[str, Any] = Field(
        default_factory=dict, description="Evidence and names, each with where it was found"
    )
    strategy: str | None = None
    application_id: uuid.UUID | None = None


class Alive(BaseModel):
    """The process answers."""

    status: str = Field(examples=["alive"])


class Check(BaseModel):
    """One thing that the product needs."""

    ok: bool
    detail: str = Field(description="What was found, or what to do")


class Readiness(BaseModel):
    """Whether captures are taken and worked on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ready": True,
                    "checks": {
                        "database": {"ok": True, "detail": "answers"},
                        "migrations": {"ok": True, "detail": "at revision 0001"},
                        "daemon": {"ok": True, "detail": "heartbeat 12 s ago"},
                    },
                }
            ]
        }
    )

    ready: bool
    checks: dict[str, Check]
