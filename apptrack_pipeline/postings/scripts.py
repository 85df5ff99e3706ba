"""JSON that a page's scripts assign or push, found by what stands before it; no script is run.

`window.pageData = {...}`, `= JSON.parse('...')`, a script of type `application/json`, and the pieces that
Next.js pushes to `self.__next_f` are read. All of it is bounded, and none of it raises.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser

_MAX_SCRIPTS: Final = 400
_MAX_CHARS: Final = 8 * 1024 * 1024
_MAX_NODES: Final = 50_000
_MAX_HITS: Final = 20
_PIECE: Final = "self.__next_f.push("
_ASSIGNED = re.compile(r"[\"']?\]?\s{0,20}[:=]\s{0,20}")
_PARSED = re.compile(r"JSON\.parse\(\s{0,20}")
_QUOTED = re.compile(r"'([^'\\]*+(?:\\.[^'\\]*+)*+)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|.)|\"", re.DOTALL)
_DECODER = json.JSONDecoder(strict=False)


def state_after(page: LexborHTMLParser, name: str) -> object:
    """Return the JSON that is assigned to the name, or stands under it as a key, where it occurs first."""
    for text in _texts(page):
        position = -1
        for _ in range(_MAX_HITS):
            position = text.find(name, position + 1)
            if position < 0:
                break
            assigned = _ASSIGNED.match(text, position + len(name))
            value = _value_at(text, assigned.end()) if assigned is not None else None
            if isinstance(value, dict | list):
                return value
    return None


def json_script(page: LexborHTMLParser, element_id: str) -> object:
    """Return the JSON of the script element with that id."""
    node = page.css_first(f"script#{element_id}")
    return _loads(node.text()) if node is not None else None


def objects_with(value: object, *names: str) -> Iterator[dict[str, object]]:
    """Yield the objects inside the value that have all these keys, outer ones first."""
    queue: deque[object] = deque([value])
    for _ in range(_MAX_NODES):
        if not queue:
            return
        node = queue.popleft()
        if isinstance(node, dict):
            if all(name in node for name in names):
                yield node
            queue.extend(child for child in node.values() if isinstance(child, dict | list))
        elif isinstance(node, list):
            queue.extend(child for child in node if isinstance(child, dict | list))


def _texts(page: LexborHTMLParser) -> Iterator[str]:
    left = _MAX_CHARS
    pieces: list[str] = []
    for node in page.css("script")[:_MAX_SCRIPTS]:
        text = node.text()[:left]
        left -= len(text)
        start = text.find(_PIECE)
        if start >= 0:
            pushed = _value_at(text, start + len(_PIECE))
            if isinstance(pushed, list) and len(pushed) == 2 and isinstance(pushed[1], str):
                pieces.append(pushed[1])
        elif text:
            yield text
    if pieces:
        yield "".join(pieces)


def _value_at(text: str, position: int) -> object:
    parsed = _PARSED.match(text, position)
    if parsed is not None:
        position = parsed.end()
        quoted = _QUOTED.match(text, position)
        if quoted is not None:
            return _loads(_decoded('"' + _ESCAPE.sub(_as_json, quoted[1]) + '"', 0))
        return _loads(_decoded(text, position))
    return _decoded(text, position)


def _decoded(text: str, position: int) -> object:
    if text[position : position + 1] not in {"{", "[", '"'}:
        return None
    try:
        return _DECODER.raw_decode(text, position)[0]
    except (ValueError, RecursionError):
        return None


def _as_json(found: re.Match[str]) -> str:
    """Write an escape of JavaScript's single-quoted text as JSON does."""
    escaped = found[1]
    if escaped is None:
        return '\\"'
    if escaped[0] == "x" and len(escaped) == 3:
        return f"\\u00{escaped[1:]}"
    return found[0] if escaped in '"\\/bfnrtu' else escaped


def _loads(text: object) -> object:
    if not isinstance(text, str) or len(text) > _MAX_CHARS:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
