"""What is known of the mail providers that people have: the server, how to sign in, its authserv-ids.

Pure: tables and look-ups. The facts are the providers' own help pages as of November 2026; a provider that is
not listed works too, with `host` set in `APPTRACK_MAIL_ACCOUNTS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True)
class Provider:
    """One mail provider."""

    name: str
    domains: str
    """Regular expression that the whole domain of an address matches."""
    host: str
    how_to_sign_in: str
    """What a person does when the login is refused; whole sentences."""
    port: int = 993
    security: Security = "tls"
    oauth: Literal["google", "microsoft"] | None = None
    """The `auth` that the provider takes beside passwords, or in place of them."""
    takes_passwords: bool = True
    """False: OAuth alone."""
    authserv_ids: frozenset[str] = field(default=frozenset())
    """What its servers call themselves in Authentication-Results (RFC 8601); empty for the ones that leave
    their name out. One that begins with a dot stands for every host below that domain."""


_THIS_MACHINE = "127.0.0.1"

PROVIDERS = (
    Provider(
        name="Gmail",
        domains=r"gmail\.com|googlemail\.com",
        host="imap.gmail.com",
        oauth="google",
        authserv_ids=frozenset({"mx.google.com"}),
        how_to_sign_in=(
            "Google takes no account password here. Turn on 2-step verification, make an app password at "
            "https://myaccount.google.com/apppasswords and set that, or use OAuth (auth google). "
            "In Google Workspace the administrator must allow it."
        ),
    ),
    Provider(
        name="Outlook",
        # Also hotmail.co.uk, live.fr, outlook.com.br ...; Microsoft 365 on a domain of one's own is known by
        # its host.
        domains=r"(?:outlook|hotmail|live|msn|passport)\.(?:com|net|[a-z]{2}|co\.[a-z]{2}|com\.[a-z]{2})"
        r"|[a-z0-9-]+\.onmicrosoft\.com",
        host="outlook.office365.com",
        oauth="microsoft",
        takes_passwords=False,
        # Exchange Online leaves its name out: its Authentication-Results begins with the first result.
        authserv_ids=frozenset({""}),
        how_to_sign_in=(
            "Microsoft takes no passwords or app passwords any more (since 16 September 2024): set auth to "
            "microsoft with an oauth_client_id and run `apptrack mail login`. IMAP must be on in the "
            "mailbox's settings under POP and IMAP; at work the administrator may have turned it off."
        ),
    ),
    Provider(
        name="iCloud",
        domains=r"icloud\.com|me\.com|mac\.com",
        host="imap.mail.me.com",
        # Beside it stand headers of bimi, arc, dkim-verifier and spf.icloud.com, with one result each.
        authserv_ids=frozenset({"dmarc.icloud.com"}),
        how_to_sign_in=(
            "Apple wants an app-specific password: make one at https://account.apple.com under Sign-In and "
            "Security. If it is still refused, set user to the part of the address before the @."
        ),
    ),
    Provider(
        name="Yahoo",
        domains=r"(?:yahoo|ymail|rocketmail)\.(?:com|[a-z]{2}|co\.[a-z]{2}|com\.[a-z]{2})",
        host="imap.mail.yahoo.com",
        authserv_ids=frozenset({".yahoo.com"}),
        how_to_sign_in=(
            "Yahoo wants an app password: make one under Account security at "
            "https://login.yahoo.com/account/security and set that."
        ),
    ),
    Provider(
        name="AOL",
        domains=r"(?:aol|aim)\.(?:com|[a-z]{2}|co\.[a-z]{2})",
        host="imap.aol.com",
        authserv_ids=frozenset({".aol.com", ".yahoo.com"}),
        how_to_sign_in=(
            "AOL wants an app password: make one under Account security at "
            "https://login.aol.com/account/security and set that."
        ),
    ),
    Provider(
        name="Fastmail",
        domains=r"fastmail\.(?:com|fm|net|org|co\.uk|de|es|fr|in|jp|se|to|us)|messagingengine\.com|sent\.com",
        host="imap.fastmail.com",
        authserv_ids=frozenset({".messagingengine.com"}),
        how_to_sign_in=(
            "Fastmail wants an app password with access to mail: make one in Settings, Privacy & Security, "
            "Connected apps. The cheapest plan has no IMAP."
        ),
    ),
    Provider(
        name="GMX",
        domains=r"gmx\.(?:de|net|at|ch|org|info|eu)",
        host="imap.gmx.net",
        authserv_ids=frozenset({"gmx.net"}),
        how_to_sign_in=(
            "Turn on access by POP3 and IMAP in the settings of GMX. With two-factor sign-in on, make an "
            "application-specific password there and set that."
        ),
    ),
    Provider(
        name="GMX",
        domains=r"gmx\.(?:com|us|co\.uk|fr|es|it)|mail\.com",
        host="imap.gmx.com",
        authserv_ids=frozenset({"gmx.net", "gmx.com"}),
        how_to_sign_in=(
            "Turn on access by POP3 and IMAP in the settings of GMX. With two-factor sign-in on, make an "
            "application-specific password there and set that."
        ),
    ),
    Provider(
        name="WEB.DE",
        domains=r"web\.de",
        host="imap.web.de",
        authserv_ids=frozenset({"web.de"}),
        how_to_sign_in=(
            "Turn on access by POP3 and IMAP in the settings of WEB.DE. With two-factor sign-in on, make an "
            "application-specific password there and set that."
        ),
    ),
    Provider(
        name="Proton",
        domains=r"proton\.me|protonmail\.(?:com|ch)|pm\.me",
        host=_THIS_MACHINE,  # Proton Mail Bridge
        port=1143,
        security="starttls",
        authserv_ids=frozenset({"mail.protonmail.ch"}),
        how_to_sign_in=(
            "Proton Mail is read through Proton Mail Bridge on this machine: set the password that Bridge "
            "shows, not the one of the account, and ca_file to the certificate that Bridge exports."
        ),
    ),
    Provider(
        name="Orange",
        domains=r"orange\.fr|wanadoo\.fr",
        host="imap.orange.fr",
        how_to_sign_in="Check the password in Orange's webmail; the user is the whole address.",
    ),
    Provider(
        name="Free",
        domains=r"free\.fr",
        host="imap.free.fr",
        how_to_sign_in="Check the password in Free's webmail; the user is the part before the @.",
    ),
    Provider(
        name="La Poste",
        domains=r"laposte\.net",
        host="imap.laposte.net",
        how_to_sign_in="Check the password in La Poste's webmail and that IMAP access is on there.",
    ),
    Provider(
        name="T-Online",
        domains=r"t-online\.de|magenta\.de",
        host="secureimap.t-online.de",
        how_to_sign_in=(
            "Telekom wants the password for mail programs: set one in the customer centre under E-Mail."
        ),
    ),
    Provider(
        name="Posteo",
        domains=r"posteo\.(?:de|net|org|eu|at|ch|us)",
        host="posteo.de",
        how_to_sign_in="Check the password at https://posteo.de.",
    ),
    Provider(
        name="mailbox.org",
        domains=r"mailbox\.org",
        host="imap.mailbox.org",
        how_to_sign_in=(
            "With two-factor sign-in on, make an application password in the settings of mailbox.org."
        ),
    ),
    Provider(
        name="Zoho",
        domains=r"zohomail\.(?:com|eu|in)|zoho\.com",
        host="imap.zoho.com",
        authserv_ids=frozenset({"mx.zohomail.com"}),
        how_to_sign_in=(
            "Turn on IMAP in Zoho Mail's settings; with two-factor sign-in on, make an app-specific password."
        ),
    ),
)


def provider_of(address: str, host: str | None = None) -> Provider | None:
    """Return the provider by the server that is set, else by the address; None where neither is known.

    The server says more: a company's own domain is often Google's or Microsoft's. One that is not known may
    be a tunnel or a bridge to the address's provider.
    """
    if host is not None:
        wanted = host.strip().rstrip(".").casefold()
        for provider in PROVIDERS:
            if provider.host == wanted and wanted != _THIS_MACHINE:
                return provider
    domain = address.rpartition("@")[2].strip().rstrip(".").casefold()
    return next((p for p in PROVIDERS if re.fullmatch(p.domains, domain)), None)


def what_to_do_about_a_refusal(provider: Provider | None, auth: str) -> str:
    """Return what a person does after the server refused a login with `auth`, as sentences."""
    if auth != "password":
        return (
            "Run `apptrack mail login` for this account again, and check that user is the account that you "
            "signed in with."
        )
    if provider is not None:
        return provider.how_to_sign_in
    return (
        "Check user and password in the provider's webmail. Where two-factor sign-in is on, most providers "
        "want an app password that is made in the account's security settings."
    )
