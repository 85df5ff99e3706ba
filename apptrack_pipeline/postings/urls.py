"""The one spelling of a posting's address, so that two captures of one posting meet.

Only the address is looked at: which platform it belongs to, and what to fetch, is decided elsewhere.
What is not known to be noise stays: a wrong merge is worse than a duplicate.

The spelling is the identity of a capture (`captures.url_hash`), and captures are never changed. So a rule
that is added here holds for what is captured from then on: a posting that was stored under its older
spelling, and is captured again under a newer one, becomes a second application.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import idna

from apptrack_pipeline.domain import InvalidInputError

MAX_URL_CHARS: Final = 4096
"""Longest address that is read or returned, in characters."""

_FIELD: Final = "job_posting_url"
_MAX_HOST_CHARS: Final = 253  # RFC 1035, section 2.3.4

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ASCII_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
# Only before a whole domain: `www.localhost` and `www.www.example.com` are names of their own.
_WWW = re.compile(r"^www\.(?!www\.)(?=[^.]+\.)")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SESSION_ID = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH: Final = _UNRESERVED | frozenset("!$&'()*+,;=:@/%")
_KEPT_IN_QUERY: Final = _KEPT_IN_PATH | frozenset("?")

TRACKING_PARAMETERS: Final = frozenset(
    {
        "gclid",
        "gbraid",
        "wbraid",
        "dclid",
        "fbclid",
        "msclkid",
        "ttclid",
        "twclid",
        "li_fat_id",
        "igshid",
        "yclid",
        "mc_cid",
        "mc_eid",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "gh_src",
        "lever-source",
        "lever-origin",
        "lever-via",
        "refid",
        "trackingid",
        "trk",
        "trkinfo",
        "iis",
        "iisn",
        "jan1offset",
        "jun1offset",
        "needsredirect",
        "bga",
        "in_iframe",
        "hashed",
    }
)
"""Names that carry no identity on any host seen in 9,600 real posting addresses; compared in lower case."""

REFERRER_PARAMETERS: Final = frozenset({"source", "src", "ref"})
"""Names of the referring site, unless the value holds a digit: `?ref=4711` is a vacancy's own number."""


@dataclass(frozen=True, slots=True)
class _HostRule:
    """What is known about the addresses of one platform's hosts."""

    hosts: tuple[str, ...]
    dropped: frozenset[str] = frozenset()
    apply_suffix: re.Pattern[str] | None = None
    rewrite: Callable[[SplitResult, dict[str, str]], str | None] | None = None


_LINKEDIN_PATH = re.compile(
    r"/(?:comm/)?jobs/view/(?:[^/]*?-)?(\d{5,})(?:/.*)?|/jobs-guest/jobs/api/jobPosting/(\d{5,})", re.ASCII
)
_INDEED_JOB_PATH = re.compile(r"/(?:m/)?(?:viewjob|rc/clk(?:/dl)?|pagead/clk(?:/dl)?)", re.ASCII)
_INDEED_SEARCH_PATH = re.compile(r"/(?:m/)?(?:jobs(?:earch)?|[ql]-[^/]*|)", re.ASCII)
_INDEED_KEY = re.compile(r"[0-9a-f]{16}", re.ASCII)
_ICIMS_PATH = re.compile(r"/jobs/(\d+)/(?:[^/]+/)?job", re.ASCII)


def _linkedin(parts: SplitResult, query: dict[str, str]) -> str | None:
    found = _LINKEDIN_PATH.fullmatch(parts.path)
    number = (found[1] or found[2]) if found else ""
    if not number and (parts.path == "/jobs" or parts.path.startswith("/jobs/")):
        number = query.get("currentjobid", "")
    # Country hosts (kr.linkedin.com) show the same posting under the same number.
    if re.fullmatch(r"\d{5,}", number, re.ASCII):
        return f"https://linkedin.com/jobs/view/{number}"
    return None


def _indeed(parts: SplitResult, query: dict[str, str]) -> str | None:
    if _INDEED_JOB_PATH.fullmatch(parts.path):
        names = ("jk", "vjk")
    elif _INDEED_SEARCH_PATH.fullmatch(parts.path or "/"):
        names = ("vjk", "jk")  # the job that the search page shows beside its list
    else:
        return None
    key = next((query[name].lower() for name in names if name in query), "")
    # The countries' hosts stay apart: whether a key is one job in all of them is not known.
    if _INDEED_KEY.fullmatch(key):
        return f"https://{parts.netloc}/viewjob?jk={key}"
    return None


