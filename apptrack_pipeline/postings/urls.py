"""The general spelling of a web address, so that two captures of one page meet.

Only the spelling is looked at; which platform and posting an address names, and the one address that all of
a posting's share, is `detection.py`'s. What is not known to be noise stays: a wrong merge is worse than a
duplicate.
"""

from __future__ import annotations

import ipaddress
import re
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


def canonical_url(url: str) -> str:
    """Return the general spelling of an `http` or `https` address, always as `https`.

    Applying it twice changes nothing. The host is without `www.`: what to fetch is the address as it was
    sent. Raises `InvalidInputError` for anything that is no public web address: another scheme, no host,
    control characters, a user name, more than 4,096 characters.
    """
    parts, netloc, port = split_web_url(url)
    if port is not None and port != 443 and not (port == 80 and parts.scheme == "http"):
        netloc += f":{port}"

    path = plain_path(parts.path).rstrip("/")
    query = _canonical_query(parts.query)
    fragment = _canonical_fragment(parts.fragment)

    canonical = f"https://{netloc}{path or '/'}"
    canonical += f"?{query}" if query else ""
    canonical += f"#{fragment}" if fragment else ""
    # Escaping makes an address longer; what is returned must be readable again.
    if len(canonical) > MAX_URL_CHARS:
        raise InvalidInputError(_FIELD, f"is longer than {MAX_URL_CHARS} characters")
    return canonical


def plain_path(path: str) -> str:
    """Return a path with its escapes in one spelling, without `..` and without Java's session ids."""
    return _resolve_dots(_SESSION_ID.sub("", _normalise_escapes(path, _KEPT_IN_PATH)))


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


def _canonical_query(query: str) -> str:
    kept = {
        part
        for part in (_normalise_escapes(raw, _KEPT_IN_QUERY) for raw in query.split("&"))
        if part and not _is_noise(part)
    }
    return "&".join(sorted(kept))


def _is_noise(part: str) -> bool:
    raw_name, _, value = part.partition("=")
    name = unquote(raw_name).lower()
    if name in TRACKING_PARAMETERS or name.startswith("utm_"):
        return True
    return name in REFERRER_PARAMETERS and not any(char.isdigit() for char in unquote(value))


def _canonical_fragment(fragment: str) -> str:
    """Return the fragment if it is a route of a single-page application (`#/jobs/123`), else nothing."""
    if not fragment.startswith(("/", "!")) or not fragment.strip("/!"):
        return ""
    return _normalise_escapes(fragment, _KEPT_IN_QUERY)
