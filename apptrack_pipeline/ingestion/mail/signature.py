"""The end of a mail: "Kind regards, / Employment Office / Acme" names a company beside departments and "
"people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from apptrack_pipeline.ingestion.mail.company_names import (
    company_at,
    has_company_noun,
    is_generic,
    is_system,
    looks_like_person,
    name_key,
    undecorated,
    without_owner_s,
)
from apptrack_pipeline.ingestion.mail.cues import Kind, Mention
from apptrack_pipeline.ingestion.mail.job_titles import looks_like_title, names_a_field
from apptrack_pipeline.ingestion.mail.vocabulary import words

_TAIL_CHARS: Final = 6_000  # a receipt with similar jobs below has its greeting far from its end
_MAX_LINES: Final = 5
_LINE_CHARS: Final = 75

_SIGN_OFF = re.compile(
    r"(?:^|(?<=[.!?…)\]]\s)|(?<=\n))[ *_]*(?:"
    r"(?:(?:with |our |many )?(?:kind(?:est)?|best|warm(?:est)?|many|sincere)?\s?(?:regards|wishes|thanks))"
    r"|best|cheers|sincerely(?: yours)?|yours(?: sincerely| truly| faithfully)?|thank(?:s| you)(?: again)?"
    r"(?: very much| so much)?|respectfully|warmly|all the best|cordially|take care|talk soon|see you soon"
    r"|good luck|have a (?:(?:great|good|nice|wonderful|lovely|blessed) )?(?:day|evening|week|weekend|one)"
    r"|best of luck|until then|with appreciation|in gratitude|gratefully"
    r"|(?:bien |très )?cordialement|bien à vous|(?:nos )?(?:sincères "
    r"|cordiales )?salutations(?: distinguées)?|à (?:très )?"
    r"bientôt|bonne (?:journée|continuation)|mit (?:freundlichen|besten|herzlichen|vielen) gr(?:ü|ue)(?:ß"
    r"|ss)en|mfg"
    r"|(?:viele|beste|freundliche|liebe|herzliche|schöne) gr(?:ü|ue)(?:ß|ss)e(?: aus \w+)?"
    r"|(?:un )?(?:cordial(?:es)? )?saludos?(?: cordiales)?|atentamente|un (?:cordial )?saludo|gracias"
    r")[ ]*(?:[,.!:–—-]+|(?=\n)|$)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:please|this|do not|note|\*|if you|to unsubscribe|unsubscribe|©|copyright|view|click|http"
    r"|the information|you"
    r"|we|powered|sent|p\.?\s?s\b|follow|visit|privacy|replies|ce message|diese|este|tel|phone|\+?\d)",
    re.IGNORECASE,
)
_PIECE = re.compile(
    r",\s+|\s+[|·•–—/-]\s+|\s+@\s*|\s+(?:at|from|bei|von|chez)\s+(?:der\s+|dem\s+)?|\t|\s{2,}"
)
_TEAM = re.compile(
    r"^(?:(?:the|your|your friends at|l['’]équipe|équipe|el equipo de|equipo de|ihr|dein|euer|das)\s+)?"
    r"(?P<name>.{2,60}?)(?<!,)[\s-]+(?:(?:global|early|campus|university)\s+)?"
    r"(?:talent acquisition|talent|recruiting|recruitment|hiring|hr|human resources?"
    r"|people(?: ?& ?culture| operations| and culture)?|careers?|staffing|resourcing|recruit(?:er|ers"
    r"|ing team)|team)"
    r"(?:\s+(?:team|department|group|partner|ops|operations|crew|acquisition team|coordinator))*\.?$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"^(?:(?:l['’])?équipe(?: (?:de )?(?:recrutement|talent acquisition|talents?|rh))?(?: de| d['’]| du"
    r"| chez)?"
    r"|(?:service|direction|pôle|département)(?: du| de| des)? (?:recrutement|ressources humaines|rh"
    r"|talents?)(?: de| d['’])?"
    r"|(?:les )?talents (?:de|d['’])|team|talento|recrutement|your friends at"
    r"|(?:ihr|dein|euer|das) (?:recruiting|hr|bewerber|personal)?[ -]?(?:team)?(?: der| von| bei der| bei)?"
    r"|(?:personalabteilung|recruiting|karriere)(?: der| von| bei der| bei)"
    r"|(?:el )?equipo de (?:selección|talento|reclutamiento|personas|rr\.?hh\.?|recursos humanos"
    r"|people)(?: de| en)?"
    r"|(?:el )?equipo de|(?:departamento|dirección) de (?:personas|recursos humanos|rr\.?hh\.?|selección"
    r"|talento)(?: de)?)"
    r"\s*(?P<name>(?<=\s).{2,60}?|(?<=['’]).{2,60}?)\.?$",
    re.IGNORECASE,
)
# "Recruiter, Acme", "Jo @ Acme", "Sam from Acme", "Acme Recruiting Team" alone on a line.
_OF_STAFF = re.compile(
    r"(?:(?:co-?)?founder|c[efot]o|(?:\w+ )?(?:recruiter|hr manager|talent partner|recruitment coordinator))"
    r"(?:,| [@|–—-]| at) (?P<name>\S.+)"
    r"|(?-i:[A-ZÀ-Ý])[\w'’-]+(?: (?-i:[A-ZÀ-Ý])[\w'’-]+)? ?(?:@ ?|(?<=\s)from |(?<=\s)von )(?P<of>\S.+)"
    r"|(?:(?:the|ihr|dein|euer) )?(?P<team>\S+(?: \S+){0,3} Team)",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\s*(?:20\d\d)?(?:\s*-\s*20\d\d)?[, ]*(.{2,60})", re.IGNORECASE)
_PLACES: Final = words("places")


def signature_names(text: str) -> Iterator[Mention]:
    """Yield the companies that the closing lines name, and one in a copyright line."""
    begin = max(0, len(text) - _TAIL_CHARS)
    tail = text[begin:]
    offs = [found for found in _SIGN_OFF.finditer(tail) if len(tail) - found.end() < 3000]
    seen = False
    for off in offs[-3:]:
        closing = list(_closing(tail, off.end()))
        yield from _named(closing, begin + off.start(), signed=True)
        seen = seen or bool(closing)
    if not seen:
        lines = [line for line in tail.split("\n") if line.strip()]
        if lines:
            last = re.split(r"(?<=[.!?])\s+", lines[-1])[-1].strip(" *_-–—|,")
            yield from _named([last] if len(last) <= _LINE_CHARS else [], len(text), signed=False)
    written = [line for line in tail.split("\n") if line.strip()]
    signed = {line for line, below in pairwise(written) if _OF_STAFF.fullmatch(below.strip(" *_-–—|."))}
    for above, line in pairwise(written):
        # "Human Resources / Acme" also stands above a page of notes, without a greeting.
        if len(above) <= 50 and len(line) <= 60 and is_generic(above):
            if _SIGN_OFF.match(above) and (_is_two_names(line) or line in signed):
                continue  # "Many thanks, / Gemma Tate"; "Best, / Elise / Recruiter, Acme"
            read = _whole_name(line.strip(" *_-–—|,."))
            if read:
                yield Mention(Kind.COMPANY, read, begin, "signature.line", 0.66)
    for line in tail.split("\n"):
        if not 5 < len(line) <= _LINE_CHARS or line[-1] in "!?:,":
            continue
        of = _OF_STAFF.fullmatch(line.strip(" *_-–—|."))
        named = of and (of["name"] or of["of"] or undecorated(of["team"])[0])
        read = _whole_name(named) if named else None
        if read:
            yield Mention(Kind.COMPANY, read, begin, "signature.staff", 0.64)
    if "©" in tail or "opyright" in tail:
        found = _COPYRIGHT.search(tail[-1200:])
        name = company_at(found[1]) if found else None
        if name and not is_system(name[0]) and not is_generic(name[0]):
            yield Mention(Kind.COMPANY, name[0], len(text), "signature.copyright", 0.5)


def _closing(tail: str, start: int) -> Iterator[str]:
    """Yield the short lines after a sign-off, up to the first note or sentence."""
    count = 0
    for line in tail[start : start + 400].split("\n"):
        bare = line.strip(" *_-–—|,")
        if not bare:
            continue
        if len(bare) > _LINE_CHARS:
            # "Kind regards, Resourcing, Acme Please consider the environment": where lines are lost.
            bare = re.split(r"(?<=[.!?])\s|\s(?:Please|This|The information)\s", bare, maxsplit=1)[0]
        if len(bare) > _LINE_CHARS or _NOTE.match(bare) or count >= _MAX_LINES:
            return
        if bare[-1:] in ".!?" and len(bare.split()) > 6:
            return
        count += 1
        yield bare


_LED = re.compile(r"^(?:the|your friends at)\s+(?=\S)", re.IGNORECASE)


def _named(lines: list[str], start: int, *, signed: bool) -> Iterator[Mention]:
    loose: dict[str, str] = {}
    office = False
    first_person = False
    for number, line in enumerate(lines):
        whole = _whole_name(line)
        for form in (_OF, _TEAM):
            found = form.match(line)
            if not found:
                continue
            name, _ = undecorated(_LED.sub("", found["name"]))
            read = _whole_name(without_owner_s(name))
            if read:
                yield Mention(Kind.COMPANY, read, start, "signature.team", 0.74)
                office, whole = True, None
                break
        pieces = [line] if whole else [piece.strip(" ,.;*_") for piece in _PIECE.split(line)]
        pieces = [piece for piece in pieces if piece]
        for piece in pieces:
            if is_generic(piece) or looks_like_title(piece) or names_a_field(piece):
                office = True
            elif looks_like_person(piece) or (
                number == 0 and signed and _is_two_names(piece) and len(lines) > 1
            ):
                first_person = True
            else:
                read = _whole_name(piece)
                if read and name_key(read) not in _PLACES:
                    loose.setdefault(name_key(read), read)
    if len(loose) > 1:
        # "Stadt Köln / Personal- und Verwaltungsmanagement": only one of them says that it is a body.
        bodies = {key: one for key, one in loose.items() if _BODY.match(one)}
        loose, office = bodies, office or len(bodies) == 1
    if len(loose) != 1:
        return
    name = next(iter(loose.values()))
    if office or first_person:
        weight = 0.68
    elif signed:
        # "Best, / Initech": a company, or somebody's first name.
        weight = 0.6 if " " in name and not _is_two_names(name) else 0.5
    else:
        return
    yield Mention(Kind.COMPANY, name, start, "signature.line", weight)


_TWO_NAMES = re.compile(r"[A-ZÀ-Ý][\w'’.-]+ [A-ZÀ-Ý][\w'’.-]+")
_BODY = re.compile(
    r"(?:landeshauptstadt|stadt|landkreis|gemeinde|universität|hochschule|klinikum|ville|mairie|université"
    r"|universidad|ayuntamiento|university|city)\s",
    re.IGNORECASE,
)


def _is_two_names(piece: str) -> bool:
    if has_company_noun(piece) or _BODY.match(piece):
        return False
    return _TWO_NAMES.fullmatch(piece) is not None


def _whole_name(piece: str) -> str | None:
    """Return the piece if all of it is a company's name."""
    read = company_at(piece)
    if read is None or read[1] < len(piece.rstrip(" .,!")) - 1:
        return None
    name = read[0]
    if is_generic(name) or looks_like_title(name) or names_a_field(name) or looks_like_person(name):
        return None
    return name if len(name) > 1 else None
