"""A tolerant reader of the JSON-LD job postings that pages carry; one broken block never drops another.

The repairs answer cases seen in production. Shape in: any HTML, or what a capture brought along. Shape
out: JobPosting objects with lower-camel-case keys, in page order, and what they point to by `@id` put in.
"""

from __future__ import annotations

import html as html_entities
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.loose_json import (
    MAX_BLOCK_CHARS,
    MAX_DEPTH,
    read_json,
    read_json_string,
    read_strictly,
)

_MAX_NODES: Final = 50_000
_MAX_POSTINGS: Final = 100
_MAX_CUTS: Final = 8
_DATA_ATTRIBUTE = re.compile(
    r"""data-[a-z0-9-]{1,40}+=(?:"([^"]{40,}+)"|'([^']{40,}+)')""",
    re.IGNORECASE,
)
_BASE64_NAMES: Final = ("Sm9iUG9zdGluZ", "pvYlBvc3Rpbm", "Kb2JQb3N0aW5n")
"""`JobPosting` in base64, by the place where it begins."""
_NAMED_ANYHOW = re.compile("|".join(["JobPosting", *_BASE64_NAMES]))
_MAX_BEFORE_NAME: Final = 20_000
# A program that writes the block itself: `element.text = "{\"@type\": ...`.
_STRING_OF_JSON = re.compile(r'"[{\[]\s{0,20}(?:\\n\s{0,20})?\\"')

