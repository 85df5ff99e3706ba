"""Reading untrusted HTML safely: bounded before it is parsed, cleaned before it is stored, text without glue.

Every function takes any string and returns within seconds; none raises on what the string says.
"""

from __future__ import annotations

import re
from typing import Final

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_HTML_CHARS: Final = 8 * 1024 * 1024
"""Most of a page that is read, in characters."""

MAX_DEPTH: Final = 256
"""Deepest nesting that is read; Blink's own limit is 512, real pages stay below 80.

Lexbor walks the stack of open elements at each `<div>`: 100,000 nested ones took 34 s (measured 2026-11)."""

_MAX_TAGS: Final = 100_000
_MAX_ATTRIBUTES: Final = 512  # lexbor compares each with all before it: 20,000 took 0.8 s
_MAX_REOPENED: Final = 2_000_000  # an unclosed <b id=1> is opened again in every later block

# Pages this small are bounded without a look at each tag: 6,000 elements, each inside the one before, cost
# 0.12 s, and formatting times blocks stays below `_MAX_REOPENED`. Nearly all pages are of these.
_SMALL_CHARS: Final = 600_000
_SMALL_OPENED: Final = 6_000

_TAG = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]{0,63})|(!--)|[!?/])")
# As HTML's tokenizer reads them: only behind a name does `=` begin a value, and a quote may be a name.
_ATTRIBUTES = re.compile(
    r"""(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+)*+>"""
)
# What can hold an attribute: a name, spaces, a value, a stray quote. The search starts at every `<a`, so
# that a tag that hides behind a quote in a script is met as well.
_MANY_ATTRIBUTES = re.compile(
    r"""<[a-zA-Z](?:[^\s>"'=/]++|[\s/]++|=\s*+(?:"[^"]{0,8192}+"|'[^']{0,8192}+')?+|["']){1024}"""
)
_LONG_VALUE = re.compile(r"""=\s*+(?:"[^"]{8192}|'[^']{8192})""")
_COMMENT_END = re.compile(r"--!?>|(?<=<!-)->|(?<=<!--)>")
_VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"]
    + ["track", "wbr"]
)
_CLOSED_BY_THE_NEXT: Final = frozenset(
    ["p", "li", "dt", "dd", "option", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup"]
    + ["caption", "html", "head", "body"]
)
_RAW_TEXT: Final = frozenset(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"])
_FORMATTING: Final = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
# A link closes the one before it: only these are opened again and again.
_FORMATTING_TAG = re.compile(r"<(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE)
_HTML_IN_FOREIGN: Final = frozenset(
    ["foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext", "annotation-xml"]
)
# HTML's standard, "the rules for parsing tokens in foreign content": these end the SVG that they stand in.
_ENDS_FOREIGN: Final = frozenset(
    ["b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "font"]
    + ["h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr"]
    + ["ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u"]
    + ["ul", "var"]
)
_SCOPE: Final = frozenset(["table", "template", "object", "applet", "marquee", "foreignobject"])
_CONTROLS: Final = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_CANNOT_STAND = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_BLOCKS: Final = frozenset(
    ["address", "article", "aside", "blockquote", "br", "dd", "details", "dialog", "div", "dl", "dt"]
    + ["fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"]
    + ["hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "td", "th"]
    + ["tr", "ul", "body", "button", "select", "label", "legend"]
)
_UNSEEN: Final = frozenset(
    ["script", "style", "template", "noscript", "svg", "math", "head", "title", "iframe", "object"]
    + ["canvas", "video", "audio"]
)
_MAYBE_HIDDEN: Final = "[hidden], [style*=display i], [style*=visibility i]"
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:p|br|div|ul|ol|li|strong|b|em|i|span|h[1-6]|a|table|section|article|u|font)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_KEPT_TAGS: Final = frozenset(
    ["p", "br", "div", "span", "ul", "ol", "li", "strong", "b", "em", "i", "u", "h1", "h2", "h3", "h4"]
    + ["h5", "h6", "a", "table", "thead", "tbody", "tr", "td", "th", "blockquote", "pre", "code", "hr"]
    + ["dl", "dt", "dd", "sub", "sup", "section", "article"]
)


def storable(text: str) -> str:
    """Return the text without what PostgreSQL or UTF-8 cannot hold: NUL, controls, lone surrogates."""
    return text if _is_storable(text) else _CANNOT_STAND.sub("", text)


def _is_storable(text: str) -> bool:
    """Tell the same as the pattern does, four times as fast: nearly every page is storable."""
    try:
        written = text.encode()
    except UnicodeEncodeError:
        return False
    has_controls = len(written.translate(None, _CONTROLS)) != len(written)
    return not has_controls and "\ufffe" not in text and "\uffff" not in text


def bounded_html(html: str) -> str:
    """Return the longest beginning of a page that a parser reads in linear time.

    Cuts at 8 MiB, 256 open elements, 100,000 tags or 512 attributes of one tag, whichever comes first; a page
    of up to 6,000 elements cannot cost much, and is cut nowhere.
    """
    page = storable(html[:MAX_HTML_CHARS])
    if _is_small(page):
        return page
    lowered: str | None = None
    open_tags: list[str] = []
    formatting: dict[str, int] = {}
    tags = reopened = position = 0
    while (found := _TAG.search(page, position)) is not None:
        position = found.end()
        if found[3]:
            end = _COMMENT_END.search(page, position)
            if end is None:
                return page
            position = end.end()
            continue
        if not found[2]:
            continue
        closed = _ATTRIBUTES.match(page, position)
        tags += 1
        reopened += sum(formatting.values()) if formatting else 0
        if closed is None or tags > _MAX_TAGS or reopened > _MAX_REOPENED:
            return page[: found.start()]
        attributes = closed[0]
        if len(attributes) > _MAX_ATTRIBUTES and _count_attributes(attributes) > _MAX_ATTRIBUTES:
            return page[: found.start()]
        position = closed.end()
        name = found[2].lower()
        foreign = ("svg" in open_tags or "math" in open_tags) and _is_foreign(open_tags)
        if foreign and (name in {"p", "br"} if found[1] else name in _ENDS_FOREIGN):
            while open_tags.pop() not in {"svg", "math"}:
                pass
            foreign = False
        if found[1]:
            _close(open_tags, name)
            if formatting.get(name, 0) > 1:
                formatting[name] -= 1
            else:
                formatting.pop(name, None)
            continue
        if name in _RAW_TEXT and not foreign:
            lowered = lowered if lowered is not None else _ascii_lower(page)
            end_of_text = lowered.find(f"</{name}", position)
            if end_of_text < 0:
                return page
            position = end_of_text
            continue
        # Inside SVG nothing is void or closed by the next: <svg><td><td> nests.
        if attributes.endswith("/>") if foreign else name in _VOID or name in _CLOSED_BY_THE_NEXT:
            continue
        if name in _FORMATTING:
            formatting[name] = 1 if name in {"a", "nobr"} else formatting.get(name, 0) + 1
        open_tags.append(name)
        if len(open_tags) > MAX_DEPTH:
            return page[: found.start()]
    return page


def _is_small(page: str) -> bool:
    if len(page) > _SMALL_CHARS:
        return False
    opened = page.count("<") - page.count("</")
    # Half of them as formatting that is opened again in each of the others is the worst that can be.
    may_multiply = opened * opened > 4 * _MAX_REOPENED
    if opened > _SMALL_OPENED or (
        may_multiply and len(_FORMATTING_TAG.findall(page)) * opened > _MAX_REOPENED
    ):
        return False
    return _LONG_VALUE.search(page) is None and _MANY_ATTRIBUTES.search(page) is None


def _is_foreign(open_tags: list[str]) -> bool:
    """Tell whether the innermost element that decides is SVG or MathML, and not HTML inside of it."""
    for name in reversed(open_tags):
        if name in {"svg", "math"}:
            return True
        if name in _HTML_IN_FOREIGN:
            return False
    return False


def _ascii_lower(page: str) -> str:
    # str.lower() changes the length of some letters and would move every offset behind them.
    lowered = page.lower()
    return lowered if len(lowered) == len(page) else "".join(c.lower() if c.isascii() else c for c in page)


def _count_attributes(attributes: str) -> int:
    bare = re.sub(r"""=\s*+(?:"[^"]*+"|'[^']*+')""", " ", attributes)
    return len(re.split(r"[\s/=]+", bare))


def _close(open_tags: list[str], name: str) -> None:
    """Close the innermost open element of that name, as a browser would, looking at most 64 back."""
    for back in range(1, min(64, len(open_tags)) + 1):
        other = open_tags[-back]
        if other == name:
            # A misplaced </b> or </form> does not end the blocks that were opened inside.
            if name in _FORMATTING or name == "form":
                del open_tags[-back]
            else:
                del open_tags[-back:]
            return
        if other in _SCOPE or (other in _BLOCKS and name not in _BLOCKS and name not in _FORMATTING):
            return


def parse_page(html: str) -> LexborHTMLParser | None:
    """Return the parsed page, or nothing when it is empty or no parser can read it."""
    page = bounded_html(html)
    if not page.strip():
        return None
    try:
        return LexborHTMLParser(page)
    except (ValueError, RuntimeError, MemoryError):
        return None


def node_text(
    node: LexborNode, *, without: frozenset[str] = frozenset(), max_lines: int | None = None
) -> str:
    """Return what a person reads in the element: one line per block, words neither glued nor split.

    Elements whose tag is in `without` are left out. With `max_lines` it stops early, at that many ends and
    beginnings of blocks that have text between them, or a few more.
    """
    pieces: list[str] = []
    hidden = {one.mem_id for one in node.css(_MAYBE_HIDDEN) if _is_hidden(one)}
    current: LexborNode | None = node
    top = node.mem_id
    lines = 0
    while current is not None:
        tag = current.tag or ""
        descend: LexborNode | None = None
        if tag == "-text":
            pieces.append((current.text_content or "").replace("\n", " "))
        elif tag[:1] == "-" or tag in _UNSEEN or tag in without or (hidden and current.mem_id in hidden):
            pass
        else:
            if tag in _BLOCKS:
                pieces.append("\n")
            descend = current.first_child
        if descend is not None:
            current = descend
            continue
        while current is not None:
            if (current.tag or "") in _BLOCKS and pieces and pieces[-1] != "\n":
                pieces.append("\n")
                lines += 1
                if lines == max_lines:
                    return tidy_text("".join(pieces))
            if current.mem_id == top:
                current = None
            else:
                following = current.next
                if following is not None:
                    current = following
                    break
                current = current.parent
    return tidy_text("".join(pieces))


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN_STYLE.search(attributes.get("style") or ""))


def tidy_text(text: str) -> str:
    """Return storable text with single spaces, trimmed lines and at most one empty line in a row."""
    flat = _SPACES.sub(" ", storable(text.replace("\r\n", "\n").replace("\r", "\n").replace("\xad", "")))
    lines = (line.strip() for line in flat.replace("\u200b", "").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def looks_like_html(text: str) -> bool:
    """Whether the text holds at least one common HTML tag."""
    return _LOOKS_LIKE_HTML.search(text) is not None


def plain_text(fragment: str) -> str:
    """Return the readable text of an HTML fragment, or the tidied text itself when it holds no tag."""
    if not looks_like_html(fragment):
        return tidy_text(fragment)
    page = parse_page(fragment)
    return node_text(page.body) if page is not None and page.body is not None else ""


def clean_html(fragment: str) -> str:
    """Return the fragment with only harmless tags and `http`, `https` or `mailto` links."""
    return nh3.clean(
        bounded_html(fragment),
        tags=set(_KEPT_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
    ).strip()
