"""A fetcher that answers from a script, and pages and answers to put into it."""

from __future__ import annotations

import json
from typing import Any

from evidence import DESCRIPTION

from apptrack_pipeline.postings.platform import Request
from apptrack_pipeline.scraping.fetching import UNCONDITIONAL, Conditions, Fetched, FetchFailedError

BOARD = "https://boards.greenhouse.io/quillmark/jobs/4012345"
API = "https://boards-api.greenhouse.io/v1/boards/quillmark/jobs/4012345?pay_transparency=true"


class ScriptedFetcher:
    """Answers each address with what the script says next; the last answer of an address stays."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.conditions: list[Conditions] = []
        self._script: dict[str, list[Fetched | Exception]] = {}

    def will(self, url: str, *answers: Fetched | Exception) -> None:
        self._script[url] = list(answers)

    def fetch(self, request: Request, *, conditions: Conditions = UNCONDITIONAL) -> Fetched:
        self.asked.append(request.url)
        self.conditions.append(conditions)
        script = self._script.get(request.url)
        if not script:
            raise FetchFailedError(f"nobody answers at {request.url}")
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def page(url: str, html: str, status: int = 200, **headers: str) -> Fetched:
    """Return a page; it has no text where `html` has none."""
    return Fetched(status, url, {"content-type": "text/html; charset=utf-8", **headers}, html.encode())


def data(url: str, value: Any, status: int = 200, **headers: str) -> Fetched:
    """Return the JSON answer of an API."""
    known = {"content-type": "application/json", **{name.replace("_", "-"): v for name, v in headers.items()}}
    return Fetched(status, url, known, json.dumps(value).encode())


def job(**more: Any) -> dict[str, Any]:
    """Return a job as Greenhouse's API has it."""
    return {
        "id": 4012345,
        "title": "Data Engineer",
        "company_name": "Quillmark Ltd",
        "location": {"name": "Leeds"},
        "content": DESCRIPTION.replace("<", "&lt;").replace(">", "&gt;"),
        "requisition_id": "R-17",
        "pay_input_ranges": [{"min_cents": 5_500_000, "max_cents": 6_500_000, "currency_type": "GBP"}],
        **more,
    }


def gone() -> Fetched:
    """Return what Greenhouse's API answers for a job that is no more."""
    return data(API, {"status": 404, "error": "Job not found"}, 404)
