"""Company names as mail writes them: where one begins and ends, and what only decorates it.

A name is read word by word, since patterns of characters either stop in "Procter & Gamble" or run on into the
next sentence. What is left is always a piece of the mail.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from apptrack_pipeline.ingestion.mail.job_titles import looks_like_title
from apptrack_pipeline.ingestion.mail.senders import SYSTEM_NAMES
from apptrack_pipeline.ingestion.mail.vocabulary import lines, words

MAX_CHARS: Final = 80
_MAX_WORDS: Final = 8

LEGAL_FORMS: Final = words("legal_forms")
_ABBREVIATIONS: Final = words("abbreviations")
_JOINERS: Final = words("joiners")
# "Teach for America" holds a word that ends other names: "applying to Acme for the role".
_INNER_FOR: Final = words("names_with_for")
_ENDERS: Final = words("name_enders")
_SMALL_ENDERS: Final = words("small_name_enders")
_NEVER_FIRST: Final = words("never_first")
# May begin a name as they may begin a sentence; with a capital and a second word they are let through.
_CAPITAL_FIRST: Final = words("capital_first")
_ARTICLES: Final = frozenset(["the", "la", "le", "les", "el", "los", "las", "die", "das", "der"])
# German offices are one word: "Personal- und Organisationsreferat".
_OFFICES: Final = ("personal-", "abteilung", "referat", "dezernat")
_AMOUNT = re.compile(r"[\d.,:/%€$£+-]*(?:am|pm|h|th|st|nd|rd|k|min|x|days?)?")
_INITIALS = re.compile(r"(?:[a-z]\.)*[a-z]")
_POSSESSIVE = re.compile(r"['’]s$|(?<=s)['’]$")
_CONTRACTION = re.compile(r"(?:i|we|you|they|it|that|he|she|there|here|who|what|let|don|can|won)'")
_ADDRESS = re.compile(r"://|\w@\w|\w\.\w+/")
_PRONOUN_STARTS: Final = words("pronouns")
_DECORATION: Final = words("decoration")
# What a decorated name may end or begin with without doubt; "Acme Systems" and "Acme Services" keep theirs.
_STRONG: Final = re.compile(
    r"""^(?:
        (?:the\s+)?(?:recruiting|recruitment|talent(?:\s+acquisition)?|hiring|hr|careers?|people|jobs)(?:\s+team)?\s+
            (?:at|@|for|from|of|-|–|\||:)\s+
      | team\s+ | l['’]?\s?[ée]quipe\s+(?:(?:de\s+)?recrutement\s+)?(?:de\s+|d['’]|du\s+)? | [ée]quipe\s+
      | recrutement\s+(?:de\s+|chez\s+|d['’])?(?:-\s*)? | (?:ihr|dein|euer|das)\s+
      | karriere\s+(?:bei\s+(?:der\s+)?)? | bewerbermanagement\s+(?:der\s+)?
      | (?:equipo|selecci[óo]n|talento|empleo|rr\.?hh\.?)\s+(?:de\s+)?
      | (?:no-?\s?reply|do\s?-?not\s?-?reply|noreply|notifications?)(?:\s+(?:from|at|@|-))?\s+
      | (?:recruiting|recruitment|hiring|careers|jobs|workday|hr|human\s+resources)\s+(?:@\s*)?(?=\S)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_STRONG_END: Final = re.compile(
    r"""[\s,|:–—-]+(?:
        (?:global\s+|the\s+|early\s+|campus\s+|university\s+|internal\s+|corporate\s+|technical\s+|tech\s+)*
        (?:careers?|jobs|recruiting|recruitment|recruiters?|recruits|talent(?:\s+(?:acquisition|team|community
            |attraction|management|partners?|experience|operations|ops|network))*
         |hiring(?:\s+(?:team|manager|committee))?|hr|h\.r\.|human\s+resources?|human\s+capital|people(?:\s+(?:team|ops
            |operations|&\s+culture|and\s+culture|experience))|staffing(?=\s+team)|employment(?=\s+team)|notifications?
         |no-?\s?reply|do\s?-?not\s?-?reply|applications?|candidate\s+(?:experience|care|communications?)|onboarding
         |interview(?:s|ing)?|scheduling|application\s+team|recruiting\s+operations|ta|workday|jobs\s+team|icims
         |recruiting\s+coordinat(?:or|ion)|emerging\s+talent|early\s+careers|team|crew|applicant\s+tracking\s+system
         |job\s+alerts?|travel|people|referrals|hr\s+systems?|career\s+(?:site|center|portal|opportunities)|mailbox
         |recrutement|rh|ressources\s+humaines|karriere|bewerbermanagement|personalabteilung|personal|recruiting-team
         |hr-team|talento|empleo|selecci[óo]n|rr\.?hh\.?|recursos\s+humanos)
        (?:\s+(?:team|department|dept\.?|group|office|staff|committee|crew|notifications?|system|no-?reply))*
    )\.?$""",
    re.IGNORECASE | re.VERBOSE,
)
_EDGES: Final = " \t\"'“”„«»‹›‘’*_,;:|·•<>"
_OPEN: Final = "\"'“„«‹‘*_(["
_CLOSE: Final = "\"'”»›’*_)]"
_WORD = re.compile(r"\S+")
_HARD_END = re.compile(r"[.!?,;:…]+$")
_NOT_WORD = re.compile(r"[^\w+]+")

FIRST_NAMES: Final = words("first_names")
_LIKE_PEOPLE: Final = frozenset(line.strip() for line in lines("companies_like_people"))
_WITH_S: Final = frozenset(line.replace("’", "'") for line in lines("names_with_s"))
_COMPANY_NOUNS: Final = words("company_nouns")


class _Folding(dict[int, str]):
    """Each character in lower case without its accent, in its place."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        kept = base if len(base) == 1 else chr(code)
        if len(self) < 20_000:
            self[code] = kept
        return kept


_FOLDING: Final = _Folding()


def folded(text: str) -> str:
    """Return the text in lower case without accents, every character in its place."""
    return text.translate(_FOLDING)


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Return the name as two writings are compared: no case, accents, punctuation, legal form, "The"."""
    folded = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    words = _NOT_WORD.sub(
        " ", "".join(c for c in folded if not unicodedata.combining(c) and c not in "'’.")
    ).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def same_company(one: str, other: str) -> bool:
    """Return whether two keys may write one name: equal, run together, or one begins the other."""
    if not one or not other:
        return False
    if one == other or one.startswith(other + " ") or other.startswith(one + " "):
        return True
    left, right = one.replace(" ", ""), other.replace(" ", "")
    shorter, longer = sorted((left, right), key=len)
    return left == right or (len(shorter) > 3 and longer.startswith(shorter))


def company_at(
    text: str, start: int = 0, *, caseless: bool = False, small: bool = False
) -> tuple[str, int] | None:
    """Return the company name that begins at `start`, and where it ends; None where none does.

    `caseless`: the text has lost its capitals: a name is at most four words and ends before a function word.
    `small`: the cue is so sure that a word without a capital is a name, if the sentence ends there (adidas).
    """
    words: list[str] = []
    first = last = -1
    line_end = text.find("\n", start, start + 200)
    limit = start + 200 if line_end < 0 else min(start + 200, line_end)
    for found in _WORD.finditer(text, start, limit):
        raw = found.group()
        offset = found.start()
        if raw in {"-", "–", "—", "|", "/", "·", "•", ":"} or (raw[0] in "([{" and words):
            break
        if _ADDRESS.search(raw):
            break
        lead = len(raw) - len(raw.lstrip(_OPEN))
        bare = raw[lead:]
        stripped = bare.rstrip(_CLOSE)
        closed = len(stripped) < len(bare) and bare[len(stripped) :].strip("*_") != ""
        core = _HARD_END.sub("", stripped).rstrip(_CLOSE)
        tail = stripped[len(core) :] if stripped.startswith(core) else ""
        lower = core.casefold().replace("’", "'")
        if not core or (lead and words and raw[0] not in "*_"):
            break
        possessive = _POSSESSIVE.search(core) if core[-1] in "s'’" else None
        if words and core[0].isupper() and lower in LEGAL_FORMS:
            last = offset + lead + len(core) + (tail.startswith(".") and lower in _ABBREVIATIONS)
            break
        if words and lower in _JOINERS and not (len(core) == 1 and core.isupper() and tail == "."):
            following = _WORD.match(text, found.end() + 1, limit)
            if tail or not _joins(lower, words, following.group() if following else "", caseless):
                break
            words.append(lower)
            continue
        if not words:
            if not _may_begin(core, lower, caseless, followed=not tail):
                return None
            if (
                not caseless
                and not _is_name_word(core)
                and not (small and (tail or _ends_name(text, found.end(), limit)))
            ):
                return None
        elif (
            (lower in _ENDERS and not (words[-1] in _ARTICLES and core[0].isupper()))
            or core in _SMALL_ENDERS
            or (lower in _PRONOUN_STARTS and not core.isupper())
            or (not caseless and not _is_name_word(core) and lower.strip(".") not in LEGAL_FORMS)
            or (caseless and (len(words) >= 4 or lower.endswith("ing")))
        ):
            break
        if first < 0:
            first = offset + lead
        end = offset + lead + len(core)
        words.append(lower)
        if possessive and not closed and not tail and " ".join(words) not in _WITH_S:
            # "Acme's Data Engineer role", but "Dick's Sporting Goods", "Lowe's": decided by what follows.
            rest = text[found.end() :].lstrip()
            if _owns(rest):
                last = offset + lead + possessive.start()
                break
        last = end
        if tail.startswith(".") and (lower in _ABBREVIATIONS or _INITIALS.fullmatch(lower)):
            last = end + 1
            if lower in LEGAL_FORMS or tail != ".":
                break
            continue
        if tail == "," and _legal_form_follows(text, found.end(), limit):
            continue
        if tail == "," and words[:2] == ["university", "of"] and len(words) == 3:
            continue  # University of California, Berkeley
        if tail == "!" and lower in {"yum", "yahoo"} and _WORD.match(text, found.end() + 1, limit):
            continue
        if tail or closed or len(words) >= _MAX_WORDS:
            break
    if last < 0 or first < 0:
        return None
    while words and words[-1] in _JOINERS:
        words.pop()
    name = text[first:last].strip(_EDGES)
    return (name, last) if name and len(name) <= MAX_CHARS else None


def _ends_name(text: str, end: int, limit: int) -> bool:
    """Return whether a name without a capital may end here, or goes on with one: "adidas", "dbt Labs"."""
    following = _WORD.match(text, end + 1, limit)
    return following is None or (
        following.group()[0].isupper() and following.group().strip(_EDGES + ".!?").casefold() not in _ENDERS
    )


def _may_begin(core: str, lower: str, caseless: bool, *, followed: bool) -> bool:
    if not any(char.isalnum() for char in core) or "@" in core or "://" in core:
        return False
    capital = core[0].isupper()
    if _CONTRACTION.match(lower):
        return False
    if lower in _NEVER_FIRST:
        return capital and followed and lower in _CAPITAL_FIRST
    if lower in _JOINERS:
        return capital and followed and (lower in _ARTICLES or len(lower) > 2)
    if core[0].isdigit():
        return not _AMOUNT.fullmatch(lower)
    if caseless and lower.endswith("ing"):
        return False
    if capital:
        return True
    # adidas, monday.com, eBay, n8n: small, but the whole name; checked by the caller's cue.
    return caseless or lower not in _ENDERS | _SMALL_ENDERS


def _is_name_word(core: str) -> bool:
    return (
        core[0].isupper()
        or core[0].isdigit()
        or core == "&"
        or any(char.isupper() for char in core[1:])
        or "." in core[1:-1]
    )


def _joins(joiner: str, words: list[str], following: str, caseless: bool) -> bool:
    core = following.strip(_EDGES + "().!?")
    lower = core.casefold()
    if not core or lower in _PRONOUN_STARTS or lower in _NEVER_FIRST - _CAPITAL_FIRST:
        return False
    if joiner in {"&", "+", "of"}:
        return core[0].isupper() or caseless
    if joiner in {"for", "in", "on", "to", "a", "an", "en"}:
        return words[0] in _INNER_FOR and core[0].isupper() and joiner != "to"
    if joiner == "the":
        return words[-1] in {"of", "for", "in", "on"} and core[0].isupper()
    if joiner in {"and", "und", "et", "y", "e"}:
        return core[0].isupper() and lower not in _ENDERS | _SMALL_ENDERS and not caseless
    return core[0].isupper() or core.casefold() in _JOINERS


def _owns(rest: str) -> bool:
    """Return whether what follows "X's" is X's own thing rather than the rest of its name."""
    if not rest or rest[0] in ".!?,;:)-–|":
        return False
    clause = re.split(r"[.!?,;:\n]", rest, maxsplit=1)[0]
    word = clause.split()[0]
    if word[0].islower():
        return word not in {"and", "&", "of", "is", "has", "for", "with", "in", "on", "at"}
    head = re.split(
        r"\s(?:position|role|job|opening|opportunity|vacancy|at|and|in|team)\b", clause, maxsplit=1
    )
    return len(head) > 1 or looks_like_title(clause)


def _legal_form_follows(text: str, end: int, limit: int) -> bool:
    following = _WORD.match(text, end + 1, limit)
    return bool(following) and following.group().casefold().strip(".,;:!?)") in LEGAL_FORMS  # type: ignore[union-attr]


@lru_cache(maxsize=4096)
def is_generic(name: str) -> bool:
    """Return whether the words name nobody: "HR Team", "Careers", "Talent Acquisition", "our company"."""
    words = [word.strip(_EDGES + ".()[]!?") for word in name.casefold().split()]
    if len(words) == 3 and words[0] == "people" and words[1] in {"&", "and"}:
        return True  # "People & Culture", "People and Performance"
    return all(
        not word
        or word in _DECORATION
        or word in _NEVER_FIRST
        or word in _JOINERS
        or word in _ARTICLES
        or word.endswith(_OFFICES)
        for word in words
    )


def is_system(name: str) -> bool:
    """Return whether the name is a tracking system's, a board's, a scheduler's or a test platform's."""
    return name.casefold().strip(_EDGES + ".") in SYSTEM_NAMES or name_key(name) in SYSTEM_NAMES


def has_company_noun(name: str) -> bool:
    """Return whether the last word says that this is a company: "Acme Robotics", "Acme Inc"."""
    return name.split()[-1].casefold().strip(".,") in _COMPANY_NOUNS | LEGAL_FORMS if name.split() else False


def looks_like_person(name: str) -> bool:
    """Return whether two or three words begin with a common first name: "Dana Reed", "Reed, Dana".

    "Oscar Health" and "Morgan Stanley" are none.
    """
    if name_key(name) in _LIKE_PEOPLE:
        return False
    words = re.split(r"[\s,]+", name.strip(_EDGES))
    if not 2 <= len(words) <= 4 or not all(
        re.fullmatch(r"[^\W\d_][\w.'’-]*", word) for word in words if word
    ):
        return len(words) == 1 and words[0].casefold() in FIRST_NAMES
    if has_company_noun(name):
        return False
    return words[0].casefold() in FIRST_NAMES or ("," in name and words[-1].casefold() in FIRST_NAMES)


def without_owner_s(name: str) -> str:
    """Return "Acme" for "Acme's" of "Acme's Recruiting Team"; "McDonald's" keeps its own."""
    if re.search(r"['’]s$", name) and name.casefold().replace("’", "'") not in _WITH_S:
        return name[:-2]
    return name


_SYSTEM_DASH = re.compile(r"^(?:my)?workday\s*[-–:|]\s*(?=\S)", re.IGNORECASE)


def undecorated(name: str) -> tuple[str, bool]:
    """Return the name without "Team", "Careers at", "via Greenhouse" and the like, and whether it had any."""
    text = " ".join(name.split()).strip(_EDGES)
    bare = re.sub(r"\s*[\[(][^\[\]()]*[\])]\s*$", "", text)
    relayed = re.match(r"(.+?)\s+(?:via|through|über|por)\s+\S+(?:\s\S+){0,4}$", bare, re.IGNORECASE)
    if relayed:
        bare = relayed[1]
    behalf = re.search(
        r"(?:\bon behalf of|\bim auftrag (?:von|der)|\bpour le compte de)\s+(.+)$", bare, re.IGNORECASE
    )
    if behalf:
        bare = behalf[1]
    bare = _SYSTEM_DASH.sub("", bare)
    at_system = re.fullmatch(r"(.+?)\s*@\s*(.+)", bare)
    if at_system:
        left, right = at_system[1], at_system[2]
        bare = left if is_system(right) else right
    person = re.fullmatch(
        r"(?:[^\W\d_][\w.'’-]*\s){1,3}?(?:from|at|chez|von|bei|de chez|with)\s+(.+)", bare, re.IGNORECASE
    )
    if person:
        bare = person[1]
    elif bare.split() and bare.split()[0].casefold() in FIRST_NAMES:
        # "Claire Dubois de Crédit Agricole"; without a first name "de" is part of a name.
        of = re.fullmatch(r"\S+(?:\s\S+){0,2}?\s(?:de|d['’]|von|del?|di|da)\s?(.+)", bare)
        bare = of[1] if of else bare
    for _ in range(3):
        before = bare
        begun = _STRONG.match(bare)
        if begun and bare[begun.end() :].strip(_EDGES):
            bare = bare[begun.end() :].strip(_EDGES)
        bare = _STRONG_END.sub("", bare).strip(_EDGES)
        if bare == before:
            break
    if bare != text:
        bare = without_owner_s(bare)
    if (
        re.match(r"the\s", bare, re.IGNORECASE)
        and bare != text
        and re.search(r"\bteam\b", text, re.IGNORECASE)
    ):
        bare = bare[4:].strip()
    return bare, bare != text
