"""Mail belongs to the day on which it was received, and due days go into runs of a month at most."""

from __future__ import annotations

import datetime as dt

from apptrack_pipeline.orchestration.days import (
    FIRST_DAY,
    MOST_DAYS_PER_RUN,
    days_of_tags,
    newest_stretch,
    partition_day,
)
from apptrack_pipeline.orchestration.stretches import stretch_tags

TODAY = dt.date(2026, 11, 24)


def day(n: int) -> dt.date:
    return TODAY - dt.timedelta(days=n)


def test_a_mail_belongs_to_its_day_in_utc() -> None:
    late = dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert partition_day(late, today=TODAY) == dt.date(2026, 11, 3)


def test_a_mail_from_the_future_belongs_to_today_and_one_from_long_ago_to_the_first_day() -> None:
    assert partition_day(dt.datetime(2038, 1, 1, tzinfo=dt.UTC), today=TODAY) == TODAY
    assert partition_day(dt.datetime(1997, 1, 1, tzinfo=dt.UTC), today=TODAY) == FIRST_DAY


def test_the_newest_days_come_first_and_at_most_a_month_of_them() -> None:
    due = [day(0), day(3), day(MOST_DAYS_PER_RUN - 1), day(MOST_DAYS_PER_RUN), day(300)]
    assert newest_stretch(due) == (day(MOST_DAYS_PER_RUN - 1), day(0))
    assert newest_stretch(due[3:]) == (day(MOST_DAYS_PER_RUN), day(MOST_DAYS_PER_RUN))
    assert newest_stretch([]) is None


def test_the_days_of_a_run_stand_in_its_tags() -> None:
    assert days_of_tags(stretch_tags(["2026-11-24"])) == (TODAY, TODAY)
    assert days_of_tags(stretch_tags(["2026-11-21", "2026-11-22", "2026-11-24"])) == (day(3), TODAY)
    assert days_of_tags({}) is None
    assert days_of_tags(stretch_tags(["0193a0c4-0000-7000-8000-000000000000"])) is None
