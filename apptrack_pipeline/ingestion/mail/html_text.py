"""What a person sees of an HTML mail: its text, its links, and the older mail that it quotes.

One pass over the tags with a stack of open elements, no tree: linear in the input however deep or broken it
is. A tree needs such a pass before it, so that hostile nesting does not stall the parser (100,000 nested
`<div>`: 34 s in lexbor), and another over its nodes: 0.73 ms for 12 kB without links and styles, where this
one takes 0.68 ms with both (2026-11). Never raises.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from apptrack_pipeline.ingestion.mail.charset import one_line, tidy
from apptrack_pipeline.ingestion.mail.links import MAX_LINK_TEXT_CHARS, MAX_LINKS, unwrapped
from apptrack_pipeline.ingestion.mail.message import Link

MAX_HTML_CHARS: Final = 2 * 1024 * 1024
MAX_TAGS: Final = 50_000
"""Real mail stays below 5,000."""
_MAX_BROKEN_TAGS: Final = 50  # each may cost a look at the rest of the page
_LOOK_BACK: Final = 64
_CACHED_CHARS: Final = 400  # longer attributes do not come twice

_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]{0,40})((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
_BROKEN_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})([^>]*+)>")
_COMMENT_END = re.compile(r"--!?>|(?<=<!-)->|(?<=<!--)>")
_STYLE = re.compile(r"""(?<![\w-])style\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_CLASS = re.compile(r"""(?<![\w-])class\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_HREF = re.compile(r"""(?<![\w-])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_ALT = re.compile(r"""(?<![\w-])alt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_VALUE = re.compile(r""""[^"]*"|'[^']*'""")
_HIDDEN = re.compile(r"(?<!\S)hidden(?![\w-])", re.IGNORECASE)
_QUOTE = re.compile(
    r"""gmail_quote|yahoo_quoted|protonmail_quote|moz-cite-prefix|type\s*=\s*["']?cite|zmail_extra
    |mail-editor-reference-message""",
    re.IGNORECASE | re.VERBOSE,
)
_QUOTE_BELOW = re.compile(r"divRplyFwdMsg|appendonsend|stopSpelling|OLK_SRC_BODY_SECTION", re.IGNORECASE)
_QUOTE_TAGS: Final = frozenset(["blockquote", "div", "hr", "section", "span"])
_LONG_NUMBER = re.compile(r"&#x?[0-9a-f]{8,};?", re.IGNORECASE)  # int() refuses 4,300 digits

