"""TLS and STARTTLS against pymap with certificates that are made here."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imap_servers import PymapServer, TlsFront, mail, settings_of

from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.ingestion.mail.imap import open_account
from apptrack_pipeline.settings import MailAccount


def certificate(folder: Path, name: str, *, days: int = 30) -> tuple[Path, Path]:
    """Make a certificate as a bridge has it: signed by itself, no authority, for `name`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bridge")])
    now = dt.datetime.now(dt.UTC)
    try:
        san: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        san = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=60))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([san]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{name}-{days}.pem", folder / f"{name}-{days}.key"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def bridge(folder: Path) -> Iterator[tuple[PymapServer, Path]]:
    cert_file, key_file = certificate(folder, "127.0.0.1")
    with PymapServer(certificate=cert_file, key=key_file) as server:
        yield server, cert_file


def ask(settings: MailAccount) -> int:
    with open_account(settings) as account:
        return account.mailbox("INBOX").status().messages


@pytest.fixture
def implicit(bridge: tuple[PymapServer, Path]) -> Iterator[int]:
    """A port that speaks TLS from the first byte, before a server that only has STARTTLS."""
    server, cert_file = bridge
    with TlsFront(server.port, cert_file, cert_file.with_suffix(".key")) as front:
        yield front.port


def test_a_certificate_of_ones_own_is_trusted_when_it_is_set(
    bridge: tuple[PymapServer, Path], implicit: int
) -> None:
    server, cert_file = bridge
    server.append(mail("one"))
    assert ask(settings_of(server, port=implicit, security="tls", ca_file=cert_file)) >= 1
    assert ask(settings_of(server, security="starttls", ca_file=cert_file)) >= 1


def test_a_certificate_that_does_not_verify_is_told_with_what_to_do(
    bridge: tuple[PymapServer, Path], implicit: int
) -> None:
    server, _ = bridge
    for settings in (
        settings_of(server, port=implicit, security="tls"),
        settings_of(server, security="starttls"),
    ):
        with pytest.raises(ConfigurationError, match=r"does not verify .*set ca_file"):
            ask(settings)


def test_a_certificate_for_another_name_or_out_of_date_is_refused(folder: Path) -> None:
    for name, days in (("mail.example.com", 30), ("127.0.0.1", -1)):
        cert_file, key_file = certificate(folder, name, days=days)
        with (
            PymapServer(certificate=cert_file, key=key_file) as server,
            pytest.raises(ConfigurationError, match="does not verify"),
        ):
            ask(settings_of(server, security="starttls", ca_file=cert_file))


def test_no_password_goes_to_a_server_without_starttls_when_it_is_asked_for() -> None:
    with PymapServer() as server, pytest.raises(ConfigurationError, match="no STARTTLS"):
        ask(settings_of(server, security="starttls"))


def test_a_port_that_speaks_no_tls_is_told() -> None:
    with PymapServer() as server, pytest.raises(ConfigurationError, match="does not speak TLS"):
        ask(settings_of(server, security="tls"))


def test_a_file_of_certificates_that_cannot_be_used_is_named(
    bridge: tuple[PymapServer, Path], tmp_path: Path
) -> None:
    server, _ = bridge
    (tmp_path / "empty.pem").write_text("nothing")
    for name, why in (("none.pem", "No such file"), ("empty.pem", "no certificate")):
        with pytest.raises(ConfigurationError, match=rf"ca_file .*{why}"):
            ask(settings_of(server, security="starttls", ca_file=tmp_path / name))
