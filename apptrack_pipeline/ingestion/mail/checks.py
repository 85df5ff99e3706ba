"""Checks of mail: every message that was seen is accounted for, and nothing waits without a word."""

import dagster as dg
from sqlalchemy import text

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.ingestion.mail import store

_TROUBLE = text(
    """
    SELECT name, trouble FROM mail_accounts WHERE trouble IS NOT NULL
    UNION ALL SELECT account || '/' || name, trouble FROM mailboxes WHERE trouble IS NOT NULL
    ORDER BY 1
    """
)
_QUARANTINED = text(
    """
    SELECT account || '/' || mailbox || '/' || uid || ': ' || coalesce(trouble, '')
    FROM email_uids WHERE state = 'quarantined' ORDER BY day DESC, uid LIMIT 20
    """
)
_UNREAD = text(
    "SELECT count(*) FROM mail AS m WHERE NOT EXISTS (SELECT FROM mail_signals WHERE mail_id = m.id)"
)


@dg.asset_check(
    asset="mail",
    description="Every account and mailbox can be read; one that cannot says why, and what to do.",
)
def mailboxes_can_be_read(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Fail where an account or a mailbox cannot be read."""
    with database.begin() as connection:
        trouble = {row[0]: row[1] for row in connection.execute(_TROUBLE)}
    return dg.AssetCheckResult(passed=not trouble, metadata={"trouble": trouble})


@dg.asset_check(
    asset="mail",
    description="Every message that a mailbox showed was taken, is due, or was gone when it was asked for; "
    "one that cannot be had is named.",
)
def no_message_in_quarantine(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Warn where messages could not be had, and say how many are in each state."""
    with database.begin() as connection:
        counts = store.counts_of_mail(connection)
        quarantined = list(connection.execute(_QUARANTINED).scalars())
    return dg.AssetCheckResult(
        passed=not quarantined,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**counts, "quarantined_messages": quarantined},
    )


@dg.asset_check(
    asset="mail_signals",
    description="Every message has been read: there is a row for each row of `mail`.",
)
def every_mail_is_read(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Fail where a message of the table `mail` has no row here."""
    with database.begin() as connection:
        unread = int(connection.execute(_UNREAD).scalar_one())
    return dg.AssetCheckResult(passed=unread == 0, metadata={"unread": unread})
