"""The home folder: what it must hold before anything runs, and the environment of what runs in it.

<home>/token        the API's bearer token (mode 0600)
<home>/dagster/     DAGSTER_HOME
<home>/exports/     the exported files
<home>/logs/        one log for each process
<home>/run/         locks, the record of running processes, the database's socket
<home>/postgres/    the embedded database
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel, SecretStr

from apptrack_pipeline.api.token_file import make_token
from apptrack_pipeline.db.connect import dagster_url
from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.settings import Settings


@dataclass(frozen=True)
class Addresses:
    """Where a running instance answers; `ui` is None where it runs without Dagster's UI."""

    api: str
    ui: str | None


def log_dir(settings: Settings) -> Path:
    """Return the folder of the processes' logs."""
    return settings.home / "logs"


def run_dir(settings: Settings) -> Path:
    """Return the folder of locks and of the record of running processes."""
    return settings.home / "run"


def project_file(name: str) -> Path:
    """Return a file of the project's top folder: from a checkout, or from inside the installed package."""
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "_project" / name, package.parent / name):
        if candidate.is_file():
            return candidate
    raise ConfigurationError(f"{name} is missing from the installation: install apptrack-pipeline again")


def prepare_home(settings: Settings) -> None:
    """Make the home folder and all that must be in it; what exists is kept, `dagster.yaml` is refreshed."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (settings.dagster_home, settings.export_dir, log_dir(settings), run_dir(settings)):
            folder.mkdir(mode=0o700, exist_ok=True)
        _replace(settings.dagster_home / "dagster.yaml", project_file("dagster.yaml").read_bytes())
        make_token(settings)
    except OSError as error:
        raise ConfigurationError(
            f"the home folder {settings.home} cannot be used ({error.strerror}: {error.filename}): set "
            "APPTRACK_HOME to a folder that you can write to"
        ) from error


def write_addresses(settings: Settings, addresses: Addresses) -> None:
    """Record where the instance answers, since a port that was busy is replaced by the next one."""
    _replace(run_dir(settings) / "addresses.json", json.dumps(asdict(addresses)).encode())


def read_addresses(settings: Settings) -> Addresses | None:
    """Return where the last instance of this home answered, or None if there was none."""
    try:
        return Addresses(**json.loads((run_dir(settings) / "addresses.json").read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def child_environment(settings: Settings, *, code_server_port: int) -> dict[str, str]:
    """Return the environment of the instance's processes: ours, with exactly these settings in it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("APPTRACK_")}
    # Without bytecode files each process compiles Dagster anew: 6 to 8 s until a run starts, instead of 3.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.update(_as_variables(settings))
    environment.update(
        {
            "APPTRACK_CODE_SERVER_PORT": str(code_server_port),
            "APPTRACK_DAGSTER_STORAGE_URL": dagster_url(settings),
            "DAGSTER_HOME": str(settings.dagster_home),
            # Events of 200 partitions take 0.4 s in batches and 14 s one by one; runs inherit it.
            "DAGSTER_EVENT_BATCH_SIZE": "500",
            "PYTHONUNBUFFERED": "1",
        }
    )
    return environment


def _as_variables(settings: Settings) -> dict[str, str]:
    """Return the settings that are not at their defaults as the variables that `Settings` reads."""
    variables = {}
    for name in {*settings.model_fields_set, "home"}:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            text = json.dumps(value, default=_plain) if isinstance(value, tuple | list | dict) else str(value)
            variables[f"APPTRACK_{name.upper()}"] = text
    return variables


def _plain(value: object) -> object:
    """Return a value inside a setting as JSON has it; secrets in the clear: the processes need them."""
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in value.model_fields_set}
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    fresh.write_bytes(content)
    fresh.replace(path)
