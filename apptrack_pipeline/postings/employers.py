"""Names that a page shows in the employer's place: which are an employer's, which a board's or a menu's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from apptrack_pipeline.postings.fields import short

BOARDS: Final = frozenset(
    ["adzuna", "adp", "ashby", "ashbyhq", "avature", "bamboohr", "breezy", "breezy hr", "cornerstone"]
    + ["dayforce", "dice", "eightfold", "gem", "glassdoor", "google", "greenhouse", "icims", "indeed"]
    + ["infojobs", "jazzhr", "jobylon", "jobvite", "lever", "linkedin", "monster", "myworkday"]
    + ["myworkdayjobs", "oracle", "paylocity", "peoplestrong", "personio", "phenom", "pinpoint"]
    + ["recruitee", "reed", "rippling", "seek", "smartrecruiters", "stepstone", "successfactors"]
    + ["talent clue", "talentclue", "taleo", "teamtailor", "totaljobs", "ukg", "ukg pro", "ultipro"]
    + ["bundesagentur fur arbeit", "arbeitsagentur", "jobware", "kimeta", "meinestadt", "hokify"]
    + ["welcome to the jungle", "wellfound", "workable", "workday", "xing", "ziprecruiter"]
)
"""Names of job boards and applicant tracking systems, in lower case."""

_NOBODY: Final = frozenset(
    ["anonymous", "apply", "apply now", "career", "career page", "career site", "careers", "careers home"]
    + ["careers page", "careers portal", "careers site", "carrieres", "company", "confidential", "default"]
    + ["current openings", "employer", "emploi", "empleo", "empleos", "home", "homepage", "job", "job board"]
    + [
        "job details",
        "job offers",
        "job openings",
        "job search",
        "jobs",
        "join our team",
        "join us",
        "karriere",
    ]
    + ["login", "open positions", "open roles", "organization", "our company", "portal", "private"]
    + ["recruiting", "recruitment", "stellen", "stellenangebote", "stellenanzeigen", "test", "undisclosed"]
    + ["vacancies", "welcome", "work with us", "your company", "company name", "logo"]
)
_CAREERS_END = re.compile(
    r"(?:\s*[-\u2013\u2014|:,])?\s+(?:careers?(?: (?:site|page|portal))?|jobs?(?: board)?|job openings"
    r"|karriere"
    r"|recruitment|recruiting|talent|stellenangebote|empleo|vacancies|hiring|logo)$",
    re.IGNORECASE,
)
_CAREERS_START = re.compile(
    r"^(?:careers?|jobs?|karriere|working|work|empleos?|carri[eè]res?) (?:at|with|bei|chez|@|en|for) ",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_WORD = re.compile(r"[^\s|,;:()\"\u00ab\u00bb<>]{1,60}")
_MAX_WORDS: Final = 5
_MAX_TEXT_WORDS: Final = 1_500
_HOST_WORDS = re.compile(
    r"^(?:jobs?|careers?|career|karriere|empleo|trabaja(?:con)?|join|work(?:at|with)?|apply|talent|recruiting"
    r"|recrutement|hiring)(?:at|with|in)?(?=.{4})|(?:jobs?|careers?|karriere|hiring|recruiting|talent)$"
)
_HOSTS_OF_ANYBODY: Final = frozenset(
    ["www", "jobs", "job", "careers", "career", "karriere", "apply", "app", "boards", "recruiting", "hire"]
    + ["talent", "work", "en", "de", "us", "eu", "uk", "m", "my", "web", "portal", "ats", "empleo", "join"]
)
_SECOND_LEVEL: Final = frozenset(["co", "com", "org", "net", "gov", "ac", "edu"])


def company_name(value: object) -> str | None:
    """Return a name that can be an employer's: one line, not an address, not `Careers`; None for no name."""
    name = short(value)
    if name is None or len(name) > 150 or _WEB_ADDRESS.match(name):
        return None
    return None if _key(name) in _NOBODY or not any(map(str.isalnum, name)) else name


def employer_in(shown: object, boards: Iterable[str] = BOARDS) -> str | None:
    """Return the employer in a site's name, a title's end or a logo's text: `Careers at Acme`, `Acme jobs`.

    A board's name is none.
    """
    name = company_name(shown)
    if name is None:
        return None
    name = _CAREERS_END.sub("", _CAREERS_START.sub("", name)).strip(" -|:,\u2013\u2014")
    return None if is_board(name, boards) else company_name(name)


def is_board(name: str, boards: Iterable[str] = BOARDS) -> bool:
    """Tell whether a name is a board's, alone or with a word such as `Jobs` or a country behind it."""
    key = _key(name)
    words = key.split()
    if not words or key in _NOBODY:
        return True
    return (
        len(words) <= 3
        and any(" ".join(words[:count]) in boards for count in range(1, min(2, len(words)) + 1))
        and (
            len(words) == 1
            or all(len(word) <= 2 or word in _BOARD_ENDS for word in words[1:])
            or key in boards
        )
    )


_BOARD_ENDS: Final = frozenset(
    ["jobs", "job", "careers", "recruiting", "hiring", "board", "com", "hr", "us", "uk", "de", "usa", "inc"]
    + ["deutschland", "france", "canada", "india", "india", "espana", "login", "search", "clue", "pro"]
)


def spelled_like_host(host: str, text: str) -> str | None:
    """Return the words of a text that spell a label of a host: `barcelonactiva` finds `Barcelona Activa`.

    Employers have a label of their own at most boards, and their name in its right spelling on the page.
    """
    labels = _labels(host)
    if not labels:
        return None
    words = _WORD.findall(text[:20_000])[:_MAX_TEXT_WORDS]
    beginnings = {label[0] for label in labels}
    starts = [
        number
        for number, word in enumerate(words)
        if word[0].lower() in beginnings or (word[0] > "\x7f" and _squeezed(word)[:1] in beginnings)
    ]
    for label in labels:
        for start in starts:
            together = ""
            for end in range(start, min(start + _MAX_WORDS, len(words))):
                key = _squeezed(words[end])
                together = _squeezed(together + key)
                if not label.startswith(together[:-1]):
                    break
                if together == label and key:
                    return company_name(" ".join(words[start : end + 1]).strip(" -\u2013.!?'\u2019"))
                if len(together) > len(label):
                    break
    return None


def _labels(host: str) -> list[str]:
    parts = host.lower().rstrip(".").split(".")[:-1]
    if len(parts) > 1 and parts[-1] in _SECOND_LEVEL:
        parts.pop()
    found = []
    for part in parts[:4]:
        if part in _HOSTS_OF_ANYBODY or len(part) < 3 or part in BOARDS:
            continue
        own = _HOST_WORDS.sub("", re.sub(r"[^a-z0-9]", "", part))
        if len(own) >= 3 and own not in BOARDS:
            found.append(_squeezed(own))
    return found


def _key(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", plain))


def _squeezed(text: str) -> str:
    """Return letters and digits without accents, doubled ones once: `Barcelona Activa` joins to one `a`."""
    return re.sub(r"(.)\1+", r"\1", _key(text).replace(" ", ""))
