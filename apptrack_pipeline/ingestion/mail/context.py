"""What a sentence is said in: conditions and negations around a phrase, titles within it, words of the job world.

All patterns are for folded text (see `sentences.py`).
"""

from __future__ import annotations

import re
from typing import Final

from apptrack_pipeline.ingestion.mail.rules import Guard, Rule
from apptrack_pipeline.ingestion.mail.signals import Category

# "If you are not selected, we keep your CV" is in a third of all confirmations. Measured on real mail: without
# this guard 23 of 291 confirmations read as rejections, with it 4.
_CONDITIONS: Final = {
    "en": re.compile(
        r"\b(?:if|in the event|in case|whether|unless|until|should (?:you|your|this|we|the|another|there|it)|assuming"
        r"|provided that|(?:when|once|after) (?:the|a|this|your|we|you) (?:position|role|job|application|vacancy))\b"
    ),
    "fr": re.compile(
        r"\b(?:si|s'il|s'ils|au cas ou|en cas|dans le cas|lorsque|des que|sans (?:reponse|nouvelles?|retour))\b"
    ),
    "de": re.compile(r"\b(?:wenn|falls|sofern|sollten?|ob|im falle?|fur den fall|fuer den fall|sobald)\b"),
    "es": re.compile(r"\b(?:si|en caso|en el caso|cuando|de no|siempre que|a menos que|en cuanto)\b"),
}
# What may happen later to some: a process that is described, not news.
_POSSIBILITIES: Final = {
    "en": re.compile(
        r"\b(?:if (?!you(?:'re|'d)?(?: are| have| would)? (?:still |also |\w+ly )?(?:interested|available|able|unable|like|have|need|wish"
        r"|want|cannot|can|could|agree|accept|prefer|any|do|require))|in the event|in case|whether|unless|may (?!\d|be you)|might"
        r"|should (?:your|this|we|there|it|you be)|shortlisted (?:candidates|applicants)|(?:selected|successful|qualified)"
        r" (?:candidates|applicants)|(?:candidates|applicants|those|people) (?:who|whose|selected|that)|typically|usually|often"
        r"|generally|potential(?:ly)?|possible|process (?:includes|consists|involves|usually)|once (?:we|your|the)"
        r"|after (?:we|the|your) (?:\w+ )?(?:review|application)|only)\b"
    ),
    "fr": re.compile(
        r"\b(?:si (?!vous (?:etes|souhaitez|avez|le) (?:\w+ )?(?:interesse|disponible|toujours|souhait))|s'il|au cas ou|en cas"
        r"|lorsque|des que|pourra|pourront|pourriez etre|pourrait|eventuel\w*|peut etre|peuvent)\b"
    ),
    "de": re.compile(r"\b(?:wenn|falls|sofern|sollten?|im falle?|gegebenenfalls|ggf|eventuell|unter umstanden|sobald)\b"),
    "es": re.compile(
        r"\b(?:si (?!(?:estas|esta|te|le|tienes|sigues) (?:\w+ )?(?:interesad|disponible|interesa))|en caso|cuando|podria|podran|podrias ser"
        r"|posible|en cuanto)\b"
    ),
}
_NEGATIONS: Final = {
    "en": re.compile(
        r"(?:\bnot\b|n't\b|\bunable\b|\bcannot\b|\bnever\b|\bwithout\b|\bno longer\b|\bdecided against\b|\bregret\b|\bunfortunately\b)"
        r"(?: \S+){0,7} ?$"
    ),
    "fr": re.compile(r"\b(?:pas|ne|n'\w+|sans|jamais|malheureusement|regret\w*)\b(?: \S+){0,6} ?$"),
    "de": re.compile(r"\b(?:nicht|kein\w*|leider|ohne)\b(?: \S+){0,7} ?$"),
    "es": re.compile(r"\b(?:no|sin|nunca|lament\w+)\b(?: \S+){0,6} ?$"),
}
_AFTER: Final = {
    "en": re.compile(
        r"\b(?:if (?:your|there|we|selected|the team|you are (?:selected|shortlisted|successful|chosen|a |found|deemed|considered|invited))"
        r"|should (?:you|your)|once (?:we|your|the)|for those|to those|to selected|is a possibility)\b"
    ),
    "fr": re.compile(r"\b(?:si (?:votre|nous|la|le|les)|en cas de|le cas echeant)\b"),
    "de": re.compile(r"\b(?:wenn|falls|sofern|nicht)\b"),
    "es": re.compile(r"\b(?:si (?:tu|su|el|la|eres|es|resultas)|en caso de)\b"),
}
_UNTIL: Final = re.compile(r"\b(?:until|unless|without (?:this|these|your|the|it)|tant que|bis (?:sie|wir)|hasta que)\b")
_YOUR_OWN_WISH: Final = re.compile(
    r"\byou(?:'ve| have)? (?:recently |just )?(?:decided|chosen|elected|opted|asked|requested|indicated|informed|told|let us know|no longer|wish|would"
    r" like to withdraw|withdr)"
)
_DONE: Final = {
    "en": re.compile(r"\b(?:thank\w*|thx|appreciate|grateful)\b(?: \S+){0,9} ?$|\b(?:you|you've|was|were|been) (?:successfully )?$"),
    "fr": re.compile(r"\b(?:merci d'avoir|remerci\w+)\b(?: \S+){0,6} ?$"),
    "de": re.compile(r"\b(?:dank\w*)\b(?: \S+){0,6} ?$"),
    "es": re.compile(r"\b(?:gracias|agradec\w+)\b(?: \S+){0,6} ?$"),
}
_OF_SOMEBODY_ELSE: Final = re.compile(
    r"\b(?:another|other|different|selected|chosen|successful) (?:\w+ )?(?:candidate|applicant|individual|person)|\bsomeone else"
)
_TURN: Final = re.compile(r";| but | however,? | yet,? |, however|: | mais | cependant | aber | jedoch | pero | sin embargo ")


