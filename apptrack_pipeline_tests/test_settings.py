"""A wrong setting is named, and no value is ever repeated."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("APPTRACK_API_PORT", "opensesame", "APPTRACK_API_PORT"),
        ("APPTRACK_ALLOWED_HOSTS", "opensesame", "allowed_hosts"),
        (
            "APPTRACK_MAIL_ACCOUNTS",
            '[{"name": "a", "address": "me@example.org", "pasword": "opensesame"}]',
            "pasword",
        ),
        ("APPTRACK_MAIL_ACCOUNTS", '[{"name": "files", "address": "opensesame"}]', "other than files"),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(name: str, value: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "apptrack_pipeline.cli", "doctor"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, name: value},
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "opensesame" not in done.stderr
    assert "Traceback" not in done.stderr


def test_passwords_that_are_in_the_environment_are_not_printed_for_it(
    database_url: str, tmp_path: Path
) -> None:
    accounts = '[ {"name": "home", "address": "me@example.org", "password": "opensesame"} ]'
    done = subprocess.run(
        [sys.executable, "-m", "apptrack_pipeline.cli", "env"],
        check=True,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "APPTRACK_HOME": str(tmp_path),
            "APPTRACK_DATABASE_URL": database_url,
            "APPTRACK_MAIL_ACCOUNTS": accounts,
        },
    )
    assert "export DAGSTER_HOME=" in done.stdout
    assert "opensesame" not in done.stdout + done.stderr