_TYPE_SPLIT = re.compile(r"[/#:]")
_KEY_BREAK = re.compile(r"[\s_-]+")
_NAMED = re.compile("jobposting", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
# Where no parsed script has one: in a template, in a comment, in a part that was cut off.
_RAW_SCRIPT = re.compile(r"<script\b[^<>]{0,500}ld\+json[^<>]{0,500}>", re.IGNORECASE)


def _names(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_KNOWN_KEYS: Final = {
    name.lower(): name
    for name in _names(
        "title jobTitle name description hiringOrganization jobLocation jobLocationType employmentType "
        "datePosted validThrough baseSalary estimatedSalary salaryCurrency applicantLocationRequirements "
        "identifier qualifications responsibilities skills experienceRequirements educationRequirements "
        "inLanguage addressLocality addressRegion addressCountry postalCode streetAddress minValue maxValue "
        "unitText legalName alternateName mainEntity mainEntityOfPage workHours jobBenefits "
        "incentiveCompensation"
    )
}


@dataclass(slots=True)
class LinkedData:
    """The job postings of a page, in its order, and the organisations that it names beside them."""

    postings: list[dict[str, object]] = field(default_factory=list)
    organisations: list[dict[str, object]] = field(default_factory=list)


def read_job_postings(value: object) -> list[dict[str, object]]:
    """Return every JobPosting in JSON text, or in an object or list that was read from JSON."""
    return _linked_data([value]).postings


def linked_data(page: LexborHTMLParser, html: str) -> LinkedData:
    """Return what a parsed page says in JSON-LD; `html` is its source, for blocks that the parser cut."""
    # A search without regard to case is slow; a page that names no posting is most of what is read here.
    lowered = html.lower()
    is_named = "jobposting" in lowered or any(name in html for name in _BASE64_NAMES)
    if not is_named and "ld+json" not in lowered:
        return LinkedData()
    blocks = [
        script.text()
        for script in page.css("script")
        if "ld+json" in (script.attributes.get("type") or "").lower()
    ]
    found = _linked_data(_joined([_whole(text, html) for text in blocks]))
    if not found.postings and is_named:
        found = _linked_data([*blocks, *_hidden_blocks(page, html)])
    return found


def _joined(blocks: list[str]) -> list[object]:
    """Return the blocks, two as one where only both together are JSON: a template cut at its block's end."""
    joined: list[object] = []
    at = 0
    while at < len(blocks):
        block, following = blocks[at], blocks[at + 1 : at + 2]
        is_cut = (
            following and block.lstrip()[:1] in {"{", "["} and block.rstrip()[-1:] not in {"}", "]", ";", ">"}
        )
        if is_cut and isinstance(read_strictly((block + following[0]).strip()), dict | list):
            block, at = block + following[0], at + 1
        joined.append(block)
        at += 1
    return joined


def _whole(text: str, html: str) -> str:
    """Return the block's whole text where an unescaped `</script>` in one of its strings ended it."""
    if not text or text.rstrip()[-1:] in {"}", "]", ";", ">", "/"} or read_strictly(text) is not None:
        return text
    start = html.find(text)
    if start < 0:
        return text
    end = start + len(text)
    for _ in range(_MAX_CUTS):
        following = _SCRIPT_END.search(html, end + 1, start + MAX_BLOCK_CHARS)
        if following is None:
            break
        end = following.start()
        longer = html[start:end]
        if longer.rstrip()[-1:] in {"}", "]", ";"} and read_strictly(longer.strip(" \t\r\n;")) is not None:
            return longer
    return text


def _hidden_blocks(page: LexborHTMLParser, html: str) -> Iterator[str]:
    """Yield texts that may hold a posting in places where JSON-LD does not belong."""
    for script in page.css("script:not([src])"):
        text = script.text()
        if "ld+json" not in (script.attributes.get("type") or "").lower() and _NAMED.search(text):
            yield text
            for written in islice(_STRING_OF_JSON.finditer(text), 5):
                value = read_json_string(text, written.start())
                if value is not None and _NAMED.search(value):
                    yield value
    for node in page.css('meta[content*=JobPosting], [value*="JobPosting"]')[:20]:
        yield node.attributes.get("content") or node.attributes.get("value") or ""
    for named in islice(_NAMED_ANYHOW.finditer(html), 20):
        start = html.rfind("data-", max(0, named.start() - _MAX_BEFORE_NAME), named.start())
        held = _DATA_ATTRIBUTE.match(html, start) if start >= 0 else None
        if held is not None and held.end() > named.start():
            yield html_entities.unescape(held[1] or held[2])
    for number, found in enumerate(_RAW_SCRIPT.finditer(html)):
        if number == 20:
            break
        end = _SCRIPT_END.search(html, found.end(), found.end() + MAX_BLOCK_CHARS)
        yield html[found.end() : end.start() if end is not None else found.end() + MAX_BLOCK_CHARS]


def _linked_data(blocks: list[object]) -> LinkedData:
    roots = [read_json(block) if isinstance(block, str) else block for block in blocks]
    queue: deque[object] = deque(roots)
    found = LinkedData()
    seen = 0
    while queue and seen < _MAX_NODES and len(found.postings) < _MAX_POSTINGS:
        node = queue.popleft()
        seen += 1
        if isinstance(node, list):
            queue.extend(child for child in node if isinstance(child, dict | list | str))
        elif isinstance(node, dict):
            kinds = _kinds(node)
            if "jobposting" in kinds or (not kinds and node.keys() >= _SIGNS):
                found.postings.append(_lower_camel_keys(node))
                continue
            if kinds & _ORGANISATIONS and len(found.organisations) < _MAX_POSTINGS:
                found.organisations.append(_lower_camel_keys(node))
            queue.extend(
                child for child in node.values() if isinstance(child, dict | list) or _is_json(child)
            )
        elif isinstance(node, str) and "JobPosting" in node[:2000]:
            # Captures send each block of a page as the text it was.
            queue.append(read_json(node))
    if any(_points_elsewhere(value) for posting in found.postings for value in posting.values()):
        named = _by_id(roots)
        found.postings = [
            {key: _followed(value, named) for key, value in posting.items()} for posting in found.postings
        ]
    return found


_ORGANISATIONS: Final = frozenset({"organization", "corporation", "localbusiness", "employer"})


# What only a posting has, where a template lost its type.
_SIGNS: Final = frozenset({"title", "description", "hiringOrganization"})


def _is_json(value: object) -> bool:
    """Tell whether a text is JSON that names a posting: a template that wrote its data as one string."""
    return isinstance(value, str) and value.lstrip()[:1] in {"{", "["} and "JobPosting" in value[:2000]


def _kinds(node: dict[object, object]) -> frozenset[str]:
    kinds = node.get("@type", node.get("@Type", node.get("type", node.get("Type"))))
    return frozenset(
        _TYPE_SPLIT.split(kind.strip(" /#"))[-1].replace(" ", "").lower()
        for kind in (kinds if isinstance(kinds, list) else [kinds])
        if isinstance(kind, str)
    )


def _points_elsewhere(value: object) -> bool:
    if isinstance(value, list):
        return any(_points_elsewhere(one) for one in value)
    return isinstance(value, dict) and "@id" in value and len(value.keys() - {"@id", "@type"}) == 0


def _by_id(roots: list[object]) -> dict[str, dict[str, object]]:
    """Return the objects that say what they are, by their `@id`."""
    named: dict[str, dict[str, object]] = {}
    queue: deque[object] = deque(roots)
    seen = 0
    while queue and seen < _MAX_NODES:
        node = queue.popleft()
        seen += 1
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        queue.extend(child for child in children if isinstance(child, dict | list))
        if isinstance(node, dict) and isinstance(name := node.get("@id"), str) and len(node) > 1:
            known = named.get(name)
            if known is None or len(node) > len(known):
                named[name] = _lower_camel_keys(node)
    return named


def _followed(value: object, named: dict[str, dict[str, object]]) -> object:
    if isinstance(value, list):
        return [_followed(one, named) for one in value]
    if isinstance(value, dict) and _points_elsewhere(value):
        target = named.get(str(value["@id"]))
        if target is not None:
            # One step more: a place that points to its address.
            return {
                key: named.get(str(child.get("@id")), child)
                if isinstance(child, dict) and _points_elsewhere(child)
                else child
                for key, child in target.items()
            }
    return value


def _lower_camel_keys(node: dict[object, object]) -> dict[str, object]:
    return {_lower_camel(str(key)): _lower_camel_value(value, 1) for key, value in node.items()}


def _lower_camel_value(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        if "@value" in value:  # one text in several languages, or with its type
            return _lower_camel_value(value["@value"], depth + 1)
        return {_lower_camel(str(key)): _lower_camel_value(child, depth + 1) for key, child in value.items()}
    if isinstance(value, list):
        return [_lower_camel_value(child, depth + 1) for child in value]
    return value


def _lower_camel(key: str) -> str:
    name = key[key.rfind("schema.org/") + 11 :] if "schema.org/" in key else key.removeprefix("schema:")
    name = name.strip()
    known = _KNOWN_KEYS.get(_KEY_BREAK.sub("", name).lower())
    return known or name[:1].lower() + name[1:]
