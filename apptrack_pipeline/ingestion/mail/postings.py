"""Links of a mail that lead to one posting, and employers' short names in links to tracking systems."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.ingestion.mail.message import Link
from apptrack_pipeline.ingestion.mail.signals import Found
from apptrack_pipeline.postings.urls import MAX_URL_CHARS, canonical_url

MAX_LINKS: Final = 300
"""Most links of one mail that are looked at."""
MAX_POSTINGS: Final = 20

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# (name, host's suffix, what the path and query of one posting look like)
_FORMS: Final = tuple(
    (name, suffix, re.compile(form, re.IGNORECASE))
    for name, suffix, form in (
        ("greenhouse", "greenhouse.io", r"/(?:[\w-]+/jobs/\d+|embed/job_app\?.*\btoken=\d+)"),
        ("lever", "lever.co", rf"/[\w.-]+/{_UUID}"),
        ("ashby", "ashbyhq.com", rf"/[^/?]+/{_UUID}"),
        ("workday", "myworkdayjobs.com", r"/(?:[^/?]+/){1,3}(?:job|details)/[^?]"),
        ("workday", "myworkdaysite.com", r"/(?:[^/?]+/){1,5}(?:job|details)/[^?]"),
        ("smartrecruiters", "smartrecruiters.com", r"/[^/?]+/\d{9,}"),
        ("icims", "icims.com", r"/jobs/\d+/"),
        ("workable", "workable.com", r"/(?:[\w-]+/)?j(?:obs)?/[0-9A-Za-z]{6,}"),
        ("jobvite", "jobvite.com", r"/[^/?]+/job/\w+"),
        ("linkedin", "linkedin.com", r"/(?:comm/)?jobs/view/[^?]*\d{5,}"),
        ("indeed", "indeed.com", r"/(?:(?:m/)?viewjob|rc/clk(?:/dl)?|pagead/clk)\?.*\bjk=[0-9a-f]{16}"),
        ("bamboohr", "bamboohr.com", r"/(?:careers|jobs)/(?:view\.php\?.*\bid=)?\d+"),
        ("recruitee", "recruitee.com", r"/(?:[a-z]{2}/)?o/[^/?]+"),
        ("teamtailor", "teamtailor.com", r"/(?:[a-z]{2}(?:-\w+)?/)?jobs/\d+"),
        ("personio", "personio.de", r"/job/\d+"),
        ("personio", "personio.com", r"/job/\d+"),
        ("breezy", "breezy.hr", r"/p/[0-9a-f]{8,}"),
        ("jazzhr", "applytojob.com", r"/apply/(?:jobs/details/)?\w{8,}"),
        ("rippling", "rippling.com", rf"/(?:[a-z-]+/)?[^/?]+/jobs/{_UUID}"),
        ("pinpoint", "pinpointhq.com", r"/(?:[a-z]{2}/)?(?:postings|jobs)/[\w-]+"),
        ("taleo", "taleo.net", r"/careersection/.*jobdetail.*\bjob=\w+|/ats/careers/.*(?:requisition|rid)"),
        ("oracle", "oraclecloud.com", r"/hcmUI/CandidateExperience/.*/job/\d+"),
        ("successfactors", "successfactors.com", r".*career_job_req_id=\d+"),
        ("successfactors", "successfactors.eu", r".*career_job_req_id=\d+"),
        ("ukg", "ultipro.com", r"/.*OpportunityDetail\?.*opportunityId="),
        ("paylocity", "paylocity.com", r"/recruiting/jobs/(?:details|apply)/\d+"),
        ("dayforce", "dayforcehcm.com", r"/.*/jobs/\d+"),
        ("amazon", "amazon.jobs", r"/(?:[a-z]{2}/)?jobs/\d+"),
        ("glassdoor", "glassdoor.com", r"/(?:job-listing/|partner/jobListing\.htm)"),
        ("ziprecruiter", "ziprecruiter.com", r"/(?:c/[^/]+/job/|jobs/[\w-]+-[0-9a-f]{6,})"),
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
        ("eightfold", "eightfold.ai", r"/careers/job/\d+"),
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
_GREENHOUSE_ID = re.compile(r"[?&]gh_jid=\d+")
_NEVER = re.compile(
    r"unsubscrib|preferences|optout|opt-out|/login|/signin|userhome|/settings|privacy|/alerts?/|jobalert"
    r"|/logout",
    re.IGNORECASE,
)

_TENANT_FORMS: Final = tuple(
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
        r"|pinpointhq\.com"
        r"|jobs\.personio\.(?:de|com)|softgarden\.io|hire\.trakstar\.com|avature\.net)",
        r"https?://ats\.rippling\.com/(?:[a-z]{2}-[A-Z]{2}/)?([\w-]+)/jobs",
    )
)
_NO_TENANT: Final = frozenset(
    [
        "www",
        "app",
        "api",
        "help",
        "support",
        "jobs",
        "careers",
        "career",
        "apply",
        "login",
        "static",
        "cdn",
        "email",
        "track",
        "click",
        "links",
        "go",
        "my",
        "embed",
        "j",
        "candidate",
        "candidates",
        "talent",
        "img",
        "images",
        "assets",
    ]
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
            url = canonical_url(link.url)
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
    if _GREENHOUSE_ID.search("?" + parts.query):
        return "greenhouse"
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
        if len(link.url) > MAX_URL_CHARS:
            continue
        for form in _TENANT_FORMS:
            found = form.match(link.url)
            if found and found[1].lower() not in _NO_TENANT:
                slugs[found[1].lower()] = None
    return tuple(slugs)
