"""The employer in a sender: its display name, its tenant in a system's address, its own domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from apptrack_pipeline.ingestion.mail.choice import Candidate
from apptrack_pipeline.ingestion.mail.company_names import (
    folded,
    is_generic,
    is_system,
    looks_like_person,
    name_key,
    same_company,
    undecorated,
)
from apptrack_pipeline.ingestion.mail.job_titles import looks_like_title, names_a_field
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.postings import tenants
from apptrack_pipeline.ingestion.mail.senders import Sender, SenderKind
from apptrack_pipeline.ingestion.mail.signals import Found
from apptrack_pipeline.ingestion.mail.vocabulary import TENANT_NAMES, words


def display_name(message: Message, sender: Sender | None) -> Iterator[Candidate]:
    """Yield the company of a display name: "Acme via Greenhouse", "Dana from Acme", not "Dana Reed"."""
    shown = " ".join(message.sender.name.split())
    if not shown or ("@" in shown and "." in shown.rpartition("@")[2] and " " not in shown):
        return
    if is_system(shown) and not (sender and sender.kind is SenderKind.ATS and sender.name != shown):
        return
    before, bar, behind = shown.partition(" | ")
    if bar and looks_like_person(before):
        shown = behind  # "Dana Reed | Acme"
    name, decorated = undecorated(shown)
    if not name or len(name) > 60 or is_generic(name) or looks_like_title(name) or names_a_field(name):
        return
    kind = sender.kind if sender else None
    if looks_like_person(name) or is_the_writer(name, message, sender):
        return
    if kind in {SenderKind.MAIL_PROVIDER, SenderKind.BOARD} and not decorated:
        return
    weight = 0.84 if decorated else 0.72
    if kind is None:
        weight -= 0.06
    if kind in {SenderKind.SCHEDULER, SenderKind.PAPERS, SenderKind.ASSESSMENT, SenderKind.BULK}:
        weight -= 0.2
    if sender is not None and sender.tenant and not same_company(name_key(name), sender.tenant):
        # "Colleague Zone <acme@myworkday.com>": what a tenant calls its own system.
        weight -= 0.2
    rule = "sender.decorated" if decorated else "sender.display"
    yield Candidate(Found(name, "sender", rule), weight, "display")


def signs(name: str, message: Message, sender: Sender | None) -> bool:
    """Return whether a closing line names the person who writes: "Dana Reed", or "Dana" alone."""
    shown = message.sender.name
    part = set(folded(name).split()) <= set(folded(shown).split())
    return is_the_writer(shown if part else name, message, sender)


def is_the_writer(name: str, message: Message, sender: Sender | None) -> bool:
    """Return whether the name is that of the person who writes, by the address.

    A system's addresses hold names of employers: there only "dana.reed@" is Dana Reed.
    """
    if sender is None or sender.kind is not SenderKind.ATS:
        return _is_local_part(name, message)
    local = folded(message.sender.email.partition("@")[0])
    return "." in local and local.split(".") == folded(name).split()


def _is_local_part(name: str, message: Message) -> bool:
    """Return whether the display name is the person of the address: "Dana Reed" of dana.reed@ or dreed@."""
    local = re.sub(r"[^a-z]", "", folded(message.sender.email.partition("@")[0]))
    words = [re.sub(r"[^a-z]", "", word) for word in folded(name).split()]
    words = [word for word in words if len(word) > 1]
    if not 2 <= len(words) <= 3 or not local:
        return False
    if local == words[0] and len(local) > 2:  # "Malik Andersson" of malik@
        return True
    return words[-1] in local and (words[0] in local or words[0][0] == local[0])


_SECOND_LEVEL: Final = frozenset(["co", "com", "org", "net", "gov", "ac", "edu", "gob", "or", "ne", "nom"])
_DOMAIN_EDGES = re.compile(
    r"^(?:join|get|weare|meet|hello|team|try|use)(?=[a-z]{4})|(?:hq|inc|corp|jobs|careers|hr|recruiting"
    r"|talent|mail|email)$"
)
# careers@acme.com writes for Acme; dana@acme.com may be an agency's, careers@talenthub.com a system's.
_OFFICE = re.compile(
    r"(?:no-?reply|do-?not-?reply|careers?|jobs?|hr|talent|recruit\w*|people|hiring|apply|applications?"
    r"|bewerbung\w*"
    r"|karriere|personal|candidat\w*|rrhh|empleo|offers?|human-?resources?|recrutement|rh"
    r"|notifications?)(?:[.+_-]\w*)?@"
)
_HIRES = re.compile(
    r"talent|hire|hiring|recruit|jobs?|career|ats|hr|mail|apply|candidat|work|people|staff|personal|search"
)
_NO_DOMAIN: Final = frozenset(["example", "invalid", "test", "localhost", "mail", "email", "fixtures"])
# What a slug of two words run together may end in: `bloomenergy`.
_TAILS: Final = words("slug_tails")


def sender_slugs(message: Message, sender: Sender | None) -> tuple[str, ...]:
    """Return the short names in the address: the system's tenant, or the label of a domain of its own."""
    slug = sender.tenant if sender else _own_label(message)
    return (slug,) if slug else ()


