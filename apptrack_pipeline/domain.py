"""Identifiers, statuses, event types and errors: the words that every other module shares.

Nothing here imports another module of the package, a database or a clock.

The exception tree:

* ApptrackError
  + PermanentError: trying again cannot help
    - InvalidInputError: what came in cannot be read; names the field
    - BlankPostingError: a captured page holds no posting text
    - NeedsCaptureError: only a person's browser gets the posting
  + TransientError: trying again later may help; may carry `retry_after_s`
  + ConfigurationError: that stage stops until a person sets something; says what
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Final

from uuid_utils import compat as _uuid_utils

APPLICATION_PARTITIONS: Final = "application"
"""Name of Dagster's dynamic partitions, one key per application: the application's id as text."""


def new_id() -> uuid.UUID:
    """Return a new UUIDv7, so that ids sort by the time they were made (RFC 9562, section 5.7)."""
    return _uuid_utils.uuid7()


def storable(text: str) -> str:
    """Return `text` as UTF-8 and PostgreSQL can hold it: without NUL and half surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


class Status(StrEnum):
    """Where an application stands; *ghosted* is derived from silence and *archived* is a flag."""

    SAVED = "saved"
    APPLIED = "applied"
    SCREENING = "screening"
    ASSESSMENT = "assessment"
    INTERVIEW = "interview"
    OFFER = "offer"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class EventType(StrEnum):
    """The 17 kinds of events that a timeline is made of."""

    APPLICATION_CREATED = "application_created"
    APPLICATION_UPDATED = "application_updated"
    STATUS_CHANGED = "status_changed"
    BROWSER_CAPTURE = "browser_capture"
    EMAIL_CAPTURED = "email_captured"
    EMAIL_CORRELATED = "email_correlated"
    SCRAPE_STARTED = "scrape_started"
    SCRAPE_COMPLETED = "scrape_completed"
    SCRAPE_FAILED = "scrape_failed"
    POSTING_SCRAPED = "posting_scraped"
    ANALYSIS_STARTED = "analysis_started"
    ANALYSIS_COMPLETED = "analysis_completed"
    ANALYSIS_FAILED = "analysis_failed"
    POSTING_LINKED = "posting_linked"
    RESUME_UPLOADED = "resume_uploaded"
    INTERNAL_ERROR = "internal_error"
    SYSTEM_ACTION = "system_action"


class Stage(StrEnum):
    """A stage of the pipeline; the name is that of the asset that does its work."""

    MAIL = "mail"
    MAIL_SIGNALS = "mail_signals"
    MAIL_LINKS = "mail_links"
    APPLICATIONS = "applications"
    SCRAPED_POSTINGS = "scraped_postings"
    JOB_POSTINGS = "job_postings"
    RESUME_DATA = "resume_data"
    ANALYSIS_RESULTS = "analysis_results"
    TRACKER_ROWS = "tracker_rows"
    TRACKER_CSV = "tracker_csv"


class Outcome(StrEnum):
    """How the work of one run on one application ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Completeness(StrEnum):
    """How much of a posting could be read."""

    FULL = "full"
    PARTIAL = "partial"
    TITLE_ONLY = "title_only"
    BLANK = "blank"


class QueueState(StrEnum):
    """The state of one piece of queued work."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MailCategory(StrEnum):
    """What a mail is about."""

    CONFIRMATION = "confirmation"
    REJECTION = "rejection"
    INTERVIEW = "interview"
    ASSESSMENT = "assessment"
    OFFER = "offer"
    RECRUITER_OUTREACH = "recruiter_outreach"
    FOLLOWUP_OTHER = "followup_other"
    JOB_ALERT = "job_alert"
    NOT_JOB = "not_job"


class UidState(StrEnum):
    """What became of one message of a mailbox."""

    DUE = "due"
    TAKEN = "taken"
    GONE = "gone"
    QUARANTINED = "quarantined"


class DecisionKind(StrEnum):
    """What a person decided; stored apart from what is derived, and wins on every replay."""

    STATUS = "status"
    FIELD = "field"
    NOTE = "note"
    ARCHIVE = "archive"
    LINK = "link"
    UNLINK = "unlink"
    NOT_JOB_MAIL = "not_job_mail"
    MAIL_CATEGORY = "mail_category"
    SAME_COMPANY = "same_company"
    MERGE = "merge"
    SPLIT = "split"


class ApptrackError(Exception):
    """Base of every error that this package raises on purpose."""


class PermanentError(ApptrackError):
    """Trying again cannot help."""


class InvalidInputError(PermanentError):
    """What came in cannot be read; `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class BlankPostingError(PermanentError):
    """A captured page holds no posting text."""


class NeedsCaptureError(PermanentError):
    """The posting's site does not give it to us; a person can capture it in the browser."""


class TransientError(ApptrackError):
    """Trying again later may help; `retry_after_s` is the other side's own wish, in seconds."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ConfigurationError(ApptrackError):
    """A stage cannot work until a person sets something; the message says what."""
