"""Makes labelled corpora of applications and mail, as `apptrack evaluate correlation` reads them.

The same seed makes the same corpus. What it is made of stands in `correlation_corpus.toml`. Beside the keys
of a corpus each mail has `resolvable`: whether what it names (employer and role, number, address, thread)
leaves one application at all; a date alone is not counted.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

FIRST_DAY: Final = dt.date(2026, 1, 12)
DAYS: Final = 90
"""Within which the applications are sent."""

_PERSON: Final = "Robin Falk"
_ADDRESS: Final = "robin.falk"
_HALVES = re.compile(r"\[\[(.*?)\|(.*?)\]\]", re.DOTALL)
_DAY: Final = {"en": "{1} {0}", "de": "{0}. {1}", "fr": "{0} {1}", "es": "{0} de {1}"}
_TOP_LEVEL: Final = {"en": "com", "de": "de", "fr": "fr", "es": "es"}
_RELAYS: Final = {
    "greenhouse": 5,
    "lever": 4,
    "workday": 5,
    "icims": 2,
    "ashby": 3,
    "smartrecruiters": 3,
    "workable": 2,
    "successfactors": 2,
    "teamtailor": 1,
    "own": 5,
    "person": 5,
}
_CONVERSES: Final = frozenset(["own", "person", "lever", "smartrecruiters"])
"""Relays through which a person answers, so that a thread grows."""
_ENDS: Final = frozenset(["rejection", "offer"])
_NUMBERED: Final = frozenset(["workday", "icims", "successfactors", "own", "greenhouse"])

# What may follow a confirmation, how often, and after how many days.
_COURSES: Final = (
    (40, (("rejection", 4, 40),)),
    (14, ()),
    (9, (("followup_other", 5, 25),)),
    (8, (("followup_other", 5, 15), ("rejection", 5, 25))),
    (8, (("interview", 4, 18), ("rejection", 5, 20))),
    (6, (("interview", 4, 18), ("reply", 0, 2))),
    (6, (("assessment", 2, 9), ("rejection", 6, 25))),
    (5, (("interview", 4, 15), ("reply", 0, 2), ("offer", 6, 20))),
    (4, (("assessment", 2, 9), ("interview", 5, 15), ("reply", 0, 3), ("rejection", 4, 20))),
)


@dataclass(frozen=True)
class Wanted:
    """What corpus is to be made."""

    seed: int = 1
    applications: int = 84
    employers: int = 60
    mails: int = 393
    about: int = 193
    """Mails that are about one of the applications."""
    decorated: bool = False
    """Names differ between tracker and mail: legal forms, initials, team names, relays, domains."""
    missing_titles: float = 0.03
    """Share of the mails that name no role."""


@dataclass(frozen=True)
class Employer:
    """One line of the table of employers."""

    name: str
    label: str
    language: str
    legal: str
    others: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The employer's own domain."""
        return f"{self.label}.{_TOP_LEVEL[self.language]}"


@dataclass(frozen=True)
class Application:
    """One application, tracked or not."""

    id: str
    employer: Employer
    company: str
    """As the tracker spells it."""
    title: str
    applied_on: dt.date
    relay: str
    recruiter: str
    location: str | None = None
    url: str | None = None
    job_id: str | None = None
    has_siblings: bool = False
    has_namesake: bool = False
    """A sibling has the same title: only the number tells them apart."""


@dataclass
class Mail:
    """One mail and what is true of it."""

    sender: str
    subject: str
    body: str
    at: dt.datetime
    category: str
    application: Application | None = None
    thread: int = 0
    resolvable: bool = False
    to: str = f"{_PERSON} <{_ADDRESS}@example.org>"
    serial: int = field(default=0)


