"""OAuth for mail: the login of a person, and access tokens for XOAUTH2 after it.

Microsoft's login is the device code (RFC 8628): a code is typed in on any browser. Google's device flow does
not give out the scope that IMAP needs (https://mail.google.com/; its list of allowed scopes has only names,
Drive files and YouTube), so Google's login is the one for installed programs: a redirect to loopback, with
PKCE (RFC 8252, RFC 7636). Both providers want the same few requests, so one small client serves both.

A token file per account lies in a folder of the caller's, readable by its owner alone. Nothing here logs.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import fcntl
import hashlib
import html
import json
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from apptrack_pipeline.domain import ConfigurationError, TransientError
from apptrack_pipeline.ingestion.mail.mailbox import LoginRefusedError
from apptrack_pipeline.settings import MailAccount


@dataclass(frozen=True)
class Endpoints:
    """Where a provider is asked."""

    token: str
    scope: str
    device: str | None = None
    """Set: the login is by device code."""
    authorize: str | None = None
    """Set: the login is by redirect to loopback."""


GOOGLE = Endpoints(
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106 (an address)
    scope="https://mail.google.com/",
)
MICROSOFT = Endpoints(
    device="https://login.microsoftonline.com/common/oauth2/v2.0/devicecode",
    token="https://login.microsoftonline.com/common/oauth2/v2.0/token",  # noqa: S106 (an address)
    # Of Outlook, not of Graph: with a token for Graph the server only says "AUTHENTICATE failed".
    scope="https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
)

EARLY = dt.timedelta(minutes=2)
"""How long before its end a token is replaced."""

ANSWER_S = 30.0
"""How long to wait for a provider's answer, in seconds."""

LOGIN_S = 600.0
"""How long a person has for a login by redirect, in seconds."""

LOCK_S = 90.0
"""How long to wait for another process that renews the same token, in seconds."""


@dataclass(frozen=True)
class _Tokens:
    """What the token file holds."""

    client_id: str
    refresh_token: str = field(repr=False)
    access_token: str = field(repr=False)
    expires_at: str
    """ISO 8601, UTC."""


class _RefusalError(Exception):
    """The provider answered with an error (RFC 6749, section 5.2); `code` is its name for it."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


def endpoints_of(account: MailAccount) -> Endpoints:
    """Return the provider's addresses. Raises ConfigurationError for an account with a password."""
    if account.auth == "google":
        return GOOGLE
    if account.auth == "microsoft":
        return MICROSOFT
    raise ConfigurationError(
        f"mail account {account.name} signs in with a password; set auth to google or microsoft for OAuth"
    )


def login(
    account: MailAccount,
    folder: Path,
    *,
    say: Callable[[str], None] = print,
    endpoints: Endpoints | None = None,
    redirect_port: int = 0,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Let a person sign in, and return the token file that was written.

    `say` is told what the person has to do, in sentences. `redirect_port`: the port of loopback that the
    browser comes back to (0: any free one). Raises LoginRefusedError where the person or the provider says no
    or takes too long, ConfigurationError where the OAuth client cannot work, TransientError.
    """
    where = endpoints or endpoints_of(account)
    client_id = _client_id(account)
    try:
        if where.device is not None:
            answer = _by_device_code(account, where, where.device, client_id, say, sleep)
        else:
            answer = _by_redirect(account, where, client_id, say, redirect_port)
    except _RefusalError as refusal:
        raise _in_words(account, refusal) from None
    if not isinstance(answer.get("refresh_token"), str):
        raise ConfigurationError(
            f"mail account {account.name}: the provider gave no refresh token, so that the login would end "
            "within the hour; take the access away in your account at the provider and log in again"
        )
    with _locked(account, folder):
        path = token_file(account, folder)
        _write(path, _tokens(client_id, answer, answer["refresh_token"], dt.datetime.now(dt.UTC)))
    return path


def access_token(
    account: MailAccount, folder: Path, now: dt.datetime, *, endpoints: Endpoints | None = None
) -> str:
    """Return a token that is good for two minutes at least, renewed where the stored one is not.

    Of several processes one renews it and the others take what it got: a refresh token may be good for one
    use alone. Raises ConfigurationError before the first login, LoginRefusedError where the login has ended,
    TransientError where the provider cannot be reached.
    """
    where = endpoints or endpoints_of(account)
    path = token_file(account, folder)
    if not path.exists():
        raise ConfigurationError(
            f"mail account {account.name}: no OAuth login yet; run `apptrack mail login {account.name}`"
        )
    with _locked(account, folder):
        stored = _read(account, path)
        if dt.datetime.fromisoformat(stored.expires_at).astimezone(dt.UTC) - EARLY > now:
            return stored.access_token
        form = {
            "grant_type": "refresh_token",
            "refresh_token": stored.refresh_token,
            "scope": where.scope,
        } | _client(account)
        if where.device is None:
            del form["scope"]  # Google gives what was granted, and needs none named
        try:
            answer = _post(account, where.token, form)
        except _RefusalError as refusal:
            raise _in_words(account, refusal) from None
        fresh = _tokens(
            stored.client_id, answer, str(answer.get("refresh_token") or stored.refresh_token), now
        )
        _write(path, fresh)
        return fresh.access_token


# --- the two ways in


def _by_device_code(
    account: MailAccount,
    where: Endpoints,
    device: str,
    client_id: str,
    say: Callable[[str], None],
    sleep: Callable[[float], None],
) -> dict[str, Any]:
    """Return the provider's tokens once the person has typed in the code (RFC 8628)."""
    asked = _post(account, device, {"client_id": client_id, "scope": where.scope})
    try:
        code, user_code = str(asked["device_code"]), str(asked["user_code"])
        address = str(asked["verification_uri"])
        interval = max(1.0, float(asked.get("interval", 5)))
        seconds_left = float(asked.get("expires_in", 900))
    except (KeyError, TypeError, ValueError) as error:
        raise TransientError(f"mail account {account.name}: the provider gave no device code") from error
    say(f"Open {address} in a browser and enter the code {user_code}; sign in as {account.address}.")
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": code,
    } | _client(account)
    while seconds_left > 0:
        sleep(interval)
        seconds_left -= interval
        try:
            return _post(account, where.token, form)
        except _RefusalError as refusal:
            if refusal.code == "slow_down":
                interval += 5.0
            elif refusal.code != "authorization_pending":
                raise
        except TransientError:
            interval *= 2  # RFC 8628, section 3.5: back off from a server that does not answer
    raise _RefusalError("expired_token", "")


