"""Sentences that name an employer or a job: "thank you for applying to X", "Ihre Bewerbung als T bei X".

A cue is a stem, found in one pass over the text, and a pattern tried at that place only; what follows it
(or, for some, stands before it) is read as a clause: "the T position at X", "X for T", "als T bei X".
The cost is that of the cues that are there, not of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from ahocorasick_rs import AhoCorasick

from apptrack_pipeline.ingestion.mail.company_names import (
    company_at,
    is_generic,
    is_system,
    looks_like_person,
    undecorated,
    without_owner_s,
)
from apptrack_pipeline.ingestion.mail.job_titles import (
    clean_title,
    cut_title,
    looks_like_title,
    names_a_field,
)
from apptrack_pipeline.ingestion.mail.vocabulary import lines, words


class Kind(StrEnum):
    """What a mention names."""

    COMPANY = "company"
    TITLE = "title"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that a cue brought up."""

    kind: Kind
    value: str
    start: int
    """Where its cue begins in the text that was read."""
    rule: str
    weight: float
    """0 to 1: how often such a cue is right, by judgement."""


class _Bias(StrEnum):
    COMPANY = "company"  # applying to ...
    TITLE = "title"  # applying for ...
    EITHER = "either"  # interest in ...


@dataclass(frozen=True, slots=True)
class _Cue:
    rule: str
    language: str
    pattern: re.Pattern[str]
    bias: _Bias
    weight: float


# Cues so sure that a word without a capital may be a name: "applying to adidas."
_SURE: Final = frozenset(["en.apply_to", "en.application_to"])
# ... and in a subject: "votre candidature a été envoyée à adesso SE".
_SURE_IN_SUBJECT: Final = frozenset(
    ["en.sent_to", "en.viewed_by", "fr.envoyee_a", "fr.transmise_a", "de.an", "es.enviada_a", "fr.chez"]
)
_CLAUSE_CHARS: Final = 200
_MAX_CUES: Final = 160
_CLAUSE_END = re.compile(r"[\n;]|[!?](?=\s|$)|\.(?=\s|$|[\"”’'])|\s[|•·]\s|…")
_ABBREVIATION = re.compile(
    r"(?:\b(?:inc|co|corp|ltd|llc|st|sr|jr|dr|mt|ft|bros|no|nr|e\.v|u\.s|s\.a|s\.l|[a-z])|\.[a-z])$"
)

