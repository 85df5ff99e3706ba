"""The sample world: one invented person's resume, captures of invented postings, and what they come to.

Every employer, person and text is made up; the pages have the shape that each platform's real ones have.
The world was written on one day and moves with the clock: dates in its pages and the moments of its
captures keep their distance from `now`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any, Final

from apptrack_pipeline.domain import Completeness, Status

RESUME_FILENAME: Final = "resume.md"

EXTENSION_VERSION: Final = "1.4.0"
"""What the captures give as the version of the browser extension."""

_WRITTEN_ON: Final = dt.date(2026, 11, 23)
_DATE = re.compile(r"\b20\d\d-[01]\d-[0-3]\d\b")
_JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class ExpectedApplication:
    """What the pipeline makes of an application; `salary` is minimum, maximum, currency and period."""

    company: str
    title: str
    status: Status
    """By its captures alone."""
    after_mail: Status
    """When all mail of the sample mailbox has been read as well."""
    completeness: Completeness
    language: str | None = None
    salary: tuple[Decimal, Decimal, str, str] | None = None
    is_closed: bool = False

    @property
    def is_analysed(self) -> bool:
        """Whether there is text to compare the resume with."""
        return self.completeness in {Completeness.FULL, Completeness.PARTIAL}


@dataclass(frozen=True)
class SampleCapture:
    """One press of the extension's button, `age` before now."""

    key: str
    """The same for all captures of one posting: what the labels of the mailbox name."""
    url: str
    age: dt.timedelta
    page: str | None = None
    """File in `pages/`; None: the extension could send the address only."""
    company_name: str | None = None
    job_title: str | None = None
    notes: str | None = None
    applied: bool = False
    expected: ExpectedApplication | None = None
    """None where an earlier capture of the same posting says what to expect."""

    def body(self, *, now: dt.datetime) -> dict[str, Any]:
        """Return what the extension posts to `/api/v1/applications/capture`."""
        body: dict[str, Any] = {
            "job_posting_url": self.url,
            "company_name": self.company_name,
            "job_title": self.job_title,
            "notes": self.notes,
            "applied": self.applied,
            "captured_at": (now - self.age).isoformat(timespec="seconds"),
            "extension_version": EXTENSION_VERSION,
        }
        if self.page is not None:
            html = read_page(self.page, today=now.date())
            title = _TITLE.search(html)
            body |= {
                "page_title": title[1] if title else None,
                "html": html,
                "json_ld": _JSON_LD.findall(html) or None,
            }
        return {name: value for name, value in body.items() if value is not None}


def read_resume_file() -> bytes:
    """Return the resume, as Markdown."""
    return (files(__package__) / RESUME_FILENAME).read_bytes()


def read_page(name: str, *, today: dt.date) -> str:
    """Return a page with its dates moved to be as long ago as they were when it was written."""
    moved = today - _WRITTEN_ON

    def move(found: re.Match[str]) -> str:
        return (dt.date.fromisoformat(found[0]) + moved).isoformat()

    return _DATE.sub(move, (files(__package__) / "pages" / name).read_text(encoding="utf-8"))


def _euros(low: int, high: int) -> tuple[Decimal, Decimal, str, str]:
    return Decimal(low), Decimal(high), "EUR", "year"


def _ago(days: int, hours: float) -> dt.timedelta:
    return dt.timedelta(days=days, hours=hours)


