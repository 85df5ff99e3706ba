"""Who and what a mail is about: company, title, requisition number, system, postings, appointments.

Names that are tracked already come first (a closed set), then sentences of subject and text, the sender's
display name, the signature, the short name in a tracking system's address, and last the sender's own domain.
Sources that agree strengthen one another; where nothing is sure, nothing is said: a missing name is a smaller
fault than a wrong one, which may move another application.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from apptrack_pipeline.ingestion.mail import cues
from apptrack_pipeline.ingestion.mail.choice import (
    Candidate,
    chosen_company,
    chosen_title,
    may_employ,
    without_company,
)
from apptrack_pipeline.ingestion.mail.company_names import (
    company_at,
    folded,
    is_generic,
    is_system,
    looks_like_person,
    name_key,
    undecorated,
)
from apptrack_pipeline.ingestion.mail.cues import Kind, is_caseless, lowered
from apptrack_pipeline.ingestion.mail.job_titles import (
    clean_title,
    lone_title,
    looks_like_title,
    names_a_field,
)
from apptrack_pipeline.ingestion.mail.known_names import known_by_slug, known_names
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.postings import posting_urls
from apptrack_pipeline.ingestion.mail.requisitions import requisition_in
from apptrack_pipeline.ingestion.mail.sender_names import address_names, display_name, sender_slugs
from apptrack_pipeline.ingestion.mail.senders import Sender, SenderKind, sender_of
from apptrack_pipeline.ingestion.mail.signals import Category, Found, Interview, Reader
from apptrack_pipeline.ingestion.mail.signature import signature_names
from apptrack_pipeline.ingestion.mail.vocabulary import words

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
    company, title, number = _names(message, reader, sender, category)
    return Names(company, title, number, ats, urls, _interviews(message))


_SYSTEMS: Final = frozenset({SenderKind.ATS, SenderKind.BOARD, SenderKind.SCHEDULER, SenderKind.ASSESSMENT})


_OF_THE_AGENCY: Final = frozenset(
    ["signature.line", "subject.segment", "domain.slug", "domain.spelled", "sender.display"]
)


def _moved(found: Found | None, where: str) -> Found | None:
    return replace(found, where=where) if found else None


def _names(
    message: Message, reader: Reader, sender: Sender | None, category: Category
) -> tuple[Found | None, Found | None, Found | None]:
    subject = " ".join(_PREFIX.sub("", message.subject).split())
    text = unwrapped(message.text[:NAME_CHARS])
    own = message.sender.email in reader.own_addresses
    companies: list[Candidate] = []
    titles: list[Candidate] = []
    numbers: list[Candidate] = []
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
            source = "signature" if mention.rule == "en.department" else where
            target.append(Candidate(found, weight, source))
    companies.extend(_labelled(text, _COMPANY_LABEL, titles=False))
    titles.extend(_labelled(text, _TITLE_LABEL, titles=True))
    titles.extend(_labelled(text, _WORKDAY_ITEM, titles=True))
    companies.extend(known_names(reader.known_companies, subject, text, message))
    if not own:
        companies.extend(known_by_slug(reader.known_companies, sender_slugs(message, sender)))
    known_titles = list(known_names(reader.known_titles, subject, text, None))
    if not own:
        companies.extend(display_name(message, sender))
    companies.extend(
        Candidate(Found(one.value, "text", one.rule), one.weight, "signature")
        for one in signature_names(text)
    )
    companies.extend(address_names(message, sender, subject, text, own=own))
    if sender.kind is SenderKind.BOARD if sender else not message.sender.email:
        for candidate in _board_receipt(text):
            (companies if candidate.found.rule == "board.sent_to" else titles).append(candidate)
        companies.extend(_board_companies(text, titles, alone=sender is not None))
        titles.extend(_board_lines(text, companies))
    for invitation in message.invitations[:3]:
        for mention in cues.mentions(invitation.summary[:300], subject=True):
            if mention.kind is Kind.COMPANY:
                companies.append(
                    Candidate(Found(mention.value, "invitation", mention.rule), 0.6, "invitation")
                )
            elif mention.kind is Kind.TITLE:
                titles.append(Candidate(Found(mention.value, "invitation", mention.rule), 0.6, "invitation"))
    companies = [one for one in companies if may_employ(one, sender, message)]
    for kind, candidate in _from_segments(subject, message, sender):
        (companies if kind is Kind.COMPANY else titles).append(candidate)
    if category is Category.RECRUITER_OUTREACH:
        # A recruiter's own agency signs, and its subject line is an advertisement.
        companies = [one for one in companies if one.found.rule not in _OF_THE_AGENCY]
    company = chosen_company(companies)
    title = chosen_title(titles, known_titles, company)
    if title is None:
        title = _lone_title(subject, text[:3000], company)
    number = requisition_in(subject, text) or (max(numbers, key=_weight).found if numbers else None)
    return company, title, number


def _lone_title(subject: str, text: str, company: Found | None) -> Found | None:
    for where, part in (("text", text), ("subject", subject)):
        lone = lone_title(part)
        bare = without_company(lone, company.value) if lone and company else lone
        if bare and looks_like_title(bare):
            return Found(bare, where, "lone")
    return None


def _weight(candidate: Candidate) -> float:
    return candidate.weight


_PREFIX = re.compile(
    r"^(?:\s*(?:re|fwd?|fw|aw|wg|tr|rv|i|antw|sv|vs)\s*:\s*|\s*[\[(](?:external|ext|extern"
    r"|spam\??)[\])]:?\s*)+",
    re.IGNORECASE,
)


_LABEL = re.compile(r"[^\W\d_][\w /-]{1,28}:")
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
            and not _LABEL.match(line)
        ):
            joined[-1] += " " + line
        else:
            joined.append(line)
        previous = line
    return "\n".join(joined)


# ---- labels, signature, display name, address ----

_COMPANY_LABEL = re.compile(
    r"(?:^|(?<=[.!?] ))(?:company|employer|agency|organi[sz]ation|entreprise|société|unternehmen"
    r"|arbeitgeber|firma"
    r"|empresa)(?: name)?[ \t]?:[ \t]*"
    r"(?P<name>.{2,80})",
    re.IGNORECASE | re.MULTILINE,
)
_TITLE_LABEL = re.compile(
    r"^(?:job title|position(?: title| applied for)?|title|role|job(?: name)?|vacancy|opening|poste"
    r"|intitulé du poste|offre"
    r"|stelle|stellenbezeichnung|stellentitel|puesto|vacante|oferta|cargo)[ \t]?:[ \t]*(?P<title>.{2,120})$",
    re.IGNORECASE | re.MULTILINE,
)


def _labelled(text: str, label: re.Pattern[str], *, titles: bool) -> Iterator[Candidate]:
    for found in list(label.finditer(text))[:3]:
        if titles:
            read = clean_title(found["title"])
            if read:
                yield Candidate(Found(read[0], "text", "label.title"), 0.88, "text")
        else:
            name = company_at(found["name"].strip())
            if name and not is_generic(name[0]):
                yield Candidate(Found(name[0], "text", "label.company"), 0.85, "text")


def _names_one(name: str) -> bool:
    return not (is_generic(name) or looks_like_person(name) or looks_like_title(name) or names_a_field(name))


# ---- layouts of boards ----

_MIDDLE_DOT = re.compile(r"^(?P<company>[^\n·•|]{2,60}?)\s[·•|]\s(?P<place>[^\n]{2,80})$")
_DASH_PLACE = re.compile(r"^(?P<company>[^\n]{2,60}?)\s[-–]\s(?P<place>[^\n]{2,60})$")


_SENT_TO = re.compile(
    r"(?:was sent to|was viewed by|envoyée à|transmise à|vue par|enviad[ao] a|se envió a|vist[ao] por"
    r"|gesendet an)\s",
    re.IGNORECASE,
)


def _board_receipt(text: str) -> Iterator[Candidate]:
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
        yield Candidate(Found(value, "text", "board.sent_to"), 0.96, "text")
        between = after[length:again].strip()
        title = clean_title(between.splitlines()[-1]) if between else None
        if title and not _SAID.search(title[0]):
            yield Candidate(Found(title[0], "text", "board.line"), 0.93, "text")
        return


def _board_lines(text: str, companies: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the title above a line "Company · Place", as boards set out a job."""
    keys = {name_key(one.found.value) for one in companies if one.weight >= 0.7}
    lines = [line for line in text[:4000].split("\n") if line.strip()]
    for above, line in pairwise(lines):
        found = _MIDDLE_DOT.match(line) or _DASH_PLACE.match(line)
        name = found["company"] if found else line
        if name_key(name) in keys and not _SAID.search(above) and (found or looks_like_title(above)):
            title = clean_title(above)
            if title and name_key(title[0]) not in keys:
                yield Candidate(Found(title[0], "text", "board.line"), 0.93, "text")
                return


