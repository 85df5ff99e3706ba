from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.currencies import currency_named
from apptrack_pipeline.postings.markup import plain_text
from apptrack_pipeline.postings.model import PayRange, Posting
from apptrack_pipeline.postings.pay import format_salary, pay_in_description, pay_in_text, pay_range, read_pay

Words = tuple[int | float | str | None, ...]


def offer(low: object, high: object, unit: str = "YEAR", currency: str = "USD") -> dict[str, object]:
    return {"currency": currency, "value": {"minValue": low, "maxValue": high, "unitText": unit}}


def parts(one: PayRange) -> Words:
    ends = tuple(None if end is None else float(end) for end in (one.minimum, one.maximum))
    return (*ends, one.currency, one.period)


# --- Structured data -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (offer(120000, 150000), (120000, 150000, "USD", "year")),
        (offer("120,000", "150,000.00"), (120000, 150000, "USD", "year")),
        (offer("$100,000", "$130,000"), (100000, 130000, "USD", "year")),
        (offer(150000, 120000), (120000, 150000, "USD", "year")),
        (offer(27.5, 0, "HOUR"), (27.5, None, "USD", "hour")),
        ({"currency": "EUR", "value": 5000, "unitText": "MONTH"}, (5000, 5000, "EUR", "month")),
        (
            {"currency": "GBP", "minValue": 400, "maxValue": 500, "unitText": "per-day"},
            (400, 500, "GBP", "day"),
        ),
        ({"value": {"value": "$120-150k", "unitText": "YEAR"}}, (120000, 150000, None, "year")),
        ({"min": 100000, "max": 130000}, (100000, 130000, None, None)),
        (
            {"currency": "USD", "duration": "P1Y", "percentile10": 80000, "percentile90": 110000},
            (80000, 110000, "USD", "year"),
        ),
        ({"currency": "EUR", "value": {"value": [60000], "unitText": "YEAR"}}, (60000, 60000, "EUR", "year")),
        ("EUR 46.000 - 52.500 per year", (46000, 52500, "EUR", "year")),
        ("£25,500 per annum", (25500, 25500, "GBP", "year")),
        ("USD 120,000+ / year", (120000, None, "USD", "year")),
        ("CHF 120'000 - 150'000", (120000, 150000, "CHF", "year")),
        (95000, (95000, 95000, None, None)),
    ],
)
def test_pay_is_read_from(base: object, expected: Words):
    pay = read_pay(base)
    assert pay is not None
    assert [parts(one) for one in pay.ranges] == [expected]


def test_several_offers_stay_several():
    pay = read_pay([offer(100, 200), offer(150, 300, currency="CAD")])
    assert pay is not None
    assert [parts(one) for one in pay.ranges] == [(100, 200, "USD", "year"), (150, 300, "CAD", "year")]


@pytest.mark.parametrize(
    "base",
    [None, "Negotiable", "Competitive", "DOE", {}, [], offer(0, 0), offer(-5, "x"), True, "", {"value": {}}]
    + [{"name": "Equity", "value": 100}, offer("DOE", None)],
)
def test_no_pay_is_read_from(base: object):
    assert read_pay(base) is None


def test_the_guess_of_a_board_is_marked():
    pay = read_pay(offer(80000, 90000), estimated=True)
    assert pay is not None
    assert pay.ranges[0].estimated


def test_the_parts_of_an_api_make_one_range():
    assert pay_range("95000", 120000.0, "usd", "per-year-salary") == PayRange(
        Decimal(95000), Decimal(120000), "USD", "year"
    )
    assert pay_range(0, None, "USD", "YEAR") is None
    assert pay_range(50, 40, "$", "1 HOUR", country="CA") == PayRange(Decimal(40), Decimal(50), "CAD", "hour")


