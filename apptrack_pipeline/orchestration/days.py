"""Partitions of mail: one per day on which mail was received, UTC. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from apptrack_pipeline.orchestration.stretches import PARTITION_TAG, RANGE_END_TAG, RANGE_START_TAG

FIRST_DAY: Final = dt.date(2020, 1, 1)
"""First partition; what was received before belongs to it. Each day more is a key that Dagster shows."""

MOST_DAYS_PER_RUN: Final = 31
"""A run's planned events are written one by one, per day and asset: a month of three assets takes 3 s."""


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


def days_of_tags(tags: Mapping[str, str]) -> tuple[dt.date, dt.date] | None:
    """Return first and last day of a run with these tags; None for a run that is over no days."""
    first = tags.get(PARTITION_TAG) or tags.get(RANGE_START_TAG)
    last = tags.get(PARTITION_TAG) or tags.get(RANGE_END_TAG)
    try:
        return dt.date.fromisoformat(first or ""), dt.date.fromisoformat(last or "")
    except ValueError:  # partitions of applications
        return None
