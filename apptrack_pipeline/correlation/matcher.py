"""The matcher: which application each mail event is about, in five stages, with the evidence in bits.

The first stage with one hit decides:

1. *direct*: an application id in the address, a requisition number, the posting's address or its id there.
2. *thread*: the mail answers a linked one, or is of its conversation.
3. *company and title*: the employer is compatible, and the title, or the text, names this role alone.
4. *company and date*: a receipt in the days after this application, and after no other one there.
5. *company*: the employer has one application that is open at that moment, and one alone.

A hit is linked where all evidence together, in bits, makes it as likely as `weights.LINK_POSTERIOR` and
`weights.LINK_MARGIN` bits likelier than the next. Hard evidence that contradicts itself (a posting of one
application in the conversation of another) goes to a person, as does what is likely and not certain.

Stages are taken one after the other over all mail, the most certain evidence first, and mail by mail by
date within each. So the verdict is a function of the set of mails and applications: the order in which they
came to be known changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from apptrack_pipeline.correlation.candidates import ApplicationIndex
from apptrack_pipeline.correlation.companies import SHIPPED, Aliases
from apptrack_pipeline.correlation.facts import ApplicationFacts, Decided, Key, MailFacts
from apptrack_pipeline.correlation.links import Link
from apptrack_pipeline.correlation.proposals import propose
from apptrack_pipeline.correlation.stages import Matching

MATCHER_VERSION: Final = "match-1"


def correlate(
    applications: Iterable[ApplicationFacts] | ApplicationIndex,
    mails: Sequence[MailFacts],
    *,
    aliases: Aliases = SHIPPED,
    decided: Decided | None = None,
    created: Mapping[Key, uuid.UUID] | None = None,
) -> list[Link]:
    """Return one link per mail event, in their order; the order of arguments changes nothing else.

    An index of the applications that is made before serves for many calls; it must be of the same aliases.
    `created` are the applications that earlier verdicts have made of mail, by mail and event: they keep
    their ids.
    """
    decided = decided or Decided()
    index = applications
    if not isinstance(index, ApplicationIndex):
        index = ApplicationIndex(index, aliases)
    ordered = sorted(mails, key=lambda mail: (mail.received_at, mail.mail_id.bytes, mail.event))
    tracked = Matching(index, decided)
    links = tracked.link(ordered)
    waiting = [mail for mail in ordered if mail.key not in links]
    links |= propose(
        [mail for mail in waiting if tracked.is_untracked(mail)],
        aliases=aliases,
        decided=decided,
        created=created or {},
    )
    links |= {mail.key: tracked.unlinked(mail) for mail in waiting if mail.key not in links}
    return [links[mail.key] for mail in mails]
