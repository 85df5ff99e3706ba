"""The assets `mail` and `mail_signals`: the messages, and what each of them says, day by day."""

import datetime as dt
from typing import Any

import dagster as dg
from sqlalchemy import func, select

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.ingestion.mail import store
from apptrack_pipeline.ingestion.mail.accounts import sources
from apptrack_pipeline.ingestion.mail.intake import Report, take_in
from apptrack_pipeline.ingestion.mail.interpret import READER_VERSION
from apptrack_pipeline.ingestion.mail.rereading import read_days
from apptrack_pipeline.orchestration.mail_days import by_month, mail_partitions
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata

mailboxes = dg.AssetSpec(
    "mailboxes",
    group_name="ingestion",
    owners=OWNERS,
    kinds={"imap"},
    metadata=table_metadata(store.MAILBOXES),
    description="One row per mailbox that is read: folders over IMAP, imported files, mail sent to the API.",
)


class MailConfig(dg.Config):
    """What may be asked of a run over days."""

    take_again: bool = False
    """Read all messages of these days from their mailboxes again, not only what is new."""


@dg.asset(
    partitions_def=mail_partitions,
    backfill_policy=by_month,
    deps=[mailboxes],
    group_name="ingestion",
    owners=OWNERS,
    kinds={"python", "imap", "postgres"},
    code_version=READER_VERSION,
    metadata=table_metadata(store.MAIL),
)
def mail(
    context: dg.AssetExecutionContext, config: MailConfig, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per message: identity and verdict, and the bytes of what is, or may be, job mail.

    A run lists every mailbox and takes what is due on its days. What is taken is committed at once.
    """
    days = [dt.date.fromisoformat(key) for key in context.partition_keys]
    if config.take_again:
        with database.begin() as connection:
            again = store.make_due_again(connection, days[0], days[-1])
        context.log.info("%d messages are due again", again)
    report = take_in(
        database,
        sources(database, now=_now(), say=context.log.warning),
        first=days[0],
        last=days[-1],
        run_id=context.run.run_id,
        clock=_now,
        say=context.log.info,
    )
    with database.begin() as connection:
        unfinished = store.unfinished_days(connection, days[0], days[-1])
        rows = connection.execute(select(func.count()).select_from(store.MAIL)).scalar_one()
    metadata: dict[str, Any] = {"dagster/row_count": rows, **_numbers(report)}
    if report.failures or unfinished:
        for day in days:
            if day not in unfinished:
                context.log_event(
                    dg.AssetMaterialization(asset_key=context.asset_key, partition=day.isoformat())
                )
        why = [f"{name}: {error}" for name, error in report.failures.items()]
        why += [f"{day}: some messages are still due" for day in sorted(unfinished)]
        raise dg.Failure("; ".join(why)[:4000], metadata=metadata, allow_retries=False)
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    partitions_def=mail_partitions,
    backfill_policy=by_month,
    deps=[mail],
    group_name="ingestion",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=READER_VERSION,
    metadata=table_metadata(store.SIGNALS),
)
def mail_signals(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per message: what it is about and what it names, each with the sentence that says so.

    Materializing a day reads all its kept mail again; what a person has named stays.
    """
    days = [dt.date.fromisoformat(key) for key in context.partition_keys]
    reading = read_days(
        database, first=days[0], last=days[-1], run_id=context.run.run_id, clock=_now, say=context.log.info
    )
    with database.begin() as connection:
        rows = connection.execute(select(func.count()).select_from(store.SIGNALS)).scalar_one()
    metadata = {"dagster/row_count": rows, "read": reading.read, "changed": reading.changed}
    return dg.MaterializeResult(metadata=metadata | dict(reading.categories))


def _numbers(report: Report) -> dict[str, int]:
    names = ("listed", "new", "again", "gone", "quarantined", "kept", "not_job")
    return {name: getattr(report, name) for name in names}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
