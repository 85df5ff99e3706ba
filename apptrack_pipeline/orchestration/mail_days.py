"""Dagster's partitions of mail, one per day, and the runs over days that the sensors of mail request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

import dagster as dg

from apptrack_pipeline.domain import Stage
from apptrack_pipeline.orchestration.days import FIRST_DAY, MOST_DAYS_PER_RUN, newest_stretch
from apptrack_pipeline.orchestration.partitions import stage_tags
from apptrack_pipeline.orchestration.stretches import stretch_tags

# `end_offset`: today has a partition before it is over.
mail_partitions: Final = dg.DailyPartitionsDefinition(start_date=FIRST_DAY.isoformat(), end_offset=1)

by_month: Final = dg.BackfillPolicy.multi_run(max_partitions_per_run=MOST_DAYS_PER_RUN)

# A first sync of a month on a slow link takes longer than a capture's run ever may.
_MAX_RUNTIME_S: Final = 4 * 3600


def request_days(
    days: Iterable[dt.date], *, stage: Stage, selection: Sequence[str], now: dt.datetime
) -> dg.RunRequest:
    """Return a run over the newest month of these days; at least one is needed."""
    stretch = newest_stretch(days)
    assert stretch is not None  # noqa: S101 - callers have looked
    first, last = stretch
    keys = [first.isoformat()] if first == last else [first.isoformat(), last.isoformat()]
    # A run key is remembered for ever: the time lets the same days be taken again, once in ten seconds.
    run_key = f"{stage}:{'+'.join(selection)}:{first}:{last}:{int(now.timestamp()) // 10}"
    return dg.RunRequest(
        run_key=run_key,
        tags={
            **stage_tags(stage),
            "dagster/max_runtime": str(_MAX_RUNTIME_S),
            **stretch_tags(keys),
        },
        asset_selection=[dg.AssetKey(name) for name in selection],
    )
