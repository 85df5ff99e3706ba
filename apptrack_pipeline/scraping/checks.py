"""Checks of `job_postings`: a posting without a description is no success."""

import dagster as dg
from sqlalchemy import text

from apptrack_pipeline.db.database import Database

_WITHOUT_TEXT = text(
    """
    SELECT completeness, count(*), (array_agg(application_id::text ORDER BY application_id))[1:20],
        count(*) FILTER (WHERE review_reason = 'needs_capture')
    FROM job_postings WHERE completeness IN ('blank', 'title_only') GROUP BY completeness
    """
)


@dg.asset_check(
    asset="job_postings",
    description="Every posting has a description: a captured page without one is an error, an application "
    "for which no page was captured or fetched a warning.",
)
def postings_have_a_description(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
    """Fail for each captured page that holds no posting text, warn for each missing page."""
    with database.begin() as connection:
        found = {row[0]: row[1:] for row in connection.execute(_WITHOUT_TEXT)}
    blank_count, blank, _ = found.get("blank", (0, [], 0))
    unread_count, unread, _ = found.get("title_only", (0, [], 0))
    return dg.AssetCheckResult(
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if blank_count else dg.AssetCheckSeverity.WARN,
        metadata={
            "blank_pages": blank_count,
            "blank_applications": blank,
            "without_a_page": unread_count,
            "applications_without_a_page": unread,
            "to_be_captured_in_the_browser": sum(row[2] for row in found.values()),
        },
    )
