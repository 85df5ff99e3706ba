"""The JSON body of a capture as `captures.body` keeps it: exactly as it came in, however broken.

Both who takes a capture and who reads its page later read it by these rules.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any, Final

import pydantic_core

from apptrack_pipeline.domain import InvalidInputError

PAGE_FIELDS: Final = ("html", "json_ld", "selected_text")
"""The parts of a body that are the page; all others are small and stand in `captures.fields`."""

_DEEPEST: Final = 100
"""Levels of nesting that a repaired body keeps; jiter gives up at 200, and no JSON-LD seen needs 20."""

_MOST_DIGITS: Final = 4_000
"""Longest integer that is read; CPython refuses to convert more than 4,300 digits."""

# A string (also one that never ends, or 4 million `\"` would each be a start to scan from), or a run of
# brackets: 8 MiB of `[` are one match.
_STRUCTURE: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]+|[\]}]+', re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def page_of(body: bytes) -> dict[str, Any]:
    """Return what a stored body holds of the page: those of PAGE_FIELDS that say something.

    Never raises: a body that is not JSON says nothing. Texts are free of NUL and of half surrogate pairs,
    numbers are finite and nesting has an end, so that JSONB can hold all of it.
    """
    repair = JsonRepair()
    try:
        values = pydantic_core.from_json(body)
    except ValueError:
        try:
            values = repair.read(body)
        except InvalidInputError:
            return {}
    if not isinstance(values, dict):
        return {}
    said = {name: repair.value(values.get(name)) for name in PAGE_FIELDS}
    return {name: value for name, value in said.items() if value is not None and value != ""}


@dataclass
class JsonRepair:
    """Makes readable what strict JSON or PostgreSQL refuses, and remembers in `damage` what that was."""

    damage: set[str] = field(default_factory=set)

    def read(self, body: bytes) -> object:
        """Return the values of a body; raises InvalidInputError where it is not JSON at all."""
        encoding = json.detect_encoding(body)
        text = body.decode(encoding, "replace")
        if not encoding.startswith("utf-8") or text.count("\ufffd") != body.count(b"\xef\xbf\xbd"):
            self.damage.add("charset")
        shallow = _without_deep_parts(text)
        if shallow is not text:
            self.damage.add("nesting")
        try:
            # Not strict: a raw control character inside a text is the page's fault, not the sender's.
            values = json.loads(shallow, strict=False, parse_int=self._integer)
        except ValueError as error:
            raise InvalidInputError("body", f"is not JSON: {error}") from None
        return self.value(values)

    def value(self, value: object) -> object:
        """Return a JSON value with each of its parts made readable."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(part) for part in value]
            case dict():
                return {self.text(name): self.value(part) for name, part in value.items()}
            case float() if not math.isfinite(value):
                return None
            case _:
                return value

    def text(self, text: str) -> str:
        """Return a text that UTF-8 and PostgreSQL can hold."""
        if "\0" in text:
            self.damage.add("nul")
            text = text.replace("\0", "")
        if not text.isascii() and _SURROGATE.search(text):
            self.damage.add("surrogates")
            text = _SURROGATE.sub("\ufffd", text)
        return text

    def _integer(self, digits: str) -> int | None:
        if len(digits) <= _MOST_DIGITS:
            return int(digits)
        self.damage.add("number")
        return None


def _without_deep_parts(text: str) -> str:
    """Return JSON text with `null` for what lies too deep for a reader; `text` itself if nothing does."""
    kept: list[str] = []
    depth = start = 0
    for found in _STRUCTURE.finditer(text):
        run = found.group()
        if run[0] == '"':
            continue
        before = depth
        if run[0] in "[{":
            depth += len(run)
            if before <= _DEEPEST < depth:
                kept += text[start : found.start() + _DEEPEST - before], "null"
        else:
            depth -= len(run)
            if before > _DEEPEST >= depth:
                start = found.start() + before - _DEEPEST
    if not kept:
        return text
    if depth <= _DEEPEST:
        kept.append(text[start:])
    return "".join(kept)
