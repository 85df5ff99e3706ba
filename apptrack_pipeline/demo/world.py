"""The sample world: one invented person's resume, captures of invented postings, what their sites
answer, and what they come to.

Every employer, person and text is made up; pages and answers have the shape that each platform's real ones
have. The world was written on one day and moves with the clock: dates in its pages and answers, and the
moments of its captures, keep their distance from `now`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from apptrack_pipeline.domain import Completeness, Status

RESUME_FILENAME: Final = "resume.md"

EXTENSION_VERSION: Final = "1.4.0"
"""What the captures give as the version of the browser extension."""

_WRITTEN_ON: Final = dt.date(2026, 11, 23)
# Also where a time of day follows: "2026-10-08T10:31:07".
_DATE = re.compile(r"(?<![\d-])20\d\d-[01]\d-[0-3]\d(?![\d-])")
_JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


ReadFrom = Literal["captured page", "API", "fetched page", "nothing"]
"""Where the text of a posting came from."""


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
    platform: str
    read_from: ReadFrom = "captured page"
    language: str | None = None
    locations: tuple[str, ...] = ()
    employment_type: str | None = "full_time"
    review: str | None = None
    """Why the posting waits for a person."""
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
    return _moved((files(__package__) / "pages" / name).read_text(encoding="utf-8"), today=today)


def write_answers(folder: Path, *, today: dt.date) -> None:
    """Write what the sites of the sample world answer into a new folder, in the form of the fetch archive.

    The dates in it are moved as those of the pages are.
    """
    folder.mkdir()
    for recorded in (files(__package__) / "answers").iterdir():
        text = _moved(recorded.read_text(encoding="utf-8"), today=today)
        (folder / recorded.name).write_text(text, encoding="utf-8")


def _moved(text: str, *, today: dt.date) -> str:
    moved = today - _WRITTEN_ON

    def move(found: re.Match[str]) -> str:
        return (dt.date.fromisoformat(found[0]) + moved).isoformat()

    return _DATE.sub(move, text)


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
            "greenhouse",
            language="en",
            locations=("Ghent, East Flanders, Belgium",),
            salary=_euros(82_000, 104_000),
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
            "Tarnbeck",
            "Backend Engineer, Planning",
            Status.APPLIED,
            Status.REJECTED,
            Completeness.FULL,
            "lever",
            language="en",
            locations=("Rotterdam, NL",),
            salary=_euros(68_000, 84_000),
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
            "workday",
            language="en",
            locations=("Dublin, Ireland",),
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
            "smartrecruiters",
            language="en",
            locations=("Leeds, United Kingdom",),
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
            "workable",
            language="de",
            locations=("Leipzig, Sachsen, Deutschland",),
            salary=_euros(58_000, 70_000),
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
            "icims",
            language="en",
            locations=("Dayton, OH, US",),
            salary=(Decimal("52.50"), Decimal("64.00"), "USD", "hour"),
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
            "linkedin",
            language="en",
            locations=("Zurich, Switzerland",),
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
            "ashby",
            language="en",
            locations=("Portugal",),
            salary=_euros(62_000, 78_000),
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
            "greenhouse",
            language="en",
            locations=("Utrecht, Netherlands",),
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
            "greenhouse",
            language="en",
            locations=("Utrecht, Netherlands",),
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
            "recruitee",
            language="fr",
            locations=("Lyon, Auvergne-Rhône-Alpes, France",),
            salary=_euros(48_000, 58_000),
        ),
    ),
    SampleCapture(
        key="cinderlake",
        url="https://www.cinderlake.example/careers/open-roles?gh_jid=5566778004",
        age=_ago(2, 5.0),
        company_name="Cinderlake",
        job_title="Staff Data Engineer",
        expected=ExpectedApplication(
            "Cinderlake",
            "Staff Data Engineer",
            Status.SAVED,
            Status.APPLIED,
            Completeness.FULL,
            "greenhouse",
            "API",
            language="en",
            locations=("Charleroi, Belgium",),
            salary=_euros(88_000, 108_000),
        ),
    ),
    SampleCapture(
        key="larkenfjord",
        url="https://ats.rippling.com/larkenfjord/jobs/7e1b94c3-58d2-4f6a-9a07-3c2e5d8f1b60",
        age=_ago(1, 8.4),
        company_name="Larkenfjord Optics",
        job_title="Platform Engineer, Observability",
        expected=ExpectedApplication(
            "Larkenfjord Optics",
            "Platform Engineer, Observability",
            Status.SAVED,
            Status.SAVED,
            Completeness.FULL,
            "rippling",
            "API",
            language="en",
            locations=("Bergen, Norway",),
            salary=(Decimal(780_000), Decimal(940_000), "NOK", "year"),
        ),
    ),
    SampleCapture(
        key="osterwynd",
        url="https://be.indeed.com/viewjob?jk=4f0c9a7be21d6358",
        age=_ago(1, 3.1),
        company_name="Osterwynd Ferries",
        job_title="Timetable Analyst",
        expected=ExpectedApplication(
            "Osterwynd Ferries",
            "Timetable Analyst",
            Status.SAVED,
            Status.SAVED,
            Completeness.TITLE_ONLY,
            "indeed",
            "nothing",
            employment_type=None,
            review="needs_capture",
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
            "Pinmoss Games",
            "Data Engineer, Telemetry",
            Status.SAVED,
            Status.APPLIED,
            Completeness.BLANK,
            "bamboohr",
            "nothing",
            employment_type=None,
            review="blank_page",
        ),
    ),
)
"""Oldest first: sixteen captures of fifteen postings. Two are of one employer, a day apart.

Three came by address alone. The sites of two answer with the posting: of Cinderlake the page that embeds a
board, then the board; of Larkenfjord the API of its platform. The third may not be asked, and waits for a
capture in the browser.
"""

MADE_OF_MAIL: Final = (("Gravenhulst", "Data Engineer", Status.APPLIED),)
"""What nobody captured, and a certain receipt in the sample mailbox makes: employer, role, status."""

STORY_URL: Final = CAPTURES[1].url
"""The posting whose timeline the demo tells: saved first, applied for when it was captured again."""
