"""Which of the names that a mail brings up is meant: sources that agree strengthen one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from apptrack_pipeline.ingestion.mail.company_names import (
    LEGAL_FORMS,
    folded,
    has_company_noun,
    is_generic,
    is_system,
    name_key,
    same_company,
)
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.senders import Sender, SenderKind
from apptrack_pipeline.ingestion.mail.signals import Found

_COMPANY_LIMIT: Final = 0.6
_TITLE_LIMIT: Final = 0.55


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that one source brings up."""

    found: Found
    weight: float
    source: str
    """Sources of one kind do not confirm one another: subject, text, display, signature, address, domain."""


def recipient_words(message: Message) -> frozenset[str]:
    """Return the words of the recipients' names, folded."""
    names = (folded(address.name) for address in message.recipients)
    return frozenset(word for name in names for word in name.split() if len(word) > 2)


def may_employ(candidate: Candidate, sender: Sender | None, recipients: frozenset[str]) -> bool:
    """Return whether the name can be an employer's: neither a department, nor a system, nor the reader."""
    value = candidate.found.value
    if not value.strip() or is_generic(value):
        return False
    if is_system(value) and not _is_named_employer(candidate, sender):
        return False
    return not (recipients and recipients.issuperset(folded(value).split()))


def _is_named_employer(candidate: Candidate, sender: Sender | None) -> bool:
    """Return whether a system's name stands for an employer: "applying to Workday", not "via Workday".

    Another system's relay, or the company's own domain, writes in its name too: "Gusto" by Ashby.
    """
    if (
        sender is not None
        and sender.kind is SenderKind.BOARD
        and sender.name.casefold() == candidate.found.value.casefold()
    ):
        return False
    if candidate.source in {"subject", "text", "known"}:
        return not candidate.found.rule.startswith(_SAYS_LITTLE)
    if sender is None or candidate.source != "display":
        return False
    other = sender.name.casefold() != candidate.found.value.casefold()
    return (other and sender.kind is SenderKind.ATS) or candidate.found.rule == "sender.decorated"


_SAYS_LITTLE: Final = (
    "does",
    "subject.",
    "signature.",
    "de.bei",
    "en.assessment",
    "en.choosing",
    "en.department",
    "en.from",
    "en.invited",
    "en.joining",
    "en.on_behalf",
    "en.part_of",
    "en.test",
    "en.with",
    "fr.au_sein",
)
"""Beginnings of rules that also bring up systems: "invited by HackerRank", "joining Zoom"."""


def chosen_company(candidates: list[Candidate]) -> Found | None:
    """Return the company that most speaks for, in its best spelling; None when too little does."""
    if not candidates:
        return None
    keyed = [(name_key(one.found.value), one) for one in candidates]
    scores: list[tuple[float, int]] = []
    for position, (key, one) in enumerate(keyed):
        agreeing = {
            other.source
            for other_key, other in keyed
            if other.source != one.source and same_company(key, other_key)
        }
        repeated = sum(
            1
            for other_key, other in keyed
            if other is not one and other_key == key and other.source == one.source
        )
        scores.append((one.weight + 0.12 * len(agreeing) + 0.03 * min(repeated, 3), position))
    best_score, best = max(scores, key=lambda pair: (pair[0], -pair[1]))
    if best_score < _COMPANY_LIMIT:
        return None
    key, chosen = keyed[best]
    slugs = {name_key(one.found.value).replace(" ", "") for one in candidates if one.source == "address"}
    # Of the writings of one name, that of the best place: sentences before the sender, long before short.
    rank = {"subject": 2, "text": 2, "known": 2, "display": 1, "signature": 1, "invitation": 1, "address": 0}
    for _, position in sorted(scores, key=lambda pair: -pair[0]):
        other_key, other = keyed[position]
        if other is chosen or not same_company(key, other_key):
            continue
        if rank.get(other.source, 0) > rank.get(chosen.source, 0) and other.weight >= 0.6:
            chosen, key = other, other_key
        elif (
            key.replace(" ", "") not in slugs
            and other_key.replace(" ", "") in slugs
            and other.weight >= 0.5
            and _is_told_by_address(key, other_key, chosen, other)
        ):
            # "Cloudflare Staffing" from cloudflare@: the address tells which of the two is the name.
            chosen, key = other, other_key
    return chosen.found


def _is_told_by_address(key: str, other_key: str, chosen: Candidate, other: Candidate) -> bool:
    """Return whether a name that the address spells is better than the chosen one.

    "Acme" of acme@ than "Acme Staffing" or "Acme Insurance Company", but not than "Acme College"; a longer
    one only where the mail writes it ("D. E. Shaw group"), since `flaconi-m` is a tenant and no name.
    """
    if len(other_key) > len(key):
        return other.found.rule.endswith(".spelled")
    if chosen.found.rule == "signature.line":
        return False  # "Sunrise Staffing" alone on a line is an agency
    if chosen.found.value.casefold().endswith(" company"):
        return True
    return is_generic(key.removeprefix(other_key)) and not has_company_noun(chosen.found.value)


def chosen_title(candidates: list[Candidate], known: list[Candidate], company: Found | None) -> Found | None:
    """Return the title that most speaks for; a tracked one counts unless it is part of a longer one."""
    cleaned: list[Candidate] = []
    for one in candidates:
        value = one.found.value
        if company is not None:
            value = without_company(value, company.value)
            if not value or name_key(value) == name_key(company.value):
                continue
            if value != one.found.value and value.casefold().rstrip(".").rpartition(" ")[2] in LEGAL_FORMS:
                continue  # "AI, Inc" is left of "Tempus AI, Inc."
        cleaned.append(
            one if value == one.found.value else replace(one, found=replace(one.found, value=value))
        )
    for one in known:
        # "Data Engineer" is not what "Senior Data Engineer" names.
        name = folded(one.found.value)
        wider = (
            other for other in cleaned if other.weight >= _TITLE_LIMIT and len(other.found.value) > len(name)
        )
        if not any(name in folded(other.found.value) for other in wider):
            cleaned.append(one)
    best: tuple[float, int, Candidate] | None = None
    for position, one in enumerate(cleaned):
        key = folded(one.found.value)
        agreeing = sum(1 for other in cleaned if other is not one and folded(other.found.value) == key)
        score = one.weight + 0.06 * min(agreeing, 3)
        if best is None or (score, -position) > (best[0], -best[1]):
            best = (score, position, one)
    if best is None or best[0] < _TITLE_LIMIT:
        return None
    return best[2].found


def without_company(title: str, company: str) -> str:
    """Return the title without the company before or behind it: "Acme Analyst", "Analyst - Acme"."""
    plain, name = folded(title), folded(company)
    if plain.startswith(name + " ") and len(title) > len(name) + 3:
        return title[len(name) :].lstrip(" -–—:|,")
    for joint in (" - ", " – ", " — ", " | ", ", ", " @ ", " ("):
        if plain.removesuffix(")").endswith(joint + name):
            return title[: plain.rindex(joint + name)].rstrip()
    return title
