"""What a platform is: the one interface that each module in `platforms/` fills in.

A platform knows its addresses, what to ask its servers for, how their answers are read and how they say that
a posting is gone. It is pure: it names requests, and somebody else sends them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.model import Payload

if TYPE_CHECKING:
    from apptrack_pipeline.postings.fields import Fields


UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""The form of the ids that Ashby, Lever, Rippling, ADP and UKG give their postings."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address in its parts: `host` in lower case without `www.`, `path` decoded, `query` by lower-case
    name.

    `segments` are the parts of the path that are not empty. `raw_path` is the path as it was sent, for what
    is asked of a server under it. Of several values of one name in the query the first counts.
    """

    url: str
    host: str
    path: str
    raw_path: str
    segments: tuple[str, ...]
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """The posting that an address names.

    `canonical_url` is the one spelling that all its addresses share, where the platform has one; None leaves
    the general spelling of `urls.canonical_url`. `api_url` is None where there is no API, or where the
    address lacks a part of its address (the employer's short name). `confidence` is 0 to 1, `reason` a short
    sentence.
    """

    organisation: str | None
    posting_id: str
    canonical_url: str | None = None
    api_url: str | None = None
    confidence: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What `detect` found: the platform, and the posting on it. A page of a board alone has no
    `posting_id`."""

    platform: str
    organisation: str | None
    posting_id: str | None
    api_url: str | None
    canonical_url: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """One GET that a posting needs. `kind`: a documented or public API, or the page that people see."""

    url: str
    kind: Literal["api", "page"]
    accept: str = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to a request: the HTTP status, where redirects ended, and the decoded body."""

    request: Request
    status: int
    final_url: str
    text: str = ""
    content_type: str = ""


State = Literal["posting", "closed", "blocked", "busy", "nothing"]
"""`posting`: it can be read. `closed`: the server proves it is gone. `blocked`: only a person's browser gets
it (401, 403, a robot check). `busy`: later, perhaps (429, 5xx). `nothing`: this answer says neither; ask
further."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer means for its posting, with a short code of the reason."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform.

    `hosts`: domains whose addresses, and those of hosts below them, `read_address` is asked about first;
    `parameters`: names in a query by which its postings are known on any host (`gh_jid`).
    `read_address` returns None for an address of the platform that is not one posting's.
    `requests` lists what to ask for, in order; each next one is sent only if the answers before said
    `nothing` or brought no description. Empty: only a person's browser may show it (LinkedIn), or the
    address lacks a part. `find_in_page` looks in the HTML of a page for the posting that it embeds, for
    addresses that do not say. `read_answer` offers the fields of an API answer; `read_page` those that only
    this platform's markup or embedded state shows (JSON-LD, microdata, meta tags and plain elements are read
    for all alike). `judge` says what an answer means where the general rules of `verdicts.py` do not hold;
    None: they hold.
    `board_names`: words of a page title that name the platform, not the employer.
    `own_banners`: the page shows other postings too, with their banners (LinkedIn), so that `read_page` alone
    says whether this one is closed.
    `verified`: answers or pages that were recorded of it stood behind the module; else descriptions alone
    did.
    """

    name: str
    hosts: tuple[str, ...]
    read_address: Callable[[WebAddress], Reference | None]
    requests: Callable[[Match, str], Sequence[Request]] | None = None
    """Called with the match and the address as it was sent."""
    parameters: tuple[str, ...] = ()
    on_own_domains: bool = False
    """Whether `read_address` knows the platform's addresses on hosts of the employer's own, by their path."""
    find_in_page: Callable[[WebAddress, str], Reference | None] | None = None
    read_answer: Callable[[Payload, Fields], None] | None = None
    read_page: Callable[[LexborHTMLParser, Payload, Fields], None] | None = None
    judge: Callable[[Answer, Match], Verdict | None] | None = None
    board_names: tuple[str, ...] = ()
    one_numbering: bool = False
    """Whether an id names one posting over all employers, not within one employer's postings alone."""
    case_in_ids: bool = False
    """Whether ids that differ in upper and lower case name different postings."""
    own_banners: bool = False
    verified: bool = True