def _icims(parts: SplitResult, query: dict[str, str]) -> str | None:
    found = _ICIMS_PATH.fullmatch(parts.path)
    if found is None:
        return None
    kept = [f"{name}={value}" for name, value in sorted(query.items()) if name != "lang"]
    return f"https://{parts.netloc}/jobs/{found[1]}/job" + ("?" + "&".join(kept) if kept else "")


_REFERRERS_OF_KNOWN_HOSTS: Final = REFERRER_PARAMETERS
_HOST_RULES: Final = (
    _HostRule(("greenhouse.io",), dropped=_REFERRERS_OF_KNOWN_HOSTS | {"t"}),
    _HostRule(
        ("jobs.lever.co", "jobs.eu.lever.co"),
        dropped=_REFERRERS_OF_KNOWN_HOSTS,
        apply_suffix=re.compile(r"(?:/+(?:apply|thanks))+$", re.IGNORECASE),
    ),
    _HostRule(
        ("jobs.ashbyhq.com",),
        dropped=_REFERRERS_OF_KNOWN_HOSTS,
        apply_suffix=re.compile(r"(?:/+application)+$", re.IGNORECASE),
    ),
    _HostRule(
        ("myworkdayjobs.com", "myworkdaysite.com"),
        dropped=_REFERRERS_OF_KNOWN_HOSTS,
        apply_suffix=re.compile(
            r"(?:/+apply(?:/+(?:autofillWithResume|applyManually|useMyLastApplication))?)+$", re.IGNORECASE
        ),
    ),
    _HostRule(
        ("apply.workable.com", "jobs.jobvite.com"),
        dropped=_REFERRERS_OF_KNOWN_HOSTS,
        apply_suffix=re.compile(r"(?:/+apply)+$", re.IGNORECASE),
    ),
    _HostRule(
        ("icims.com",),
        dropped=_REFERRERS_OF_KNOWN_HOSTS | {"mode", "mobile", "width", "height"},
        rewrite=_icims,
    ),
    _HostRule(("smartrecruiters.com", "applytojob.com"), dropped=_REFERRERS_OF_KNOWN_HOSTS),
    _HostRule(("taleo.net",), dropped=_REFERRERS_OF_KNOWN_HOSTS | {"lang", "tz", "tzname"}),
    _HostRule(("linkedin.com",), dropped=_REFERRERS_OF_KNOWN_HOSTS, rewrite=_linkedin),
    _HostRule(("indeed.com",), rewrite=_indeed),
)
_NO_RULE: Final = _HostRule(())
_RULE_OF_HOST: Final = {host: rule for rule in _HOST_RULES for host in rule.hosts}


def canonical_url(url: str) -> str:
    """Return the one spelling of a posting's `http` or `https` address, always as `https`.

    Applying it twice changes nothing. The host is without `www.`: what to fetch is the address as it was
    sent. Raises `InvalidInputError` for anything that is no public web address: another scheme, no host,
    control characters, a user name, more than 4,096 characters.
    """
    parts, netloc, port = split_web_url(url)
    rule = _rule_of(netloc)
    if port is not None and port != 443 and not (port == 80 and parts.scheme == "http"):
        netloc += f":{port}"

    path = _SESSION_ID.sub("", _normalise_escapes(parts.path, _KEPT_IN_PATH))
    path = _resolve_dots(path).rstrip("/")
    if rule.apply_suffix:
        path = rule.apply_suffix.sub("", path).rstrip("/")
    query = _canonical_query(parts.query, rule)
    fragment = _canonical_fragment(parts.fragment)

    canonical = f"https://{netloc}{path or '/'}" + (f"?{query}" if query else "")
    if rule.rewrite:
        by_name = _values_by_name(query)
        rewritten = rule.rewrite(SplitResult("https", netloc, path, query, ""), by_name)
        if rewritten:
            canonical, fragment = rewritten, ""
    canonical += f"#{fragment}" if fragment else ""
    # Escaping makes an address longer; what is returned must be readable again.
    if len(canonical) > MAX_URL_CHARS:
        raise InvalidInputError(_FIELD, f"is longer than {MAX_URL_CHARS} characters")
    return canonical


