"""Which platform's board a page embeds, by the marks that only its maker puts there.

A mark is what makes the board appear: an iframe, a script, a stylesheet or a form of the platform; the names
of its elements; the state of its scripts; the name of the program that made the page. A link, in the footer
or elsewhere, and a word in the text are none. Marks are of pages that public readers describe. Every search
is linear in the length of the page.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from apptrack_pipeline.postings.platforms import PLATFORMS
from apptrack_pipeline.postings.tenants import tenant_of

_MAX_TAGS: Final = 2_000
_MAX_LINKS: Final = 400


@dataclass(frozen=True, slots=True)
class PageMark:
    """One platform that a page shows, the employer's short name where a mark has it, and how sure that is."""

    platform: str
    organisation: str | None
    confidence: float
    reason: str


_TAG = re.compile(r"<(iframe|frame|script|link|embed|object|form|meta)\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]{1,20})\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_ADDRESS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "iframe": ("src", "data-src", "data-lazy-src"),
        "frame": ("src",),
        "script": ("src", "data-src"),
        "embed": ("src",),
        "object": ("data",),
        "form": ("action",),
        "link": ("href",),
    }
)
_SURE_BY_TAG: Final[Mapping[str, float]] = MappingProxyType(
    {"iframe": 0.94, "frame": 0.94, "embed": 0.9, "object": 0.9, "script": 0.88, "form": 0.85, "link": 0.75}
)
_LOADED_LINKS: Final = frozenset({"stylesheet", "preload", "modulepreload", "canonical"})

# Hosts of what pages load; those of postings are the platforms' own (`Platform.hosts`).
_HOSTS_OF_PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ashby.io": "ashby",
        "myworkdaycdn.com": "workday",
        "jibecdn.com": "icims",
        "workablehr.s3.amazonaws.com": "workable",
        "recruiteecdn.com": "recruitee",
        "teamtailor-cdn.com": "teamtailor",
        "app.jazz.co": "jazzhr",
        "ats.rippling.com": "rippling",
        "jobs.gem.com": "gem",
        "vscdn.net": "eightfold",
        "phenom.com": "phenom",
        "phenompro.com": "phenom",
    }
)
# Their scripts are buttons and pixels, and their hosts serve much else: these embed no board by being loaded.
_NO_BOARDS: Final = frozenset(
    {"linkedin", "indeed", "glassdoor", "ziprecruiter", "rippling", "gem", "oracle"}
)
_NOT_LOADED: Final = frozenset({"www", "support", "help", "blog", "info", "go", "learn", "developers"})
_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {host: one.name for one in PLATFORMS if one.name not in _NO_BOARDS for host in one.hosts}
    | dict(_HOSTS_OF_PARTS)
)

_GENERATORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "successfactors": "successfactors",
        "jobs2web": "successfactors",
        "teamtailor": "teamtailor",
        "recruitee": "recruitee",
        "phenom": "phenom",
        "eightfold": "eightfold",
        "icims": "icims",
        "jibe": "icims",
        "breezy": "breezy",
        "pinpoint": "pinpoint",
        "greenhouse": "greenhouse",
        "lever": "lever",
        "ashby": "ashby",
        "workable": "workable",
        "smartrecruiters": "smartrecruiters",
        "jobvite": "jobvite",
        "bamboohr": "bamboohr",
        "personio": "personio",
        "avature": "avature",
        "cornerstone": "cornerstone",
        "workday": "workday",
        "taleo": "taleo",
    }
)


def _element(names: str) -> re.Pattern[str]:
    """Return what finds an element by a part of its `id` or `class`."""
    return re.compile(rf"""\b(?:id|class)\s*+=\s*+["']?(?:[^"'<>]{{0,300}}?\s)?(?:{names})""", re.IGNORECASE)


def _attribute(names: str) -> re.Pattern[str]:
    return re.compile(rf"""<[a-z][^<>]{{0,1000}}?\s(?:{names})(?=[\s=>/])""", re.IGNORECASE)