def _board_companies(text: str, titles: Iterable[Candidate], *, alone: bool) -> Iterator[Candidate]:
    """Yield the company below the title that the mail is about: "Company · Place".

    `alone`: it may have its line to itself.
    """
    keys = {folded(one.found.value) for one in titles if one.weight >= 0.7}
    lines = [line for line in text[:2000].split("\n") if line.strip()]
    for above, line in pairwise(lines):
        title = clean_title(above)
        if title is None or folded(title[0]) not in keys:
            continue
        found = _MIDDLE_DOT.match(line) or _DASH_PLACE.match(line)
        if found is None and not alone:
            continue
        name = found["company"].strip() if found else line
        read = company_at(name)
        if read and read[1] >= len(name.rstrip(" .")) and not _SAID.search(name) and not is_generic(name):
            yield Candidate(Found(read[0], "text", "board.line"), 0.85 if found else 0.66, "text")
            return


_SAID = re.compile(
    r"[.!?]$|\b(?:application|candidature|bewerbung|candidatura|solicitud|applied|sent|envoyée)\b",
    re.IGNORECASE,
)


# ---- subject in segments ----

_ADVERTISED = re.compile(
    r"^.*\b(?:for|pour|para|für)\s+(?:the |our |an? )?(?=\S+ \S)|^(?:entretien|entrevista|opportunité"
    r"|vorstellungsgespräch"
    r"|poste|offre|candidature|bewerbung|vacante|oferta)\s+(?=\S)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s[-–—|•·:]+\s|:\s|\s?\|\s?|[\[\]]")
