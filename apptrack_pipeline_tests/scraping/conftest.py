"""Fixtures of the fetcher's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from web_servers import Internet


@pytest.fixture
def internet() -> Iterator[Internet]:
    internet = Internet()
    yield internet
    internet.close()
