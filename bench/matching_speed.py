"""How fast mail is matched with applications, from facts to links, among few and among many applications."""

from __future__ import annotations

import datetime as dt
import os
import random
import time
import uuid
from collections.abc import Sequence
from typing import Any, Final

from apptrack_pipeline.correlation.candidates import ApplicationIndex
from apptrack_pipeline.correlation.companies import SHIPPED
from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts
from apptrack_pipeline.correlation.matcher import correlate
from apptrack_pipeline.domain import MailCategory

SIZES: Final = (1_000, 100_000)
"""Numbers of applications; the bars are 3,000 and 1,000 mails a second."""
MAILS: Final = 10_000

_NOW: Final = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
_SYLLABLES: Final = [
    "bar",
    "cor",
    "dan",
    "el",
    "fen",
    "gra",
    "hol",
    "in",
    "jun",
    "kes",
    "lor",
    "mar",
    "nor",
    "os",
    "pin",
    "quil",
    "ras",
    "sol",
    "tam",
    "ul",
    "ven",
    "wick",
    "yar",
    "zel",
]
_NOUNS: Final = [
    "Systems",
    "Software",
    "Capital",
    "Labs",
    "Energy",
    "Health",
    "Logistics",
    "Foods",
    "Group",
    "Bank",
    "Media",
    "Robotics",
]
_FORMS: Final = ["", "", " Inc.", " Ltd", " GmbH", " LLC", " SAS", " AG", " plc", ", Inc."]
_ROLES: Final = [
    "Data Engineer",
    "Software Engineer",
    "Product Manager",
    "Data Analyst",
    "Account Manager",
    "Registered Nurse",
    "Financial Analyst",
    "UX Designer",
    "Site Reliability Engineer",
    "Project Manager",
]
_LEVELS: Final = ["", "", "", "Senior ", "Junior ", "Lead ", "Staff "]
_FIELDS: Final = [
    "",
    "",
    "",
    ", Payments",
    ", Platform",
    " II",
    " III",
    " - London",
    " - Berlin",
    " (Remote)",
]
_CATEGORIES: Final = (
    [MailCategory.CONFIRMATION] * 9 + [MailCategory.REJECTION] * 7 + [MailCategory.INTERVIEW] * 2
) + [MailCategory.ASSESSMENT, MailCategory.FOLLOWUP_OTHER]


def _company(chosen: random.Random) -> str:
    word = "".join(chosen.choices(_SYLLABLES, k=3)).capitalize()
    return f"{word} {chosen.choice(_NOUNS)}" if chosen.random() < 0.6 else word


def _title(chosen: random.Random) -> str:
    return chosen.choice(_LEVELS) + chosen.choice(_ROLES) + chosen.choice(_FIELDS)


def _id(chosen: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chosen.getrandbits(128))


def corpus(applications: int, mails: int, seed: int = 1) -> tuple[list[ApplicationFacts], list[MailFacts]]:
    """Return that many applications, a quarter of them siblings, and mails about every third kind of thing.

    Of the mails 55 in 100 name employer and role, 15 the employer alone, 5 a number, 5 answer another mail
    in its thread, and 20 come from employers that nobody tracks.
    """
    chosen = random.Random(seed)
    names = [_company(chosen) for _ in range(max(1, applications * 3 // 4))]
    tracked = []
    for n in range(applications):
        applied_at = _NOW - dt.timedelta(days=chosen.randrange(1, 700), hours=chosen.randrange(24))
        tracked.append(
            ApplicationFacts(
                id=_id(chosen),
                companies=(names[n % len(names)] + chosen.choice(_FORMS),),
                titles=(_title(chosen),),
                applied_at=applied_at,
                known_since=applied_at,
                requisition_ids=(f"R-{n:07}",) if n % 3 == 0 else (),
                urls=(f"https://boards.greenhouse.io/x/jobs/{4_000_000 + n}",) if n % 2 == 0 else (),
                tags=(f"a{n}",),
            )
        )
    return tracked, [_mail(chosen, n, chosen.choice(tracked)) for n in range(mails)]


def _mail(chosen: random.Random, n: int, one: ApplicationFacts) -> MailFacts:
    kind = chosen.random()
    at = (one.applied_at or _NOW) + dt.timedelta(days=chosen.randrange(30), minutes=chosen.randrange(1440))
    company, title = one.companies[0], one.titles[0]
    if kind >= 0.8:
        company, title = _company(chosen) + " Recruiting", _title(chosen)
    shown = company.split(",")[0]
    return MailFacts(
        mail_id=_id(chosen),
        event=0,
        category=chosen.choice(_CATEGORIES),
        certainty=0.95,
        is_certain=True,
        received_at=at,
        company=shown,
        other_companies=(shown.lower().replace(" ", ""), f"{shown} Talent Team"),
        title=title if kind < 0.55 or kind >= 0.8 else None,
        requisition_id=next(iter(one.requisition_ids), None) if 0.7 <= kind < 0.75 else None,
        message_id=f"{n}@mail.example",
        # Two mails in a hundred begin a thread that a third one answers.
        references=(f"{n - 1}@mail.example",) if 0.75 <= kind < 0.8 and n else (),
        thread_key=f"id:{n}@mail.example",
        account="bench",
        sender="no-reply@ashbyhq.com",
        system="Ashby",
        subject=f"Thank you for applying to {shown}",
        text=f"Hi Robin, thank you for your application for {title} at {shown}. We will read it with care "
        "and come back to you within two weeks, whatever we decide. Please do not answer this mail. " * 2,
    )


def measure(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Return mails matched per second on one core, with the machine's load at that time.

    What reading the applications takes is told apart: the pipeline keeps their keys in the database.
    """
    results: dict[str, Any] = {}
    for size in sizes:
        applications, mails = corpus(size, MAILS)
        load = os.getloadavg()[0]
        started = time.perf_counter()
        index = ApplicationIndex(applications, SHIPPED)
        indexed = time.perf_counter()
        links = correlate(index, mails)
        elapsed_s = time.perf_counter() - indexed
        linked = sum(link.outcome == "linked" for link in links)
        results[f"applications_read_s_at_{size}"] = round(indexed - started, 2)
        results[f"matched_per_s_at_{size}"] = (
            f"{MAILS / elapsed_s:.0f} ({MAILS} mails, {linked} linked; load {load:.1f})"
        )
    return results
