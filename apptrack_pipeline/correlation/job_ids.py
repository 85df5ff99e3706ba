"""Keys by which a posting is known beyond the spelling of its address; requisition numbers in one spelling.

A key is `<platform>:<id>`, or `<platform>:<tenant>:<id>` where ids are unique within an employer only. The
forms of addresses are those of 18,557 real ones and of the platforms' own documentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_URL_CHARS: Final = 4_096
"""Longest address that is read; a longer one has no key."""

_Query = Mapping[str, str]
_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE
)
_DIGITS = re.compile(r"\d{4,20}", re.ASCII)
_SLUG: Final = "[^/]+"


@dataclass(frozen=True, slots=True)
class _Form:
    """Addresses of one platform: the hosts it uses, and where tenant and id stand in host and path."""

    platform: str
    host: re.Pattern[str]
    path: re.Pattern[str]


def _form(platform: str, host: str, path: str) -> _Form:
    return _Form(platform, re.compile(host), re.compile(path, re.IGNORECASE | re.ASCII))


# Named groups: `tenant` in host or path, `id` in the path. What follows the id (/apply, a slug) is no matter.
_FORMS: Final = (
    _form("greenhouse", r"(?:[\w-]+\.)*greenhouse\.io", rf"/{_SLUG}/jobs/(?P<id>\d{{4,}})(?!\w)"),
    _form("greenhouse", r"my\.greenhouse\.io", rf"/jobs/{_SLUG}/(?P<id>\d{{4,}})(?!\w)"),
    _form("greenhouse", r"boards-api\.greenhouse\.io", rf"/v1/boards/{_SLUG}/jobs/(?P<id>\d{{4,}})(?!\w)"),
    _form(
        "smartrecruiters",
        r"(?:jobs|careers)\.smartrecruiters\.com",
        rf"/(?:{_SLUG}/)+?(?P<id>\d{{9,}})(?!\d)",
    ),
    _form("workable", r"apply\.workable\.com", rf"/(?:{_SLUG}/)?j/(?P<id>[0-9A-F]{{8,12}})(?![\w-])"),
    _form("workable", r"(?!apply\.)[\w-]+\.workable\.com", r"/(?:j|jobs)/(?P<id>[0-9A-F]{10})(?![\w-])"),
    _form(
        "icims",
        r"(?:\w*(?:careers|jobs|english)-)?(?P<tenant>[\w-]+)\.icims\.com",
        r"/jobs/(?P<id>\d+)(?!\w)",
    ),
    _form("icims", r"(?P<tenant>[\w-]+)\.jibeapply\.com", r"/(?:[\w-]+/)?jobs/(?P<id>\d+)(?!\w)"),
    _form("linkedin", r"(?:\w+\.)?linkedin\.com", r"/(?:comm/)?jobs/view/(?:[^/]*-)?(?P<id>\d{5,})(?!\w)"),
    _form("linkedin", r"(?:\w+\.)?linkedin\.com", r"/jobs-guest/jobs/api/jobPosting/(?P<id>\d{5,})(?!\w)"),
    _form(
        "bamboohr", r"(?P<tenant>[\w-]+)\.bamboohr\.(?:com|co\.uk)", r"/(?:careers|jobs)/(?P<id>\d+)(?!\w)"
    ),
    _form("personio", r"(?P<tenant>[\w-]+)\.jobs\.personio\.(?:de|com)", r"/job/(?P<id>\d+)(?!\w)"),
    _form(
        "recruitee",
        r"(?P<tenant>(?!api\b|app\b|www\b)[\w-]+)\.recruitee\.com",
        r"/(?:[a-z]{2}(?:-\w+)?/)?(?:l/\w+/)?o/(?P<id>[\w%.~-]+)",
    ),
    _form(
        "teamtailor",
        r"(?P<tenant>[\w-]+)(?:\.na|\.eu)?\.teamtailor\.com",
        r"/(?:[a-z]{2}(?:-\w+)?/)?jobs/(?P<id>\d+)(?!\d)",
    ),
    _form(
        "jazzhr",
        r"(?P<tenant>[\w-]+)\.applytojob\.com",
        r"/apply/(?:jobs/details/)?(?P<id>(?!jobs\b)\w{8,20})(?!\w)",
    ),
    _form("jobvite", r"(?:jobs|app|careers)\.jobvite\.com", r"/(?:[\w-]+/)*?job/(?P<id>o\w{6,12})(?!\w)"),
    _form(
        "oracle",
        r"(?P<tenant>[\w-]+(?:\.fa)?(?:\.[\w-]+)?)\.oraclecloud\.com",
        r"/hcmUI/CandidateExperience/.*/(?:job|requisitions/preview)/(?P<id>\w+)",
    ),
    _form("breezy", r"[\w-]+\.breezy\.hr", r"/p/(?P<id>[0-9a-f]{12,16})(?![0-9a-f])"),
    _form(
        "paylocity", r"recruiting\.paylocity\.com", r"/recruiting/jobs/(?:details|apply)/(?P<id>\d+)(?!\w)"
    ),
    _form(
        "dayforce",
        r"jobs\.dayforcehcm\.com",
        r"/(?:[a-z]{2}(?:-[a-z]{2})?/)?(?P<tenant>[\w-]+)/[\w-]+/jobs/(?P<id>\d+)(?!\w)",
    ),
    _form("pinpoint", r"(?P<tenant>[\w-]+)\.pinpointhq\.com", r"/(?:[a-z]{2}/)?jobs/(?P<id>\d+)(?!\w)"),
    _form(
        "successfactors", r"(?P<tenant>jobs\.[\w.-]+)", r"/job/[^/]+/(?P<id>\d{6,})(?:-[a-z]{2}_[A-Z]{2})?/?$"
    ),
)
_WORKDAY_HOST = re.compile(r"(?P<tenant>[\w-]+)\.(?:wd\d+\.)?myworkdayjobs(?:-impl)?\.com")
_WORKDAY_SITE = re.compile(r"(?:wd\d+\.)?myworkdaysite\.com")
_WORKDAY_SITE_PATH = re.compile(r"/(?:[a-z]{2}-[a-z]{2}/)?recruiting/(?P<tenant>[\w-]+)/", re.IGNORECASE)
_INDEED_PATH = re.compile(r"/(?:m/)?(?:viewjob|rc/clk(?:/dl)?|pagead/clk(?:/dl)?|jobs|q-.*|)/?", re.ASCII)
_INDEED_KEY = re.compile(r"[0-9a-f]{16}")

_PAGES_OF_APPLYING: Final = frozenset(
    {"apply", "application", "confirmation", "thanks", "thank-you", "success"}
)
# Their paths hold the UUID of a board or a client; the posting's stands in the query.
_HOSTS_WITH_OTHER_UUIDS: Final = frozenset({"workforcenow.adp.com", "myjobs.adp.com"})
_DOMAINS_WITH_OTHER_UUIDS: Final = (".ultipro.com", ".ultipro.ca", ".rec.pro.ukg.net")


def posting_keys(url: str) -> tuple[str, ...]:
    """Return the keys of a posting's address, the surest one first; none where the address holds no id.

    The pages on which one applies (`/apply`, `/application`, `/confirmation`, `/thanks`) have the keys of
    their posting. Never raises.
    """
    return _keys(url) if len(url) <= MAX_URL_CHARS else ()


@lru_cache(maxsize=16_384)
def _keys(url: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        query = {name.lower(): value for name, value in parse_qsl(parts.query, max_num_fields=100)}
    except ValueError:
        return ()
    if parts.scheme not in {"http", "https"} or not host:
        return ()
    path = unquote(parts.path)
    keys = [
        *_by_number_in_query(host, path, query),
        *_workday(host, path),
        *_by_form(host, path),
        *(f"uuid:{found.lower()}" for found in _uuids(host, path, query)),
    ]
    return tuple(dict.fromkeys(keys))


def _by_form(host: str, path: str) -> list[str]:
    for form in _FORMS:
        at = form.host.fullmatch(host)
        found = form.path.match(path) if at else None
        if at and found:
            groups = at.groupdict() | found.groupdict()
            # A requisition's letters are written in both cases; Jobvite and JazzHR tell them apart.
            number = groups["id"] if form.platform in {"jobvite", "jazzhr"} else groups["id"].lower()
            tenant = [groups["tenant"].lower()] if groups.get("tenant") else []
            return [":".join([form.platform, *tenant, number])]
    return []


def _by_number_in_query(host: str, path: str, query: _Query) -> list[str]:
    """Return the keys of addresses whose query names the posting; their path says little or nothing."""
    platform, tenant, number = "", "", ""
    if _DIGITS.fullmatch(query.get("gh_jid", "")):
        platform, number = "greenhouse", query["gh_jid"]
    elif host.endswith("greenhouse.io") and _DIGITS.fullmatch(query.get("token", "")):
        platform, number = "greenhouse", query["token"]
    elif host.endswith("linkedin.com") and re.fullmatch(r"/jobs(?:/.*)?", path) and "/view/" not in path:
        platform, number = "linkedin", query.get("currentjobid", "")
    elif re.fullmatch(r"(?:\w+\.)?indeed\.\w+(?:\.\w+)?", host) and _INDEED_PATH.fullmatch(path):
        names = ("jk", "vjk") if "jobs" not in path and len(path) > 1 else ("vjk", "jk")
        number = next((query[name].lower() for name in names if name in query), "")
        platform, number = "indeed", number if _INDEED_KEY.fullmatch(number) else ""
    elif host.endswith(".tbe.taleo.net"):
        platform, tenant, number = "taleo", query.get("org", ""), query.get("rid", "")
    elif path.endswith("/jobdetail.ftl") or path.endswith("/jobapply.ftl"):
        # Also on hosts of the employer's own, so the whole host is the tenant there.
        platform, tenant, number = "taleo", host.removesuffix(".taleo.net"), query.get("job", "")
    elif re.fullmatch(r"[\w-]+\.successfactors\.(?:com|eu)", host):
        platform, tenant, number = (
            "successfactors",
            query.get("company", ""),
            query.get("career_job_req_id", ""),
        )
    elif host.endswith(".bamboohr.com") and path.endswith("/view.php"):
        platform, tenant, number = "bamboohr", host.removesuffix(".bamboohr.com"), query.get("id", "")
    elif host == "workforcenow.adp.com":
        platform, tenant, number = "adp", query.get("cid", ""), query.get("jobid", "")
    is_id = re.fullmatch(r"\w[\w-]{0,30}", number, re.ASCII) and any(map(str.isdigit, number))
    if not is_id or (not tenant and platform in {"taleo", "successfactors", "adp"}):
        return []
    return [":".join(filter(None, [platform, tenant.lower(), number.lower()]))]


def _workday(host: str, path: str) -> list[str]:
    """Read /job/{place}/{title}_{requisition}[-n], where the place may lack."""
    at = _WORKDAY_HOST.fullmatch(host)
    if at is None and _WORKDAY_SITE.fullmatch(host):
        at = _WORKDAY_SITE_PATH.match(path)
    segments = path.split("/")
    start = next((n for n, segment in enumerate(segments) if segment.lower() in {"job", "details"}), None)
    if at is None or start is None:
        return []
    for segment in reversed(segments[start + 1 : start + 3]):
        # Places and titles hold "_" and digits too: a requisition has three digits at least.
        _, underscore, number = segment.rpartition("_")
        if underscore and requisition_key(number):
            return [f"workday:{at['tenant'].lower()}:{_COPY.sub('', number).lower()}"]
    return []


def _uuids(host: str, path: str, query: _Query) -> list[str]:
    """Return the one UUID that names the posting; not those of a board or of a client in the way to it."""
    for name in ("ashby_jid", "opportunityid"):
        if _UUID.fullmatch(query.get(name, "")):
            return [query[name]]
    if host in _HOSTS_WITH_OTHER_UUIDS or host.endswith(_DOMAINS_WITH_OTHER_UUIDS):
        return []
    segments = [segment for segment in path.split("/") if segment]
    while segments and segments[-1].lower() in _PAGES_OF_APPLYING:
        segments.pop()
    found = _UUID.search(segments[-1]) if segments else None
    return [found.group()] if found else []


_LABEL = re.compile(
    r"^[\s(\[#]*(?:(?:job|opening|position|requisition|req|vacancy|posting|reference|ref|kennziffer|stellen)"
    r"[\s.-]*(?:id|no|nr|number|nummer|code)\b\.?\s*[:#]*|(?:job|req|ref|reference|kennziffer|id|no|nr)\b\s*[.:#]+"
    r"|n°)\s*#?",
    re.IGNORECASE,
)
_EDGES: Final = " \t\r\n#()[]{}.,:;-_/"
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d(?:[-/]\d\d(?:\d\d)?)?"
)
_NUMBER = re.compile(r"[A-Za-z]{0,8}[ _.-]?[A-Za-z0-9][A-Za-z0-9_./-]*")
# The second posting of one requisition, as Workday writes it: JR1986530-1.
_COPY = re.compile(r"(?<=\d{5})-\d{1,2}$")
_MAX_CHARS: Final = 24
_MIN_CHARS: Final = 4
_MIN_DIGITS: Final = 3


def requisition_key(text: str) -> str | None:
    """Return the one spelling of a requisition number: letters and digits in capitals; None for no number.

    "R-0008694", "r 0008694" and "R0008694" are one: people and systems set the separators as they like,
    and no employer is known to tell two requisitions apart by them. At least four characters, three of them
    digits; a bare year or date is none. The "-1" of a further posting of one requisition is left out.
    """
    number = _LABEL.sub("", text[:80]).strip(_EDGES)
    if not number.isascii() or not _NUMBER.fullmatch(number) or _DATE.fullmatch(number):
        return None
    key = "".join(char for char in _COPY.sub("", number) if char.isalnum()).upper()
    if not _MIN_CHARS <= len(key) <= _MAX_CHARS or sum(map(str.isdigit, key)) < _MIN_DIGITS:
        return None
    return key
