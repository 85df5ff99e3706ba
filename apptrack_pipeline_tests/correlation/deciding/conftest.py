"""Fixtures of the tests of linking."""

from __future__ import annotations

from pathlib import Path

import pytest

from apptrack_pipeline.settings import Settings


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    # Rules alone: training the second model takes seconds, and changes nothing here.
    return Settings(
        home=tmp_path / "home", database_url=database_url, capture_wait_s=0, mail_second_model=False
    )