_SUBJECT_WORDS: Final = words("subject_words")


def _from_segments(subject: str, message: Message, sender: Sender | None) -> Iterator[tuple[Kind, Candidate]]:
    """Yield company and title of "X - T - Application received": the parts that are no stock phrase."""
    if not subject or len(subject) > 150:
        return
    segments = [part.strip(" .!-–—|:,") for part in _SEPARATOR.split(subject)]
    if subject[:1].isupper() and ". " in subject:
        segments = [piece.strip(" .!") for part in segments for piece in part.split(". ")]
    segments = [part for part in segments if any(map(str.isalpha, part))]
    titles: list[str] = []
    others: list[str] = []
    for part in segments:
        bare = _ADVERTISED.sub("", part)
        bare = bare if looks_like_title(bare) else _without_stock(part)
        title = clean_title(bare) if bare else None
        if title and looks_like_title(title[0]):
            titles.append(title[0])
        elif (
            bare and len(segments) > 1 and not (bare != part and part.split()[0].casefold() in _SUBJECT_WORDS)
        ):
            others.append(bare)
    if len(set(titles)) == 1:
        yield Kind.TITLE, Candidate(Found(titles[0], "subject", "subject.segment"), 0.66, "subject")
    if len(others) != 1:
        return
    name, _ = undecorated(others[0])
    read = company_at(name)
    if not read or read[1] < len(name.rstrip(" .!,")) or not _names_one(read[0]) or is_system(read[0]):
        return
    keys = {word for address in message.recipients for word in folded(address.name).split()}
    if any(word in keys for word in folded(read[0]).split()):
        return
    # Where the address tells the employer, such a part may be a department.
    weight = 0.61 if sender is not None and sender.tenant else 0.64
    yield Kind.COMPANY, Candidate(Found(read[0], "subject", "subject.segment"), weight, "subject")


def _without_stock(part: str) -> str:
    """Return a segment without the stock words at its ends; empty if there is nothing else."""
    words = part.split()
    while words and _is_stock(words[-1]):
        words.pop()
    if not looks_like_title(" ".join(words)):
        while words and _is_stock(words[0]):
            del words[0]
    return " ".join(words).strip(" .!-–—|:,")


def _is_stock(part: str) -> bool:
    return all(
        word.strip(".,!?:;()'\"") in _SUBJECT_WORDS
        for word in lowered(part).split()
        if word.strip(".,!?:;()'\"")
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


_SEVERAL = re.compile(
    r"\b(?:applications|candidatures|bewerbungen|candidaturas|solicitudes)\b", re.IGNORECASE
)
_OTHER_JOBS = re.compile(
    r"^.*\b(?:similar jobs|jobs similar|jobs you may|recommended|more jobs|offres (?:d['’]emploi )?similaires"
    r"|ähnliche (?:jobs|stellen)|weitere jobs|(?:empleos|ofertas) similares)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)


def digest_items(message: Message, reader: Reader) -> tuple[DigestItem, ...]:
    """Return one item per application where the mail reports on several; none in other mail.

    Known forms: Workday's "Job Application: <name> - <number> <title>" lines, and lists of boards with
    "Company · Place" below each title, where the mail speaks of applications; similar jobs below a receipt
    are none.
    """
    text = unwrapped(message.text[:NAME_CHARS])
    items: list[DigestItem] = []
    starts = list(_WORKDAY_ITEM.finditer(text))
    if len(starts) > 1:
        sender = sender_of(message.sender)
        company, _, _ = _names(message, reader, sender, Category.FOLLOWUP_OTHER)
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
    if not _SEVERAL.search(message.subject) and not _SEVERAL.search(text[:400]):
        return ()
    text = _OTHER_JOBS.split(text, maxsplit=1)[0]
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
