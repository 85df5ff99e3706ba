"""The words that postings use for employment, place of work and pay period, and the ones we store.

What is not in a list stays unknown: a guess here would be shown as a fact. Words are compared without case
and accents (`Teilzeit`, `Mi-temps`, `Práce na plný úvazek`), codes without their underscores (`HOURLY_PT`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

EmploymentType = Literal["full_time", "part_time", "contract", "temporary", "internship"]
LocationType = Literal["remote", "hybrid", "onsite"]
SalaryPeriod = Literal["hour", "day", "week", "month", "year"]

_MAX_CHARS: Final = 200
_WORD_BREAK = re.compile(r"[^\w]+|_+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Letters that do not come apart into a base letter and a mark.
_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i"})


def folded(text: str) -> str:
    """Return the text for comparing: lower case, no accents, plain quotes, single spaces."""
    lowered = text.replace("\u2019", "'").casefold()
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(char for char in decomposed if not unicodedata.combining(char))
        lowered = lowered.translate(_LETTERS)
    return " ".join(lowered.split())


def _words(text: str) -> str:
    """Return the words with single spaces around each, so that a phrase is found by its edges."""
    return f" {folded(' '.join(_WORD_BREAK.split(_CAMEL.sub(' ', text[:_MAX_CHARS]))))} "


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of whole words and phrases; a last `*` stands for any ending, a first for any
    beginning.
    """
    parts = []
    for phrase in phrases:
        body = re.escape(phrase.strip("*"))
        parts.append(
            ("" if phrase.startswith("*") else r"\b") + body + ("" if phrase.endswith("*") else r"\b")
        )
    return re.compile("|".join(parts))


# Chinese, Japanese and Korean have no spaces: these are found anywhere.
_EMPLOYMENT_SIGNS: Final[tuple[tuple[EmploymentType, tuple[str, ...]], ...]] = (
    ("internship", ("实习", "實習", "インターン", "인턴")),
    ("temporary", ("派遣", "临时", "臨時", "일용직")),
    ("contract", ("合同工", "合約", "契約社員", "業務委託", "계약직")),
    ("part_time", ("兼职", "兼職", "パート", "アルバイト", "파트타임", "아르바이트")),
    ("full_time", ("全职", "全職", "正社員", "フルタイム", "정규직")),
)
# Said of a contract without an end, so that its word "contract" says nothing.
_PERMANENT: Final = _any_of(
    ["permanent*", "regular", "regularfulltime", "regular*", "perm", "cdi", "duree indeterminee"]
    + ["emploi fixe", "festanstellung", "fest angestellt", "unbefristet*", "indefinido", "indefinida"]
    + ["tempo indeterminato", "impiego fisso", "efetivo", "clt", "vast contract", "vaste aanstelling"]
    + ["vast dienstverband", "onbepaalde tijd", "tillsvidare*", "fastansaettelse", "fastansat"]
    + ["fast ansettelse", "fast stilling", "vakituinen", "toistaiseksi", "umowa o prace", "nieokreslony"]
)
_INTERNSHIP: Final = _any_of(
    ["intern", "interns", "internship*", "trainee*", "apprentice*", "co op", "coop", "working student*"]
    + ["student worker", "industrial placement", "year in industry", "werkstudent*", "praktikum*"]
    + ["praktikant*", "praktik", "pflichtpraktikum", "ausbildung*", "auszubildende*", "azubi*"]
    + ["lernende*", "lehrling*", "duales studium", "volontariat", "stage", "stages", "stagiaire*"]
    + ["alternance", "alternant*", "apprentissage", "becario*", "becaria*", "practicas", "aprendiz*"]
    + ["formacion dual", "tirocinio", "tirocinante", "apprendistato", "stagista", "stagist*", "stagiair*"]
    + ["leerling*", "afstudeer*", "bbl", "estagio*", "estagiari*", "staz", "staze", "praktyk*", "stazyst*"]
    + ["elev", "laerling*", "larling*", "harjoittelu*", "harjoittelija*", "oppisopimus", "ucen*"]
)
_CONTRACT: Final = _any_of(
    ["contractor*", "freelance*", "fixed term", "fixedterm", "ftc", "independent contractor", "1099"]
    + ["c2c", "corp to corp", "self employed", "befristet*", "zeitvertrag", "freiberuf*", "freie mitarbeit"]
    + ["freie mitarbeiter*", "selbststandig*", "werkvertrag", "cdd", "duree determinee", "independant*"]
    + ["portage salarial", "contrato por obra", "obra y servicio", "duracion determinada", "autonomo*"]
    + ["tempo determinato", "contratto a termine", "partita iva", "collaborazione", "a termo"]
    + ["pessoa juridica", "pj", "bepaalde tijd", "zzp", "zzper", "detachering", "umowa zlecenie", "zlecenie"]
    + ["umowa o dzielo", "b2b", "zivnost", "ico", "osvc", "visstid*", "tidsbegransad*", "tidsbegraenset*"]
    + ["engasjement", "maaraaikainen", "projektanstallning"]
)
_PLAIN_CONTRACT: Final = _any_of(["contract", "contracts", "contracting", "contracted"])
_TEMPORARY: Final = _any_of(
    ["temp", "temps", "temporary*", "temporaire", "seasonal*", "season", "interim*", "agency worker"]
    + ["zeitarbeit*", "arbeitnehmeruberlassung", "leiharbeit*", "aushilfe*", "saison*", "ferienjob"]
    + ["temporal", "eventual", "interinale", "interinal", "somministrazione", "stagionale", "temporaneo"]
    + ["temporari*", "tijdelijk*", "uitzend*", "tymczasow*", "dorywcz*", "sezonow*", "vikar*", "sommarjobb"]
    + ["kesatyo*", "keikkatyo*", "sommerjob*", "docasn*", "vakantiewerk", "jobb temporar"]
)
# "Temps" alone is English agency work, in French it is time.
_FRENCH_TIME: Final = _any_of(["temps plein", "plein temps", "temps partiel", "mi temps", "temps complet"])
_PART_TIME: Final = _any_of(
    ["part time*", "parttime*", "part", "pt", "teilzeit*", "halbtags", "minijob*", "mini job*"]
    + ["geringfugig*", "520 euro", "450 euro", "temps partiel", "mi temps", "tiempo parcial"]
    + ["jornada parcial", "media jornada", "medio tiempo", "tempo parziale", "part timer", "deeltijd*"]
    + ["bijbaan", "meio periodo", "tempo parcial", "periodo parcial", "pol etatu", "czesc etatu"]
    + ["niepelny etat", "niepelny wymiar", "deltid*", "osa aikainen", "osa aikaisesti", "osaaikainen"]
    + ["brigada", "brigady", "castecny uvazek", "zkraceny uvazek", "polovicni uvazek", "skrateny uvazok"]
    + ["studentermedhjaelper*", "studiejob"]
)
_FULL_TIME: Final = _any_of(
    ["full time*", "fulltime*", "full", "ft", "fte", "vollzeit*", "ganztags", "temps plein", "plein temps"]
    + ["temps complet", "tiempo completo", "jornada completa", "tempo pieno", "full timer", "voltijd*"]
    + ["tempo integral", "periodo integral", "tempo inteiro", "tempo completo", "pelny etat", "caly etat"]
    + ["pelny wymiar", "heltid*", "fuldtid*", "kokoaikainen", "kokopaivainen", "plny uvazek"]
    + ["plny uvazok", "hlavni pracovni pomer", "hpp"]
)
# "Voll- oder Teilzeit": the full time of it has lost its second half.
_GERMAN_BOTH: Final = _any_of(["voll oder teilzeit", "voll und teilzeit", "voll teilzeit", "vz tz"])


