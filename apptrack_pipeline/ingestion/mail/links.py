"""The addresses in a mail: those of a plain text, and what stands behind redirects that carry their target.

Only the address itself is read; nothing is fetched. What hides its target stays as it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from apptrack_pipeline.ingestion.mail.charset import one_line
from apptrack_pipeline.ingestion.mail.message import Link

MAX_URL_CHARS: Final = 4_096
MAX_LINKS: Final = 300
MAX_LINK_TEXT_CHARS: Final = 300
_MAX_WRAPPERS: Final = 4  # Outlook around Proofpoint around a newsletter's own redirect

_PLAIN_URL = re.compile(r"[hH][tT][tT][pP][sS]?://[^\s<>\"\u201c\u201d\u00ab\u00bb]{1,4096}")
_TARGET_IN_PATH = re.compile(r"/(https?(?::|%3A)(?:%2F|/){1,2}[^/?&]{3,})", re.IGNORECASE)
_PARTS = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]*)[^/?#]*([^?#]*)\??([^#]*)", re.IGNORECASE)
_HTTP = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_CARRIES_ADDRESS = re.compile(r"[?&;](?:url|u|q|a)=|https?(?::|%3A)", re.IGNORECASE)
_PROOFPOINT_V3 = re.compile(r"/v3/__(.+?)__;([A-Za-z0-9_-]*)", re.DOTALL)
_PROOFPOINT_RUNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# Pages that do something with an address instead of leading to it.
_SHARES = re.compile(r"share|intent/|/sharer|/dialog/|/submit", re.IGNORECASE)


def plain_links(text: str) -> tuple[Link, ...]:
    """Return the addresses in a plain text with the words before each on its line."""
    if "://" not in text:
        return ()
    links: dict[Link, None] = {}
    for url, before in _plain_urls(text):
        target = unwrapped(url)
        if target:
            links.setdefault(Link(target, before))
            if len(links) >= MAX_LINKS:
                break
    return tuple(links)


def _plain_urls(text: str) -> Iterator[tuple[str, str]]:
    behind = 0
    for found in _PLAIN_URL.finditer(text):
        begin_of_line = text.rfind("\n", behind, found.start()) + 1
        before = text[max(begin_of_line, behind, found.start() - MAX_LINK_TEXT_CHARS) : found.start()]
        behind = found.end()
        url = found[0]
        if text[found.start() - 1 : found.start()] != "<":
            url = _without_punctuation(url)
        elif (end := text.find(">", behind, behind + MAX_URL_CHARS)) >= 0 and " " not in text[behind:end]:
            url += text[behind:end].replace("\n", "")  # the brackets hold a wrapped address together
            behind = end
        yield url, one_line(before).strip(" :()[]<>-\u2022*|\u2013\u2014")


def _without_punctuation(url: str) -> str:
    """Return the address without what belongs to the sentence around it."""
    while url:
        last = url[-1]
        is_closing = (last == ")" and url.count("(") < url.count(")")) or (last == "]" and "[" not in url)
        if not is_closing and last not in ".,;:!?'*_\u2026\u2019":
            break
        url = url[:-1]
    return url


def unwrapped(url: str) -> str | None:
    """Return the address that a link leads to as far as it says so itself; None if it is no web address."""
    current = _web_address(url)
    for _ in range(_MAX_WRAPPERS):
        if current is None:
            return None
        target = _target(current)
        following = _web_address(target) if target else None
        if following is None or following == current:
            return current
        current = following
    return current


def _web_address(url: str) -> str | None:
    text = url if url.isascii() and url.isprintable() else one_line(url)
    text = text.strip().replace(" ", "%20")
    if len(text) > MAX_URL_CHARS or not _HTTP.match(text):
        return None
    return text


def _target(url: str) -> str | None:
    # Most redirects carry a key and no address: they end here.
    if not _CARRIES_ADDRESS.search(url, 10):
        return None
    parts = _PARTS.match(url)
    if parts is None:
        return None
    host, path, query = parts[1].lower(), parts[2], parts[3]
    if host.endswith(("urldefense.com", "urldefense.proofpoint.com")):
        return _proofpoint(url, path, query)
    if host.endswith("linkprotect.cudasvc.com"):
        return _parameter(query, "a")
    if (host.startswith("google.") or host.startswith("www.google.")) and path == "/url":
        return _parameter(query, "q") or _parameter(query, "url")
    if _SHARES.search(path):
        return None
    in_path = _TARGET_IN_PATH.search(path)
    if in_path and "%2f" in in_path[1].lower():
        return unquote(in_path[1])
    return _parameter(query, "url") or _parameter(query, "u")


def _parameter(query: str, name: str) -> str | None:
    """Return the parameter if it holds a web address; percent-encoding undone once, as a browser would."""
    for piece in query.split("&", 100)[:100]:
        key, _, value = piece.partition("=")
        if key.removeprefix("amp;").lower() == name:
            target = unquote(value)
            return target if _HTTP.match(target) else None
    return None


def _proofpoint(url: str, path: str, query: str) -> str | None:
    """Return the target of Proofpoint's URL Defense, versions 1 to 3."""
    if path.startswith("/v1/"):
        return _parameter(query, "u")
    if path.startswith("/v2/"):
        for piece in query.split("&", 100)[:100]:
            if piece.startswith("u="):
                return unquote(piece[2:].replace("-", "%").replace("_", "/"))
        return None
    found = _PROOFPOINT_V3.search(url)
    if found is None:
        return None
    try:
        packed = found[2].encode("ascii")
        hidden = base64.urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        hidden = ""
    # `*` stands for the next hidden character, `**X` for as many as X says; `https:/` lost a slash.
    pieces: list[str] = []
    used, position, target = 0, 0, found[1]
    while (star := target.find("*", position)) >= 0:
        pieces.append(target[position:star])
        run = 1
        position = star + 1
        if target[position : position + 1] == "*" and target[position + 1 : position + 2]:
            run = _PROOFPOINT_RUNS.find(target[position + 1]) + 2
            position += 2
        pieces.append(hidden[used : used + run])
        used += run
    pieces.append(target[position:])
    return re.sub(r"^(https?):/(?!/)", r"\1://", "".join(pieces), flags=re.IGNORECASE)
