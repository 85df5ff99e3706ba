from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.model import Posting
from apptrack_pipeline.postings.pay import format_salary, read_pay


def offer(low: object, high: object, unit: str = "YEAR", currency: str = "USD") -> dict[str, object]:
    return {"currency": currency, "value": {"minValue": low, "maxValue": high, "unitText": unit}}


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (offer(120000, 150000), (Decimal(120000), Decimal(150000), "USD", "year")),
        (offer("120,000", "150,000.00"), (Decimal(120000), Decimal(150000), "USD", "year")),
        (offer(150000, 120000), (Decimal(120000), Decimal(150000), "USD", "year")),
        (offer(27.5, 0, "HOUR"), (Decimal("27.5"), None, "USD", "hour")),
        (
            {"currency": "EUR", "value": 5000, "unitText": "MONTH"},
            (Decimal(5000), Decimal(5000), "EUR", "month"),
        ),
        (
            {"currency": "GBP", "minValue": 400, "maxValue": 500, "unitText": "per-day"},
            (Decimal(400), Decimal(500), "GBP", "day"),
        ),
        (
            {"value": {"value": "$120-150k", "unitText": "YEAR"}},
            (Decimal(120000), Decimal(150000), None, "year"),
        ),
        ("EUR 46.000 - 52.500 per year", (Decimal(46000), Decimal(52500), "EUR", "year")),
        ("£25,500 per annum", (Decimal(25500), Decimal(25500), "GBP", "year")),
        ("USD 120,000+ / year", (Decimal(120000), None, "USD", "year")),
        ("CHF 120'000 - 150'000", (Decimal(120000), Decimal(150000), "CHF", None)),
    ],
)
def test_pay_is_read_from(base: object, expected: tuple[object, ...]):
    pay = read_pay(base)
    assert pay is not None
    (stated,) = pay.ranges
    assert (stated.minimum, stated.maximum, stated.currency, stated.period) == expected


def test_several_offers_stay_several():
    pay = read_pay([offer(100, 200), offer(150, 300, currency="CAD")])
    assert pay is not None
    assert [(one.minimum, one.maximum, one.currency) for one in pay.ranges] == [
        (Decimal(100), Decimal(200), "USD"),
        (Decimal(150), Decimal(300), "CAD"),
    ]


@pytest.mark.parametrize(
    "base", [None, "Negotiable", {}, [], offer(0, 0), offer(-5, "x"), True, "", {"value": {}}]
)
def test_no_pay_is_read_from(base: object):
    assert read_pay(base) is None


@pytest.mark.parametrize(
    ("posting", "words"),
    [
        (Posting(), ""),
        (Posting(salary_text="Competitive 5"), "Competitive 5"),
        (
            Posting(
                salary_min=Decimal(120000),
                salary_max=Decimal(150000),
                salary_currency="USD",
                salary_period="year",
            ),
            "USD 120,000 – 150,000 per year",
        ),
        (
            Posting(salary_min=Decimal("27.5"), salary_max=Decimal("27.5"), salary_period="hour"),
            "27.50 per hour",
        ),
        (Posting(salary_min=Decimal(50000), salary_currency="EUR"), "EUR 50,000+"),
        (Posting(salary_max=Decimal(50000), salary_currency="EUR"), "EUR up to 50,000"),
    ],
)
def test_pay_is_put_in_words(posting: Posting, words: str):
    assert format_salary(posting) == words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "minValue", "maxValue", "unitText", "currency"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_any_json_is_read_without_an_error(base: object, currency: object):
    pay = read_pay(base, currency=currency)
    for one in pay.ranges if pay is not None else ():
        assert one.minimum is None or one.minimum > 0
        assert one.minimum is None or one.maximum is None or one.minimum <= one.maximum
