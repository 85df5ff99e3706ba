"""Whether a page says that its posting is closed; only an explicit banner does.

A false *closed* hides a job that can still be got, so doubt is no answer. A banner is a sentence of its own
that begins with its subject ("This position has been filled."); what a description says of other jobs, of
agencies or of how applying ends ("once this position has been filled") does not begin so. A banner beats the
page's JSON-LD, which stays on many tombstones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from ahocorasick_rs import AhoCorasick
from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.vocabulary import folded

_TOP_LINES: Final = 60
_MAX_BANNER_CHARS: Final = 240
_MAX_ALERTS: Final = 20
_MAX_ANCESTORS: Final = 8
_CARD_NAME: Final = "a[href], h2, h3, h4, h5, h6"

_MARKS: Final = (
    (".closed-job__flavor--closed, .closed-job", "no_longer_accepting"),
    (".jobad--empty-state", "expired"),
)
_ALERTS: Final = (
    "[role=alert], .alert, .job-closed, .job-expired, .expired-job, .posting-closed, .position-closed, "
    ".closed-message, .job-alert-closed"
)
_APPLY: Final = ".apply-button, .top-card-layout__cta--primary, [data-tracking-control-name*=apply-link]"
# Other jobs of the same page: what is said there is not said of this one.
_OTHER_JOBS = re.compile(
    r"\W*(?:similar|related|other|more|recommended|suggested|latest|featured|recent(?:ly viewed)?) "
    r"(?:open )?(?:jobs?|roles|positions|openings|opportunities|vacancies|postings)\b"
    r"|\W*(?:people also (?:viewed|searched)|you (?:may|might) also (?:like|be interested)|jobs you may)"
    r"|\W*(?:ahnliche|weitere|andere) (?:jobs|stellen|stellenangebote|stellenanzeigen|positionen|angebote)\b"
    r"|\W*(?:offres|emplois|postes) (?:similaires|recommandee?s)\b|\W*autres offres\b"
    r"|\W*(?:ofertas|empleos|vacantes) (?:similares|relacionad[ao]s|recomendad[ao]s)\b|\W*otras ofertas\b"
    r"|\W*(?:offerte|annunci) simili\b|\W*(?:vergelijkbare|gerelateerde|andere) vacatures\b"
    r"|\W*vagas (?:semelhantes|similares|relacionadas)\b|\W*podobne oferty\b|\W*liknande jobb\b"
)
_OTHER_JOBS_BOX = re.compile(
    r"similar|related|recommend|suggest|carousel|also-|job-card|jobcard", re.IGNORECASE
)

_QUOTES: Final = str.maketrans(dict.fromkeys("\u2018\u02bc\u00b4`\u2032", "'"))
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\s+[-\u2013\u2014|\u00b7\u2022>]\s+|(?<=[a-z]):\s+")
_CJK: Final = (
    "募集は終了", "募集を終了", "求人は終了", "掲載を終了", "掲載は終了", "職位已關閉", "职位已关闭",
    "职位已下线", "已停止招聘", "招聘已结束", "该职位已过期", "마감된 공고", "채용이 마감", "채용 마감되",
)  # fmt: skip

_SUBJECT: Final = (
    r"(?:jobs?|position|role|posting|vacancy|requisition|listing|opening|opportunity|advert(?:isement)?|ad"
    r"|internship|placement)"
)
_LEAD: Final = (
    r"\W*(?:(?:we(?:'re| are) )?(?:very |so )?sorry,? (?:but )?(?:that )?|unfortunately,? |oops!?,? "
    r"|apologies,? "
    r"|regrettably,? |we regret (?:to inform you )?that |please (?:note|be advised) (?:that )?|note that "
    r"|thank you for your interest,? (?:but |however,? )?|thanks for your interest,? (?:but )?"
    r"|it (?:looks|seems|appears)(?: like| as if)?(?: that)? |looks like |we(?:'ve| have) (?:now"
    r" )?noticed that )?"
)
# "The Senior Engineer role that you were looking for": what stands around the subject is short.
_THE: Final = (
    rf"(?:(?:this|the|that|your) (?:(?!(?:for|of|in|with) (?:this|the|that)\b)[\w'/&,()-]+"
    rf" ){{0,5}}?)?{_SUBJECT}(?: (?:posting|opening|listing|offer|ad"
    r"|advert|description|opportunity|requisition|position|vacancy|order|req))?"
    r"(?: \(?(?:#|no\.? |id:? |with id )?[\w-]*\d[\w-]*\)?)?"
    r"(?: (?:that |which )?you(?:'re|'ve| are| were| have)? (?:[\w']+ ){0,4}?"
    r"(?:requested|looking for|seeking|selected|view(?:ing)?|tried|access(?:ing)?|find|apply (?:for|to)"
    r"|applying for"
    r"|applied for|interested in|reach|open|searching for|see))?"
)
_NOW: Final = r"(?:now |already |currently |since |recently |sadly |unfortunately |also |either |just )?"
# What may follow a banner: its end, a reason, the next thing to do. Not "closed to agencies".
_END: Final = (
    r"(?=\s*(?:\Z|[.,!;:)\]\"'\u2013\u2014-]|(?:and|or|as|at|because|due|but|since|please|on|so|thank"
    r"|thanks|any ?more"
    r"|any ?longer|right now|currently|online|internally|by another|by the employer|from our|from the"
    r"|for (?:new |further |any )?"
    r"(?:applica\w*|submissions?|consideration)|to (?:new |further |any )?applica\w*|click|search|view"
    r"|check|see|we|you"
    r"|here|anymore|through this)\b))"
)
_APPLICATIONS: Final = r"(?:applications?|applicants|candidates|submissions|resumes|candidacies)"
_FOR_THIS: Final = (
    rf"(?=\s*(?:\Z|[.,!;:)\]\"']|(?:at this|at the|right now|currently|any ?more|any ?longer|online|as"
    rf" of|because|due|and"
    rf"|but|since|please|so|on (?:this|our))\b|(?:for|to) (?:this|the|that|our) (?:[\w'/&,-]+"
    rf" ){{0,5}}?{_SUBJECT}\b"
    r"|for [\"\u201c]))"
)


def _banner(reason: str, *patterns: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((reason, re.compile(pattern)) for pattern in patterns)


_DE_SUBJECT: Final = (
    r"(?:(?:leider |sorry,? |hinweis,? )?(?:ist )?(?:diese[rs]?|die|der|das|dein|ihr)? ?(?:von (?:dir"
    r"|ihnen) )?"
    r"(?:[\w/-]+ ){0,4}?(?:stelle|stellenanzeige|stellenangebot|stellenausschreibung|position|vakanz"
    r"|jobangebot|job"
    r"|anzeige|ausschreibung|inserat|stelleninserat|praktikumsplatz|ausbildungsplatz|angebot|jobanzeige"
    r"|offerte))"
)
_DE_NOW: Final = (
    r"(?:(?:leider|derzeit|bereits|inzwischen|schon|mittlerweile|nun|jetzt|zwischenzeitlich|aktuell) ){0,3}"
)
_FR_SUBJECT: Final = (
    r"(?:desolee?,? (?:mais )?|malheureusement,? )?(?:cette|l'|cet|ce|la|le|les) ?(?:[\w'-]+ ){0,3}?"
    r"(?:offre|annonce|poste|mission|emploi|opportunite|stage|alternance|recrutement)"
    r"(?: (?:d'emploi|de stage|d'alternance|de poste))?(?: (?:que|a laquelle|sur laquelle) [\w' -]{1,50}?)?"
)
_ES_SUBJECT: Final = (
    r"(?:lo sentimos,? (?:pero )?|lamentablemente,? )?(?:esta|la|este|el) (?:[\w-]+ ){0,2}?"
    r"(?:oferta|vacante|puesto|empleo|posicion|convocatoria|plaza|anuncio|proceso)"
    r"(?: de (?:empleo|trabajo|seleccion))?(?: que [\w ]{1,40}?)?"
)
_IT_SUBJECT: Final = (
    r"(?:ci dispiace,? (?:ma )?|spiacenti,? )?(?:questa|questo|quest'|l'|la|il) ?(?:[\w-]+ ){0,2}?"
    r"(?:offerta|annuncio|posizione|posto|selezione|opportunita)(?: (?:di lavoro|lavorativa|cercata))?"
)
_NL_SUBJECT: Final = (
    r"(?:helaas,? |sorry,? )?(?:is )?(?:deze|de|die|dit|het) (?:[\w-]+ ){0,3}?"
    r"(?:vacature|functie|baan|positie|stage|stageplaats|job|opdracht)"
)
_PT_SUBJECT: Final = (
    r"(?:desculpe,? (?:mas )?|infelizmente,? )?(?:esta|essa|a|este|o) (?:[\w-]+ ){0,2}?"
    r"(?:vaga|oportunidade|oferta|posicao|anuncio|processo seletivo|processo)(?: de emprego)?"
)
_PL_SUBJECT: Final = (
    r"(?:przepraszamy,? )?(?:(?:ta|to|niniejsza) )?(?:oferta(?: pracy)?|ogloszenie|rekrutacja)"
)
_NORDIC_SUBJECT: Final = (
    r"(?:tyvarr ar |desvaerre er |dessverre er )?(?:(?:den har|denna|denne|dette|detta) )?"
    r"(?:tjansten|annonsen|jobbannonsen|jobbet|rollen|stillingen|jobopslaget|stillingsannonsen"
    r"|stillingsutlysningen)"
)

_BANNERS: Final = (
    *_banner(
        "no_longer_accepting",
        rf"{_LEAD}(?!(?:our|other|some|all|most|these|those) )"
        rf"(?:[\w'&.,-]+ ){{0,6}}?(?:no longer|not|n't) (?:currently |presently )?(?:accepting"
        rf"|taking|reviewing) "
        rf"(?:(?:new|any|more|further|online|additional) ){{0,2}}{_APPLICATIONS}{_FOR_THIS}",
        rf"{_LEAD}applications? (?:(?:for|to) (?:this|the|that) (?:[\w'/-]+ ){{0,4}}?[\w-]+ )?"
        rf"(?:is|are|has|have) {_NOW}(?:been )?(?:closed|no longer (?:being )?(?:accepted|possible)"
        rf"|ended)(?! (?:on|during|over) (?:the )?(?:weekends?|(?:bank |public )?holidays?|\w+days)\b){_END}",
        r"\W*applications? (?:are )?(?:now )?closed\W*\Z|\W*applications? closed (?:on|at)\b",
        r"\W*(?:the |this )?(?:application|applications|closing|submission) (?:deadline|period|window"
        r"|process|date)"
        r"(?: (?:for|of) (?:this|the) [\w ]{1,40}?)? (?:has|is) (?:now |already )?(?:been )?"
        r"(?:passed|expired|ended|closed|over)\b",
        r"\W*(?:the )?deadline (?:to apply|for (?:applications|applying|this \w+))(?: for this \w+)? has"
        r" (?:now |already )?"
        r"(?:passed|expired)\b",
        rf"{_LEAD}(?:you can no longer apply|it is no longer possible to apply)\b",
        rf"{_LEAD}(?:recruitment|hiring|recruiting) for this (?:[\w'-]+ ){{0,3}}?\w+ (?:is|has) (?:now "
        rf"|been )?"
        rf"(?:closed|ended|completed?|finished|paused){_END}",
        rf"{_LEAD}{_THE} (?:is|has) {_NOW}(?:no longer|not) (?:currently )?(?:accepting|taking|open"
        rf" (?:to|for)) "
        rf"(?:(?:new|any|more|further) ){{0,2}}{_APPLICATIONS}{_FOR_THIS}",
    ),
    *_banner(
        "expired",
        rf"{_LEAD}{_THE} (?:has|have|is) {_NOW}(?:been )?expired{_END}",
        r"\W*(?:this |the )?(?:job|posting|vacancy|listing|advert|job posting|job ad) expired(?: on"
        r" .{1,40})?\W*\Z",
    ),
    *_banner(
        "filled",
        rf"{_LEAD}{_THE} (?:(?:has|have) {_NOW}been|is|was|are) {_NOW}filled{_END}",
        r"\W*(?:this )?(?:job|position|role|vacancy) filled\W*\Z",
    ),
    *_banner(
        "no_longer_available",
        rf"{_LEAD}{_THE} (?:(?:is|are|has|have|was) )?{_NOW}no longer (?:be )?(?:currently )?"
        rf"(?:available|active|open|posted|listed|online|live|valid|advertised|being advertised|vacant"
        rf"|hiring|exists?"
        rf"|on our site|published|current){_END}",
        rf"{_LEAD}{_THE} (?:is|are) {_NOW}(?:not (?:currently )?(?:available|active|open|posted|published)"
        rf"|unavailable|inactive)(?=\s*(?:\Z|[.,!;:)]|(?:any ?more|any ?longer|or|at this time|at the"
        rf" moment|right now)\b))",
        rf"{_LEAD}{_THE} (?:is {_NOW}closed|has {_NOW}(?:been )?closed|was closed){_END}",
        rf"{_LEAD}{_THE} (?:has|have|was|were|is|are) {_NOW}(?:been )?(?:removed|taken down|taken"
        rf" offline|unpublished"
        rf"|deactivated|archived|withdrawn|cancell?ed|discontinued|deleted|suspended|put on hold|paused"
        rf"|unlisted){_END}",
        r"\W*(?:this )?(?:job|position|role|vacancy|posting|listing|requisition)(?: posting| listing)?"
        r" (?:is )?(?:now )?"
        r"closed\W*\Z",
    ),
    *_banner(
        "not_found",
        rf"\W*(?:error:? )?{_LEAD}(?:requested )?{_THE} (?:could not be|was not|cannot be|can't be"
        rf"|couldn't be|is not|not)"
        rf" found{_END}",
        rf"{_LEAD}{_THE} (?:does not exist|doesn't exist|no longer exists){_END}",
        rf"{_LEAD}we (?:could not|couldn't|can't|cannot|were unable to|are unable to) (?:find|locate) "
        rf"(?:this|the|that) (?:[\w'-]+ ){{0,3}}?{_SUBJECT}\b",
    ),
    *_banner(
        "no_longer_available",
        rf"\W*{_DE_SUBJECT} (?:ist|sind|wurde|wird|war|steht|existiert)? ?{_DE_NOW}(?:ist"
        rf" )?{_DE_NOW}(?:nicht (?:mehr|langer) "
        r"(?:verfugbar|aktuell|online|ausgeschrieben|aktiv|vakant|offen|zu besetzen|gultig|vorhanden|zur"
        r" verfugung"
        r"|veroffentlicht|angeboten)|existiert nicht mehr|nicht mehr\W*\Z)",
        rf"\W*{_DE_SUBJECT} (?:ist|wurde|konnte|war) {_DE_NOW}(?:erfolgreich )?(?:besetzt|vergeben"
        rf"|abgelaufen|geschlossen"
        r"|deaktiviert|offline|beendet|entfernt|geloscht|archiviert|zuruckgezogen|nicht gefunden)(?:"
        r" worden| werden)?"
        r"(?=\s*(?:\Z|[.,!;:)]|und\b|oder\b))",
        r"\W*(?:stelle|position|stellenanzeige|anzeige|job)(?: ist)? (?:nicht mehr verfugbar|bereits"
        r" besetzt|abgelaufen)\W*\Z",
        rf"\W*(?:bewerbungen|eine bewerbung|die bewerbung|bewerbung|bewerben)(?: (?:auf|fur) (?:diese"
        rf"|die) [\w ]{{1,30}}?)? "
        rf"(?:sind |ist )?{_DE_NOW}nicht mehr moglich",
        r"\W*(?:die |der )?(?:bewerbungsfrist|bewerbungsphase|bewerbungszeitraum|ausschreibungsfrist)(?:"
        r" [\w ]{1,30}?)? "
        r"(?:ist|hat) (?:leider |bereits )?(?:abgelaufen|beendet|vorbei|geendet|verstrichen)",
        r"\W*(?:es werden|wir nehmen|[\w&. ]{2,40} nimmt) (?:leider |derzeit )?(?:keine (?:weiteren "
        r"|neuen )?bewerbungen mehr) "
        r"(?:angenommen|entgegen|an|entgegengenommen|berucksichtigt)",
    ),
    *_banner(
        "no_longer_available",
        rf"\W*{_FR_SUBJECT} (?:n'est|ne sont) (?:malheureusement |deja )?plus "
        r"(?:disponibles?|en ligne|actives?|actifs?|d'actualite|ouverte?s?|a pourvoir|valables?|valides?"
        r"|publiee?|accessibles?"
        r"|diffusee?)(?! (?:en teletravail|pour les))",
        rf"\W*{_FR_SUBJECT} (?:a (?:deja |malheureusement |desormais )?ete|est|sont) (?:desormais "
        rf"|maintenant |deja |actuellement )?"
        r"(?:pourvue?s?|expiree?s?|cloturee?s?|fermee?s?|terminee?s?|close|archivee?|desactivee?"
        r"|retiree?|supprimee?"
        r"|introuvable|depubliee?)(?=\s*(?:\Z|[.,!;:)]|et\b|ou\b))",
        rf"\W*{_FR_SUBJECT} (?:a expire|n'existe plus|n'a pas ete trouvee?)",
        r"\W*(?:offre|annonce|poste)(?: d'emploi)? (?:expiree?|pourvue?|cloturee?|desactivee?|fermee?)\W*\Z",
        r"\W*les candidatures(?: (?:pour|a) [\w' ]{1,40}?)? (?:sont|ne sont) (?:desormais |maintenant )?"
        r"(?:closes|cloturees|fermees|terminees|plus acceptees)",
        r"\W*(?:nous n'acceptons|[\w&. ]{2,40} n'accepte) plus (?:de |les )?(?:nouvelles"
        r" )?candidatures(?! (?:spontanees|par))",
        r"\W*(?:la )?date limite (?:de candidature|de depot|pour postuler|de reception)[\w' ]{0,40}?"
        r" (?:est|a) "
        r"(?:ete )?(?:depassee?|passee|expiree?|atteinte)",
        r"\W*(?:il n'est|vous ne pouvez) plus (?:possible de )?(?:postuler|candidater)",
    ),
    *_banner(
        "no_longer_available",
        rf"\W*{_ES_SUBJECT} (?:ya )?no (?:esta|se encuentra|sigue) (?:ya |mas )?"
        r"(?:disponible|activ[ao]|vigente|abiert[ao]|publicad[ao])(?! para)",
        rf"\W*{_ES_SUBJECT} (?:ya )?(?:ha (?:sido )?|esta |fue |se ha |se encuentra |ha quedado )(?:ya )?"
        r"(?:expirado|caducado|finalizado|cerrado|vencido|cubiert[ao]|cerrad[ao]|finalizad[ao]"
        r"|caducad[ao]|expirad[ao]"
        r"|cancelad[ao]|eliminad[ao]|retirad[ao]|desactivad[ao])(?=\s*(?:\Z|[.,!;:)]|y\b|o\b))",
        rf"\W*{_ES_SUBJECT} (?:ya no existe|no existe|no se ha encontrado|no fue encontrad[ao])",
        r"\W*(?:oferta|vacante|convocatoria|proceso(?: de seleccion)?|empleo)(?: de empleo| de trabajo)? "
        r"(?:cerrad[ao]|caducad[ao]|expirad[ao]|finalizad[ao]|no disponible|cubierta)\W*\Z",
        r"\W*(?:lo sentimos,? )?(?:ya )?no (?:se )?acepta(?:n|mos)? (?:ya )?(?:mas |nuevas )?"
        r"(?:solicitudes|candidaturas|postulaciones|inscripciones)(?! (?:de|por|sin))",
        r"\W*el plazo (?:de|para) [\w ]{3,50}? ha (?:finalizado|terminado|vencido|expirado|concluido)",
    ),
    *_banner(
        "no_longer_available",
        rf"\W*{_IT_SUBJECT} non (?:e|risulta) piu (?:disponibile|attiv[ao]|apert[ao]|online|valid[ao]"
        rf"|visibile|presente)",
        rf"\W*{_IT_SUBJECT} (?:e|risulta) (?:gia |ora |stat[ao] )?(?:chius[ao]|scadut[ao]|copert[ao]"
        rf"|rimoss[ao]|ricopert[ao]"
        r"|terminat[ao]|conclus[ao])(?=\s*(?:\Z|[.,!;:)]|e\b|o\b))",
        rf"\W*{_IT_SUBJECT} non esiste(?: piu)?\b",
        r"\W*(?:annuncio|offerta|posizione|selezione)(?: di lavoro)? (?:scadut[ao]|chius[ao]|non piu"
        r" disponibile)\W*\Z",
        r"\W*(?:le candidature sono (?:ora )?chiuse|non (?:si )?accett(?:iamo|ano) piu (?:nuove"
        r" )?candidature)",
        r"\W*(?:i termini|il termine) per (?:la candidatura|candidarsi|l'invio)[\w' ]{0,30} (?:e|sono)"
        r" scadut[oi]",
    ),
    *_banner(
        "no_longer_available",
        rf"\W*{_NL_SUBJECT} (?:is )?(?:(?:helaas|inmiddels|reeds|al|momenteel|nu|ondertussen)"
        rf" ){{0,3}}(?:niet (?:meer|langer) "
        r"(?:beschikbaar|actief|online|open|vacant|geldig|actueel|zichtbaar)|gesloten|vervuld|ingevuld"
        r"|verlopen|verwijderd)"
        r"(?=\s*(?:\Z|[.,!;:)]|en\b|of\b))",
        rf"\W*{_NL_SUBJECT} (?:bestaat niet (?:meer|langer)|staat niet (?:meer|langer) (?:open|online)"
        rf"|kon niet worden gevonden)",
        r"\W*vacature (?:is )?(?:gesloten|vervuld|verlopen|niet (?:meer|langer) beschikbaar)\W*\Z",
        r"\W*(?:je|u) kunt (?:helaas )?niet (?:meer|langer) (?:op deze vacature |reageren |solliciteren)",
        r"\W*solliciteren is (?:helaas )?niet (?:meer|langer) mogelijk|\W*de (?:sollicitatietermijn"
        r"|reactietermijn) is "
        r"(?:verstreken|verlopen|gesloten)",
    ),
    *_banner(
        "no_longer_available",
        rf"\W*{_PT_SUBJECT} (?:ja )?nao (?:esta|se encontra) (?:mais |ja )?(?:disponivel|ativ[ao]"
        rf"|abert[ao]|publicad[ao])",
        rf"\W*{_PT_SUBJECT} (?:ja )?(?:foi|esta|encontra-se|se encontra) (?:ja )?(?:encerrad[ao]"
        rf"|preenchid[ao]|fechad[ao]|finalizad[ao]"
        r"|cancelad[ao]|expirad[ao]|removid[ao])(?=\s*(?:\Z|[.,!;:)]|e\b|ou\b))",
        rf"\W*{_PT_SUBJECT} (?:ja )?(?:expirou|nao existe(?: mais)?|nao foi encontrad[ao])",
        r"\W*(?:vaga|inscricoes|candidaturas|processo seletivo|oferta) (?:encerrad[ao]s?|preenchida"
        r"|expirada|fechada"
        r"|indisponivel)\W*\Z",
        r"\W*(?:ja )?nao (?:estamos aceitando|aceitamos|aceita) mais (?:candidaturas|inscricoes)",
        r"\W*o prazo (?:de|para) [\w ]{3,40}? (?:terminou|expirou|encerrou|foi encerrado)",
    ),
    *_banner(
        "no_longer_available",
        rf"\W*{_PL_SUBJECT} (?:jest |zostala |zostalo )?(?:juz )?(?:nieaktualn[ae]|wygasl[ao]"
        rf"|nieaktywn[ae]|zakonczon[ae]|zamkniet[ae]"
        r"|niedostepn[ae]|archiwaln[ae])(?=\s*(?:\Z|[.,!;:)]))",
        r"\W*(?:nie przyjmujemy juz (?:aplikacji|zgloszen)|aplikowanie (?:na te oferte )?(?:jest"
        r" )?(?:juz )?niemozliwe)",
        rf"\W*{_NORDIC_SUBJECT} (?:ar |er |har )?(?:desvaerre |dessverre |tyvarr |nu |na |redan "
        rf"|allerede |blivit |blitt |blevet )?"
        r"(?:(?:inte langre|ikke laengere|ikke lenger) (?:tillganglig|aktiv|oppen|ledig|tilgaengelig"
        r"|tilgjengelig|aktuell|aktuel|opslaet)"
        r"|tillsatt|stangd|utgatt|gatt ut|avpublicerad|besat|besatt|udlobet|utlopt|lukket"
        r"|stengt)(?=\s*(?:\Z|[.,!;:)]))",
        r"\W*(?:ansokningstiden|ansokan|ansogningsfristen|soknadsfristen)(?: for [\w ]{1,30}?)? (?:har"
        r"|er|ar) "
        r"(?:gatt ut|udlobet|utlopt|overskredet|stangd|passerat|gatt)",
        r"\W*(?:det gar inte langre att (?:soka|ansoka)|hakuaika on paattynyt|tama (?:tyo)?paikka on"
        r" (?:taytetty|suljettu))",
        r"\W*(?:tato )?(?:pozice|nabidka(?: prace)?|inzerat) (?:jiz|uz) (?:neni (?:aktualni|dostupn[ay]"
        r"|aktivni)|byl[ay]? obsazen[ay]?)",
    ),
)
_HINTS: Final = (
    "no longer", "expired", "filled", "closed", "not accepting", "n't accepting", "not taking", "not found",
    "be found", " find ", " locate ", "removed", "taken ", "unpublished", "deactivated", "archived",
    "withdrawn",
    "cancel", "discontinued", "deleted", "suspended", "on hold", "paused", "unlisted", "not exist",
    "n't exist",
    "passed", "ended", "over", "not available", "not currently", "not active", "not open", "not posted",
    "unavailable", "inactive", "complete", "finished", "not published",
    "nicht mehr", "nicht langer", "besetzt", "vergeben", "abgelaufen", "geschlossen", "deaktiviert",
    "offline",
    "beendet", "entfernt", "geloscht", "archiviert", "zuruckgezogen", "nicht gefunden", "vorbei", "geendet",
    "verstrichen", "keine ",
    " plus ", "pourvu", "expire", "clotur", "ferme", "termine", " close", "archive", "desactive", "retire",
    "supprime", "introuvable", "pas ete trouve", "depasse", "passee", "atteinte", "depublie",
    "no esta", "no se ", "no sigue", "ya no", "finalizad", "caducad", "cerrad", "vencid", "cubiert",
    "cancelad",
    "eliminad", "retirad", "desactivad", "no existe", "no disponible", "expirad", "terminado", "concluid",
    "non e piu", "non risulta", "chius", "scadut", "copert", "rimoss", "conclus", "non esiste", "terminat",
    "candidature",
    "niet meer", "niet langer", "gesloten", "vervuld", "ingevuld", "verlopen", "verwijderd", "verstreken",
    "niet worden gevonden",
    "nao ", "encerrad", "preenchid", "fechad", "expirou", "removid", "terminou", "encerrou", "indisponivel",
    "nieaktualn", "wygasl", "nieaktywn", "zakonczon", "zamkniet", "niedostepn", "archiwaln", "przyjmujemy",
    "niemozliw",
    "langre", "laengere", "lenger", "tillsatt", "stangd", "gatt", "avpublicerad", "besat", "udlobet",
    "utlopt",
    "lukket", "stengt", "overskredet", "passerat", "paattynyt", "taytetty", "suljettu", "jiz ", "uz ",
)  # fmt: skip
_HINTED: Final = AhoCorasick(_HINTS)

# "Once this position has been filled ..." tells how applying works, not that it has ended.
_CONDITION = re.compile(
    r"\b(?:if|when|once|until|unless|after|before|may|might|should|whether|in case|will be|can be"
    r"|wenn|sobald|falls|nachdem|bis|si|lorsque|des que|cuando|quando|als|zodra|jesli|om)\b"
)


def closed_reason_of_page(page: LexborHTMLParser, text: str) -> str | None:
    """Return the code of why the page says that its posting is closed, or None when it does not say so.

    Looks at known marks, alert boxes and the top of the page's readable `text`, as far as it is of this job.
    """
    can_apply = page.css_first(_APPLY) is not None
    for selector, reason in _MARKS:
        # LinkedIn's guest page ships the closed mark of other cards too: an apply control speaks against it.
        if not can_apply and page.css_first(selector) is not None:
            return reason
    alerts = [node_text(node) for node in page.css(_ALERTS)[:_MAX_ALERTS] if not _is_of_other_jobs(node)]
    top: list[str] = []
    for line in text.split("\n"):
        if not line:
            continue
        if len(top) >= _TOP_LINES or (len(top) > 2 and len(line) <= 80 and _OTHER_JOBS.match(_folded(line))):
            break
        top.append(line)
    lines = [line for alert in alerts for line in alert.split("\n")]
    found = closed_reason_of_lines(lines + top)
    if found is None or page.body is None:
        return found
    elsewhere = _banners_of_other_jobs(page.body)
    if not elsewhere:
        return found
    return closed_reason_of_lines(lines + [line for line in top if not any(one in line for one in elsewhere)])


def closed_reason_of_lines(lines: Iterable[str]) -> str | None:
    """Return the code of the first line that is a closing banner, or None."""
    for line in lines:
        if len(line) > _MAX_BANNER_CHARS:
            continue
        if not line.isascii() and len(line) <= 60 and any(sign in line for sign in _CJK):
            return "no_longer_available"
        plain = _folded(line)
        if not _HINTED.find_matches_as_indexes(plain):
            continue
        for sentence in _SENTENCE_END.split(plain):
            if sentence.endswith("?"):
                continue
            for reason, pattern in _BANNERS:
                found = pattern.match(sentence)
                if found and not _CONDITION.search(sentence[: found.end()]):
                    return reason
    return None


def is_past(valid_through: datetime | date | None, now: datetime) -> bool:
    """Whether a closing time has passed at `now`; a date alone lasts to its end, a naive time is UTC."""
    if isinstance(valid_through, datetime):
        aware = valid_through if valid_through.tzinfo else valid_through.replace(tzinfo=UTC)
        return aware < now
    return valid_through is not None and valid_through < now.date()


def _banners_of_other_jobs(body: LexborNode) -> set[str]:
    """Return the banners that stand only in boxes or cards of other jobs.

    Looked for only when a banner was found, so that an open page pays nothing for it.
    """
    here: set[str] = set()
    elsewhere: set[str] = set()
    for node in body.traverse(include_text=True):
        if node.tag != "-text":
            continue
        text = " ".join((node.text_content or "").split())
        if len(here) + len(elsewhere) < _MAX_ALERTS and closed_reason_of_lines([text]) is not None:
            (elsewhere if _is_of_other_jobs(node, said=text) else here).add(text)
    return elsewhere - here


def _is_of_other_jobs(node: LexborNode, said: str = "") -> bool:
    """Whether an element stands in a box of similar jobs, or what is `said` in it in the card of a job.

    A card is an item of a list that begins otherwise and names something by a link or a heading.
    """
    current: LexborNode | None = node
    for _ in range(_MAX_ANCESTORS):
        if current is None or current.tag in {"body", "html"}:
            return False
        attributes = current.attributes
        if _OTHER_JOBS_BOX.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return True
        if (
            said
            and current.tag in {"li", "tr"}
            and current.css_first("h1") is None
            and current.css_first(_CARD_NAME) is not None
            and not node_text(current).startswith(said)
        ):
            return True
        current = current.parent
    return False


def _folded(line: str) -> str:
    return folded(line.translate(_QUOTES) if not line.isascii() else line)
