"""Dates as postings write them: ISO 8601, epochs, month names, day or month first, and "3 days ago".

A date that can be read in two ways is none: 8/12/2026 is a day of August or of December, and both are
plausible. "30+ days ago" is a bound and no date.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from apptrack_pipeline.postings.vocabulary import folded

_MAX_CHARS: Final = 80
# 1990 to 2100, in seconds: below and above, a number is an id and no time.
_EPOCHS: Final = range(631_152_000, 4_102_444_800)

_ISO = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{4,6}Z?)?")
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d./-]*\d{4})")
_DOT_NET = re.compile(r"/?Date\((-?\d{9,14})(?:[+-]\d{4})?\)/?")
# Digits beyond the microsecond, and a zone in letters, are what `fromisoformat` refuses.
_FRACTION = re.compile(r"(\.\d{6})\d+")
_UTC = re.compile(r"\s*(?:UTC|GMT|Z)\Z", re.IGNORECASE)
_ZONE_WITHOUT_COLON = re.compile(r"\s*([+-]\d{2})(\d{2})\Z")
_RFC = re.compile(r"(?:[A-Za-z]{3,9},\s?)?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d{2}")

_MONTH_NAMES: Final[tuple[str, ...]] = (
    "jan january januar janner janvier enero gennaio januari janeiro stycznia styczen ledna leden janv"
    " tammikuu"
    " tammikuuta gen ene sty",
    "feb february februar fevrier febrero febbraio februari fevereiro lutego luty unora unor fev fevr"
    " helmikuu"
    " helmikuuta lut",
    "mar march marz mars marzo maart marco marca marzec brezna brezen mrz maerz mrt maaliskuu maaliskuuta",
    "apr april avril abril aprile kwietnia kwiecien dubna duben avr abr huhtikuu huhtikuuta kwi",
    "may mai mayo maggio mei maio maja maj kvetna kveten toukokuu toukokuuta mag",
    "jun june juni juin junio giugno junho czerwca czerwiec cervna cerven giu kesakuu kesakuuta cze",
    "jul july juli juillet julio luglio julho lipca lipiec cervence cervenec juil lug heinakuu"
    " heinakuuta lip",
    "aug august aout agosto augustus augusti sierpnia sierpien srpna srpen ago elokuu elokuuta sie",
    "sep sept september septembre septiembre settembre setembro wrzesnia wrzesien zari set syyskuu syyskuuta"
    " wrz",
    "oct october oktober octobre octubre ottobre outubro pazdziernika pazdziernik rijna rijen okt out ott"
    " lokakuu lokakuuta paz",
    "nov november novembre noviembre novembro listopada listopad listopadu marraskuu marraskuuta lis",
    "dec december dezember decembre diciembre dicembre dezembro desember grudnia grudzien prosince"
    " prosinec dez"
    " des dic joulukuu joulukuuta gru",
)
_MONTHS: Final = {
    name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()
}
_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?[\s/-](?:de |of |d')?([a-z]{3,12})"
    r"\.?,?[\s/-](?:de |del )?(\d{4}|'?\d{2}\b)(?!:)"
)
_MONTH_DAY_YEAR = re.compile(r"\b([a-z]{3,12})\.?[\s-](\d{1,2})(?:st|nd|rd|th)?,?[\s-]\s?(\d{4})")

_TODAY: Final = re.compile(
    r"\b(?:today|just (?:posted|now)|heute|gerade eben|aujourd'hui|a l'instant|hoy|oggi|vandaag|hoje"
    r"|dzisiaj|dzis|i dag|idag|tanaan|dnes|zojuist)\b"
)
_YESTERDAY: Final = re.compile(
    r"\b(?:yesterday|gestern|hier|ayer|ieri|gisteren|ontem|wczoraj|i gar|igar|eilen|vcera)\b"
)
_UNIT_NAMES: Final[dict[str, str]] = {
    "minute": "min mins minute minutes m second seconds sec minuten sekunden minuto minutos minuti"
    " minuut minut"
    " minutter minuuttia",
    "hour": "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren godzine godzin"
    " godziny timme timmar time timer tuntia tunti hodinou hodinami",
    "day": "d day days tag tage tagen jour jours j dia dias giorno giorni gg dag dagen dagar dage dager"
    " dni dzien dnia"
    " paivaa paiva dny dnem dnu",
    "week": "w wk wks week weeks woche wochen semaine semaines sem semana semanas settimana settimane weken"
    " tydzien tygodnie tygodni vecka veckor uge uger uke uker viikkoa viikko tydny tydnem tydnu",
    "month": "mo mos mth month months monat monate monaten mois mes meses mese mesi maand maanden miesiac"
    " miesiace miesiecy manad manader maned maneder kuukautta kuukausi mesicem mesici mesicu",
    "year": "y yr yrs year years jahr jahre jahren an ans annee annees ano anos anno anni jaar rok lata"
    " lat ar"
    " vuotta vuosi rokem lety",
}
_UNITS: Final = {name: unit for unit, names in _UNIT_NAMES.items() for name in names.split()}
_COUNT: Final = (
    r"(\d{1,3}|an?|one|ein(?:em|er)?|une?|una?|uno|um|uma|een|en|ett|et)(\s?\+)?\s?([a-z]{1,12})(\s?\+)?"
)
_AGO = re.compile(
    rf"\b{_COUNT}\s(?:ago|fa|geleden|atras|temu|sedan|siden|sitten)\b"
    rf"|\b(?:vor|il y a|hace|ha|pred|for)\s(?:uber |mehr als |plus de |mas de |mais de |over )?{_COUNT}"
)
_SHORT_AGO = re.compile(r"(\d{1,3})()\s?(h|d|w|mo|y)()")
_MORE_THAN = re.compile(
    r"\d\s?\+|\+\s?\d|>\s?\d|\b(?:more than|over|mehr als|uber|plus de|mas de|mais de|piu di|meer dan)\b"
)
_DAY_FIRST_ENGLISH: Final = frozenset({"gb", "uk", "ie", "au", "nz", "in", "za", "sg", "hk", "my"})


def read_date(
    value: object,
    *,
    now: datetime,
    language: str | None = None,
    month_first: bool | None = None,
) -> datetime | date | None:
    """Return the day or the moment that a value names, None where it names none or could name two.

    Takes ISO 8601, RFC 2822, epochs in seconds, milliseconds or microseconds, and what people write in a
    dozen languages. `now` is aware and is what "3 days ago" counts from. Where 8/12/2026 could be two days,
    `month_first` decides, or else the `language` (a tag such as `en-US`); `en` alone does not. A time without
    a zone counts in ISO 8601 only; elsewhere the day is taken, which lasts to its end.
    """
    if isinstance(value, datetime | date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), None)
    if not isinstance(value, str):
        return None
    shown = " ".join(value[: 2 * _MAX_CHARS].split())[:_MAX_CHARS]
    if not shown:
        return None
    if shown.isdecimal() and shown.isascii():
        compact = _COMPACT.fullmatch(shown)
        return _date(*map(int, compact.groups())) if compact else _from_epoch(int(shown))
    if wrapped := _DOT_NET.fullmatch(shown):
        return _from_epoch(int(wrapped[1]))
    for read in (_iso, _rfc_2822):
        found = read(shown)
        if found is not None:
            return found
    text = folded(shown)
    return _written(text) or _numeric(text, language, month_first) or _relative(text, now)


def is_month_first(language: str | None) -> bool | None:
    """Whether a language tag writes the month before the day; None where the tag does not tell."""
    if not language:
        return None
    name, _, region = language.lower().replace("_", "-").partition("-")
    if name != "en":
        return False
    return True if region == "us" else False if region in _DAY_FIRST_ENGLISH else None


def _from_epoch(number: float) -> datetime | None:
    for scale in (1, 1_000, 1_000_000):
        try:
            seconds = number / scale
            if int(seconds) in _EPOCHS:
                return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError):  # NaN, infinity, an integer of a thousand digits
            return None
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(shown: str) -> datetime | date | None:
    found = _ISO.search(shown) or _CJK.search(shown)
    if found is None:
        compact = _COMPACT.fullmatch(shown)
        return _date(*map(int, compact.groups())) if compact else None
    if found.start() == 0 and found.re is _ISO and found[2] == "-" and len(shown) > found.end():
        written = _FRACTION.sub(r"\1", shown)
        written = _ZONE_WITHOUT_COLON.sub(r"\1:\2", _UTC.sub("+00:00", written))
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            pass
    numbers = found.groups() if found.re is _CJK else (found[1], found[3], found[4])
    return _date(*map(int, numbers))


def _rfc_2822(shown: str) -> datetime | None:
    if not _RFC.match(shown):
        return None
    try:
        return parsedate_to_datetime(shown)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def _written(text: str) -> date | None:
    """Read a date with the name of its month."""
    for pattern, day_at, month_at in ((_DAY_MONTH_YEAR, 1, 2), (_MONTH_DAY_YEAR, 2, 1)):
        for found in pattern.finditer(text):
            month = _MONTHS.get(found[month_at])
            if month is not None:
                return _date(_year(found[3].lstrip("'")), month, int(found[day_at]))
    return None


def _numeric(text: str, language: str | None, month_first: bool | None) -> date | None:
    found = _NUMERIC.search(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    if first > 12 or second > 12 or first == second:
        month_leads = second > 12
    elif found[2] == ".":
        month_leads = False  # no language writes the month first with points
    else:
        stated = is_month_first(language) if month_first is None else month_first
        if stated is None:
            return None
        month_leads = stated
    return _date(year, first, second) if month_leads else _date(year, second, first)


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _relative(text: str, now: datetime) -> date | None:
    today = now.astimezone(UTC).date()
    if _MORE_THAN.search(text):
        return None
    if _TODAY.search(text):
        return today
    if _YESTERDAY.search(text):
        return today - timedelta(days=1)
    found = _AGO.search(text) or _SHORT_AGO.fullmatch(text)
    if found is None:
        return None
    parts = [part for part in found.groups() if part]
    if len(parts) != 2:
        return None
    count = int(parts[0]) if parts[0].isdecimal() else 1
    unit = _UNITS.get(parts[1])
    if unit in {"minute", "hour"}:
        return (now.astimezone(UTC) - count * timedelta(**{f"{unit}s": 1})).date()
    if unit in {"day", "week"}:
        return today - timedelta(days=count * (7 if unit == "week" else 1))
    if unit in {"month", "year"}:
        months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
        return _date(months // 12, months % 12 + 1, min(today.day, 28)) if months >= 12 else None
    return None
