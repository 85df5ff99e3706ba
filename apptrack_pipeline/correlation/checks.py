"""Checks of `applications`: no evidence without its application, no application without its evidence."""

import dagster as dg
from sqlalchemy import text

from apptrack_pipeline.db.database import Database

# A capture that waits longer than this, in minutes, was forgotten: a run takes it within seconds.
_PATIENCE_MIN = 10

_ORPHANS = text(
    """
    SELECT c.id FROM captures AS c
    WHERE NOT EXISTS (SELECT FROM applications AS a WHERE a.id = c.application_id)
      AND NOT EXISTS (  -- all that it had may have been split off before its first fold
          SELECT FROM decisions AS d
          WHERE d.application_id = c.application_id AND d.kind = 'split' AND d.undone_at IS NULL
      )
      AND c.received_at < now() - make_interval(mins => :patience)
    ORDER BY c.seq LIMIT 20
    """
)
# What was merged, or has lost all to others, is not shown as an application; what was split off has its
# captures under the application that it was split from.
_UNFOUNDED = text(
    """
    SELECT a.id FROM applications AS a
    WHERE a.merged_into IS NULL AND a.archived_at IS NULL
      AND NOT EXISTS (SELECT FROM captures AS c WHERE c.application_id = a.id)
      AND NOT EXISTS (
          SELECT FROM mail_links AS l
          WHERE l.application_id = a.id AND l.outcome IN ('linked', 'proposed')
      )
      AND NOT EXISTS (
          SELECT FROM decisions AS d
          WHERE d.kind IN ('merge', 'split') AND d.undone_at IS NULL AND d.payload ->> 'into' = a.id::text
      )
    ORDER BY a.id LIMIT 20
    """
)
# A later run of the same stage on the same application writes what an earlier one lost.
_LOST = text(
    """
    SELECT coalesce(sum(r.lost_events), 0) FROM application_runs AS r
    WHERE r.lost_events > 0 AND NOT EXISTS (
        SELECT FROM application_runs AS later
        WHERE later.application_id = r.application_id AND later.stage = r.stage
          AND later.seq > r.seq AND later.lost_events = 0
    )
    """
)


@dg.asset_check(
    asset="applications",
    description="Every capture that is older than ten minutes has its application.",
)
def no_orphan_captures(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Fail where a capture waits for ten minutes, or was given up, without an application."""
    with database.begin() as connection:
        orphans = [str(row[0]) for row in connection.execute(_ORPHANS, {"patience": _PATIENCE_MIN})]
    return dg.AssetCheckResult(passed=not orphans, metadata={"captures": orphans})


@dg.asset_check(
    asset="applications",
    description="Every application has the evidence that it was made from.",
)
def no_application_without_evidence(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Fail where an application has neither capture nor mail."""
    with database.begin() as connection:
        unfounded = [str(row[0]) for row in connection.execute(_UNFOUNDED)]
    return dg.AssetCheckResult(passed=not unfounded, metadata={"applications": unfounded})


@dg.asset_check(
    asset="applications",
    description="Every event of the timeline was written; materializing again writes what was lost.",
)
def no_lost_events(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Warn where the writing of events has failed."""
    with database.begin() as connection:
        lost = int(connection.execute(_LOST).scalar_one())
    return dg.AssetCheckResult(
        passed=lost == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"lost_events": lost}
    )
