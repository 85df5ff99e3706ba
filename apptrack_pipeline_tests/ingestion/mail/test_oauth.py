"""OAuth against a provider of the tests' own that speaks the real requests over HTTP on loopback."""

from __future__ import annotations

import base64
import datetime as dt
import fcntl
import hashlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from apptrack_pipeline.domain import ApptrackError, ConfigurationError, TransientError
from apptrack_pipeline.ingestion.mail import oauth
from apptrack_pipeline.ingestion.mail.mailbox import LoginRefusedError
from apptrack_pipeline.ingestion.mail.oauth import (
    GOOGLE,
    MICROSOFT,
    Endpoints,
    access_token,
    endpoints_of,
    login,
)
from apptrack_pipeline.settings import MailAccount

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
CLIENT_SECRET = "GOCSPX-very-secret"


@dataclass
class Provider:
    """A provider: one refresh token is good for one use, as Microsoft's and Google's may be."""

    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any] | str]] = field(default_factory=list)
    """What the token address answers first, before it does its own."""
    refresh_token: str = "refresh-0"
    challenge: str = ""
    deny: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    device_answer: dict[str, Any] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Provider:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {key: values[0] for key, values in parse_qs(body).items()}
                with provider.lock:
                    provider.requests.append((self.path, form))
                    status, answer = provider.answer(self.path, form)
                text = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
                self.send_response(status)
                for name, value in provider.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_GET(self) -> None:
                query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
                provider.requests.append(("/authorize", query))
                provider.challenge = query["code_challenge"]
                back = {"error": "access_denied"} if provider.deny else {"code": "code-1"}
                self.send_response(302)
                self.send_header(
                    "Location",
                    query["redirect_uri"] + "?" + urlencode(back | {"state": query["state"]}),
                )
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any] | str]:
        if path == "/device":
            return 200, self.device_answer or {
                "device_code": "device-1",
                "user_code": "WDJB-MJHT",
                "verification_uri": "https://microsoft.com/devicelogin",
                "expires_in": 900,
                "interval": 5,
            }
        if self.answers:
            return self.answers.pop(0)
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
                return 400, {"error": "invalid_grant", "error_description": "code_verifier"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token:
                return 400, {"error": "invalid_grant", "error_description": "Token was used before."}
            self.refresh_token = f"refresh-{int(self.refresh_token.split('-')[1]) + 1}"
        return 200, {
            "access_token": f"access-for-{self.refresh_token}",
            "refresh_token": self.refresh_token,
            "expires_in": 3599,
            "token_type": "Bearer",
        }

    @property
    def device(self) -> Endpoints:
        return Endpoints(token=self.base + "/token", device=self.base + "/device", scope=MICROSOFT.scope)

    @property
    def redirect(self) -> Endpoints:
        return Endpoints(token=self.base + "/token", authorize=self.base + "/authorize", scope=GOOGLE.scope)

    def asked(self, path: str) -> list[dict[str, str]]:
        return [form for where, form in self.requests if where == path]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def account(auth: str = "microsoft", **more: Any) -> MailAccount:
    values: dict[str, Any] = {"name": "home", "address": "me@example.org", "auth": auth}
    values |= {"oauth_client_id": "client-1"} | more
    if auth == "google":
        values.setdefault("oauth_client_secret", CLIENT_SECRET)
    return MailAccount(**values)


class Waits(list[float]):
    """Notes how long it was to sleep, and does not."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def stored(folder: Path, *, refresh_token: str = "refresh-0", minutes: float = -1) -> Path:
    path = folder / "home.json"
    path.write_text(
        json.dumps(
            {
                "client_id": "client-1",
                "refresh_token": refresh_token,
                "access_token": "access-stored",
                "expires_at": (NOW + dt.timedelta(minutes=minutes)).isoformat(),
            }
        )
    )
    return path


def browse(text: str) -> None:
    """Do what a person does with the address: open it, and be sent back to loopback."""
    url = next(word for word in text.split() if word.startswith("http"))
    threading.Thread(target=lambda: httpx.get(url, follow_redirects=True), daemon=True).start()


# --- logging in


def test_a_device_login_waits_as_it_is_told_and_keeps_the_tokens(provider: Provider, tmp_path: Path) -> None:
    provider.answers = [
        (400, {"error": "authorization_pending"}),
        (400, {"error": "slow_down"}),
        (400, {"error": "authorization_pending"}),
    ]
    said: list[str] = []
    waits = Waits()
    path = login(account(), tmp_path / "tokens", say=said.append, endpoints=provider.device, sleep=waits)
    assert "https://microsoft.com/devicelogin" in said[0]
    assert "WDJB-MJHT" in said[0]
    assert waits == [5.0, 5.0, 10.0, 10.0]
    assert provider.asked("/device") == [{"client_id": "client-1", "scope": MICROSOFT.scope}]
    assert provider.asked("/token")[-1] == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "device-1",
        "client_id": "client-1",
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    soon = dt.datetime.now(dt.UTC)
    assert access_token(account(), tmp_path / "tokens", soon, endpoints=provider.device) == (
        "access-for-refresh-0"
    )
    assert len(provider.asked("/token")) == 4


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"error": "expired_token"}, LoginRefusedError, "not finished in time"),
        ({"error": "authorization_declined"}, LoginRefusedError, "declined"),
        ({"error": "access_denied"}, LoginRefusedError, "declined"),
        (
            {
                "error": "invalid_client",
                "error_description": "AADSTS7000218: The request body must contain ... Trace ID: 1 Corr",
            },
            ConfigurationError,
            "allow public client flows",
        ),
        ({"error": "unauthorized_client"}, ConfigurationError, "check oauth_client_id"),
        ({"error": "invalid_scope"}, ConfigurationError, "invalid_scope"),
    ],
)
def test_a_device_login_that_fails_says_why(
    provider: Provider, tmp_path: Path, answer: dict[str, str], error: type[ApptrackError], words: str
) -> None:
    provider.answers = [(400, {"error": "authorization_pending"}), (400, answer)]
    with pytest.raises(error, match=words) as caught:
        login(account(), tmp_path, say=lambda _: None, endpoints=provider.device, sleep=Waits())
    assert "Trace ID" not in str(caught.value)
    assert not (tmp_path / "home.json").exists()


def test_a_device_login_that_nobody_finishes_ends(provider: Provider, tmp_path: Path) -> None:
    provider.answers = [(400, {"error": "authorization_pending"})] * 1000
    waits = Waits()
    with pytest.raises(LoginRefusedError, match="not finished in time"):
        login(account(), tmp_path, say=lambda _: None, endpoints=provider.device, sleep=waits)
    assert sum(waits) == 900


def test_a_device_login_outlives_a_provider_that_stumbles(provider: Provider, tmp_path: Path) -> None:
    provider.answers = [(503, "sorry"), (400, {"error": "authorization_pending"})]
    waits = Waits()
    login(account(), tmp_path, say=lambda _: None, endpoints=provider.device, sleep=waits)
    assert waits == [5.0, 10.0, 10.0]


def test_googles_login_comes_back_to_loopback_with_pkce(
    provider: Provider, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = login(account("google"), tmp_path, say=browse, endpoints=provider.redirect)
    [asked] = provider.asked("/authorize")
    assert asked["scope"] == "https://mail.google.com/"
    assert asked["code_challenge_method"] == "S256"
    assert (asked["access_type"], asked["prompt"], asked["login_hint"]) == (
        "offline",
        "consent",
        "me@example.org",
    )
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    [exchanged] = provider.asked("/token")
    assert exchanged["client_secret"] == CLIENT_SECRET
    assert exchanged["redirect_uri"] == asked["redirect_uri"]
    assert json.loads(path.read_text())["refresh_token"] == "refresh-0"
    assert "code-1" not in "".join(capfd.readouterr())


def test_googles_login_takes_nobody_elses_answer(provider: Provider, tmp_path: Path) -> None:
    strangers: list[int] = []

    def say(text: str) -> None:
        query = parse_qs(urlsplit(next(word for word in text.split() if word.startswith("http"))).query)
        back = query["redirect_uri"][0]
        for path in ("/favicon.ico", "/?code=stolen", "/?code=stolen&state=guessed"):
            strangers.append(httpx.get(back + path).status_code)
        browse(text)

    login(account("google"), tmp_path, say=say, endpoints=provider.redirect)
    assert strangers == [400, 400, 400]
    assert [form["code"] for form in provider.asked("/token")] == ["code-1"]


def test_googles_login_that_is_declined_or_forgotten_says_so(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.deny = True
    with pytest.raises(LoginRefusedError, match="declined"):
        login(account("google"), tmp_path, say=browse, endpoints=provider.redirect)
    monkeypatch.setattr(oauth, "LOGIN_S", 0.1)
    with pytest.raises(LoginRefusedError, match="not finished in time"):
        login(account("google"), tmp_path, say=lambda _: None, endpoints=provider.redirect)


def test_a_login_without_a_refresh_token_is_not_taken_for_one(provider: Provider, tmp_path: Path) -> None:
    provider.answers = [(200, {"access_token": "a", "expires_in": 3600})]
    with pytest.raises(ConfigurationError, match="no refresh token"):
        login(account(), tmp_path, say=lambda _: None, endpoints=provider.device, sleep=Waits())


def test_an_account_without_an_oauth_client_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Desktop app.*In production"):
        login(account("google", oauth_client_id=None), tmp_path)
    with pytest.raises(ConfigurationError, match="oauth_client_secret too"):
        login(account("google", oauth_client_secret=None), tmp_path)
    with pytest.raises(ConfigurationError, match=r"IMAP\.AccessAsUser\.All"):
        login(account(oauth_client_id=None), tmp_path)
    with pytest.raises(ConfigurationError, match="password"):
        endpoints_of(account("password"))
    assert (endpoints_of(account("google")), endpoints_of(account())) == (GOOGLE, MICROSOFT)


# --- tokens afterwards


def test_a_token_that_is_good_is_taken_from_the_file(provider: Provider, tmp_path: Path) -> None:
    stored(tmp_path, minutes=3)
    assert access_token(account(), tmp_path, NOW, endpoints=provider.device) == "access-stored"
    assert provider.requests == []


def test_a_token_that_ends_within_two_minutes_is_renewed_and_the_new_one_kept(
    provider: Provider, tmp_path: Path
) -> None:
    path = stored(tmp_path, minutes=1)
    token = access_token(account(), tmp_path, NOW, endpoints=provider.device)
    assert token == "access-for-refresh-1"
    assert provider.asked("/token") == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-0",
            "scope": MICROSOFT.scope,
            "client_id": "client-1",
        }
    ]
    kept = json.loads(path.read_text())
    assert kept["refresh_token"] == "refresh-1"
    assert kept["expires_at"] == (NOW + dt.timedelta(seconds=3599)).isoformat()
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["home.json", "home.lock"]
    assert access_token(account(), tmp_path, NOW, endpoints=provider.device) == token
    assert len(provider.requests) == 1


def test_a_provider_that_gives_no_new_refresh_token_keeps_the_old_one(
    provider: Provider, tmp_path: Path
) -> None:
    path = stored(tmp_path)
    provider.answers = [(200, {"access_token": "fresh", "expires_in": "3599"})]
    assert access_token(account("google"), tmp_path, NOW, endpoints=provider.redirect) == "fresh"
    assert json.loads(path.read_text())["refresh_token"] == "refresh-0"
    assert "scope" not in provider.asked("/token")[0]


def test_of_several_processes_one_renews_the_token(provider: Provider, tmp_path: Path) -> None:
    stored(tmp_path)
    program = f"""
import datetime as dt, pathlib, sys
from apptrack_pipeline.ingestion.mail.oauth import Endpoints, access_token
from apptrack_pipeline.settings import MailAccount
account = MailAccount(name="home", address="me@example.org", auth="microsoft", oauth_client_id="client-1")
where = Endpoints(token="{provider.base}/token", device="x", scope="s")
sys.stdin.read()
print(access_token(account, pathlib.Path({str(tmp_path)!r}), dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
    endpoints=where))
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()  # all begin at once
    tokens = []
    for process in processes:
        assert process.stdout is not None
        with process.stdout:
            tokens.append(process.stdout.read().strip())
        assert process.wait(60) == 0
    assert tokens == ["access-for-refresh-1"] * 3
    assert len(provider.asked("/token")) == 1


def test_a_google_login_that_ended_says_what_testing_means(provider: Provider, tmp_path: Path) -> None:
    stored(tmp_path)
    provider.answers = [
        (400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
    ]
    with pytest.raises(LoginRefusedError) as caught:
        access_token(account("google"), tmp_path, NOW, endpoints=provider.redirect)
    said = str(caught.value)
    assert "Token has been expired or revoked" in said
    assert "Testing" in said
    assert "7 days" in said
    assert "apptrack mail login home" in said


def test_a_microsoft_login_that_ended_says_why_without_trace_ids(provider: Provider, tmp_path: Path) -> None:
    stored(tmp_path)
    text = "AADSTS50173: The provided grant has expired. Trace ID: 0b1a Correlation ID: 2"
    provider.answers = [(400, {"error": "invalid_grant", "error_description": text})]
    with pytest.raises(LoginRefusedError) as caught:
        access_token(account(), tmp_path, NOW, endpoints=provider.device)
    assert "AADSTS50173" in str(caught.value)
    assert "0b1a" not in str(caught.value)


@pytest.mark.parametrize("answer", [(500, "oops"), (503, {"error": "server"}), (200, "<html>"), (200, "[]")])
def test_trouble_of_the_provider_is_transient_and_loses_no_token(
    provider: Provider, tmp_path: Path, answer: tuple[int, Any]
) -> None:
    path = stored(tmp_path)
    before = path.read_text()
    provider.answers = [answer]
    with pytest.raises(TransientError):
        access_token(account(), tmp_path, NOW, endpoints=provider.device)
    assert path.read_text() == before


def test_a_provider_that_is_asked_too_much_says_when_to_come_back(provider: Provider, tmp_path: Path) -> None:
    stored(tmp_path)
    provider.headers = {"Retry-After": "17"}
    provider.answers = [(429, {"error": "temporarily_unavailable"})]
    with pytest.raises(TransientError) as caught:
        access_token(account(), tmp_path, NOW, endpoints=provider.device)
    assert caught.value.retry_after_s == 17


def test_nobody_listening_is_transient(tmp_path: Path) -> None:
    stored(tmp_path)
    with Provider() as provider:
        where = provider.device
    with pytest.raises(TransientError, match="cannot be reached"):
        access_token(account(), tmp_path, NOW, endpoints=where)


def test_a_token_file_that_cannot_serve_says_to_log_in_again(provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no OAuth login yet"):
        access_token(account(), tmp_path, NOW, endpoints=provider.device)
    path = stored(tmp_path)
    with pytest.raises(ConfigurationError, match="another oauth_client_id"):
        access_token(account(oauth_client_id="client-2"), tmp_path, NOW, endpoints=provider.device)
    for text in ("", "{}", "[]", '{"client_id": 1}', path.read_text().replace("2026", "")):
        path.write_text(text)
        with pytest.raises(ConfigurationError, match="damaged"):
            access_token(account(), tmp_path, NOW, endpoints=provider.device)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        access_token(account(), tmp_path, NOW, endpoints=provider.device)


def test_a_process_that_holds_the_lock_too_long_is_named(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path)
    monkeypatch.setattr(oauth, "LOCK_S", 0.1)
    descriptor = os.open(tmp_path / "home.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(TransientError, match="another process"):
            access_token(account(), tmp_path, NOW, endpoints=provider.device)
    finally:
        os.close(descriptor)


def test_secrets_are_in_no_log_and_no_message(
    provider: Provider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    login(account("google"), tmp_path, say=browse, endpoints=provider.redirect)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    access_token(account("google"), tmp_path, later, endpoints=provider.redirect)
    provider.answers = [(400, {"error": "invalid_grant"})]
    with pytest.raises(LoginRefusedError) as caught:
        access_token(account("google"), tmp_path, later + dt.timedelta(hours=2), endpoints=provider.redirect)
    # The test's own browser logs the address that it is sent to.
    ours = "\n".join(one.getMessage() for one in caplog.records if "GET" not in one.getMessage())
    for secret in (CLIENT_SECRET, "refresh-0", "refresh-1", "access-for"):
        assert secret not in ours + str(caught.value) + repr(caught.value.__cause__)
