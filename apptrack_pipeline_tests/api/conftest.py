"""A real API on loopback, served by uvicorn in a thread, with a real database behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx
import pytest
import uvicorn

from apptrack_pipeline.api.app import create_app
from apptrack_pipeline.settings import Settings

TOKEN = "the-token-of-the-tests"

Serve = Callable[[Settings], AbstractContextManager[httpx.Client]]


@contextmanager
def _serve(settings: Settings) -> Iterator[httpx.Client]:
    app = create_app(settings, token=TOKEN)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, ws="none", log_config=None, access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="api")
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the API did not start"
            assert time.monotonic() < deadline, "the API did not start in time"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
            trust_env=False,
        ) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive(), "the API did not stop"


@pytest.fixture
def serve() -> Serve:
    """Start an API with other settings than the usual ones."""
    return _serve


@pytest.fixture
def api(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the API, with its token."""
    with _serve(settings.model_copy(update={"allowed_origins": ("chrome-extension://abcdef",)})) as client:
        yield client


@pytest.fixture(scope="session")
def no_database_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of an API whose database is away: whatever it answers, other than 503, it stored nothing."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url="postgresql://nobody:geheim@127.0.0.1:9/none",
        allowed_origins=("chrome-extension://abcdef",),
    )
    with _serve(settings) as client:
        yield client


@pytest.fixture
def refusing(no_database_api: httpx.Client) -> Iterator[httpx.Client]:
    """The same, with its headers as they were when the test is over."""
    headers = no_database_api.headers.copy()
    yield no_database_api
    no_database_api.headers = headers


@pytest.fixture
def minimal() -> dict[str, str]:
    return {
        "company_name": "Quillmark Ltd",
        "job_title": "Data Engineer",
        "job_posting_url": "https://jobs.example.org/postings/1",
    }