class Maker:
    """Makes one corpus; everything random comes from one seeded source, in one order."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.random = random.Random(wanted.seed)
        text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
        self.pools: dict[str, Any] = tomllib.loads(text)
        self.threads = 0

    def corpus(self) -> tuple[list[Application], list[Mail]]:
        """Return the applications and the mails, each by date."""
        employers = self._employers()
        self.random.shuffle(employers)
        if self.wanted.employers + 10 > len(employers):
            raise ValueError(f"there are {len(employers)} employers, and 10 must stay untracked")
        tracked, untracked = employers[: self.wanted.employers], employers[self.wanted.employers :]
        applications = self._applications(tracked)
        about = self._about(applications)
        mails = about + self._about_none(applications, untracked, self.wanted.mails - len(about))
        mails.sort(key=lambda mail: mail.at)
        for serial, mail in enumerate(mails):
            mail.serial = serial
        return sorted(applications, key=lambda one: (one.applied_on, one.id)), mails

    # --- applications

    def _employers(self) -> list[Employer]:
        found = []
        for line in self.pools["employers"].strip().splitlines():
            name, label, language, legal, others = (part.strip() for part in line.split("|"))
            names = tuple(other.strip() for other in others.split(",") if other.strip())
            found.append(Employer(name, label, language, legal, names))
        return found

    def _applications(self, employers: Sequence[Employer]) -> list[Application]:
        extra = self.wanted.applications - len(employers)
        counts = dict.fromkeys(range(len(employers)), 1)
        with_siblings = max(1, len(employers) // 4)
        for n in range(extra):
            counts[n % with_siblings] += 1
        applications: list[Application] = []
        for n, employer in enumerate(employers):
            first = FIRST_DAY + dt.timedelta(days=self.random.randrange(DAYS))
            relay = self.random.choices(list(_RELAYS), list(_RELAYS.values()))[0]
            titles = self._titles(employer.language, counts[n])
            for title in titles:
                one = Application(
                    id=f"app-{len(applications) + 1:03}",
                    employer=employer,
                    company=self._tracked_name(employer),
                    title=title,
                    applied_on=first + dt.timedelta(days=self.random.choice([0, 0, 1, 3, 9, 20])),
                    relay=relay,
                    recruiter=self.random.choice(self.pools["recruiters"][employer.language]),
                    has_siblings=len(titles) > 1,
                    has_namesake=titles.count(title) > 1,
                )
                applications.append(self._with_posting(one))
        return applications

    def _titles(self, language: str, count: int) -> list[str]:
        if count == 1:
            return [self.random.choice(self.pools["titles"][language])]
        if self.random.random() < 0.07:
            return [self.random.choice(self.pools["titles"][language])] * count
        families = [one for one in self.pools["families"][language] if len(one) >= min(count, 3)]
        family = list(self.random.choice(families or self.pools["families"]["en"]))
        self.random.shuffle(family)
        titles = family[:count]
        while len(titles) < count:
            titles.append(self.random.choice(self.pools["titles"][language]))
        return titles

    def _tracked_name(self, employer: Employer) -> str:
        if not self.wanted.decorated:
            return employer.name if self.random.random() < 0.92 else employer.legal
        longer = [other for other in employer.others if not _is_initials(other)]
        forms = [employer.name, employer.legal, *longer[:1], employer.name.upper(), employer.domain]
        weights = [45, 40, *[8] * len(longer[:1]), 4, 3]
        return self.random.choices(forms, weights)[0]

    def _with_posting(self, one: Application) -> Application:
        number = self.random.randrange(1_000_000, 9_999_999)
        key = f"{self.random.getrandbits(128):032x}"
        long_key = "-".join((key[:8], key[8:12], key[12:16], key[16:20], key[20:]))
        label, relay = one.employer.label, one.relay
        url, job_id = {
            "greenhouse": (f"https://boards.greenhouse.io/{label}/jobs/{number}", str(number)),
            "lever": (f"https://jobs.lever.co/{label}/{long_key}", None),
            "ashby": (f"https://jobs.ashbyhq.com/{label}/{long_key}", None),
            "workday": (
                f"https://{label}.wd3.myworkdayjobs.com/en-US/External/job/x/y_R-{number // 10:07}",
                f"R-{number // 10:07}",
            ),
            "icims": (
                f"https://careers-{label}.icims.com/jobs/{number // 100}/x/job",
                f"2026-{number // 100}",
            ),
            "smartrecruiters": (f"https://jobs.smartrecruiters.com/{label}/74399{number}{number}", None),
            "workable": (f"https://apply.workable.com/{label}/j/{key[:10].upper()}", None),
            "successfactors": (f"https://jobs.{one.employer.domain}/job/x/{number}/", f"REQ-{number // 100}"),
            "teamtailor": (f"https://{label}.teamtailor.com/jobs/{number}-x", None),
        }.get(relay, (f"https://{one.employer.domain}/careers/jobs/{number}", f"JR{number}"))
        has_url, has_id = self.random.random() < 0.65, one.has_namesake or self.random.random() < 0.45
        city = self.random.choice(self.pools["cities"][one.employer.language])
        return replace(
            one,
            url=url if has_url else None,
            job_id=job_id or f"JR{number}" if has_id else None,
            location=city if self.random.random() < 0.5 else None,
        )

    # --- mail about the applications

    def _about(self, applications: Sequence[Application]) -> list[Mail]:
        courses = [self._course(one) for one in applications]
        while sum(map(len, courses)) > self.wanted.about:
            longest = [course for course in courses if len(course) > 1]
            self.random.choice(longest or [course for course in courses if course]).pop()
        while sum(map(len, courses)) < self.wanted.about:
            course = self.random.choice([one for one in courses if one[-1].category not in _ENDS])
            application = course[-1].application
            assert application is not None
            course.append(self._mail(application, "followup_other", self._later(course[-1].at, 3, 20)))
        mails = [mail for course in courses for mail in course]
        self._group_as_gmail_does(mails)
        for course in courses:
            for mail in course:
                same_thread = [
                    other for other in course if other.thread == mail.thread and other.at < mail.at
                ]
                mail.resolvable |= any(other.resolvable for other in same_thread)
        return mails

    def _course(self, one: Application) -> list[Mail]:
        applied_at = self._moment(one.applied_on)
        course: list[Mail] = []
        at = applied_at
        if self.random.random() < 0.94:
            at = self._later(applied_at, 0, self.random.choice([0, 0, 0, 1, 2]))
            course.append(self._mail(one, "confirmation", at))
        steps = self.random.choices([c for _, c in _COURSES], [weight for weight, _ in _COURSES])[0]
        for category, least, most in steps:
            at = self._later(at, least, most)
            previous = course[-1] if course else None
            if category == "reply":
                if previous is None or one.relay not in _CONVERSES:
                    continue
                course.append(self._reply(one, previous, at))
                continue
            mail = self._mail(one, category, at)
            if previous and one.relay in _CONVERSES and self.random.random() < 0.25:
                mail.thread, mail.subject = previous.thread, f"Re: {previous.subject.removeprefix('Re: ')}"
            course.append(mail)
        return course or [self._mail(one, "confirmation", self._later(applied_at, 0, 1))]

    def _mail(self, one: Application, category: str, at: dt.datetime) -> Mail:
        names_title = self.random.random() >= self.wanted.missing_titles
        shown = self._shown_name(one.employer)
        title = self._shown_title(one.title) if names_title else None
        if category == "confirmation" and title and self.random.random() < 0.06:
            return self._receipt(one, shown, title, at)
        template = self._template(category, one.employer.language)
        subject = self._filled(template["subject"], one, shown, title, at)
        body = self._filled(template["body"], one, shown, title, at)
        has_number = one.job_id is not None and (
            (one.has_namesake and names_title)
            or (one.relay in _NUMBERED and names_title and self.random.random() < 0.3)
        )
        has_url = one.url is not None and names_title and self.random.random() < 0.08
        if has_number:
            body += f"\n{self.random.choice(['Job requisition', 'Job ID', 'Requisition ID'])}: {one.job_id}\n"
        if has_url:
            body += f"\n{one.url}?utm_source=mail\n"
        if self.random.random() < 0.3:
            body = "\n".join(textwrap.fill(line, 72) for line in body.split("\n"))
        to = f"{_PERSON} <{_ADDRESS}@example.org>"
        is_tagged = self.random.random() < 0.02
        if is_tagged:
            to = f"{_ADDRESS}+{one.id}@example.org"
        names_role = title is not None and "{title}" in template["subject"] + template["body"]
        return Mail(
            sender=self._sender(one, shown, names_person="{recruiter}" in template["body"]),
            subject=subject,
            body=body,
            at=at,
            category=category,
            application=one,
            thread=self._new_thread(),
            resolvable=has_number
            or has_url
            or is_tagged
            or not one.has_siblings
            or (names_role and not one.has_namesake),
            to=to,
        )

    def _receipt(self, one: Application, shown: str, title: str, at: dt.datetime) -> Mail:
        city = one.location or self.random.choice(self.pools["cities"][one.employer.language])
        return Mail(
            sender="LinkedIn <jobs-noreply@linkedin.com>",
            subject=f"Robin, your application was sent to {shown}",
            body=f"Your application was sent to {shown}\n\n{title}\n{shown} · {city}\n\n"
            f"Applied on {at:%d.%m.}\n",
            at=at,
            category="confirmation",
            application=one,
            thread=self._new_thread(),
            resolvable=not one.has_namesake,
        )

    def _reply(self, one: Application, previous: Mail, at: dt.datetime) -> Mail:
        template = self._template("reply", one.employer.language)
        return Mail(
            sender=previous.sender,
            subject=f"Re: {previous.subject.removeprefix('Re: ')}",
            body=self._filled(template["body"], one, "", None, at),
            at=at,
            category=template["category"],
            application=one,
            thread=previous.thread,
            resolvable=not one.has_siblings,
        )

    def _group_as_gmail_does(self, mails: Sequence[Mail]) -> None:
        """Put mails of one sender with one subject into one thread, half of the time, as Gmail does."""
        first: dict[tuple[str, str], Mail] = {}
        for mail in sorted(mails, key=lambda one: one.at):
            other = first.setdefault((mail.sender, mail.subject), mail)
            if other is not mail and self.random.random() < 0.5:
                mail.thread = other.thread

    def _template(self, category: str, language: str) -> dict[str, str]:
        fitting = [one for one in self.pools[category] if one["lang"] == language]
        found: dict[str, str] = self.random.choice(fitting)
        return found

    def _shown_name(self, employer: Employer) -> str:
        """Return the employer's name as its mail spells it."""
        weights = [40, 35, 25] if self.wanted.decorated else [86, 8, 6]
        other = self.random.choice(employer.others or (employer.name,))
        return self.random.choices([employer.name, employer.legal, other], weights)[0]

    def _shown_title(self, title: str) -> str:
        if self.random.random() < 0.3:
            title = re.sub(r"\s*\((?:m/w/d|H/F)\)", "", title)
        if self.random.random() < (0.5 if self.wanted.decorated else 0.15):
            title = title.replace("Senior ", "Sr. ")
        if self.wanted.decorated and self.random.random() < 0.15:
            title += self.random.choice([" (Remote)", " - Full-time", " (f/m/x)"])
        return title

    def _sender(self, one: Application, shown: str, *, names_person: bool) -> str:
        label, domain = one.employer.label, one.employer.domain
        name = shown
        if self.wanted.decorated:
            name = self.random.choice(
                [
                    f"{shown} Talent Acquisition",
                    f"{shown} Talent Team",
                    f"{shown} Careers",
                    f"Careers at {shown}",
                    f"{shown} Hiring Team",
                    f"{shown} HR",
                    f"{one.recruiter} from {shown}",
                    f"{shown} via Greenhouse" if one.relay == "greenhouse" else f"{shown} Recruiting",
                ]
            )
        handle = _handle(one.recruiter)
        match one.relay:
            case "greenhouse":
                address = self.random.choice(["no-reply@us.greenhouse-mail.io", "no-reply@greenhouse.io"])
                return address if self.random.random() < 0.4 else _mailbox(name, address)
            case "lever":
                return _mailbox(name, "no-reply@hire.lever.co")
            case "ashby":
                return _mailbox(
                    name if self.wanted.decorated else f"{shown} Hiring Team", "no-reply@ashbyhq.com"
                )
            case "workday":
                shows = self.random.choice(["Workday", "HR Systems", "", name, f"{shown} Careers"])
                return _mailbox(shows, f"{label.replace('-', '')}@myworkday.com")
            case "icims":
                return _mailbox(
                    self.random.choice([f"{shown} @ icims", name]), f"{label}+autoreply@talent.icims.com"
                )
            case "smartrecruiters":
                shows = f"{one.recruiter} from {shown}" if names_person else name
                return _mailbox(shows, "notification@smartrecruiters.com")
            case "workable":
                return _mailbox(name, "noreply@candidates.workablemail.com")
            case "successfactors":
                return _mailbox(f"{shown} Human Resources", "donotreply@successfactors.com")
            case "teamtailor":
                return _mailbox(name, f"no-reply@{label}.teamtailor-mail.com")
            case "person":
                return _mailbox(one.recruiter, f"{handle}@{domain}")
        box = self.random.choice(["careers", "jobs", "no-reply", "recruiting", "talent"])
        return _mailbox(name, f"{box}@{domain}")

    def _filled(self, text: str, one: Application, shown: str, title: str | None, at: dt.datetime) -> str:
        halves = _HALVES.sub(lambda found: found[1 if title else 2], text)
        return self._with_values(
            halves.strip("\n"),
            one.employer.language,
            at,
            company=shown,
            title=title or "",
            recruiter=one.recruiter,
        )

    def _with_values(self, text: str, language: str, at: dt.datetime, **values: str) -> str:
        day = at + dt.timedelta(days=self.random.randrange(3, 12))
        values |= {
            "first": _PERSON.split()[0],
            "day": _DAY[language].format(day.day, self.pools["months"][language][day.month - 1]),
            "link": f"https://calendar.example/{self.random.randrange(10**6):06}",
            "code": f"{self.random.randrange(10**6, 10**7)}",
        }
        return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text).strip() + (
            "\n" if "\n" in text else ""
        )

    # --- mail about none of them

    def _about_none(
        self, applications: Sequence[Application], untracked: Sequence[Employer], count: int
    ) -> list[Mail]:
        mails: list[Mail] = []
        others = count * 3 // 10
        while len(mails) < others:
            mails += self._untracked_course(self.random.choice(untracked))[: others - len(mails)]
        strange = count // 20
        singles = [one for one in applications if not one.has_siblings]
        for one in self.random.sample(singles, min(strange, len(singles))):
            mails.append(self._of_before(one) if self.random.random() < 0.5 else self._of_another_role(one))
        while len(mails) < count:
            template = self.random.choice(self.pools["noise"])
            mails.append(self._noise(template, self.random.choice(applications).employer, untracked))
        return mails

    def _untracked_course(self, employer: Employer) -> list[Mail]:
        one = Application(
            id="none",
            employer=employer,
            company=employer.name,
            title=self.random.choice(self.pools["titles"][employer.language]),
            applied_on=FIRST_DAY + dt.timedelta(days=self.random.randrange(DAYS)),
            relay=self.random.choices(list(_RELAYS), list(_RELAYS.values()))[0],
            recruiter=self.random.choice(self.pools["recruiters"][employer.language]),
        )
        return [_of_none(mail) for mail in self._course(one)]

    def _of_before(self, one: Application) -> Mail:
        """Return mail about an application of long before the tracked one."""
        at = self._moment(one.applied_on - dt.timedelta(days=self.random.randrange(20, 200)))
        before = replace(one, id="none", job_id=None, url=None)
        return _of_none(self._mail(before, self.random.choice(["confirmation", "rejection"]), at))

    def _of_another_role(self, one: Application) -> Mail:
        """Return mail of a tracked employer about a role that is not tracked and has no word in common."""
        words = set(re.findall(r"\w{4,}", one.title.lower()))
        titles = [
            title
            for title in self.pools["titles"][one.employer.language]
            if words.isdisjoint(re.findall(r"\w{4,}", title.lower()))
        ]
        other = replace(one, id="none", title=self.random.choice(titles), job_id=None, url=None)
        maker = Maker(replace(self.wanted, missing_titles=0.0, seed=self.random.randrange(2**32)))
        at = self._later(self._moment(one.applied_on), 2, 30)
        while True:
            mail = maker._mail(other, self.random.choice(["confirmation", "rejection"]), at)
            if other.title.split()[0] in mail.subject + mail.body:
                return _of_none(replace(mail, thread=self._new_thread()))

    def _noise(self, template: dict[str, str], employer: Employer, untracked: Sequence[Employer]) -> Mail:
        at = self._moment(FIRST_DAY + dt.timedelta(days=self.random.randrange(DAYS + 40)))
        titles = self.random.sample(self.pools["titles"]["en"], 2)
        recruiter = self.random.choice(self.pools["recruiters"]["en"])
        values = {
            "company": employer.name,
            "other": self.random.choice(untracked).name,
            "title": titles[0],
            "other_title": titles[1],
            "recruiter": recruiter,
            "handle": _handle(recruiter),
            "label": employer.label,
        }
        return Mail(
            sender=self._with_values(template["sender"], "en", at, **values),
            subject=self._with_values(template["subject"], "en", at, **values),
            body=self._with_values(template["body"].strip("\n") + "\n", "en", at, **values),
            at=at,
            category=template["category"],
            thread=self._new_thread(),
        )

    # --- time and threads

    def _moment(self, day: dt.date) -> dt.datetime:
        at = dt.time(self.random.randrange(7, 20), self.random.randrange(60), self.random.randrange(60))
        return dt.datetime.combine(day, at, dt.UTC)

    def _later(self, at: dt.datetime, least: int, most: int) -> dt.datetime:
        days = self.random.randint(least, max(least, most))
        return at + dt.timedelta(days=days, minutes=self.random.randrange(1, 240))

    def _new_thread(self) -> int:
        self.threads += 1
        return self.threads