# (platform, a text without which the rest is not looked for, in lower case; what is looked for; how sure)
_STATES: Final = (
    ("ashby", "ashby", re.compile(r"__ashby\w*|\bashby(?:BaseJobBoardUrl|_jid_param)"), 0.85),
    ("ashby", "api.ashbyhq.com", re.compile(r"api\.ashbyhq\.com/posting-api/job-board/[\w.%-]+"), 0.85),
    ("greenhouse", "grnhse", re.compile(r"\bGrnhse\.(?:Iframe|Settings|Route)"), 0.85),
    ("greenhouse", "greenhouse.io", re.compile(r"boards-api\.greenhouse\.io/v1/boards/[\w-]+"), 0.85),
    ("lever", "lever", re.compile(r"\bleverJobsOptions\b|api(?:\.eu)?\.lever\.co/v0/postings/[\w.-]+"), 0.85),
    ("workday", "wday", re.compile(r"/wday/cxs/[\w-]+/[\w-]+"), 0.85),
    ("phenom", "phapp", re.compile(r"\bphApp\s*(?:\.ddo\b|=)"), 0.9),
    ("successfactors", "j2w", re.compile(r"\bj2w\.(?:init|Apply|SSO|TC)\b|/platform/js/j2w/"), 0.88),
    ("eightfold", "_ef_", re.compile(r"\bwindow\._EF_\w+|\b_EF_(?:GROUP_ID|PRODUCT)\b"), 0.85),
    ("oracle", "cx_config", re.compile(r"\bCX_CONFIG\b"), 0.85),
    (
        "oracle",
        "hcmui",
        re.compile(r"<(?:iframe|script)\b[^<>]{0,2000}?/hcmUI/CandidateExperience", re.I),
        0.9,
    ),
    ("cornerstone", "csod.context", re.compile(r"\bcsod\.context\s*="), 0.88),
    ("avature", "avature", re.compile(r"\bavature\.portal\b", re.I), 0.85),
    ("taleo", "filllist", re.compile(r"\bapi\.fillList\("), 0.85),
    ("ukg", "us.opportunity", re.compile(r"\bUS\.Opportunity\.\w+\("), 0.88),
    ("smartrecruiters", "company_code", re.compile(r"""\bwidget\(\{\s*["']?company_code"""), 0.85),
    ("workable", "whr", re.compile(r"\bwhr(?:_embed)?\(|\bwhr_embed\b"), 0.85),
    ("recruitee", "rtwidget", re.compile(r"\bRTWidget\("), 0.85),
    ("paycom", "configsfromhost", re.compile(r"\bconfigsFromHost\b"), 0.6),
)
_ELEMENTS: Final = (
    ("ashby", "ashby", _element("ashby[-_]")),
    ("ashby", "data-ashby", _attribute(r"data-ashby[\w-]*")),
    ("greenhouse", "grnhse", _element("grnhse_(?:app|iframe)")),
    ("greenhouse", "greenhouse", _element(r"greenhouse-(?:job|board|iframe|app)")),
    ("lever", "lever-", _element(r"lever-(?:job|team|posting|container|embed|widget)")),
    ("lever", "data-lever", _attribute(r"data-lever[\w-]*")),
    ("workday", "wd-apply", _element("wd-apply-")),
    ("workday", "jobpostingpage", _attribute("data-automation-id=.jobPostingPage.")),
    ("icims", "icims_", _element("icims_")),
    ("icims", "jibe", _element("jibe-")),
    ("phenom", "ph-", _element(r"ph-(?:jobs?|page|search|widget|facet|card)-|phw-")),
    ("phenom", "data-ph-", _attribute(r"data-ph-(?:at-)?id")),
    ("phenom", "phenom", re.compile(r"<script\b[^<>]{0,500}?/phenom[\w.-]{0,40}\.js\b", re.I)),
    ("successfactors", "sfsf-", _element("sfsf-")),
    ("successfactors", "propertyid", _attribute("data-careersite-propertyid")),
    ("successfactors", "corecsb", _element("coreCSB")),
    ("eightfold", "efai-", _element("efai-")),
    ("eightfold", "eightfold-", _element("eightfold-")),
    ("eightfold", "smartapplydata", _element("smartApplyData")),
    ("eightfold", "pcsx", _element("pcsx-")),
    ("breezy", "breezy", _element(r"breezy-|bzy-")),
    ("breezy", "data-breezy", _attribute(r"data-breezy[\w-]*")),
    ("pinpoint", "pinpoint", _element("pinpoint-(?:job|board|widget|career)")),
    ("pinpoint", "data-pinpoint", _attribute(r"data-pinpoint[\w-]*")),
    ("recruitee", "recruitee", _element("recruitee-")),
    ("recruitee", "data-recruitee", _attribute(r"data-recruitee[\w-]*")),
    ("teamtailor", "teamtailor", _element("teamtailor-")),
    ("teamtailor", "data-teamtailor", _attribute(r"data-teamtailor[\w-]*")),
    ("workable", "whr", _element(r"whr_embed|whr-(?:item|items|title|group)")),
    ("workable", "workable-", _element("workable-(?:job|widget|embed)")),
    ("bamboohr", "bamboohr", _element("BambooHR(?:-|[\"'\\s>])")),
    ("jazzhr", "resumator", _element("resumator[-_]")),
    ("jazzhr", "jazzhr", _element("jazzhr-")),
    ("jobvite", "jv-", _element("jv-(?:careersite|page|job|wrapper)")),
    ("jobvite", "jobvite", _element("jobvite-?(?:frame|iframe|job|career)")),
    ("smartrecruiters", "smart", _element("smartWidget|smartrecruiters-(?:job|widget)")),
    ("personio", "personio", _element("personio-(?:job|career|iframe|position)")),
    ("personio", "data-personio", _attribute(r"data-personio[\w-]*")),
    ("rippling", "rippling-", _element("rippling-(?:job|ats|board)")),
    ("paylocity", "paylocity-", _element("paylocity-(?:job|career)")),
    ("avature", "article__content__view__field", _element("article__content__view__field")),
)
_SURE_OF_ELEMENT: Final = 0.7
_TWICE_SURE: Final = 0.03
_MOST_SURE: Final = 0.97


