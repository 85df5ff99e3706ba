"""The state that a page's program starts with: JSON that a script assigns to a name, or that is a script.

Untrusted as all of the page: what is no JSON, or is too deep, is not there.
"""

from __future__ import annotations

import json
import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

MAX_STATE_CHARS: Final = 4 * 1024 * 1024
"""Most of one script that is read, in characters; the boards of the widest Ashby pages take 1.8 MB."""

_MAX_SCRIPTS: Final = 500
_DECODER: Final = json.JSONDecoder(strict=False, parse_constant=lambda _: None)


def assigned_state(page: LexborHTMLParser, name: str) -> object:
    """Return the JSON value that a script assigns to `name` (`window.__appData`); None where none does."""
    assignment = re.compile(rf"{re.escape(name)}\s{{0,20}}=\s{{0,20}}(?=[{{\[])")
    for script in page.css("script")[:_MAX_SCRIPTS]:
        text = script.text()[:MAX_STATE_CHARS]
        found = assignment.search(text)
        if found is None:
            continue
        value = json_at(text, found.end())
        if value is not None:
            return value
    return None


def script_state(page: LexborHTMLParser, selector: str) -> object:
    """Return the JSON that is the whole text of a script element, such as `script#__NEXT_DATA__`."""
    script = page.css_first(selector)
    return json_at(script.text()[:MAX_STATE_CHARS].strip(), 0) if script is not None else None


def json_at(text: str, start: int) -> object:
    """Return the JSON value that begins at an offset, whatever follows it; None where there is none."""
    try:
        value: object = _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None
    return value
