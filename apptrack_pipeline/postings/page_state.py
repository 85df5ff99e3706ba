"""The data that a page brings along for its own scripts: JSON in a call, in a variable, in an element."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser

_MAX_CHARS: Final = 4_000_000
_MAX_TRIES: Final = 5
_MAX_NODES: Final = 50_000
_PUSHED: Final = "self.__next_f.push("
_MAX_PUSHES: Final = 2_000
_QUOTED = re.compile(r"JSON\.parse\(\s{0,20}'([^'\\]*+(?:\\.[^'\\]*+)*+)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|.)|\"", re.DOTALL)
_DECODER: Final = json.JSONDecoder(strict=False)


def json_after(html: str, marker: str) -> object:
    """Return the object or list that follows the first marker that has one; None where none has.

    Between the marker and the value only blanks, `=` and `(` may stand, or `JSON.parse(` before its quotes.
    """
    text = html[:_MAX_CHARS]
    position = 0
    for _ in range(_MAX_TRIES):
        position = text.find(marker, position)
        if position < 0:
            return None
        position += len(marker)
        start = position
        while start < len(text) and start - position < 100 and text[start] in " \t\r\n=(":
            start += 1
        quoted = _QUOTED.match(text, start)
        try:
            if quoted is not None:
                written = _DECODER.decode('"' + _ESCAPE.sub(_as_json, quoted[1]) + '"')
                value = _DECODER.decode(written)
                if isinstance(value, dict | list):
                    return value
                continue
            value, _end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict | list):
            return value
    return None


def json_in(page: LexborHTMLParser, selector: str) -> object:
    """Return the JSON that is the text of the first element that a selector names; None where it is none."""
    node = page.css_first(selector)
    text = node.text() if node is not None else ""
    if not text or len(text) > _MAX_CHARS:
        return None
    try:
        value: object = _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return None
    return value


def pushed_text(html: str) -> str:
    """Return the text that a page of Next.js pushes to `self.__next_f` in pieces, put together."""
    text = html[:_MAX_CHARS]
    pieces: list[str] = []
    position = 0
    for _ in range(_MAX_PUSHES):
        position = text.find(_PUSHED, position)
        if position < 0:
            break
        position += len(_PUSHED)
        try:
            pushed, _end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            continue
        if isinstance(pushed, list) and len(pushed) == 2 and isinstance(pushed[1], str):
            pieces.append(pushed[1])
    return "".join(pieces)


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


def _as_json(found: re.Match[str]) -> str:
    """Write an escape of JavaScript's single-quoted text as JSON does."""
    escaped = found[1]
    if escaped is None:
        return '\\"'
    if escaped[0] == "x" and len(escaped) == 3:
        return f"\\u00{escaped[1:]}"
    return found[0] if escaped in '"\\/bfnrtu' else escaped
