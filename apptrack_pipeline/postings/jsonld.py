"""A tolerant reader of the JSON-LD job postings that pages carry; one broken block never drops another.

The repairs answer cases seen in production. Shape in: any HTML, or what a capture brought along. Shape
out: JobPosting objects with lower-camel-case keys, in page order.
"""

from __future__ import annotations

import html as html_entities
import json
import re
from collections import deque
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.markup import parse_page

MAX_BLOCK_CHARS: Final = 4 * 1024 * 1024
"""Largest JSON-LD block that is read, in characters."""

_MAX_NODES: Final = 50_000
_MAX_POSTINGS: Final = 100
_MAX_DEPTH: Final = 64

_WRAPPER_START = re.compile(r"(?:\s|\ufeff|<!--|//\s*(?=<!\[CDATA\[)|/\*\s*(?=<!\[CDATA\[)|<!\[CDATA\[|\*/)+")
_WRAPPER_END = re.compile(r"(?:\s|;|-->|//\s*(?:-->|\]\]>)|/\*\s*\]\]>\s*\*/|\]\]>)+\Z")
_ENTITY = re.compile(r"&(?:quot|#0*34|#x0*22);", re.IGNORECASE)
_TOKEN = re.compile(
    r"""(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?)
    |(?P<open>[{\[])|(?P<close>[}\]])|(?P<comma>,)|(?P<colon>:)
    |(?P<comment>//[^\n]*+|/\*.*?(?:\*/|\Z))
    |(?P<word>[^\s"{}\[\],:/]++)
    |(?P<other>/)|\s++""",
    re.DOTALL | re.VERBOSE,
)
_STRING_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_TYPE_SPLIT = re.compile(r"[/#:]")


def find_job_postings(html: str) -> list[dict[str, object]]:
    """Return every JobPosting of the page's JSON-LD blocks, in page order."""
    page = parse_page(html)
    return postings_in_page(page) if page is not None else []


def postings_in_page(page: LexborHTMLParser) -> list[dict[str, object]]:
    """Return every JobPosting of a parsed page's JSON-LD blocks, in page order."""
    found: list[dict[str, object]] = []
    for script in page.css("script"):
        if "ld+json" in (script.attributes.get("type") or "").lower():
            found.extend(read_job_postings(script.text()))
    return found[:_MAX_POSTINGS]


def read_job_postings(value: object) -> list[dict[str, object]]:
    """Return every JobPosting in JSON text, or in an object or list that was read from JSON."""
    root = _load(value) if isinstance(value, str) else value
    queue: deque[object] = deque([root])
    found: list[dict[str, object]] = []
    seen = 0
    while queue and seen < _MAX_NODES and len(found) < _MAX_POSTINGS:
        node = queue.popleft()
        seen += 1
        if isinstance(node, list):
            queue.extend(child for child in node if isinstance(child, dict | list | str))
        elif isinstance(node, dict):
            if _is_job_posting(node):
                found.append(_lower_camel_keys(node))
            else:
                queue.extend(child for child in node.values() if isinstance(child, dict | list))
        elif isinstance(node, str) and node is not root and "JobPosting" in node[:2000]:
            # Captures send each block of a page as the text it was.
            queue.append(_load(node))
    return found


def _is_job_posting(node: dict[object, object]) -> bool:
    kinds = node.get("@type", node.get("@Type", node.get("type")))
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and _TYPE_SPLIT.split(kind.strip())[-1].lower() == "jobposting":
            return True
    return False


def _lower_camel_keys(node: dict[object, object]) -> dict[str, object]:
    return {_lower_camel(str(key)): _lower_camel_value(value, 1) for key, value in node.items()}


def _lower_camel_value(value: object, depth: int) -> object:
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {_lower_camel(str(key)): _lower_camel_value(child, depth + 1) for key, child in value.items()}
    if isinstance(value, list):
        return [_lower_camel_value(child, depth + 1) for child in value]
    return value


def _lower_camel(key: str) -> str:
    name = key.removeprefix("schema:")
    return name[:1].lower() + name[1:]


def _load(text: str) -> object:
    if len(text) > MAX_BLOCK_CHARS:
        return None
    block = text
    if found := _WRAPPER_START.match(block):
        block = block[found.end() :]
    # A search for the end could start at every space: only the last part can be wrapping.
    tail = block[-200:]
    if ending := _WRAPPER_END.search(tail):
        block = block[: len(block) - len(tail) + ending.start()]
    candidates = [block]
    if _ENTITY.search(block):
        candidates.append(html_entities.unescape(block))
    for candidate in candidates:
        loaded = _strict(candidate)
        if loaded is not None:
            return loaded
    for candidate in candidates:
        repaired = _repair(candidate)
        loaded = _strict(repaired) if repaired is not None else None
        if loaded is not None:
            return loaded
    return None


def _strict(text: str) -> object:
    try:
        return json.loads(text, strict=False, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _repair(text: str) -> str | None:
    """Return the text as JSON, its commas, escapes and brackets put right; None where it is too deep."""
    pieces: list[str] = []
    brackets: list[str] = []
    previous = (
        ""  # the kind of the last token written: a value or `close` needs a comma before the next value
    )
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        written = found[0]
        if kind in {"", "comment", "other"}:
            continue
        if kind == "comma":
            # Written when the next value comes, so that trailing and doubled ones vanish.
            continue
        if kind == "colon":
            pieces.append(":")
            previous = "colon"
            continue
        if kind == "close":
            if not brackets:
                continue
            if previous == "colon":
                pieces.append("null")
            pieces.append(brackets.pop())
            previous = "close"
            continue
        if previous in {"string", "word", "close"}:
            pieces.append(",")
        if kind == "open":
            if len(brackets) >= _MAX_DEPTH:
                return None
            brackets.append("}" if written == "{" else "]")
            pieces.append(written)
        elif kind == "string":
            pieces.append(_mend_string(written))
        else:
            pieces.append(written)
        previous = kind
    if previous == "colon":
        pieces.append("null")
    pieces.extend(reversed(brackets))
    # Several objects in one block become a list.
    return "[" + "".join(pieces) + "]" if pieces else None


def _mend_string(string: str) -> str:
    def one(found: re.Match[str]) -> str:
        escaped = found[1]
        return found[0] if len(escaped) == 5 or escaped in '"\\/bfnrt' else escaped

    mended = _STRING_ESCAPE.sub(one, string)
    closed = (
        len(string) > 1 and string.endswith('"') and (len(string) - len(string[:-1].rstrip("\\"))) % 2 == 1
    )
    return mended if closed else mended.rstrip("\\") + '"'
