"""What is known of a posting from all captures and all answers of its site.

Pure. A page that a person captured speaks first; an API's answer adds to it, a fetched page takes its place
only where it holds no text. Whether the posting is open is decided by dates:

* A captured page that says so closes it at once: the person has seen it.
* An answer that proves it gone is a strike. Two strikes of different runs, 20 hours apart at least, with no
  sign of life between them, close it; one may be a mistake (boardwatch asks for two as well).
* A sign of life, an answer or a captured page with the posting, takes all strikes before it away.
* Blocks, busy servers and answers that say nothing are neither.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured
from apptrack_pipeline.postings.platform import Match
from apptrack_pipeline.scraping.asking import READABLE, Conclusion, Reply, may_be_asked, next_step

NEEDS_CAPTURE: Final = "needs_capture"
"""The review reason of a posting that only a person's browser can bring."""

BETWEEN_STRIKES: Final = dt.timedelta(hours=20)
"""Least time between two proofs that count; less than a day, so that a daily look is never too early."""

STRIKES: Final = 2

_MOST_LOOKS: Final = 20
_RANK: Final = (Completeness.BLANK, Completeness.TITLE_ONLY, Completeness.PARTIAL, Completeness.FULL)


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """One capture as a page, which may be empty."""

    id: uuid.UUID
    captured_at: dt.datetime
    payload: Payload

    @property
    def has_page(self) -> bool:
        """Whether more than names came with it."""
        page = self.payload
        return bool(page.html or page.json_ld or page.selected_text)


@dataclass(frozen=True, slots=True)
class Look:
    """All that one run asked the site of the posting at `url`, in its order; never empty."""

    run_id: str
    url: str
    replies: tuple[Reply, ...]

    @property
    def at(self) -> dt.datetime:
        """When its last reply came."""
        return self.replies[-1].asked_at


@dataclass(frozen=True, slots=True)
class Understanding:
    """A posting, and what it was made of.

    `captured` is what the chosen capture says by itself. `response_id` is the archived answer that was read,
    if one was. `looked_at`: when its site was last asked; `checked_at`: that, or when its page was captured.
    `first_strike`: the oldest proof that counts, and its time.
    """

    posting: Posting
    capture_id: uuid.UUID
    captured: Posting
    response_id: uuid.UUID | None
    match: Match | None
    newest_capture: CapturedPage
    looked_at: dt.datetime | None
    checked_at: dt.datetime | None
    strikes: int
    first_strike: tuple[uuid.UUID, dt.datetime] | None
    may_be_asked: bool

    @property
    def lacks_text(self) -> bool:
        """Whether no description is known."""
        return self.posting.completeness not in READABLE


def where_to_ask(pages: Iterable[CapturedPage]) -> CapturedPage | None:
    """Return the first capture whose site may be asked for the posting."""
    return next((page for page in pages if may_be_asked(page.payload.url, page.payload.html)), None)


def understand(pages: Iterable[CapturedPage], looks: Iterable[Look]) -> Understanding | None:
    """Return what captures and answers say together; None without a capture.

    `pages` come the newest first, those with a page before those without, `looks` the newest first. Both are
    read only as far as needed. A blank page that was captured later does not take away what an earlier one
    said. Dates of the evidence count, not today's: the same evidence gives the same posting.
    """
    seen = _read_captures(pages)
    if seen is None:
        return None
    site = _read_looks(looks, seen)
    posting, response_id, match = _merge(seen, site)
    lived_at = max(filter(None, (seen.alive_at, site.alive_at)), default=None)
    strikes = _strikes(site.gone, lived_at)
    is_open, reason = _standing(seen, site, posting, lived_at, strikes)
    posting = replace(posting, is_open=is_open, closed_reason=reason)
    askable = any(may_be_asked(page.payload.url, page.payload.html) for page in seen.pages)
    if posting.completeness not in READABLE and is_open is not False:
        if site.newest is not None:
            if site.newest.outcome not in {"posting", "closed"}:
                posting = replace(posting, review_reason=NEEDS_CAPTURE)
        elif not askable and posting.completeness is Completeness.TITLE_ONLY:
            posting = replace(posting, review_reason=NEEDS_CAPTURE)
    captured_at = max((page.captured_at for page in seen.pages if page.has_page), default=None)
    return Understanding(
        posting=posting,
        capture_id=seen.chosen.id,
        captured=seen.posting,
        response_id=response_id,
        match=match,
        newest_capture=max(seen.pages, key=lambda page: page.captured_at),
        looked_at=site.looked_at,
        checked_at=max(filter(None, (captured_at, site.looked_at)), default=None),
        strikes=len(strikes),
        first_strike=(strikes[0].replies[-1].id, strikes[0].at) if strikes else None,
        may_be_asked=askable,
    )


