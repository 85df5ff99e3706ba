"""Which platform, employer and posting an address names, and where that platform's API has it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.postings.platform import Match, Platform, Reference, WebAddress
from apptrack_pipeline.postings.platforms import PLATFORMS
from apptrack_pipeline.postings.urls import canonical_url

_MAX_PAGE_CHARS: Final = 2_000_000
"""How much of a page is searched for an embedded board; the widest sample has it within 300 kB."""

_BY_NAME: Final = {platform.name: platform for platform in PLATFORMS}
_BY_HOST: Final = {host: platform for platform in PLATFORMS for host in platform.hosts}
_BY_PARAMETER: Final = {name: platform for platform in PLATFORMS for name in platform.parameters}
_BY_PATH: Final = {path: platform for platform in PLATFORMS for path in platform.paths}
_ANYWHERE: Final = tuple(platform for platform in PLATFORMS if platform.on_own_domains)
_SEARCHED: Final = tuple(platform for platform in PLATFORMS if platform.find_in_page is not None)


def platform_named(name: str) -> Platform | None:
    """Return the platform of that name."""
    return _BY_NAME.get(name)


def detect(url: str, html: str | None = None) -> Match | None:
    """Return the posting that an address names, with the help of its page where the address does not say.

    None for an address that is no web address, or that no platform knows. An address of a platform's board
    that names no posting gives a match without `posting_id`.
    """
    address = web_address(url)
    if address is None:
        return None
    platform, reference = _by_address(address)
    if (reference is None or reference.api_url is None) and html:
        platform, reference = _by_page(address, html[:_MAX_PAGE_CHARS], platform, reference)
    if platform is None:
        return None
    general = canonical_url(url)
    if reference is None:
        return Match(platform.name, None, None, None, general, 0.3, f"the host is {platform.name}'s")
    return Match(
        platform.name,
        reference.organisation,
        reference.posting_id,
        reference.api_url,
        reference.canonical_url or general,
        reference.confidence,
        reference.reason or f"the form of {platform.name}'s addresses",
    )


def _by_address(address: WebAddress) -> tuple[Platform | None, Reference | None]:
    """Ask the platform of the host, then those whose parameters or path it has, then those of any host."""
    candidates: list[Platform] = []
    domain = address.host
    while domain:
        if domain in _BY_HOST:
            candidates.append(_BY_HOST[domain])
            break
        domain = domain.partition(".")[2]
    own = candidates[0] if candidates else None
    candidates += [_BY_PARAMETER[name] for name in address.query if name in _BY_PARAMETER]
    candidates += [_BY_PATH[part.lower()] for part in address.segments[:1] if part.lower() in _BY_PATH]
    for platform in [*dict.fromkeys([*candidates, *_ANYWHERE])]:
        reference = platform.read_address(address)
        if reference is not None:
            return platform, reference
    return own, None


def _by_page(
    address: WebAddress, html: str, platform: Platform | None, reference: Reference | None
) -> tuple[Platform | None, Reference | None]:
    """Ask the platform that is known for what its page adds, else each that can be embedded."""
    for one in [platform] if platform is not None else _SEARCHED:
        found = one.find_in_page(address, html) if one.find_in_page is not None else None
        if found is not None:
            return one, found
    return platform, reference


@lru_cache(maxsize=4_096)
def web_address(url: str) -> WebAddress | None:
    """Return the parts of an address; None where it is none that can be captured."""
    try:
        canonical_url(url)
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").lower()
        pairs = parse_qsl(parts.query, max_num_fields=100)
    except (InvalidInputError, ValueError):
        return None
    query: dict[str, str] = {}
    for name, value in pairs:
        query.setdefault(name.lower(), value)
    raw_path = parts.path or "/"
    path = unquote(raw_path)
    return WebAddress(
        url=url.strip(),
        host=host.removeprefix("www."),
        path=path,
        raw_path=raw_path,
        segments=tuple(unquote(part) for part in raw_path.split("/") if part),
        query=query,
    )
