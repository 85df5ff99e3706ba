"""How far a mail comes from where it says, by the word of the account's own server (RFC 8601).

Anyone can write an Authentication-Results header. The receiving server puts its own on top of those that came
with the mail and removes forged ones in its own name; so the topmost one in its name counts, and no other.
Signatures are not verified again: keys rotate, and a mailbox is read months later. What a mail passes on has
no trust of its own; ask about the outer mail.

authres was measured for the parsing (2026-11) and left out: 0.3 ms a header, and it refuses Microsoft's.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tld import get_fld

from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.signals import Trust

_MAX_HEADER_CHARS: Final = 16_000
_LEXEME = re.compile(r'"(?:[^"\\]|\\.){0,400}+"|[();]|[^"();]++|"')
_RESULT = re.compile(r"([\w.-]{1,40})\s*(?:/\s*\d+\s*)?=\s*([\w.-]{1,40})")
_PROPERTY = re.compile(r"\b([a-z]{1,20})\s*\.\s*([\w-]{1,40})\s*=\s*([^\s;]{1,400})", re.IGNORECASE)


@dataclass(frozen=True)
class _Verdict:
    """One method's result: `dkim`, `pass`, and what it is about (`header.d`: ...)."""

    method: str
    result: str
    properties: dict[str, str]


def sender_trust(message: Message, authserv_ids: Collection[str]) -> Trust:
    """Return how far the account's own server vouches for the address in From.

    `authserv_ids`: what that server calls itself. One that begins with a dot stands for all names that end so
    (`.yahoo.com`), the empty string for the headers without a name that Microsoft's servers write.

    DMARC passed, or DKIM of the sender's organisation: ALIGNED. DMARC failed, or SPF without a valid
    signature of anyone: FAILED. Anything else, also no header: OTHER.
    """
    own = {name.lower() for name in authserv_ids}
    endings = tuple(name for name in own if name.startswith("."))
    for header in message.authentication_results:
        name, verdicts = _read(header)
        if name in own or (endings and name.endswith(endings)):
            return _trust(message.sender.domain, verdicts)
    return Trust.OTHER


def _trust(sender: str, verdicts: list[_Verdict]) -> Trust:
    by_method: dict[str, list[_Verdict]] = {}
    for verdict in verdicts:
        by_method.setdefault(verdict.method, []).append(verdict)
    dmarc = by_method.get("dmarc", [])
    if any(verdict.result == "fail" for verdict in dmarc):
        return Trust.FAILED
    # header.from is the address that was looked at: of two authors it may be the one that is not shown.
    if any(
        verdict.result == "pass" and _same_organisation(verdict.properties.get("header.from", sender), sender)
        for verdict in dmarc
    ):
        return Trust.ALIGNED
    signed = [verdict for verdict in by_method.get("dkim", []) if verdict.result == "pass"]
    if any(_same_organisation(_signer(verdict), sender) for verdict in signed):
        return Trust.ALIGNED
    spf = {verdict.result for verdict in by_method.get("spf", [])}
    unsigned = {verdict.result for verdict in by_method.get("dkim", [])}
    if not signed and (spf & {"fail", "hardfail"} or ("softfail" in spf and "fail" in unsigned)):
        return Trust.FAILED
    return Trust.OTHER


def _signer(verdict: _Verdict) -> str:
    return verdict.properties.get("header.d") or verdict.properties.get("header.i", "").rpartition("@")[2]


def _read(header: str) -> tuple[str, list[_Verdict]]:
    """Return the server's name, in lower case, and what it found. Comments count for nothing."""
    pieces = _statements(header[:_MAX_HEADER_CHARS])
    name = pieces[0].split()[0].lower() if pieces[0].split() else ""
    if "=" in pieces[0]:
        name = ""
    else:
        pieces = pieces[1:]
    verdicts: list[_Verdict] = []
    for piece in pieces:
        found = _RESULT.match(piece.strip())
        if found is not None:
            properties = {
                f"{kind}.{key}".lower(): value.strip(".").lower()
                for kind, key, value in reversed(_PROPERTY.findall(piece))
            }
            verdicts.append(_Verdict(found[1].lower(), found[2].lower(), properties))
    return name, verdicts


def _statements(header: str) -> list[str]:
    """Return what stands between semicolons, without comments; of what is quoted only single words."""
    pieces: list[list[str]] = [[]]
    depth = 0
    for lexeme in _LEXEME.findall(header):
        if lexeme == "(":
            depth += 1
        elif lexeme == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif lexeme == ";":
            pieces.append([])
        elif lexeme.startswith('"'):
            word = lexeme[1:-1]
            pieces[-1].append(word if re.fullmatch(r"[\w.@+-]+", word) else " ")
        else:
            pieces[-1].append(lexeme)
    return ["".join(piece) for piece in pieces]


def _same_organisation(one: str, other: str) -> bool:
    return bool(one and other) and organisational_domain(one) == organisational_domain(other)


@lru_cache(maxsize=4096)
def organisational_domain(domain: str) -> str:
    """Return the registered domain above a host name (RFC 7489, section 3.2), by the public suffix list.

    `us.greenhouse-mail.io` is `greenhouse-mail.io`. Below a suffix that the list does not have it is the last
    two labels. Nothing is asked of the network: the list is the one that comes with `tld`.
    """
    host = domain.rpartition("@")[2].strip(".").lower()
    if not re.fullmatch(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}", host):
        return host
    found = get_fld(host, fix_protocol=True, fail_silently=True)
    return str(found) if found else ".".join(host.split(".")[-2:])