def employer_slugs(message: Message, sender: Sender | None) -> tuple[str, ...]:
    """Return what the address may say of the employer, also where its domain sends receipts and news as well.

    A shop's or a network's own domain is its employees' domain too: what the mail is about must say which.
    """
    slugs = sender_slugs(message, sender)
    own = registrable_label(message.sender.domain) if sender and sender.kind is SenderKind.BULK else None
    return (*slugs, own) if own else slugs


def _own_label(message: Message) -> str | None:
    """Return the label of the sender's domain, unless a calendar service writes in somebody's name."""
    if message.sender.email.startswith("calendar-"):
        return None
    return registrable_label(message.sender.domain)


def address_names(message: Message, sender: Sender | None, subject: str, text: str) -> Iterator[Candidate]:
    """Yield what the tenant in the address, in links, or the sender's own domain names.

    A mention whose letters are those of the slug is the best: the spelling is the mail's. The bare slug is
    last.
    """
    if sender is not None and sender.employer:
        weight = 0.8 if sender.kind is SenderKind.ATS else 0.5
        yield Candidate(Found(sender.employer, "sender", "sender.employer"), weight, "address")
        return
    slugs: list[tuple[str, str, float]] = []
    if sender is not None and sender.tenant:
        slugs.append((sender.tenant, "tenant", 0.62))
    if sender is None:
        label = _own_label(message)
        if label:
            ours = _OFFICE.match(message.sender.email) and not _HIRES.search(label)
            slugs.append((label, "domain", 0.61 if ours else 0.5))
    linked = tenants(message.links)
    if len(linked) == 1:
        slugs.append((linked[0], "link", 0.5))
    for slug, rule, weight in slugs:
        whole = re.sub(r"[^a-z0-9]", "", slug)
        bare = _DOMAIN_EDGES.sub("", whole) or whole
        where = "link" if rule == "link" else "sender"
        for part_where, part, letters in (
            (place, content, letters)
            for letters in dict.fromkeys((whole, bare))
            for place, content in (
                ("subject", subject),
                ("text", text[:4000]),
                ("sender", message.sender.name),
            )
        ):
            spelled = _spelling_of(letters, part)
            if spelled and not is_generic(spelled) and not is_system(spelled):
                yield Candidate(Found(spelled, part_where, f"{rule}.spelled"), 0.82, "address")
                break
        pretty = _pretty(slug)
        if pretty and rule != "link":
            # Two words run together are told apart by a guess: `bloomenergy`, but also `capgroup`.
            guessed = " " in pretty and slug not in TENANT_NAMES
            yield Candidate(Found(pretty, where, f"{rule}.slug"), weight - 0.02 * guessed, "address")


def registrable_label(domain: str) -> str | None:
    """Return the label that a company has registered: `acme` of `mail.careers.acme.co.uk`."""
    labels = [label for label in domain.rstrip(".").split(".") if label]
    if len(labels) < 2:
        return None
    index = -3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else -2
    label = labels[index]
    return None if label in _NO_DOMAIN or labels[-1] in {"invalid", "local"} else label


_NO_LETTER = re.compile(r"[^a-z0-9]+")


def _spelling_of(slug: str, text: str) -> str | None:
    """Return the first words of the text whose letters are the slug's: "Bloom Energy" for `bloomenergy`."""
    if len(slug) < 3 or slug not in _NO_LETTER.sub("", folded(text)):
        return None
    words = list(re.finditer(r"[^\W_][\w&'’.!-]*|&", text))
    plain = [_NO_LETTER.sub("", folded(word.group())) for word in words]
    for first, head in enumerate(plain):
        if not head or not slug.startswith(head):
            continue
        joined = head
        last = first
        while joined != slug and last + 1 < len(words) and last - first < 5 and slug.startswith(joined):
            gap = text[words[last].end() : words[last + 1].start()]
            if gap.strip(" ,"):
                break
            last += 1
            joined += plain[last]
        if joined == slug:
            spelled = text[words[first].start() : words[last].end()]
            if spelled[0].isupper() or spelled[0].isdigit() or any(map(str.isupper, spelled)):
                # A legal form behind it belongs to the footer, not to the name that the mail uses.
                return spelled.rstrip(".!-'’")
    return None


def _pretty(slug: str) -> str | None:
    """Return a slug as a name, where that can be right: a known tenant, one short word, hyphened words."""
    if slug in TENANT_NAMES:
        return TENANT_NAMES[slug]
    bare = re.sub(r"(?:careers|jobs|recruiting|hr|talent|external)$", "", slug.strip("-_")).strip("-_")
    if len(bare) < 2 or any(char.isdigit() for char in bare):
        return None
    if "-" in bare or "_" in bare:
        return " ".join(word.capitalize() for word in re.split(r"[-_]+", bare))
    for tail in sorted(_TAILS, key=len, reverse=True):
        head = bare.removesuffix(tail)
        if head != bare and len(head) > 2:
            return f"{head.capitalize()} {tail.capitalize()}"
    if len(bare) > 10:
        return None
    return bare.upper() if len(bare) <= 3 else bare.capitalize()
