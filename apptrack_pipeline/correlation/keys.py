"""The keys that block: a mail and an application that it may be about share one, as do two mails of one thread.

They are stored (`match_keys` of `applications` and `mail_links`, each with a GIN index), so that a run finds
what is near without reading all that there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from apptrack_pipeline.correlation.companies import SHIPPED, Aliases, block_keys
from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts


def application_keys(application: ApplicationFacts, aliases: Aliases = SHIPPED) -> frozenset[str]:
    """Return the keys of an application: employer, addresses of the posting, requisition, own ids."""
    return frozenset(
        [
            *_company_keys(application.companies, aliases),
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
            *_company_keys(companies, aliases),
            *_url_keys(mail.urls),
            *_requisition_keys(requisitions),
            *_tag_keys(mail.tags),
            *([f"thread:{mail.account}:{mail.thread_key}"] if mail.thread_key else []),
            *(f"id:{message_id}" for message_id in (mail.message_id, *mail.references) if message_id),
        ]
    )


def _company_keys(names: Iterable[str], aliases: Aliases) -> Iterator[str]:
    return (f"co:{key}" for name in names for key in block_keys(name, aliases))


def _url_keys(urls: Iterable[str]) -> Iterator[str]:
    # Hashed, since an address may be longer than an index entry (2,700 bytes).
    return (f"url:{hashlib.sha256(url.encode()).hexdigest()[:16]}" for url in urls)


def _requisition_keys(numbers: Iterable[str]) -> Iterator[str]:
    """Yield a requisition's letters and digits in lower case: "R-10 442" is "r10442"."""
    plain = ("".join(filter(str.isalnum, number)).casefold() for number in numbers)
    return (f"req:{key}" for key in plain if key)


def _tag_keys(tags: Iterable[str]) -> Iterator[str]:
    return (f"tag:{tag.casefold()}" for tag in tags if tag)
