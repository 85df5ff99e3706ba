"""A company's name in full: mail that says "Cox" or "VUMC" often writes the whole name in another place.

Only what stands as a company there counts: alone on a line or in a part of the subject, after "position at",
as what makes a promise of equal treatment. So "Amazon" does not become "Amazon Web Services" for a skill that
the text asks for, and the name before a legal form in a footer ("Uber Technologies, Inc.") stays there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from apptrack_pipeline.ingestion.mail.choice import Candidate
from apptrack_pipeline.ingestion.mail.company_names import (
    LEGAL_FORMS,
    company_at,
    has_company_noun,
    is_generic,
    looks_like_person,
    name_key,
    undecorated,
)
from apptrack_pipeline.ingestion.mail.job_titles import looks_like_title, names_a_field
from apptrack_pipeline.ingestion.mail.signals import Found
from apptrack_pipeline.ingestion.mail.vocabulary import lines, words

_MAX_PLACES: Final = 40
"""Most places of one name that are looked at in one part of a mail."""
_INITIALS = re.compile(r"[A-Z]{2,6}")
_TOKEN = re.compile(r"[^\W\d_][\w'’-]*|[^\s\w]|\n")
_SMALL: Final = frozenset(
    ["of", "the", "for", "and", "in", "on", "at", "&", "de", "du", "des", "la", "der", "und", "für", "y"]
)
_PLACES: Final = words("places")
_DEPARTMENTS: Final = frozenset(lines("company_departments"))
_EMPLOYS: Final = (
    r"(?:position|role|opportunity|opportunities) (?:at|with)|(?:job|employment|work|working) at"
    r"|applying to|interest in|bei(?: der| dem)?|chez"
)
_EMPLOYED_BY = re.compile(rf"\b(?:{_EMPLOYS})\s(?:the\s)?$", re.IGNORECASE)
_STANDS_AFTER = re.compile(
    rf"(?:^|\n|©\s?(?:20\d\d\s)?|\b(?:{_EMPLOYS}|copyright|about|on behalf of|team at|group at|us at|here at"
    r"|join|joining|within|how|agencies:)\s)[\s*_|–—-]*(?:the\s)?$",
    re.IGNORECASE,
)
_STANDS_BEFORE = re.compile(
    r"\s*(?:$|\n|\||[-–—]\s|'s (?:recruiting|talent|privacy))"
    r"|\s(?:is (?:an|committed|proud)|provides|does not|has been|participates|uses|collects|and its"
    r"|(?:talent|recruiting|hiring|careers?) )",
    re.IGNORECASE,
)
_ACTS = re.compile(r"\s(?:is (?:an|committed|proud)|provides|does not|uses|collects)\b", re.IGNORECASE)
_PROMISES = re.compile(r"\s(?:is an? (?:equal|EEO)|provides equal|is proud to be an equal)", re.IGNORECASE)
_IN_A_LIST = re.compile(r"[,|·•/]\s*$")


def in_full(name: Found, candidates: list[Candidate], subject: str, text: str) -> Found:
    """Return the name as the mail writes it in full; the name itself where it writes no more."""
    if name.rule.startswith(_EXACT) or _promises(name.value, text):
        return name
    if any(one.source == "known" and one.found.value == name.value for one in candidates):
        return name
    name = _as_used(name, candidates)
    whole = _that_holds(name, candidates)
    if whole is not None:
        return _as_used(whole, candidates)
    forms: dict[str, list[Found]] = {}
    for longer in (
        *_written_out(name, "subject", subject),
        *_written_out(name, "text", text),
        *_in_sentences(name, candidates),
    ):
        forms.setdefault(name_key(longer.value), []).append(longer)
    if not forms:
        return name
    best = max(forms, key=lambda key: (len(forms[key]), len(key)))
    if any(len(forms[key]) == len(forms[best]) and not best.startswith(key) for key in forms):
        return name  # "Cox" of "Cox Automotive" and "Cox Communications": either may be meant
    return forms[best][0]


def _as_used(name: Found, candidates: list[Candidate]) -> Found:
    """Return the name without a legal form that the sender's own name or domain does not use."""
    for one in candidates:
        used = one.found.value
        rest = name.value[len(used) :].strip(" ,.").casefold()
        if (
            one.source in {"display", "address"}
            and name.value.casefold().startswith(used.casefold())
            and rest in LEGAL_FORMS
            and rest not in _PART_OF_NAME
        ):
            return replace(name, value=name.value[: len(used)])
    return name


_PART_OF_NAME: Final = frozenset(["company", "group"])
"""Legal forms that people say as well: "Tennant Company"."""


