from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from apptrack_pipeline.api.token_file import read_token
from apptrack_pipeline.db.connect import ensure_server
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.service.home import (
    Addresses,
    child_environment,
    prepare_home,
    project_file,
    read_addresses,
    write_addresses,
)
from apptrack_pipeline.settings import Settings


@pytest.fixture
def home() -> Iterator[Path]:
    top = Path(tempfile.mkdtemp(prefix="at-"))
    yield top / "a home"
    EmbeddedPostgres(top / "a home").stop()
    shutil.rmtree(top)


def test_a_prepared_home_is_closed_to_others_and_a_second_preparation_keeps_the_token(home: Path):
    settings = Settings(home=home)
    prepare_home(settings)
    token = read_token(settings)
    assert len(token) >= 40
    assert settings.token_file.stat().st_mode & 0o777 == 0o600
    for folder in (home, settings.dagster_home, settings.export_dir):
        assert folder.stat().st_mode & 0o777 == 0o700
    prepare_home(settings)
    assert read_token(settings) == token
    assert (settings.dagster_home / "dagster.yaml").read_bytes() == project_file("dagster.yaml").read_bytes()
    assert list(home.glob(".token-*")) == []


def test_a_home_that_cannot_be_made_names_the_setting(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="APPTRACK_HOME"):
        prepare_home(Settings(home=tmp_path / "file" / "home"))


def test_a_missing_or_empty_token_says_what_to_do(tmp_path: Path):
    settings = Settings(home=tmp_path)
    with pytest.raises(ConfigurationError, match="apptrack up"):
        read_token(settings)
    settings.token_file.write_text("")
    with pytest.raises(ConfigurationError, match="remove it"):
        read_token(settings)


def test_a_file_that_the_installation_lacks_is_an_error():
    with pytest.raises(ConfigurationError, match=r"nothing\.yaml is missing"):
        project_file("nothing.yaml")


def test_child_processes_read_exactly_these_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APPTRACK_BATCH_SIZE", "3")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    settings = Settings(
        home=tmp_path / "a home",
        database_url="postgresql://me:secret@h/d",
        allowed_origins=("chrome-extension://abc", "http://x"),
        retry_delays_s=(1.0, 2.5),
        batch_size=7,
    )
    environment = child_environment(settings, code_server_port=4242)
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["APPTRACK_CODE_SERVER_PORT"] == "4242"
    assert environment["DAGSTER_HOME"] == str(settings.dagster_home)
    assert environment["APPTRACK_DAGSTER_STORAGE_URL"] == "postgresql+psycopg2://me:secret@h/d_dagster"
    for name in [name for name in os.environ if name.startswith("APPTRACK_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_addresses_are_read_back_and_none_are_none(tmp_path: Path):
    settings = Settings(home=tmp_path)
    assert read_addresses(settings) is None
    prepare_home(settings)
    write_addresses(settings, Addresses("http://127.0.0.1:1", None))
    assert read_addresses(settings) == Addresses("http://127.0.0.1:1", None)


def test_runs_whose_worker_is_gone_are_ended_on_the_real_storage(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Also shows that Dagster accepts `dagster.yaml`, with a socket in a folder with a space."""
    settings = Settings(home=home, database_url=None, dagster_database_url=None)
    prepare_home(settings)
    ensure_server(settings)
    environment = child_environment(settings, code_server_port=1)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    import dagster as dg
    from dagster._core.test_utils import create_run_for_test

    statuses = {
        dg.DagsterRunStatus.STARTING: dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.STARTED: dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.CANCELING: dg.DagsterRunStatus.CANCELED,
        dg.DagsterRunStatus.NOT_STARTED: dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.SUCCESS: dg.DagsterRunStatus.SUCCESS,
    }
    with dg.DagsterInstance.get() as instance:
        assert instance.run_coordinator.dequeue_interval_seconds == 1
        assert not instance.telemetry_enabled
        runs = {
            create_run_for_test(instance, job_name="j", status=before).run_id: after
            for before, after in statuses.items()
        }
        command = [sys.executable, "-m", "apptrack_pipeline.service.runs"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == "3\n"
        for run_id, after in runs.items():
            run = instance.get_run_by_id(run_id)
            assert run is not None
            assert run.status == after
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == "0\n"


def test_the_workspace_names_the_code_server_by_its_variable(monkeypatch: pytest.MonkeyPatch):
    from dagster._core.workspace.load import location_origins_from_yaml_paths

    monkeypatch.setenv("APPTRACK_CODE_SERVER_PORT", "4242")
    (origin,) = location_origins_from_yaml_paths([str(project_file("workspace.yaml"))])
    assert (origin.host, origin.port, origin.location_name) == ("127.0.0.1", 4242, "apptrack_pipeline")


def test_mail_accounts_reach_the_processes_as_they_were_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    accounts = [
        {"name": "home", "address": "me@example.org", "password": "s3cret", "folders": ["INBOX", "Jobs"]},
        {"name": "work", "address": "me@example.com", "password_file": str(tmp_path / "password")},
    ]
    monkeypatch.setenv("APPTRACK_MAIL_ACCOUNTS", json.dumps(accounts))
    settings = Settings(home=tmp_path)
    assert "s3cret" not in repr(settings)
    environment = child_environment(settings, code_server_port=1)
    assert json.loads(environment["APPTRACK_MAIL_ACCOUNTS"]) == accounts
    monkeypatch.setenv("APPTRACK_MAIL_ACCOUNTS", environment["APPTRACK_MAIL_ACCOUNTS"])
    assert Settings(home=tmp_path).mail_accounts == settings.mail_accounts
