"""What a resume says: its text, its sections, its skills with their quotes, stated years and contact."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from apptrack_pipeline.analysis.skills import MAX_TEXT_CHARS, SkillMention, find_skills
from apptrack_pipeline.domain import InvalidInputError

RESUME_PARSER_VERSION: Final = "resume-1"
"""Changes whenever the same resume would be read differently."""

MAX_RESUME_BYTES: Final = 2 * 1024 * 1024
"""Largest resume that is read, in bytes."""

_FIELD: Final = "resume"
_TEXT_TYPES: Final = frozenset({".txt", ".text", ".md", ".markdown"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_MAX_YEARS: Final = 60
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w/])(?:\+\d{1,3}[ .\-]?)?(?:\(\d{1,5}\)[ .\-]?)?\d{2,5}(?:[ .\-/]\d{2,5}){1,5}(?![\w/])"
)
_DATE_RANGE = re.compile(r"(?:19|20)\d\d\s?[-/.]\s?(?:(?:19|20)\d\d|\d{1,2})(?:\s?[-/.]\s?\d{1,2})?")
_YEARS = re.compile(
    r"(\d{1,2})\s?\+?\s*(?:years?|yrs?)(?:'|\u2019)?\s+(?:of\s+)?(?:[\w/&-]+\s+){0,5}?experience",
    re.IGNORECASE,
)
_HEADINGS: Final = {
    "summary": ("summary", "professional summary", "profile", "about", "about me", "objective"),
    "experience": (
        "experience",
        "work experience",
        "professional experience",
        "employment",
        "employment history",
        "work history",
        "career history",
    ),
    "education": ("education", "academic background", "education and training"),
    "skills": ("skills", "technical skills", "core skills", "key skills", "competencies", "technologies"),
    "projects": ("projects", "personal projects", "selected projects"),
    "certifications": ("certifications", "certificates", "licenses", "licenses and certifications"),
    "languages": ("languages",),
    "publications": ("publications",),
    "awards": ("awards", "honors", "awards and honors"),
    "volunteering": ("volunteering", "volunteer experience"),
    "interests": ("interests", "hobbies"),
    "references": ("references",),
}
_SECTION_OF: Final = {title: name for name, titles in _HEADINGS.items() for title in titles}


@dataclass(frozen=True, slots=True)
class ResumeText:
    """A resume as text, with `\\n` line ends."""

    text: str
    filename: str


@dataclass(frozen=True, slots=True)
class ResumeFacts:
    """What a resume states; `years_of_experience` is None where it does not say so in words."""

    skills: tuple[SkillMention, ...] = ()
    years_of_experience: int | None = None
    email: str | None = None
    phone: str | None = None
    sections: tuple[str, ...] = ()


def read_resume(data: bytes, filename: str) -> ResumeText:
    """Return the text of a `.txt` or `.md` file in UTF-8, UTF-16 with a mark, or Windows-1252.

    Raises `InvalidInputError` for another type, for more than 2 MiB, for nothing and for what is no text.
    """
    name = PurePath(filename.replace("\\", "/")).name
    suffix = PurePath(name).suffix.lower()
    if suffix not in _TEXT_TYPES:
        shown = suffix if re.fullmatch(r"\.\w{1,10}", suffix) else "this type of file"
        raise InvalidInputError(
            _FIELD, f"{shown} cannot be read yet: save the resume as text (.txt) or Markdown (.md)"
        )
    if len(data) > MAX_RESUME_BYTES:
        raise InvalidInputError(_FIELD, "is larger than 2 MiB, which no resume in text is")
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").strip()
    if _CONTROL.search(text):
        raise InvalidInputError(_FIELD, "holds binary data, not text: export it as plain text")
    if not text:
        raise InvalidInputError(_FIELD, "is empty")
    return ResumeText(text, name)


def _decode(data: bytes) -> str:
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf16 else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError(_FIELD, "holds binary data, not text: export it as plain text")


def parse_resume(text: str) -> ResumeFacts:
    """Return the facts that a resume's text states; never raises."""
    read = text[:MAX_TEXT_CHARS]
    years = [int(found[1]) for found in _YEARS.finditer(read)]
    email = _EMAIL.search(read)
    return ResumeFacts(
        skills=find_skills(read),
        years_of_experience=max((year for year in years if year <= _MAX_YEARS), default=None),
        email=email[0] if email else None,
        phone=_phone(read),
        sections=_sections(read),
    )


def _phone(text: str) -> str | None:
    for found in _PHONE.finditer(text):
        digits = sum(char.isdigit() for char in found[0])
        if 8 <= digits <= 15 and not _DATE_RANGE.fullmatch(found[0].strip()):
            return found[0].strip()
    return None


def _sections(text: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for line in text.split("\n"):
        heading = (
            " ".join(line.strip(" \t#*_:=-").lower().replace("&", "and").split()) if len(line) < 60 else ""
        )
        if heading in _SECTION_OF:
            names.setdefault(_SECTION_OF[heading])
    return tuple(names)
