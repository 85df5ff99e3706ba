"""Who may call the API: token, Host and Origin, before anything else is looked at."""

from __future__ import annotations

import httpx
import pytest

PATH = "/api/v1/applications/capture"
LIVE = "/api/v1/health/live"
EXTENSION = "chrome-extension://abcdef"


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", "Basic dTpw", "the-token-of-the-tests", "Bearer é"],
)
def test_without_the_token_nothing_is_shown_and_nothing_is_taken(refusing, minimal, authorization):
    del refusing.headers["authorization"]
    if authorization is not None:
        refusing.headers = httpx.Headers([(b"authorization", authorization.encode())])

    for answer in (
        refusing.post(PATH, json=minimal),
        refusing.get("/api/v1/applications/0193f1a0-6c2e-7b1a-9c55-2f1d6a0e4b11"),
        refusing.get("/api/v1/health/ready"),
        refusing.get("/no/such/path"),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize("path", ["/api/v1/health/live", "/docs", "/openapi.json"])
def test_life_and_documentation_need_no_token(refusing, path):
    del refusing.headers["authorization"]

    assert refusing.get(path).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8350", "127.0.0.1.evil.example", "localhost@evil", "", "[::1", "a b"],
)
def test_a_foreign_host_is_refused_even_with_the_token(refusing, minimal, host):
    answer = refusing.post(PATH, json=minimal, headers={"Host": host})

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:99", "[::1]:8350", "localhost."])
def test_loopback_names_are_served_on_any_port(refusing, host):
    assert refusing.get(LIVE, headers={"Host": host}).status_code == 200


def test_further_hosts_can_be_allowed(serve, settings):
    with serve(settings.model_copy(update={"allowed_hosts": ("Tracker.example.org",)})) as api:
        answer = api.get(LIVE, headers={"Host": "tracker.example.org:443"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:3000", "chrome-extension://other", ""]
)
def test_a_foreign_origin_is_refused_even_with_the_token(refusing, minimal, origin):
    answer = refusing.post(PATH, json=minimal, headers={"Origin": origin})

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_extension_may_call_and_read_the_answer(api, minimal):
    answer = api.post(PATH, json=minimal, headers={"Origin": EXTENSION})

    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == EXTENSION
    assert answer.headers["vary"] == "Origin"


def test_the_extension_can_read_errors_too(refusing):
    answer = refusing.post(PATH, json={}, headers={"Origin": EXTENSION})

    assert answer.status_code == 422
    assert answer.headers["access-control-allow-origin"] == EXTENSION


def test_the_apis_own_pages_may_call_it(api, minimal):
    origin = str(api.base_url).rstrip("/")

    assert api.post(PATH, json=minimal, headers={"Origin": origin}).status_code == 201


def test_a_preflight_is_answered_for_allowed_origins_without_a_token(refusing):
    del refusing.headers["authorization"]
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
        "Access-Control-Request-Private-Network": "true",
    }

    allowed = refusing.options(PATH, headers={"Origin": EXTENSION, **asked})
    refused = refusing.options(PATH, headers={"Origin": "https://evil.example", **asked})

    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == EXTENSION
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    assert allowed.headers["access-control-allow-private-network"] == "true"
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


def test_every_answer_carries_safety_headers_and_a_request_id(refusing, minimal):
    for answer in (refusing.post(PATH, json=minimal), refusing.get("/nowhere"), refusing.get("/docs")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-request-id"]


def test_a_request_id_is_taken_over_if_it_is_harmless(refusing):
    given = refusing.get("/nowhere", headers={"X-Request-ID": "job-7.a_b"})
    hostile = refusing.get("/nowhere", headers={"X-Request-ID": 'x" onload="'})

    assert given.json()["error"]["request_id"] == given.headers["x-request-id"] == "job-7.a_b"
    assert "onload" not in hostile.headers["x-request-id"]


def test_unknown_paths_and_methods_have_the_one_error_shape(refusing):
    missing = refusing.get("/api/v1/nowhere")
    wrong = refusing.delete(PATH)

    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"