CAPTURES: Final = (
    SampleCapture(
        key="quillmarsh",
        url="https://job-boards.greenhouse.io/quillmarsh/jobs/4012345008",
        age=_ago(24, 3.2),
        page="greenhouse_senior_data_engineer.html",
        company_name="Quillmarsh",
        job_title="Senior Data Engineer",
        notes="Referred by Jonas, who sat next to me at the last meetup.",
        applied=True,
        expected=ExpectedApplication(
            "Quillmarsh",
            "Senior Data Engineer",
            Status.APPLIED,
            Status.OFFER,
            Completeness.FULL,
            "en",
            _euros(82_000, 104_000),
        ),
    ),
    SampleCapture(
        key="tarnbeck",
        url="https://jobs.lever.co/tarnbeck/5b1f0c3e-7a52-4d0e-9c41-2f6f3f6b8d17",
        age=_ago(21, 5.5),
        page="lever_backend_engineer.html",
        company_name="Tarnbeck",
        job_title="Backend Engineer, Planning",
        expected=ExpectedApplication(
            "Tarnbeck", "Backend Engineer, Planning", Status.APPLIED, Status.REJECTED, Completeness.FULL, "en"
        ),
    ),
    SampleCapture(
        key="brackenfold",
        url="https://brackenfold.wd5.myworkdayjobs.com/en-US/careers/job/Dublin/Data-Platform-Engineer_R-20417",
        age=_ago(18, 1.1),
        page="workday_data_platform_engineer.html",
        company_name="Brackenfold Health",
        job_title="Data Platform Engineer",
        expected=ExpectedApplication(
            "Brackenfold Health",
            "Data Platform Engineer",
            Status.SAVED,
            Status.REJECTED,
            Completeness.FULL,
            "en",
        ),
    ),
    SampleCapture(
        key="marrowgate",
        url="https://jobs.smartrecruiters.com/MarrowgateInsurance/744000098765432-senior-java-engineer-claims",
        age=_ago(16, 7.4),
        page="smartrecruiters_senior_java_engineer.html",
        company_name="Marrowgate Insurance",
        job_title="Senior Java Engineer, Claims",
        expected=ExpectedApplication(
            "Marrowgate Insurance",
            "Senior Java Engineer, Claims",
            Status.SAVED,
            Status.REJECTED,
            Completeness.FULL,
            "en",
        ),
    ),
    SampleCapture(
        key="fennholt",
        url="https://apply.workable.com/fennholt-energie/j/7C41D0E9AB/",
        age=_ago(13, 2.8),
        page="workable_data_engineer_german.html",
        company_name="Fennholt Energie GmbH",
        job_title="Data Engineer (m/w/d)",
        applied=True,
        expected=ExpectedApplication(
            "Fennholt Energie GmbH",
            "Data Engineer (m/w/d)",
            Status.APPLIED,
            Status.INTERVIEW,
            Completeness.FULL,
            "de",
        ),
    ),
    SampleCapture(
        key="stellmoor",
        url="https://careers-stellmoor.icims.com/jobs/4127/site-reliability-engineer/job?mode=view",
        age=_ago(11, 4.0),
        page="icims_site_reliability_engineer.html",
        company_name="Stellmoor Castings",
        job_title="Site Reliability Engineer",
        expected=ExpectedApplication(
            "Stellmoor Castings",
            "Site Reliability Engineer",
            Status.SAVED,
            Status.APPLIED,
            Completeness.FULL,
            "en",
            (Decimal("52.50"), Decimal("64.00"), "USD", "hour"),
        ),
    ),
    SampleCapture(
        key="tarnbeck",
        url="https://jobs.lever.co/tarnbeck/5b1f0c3e-7a52-4d0e-9c41-2f6f3f6b8d17"
        "?lever-source=LinkedIn&utm_source=newsletter&utm_campaign=autumn",
        age=_ago(9, 6.3),
        page="lever_backend_engineer.html",
        company_name="Tarnbeck",
        job_title="Backend Engineer, Planning",
        notes="Sent it. They answer within ten days.",
        applied=True,
    ),
    SampleCapture(
        key="hollowbrook",
        url="https://ch.linkedin.com/jobs/view/machine-learning-engineer-at-hollowbrook-robotics-4098761234",
        age=_ago(8, 0.9),
        page="linkedin_machine_learning_engineer_closed.html",
        company_name="Hollowbrook Robotics",
        job_title="Machine Learning Engineer",
        expected=ExpectedApplication(
            "Hollowbrook Robotics",
            "Machine Learning Engineer",
            Status.SAVED,
            Status.REJECTED,
            Completeness.FULL,
            "en",
            is_closed=True,
        ),
    ),
    SampleCapture(
        key="thistlewire",
        url="https://jobs.ashbyhq.com/thistlewire/c2a8f6d4-1b7e-4f0a-8d35-90e1b7a4c6f2",
        age=_ago(6, 3.7),
        page="ashby_analytics_engineer.html",
        company_name="Thistlewire",
        job_title="Analytics Engineer",
        applied=True,
        expected=ExpectedApplication(
            "Thistlewire",
            "Analytics Engineer",
            Status.APPLIED,
            Status.ASSESSMENT,
            Completeness.FULL,
            "en",
            _euros(62_000, 78_000),
        ),
    ),
    SampleCapture(
        key="wendelmoor-data",
        url="https://job-boards.greenhouse.io/wendelmoor/jobs/4023456004",
        age=_ago(5, 11.5),
        page="greenhouse_data_engineer.html",
        company_name="Wendelmoor",
        job_title="Data Engineer, Routing",
        applied=True,
        expected=ExpectedApplication(
            "Wendelmoor",
            "Data Engineer, Routing",
            Status.APPLIED,
            Status.REJECTED,
            Completeness.FULL,
            "en",
        ),
    ),
    SampleCapture(
        key="wendelmoor-backend",
        url="https://job-boards.greenhouse.io/wendelmoor/jobs/4023457004",
        age=_ago(4, 9.5),
        page="greenhouse_backend_engineer.html",
        company_name="Wendelmoor",
        job_title="Backend Engineer, Driver App",
        applied=True,
        expected=ExpectedApplication(
            "Wendelmoor",
            "Backend Engineer, Driver App",
            Status.APPLIED,
            Status.APPLIED,
            Completeness.FULL,
            "en",
        ),
    ),
    SampleCapture(
        key="veloursine",
        url="https://veloursine.recruitee.com/o/ingenieure-backend-python",
        age=_ago(3, 2.2),
        page="recruitee_backend_engineer_french.html",
        company_name="Véloursine",
        job_title="Ingénieur·e backend Python",
        expected=ExpectedApplication(
            "Véloursine",
            "Ingénieur·e backend Python",
            Status.SAVED,
            Status.INTERVIEW,
            Completeness.FULL,
            "fr",
            _euros(48_000, 58_000),
        ),
    ),
    SampleCapture(
        key="cinderlake",
        url="https://www.cinderlake.example/careers/open-roles?gh_jid=5566778004",
        age=_ago(2, 5.0),
        company_name="Cinderlake",
        job_title="Staff Data Engineer",
        expected=ExpectedApplication(
            "Cinderlake", "Staff Data Engineer", Status.SAVED, Status.APPLIED, Completeness.TITLE_ONLY
        ),
    ),
    SampleCapture(
        key="pinmoss",
        url="https://pinmoss.bamboohr.com/careers/87",
        age=_ago(0, 2.6),
        page="bamboohr_blank.html",
        company_name="Pinmoss Games",
        job_title="Data Engineer, Telemetry",
        expected=ExpectedApplication(
            "Pinmoss Games", "Data Engineer, Telemetry", Status.SAVED, Status.APPLIED, Completeness.BLANK
        ),
    ),
)
"""Oldest first: fourteen captures of thirteen postings. Two are of one employer, a day apart."""

MADE_OF_MAIL: Final = (("Gravenhulst", "Data Engineer", Status.APPLIED),)
"""What nobody captured, and a certain receipt in the sample mailbox makes: employer, role, status."""

STORY_URL: Final = CAPTURES[1].url
"""The posting whose timeline the demo tells: saved first, applied for when it was captured again."""
