"""The page about postings says of each platform what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apptrack_pipeline.postings.platform import Match, Platform
from apptrack_pipeline.postings.platforms import PLATFORMS

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "postings.md").read_text(encoding="utf-8")
ROWS = {
    row[0]: row[1:] for row in re.findall(r"^\| .+? \| `(\w+)` \| (.+?) \| (\w*) ?\|$", DOCS, re.MULTILINE)
}
WORDS = {"api": "its API", "page": "the page"}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda one: one.name)
def test_a_platform_is_asked_for_what_its_row_says(platform: Platform) -> None:
    asked, verified = ROWS[platform.name]
    kinds: list[str] = []
    if platform.requests is not None:
        url = "https://example.org/1"
        match = Match(platform.name, "acme", "123456", "https://api.example.org/1", url, 1.0, "")
        kinds = [request.kind for request in platform.requests(match, url)]
    wanted = ", ".join(WORDS[kind] for kind in dict.fromkeys(kinds)) or "nothing: a capture in the browser"
    assert (asked, verified == "verified") == (wanted, platform.verified)


def test_every_row_is_of_a_platform() -> None:
    assert set(ROWS) == {platform.name for platform in PLATFORMS}
