"""What tests ask of a platform: which posting an address names, what is sent for, what is understood."""

from __future__ import annotations

import datetime as dt
import json

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Answer, Match, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def found(url: str, html: str | None = None) -> Match:
    match = detect(url, html)
    assert match is not None
    return match


def asked(url: str, html: str | None = None) -> list[Request]:
    match = found(url, html)
    platform = platform_named(match.platform)
    assert platform is not None
    assert platform.requests is not None
    return list(platform.requests(match, url))


def state(url: str, number: int, status: int, body: object = "", *, ended: str | None = None) -> str:
    """The state after the answer to the request of that number; a body that is no text is sent as JSON."""
    request = asked(url)[number]
    text = body if isinstance(body, str) else json.dumps(body)
    match = found(url)
    return judge(
        Answer(request, status, ended or request.url, text), match, platform_named(match.platform)
    ).state


def read_answer(url: str, answer: object, **more: object) -> Posting:
    match = found(url)
    known = {"organisation": match.organisation, "posting_id": match.posting_id} | more
    return parse(match.platform, Payload(url, answer=answer, **known), now=NOW)  # type: ignore[arg-type]


def read_page(url: str, html: str) -> Posting:
    return parse_captured(Payload(url, html=html), now=NOW)
