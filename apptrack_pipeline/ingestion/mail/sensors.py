"""The mail sensor: new mail, and mail that waits, becomes runs over the days on which it was received."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.ingestion.mail import store
from apptrack_pipeline.ingestion.mail.accounts import Probe, asked_accounts, probe
from apptrack_pipeline.orchestration.days import MOST_DAYS_PER_RUN
from apptrack_pipeline.orchestration.mail_days import request_days
from apptrack_pipeline.orchestration.partitions import unfinished_runs

_PROBE_WITHIN_S = 9.0
_TAKEN_IN_ONE_RUN = ("mail", "mail_signals", "mail_links")


@dg.sensor(
    job_name="take_mail",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks each mailbox for its STATUS once a minute, never for a message, and starts a run over "
    "the days on which mail waits: the newest month first. An account whose login was refused is left alone.",
)
def imap_sensor(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.RunRequest | dg.SkipReason:
    """Request a run where mail waits to be taken or read, or where a mailbox has changed."""
    if unfinished_runs(context.instance, "take_mail"):
        return dg.SkipReason("A run takes mail; it lists every mailbox first.")
    now = dt.datetime.now(dt.UTC)
    accounts = asked_accounts(database, now=now)
    names = [account.name for account in accounts]
    with database.begin() as connection:
        to_take = store.due_days(connection, [*names, store.FILES, store.LETTER_BOX])
        to_read = store.days_without_signals(connection) | store.days_with_decisions(connection)
        posted = store.letter_box_holds_mail(connection) or store.imports_wait(connection)
    wait_s = database.settings.retry_delays_s[0]
    if (to_take or posted) and _failed_lately(context.instance, now, wait_s):
        return dg.SkipReason(f"The last run failed; the next one starts {wait_s:.0f} s after it.")
    if to_take:
        return _run(to_take, now)
    if posted:
        return _run([now.date()], now)
    if to_read:
        return _run(to_read, now, _TAKEN_IN_ONE_RUN[1:])
    if not accounts:
        return dg.SkipReason(_idle(database))
    last = dt.datetime.fromisoformat(json.loads(context.cursor)["probed_at"]) if context.cursor else None
    poll_s = database.settings.mail_poll_s
    if last is not None and (now - last).total_seconds() < poll_s:
        return dg.SkipReason(f"Mailboxes are asked every {poll_s:.0f} s.")
    context.update_cursor(json.dumps({"probed_at": now.isoformat()}))
    found = probe(database, accounts, now=now, within_s=_PROBE_WITHIN_S)
    if any(each.has_news for each in found):
        days = [now.date()]
        if any(each.is_first for each in found):  # whose newest month waits, for sure
            days.append(now.date() - dt.timedelta(days=MOST_DAYS_PER_RUN - 1))
        return _run(days, now)
    return dg.SkipReason("; ".join(_said(each) for each in found))


def _run(
    days: Iterable[dt.date], now: dt.datetime, selection: Sequence[str] = _TAKEN_IN_ONE_RUN
) -> dg.RunRequest:
    return request_days(days, stage=Stage.MAIL, selection=selection, now=now)


def _failed_lately(instance: dg.DagsterInstance, now: dt.datetime, wait_s: float) -> bool:
    """Tell whether the last run failed a moment ago: what makes it fail must not do so all day long."""
    last = instance.get_run_records(dg.RunsFilter(job_name="take_mail"), limit=1)
    return (
        bool(last)
        and last[0].dagster_run.status is dg.DagsterRunStatus.FAILURE
        and now.timestamp() - (last[0].end_time or 0.0) < wait_s
    )


def _said(found: Probe) -> str:
    return f"{found.account}: {found.trouble or 'nothing new'}"


def _idle(database: Database) -> str:
    """Say why nothing is asked: no account, or accounts in trouble."""
    if not database.settings.mail_accounts:
        return "No mail account is set (APPTRACK_MAIL_ACCOUNTS)."
    with database.begin() as connection:
        known = store.known_accounts(connection)
    said = [f"{name}: {state.trouble}" for name, state in sorted(known.items()) if state.trouble]
    return "Left alone for now. " + "; ".join(said)
