"""What is read of a posting, and what it is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.vocabulary import EmploymentType, LocationType, SalaryPeriod

Source = Literal["api", "json-ld", "microdata", "embedded state", "dom", "meta", "text", "user"]
"""Where a field was read; `user`: the person who captured the page typed or selected it."""


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a field was read, and how sure that is: 0 (a guess) to 1 (the maker of the page says so)."""

    source: Source
    confidence: float


@dataclass(frozen=True, slots=True)
class PayRange:
    """One stated pay, `minimum` to `maximum` in `currency` (ISO 4217) per `period`, kept as it was stated.

    `label` is the place or level that it is for. `estimated`: the board's own guess, not the employer's word.
    """

    minimum: Decimal | None
    maximum: Decimal | None
    currency: str | None
    period: SalaryPeriod | None
    label: str | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Payload:
    """What is known of one posting before it is read: its address, answers of servers, the captured page.

    `answer` is the JSON of a platform's API (any JSON value); `answer_text` an answer that is no JSON (XML).
    `organisation` and `posting_id` are what the address named, so that one posting is found in the answer of
    a whole board. The last three are what the person who captured the page had before them.
    """

    url: str
    html: str | None = None
    answer: object = None
    answer_text: str | None = None
    organisation: str | None = None
    posting_id: str | None = None
    json_ld: list[object] | dict[str, object] | str | None = None
    selected_text: str | None = None
    page_title: str | None = None
    company_name: str | None = None
    job_title: str | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """A posting as it is understood; `salary_*` sums up `salary_ranges` where they have one currency and
    period.

    `is_open` is None where nothing says either way. `requirements` are the lines under the headings that ask
    for something, in the posting's order.
    """

    title: str | None = None
    company: str | None = None
    locations: tuple[str, ...] = ()
    location_type: LocationType | None = None
    employment_type: EmploymentType | None = None
    salary_min: Decimal | None = None
    salary_max: Decimal | None = None
    salary_currency: str | None = None
    salary_period: SalaryPeriod | None = None
    salary_text: str | None = None
    salary_ranges: tuple[PayRange, ...] = ()
    description_text: str | None = None
    description_html: str | None = None
    requirements: tuple[str, ...] = ()
    posted_at: date | None = None
    closes_at: date | None = None
    requisition_id: str | None = None
    language: str | None = None
    is_open: bool | None = None
    closed_reason: str | None = None
    completeness: Completeness = Completeness.BLANK
    fields: Mapping[str, FieldSource] = field(default_factory=lambda: MappingProxyType({}))
    review_reason: str | None = None