@pytest.mark.parametrize(
    ("sign", "country", "language", "code"),
    [
        ("$", None, None, None),
        ("$", "AU", None, "AUD"),
        ("$", "DE", None, "USD"),
        ("US$", "AU", None, "USD"),
        ("C$", None, None, "CAD"),
        ("R$", None, None, "BRL"),
        ("hk$", None, None, "HKD"),
        ("kr", None, None, None),
        ("kr", None, "sv", "SEK"),
        ("kr.", "DK", None, "DKK"),
        ("Rs.", None, None, None),
        ("Rs", "PK", None, "PKR"),
        ("₹", None, None, "INR"),
        ("¥", "CN", None, "CNY"),
        ("zł", None, None, "PLN"),
        ("Kč", None, None, "CZK"),
        ("euros", None, None, "EUR"),
        ("usd", None, None, "USD"),
        ("XAF", None, None, "XAF"),
        (7, None, None, None),
    ],
)
def test_a_sign_is_a_currency_where_only_one_can_be_meant(
    sign: object, country: str | None, language: str | None, code: str | None
):
    assert currency_named(sign, country=country, language=language) == code


# --- A text about pay alone ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$120-150k", (120000, 150000, None, "year")),
        ("$110K/yr - $130K/yr", (110000, 130000, None, "year")),
        ("CA$215K – CA$310K • Offers Equity", (215000, 310000, "CAD", "year")),
        ("$300,000 - $450,000 USD + equity", (300000, 450000, "USD", "year")),
        ("$174,000 base + $20,000 bonus", (174000, 174000, None, "year")),
        ("$205K – $380K • 0.1% – 0.2%", (205000, 380000, None, "year")),
        ("$40/hr", (40, 40, None, "hour")),
        ("15.16 - 18.50 Hourly", (15.16, 18.5, None, "hour")),
        ("$1 – $5 / year", (1, 5, None, "year")),
        ("Up to $45 an hour", (None, 45, None, "hour")),
        ("From $20 an hour", (20, None, None, "hour")),
        ("daily basis 500 EUR", (500, 500, "EUR", "day")),
        ("12-15 LPA", (1200000, 1500000, "INR", "year")),
        ("₹6L - ₹12L", (600000, 1200000, "INR", "year")),
        ("₹1.2 Cr", (12000000, 12000000, "INR", "year")),
        ("PKR 80,000 - 120,000 monthly", (80000, 120000, "PKR", "month")),
        ("60 - 70 T€", (60000, 70000, "EUR", "year")),
        ("1.200,50 € im Monat", (1200.5, 1200.5, "EUR", "month")),
        ("$3,000 biweekly", (3000, 3000, None, None)),
        ("120-150k", (120000, 150000, None, None)),
    ],
)
def test_a_text_about_pay_says(text: str, expected: Words):
    pay = pay_in_text(text)
    assert pay is not None
    assert [parts(one) for one in pay.ranges] == [expected]


@pytest.mark.parametrize(
    "text", ["Competitive", "Negotiable", "DOE", "", "E13 TVöD", "Grade 7", "40 hours per week", "2026"]
)
def test_a_text_without_an_amount_has_none(text: str):
    pay = pay_in_text(text)
    assert pay is None or pay.ranges == ()


def test_zones_stay_apart_with_their_names():
    pay = pay_in_text(
        "USA, OR, Portland - 101,500.00 - 140,000.00 USD annually<br>CAN, ON, Ottawa - 90,000.00 - 120,000.00"
        " CAD annually"
    )
    assert pay is not None
    assert [(one.label, *parts(one)) for one in pay.ranges] == [
        ("USA, OR, Portland", 101500, 140000, "USD", "year"),
        ("CAN, ON, Ottawa", 90000, 120000, "CAD", "year"),
    ]


def test_the_estimate_of_a_board_is_no_word_of_the_employer():
    guess, own = pay_in_text("$90K - $110K (Glassdoor est.)"), pay_in_text("$90K - $110K (Employer est.)")
    assert guess is not None
    assert own is not None
    assert (guess.ranges[0].estimated, own.ranges[0].estimated) == (True, False)


def test_what_the_source_says_of_the_currency_beats_a_sign():
    pay = pay_in_text("$80,000", currency="AUD")
    assert pay is not None
    assert pay.ranges[0].currency == "AUD"