_ROLE: Final = (
    r"(?:employment|job opening|job posting|job opportunity|career opportunity|employment opportunity"
    r"|positions?|roles?|jobs?"
    r"|openings?|opportunit(?:y|ies)|vacanc(?:y|ies)|requisitions?|postings?|posts?)"
)
_ROLE_EN = re.compile(rf"\b{_ROLE}\b", re.IGNORECASE)
_ROLE_FIRST: Final = {
    "en": re.compile(
        rf"(?:(?:the|our|an?|this|your|any|open|current|following|new|posted|advertised|vacant|available"
        rf"|for)\s+)*{_ROLE}"
        r"(?:\s+title)?(?:\s*(?:(?:of|as|titled|entitled|called|for)\b|:|-|–|—|\()\s*"
        r"|\s+(?-i:(?=[\"“A-Z0-9(])))(?:an?\s+|the\s+)?",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"(?:(?:au|aux|le|la|les|du|des|un|une|ce|cette|notre|votre|l['’]|à l['’]|à la|à|pour|sur|de|d['’]"
        r"|dans)\s*)*"
        r"(?:poste|offre(?:\s+(?:d['’]emploi|de stage|d['’]alternance))?|annonce|emploi|mission|position"
        r"|opportunité)s?"
        r"(?:\s+(?:à pourvoir|suivante?|ouverte?|intitulée?))*\s*(?:de\s+|d['’]|:\s*|en tant que\s+|-\s*"
        r"|–\s*|comme\s+)?",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?:(?:auf|für|um|zu|zur|zum|an|in|die|der|den|das|dem|unsere|unserer|ihre|deine|eine|einer"
        r"|ausgeschriebene[nr]?"
        r"|offene[nr]?|vakante[nr]?|o\.\s?g\.|im rahmen)\s+)*"
        r"(?:stelle(?:nanzeige|nausschreibung|nangebot)?|position|ausschreibung|vakanz|job|jobangebot)s?"
        r"\s*(?:als|für|des|der|:|-|–|mit dem titel|einer|eines|zum|zur)?\s*(?:(?:eine?[nrms]?)\s+)?",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"(?:(?:al|a|el|la|los|las|del|de|un|una|este|esta|nuestra|nuestro|tu|su|para|por|en)\s+)*"
        r"(?:puesto|vacante|oferta(?:\s+de\s+(?:empleo|trabajo))?|posición|cargo|empleo|plaza|rol)s?"
        r"\s*(?:de\s+|:\s*|como\s+|-\s*|–\s*)?",
        re.IGNORECASE,
    ),
}
_AS: Final = {
    "en": re.compile(r"(?:(?:as|for|to|be|become)\s+)?(?:(?:an?|the|our)\s+)?", re.IGNORECASE),
    "fr": re.compile(
        r"(?:(?:en tant que|comme|pour|au titre de|à|au|en|:|de|d['’]|-|–)\s*)?(?:(?:le|la|un|une|l['’]"
        r"|d['’])\s*)?",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?:(?:als|für|um|auf|zur|zum|in|:|-|–)\s+)?(?:(?:die|der|den|das|eine?[nrms]?|unser\w*)\s+)?",
        re.IGNORECASE,
    ),
    "es": re.compile(r"(?:(?:para|como|a|al|de|en|:|-|–)\s+)?(?:(?:el|la|un|una|ser)\s+)?", re.IGNORECASE),
}
_AT: Final = {
    "en": re.compile(
        r"(?:\s|^)(?:at|with|@)\s+(?:(?-i:the\s+(?=[A-Z]))|our\s+\w+\s+at\s+|us\s+at\s+|here\s+at\s+)?",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"(?:\s|^)(?:chez|auprès d(?:e|u)|au sein d(?:e|u|es)|par|dans l['’]entreprise|at)\s+"
        r"(?:(?:la société|l['’]entreprise|le groupe|groupe|l['’]équipe de)\s+)?"
        r"|(?:\s|^)au sein d['’](?:entreprise\s+)?",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?:\s|^)(?:bei|beim|at|am(?=\s+(?:fraunhofer|max-planck|helmholtz|leibniz|institut|klinikum"
        r"|universitätsklinikum|forschungszentrum)))\s+(?:(?:der|dem|den|die|the|firma|unternehmen)\s+)*",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"(?:\s|^)(?:en|con|de la empresa|at)\s+(?:(?:la empresa|el grupo|el equipo de)\s+)?",
        re.IGNORECASE,
    ),
}
_TO_COMPANY: Final = {
    "en": re.compile(
        r"(?:(?:join|joining|work at|work for|work with|working at|working for|working with|be part of"
        r"|being part of"
        r"|become part of|becoming part of|becoming a part of|be a part of|employment with|employment at"
        r"|a career with"
        r"|a career at|careers at|careers with|us at|the team at|our team at|the people at"
        r"|being a part of)\s+)?"
        r"(?:(?-i:the)\s+|the\s+(?=\S+\s+team\b))?",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"(?:(?:a|ait)\s+(?:bien\s+)?été\s+(?:bien\s+)?\w+(?:\s+avec succès)?\s+)?(?:(?:à|chez|par"
        r"|auprès de|de|pour)\s+)?"
        r"(?:rejoindre\s+)?(?:(?:la société|l['’]entreprise|le groupe|l['’]équipe(?:\s+de)?)\s+)?",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?:(?:wurde|ist|an|bei|beim|von)\s+)*(?:(?:der|die|dem|den|firma)\s+)?", re.IGNORECASE
    ),
    "es": re.compile(
        r"(?:se ha enviado\s+|ha sido enviada\s+|se envió\s+|fue enviada\s+|ha sido vista\s+)?(?:(?:a|en"
        r"|por|con)\s+)?"
        r"(?:(?:la empresa|el grupo|el equipo de)\s+)?",
        re.IGNORECASE,
    ),
}
_AFTER_COMPANY = re.compile(
    r"\s*(?:[,.]?\s*(?:for|as)\s+(?:(?:the|our|an?|your)\s+)?|\s[-–—:|]\s|[:|]\s|[,]?\s+(?:pour|als|para"
    r"|como)\s+)",
    re.IGNORECASE,
)
_TITLE_STOP = re.compile(
    r"\s(?:has|have|had|is|was|were|are|will|would|and (?:we|the|your|are|would|for|have|will|our"
    r"|appreciate|taking)"
    r"|and wanted|a lot"
    r"|which|that|who|we|so|because|on (?:\w+day\b|\d)|dated|via|through|posted|based|submitted|received"
    r"|online"
    r"|haben|hat|ist|sind|wurde|wird|sowie|erhalten|eingegangen|und (?:wir|das|ihr|dein|die|freuen|für"
    r"|bedanken)"
    r"|con|I(?:['’]m| am| was| have| would| will)|ne (?:pourra|sera)|en (?:cdi|cdd|alternance|freelance"
    r"|intérim)|à compter|à partir|se (?:ha|han|está)|vient"
    r"|n['’](?:a|est|avons)|a (?:bien|été)|est|sont|nous|et (?:nous|vous|l['’]"
    r"|avons|pour|de l)|ha|han"
    r"|hemos|fue|y (?:te|le|nos"
    r"|el|la|por)"
    r"|que|you|your|in our|on our|within our|with our|here|opened|listed|please|thank|unfortunately|since"
    r"|when|as we"
    r"|after|before|among|from|reporting to|announcement|effective|starting|beginning)\b.*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^[\"“„«‘']\s*([^\"”“»’\n]{2,100}?)\s*[\"”“»’'](?=[\s,.;:!?]|$)")
_PLACES: Final = words("places")


def _cue(rule: str, pattern: str, bias: _Bias, weight: float) -> tuple[str, _Cue]:
    """Return the literal that a pattern begins with, up to its first special character, and the cue."""
    literal = re.split(r"[\\(\[?.|]", pattern, maxsplit=1)[0]
    if pattern[len(literal) :].startswith("?"):
        literal = literal[:-1]
    return literal, _Cue(rule, rule.split(".")[0], re.compile(pattern), bias, weight)


_C, _T, _E = _Bias.COMPANY, _Bias.TITLE, _Bias.EITHER
_SENT: Final = (
    r"(?: (?:has|was|have) (?:been )?(?:successfully )?(?:sent|submitted|received|forwarded|delivered"
    r"|viewed|seen"
    r"|reviewed|completed)(?: successfully)?)?"
)
_BY_STEM: dict[str, list[_Cue]] = {}
for _literal, _one in (
    _cue("en.apply_to", r"appl(?:y|ying|ied)(?: online| directly| again)? (?:to|at|with):?\s", _C, 0.92),
    _cue("en.apply_for", r"appl(?:y|ying|ied)(?: online| directly)? for\s", _T, 0.9),
    _cue(
        "en.application_to",
        rf"application(?: form| materials)?(?: you (?:have )?submitted)?{_SENT} (?:to|at|with)\s",
        _C,
        0.9,
    ),
    _cue(
        "en.application_for",
        rf"application(?: form| materials| status| process"
        rf"| package)?(?: you (?:have )?submitted)?{_SENT} (?:for|as)\s",
        _T,
        0.9,
    ),
    _cue(
        "en.application_dash", r"application(?: confirmation| received| status| update)? ?[:–—-]\s", _T, 0.6
    ),
    _cue("en.candidacy_for", r"candidacy (?:for|as)\s", _T, 0.9),
    _cue("en.candidacy_at", r"candidacy (?:at|with|to)\s", _C, 0.9),
    _cue("en.considered_for", r"consider(?:ed|ation|ing you)(?: for| as)\s", _T, 0.85),
    _cue("en.considering", r"considering\s", _C, 0.75),
    _cue("en.interest_in", r"interest(?:ed)? in\s", _E, 0.88),
    _cue("en.interest_for", r"interest for\s", _E, 0.8),
    _cue("en.resume_to", r"resume (?:to|with)\s", _C, 0.8),
    _cue("en.resume_for", r"resume for\s", _T, 0.8),
    _cue("en.resume_to", r"résumé (?:to|with)\s", _C, 0.8),
    _cue("en.resume_for", r"résumé for\s", _T, 0.8),
    _cue("en.resume_to", r"cv (?:to|with)\s", _C, 0.75),
    _cue("en.position_of", r"position(?: title)?(?: of|:| as an?| as| titled| -| –)\s", _T, 0.9),
    _cue("en.role_of", r"role(?: title)?(?: of|:| as an?| as| titled| -| –)\s", _T, 0.9),
    _cue("en.job_title", r"job(?: title)?: ", _T, 0.85),
    _cue("en.opening_for", r"opening (?:of|for)\s", _T, 0.85),
    _cue("en.employment_as", r"employment as\s", _T, 0.85),
    _cue("en.offer_you", r"offer you\s", _T, 0.85),
    _cue("en.offer_for", r"offer (?:for|of)\s", _T, 0.8),
    _cue("en.interview_for", r"interview(?:ing|s)? for\s", _T, 0.85),
    _cue("en.test_for", r"test for\s", _E, 0.75),
    _cue("en.assessment_for", r"assessment for\s", _E, 0.75),
    _cue("en.hiring_for", r"hiring (?:for )?an?\s", _T, 0.6),
    _cue("en.joining", r"join(?:ing)?\s", _C, 0.8),
    _cue("en.part_of", r"part of\s", _C, 0.65),
    _cue("en.on_behalf_of", r"on behalf of\s", _C, 0.75),
    _cue("en.welcome", r"welcome to\s", _C, 0.62),
    _cue("en.received_by", r"received by\s", _C, 0.85),
    _cue("en.submitted_to", r"submitted to\s", _C, 0.85),
    _cue("en.sent_to", r"sent to\s", _C, 0.85),
    _cue("en.delivered_to", r"delivered to\s", _C, 0.8),
    _cue("en.forwarded_to", r"forwarded (?:on )?to\s", _C, 0.75),
    _cue("en.passed_to", r"passed (?:on |along )?to\s", _C, 0.75),
    _cue("en.viewed_by", r"viewed by\s", _C, 0.85),
    _cue("en.requested_by", r"requested by\s", _C, 0.75),
    _cue("en.referred_to", r"referred (?:you )?to\s", _C, 0.8),
    _cue("en.friends_at", r"friends at\s", _C, 0.75),
    _cue("en.this_is", r"this is \w+(?: [\w.'-]+)? (?:from|at|with)\s", _C, 0.75),
    _cue("en.this_is", r"i'm \w+,? (?:from|with)\s", _C, 0.72),
    _cue("en.this_is", r"i’m \w+,? (?:from|with)\s", _C, 0.72),
    _cue("en.this_is", r"i am \w+,? (?:from|with)\s", _C, 0.72),
    _cue(
        "en.this_is",
        r"my name(?: is|'s|’s) \w+(?: [\w.'-]+)?(?:,? and i| from| with)"
        r"(?:(?:['’]| a)m (?:an? )?(?:\w+ )?recruiter (?:from|with|at)| work (?:for|at)| recruit for)?\s",
        _C,
        0.72,
    ),
    _cue("en.recruit_for", r"i recruit for\s", _C, 0.75),
    _cue("en.shown_in", r"show(?:n|ed) in\s", _C, 0.75),
    _cue("fr.temoignez", r"témoignez à\s", _C, 0.8),
    _cue("en.employee_of", r"employee of\s", _C, 0.7),
    _cue("en.picking", r"picking\s", _C, 0.7),
    _cue("fr.transmise_a", r"transmise? (?:à|au)\s", _C, 0.85),
    _cue("fr.envoyee_a", r"envoyée? (?:à|au)\s", _C, 0.85),
    _cue(
        "de.an",
        r"an (?=[\w&. -]{2,50} (?:übermittelt|gesendet|weitergeleitet|versendet|verschickt))",
        _C,
        0.85,
    ),
    _cue("es.enviada_a", r"enviad[ao] a\s", _C, 0.85),
    _cue("en.choosing", r"choosing\s", _C, 0.7),
    _cue("en.invited_by", r"invited by\s", _C, 0.8),
    _cue("en.from", r"from\s", _C, 0.7),
    _cue("en.were_sent_to", r"were sent to\s", _C, 0.95),
    _cue("fr.candidature", r"candidature(?: spontanée)?\b\s?", _E, 0.9),
    _cue("fr.postuler", r"postul(?:é|er|ant)\s", _E, 0.88),
    _cue("fr.poste_de", r"poste(?: de\b| d['’]|\s?:| en tant que)\s?", _T, 0.9),
    _cue("fr.offre", r"offre(?: d['’]emploi)?(?: de| d['’]|\s?:)\s?", _T, 0.75),
    _cue("fr.interet", r"intérêt[^.\n]{0,40}? (?:pour|à|au|envers)\s", _E, 0.85),
    _cue("fr.rejoindre", r"rejoindre\s", _C, 0.8),
    _cue("fr.chez", r"chez\s", _C, 0.85),
    _cue("fr.au_sein", r"au sein (?:de |du |d['’]|des )(?:la société |l['’]entreprise |groupe )?", _C, 0.75),
    _cue("de.bewerbung", r"bewerbung(?:sunterlagen)?\s", _E, 0.9),
    _cue("de.beworben", r"haben sich\s", _E, 0.8),
    _cue("de.stelle", r"stelle(?:nanzeige|nausschreibung|nangebot)?\s", _T, 0.85),
    _cue("de.position", r"position (?:als|für|des|der|\W)", _T, 0.85),
    _cue("de.interesse", r"interesse an\s", _E, 0.85),
    _cue("de.karriere", r"karriere (?=bei)", _C, 0.8),
    _cue("de.taetigkeit", r"tätigkeit (?=als|bei)", _E, 0.8),
    _cue("de.mitarbeit", r"mitarbeit (?=bei|als)", _E, 0.8),
    _cue("de.team", r"team (?=bei|der|von)", _C, 0.6),
    _cue("de.bei", r"bei\s", _C, 0.62),
    _cue("es.candidatura", r"candidatura\s", _E, 0.9),
    _cue("es.solicitud", r"solicitud(?: de empleo)?\s", _E, 0.88),
    _cue("es.inscrito", r"inscri(?:to|ta|pción|birte|birse)\s", _E, 0.85),
    _cue("es.postular", r"postul(?:ar|arte|ado|ación)\s", _E, 0.85),
    _cue("es.aplicar", r"aplica(?:r|do)\s", _E, 0.85),
    _cue("es.posicion", r"posición de\s", _T, 0.9),
    _cue("es.puesto", r"puesto de\s", _T, 0.9),
    _cue("es.vacante", r"vacante(?: de|:)?\s", _T, 0.85),
    _cue("es.oferta", r"oferta(?: de empleo)?(?: de|:)?\s", _T, 0.75),
    _cue("es.interes", r"interés (?:en|por)\s", _E, 0.85),
    _cue("es.unirte", r"unirte a\s", _C, 0.8),
    _cue("es.parte_de", r"formar parte de\s", _C, 0.8),
    _cue("es.seleccion", r"selección (?:de|para|en)\s", _E, 0.75),
    _cue("es.equipo", r"equipo de\s", _C, 0.6),
):
    _BY_STEM.setdefault(_literal, []).append(_one)

# What stands before "at X" or "with X" and makes X an employer.
_BEFORE_AT: Final = {
    **dict.fromkeys(words("jobs_before_at"), 0.9),
    **dict.fromkeys(words("people_before_at"), 0.75),
    **dict.fromkeys(words("stages_before_at"), 0.7),
}
_NO_WITH: Final = words("no_with")
_WE_STEMS: Final = (", we ", ", our ", ", you ", ", you'")
_TEAM_STEMS: Final = tuple(f" {line}" for line in lines("company_departments"))
_THING_STEMS: Final = (" assessment", " test", " interview", " background", " update", " challenge")
_AT_STEMS: Final = (" at ", " with ")
_FOR_STEMS: Final = (" for ", " as ")
# What an employer does: the name stands before it and begins the sentence.
_DOES: Final = tuple(f" {line}" for line in lines("employer_does"))
# A role's noun with the title before it: "for the T position".
_ROLE_STEMS: Final = (
    " position",
    " role",
    " opening",
    " vacancy",
    " opportunity",
    " job ",
    " job.",
    " internship ",
)

_STEMS: Final = (
    *_BY_STEM,
    *_WE_STEMS,
    *_TEAM_STEMS,
    *_AT_STEMS,
    *_THING_STEMS,
    *_FOR_STEMS,
    *_DOES,
    *_ROLE_STEMS,
)
_FINDER: Final = AhoCorasick(list(_STEMS))


def lowered(text: str) -> str:
    """Return the text in lower case with every character in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def is_caseless(text: str) -> bool:
    """Return whether the text has lost its capitals, as some corpora have."""
    sample = text[:3000]
    enough = -(-len(sample) // 150)
    return len(sample) > 60 and sum(1 for _ in islice(filter(str.isupper, sample), enough)) < enough


def mentions(text: str, *, subject: bool = False, caseless: bool = False) -> Iterator[Mention]:
    """Yield what the cues of a text name, in the order of the cues."""
    lower = lowered(text)
    found = sorted(
        (start, index) for index, start, _ in _FINDER.find_matches_as_indexes(lower, overlapping=True)
    )
    for start, index in found[:_MAX_CUES]:
        stem = _STEMS[index]
        if stem in _BY_STEM:
            if start and lower[start - 1].isalnum() and stem != "stelle":
                continue
            for cue in _BY_STEM[stem]:
                matched = cue.pattern.match(lower, start)
                if matched and _applies(cue.rule, lower, start, subject):
                    small = cue.rule in _SURE or (subject and cue.rule in _SURE_IN_SUBJECT)
                    yield from _clause(text, matched.end(), cue, start, caseless, small=small)
            if stem == "application" and not caseless:
                yield from _before_application(text, start, subject)
        elif stem in _THING_STEMS:
            if not caseless:
                yield from _before_thing(text, start, subject)
        elif stem in _FOR_STEMS:
            if not caseless:
                yield from _after_for(text, start)
        elif stem in _AT_STEMS:
            yield from _at(text, lower, start, start + len(stem), caseless)
        elif stem in _TEAM_STEMS:
            if not subject and not caseless:
                yield from _before_team(text, start, start + len(stem))
        elif stem in _WE_STEMS:
            yield from _at_we(text, start)
        elif stem in _DOES:
            yield from _doer(text, start, caseless)
        else:
            yield from _before_role(text, start, caseless)


_TO_BE = re.compile(r"\b(?:be|being|become|becoming)(?: an?)? (?:\w+ )?$")
_NEWS = re.compile(
    r"(?:update|message|news|information|note|greetings|hello|offer|invitation|response|feedback|request"
    r"|reminder|up|application|thank you|thanks|invite|test|challenge|email|interest|notification"
    r"|assessment)\s$"
)
_JOIN_A_CALL = re.compile(r"\b(?:(?<!offer )to|please|can|link|click|meeting|call)\s$")
_IF = re.compile(r"\b(?:if|are)\s(?:you(?:'re)?\s)?(?:are\s)?$")
_JOB_IN_GERMAN = re.compile(
    r"\b(?:bewerb\w*|stelle|position|karriere|team|jobs?|\(?m/w/d\)?\)?)\b[^.\n]{0,80}$"
)


def _applies(rule: str, lower: str, start: int, subject: bool) -> bool:
    """Return whether what stands before a cue lets it count."""
    before = lower[max(0, start - 40) : start]
    if rule == "en.part_of":
        return bool(_TO_BE.search(before))
    if rule == "en.from":
        # "An update from X" in a subject; in a text, "from" mostly says something else.
        return subject and bool(_NEWS.search(before))
    if rule == "en.application_dash":
        return subject
    if rule == "en.joining":
        return not _JOIN_A_CALL.search(before)
    if rule in {"en.hiring_for", "en.considering", "en.offer_for"}:
        return not _IF.search(before)
    if rule == "de.bei":
        return bool(_JOB_IN_GERMAN.search(lower[max(0, start - 120) : start]))
    return True


def clause_end(text: str, start: int) -> int:
    """Return where the sentence ends that `start` is in, at most 200 characters on."""
    limit = min(len(text), start + _CLAUSE_CHARS)
    for found in _CLAUSE_END.finditer(text, start, limit):
        if found.group() == ".":
            if _ABBREVIATION.search(text[max(start, found.start() - 6) : found.start()].lower()):
                continue
        elif found.group() == "!" and text[found.start() - 3 : found.start()].lower() == "yum":
            continue
        return found.start()
    return limit


def _clause(text: str, start: int, cue: _Cue, at: int, caseless: bool, *, small: bool) -> Iterator[Mention]:
    # A name at the end keeps its dot ("Acme Inc."), so the clause is read with the character that ends it.
    end = clause_end(text, start)
    clause = text[start:end]
    language = cue.language
    role_first = _ROLE_FIRST[language].match(clause)
    left, company = _split_at(text[start : end + 1], language, caseless)

    if company:
        yield Mention(Kind.COMPANY, company, at, cue.rule, cue.weight)
        named = _possessor(left, at, cue, caseless)
        if named:
            yield named
        yield from _title(left, language, cue, at, strict=cue.bias is not _T, caseless=caseless)
        return
    clause = clause[: len(left)]

    if role_first and role_first.end() < len(clause):
        yield from _title(clause, language, cue, at, strict=False, caseless=caseless)
        return

    if cue.bias is not _T:
        lead = _TO_COMPANY[language].match(clause)
        offset = lead.end() if lead else 0
        found = company_at(text, start + offset, caseless=caseless, small=small)
        role = _ROLE_EN.search(clause) if language == "en" else None
        if found:
            name, stop = found
            rest = text[stop:end]
            belongs = bool(_OWNER_S.match(rest))
            until_role = clause[offset : role.start()] if role else ""
            if role and not belongs and not _OTHER_CLAUSE.search(until_role):
                # "the Software Engineer position", "Acme Software Engineer role": a title, whoever begins it.
                yield from _title(until_role, language, cue, at, strict=False, caseless=caseless)
                return
            if _employs(name) and not looks_like_title(name):
                yield Mention(Kind.COMPANY, name, at, cue.rule, cue.weight)
                follows = _AFTER_COMPANY.match(rest)
                if follows or belongs:
                    tail = rest[follows.end() if follows else 2 :]
                    yield from _title(tail, language, cue, at, strict=not belongs, caseless=caseless)
                return
    yield from _title(clause, language, cue, at, strict=cue.bias is not _T, caseless=caseless)


# "interest in Acme and the Data Engineer position", "applying to Acme for the position".
_OTHER_CLAUSE = re.compile(
    r":\s|\s(?:for|and (?:the|our|for|your|i|invite|encourage|hope|would|wish|thank|look|will|are|have))\s",
    re.IGNORECASE,
)


_OWNER = re.compile(r"(?:the\s+)?([A-Z][\w&. -]{1,40}?)['’]s\s")
_OWNER_S = re.compile(r"['’]s?\s")


def _possessor(left: str, at: int, cue: _Cue, caseless: bool) -> Mention | None:
    """Return the company of "Acme's Data Engineer role (with ...)"."""
    owner = _OWNER.match(left)
    if owner and not caseless and _employs(owner[1]) and not looks_like_title(owner[1]):
        return Mention(Kind.COMPANY, owner[1], at, cue.rule, cue.weight - 0.05)
    return None


def _split_at(clause: str, language: str, caseless: bool) -> tuple[str, str | None]:
    """Return what stands before "at X" and X, for the first X that can be an employer."""
    for found in _AT[language].finditer(clause):
        read = company_at(clause, found.end(), caseless=caseless)
        if read and _employs(read[0]) and not looks_like_title(read[0]):
            if read[0].casefold() in _PLACES:
                # "en Madrid" ends the title as "en Acme" does.
                clause = clause[: found.start()] if language == "es" else clause
                continue
            if found.group().split()[0].lower() == "with" and is_system(read[0]):
                continue  # "an online assessment with SHL"
            if language == "es" and found.group().split()[0].lower() == "con" and looks_like_person(read[0]):
                continue
            return clause[: found.start()], read[0]
    if language == "es":
        # "la oferta Diseñadora UX de Wallapop", but "Ingeniero de Datos".
        before, of, after = clause.rpartition(" de ")
        of = of if before.count(" ") else ""
        read = company_at(after, caseless=caseless) if of else None
        if read and _employs(read[0]) and looks_like_title(_ROLE_FIRST["es"].sub("", before, count=1)):
            return before, read[0]
    return clause, None


def _title(
    part: str, language: str, cue: _Cue, at: int, *, strict: bool, caseless: bool
) -> Iterator[Mention]:
    """Yield the title that a clause begins with, and its number. `strict`: only what looks like one."""
    led = _ROLE_FIRST[language].match(part)
    if led and led.end() < len(part.rstrip()):
        part, strict = part[led.end() :], False
    else:
        lead = _AS[language].match(part)
        part = part[lead.end() :] if lead else part
    quoted = _QUOTED.match(part)
    if quoted:
        part = quoted[1]
    else:
        if language == "en":
            role = _ROLE_EN.search(part)
            if role and role.start() > 2 and part[role.start() - 1] in " (-":
                part, strict = part[: role.start()], False
        part = _TITLE_STOP.sub("", part)
        if language in {"en", "de"}:
            part = cut_title(part)
    part = part.strip()
    title = clean_title(part)
    if title is None:
        return
    value, number = title
    good = looks_like_title(value)
    if not good and (
        strict or caseless or not (value[:1].isupper() or value[:1].isdigit()) or len(value.split()) > 9
    ):
        return
    yield Mention(Kind.TITLE, value, at, cue.rule, cue.weight if good else cue.weight - 0.25)
    if number:
        yield Mention(Kind.NUMBER, number, at, cue.rule, cue.weight)


def _is_employer(name: str) -> bool:
    return _employs(name) and not looks_like_title(name) and not looks_like_person(name)


_NUMBER = re.compile(r"[A-Z]{0,5}[-_/]?\d[\d./_-]{3,}")


def _employs(name: str) -> bool:
    return not (is_generic(name) or names_a_field(name) or len(name) < 2 or _NUMBER.fullmatch(name))


def _at(text: str, lower: str, start: int, end: int, caseless: bool) -> Iterator[Mention]:
    before = lower[max(0, start - 30) : start].rsplit(None, 1)
    word = before[-1].strip("(),") if before else ""
    weight = _BEFORE_AT.get(word)
    if weight is None:
        return
    if text.startswith("the ", end):
        end += 4
    read = company_at(text, end, caseless=caseless)
    if read is None or not _employs(read[0]) or looks_like_title(read[0]):
        return
    if lower[start + 1] == "w" and word in _NO_WITH:
        return
    if lower[start + 1] == "a":
        yield Mention(Kind.COMPANY, read[0], start, "en.at", weight)
    elif not looks_like_person(read[0]):
        yield Mention(Kind.COMPANY, read[0], start, "en.with", weight - 0.05)


_SAINT = re.compile(r"\b(?:St|Mt|Ft)\.$")  # "St. Jude Hospital is an equal ..." is one sentence
_CONJUNCTION = re.compile(r"^.*\b(?:when|if|once|that|after|and)\s")


def _doer(text: str, start: int, caseless: bool) -> Iterator[Mention]:
    begin = max(text.rfind(mark, max(0, start - 100), start) for mark in ("\n", ". ", "! ", ": ", ", ")) + 1
    if _SAINT.search(text, max(0, begin - 4), begin):
        begin -= 3
    part = _CONJUNCTION.sub("", text[max(begin, start - 100) : start].strip())
    if not part or len(part) > 60 or (part[0].islower() and not caseless):
        return
    name, _ = undecorated(part)
    read = company_at(name, 0, caseless=caseless)
    if read and read[1] >= len(name.rstrip(" .")) and _is_employer(read[0]) and not is_system(read[0]):
        yield Mention(Kind.COMPANY, read[0], start, "does", 0.72)


_DETERMINER = re.compile(r"\b(?:the|our|an?|this|your|open|following)\s+(?=\S)", re.IGNORECASE)
_WEAK_DETERMINER = re.compile(r"\b(?:for|of|as|to|in)\s+(?=\S)", re.IGNORECASE)
_YOUR = re.compile(r"\b[Yy]our (?:(?:recent|job|online|submitted) )*(?P<name>(?=[A-Z0-9])[^\n.,!?]{1,60})$")


_BARE = re.compile(r"(?P<name>(?=[A-Z0-9])[^.,!?:|–—]{2,60})$")


def _before_application(text: str, start: int, subject: bool) -> Iterator[Mention]:
    """Yield X of "your X application": an employer or a title; in a subject also of "X application"."""
    before = text[max(0, start - 90) : start].rstrip()
    found, rule = _YOUR.search(before), "en.your_application"
    if found is None and subject and start < 60:
        found, rule = _BARE.match(before), "subject.application"
    if found is None:
        return
    title = clean_title(found["name"])
    if title and looks_like_title(title[0]):
        yield Mention(Kind.TITLE, title[0], start, rule, 0.8)
        return
    read = company_at(found["name"])
    if read and read[1] == len(found["name"]) and _employs(read[0]):
        yield Mention(Kind.COMPANY, read[0], start, rule, 0.8)


_NAME_BEFORE = re.compile(
    r"(?:^|[.!?*|,–—-]\s+|\n|\b(?:the|with|from|your"
    r"|our friends at)\s)(?P<name>(?=[A-Z0-9])[^\n,.!?:]{2,50}|(?:[A-Z]\.){2,4} ?[A-Z]\w+)$"
)


def _before_team(text: str, start: int, end: int) -> Iterator[Mention]:
    """Yield X of "X Talent Acquisition", wherever a mail is signed so."""
    if text[end : end + 1].isalnum():
        return
    found = _NAME_BEFORE.search(text[max(0, start - 60) : start])
    if found is None:
        return
    name = without_owner_s(re.sub(r"^The (?=\S)", "", found["name"]))
    read = company_at(name)
    if read and read[1] >= len(name) and _is_employer(read[0]) and not is_system(read[0]):
        yield Mention(Kind.COMPANY, read[0], start, "en.department", 0.7)


_AT_X = re.compile(r"(?:^|[.!?:]\s|\n|\s)(?:[Hh]ere )?[Aa]t (?P<name>(?=[A-Z0-9])[^\n,.!?:]{2,50})$")


def _at_we(text: str, start: int) -> Iterator[Mention]:
    """Yield X of "At X, we believe"."""
    found = _AT_X.search(text[max(0, start - 70) : start])
    read = company_at(found["name"]) if found else None
    if found and read and read[1] == len(found["name"]) and _is_employer(read[0]):
        yield Mention(Kind.COMPANY, read[0], start, "en.at_we", 0.72)


_THE = re.compile(r"\b(?:[Yy]our|[Tt]he) (?P<name>(?=[A-Z0-9])[^\n.,!?:]{2,50})$")
_STOCK: Final = words("subject_words")


def _before_thing(text: str, start: int, subject: bool) -> Iterator[Mention]:
    """Yield X of "your X assessment", and in a subject of "X interview": an employer, if no stock word."""
    before = text[max(0, start - 80) : start].rstrip()
    found, weight = _THE.search(before), 0.66
    if found is None and subject and start < 50:
        found, weight = _BARE.match(before), 0.62
    if found is None:
        return
    name = found["name"]
    read = company_at(name)
    if read is None or read[1] != len(name) or any(word in _STOCK for word in lowered(name).split()):
        return
    if _is_employer(name) and not is_system(name):
        yield Mention(Kind.COMPANY, name, start, "en.your_test", weight)


_FOR = re.compile(r"\s?(?:for|as)\s+(?:(?:the|our|an?)\s+)?(?=[A-Z0-9\"“(])")


def _after_for(text: str, start: int) -> Iterator[Mention]:
    """Yield T of "to interview for T", "we hired another for T": only what is a title beyond doubt."""
    found = _FOR.match(text, start)
    if not found:
        return
    part = text[found.end() : clause_end(text, found.end())]
    split, company = _split_at(part, "en", False)
    title = clean_title(cut_title(_TITLE_STOP.sub("", split)))
    if title and looks_like_title(title[0]) and " " in title[0]:
        yield Mention(Kind.TITLE, title[0], start, "en.for", 0.6)
        if company:
            yield Mention(Kind.COMPANY, company, start, "en.for", 0.7)


def _before_role(text: str, start: int, caseless: bool) -> Iterator[Mention]:
    begin = max(text.rfind(mark, max(0, start - 110), start) for mark in ("\n", ". ", "! ", "? ", "; ")) + 1
    begin = max(begin, start - 100)
    part = text[begin:start]
    best = None
    # The last "the" begins the title; "of" and "in" may stand inside it.
    for found in [*list(_DETERMINER.finditer(part))[::-1], *_WEAK_DETERMINER.finditer(part)]:
        candidate = part[found.end() :]
        if candidate[:1].isupper() or candidate[:1].isdigit() or candidate[:1] in '"“(' or caseless:
            title = clean_title(candidate)
            if title and looks_like_title(title[0]):
                best = title
                break
    if best:
        yield Mention(Kind.TITLE, best[0], start, "en.before_role", 0.8)
        if best[1]:
            yield Mention(Kind.NUMBER, best[1], start, "en.before_role", 0.8)
