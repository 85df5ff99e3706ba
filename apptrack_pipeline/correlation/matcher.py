"""The matcher: which application each mail event is about, in five stages, with the evidence in bits."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from apptrack_pipeline.correlation.companies import SHIPPED, Aliases
from apptrack_pipeline.correlation.facts import ApplicationFacts, Decided, MailFacts
from apptrack_pipeline.correlation.links import Link, LinkOutcome

MATCHER_VERSION: Final = "match-1"


def correlate(
    applications: Sequence[ApplicationFacts],
    mails: Sequence[MailFacts],
    *,
    aliases: Aliases = SHIPPED,
    decided: Decided | None = None,
    created: Mapping[tuple[uuid.UUID, int], uuid.UUID] | None = None,
) -> list[Link]:
    """Return one link per mail event, in their order; the order of arguments changes nothing else.

    `created` are the applications that earlier verdicts have made of mail, by mail and event: they keep
    their ids.
    """
    del applications, aliases, decided, created
    return [
        Link(mail.mail_id, mail.event, LinkOutcome.UNMATCHED, None, None, None, None, None, "")
        for mail in mails
    ]
