"""Company names as they are read, from mail, addresses, hosts, postings and spreadsheets; the key of a title.

A name is read in two steps, repeated until nothing changes, so that the key of a key is that key: what only
punctuation shows (addresses, "X via Y", "Anna from X", brackets, bars), and then the words at its ends
("Talent Team", "GmbH & Co. KG"). Nothing is ever taken away to the last word.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Final

from tld import get_tld
from tld.result import Result


def _without_accents(text: str) -> str:
    # Twice, since each step may bring up what the other takes away: the sign of a trade mark is "TM" after
    # the first, and has a case then.
    folded = text
    for _ in range(2):
        folded = unicodedata.normalize("NFKD", folded).casefold()
    folded = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in folded if not unicodedata.combining(char))


_TABLE: Final = tomllib.loads(
    resources.files("apptrack_pipeline.correlation").joinpath("company_words.toml").read_text("utf-8")
)


def _set(*lists: str) -> frozenset[str]:
    return frozenset(word for name in lists for word in _TABLE[name].split())


def _phrases(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the phrases of a list by their last word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in _TABLE[name].strip().split("\n"):
        words = tuple(line.split())
        found.setdefault(words[-1], []).append(words)
    return {last: tuple(sorted(phrases, key=len, reverse=True)) for last, phrases in found.items()}


def _openings(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the phrases of a list by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in _TABLE[name].strip().split("\n"):
        words = tuple(line.split())
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in found.items()}


_LEGAL_FORMS: Final = _set("legal_forms")
_LEGAL_PHRASES: Final = _phrases("legal_phrases")
_LEGAL_AFFIXES: Final[tuple[str, ...]] = tuple(_without_accents(affix) for affix in _set("legal_affixes"))
_REGIONS: Final[dict[str, str]] = {
    word: line.split()[0] for line in _TABLE["regions"].strip().split("\n") for word in line.split()
}
_REGION_PHRASES: Final[dict[tuple[str, ...], str]] = {
    tuple(phrase.split()): _REGIONS[region.strip()]
    for phrase, _, region in (line.partition("=") for line in _TABLE["region_phrases"].strip().split("\n"))
}
_REGION_HOLDERS: Final = _set("region_holders")
_DESCRIPTORS: Final = _set("descriptors")
_LEADING_DESCRIPTORS: Final = _set("leading_descriptors")
LINES_OF_BUSINESS: Final = _set("lines_of_business")
"""Words that tell two companies apart that share the rest of the name."""
COMMON_SURNAMES: Final = _set("common_surnames")
GIVEN_NAMES: Final = _set("given_names")
_JOINERS: Final = frozenset(["and", "und", "et", "y", "e", "och", "og"])
# Between a decoration and the name: "HR-Team der Otto Group".
_BETWEEN: Final = frozenset(
    ["at", "of", "von", "der", "des", "bei", "de", "d", "du", "chez", "da", "do", "del", "di"]
)
PARTICLES: Final = frozenset(
    ["of", "for", "the", "de", "des", "du", "di", "da", "do", "del", "la", "in", "der"]
)
"""Small words that join the others."""
_COMMON: Final = (
    _set("common_words", "places")
    | _DESCRIPTORS
    | LINES_OF_BUSINESS
    | _JOINERS
    | PARTICLES
    | frozenset(_REGIONS)
    | _LEGAL_FORMS
)
_SENDER_WORDS: Final = _set("sender_words")
_SENDER_FILLERS: Final = _set("sender_fillers")
_TRAILING: Final = _phrases("trailing_decorations")
_LEADING: Final = _openings("leading_decorations")
_LEADING_OFFICES: Final = _set("leading_offices")
_LEADING_FILLERS: Final = _set("leading_fillers")
_OFFICE_WORDS: Final = _set("office_words")
_OFFICE_KINDS: Final = _set("office_kinds")
_EMPLOYERS_OWN: Final = _set("employers_own")
_SYSTEMS: Final = _set("systems")
_NAMED_BESIDE: Final = _set("named_beside")
_TENANT_HOSTS: Final = _set("tenant_hosts")
_TENANT_PATHS: Final = _set("tenant_paths")
_TENANT_MAILBOXES: Final = _set("tenant_mailboxes")
_NO_TENANT: Final = _set("no_tenant")
_MAIL_PROVIDERS: Final = _set("mail_providers")
_SLUG_PREFIXES: Final = tuple(sorted(_set("slug_prefixes"), key=len, reverse=True))
_SLUG_TAILS: Final = tuple(sorted(_set("slug_tails"), key=len, reverse=True))

MAX_CHARS: Final = 200
"""What is longer is a sentence; its opening is read."""
# Letters that no normal form takes apart, as their speakers write them without the mark.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
    # An apostrophe has many forms; a normal form makes a space of the accent that is typed for it.
    | dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4`", "'")
)
# As they are written where a keyboard or a domain has no umlaut.
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_POSSESSIVE = re.compile(r"(?<=\w)'s\b(?!\s*$)")
_NOT_WORD = re.compile(r"[\W_]+")
_AND = re.compile(r"(?<=[\w.)])\s*&\s*(?=[\w(])|(?<=\w)\s*\+\s*(?=\w)")
_SLASHED = re.compile(r"\b(a|i|k|n|s)/(s|l|v|a)\b")
_SPACED_DOTS = re.compile(r"\b(?:\w\.\s?){2,}(?=\W|$)|\b(?:\w\.)+\w\b|\bs\.?\s?a\s?\.?\s?r\.?\s?l\b\.?")
# The state of registration, as the SEC writes it behind a legal form: "ENTERGY CORP /DE/".
_STATE = re.compile(r"(\b(?:inc|corp|co|ltd|plc)\b\.?)\s*/[a-z]{2,3}/?$")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_FORMERLY = re.compile(
    r"^(?:formerly|formally|previously|fka|f/k/a|ex|ehemals|fruher|vormals|anciennement|ex-|antes|now|aka|a/k/a|dba)"
    r"[:\s]+(?:known as\s+|called\s+)?(.+)$"
)
_ON_BEHALF = re.compile(
    r".*?\b(?:on behalf of|im auftrag (?:von|der|des)|im namen (?:von|der|des)|pour le compte de"
    r"|de la part de|en nombre de|por cuenta de|per conto di|namens|pa vegne av)\s+(.+)$"
)
_VIA = re.compile(r"^(.*?\w.*?)\s+(?:via|through|powered by|sent by)\s+\S.*$")
_VIA_SYSTEM = re.compile(r"^(.*?\w.*?)\s+(?:by|uber|por|par|tramite|attraverso|mit)\s+(\S.*)$")
_FROM = re.compile(r"^((?:[^\W\d_][\w.-]*,?\s+){1,3}?)(?:from|at|chez|de chez|bei|hos|fra|bij)\s+(\S.*)$")
_OF = re.compile(
    r"^((?:[^\W\d_][\w.-]*\s+){1,3}?)(?:with|de la|de|d|von der|von|del|di|da|do|van|of)\s+(\S.*)$"
)
_ARTICLE = re.compile(r"^(?:der|die|das|den|dem)\s+(?=\S)")
_BAR = re.compile(r"\s*[|·•»/]\s+|\s+[-–—~]+\s+|\s*[|·•»]\s*|:\s+|\s+//\s+")
_ADDRESS = re.compile(r"^(?:mailto:)?([\w.+%=#-]+)@([\w-]+(?:\.[\w-]+)*)\.?$")
_SHOWN_ADDRESS = re.compile(r"^(.*?)\s*<\s*(\S+@[^\s<>]+)\s*>$")
_HOST = re.compile(r"^(?:https?://)?((?:[\w-]+\.)+[^\W\d_]{2,}|(?:[\w-]+\.)+xn--[\w-]+)\.?(?::\d+)?(/\S*)?$")
_HOST_WORD = re.compile(r"^(?:[\w-]+\.)+[^\W\d_]{2,}$")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_WRITTEN_OUT: Final = {"co": "company", "corp": "corporation", "inc": "incorporated", "ltd": "limited"}
# Of the legal forms, those whose letter initials count: TSMC, SAIC.
_SPOKEN_FORMS: Final = frozenset(["company", "corporation"])
# Endings that tell nothing of the name; others are part of it now and then: "C3 AI" is c3.ai.
_PLAIN_ENDINGS: Final = frozenset(
    ["com", "org", "net", "biz", "info", "jobs", "careers", "inc", "ltd", "gmbh", "eu"]
)
_SHORTEST_STRIPPED: Final = 3
# Shorter names have too many neighbours: Notion and Motion, Zalando and Zolando.
_SHORTEST_MISSPELT: Final = 9


@dataclass(frozen=True, slots=True)
class CompanyName:
    """One name, read."""

    shown: str
    key: str | None
    words: tuple[str, ...] = ()
    """Of the key."""
    legal: tuple[str, ...] = ()
    """The legal form, as it was taken away."""
    squash: str = ""
    """The words of the key run together, without what joins them: `johnsonjohnson`."""
    spellings: frozenset[str] = frozenset()
    """`squash`, and how else the whole name may be run together."""
    loose: frozenset[str] = frozenset()
    """The name run together without what its owner may have added: `scale` of `scaleai`."""
    core: tuple[str, ...] = ()
    """The words without regions and descriptors at the ends, as long as what stays names somebody."""
    regions: frozenset[str] = frozenset()
    descriptors: frozenset[str] = frozenset()
    distinctive: frozenset[str] = frozenset()
    """Words that stand for this company and few others."""
    initials: frozenset[str] = frozenset()
    """What it may be shortened to."""
    acronym: str | None = None
    """The name, where it looks like initials itself: `ibm`, `p&g`."""
    skeleton: str | None = None
    """Of a long name, what the usual typos leave: its first letter and its consonants, each once."""
    is_slug: bool = False
    """It was a host, an address or a short name in a tracking system."""
    names_nobody: bool = False
    """"Recruiting Team", "no-reply"."""
    is_system: bool = False
    """The bare name of a tracking system, a board, a scheduler."""


@dataclass(slots=True)
class _Reading:
    """What is learnt of a name beside its words."""

    is_slug: bool = False
    is_employer: bool = False
    """Written as only the employer writes: "Workday, Inc.", "Workday Talent Team"."""
    names_nobody: bool = False
    was_decorated: bool = False
    had_the: bool = False
    is_possessive: bool = False
    also: list[str] = field(default_factory=list)
    """Other names that it gives itself, and other spellings, run together."""
    legal: tuple[str, ...] = ()


def company_key(name: str | None) -> str | None:
    """Return a company's name without case, accents, punctuation, decorations and trailing legal forms."""
    return read_company(name).key


