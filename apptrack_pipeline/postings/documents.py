"""A document that somebody has (an answer of an API, a saved page) as the payload of one posting."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from apptrack_pipeline.postings.model import Payload

_XML_STARTS: Final = ("<?xml", "<rss", "<position", "<workzag-jobs", "<source", "<jobs>", "<item")


def with_document(payload: Payload, text: str) -> Payload:
    """Return the payload with a document put where it belongs: JSON, XML, or else HTML.

    What begins like JSON and is none is taken for a page: a page's text says what is wrong with it.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in {"{", "["}:
        try:
            return replace(payload, answer=json.loads(start))
        except (ValueError, RecursionError):
            return replace(payload, html=text)
    if start[:20].lower().startswith(_XML_STARTS) and "<html" not in start[:2_000].lower():
        return replace(payload, answer_text=text)
    return replace(payload, html=text)