def employment_type(text: str) -> EmploymentType | None:
    """Return our word for an employment type in a posting's words, such as `FULL_TIME` or `Teilzeit`.

    The tie wins over the hours (a full-time internship is an internship, a fixed-term full-time job a
    contract). "Full or part time" leaves it open, and so do `OTHER`, `PER_DIEM` and volunteering: None. A
    permanent job that says nothing of hours is full time: part time is always said.
    """
    for known, signs in _EMPLOYMENT_SIGNS:
        if any(sign in text[:_MAX_CHARS] for sign in signs):
            return known
    words = _words(text)
    permanent = _PERMANENT.search(words) is not None
    if _INTERNSHIP.search(words):
        return "internship"
    if _CONTRACT.search(words) or (not permanent and _PLAIN_CONTRACT.search(words)):
        return "contract"
    if not _FRENCH_TIME.search(words) and _TEMPORARY.search(words):
        return "temporary"
    part = _PART_TIME.search(words) is not None
    full = _FULL_TIME.search(words) is not None or _GERMAN_BOTH.search(words) is not None
    if part or full:
        return None if part and full else "part_time" if part else "full_time"
    return "full_time" if permanent else None


_LOCATION_SIGNS: Final[tuple[tuple[LocationType, tuple[str, ...]], ...]] = (
    ("hybrid", ("混合", "ハイブリッド", "하이브리드")),
    ("remote", ("リモート", "在宅", "远程", "遠端", "재택", "원격")),
    ("onsite", ("出社", "现场", "現場")),
)
# The whole of a value: answers of platforms, and words that mean more inside a longer text.
_LOCATION_WHOLE: Final[dict[str, LocationType]] = {
    "fully": "remote",
    "fulltime": "remote",
    "virtual": "remote",
    "distributed": "remote",
    "anywhere": "remote",
    "worldwide": "remote",
    "homeoffice": "remote",
    "home office": "remote",
    "partial": "hybrid",
    "partially": "hybrid",
    "punctual": "hybrid",
    "temporary": "hybrid",  # Teamtailor: remote for a time, then not
    "flexible": "hybrid",
    "flexibel": "hybrid",
    "flex": "hybrid",
    "bureau": "onsite",
    "office": "onsite",
    "in sede": "onsite",
}
_HYBRID: Final = _any_of(
    ["hybrid*", "hybrydow*", "hibrid*", "ibrid*", "partially remote", "partly remote", "partial remote"]
    + ["part remote", "remote part time", "temporarily remote", "flexible remote", "teilweise remote"]
    + ["teilremote", "teilweise homeoffice", "homeoffice moglich", "home office moglich", "homeoffice option"]
    + ["home office option", "mobiles arbeiten", "mobile arbeit", "teletravail partiel"]
    + ["teletravail occasionnel", "teletravail ponctuel", "teletravail possible", "semipresencial"]
    + ["semi presencial", "parzialmente remoto", "remoto parziale", "deels thuis", "deels remote"]
    + ["delvis remote", "czesciowo zdaln*", "castecne na dalku"]
)
_ONSITE: Final = _any_of(
    [
        "on site",
        "onsite",
        "on location",
        "in office",
        "in the office",
        "in person",
        "inoffice",
        "office based",
    ]
    + ["not remote", "non remote", "no remote", "vor ort", "prasenz", "sur site", "sur place", "presentiel"]
    + ["presencial", "in presenza", "op locatie", "op kantoor", "stacjonarn*", "pa plats", "pa stedet"]
    + ["lahityo", "na miste", "na pracovisti", "kein homeoffice", "kein remote", "pas de teletravail"]
    + ["sin teletrabajo", "ora onsite"]
)
_REMOTE: Final = _any_of(
    ["remote*", "telecommut*", "telework*", "work from home", "work from anywhere", "wfh", "wfa"]
    + ["anywhere in", "home based", "homebased", "virtual location", "virtual office", "virtual position"]
    + ["teletravail*", "a distance", "teletrabajo", "teletrabalho", "a distancia", "remoto", "remota"]
    + ["da remoto", "telelavoro", "op afstand", "thuiswerk*", "zdaln*", "pa distans", "distansarbete"]
    + ["fjernarbejde", "fjernarbeid", "hjemmefra", "etatyo*", "na dalku", "z domova", "full remote"]
    + ["fernarbeit", "ortsunabhangig", "100 homeoffice", "100 home office", "homeoffice", "home office"]
)
_NOT_REMOTE: Final = _any_of(
    ["not remote", "non remote", "no remote", "kein homeoffice", "kein remote", "pas de teletravail"]
    + ["sin teletrabajo"]
)