@lru_cache(maxsize=2**17)
def read_company(name: str | None) -> CompanyName:
    """Read one name, in whatever form it stands; an absent one has no key."""
    shown = " ".join((name or "").split())[:MAX_CHARS]
    reading = _Reading()
    key = _joined(_read(_folded(shown), reading))
    # The second and later rounds read what a key of this name would be read as.
    for _ in range(8):
        before, key = key, _joined(_read(key, _Reading()))
        if key == before:
            break
    return _described(shown, key, tuple(key.split()), reading) if key else CompanyName(shown, None)


def _joined(words: Iterable[str]) -> str:
    return " ".join(" ".join(words)[:MAX_CHARS].split())


def _folded(text: str) -> str:
    # Cut again: one sign may fold into eighteen.
    return _without_accents(text.translate(_LETTERS)).translate(_LETTERS)[:MAX_CHARS]


def _read(text: str, reading: _Reading) -> list[str]:
    """Return the words of the employer in a folded text."""
    shown = _SHOWN_ADDRESS.match(text)
    if shown:
        words = _read(shown[1], reading)
        if words and not _is_nobody(words) and not _is_system(words):
            return words
        reading.names_nobody = False
        text = shown[2]
    text = text.strip(" \t\"'“”„«»‹›*_,;:|·•<>-–—")
    text = _STATE.sub(r"\1", text)
    behalf = _ON_BEHALF.match(text)
    if behalf:
        text = behalf[1]
    address = _ADDRESS.match(text)
    if address:
        text = _of_address(address[1], address[2], reading)
    else:
        host = _HOST.match(text)
        if host:
            text = _of_host(host[1], host[2] or "", reading) or text
    text = _unbracketed(text, reading)
    text = _of_relay(text, reading)
    text = _of_parts(text, reading)
    text = _of_person(text, reading)
    if _POSSESSIVE.search(text):
        reading.is_possessive = True
    words = _tokens(text)
    return _stripped(words, reading)


