"""Which platform, employer and posting an address names, and where that platform's API has it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.page_marks import PageMark, linked_addresses, mark_of_page
from apptrack_pipeline.postings.platform import Match, Platform, Reference, WebAddress
from apptrack_pipeline.postings.platforms import PLATFORMS
from apptrack_pipeline.postings.urls import canonical_url, plain_path, split_web_url

SURE: Final = 0.95
"""From here on what an address names is certain enough to be an identity: the host or a parameter says it."""

_MAX_PAGE_CHARS: Final = 2_000_000
"""How much of a page is searched for an embedded board; the widest sample has it within 300 kB."""

_PLAIN_URL = re.compile(r"https://(?!www\.)[a-z0-9.-]++(?:/[\w-][\w.-]*+)++", re.ASCII)
_FEWEST_LINKED: Final = 3

_BY_NAME: Final = {platform.name: platform for platform in PLATFORMS}
_BY_HOST: Final = {host: platform for platform in PLATFORMS for host in platform.hosts}
_BY_PARAMETER: Final = {name: platform for platform in PLATFORMS for name in platform.parameters}
_ANYWHERE: Final = tuple(platform for platform in PLATFORMS if platform.on_own_domains)
_SEARCHED: Final = tuple(platform for platform in PLATFORMS if platform.find_in_page is not None)


def platform_named(name: str) -> Platform | None:
    """Return the platform of that name."""
    return _BY_NAME.get(name)


def detect(url: str, html: str | None = None) -> Match | None:
    """Return the posting that an address names, with the help of its page where the address does not say.

    None for an address that is no web address, or that no platform knows. An address of a platform's board
    that names no posting gives a match without `posting_id`, and so does a page that embeds a board.
    """
    address = web_address(url)
    if address is None:
        return None
    platform, reference = _by_address(address)
    mark = None
    if html and (reference is None or reference.api_url is None):
        platform, reference, mark = _by_page(address, html[:_MAX_PAGE_CHARS], platform, reference)
    if mark is not None:
        general = canonical_url(url)
        return Match(mark.platform, mark.organisation, None, None, general, mark.confidence, mark.reason)
    if platform is None:
        return None
    if reference is None:
        general = canonical_url(url)
        return Match(platform.name, None, None, None, general, 0.3, f"the host is {platform.name}'s")
    return Match(
        platform.name,
        reference.organisation,
        reference.posting_id or None,
        reference.api_url,
        _canonical(reference) or canonical_url(url),
        reference.confidence,
        reference.reason or f"the form of {platform.name}'s addresses",
    )


def named_by(url: str) -> tuple[Platform, Reference] | None:
    """Return the platform and the posting that an address names by itself; None where it names no posting."""
    address = web_address(url)
    platform, reference = _by_address(address) if address is not None else (None, None)
    if platform is None or reference is None or not reference.posting_id:
        return None
    return platform, reference


def identity_url(url: str) -> str:
    """Return the one spelling that all addresses of one posting share, where the platform is certain; else
    the general one of `canonical_url`.

    It is the identity of a capture (`captures.url_hash`), and captures are never changed. So a form of
    addresses that is added to a platform holds for what is captured from then on: a posting that was stored
    under its older spelling, and is captured again under a newer one, becomes a second application.

    Applying it twice changes nothing. What to fetch is the address as it was sent, never this one. Raises
    `InvalidInputError` for what is no public web address.
    """
    named = named_by(url)
    if named is not None and named[1].confidence >= SURE:
        return _canonical(named[1]) or canonical_url(url)
    return canonical_url(url)


def _canonical(reference: Reference) -> str | None:
    """Return the platform's spelling in the general one; None where it has none, or one that cannot stand."""
    spelled = reference.canonical_url
    if spelled is None or _PLAIN_URL.fullmatch(spelled):
        return spelled
    try:
        return canonical_url(spelled)
    except InvalidInputError:
        return None


def _by_address(address: WebAddress) -> tuple[Platform | None, Reference | None]:
    """Ask the platform of the host, then those whose parameters the query has, then those of any host."""
    own = _platform_of_host(address.host)
    if own is not None:
        reference = own.read_address(address)
        if reference is not None:
            return own, reference
    for name in address.query:
        platform = _BY_PARAMETER.get(name)
        if platform is not None and platform is not own:
            reference = platform.read_address(address)
            if reference is not None:
                return platform, reference
    if own is None:
        for platform in _ANYWHERE:
            reference = platform.read_address(address)
            if reference is not None:
                return platform, reference
    return own, None


def _platform_of_host(host: str) -> Platform | None:
    domain = host
    while domain:
        platform = _BY_HOST.get(domain)
        if platform is not None:
            return platform
        domain = domain.partition(".")[2]
    return None


def _by_page(
    address: WebAddress, html: str, platform: Platform | None, reference: Reference | None
) -> tuple[Platform | None, Reference | None, PageMark | None]:
    """Ask the platform that the host or the query is certain of for what its page adds; else each that can
    be embedded, the one first whose marks the page bears."""
    if platform is not None and (reference is None or reference.confidence >= SURE):
        found = platform.find_in_page(address, html) if platform.find_in_page is not None else None
        return platform, found if found is not None and found.posting_id else reference, None
    mark = mark_of_page(html)
    marked = _BY_NAME.get(mark.platform) if mark is not None else None
    board: Reference | None = None
    for one in dict.fromkeys([*([marked] if marked is not None else []), *_SEARCHED]):
        found = one.find_in_page(address, html) if one.find_in_page is not None else None
        if found is not None and found.posting_id:
            return one, found, None
        if found is not None and one is marked:
            board = found
    if mark is not None and board is not None:
        mark = replace(mark, organisation=board.organisation or mark.organisation)
    if reference is None:
        return platform, None, mark or _linked_board(html)
    # A path that several platforms use is believed only as long as the page says nothing else.
    if mark is None or marked is platform or mark.confidence <= reference.confidence:
        return platform, reference, None
    return None, None, mark


def _linked_board(html: str) -> PageMark | None:
    """Return the board of which the page lists postings: at least three of one employer, and no other's.

    One link is none: it may be an advertisement, a partner's job, a word of the footer.
    """
    postings: dict[tuple[str, str | None], set[str]] = {}
    for link in linked_addresses(html):
        named = named_by(link)
        if named is not None and named[1].confidence >= SURE:
            of_employer = postings.setdefault((named[0].name, named[1].organisation), set())
            of_employer.add(named[1].posting_id)
    if len(postings) != 1:
        return None
    ((name, organisation), ids) = postings.popitem()
    if len(ids) < _FEWEST_LINKED or _BY_NAME[name].requests is None:
        return None
    return PageMark(name, organisation, 0.5, f"the page lists {len(ids)} postings of one {name} board")


@lru_cache(maxsize=4_096)
def web_address(url: str) -> WebAddress | None:
    """Return the parts of an address; None where it is none that can be captured."""
    try:
        parts, host, _port = split_web_url(url)
        pairs = parse_qsl(parts.query, max_num_fields=100) if parts.query else []
    except (InvalidInputError, ValueError):
        return None
    query: dict[str, str] = {}
    for name, value in pairs:
        query.setdefault(name.lower(), value)
    raw_path = parts.path or "/"
    if ";" in raw_path or "/." in raw_path or "%" in raw_path:
        raw_path = plain_path(raw_path) or "/"
    return WebAddress(
        url=url.strip(),
        host=host.removeprefix("www."),
        path=unquote(raw_path),
        raw_path=raw_path,
        segments=tuple(unquote(part) for part in raw_path.split("/") if part),
        query=query,
    )
