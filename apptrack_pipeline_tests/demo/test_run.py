"""`apptrack demo` from its first line to its last."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from apptrack_pipeline.demo.run import demo_settings, run_demo


def test_the_demo_never_uses_the_users_own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPTRACK_DATABASE_URL", "postgresql://me@localhost/mine")
    monkeypatch.setenv("APPTRACK_HOME", "/home/me/apptrack")
    monkeypatch.setenv("APPTRACK_MAIL_ACCOUNTS", '[{"name": "mine", "address": "me@example.org"}]')
    settings = demo_settings(tmp_path)
    assert settings.database_url is None
    assert settings.mail_accounts == ()
    assert [account.name for account in demo_settings(tmp_path, mail_port=1).mail_accounts] == ["demo"]
    assert settings.home == tmp_path
    assert settings.fetch_archive == tmp_path / "answers"


@pytest.mark.e2e
@pytest.mark.timeout(420)
def test_the_demo_ends_with_the_world_that_it_was_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    homes = tmp_path / "t"
    homes.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(homes))
    monkeypatch.setattr("apptrack_pipeline.demo.run._DEADLINE_S", 240.0)  # tests share their processors
    monkeypatch.chdir(tmp_path)
    shown = io.StringIO()

    code = run_demo(keep=False, console=Console(file=shown, width=160))

    assert code == 0, shown.getvalue()
    assert (tmp_path / "apptrack-demo" / "applications.csv").is_file()
    said = shown.getvalue()
    assert "16 applications from 16 captures, 1 made of mail" in said
    assert "13 full postings from 10 platforms; 2 of them fetched" in said
    assert "63 mails" in said
    for status in ("rejected", "interview"):
        assert re.search(rf"status_changed .*Status changed from \w+ to {status}\s+“?", said)
    assert "Not linked: two applications fit almost equally" in said
    assert re.search(r"1  Wendelmoor, Backend Engineer, Driver App .* bits  suggested", said)
    for name in ("wrong", "false links", "duplicates"):
        assert re.search(rf"{name}: .*\s0\s+0\s*\n", said), said
    assert list(homes.glob("apptrack-demo-*")) == []