def _of_address(local: str, host: str, reading: _Reading) -> str:
    """Return the employer's part of an address: the tenant, else the domain's label."""
    reading.is_slug = True
    if any(host == box or host.endswith("." + box) for box in _TENANT_MAILBOXES):
        tenant = next((part for part in re.split(r"[+.]", local) if part not in _NO_TENANT), None)
        if tenant:
            return tenant
    if "." not in host:
        return host
    label = _label(host)
    if label and label[0] in _MAIL_PROVIDERS:
        reading.names_nobody = True
        return local
    return _of_host(host, "", reading) or host


def _of_host(host: str, path: str, reading: _Reading) -> str | None:
    """Return the employer's part of a host, or None where it is none."""
    found = _label(host)
    if not found:
        return None
    label, below, ending = found
    reading.is_slug = True
    if host in _TENANT_PATHS:
        tenant = path.strip("/").split("/")[0].split("?")[0]
        if tenant:
            return tenant
    if f"{label}.{ending}" in _TENANT_HOSTS:
        tenants = [part for part in below.split(".") if part and part not in _NO_TENANT]
        tenants = [part for part in tenants if not re.fullmatch(r"wd\d+", part)]
        if tenants:
            return tenants[-1]
    if "careers" in below.split("."):
        reading.is_employer = True
    if len(label) <= 2 and ending not in _PLAIN_ENDINGS and "." not in ending and len(ending) <= 3:
        return f"{label} {ending}" if ending in {"ai", "io"} else label
    if ending not in _PLAIN_ENDINGS:
        reading.also.append(label + ending.replace(".", ""))
    return label


