"""Only the account's own server can vouch for a sender."""

from __future__ import annotations

import dataclasses
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.ingestion.mail.authentication import organisational_domain, sender_trust
from apptrack_pipeline.ingestion.mail.message import Address
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.signals import Trust

GOOGLE = {"mx.google.com"}
EMPTY = read_message(b"From: Acme <no-reply@us.greenhouse-mail.io>\n\nHello")


def trust_of(*headers: str, ids: set[str] = GOOGLE, sender: str = "no-reply@us.greenhouse-mail.io") -> Trust:
    message = dataclasses.replace(EMPTY, authentication_results=headers, sender=Address("", sender))
    return sender_trust(message, ids)


@pytest.mark.parametrize(
    ("results", "trust"),
    [
        (
            "dkim=pass header.i=@greenhouse-mail.io; dmarc=pass (p=REJECT) header.from=greenhouse-mail.io",
            Trust.ALIGNED,
        ),
        ("dmarc=pass", Trust.ALIGNED),
        ("dmarc=none; dkim=pass header.d=greenhouse-mail.io", Trust.ALIGNED),
        ("dkim=pass header.i=@us.greenhouse-mail.io; spf=none", Trust.ALIGNED),
        (
            "dkim=fail header.d=greenhouse-mail.io; dkim=pass header.d=greenhouse-mail.io; spf=fail",
            Trust.ALIGNED,
        ),
        ('dkim=pass (2048-bit key; unprotected) header.d="greenhouse-mail.io"', Trust.ALIGNED),
        ("dmarc=pass header.from=other.example", Trust.OTHER),
        ("dkim=pass header.d=sendgrid.net; spf=pass smtp.mailfrom=sendgrid.net", Trust.OTHER),
        ("dkim=pass header.d=sendgrid.net; spf=fail", Trust.OTHER),
        ("dkim=pass header.d=evil-greenhouse-mail.io", Trust.OTHER),
        ("spf=pass smtp.mailfrom=x@us.greenhouse-mail.io; dkim=none", Trust.OTHER),
        ("spf=softfail; dkim=none", Trust.OTHER),
        ("dmarc=temperror; spf=temperror; dkim=temperror", Trust.OTHER),
        ("none", Trust.OTHER),
        ("", Trust.OTHER),
        (
            "dmarc=fail (p=NONE) header.from=greenhouse-mail.io; dkim=pass header.d=greenhouse-mail.io",
            Trust.FAILED,
        ),
        ("arc=pass (i=1 dmarc=pass); dmarc=fail", Trust.FAILED),
        ("spf=fail smtp.mailfrom=evil.example; dkim=none", Trust.FAILED),
        ("spf=fail; dkim=fail header.d=greenhouse-mail.io", Trust.FAILED),
        ("spf=softfail; dkim=fail", Trust.FAILED),
        ("dkim=none (comment; dmarc=pass header.from=greenhouse-mail.io)", Trust.OTHER),
        ('dkim=none (nested (dmarc=pass)) reason="; dmarc=pass"', Trust.OTHER),
        ('dkim=neutral reason="x; dkim=pass header.d=greenhouse-mail.io"', Trust.OTHER),
    ],
)
def test_the_servers_findings_become_one_word(results: str, trust: Trust) -> None:
    assert trust_of(f"mx.google.com; {results}") is trust
    assert trust_of(f"MX.Google.com 1;\n {results}") is trust


def test_a_forged_header_below_the_servers_own_counts_for_nothing() -> None:
    assert trust_of("mx.google.com; dmarc=fail", "mx.google.com; dmarc=pass") is Trust.FAILED
    assert trust_of("mx.google.com; none", "mx.google.com; dmarc=pass") is Trust.OTHER


def test_a_header_in_another_name_counts_for_nothing_wherever_it_stands() -> None:
    assert trust_of("mx.evil.example; dmarc=pass") is Trust.OTHER
    assert trust_of("mx.evil.example; dmarc=pass", "mx.google.com; dmarc=fail") is Trust.FAILED
    assert trust_of("mx.google.com.evil.example; dmarc=pass") is Trust.OTHER
    assert trust_of("mx.google.com; dmarc=pass", ids=set()) is Trust.OTHER


def test_a_mail_without_the_header_is_neither_trusted_nor_failed() -> None:
    assert trust_of() is Trust.OTHER


def test_microsofts_headers_have_no_name() -> None:
    header = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=greenhouse-mail.io; dkim=pass"
        " (signature was verified) header.d=greenhouse-mail.io;dmarc=pass action=none"
        " header.from=us.greenhouse-mail.io;compauth=pass reason=100"
    )
    assert trust_of(header, ids={""}) is Trust.ALIGNED
    assert trust_of(header) is Trust.OTHER
    assert trust_of(header.replace("=pass", "=fail"), ids={""}) is Trust.FAILED


def test_a_provider_of_many_servers_is_known_by_the_end_of_their_names() -> None:
    assert trust_of("atlas.mail.yahoo.com; dmarc=pass", ids={".yahoo.com"}) is Trust.ALIGNED
    for name in ("mail.notyahoo.com", "yahoo.com.evil.example", "yahoo.com", ""):
        assert trust_of(f"{name}; dmarc=pass", ids={".yahoo.com"}) is Trust.OTHER


def test_a_sender_without_an_address_is_never_aligned() -> None:
    assert trust_of("mx.google.com; dmarc=pass; dkim=pass header.d=", sender="") is Trust.OTHER


def test_what_a_mail_passes_on_does_not_inherit_its_trust() -> None:
    raw = (
        b"Authentication-Results: mx.google.com; dmarc=pass header.from=example.org\nFrom: sam@example.org\n"
        b"Content-Type: message/rfc822\n\nFrom: hr@acme.example\n\nYou are hired."
    )
    message = read_message(raw)
    assert sender_trust(message, GOOGLE) is Trust.ALIGNED
    assert message.forwarded is not None
    assert sender_trust(message.forwarded, GOOGLE) is Trust.OTHER


def test_the_organisation_is_found_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    organisational_domain.cache_clear()
    assert organisational_domain("us.greenhouse-mail.io") == "greenhouse-mail.io"
    assert organisational_domain("careers.acme.co.uk") == "acme.co.uk"
    assert organisational_domain("acme.github.io") == "acme.github.io"
    assert organisational_domain("a.b.acme.example") == "acme.example"
    assert organisational_domain("localhost") == "localhost"
    assert organisational_domain("") == ""


@given(st.text(), st.text(alphabet='dkimpas=;()"\\.@/ header.from\n', max_size=300))
def test_any_header_gets_an_answer(sender: str, header: str) -> None:
    assert (
        trust_of(f"mx.google.com; {header}", header, sender=f"x@{sender}", ids={"", "mx.google.com"}) in Trust
    )


def test_the_collected_forgery_fails(shared_data: Path) -> None:
    (path,) = (shared_data / "mail" / "edge").glob("17_*.eml")
    assert sender_trust(read_message(path.read_bytes()), GOOGLE) is Trust.FAILED
