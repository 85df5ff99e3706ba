"""Pay in written words: amounts, their currency and their period, and whether it is pay at all.

One pass over the numbers of a text. A number with a currency is an amount; two amounts with a dash or a word
such as *to*, *bis* or *à* between them are a range. In a whole description an amount is pay only where its
own sentence says so: the nearest word that tells decides, so that rounds of funding, revenue, budgets,
bonuses and vouchers are none. Every look around is bounded, so the time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from apptrack_pipeline.postings.currencies import (
    CODES,
    SIGN_AFTER,
    SIGN_BEFORE,
    currency_named,
    money_windows,
)
from apptrack_pipeline.postings.places import country_of
from apptrack_pipeline.postings.vocabulary import (
    PERIOD_ADVERBS,
    PERIOD_NOUNS,
    SalaryPeriod,
    folded,
)

MAX_STATEMENTS: Final = 50
_MAX_NUMBERS: Final = 4_000
_MAX_JUDGED: Final = 200
_BEFORE_CHARS: Final = 200
_AFTER_CHARS: Final = 90
_GAP_CHARS: Final = 60
_MAX_LABEL_CHARS: Final = 60
_MAX_HEADING_CHARS: Final = 70

# Groups of three (1,234,567; 1.234.567; 1 234 567; 1'234'567), Indian groups (12,00,000), or plain digits.
_NUMBER = re.compile(
    r"(?<![\d%])(?<!\d[.,])("
    r"\d{1,3}([ \u00a0\u2009\u202f'\u2019.,])\d{3}(?:\2\d{3}){0,3}(?!\d|[.,'\u2019]\d{3})"
    r"(?:[.,]\d{1,2}(?!\d))?"
    r"|\d{1,2}(?:,\d{2}){1,3},\d{3}(?!\d)(?:\.\d{1,2}(?!\d))?"
    r"|\d{1,12}(?:[.,]\d{1,2}(?!\d))?(?!\d)"
    r")(?:[.,][\u2013\u2014-]{1,2})?"
)
_MULTIPLIER = re.compile(
    r"[ \u00a0\u202f]?(?:(?:([kK]|[Tt]sd\.?|T|tys\.?|tis\.?|mil(?!lion))"
    r"|(lakhs?|lacs?|Lakhs?|Lacs?|LPA|lpa|Lpa|L)|([Cc]rores?|Cr\.?|cr\.?)"
    r"|([mM]{1,2}|[Mm]n|[Mm]io\.?|[Mm]illion(?:s|en)?|[Mm]illones|[bB]n?|[Bb]illion|Mrd\.?|mld))(?![^\W\d_])"
    r"|([万만]))"
)
# By the group of `_MULTIPLIER`; its fourth are the millions.
_SCALES: Final = {1: Decimal(1_000), 2: Decimal(100_000), 3: Decimal(10_000_000), 5: Decimal(10_000)}
_LARGE: Final = 4
_RUPEES: Final = frozenset(["₹", "INR", "Rs", "Rs."])

_DASH: Final = (
    r"(?:[-\u2010-\u2015\u2212~\u301c\uff5e]{1,2}"
    r"|\u00e2\u20ac[\u201c\u201d\u0153]|\u00e2\u20ac\u2018)"  # a dash whose UTF-8 was read as Windows-1252
)
_CONNECTOR = re.compile(
    r"\s*(?:gross|brutt?o|bruts?|base)?\s*(?:(?:/\s?|(?:per|par|pro|an?|al|por|na|za)\s)[^\W\d]{1,9}\.?|p\.\s?a\.)?"
    r"\s*(?:(?P<range>"
    + _DASH
    + r"|(?:and )?up to|to(?: a maximum of)?|bis(?: zu| max\.?)?|thru|through|a|à|al"
    r"|até|ate|jusqu'à|hasta|tot|till?|til|do|až|z"
    r"|[;,]? ?(?:this |which |and )?(?:increases|increasing|rises|rising) to)"
    r"|(?P<both>and|und|et|e|y|en|és|i|og|och|oraz|a|og op til))\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\b(?:between|zwischen|entre|tussen|mellan|mellem|mellom|mezi|tra|fra|comprise?|pomiedzy|miedzy|intre)\b"
)
# After the second number of a range without a sign: it counts something else.
_COUNTED = re.compile(
    r"\s?(?:%|\+?\s?(?:hours?|hrs?|h|std|stunden|heures|horas|ore|uur|years?|yrs?|jahre|ans|months?|days?|weeks?"
    r"|people|employees|tage|mal|x|times|salaries|salary payments|st|nd|rd|th)\b)",
    re.IGNORECASE,
)
_PLUS = re.compile(r"\+|\s(?:and up|and above|or more|plus(?= per)|y mas|et plus|und mehr)\b")

_SENTENCE_BREAK = re.compile(r"(?<=[^\W_][^\W_)])[.!?]\s+(?=[^a-z])|\n|[•·|\u25cf]")
_CLAUSE_BREAK = re.compile(
    r"[+;,(]|\b(?:plus|and|with|in addition|exclud|includ|not|as well|und|sowie|zzgl|inkl|et|y|e|oraz|depend"
    r"|commensurate|based|bei|aux)\b"
)
_PARENTHESIS = re.compile(r"\([^()]{0,80}\)")
_WORD = re.compile(r"\.?[^\W\d_]+(?:'(?=[^\W\d_]))?")
_AFTER_TOKEN = re.compile(r"[^\W\d_]+|\d+\.?|/")

_FROM = re.compile(
    r"(?:\b(?:from|starting at|starts at|starting from|at least|minimum(?: of)?|min|no less than"
    r"|not less than|ab"
    r"|mindestens|mind|a partir de|a partire da|des|desde|vanaf|minimaal|minimum|od|fran|minst|alkaen"
    r"|circa ab|min\.|mind\.)|\d\+)[\s:]*\Z"
)
_UP_TO = re.compile(
    r"\b(?:up to|to a maximum of|maximum(?: of)?|max\.?|bis zu|bis|jusqu'a|hasta|fino a|tot|tot wel|ate|do|az"
    r"|upp till|op til|opp til|opptil|maximaal)[\s:]*\Z"
)
_IN_THE_US = re.compile(r"\b(?:US|USA|U\.S\.|United States)(?!\$|\w)[^.;\n]{0,80}\Z")
_MINIMUM_PAY = re.compile(
    r"\b(?:mindest(?:gehalt|lohn|entgelt|bruttogehalt|grundgehalt)|minimum (?:salary|pay|wage))\b"
)

_PAY_STARTS: Final = (
    "salar", "salair", "compensat", "remun", "renumerat", "retribu", "wage", "payscale", "payrate",
    "gehalt", "vergut", "entgelt", "entlohn", "lohn", "verdien", "besoldung", "stipendi", "sueldo",
    "compenso", "loonpakket", "bezoldig", "wynagrodz", "pensj", "stawk", "zarob", "widelk", "mzd",
    "platov", "odlon", "brutolo", "palk", "earn", "ordenado", "vencimento", "grundlon", "dayrate",
    "tagessatz", "stundensatz", "jahresbrutto", "bruttojahr", "monatsbrutto", "cachet", "honorar",
)  # fmt: skip
_PAY_ENDS: Final = (
    "gehalt", "gehalter", "vergutung", "entgelt", "lohn", "verdienst", "einkommen", "slon", "dlon",
    "slonn", "rloon", "oloon", "dloon", "palkka", "besoldung", "salaris", "sgage",
)  # fmt: skip
_PAY_WORDS: Final = frozenset({
    "bruttolon", "paye", "ral", "bezuge", "gage", "ote", "fizetes", "rango", "stipend", "pagamento",
    "plat", "tarif", "plata", "gross", "tc", "rate", "timlon", "paid", "salariul", "tct", "loon",
    "timelon", "timelonn", "platu", "pays", "wynagrodzenie", "lonn", "tarief", "uurtarief", "tjm",
    "brut", "bruto", "nomina", "pay", "ctc", "brutto", "lpa", "lon", "rates", "ber",
})  # fmt: skip
_NO_PAY_STARTS: Final = (
    "bonus", "bonos", "funding", "raised", "raising", "revenue", "valuation", "budget", "allowance",
    "reimburs", "voucher", "referr", "reward", "equity", "stock", "contribut", "discount", "fitness",
    "wellness", "wellbeing", "donat", "charit", "turnover", "asset", "grant", "loan", "ticket", "saving",
    "insur", "coverage", "reloc", "spend", "perk", "tuition", "equipment", "laptop", "internet", "phone",
    "travel", "commut", "transport", "meal", "lunch", "cafeteria", "child", "newborn", "adoption",
    "fertil", "customer", "client", "invest", "backed", "capital", "billion", "million", "penalt",
    "price", "pricing", "prize", "award", "pension", "portfolio", "pipeline", "transact", "purchas",
    "discretionary", "overtime", "payment", "volume", "deposit", "charg", "series", "zuschuss",
    "gutschein", "zulage", "pramie", "provision", "umsatz", "urlaubsgeld", "weihnachtsgeld", "cheque",
    "titre", "participat", "interess", "chiffre", "levee", "mutuelle", "indemnit", "cooptat", "ayuda",
    "facturac", "presupuest", "dofinans", "budzet", "benefi", "premi", "polec", "przychod", "prispev",
    "odmen", "stravenk", "doporuc", "friskvard", "omsattn", "forman", "reiskost", "toeslag", "fatturat",
    "welfare", "rimbors", "tichet", "bonur", "decont", "juttatas",
)  # fmt: skip
_NO_PAY_WORDS: Final = frozenset({
    "gmv", "arr", "raises", "rental", "costs", "match", "shares", "conference", "funds", "covers", "fee",
    "saves", "bidrag", "seed", "order", "vale", "rent", "deals", "worth", "fines", "deal", "gym",
    "buono", "raise", "saved", "training", "options", "funded", "fonds", "aum", "omzet", "sell", "obrat",
    "matches", "membership", "primes", "cost", "bono", "karta", "bon", "prime", "fees", "bills", "sign",
    "vales", "ventas", "buoni", "mrr", "signing", "quota", "projects", "option", "project", "fund",
    "bill", "fined", "share", "quotas", "subscription", "sold", "matched",
})  # fmt: skip
_NO_PAY_ENDS: Final = (
    "bonus", "budget", "zuschuss", "zulage", "zuschlag", "pramie", "umsatz", "geld", "rabatt", "ticket",
    "bidrag", "vergoeding", "toeslag", "tillagg", "leistungen",
)  # fmt: skip
# Verbs and rates of anything: pay only with a period or as a range.
_WEAK_PAY: Final = frozenset({
    "rate", "tc", "earn", "earns", "pays", "earning", "earned", "tarif", "rates", "paid",
})  # fmt: skip
# Pay for a time off, extra work or parting is no pay of the job.
_SIDE_PAY: Final = frozenset({
    "overtime", "sick", "users", "parental", "incentive", "holiday", "paternity", "referral", "they",
    "workers", "standby", "severance", "commission", "leave", "stand", "redundancy", "variable",
    "maternity", "additional", "vacation", "supplementaire",
})  # fmt: skip
_GROSS: Final = frozenset({
    "brutto", "bruts", "bruttolon", "lordi", "brut", "bruto", "brutos", "lorda", "lordo", "hrubeho",
    "brute", "hruba", "gross",
})  # fmt: skip
_NET: Final = frozenset(["net", "netto", "nett", "nets", "netti", "neto", "netos", "nete", "netta"])
_PER: Final = frozenset({
    "i", "per", "au", "de", "der", "/", "l", "za", "every", "ve", "pro", "w", "ao", "la", "om", "each",
    "den", "pe", "je", "im", "all", "the", "por", "alla", "al", "na", "p", "par", "an", "a",
})  # fmt: skip
_SKIPPED: Final = _GROSS | {
    "base", "fixed", "fixe", "fixes", "fix", "fest", "salary", "pay", "salaire", "ctc", "total", "annualized",
    "fte", "equivalent", "ote", "rate", "approx", "before", "tax", "lehrjahr", "usd", "eur", "gbp", "cad",
    "aud", "chf", "pln", "czk", "huf", "euro", "euros", "netto", "net", "vat", "fv",
}  # fmt: skip
_STOP: Final = frozenset({
    "and", "pour", "bei", "up", "obv", "bonus", "dependent", "for", "fur", "auf", "of", "to", "et",
    "depending", "und", "over", "based", "or", "with", "zu",
})  # fmt: skip
_LABEL_DROPPED: Final = frozenset({
    "time", "starting", "per", "range", "ab", "max", "eur", "aud", "for", "cash", "good", "day", "is",
    "between", "ote", "gbp", "the", "entre", "currently", "ranges", "on", "target", "expected",
    "monthly", "annual", "rate", "hourly", "weekly", "at", "usd", "von", "total", "estimate", "our",
    "estimated", "of", "to", "from", "in", "annually", "reasonable", "zwischen", "hour", "brutto",
    "rates", "full", "and", "daily", "on-target", "de", "up", "attraktiver", "bis", "role", "roughly",
    "faith", "da", "this", "position", "job", "yearly", "new-hire", "gross", "cad", "a", "budgeted",
    "month", "attraktives", "maximum", "competitive", "hiring", "anticipated", "minimum", "earnings",
    "min", "base", "posting", "or", "year", "approximate",
})  # fmt: skip
_LABEL_IS_SENTENCE = re.compile(
    r"\b(?:is|are|will|be|starts?|increases|rises|[Ww]e|[Yy]ou|[Yy]our|i|can|may|ist|liegt|wird|sind|wir|est|sera|nous|es"
    r"|offer|offers|with|erhalten)\b"
)
# From here on an amount can only be a year's: no month is paid so high. Other currencies do not tell.
_YEARLY_FROM: Final[dict[str, int]] = {
    "USD": 20_000, "EUR": 20_000, "GBP": 15_000, "CHF": 30_000, "CAD": 25_000, "AUD": 30_000, "NZD": 30_000,
    "SGD": 36_000, "HKD": 200_000, "SEK": 200_000, "NOK": 250_000, "DKK": 200_000, "PLN": 90_000,
    "CZK": 350_000, "HUF": 4_000_000, "RON": 80_000, "BGN": 40_000, "INR": 300_000, "JPY": 2_500_000,
    "KRW": 20_000_000, "ILS": 120_000, "BRL": 70_000, "MXN": 250_000, "ZAR": 250_000, "TWD": 500_000,
    "CNY": 150_000, "MYR": 50_000, "TRY": 600_000,
}  # fmt: skip
_YEARLY_FROM_DOLLARS: Final = 40_000  # of whichever country
# What is plausible for a period in dollars, euros, pounds and francs.
_PLAUSIBLE: Final[dict[SalaryPeriod, tuple[int, int]]] = {
    "hour": (3, 1_000),
    "day": (15, 10_000),
    "week": (40, 30_000),
    "month": (100, 150_000),
    "year": (2_000, 10_000_000),
}
_MOST: Final = 5_000_000
_HARD_CURRENCIES: Final = frozenset(["USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"])
# Folding takes the syllables of Korean apart, so these are folded as well.
_CJK_PERIODS: Final[dict[str, SalaryPeriod]] = {
    **dict.fromkeys(map(folded, ("年収", "年俸", "年薪", "연봉")), "year"),
    **dict.fromkeys(map(folded, ("月給", "月収", "月薪", "월급")), "month"),
    **dict.fromkeys(map(folded, ("日給", "日薪")), "day"),
    **dict.fromkeys(map(folded, ("時給", "时薪", "시급")), "hour"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One pay as a text states it, with where it stands in the text."""

    start: int
    end: int
    minimum: Decimal | None
    maximum: Decimal | None
    currency: str | None
    period: SalaryPeriod | None
    label: str | None


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with the signs beside it; `large`: millions and more, which nobody is paid."""

    start: int
    end: int
    value: Decimal
    scale: Decimal | None
    before: str | None
    after: str | None
    large: bool
    plain: bool

    @property
    def signed(self) -> bool:
        return self.before is not None or self.after is not None

    @property
    def scaled(self) -> Decimal:
        return self.value if self.scale is None else self.value * self.scale


def statements(
    text: str, *, alone: bool, country: str | None = None, language: str | None = None
) -> list[Statement]:
    """Return every pay that a text states, in its order, each once.

    `alone`: the text is about pay and nothing else, so an amount needs no word that says so, nor a currency
    where no other amount has one.
    """
    windows = money_windows(text) or ([(0, len(text))] if alone else [])
    amounts = [amount for window in windows for amount in _amounts(text, *window)]
    known = [amount for amount in amounts if amount.signed]
    if not known and not alone:
        return []
    found: list[Statement] = []
    judged = 0
    at = 0
    while at < len(amounts) and len(found) < MAX_STATEMENTS and judged < _MAX_JUDGED:
        first = amounts[at]
        second = _second_of(text, amounts, at)
        at += 1 if second is None else 2
        if first.large or (second is not None and second.large):
            continue
        if (
            not first.signed
            and (second is None or not second.signed)
            and (known or not _bare(text, first, second))
        ):
            continue
        judged += 1
        stated = _statement(text, first, second, found[-1] if found else None, alone, country, language)
        if stated is not None:
            found.append(stated)
    unique = {(one.minimum, one.maximum, one.currency, one.period, one.label): one for one in reversed(found)}
    return list(reversed(unique.values()))


def amount_of_digits(digits: str) -> Decimal:
    """Return the number that digits with any separators write: `1.234,56`, `120'000`, `12,00,000`."""
    last = max(digits.rfind("."), digits.rfind(","))
    whole, fraction = digits, ""
    if last >= 0 and 1 <= len(digits) - last - 1 <= 2:
        whole, fraction = digits[:last], digits[last + 1 :]
    bare = "".join(char for char in whole if char.isdecimal())
    return Decimal(f"{bare or '0'}.{fraction}" if fraction else bare or "0")


def _amounts(text: str, start: int, stop: int) -> list[_Amount]:
    found: list[_Amount] = []
    for count, number in enumerate(_NUMBER.finditer(text, start, stop)):
        if count >= _MAX_NUMBERS:
            break
        at, end = number.span()
        previous = text[at - 1 : at]
        digits = number[1]
        scaled = _MULTIPLIER.match(text, end)
        scale: Decimal | None = None
        large = False
        if scaled is not None:
            group = scaled.lastindex or 0
            large = group == _LARGE
            scale = _SCALES.get(group)
            end = scaled.end()
        before = SIGN_BEFORE.search(text, max(0, at - 10), at)
        after = SIGN_AFTER.match(text, end)
        if after is None and scaled is not None and scaled[2] in {"LPA", "lpa", "Lpa"}:
            sign_after: str | None = "LPA"
        else:
            sign_after = after[0] if after is not None else None
        if before is None and sign_after is None:
            if text[end : end + 2].lstrip()[:1] == "%":
                continue
            if previous.isalpha():  # E10, B2B, H1B
                continue
        # "12 L" is twelve lakh of rupees; of anything else it is a volume, or the name of a level.
        # T is a thousand of euros in Germany and of rupees in India, and a trillion of dollars.
        if scaled is not None and scaled[0].strip() in {"L", "T"}:
            rupees = before is not None and before[0].strip(" :") in _RUPEES
            euros = sign_after in {"€", "EUR", " €", " EUR"}
            if not rupees and not (euros and scaled[1]):
                scale = None
        found.append(
            _Amount(
                before.start() if before else at,
                after.end() if after else end,
                amount_of_digits(digits),
                scale,
                before[0].strip(" :\u00a0\u202f") if before else None,
                sign_after.strip() if sign_after else None,
                large,
                digits.isdecimal() and scale is None,
            )
        )
    return found


def _second_of(text: str, amounts: list[_Amount], at: int) -> _Amount | None:
    """Return the amount that makes a range with this one."""
    if at + 1 >= len(amounts):
        return None
    first, second = amounts[at], amounts[at + 1]
    gap = second.start - first.end
    if not 0 <= gap <= _GAP_CHARS:
        return None
    joined = _CONNECTOR.fullmatch(text, first.end, second.start)
    if joined is None:
        return None
    if joined["both"] and not _BETWEEN.search(folded(text[max(0, first.start - 40) : first.start])):
        return None
    if not second.signed and _COUNTED.match(text, second.end):
        return None
    if not (first.signed or second.signed) and first.plain and second.plain and first.value < 100:
        return second if second.value < 1000 and second.value > first.value else None
    low, high = _scaled(first, second)
    if low == 0 or high == 0 or max(low, high) / min(low, high) > 20:
        return None
    return second


def _scaled(first: _Amount, second: _Amount | None) -> tuple[Decimal, Decimal]:
    """Return both ends: in "$120-150k" and "60-70.000 €" the thousands of one are meant for both."""
    low = first.scaled
    if second is None:
        return low, low
    high = second.scaled
    if first.scale is None and second.scale is not None and first.value < 1000:
        low = first.value * second.scale
    elif second.scale is None and first.scale is not None and second.value < 1000:
        high = second.value * first.scale
    elif (
        first.plain and not (first.signed and second.signed) and low < 1000 <= high and low * 1000 <= high * 2
    ):
        low *= 1000
    return low, high


def _bare(text: str, first: _Amount, second: _Amount | None) -> bool:
    """Whether numbers without any currency can be pay: a range, thousands, or a period that follows."""
    if second is not None:
        return True
    if _COUNTED.match(text, first.end):
        return False
    if first.scale is not None or not first.plain:
        return True
    if 1_900 <= first.value <= 2_100:
        return False
    return first.value >= 1_000 or _period_after(text[first.end : first.end + _AFTER_CHARS]) is not None


def _statement(
    text: str,
    first: _Amount,
    second: _Amount | None,
    previous: Statement | None,
    alone: bool,
    country: str | None,
    language: str | None,
) -> Statement | None:
    last = second or first
    low, high = _scaled(first, second)
    if low > high:
        low, high = high, low
    if low <= 0:
        return None
    signs = [sign for one in (first, second) if one for sign in (one.before, one.after) if sign]
    before = _before(text, first.start)
    near = previous is not None and (
        text.count("\n", previous.end, first.start) <= 2 and first.start - previous.end <= 160
    )
    since = previous.end if near and previous is not None else 0
    label = _label(text, max(since, first.start - 2 * _MAX_LABEL_CHARS), first.start)
    # "New York: $150k" and "the US base salary range" say which dollar it is, whatever the posting's country.
    country = (country_of(label) if label else None) or _country_said(text, first.start) or country
    codes = {code for sign in signs if (code := currency_named(sign, country=country, language=language))}
    # "$100,000 - $150,000 CAD": the code says which dollar the sign is.
    exact = {sign for sign in signs if sign.upper() in CODES or len(sign.rstrip("$")) > 0}
    if len(codes) > 1 and exact:
        codes = {code for sign in exact if (code := currency_named(sign, country=country, language=language))}
    if len(codes) > 1:
        return None
    currency = codes.pop() if codes else None

    start = first.start
    after_text = _SENTENCE_BREAK.split(text[last.end : last.end + _AFTER_CHARS], maxsplit=1)[0]
    after = folded(after_text)
    words = _WORD.findall(_PARENTHESIS.sub(" ", before))
    period = _period_after(_PARENTHESIS.sub(" ", after)) or _period_after(after)
    period = period or _period_before(words, before)
    if period is None and second is not None:  # "$12 an hour to $15"
        period = _period_after(folded(text[first.end : second.start]))
    if period is not None and currency in _HARD_CURRENCIES and not _is_plausible(low, high, period):
        period = None
        if not alone:
            return None
    if currency in _HARD_CURRENCIES and low > _MOST:
        return None
    said_period = period
    if period is None:
        period = _period_of_size(low, high, currency, signs, before + after)
    if not _is_pay(
        words, before, after, low, period, said_period, second is not None, alone=alone, near=near
    ):
        return None
    minimum: Decimal | None = low
    maximum: Decimal | None = high
    if second is None:
        if _PLUS.match(text, last.end) or _FROM.search(before) or _MINIMUM_PAY.search(before):
            maximum = None
        elif _UP_TO.search(before):
            minimum = None
    elif _PLUS.match(text, last.end):
        maximum = high
    if re.search(r"\bote\b|\bon[ -]target\b", f"{before[-60:]} {after[:30]}"):
        label = f"{label}, OTE" if label else "OTE"
    end = last.end + (len(after_text) if len(after_text) < 25 else 0)
    return Statement(start, end, minimum, maximum, currency, period, label)


def _country_said(text: str, start: int) -> str | None:
    return "US" if _IN_THE_US.search(text, max(0, start - 120), start) else None


def _before(text: str, start: int) -> str:
    """Return what stands before an amount in its sentence, folded; a short line takes its headings along."""
    window = text[max(0, start - _BEFORE_CHARS) : start]
    cut = max((found.end() for found in _SENTENCE_BREAK.finditer(window)), default=0)
    sentence = window[cut:]
    if len(sentence.strip()) < 25:
        above = [line for line in window[:cut].split("\n") if not line.isspace() and line][-2:]
        while above and (len(above[-1]) > _MAX_HEADING_CHARS or above[-1].rstrip().endswith((".", ";"))):
            above.pop()
        if len(above) > 1 and len(above[0]) > _MAX_HEADING_CHARS:
            del above[0]
        sentence = " ".join([*above, sentence])
    return folded(sentence) + " "


@lru_cache(maxsize=4_096)
def _tells(word: str) -> int:
    """Return 1 for a word of pay, -1 for one of other money, 0 for all else."""
    if word in _PAY_WORDS:
        return 1
    if word in _NO_PAY_WORDS or word.endswith(_NO_PAY_ENDS) or word.startswith(_NO_PAY_STARTS):
        return -1
    return 1 if word.startswith(_PAY_STARTS) or word.endswith(_PAY_ENDS) else 0


def _is_pay(
    words: list[str],
    before: str,
    after: str,
    low: Decimal,
    period: SalaryPeriod | None,
    said_period: SalaryPeriod | None,
    is_range: bool,
    *,
    alone: bool,
    near: bool,
) -> bool:
    """Whether the sentence around an amount says that it is what the job pays."""
    clause = _CLAUSE_BREAK.split(after, maxsplit=1)[0]
    if _is_net(words, _WORD.findall(after)[:4]):
        return False
    pay_at, other_at = -1, -1
    for index, word in enumerate(words):
        kind = _tells(word)
        if kind > 0 and index and (words[index - 1] in _SIDE_PAY or _tells(words[index - 1]) < 0):
            kind = -1
        if kind > 0 and words[index + 1 : index + 2] == ["us"]:  # "clinics pay us $50"
            kind = -1
        if kind > 0 and said_period is None and not is_range:
            weak = word in _WEAK_PAY or (word == "pay" and index > 0 and words[index - 1] in {"we", "to"})
            kind = 0 if weak else 1
        if kind > 0 and word not in _GROSS:
            pay_at = index
        elif kind < 0:
            other_at = index
    # "$20,000 annual bonus"; further on, only what no word of pay before the amount speaks against.
    told = [
        -1 if word == "stipend" else _tells(word)
        for word in _WORD.findall(clause)[: 3 if pay_at > other_at else 7]
    ]
    if -1 in told and 1 not in told[: told.index(-1)]:
        return False
    if other_at > pay_at and len(words) - other_at <= (3 if alone else 12):
        labelled = before.rstrip().endswith(":") and pay_at >= 0 and other_at - pay_at <= 2
        if not labelled:
            return False
    if alone:
        return True
    gross = any(word in _GROSS for word in words[-4:] + _WORD.findall(after)[:4])
    if low < 1_000 and period is None and pay_at < 0:
        return False
    if low < 8 and period is None:
        return False
    if pay_at >= 0 and len(words) - pay_at <= 25:
        return True
    if other_at >= 0:
        return False
    if any(sign in before for sign in _CJK_PERIODS):
        return True
    said_after = any(_tells(word) > 0 for word in _WORD.findall(after)[:12])
    if (said_after or near or gross) and (period is not None or is_range):
        return True
    # A line of its own, or a wage: no price of a product is written so in a posting.
    stated = said_period is not None
    return (is_range and (stated or (period is not None and len(words) <= 6))) or (
        said_period == "hour" and low <= 500
    )


def _is_net(words: list[str], follows: list[str]) -> bool:
    """Whether an amount is after tax: it cannot be compared with the gross pay that all others state."""
    around = words[-4:] + follows
    if not any(word in _NET for word in around):
        return False
    # Polish contractors are paid "net + VAT", which is their gross.
    return not any(word in _GROSS or word in {"vat", "b", "fv"} for word in around)


def _period_after(after: str) -> SalaryPeriod | None:
    """Return the period that follows an amount: `/hr`, `brutto pro Monat`, `fixed gross salary per year`."""
    shown = after if after.isascii() else folded(after)
    shown = shown.lower().replace("p.a", " annually ").replace("p.m", " monthly ").replace("p.h", " hourly ")
    per = False
    skipped = 0
    for word in _AFTER_TOKEN.findall(shown)[:10]:
        if word[0].isdecimal():
            if not word.endswith("."):
                return None
            continue
        if word in PERIOD_ADVERBS:
            return PERIOD_ADVERBS[word]
        if per and word in PERIOD_NOUNS:
            return PERIOD_NOUNS[word]
        if word == "pa":
            return "year"
        if word in _STOP:
            return None
        per = word in _PER
        if not per and word not in _SKIPPED:
            skipped += 1
            if skipped > 2:
                return None
    return None


def _period_before(words: list[str], before: str) -> SalaryPeriod | None:
    """Return the period that is said before an amount: `annual base salary`, `Stundenlohn`, `per year:`."""
    for sign, period in _CJK_PERIODS.items():
        if sign in before:
            return period
    for index in range(len(words) - 1, max(-1, len(words) - 14), -1):
        word = words[index]
        if word in PERIOD_ADVERBS:
            return PERIOD_ADVERBS[word]
        if index >= len(words) - 3 and word in PERIOD_NOUNS and index and words[index - 1] in _PER:
            return PERIOD_NOUNS[word]
        if word == "rate" and index and words[index - 1] == "day":
            return "day"
    return None


def _is_plausible(low: Decimal, high: Decimal, period: SalaryPeriod) -> bool:
    least, most = _PLAUSIBLE[period]
    return least <= high and low <= most


def _period_of_size(
    low: Decimal, high: Decimal, currency: str | None, signs: list[str], around: str
) -> SalaryPeriod | None:
    """Return *year* for amounts that only a year pays; nothing else is told by its size."""
    if re.search(r"\b(?:fortnight|bi-?weekly|quarter|quinzena|quincena)", around):
        return None
    if currency is None:
        least = _YEARLY_FROM_DOLLARS if "$" in signs else 0
    else:
        least = _YEARLY_FROM.get(currency, 0)
    is_hard = currency is None or currency in _HARD_CURRENCIES
    return "year" if least and low >= least and not (is_hard and low > _MOST) else None


def _label(text: str, since: int, start: int) -> str | None:
    """Return the place or level that an amount is for: what stands before it on its line and is no pay."""
    window = text[since:start]
    cut = max((window.rfind(mark) for mark in "\n;•|"), default=-1)
    if (
        cut < 0
        and since
        and text[since - 1 : since] not in {"\n", ";", ""}
        and len(window) >= 2 * _MAX_LABEL_CHARS
    ):
        return None
    shown = window[cut + 1 :].strip(" \t\u00a0-\u2010\u2011\u2012\u2013\u2014\u2015:,.(/+")
    if not shown or len(shown) > 2 * _MAX_LABEL_CHARS or _LABEL_IS_SENTENCE.search(shown):
        return None
    kept = [
        word
        for word in shown.split()
        if (bare := folded(word).strip(" :,.-()\u2013\u2014"))
        and (bare not in _LABEL_DROPPED or (len(bare) == 2 and word.strip(",").isupper()))
        and bare not in PERIOD_ADVERBS
        and _tells(bare) <= 0
    ]
    label = " ".join(kept).strip(" \t-\u2013\u2014:,.(/+)")
    if not any(char.isalpha() for char in label) or len(label) > _MAX_LABEL_CHARS or len(kept) > 7:
        return None
    # Places and levels are names; running text is not.
    named = sum(1 for word in kept if word[0].isupper() or not word[0].isalpha())
    if 2 * named < len(kept) or not (kept[0][0].isupper() or kept[0][0].isdecimal()):
        return None
    return label