def location_type(text: str) -> LocationType | None:
    """Return our word for a place of work in a posting's words, such as `Hybrid - London`.

    "On-site or remote" is for the applicant to choose, so it stays unknown.
    """
    for known, signs in _LOCATION_SIGNS:
        if any(sign in text[:_MAX_CHARS] for sign in signs):
            return known
    words = _words(text)
    whole = _LOCATION_WHOLE.get(words.strip())
    if whole is not None:
        return whole
    if _HYBRID.search(words):
        return "hybrid"
    onsite = _ONSITE.search(words) is not None
    if onsite and _NOT_REMOTE.search(words):
        return "onsite"
    remote = _REMOTE.search(words) is not None
    if onsite or remote:
        return None if onsite and remote else "onsite" if onsite else "remote"
    return None


PERIOD_NOUNS: Final[dict[str, SalaryPeriod]] = {
    **dict.fromkeys(
        ["hour", "hours", "hr", "hrs", "h", "stunde", "stunden", "std", "heure", "heures", "hora", "horas"]
        + ["ora", "uur", "godz", "godzine", "godzina", "hodinu", "hodina", "hod", "timme", "timmen"]
        + ["time", "timen", "tunti", "tunnilta", "ora lavorativa"],
        "hour",
    ),
    **dict.fromkeys(
        ["day", "days", "tag", "tage", "jour", "jours", "dia", "giorno", "dag", "dzien", "den", "dagen"]
        + ["paiva", "manday", "jornada"],
        "day",
    ),
    **dict.fromkeys(
        ["week", "weeks", "wk", "woche", "wochen", "semaine", "semana", "settimana", "tydzien", "tyden"]
        + ["vecka", "uge", "uke", "viikko"],
        "week",
    ),
    **dict.fromkeys(
        ["month", "months", "mo", "mon", "mth", "monat", "monate", "mois", "mes", "mese", "maand"]
        + ["miesiac", "mies", "mc", "mesic", "manad", "maned", "maaned", "mnd", "kk", "kuukausi"]
        + ["luna", "mesec", "ho"],
        "month",
    ),
    **dict.fromkeys(
        ["year", "years", "yr", "yrs", "y", "annum", "jahr", "jahre", "an", "ans", "annee", "ano", "anno"]
        + ["jaar", "rok", "ar", "vuosi", "ev"],
        "year",
    ),
}
"""Names of a time that pay can be for, without accents; alone they say nothing (`5 years`), after *per* they
do.
"""