@lru_cache(maxsize=2**14)
def _label(host: str) -> tuple[str, str, str] | None:
    """Return the registered label of a host, what stands before it, and its public suffix."""
    found = get_tld(host, fix_protocol=True, fail_silently=True, as_object=True)
    if not isinstance(found, Result) or not found.domain:
        return None
    return found.domain, found.subdomain, found.tld


def _unbracketed(text: str, reading: _Reading) -> str:
    """Take out what stands in brackets; "formerly X" and initials are names too."""
    if not _BRACKETS.search(text):
        return text
    outside = _BRACKETS.sub(" ", text)
    if not _NOT_WORD.sub("", outside):
        return _BRACKETS.sub(r"\1", text)
    for inside in _BRACKETS.findall(text):
        former = _FORMERLY.match(inside.strip())
        if former:
            reading.also.append(squashed(_stripped(_tokens(former[1]), _Reading())))
        elif re.fullmatch(r"[a-z]{3,6}", inside) and inside in _initials(_tokens(outside), ()):
            reading.also.append(inside)
    inside = next(map(str, _BRACKETS.findall(text)))
    names_sender = _is_nobody_text(outside) or _person(outside) or outside.strip() in GIVEN_NAMES
    if names_sender and not _is_nobody_text(inside) and not is_common(_tokens(inside)):
        # "Anna Schmidt (Acme)", "[Acme] Recruiting"
        return inside
    return " ".join(outside.split())


