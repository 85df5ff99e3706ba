"""How well a resume fits a posting, computed here: no network, no model, the same answer every time.

The score is the weighted part of the posting's skills that the resume names:

    score = round(100 * sum(weight of met skills) / sum(weight of all skills))
    weight = weight of the section that asks most for the skill, times 0.4 if the skill is generic

Sections weigh 1.0 (requirements, title), 0.7 (duties, or under no heading), 0.5 (nice to have) and 0.2
(benefits, about the company). A sentence that says "a plus" or "must have" overrules its section.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from apptrack_pipeline.analysis.resume import ResumeFacts
from apptrack_pipeline.analysis.skills import SkillMention, find_skills

METHOD: Final = "offline-v1"
"""Name of the method, stored with each result."""

ANALYSER_VERSION: Final = "offline-1"
"""Changes whenever the same posting and resume would be judged differently."""

MIN_POSTING_CHARS: Final = 400
"""Shorter postings get no score."""

MIN_SKILLS: Final = 3
"""Postings that name fewer skills get no score."""

MAX_SUGGESTIONS: Final = 8
"""Most skills that are suggested."""

_REQUIRED: Final = 1.0
_DUTY: Final = 0.7
_NICE: Final = 0.5
_ASIDE: Final = 0.2
_GENERIC_FACTOR: Final = 0.4
_GENERIC_CATEGORY: Final = "general"
_MAX_HEADING_CHARS: Final = 80

_SECTION_WEIGHTS: Final = (
    (
        _NICE,
        re.compile(
            r"nice[- ]to[- ]have|preferred|bonus|a plus|desirable|good to have|extra credit|von vorteil"
        ),
    ),
    (
        _REQUIRED,
        re.compile(
            r"require|qualification|must[- ]have|what you(?:'ll)? (?:bring|need)|you have|who you are"
            r"|your (?:profile|skills|background)|about you|skills|we(?:'re| are) looking for|experience"
            r"|anforderungen|ihr profil|dein profil|profil recherch"
        ),
    ),
    (
        _ASIDE,
        re.compile(
            r"benefits|perks|we offer|what you(?:'ll)? get|about (?:us|the company)|who we are"
            r"|our (?:culture|values|story)|equal opportunity|compensation|why join|how to apply"
        ),
    ),
    (
        _DUTY,
        re.compile(
            r"responsibilit|what you(?:'ll| will)? (?:do|be doing)|the role|duties|your (?:tasks|mission)"
            r"|day[- ]to[- ]day|about the (?:role|job|team|position)|overview|summary|aufgaben"
        ),
    ),
)
_NICE_WORDS = re.compile(
    r"nice[- ]to[- ]have|\b(?:is|are|be) (?:a |an )?(?:big |strong |huge )?(?:plus|bonus|advantage)\b"
    r"|\bpreferred\b|\bideally\b|\bdesirable\b|\bbonus points\b|\bnot required\b|\boptional\b",
    re.IGNORECASE,
)
_MUST_WORDS = re.compile(
    r"\bmust[- ]have\b|\bis required\b|\bare required\b|\brequired:|\bessential\b", re.IGNORECASE
)

# Who knows the first knows the second; only what no reader would dispute.
_IMPLIES: Final[dict[str, tuple[str, ...]]] = {
    "PostgreSQL": ("SQL",),
    "MySQL": ("SQL",),
    "MariaDB": ("SQL",),
    "Microsoft SQL Server": ("SQL",),
    "Oracle Database": ("SQL",),
    "SQLite": ("SQL",),
    "BigQuery": ("SQL",),
    "Snowflake": ("SQL",),
    "Redshift": ("SQL",),
    "dbt": ("SQL",),
    "Django": ("Python",),
    "Flask": ("Python",),
    "FastAPI": ("Python",),
    "pandas": ("Python",),
    "PyTorch": ("Python", "Deep learning", "Machine learning"),
    "TensorFlow": ("Deep learning", "Machine learning"),
    "Keras": ("Deep learning", "Machine learning"),
    "scikit-learn": ("Python", "Machine learning"),
    "XGBoost": ("Machine learning",),
    "Deep learning": ("Machine learning",),
    "Spring Boot": ("Java", "Spring"),
    "Spring": ("Java",),
    "Ruby on Rails": ("Ruby",),
    "Laravel": ("PHP",),
    "Symfony": ("PHP",),
    "React": ("JavaScript",),
    "Next.js": ("React", "JavaScript"),
    "Vue.js": ("JavaScript",),
    "Node.js": ("JavaScript",),
    "TypeScript": ("JavaScript",),
    "NestJS": ("Node.js", "TypeScript", "JavaScript"),
    "Kubernetes": ("Containerization",),
    "Docker": ("Containerization",),
    "GitHub": ("Git",),
    "GitLab": ("Git",),
    "Terraform": ("Infrastructure as code",),
    "Pulumi": ("Infrastructure as code",),
    "GitHub Actions": ("CI/CD",),
    "GitLab CI": ("CI/CD",),
    "Jenkins": ("CI/CD",),
    "Scrum": ("Agile",),
    "Kanban": ("Agile",),
    "EC2": ("AWS",),
    "AWS Lambda": ("AWS", "Serverless"),
    "Amazon S3": ("AWS",),
    "Amazon EKS": ("AWS", "Kubernetes"),
    "Salesforce": ("CRM",),
    "HubSpot": ("CRM",),
    "Tableau": ("Data visualization",),
    "Power BI": ("Data visualization",),
    "Excel": ("Microsoft Office",),
}


@dataclass(frozen=True, slots=True)
class AnalysisItem:
    """One skill of the posting with the words that ask for it, and the resume's words that show it."""

    skill: str
    posting_quote: str
    resume_quote: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """How a resume fits a posting: `score` is 0 to 100, or None with a `reason`; items by falling weight."""

    score: int | None
    reason: str | None
    met: tuple[AnalysisItem, ...] = ()
    missing: tuple[AnalysisItem, ...] = ()
    suggestions: tuple[AnalysisItem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    weight: float
    mention: SkillMention


def analyse(posting_text: str, posting_title: str | None, resume: ResumeFacts | None) -> Analysis:
    """Return how the resume fits the posting; deterministic, never raises."""
    wanted = _wanted_skills(posting_text, posting_title or "")
    if resume is None:
        missing = tuple(AnalysisItem(one.mention.skill, one.mention.quote) for one in wanted)
        return Analysis(None, "no resume", missing=missing)
    shown = _shown_skills(resume)
    met: list[AnalysisItem] = []
    missing_items: list[AnalysisItem] = []
    met_weight = 0.0
    for one in wanted:
        quote = shown.get(one.mention.skill)
        item = AnalysisItem(one.mention.skill, one.mention.quote, quote)
        if quote is None:
            missing_items.append(item)
        else:
            met.append(item)
            met_weight += one.weight
    reason: str | None = None
    if len(posting_text.strip()) < MIN_POSTING_CHARS:
        reason = f"fewer than {MIN_POSTING_CHARS} characters of posting text"
    elif len(wanted) < MIN_SKILLS:
        reason = f"fewer than {MIN_SKILLS} skills in the posting"
    score = None if reason else round(100 * met_weight / sum(one.weight for one in wanted))
    generic = {one.mention.skill for one in wanted if one.mention.category == _GENERIC_CATEGORY}
    worth_learning = [item for item in missing_items if item.skill not in generic]
    return Analysis(score, reason, tuple(met), tuple(missing_items), tuple(worth_learning[:MAX_SUGGESTIONS]))


def _shown_skills(resume: ResumeFacts) -> dict[str, str]:
    """Return each skill that the resume names or that follows from one, with the quote that shows it."""
    shown: dict[str, str] = {}
    for mention in resume.skills:
        shown.setdefault(mention.skill, mention.quote)
    for mention in resume.skills:
        for implied in _IMPLIES.get(mention.skill, ()):
            shown.setdefault(implied, mention.quote)
    return shown


def _wanted_skills(text: str, title: str) -> list[_Wanted]:
    """Return each skill of the posting once, with its highest weight, the heaviest first."""
    wanted: dict[str, _Wanted] = {}
    for mention in find_skills(title):
        _want(wanted, mention, _REQUIRED)
    mentions = find_skills(text)
    place = 0
    weight = _DUTY
    line_start = 0
    for line in text.split("\n"):
        line_end = line_start + len(line)
        weight = _section_weight(line, weight)
        while place < len(mentions) and mentions[place].start < line_end:
            mention = mentions[place]
            place += 1
            stated = weight
            if _NICE_WORDS.search(mention.quote):
                stated = min(weight, _NICE)
            elif weight > _ASIDE and _MUST_WORDS.search(mention.quote):
                stated = _REQUIRED
            _want(wanted, mention, stated)
        line_start = line_end + 1
    return sorted(wanted.values(), key=lambda one: (-one.weight, one.mention.skill))


def _want(wanted: dict[str, _Wanted], mention: SkillMention, section_weight: float) -> None:
    generic = mention.category == _GENERIC_CATEGORY
    weight = section_weight * (_GENERIC_FACTOR if generic else 1.0)
    known = wanted.get(mention.skill)
    if known is None or weight > known.weight:
        wanted[mention.skill] = _Wanted(weight, mention)


def _section_weight(line: str, current: float) -> float:
    """Return the weight from this line on: a new one if the line is a heading, else the current one."""
    heading = line.strip(" \t#*_-").lower().replace("\u2019", "'")
    if not heading or len(heading) > _MAX_HEADING_CHARS or line.lstrip().startswith(("- ", "* ", "•")):
        return current
    if not heading.endswith(":") and (len(heading.split()) > 7 or heading.endswith((".", ",", ";"))):
        return current
    return next((weight for weight, pattern in _SECTION_WEIGHTS if pattern.search(heading)), current)