def holds(rule: Rule, sentence: str, start: int, end: int) -> bool:
    """Say whether the match `sentence[start:end]` of the rule means what it says, by what stands around it."""
    if rule.guard is Guard.NONE:
        return True
    language = rule.name[:2]
    before = sentence[:start]
    turn = 0
    for match in _TURN.finditer(before):
        turn = match.end()
    before = before[turn:]
    after = sentence[end : end + 120]
    if rule.guard is Guard.CONDITION:
        if _CONDITIONS[language].search(before):
            return False
        if rule.category is Category.REJECTION:
            return not (_UNTIL.search(after) or _YOUR_OWN_WISH.search(before[-60:]))
        return True
    if rule.category is Category.ASSESSMENT and _DONE[language].search(before):
        return False
    if rule.category is Category.OFFER and _OF_SOMEBODY_ELSE.search(sentence):
        return False
    if _POSSIBILITIES[language].search(before) or _NEGATIONS[language].search(before):
        return False
    return not _AFTER[language].search(after)


_KEYWORDS: Final = r"(?:assessments?|offers?|interview(?:er|ing|s)?|tests?|testing|rejections?|screening|challenges?)"
_HEADS: Final = (
    r"(?:analyst|manager|engineer|specialist|coordinator|lead|director|developer|architect|consultant|associate|officer"
    r"|administrator|technician|designer|scientist|intern|assistant|planner|strategist|executive|supervisor|nurse"
    r"|psychologist|counsel+or|teacher|scheduler|representative|ingenieur|entwickler|manager)"
)
_TITLE: Final = re.compile(
    rf"\b{_KEYWORDS}(?: (?!for\b|the\b|to\b|with\b|at\b|as\b|from\b|on\b|in\b|by\b|your\b|our\b|is\b|an?\b|of\b|this\b|and\b|will\b|has\b|senior\b"
    rf"|junior\b|jr\b|sr\b|staff\b|principal\b|data\b|software\b|product\b|python\b|java\b|backend\b|frontend\b|full\b|letter\b|invitation\b)\w[\w&/+-]*)?"
    rf" {_HEADS}s?\b"
)
_TITLE_BEFORE_ROLE: Final = re.compile(
    rf"\b(?:for|of|as|to) (?:the|our|an?)? ?(?:(?!for\b|the\b|to\b|with\b|at\b|as\b|you\b|your\b|an?\b|next\b|complete\b|take\b|schedule\b)\w[\w&/+-]* ){{0,3}}?{_KEYWORDS}"
    rf" (?:(?!for\b|with\b|at\b|to\b|the\b|in\b|of\b)\w[\w&/+-]* ){{0,3}}?(?:position|role|job|opening|vacancy)\b"
)
_TITLE_HINT: Final = re.compile(_KEYWORDS)


def mask_titles(folded: str) -> str:
    """Return the text with job titles blanked that hold a word of a category: `offer manager`, `test engineer`."""
    if not _TITLE_HINT.search(folded):
        return folded
    folded = _TITLE.sub(_blank, folded)
    return _TITLE_BEFORE_ROLE.sub(_blank, folded)


