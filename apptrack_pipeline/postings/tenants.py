"""Employers' short names in addresses of tracking systems: of postings, of boards, of what a page embeds."""

from __future__ import annotations

import re
from typing import Final

from apptrack_pipeline.postings.urls import MAX_URL_CHARS

_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"https?://(?:job-)?boards(?:\.eu)?\.greenhouse\.io/(?:embed/job_app\?for=)?([\w-]+)",
        r"https?://jobs(?:\.eu)?\.lever\.co/([\w.-]+)",
        r"https?://jobs\.ashbyhq\.com/([\w.%-]+)",
        r"https?://([\w-]+)\.(?:wd\d+\.)?myworkdayjobs\.com",
        r"https?://(?:careers|jobs)\.smartrecruiters\.com/([\w-]+)",
        r"https?://(?:careers-|jobs-)?([\w-]+)\.icims\.com",
        r"https?://apply\.workable\.com/([\w-]+)",
        r"https?://jobs\.jobvite\.com/([\w-]+)",
        r"https?://([\w-]+)\.(?:bamboohr\.com|recruitee\.com|teamtailor\.com|breezy\.hr|applytojob\.com"
        r"|pinpointhq\.com|eightfold\.ai"
        r"|jobs\.personio\.(?:de|com)|softgarden\.io|hire\.trakstar\.com|avature\.net)",
        r"https?://ats\.rippling\.com/(?:[a-z]{2}-[A-Z]{2}/)?([\w-]+)/jobs",
    )
)
_EMBEDDED: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"https?://boards(?:-api)?(?:\.eu)?\.greenhouse\.io/"
        r"(?:v1/boards/|[^\"'<> ]{0,80}[?&](?:amp;)?for=)([\w-]+)",
        r"https?://(?:jobs|api)(?:\.eu)?\.lever\.co/(?:v0/postings/|[^\"'<> ]{0,80}\bworkspaceId=)([\w.-]+)",
        r"https?://(?:app|api|jobs)\.ashbyhq\.com/(?:posting-api/)?job-board/([\w.%-]+)",
        r"https?://jobs\.ashbyhq\.com/([\w.%-]+)/embed",
    )
)
_NONE: Final = frozenset(
    ["www", "app", "api", "help", "support", "jobs", "careers", "career", "apply", "login", "static", "cdn"]
    + ["email", "track", "click", "links", "go", "my", "embed", "j", "candidate", "candidates", "talent"]
    + ["img", "images", "assets", "js", "scripts", "v1", "widget", "widgets"]
)


def tenant_of(url: str) -> str | None:
    """Return the short name of the employer in an address of a tracking system, in lower case."""
    if len(url) > MAX_URL_CHARS:
        return None
    for form in (*_EMBEDDED, *_FORMS):
        found = form.match(url)
        if found and found[1].lower() not in _NONE:
            return found[1].lower()
    return None
