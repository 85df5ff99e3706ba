"""The posting's own text on a page without structured data: by what its elements are called, else by where
most of the text is."""

from __future__ import annotations

import re
from typing import Final, Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.fields import MAX_DESCRIPTION_CHARS, MIN_DESCRIPTION_CHARS, Fields
from apptrack_pipeline.postings.markup import clean_html, node_text, tidy_text

FULL_DESCRIPTION_CHARS: Final = 400
"""From here on a description is long enough to compare a resume with."""

# What trafilatura is given. Unbounded, 155 kB of blocks 200 deep took it 18 s (measured 2026-11).
_MAX_MAIN_TEXT_CHARS: Final = 400_000
_MAX_MAIN_TEXT_TAGS: Final = 3_000
_DEEPER_THAN_MAIN_TEXT: Final = " > ".join("*" * 64)
_MAX_WALL_CHARS: Final = 1_500
_MAX_ELEMENTS: Final = 6
_MAX_STEPS: Final = 30

_WALL = re.compile(
    r"enable javascript|javascript is (?:required|disabled|not enabled)|turn on javascript"
    r"|requires javascript"
    r"|(?:sign|log) ?in to (?:view|see|continue|access)|please (?:sign|log) ?in\b|just a moment"
    r"|checking your browser|verify (?:that )?you are (?:a )?human|are you a robot|unusual traffic|captcha"
    r"|access denied|enable cookies|we value your privacy|accept (?:all )?cookies|we use cookies",
    re.IGNORECASE,
)
_POSTING_WORDS = re.compile(
    r"responsibilit|requirement|qualification|experience|you will|you'll|we are looking|we're looking"
    r"|what you|skills|aufgaben|anforderungen|profil|missions|salary|full[- ]time",
    re.IGNORECASE,
)
_CHROME_TAGS: Final = frozenset({"nav", "footer", "aside", "dialog"})
# In the order in which they are believed; of those in one row the longest text counts.
_OWN_ELEMENTS: Final = (
    "[itemprop=description]",
    "[data-automation-id=jobPostingDescription], #jobDescriptionText, .job-description, .jobDescription, "
    "#job-description, #jobDescription, .job__description, .job_description, .posting-description, "
    ".description__text, .job-details, .jobdescription, .job-ad, .jobad, .vacancy-description, "
    ".position-description, [data-testid*=job-description i], [data-qa=job-description]",
    "[class*=jobdescription i], [class*=job-description i], [class*=job_description i], "
    "[id*=jobdescription i], [id*=job-description i], [class*=posting-body i], [class*=job-body i], "
    "[class*=job-content i], [class*=jobcontent i], [class*=jobdetail i], [class*=job-detail i]",
)
_MAIN_ELEMENTS: Final = ("main, [role=main]", "article")


def take_description(found: Fields, page: LexborHTMLParser, top: str) -> None:
    """Offer the page's description; a wall (log in, cookies, robot check) and a shell have none.

    `top` is the beginning of the page's readable text.
    """
    text, markup = _own_description(page)
    source: Literal["dom", "text"] = "dom"
    if len(text) < MIN_DESCRIPTION_CHARS:
        text, markup = _main_text(page)
        source = "text"
    if is_wall(text if len(text) >= MIN_DESCRIPTION_CHARS else top):
        return
    if len(text) >= MIN_DESCRIPTION_CHARS:
        found.offer("description_text", text[:MAX_DESCRIPTION_CHARS], source)
        found.offer("description_html", markup, source)


def is_wall(text: str) -> bool:
    """Tell whether a short text is a wall (log in, cookies, JavaScript, robot check) and not a posting."""
    if len(text) > _MAX_WALL_CHARS or not _WALL.search(text):
        return False
    return len(set(map(str.lower, _POSTING_WORDS.findall(text)))) < 2


