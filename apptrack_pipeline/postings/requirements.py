"""The lines of a posting that ask something of the applicant: those under headings that say so.

Headings are elements (`h3`, a bold paragraph) or lines that end in a colon or stand alone; the next heading
of any kind ends the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from apptrack_pipeline.postings.markup import looks_like_html, plain_text, tidy_text
from apptrack_pipeline.postings.vocabulary import folded

MAX_ITEMS: Final = 50
"""Most lines that are kept."""

MAX_ITEM_CHARS: Final = 500
"""Longest line that is kept, in characters; a longer one is cut."""

_MAX_HEADING_CHARS: Final = 90
_MAX_CHARS: Final = 200_000
_MIN_ITEM_CHARS: Final = 3

_BULLET = re.compile(
    r"^\s*(?:[-*\u2022\u2023\u25aa\u25cf\u25e6\u2043\u00b7\u2013\u2014\u27a2\u2713\u2714o\uf0b7]"
    r"|\d{1,2}[.)])\s+"
)
_HEADING_TAGS = re.compile(
    r"<(h[1-6]|dt|summary|legend)\b[^<>]{0,300}>(?P<text>.{1,400}?)</\1\s*>"
    r"|<(?P<p>p|div|li)\b[^<>]{0,300}>\s{0,50}(?:<(?:span|u|font)\b[^<>]{0,300}>\s{0,50}){0,3}"
    r"<(?P<b>strong|b)\b[^<>]{0,300}>(?P<bold>[^<>]{1,200}(?:<[^<>]{0,100}>[^<>]{0,200}){0,6}?)</(?P=b)>"
    r"\s{0,50}:?\s{0,50}(?:</(?:span|u|font)>|<br\b[^<>]{0,20}>|&nbsp;|\s){0,12}</(?P=p)>"
    r"|<(?P<b2>strong|b)\b[^<>]{0,300}>(?P<loose>[^<>]{1,200})</(?P=b2)>\s{0,50}:?\s{0,50}"
    r"(?=<br\b|<ul\b|<ol\b|</p>\s{0,50}<[uo]l\b)",
    re.IGNORECASE | re.DOTALL,
)
_LIST_ITEM = re.compile(r"<li\b[^<>]{0,2000}>", re.IGNORECASE)
_MARK: Final = "\ue000"  # a private character: it stands for "heading" and "item" in the plain text
_ITEM: Final = "\ue001"

_ASKS = re.compile(
    r"\b(?:requirements?|required|qualifications?|qualified|prerequisites?|must[- ]haves?"
    r"|nice[- ]to[- ]haves?"
    r"|skills|your profile|your background|your experience|who you are|about you|ideal candidate"
    r"|(?:key |essential |desired |preferred )(?:criteria|experience|skills|competenc\w+)"
    r"|what (?:you(?:'ll| will)? (?:bring|need|have|offer)|we(?:'re| are)? (?:look|need|expect|require"
    r"|seek)\w*)"
    r"|what you(?:'ll| will) need|you (?:have|bring|are|might be|may be|should have|will have|must have|need)"
    r"|you(?:'ll|'ve| will) (?:need|have|bring|got)"
    r"|because you have|we(?:'re| are) looking for|we(?:'d| would) (?:love|like) (?:it )?if"
    r"|minimum (?:experience|education)|bonus points|knowledge,? skills|education and experience"
    r"|experience (?:and|&) (?:skills|education)|competenc(?:y|ies)|person specification|eligibility"
    r"|anforderungen|anforderungsprofil|ihr profil|dein profil|das (?:bringst du|bringen sie|solltest du"
    r"|zeichnet)"
    r"|was (?:du|sie) mitbring\w+|(?:du bringst|sie bringen) mit|qualifikation(?:en)?|voraussetzung(?:en)?"
    r"|wir (?:erwarten|suchen|wunschen uns)|womit (?:du|sie) uns|unsere erwartungen|das wunschen wir uns"
    r"|kenntnisse|erfahrung(?:en)?|fahigkeiten|du passt zu uns|ihre qualifikation|deine qualifikation"
    r"|profil(?: recherche| souhaite| attendu| requis)?|votre profil|ton profil|competences(?: requises)?"
    r"|qualifications requises|exigences|prerequis|ce que (?:nous recherchons|vous apportez)|vous (?:avez"
    r"|etes)"
    r"|requisitos|requisits|perfil(?: del candidato| buscado| requerido)?|tu perfil|que buscamos"
    r"|que necesitas"
    r"|conocimientos|habilidades|experiencia requerida|cualificaciones|formacion|requerimientos"
    r"|requisiti|il tuo profilo|competenze|cosa cerchiamo|profilo(?: ricercato)?"
    r"|functie-?eisen|wat (?:wij vragen|vragen wij|neem jij mee|breng jij mee)|jouw profiel|wij vragen"
    r"|profiel"
    r"|qualificacoes|o que (?:buscamos|procuramos|esperamos)|requisitos e qualificacoes|perfil procurado)\b"
)
_ASKS_NOT = re.compile(
    r"\b(?:physical demands?|about (?:us|the company)|benefits?|we offer|what we offer|we(?:'ll"
    r"| will) (?:offer|provide)"
    r"|equal opportunity|responsibilit\w+|duties|you(?:'ll| will) (?:do|be doing|work|get)|what you(?:'ll"
    r"| will) (?:do|get|love)"
    r"|wir bieten|unser angebot|aufgaben|missions?|nous offrons|ofrecemos|funciones|company profile"
    r"|unternehmensprofil"
    r"|firmenprofil|how to apply|the role|job profile|profil de l'entreprise)\b"
)


def requirements_of(description: str) -> tuple[str, ...]:
    """Return what a description (HTML or text) asks for: the items or lines under such headings, in order.

    At most 50, each once and of at most 500 characters.
    """
    source = description[:_MAX_CHARS]
    if looks_like_html(source):
        source = plain_text(_marked(source.replace(_MARK, "").replace(_ITEM, "")))
        lines = source.split("\n")
    else:
        lines = tidy_text(source.replace(_MARK, "").replace(_ITEM, "")).split("\n")
    found: list[str] = []
    asking = had_items = False
    for line in lines:
        is_heading, is_item = line.startswith(_MARK), _ITEM in line[:3]
        shown = line.strip(f"{_MARK}{_ITEM} \t")
        if not shown:
            continue
        is_bullet = is_item or _BULLET.match(shown) is not None
        if is_heading or (not is_bullet and _is_heading_line(shown)):
            asking, had_items = _asks(shown), False
            continue
        if not asking:
            continue
        if had_items and not is_bullet:
            asking = False  # prose behind the list is about something else
            continue
        had_items = had_items or is_bullet
        found.append(shown)
    return _tidied(found)


def requirement_lines(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the lines of parts that ask for something by themselves (`qualifications`), HTML or text."""
    found: list[str] = []
    for part in parts:
        text = plain_text(part[:_MAX_CHARS]) if looks_like_html(part) else tidy_text(part[:_MAX_CHARS])
        lines = [line for line in text.split("\n") if line and not (_is_heading_line(line) and _asks(line))]
        found.extend(lines)
    return _tidied(found)