def _of_none(mail: Mail) -> Mail:
    return replace(mail, application=None, resolvable=False)


def _is_initials(name: str) -> bool:
    return name.isupper() and len(name) <= 5


def _handle(person: str) -> str:
    plain = person.lower().translate(str.maketrans("áéíóúèñüã", "aeiouenua"))
    return re.sub(r"[^a-z]+", ".", plain)


def _mailbox(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address


def lines(applications: Sequence[Application], mails: Sequence[Mail]) -> tuple[Iterator[str], Iterator[str]]:
    """Return the lines of the two files."""
    rows = (
        {
            "id": one.id,
            "company": one.company,
            "title": one.title,
            "applied_on": one.applied_on.isoformat(),
        }
        | {name: value for name in ("url", "job_id", "location") if (value := getattr(one, name))}
        for one in applications
    )
    letters = (
        {
            "message_id": f"<{mail.serial:05}.{mail.at:%Y%m%d%H%M%S}@mail.example>",
            "thread_id": f"{mail.thread:05}",
            "from": mail.sender,
            "to": mail.to,
            "subject": mail.subject,
            "body": mail.body,
            "date": mail.at.isoformat(),
            "truth_application": mail.application.id if mail.application else None,
            "truth_category": mail.category,
            "resolvable": mail.resolvable,
        }
        for mail in mails
    )
    return (
        (json.dumps(row, ensure_ascii=False) + "\n" for row in rows),
        (json.dumps(row, ensure_ascii=False) + "\n" for row in letters),
    )


def write(directory: Path, wanted: Wanted) -> str:
    """Write the corpus into a folder and say what it holds."""
    applications, mails = Maker(wanted).corpus()
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in zip(("applications", "mails"), lines(applications, mails), strict=True):
        (directory / f"{name}.jsonl").write_text("".join(content), encoding="utf-8")
    about = [mail for mail in mails if mail.application]
    siblings = sum(mail.application.has_siblings for mail in about if mail.application)
    return (
        f"{directory}: {len(applications)} applications, {len(mails)} mails, {len(about)} about an "
        f"application ({siblings} about siblings), {sum(mail.resolvable for mail in about)} resolvable"
    )