def _of_relay(text: str, reading: _Reading) -> str:
    """Return the employer of "X via Y", "Workday @ X", "X @ icims"."""
    relayed = _VIA.match(text)
    if relayed and not _is_nobody_text(relayed[1]):
        text = relayed[1]
    by_system = _VIA_SYSTEM.match(text)
    if by_system and _is_system(_stripped(_tokens(by_system[2]), _Reading())):
        text = by_system[1]
    if "@" in text and not _ADDRESS.match(text):
        left, _, right = (part.strip() for part in text.partition("@"))
        if left in GIVEN_NAMES and right:
            # "Emma @ Personio" works there.
            reading.is_employer = True
            text = right
        elif _is_system(_tokens(right)) or not right:
            text = left
        elif right:
            reading.is_employer |= bool(_EMPLOYERS_OWN & set(_tokens(left)))
            text = right
    return text


def _of_parts(text: str, reading: _Reading) -> str:
    """Return the employer of "Snowflake | Careers", "Workday - Acme", "Anna Schmidt, Acme"."""
    parts = [part for part in _BAR.split(text) if part and _NOT_WORD.sub("", part)]
    if len(parts) > 1:
        naming = [part for part in parts if not _is_nobody_text(part)]
        kept = [part for part in naming if not _is_system(_tokens(part))] or naming
        if len(kept) > 1 and _person(kept[0]):
            kept = kept[1:]
        if kept:
            for part in parts:
                reading.is_employer |= part not in kept and bool(_EMPLOYERS_OWN & set(_tokens(part)))
            text = " ".join(kept)
    left, comma, right = text.partition(", ")
    if comma and _person(left) and not _person(right) and not _is_legal(_tokens(right)):
        text = right
    return text


def _of_person(text: str, reading: _Reading) -> str:
    """Return the employer of "Anna from X", "Careers at X", "Sofia Martins de X"."""
    if " " not in text:
        return text
    from_there = _FROM.match(text)
    if from_there and not is_common(_tokens(from_there[2])):
        left = set(_tokens(from_there[1]))
        reading.is_employer |= bool(left & (_EMPLOYERS_OWN | GIVEN_NAMES))
        employer = _ARTICLE.sub("", from_there[2])
        if employer != from_there[2] and employer.split()[0].endswith("en"):
            # "bei der Deutschen Telekom" is at "Deutsche Telekom".
            first, _, others = employer.partition(" ")
            nominative = f"{first.removesuffix('n')} {others}"
            reading.also.append(squashed(_stripped(_tokens(nominative), _Reading())))
        return employer
    of_there = _OF.match(text)
    if of_there and text.split()[0] in GIVEN_NAMES and not is_common(_tokens(of_there[2])):
        reading.is_employer = True
        return of_there[2]
    return text


def _person(text: str) -> bool:
    words = text.split()
    return (
        2 <= len(words) <= 3
        and words[0] in GIVEN_NAMES
        and all(word.isalpha() and word not in _COMMON for word in words[1:])
    )


def _tokens(text: str) -> list[str]:
    """Return the words of a folded text, with dotted forms and joiners made one."""
    text = _AND.sub(" and ", text)
    text = _SLASHED.sub(r"\1\2", text)
    text = _SPACED_DOTS.sub(lambda found: re.sub(r"[.\s]", "", found.group()) + " ", text)
    text = text.replace("'", "")
    words: list[str] = []
    for token in text.split():
        bare = token.strip('.,;:!?"')
        if "." in bare and _HOST_WORD.match(bare):
            found = _label(bare)
            if found and not (len(found[0]) <= 2 and found[2] not in _PLAIN_ENDINGS):
                words += _NOT_WORD.sub(" ", found[0]).split()
                continue
        words += _NOT_WORD.sub(" ", token).split()
    last = len(words) - 1
    return [
        "and" if word in _JOINERS and 0 < n < last and _joins(words, n) else word
        for n, word in enumerate(words)
    ]


