"""What a phrase is said in: conditions and negations around it, job titles, words of the job world.

All patterns are for folded text (see `sentences.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.rules import Guard, Rule

# "If you are not selected, we keep your CV" is in a third of all confirmations. Measured on real mail:
# without this guard 23 of 291 confirmations read as rejections, with it 4.
_CONDITIONS: Final = {
    "en": re.compile(
        r"\b(?:if|in the event|in case|whether|unless|until|should (?:you|your|this|we|the|another|there"
        r"|it)|assuming|provided that|(?:not|don't|do not|haven't|have not) (?:hear|receiv)\w*|(?:when"
        r"|once|after) (?:the|a|this|your|we|you) (?:position|role|job|application|vacancy))\b"
    ),
    "fr": re.compile(
        r"\b(?:si|s'il|s'ils|au cas ou|en cas|dans le cas|lorsque|des que|sans (?:reponse|nouvelles?"
        r"|retour)|hypothese|cas contraire)\b"
    ),
    "de": re.compile(
        r"\b(?:wenn|falls|sofern|sollten?|ob|bei eine[rm]|im falle?|im gegenteil|fur den fall"
        r"|fuer den fall|sobald)\b"
    ),
    "es": re.compile(r"\b(?:si|en caso|en el caso|cuando|de no|siempre que|a menos que|en cuanto)\b"),
}
# What may happen later to some: a process that is described, not news.
_POSSIBILITIES: Final = {
    "en": re.compile(
        r"\b(?:if\b(?! you(?:'re|'d)?(?: are| would)? (?:still |also |\w+ly )?(?:interested|available"
        r"|able|unable|like|have (?:any|questions|time|a |an )|need|wish|want|cannot|can|could|agree"
        r"|accept|prefer|any|do|require))|in the event|in case|whether|unless|may\b(?! \d| be you)|might"
        r"|should (?:your|this|we|there|it|you be)|shortlisted (?:candidates|applicants)|(?:selected"
        r"|successful|qualified) (?:candidates|applicants)|(?:candidates|applicants|those|people) (?:who"
        r"|whose|selected|that)|typically|usually|often|sometimes|generally|potential(?:ly)?|possible"
        r"|process (?:includes|consists|involves|usually)"
        r"|once (?:we|your|the)|after (?:we|the"
        r"|your) (?:\w+ )?(?:review|application)|only|plan(?:ning)? to|expect to)\b"
    ),
    "fr": re.compile(
        r"\b(?:si\b(?! vous (?:etes|souhaitez|avez|le) (?:\w+ )?(?:interesse|disponible|toujours"
        r"|souhait))|s'il|au cas ou|en cas|lorsque|des que|pourra|pourront|pourriez etre|pourrait"
        r"|eventuel\w*|peut etre|peuvent)\b"
    ),
    "de": re.compile(
        r"\b(?:wenn|falls|sofern|sollten?|bei eine[rm]|im falle?|gegebenenfalls|ggf|eventuell"
        r"|unter umstanden|sobald)\b"
    ),
    "es": re.compile(
        r"\b(?:si\b(?! (?:estas|esta|te|le|tienes|sigues) (?:\w+ )?(?:interesad|disponible|interesa))"
        r"|en caso|cuando|podria|podran|podrias ser|posible|en cuanto)\b"
    ),
}
_NEGATIONS: Final = {
    "en": re.compile(
        r"(?:\bnot\b|n't\b|\bunable\b|\bcannot\b|\bnever\b|\bwithout\b|\bno longer\b|\bdecided against\b"
        r"|\bregret\b|\bunfortunately\b)(?: \S+){0,7} ?$"
    ),
    "fr": re.compile(r"\b(?:pas|ne|n'\w+|sans|jamais|malheureusement|regret\w*)\b(?: \S+){0,6} ?$"),
    "de": re.compile(r"\b(?:nicht|kein\w*|leider|ohne)\b(?: \S+){0,7} ?$"),
    "es": re.compile(r"\b(?:no|sin|nunca|lament\w+)\b(?: \S+){0,6} ?$"),
}
_AFTER: Final = {
    "en": re.compile(
        r"\bif\b(?! (?:you(?:'re|'d)?(?: are| have| would| need| can| cannot| can't| do| don't| want"
        r"| prefer| still| wish)? (?:still |also |\w+ly )?(?:interested|available|able|unable|like|have"
        r"|need|any|not|wish|want|to|questions|agree|okay|happy)|that|this|so|possible|any|none|not|it"
        r"|these|needed|necessary))|\bshould (?:you|your)|\bonce (?:we|your|the)|\b(?:for|to) (?:those"
        r"|selected)|\bis a possibility\b|\bdepending on\b"
    ),
    "fr": re.compile(r"\b(?:si (?:votre|nous|la|le|les)|en cas de|le cas echeant)\b"),
    "de": re.compile(r"\b(?:wenn|falls|sofern|nicht)\b"),
    "es": re.compile(r"\b(?:si (?:tu|su|el|la|eres|es|resultas)|en caso de)\b"),
}
_UNTIL: Final = re.compile(
    r"\b(?:until|unless|without (?:this|these|your(?! selection)|the|it)|tant que|bis (?:sie|wir)"
    r"|hasta que)\b"
)
_SOME_ARE_CONTACTED: Final = re.compile(
    r"\b(?:only|reach(?:ing)? out to|contact(?:ing)?|notify(?:ing)? (?!you)|respond(?:ing)? to|hear from"
    r"|invite)(?: \S+){0,4} ?$"
)
_YOUR_OWN_WISH: Final = re.compile(
    r"\byou(?:'ve| have)? (?:recently |just )?(?:decided|chosen|elected|opted|asked|requested|indicated"
    r"|informed|told|let us know|no longer|wish|would like to withdraw|withdr)"
)
_DONE: Final = {
    "en": re.compile(r"\b(?:thank\w*|thx|appreciate|grateful)\b(?: \S+){0,9} ?$"),
    "fr": re.compile(r"\b(?:merci d'avoir|remerci\w+)\b(?: \S+){0,6} ?$"),
    "de": re.compile(r"\b(?:dank\w*)\b(?: \S+){0,6} ?$"),
    "es": re.compile(r"\b(?:gracias|agradec\w+)\b(?: \S+){0,6} ?$"),
}
_YOU_HAVE: Final = re.compile(r"\b(?:you've|was|were|been) (?:successfully )?$")
_BEFORE_WE: Final = re.compile(r"\bbefore we (?:schedul|invit|arrang)\w*")
_PRACTICE: Final = re.compile(r"\b(?:mock|practice|practise) interview")
_NEGATED: Final = re.compile(r"\b(?:not|unable|cannot|never)\b|n't\b")
_OF_SOMEBODY_ELSE: Final = re.compile(
    r"\b(?:another|other|different|selected|chosen|successful) (?:\w+ )?(?:candidate|applicant"
    r"|individual|person)|\b(?:someone|somebody) else|\bto one of them\b|\bto (?:another|someone)\b"
)
# A story about a job search, in a list, a newsletter or a friend's mail, is no news of an application.
_STORY: Final = re.compile(
    r"\b(?:told|tells|asked) (?:me|him|her|them)\b|\b(?:he|she|they) (?:got|gets|had been|was|were) (?:\w+ )?"
    r"(?:offered|rejected|hired|interviewed|turned down)|\b(?:years|decades) ago\b|\bin 19\d\d\b|\bin the "
    r"(?:eighties|nineties)\b|\b(?:my|his|her) (?:friend|brother|sister|wife|husband|son|daughter|cousin"
    r"|roommate"
    r"|boyfriend|girlfriend|dad|mom|mother|father)\b|\b(?:got|gets) (?:him|her|them) (?:an?|the)\b"
    r"|\d ?(?:%|percent) of (?:our|all) |\b(?:graduates|alumni|readers) (?:get|got|land|landed|receive)\b"
)
_SPEECH: Final = re.compile(
    r"\b(?:told|tell|tells|said|say|says|saying|heard|hear|wrote|write|writes|replied|answer\w*|phrases?|like"
    r"|dit|disent|entendu|sagte\w*|sagen|gehort|dijo|dicen|escuche)\b[^\"]{0,40}\"[^\"]*$"
)
_TURN: Final = re.compile(
    r";| but | however,? | yet,? |, however|: | mais | cependant | aber | jedoch | pero | sin embargo "
)


def holds(rule: Rule, sentence: str, start: int, end: int) -> bool:
    """Say whether the match `sentence[start:end]` means what it says, by what stands around it."""
    if rule.guard is Guard.NONE:
        return True
    if rule.guard is Guard.EMPLOYMENT:
        return not speaks_of_employment(sentence)
    language = rule.language
    before = sentence[:start]
    if rule.category in _DECISIONS and (_STORY.search(sentence) or _SPEECH.search(before)):
        return False
    turn = 0
    for match in _TURN.finditer(before):
        turn = match.end()
    before = before[turn:]
    after = sentence[end : end + 120]
    if rule.guard is Guard.CONDITION:
        # A pattern with a gap may hold the condition itself: "notify you if you are no longer considered".
        if _CONDITIONS[language].search(before + sentence[start:end]):
            return False
        if rule.category is MailCategory.REJECTION:
            return not (
                _SOME_ARE_CONTACTED.search(before)
                or _UNTIL.search(after)
                or _YOUR_OWN_WISH.search(before[-60:])
            )
        return True
    if rule.category in {
        MailCategory.ASSESSMENT,
        MailCategory.FOLLOWUP_OTHER,
        MailCategory.INTERVIEW,
    } and _DONE[language].search(before):
        return False
    if rule.category in {MailCategory.ASSESSMENT, MailCategory.FOLLOWUP_OTHER} and _YOU_HAVE.search(before):
        return False
    if rule.category is MailCategory.OFFER and _OF_SOMEBODY_ELSE.search(sentence):
        return False
    if sentence.count('"', 0, end) % 2:
        return False
    if rule.category is MailCategory.INTERVIEW and _BEFORE_WE.search(before + sentence[start:end]):
        return False
    if rule.category in {MailCategory.INTERVIEW, MailCategory.OFFER} and (
        _NEGATED.search(sentence, start, end) or _PRACTICE.search(sentence)
    ):
        return False
    if _POSSIBILITIES[language].search(before + sentence[start:end]) or _NEGATIONS[language].search(before):
        return False
    return not _AFTER[language].search(after)


_DECISIONS: Final = frozenset(
    {MailCategory.REJECTION, MailCategory.OFFER, MailCategory.INTERVIEW, MailCategory.ASSESSMENT}
)

_KEYWORDS: Final = (
    r"(?:assessments?|offers?|interview(?:er|ing|s)?|tests?|testing|rejections?|screening|challenges?)"
)
_HEADS: Final = (
    r"(?:analyst|manager|engineer|specialist|coordinator|lead|director|developer|architect|consultant"
    r"|associate|officer|administrator|technician|designer|scientist|intern|assistant|planner|strategist"
    r"|executive|supervisor|nurse|psychologist|counsel+or|teacher|scheduler|representative|merchandiser"
    r"|buyer|writer|editor|trainer|recruiter|clerk|agent|ingenieur|entwickler|manager)"
)
_EMPLOYMENT: Final = re.compile(
    rf"(?<!admissions )\b{_HEADS}s?\b|\b(?:positions?|roles?|jobs?|vacanc\w+|openings?|employ\w+|careers?"
    rf"|internships?|hiring|hire"
    r"|recruit\w+|postings?|resume|cv|poste|emploi|stage|alternance|cdi|cdd|offre|recrutement|stelle\w*"
    r"|praktik\w+|werkstudent\w*|ausbildungsplatz|als|puesto|empleo|trabajo|vacante|practicas|plaza|oferta)\b"
)
_TITLE: Final = re.compile(
    rf"\b{_KEYWORDS}(?: (?!for\b|the\b|to\b|with\b|at\b|as\b|from\b|on\b|in\b|by\b|your\b|our\b|is\b"
    rf"|an?\b|of\b|this\b|and\b|will\b|has\b|senior\b|junior\b|jr\b|sr\b|staff\b|principal\b|data\b"
    rf"|software\b|product\b|python\b|java\b|backend\b|frontend\b|full\b|letter\b"
    rf"|invitation\b)\w[\w&/+-]*)? {_HEADS}s?\b"
)
_NO_TITLE_WORD: Final = (
    r"(?!(?:for|the|to|with|at|as|in|of|an?|you|your|our|this|us|me|next|complete|take|schedule|is|has"
    r"|and)\b)"
)
_TITLE_WORDS: Final = rf"(?:{_NO_TITLE_WORD}\w[\w&/+-]* ){{0,3}}?"
_TITLE_BEFORE_ROLE: Final = re.compile(
    rf"\b(?:for|of|as|to the) (?:the|our|an?)? ?{_TITLE_WORDS}{_KEYWORDS} {_TITLE_WORDS}(?:position|role"
    rf"|job|opening|vacancy)\b"
)
_TITLE_HINT: Final = re.compile(_KEYWORDS)


def speaks_of_employment(folded: str) -> bool:
    """Say whether a sentence has a word of employment: `role`, `analyst`, `stage`, `Stelle`, `vacante`."""
    return _EMPLOYMENT.search(folded) is not None


def may_mislead(folded: str) -> bool:
    """Say whether a name holds a word that rules look for."""
    return _TITLE_HINT.search(folded) is not None


def mask_titles(folded: str) -> str:
    """Return the text with job titles blanked that hold a word of a category: `offer manager`."""
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
    (
        3.0,
        "hiring team|hiring manager*|recruiting team|recruitment team|recruiting department"
        "|recruiting coordinat*",
    ),
    (
        3.0,
        "talent acquisition|talent team|talent partner*|people team|people operations|people ops"
        "|people & culture|hr team|hr department|human resources",
    ),
    (2.5, "recruiter*|recruiting|recruitment|headhunt*"),
    (
        3.0,
        "candidacy|job application|for the position of|for the role of|employment application"
        "|the position of",
    ),
    (
        2.5,
        "onsite|on-site visit|hiring process|recruitment process|interview process|selection process"
        "|interviewer*|interviewing|phone screen|first-round|onsite interview",
    ),
    (2.0, "resume*|cv|curriculum vitae|cover letter|linkedin"),
    (
        1.5,
        "hackerrank|codesignal|codility|testgorilla|hirevue|online assessment|coding challenge"
        "|coding test|take-home|skills assessment|coding assessment|technical assessment",
    ),
    (
        2.0,
        "technical interview|phone interview|video interview|interview with|your interview|an interview"
        "|interview panel|hiring across|equal opportunity employer|without regard to race"
        "|hiring committee|headcount|new grad",
    ),
    (
        2.5,
        "careers portal|career site|careers site|candidate home|candidate portal|superday"
        "|in-person interview|job application|recruiting team",
    ),
    (1.5, "graduate scheme|graduate programme|internship program*|early careers|co-op"),
    (
        2.0,
        "for the position|position of|for the role|this position|this role|job opening*|open position*"
        "|open role*|other openings|opening for|position with|position at|role at|the position"
        "|position for|our openings|the role",
    ),
    (
        2.0,
        "job description|employment|career opportunit*|your background|skills and experience|skill set"
        "|new opportunity|your candidate|job search",
    ),
    (1.5, "position|role|roles|job|jobs|vacanc*|opening|internship*|intern"),
    (
        1.5,
        "engineer*|developer*|data analyst|analyst|scientist|designer|accountant|consultant"
        "|product manager|project manager|software|coordinator|specialist|devops",
    ),
    (1.0, "career*|hiring|hired|hire|careers page|join our team|joining our team|join the team"),
    (0.5, "skills|experience|opportunit*|team|qualifications"),
    (1.0, "your application|your resume|your cv|your candidate"),
    (3.0, "your other application|your applications|the hiring manager"),
    (
        1.5,
        "requisition*|hiring needs|hire you|skills test|aptitude test|take-home exercise|coding exercise"
        "|interview slot|next round of interviews|round interview|meet the team|team lead",
    ),
    # French
    (
        2.5,
        "candidature*|recrutement|recruteur*|recruteuse*|embauche|chasseur de tetes"
        "|processus de recrutement|ressources humaines|equipe rh|entretien d'embauche",
    ),
    (
        2.0,
        "poste de|le poste|ce poste|au poste|du poste|offre d'emploi|offres d'emploi|votre profil"
        "|votre cv|lettre de motivation|stage|alternance|cdi|cdd",
    ),
    (
        1.5,
        "votre entretien|un entretien|notre entretien|test technique|cas pratique|vos references"
        "|promesse d'embauche|notre processus|le processus",
    ),
    (1.5, "poste|emploi|competences|parcours|opportunite*|ingenieur*|developpeur*|chef de projet|analyste"),
    # German
    (
        2.5,
        "bewerber*|bewerbung*|engere auswahl|engere wahl|vorstellungsgesprach*|vorstellungsgespraech*"
        "|recruiting-team|personalabteilung|kandidat*|recruiting",
    ),
    (
        2.0,
        "stelle als|stelle|position als|lebenslauf|stellenausschreibung*|stellenanzeige|praktikum"
        "|ihr profil|dein profil|karriere|arbeitsvertrag|bewerbung als",
    ),
    (
        1.5,
        "auswahlverfahren|bewerbungsprozess|ihre unterlagen|deine unterlagen|fallstudie|coding-aufgabe"
        "|online-test|unser interview|ein interview|zum interview|berufliche*|mandant*|beworben",
    ),
    (1.5, "position|stellenangebote|qualifikation*|entwickler*|job"),
    # Spanish
    (
        2.5,
        "candidatura*|proceso de seleccion|reclut*|seleccion de personal|talento humano|recursos humanos"
        "|equipo de seleccion|equipo de talento|postulacion*|postulaste",
    ),
    (
        2.0,
        "entrevista tecnica|una entrevista|siguiente fase|vacante*|curriculum|hoja de vida|puesto de"
        "|el puesto|candidato*|candidata*|tu perfil|su perfil|oferta de empleo|oferta laboral",
    ),
    (
        1.5,
        "tu entrevista|la entrevista|su entrevista|prueba tecnica|test online|caso practico|carta oferta"
        "|oportunidades laborales|referencias laborales|el proceso|la posicion|una posicion",
    ),
    (1.5, "puesto|empleo|trabajo|trayectoria|ingenier*|desarrollador*|analista"),
)
# Words that lenders, landlords, schools and funders use as well: together they count for one strong cue.
_SHARED_CUES: Final = (
    (1.0, "application*|solicitud*"),
    (1.0, "applicant*|candidate*|candidat|candidats"),
    (1.0, "applying|applied|apply|postule*|bewerben|beworben"),
    (1.0, "interview*|entretien*|entrevista*|gesprach|gespraech"),
    (0.5, "offer|profil|perfil|profile|oferta|offre"),
)
_MOST_OF_SHARED: Final = 3.0
_SURELY_JOBS: Final = 6.0
# Words of those others; a bank or a university hires as well, so they weigh against the cues and decide
# nothing.
_OTHER_CUES: Final = (
    (
        2.5,
        "admissions|admission|admit*|enrol*|undergraduate|graduate program in|graduate admissions"
        "|graduate school|freshman|semester|tuition|academic|dean of|dormitory|campus housing"
        "|school year|degree program*|bachelor of|master of",
    ),
    (
        3.0,
        "apartment*|landlord*|tenant*|tenancy|lease|leasing|rental|rent|holding deposit|floor plan*"
        "|move-in|the unit|logement|appartement|location meublee|proprietaire|loyer|wohnung*|vermieter*"
        "|miete|mietvertrag|alquiler|piso|vivienda|inquilino*",
    ),
    (
        3.0,
        "loan*|mortgage*|credit card*|creditworth*|credit score|credit bureau|credit report|borrower*"
        "|refinanc*|apr|card application|line of credit|kredit*|hypothek*|pret immobilier|prestamo*"
        "|hipoteca*|tarjeta de credito",
    ),
    (
        2.5,
        "grant*|funding|proposal*|reviewers|manuscript*|abstract*|submission deadline|camera-ready"
        "|program committee|the paper|your paper|journal|peer review*|call for papers",
    ),
    (
        2.5,
        "scholarship*|financial aid|visa program|immigrant visa|visa application|green card|passport"
        "|citizenship|permit*|driver license|dmv|zoning|fence|hoa|homeowners",
    ),
    (
        2.5,
        "adopt|adoption|our dogs|shelter|foster|membership|member application|insurance|policyholder"
        "|premium due|underwriting|claim number|coverage",
    ),
    (
        2.5,
        "trade options|trading|brokerage|investing|checking account|savings account|bank account|deposit"
        "|payment due",
    ),
    (
        2.5,
        "patient*|clinical trial|our study|study participants|participants are|app store|binary|dentist"
        "|dental|physician|prescription|insurance claim|rendez-vous medical|zahnarzt|arzttermin"
        "|cita medica",
    ),
    (
        2.0,
        "parcoursup|commission pedagogique|licence|universite|hochschule|studienplatz|immatrikul*"
        "|universidad|beca|master informatique|etudiant*",
    ),
    (1.5, "faculty|doctoral|place in the program|bsc|msc|university of|campus|college|courses"),
    (
        2.0,
        "pledge|backed|kickstarter|startups|founders|donation*|fundraiser|property|buyer|vendors"
        "|lettings|estate agent",
    ),
    (2.0, "antrag*|bescheid|foerderung|ausbildungsforderung|steuer*|allocation|dossier de location"),
    (
        2.0,
        "volunteer*|auction|raffle|book club|graduation|commencement|registrar|mentor"
        "|degree requirements|bylaws|contractor*|teaching assistant|homework|syllabus|midterm|grade"
        "|course staff",
    ),
)


def cues() -> tuple[tuple[str, int, float, bool], ...]:
    """Return the words that place a mail: word, line it counts for, weight, whether any ending will do.

    The weight is negative for words that speak of another kind of application. See `job_context`.
    """
    lines = [*_JOB_CUES, *_SHARED_CUES, *((-weight, words) for weight, words in _OTHER_CUES)]
    return tuple(
        (word.rstrip("*"), line, weight, word.endswith("*"))
        for line, (weight, words) in enumerate(lines)
        for word in words.split("|")
    )


_BOILERPLATE: Final = re.compile(
    r"\bequal[- ]opportunity\b|\bwithout regard to\b|\breasonable accommodation|\b(?:need"
    r"|require) (?:an |any )?(?:assistance|accommodation)|\bscam\b|\bfraud|\bphishing|\bimpersonat"
    r"|\bposing as\b|\blegitimate (?:job )?offers?\b|\bask(?:ed)? (?:you )?for (?:payment|money)"
    r"|\b(?:mailbox|inbox|e-?mail address|address) (?:is|cannot|can not|can't|does)\b|\bnot monitored\b"
    r"|\bunmonitored\b|\bcannot receive (?:replies|mail)|\bdo not (?:reply|respond) (?:to|directly)\b"
    r"|\bplease do not reply\b|\bintended (?:solely )?for the\b|\bprivileged\b|\bin error\b"
    r"|\bbefore printing\b|\b(?:cannot|can't|unable to) (?:display|view|read|see) (?:html|this|the"
    r"|images)|\bview (?:this|it) (?:\w+ )?in (?:your|a) browser|\bprivacy (?:policy|notice|statement)"
    r"|\b(?:process|keep|store|erase) (?:\S+ ){0,3}?personal data|\bif you are not hired\b"
    r"|\bunsubscribe\b|\bterms (?:of use|and conditions)\b|\byou(?:'re| are)? (?:receiv\w+"
    r"|getting) this (?:e-?mail|message|mail|notification)|\breceived this (?:e-?mail|message)"
    r"|\bthis e-?mail (?:was|is|and)\b|\bconfidential\b|\be-verify\b|\bcontingent upon verification"
    r"|\bpersonal (?:data|information)\b|\byour data (?:may|will)\b|\bno longer wish\b"
    r"|\bautomatically generated|\bstay connected with us\b|\bne pas repondre\b|\bmessage automatique\b"
    r"|\bse desinscrire\b|\bnicht antworten\b|\bno respond"
)
_COPY_BEGINS: Final = re.compile(
    r"\b(?:copy of (?:your|the) (?:application|information|data|submission|answers)|application data for"
    r"|summary of your application|(?:details|information|answers) you (?:submitted|provided|entered))\b"
)


def is_boilerplate(folded: str) -> bool:
    """Say whether a sentence stands under mail of every kind: scams, privacy, dead mailboxes."""
    return _BOILERPLATE.search(folded) is not None


def begins_a_copy(folded: str) -> bool:
    """Say whether what follows is what the applicant wrote: a receipt that repeats the resume."""
    return _COPY_BEGINS.search(folded) is not None


_FIRST_SHARED: Final = len(_JOB_CUES)
_FIRST_OTHER: Final = _FIRST_SHARED + len(_SHARED_CUES)


def job_context(lines: Mapping[int, float]) -> float:
    """Return how far the lines of `cues` that a mail has, with their weights, place it in the job world."""
    own = sum(weight for line, weight in lines.items() if line < _FIRST_SHARED)
    shared = sum(weight for line, weight in lines.items() if _FIRST_SHARED <= line < _FIRST_OTHER)
    other = sum(weight for line, weight in lines.items() if line >= _FIRST_OTHER)
    if own >= _SURELY_JOBS:
        # A bank that hires an analyst speaks of loans in passing.
        other /= 2
    return own + min(shared, _MOST_OF_SHARED) + max(other, -6.0)


_LITTLE_WORDS: Final = {
    "en": "the and you your for with our this that have will are not to of we be",
    "fr": "le la les et vous votre nous pour de des du une est pas dans que avec chez",
    "de": "der die das und sie ihre wir fur ist nicht mit den uns bei ein eine auf zu ihr",
    "es": "el los las y usted tu para con una por que su del en hemos nos al como te",
}
_LANGUAGES_OF_WORD: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(language for language, words in _LITTLE_WORDS.items() if word in words.split())
    for words in _LITTLE_WORDS.values()
    for word in words.split()
}
_WORD: Final = re.compile(r"[a-z']+")


def languages_of(folded: str) -> tuple[str, ...]:
    """Return which of en, fr, de, es the text is written in, by its little words; the most used first.

    More than one where a mail mixes them; empty where too few words are there to tell.
    """
    counts = dict.fromkeys(_LITTLE_WORDS, 0)
    languages_of_word = _LANGUAGES_OF_WORD
    for word in _WORD.findall(folded[:3000]):
        if word in languages_of_word:
            for language in languages_of_word[word]:
                counts[language] += 1
    ranked = sorted(counts, key=lambda language: counts[language], reverse=True)
    most = counts[ranked[0]]
    return tuple(language for language in ranked if counts[language] >= max(2, most / 3))
