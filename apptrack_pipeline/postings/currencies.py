"""Which currency a code or a sign names; a sign that several countries share needs a country to be one.

Codes are of ISO 4217. "$" is the dollar of two dozen countries and the peso of others, "kr" the crown of
four, "Rs" the rupee of five: wrong currency for Pakistan was a known fault of others (JobSpy #294).
"""

from __future__ import annotations

import re
from typing import Final

CODES: Final = frozenset(
    ["AED", "ARS", "AUD", "BDT", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CRC", "CZK"]
    + ["DKK", "DOP", "EGP", "EUR", "GBP", "GEL", "GHS", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JOD"]
    + ["JPY", "KES", "KRW", "KWD", "KZT", "LKR", "MAD", "MUR", "MXN", "MYR", "NGN", "NOK", "NPR", "NZD"]
    + ["OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TND"]
    + ["TRY", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VND", "ZAR"]
)
"""Currencies that pay is stated in."""

_CYRILLIC: Final = {"руб": "RUB", "грн": "UAH", "лв": "BGN"}  # noqa: RUF001
_ONE_CURRENCY: Final = {
    **{f"{prefix}$": code for code, prefixes in {
        "USD": ("US", "U.S.", "USD", "USD "), "CAD": ("CA", "C", "CDN", "CAD", "CAD "),
        "AUD": ("A", "AU", "AUD", "AUD "), "NZD": ("NZ", "NZD", "NZD "), "SGD": ("S", "SG", "SGD", "SGD "),
        "HKD": ("HK", "HKD", "HKD "), "MXN": ("MX", "MXN", "MXN "), "BRL": ("R",), "TWD": ("NT",),
    }.items() for prefix in prefixes},
    "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₩": "KRW", "₪": "ILS", "₺": "TRY", "₱": "PHP",
    "฿": "THB", "₫": "VND", "₴": "UAH", "₦": "NGN", "₸": "KZT", "円": "JPY", "元": "CNY", "원": "KRW",
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "eu": "EUR", "usd": "USD", "gbp": "GBP", "chf": "CHF",
    "pound": "GBP", "pounds": "GBP", "pounds sterling": "GBP", "quid": "GBP", "zł": "PLN", "zl": "PLN",
    "pln": "PLN", "złotych": "PLN", "kč": "CZK", "kc": "CZK", "czk": "CZK", "ft": "HUF", "forint": "HUF",
    "lei": "RON", "ron": "RON", **_CYRILLIC,
    "tl": "TRY", "rm": "MYR", "rp": "IDR", "rp.": "IDR", "php": "PHP", "ksh": "KES", "s/": "PEN",
    "s/.": "PEN", "sfr": "CHF", "sfr.": "CHF", "franken": "CHF", "lpa": "INR", "inr": "INR", "sek": "SEK",
    "nok": "NOK", "dkk": "DKK", "cad": "CAD", "aud": "AUD", "rmb": "CNY", "dhs": "AED", "nis": "ILS",
}  # fmt: skip
# Signs that need a country; the empty country is the currency that a foreign one means by the sign.
_SHARED: Final[dict[str, dict[str, str]]] = {
    "$": {
        "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN",
        "TW": "TWD", "AR": "ARS", "CL": "CLP", "CO": "COP", "UY": "UYU", "DO": "DOP", "": "USD",
    },
    "kr": {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "FO": "DKK", "GL": "DKK"},
    "rs": {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"},
    "¥": {"JP": "JPY", "CN": "CNY"},
    "r": {"ZA": "ZAR"},
    "peso": {"MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP", "PH": "PHP", "UY": "UYU", "DO": "DOP"},
    "real": {"BR": "BRL"},
    "franc": {"CH": "CHF", "LI": "CHF"},
}  # fmt: skip
_SPELLINGS: Final = {
    "dollar": "$", "dollars": "$", "kr.": "kr", "kronor": "kr", "kroner": "kr", "rs.": "rs", "₨": "rs",
    "rupees": "rs", "lakh": "rs", "yen": "¥", "yuan": "¥", "￥": "¥", "pesos": "peso", "reais": "real",
    "francs": "franc",
}  # fmt: skip
# A language that is at home in one country of those that share a sign.
_COUNTRY_OF_LANGUAGE: Final = {
    "sv": "SE", "da": "DK", "nb": "NO", "nn": "NO", "no": "NO", "is": "IS", "ja": "JP", "zh": "CN",
    "hi": "IN", "ur": "PK",
}  # fmt: skip

SIGN_BEFORE: Final = re.compile(
    r"(?:(?<![A-Za-z])(?:U\.S\.\s?|(?:US|CA|AU|NZ|SG|HK|MX)D?\s?|CDN|NT|[CASR]|us|ca|au|nz|sg|hk|mx)?\$"
    r"|\u00c2?[€£¥￥₹₽₩₪₺₱฿₫₴₦₸₨]|zł|Kč"
    rf"|(?<![A-Za-z])(?:{'|'.join(sorted(CODES))}|RMB|NIS|eur|usd|gbp|chf|pln|Eur|Euro|euros?|[Kk]r\.?|Rs\.?|RM"
    r"|Rp\.?|Php|KSh|S/\.?|SFr\.?|Dhs|R))[ :\u00a0\u202f\t]{0,2}\Z"
)
"""A sign or code that stands before the amount it belongs to; search it up to the amount."""

SIGN_AFTER: Final = re.compile(
    r"[ \u00a0\u202f\t]{0,2}(?:(?:[€£¥￥₹₽₩₪₺₱฿₫₴₦₸円元원]|(?:US|CA|C|AU|A)?\$)(?!\s?\d)"
    rf"|(?:{'|'.join(sorted(CODES))}|RMB|NIS|eur|usd|gbp|chf|pln|czk|ron|inr|sek|nok|dkk|Eur|EURO?S?|[Ee]uros?"
    r"|[Uu][Ss] [Dd]ollars?|[Dd]ollars?|[Pp]ounds?|zł|zl|złotych|Kč|Kc|kč|Ft|forint"
    rf"|(?:de )?lei|(?:{'|'.join(_CYRILLIC)})\.?"
    r"|TL|[Kk]r\.?|kronor|kroner|[Rr]upees|[Pp]esos|[Rr]eais|[Ff]rancs?|Franken|Rs)(?![^\W\d_]))"
)
"""A sign or code that follows its amount; match it at the amount's end."""

_HINT: Final = re.compile(
    "|".join(
        [re.escape(sign) for sign in "$€£¥￥₹₽₩₪₺₱฿₫₴₦₸₨円元원"]
        + sorted(CODES)
        + sorted(_CYRILLIC)
        + ["RMB", "NIS", "Eur", "Kč", "Kc", "Kr", "Rs", "RM", "Rp", "Php", "KSh", "SFr", "Dhs", "Ft", "TL"]
        + ["Dollar", "Pound", "Rupee", "Peso", "Reais", "Franken", "LPA", "Lpa", "Lakh", "R ", "EURO", "S/"]
    )
)
_HINT_AFTER: Final = re.compile(
    r"\d[.,\u2013\u2014-]{0,2}[kK]?[ \u00a0\u202f]{0,2}"
    r"(?:[kK] ?)?(?:euro|eur|usd|gbp|chf|pln|czk|ron|inr|sek|nok|dkk|kr|zł|zl|złot|kč|forint|lei|de lei"
    r"|us dollar|dollar|pound|rupee|peso|reais|franc|lpa|lakh|lac|crore)"
)
_HINTS_BEFORE: Final = ("kr", "eur", "zł", "usd", "gbp", "chf", "pln")
_MAX_HINTS: Final = 2_000
_REACH: Final = 80


def money_windows(text: str) -> list[tuple[int, int]]:
    """Return the parts of a text where an amount can be: 80 characters around what looks like a currency.

    Most of a description has none, and to look at every number of it would take ten times as long.
    """
    at = [found.start() for found in _HINT.finditer(text)][:_MAX_HINTS]
    at += [found.end() for found in _HINT_AFTER.finditer(text)][:_MAX_HINTS]
    for word in _HINTS_BEFORE:
        position = text.find(word)
        while position >= 0 and len(at) < 3 * _MAX_HINTS:
            if text[position + len(word) : position + len(word) + 4].strip(" .:\u00a0")[:1].isdecimal():
                at.append(position)
            position = text.find(word, position + 1)
    windows: list[tuple[int, int]] = []
    for position in sorted(at):
        if windows and position + _REACH <= windows[-1][1]:
            continue
        start, end = max(0, position - _REACH), position + _REACH
        # A window ends between words, so that no number is cut.
        while end < len(text) and end < position + 2 * _REACH and not text[end].isspace():
            end += 1
        while start > max(0, position - 2 * _REACH) and not text[start].isspace():
            start -= 1
        if windows and start <= windows[-1][1] + 1:
            windows[-1] = (windows[-1][0], min(end, len(text)))
        else:
            windows.append((start, min(end, len(text))))
    return windows


def currency_named(sign: object, *, country: str | None = None, language: str | None = None) -> str | None:
    """Return the ISO 4217 code of a code, a sign or a word; None where it could be of several countries.

    `country` (ISO 3166, two letters) decides what a shared sign means, and else a `language` that is at
    home in one of its countries. In a country without a dollar of its own, "$" is that of the United States.
    """
    if not isinstance(sign, str):
        return None
    # A pound whose UTF-8 was read as Windows-1252 has an "Â" before it.
    shown = " ".join(sign[:20].split()).removeprefix("\u00c2")
    if re.fullmatch(r"[A-Za-z]{3}", shown) and shown.upper() in CODES:
        return shown.upper()
    known = _ONE_CURRENCY.get(shown.upper()) or _ONE_CURRENCY.get(shown.lower().removeprefix("de "))
    if known is not None:
        return known
    if shown.lower().startswith("us dollar"):
        return "USD"
    lowered = shown.lower()
    shared = _SHARED.get(_SPELLINGS.get(lowered, lowered))
    if shared is not None:
        home = country.upper() if country else _COUNTRY_OF_LANGUAGE.get((language or "")[:2].lower())
        if home:
            return shared.get(home) or shared.get("")
        return None
    # An API's code that is not in the list is still what the API says.
    return shown.upper() if re.fullmatch(r"[A-Z]{3}", shown, re.ASCII) else None
