"""Who sends job mail: tracking systems, job boards, schedulers, tests, mail providers, mailings.

The table is `senders.csv`: kind, name, place of the tenant in the address (`local` or `host`), employer,
domains. It is matched on whole labels (`us.greenhouse-mail.io` is Greenhouse, `notgreenhouse.io` is
not). Half of real job mail comes from such a domain (159 of 299 in a mailbox of 2025), the rest from the
employer's own, from people and from mailings.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Final

from apptrack_pipeline.ingestion.mail.message import Address
from apptrack_pipeline.ingestion.mail.vocabulary import words


class SenderKind(StrEnum):
    """What stands behind a sending domain."""

    ATS = "ats"
    """An applicant tracking system: it writes in an employer's name."""
    BOARD = "board"
    """A job board: receipts, messages, and above all alerts."""
    SCHEDULER = "scheduler"
    """Appointments, in an employer's name or anyone's."""
    ASSESSMENT = "assessment"
    """Tests and recorded interviews, in an employer's name."""
    PAPERS = "papers"
    """Signatures, background and reference checks: mail that follows an offer, or any other contract."""
    MAIL_PROVIDER = "mail_provider"
    """A person's own mailbox: the domain says nothing about an employer."""
    BULK = "bulk"
    """Newsletters, shops, networks and services; those with an `employer` also write to candidates."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a sending address tells by itself."""

    kind: SenderKind
    name: str
    """Of the system, as people write it: `Workday`."""
    tenant: str | None = None
    """The system's short name of the employer, where the address holds it: `gapinc@myworkday.com`."""
    employer: str | None = None
    """The employer's name, where the domain is one employer's own: `Amazon` for amazon.jobs."""


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: SenderKind
    name: str
    tenant_at: str
    employer: str | None


def _read_table() -> dict[str, _Entry]:
    text = resources.files("apptrack_pipeline.ingestion.mail").joinpath("senders.csv").read_text("utf-8")
    table: dict[str, _Entry] = {}
    for row in csv.DictReader(text.splitlines()):
        entry = _Entry(SenderKind(row["kind"]), row["name"], row["tenant_at"], row["employer"] or None)
        table.update((domain, entry) for domain in row["domains"].split())
    return table


_TABLE: Final = _read_table()
_NO_TENANT: Final = words("no_tenant")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{1,40}")
_DECORATION = re.compile(
    r"^(?:no-?reply|do-?not-?reply|careers?|jobs|recruiting|talent|hr|notifications?)[-_.]"
    r"|[-_.](?:no-?reply|do-?not-?reply|careers?|jobs|recruiting|talent|hr|notifications?)$"
)


def sender_of(address: Address) -> Sender | None:
    """Return what is known about the address by its domain, or None: an employer's own, a person's, anyone's.

    The longest known suffix wins: `jobs.nhs.uk` is NHS Jobs, other mail of `nhs.uk` is from a hospital.
    """
    labels = address.domain.rstrip(".").split(".")
    for first in range(len(labels) - 1):
        entry = _TABLE.get(".".join(labels[first:]))
        if entry is not None:
            tenant = None
            if entry.tenant_at == "local":
                tenant = _tenant(address.email.rpartition("@")[0])
            elif entry.tenant_at == "host":
                tenant = next(filter(None, map(_tenant, reversed(labels[:first]))), None)
            return Sender(entry.kind, entry.name, tenant, entry.employer)
    return None


def _tenant(part: str) -> str | None:
    """Return the slug in a local part or a label: `gapinc`, `acme+autoreply`, `careers-acme`."""
    slug = _DECORATION.sub("", part.partition("+")[0])
    if slug in _NO_TENANT or slug.isdigit() or not _SLUG.fullmatch(slug):
        return None
    return slug


SYSTEM_NAMES: Final = frozenset(
    entry.name.casefold()
    for entry in _TABLE.values()
    if entry.kind not in {SenderKind.MAIL_PROVIDER, SenderKind.BULK}
) | {"workday recruiting", "myworkday", "oracle", "sap successfactors", "angellist", "ukg pro"}
"""Names of systems in lower case: a display name or a footer that holds one names no employer."""