def split_web_url(url: str) -> tuple[SplitResult, str, int | None]:
    """Return an address in its parts, its host in its one spelling, and its port where it says one.

    Raises `InvalidInputError` as `canonical_url` does.
    """
    text = url.strip(" \t\r\n")
    if len(text) > MAX_URL_CHARS:
        raise InvalidInputError(_FIELD, f"is longer than {MAX_URL_CHARS} characters")
    if _CONTROL.search(text):
        raise InvalidInputError(_FIELD, "holds control characters")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidInputError(_FIELD, "is not a web address") from error
    if parts.scheme not in {"http", "https"}:
        raise InvalidInputError(_FIELD, "must start with http:// or https://")
    if "@" in parts.netloc:
        raise InvalidInputError(_FIELD, "must not hold a user name or password")
    return parts, _canonical_host(host), port


def _rule_of(host: str) -> _HostRule:
    """Return the rule for this host, or for the nearest domain above it that has one."""
    domain = host
    while domain:
        rule = _RULE_OF_HOST.get(domain)
        if rule is not None:
            return rule
        domain = domain.partition(".")[2]
    return _NO_RULE


def _canonical_host(host: str) -> str:
    name = host.rstrip(".").lower()
    if not name:
        raise InvalidInputError(_FIELD, "holds no host")
    if ":" in name:
        try:
            return f"[{ipaddress.IPv6Address(name)}]"
        except ValueError as error:
            raise InvalidInputError(_FIELD, "holds no valid host") from error
    if not name.isascii() and len(name) <= _MAX_HOST_CHARS:
        try:
            name = idna.encode(name, uts46=True).decode("ascii").rstrip(".")
        except UnicodeError as error:
            raise InvalidInputError(_FIELD, "holds no valid host") from error
    if len(name) > _MAX_HOST_CHARS or not _ASCII_HOST.fullmatch(name):
        raise InvalidInputError(_FIELD, "holds no valid host")
    return _WWW.sub("", name)


def _normalise_escapes(text: str, kept: frozenset[str]) -> str:
    """Return the text with RFC 3986 (section 6.2.2) percent-encoding: none needless, none missing."""

    def one(found: re.Match[str]) -> str:
        char = chr(int(found[1], 16))
        return char if char in _UNRESERVED else found[0].upper()

    escaped = _ESCAPE.sub(one, _LONE_PERCENT.sub("%25", text))
    if all(char in kept for char in escaped):
        return escaped
    return "".join(
        char if char in kept else "".join(f"%{byte:02X}" for byte in char.encode("utf-8")) for char in escaped
    )


def _resolve_dots(path: str) -> str:
    if "/." not in path:
        return path
    resolved: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            if resolved:
                resolved.pop()
        elif segment != ".":
            resolved.append(segment)
    return "/" + "/".join(resolved)


def _canonical_query(query: str, rule: _HostRule) -> str:
    kept = {
        part
        for part in (_normalise_escapes(raw, _KEPT_IN_QUERY) for raw in query.split("&"))
        if part and not _is_noise(part, rule)
    }
    return "&".join(sorted(kept))


def _is_noise(part: str, rule: _HostRule) -> bool:
    raw_name, _, value = part.partition("=")
    name = unquote(raw_name).lower()
    if name in TRACKING_PARAMETERS or name.startswith("utm_") or name in rule.dropped:
        return True
    return name in REFERRER_PARAMETERS and not any(char.isdigit() for char in unquote(value))


def _values_by_name(query: str) -> dict[str, str]:
    """Return the parameters by name in lower case; several values of one name stay together in the text."""
    values: dict[str, str] = {}
    for raw_name, _, value in (part.partition("=") for part in query.split("&") if part):
        name = unquote(raw_name).lower()
        values[name] = f"{values[name]}&{name}={value}" if name in values else value
    return values


def _canonical_fragment(fragment: str) -> str:
    """Return the fragment if it is a route of a single-page application (`#/jobs/123`), else nothing."""
    if not fragment.startswith(("/", "!")) or not fragment.strip("/!"):
        return ""
    return _normalise_escapes(fragment, _KEPT_IN_QUERY)
