"""A folder of recorded answers, and the fetcher that replays them: no network, the same result each time.

Each answer is a small JSON file that a person can read and edit, `NAME.response.json`:

    {"url": "https://jobs.example.com/1", "status": 200, "final_url": "https://jobs.example.com/1",
     "headers": {"content-type": "text/html; charset=utf-8"}, "body_file": "NAME.html"}

with its body beside it, as it is after decompression. `body` holds a short one in place; `final_url` is left
out where nothing redirected. Instead of all that, `error` says that no answer came, and how it failed:
`{"url": ..., "error": {"kind": "failed", "message": "no complete answer came within 20 seconds"}}`.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.platform import Request
from apptrack_pipeline.scraping.answers import media_type
from apptrack_pipeline.scraping.fetching import (
    UNCONDITIONAL,
    Conditions,
    DisallowedError,
    Fetched,
    FetchFailedError,
    RefusedAddressError,
    UnusableAnswerError,
)

FetchError = RefusedAddressError | UnusableAnswerError | DisallowedError | FetchFailedError

_SUFFIX: Final = ".response.json"
_NAME_CHARS: Final = 80
_NO_NAME: Final = re.compile(r"[^a-z0-9.]+")


class _Failure(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["refused", "unusable", "disallowed", "failed"]
    message: str
    retry_after_s: float | None = None

    def as_error(self) -> FetchError:
        if self.kind == "failed":
            return FetchFailedError(self.message, retry_after_s=self.retry_after_s)
        if self.kind == "refused":
            return RefusedAddressError(self.message)
        return (
            DisallowedError(self.message) if self.kind == "disallowed" else UnusableAnswerError(self.message)
        )

    @classmethod
    def of(cls, error: FetchError) -> _Failure:
        if isinstance(error, FetchFailedError):
            return cls(kind="failed", message=str(error), retry_after_s=error.retry_after_s)
        if isinstance(error, RefusedAddressError):
            return cls(kind="refused", message=str(error))
        return cls(
            kind="disallowed" if isinstance(error, DisallowedError) else "unusable", message=str(error)
        )


class _Recorded(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    status: int = Field(default=200, ge=200, le=999)
    final_url: str | None = None
    headers: dict[str, str] = {}
    retry_after_s: float | None = None
    body: str | None = None
    body_file: str | None = Field(default=None, pattern=r"^[\w-][\w.-]*$")
    error: _Failure | None = None


class ArchiveFetcher:
    """Answers from a folder of recorded responses; what is not in it fails as if no answer had come.

    The folder is read once. Raises InvalidInputError, which names the file, for a record that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._answers: dict[str, _Recorded] = {}
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            recorded = _load(path)
            if self._answers.setdefault(_key(recorded.url), recorded) is not recorded:
                raise InvalidInputError(path.name, "another file holds an answer of the same address")

    def fetch(self, request: Request, *, conditions: Conditions = UNCONDITIONAL) -> Fetched:
        """Return the recorded answer to a request, or 304 without a body where the conditions know it."""
        recorded = self._answers.get(_key(request.url))
        if recorded is None:
            raise FetchFailedError(f"the archive holds no answer of {_without_query(request.url)}")
        if recorded.error is not None:
            raise recorded.error.as_error()
        headers = {name.lower(): value for name, value in recorded.headers.items()}
        final_url = recorded.final_url or request.url
        if recorded.status == 200 and _is_known(headers, conditions):
            return Fetched(304, final_url, headers)
        body = (recorded.body or "").encode()
        if recorded.body_file is not None:
            body = (self._folder / recorded.body_file).read_bytes()
        return Fetched(recorded.status, final_url, headers, body, recorded.retry_after_s)


def record(folder: Path, url: str, answer: Fetched | FetchError) -> Path:
    """Write what a request of `url` brought, in place of an earlier answer; return the file."""
    name = _name(url)
    for earlier in folder.glob(f"{name}.*"):
        earlier.unlink()
    values: dict[str, Any] = {"url": _key(url)}
    if isinstance(answer, Fetched):
        values["status"] = answer.status
        if answer.final_url not in {url, values["url"]}:
            values["final_url"] = answer.final_url
        values["headers"] = dict(answer.headers)
        if answer.retry_after_s is not None:
            values["retry_after_s"] = answer.retry_after_s
        if answer.body:
            values["body_file"] = name + _ending(answer.headers.get("content-type", ""))
            (folder / values["body_file"]).write_bytes(answer.body)
    else:
        values["error"] = _Failure.of(answer).model_dump(exclude_none=True)
    path = folder / (name + _SUFFIX)
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _load(path: Path) -> _Recorded:
    try:
        recorded = _Recorded.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInputError(path.name, f"{where}: {first['msg']}" if where else first["msg"]) from None
    if recorded.body_file is not None and not (path.parent / recorded.body_file).is_file():
        raise InvalidInputError(path.name, f"the file of its body, {recorded.body_file}, is missing")
    return recorded


def _key(url: str) -> str:
    return url.partition("#")[0]


def _is_known(headers: dict[str, str], conditions: Conditions) -> bool:
    """Compare as a server does: an ETag, weak or not, decides alone (RFC 9110, section 13.2.2)."""
    if conditions.etag is not None:
        return headers.get("etag", "").removeprefix("W/") == conditions.etag.removeprefix("W/")
    return conditions.last_modified is not None and headers.get("last-modified") == conditions.last_modified


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _name(url: str) -> str:
    """Return a file name that a person knows the address by, with a hash that tells it from its likes."""
    address = _without_query(_key(url)).lower().removeprefix("https://").removeprefix("http://")
    readable = _NO_NAME.sub("-", address).strip("-.")[:_NAME_CHARS]
    return f"{readable}-{hashlib.sha256(_key(url).encode()).hexdigest()[:8]}"


def _ending(content_type: str) -> str:
    media = media_type(content_type)
    return next((f".{kind}" for kind in ("html", "json", "xml") if kind in media), ".txt")