def _by_redirect(
    account: MailAccount, where: Endpoints, client_id: str, say: Callable[[str], None], port: int
) -> dict[str, Any]:
    """Return the provider's tokens once the browser has come back to loopback (RFC 8252)."""
    if where.authorize is None:
        raise ConfigurationError("no way to log in is known for this provider")
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with _loopback(account, state, port) as (redirect_uri, answers):
        query = {
            "response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri,
            "scope": where.scope, "state": state, "code_challenge": challenge,
            "code_challenge_method": "S256", "access_type": "offline", "prompt": "consent",
            "login_hint": account.address,
        }  # fmt: skip
        say(
            f"Open this address in a browser on this machine and sign in as {account.address}:\n"
            f"{where.authorize}?{urlencode(query)}\n"
            "For a browser on another machine, first run there: "
            f"ssh -N -L {urlsplit(redirect_uri).port}:{urlsplit(redirect_uri).netloc} THIS_MACHINE"
        )
        try:
            came_back = answers.get(timeout=LOGIN_S)
        except queue.Empty:
            raise _RefusalError("expired_token", "") from None
    if "code" not in came_back:
        raise _RefusalError(came_back.get("error", "access_denied"), came_back.get("error_description", ""))
    form = {
        "grant_type": "authorization_code", "code": came_back["code"], "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    } | _client(account)  # fmt: skip
    return _post(account, where.token, form)


@contextlib.contextmanager
def _loopback(
    account: MailAccount, state: str, port: int
) -> Iterator[tuple[str, queue.SimpleQueue[dict[str, str]]]]:
    """Listen on loopback for the browser; the queue gets what it brings, if it brings the right `state`."""
    answers: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0

        def do_GET(self) -> None:
            query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
            ours = secrets.compare_digest(query.get("state", "").encode(), state.encode())
            text = "You can close this page." if ours else "This is not the login that was asked for."
            body = f"<!doctype html><title>apptrack</title><p>{html.escape(text)}".encode()
            self.send_response(200 if ours else 400)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            if ours:
                answers.put(query)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: the request has the code in it."""

    try:
        # A thread per connection: browsers open some that they never use.
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise ConfigurationError(
            f"mail account {account.name}: port {port} cannot be listened on: {error.strerror}"
        ) from error
    server.daemon_threads = True
    listener = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    listener.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", answers
    finally:
        server.shutdown()
        listener.join()
        server.server_close()


# --- asking the provider


def _client_id(account: MailAccount) -> str:
    if account.oauth_client_id:
        if account.auth == "google" and account.oauth_client_secret is None:
            raise ConfigurationError(
                f"mail account {account.name}: set oauth_client_secret too; Google gives one to its desktop "
                "clients"
            )
        return account.oauth_client_id
    if account.auth == "google":
        how = (
            "make an OAuth client of the type Desktop app in the Google Cloud console, turn on the Gmail API "
            "there, set its publishing status to In production, and set oauth_client_id and "
            "oauth_client_secret. An app password is less work"
        )
    else:
        how = (
            "register an application in the Microsoft Entra admin center for personal and work accounts, "
            "allow public client flows, add the permission IMAP.AccessAsUser.All, and set oauth_client_id to "
            "its application id"
        )
    raise ConfigurationError(f"mail account {account.name}: {how}")


def _client(account: MailAccount) -> dict[str, str]:
    secret = account.oauth_client_secret
    return {"client_id": _client_id(account)} | (
        {} if secret is None else {"client_secret": secret.get_secret_value()}
    )


def _post(account: MailAccount, url: str, form: dict[str, str]) -> dict[str, Any]:
    """Return the provider's JSON. Raises _RefusalError for an OAuth error, else TransientError."""
    who = f"mail account {account.name}: {urlsplit(url).hostname}"
    try:
        response = httpx.post(url, data=form, timeout=ANSWER_S, headers={"Accept": "application/json"})
    except httpx.HTTPError as error:
        raise TransientError(f"{who} cannot be reached ({type(error).__name__})") from None
    if response.status_code >= 500 or response.status_code == 429:
        wish = response.headers.get("retry-after", "")
        raise TransientError(
            f"{who} answers with status {response.status_code}",
            retry_after_s=float(wish) if wish.isdigit() else None,
        )
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise TransientError(f"{who} answers with status {response.status_code} and no JSON")
    if "error" in answer:
        raise _RefusalError(str(answer["error"]), str(answer.get("error_description", "")))
    return answer


def _in_words(account: MailAccount, refusal: _RefusalError) -> LoginRefusedError | ConfigurationError:
    """Return what a person reads about a refusal, with the provider's own words up to their trace ids."""
    again = f"run `apptrack mail login {account.name}`"
    who = f"mail account {account.name}"
    said = " ".join(refusal.description.split("Trace ID")[0].split())[:200].rstrip(". ")
    said = f" ({refusal.code}: {said})" if said else f" ({refusal.code})"
    match refusal.code:
        case "invalid_grant" if account.auth == "google":
            return LoginRefusedError(
                f"{who}: Google no longer takes the stored login{said}. If the publishing status of your "
                "OAuth client is Testing, Google ends every login after 7 days: set it to In production in "
                f"the Google Cloud console. Then {again}."
            )
        case "invalid_grant" | "interaction_required" | "consent_required":
            return LoginRefusedError(
                f"{who}: the stored login has ended{said}: {again}. It ends when the password is changed, "
                "and after 90 days without use."
            )
        case "access_denied" | "authorization_declined":
            return LoginRefusedError(f"{who}: the login was declined{said}; {again} to try again")
        case "expired_token" | "code_expired" | "bad_verification_code":
            return LoginRefusedError(f"{who}: the login was not finished in time; {again} to try again")
        case "invalid_client" | "unauthorized_client" if "7000218" in refusal.description:
            return ConfigurationError(
                f"{who}: the application does not allow public client flows{said}; turn that on under "
                "Authentication in the Microsoft Entra admin center"
            )
        case "invalid_client" | "unauthorized_client":
            return ConfigurationError(f"{who}: check oauth_client_id and oauth_client_secret{said}")
        case _:
            return ConfigurationError(f"{who}: the provider refuses the OAuth client's request{said}")


# --- the token file


def token_file(account: MailAccount, folder: Path) -> Path:
    """Return the file that holds the account's tokens, once somebody has signed in."""
    return folder / f"{account.name}.json"


def _tokens(client_id: str, answer: dict[str, Any], refresh_token: str, now: dt.datetime) -> _Tokens:
    if not isinstance(answer.get("access_token"), str):
        raise TransientError("the provider's answer has no access token")
    try:
        seconds = float(answer.get("expires_in", 3600))
    except (TypeError, ValueError):
        seconds = 3600.0
    expires_at = (now + dt.timedelta(seconds=seconds)).astimezone(dt.UTC)
    return _Tokens(client_id, refresh_token, answer["access_token"], expires_at.isoformat())


def _read(account: MailAccount, path: Path) -> _Tokens:
    again = f"run `apptrack mail login {account.name}` again"
    try:
        stored = _Tokens(**json.loads(path.read_text(encoding="utf-8")))
        dt.datetime.fromisoformat(stored.expires_at).astimezone(dt.UTC)
    except OSError as error:
        raise ConfigurationError(
            f"the token file {path} cannot be read: {error.strerror}; {again}"
        ) from error
    except (ValueError, TypeError):
        raise ConfigurationError(f"the token file {path} is damaged; {again}") from None
    if stored.client_id != _client_id(account):
        raise ConfigurationError(
            f"mail account {account.name}: the login was made with another oauth_client_id; {again}"
        )
    return stored


def _write(path: Path, tokens: _Tokens) -> None:
    """Replace the file; a kill at any moment leaves the old one or the new one."""
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(tokens), file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _locked(account: MailAccount, folder: Path) -> Iterator[None]:
    """Be the only process that uses the account's refresh token."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{account.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + LOCK_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TransientError(
                        f"mail account {account.name}: another process has been renewing its token for "
                        f"{LOCK_S:g} s"
                    ) from None
                time.sleep(0.05)
            else:
                break
        yield
    finally:
        os.close(descriptor)
