"""The asset `mail_links`: which application each mail is about, day by day."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import dagster as dg

from apptrack_pipeline.correlation.linking import store
from apptrack_pipeline.correlation.linking.relinking import Relinking, link_days
from apptrack_pipeline.correlation.matcher import MATCHER_VERSION
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import RunLease
from apptrack_pipeline.orchestration.mail_days import by_month, mail_partitions
from apptrack_pipeline.orchestration.partitions import STAGE_TAG
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata


class LinkConfig(dg.Config):
    """What may be asked of a run over days."""

    relink_all: bool = False
    """Link all mail of these days again, not only what waits for it."""


@dg.asset(
    partitions_def=mail_partitions,
    backfill_policy=by_month,
    deps=["mail_signals"],
    group_name="correlation",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=MATCHER_VERSION,
    metadata=table_metadata(store.LINKS),
)
def mail_links(
    context: dg.AssetExecutionContext, config: LinkConfig, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per thing that a message reports: the application that it is about, with the evidence for it.

    A run that a sensor asked for links what waits for it; one that a person asked for links all mail of its
    days again. What a person has decided stays.
    """
    days = [dt.date.fromisoformat(key) for key in context.partition_keys]
    run_id = context.run.run_id
    with RunLease(database.engine, run_id):
        done = link_days(
            database,
            first=days[0],
            last=days[-1],
            all_of_them=config.relink_all or STAGE_TAG not in context.run.tags,
            run_id=run_id,
            clock=lambda: dt.datetime.now(dt.UTC),
            say=context.log.info,
        )
    with database.begin() as connection:
        accounts = store.account_for(connection, days[0], days[-1])
        unfinished = store.days_of(connection, done.failed)
        rows = store.count_links(connection)
    metadata = {"dagster/row_count": rows, **_numbers(done), "mail": sum(accounts.values()), **accounts}
    if done.failed:
        _tell_what_is_done(context, days, unfinished)
        why = "; ".join(f"{mail_id}: {error}" for mail_id, error in list(done.failed.items())[:5])
        raise dg.Failure(
            f"{len(done.failed)} mails could not be linked; {why}"[:4000],
            metadata=metadata,
            allow_retries=False,
        )
    return dg.MaterializeResult(metadata=metadata)


def _tell_what_is_done(
    context: dg.AssetExecutionContext, days: Collection[dt.date], unfinished: Collection[dt.date]
) -> None:
    for day in days:
        if day not in unfinished:
            context.log_event(dg.AssetMaterialization(asset_key=context.asset_key, partition=day.isoformat()))


def _numbers(done: Relinking) -> dict[str, Any]:
    return {name: getattr(done, name) for name in ("seeds", "changed", "moved", "created")}
