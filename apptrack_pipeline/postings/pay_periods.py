"""The period of a pay whose source states an amount and no period; silent where the amount fits several."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from apptrack_pipeline.postings.vocabulary import SalaryPeriod

_MOST_PER_HOUR: Final = 150  # £450 is a day of a contractor
_LEAST_PER_YEAR: Final = MappingProxyType(
    dict.fromkeys(("AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "SGD", "USD"), 15_000)
    | dict.fromkeys(("BRL", "PLN", "ILS"), 60_000)
    | dict.fromkeys(("CNY", "DKK", "NOK", "SEK", "ZAR"), 150_000)
    | {"CZK": 300_000, "INR": 250_000, "MXN": 250_000, "JPY": 1_500_000, "HUF": 3_000_000}
    | {"KRW": 15_000_000}
)
"""From here on nobody is paid so much in a month, at the pays that postings state."""


def period_of_amount(highest: Decimal | None, currency: str | None) -> SalaryPeriod | None:
    """Return the only period that an amount can be for, `highest` in units of `currency` (ISO 4217)."""
    least = _LEAST_PER_YEAR.get(currency or "")
    if highest is None or least is None:
        return None
    if highest >= least:
        return "year"
    return "hour" if least == _LEAST_PER_YEAR["USD"] and highest <= _MOST_PER_HOUR else None
