"""Checks of `mail_links`: every mail is accounted for."""

import datetime as dt

import dagster as dg

from apptrack_pipeline.correlation.linking import store
from apptrack_pipeline.db.database import Database


@dg.asset_check(
    asset="mail_links",
    description="Every message that was read is linked, proposed, in review, unmatched or no job mail, or "
    "waits to be linked; none failed.",
)
def every_mail_is_accounted_for(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Fail where a mail that reports something has no link, and nothing will give it one."""
    with database.begin() as connection:
        accounts = store.account_for(connection, dt.date.min, dt.date.max)
    return dg.AssetCheckResult(
        passed=not accounts["lost"] and not accounts["failed"],
        metadata={"mail": sum(accounts.values()), **accounts},
    )
