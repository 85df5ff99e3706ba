"""A tolerant reader of JSON as pages carry it: broken by templates, wrapped, escaped, or a literal of a
program.

What is JSON is read as JSON, at the speed of the standard library. Only what is not goes through the repairs;
each answers a case that was seen in production. All of it is bounded and runs in linear time.
"""

from __future__ import annotations

import base64
import binascii
import html as html_entities
import json
import re
from typing import Final
from urllib.parse import unquote

MAX_BLOCK_CHARS: Final = 4 * 1024 * 1024
"""Largest text that is read, in characters."""

MAX_DEPTH: Final = 64
"""Deepest nesting that is repaired."""

_WRAPPER_START = re.compile(r"(?:\s|\ufeff|<!--|//\s*(?=<!\[CDATA\[)|/\*\s*(?=<!\[CDATA\[)|<!\[CDATA\[|\*/)+")
_WRAPPER_END = re.compile(r"(?:\s|;|-->|//\s*(?:-->|\]\]>)|/\*\s*\]\]>\s*\*/|\]\]>)+\Z")
_ENTITY = re.compile(r"&(?:amp;){0,2}(?:quot|#0*34|#x0*22);", re.IGNORECASE)
_CURLY_QUOTES: Final = {ord(quote): '"' for quote in "\u201c\u201d\u201e\u201f\u2033"}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_WORDS: Final = {"true": "true", "false": "false", "null": "null"} | dict.fromkeys(
    ("undefined", "nan", "-nan", "infinity", "-infinity", "none", "void 0"), "null"
)

_TOKENS: Final = r"""
    |(?P<open>[{\[])|(?P<close>[}\]])|(?P<comma>,)|(?P<colon>:)
    |(?P<comment>//[^\n]*+|/\*.*?(?:\*/|\Z)|</?(?:br|p)\b[^<>]{0,100}>)
    |(?P<word>[^\s"'`{}\[\],:/]++(?:'[^\s"'`{}\[\],:/]++)*+)
    |(?P<other>[/'`])|\s++"""
_TOKEN = re.compile(
    r"""(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?|'[^'\\]*+(?:\\.[^'\\]*+)*+'|`[^`\\]*+(?:\\.[^`\\]*+)*+`)"""
    + _TOKENS,
    re.DOTALL | re.VERBOSE,
)
# A string ends only at a quote that a comma, a colon or a bracket follows: `"the "best" job",`.
_TOKEN_OF_QUOTES_IN_QUOTES = re.compile(
    r"""(?P<string>"[^"\\]*+(?:(?:\\.|"(?!\s{0,50}(?:[,:}\]]|\Z)))[^"\\]*+)*+"?
    |'[^'\\]*+(?:(?:\\.|'(?!\s{0,50}(?:[,:}\]]|\Z)))[^'\\]*+)*+')"""
    + _TOKENS,
    re.DOTALL | re.VERBOSE,
)
_PUNCTUATION = re.compile(r"""'\s*+[,:][\s,:{}\[\]]*+'""")
_STRING_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|"', re.DOTALL)
_DECODER: Final = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
_START = re.compile(r"[{\[]")


def read_json(text: str) -> object:
    """Return the value that the text holds, repaired where it is no JSON; None where it holds none."""
    if len(text) > MAX_BLOCK_CHARS:
        return None
    block = _unwrapped(text)
    for _ in range(3):
        loaded = _read_block(block)
        if not isinstance(loaded, str) or loaded.lstrip()[:1] not in {"{", "["}:
            return loaded
        block = _unwrapped(loaded)  # JSON in a string of JSON
    return None


