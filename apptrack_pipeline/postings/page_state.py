"""The data that a page brings along for its own scripts: JSON in a call, in a variable, in an element."""

from __future__ import annotations

import json
from typing import Final

from selectolax.lexbor import LexborHTMLParser

_MAX_CHARS: Final = 4_000_000
_MAX_TRIES: Final = 5
_DECODER: Final = json.JSONDecoder(strict=False)


def json_after(html: str, marker: str) -> object:
    """Return the object or list that follows the first marker that has one; None where none has.

    Between the marker and the value only blanks, `=` and `(` may stand.
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
        try:
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
