"""Names by their place rather than by a sentence: labelled lines, boards' layouts, a subject in parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Final

from apptrack_pipeline.ingestion.mail.choice import Candidate, recipient_words
from apptrack_pipeline.ingestion.mail.company_names import (
    company_at,
    folded,
    is_generic,
    is_system,
    looks_like_person,
    name_key,
    undecorated,
)
from apptrack_pipeline.ingestion.mail.cues import Kind, lowered
from apptrack_pipeline.ingestion.mail.job_titles import clean_title, looks_like_title, names_a_field
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.senders import Sender
from apptrack_pipeline.ingestion.mail.signals import Found
from apptrack_pipeline.ingestion.mail.vocabulary import words

_COMPANY_LABEL = re.compile(
    r"(?:^|(?<=[.!?] ))(?:company|employer|agency|organi[sz]ation|entreprise|société|unternehmen"
    r"|arbeitgeber|firma"
    r"|empresa)(?: name)?[ \t]?:[ \t]*"
    r"(?P<name>.{2,80})",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT_LABEL = re.compile(r"^About (?P<name>[A-Z0-9][^\n:]{1,50}?)[ \t]*(?::|$)", re.MULTILINE)
_TITLE_LABEL = re.compile(
    r"^(?:job title|position(?: title| applied for)?|title|role|job(?: name)?|vacancy|opening|poste"
    r"|intitulé du poste|offre"
    r"|stelle|stellenbezeichnung|stellentitel|puesto|vacante|oferta|cargo)[ \t]?:[ \t]*(?P<title>.{2,120})$",
    re.IGNORECASE | re.MULTILINE,
)


WORKDAY_ITEM = re.compile(
    r"job application:\s*[^\n]{2,80}?\s-\s(?P<number>J?R[-_]?\d{4,9}|REQ[-_]?\d+|\d{4,9}"
    r"|20\d\d-\d+)\s+(?P<title>[^\n]{2,100}?)"
    r"(?:\s+on\s+\d[^\n]*|\s*\([^\n]*\)|)$",
    re.IGNORECASE | re.MULTILINE,
)
"""One application in a mail of Workday that reports on business processes."""


def labelled(text: str) -> Iterator[tuple[Kind, Candidate]]:
    """Yield what "Company: X", "Position: T" and Workday's "Job Application: <name> - <number> T" name."""
    for found in islice(_COMPANY_LABEL.finditer(text), 3):
        name = company_at(found["name"].strip())
        if name and not is_generic(name[0]):
            yield Kind.COMPANY, Candidate(Found(name[0], "text", "label.company"), 0.85, "text")
    for found in islice(_ABOUT_LABEL.finditer(text), 3 if "About " in text else 0):
        name = company_at(found["name"])
        if name and name[1] == len(found["name"]) and _names_one(name[0]) and not is_system(name[0]):
            yield Kind.COMPANY, Candidate(Found(name[0], "text", "label.about"), 0.62, "text")
    for label in (_TITLE_LABEL, WORKDAY_ITEM):
        for found in islice(label.finditer(text), 3):
            title = clean_title(found["title"])
            if title:
                yield Kind.TITLE, Candidate(Found(title[0], "text", "label.title"), 0.88, "text")


def _names_one(name: str) -> bool:
    return not (is_generic(name) or looks_like_person(name) or looks_like_title(name) or names_a_field(name))


COMPANY_AND_PLACE = re.compile(r"^(?P<company>[^\n·•|]{2,60}?)\s[·•|]\s(?P<place>[^\n]{2,80})$")
_DASH_PLACE = re.compile(r"^(?P<company>[^\n]{2,60}?)\s[-–]\s(?P<place>[^\n]{2,60})$")