def mark_of_page(html: str) -> PageMark | None:
    """Return the platform with the strongest marks in a page; None where there are none.

    Several kinds of marks of one platform make it a little surer than its strongest alone.
    """
    best: dict[str, PageMark] = {}
    kinds: dict[str, set[str]] = {}
    for kind, mark in (*_loaded(html), *_written(html)):
        kinds.setdefault(mark.platform, set()).add(kind)
        known = best.get(mark.platform)
        if known is None or mark.confidence > known.confidence:
            organisation = mark.organisation or (known.organisation if known is not None else None)
            best[mark.platform] = PageMark(mark.platform, organisation, mark.confidence, mark.reason)
        elif known.organisation is None and mark.organisation is not None:
            best[mark.platform] = PageMark(mark.platform, mark.organisation, known.confidence, known.reason)
    if not best:
        return None
    found = max(best.values(), key=lambda mark: mark.confidence + _TWICE_SURE * len(kinds[mark.platform]))
    sure = min(_MOST_SURE, found.confidence + _TWICE_SURE * (len(kinds[found.platform]) - 1))
    return PageMark(found.platform, found.organisation, round(sure, 2), found.reason)


def _loaded(html: str) -> Iterator[tuple[str, PageMark]]:
    """Find what the page loads from a platform, and the name of the program that made it."""
    for number, found in enumerate(_TAG.finditer(html)):
        if number >= _MAX_TAGS:
            return
        tag = found[1].lower()
        attributes = {
            one[1].lower(): html_entities.unescape(one[2] or one[3] or one[4] or "").strip()
            for one in _ATTRIBUTE.finditer(found[2])
        }
        if tag == "meta":
            if attributes.get("name", "").lower() in {"generator", "application-name"}:
                written = attributes.get("content", "")[:200].lower()
                for word, maker in _GENERATORS.items():
                    if re.search(rf"\b{word}", written):
                        yield "generator", PageMark(maker, None, 0.85, f"the page was made by {maker}")
            continue
        if tag == "link" and not _LOADED_LINKS & set(attributes.get("rel", "").lower().split()):
            continue
        address = next((attributes[name] for name in _ADDRESS_OF[tag] if attributes.get(name)), "")
        platform = _platform_of(address)
        if platform is not None:
            address = f"https:{address}" if address.startswith("//") else address
            shown = {"link": "a stylesheet", "frame": "an iframe", "iframe": "an iframe"}.get(tag, f"a {tag}")
            reason = f"the page loads {shown} of {platform}"
            yield tag, PageMark(platform, tenant_of(address), _SURE_BY_TAG[tag], reason)


def _platform_of(address: str) -> str | None:
    if not address.startswith(("http://", "https://", "//")):
        return None
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return None
    if host.partition(".")[0] in _NOT_LOADED and "/embed" not in address and "/wday/" not in address:
        return None
    domain = host
    while domain:
        if domain in _HOSTS:
            return _HOSTS[domain]
        domain = domain.partition(".")[2]
    return None


def _written(html: str) -> Iterator[tuple[str, PageMark]]:
    """Find the state of a platform's scripts, and its elements."""
    lowered = html.lower()
    for platform, text, pattern, sure in _STATES:
        if text in lowered and (found := pattern.search(html)) is not None:
            tenant = tenant_of(f"https://{found[0]}")
            yield "state", PageMark(platform, tenant, sure, f"the page holds data for {platform}'s script")
    for platform, text, pattern in _ELEMENTS:
        if text in lowered and pattern.search(html) is not None:
            reason = f"the page has elements of {platform}"
            yield "element", PageMark(platform, None, _SURE_OF_ELEMENT, reason)


_LINK = re.compile(r"""<a\b[^<>]{0,1000}?\bhref\s*+=\s*+["']?(https?://[^\s"'<>]{10,1000})""", re.IGNORECASE)


def linked_addresses(html: str) -> tuple[str, ...]:
    """Return the web addresses that the page links to, each once; at most 400."""
    links: dict[str, None] = {}
    for found in _LINK.finditer(html):
        links[html_entities.unescape(found[1])] = None
        if len(links) >= _MAX_LINKS:
            break
    return tuple(links)
