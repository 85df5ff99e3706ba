"""Keys that block: a mail shares one with each application that it may be about, and with its thread.

They are stored (`match_keys` of `applications` and `mail_links`, each with a GIN index), so that a run finds
what is near without reading all that there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from apptrack_pipeline.correlation.companies import SHIPPED, Aliases, block_keys
from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts
from apptrack_pipeline.correlation.job_ids import posting_keys, requisition_key

OF_COMPANY: Final = "co:"
"""How the keys of employers begin: a shared one is only the beginning of a comparison."""

OF_TAG: Final = "tag:"
"""How the keys of a tagged address begin: all mail to it shares them, and is not of one thing for that."""


def company_keys(names: Iterable[str], aliases: Aliases = SHIPPED) -> Iterator[str]:
    """Yield the keys of employers of these names."""
    return (f"{OF_COMPANY}{key}" for name in names for key in block_keys(name, aliases))


def application_keys(application: ApplicationFacts, aliases: Aliases = SHIPPED) -> frozenset[str]:
    """Return the keys of an application: employer, addresses of the posting, requisition, own ids."""
    return frozenset(
        [
            *company_keys(application.companies, aliases),
            *_url_keys(application.urls),
            *_requisition_keys(application.requisition_ids),
            *_tag_keys(application.tags),
        ]
    )


def mail_keys(mail: MailFacts, aliases: Aliases = SHIPPED) -> frozenset[str]:
    """Return the keys of one mail event: as an application's, and those of its conversation."""
    companies = [name for name in (mail.company, *mail.other_companies) if name]
    requisitions = [mail.requisition_id] if mail.requisition_id else []
    return frozenset(
        [
            *company_keys(companies, aliases),
            *_url_keys(mail.urls),
            *_requisition_keys(requisitions),
            *_tag_keys(mail.tags),
            *([f"thread:{mail.account}:{mail.thread_key}"] if mail.thread_key else []),
            *(f"id:{message_id}" for message_id in (mail.message_id, *mail.references) if message_id),
        ]
    )


def facts_key(application: ApplicationFacts) -> str:
    """Return what changes with anything that mail is compared with; it stands among an application's keys.

    No mail has it. A fold that finds another one there hands the mail that it may concern to be linked again.
    Places are left out: they come with the posting, seconds after the capture, and tell few siblings apart.
    """
    facts = repr(replace(application, locations=()))
    return f"facts:{hashlib.sha256(facts.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _url_keys(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        # Hashed, since an address may be longer than an index entry (2,700 bytes).
        yield f"url:{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:16]}"
        yield from (f"post:{key}" for key in posting_keys(url))


def _requisition_keys(numbers: Iterable[str]) -> Iterator[str]:
    return (f"req:{key}" for number in numbers if (key := requisition_key(number)))


def _tag_keys(tags: Iterable[str]) -> Iterator[str]:
    return (f"{OF_TAG}{tag.casefold()}" for tag in tags if tag)
