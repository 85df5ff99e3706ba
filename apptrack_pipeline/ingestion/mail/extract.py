"""Who and what a mail is about: company, title, requisition number, system, postings, appointments.

Names that are tracked already come first (a closed set), then sentences of subject and text, the sender's
display name, the signature, the short name in a tracking system's address, and last the sender's own domain.
Sources that agree strengthen one another; where nothing is sure, nothing is said: a missing name is a smaller
fault than a wrong one, which may move another application.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail import cues
from apptrack_pipeline.ingestion.mail.choice import (
    Candidate,
    chosen_company,
    chosen_title,
    may_employ,
    recipient_words,
    without_company,
)
from apptrack_pipeline.ingestion.mail.company_names import company_at, name_key
from apptrack_pipeline.ingestion.mail.cues import Kind, is_caseless
from apptrack_pipeline.ingestion.mail.full_names import in_full
from apptrack_pipeline.ingestion.mail.job_titles import clean_title, lone_title, looks_like_title
from apptrack_pipeline.ingestion.mail.known_names import known_by_slug, known_names
from apptrack_pipeline.ingestion.mail.layouts import (
    COMPANY_AND_PLACE,
    WORKDAY_ITEM,
    board_companies,
    board_receipt,
    board_subject,
    board_titles,
    labelled,
    subject_parts,
)
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.other_roles import before_other_roles
from apptrack_pipeline.ingestion.mail.postings import posting_urls
from apptrack_pipeline.ingestion.mail.requisitions import requisition_in
from apptrack_pipeline.ingestion.mail.sender_names import (
    address_names,
    display_name,
    sender_slugs,
    signs,
)
from apptrack_pipeline.ingestion.mail.senders import Sender, SenderKind, sender_of
from apptrack_pipeline.ingestion.mail.signals import (
    Found,
    Interview,
    Reader,
)
from apptrack_pipeline.ingestion.mail.signature import signature_names

NAME_CHARS: Final = 20_000
"""How much of a text is read for names, in characters: they stand at the top and in the signature."""


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


def extract(message: Message, reader: Reader, category: MailCategory) -> Names:
    """Return what the mail names; in mail about no application neither company nor title.

    Of a forwarded mail the inner one counts. Never raises.
    """
    sender = sender_of(message.sender)
    ats = sender.name if sender and sender.kind in _SYSTEMS else None
    urls = posting_urls(message.links, one_per_board=category is not MailCategory.JOB_ALERT)
    if category in {MailCategory.NOT_JOB, MailCategory.JOB_ALERT}:
        return Names(None, None, None, ats, urls if category is MailCategory.JOB_ALERT else (), ())
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


# "Application to X": X is a company, or a job.
_AMBIGUOUS: Final = frozenset(["en.application_to", "en.apply_to", "en.your_application"])
_NUMBER: Final = re.compile(r"\b\d{4,}\b")

_OF_THE_AGENCY: Final = frozenset(
    ["signature.line", "subject.segment", "domain.slug", "domain.spelled", "sender.display"]
)


def _moved(found: Found | None, where: str) -> Found | None:
    return replace(found, where=where) if found else None


def _names(
    message: Message, reader: Reader, sender: Sender | None, category: MailCategory
) -> tuple[Found | None, Found | None, Found | None]:
    subject = " ".join(_PREFIX.sub("", message.subject).split())
    text = unwrapped(message.text[:NAME_CHARS])
    gathered: dict[Kind, list[Candidate]] = {kind: [] for kind in Kind}
    companies, titles = gathered[Kind.COMPANY], gathered[Kind.TITLE]
    about = before_other_roles(text)
    for kind, candidate in _said(message, subject, text):
        gathered[kind].append(candidate)
    for kind, candidate in labelled(about):
        gathered[kind].append(candidate)
    companies += known_names(reader.known_companies, subject, text, message)
    known_titles = list(known_names(reader.known_titles, subject, about, None))
    if message.sender.email not in reader.own_addresses:
        companies += known_by_slug(reader.known_companies, sender_slugs(message, sender))
        companies += display_name(message, sender)
        companies += address_names(message, sender, subject, text)
    companies += (
        Candidate(Found(one.value, "text", one.rule), one.weight, "signature")
        for one in signature_names(text)
    )
    if sender.kind is SenderKind.BOARD if sender else not message.sender.email:
        whole = board_subject(subject) if sender else ()
        for kind, candidate in (*whole, *board_receipt(text)):
            gathered[kind].append(candidate)
        companies += list(board_companies(text, titles, alone=sender is not None))
        titles += list(board_titles(text, companies))
    recipients = recipient_words(message)
    named_as_titles = {_words_of(one) for one in titles}
    companies[:] = [
        one
        for one in companies
        if may_employ(one, sender, recipients)
        and not (one.source == "signature" and signs(one.found.value, message, sender))
        # "Your application to Software Engr II", where the subject has that as the title.
        and not (one.found.rule in _AMBIGUOUS and _words_of(one) in named_as_titles)
    ]
    for kind, candidate in subject_parts(subject, message, sender):
        gathered[kind].append(candidate)
    company = None
    if category is MailCategory.RECRUITER_OUTREACH:
        # A recruiter's own agency signs, and its subject line is an advertisement: it counts where no client
        # is named.
        company = chosen_company([one for one in companies if one.found.rule not in _OF_THE_AGENCY])
        companies[:] = [one for one in companies if one.found.rule != "subject.segment"]
    company = company or chosen_company(companies)
    if company is not None:
        company = in_full(company, companies, subject, text)
    title = chosen_title(titles, known_titles, company) or _lone_title(subject, about[:3000], company)
    numbers = gathered[Kind.NUMBER]
    number = requisition_in(subject, text) or (max(numbers, key=_weight).found if numbers else None)
    return company, title, number


def _said(message: Message, subject: str, text: str) -> Iterator[tuple[Kind, Candidate]]:
    """Yield what the sentences of subject, text, quoted mail and invitations name."""
    places = [("subject", subject, 0.0), ("text", text, 0.0)]
    if message.quoted_text:
        places.append(("quoted", unwrapped(message.quoted_text[: NAME_CHARS // 4]), 0.3))
    places += [("invitation", one.summary[:300], 0.1) for one in message.invitations[:3]]
    for where, part, loss in places:
        is_title = where in {"subject", "invitation"}
        about = len(before_other_roles(part))
        for mention in cues.mentions(part, subject=is_title, caseless=is_caseless(part)):
            if mention.kind is Kind.TITLE and mention.start >= about:
                continue
            # What is said first is said of the application; later sentences speak of other things.
            weight = mention.weight - loss - (0.1 if mention.start > 1500 else 0.0)
            source = "signature" if mention.rule == "en.department" else where
            yield mention.kind, Candidate(Found(mention.value, where, mention.rule), weight, source)


def _lone_title(subject: str, text: str, company: Found | None) -> Found | None:
    for where, part in (("text", text), ("subject", subject)):
        lone = lone_title(part)
        bare = without_company(lone, company.value) if lone and company else lone
        if bare and looks_like_title(bare):
            return Found(bare, where, "lone")
    return None


def _words_of(candidate: Candidate) -> str:
    """Return a name as titles and companies are compared: without case, punctuation and numbers."""
    return " ".join(_NUMBER.sub(" ", name_key(candidate.found.value)).split())


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
    starts = list(WORKDAY_ITEM.finditer(text))
    if len(starts) > 1:
        sender = sender_of(message.sender)
        company, _, _ = _names(message, reader, sender, MailCategory.FOLLOWUP_OTHER)
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
        dotted = COMPANY_AND_PLACE.match(lines[position])
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
