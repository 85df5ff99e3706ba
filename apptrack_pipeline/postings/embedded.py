"""All data that a page of an unknown site carries for its own scripts: `window.x = {...}`, `__NEXT_DATA__`,
JSON in attributes. A platform whose marker is known asks `page_state.py` for it.

Nothing is run. A scanner finds where a value begins, and the JSON reader says where it ends; both stop at
their bounds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.loose_json import read_json, value_at
from apptrack_pipeline.postings.page_state import pushed_text

_MIN_CHARS: Final = 80  # shorter ones are settings
_MAX_VALUES: Final = 60
_MAX_UNCLOSED: Final = 3  # each costs a look at all that follows
_MAX_SCRIPTS: Final = 300
_MAX_SCRIPT_CHARS: Final = 3_000_000
_MAX_LITERAL_CHARS: Final = 2_000_000

_STRING: Final = (
    r"""(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^'\\]*+(?:\\.[^'\\]*+)*+'|`[^`\\]*+(?:\\.[^`\\]*+)*+`)"""
)
_CALLS: Final = (
    r"(?:(?:JSON\.parse|decodeURIComponent|unescape|window\.atob|atob|Object\.freeze)\s*\(\s*){0,3}"
)
_VALUE = re.compile(rf"\s*{_CALLS}(?:(?P<open>[{{\[])|(?P<string>{_STRING}))", re.DOTALL)
# Programs are long and `=` before a value is rare: it is looked for first, and then the name before it.
_EQUALS = re.compile(
    r"""=\s{0,20}(?=[{\[]|JSON\.parse|decodeURI|Object\.freeze|["'](?:%7B|\{|\[)|(?:window\.)?atob)"""
)
_NAME = re.compile(
    r"""(?:\b(?:window|self|globalThis|this)\s?(?:\.|\[["'])|\b(?:var|let|const)\s)\s{0,20}[\w$.-]{1,100}"""
    r"""(?:["']\])?\s{0,20}\Z"""
)
_NAME_CHARS: Final = 140
_MAX_EQUALS: Final = 2_000
_FLIGHT_LINE = re.compile(r"^[0-9a-f]{1,4}:(?=[{\[])", re.MULTILINE)
_ATTRIBUTES: Final = (
    "data-page", "data-props", "data-react-props", "data-state", "data-job", "data-initial-state",
    "data-job-data", "data-model", "data-posting",
)  # fmt: skip


def states_in_page(page: LexborHTMLParser, html: str) -> Iterator[object]:
    """Yield the objects and lists that the page carries for its scripts, in page order, at most 60.

    `html` is the page's source.
    """
    number = 0
    for script in page.css("script:not([src])")[:_MAX_SCRIPTS]:
        kind = (script.attributes.get("type") or "").lower()
        if "ld+json" in kind:
            continue
        text = script.text()
        if len(text) > _MAX_SCRIPT_CHARS or len(text) < 20:
            continue
        for value in [read_json(text)] if "json" in kind else _assigned(text):
            if isinstance(value, dict | list) and value:
                yield value
                number += 1
                if number >= _MAX_VALUES:
                    return
    if "__next_f" in html:
        yield from _lines_of_flight(pushed_text(html))
    for name in _ATTRIBUTES:
        for node in page.css(f"[{name}]")[:5]:
            stated = node.attributes.get(name) or ""
            value = read_json(stated) if stated.lstrip()[:1] in {"{", "["} else None
            if isinstance(value, dict | list) and value:
                yield value


def _assigned(text: str) -> Iterator[object]:
    position = unclosed = number = 0
    for _ in range(_MAX_EQUALS):
        found = _EQUALS.search(text, position)
        if found is None or unclosed > _MAX_UNCLOSED or number >= _MAX_VALUES:
            return
        position = found.end()
        if _NAME.search(text[max(0, found.start() - _NAME_CHARS) : found.start()]) is None:
            continue
        value, end = _value_and_end(text, found.end())
        unclosed += end <= found.end()
        number += 1
        position = max(position, end)
        if value is not None and end - found.end() >= _MIN_CHARS:
            yield value


def _value_and_end(text: str, start: int) -> tuple[object, int]:
    found = _VALUE.match(text, start, start + _MAX_LITERAL_CHARS)
    if found is None:
        return None, start
    if found["open"]:
        return value_at(text, found.start("open"))
    inner = _text_of_literal(found["string"])
    if inner.lstrip()[:3].upper() in {"%7B", "%5B"}:
        inner = unquote(inner)
    value = read_json(inner)
    return (value if isinstance(value, dict | list) else None), found.end()


def _text_of_literal(literal: str) -> str:
    """Return the text of a JavaScript string literal with its quotes."""
    if literal[:1] == '"':
        try:
            text = json.loads(literal, strict=False)
            return text if isinstance(text, str) else ""
        except ValueError:
            pass
    return _ESCAPE.sub(_unescaped, literal[1:-1])


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_SINGLE: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": "", "0": "", "\n": ""}


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    return chr(int(escaped[1:], 16)) if len(escaped) > 1 else _SINGLE.get(escaped, escaped)


def _lines_of_flight(stream: str) -> Iterator[object]:
    position = 0
    for _ in range(_MAX_VALUES):
        found = _FLIGHT_LINE.search(stream, position)
        if found is None:
            return
        value, end = value_at(stream, found.end())
        if value is not None:
            yield value
        position = max(end, found.end())