# --- A whole description ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Salary Range:\n$115,000—$160,000 USD", (115000, 160000, "USD", "year")),
        ("Compensation\n\n$120-150k DOE", (120000, 150000, None, "year")),
        ("Pay range: $22.50 - $28.00 per hour", (22.5, 28, None, "hour")),
        ("The US base salary range is $150,000 to $200,000 plus bonus.", (150000, 200000, "USD", "year")),
        ("Salary: $90,000 - $120,000 NZD, benefits", (90000, 120000, "NZD", "year")),
        ("We pay £500-£600 per day, outside IR35.", (500, 600, "GBP", "day")),
        ("Your rate of pay starts from £13.10 an hour; this increases to £14", (13.1, 14, "GBP", "hour")),
        ("Starting at $17/hr with a $1,500 sign-on bonus!", (17, None, None, "hour")),
        ("Salary from $90,000", (90000, None, None, "year")),
        ("The salary is up to $150,000 per year", (None, 150000, None, "year")),
        ("Jahresgehalt von 55.000 bis 65.000 EUR", (55000, 65000, "EUR", "year")),
        ("Gehalt: 60-70.000 € brutto im Jahr", (60000, 70000, "EUR", "year")),
        ("Stundenlohn ab 15,50 € für 38,5 Stunden pro Woche", (15.5, None, "EUR", "hour")),
        ("Lohn: CHF 8'500 pro Monat brutto", (8500, 8500, "CHF", "month")),
        ("Salaire : 45-55k€ brut annuel selon profil", (45000, 55000, "EUR", "year")),
        ("Rémunération entre 38 000 et 45 000 € par an", (38000, 45000, "EUR", "year")),
        ("TJM : 450-550 €", (450, 550, "EUR", "day")),
        ("Salario: 24.000€ - 28.000€ brutos anuales", (24000, 28000, "EUR", "year")),
        ("Sueldo: $25,000 - $30,000 MXN mensuales", (25000, 30000, "MXN", "month")),
        ("RAL 30.000 - 35.000 €", (30000, 35000, "EUR", "year")),
        ("Salaris tussen € 3.000 en € 4.000 bruto per maand", (3000, 4000, "EUR", "month")),
        ("15 000 - 22 000 PLN netto + VAT (B2B) / miesięcznie", (15000, 22000, "PLN", "month")),
        ("Mzda: 45 000 - 60 000 Kč / měsíc", (45000, 60000, "CZK", "month")),
        ("Lön: 35 000 - 42 000 SEK per månad", (35000, 42000, "SEK", "month")),
        ("Remuneração: R$ 8.000 a R$ 10.000 por mês", (8000, 10000, "BRL", "month")),
        ("CTC: ₹12,00,000 - ₹15,00,000 per annum", (1200000, 1500000, "INR", "year")),
        ("年収600万円〜900万円", (6000000, 9000000, "JPY", "year")),
        ("Pay: Â£52,000 â€“ Â£61,000 per annum", (52000, 61000, "GBP", "year")),
    ],
)
def test_a_description_states(text: str, expected: Words):
    pay = pay_in_description(f"We build bridges since 1987.\n{text}\nApply by 1 December.")
    assert pay is not None
    assert [parts(one) for one in pay.ranges] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "We raised $50M in our Series B, and $12,000,000 before.",
        "Revenue of $200,000 - $500,000 per year",
        "Average deal size ranges from £150k to £500k.",
        "You own a quota of $1,200,000 per year",
        "Manage budgets of €500,000",
        "ARR grew from $1,000,000 to $4,000,000 annually",
        "1000 employees in 20 offices, founded in 2015, team of 25-35",
        "Call us at +1 (415) 555-0134 before 12-15-2026",
        "$10,000 referral bonus and a sign-on bonus of $5,000",
        "Annual bonus target $10,000 - $15,000",
        "401(k) match up to $6,000 per year",
        "Up to $5,000 annual learning budget, $1,500 per year for home office",
        "Life insurance of $50,000 and tuition reimbursement up to $5,250 per year",
        "$500 monthly wellness stipend; travel allowance of $200 per month",
        "A $3,000 annual stipend for professional development",
        "Parental leave pay of $1,000 per week",
        "Equity: 0.1% - 0.5%",
        "Our customers earn $100,000 - $200,000 per year with us",
        "We serve 10,000 clinics that pay us $50 a month",
        "processing $100,000 - $200,000 per month in payments",
        "Our platform has paid $100,000 to creators",
        "Essenszuschuss von 100 € pro Monat, Deutschlandticket für 49 € im Monat",
        "Mitarbeiterempfehlung: 2.000 € Prämie",
        "Nettogehalt von 2.500 EUR netto pro Monat",
        "Tickets restaurant de 9 € par jour, prime de cooptation de 1 000 €",
        "Levée de fonds de 30 M€, chiffre d'affaires de 500 000 €",
        "Ayuda de comida de 11€ al día",
        "Budżet szkoleniowy 5 000 zł rocznie",
        "Příspěvek na stravenky 180 Kč denně",
        "Friskvårdsbidrag på 5 000 kr per år",
        "Salary: competitive, 4-6 weeks of vacation",
    ],
)
def test_a_description_states_no_pay(text: str):
    assert pay_in_description(text, country="US") is None