@dataclass(frozen=True, slots=True)
class _Captured:
    """The pages that were read; the chosen one, and when a page showed the posting alive or closed."""

    pages: tuple[CapturedPage, ...]
    chosen: CapturedPage
    posting: Posting
    alive_at: dt.datetime | None
    closed_at: dt.datetime | None
    closed_reason: str | None


def _read_captures(pages: Iterable[CapturedPage]) -> _Captured | None:
    read: list[CapturedPage] = []
    first: tuple[CapturedPage, Posting] | None = None
    chosen: tuple[CapturedPage, Posting] | None = None
    for page in pages:
        posting = parse_captured(page.payload, now=page.captured_at)
        read.append(page)
        first = first or (page, posting)
        if posting.completeness in READABLE:
            chosen = page, posting
            break
    if first is None:
        return None
    page, posting = chosen or first
    is_closed = first[1].is_open is False
    return _Captured(
        pages=tuple(read),
        chosen=page,
        posting=posting,
        alive_at=page.captured_at if chosen is not None and posting.is_open is not False else None,
        closed_at=first[0].captured_at if is_closed else None,
        closed_reason=first[1].closed_reason if is_closed else None,
    )


@dataclass(frozen=True, slots=True)
class _Site:
    """What the site has shown: the newest conclusion, the newest readable one, proofs that it is gone."""

    looked_at: dt.datetime | None = None
    newest: Conclusion | None = None
    readable: Conclusion | None = None
    alive_at: dt.datetime | None = None
    gone: tuple[Look, ...] = ()
    gone_reason: str | None = None


def _read_looks(looks: Iterable[Look], seen: _Captured) -> _Site:
    html = {page.payload.url: page.payload.html for page in reversed(seen.pages)}
    site = _Site()
    for look in islice(looks, _MOST_LOOKS):
        step = next_step(look.url, html.get(look.url), look.replies)
        site = replace(site, looked_at=site.looked_at or look.at)
        if not isinstance(step, Conclusion):
            continue  # the run died before it had asked for all
        site = replace(site, newest=site.newest or step)
        if step.outcome == "closed":
            if site.alive_at is None:
                reason = site.gone_reason or step.reason
                site = replace(site, gone=(look, *site.gone), gone_reason=reason)
        elif step.is_alive:
            site = replace(site, alive_at=site.alive_at or look.at)
        if step.outcome == "posting":
            return replace(site, readable=step)
    return site


def _merge(seen: _Captured, site: _Site) -> tuple[Posting, uuid.UUID | None, Match | None]:
    """Read the captured page and the site's answers as one posting, unless the page alone says more."""
    page, captured = seen.chosen.payload, seen.posting
    match = detect(page.url, page.html)
    found = site.readable
    if found is not None and captured.completeness in READABLE:
        # What the person had before them stays; only an API adds to it.
        found = replace(found, page=None)
    source = (found.page or found.api) if found is not None else None
    if found is None or source is None:
        return captured, None, match
    platform = found.match.platform if found.match is not None else None
    merged = parse(platform, found.payload(page), now=source.body_from)
    if _RANK.index(merged.completeness) < _RANK.index(captured.completeness):
        return captured, None, match
    return merged, (found.api or source).id, found.match or match


def _strikes(gone: Iterable[Look], lived_at: dt.datetime | None) -> list[Look]:
    """Return the looks that count as proofs, the oldest first."""
    counted: list[Look] = []
    for look in gone:
        if lived_at is not None and look.at <= lived_at:
            continue
        if not counted or look.at - counted[-1].at >= BETWEEN_STRIKES:
            counted.append(look)
    return counted


def _standing(
    seen: _Captured,
    site: _Site,
    posting: Posting,
    lived_at: dt.datetime | None,
    strikes: list[Look],
) -> tuple[bool | None, str | None]:
    if seen.closed_at is not None and (lived_at is None or seen.closed_at >= lived_at):
        return False, seen.closed_reason
    if len(strikes) >= STRIKES:
        return False, site.gone_reason
    if site.alive_at is not None and site.alive_at == lived_at:
        return True, None
    return (None if posting.is_open is False else posting.is_open), None