def _promises(name: str, text: str) -> bool:
    """Return whether the promise of equal treatment is made in this name.

    "Liberty Mutual provides equal ..." stays so above the address of "Liberty Mutual Insurance".
    """
    place = text.find(f"{name} ")
    while place >= 0:
        if _PROMISES.match(text, place + len(name)):
            return True
        place = text.find(f"{name} ", place + 1)
    return False


def _written_out(name: Found, where: str, part: str) -> Iterator[Found]:
    written = _by_initials if _INITIALS.fullmatch(name.value) else _longer
    for value in written(name.value, part):
        yield replace(name, value=value, where=where)


def _in_sentences(name: Found, candidates: list[Candidate]) -> Iterator[Found]:
    """Yield the longer forms that a sentence calls the employer."""
    for one in candidates:
        value = one.found.value
        if (
            one.weight >= _SENTENCE
            and one.source in {"subject", "text"}
            and value.startswith(f"{name.value} ")
            and _is_rest(value[len(name.value) :].strip())
            and not names_a_field(value[len(name.value) :])
        ):
            yield one.found


_SENTENCE: Final = 0.85
"""Least weight of a candidate that a sentence calls the employer."""
_EXACT: Final = ("known", "board.", "label.")
"""Beginnings of rules whose name is whole already: tracked ones, and what has a line to itself."""
_SHORT: Final = ("de.team", "en.department", "signature.team", "domain.", "tenant.")
"""Beginnings of rules that often bring up a short form."""


def _that_holds(name: Found, candidates: list[Candidate]) -> Found | None:
    """Return the candidate that ends in a short form: "Deutsche Telekom" for "Ihr Team der Telekom"."""
    if not name.rule.startswith(_SHORT):
        return None
    key = name_key(name.value)
    longer = [
        one
        for one in candidates
        if one.weight >= 0.7 and one.source != "known" and f" {key} " in f"{name_key(one.found.value)} "
    ]
    return max(longer, key=lambda one: one.weight).found if longer else None


def _longer(name: str, part: str) -> Iterator[str]:
    """Yield the companies in the text that begin with the name: "Cox Automotive" for "Cox"."""
    place = -1
    for _ in range(_MAX_PLACES):
        place = part.find(name, place + 1)
        if place < 0:
            return
        end = place + len(name)
        if part[end : end + 1] not in {" ", ","} or (place and part[place - 1].isalnum()):
            continue
        read = company_at(part, place)
        if read is None or read[1] <= end + 1:
            continue
        whole, _ = undecorated(read[0])
        rest = whole[len(name) :].strip(" ,")
        if not whole.startswith(name) or not _is_rest(rest) or not _is_company(whole):
            continue
        stop = place + len(whole)
        if names_a_field(rest) and not (has_company_noun(whole) and _ACTS.match(part, stop)):
            continue  # "Acme Engineering" is a team, unless it "does not accept" or "is committed"
        before = part[max(0, place - 30) : place]
        if has_company_noun(whole):
            stands = _STANDS_AFTER.search(before) or (
                _STANDS_BEFORE.match(part, stop) and not _IN_A_LIST.search(before)
            )
        else:
            # "About Acme Benefits" and "Join Acme Newsletter" are no companies.
            stands = _EMPLOYED_BY.search(before) and _STANDS_BEFORE.match(part, stop)
        if stands:
            yield whole


def _is_rest(rest: str) -> bool:
    """Return whether more of a name may be so: no legal form, place, department or job."""
    folded = rest.casefold().strip(".")
    return not (
        not folded
        or is_generic(rest)
        or folded in _PLACES
        or folded in _DEPARTMENTS
        or folded.split()[-1].strip(".") in LEGAL_FORMS - {"group"}
        or looks_like_title(rest)
    )


def _is_company(name: str) -> bool:
    return not (looks_like_title(name) or looks_like_person(name) or is_generic(name))


def _by_initials(initials: str, part: str) -> Iterator[str]:
    """Yield the companies in the text with the initials: "Jet Propulsion Laboratory" for JPL."""
    tokens = list(_TOKEN.finditer(part))
    for first, head in enumerate(tokens):
        if head.group()[0] != initials[0] or head.group() == initials:
            continue
        left = initials[1:]
        last = first
        for index in range(first + 1, min(first + 12, len(tokens))):
            word = tokens[index].group()
            if left and word[0] == left[0] and len(word) > 1:
                left, last = left[1:], index
            elif word not in _SMALL or not left:
                break
        if left:
            continue
        start, end = head.start(), tokens[last].end()
        whole = part[start:end]
        read = company_at(part, start)
        if read and read[0].startswith(whole) and read[0][len(whole) :].startswith(" of "):
            whole = read[0]
        if _is_company(whole) and (len(initials) > 2 or has_company_noun(whole)):
            yield whole
