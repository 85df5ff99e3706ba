from __future__ import annotations

import pytest

from apptrack_pipeline.ingestion.mail.imap import Server, server_of
from apptrack_pipeline.ingestion.mail.providers import PROVIDERS, provider_of, what_to_do_about_a_refusal
from apptrack_pipeline.settings import MailAccount


@pytest.mark.parametrize(
    ("address", "name", "host"),
    [
        ("me@gmail.com", "Gmail", "imap.gmail.com"),
        ("ME@GoogleMail.com", "Gmail", "imap.gmail.com"),
        ("me@outlook.com", "Outlook", "outlook.office365.com"),
        ("me@hotmail.co.uk", "Outlook", "outlook.office365.com"),
        ("me@live.fr", "Outlook", "outlook.office365.com"),
        ("me@contoso.onmicrosoft.com", "Outlook", "outlook.office365.com"),
        ("me@icloud.com", "iCloud", "imap.mail.me.com"),
        ("me@yahoo.com.br", "Yahoo", "imap.mail.yahoo.com"),
        ("me@aol.com", "AOL", "imap.aol.com"),
        ("me@fastmail.fm", "Fastmail", "imap.fastmail.com"),
        ("me@gmx.de", "GMX", "imap.gmx.net"),
        ("me@gmx.com", "GMX", "imap.gmx.com"),
        ("me@web.de", "WEB.DE", "imap.web.de"),
        ("me@proton.me", "Proton", "127.0.0.1"),
    ],
)
def test_a_provider_is_known_by_the_domain_of_the_address(address: str, name: str, host: str) -> None:
    provider = provider_of(address)
    assert provider is not None
    assert (provider.name, provider.host) == (name, host)


@pytest.mark.parametrize(
    "address",
    [
        "me@company.example",
        "me@notgmail.com",
        "me@gmail.com.evil.example",
        "me@yahoo.evil.example",
        "",
        "gmail",
    ],
)
def test_a_domain_that_only_looks_like_a_provider_is_none(address: str) -> None:
    assert provider_of(address) is None


def test_a_server_that_is_set_says_more_than_the_address() -> None:
    provider = provider_of("me@company.example", "outlook.office365.com")
    assert provider is not None
    assert (provider.oauth, provider.takes_passwords) == ("microsoft", False)
    # A tunnel on this machine to the provider of the address.
    tunnelled = provider_of("me@gmail.com", "127.0.0.1")
    assert tunnelled is not None
    assert tunnelled.name == "Gmail"


def test_every_provider_says_how_to_sign_in() -> None:
    for provider in PROVIDERS:
        assert what_to_do_about_a_refusal(provider, "password").endswith((".", "/security."))
        assert provider.takes_passwords or provider.oauth is not None


def test_the_server_of_an_account_is_what_is_set_or_what_the_provider_has() -> None:
    def server(**values: object) -> Server:
        return server_of(MailAccount(name="t", **values))

    assert server(address="me@gmail.com") == Server("imap.gmail.com", 993, "tls")
    assert server(address="me@proton.me") == Server("127.0.0.1", 1143, "starttls")
    assert server(address="me@proton.me", port=1144) == Server("127.0.0.1", 1144, "starttls")
    assert server(address="a@b.example", host="mx.b.example") == Server("mx.b.example", 993, "tls")
    assert server(address="a@b.example", host="mx.b.example", security="starttls").port == 143
