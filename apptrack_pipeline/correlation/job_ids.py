"""Keys by which a posting is known beyond the spelling of its address; requisition numbers in one spelling.

A key is `uuid:<id>`, `<platform>:<id>`, or `<platform>:<tenant>:<id>` where ids are unique within an employer
only. Which platform, employer and posting an address names is what `postings.detection` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from apptrack_pipeline.postings.detection import named_by, web_address
from apptrack_pipeline.postings.platform import Platform, Reference, WebAddress

MAX_URL_CHARS: Final = 4_096
"""Longest address that is read; a longer one has no key."""

_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE
)
_FAIRLY_SURE: Final = 0.6
"""From here on a match is a key: the host is in it where the platform is no more than likely."""

_PAGES_OF_APPLYING: Final = frozenset(
    {"apply", "application", "confirmation", "thanks", "thank-you", "success"}
)
# Their paths hold the UUID of a board or a client; the posting's stands in the query.
_HOSTS_WITH_OTHER_UUIDS: Final = frozenset({"workforcenow.adp.com", "myjobs.adp.com"})
_DOMAINS_WITH_OTHER_UUIDS: Final = (".ultipro.com", ".ultipro.ca", ".rec.pro.ukg.net")


def posting_keys(url: str) -> tuple[str, ...]:
    """Return the keys of a posting's address, the surest one first; none where the address holds no id.

    The pages on which one applies (`/apply`, `/application`, `/confirmation`, `/thanks`) have the keys of
    their posting. Never raises.
    """
    return _keys(url) if len(url) <= MAX_URL_CHARS else ()


@lru_cache(maxsize=16_384)
def _keys(url: str) -> tuple[str, ...]:
    address = web_address(url)
    if address is None:
        return ()
    named = named_by(url)
    keys = [*(_of_platform(*named, address) if named is not None else ()), *_of_uuid(address)]
    return tuple(dict.fromkeys(keys))


def _of_platform(platform: Platform, reference: Reference, address: WebAddress) -> Iterator[str]:
    number = reference.posting_id
    if reference.confidence < _FAIRLY_SURE:
        return
    if _UUID.fullmatch(number):
        yield f"uuid:{number.lower()}"
        return
    if platform.name == "workday":
        # Places and titles hold "_" and digits too: a requisition has three digits at least.
        if requisition_key(number) is None:
            return
        # The second posting of one requisition, JR1986530-1, is one job with the first.
        number = _COPY.sub("", number)
    # A requisition's letters are written in both cases.
    number = number if platform.case_in_ids else number.lower()
    tenant = [] if platform.one_numbering else [(reference.organisation or address.host).lower()]
    yield ":".join([platform.name, *tenant, number])


def _of_uuid(address: WebAddress) -> Iterator[str]:
    """Return the one UUID that names the posting of a site that no platform knows."""
    if address.host in _HOSTS_WITH_OTHER_UUIDS or address.host.endswith(_DOMAINS_WITH_OTHER_UUIDS):
        return
    segments = list(address.segments)
    while segments and segments[-1].lower() in _PAGES_OF_APPLYING:
        segments.pop()
    found = _UUID.search(segments[-1]) if segments else None
    if found is not None:
        yield f"uuid:{found.group().lower()}"


_LABEL = re.compile(
    r"^[\s(\[#]*(?:(?:job|opening|position|requisition|req|vacancy|posting|reference|ref|kennziffer|stellen)"
    r"[\s.-]*(?:id|no|nr|number|nummer|code)\b\.?\s*[:#]*|(?:job|req|ref|reference|kennziffer|id|no|nr)\b\s*[.:#]+"
    r"|n°)\s*#?",
    re.IGNORECASE,
)
_EDGES: Final = " \t\r\n#()[]{}.,:;-_/"
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d(?:[-/]\d\d(?:\d\d)?)?"
)
_NUMBER = re.compile(r"[A-Za-z]{0,8}[ _.-]?[A-Za-z0-9][A-Za-z0-9_./-]*")
# The second posting of one requisition, as Workday writes it: JR1986530-1.
_COPY = re.compile(r"(?<=\d{5})-\d{1,2}$")
_MAX_CHARS: Final = 24
_MIN_CHARS: Final = 4
_MIN_DIGITS: Final = 3


def requisition_key(text: str) -> str | None:
    """Return the one spelling of a requisition number: letters and digits in capitals; None for no number.

    "R-0008694", "r 0008694" and "R0008694" are one: people and systems set the separators as they like,
    and no employer is known to tell two requisitions apart by them. At least four characters, three of them
    digits; a bare year or date is none. The "-1" of a further posting of one requisition is left out.
    """
    number = _LABEL.sub("", text[:80]).strip(_EDGES)
    if not number.isascii() or not _NUMBER.fullmatch(number) or _DATE.fullmatch(number):
        return None
    key = "".join(char for char in _COPY.sub("", number) if char.isalnum()).upper()
    if not _MIN_CHARS <= len(key) <= _MAX_CHARS or sum(map(str.isdigit, key)) < _MIN_DIGITS:
        return None
    return key
