"""`apptrack demo` from its first line to its last."""

from __future__ import annotations

import io
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
    assert "11 applications from 12 captures" in shown.getvalue()
    assert "status_changed" in shown.getvalue()
    assert "61 mails" in shown.getvalue()
    assert list(homes.glob("apptrack-demo-*")) == []