def _tidied(lines: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for line in lines:
        item = _BULLET.sub("", line).strip()[:MAX_ITEM_CHARS].strip()
        if len(item) >= _MIN_ITEM_CHARS and any(map(str.isalpha, item)):
            kept.setdefault(item)
    return tuple(kept)[:MAX_ITEMS]


def _marked(html: str) -> str:
    """Put marks into headings and list items, which the plain text keeps."""

    def heading(found: re.Match[str]) -> str:
        text = found["text"] or found["bold"] or found["loose"] or ""
        return f"<p>{_MARK}{re.sub(r'<[^<>]{0,400}>', ' ', text)}</p>"

    return _LIST_ITEM.sub(lambda found: f"{found[0]}{_ITEM}", _HEADING_TAGS.sub(heading, html))


def _is_heading_line(line: str) -> bool:
    if len(line) > _MAX_HEADING_CHARS:
        return False
    if line.rstrip().endswith(":"):
        return True
    if line.rstrip()[-1:] in {".", ",", ";", "!"} or line.count(" ") > 7:
        return False
    words = line.split()
    if line.isupper() and len(words) <= 8 and len(line) > 4:
        return True
    return (
        len(words) <= 6 and line[:1].isupper() and (_asks(line) or _ASKS_NOT.search(folded(line)) is not None)
    )


def _asks(heading: str) -> bool:
    plain = folded(heading)
    return _ASKS.search(plain) is not None and _ASKS_NOT.search(plain) is None