def _joins(words: Sequence[str], n: int) -> bool:
    """Return whether the word joins two others; "E Trade" and "Vitamin E Labs" hold a letter."""
    return words[n] not in {"e", "y"} or (len(words[n - 1]) > 3 and len(words[n + 1]) > 3)


def _stripped(words: list[str], reading: _Reading) -> list[str]:
    """Return the words without what decorates them and without the legal form."""
    words = [_without_affix(word) for word in words]
    legal: list[str] = []
    before: list[str] = []
    while words != before and not _is_system(words):
        before = words
        if words[:1] == ["the"]:
            reading.had_the = True
            words = _without_the(words)
        words = _without_leading(words, reading)
        words = _without_trailing(words, reading)
        words = _without_legal(words, legal)
        if len(words) > 1 and words[0] in _NAMED_BESIDE and not _is_nobody(words[1:]):
            words = words[1:]
        if len(words) > 1 and words[-1] in _NAMED_BESIDE and not _is_nobody(words[:-1]):
            words = words[:-1]
    if legal:
        reading.legal = tuple(_WRITTEN_OUT.get(word, word) for word in reversed(legal))
        reading.is_employer = True
    return words


def _without_affix(word: str) -> str:
    for affix in _LEGAL_AFFIXES:
        bare = word.removeprefix(affix).removesuffix(affix)
        if bare and bare != word:
            return bare
    return word


def _without_the(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] == "the" and words[1] not in PARTICLES else words


def _without_leading(words: list[str], reading: _Reading) -> list[str]:
    for phrase in _LEADING.get(words[0] if words else "", ()):
        rest = words[len(phrase) :]
        while len(phrase) > 1 and len(rest) > 1 and rest[0] in _BETWEEN:
            rest = rest[1:]
        if tuple(words[: len(phrase)]) == phrase and _may_be_left(rest, of=phrase):
            reading.is_employer |= not _EMPLOYERS_OWN.isdisjoint(phrase)
            reading.was_decorated = True
            return rest
    run = 0
    while run < len(words) and words[run] in _LEADING_OFFICES | _LEADING_FILLERS:
        run += 1
    if not _LEADING_OFFICES.isdisjoint(words[:run]) and _may_be_left(words[run:], of=words[:run]):
        reading.was_decorated = True
        return words[run:]
    return words


def _may_be_left(rest: Sequence[str], *, of: Sequence[str]) -> bool:
    """Return whether the rest can be a name: "Jobs for the Future", "Team Health" are whole."""
    return (
        bool(rest)
        and not _is_padding(rest)
        and rest[0] not in PARTICLES | _JOINERS
        and (len(of) > 1 or not is_common(rest))
    )


def _without_trailing(words: list[str], reading: _Reading) -> list[str]:
    end = len(words)
    # "Acme Hiring Team Notifications": behind a decoration stands the office.
    for office in range(4):
        stop = end - office
        if stop < 2 or (office and words[stop] not in _OFFICE_WORDS):
            break
        for phrase in _TRAILING.get(words[stop - 1], ()):
            first = stop - len(phrase)
            while first > 1 and words[first - 1] in _OFFICE_KINDS:
                first -= 1
            if first < 1 or tuple(words[stop - len(phrase) : stop]) != phrase:
                continue
            rest = words[:first]
            while len(rest) > 1 and (rest[-1] in PARTICLES or rest[-1] == "and"):
                rest = rest[:-1]
            if _is_padding(rest) or rest[-1] in PARTICLES:
                continue
            reading.is_employer |= bool(_EMPLOYERS_OWN & set(phrase))
            reading.was_decorated = True
            return rest
    return words


