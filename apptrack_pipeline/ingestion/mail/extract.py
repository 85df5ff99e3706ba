"""Who and what a mail is about: company, title, requisition number, system, postings, appointments.

Names that are tracked already come first (a closed set), then sentences of subject and text, the sender's
display name, the signature, the short name in a tracking system's address, and last the sender's own domain.
Sources that agree strengthen one another; where nothing is sure, nothing is said: a missing name is a smaller
fault than a wrong one, which may move another application.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from apptrack_pipeline.ingestion.mail import cues
from apptrack_pipeline.ingestion.mail.company_names import (
    company_at,
    is_generic,
    is_system,
    looks_like_person,
    name_key,
    same_company,
    undecorated,
)
from apptrack_pipeline.ingestion.mail.cues import Kind, is_caseless, lowered
from apptrack_pipeline.ingestion.mail.job_titles import clean_title, looks_like_title, names_a_field
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.postings import posting_urls, tenants
from apptrack_pipeline.ingestion.mail.senders import Sender, SenderKind, sender_of
from apptrack_pipeline.ingestion.mail.signals import Category, Found, Interview, Reader
from apptrack_pipeline.ingestion.mail.vocabulary import TENANT_NAMES, words

NAME_CHARS: Final = 20_000
"""How much of a text is read for names, in characters: they stand at the top and in the signature."""

_COMPANY_LIMIT: Final = 0.6
_TITLE_LIMIT: Final = 0.55


@dataclass(frozen=True)
class Names:
    """What a mail names."""

    company: Found | None
    title: Found | None
    requisition_id: Found | None
    ats: str | None
    """Name of the tracking system or board that sent it."""
    posting_urls: tuple[Found, ...]
    interviews: tuple[Interview, ...]


@dataclass(frozen=True)
class DigestItem:
    """One application in a mail that reports on several."""

    company: Found | None
    title: Found | None
    requisition_id: Found | None
    passage: str
    """The lines of this item, for its category."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    found: Found
    weight: float
    source: str
    """Sources of one kind do not confirm one another: subject, text, display, signature, address, domain."""


def extract(message: Message, reader: Reader, category: Category) -> Names:
    """Return what the mail names; in mail about no application neither company nor title.

    Of a forwarded mail the inner one counts. Never raises.
    """
    sender = sender_of(message.sender)
    ats = sender.name if sender and sender.kind in _SYSTEMS else None
    single = category is not Category.JOB_ALERT and sender is not None and sender.kind is SenderKind.BOARD
    urls = posting_urls(message.links, first_only=single)
    if category in {Category.NOT_JOB, Category.JOB_ALERT}:
        return Names(None, None, None, ats, urls if category is Category.JOB_ALERT else (), ())
    inner = message.forwarded
    if inner is not None:
        read = extract(inner, reader, category)
        if read.company or read.title:
            return replace(
                read,
                company=_moved(read.company, "forwarded"),
                title=_moved(read.title, "forwarded"),
                requisition_id=_moved(read.requisition_id, "forwarded"),
                posting_urls=read.posting_urls or urls,
                interviews=read.interviews or _interviews(message),
            )
    company, title, number = _names(message, reader, sender)
    return Names(company, title, number, ats, urls, _interviews(message))


_SYSTEMS: Final = frozenset({SenderKind.ATS, SenderKind.BOARD, SenderKind.SCHEDULER, SenderKind.ASSESSMENT})


def _moved(found: Found | None, where: str) -> Found | None:
    return replace(found, where=where) if found else None


