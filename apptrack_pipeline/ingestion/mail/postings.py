"""Links of a mail that lead to one posting, and employers' short names in links to tracking systems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.ingestion.mail.message import Link
from apptrack_pipeline.ingestion.mail.signals import Found
from apptrack_pipeline.postings.detection import identity_url, named_by
from apptrack_pipeline.postings.tenants import tenant_of
from apptrack_pipeline.postings.urls import MAX_URL_CHARS

MAX_LINKS: Final = 300
"""Most links of one mail that are looked at."""
MAX_POSTINGS: Final = 20

_SURE: Final = 0.9
"""Below this a path is only like a platform's, and the link is one of the employer's own site."""

# (name, host's suffix, what the path and query of one posting look like): boards and trackers of which
# nothing but the address of a posting is known. All others are platforms of `postings.platforms`.
_FORMS: Final = tuple(
    (name, suffix, re.compile(form, re.IGNORECASE))
    for name, suffix, form in (
        ("amazon", "amazon.jobs", r"/(?:[a-z]{2}/)?jobs/\d+"),
        ("dice", "dice.com", r"/job-detail/[\w-]+"),
        ("monster", "monster.com", r"/job-openings/"),
        ("handshake", "joinhandshake.com", r"/(?:stu/)?jobs/\d+"),
        ("wellfound", "wellfound.com", r"/(?:jobs/\d+|company/[^/]+/jobs/\d+)"),
        ("wttj", "welcometothejungle.com", r"/[a-z]{2}/companies/[^/]+/jobs/[^/?]+"),
        ("stepstone", "stepstone.de", r"/stellenangebote--"),
        ("xing", "xing.com", r"/jobs/[\w-]+-\d{5,}"),
        ("apec", "apec.fr", r"/.*/emploi/detail-offre/\w+"),
        ("hellowork", "hellowork.com", r"/[a-z-]+/emplois?/\d+"),
        ("francetravail", "francetravail.fr", r"/offres/recherche/detail/\w+"),
        ("infojobs", "infojobs.net", r"/.*/of-i[0-9a-f]+"),
        ("gupy", "gupy.io", r"/jobs?/\w+"),
        ("neogov", "governmentjobs.com", r"/(?:careers/[^/]+/)?jobs/\d+"),
        ("usajobs", "usajobs.gov", r"/(?:GetJob/ViewDetails|job)/\d+"),
        ("google", "google.com", r"/about/careers/applications/jobs/results/\d+"),
        ("softgarden", "softgarden.io", r"/job/\d+"),
        ("join", "join.com", r"/companies/[^/]+/\d+-"),
        ("trakstar", "trakstar.com", r"/jobs/\w{5,}"),
        ("applicantpro", "applicantpro.com", r"/jobs/\d+"),
    )
)
_BOARDS: Final = frozenset(
    ["linkedin", "indeed", "glassdoor", "ziprecruiter", "dice", "monster", "handshake", "wellfound", "wttj"]
    + ["stepstone", "xing", "apec", "hellowork", "francetravail", "infojobs", "neogov", "usajobs"]
)
_OWN_SITE_HOST = re.compile(
    r"^(?:careers?|jobs?|karriere|emploi|recrutement|empleo|apply|talent)[.-]|\.jobs$|\bcareers\."
)
_OWN_SITE_PATH = re.compile(
    r"/(?:[\w-]+/){0,4}(?:job|jobs|position|positions|vacancy|vacancies|opening|offre|offres|stelle"
    r"|requisition)s?/"
    r"(?:[\w%.-]*/){0,3}[\w%.-]*\d{4,}",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"unsubscrib|preferences|optout|opt-out|/login|/signin|userhome|/settings|privacy|/alerts?/|jobalert"
    r"|/logout",
    re.IGNORECASE,
)


def posting_urls(links: Iterable[Link], *, one_per_board: bool = False) -> tuple[Found, ...]:
    """Return the addresses of postings, each once in its one spelling, in the order of the mail.

    `one_per_board`: the mail is about one application; a board shows it first and "similar jobs" after it.
    """
    boards: set[str] = set()
    found: dict[str, Found] = {}
    for number, link in enumerate(links):
        if number >= MAX_LINKS or len(found) >= MAX_POSTINGS:
            break
        if len(link.url) > MAX_URL_CHARS or not link.url.lower().startswith("http"):
            continue
        platform = _platform(link.url)
        if platform is None or (one_per_board and platform in boards):
            continue
        try:
            url = identity_url(link.url)
        except InvalidInputError:
            continue
        if platform in _BOARDS:
            boards.add(platform)
        found.setdefault(url, Found(url, "link", f"posting.{platform}"))
    return tuple(found.values())


def _platform(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    rest = parts.path + ("?" + parts.query if parts.query else "")
    if _NEVER.search(rest):
        return None
    named = named_by(url)
    if named is not None and named[1].confidence >= _SURE:
        return named[0].name
    for name, suffix, form in _FORMS:
        if (host == suffix or host.endswith("." + suffix)) and form.match(rest):
            return name
    if _OWN_SITE_HOST.search(host) and _OWN_SITE_PATH.match(parts.path):
        return "own_site"
    return None


def tenants(links: Iterable[Link]) -> tuple[str, ...]:
    """Return the short names of employers in links to tracking systems, in lower case, each once."""
    slugs: dict[str, None] = {}
    for number, link in enumerate(links):
        if number >= MAX_LINKS:
            break
        slug = tenant_of(link.url)
        if slug is not None:
            slugs[slug] = None
    return tuple(slugs)
