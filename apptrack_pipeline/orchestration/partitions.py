"""Dagster's partitions of applications, and the sensors' way from due rows to runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Sequence
from typing import Final

import dagster as dg
from sqlalchemy import Table

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import DueWork, due_work, release_dead_claims
from apptrack_pipeline.domain import APPLICATION_PARTITIONS, Stage
from apptrack_pipeline.orchestration.stretches import (
    contiguous_stretches,
    keys_of_tags,
    stretch_tags,
)

applications_partitions: Final = dg.DynamicPartitionsDefinition(name=APPLICATION_PARTITIONS)

# A backfill from the UI: a run of its own for each of 1,000 applications would take an hour of starts.
in_batches: Final = dg.BackfillPolicy.multi_run(max_partitions_per_run=25)

STAGE_TAG: Final = "apptrack/stage"
PRIORITY_TAG: Final = "dagster/priority"
"""Dagster takes the queued run with the highest number first, and of equals the oldest; without: 0."""

BATCH_SIZE_TAG: Final = "apptrack/batch_size"

# Enough for 20 runs of 25: more would wait in the run queue anyway, four runs work at a time.
_ROWS_PER_TICK: Final = 500
_LOOK_EVERY_S: Final = 0.25
_GATHER_S: Final = 0.4
_IN_THE_QUEUE: Final = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]
_UNFINISHED: Final = [
    *_IN_THE_QUEUE,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def request_due_runs(
    context: dg.SensorEvaluationContext,
    database: Database,
    *,
    stage: Stage,
    queues: Sequence[Table],
    selection: Sequence[str],
    wait_s: float,
    most_keys: int | None = None,
) -> dg.SensorResult | dg.SkipReason:
    """Return a run for each stretch of partitions with due work; wait up to `wait_s` for some to appear.

    Nothing is claimed here: a tick may be repeated. Keys that an unfinished run covers are left to it, unless
    that run waits in the queue behind the one that would be requested, or fetches. `most_keys`: most keys of
    a run, where they are fewer than the settings allow.
    """
    deadline = time.monotonic() + wait_s
    while True:
        due = _due(database, queues)
        if due and wait_s:
            # Captures come in bursts: one run for all of them is faster than one for the first.
            time.sleep(_GATHER_S)
            due = _due(database, queues)
        if due:
            result = _requests(context, database, stage, due, selection, most_keys)
            if result is not None:
                return result
        if time.monotonic() + _LOOK_EVERY_S > deadline:
            return dg.SkipReason("Nothing is due." if not due else "All that is due is in a run already.")
        time.sleep(_LOOK_EVERY_S)


def _due(database: Database, queues: Sequence[Table]) -> list[DueWork]:
    now = dt.datetime.now(dt.UTC)
    due: list[DueWork] = []
    with database.begin() as connection:
        for queue in queues:
            release_dead_claims(connection, queue, now=now, policy=database.retry_policy)
            due += due_work(connection, queue, now=now, limit=_ROWS_PER_TICK)
    return due


def _requests(
    context: dg.SensorEvaluationContext,
    database: Database,
    stage: Stage,
    due: Sequence[DueWork],
    selection: Sequence[str],
    most_keys: int | None,
) -> dg.SensorResult | None:
    order = list(context.instance.get_dynamic_partitions(APPLICATION_PARTITIONS))
    by_key: dict[str, list[DueWork]] = {}
    for item in due:
        by_key.setdefault(str(item.owner_id), []).append(item)
    known = set(order)
    new_keys = [key for key in by_key if key not in known]
    # A backfill's runs count too: they are of another job, but do the same work.
    runs = [
        run
        for run in unfinished_runs(context.instance)
        if not _waits_behind(run, stage) and not _only_fetches(run, stage)
    ]
    busy = {key for run in runs for key in keys_of_tags(run.tags, order)}
    size = min(database.settings.batch_size, most_keys or database.settings.batch_size)
    stretches = contiguous_stretches([key for key in by_key if key not in busy], order + new_keys, size)
    if not stretches:
        return None
    return dg.SensorResult(
        run_requests=[_request(stage, stretch, by_key, selection) for stretch in stretches],
        dynamic_partitions_requests=[applications_partitions.build_add_request(new_keys)] if new_keys else [],
    )


def _request(
    stage: Stage, stretch: Sequence[str], by_key: dict[str, list[DueWork]], selection: Sequence[str]
) -> dg.RunRequest:
    tags = {**stage_tags(stage), BATCH_SIZE_TAG: str(len(stretch))}
    marks = sorted(f"{item.id}{item.attempts}" for key in stretch for item in by_key[key])
    # A run key is remembered for ever: it carries the rows and their attempts, so that a retry is a new
    # run, and the minute, so that runs that die before they claim anything start once a minute at most.
    minute = int(dt.datetime.now(dt.UTC).timestamp()) // 60
    run_key = f"{stage}:{hashlib.sha256(' '.join(marks).encode()).hexdigest()[:32]}:{minute}"
    # By tags, for one key as for a range: `partition_key=` would look the new key up before it is added.
    return dg.RunRequest(
        run_key=run_key,
        tags=tags | stretch_tags(stretch),
        asset_selection=[dg.AssetKey(name) for name in selection],
    )


def stage_tags(stage: Stage) -> dict[str, str]:
    """Return the tags of every run that a sensor requests for a stage: its name, its place in the queue.

    New evidence goes before everything, since a person waits for it; retries, and the analyses that a new
    resume queues by the hundred, go before a backfill or an hourly export.
    """
    return {STAGE_TAG: str(stage), PRIORITY_TAG: str(_priority(stage))}


def _priority(stage: Stage) -> int:
    return 2 if stage is Stage.APPLICATIONS else 1


def _waits_behind(run: dg.DagsterRun, stage: Stage) -> bool:
    """Tell whether this run is queued and has its turn after one that is requested now for `stage`."""
    try:
        priority = int(run.tags.get(PRIORITY_TAG, "0"))
    except ValueError:
        priority = 0  # as Dagster reads it
    return run.status in _IN_THE_QUEUE and priority < _priority(stage)


def _only_fetches(run: dg.DagsterRun, stage: Stage) -> bool:
    """Tell whether this run takes none of the evidence that waits, and may wait long for a site itself."""
    return stage is Stage.APPLICATIONS and run.tags.get(STAGE_TAG) == Stage.SCRAPED_POSTINGS


def unfinished_runs(instance: dg.DagsterInstance, *job_names: str) -> list[dg.DagsterRun]:
    """Return the queued and running runs of these jobs; of all jobs where none is named."""
    runs = instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED))
    return [run for run in runs if not job_names or run.job_name in job_names]


def partition_ids(context: dg.AssetExecutionContext) -> list[uuid.UUID] | None:
    """Return the applications that this run covers; None for a run without partitions: all of them."""
    order = list(context.instance.get_dynamic_partitions(APPLICATION_PARTITIONS))
    keys = keys_of_tags(context.run.tags, order)
    return [uuid.UUID(key) for key in keys] or None