def _own_description(page: LexborHTMLParser) -> tuple[str, str | None]:
    """Return text and clean HTML of the element that says it is the posting's description."""
    for selector in _OWN_ELEMENTS:
        best: LexborNode | None = None
        text = ""
        looked_at: set[int] = set()
        for node in page.css(selector)[:40]:
            if len(looked_at) >= _MAX_ELEMENTS:
                break
            if _is_inside(node, looked_at):
                continue
            looked_at.add(node.mem_id)
            candidate = node_text(node, without=_CHROME_TAGS)
            if len(candidate) > len(text):
                best, text = node, candidate
        if best is not None and len(text) >= MIN_DESCRIPTION_CHARS:
            return text[:MAX_DESCRIPTION_CHARS], _markup(best)
    return "", None


def _is_inside(node: LexborNode, others: set[int]) -> bool:
    parent = node.parent
    for _ in range(_MAX_STEPS):
        if parent is None:
            return False
        if parent.mem_id in others:
            return True
        parent = parent.parent
    return False


def _markup(node: LexborNode) -> str | None:
    return clean_html((node.inner_html or "")[: 2 * MAX_DESCRIPTION_CHARS]) or None


def _main_text(page: LexborHTMLParser) -> tuple[str, str | None]:
    """Return the page's main text: its main element, its densest part, or what trafilatura finds."""
    for selector in _MAIN_ELEMENTS:
        for node in page.css(selector)[:5]:
            text = node_text(node, without=_CHROME_TAGS)
            if len(text) >= FULL_DESCRIPTION_CHARS:
                return text, _markup(node)
    dense = _densest(page)
    if dense is not None:
        text = node_text(dense, without=_CHROME_TAGS)
        if len(text) >= FULL_DESCRIPTION_CHARS:
            return text, _markup(dense)
    text = node_text(page.body, without=_CHROME_TAGS) if page.body is not None else ""
    # It costs 2 to 50 ms, and a page with less text has nothing that it could leave out.
    if len(text) >= 2 * FULL_DESCRIPTION_CHARS:
        text = _by_trafilatura(page) or text
    return text, None


def _densest(page: LexborHTMLParser) -> LexborNode | None:
    """Return the element that holds most of the page's paragraphs and list items, as deep as it can be."""
    weights: dict[int, int] = {}
    nodes: dict[int, LexborNode] = {}
    total = 0
    for node in page.css("p, li, h2, h3, h4")[:600]:
        # Links are menus.
        length = len(node.text(deep=False)) if node.tag != "p" else len(node.text())
        if length < 20:
            continue
        total += length
        parent = node.parent
        for _ in range(_MAX_STEPS):
            if parent is None or parent.tag in {"body", "html"}:
                break
            if parent.tag in _CHROME_TAGS:
                total -= length
                break
            weights[parent.mem_id] = weights.get(parent.mem_id, 0) + length
            nodes[parent.mem_id] = parent
            parent = parent.parent
    # Of elements with nearly all of it the deepest, which is met first on the way up.
    return next((nodes[key] for key, weight in weights.items() if weight >= 0.8 * total), None)


def _by_trafilatura(page: LexborHTMLParser) -> str:
    for node in page.css("script, style"):
        child = node.first_child
        # Only leaves: removing an element frees the elements inside it, which this list may hold as well.
        if child is not None and child.is_text_node and child.next is None:
            node.decompose()
    whole = page.html or ""
    if (
        len(whole) > _MAX_MAIN_TEXT_CHARS
        or whole.count("<") > 2 * _MAX_MAIN_TEXT_TAGS
        or page.css_first(_DEEPER_THAN_MAIN_TEXT) is not None
    ):
        return ""
    try:
        # Loading it takes 0.3 s, and most pages need it not.
        import trafilatura

        extracted = trafilatura.extract(
            whole, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False
        )
    except Exception:  # a page that it cannot read is still read by the rules of its caller
        return ""
    return tidy_text(extracted or "")