_VOID: Final = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"]
    + ["track", "wbr"]
)
_RAW_TEXT: Final = frozenset(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"])
_RAW_TEXT_END: Final = {name: re.compile(rf"</{name}", re.IGNORECASE) for name in _RAW_TEXT}
_UNSEEN: Final = frozenset(
    ["template", "svg", "math", "object", "canvas", "video", "audio", "xml", "select", "datalist"]
)
_LINES: Final = frozenset(
    ["address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "dialog", "div"]
    + ["dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "legend", "li"]
    + ["main", "nav", "ol", "option", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr"]
    + ["ul", "body", "button"]
)
_PARAGRAPHS: Final = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6"])
_LINE_BREAK: Final = " \n"
_BREAKS: Final = {
    "br": _LINE_BREAK,
    **dict.fromkeys(_LINES, "\n"),
    **dict.fromkeys(_PARAGRAPHS, "\n\n"),
    "td": "\t",
    "th": "\t",
}
# What ends a line ends it once, however many blocks begin and end there; `<br>` counts each time.
_WIDTHS: Final = {" ": 1, "\t": 2, "\n": 3, _LINE_BREAK: 3, "\n\n": 4}
# What the opening of a tag closes when it is the innermost open element.
_ENDED_BY: Final = {
    "li": frozenset(["li", "p"]),
    "p": frozenset(["p"]),
    "td": frozenset(["td", "th", "p"]),
    "th": frozenset(["td", "th", "p"]),
    "tr": frozenset(["td", "th", "tr", "p"]),
    "dt": frozenset(["dt", "dd", "p"]),
    "dd": frozenset(["dt", "dd", "p"]),
    "div": frozenset(["p"]),
    "table": frozenset(["p"]),
}
_SCOPE: Final = frozenset(["table", "td", "th", "body"])

# What is so of the text at a place. The last three hold until the end of the element, whatever is inside.
TINY, SAME_COLOUR, HIDDEN, QUOTED, PREFORMATTED = 1, 2, 4, 8, 16
_INVISIBLE: Final = TINY | SAME_COLOUR | HIDDEN


@dataclass(frozen=True)
class HtmlText:
    """An HTML part, read."""

    text: str
    quoted: str
    """What the sender's software marked as older mail: a reply's or a forward's."""
    links: tuple[Link, ...]
    quoted_links: tuple[Link, ...]
    is_cut: bool
    """The part was longer than what is read of it."""


def read_html(page: str) -> HtmlText:
    """Return the visible text and the links of an HTML mail.

    Rows, list items and blocks are lines, cells of a row are apart by a tab. Hidden preheaders are left out:
    `display:none`, `visibility:hidden`, no height, no opacity, letters of a pixel or of their background's
    colour.
    """
    reader = _Reader(page[:MAX_HTML_CHARS])
    reader.read()
    return HtmlText(
        tidy("".join(reader.own)),
        tidy("".join(reader.quoted)),
        tuple(reader.links),
        tuple(reader.quoted_links),
        reader.is_cut or len(page) > MAX_HTML_CHARS,
    )


class _Reader:
    """One pass over a page."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.own: list[str] = []
        self.quoted: list[str] = []
        self.links: dict[Link, None] = {}
        self.quoted_links: dict[Link, None] = {}
        self.is_cut = False
        self._out = self.own
        self._hidden_classes: set[str] = set()
        self._flags = 0
        self._names: list[str] = []
        self._outer_flags: list[int] = []
        self._link: tuple[str, list[str], int] | None = None
        self._image_text = ""
        self._is_rest_quoted = False

    def read(self) -> None:
        page, position, tags, broken = self.page, 0, 0, 0
        find = page.find
        while (begin := find("<", position)) >= 0:
            if begin > position:
                self._text(page[position:begin])
            following = page[begin + 1 : begin + 2]
            if following == "!" or following == "?":
                position = self._after_declaration(begin)
                if position < 0:
                    return
                continue
            found = _TAG.match(page, begin) if broken < _MAX_BROKEN_TAGS else _BROKEN_TAG.match(page, begin)
            if found is None:
                if not following.isalpha() and following != "/":
                    self._text("<")
                    position = begin + 1
                    continue
                broken += 1
                found = _BROKEN_TAG.match(page, begin)
                if found is None:
                    end = find(">", begin)
                    if end < 0:
                        return
                    position = end + 1
                    continue
            tags += 1
            if tags > MAX_TAGS:
                self.is_cut = True
                return
            position = found.end()
            name = found[2].lower()
            if found[1]:
                self._close(name)
            elif name in _RAW_TEXT:
                closing = _RAW_TEXT_END[name].search(page, position)
                if closing is None:
                    return
                if name == "style":
                    self._hidden_classes |= hidden_classes(page[position : closing.start()])
                position = closing.start()
            else:
                self._open(name, found[3])
        self._text(page[position:])

    def _after_declaration(self, begin: int) -> int:
        """Return where a comment, a doctype or `<![if !mso]>` ends; -1 if it does not."""
        if self.page.startswith("<!--", begin):
            found = _COMMENT_END.search(self.page, begin + 4)
            return found.end() if found else -1
        end = self.page.find(">", begin)
        return end + 1 if end >= 0 else -1

    def _text(self, raw: str) -> None:
        flags = self._flags
        if flags & _INVISIBLE:
            return
        if raw.isspace() and not flags & PREFORMATTED:
            self._break(" ")
            return
        if "&" in raw:
            raw = entities.unescape(_LONG_NUMBER.sub("", raw))
        self._out.append(raw if flags & PREFORMATTED else raw.replace("\n", " ").replace("\t", " "))

    def _break(self, gap: str) -> None:
        """Put a gap into the text, unless a wider one is there already."""
        out = self._out
        last = out[-1] if out else "\n\n"
        width = _WIDTHS.get(last, 0)
        if gap == _LINE_BREAK or width == 0:
            out.append(gap)
        elif _WIDTHS[gap] > width:
            out[-1] = gap

    def _open(self, name: str, attributes: str) -> None:
        ended = _ENDED_BY.get(name)
        if ended is not None:
            names = self._names
            while names and names[-1] in ended:
                self._pop(len(names) - 1)
        if name in _BREAKS:
            self._break(_BREAKS[name])
        flags = self._flags
        if attributes:
            gained, lost, is_above_quote = (
                attribute_effect(name in _QUOTE_TAGS, attributes)
                if len(attributes) < _CACHED_CHARS and name != "a"
                else attribute_effect.__wrapped__(name in _QUOTE_TAGS, attributes)
            )
            if is_above_quote:
                self._is_rest_quoted = True
                self._enter(flags)
            flags = (flags & ~lost) | gained
            if self._hidden_classes and (named := _CLASS.search(attributes)) is not None:
                names_here = (named[1] or named[2] or named[3] or "").split()
                if not self._hidden_classes.isdisjoint(names_here) and "display" not in attributes:
                    flags |= HIDDEN
        if name in _VOID:
            if name == "img" and self._link is not None and (alt := _ALT.search(attributes)):
                self._image_text = self._image_text or alt[1] or alt[2] or ""
            return
        if name in _UNSEEN:
            flags |= HIDDEN
        elif name == "pre":
            flags |= PREFORMATTED
        elif name == "a":
            self._end_link()
            found = _HREF.search(attributes)
            if found is not None and not flags & _INVISIBLE:
                out = self.quoted if flags & QUOTED else self.own
                self._link = (found[1] or found[2] or found[3] or "", out, len(out))
                self._image_text = ""
        self._names.append(name)
        self._outer_flags.append(self._flags)
        self._enter(flags)

    def _enter(self, flags: int) -> None:
        self._flags = flags | QUOTED if self._is_rest_quoted else flags
        self._out = self.quoted if self._flags & QUOTED else self.own

    def _close(self, name: str) -> None:
        if name == "a":
            self._end_link()
        elif name == "p" and "p" not in self._names[-_LOOK_BACK:]:
            self._break("\n\n")
        names = self._names
        for back in range(len(names) - 1, max(-1, len(names) - 1 - _LOOK_BACK), -1):
            if names[back] == name:
                self._pop(back)
                break
            if names[back] in _SCOPE and name not in _SCOPE and name not in ("tr", "tbody"):
                return
        if name in _BREAKS:
            self._break(_BREAKS[name])

    def _pop(self, back: int) -> None:
        """Leave the open elements from that place on."""
        before = self._outer_flags[back]
        del self._names[back:]
        del self._outer_flags[back:]
        self._enter(before)

    def _end_link(self) -> None:
        if self._link is None:
            return
        href, out, begin = self._link
        self._link = None
        target = unwrapped(entities.unescape(_LONG_NUMBER.sub("", href)))
        if target is None:
            return
        shown = one_line("".join(out[begin : begin + 200])) or one_line(
            entities.unescape(self._image_text[:500])
        )
        links = self.quoted_links if out is self.quoted else self.links
        if len(links) < MAX_LINKS:
            links.setdefault(Link(target, shown[:MAX_LINK_TEXT_CHARS]))


_MAX_STYLE_CHARS: Final = 100_000
_BRACE = re.compile(r"([{}])")
_STYLE_BODY = re.compile(
    r"\{\s*+(?:(?:color|background|font|margin|padding|width|height|display|border|text|line|max|min)[a-z-]{0,30}"
    r"\s*:[^{};]{1,300}(?:;\s*+|(?=\})))(?:[a-z-]{2,40}\s*:[^{};]{1,300}(?:;\s*+|(?=\}))){0,100}+\}"
)
_EMPTY_AT_RULE = re.compile(r"@[a-z-]{2,20}[^{}@\n]{0,200}\{\s*+\}")
_MAX_SELECTOR_CHARS: Final = 200
_CLASS_SELECTOR = re.compile(r"[a-zA-Z0-9]*\.([\w-]{1,80})")


def hidden_classes(css: str) -> set[str]:
    """Return the classes whose elements a style sheet hides, at-rules (`@media`: other devices) left out."""
    if "none" not in css and "hidden" not in css:
        return set()
    hidden: set[str] = set()
    selector, depth = "", 0
    pieces = _BRACE.split(_without_comments(css[:_MAX_STYLE_CHARS]))
    for before, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            depth += 1
            selector = before.strip() if depth == 1 else ""
            continue
        if depth == 1 and selector and selector[0] != "@" and style_effect(before[:2_000])[0] & HIDDEN:
            simple = (_CLASS_SELECTOR.fullmatch(one.strip()) for one in selector.split(","))
            hidden.update(one[1] for one in simple if one is not None)
        depth = max(0, depth - 1)
        selector = ""
    return hidden


def without_styles(text: str) -> str:
    """Return a plain text without the style rules that software left in it when it took the tags out."""
    if "{" not in text:
        return text
    kept: list[str] = []
    position = 0
    for found in _STYLE_BODY.finditer(text):
        brace = found.start()
        selector = max(text.rfind(sign, position, brace) for sign in "\n{}") + 1
        kept.append(text[position : max(position, selector, brace - _MAX_SELECTOR_CHARS)])
        position = found.end()
    return _EMPTY_AT_RULE.sub("", "".join([*kept, text[position:]])) if kept else text


def _without_comments(css: str) -> str:
    kept: list[str] = []
    position = 0
    while (begin := css.find("/*", position)) >= 0:
        kept.append(css[position:begin])
        end = css.find("*/", begin + 2)
        if end < 0:
            return "".join(kept)
        position = end + 2
    return "".join([*kept, css[position:]])


_DECLARATION = re.compile(r"(?<![a-z-])([a-z-]{1,40})\s{0,9}:\s*([^;]*)")
_LENGTH = re.compile(r"(-?[\d.]+)\s*(px|pt|em|rem|%|vw)?")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*([\d.]{1,10}%?)\s*)?\)")
_NO_COLOUR: Final = frozenset(["inherit", "initial", "unset", "revert", "none", "currentcolor"])
_FAR_AWAY = re.compile(r"-\d{4,}")
_NAMED_COLOURS: Final = {"white": "#ffffff", "black": "#000000"}


@lru_cache(maxsize=4096)
def attribute_effect(may_quote: bool, attributes: str) -> tuple[int, int, bool]:
    """Return what an element's attributes make of its text, what they undo, and if all below it is quoted."""
    gained = lost = 0
    if (style := _STYLE.search(attributes)) is not None:
        gained, lost = style_effect((style[1] or style[2] or style[3] or "")[:2_000])
    if "idden" in attributes.lower() and _HIDDEN.search(_VALUE.sub("", attributes)):
        gained |= HIDDEN
    if may_quote and _QUOTE.search(attributes):
        gained |= QUOTED
    return gained, lost, may_quote and _QUOTE_BELOW.search(attributes) is not None


@lru_cache(maxsize=1024)
def style_effect(style: str) -> tuple[int, int]:
    """Return what an element's style makes of its text, and what of its parents' styles it undoes.

    A size or a colour inside replaces the one around it: layouts set `font-size:0` on a cell to close gaps
    between the images in it, and the size of the text further in.
    """
    gained = lost = 0
    has = dict(_DECLARATION.findall(style.lower()))
    if has.get("display", "").startswith("none") or has.get("visibility", "").startswith(("hidden", "coll")):
        gained |= HIDDEN
    if _is_zero(has.get("opacity")) or _is_zero(has.get("max-height")):
        gained |= HIDDEN
    without_extent = _is_zero(has.get("height")) or (_is_zero(has.get("width")) and "min-width" not in has)
    if without_extent and has.get("overflow", "").startswith("hidden"):
        gained |= HIDDEN
    if any(_FAR_AWAY.match(has.get(name, "")) for name in ("text-indent", "left", "top")):
        gained |= HIDDEN
    size = has.get("font-size") or has.get("font", "")
    length = _LENGTH.search(size) if size else None
    if length is not None:
        if _number(length[1]) <= (1 if length[2] in (None, "px", "pt") else 0.05):
            gained |= TINY
        else:
            lost |= TINY
    colour, behind = _colour(has.get("color")), _colour(has.get("background-color") or has.get("background"))
    if colour is not None and (colour == behind or colour == "transparent"):
        gained |= SAME_COLOUR
    elif colour is not None or behind is not None:
        lost |= SAME_COLOUR
    return gained, lost


def _is_zero(value: str | None) -> bool:
    found = _LENGTH.match(value) if value else None
    return found is not None and _number(found[1]) == 0


def _number(text: str) -> float:
    try:
        return float(text[:20])
    except ValueError:
        return 1e9


def _colour(value: str | None) -> str | None:
    if not value:
        return None
    word = value.replace("!important", "").strip()
    if (rgb := _RGB.match(word)) is not None:
        if _is_zero(rgb[4]):
            return "transparent"
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in rgb.groups()[:3])
    word = word.split(" ", 1)[0]
    if word in _NO_COLOUR:
        return None
    if len(word) == 4 and word.startswith("#"):
        return "#" + "".join(char * 2 for char in word[1:])
    return _NAMED_COLOURS.get(word, word)
