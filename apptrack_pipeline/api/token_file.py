"""The file that holds the API's bearer token; made at the first start, readable by its owner alone."""

from __future__ import annotations

import os
import secrets

from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.settings import Settings


def read_token(settings: Settings) -> str:
    """Return the API's bearer token."""
    try:
        token = settings.token_file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(
            f"the token file {settings.token_file} cannot be read ({error.strerror}): "
            "start `apptrack up` once"
        ) from error
    if not token:
        raise ConfigurationError(f"the token file {settings.token_file} is empty: remove it and start again")
    return token


def make_token(settings: Settings) -> None:
    """Write a new token unless there is one; a kill at any moment leaves a whole token or none."""
    path = settings.token_file
    if path.exists():
        return
    fresh = path.with_name(f".token-{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        try:
            path.hardlink_to(fresh)  # unlike a rename, fails where another process was faster
        except FileExistsError:
            return
    finally:
        fresh.unlink()
