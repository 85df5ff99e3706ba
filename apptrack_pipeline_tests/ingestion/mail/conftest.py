"""Fixtures of the mail tests: a server with an empty inbox, pymap and Dovecot in turn."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from imap_servers import Dovecot, ImapServer, PymapServer


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    why_not = Dovecot.missing()
    if why_not:
        pytest.skip(why_not)
    with Dovecot() as server:
        yield server


@pytest.fixture(params=["pymap", pytest.param("dovecot", marks=pytest.mark.dovecot)])
def server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    """A server with an empty INBOX."""
    if request.param == "pymap":
        with PymapServer() as pymap:
            yield pymap
    else:
        shared: Dovecot = request.getfixturevalue("dovecot")
        shared.user = f"{uuid.uuid4().hex}@example.org"  # takes any user, and gives each a mailbox
        yield shared