def _names(
    message: Message, reader: Reader, sender: Sender | None
) -> tuple[Found | None, Found | None, Found | None]:
    subject = " ".join(_PREFIX.sub("", message.subject).split())
    text = unwrapped(message.text[:NAME_CHARS])
    own = message.sender.email in reader.own_addresses
    companies: list[_Candidate] = []
    titles: list[_Candidate] = []
    numbers: list[_Candidate] = []
    places = [("subject", subject, True), ("text", text, False)]
    if message.quoted_text:
        places.append(("quoted", unwrapped(message.quoted_text[: NAME_CHARS // 4]), False))
    for where, part, is_subject in places:
        loss = 0.3 if where == "quoted" else 0.0
        for mention in cues.mentions(part, subject=is_subject, caseless=is_caseless(part)):
            found = Found(mention.value, where, mention.rule)
            # What is said first is said of the application; later sentences speak of other things.
            weight = mention.weight - loss - (0.1 if mention.start > 1500 else 0.0)
            target = {Kind.COMPANY: companies, Kind.TITLE: titles, Kind.NUMBER: numbers}[mention.kind]
            target.append(_Candidate(found, weight, where))
    companies.extend(_labelled(text, _COMPANY_LABEL, titles=False))
    titles.extend(_labelled(text, _TITLE_LABEL, titles=True))
    companies.extend(_known(reader.known_companies, subject, text, message))
    known_titles = list(_known(reader.known_titles, subject, text, None))
    if not own:
        companies.extend(_from_display(message, sender))
    companies.extend(_from_signature(text))
    companies.extend(_from_address(message, sender, subject, text, own=own))
    if sender.kind is SenderKind.BOARD if sender else not message.sender.email:
        for candidate in _board_receipt(text):
            (companies if candidate.found.rule == "board.sent_to" else titles).append(candidate)
        titles.extend(_board_lines(text, companies))
    for invitation in message.invitations[:3]:
        for mention in cues.mentions(invitation.summary[:300], subject=True):
            if mention.kind is Kind.COMPANY:
                companies.append(
                    _Candidate(Found(mention.value, "invitation", mention.rule), 0.6, "invitation")
                )
            elif mention.kind is Kind.TITLE:
                titles.append(_Candidate(Found(mention.value, "invitation", mention.rule), 0.6, "invitation"))
    companies = [one for one in companies if _may_employ(one, sender, message)]
    companies.extend(_from_segments(subject, companies, message))
    company = _chosen_company(companies)
    title = _chosen_title(titles, known_titles, company)
    number = _requisition(subject, text) or (max(numbers, key=_weight).found if numbers else None)
    return company, title, number


def _weight(candidate: _Candidate) -> float:
    return candidate.weight


_PREFIX = re.compile(
    r"^(?:\s*(?:re|fwd?|fw|aw|wg|tr|rv|i|antw|sv|vs)\s*:\s*|\s*[\[(](?:external|ext|extern"
    r"|spam\??)[\])]:?\s*)+",
    re.IGNORECASE,
)


# Where lines are lost, "this position.Best,Jane" is two sentences and a name; "Booking.com" is one word.
_GLUED = re.compile(r"(?<=[^\W\d_]{2})([.!?,:])(?=[A-ZÀ-Ý])")


def unwrapped(text: str) -> str:
    """Return the text with lines joined that a mail program has broken, and spaces run together.

    A line is taken for broken where the next line's first word would have made it longer than 62 characters.
    """
    if text.count("\n") * 700 < len(text):
        text = _GLUED.sub(r"\1\n", text)
    lines = [" ".join(line.lstrip("> ").split()) for line in text.split("\n")]
    joined: list[str] = []
    previous = ""
    for line in lines:
        if (
            previous
            and line
            and joined
            and 36 <= len(previous) <= 100
            and len(previous) + 1 + len(line.split(" ", 1)[0]) > 62
            and previous[-1] not in ".!?:;"
            and line[0] not in "-*•·–—"
        ):
            joined[-1] += " " + line
        else:
            joined.append(line)
        previous = line
    return "\n".join(joined)


# ---- labels, signature, display name, address ----

_COMPANY_LABEL = re.compile(
    r"^(?:company|employer|organi[sz]ation|entreprise|société|unternehmen|arbeitgeber|firma"
    r"|empresa)(?: name)?[ \t]?:[ \t]*"
    r"(.{2,80})$",
    re.IGNORECASE | re.MULTILINE,
)
_TITLE_LABEL = re.compile(
    r"^(?:job title|position(?: title| applied for)?|title|role|job(?: name)?|vacancy|opening|poste"
    r"|intitulé du poste|offre"
    r"|stelle|stellenbezeichnung|stellentitel|puesto|vacante|oferta|cargo)[ \t]?:[ \t]*(.{2,120})$",
    re.IGNORECASE | re.MULTILINE,
)


def _labelled(text: str, label: re.Pattern[str], *, titles: bool) -> Iterator[_Candidate]:
    for found in list(label.finditer(text))[:3]:
        if titles:
            read = clean_title(found[1])
            if read:
                yield _Candidate(Found(read[0], "text", "label.title"), 0.88, "text")
        else:
            name = company_at(found[1].strip())
            if name and not is_generic(name[0]):
                yield _Candidate(Found(name[0], "text", "label.company"), 0.85, "text")


def _from_display(message: Message, sender: Sender | None) -> Iterator[_Candidate]:
    shown = " ".join(message.sender.name.split())
    if not shown or ("@" in shown and "." in shown.rpartition("@")[2] and " " not in shown):
        return
    name, decorated = undecorated(shown)
    if not name or len(name) > 60 or is_generic(name) or looks_like_title(name) or names_a_field(name):
        return
    if looks_like_person(name) or _is_local_part(name, message):
        return
    kind = sender.kind if sender else None
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
    yield _Candidate(Found(name, "sender", rule), weight, "display")


def _is_local_part(name: str, message: Message) -> bool:
    """Return whether the display name is the person of the address: "Dana Reed" of dana.reed@ or dreed@."""
    local = re.sub(r"[^a-z]", "", _folded(message.sender.email.partition("@")[0]))
    words = [re.sub(r"[^a-z]", "", word) for word in _folded(name).split()]
    words = [word for word in words if len(word) > 1]
    if not 2 <= len(words) <= 3 or not local:
        return False
    return words[-1] in local and (words[0] in local or words[0][0] == local[0])


_SIGN_OFF = re.compile(
    r"^(?:(?:kind|best|warm|warmest|many|with kind|with best)?\s?(?:regards|wishes|thanks)|best|cheers"
    r"|sincerely"
    r"|yours (?:sincerely|truly|faithfully)|thank(?:s| you)(?: again)?|respectfully|warmly|all the best"
    r"|cordially"
    r"|cordialement|bien cordialement|bien à vous|sincères salutations|à bientôt|mit (?:freundlichen"
    r"|besten|herzlichen) gr(?:ü|ue)(?:ß|ss)en"
    r"|(?:viele|beste|freundliche|liebe|herzliche) gr(?:ü|ue)(?:ß|ss)e"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?"
    r"|atentamente|un saludo)\b[,.! ]*(?P<rest>.*)$",
    re.IGNORECASE,
)
_TEAM_LINE = re.compile(
    r"^(?:(?:the|your|l['’]équipe|équipe|el equipo de|equipo de|ihr|dein|euer"
    r"|das)\s+)?(?P<name>.{2,60}?)[\s-]+"
    r"(?:(?:global|us|early|campus|university)\s+)?"
    r"(?:talent acquisition|talent|recruiting|recruitment|hiring|hr|human resources?|people(?: ?& ?culture"
    r"| operations"
    r"| and culture)?|careers?|staffing|recruit(?:er|ers|ing team)|team)(?:\s+(?:team|department|group"
    r"|partner|ops"
    r"|operations|crew|acquisition team|coordinator))*\.?$",
    re.IGNORECASE,
)
_TEAM_LINE_OTHER = re.compile(
    r"^(?:l['’]équipe(?: (?:de )?recrutement)?(?: de| d['’]| du)?|service recrutement(?: de)?|team|"
    r"ihr (?:recruiting-?|hr-?|bewerber)?team(?: der| von| bei der| bei)?"
    r"|dein (?:recruiting-?)?team(?: von| der| bei)?"
    r"|(?:el )?equipo de (?:selección|talento|reclutamiento|rr\.?hh\.?|recursos humanos)(?: de| en)?"
    r"|(?:el )?equipo de"
    r"|(?:talent acquisition|recruiting|recruitment|hiring|hr|people|careers)(?: team)?(?: at|,| @| \||-)"
    r"|(?:(?:senior |technical |lead |sr\.? )*(?:recruiter|recruiting coordinator|talent partner"
    r"|hr manager|talent"
    r" acquisition (?:specialist|partner|manager)|recruiting manager|hiring manager))(?: at|,| @| \|| -"
    r"| –))\s+(?P<name>.{2,60}?)\.?$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\s*(?:20\d\d)?(?:\s*-\s*20\d\d)?[, ]*(.{2,60})", re.IGNORECASE)


def _from_signature(text: str) -> Iterator[_Candidate]:
    lines = [line for line in text.split("\n") if line.strip()]
    after = -1
    for number, line in enumerate(lines):
        if len(line) > 90:
            continue
        off = _SIGN_OFF.match(line)
        if off:
            after = number
            rest = off["rest"].strip(" ,-–")
            if rest:
                yield from _signature_line(rest, 1)
            continue
        near = after >= 0 and number - after <= 4
        if near or (number >= len(lines) - 3 and len(lines) > 2):
            yield from _signature_line(line, number - after if near else 9)
    tail = text[-600:]
    if "©" in tail or "opyright" in tail:
        found = _COPYRIGHT.search(tail)
        name = company_at(found[1]) if found else None
        if name and not is_system(name[0]) and not is_generic(name[0]):
            yield _Candidate(Found(name[0], "text", "signature.copyright"), 0.5, "signature")


def _signature_line(line: str, distance: int) -> Iterator[_Candidate]:
    line = line.strip(" ,-–—*_|")
    for form in (_TEAM_LINE_OTHER, _TEAM_LINE):
        found = form.match(line)
        if not found:
            continue
        name, _ = undecorated(
            re.sub(r"^(?:the|The)\s+(?=\S+ )", "", line) if form is _TEAM_LINE else found["name"]
        )
        read = company_at(name)
        if read and read[1] >= len(name.rstrip(" .,!")) - 1 and _names_one(read[0]):
            yield _Candidate(Found(read[0], "text", "signature.team"), 0.74, "signature")
            return
    if 1 <= distance <= 3 and len(line) <= 40:
        read = company_at(line)
        if read and read[1] >= len(line.rstrip(" .,!")) and _names_one(read[0]):
            # "Best, / Initech": a company, or somebody's first name.
            yield _Candidate(Found(read[0], "text", "signature.line"), 0.4, "signature")


def _names_one(name: str) -> bool:
    return not (is_generic(name) or looks_like_person(name) or looks_like_title(name) or names_a_field(name))


_SECOND_LEVEL: Final = frozenset(["co", "com", "org", "net", "gov", "ac", "edu", "gob", "or", "ne", "nom"])
_DOMAIN_EDGES = re.compile(
    r"^(?:join|get|weare|meet|hello|team|try|use)(?=[a-z]{4})|(?:hq|inc|corp|jobs|careers|hr|recruiting"
    r"|talent|mail|email)$"
)
_NO_DOMAIN: Final = frozenset(["example", "invalid", "test", "localhost", "mail", "email", "fixtures"])
# Tenants whose name cannot be told from the slug.
_TAILS: Final = (
    *("energy", "health", "healthcare", "bank", "financial", "group", "systems", "labs", "foods", "capital"),
    *(
        "university",
        "medical",
        "hospital",
        "partners",
        "solutions",
        "international",
        "global",
        "insurance",
        "motors",
    ),
    *(
        "pharma",
        "software",
        "media",
        "brands",
        "technologies",
        "technology",
        "services",
        "airlines",
        "therapeutics",
    ),
    *(
        "sciences",
        "security",
        "logistics",
        "hotels",
        "industries",
        "networks",
        "robotics",
        "biosciences",
        "analytics",
    ),
    *(
        "consulting",
        "entertainment",
        "studios",
        "games",
        "interactive",
        "digital",
        "aerospace",
        "electric",
        "power",
    ),
)


def _from_address(
    message: Message, sender: Sender | None, subject: str, text: str, *, own: bool
) -> Iterator[_Candidate]:
    """Yield what the tenant in the address, in links, or the sender's own domain names.

    A mention whose letters are those of the slug is the best: the spelling is the mail's. The bare slug is
    last.
    """
    if own:
        return
    if sender is not None and sender.employer:
        yield _Candidate(Found(sender.employer, "sender", "sender.employer"), 0.8, "address")
        return
    slugs: list[tuple[str, str, float]] = []
    if sender is not None and sender.tenant:
        slugs.append((sender.tenant, "tenant", 0.62))
    if sender is None:
        label = registrable_label(message.sender.domain)
        if label:
            slugs.append((label, "domain", 0.5))
    linked = tenants(message.links)
    if len(linked) == 1:
        slugs.append((linked[0], "link", 0.5))
    for slug, rule, weight in slugs:
        bare = re.sub(r"[^a-z0-9]", "", slug)
        bare = _DOMAIN_EDGES.sub("", bare) or bare
        where = "link" if rule == "link" else "sender"
        for part_where, part in (
            ("subject", subject),
            ("text", text[:4000]),
            ("sender", message.sender.name),
        ):
            spelled = _spelling_of(bare, part)
            if spelled and not is_generic(spelled) and not is_system(spelled):
                yield _Candidate(Found(spelled, part_where, f"{rule}.spelled"), 0.82, "address")
                break
        pretty = _pretty(slug)
        if pretty and rule != "link":
            yield _Candidate(Found(pretty, where, f"{rule}.slug"), weight, "address")


def registrable_label(domain: str) -> str | None:
    """Return the label that a company has registered: `acme` of `mail.careers.acme.co.uk`."""
    labels = [label for label in domain.rstrip(".").split(".") if label]
    if len(labels) < 2:
        return None
    index = -3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else -2
    label = labels[index]
    return None if label in _NO_DOMAIN or labels[-1] in {"invalid", "local"} else label


def _spelling_of(slug: str, text: str) -> str | None:
    """Return the first words of the text whose letters are the slug's: "Bloom Energy" for `bloomenergy`."""
    if len(slug) < 3:
        return None
    words = list(re.finditer(r"[^\W_][\w&'’.!-]*|&", text))
    folded = [re.sub(r"[^a-z0-9]", "", _folded(word.group())) for word in words]
    for first, head in enumerate(folded):
        if not head or not slug.startswith(head):
            continue
        joined = head
        last = first
        while joined != slug and last + 1 < len(words) and last - first < 5 and slug.startswith(joined):
            gap = text[words[last].end() : words[last + 1].start()]
            if gap.strip(" ,"):
                break
            last += 1
            joined += folded[last]
        if joined == slug:
            spelled = text[words[first].start() : words[last].end()]
            legal = re.match(
                r",? (?:Inc|LLC|Ltd|Limited|Corp|Corporation|GmbH|AG|SE|SA|SAS|SL|plc|PLC|Co|Group)\b\.?",
                text[words[last].end() :],
            )
            if spelled[0].isupper() or spelled[0].isdigit() or any(map(str.isupper, spelled)):
                ended = spelled.rstrip(".!-'’")
                ended = re.sub(r"['’]s$", "", ended)
                return ended + legal.group() if legal and ended == spelled else ended
    return None


def _pretty(slug: str) -> str | None:
    """Return a slug as a name, where that can be right: a known tenant, one short word, words with "
    "hyphens."""
    if slug in TENANT_NAMES:
        return TENANT_NAMES[slug]
    bare = re.sub(r"(?:careers|jobs|recruiting|hr|talent|external)$", "", slug.strip("-_")).strip("-_")
    if len(bare) < 2 or any(char.isdigit() for char in bare):
        return None
    if "-" in bare or "_" in bare:
        return " ".join(word.capitalize() for word in re.split(r"[-_]+", bare))
    for tail in _TAILS:
        head = bare.removesuffix(tail)
        if head != bare and len(head) > 2:
            return f"{head.capitalize()} {tail.capitalize()}"
    if len(bare) > 10:
        return None
    return bare.upper() if len(bare) <= 3 else bare.capitalize()


# ---- the closed set ----


class _Folding(dict[int, str]):
    """Each character in lower case without its accent, in its place."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        kept = base if len(base) == 1 else chr(code)
        if len(self) < 20_000:
            self[code] = kept
        return kept


_FOLDING: Final = _Folding()
_COMMON_WORDS: Final = words("common_words")


def _folded(text: str) -> str:
    return text.translate(_FOLDING)


@lru_cache(maxsize=8)
def _finder(names: tuple[str, ...]) -> tuple[AhoCorasick, tuple[str, ...]]:
    usable = tuple(
        dict.fromkeys(name for name in (" ".join(_folded(one).split()) for one in names) if len(name) > 1)
    )
    return AhoCorasick(list(usable), matchkind=MatchKind.LeftmostLongest), usable


def _known(names: tuple[str, ...], subject: str, text: str, message: Message | None) -> Iterator[_Candidate]:
    """Yield the tracked names that the mail holds as whole words; `message` is given for companies."""
    if not names:
        return
    finder, usable = _finder(names)
    parts = [("subject", subject, 0.95), ("text", text, 0.85)]
    if message is not None:
        parts.append(("sender", message.sender.name, 0.95))
    for where, part, weight in parts:
        folded = _folded(part)
        if len(folded) != len(part):
            continue
        for index, start, end in finder.find_matches_as_indexes(folded):
            if (start and folded[start - 1].isalnum()) or (end < len(folded) and folded[end].isalnum()):
                continue
            value = part[start:end]
            less = 0.0
            if message is not None:
                common = usable[index] in _COMMON_WORDS or (
                    " " not in usable[index] and len(usable[index]) < 4
                )
                if common and where != "sender" and not _in_context(part, start, value):
                    continue
                if is_system(value) and not _in_context(part, start, value):
                    continue
            if where == "text" and start > 1200:
                less = 0.2
            yield _Candidate(Found(value, where, "known"), weight - less, "known")


def _in_context(part: str, start: int, value: str) -> bool:
    """Return whether a name that is also a word stands where only a name can: after "at", "to", "chez"."""
    if not (value[0].isupper() or value[0].isdigit()):
        return False
    before = lowered(part[max(0, start - 24) : start])
    return bool(
        re.search(
            r"\b(?:at|joining|join|applying to|application to|chez|bei|bei der|from|with|interest in)\s$",
            before,
        )
    )


# ---- layouts of boards ----

_MIDDLE_DOT = re.compile(r"^(?P<company>[^\n·•|]{2,60}?)\s[·•|]\s(?P<place>[^\n]{2,80})$")
_DASH_PLACE = re.compile(r"^(?P<company>[^\n]{2,60}?)\s[-–]\s(?P<place>[^\n]{2,60})$")


_SENT_TO = re.compile(
    r"(?:was sent to|was viewed by|envoyée à|transmise à|vue par|enviad[ao] a|se envió a|vist[ao] por"
    r"|gesendet an)\s",
    re.IGNORECASE,
)


def _board_receipt(text: str) -> Iterator[_Candidate]:
    """Yield company and title of "sent to X", where X stands again after the title.

    So it is laid out by LinkedIn, and so it can still be read where a corpus has lost the lines:
    "sent to Back MarketDéveloppeur Full StackBack MarketLyon".
    """
    sent = _SENT_TO.search(text[:1500])
    if not sent:
        return
    after = text[sent.end() : sent.end() + 240]
    for length in range(min(50, len(after)), 1, -1):
        name = after[:length]
        again = after.find(name.rstrip(), length, length + 130)
        if again < 0 or "\n" in name.strip() or name[-1] == " ":
            continue
        follows = after[length : length + 1]
        if follows.isalpha() and follows.islower():
            continue
        value = name.strip(" \n.·•")
        if len(value) < 2 or is_generic(value):
            return
        yield _Candidate(Found(value, "text", "board.sent_to"), 0.96, "text")
        between = after[length:again].strip()
        title = clean_title(between.splitlines()[-1]) if between else None
        if title and not _SAID.search(title[0]):
            yield _Candidate(Found(title[0], "text", "board.line"), 0.93, "text")
        return


def _board_lines(text: str, companies: Iterable[_Candidate]) -> Iterator[_Candidate]:
    """Yield the title above a line "Company · Place", as boards set out a job."""
    keys = {name_key(one.found.value) for one in companies if one.weight >= 0.7}
    lines = [line for line in text[:4000].split("\n") if line.strip()]
    for above, line in pairwise(lines):
        found = _MIDDLE_DOT.match(line) or _DASH_PLACE.match(line)
        name = found["company"] if found else line
        if name_key(name) in keys and not _SAID.search(above):
            title = clean_title(above)
            if title and name_key(title[0]) not in keys:
                yield _Candidate(Found(title[0], "text", "board.line"), 0.93, "text")
                return


_SAID = re.compile(
    r"[.!?]$|\b(?:application|candidature|bewerbung|candidatura|solicitud|applied|sent|envoyée)\b",
    re.IGNORECASE,
)


# ---- subject in segments ----

_SEPARATOR = re.compile(r"\s[-–—|•·:]+\s|:\s|\s?\|\s?")
_SUBJECT_WORDS: Final = words("subject_words")


def _from_segments(subject: str, companies: list[_Candidate], message: Message) -> Iterator[_Candidate]:
    """Yield the one part of "X - Application received" that is no stock phrase."""
    if not subject or len(subject) > 150:
        return
    segments = [part.strip(" .!-–—|:,") for part in _SEPARATOR.split(subject)]
    if subject[:1].isupper() and ". " in subject:
        segments = [piece.strip(" .!") for part in segments for piece in part.split(". ")]
    segments = [part for part in segments if part]
    left = [part for part in segments if not _is_stock(part)]
    if len(segments) < 2 or len(left) != 1:
        return
    name, _ = undecorated(left[0])
    read = company_at(name)
    if not read or read[1] < len(name.rstrip(" .!,")) or not _names_one(read[0]) or is_system(read[0]):
        return
    keys = {word for address in message.recipients for word in _folded(address.name).split()}
    if any(word in keys for word in _folded(read[0]).split()):
        return
    yield _Candidate(Found(read[0], "subject", "subject.segment"), 0.62, "subject")


def _is_stock(part: str) -> bool:
    return all(
        word.strip(".,!?:;()'\"") in _SUBJECT_WORDS
        for word in lowered(part).split()
        if word.strip(".,!?:;()'\"")
    )


# ---- choice ----


def _may_employ(candidate: _Candidate, sender: Sender | None, message: Message) -> bool:
    value = candidate.found.value
    if not value.strip() or is_generic(value):
        return False
    if is_system(value) and not _is_named_employer(candidate, sender):
        return False
    words = {
        word for address in message.recipients for word in _folded(address.name).split() if len(word) > 2
    }
    return not (words and set(_folded(value).split()) <= words)


def _is_named_employer(candidate: _Candidate, sender: Sender | None) -> bool:
    """Return whether a system's name stands for an employer: "applying to Workday", not "via Workday".

    Another system's relay, or the company's own domain, writes in its name too: "Gusto" by Ashby.
    """
    if candidate.source in {"subject", "text", "known"}:
        return not candidate.found.rule.startswith(_SAYS_LITTLE)
    if sender is None or candidate.source != "display":
        return False
    other = sender.name.casefold() != candidate.found.value.casefold()
    return (other and sender.kind is SenderKind.ATS) or candidate.found.rule == "sender.decorated"


_SAYS_LITTLE: Final = (
    *(
        "en.from",
        "en.with",
        "does",
        "en.part_of",
        "en.joining",
        "subject.",
        "signature.",
        "en.test",
        "en.invited",
    ),
    *("en.assessment", "fr.au_sein", "de.bei", "en.on_behalf", "en.choosing"),
)


def _chosen_company(candidates: list[_Candidate]) -> Found | None:
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
            key.replace(" ", "") not in slugs and other_key.replace(" ", "") in slugs and other.weight >= 0.5
        ):
            # "Cloudflare Staffing" from cloudflare@: the address tells which of the two is the name.
            chosen, key = other, other_key
    return chosen.found


def _chosen_title(
    candidates: list[_Candidate], known: list[_Candidate], company: Found | None
) -> Found | None:
    cleaned: list[_Candidate] = []
    for one in candidates:
        value = one.found.value
        if company is not None:
            value = _without_company(value, company.value)
            if not value or name_key(value) == name_key(company.value):
                continue
        cleaned.append(
            one if value == one.found.value else replace(one, found=replace(one.found, value=value))
        )
    if known:
        best_known = max(known, key=lambda one: (one.weight, len(one.found.value)))
        wider = [
            one
            for one in cleaned
            if one.weight >= _TITLE_LIMIT
            and _folded(best_known.found.value) in _folded(one.found.value)
            and len(one.found.value) > len(best_known.found.value)
        ]
        if not wider:
            return best_known.found
    best: tuple[float, int, _Candidate] | None = None
    for position, one in enumerate(cleaned):
        key = _folded(one.found.value)
        agreeing = sum(1 for other in cleaned if other is not one and _folded(other.found.value) == key)
        score = one.weight + 0.06 * min(agreeing, 3)
        if best is None or (score, -position) > (best[0], -best[1]):
            best = (score, position, one)
    if best is None or best[0] < _TITLE_LIMIT:
        return None
    return best[2].found


def _without_company(title: str, company: str) -> str:
    """Return the title without the company before or behind it: "Acme Data Analyst", "Data Analyst - "
    "Acme"."""
    folded, name = _folded(title), _folded(company)
    if folded.startswith(name + " ") and len(title) > len(name) + 3:
        return title[len(name) :].lstrip(" -–—:|,")
    for joint in (" - ", " – ", " — ", " | ", ", ", " @ "):
        if folded.endswith(joint + name):
            return title[: -len(joint + name)].rstrip()
    return title


# ---- requisition numbers ----

_NUMBER_NEAR_CUE = re.compile(
    r"(?:\b(?:job|position|requisition|req|vacancy|posting|opening|reference|ref|stellen|kennziffer"
    r"|référence|réf"
    r"|referencia|referenz)[ .-]*(?:requisition |posting |opening )?(?:id|number|num|no|nr|code|nummer|#"
    r"|n°)?\b\.?"
    r"|\bid|#)\s*(?:is|:|#|-|–|\(|=|\.)?\s*#?\s*(?P<number>[A-Z]{0,5}[-_ ]?\d[\w./-]{2,20})",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(
    r"(?<![\w/-])(?P<number>JR[-_]?\d{4,9}|R[-_]\d{4,9}|R\d{5,9}|REQ[-_ ]?\d{3,9}|\d{4,7}BR|HRC\d{5,}"
    r"|20\d\d-\d{4,6})(?![\w-])"
)
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d")


def _requisition(subject: str, text: str) -> Found | None:
    for where, part in (("subject", subject), ("text", text[:6000])):
        found = _NUMBER_ALONE.search(part)
        if found:
            return Found(found["number"], where, "number.form")
    for where, part in (("subject", subject), ("text", text[:6000])):
        if not any(map(str.isdigit, part)):
            continue
        for found in _NUMBER_NEAR_CUE.finditer(part):
            value = found["number"].rstrip(".,-/")
            if sum(map(str.isdigit, value)) < 3 or _DATE.fullmatch(value):
                continue
            if _is_about_job(part, found):
                return Found(value, where, "number.cue")
    return None


def _is_about_job(part: str, found: re.Match[str]) -> bool:
    cue = lowered(found.group()[: found.start("number") - found.start()])
    if re.search(r"job|position|req|vacancy|posting|opening|stelle|kennziffer", cue):
        return ":" in cue or "#" in cue or bool(re.search(r"id|num|no\b|nr|code|req|kennziffer", cue))
    # "(ID: 3042163)", "Ref. 4711": of a job only inside brackets or beside one.
    around = lowered(part[max(0, found.start() - 80) : found.end() + 20])
    return bool(
        re.search(
            r"job|position|role|engineer|manager|stelle|poste|puesto|bewerbung|candidature|vacante|applied"
            r"|application",
            around,
        )
    )


# ---- appointments ----


def _interviews(message: Message) -> tuple[Interview, ...]:
    """Return the appointments of the invitations; answers of other guests are none."""
    latest: dict[str, Interview] = {}
    for invitation in message.invitations:
        if invitation.method in {"REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER"}:
            continue
        key = invitation.uid + (f"/{invitation.recurrence_id}" if invitation.recurrence_id else "")
        before = latest.get(key)
        if before is None or invitation.sequence >= before.sequence:
            latest[key] = Interview(
                invitation.starts_at,
                invitation.ends_at,
                invitation.location,
                invitation.cancelled,
                key,
                invitation.sequence,
            )
    return tuple(latest.values())


# ---- several applications in one mail ----

_WORKDAY_ITEM = re.compile(
    r"job application:\s*[^\n]{2,80}?\s-\s(?P<number>J?R[-_]?\d{4,9}|REQ[-_]?\d+|\d{4,9}"
    r"|20\d\d-\d+)\s+(?P<title>[^\n]{2,100}?)"
    r"(?:\s+on\s+\d[^\n]*|\s*\([^\n]*\)|)$",
    re.IGNORECASE | re.MULTILINE,
)


def digest_items(message: Message, reader: Reader) -> tuple[DigestItem, ...]:
    """Return one item per application where the mail reports on several; none in other mail.

    Known forms: Workday's "Job Application: <name> - <number> <title>" lines, and lists of boards with
    "Company · Place" below each title.
    """
    text = unwrapped(message.text[:NAME_CHARS])
    items: list[DigestItem] = []
    starts = list(_WORKDAY_ITEM.finditer(text))
    if len(starts) > 1:
        sender = sender_of(message.sender)
        company, _, _ = _names(message, reader, sender)
        for number, found in enumerate(starts):
            until = (
                starts[number + 1].start() if number + 1 < len(starts) else min(len(text), found.end() + 400)
            )
            begin = text.rfind("\n\n", 0, found.start()) + 1
            if number:
                begin = max(begin, starts[number - 1].end())
            title = clean_title(found["title"])
            items.append(
                DigestItem(
                    company,
                    Found(title[0], "text", "digest.workday") if title else None,
                    Found(found["number"], "text", "digest.workday"),
                    text[begin:until].strip(),
                )
            )
        return _distinct(items)
    lines = [line for line in text.split("\n") if line.strip()]
    marks = []
    for position in range(1, len(lines)):
        dotted = _MIDDLE_DOT.match(lines[position])
        title = clean_title(lines[position - 1]) if dotted else None
        if dotted and title and looks_like_title(title[0]):
            marks.append((position, dotted["company"].strip(), title))
    if len(marks) < 2:
        return ()
    for number, (position, name, title) in enumerate(marks):
        until = marks[number + 1][0] - 1 if number + 1 < len(marks) else min(len(lines), position + 6)
        read = company_at(name)
        items.append(
            DigestItem(
                Found(read[0], "text", "digest.line") if read else None,
                Found(title[0], "text", "digest.line"),
                Found(title[1], "text", "digest.line") if title[1] else None,
                "\n".join(lines[max(0, position - 2) : until]),
            )
        )
    return _distinct(items)


def _distinct(items: list[DigestItem]) -> tuple[DigestItem, ...]:
    seen: dict[tuple[str, str, str], DigestItem] = {}
    for item in items:
        key = tuple(
            name.value.casefold() if name else "" for name in (item.company, item.title, item.requisition_id)
        )
        seen.setdefault((key[0], key[1], key[2]), item)
    return tuple(seen.values()) if len(seen) > 1 else ()
