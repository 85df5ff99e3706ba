from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.postings.dates import is_month_first, read_date
from apptrack_pipeline.postings.fields import Fields

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-07-30", date(2026, 7, 30)),
        ("2026-7-5", date(2026, 7, 5)),
        ("2026/07/30", date(2026, 7, 30)),
        ("20260730", date(2026, 7, 30)),
        ("Posted on 2026-07-30", date(2026, 7, 30)),
        ("2026年7月30日", date(2026, 7, 30)),
        ("19/08/2026, 10:59:00 PM", date(2026, 8, 19)),
        ("07/30/2026", date(2026, 7, 30)),
        ("05/05/2026", date(2026, 5, 5)),
        ("08.12.2026", date(2026, 12, 8)),
        ("18.9.26", date(2026, 9, 18)),
        ("Jul 30, 2026", date(2026, 7, 30)),
        ("July 30th, 2026", date(2026, 7, 30)),
        ("30-Jul-2026", date(2026, 7, 30)),
        ("Sep 18 2026 1:00PM", date(2026, 9, 18)),
        ("30. Juli 2026", date(2026, 7, 30)),
        ("30 juillet 2026", date(2026, 7, 30)),
        ("1er août 2026", date(2026, 8, 1)),
        ("30 de julio de 2026", date(2026, 7, 30)),
        ("30 luglio 2026", date(2026, 7, 30)),
        ("30 lipca 2026", date(2026, 7, 30)),
        ("30 juli 2026", date(2026, 7, 30)),
    ],
)
def test_a_day_is_read_from(value: object, day: date):
    assert read_date(value, now=NOW) == day


@pytest.mark.parametrize(
    "value",
    [
        "2026-09-18 13:27:28 UTC",
        "2026-09-18T13:27:28Z",
        "2026-09-18T15:27:28+0200",
        "2026-09-18T13:27:28.000000000Z",
        "Fri, 18 Sep 2026 13:27:28 +0000",
        1789738048,
        1789738048000,
        "1789738048000",
        "/Date(1789738048000)/",
    ],
)
def test_a_moment_is_read_from(value: object):
    assert read_date(value, now=NOW) == datetime(2026, 9, 18, 13, 27, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("Posted Today", date(2026, 11, 24)),
        ("Posted Yesterday", date(2026, 11, 23)),
        ("Posted 4 Days Ago", date(2026, 11, 20)),
        ("Reposted 2 weeks ago", date(2026, 11, 10)),
        ("10 hours ago", date(2026, 11, 23)),
        ("3d", date(2026, 11, 21)),
        ("Heute ausgeschrieben", date(2026, 11, 24)),
        ("vor 3 Tagen ausgeschrieben", date(2026, 11, 21)),
        ("vor einem Tag", date(2026, 11, 23)),
        ("Publié hier", date(2026, 11, 23)),
        ("il y a 2 jours", date(2026, 11, 22)),
        ("Publicado ayer", date(2026, 11, 23)),
        ("hace 5 días", date(2026, 11, 19)),
        ("3 giorni fa", date(2026, 11, 21)),
        ("3 dagen geleden", date(2026, 11, 21)),
        ("há 3 dias", date(2026, 11, 21)),
        ("3 dni temu", date(2026, 11, 21)),
        ("för 5 dagar sedan", date(2026, 11, 19)),
        ("1 month ago", date(2026, 10, 24)),
    ],
)
def test_a_day_is_counted_back_from_now(value: str, day: date):
    assert read_date(value, now=NOW) == day


@pytest.mark.parametrize(
    "value",
    ["Posted 30+ Days Ago", "vor mehr als 30 Tagen", "Il y a plus de 30 jours", "Hace más de 30 días", "30d+"]
    + ["", "ASAP", "Immediate", "2026", "July 2026", "2026-02-31", "31/02/2026", "8/12/2026", "12 months"]
    + [True, None, {}, [], 42, 6506689, float("nan"), float("inf"), 10**400, "9" * 60],
)
def test_no_day_is_read_from(value: object):
    assert read_date(value, now=NOW) is None


@pytest.mark.parametrize(
    ("language", "day"),
    [("en-US", date(2026, 8, 12)), ("en_GB", date(2026, 12, 8)), ("de", date(2026, 12, 8)), ("en", None)],
)
def test_a_day_that_could_be_two_is_read_by_the_language(language: str, day: date | None):
    assert read_date("8/12/2026", now=NOW, language=language) == day


def test_a_platform_that_writes_the_month_first_may_say_so():
    assert read_date("8/12/2026", now=NOW, language="de", month_first=True) == date(2026, 8, 12)
    assert is_month_first(None) is None


def test_a_posting_of_next_week_or_of_another_age_has_no_date():
    fields = Fields(NOW)
    for value in ("2026-12-01", "1994-12-31", "Posted 30+ Days Ago"):
        fields.posted(value, "api")
    assert "posted_at" not in fields.values
    fields.posted("Posted 4 Days Ago", "api")
    assert fields.values["posted_at"] == date(2026, 11, 20)


def test_a_closing_date_is_read_by_the_language_of_the_posting():
    fields = Fields(NOW)
    fields.language("fr", "api")
    fields.closes("08/12/2026", "api")
    assert fields.values["closes_at"] == date(2026, 12, 8)


@given(
    st.one_of(
        st.text(),
        st.integers(),
        st.floats(),
        st.text("0123456789/-. :TZ+"),
        st.from_regex(
            r"(vor|il y a|posted)? ?[0-9]{1,4}\+? (days|tagen|ans|years|mo) ?(ago)?", fullmatch=True
        ),
    )
)
def test_any_value_is_read_without_an_error(value: object):
    fields = Fields(NOW)
    fields.posted(value, "api")
    fields.closes(value, "api")