def read_strictly(text: str) -> object:
    """Return the value of JSON text, with raw line breaks in strings allowed; None where it is no JSON."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def read_json_string(text: str, start: int) -> str | None:
    """Return the string of JSON that begins at `start`, whatever follows it; None where there is none."""
    try:
        value, _ = _DECODER.raw_decode(text[start : start + MAX_BLOCK_CHARS])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def value_at(text: str, start: int) -> tuple[object, int]:
    """Return the object or list that begins at `start` and where it ends, whatever follows it.

    It may be a JavaScript literal. None, and `start`, where there is neither.
    """
    if len(text) - start > MAX_BLOCK_CHARS:
        text = text[: start + MAX_BLOCK_CHARS]
    if text[start : start + 1] not in {"{", "["}:
        return None, start
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        end = _end_of_literal(text, start)
        return (_repaired(text[start:end]), end) if end > start else (None, start)


def _end_of_literal(text: str, start: int) -> int:
    """Return where the brackets that open at `start` are closed; `start` where they never are."""
    depth = 0
    for found in _TOKEN.finditer(text, start):
        if found.lastgroup == "open":
            depth += 1
            if depth > MAX_DEPTH:
                return start
        elif found.lastgroup == "close":
            depth -= 1
            if depth == 0:
                return found.end()
    return start


def _unwrapped(text: str) -> str:
    block = text
    if found := _WRAPPER_START.match(block):
        block = block[found.end() :]
    # A search for the end could start at every space: only the last part can be wrapping.
    tail = block[-200:]
    if ending := _WRAPPER_END.search(tail):
        block = block[: len(block) - len(tail) + ending.start()]
    return block


def _read_block(block: str) -> object:
    if not block:
        return None
    loaded = read_strictly(block)
    if loaded is not None:
        return loaded
    candidates = [block]
    if _ENTITY.search(block):
        # The quotes of the JSON are escaped, or only those inside its strings: the first is an object then.
        candidates.insert(int(block[:1] in "{[" and '"' in block[:50]), _unescaped(block))
    if block[:3].upper() in {"%7B", "%5B"}:
        candidates = [unquote(block)]
    elif '"' not in block and "\u201c" in block:
        candidates = [block.translate(_CURLY_QUOTES)]
    elif _BASE64.fullmatch(block):
        candidates = [decoded] if (decoded := _of_base64(block)) is not None else []
    for candidate in candidates:
        loaded = read_strictly(candidate)
        if loaded is not None:
            return loaded
    for candidate in candidates:
        loaded = _repaired(candidate)
        if loaded is not None:
            return loaded
    return None


def _unescaped(block: str) -> str:
    """Return the text without entities, where a template escaped it once or again after another."""
    for _ in range(3):
        block = html_entities.unescape(block)
        if '"' in block:
            break
    return block


def _of_base64(block: str) -> str | None:
    try:
        decoded = base64.b64decode(block.translate({45: "+", 95: "/"}) + "=" * (-len(block) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded.lstrip()[:1] in {"{", "["} else None


def _repaired(text: str) -> object:
    ways = (_TOKEN, _TOKEN_OF_QUOTES_IN_QUOTES)
    for tokens in reversed(ways) if _has_words_behind_a_string(text) else ways:
        # `'We're on a calm team. It's'`: behind the apostrophe a comma is taken for a string.
        if tokens is _TOKEN and _is_out_of_step(text):
            continue
        mended = _repair(text, tokens)
        loaded = read_strictly(mended) if mended is not None else None
        if isinstance(loaded, list) and loaded:
            # Several objects in one text are a list; one is itself.
            return loaded[0] if len(loaded) == 1 else loaded
    return None


def _is_out_of_step(text: str) -> bool:
    return any(
        found.lastgroup == "string" and _PUNCTUATION.fullmatch(found[0]) is not None
        for found in _TOKEN.finditer(text)
    )


def _has_words_behind_a_string(text: str) -> bool:
    """Tell whether words that are no key follow a string at once: `"the "best, ever" job"`."""
    before = ("", "")
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind in {"", "comment"}:
            continue
        if before == ("string", "word") and kind not in {"word", "colon"}:
            return True
        if kind != "word" or before[1] != "word":
            before = (before[1], kind)
    return False


def _repair(text: str, tokens: re.Pattern[str]) -> str | None:
    """Return the text as JSON, its commas, colons, quotes, escapes and brackets put right; None where it is
    too deep, or holds no object and no list. Several objects in one text become a list."""
    start = _START.search(text)
    if start is None:
        return None
    writer = _Writer()
    words: list[str] = []
    for found in tokens.finditer(text, start.start()):
        kind = found.lastgroup or ""
        if kind in {"", "comment", "other"}:
            continue
        if kind == "word":
            words.append(found[0])
            continue
        if words:
            writer.value(_word(" ".join(words), is_key=kind == "colon"))
            words.clear()
        if kind == "comma":
            writer.end_of_pair()
        elif kind == "colon":
            writer.colon()
        elif kind == "close":
            writer.close()
        elif kind == "string":
            writer.value(_string(found[0]))
        elif not writer.open(found[0]):
            return None
    if words:
        writer.value(_word(" ".join(words), is_key=False))
    return writer.whole()


class _Writer:
    """Writes JSON out of tokens that may lack what stands between them.

    Commas are written when the next value comes, so that trailing and doubled ones vanish.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = ["["]
        self._closing: list[str] = []
        self._needs_comma = False
        # Of each open object, what comes next: a key, a colon or a value. Lists are always at a value.
        self._next: list[str] = []

    def value(self, written: str) -> None:
        expected = self._next[-1] if self._next else "value"
        if expected == "colon":
            self._pieces.append(":")
        elif self._needs_comma:
            self._pieces.append(",")
        self._pieces.append(written)
        self._needs_comma = True
        if self._closing and self._closing[-1] == "}":
            self._next[-1] = "colon" if expected == "key" else "key"

    def colon(self) -> None:
        if self._next and self._next[-1] == "colon":
            self._pieces.append(":")
            self._next[-1] = "value"
            self._needs_comma = False

    def end_of_pair(self) -> None:
        """Give a key without a value one."""
        if self._next and self._closing[-1] == "}" and self._next[-1] != "key":
            self._pieces.append("null" if self._next[-1] == "value" else ":null")
            self._next[-1] = "key"
            self._needs_comma = True

    def open(self, bracket: str) -> bool:
        if len(self._closing) >= MAX_DEPTH:
            return False
        if self._next and self._next[-1] == "key":
            self.value('""')
            self.colon()
        self.value(bracket)
        self._closing.append("}" if bracket == "{" else "]")
        self._next.append("key" if bracket == "{" else "value")
        self._needs_comma = False
        return True

    def close(self) -> None:
        if self._closing:
            self.end_of_pair()
            self._pieces.append(self._closing.pop())
            self._next.pop()
            self._needs_comma = True

    def whole(self) -> str:
        while self._closing:
            self.close()
        return "".join(self._pieces) + "]"


def _word(word: str, *, is_key: bool) -> str:
    """Return a bare word as JSON: a constant, a number, or what only a program could know, as text."""
    if is_key:
        return json.dumps(word)
    return _WORDS.get(word.lower()) or (word if _NUMBER.fullmatch(word) else json.dumps(word))


def _string(string: str) -> str:
    quote, inner = string[0], string[1:]
    closed = inner.endswith(quote) and (len(inner) - len(inner[:-1].rstrip("\\"))) % 2 == 1
    inner = inner[:-1] if closed else inner.rstrip("\\")
    return '"' + _STRING_ESCAPE.sub(_escape, inner) + '"'


def _escape(found: re.Match[str]) -> str:
    escaped = found[1]
    if escaped is None:
        return '\\"'  # a quote that no backslash stands before
    if escaped[0] == "x" and len(escaped) == 3:
        return f"\\u00{escaped[1:]}"
    if len(escaped) == 5 or escaped in '"\\/bfnrt':
        return found[0]
    return "" if escaped == "\n" else escaped
