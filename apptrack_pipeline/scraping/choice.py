"""Which of several captures of one posting speaks for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import replace

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse_captured

_READABLE = (Completeness.FULL, Completeness.PARTIAL)


def choose_posting(
    pages: Iterable[tuple[uuid.UUID, Payload]], *, now: dt.datetime
) -> tuple[uuid.UUID, Posting] | None:
    """Return the posting of the newest page that can be read, or of the newest one; None without a page.

    `pages` come the newest first and are parsed only as far as needed. A blank page that was captured later
    does not take away what an earlier one said; that it says the posting is closed counts all the same.
    """
    newest: tuple[uuid.UUID, Posting] | None = None
    for capture_id, page in pages:
        posting = parse_captured(page, now=now)
        newest = newest or (capture_id, posting)
        if posting.completeness in _READABLE:
            if newest[1].is_open is False:
                posting = replace(posting, is_open=False, closed_reason=newest[1].closed_reason)
            return capture_id, posting
    return newest