def _without_legal(words: list[str], legal: list[str]) -> list[str]:
    while len(words) > 1:
        taken = 0
        for phrase in _LEGAL_PHRASES.get(words[-1], ()):
            if len(words) > len(phrase) and tuple(words[-len(phrase) :]) == phrase:
                taken = len(phrase)
                break
        if not taken and words[-1] in _LEGAL_FORMS:
            taken = 1
        if not taken and words[-1] == "and" and legal:
            taken = 1
        if not taken:
            break
        legal += reversed(words[-taken:])
        words = words[:-taken]
    return words


def _is_legal(words: Sequence[str]) -> bool:
    return bool(words) and not _without_legal(["x", *words], [])[1:]


def _is_nobody(words: Sequence[str]) -> bool:
    """Return whether the words are only a sender's: "Recruiting Team", "HR Systems", "no reply"."""
    return (
        not words
        or " ".join(words) in _WHOLE_DECORATIONS
        or (not _SENDER_WORDS.isdisjoint(words) and _is_padding(words))
    )


def _is_padding(words: Sequence[str]) -> bool:
    """Return whether all words may stand in a sender that names nobody: too little to be a name."""
    return (_SENDER_WORDS | _SENDER_FILLERS).issuperset(words)


_WHOLE_DECORATIONS: Final = frozenset(
    " ".join(phrase) for phrases in _TRAILING.values() for phrase in phrases
) | frozenset(["no reply", "do not reply", "n a", "reply to"])


def _is_nobody_text(text: str) -> bool:
    return _is_nobody(_tokens(text))


def _is_system(words: Sequence[str]) -> bool:
    return squashed(words) in _SYSTEMS


def is_common(words: Iterable[str]) -> bool:
    """Return whether every word is one that many companies have: "first", "software", "capital"."""
    return all(word in _COMMON for word in words)


def squashed(words: Iterable[str]) -> str:
    """Return the words run together, without "and"."""
    return "".join(word for word in words if word != "and")


def _described(shown: str, key: str, words: tuple[str, ...], reading: _Reading) -> CompanyName:
    squash = squashed(words) or key
    is_slug = reading.is_slug or (" " not in shown and shown == shown.lower())
    core, regions, descriptors = _core(words)
    spellings = {squash, *reading.also}
    loose: set[str] = {squashed(core)}
    composed = unicodedata.normalize("NFC", shown).casefold()
    if (written_out := composed.translate(_UMLAUTS)) != composed:
        other_words = tuple(_read(_folded(written_out), _Reading()))
        spellings.add(squashed(other_words))
        loose.add(squashed(_core(other_words)[0]))
    if reading.is_possessive and reading.was_decorated and len(words) == 1 and len(squash) > 3:
        # "Plaid's Recruiting Team" is Plaid's; "McDonald's Recruiting Team" is its own.
        spellings.add(squash.removesuffix("s"))
    if is_slug:
        for prefix in _SLUG_PREFIXES:
            bare = squash.removeprefix(prefix)
            if bare != squash and len(bare) >= _SHORTEST_STRIPPED and bare not in _COMMON:
                spellings.add(bare)
        loose |= set(_without_tails(spellings))
    elif len(words) == 1:
        camel = [part.casefold() for part in _CAMEL.findall(shown)]
        if "".join(camel) == squash:
            loose.add(squashed(_core(tuple(camel))[0]))
    return CompanyName(
        shown=shown,
        key=key,
        words=words,
        legal=reading.legal,
        squash=squash,
        spellings=frozenset(filter(None, spellings)),
        loose=frozenset(filter(None, loose)),
        core=core,
        regions=regions,
        descriptors=descriptors,
        distinctive=frozenset(filter(_is_distinctive, words)),
        initials=_initials(words, reading.legal, had_the=reading.had_the),
        acronym=_acronym(words, shown, is_slug),
        skeleton=_skeleton(squash),
        is_slug=is_slug,
        names_nobody=reading.names_nobody or _is_nobody(words),
        is_system=squash in _SYSTEMS and not reading.is_employer,
    )