def test_zones_and_levels_of_a_description_are_told_apart():
    pay = pay_in_description(
        "Salary ranges by location:\nSan Diego, CA: $180,000 - $220,000\nReno, NV: $160,000 - $200,000\n"
        "Equity and a bonus of up to $20,000 come on top.\nL5: $190,000-$230,000 on-target"
    )
    assert pay is not None
    assert [(one.label, one.currency) for one in pay.ranges] == [
        ("San Diego, CA", "USD"),
        ("Reno, NV", "USD"),
        ("L5, OTE", None),
    ]


def test_a_dollar_is_that_of_the_country():
    text = "Salary: $80,000 per year"
    stated = [pay_in_description(text, country=country) for country in (None, "CA", "SG")]
    assert [pay.ranges[0].currency for pay in stated if pay] == [None, "CAD", "SGD"]


def test_the_words_that_state_the_pay_are_kept():
    pay = pay_in_description("About us\nThe base salary is $120,000 - $150,000 per year.\nApply!")
    assert pay is not None
    assert pay.text == "$120,000 - $150,000 per year"


def test_the_gold_of_pay_in_texts_is_met(shared_data: Path):
    with (shared_data / "ats" / "norm" / "salary_text_gold.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    amounts = currencies = rejected = 0
    for row in rows:
        pay = pay_in_description(plain_text(row["text"]), country="US")
        if row["n_ranges"] == "0":
            rejected += pay is None
        elif pay is not None:
            first = pay.ranges[0]
            low = first.minimum if first.minimum is not None else first.maximum
            # The gold leaves the top of a single amount open; ours is the amount itself.
            same_top = not row["max"] or first.maximum == Decimal(row["max"])
            amounts += low is not None and int(low) == int(Decimal(row["min"])) and same_top
            currencies += first.currency == row["currency"]
    # "Salary: $500 per week" is a pay to us, and none to the gold.
    assert (amounts, currencies, rejected) == (124, 124, 33)


# --- In words, and hostile ---------------------------------------------------------------------------------


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
PIECES = [
    "$",
    "€",
    "kr",
    " USD",
    "120",
    ",000",
    ".5",
    "k",
    " - ",
    " to ",
    "\n",
    "salary",
    "bonus",
    " per hour",
]


@given(JSON, JSON)
def test_any_json_is_read_without_an_error(base: object, currency: object):
    pay = read_pay(base, currency=currency)
    for one in pay.ranges if pay is not None else ():
        assert one.minimum is None or one.minimum > 0
        assert one.minimum is None or one.maximum is None or one.minimum <= one.maximum


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_read_without_an_error(text: str):
    for pay in (pay_in_text(text), pay_in_description(text)):
        for one in pay.ranges if pay is not None else ():
            assert one.minimum is None or one.maximum is None or 0 < one.minimum <= one.maximum


@pytest.mark.parametrize(
    "piece", ["$1 ", "1 000 ", "$1,000 - ", "$", "1", "1.000.", "€1.000 gross per ", "\n$1", "salary $", "("]
)
def test_a_long_hostile_text_costs_no_more_than_its_length(piece: str):
    pay_in_description(piece * (200_000 // len(piece)))
