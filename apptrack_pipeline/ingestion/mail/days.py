"""Partitions of mail: one per day on which mail was received, UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

FIRST_DAY: Final = dt.date(2020, 1, 1)
"""First partition; what was received before belongs to it. Each day more is a key that Dagster shows."""

MOST_DAYS_PER_RUN: Final = 31
"""A run's planned events are written one by one, per day and asset: a month of two assets takes 2 s."""


def partition_day(received_at: dt.datetime, *, today: dt.date) -> dt.date:
    """Return the partition of a mail; one that claims to come from the future belongs to today."""
    return min(max(received_at.astimezone(dt.UTC).date(), FIRST_DAY), today)


def newest_stretch(due: Iterable[dt.date]) -> tuple[dt.date, dt.date] | None:
    """Return first and last of the newest due days that fit into one run; None where none is due.

    Days between two due ones are part of it: all that is known of them has been taken.
    """
    days = sorted(due)
    if not days:
        return None
    last = days[-1]
    earliest = last - dt.timedelta(days=MOST_DAYS_PER_RUN - 1)
    return next(day for day in days if day >= earliest), last
