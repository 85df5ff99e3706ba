"""What a posting pays: read from structured data, kept per the period it was stated for, and put in words.

Nothing is annualised and nothing is converted: a day rate times 260 once became 27 million dollars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final, Protocol

from apptrack_pipeline.postings.markup import storable
from apptrack_pipeline.postings.model import PayRange
from apptrack_pipeline.postings.vocabulary import SalaryPeriod, salary_period

_LARGEST: Final = Decimal(10) ** 9
_CENT: Final = Decimal("0.01")
_MAX_TEXT_CHARS: Final = 200
_MAX_OFFERS: Final = 50
_NUMBER = re.compile(
    r"(?<![\w.,])\D?(\d{1,3}(?:[ \u00a0\u202f'\u2019.,]\d{3})+(?:[.,]\d{1,2})?|\d{1,10}(?:[.,]\d{1,4})?)"
    r"\s?([kK])?(?!\w)"
)
_CURRENCY_CODE = re.compile(r"\b[A-Z]{3}\b")
_KNOWN_CODES: Final = frozenset(
    ["AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP"]
    + ["EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "MXN", "MYR"]
    + ["NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "SAR", "SEK", "SGD"]
    + ["THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR"]
)
# "$" and "kr" alone name several currencies and stay unknown.
_SYMBOLS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "US$": "USD", "CA$": "CAD", "A$": "AUD", "zł": "PLN"}
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


def read_pay(base_salary: object, *, currency: object = None) -> Pay | None:
    """Return the pay in a JSON-LD `baseSalary`, in any shape that pages use; None when it states none.

    Several offers (pay zones) stay several.
    """
    offers = [offer for offer in _offers(base_salary, currency) if offer is not None]
    if not offers:
        return None
    text = "; ".join(dict.fromkeys(offer.text for offer in offers if offer.text))[:_MAX_TEXT_CHARS] or None
    return Pay(tuple(one for offer in offers for one in offer.ranges), text)


def pay_range(
    low: object,
    high: object,
    currency: object,
    period: object,
    *,
    label: str | None = None,
    estimated: bool = False,
) -> PayRange | None:
    """Return a pay out of the parts in which an API states it, numbers or text; None where there is no
    amount.

    A currency is a code or a sign that only one currency has; the period is in the posting's own words.
    """
    minimum, maximum = _amount(low), _amount(high)
    if minimum is None and maximum is None:
        return None
    if minimum is not None and maximum is not None and minimum > maximum:
        minimum, maximum = maximum, minimum
    known = salary_period(period) if isinstance(period, str) else None
    return PayRange(minimum, maximum, _currency(currency), known, label, estimated)


def pay_in_text(text: str, *, currency: object = None) -> Pay | None:
    """Return the pay that a text about pay alone states, such as `$120-150k a year`; None where it is
    none."""
    return _from_text(text, currency)


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


def _offers(base_salary: object, currency: object) -> Iterator[Pay | None]:
    if isinstance(base_salary, list):
        for item in base_salary[:_MAX_OFFERS]:
            yield _offer(item, currency)
    else:
        yield _offer(base_salary, currency)


def _offer(node: object, currency: object) -> Pay | None:
    if isinstance(node, str):
        return _from_text(node, currency)
    if isinstance(node, int | float) and not isinstance(node, bool):
        return _one(pay_range(node, node, currency, None))
    if not isinstance(node, dict):
        return None
    value = node.get("value")
    if isinstance(value, list):
        value = value[0] if value else None
    inner = value if isinstance(value, dict) else {}
    code = _currency(node.get("currency") or inner.get("currency") or currency)
    # unitText sits on the amount or on its value (jobseek #3226).
    unit = inner.get("unitText") or node.get("unitText") or node.get("unitCode") or inner.get("unitCode")
    stated = pay_range(
        inner.get("minValue", node.get("minValue")), inner.get("maxValue", node.get("maxValue")), code, unit
    )
    if stated is not None:
        return _one(stated)
    single = inner.get("value") if inner else value
    if not isinstance(single, str):
        return _one(pay_range(single, single, code, unit))
    written = _from_text(single, code)
    if written is None:
        return None
    period = salary_period(unit) if isinstance(unit, str) else None
    return Pay(
        tuple(
            replace(one, currency=code or one.currency, period=period or one.period) for one in written.ranges
        ),
        written.text,
    )


def _one(stated: PayRange | None) -> Pay | None:
    return Pay((stated,)) if stated is not None else None


def _from_text(text: str, currency: object) -> Pay | None:
    shown = " ".join(storable(text[:_MAX_TEXT_CHARS]).split())
    numbers = list(_NUMBER.finditer(shown))[:2]
    if not shown or not any(char.isdigit() for char in shown):
        return None
    # "$120-150k": the k of the second number is meant for both.
    thousands = any(number[2] for number in numbers)
    amounts = [_amount_of_text(number[1], thousands) for number in numbers]
    known = [amount for amount in amounts if amount is not None]
    code = _currency(currency)
    if code is None:
        code = next((found for found in _CURRENCY_CODE.findall(shown) if found in _KNOWN_CODES), None)
    if code is None:
        code = next((name for symbol, name in _SYMBOLS.items() if symbol in shown), None)
    low = min(known, default=None)
    high = max(known, default=None)
    if len(known) == 1 and re.search(r"\d[kK]?\s?\+|\b(from|ab|at least|à partir)\b", shown, re.IGNORECASE):
        high = None
    elif len(known) == 1 and re.search(r"\b(up to|bis zu|max)\b", shown, re.IGNORECASE):
        low = None
    if low is None and high is None:
        return Pay((), shown)
    return Pay((PayRange(low, high, code, salary_period(shown)),), shown)


def _amount_of_text(digits: str, thousands: bool) -> Decimal | None:
    separators = [char for char in digits if not char.isdigit()]
    decimals = re.search(r"[.,](\d{1,2}|\d{4})\Z", digits)
    whole, fraction = (digits[: decimals.start()], decimals[1]) if decimals else (digits, "")
    number = re.sub(r"\D", "", whole) + (f".{fraction}" if fraction else "")
    amount = _amount(number) if separators or number else None
    return _amount(amount * 1000) if amount is not None and thousands and amount < 1000 else amount


def _amount(value: object) -> Decimal | None:
    """Return a positive amount below a thousand million, to the cent; 0 means unknown on every platform."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, str):
        shown = value.strip()
        found = _NUMBER.fullmatch(shown) if len(shown) <= _MAX_TEXT_CHARS else None
        if found is not None and not re.fullmatch(r"\d+(\.\d+)?", shown, re.ASCII):
            return _amount_of_text(found[1], bool(found[2]))
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


def _currency(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    code = value.strip()
    if re.fullmatch(r"[A-Za-z]{3}", code, re.ASCII):
        return code.upper()
    return _SYMBOLS.get(code)
