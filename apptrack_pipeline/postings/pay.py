"""What a posting pays: read from structured data and from words, kept per the period it was stated for.

Nothing is annualised and nothing is converted: a day rate times 260 once became 27 million dollars. Equity
and bonuses are not pay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final, Protocol

from apptrack_pipeline.postings.currencies import currency_named
from apptrack_pipeline.postings.markup import looks_like_html, plain_text, storable
from apptrack_pipeline.postings.model import PayRange
from apptrack_pipeline.postings.pay_text import Statement, amount_of_digits, statements
from apptrack_pipeline.postings.vocabulary import SalaryPeriod, salary_period

_LARGEST: Final = Decimal(10) ** 10
_CENT: Final = Decimal("0.01")
_MAX_TEXT_CHARS: Final = 200
_MAX_PAY_CHARS: Final = 4_000
_MAX_DESCRIPTION_CHARS: Final = 200_000
_MAX_OFFERS: Final = 50
_WRITTEN_NUMBER = re.compile(r"\d[\d.,'\u2019\u00a0\u202f ]{0,20}")
_PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,15})?")
_EQUITY = re.compile(r"equity|bonus|commission|stock|option|rsu", re.IGNORECASE)
_ESTIMATE = re.compile(
    r"\b(?:glassdoor|indeed|linkedin|ziprecruiter|talent\.com|adzuna) est|\best\.\)|\A\W*(?:estimated|est\.)"
    r"|estimated by|\bschatzung|\bestimation\b",
    re.IGNORECASE,
)
_EMPLOYERS_ESTIMATE = re.compile(r"\bemployer(?:'s)? (?:est|provided)|company est", re.IGNORECASE)
_PERIOD_WORDS: Final[dict[SalaryPeriod, str]] = {
    "hour": "per hour",
    "day": "per day",
    "week": "per week",
    "month": "per month",
    "year": "per year",
}


@dataclass(frozen=True, slots=True)
class Pay:
    """What one source states as pay: every range, and the words where it is words."""

    ranges: tuple[PayRange, ...]
    text: str | None = None


class _Paid(Protocol):
    """What `format_salary` reads; a `Posting` has it."""

    @property
    def salary_min(self) -> Decimal | None: ...
    @property
    def salary_max(self) -> Decimal | None: ...
    @property
    def salary_currency(self) -> str | None: ...
    @property
    def salary_period(self) -> SalaryPeriod | None: ...
    @property
    def salary_text(self) -> str | None: ...


def read_pay(
    base_salary: object,
    *,
    currency: object = None,
    estimated: bool = False,
    country: str | None = None,
    language: str | None = None,
) -> Pay | None:
    """Return the pay in a JSON-LD `baseSalary`, in any shape that pages use; None when it states none.

    Several offers (pay zones) stay several. `estimated`: the node is `estimatedSalary`, a board's own guess.
    """
    offers = [
        offer
        for offer in _offers(base_salary, currency, country=country, language=language)
        if offer is not None
    ]
    if not offers:
        return None
    text = "; ".join(dict.fromkeys(offer.text for offer in offers if offer.text))[:_MAX_TEXT_CHARS] or None
    ranges = (one for offer in offers for one in offer.ranges)
    return Pay(tuple(replace(one, estimated=True) if estimated else one for one in ranges), text)


def pay_range(
    low: object,
    high: object,
    currency: object,
    period: object,
    *,
    label: str | None = None,
    estimated: bool = False,
    country: str | None = None,
) -> PayRange | None:
    """Return a pay out of the parts in which an API states it, numbers or text; None where there is no
    amount.

    A currency is a code or a sign, which `country` helps to tell; the period is in the posting's own words.
    """
    minimum, maximum = _amount(low), _amount(high)
    if minimum is None and maximum is None:
        return None
    if minimum is not None and maximum is not None and minimum > maximum:
        minimum, maximum = maximum, minimum
    known = salary_period(period) if isinstance(period, str) else None
    return PayRange(minimum, maximum, currency_named(currency, country=country), known, label, estimated)


def pay_in_text(
    text: str, *, currency: object = None, country: str | None = None, language: str | None = None
) -> Pay | None:
    """Return what a text about pay alone states, such as `$120-150k a year`; None where it has no number.

    `currency` is what the source says besides the text, and beats a sign. Several ranges (zones, levels) come
    with their labels.
    """
    plain = text[:_MAX_PAY_CHARS]
    if looks_like_html(plain):
        plain = plain_text(plain)
    plain = storable(plain)
    shown = " ".join(plain.split())[:_MAX_TEXT_CHARS]
    if not any(char.isdigit() for char in shown):
        return None
    estimated = _ESTIMATE.search(shown) is not None and _EMPLOYERS_ESTIMATE.search(shown) is None
    found = statements(plain, alone=True, country=country, language=language)
    return Pay(tuple(_ranges(found, currency, country, estimated=estimated)), shown)


def pay_in_description(text: str, *, country: str | None = None, language: str | None = None) -> Pay | None:
    """Return the pay that a whole description states, with the words that state it; None where none is sure.

    `country` (ISO 3166, two letters) and `language` say which dollar or crown is meant. An amount that only a
    year pays (from 20,000 dollars or euros on) is a year's, though the text may not say so.
    """
    found = statements(text[:_MAX_DESCRIPTION_CHARS], alone=False, country=country, language=language)
    ranges = tuple(_ranges(found, None, country, estimated=False))
    if not ranges:
        return None
    words = dict.fromkeys(" ".join(storable(text[one.start : one.end]).split()) for one in found)
    return Pay(ranges, "; ".join(words)[:_MAX_TEXT_CHARS].strip())


def format_salary(posting: _Paid) -> str:
    """Return the pay in words, such as `USD 120,000+ per year`; empty when none is known."""
    low, high = posting.salary_min, posting.salary_max
    if low is None and high is None:
        return posting.salary_text or ""
    if low is not None and high is not None:
        amount = _grouped(low) if low == high else f"{_grouped(low)} – {_grouped(high)}"
    elif low is not None:
        amount = f"{_grouped(low)}+"
    else:
        amount = f"up to {_grouped(high or Decimal(0))}"
    period = _PERIOD_WORDS[posting.salary_period] if posting.salary_period else ""
    return " ".join(part for part in (posting.salary_currency or "", amount, period) if part)


def _grouped(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def _ranges(
    found: list[Statement], currency: object, country: str | None, *, estimated: bool
) -> Iterator[PayRange]:
    code = currency_named(currency, country=country)
    for one in found:
        low, high = (None if end is None else _amount(end) for end in (one.minimum, one.maximum))
        if low is not None or high is not None:
            yield PayRange(low, high, code or one.currency, one.period, one.label, estimated)


def _offers(
    base_salary: object, currency: object, *, country: str | None, language: str | None
) -> Iterator[Pay | None]:
    for item in base_salary[:_MAX_OFFERS] if isinstance(base_salary, list) else [base_salary]:
        yield _offer(item, currency, country, language)


def _first(node: dict[str, object], *names: str) -> object:
    """Return the first of these values that says something; 0 means unknown on every platform."""
    return next((node[name] for name in names if node.get(name) not in (None, "", 0, "0")), None)


def _offer(node: object, currency: object, country: str | None, language: str | None) -> Pay | None:
    if isinstance(node, str):
        return pay_in_text(node, currency=currency, country=country, language=language)
    if isinstance(node, int | float) and not isinstance(node, bool):
        return _one(pay_range(node, node, currency, None, country=country))
    if not isinstance(node, dict) or _EQUITY.search(str(node.get("name") or "")[:40]):
        return None
    value = node.get("value")
    if isinstance(value, list):
        value = value[0] if value else None
    inner = value if isinstance(value, dict) else {}
    stated = (
        _first(node, "currency", "currencyCode", "salaryCurrency") or _first(inner, "currency") or currency
    )
    code = currency_named(stated, country=country, language=language)
    # unitText sits on the amount or on its value (jobseek #3226); a distribution has an ISO 8601 duration.
    units = ("unitText", "unitCode", "duration", "period", "interval", "frequency")
    unit = _first(inner, *units) or _first(node, *units)
    lows = ("minValue", "min", "minimum", "percentile10", "percentile25")
    highs = ("maxValue", "max", "maximum", "percentile90", "percentile75")
    low = _first(inner, *lows) or _first(node, *lows)
    high = _first(inner, *highs) or _first(node, *highs)
    from_ends = _one(pay_range(low, high, code, unit, country=country))
    if from_ends is not None:
        return from_ends
    single = inner.get("value") if inner else value
    single = _first(node, "median") if single is None else single
    if isinstance(single, list):
        single = single[0] if single else None
    for words in (single, low, high):
        if isinstance(words, str) and _amount(words) is None:
            written = pay_in_text(words, currency=code, country=country, language=language)
            if written is not None:
                period = salary_period(unit) if isinstance(unit, str) else None
                ranges = tuple(replace(one, period=period or one.period) for one in written.ranges)
                return Pay(ranges, written.text)
    return _one(pay_range(single, single, code, unit, country=country))


def _one(stated: PayRange | None) -> Pay | None:
    return Pay((stated,)) if stated is not None else None


def _amount(value: object) -> Decimal | None:
    """Return a positive amount below ten thousand million, to the cent; 0 means unknown on every platform."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, str):
        shown = value.strip()
        if len(shown) > _MAX_TEXT_CHARS:
            return None
        if not _PLAIN_NUMBER.fullmatch(shown):
            if _WRITTEN_NUMBER.fullmatch(shown):
                value = amount_of_digits(shown)
            else:
                known = {end for one in statements(shown, alone=True) for end in (one.minimum, one.maximum)}
                value = known.pop() if len(known) == 1 else None
                if value is None:
                    return None
        else:
            value = shown
    try:
        if isinstance(value, int) and not 0 < value < _LARGEST:
            return None
        amount = Decimal(str(value))
        if not amount.is_finite() or not _CENT <= amount < _LARGEST:
            return None
        return amount.quantize(_CENT).normalize() if amount % 1 else Decimal(int(amount))
    except (InvalidOperation, ValueError):
        return None
