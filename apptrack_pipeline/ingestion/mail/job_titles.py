"""Job titles as mail writes them: what looks like one, and what is left of it without additions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from apptrack_pipeline.ingestion.mail.vocabulary import words

_HEADS: Final = words("job_heads")
_FIRST_HEADS: Final = words("job_heads_first")
_LEVELS: Final = words("job_levels")
_FIELD_WORDS: Final = words("job_fields")
_LEADS = re.compile(
    r"(?:head|vp|vice president|svp|evp|director|chief|manager|team lead|chef|responsable|chargée?"
    r"|leiter(?:in)?"
    r"|jefe|jefa|director|member of technical staff|directeur|directrice|intern|stage|werkstudent(?:in)?"
    r"|praktik\w+"
    r"|mitarbeiter(?:in)?|sachbearbeiter(?:in)?|specialist|ingénieure?|ingeniero|technicien(?:ne)?"
    r"|assistante?"
    r"|consultante?|développeu(?:r|se)|alternance|alternante?|stagiaire|referent(?:in)?|analyste?|técnico"
    r"|auxiliar"
    r"|c[efimopt]o|mts)\b",
    re.IGNORECASE,
)
_GENDER = re.compile(
    r"\s*[-–,(\[|]?\s*\(?\b(?:[mwfdxhi]|gn|div|all genders?|alle geschlechter|männlich|weiblich)"
    r"(?:\s?[/|*]\s?(?:[mwfdxhin]|gn|div|divers)){1,3}\b\)?|\s*\((?:all genders?|gn|m|f|w|h|d|x"
    r"|[mfwdxhi*]{3})\)"
    r"|\s*\((?:[mwfdxh] ?[,.] ?){1,2}[mwfdxh]\)",
    re.IGNORECASE,
)
_REQUISITION: Final = (
    r"\b(?:J?R(?:[-_ ]| [-–] )?\d{4,9}|REQ[-_ ]?\d{3,12}|R[A-Z]\d{5,9}"
    r"|[A-Z]{2,5}[-_]\d{3,9}|\d{4,7}BR|20\d\d-\d{3,6}"
    r"|\d{5,10}"
    r"|R\d{2}-\d{3,6})"
)
_LABEL: Final = (
    r"(?:(?:job|opening|position|requisition|req|vacancy|posting|ref(?:erence)?|référence|réf|referenz|kennziffer"
    r"|stellen)"
    r"[ .-]*(?:id|no|nr|number|num|code|req(?:uisition)?)?|id|no|nr)"
)
_DIGIT = re.compile(r"\d")
_LEADING_NUMBER = re.compile(
    rf"^[\[(#]?(?:{_LABEL}[.: #]*)?(?P<number>{_REQUISITION})[\])]?(?:\s*[-–—:|,]+\s*|\s+)", re.IGNORECASE
)
_TRAILING_NUMBER = re.compile(
    rf"\s*[-–—,|:/]*\s*[\[(]?\s*(?:{_LABEL}\s*[.:#]*\s*#?\s*)?#?(?P<number>{_REQUISITION})\s*[\])]?$",
    re.IGNORECASE,
)
_LABELLED_TAIL = re.compile(
    rf"\s*[-–—,|]*\s*[\[(]?\s*\b{_LABEL}\s*[.:#]+\s*#?(?P<number>[A-Z]{{0,5}}[-_]?\d[\w-]{{1,15}})\s*[\])]?$",
    re.IGNORECASE,
)
_PLACE_TAIL = re.compile(
    r"\s*(?:[-–—|,]\s*|\s\()\s*(?:(?:fully |100 ?% ?)?remote|hybrid|on-?site|télétravail|homeoffice"
    r"|home office|remoto"
    r"|work from home|wfh)\b[^()]{0,40}\)?$",
    re.IGNORECASE,
)
_LAST_PART = re.compile(r"\s*(?:\s[-–—|]|,|\s\(|\bin|\bà)\s*([^\W\d_][\w' ]{2,20})\)?$")
_PLACES: Final = words("places")
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND"
    "|OH|OK|OR"
    "|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|ON|QC|BC|AB|UK|USA|US"
)
_CITY_TAIL = re.compile(
    rf"\s*(?:[-–—|,(]|\bin\b)\s*[A-Z][\w.' -]{{1,25}}, ?(?:{_STATES})\b(?:, (?:USA?|United States))?\)?$"
)
_NOUN_TAIL = re.compile(
    r"\s+(?:positions?|roles?|jobs?|openings?|opportunit(?:y|ies)|vacanc(?:y|ies)|posting|requisition)$",
    re.IGNORECASE,
)
_LEAD_WORDS = re.compile(
    r"^(?:(?:the|our|an?|this|your|open|current|following|posted|advertised|vacant|available|new|next"
    r"|candidates for|applicants for|role of|invitation to (?:the|our)"
    r"|position of"
    r"|(?:job )?title:?|position:|role:|job:|le|la|un|une|poste de|poste|die|der|den|das|eine?r?|el|la"
    r"|puesto de|(?-i:part-time|full-time|summer))\s+)+",
    re.IGNORECASE,
)
_BAD_WORD = re.compile(
    r"\b(?:you|your|we|(?-i:us)|our|they|their|this|that|these|those|has|have|had|will|would|are|is|was|were"
    r"|been|be|please"
    r"|thank|thanks|vous|votre|nous|notre|nos|sie|ihre?[nrm]?|wir|uns|unser\w*|du|deine?\w*|usted"
    r"|nuestr\w+|hemos|haben"
    r"|http\S*|unfortunately|below|above|here|applying|applied|candidacy|candidature|bewerbung|candidatura|dear|hi"
    r"|hello|welcome"
    r"|opportunities|positions|openings|roles|for (?:the|our|an?))\b",
    re.IGNORECASE,
)
# "Application Developer" and "Interview Coordinator" are titles; "application received" is none.
_DOUBTFUL_WORD = re.compile(
    r"\b(?:applications?|interviews?|received|submitted|jobs|assessments?|offer)\b", re.IGNORECASE
)
_SMALL_WORDS: Final = words("title_joiners")
# People of the other side: "forwarded to the hiring manager".
_OTHER_SIDE: Final = frozenset(
    ["hiring manager", "recruiter", "hiring managers", "recruiters", "manager", "as advertised"]
)
_NO_TITLE: Final = words("no_title")
_EDGES: Final = " \t\"'“”„«»‹›‘’*_-–—:,;|·•"
MAX_CHARS: Final = 120


@lru_cache(maxsize=4096)
def looks_like_title(text: str) -> bool:
    """Return whether the words read as a job title: its head is a job (`Data Engineer II`, `Head of Data`).

    "Lead Bank" and "Engineers Without Borders" are none.
    """
    words = _words(text)
    if not words:
        return False
    if _LEADS.match(text.lstrip(_EDGES)) and len(words) > 1:
        return True
    if words[0] in _FIRST_HEADS or (len(words) > 1 and _is_german_head(words[0])):
        return True
    while len(words) > 1 and (words[-1] in _LEVELS or words[-1].isdigit()):
        words.pop()
    if _is_head(words[-1]) or (words[-1] in {"program", "programme", "programm"} and len(words) > 2):
        return True
    # Senior Engineer - Payments, Analyst (Risk), Engineer of Record, Associate, Treasury
    heads = re.split(r"[,(/|:–—]| - | of | for | in | en | für | pour | de | d'|&", text.lower())
    for part in heads[:-1] if len(heads) > 1 else ():
        inner = part.split()
        while len(inner) > 1 and (inner[-1] in _LEVELS or inner[-1].isdigit()):
            inner.pop()
        if inner and _is_head(inner[-1]) and (len(inner) > 1 or len(words) > 1):
            return True
    return bool(_GENDER.search(text))


def names_a_field(text: str) -> bool:
    """Return whether every word is a field of work or a level: "Data Science", "Customer Success"."""
    return all(word in _FIELD_WORDS or word in _LEVELS or word in {"and", "&"} for word in _words(text))


def _is_head(word: str) -> bool:
    return word in _HEADS or _is_german_head(word)


def _is_german_head(word: str) -> bool:
    """Return whether a title is written as one word: Vertriebsmitarbeiter, Softwareentwicklerin."""
    return len(word) > 9 and word.endswith(_GERMAN_ENDS)


_GERMAN_ENDS: Final = (
    *("entwickler", "entwicklerin", "ingenieur", "ingenieurin", "leiter", "leiterin", "berater", "beraterin"),
    *(
        "mitarbeiter",
        "mitarbeiterin",
        "manager",
        "managerin",
        "techniker",
        "technikerin",
        "kaufmann",
        "kauffrau",
    ),
    *(
        "referent",
        "referentin",
        "mechaniker",
        "assistent",
        "assistentin",
        "informatiker",
        "spezialist",
        "student",
    ),
    *(
        "analyst",
        "analystin",
        "architekt",
        "architektin",
        "fachkraft",
        "designer",
        "designerin",
        "(in",
        "praktikum",
    ),
)


def _words(text: str) -> list[str]:
    return [word for raw in text.lower().split() if (word := raw.strip(_EDGES + "()[].!?/"))]


@lru_cache(maxsize=4096)
def clean_title(raw: str) -> tuple[str, str | None] | None:
    """Return the title without number, gender mark, place and quotes, and the number; None if it is none.

    What comes back is a piece of what was given: nothing is put together.
    """
    text = " ".join(raw.split()).strip(_EDGES)
    number = None
    for _ in range(3):
        before = text
        text = _LEAD_WORDS.sub("", text)
        if _DIGIT.search(text):
            found = _LEADING_NUMBER.match(text)
            if found:
                number, text = number or found["number"], text[found.end() :]
            found = _TRAILING_NUMBER.search(text) or _LABELLED_TAIL.search(text)
            if found and found.start():
                number, text = number or found["number"], text[: found.start()]
        gender = _GENDER.search(text)
        if gender and gender.start() > 2:
            text = text[: gender.start()]
        text = _NOUN_TAIL.sub("", text)
        text = _CITY_TAIL.sub("", _PLACE_TAIL.sub("", text)).strip(_EDGES)
        place = _LAST_PART.search(text)
        if place and place[1].casefold() in _PLACES:
            text = text[: place.start()]
        text = _balanced(text)
        if text == before:
            break
    text = text.rstrip(".!?").strip(_EDGES)
    while " " in text and text.rpartition(" ")[2].casefold() in _SMALL_WORDS:
        text = text.rpartition(" ")[0].rstrip(_EDGES)
    words = _words(text)
    if not words or len(text) > MAX_CHARS or len(words) > 14 or len(text) < 2:
        return None
    if not any(char.isalpha() for char in text) or _BAD_WORD.search(text) or "@" in text:
        return None
    if _DOUBTFUL_WORD.search(text) and not looks_like_title(text):
        return None
    if all(word in _NO_TITLE for word in words) or text.casefold() in _OTHER_SIDE:
        return None
    return text, number


def cut_title(text: str) -> str:
    """Return the title that a sentence begins with: "Data Engineer landed safely" is cut after two words.

    For languages that write titles with capitals: what goes on in lower case after a whole title is the
    sentence.
    """
    kept: list[str] = []
    for word in text.split():
        bare = word.strip(_EDGES + "()[].")
        goes_on = bare[:1].islower() and bare.casefold() not in _SMALL_WORDS
        if goes_on and kept and kept[-1].endswith(",") and bare in _FIELD_WORDS:
            goes_on = False  # "senior software engineer, backend"
        if kept and (goes_on or not bare) and len(kept) > (kept[0].casefold() in _LEVELS):
            rest_goes_on = goes_on
            if rest_goes_on and looks_like_title(" ".join(kept)):
                break
        kept.append(word)
        if word[-1:] == ":" and len(kept) > 1:
            break
    while kept and (kept[-1].casefold() in _SMALL_WORDS or not kept[-1].strip(_EDGES)):
        kept.pop()
    return " ".join(kept)


def _balanced(text: str) -> str:
    """Return the text without a bracket that has lost its other half."""
    for left, right in ("()", "[]"):
        if text.count(left) > text.count(right):
            text = text[: text.rindex(left)].rstrip(_EDGES)
        elif text.count(right) > text.count(left):
            text = (
                text[: text.index(right)].rstrip(_EDGES)
                if text.find(right) > 3
                else text[text.find(right) + 1 :]
            )
    return text


_RUN = re.compile(
    r"(?<![\w'’])(?:[JS]r\. )?[A-ZÀ-Ý][\w+#&/'’-]*(?:\.\w+)*"
    r"(?:(?: of| and| in| de| für| im| &|,| -| –)? (?=[A-ZÀ-Ý0-9(])[\w+#&/'’()-]+(?:\.\w+)*){0,9}"
)
_CAPTION = re.compile(
    r"^(?:Interview|Position|Role|Job|Title|Opening|Vacancy|Application|Poste|Stelle)\s+(?=\S+\s\S)"
)
_LISTED = re.compile(r", | and | & | / ")
_RECRUITS = re.compile(r"recruit|talent|hiring|human resources|\bhr\b|people|sourcer", re.IGNORECASE)


def lone_title(text: str) -> str | None:
    """Return the one phrase with capitals that is a title beyond doubt; None where there is none, or several.

    For texts in which no sentence introduces the title. Recruiters' own titles are none.
    """
    found: dict[str, str] = {}
    for run in _RUN.finditer(text):
        phrase = _CAPTION.sub("", run.group())
        if " " not in phrase or _RECRUITS.search(phrase):
            continue
        title = clean_title(phrase)
        if title and sum(map(looks_like_title, _LISTED.split(title[0]))) > 1:
            return None
        if title and " " in title[0] and looks_like_title(title[0]):
            found.setdefault(title[0].casefold(), title[0])
            if len(found) > 3:
                return None
    longest = max(found.values(), key=len, default="")
    return longest if longest and all(key in longest.casefold() for key in found) else None
