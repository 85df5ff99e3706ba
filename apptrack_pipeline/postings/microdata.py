"""The job postings that pages state in microdata or RDFa, in the shape of JSON-LD.

SmartRecruiters and SuccessFactors write microdata. Values come from `content`, `datetime`, `value` or a
link where the element has them, else from what a person reads; descriptions keep their HTML.
"""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.markup import node_text

_MAX_POSTINGS: Final = 5
_MAX_PROPERTIES: Final = 500
_MAX_STEPS: Final = 128
_MAX_VALUE_CHARS: Final = 200_000
_HTML: Final = frozenset(
    {"description", "responsibilities", "qualifications", "skills", "experienceRequirements"}
    | {"educationRequirements", "jobBenefits", "incentives", "benefits"}
)
# itemscope's word for: the scope, its type, the property.
_DIALECTS: Final = (("itemscope", "itemtype", "itemprop"), ("typeof", "typeof", "property"))
# A page that marks the parts of a posting and forgot to say that it is one.
_UNNAMED: Final = "[itemprop=hiringOrganization], [itemprop=datePosted], [itemprop=jobLocation]"


def postings_in_markup(page: LexborHTMLParser) -> list[dict[str, object]]:
    """Return every JobPosting of the page's microdata, or else of its RDFa, in page order."""
    for scope, kind, prop in _DIALECTS:
        scopes = page.css(f"[{kind}*=JobPosting i]")[:_MAX_POSTINGS]
        if not scopes and kind == "itemtype" and page.body is not None and page.css_first(_UNNAMED):
            scopes = [page.body]
        found = [node for one in scopes if (node := _item(one, scope, prop))]
        if found:
            return found
    return []


def _item(root: LexborNode, scope: str, prop: str) -> dict[str, object]:
    items: dict[int, dict[str, object]] = {root.mem_id: {}}
    for node in root.css(f"[{prop}]")[:_MAX_PROPERTIES]:
        if node.mem_id == root.mem_id:
            continue
        owner = _owner(node, root, items, scope)
        if owner is None:
            continue
        attributes = node.attributes
        value: object
        if scope in attributes:
            # The name of an organisation may stand in the element itself: `<span itemscope ...>Acme</span>`.
            value = items.setdefault(node.mem_id, {})
            if not _has_inner(node, prop):
                value = node_text(node) or attributes.get("content") or ""
        else:
            value = None
        for name in (attributes.get(prop) or "").split()[:5]:
            name = name.removeprefix("schema:").rpartition("/")[2]
            _put(owner, name, _value(node, name) if value is None else value)
    return items[root.mem_id]


def _has_inner(node: LexborNode, prop: str) -> bool:
    return any(inner.mem_id != node.mem_id for inner in node.css(f"[{prop}]")[:2])


def _owner(
    node: LexborNode, root: LexborNode, items: dict[int, dict[str, object]], scope: str
) -> dict[str, object] | None:
    parent = node.parent
    for _ in range(_MAX_STEPS):
        if parent is None:
            return None
        if parent.mem_id in items:
            return items[parent.mem_id]
        if scope in parent.attributes and parent.mem_id != root.mem_id:
            return None  # of an object that is no part of this posting
        parent = parent.parent
    return None


def _put(owner: dict[str, object], name: str, value: object) -> None:
    before = owner.get(name)
    if before is None or before == "":
        owner[name] = value
    elif isinstance(before, list):
        before.append(value)
    elif value not in ("", before):
        owner[name] = [before, value]


def _value(node: LexborNode, name: str) -> str:
    attributes = node.attributes
    tag = node.tag or ""
    if (content := attributes.get("content")) is not None and (content or tag == "meta"):
        return content
    if tag == "time" and attributes.get("datetime"):
        return attributes["datetime"] or ""
    if tag in {"data", "meter"} and attributes.get("value"):
        return attributes["value"] or ""
    if name in {"url", "sameAs", "image", "logo"}:
        return attributes.get("href") or attributes.get("src") or ""
    if tag == "link":
        return attributes.get("href") or ""
    if name in _HTML:
        return (node.inner_html or "")[:_MAX_VALUE_CHARS]
    return node_text(node)[:_MAX_VALUE_CHARS]
