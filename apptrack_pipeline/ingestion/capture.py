"""Reads what a person sent: one JSON body becomes a capture, however broken the page inside it is.

A page is somebody else's text: NUL bytes, half of a surrogate pair, bytes that are not UTF-8 and JSON-LD
nested a million deep are facts of the web. They are kept as they came in; what cannot be read is repaired
for the reader, and the repair is named in `damage`, so that a person looks. Only a body that is not JSON at
all, or whose own fields are wrong, is refused.

What is not here: which URLs are the same (`urls.py`) and how captures are kept (`intake.py`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
)

from apptrack_pipeline.db.capture_body import JsonRepair
from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.detection import identity_url
from apptrack_pipeline.postings.urls import MAX_URL_CHARS

MAX_AGE: Final = dt.timedelta(days=3653)
"""Oldest capture that is taken: 10 years."""

_NUL_ESCAPE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# A key of the body, never text inside a string: there the quotes are escaped.
_CAPTURED_AT: Final = re.compile(rb'(?<!\\)"captured_at"\s*:\s*(?:"[^"\\]*"|[^\s",}\]]+)')


def _absent_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


class CaptureBody(BaseModel):
    """What `POST /applications/capture` takes; fields that are not named here are kept, but not read."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    job_posting_url: Annotated[str, StringConstraints(max_length=MAX_URL_CHARS)] = Field(
        description="Address of the posting; the same posting is the same application"
    )
    company_name: Annotated[str, StringConstraints(max_length=500)] | None = None
    job_title: Annotated[str, StringConstraints(max_length=500)] | None = None
    notes: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    page_title: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    html: str | None = Field(default=None, description="The page, as the browser shows it")
    json_ld: Any = Field(default=None, description="The page's JSON-LD: any JSON, or its text")
    selected_text: str | None = Field(default=None, description="What was selected on the page")
    applied: StrictBool | None = Field(
        default=None,
        description="True: the application was sent. False, or nothing: it is saved. A capture never moves a "
        "status back: where an earlier one said true, false has no effect, and the capture's event says so",
    )
    captured_at: Annotated[AwareDatetime | None, BeforeValidator(_absent_if_blank)] = Field(
        default=None,
        description="When the button was pressed, with its time zone; no later than the server's time",
    )
    extension_version: Annotated[str, StringConstraints(max_length=50)] | None = None


class InvalidFieldsError(InvalidInputError):
    """A body that cannot be taken; `problems` holds (field, message) for each field that is wrong."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__(*problems[0])
        self.problems = problems


@dataclass(frozen=True)
class NewCapture:
    """A capture that has been read and not been stored yet."""

    job_posting_url: str
    canonical_url: str
    url_hash: bytes
    """SHA-256 of `canonical_url`."""
    fields: dict[str, Any]
    """The body without the page, in values that PostgreSQL can hold; `has_page`, and `damage` if any."""
    body: bytes
    """The request's body as it came in."""
    body_hash: bytes
    """SHA-256 of the body without `captured_at`: a client that sends it again may take a new time."""
    source: str
    captured_at: dt.datetime
    received_at: dt.datetime


def read_capture(body: bytes, *, received_at: dt.datetime) -> NewCapture:
    """Return the capture that a request's body holds; raises InvalidInputError naming what is wrong."""
    repair = JsonRepair()
    try:
        sent = CaptureBody.model_validate_json(body)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] != "json_invalid":
            raise refusal(error) from None
        try:
            sent = CaptureBody.model_validate(repair.read(body))
        except ValidationError as second_error:
            raise refusal(second_error) from None
    if b"\\u0000" in body and _NUL_ESCAPE.search(body):
        repair.damage.add("nul")

    url = repair.text(sent.job_posting_url).strip()
    if not url:
        raise InvalidInputError("job_posting_url", "must not be blank")
    canonical = identity_url(url)
    fields: dict[str, Any] = {}
    for name in ("company_name", "job_title", "notes", "page_title", "extension_version"):
        text = repair.text(getattr(sent, name) or "").strip()
        if text:
            fields[name] = text
    if sent.applied is not None:
        fields["applied"] = sent.applied
    fields["has_page"] = bool(sent.html or sent.selected_text or sent.json_ld)
    if repair.damage:
        fields["damage"] = sorted(repair.damage)
    return NewCapture(
        job_posting_url=url,
        canonical_url=canonical,
        url_hash=hashlib.sha256(canonical.encode()).digest(),
        fields=fields,
        body=body,
        body_hash=_content_hash(body),
        source="browser_extension" if "extension_version" in fields else "api",
        captured_at=_moment(sent.captured_at, received_at),
        received_at=received_at,
    )


def refusal(error: ValidationError) -> InvalidFieldsError:
    """Return the error that names each field of a body that is wrong, and never its value."""
    return InvalidFieldsError(
        tuple(
            (str(problem["loc"][0]) if problem["loc"] else "body", problem["msg"])
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        )
    )


def _moment(captured_at: dt.datetime | None, received_at: dt.datetime) -> dt.datetime:
    if captured_at is None or captured_at > received_at:
        return received_at
    if captured_at < received_at - MAX_AGE:
        raise InvalidInputError("captured_at", "must not be more than 10 years ago")
    return captured_at.astimezone(dt.UTC)


def _content_hash(body: bytes) -> bytes:
    content = _CAPTURED_AT.sub(b"", body) if b'"captured_at"' in body else body
    return hashlib.sha256(content).digest()