PERIOD_ADVERBS: Final[dict[str, SalaryPeriod]] = {
    **dict.fromkeys(
        ["hourly", "stundlich", "stundenlohn", "stundensatz", "bruttostundenlohn", "horaire", "uurloon"]
        + ["uurtarief", "orario", "oraria", "timlon", "timelon", "timelonn", "hodinove", "godzinowo"]
        + ["godzinowa"],
        "hour",
    ),
    **dict.fromkeys(
        ["daily", "taglich", "tagessatz", "tagesgage", "tjm", "journalier", "journaliere", "dagtarief"]
        + ["giornaliero", "giornaliera", "diario", "diaria", "dayrate", "dniowka"],
        "day",
    ),
    **dict.fromkeys(
        ["weekly", "wochentlich", "wochenlohn", "hebdomadaire", "semanal", "settimanale", "wekelijks"]
        + ["tygodniowo", "tydne"],
        "week",
    ),
    **dict.fromkeys(
        ["monthly", "monatlich", "monatliche", "monatliches", "monatsgehalt", "monatslohn"]
        + ["bruttomonatsgehalt", "monatsbrutto", "mensuel", "mensuelle", "mensuels", "mensuelles"]
        + ["mensual", "mensuales", "mensile", "mensili", "mensal", "mensais", "maandelijks", "maandsalaris"]
        + ["miesiecznie", "miesieczne", "miesieczny", "mesicne", "mesacne", "manadslon", "manedslon"]
        + ["manedslonn", "maanedslon", "lunar", "kuukaudessa", "kuukausipalkka", "havi", "pcm"],
        "month",
    ),
    **dict.fromkeys(
        ["annual", "annually", "yearly", "annualised", "annualized", "jahrlich", "jahrliche", "jahrliches"]
        + ["jahresgehalt", "jahresbrutto", "jahresbruttogehalt", "bruttojahresgehalt", "jahreszielgehalt"]
        + ["jahresgrundgehalt", "jahresverdienst", "jahreseinkommen", "jahreslohn", "jahresvergutung"]
        + ["annuel", "annuelle", "annuels", "annuelles", "anual", "anuales", "anuais", "annuo", "annua"]
        + ["annui", "annue", "ral", "jaarlijks", "jaarsalaris", "rocznie", "roczne", "rocne", "arslon"]
        + ["arslonn", "arlig", "arligt", "arlige", "vuodessa", "anuala", "lpa", "ctc", "tctc"],
        "year",
    ),
}
"""Words that say by themselves what time pay is for, without accents."""

_PERIODS: Final[dict[str, SalaryPeriod]] = {**PERIOD_NOUNS, **PERIOD_ADVERBS, "pa": "year", "ann": "year"}
# An article, a name or a part of "full time" elsewhere: they count where nothing else does.
_WEAK_PERIODS: Final = frozenset({"an", "ar", "y", "h", "time", "ho", "ev", "den", "ora", "mon", "mo", "mc"})
# A fortnight's pay taken for a week's would be twice as high; no period of ours fits.
_OTHER_PERIODS: Final = _any_of(
    ["biweekly", "bi weekly", "fortnight*", "two weeks", "2 weeks", "bimonthly", "bi monthly"]
    + ["semi monthly", "semimonthly", "twice a month", "quarter*", "quinzaine", "quincena*"]
)
_DURATIONS: Final[dict[str, SalaryPeriod]] = {
    "pt1h": "hour",
    "p1d": "day",
    "p1w": "week",
    "p7d": "week",
    "p1m": "month",
    "p1y": "year",
    "p12m": "year",
}


@lru_cache(maxsize=512)
def salary_period(text: str) -> SalaryPeriod | None:
    """Return the period that pay is stated for, in a posting's words, such as `1 YEAR` or `per-hour-wage`.

    Two weeks and quarters are no period of ours: None, not the next best.
    """
    words = _words(text).strip()
    if _OTHER_PERIODS.search(words):
        return None
    if words in _DURATIONS:
        return _DURATIONS[words]
    if words in {"p a", "p y"}:
        return "year"
    known = [word for word in words.split() if word in _PERIODS]
    strong = next((_PERIODS[word] for word in known if word not in _WEAK_PERIODS), None)
    return strong or (_PERIODS[known[-1]] if known else None)