def _blank(match: re.Match[str]) -> str:
    # Word lengths stay, so that patterns which count words see as many as before; the last word, often
    # `position`, stays readable.
    head, space, last = match.group().rpartition(" ")
    return re.sub(r"\w", "_", head) + space + last


# weight, words (* = any ending). Each line counts once, however many of its words a mail has.
_JOB_CUES: Final = (
    (3.0, "hiring team|hiring manager*|recruiting team|recruitment team|recruiting department"),
    (3.0, "talent acquisition|talent team|talent partner*|people team|people operations|people ops|people & culture|hr team|hr department|human resources"),
    (3.0, "recruiter*|recruiting|recruitment|headhunt*|talent"),
    (3.0, "candidacy|job application|your application for the position|your application for the role|employment application"),
    (2.5, "hiring process|recruitment process|interview process|selection process|application process|interview*"),
    (2.5, "applicant*|candidate*"),
    (2.0, "resume*|cv|curriculum vitae|cover letter|linkedin"),
    (2.0, "for the position|position of|role of|for the role|this position|this role|job opening*|open position*|open role*|other openings|opening for|position with|position at|role at|the position"),
    (2.0, "job description|qualifications|employment|career opportunit*|your background|your experience|your skills|skills and experience|skill set"),
    (1.5, "applying|applied|your application|application"),
    (1.0, "position|role|job|jobs|vacanc*|opening*|internship*|intern"),
    (1.0, "career*|job search|hiring|hired|hire"),
    (0.5, "skills|experience|opportunit*|team"),
    # French
    (3.0, "candidature*|recrutement|recruteur*|recruteuse*|postule*|embauche|chasseur de tetes"),
    (2.5, "candidat|candidate|candidats|entretien d'embauche|processus de recrutement|ressources humaines|equipe rh"),
    (2.0, "poste de|le poste|ce poste|au poste|offre d'emploi|votre profil|votre cv|lettre de motivation|stage|alternance|cdi|cdd"),
    (1.0, "poste|emploi|offre|offres|competences|parcours|entretien|profil|opportunite*"),
    # German
    (3.0, "bewerbung*|bewerber*|bewerbungs*|vorstellungsgesprach*|vorstellungsgespraech*|recruiting-team|personalabteilung|kandidat*|bewerben"),
    (2.0, "stelle als|stelle|position als|lebenslauf|stellenausschreibung*|stellenanzeige|praktikum|ihr profil|dein profil|karriere|arbeitsvertrag"),
    (1.0, "position|jobs|stellenangebote|qualifikation*|aufgabe*|job"),
    # Spanish
    (3.0, "candidatura*|proceso de seleccion|reclut*|postulacion*|postulaste|seleccion de personal|talento humano|recursos humanos"),
    (2.0, "vacante*|curriculum|hoja de vida|puesto de|el puesto|entrevista*|candidato*|candidata*|tu perfil|su perfil|oferta de empleo|oferta laboral"),
    (1.0, "puesto|empleo|oferta|perfil|trabajo|trayectoria"),
)


def job_cues() -> tuple[tuple[str, int, float, bool], ...]:
    """Return the words of the job world: the word, the line it counts for, its weight, whether any ending will do."""
    return tuple(
        (word.rstrip("*"), line, weight, word.endswith("*"))
        for line, (weight, words) in enumerate(_JOB_CUES)
        for word in words.split("|")
    )


_FUNCTION_WORDS: Final = {
    "en": frozenset("the and you your for with our this that have will are not to of we be".split()),
    "fr": frozenset("le la les et vous votre nous pour de des du une est pas dans que avec chez".split()),
    "de": frozenset("der die das und sie ihre wir fur ist nicht mit den uns bei ein eine auf zu ihr".split()),
    "es": frozenset("el los las y usted tu para con una por que su del en hemos nos al como te".split()),
}
_WORD: Final = re.compile(r"[a-z']+")


def languages_of(folded: str) -> tuple[str, ...]:
    """Return which of en, fr, de, es the text is written in, by its little words; the most used first.

    More than one where a mail mixes them; empty where too few words are there to tell.
    """
    counts = dict.fromkeys(_FUNCTION_WORDS, 0)
    for word in _WORD.findall(folded[:3000]):
        for language, words in _FUNCTION_WORDS.items():
            if word in words:
                counts[language] += 1
    ranked = sorted(counts, key=lambda language: counts[language], reverse=True)
    most = counts[ranked[0]]
    return tuple(language for language in ranked if counts[language] >= max(2, most / 3))