_RECEIPT = re.compile(
    r"(?:^|,\s)(?:your application (?:was|has been) (?:sent to|viewed by)"
    r"|votre candidature a (?:bien )?été (?:envoyée à"
    r"|transmise à|vue par|consultée par)|(?:tu solicitud|tu candidatura) (?:se ha enviado a|se envió a"
    r"|ha sido vista por)"
    r"|(?:ihre|deine) bewerbung wurde (?:an|von)) (?P<company>\S.{0,79}?)"
    r"(?P<german> (?:gesendet|gesehen|angesehen|versendet|weitergeleitet))?[.!]?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:^|,\s)(?:your application (?:to|for)|votre candidature\s?:|(?:ihre|deine) bewerbung als"
    r"|tu (?:candidatura|solicitud) (?:a|para)) (?P<title>\S.{1,119}) (?:at|chez|bei"
    r"|en) (?P<company>(?!.*\b(?:has|was|have|is|wurde|est|ha)\b)\S.{0,79}?)$",
    re.IGNORECASE,
)


def board_subject(subject: str) -> Iterator[tuple[Kind, Candidate]]:
    """Yield what a board's subject holds to its end: "your application was sent to Nickel | BNP Paribas".

    LinkedIn's forms in four languages; names there hold whatever their owners like.
    """
    receipt = _RECEIPT.search(subject)
    about = None if receipt else _ABOUT.search(subject)
    found = receipt or about
    if found is None or is_generic(found["company"]):
        return
    yield (
        Kind.COMPANY,
        Candidate(Found(found["company"].strip(), "subject", "board.subject"), 0.97, "subject"),
    )
    title = clean_title(about["title"]) if about else None
    if title:
        yield Kind.TITLE, Candidate(Found(title[0], "subject", "board.subject"), 0.95, "subject")


_SENT_TO = re.compile(
    r"(?:was sent to|was viewed by|envoyée à|transmise à|vue par|enviad[ao] a|se envió a|vist[ao] por"
    r"|gesendet an)\s",
    re.IGNORECASE,
)


def board_receipt(text: str) -> Iterator[tuple[Kind, Candidate]]:
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
        yield Kind.COMPANY, Candidate(Found(value, "text", "board.sent_to"), 0.96, "text")
        between = after[length:again].strip()
        title = clean_title(between.splitlines()[-1]) if between else None
        if title and not _SAID.search(title[0]):
            yield Kind.TITLE, Candidate(Found(title[0], "text", "board.line"), 0.93, "text")
        return


def board_titles(text: str, companies: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the title above a line "Company · Place", as boards set out a job."""
    keys = {name_key(one.found.value) for one in companies if one.weight >= 0.7}
    lines = [line for line in text[:4000].split("\n") if line.strip()]
    for above, line in pairwise(lines):
        found = COMPANY_AND_PLACE.match(line) or _DASH_PLACE.match(line)
        name = found["company"] if found else line
        if name_key(name) in keys and not _SAID.search(above) and (found or looks_like_title(above)):
            title = clean_title(above)
            if title and name_key(title[0]) not in keys:
                yield Candidate(Found(title[0], "text", "board.line"), 0.93, "text")
                return


def board_companies(text: str, titles: Iterable[Candidate], *, alone: bool) -> Iterator[Candidate]:
    """Yield the company below the title that the mail is about: "Company · Place".

    `alone`: it may have its line to itself.
    """
    keys = {folded(one.found.value) for one in titles if one.weight >= 0.6}
    lines = [line for line in text[:2000].split("\n") if line.strip()]
    for above, line in pairwise(lines):
        title = clean_title(above)
        if title is None or folded(title[0]) not in keys:
            continue
        found = COMPANY_AND_PLACE.match(line) or _DASH_PLACE.match(line)
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


_ADVERTISED = re.compile(
    r"^.*\b(?:for|pour|para|für)\s+(?:the |our |an? )?(?=\S+ \S)|^(?:entretien|entrevista|opportunité"
    r"|vorstellungsgespräch"
    r"|poste|offre|candidature|bewerbung|vacante|oferta)\s+(?=\S)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s[-–—|•·:]+\s|:\s|\s?\|\s?|[\[\]]")
_SUBJECT_WORDS: Final = words("subject_words")


_FILE = re.compile(r"\w+ [\d/-]{3,}")  # "Verfahren 15877"


def subject_parts(subject: str, message: Message, sender: Sender | None) -> Iterator[tuple[Kind, Candidate]]:
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
    if _FILE.fullmatch(read[0]):
        return
    if not recipient_words(message).isdisjoint(folded(read[0]).split()):
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