def _without_tails(slugs: Iterable[str]) -> Iterator[str]:
    """Yield `dbtlabs` and `dbt` of `dbtlabsinc`."""
    for slug in slugs:
        bare = slug
        for _ in range(2):
            for tail in _SLUG_TAILS:
                # "co" and "us" end many words, "hq" none.
                shortest = _SHORTEST_STRIPPED + (len(tail) < 3 and tail != "hq")
                if bare.endswith(tail) and len(bare) - len(tail) >= shortest:
                    bare = bare[: -len(tail)]
                    if bare not in _COMMON:
                        yield bare
                    break


def _is_distinctive(word: str) -> bool:
    return len(word) > 1 and word not in _COMMON


def _names_somebody(words: Sequence[str]) -> bool:
    """Return whether the words are a name without what described them: "Acme", "Summit Dental"."""
    telling = [word for word in words if word not in _DESCRIPTORS | PARTICLES and word != "and"]
    return any(map(_is_distinctive, words)) or len(telling) > 1


def _core(words: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """Return the words without regions and descriptors at the ends, the regions, the descriptors."""
    regions: set[str] = set()
    descriptors: set[str] = set()
    core = words
    while len(core) > 1:
        taken, region = _region_at_end(core)
        if region:
            rest = core[:-taken]
            if rest[-1] in _REGION_HOLDERS or (len(rest) == 1 and rest[0] in _COMMON):
                break
            regions.add(region)
        elif core[-1] in _DESCRIPTORS and _names_somebody(core[:-1]):
            rest = core[:-1]
            descriptors.add(core[-1])
        else:
            break
        core = rest[:-1] if len(rest) > 1 and rest[-1] == "and" else rest
    while len(core) > 1 and core[0] in _LEADING_DESCRIPTORS and any(map(_is_distinctive, core[1:])):
        descriptors.add(core[0])
        core = core[1:]
    return core, frozenset(regions), frozenset(descriptors)


def _region_at_end(words: tuple[str, ...]) -> tuple[int, str | None]:
    for length in (4, 3, 2):
        if len(words) > length and words[-length:] in _REGION_PHRASES:
            return length, _REGION_PHRASES[words[-length:]]
    return 1, _REGIONS.get(words[-1])


def _initials(words: Sequence[str], legal: Sequence[str], *, had_the: bool = False) -> frozenset[str]:
    """Return what the words may be shortened to: `ibm`, `hpe`; two letters only with the sign: `p&g`."""
    found: set[str] = set()
    for base in ((*words, *(word for word in legal if word in _SPOKEN_FORMS)), tuple(words)):
        if len(base) < 2:
            continue
        every = "".join(word[0] for word in base)
        spoken = "".join(word[0] for word in base if word not in PARTICLES and word != "and")
        joined = "".join(word[0] for word in base if word != "and")
        with_the = [f"t{joined}"] * had_the
        found |= {name for name in (every, spoken, joined, *with_the) if 3 <= len(name) <= 6}
        if len(base) == 3 and base[1] == "and":
            found.add(f"{base[0][0]}&{base[2][0]}")
    return frozenset(found)


def _acronym(words: Sequence[str], shown: str, is_slug: bool) -> str | None:
    if len(words) == 3 and words[1] == "and" and len(words[0]) == len(words[2]) == 1:
        return f"{words[0]}&{words[2]}"
    if len(words) != 1 or not 3 <= len(words[0]) <= 6 or not words[0].isalpha():
        return None
    if is_slug or any(re.sub(r"\W", "", token) == words[0].upper() for token in shown.split()):
        return words[0]
    return None


def _skeleton(squash: str) -> str | None:
    if len(squash) < _SHORTEST_MISSPELT:
        return None
    return squash[0] + "".join(sorted(set(squash[1:]) - set("aeiouy")))
