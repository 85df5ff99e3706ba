"""Mail from a tracked employer's own domain that names a tracked role: it is about a job, in any words."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.ingestion.mail.known_names import known_by_slug, known_names
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.sender_names import employer_slugs
from apptrack_pipeline.ingestion.mail.senders import sender_of
from apptrack_pipeline.ingestion.mail.signals import Reader

_READ_CHARS: Final = 3_000


def tracked_role_in(message: Message, reader: Reader) -> str | None:
    """Return the tracked title that a person of a tracked employer writes of; None in any other mail.

    "Would you have a coffee with the team, and see what a Search Engineer does here?" holds no word by which
    job mail is known. Mailings are left out: an employer's newsletter names roles as well.
    """
    if message.is_bulk or message.is_automatic or not reader.known_titles:
        return None
    slugs = employer_slugs(message, sender_of(message.sender))
    if not any(known_by_slug(reader.known_companies, slugs)):
        return None
    titles = known_names(reader.known_titles, message.subject, message.text[:_READ_CHARS], None)
    # One word may be anything: "Consultant", "Manager".
    return next((one.found.value for one in titles if " " in one.found.value), None)
