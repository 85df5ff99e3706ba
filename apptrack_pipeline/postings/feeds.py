"""Reading the XML of a server safely: no document type, no entities but XML's own five, bounded in size.

Shape out: a tree whose names are as they are written (`tt:city`). A feed that breaks off is read up to there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MAX_FEED_CHARS: Final = 8 * 1024 * 1024
"""Longest feed that is read, in characters; the rest is left out."""

_MAX_DEPTH: Final = 100
_MAX_ELEMENTS: Final = 300_000
_MAX_ATTRIBUTES: Final = 50


class _RefusedError(Exception):
    """What no feed of postings needs, and what attacks are made of."""


class _Reader:
    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.open: list[str] = []
        self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if len(self.open) >= _MAX_DEPTH or self.elements > _MAX_ELEMENTS or len(attributes) > _MAX_ATTRIBUTES:
            raise _RefusedError
        self.open.append(name)
        self.builder.start(name, attributes)

    def end(self, name: str) -> None:
        self.open.pop()
        self.builder.end(name)

    def refuse(self, *_: object) -> None:
        # An entity can name a file, or ten that name ten: neither is read.
        raise _RefusedError


def read_feed(text: str) -> Element | None:
    """Return the root of a feed; None where there is no element in it, or a document type before it."""
    reader = _Reader()
    # The text is decoded already, whatever the declaration of its encoding says.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.builder.data
    parser.StartDoctypeDeclHandler = reader.refuse
    with suppress(expat.ExpatError, _RefusedError, ValueError):
        parser.Parse(text[:MAX_FEED_CHARS].strip().lstrip("\ufeff").encode("utf-8", "replace"), True)
    if not reader.elements:
        return None
    while reader.open:
        reader.end(reader.open[-1])
    return reader.builder.close()


def elements(root: Element, name: str, most: int) -> Iterator[Element]:
    """Yield the elements of that name at any depth, at most so many."""
    for number, element in enumerate(root.iter(name)):
        if number >= most:
            return
        yield element


def text_in(element: Element, path: str) -> str:
    """Return the text of the element at a path of names (`a/b`), trimmed; empty where it is missing."""
    found: Element | None = element
    for name in path.split("/"):
        found = next((child for child in found if child.tag == name), None) if found is not None else None
    return (found.text or "").strip() if found is not None else ""
