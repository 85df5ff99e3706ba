"""The assets `tracker_rows` and `tracker_csv`: the tracker as rows and as a file."""

import datetime as dt

import dagster as dg

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import Stage
from apptrack_pipeline.export.csv_file import write_csv
from apptrack_pipeline.export.store import (
    TRACKER_ROWS,
    count_rows,
    lock_export,
    refresh_tracker_rows,
    stream_rows,
)
from apptrack_pipeline.orchestration.partitions import partition_ids
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata
from apptrack_pipeline.timeline.runs import recently_worked_on

_ALL_APPLICATIONS = dg.AllPartitionMapping()
_EVERY_STAGE = [
    dg.AssetDep(asset, partition_mapping=_ALL_APPLICATIONS)
    for asset in ("applications", "job_postings", "analysis_results")
]
EXPORT_VERSION = "export-1"

# The rows of six full runs; looking at as many lines of the export takes 20 ms.
_RECENT_ROWS = 500


@dg.asset(
    deps=_EVERY_STAGE,
    group_name="export",
    owners=OWNERS,
    kinds={"postgres", "sql"},
    code_version=EXPORT_VERSION,
    metadata=table_metadata(TRACKER_ROWS),
)
def tracker_rows(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per application: the 17 columns of the export, brought up to date from `tracker_export`.

    In a run over partitions their rows are looked at, and those of what runs have worked on last: one that
    failed half-way exported nothing. On its own it looks at all of them.
    """
    ids = partition_ids(context)
    with database.begin() as connection:
        if ids is not None:
            ids = [*{*ids, *recently_worked_on(connection, rows=_RECENT_ROWS)}]
        lock_export(connection, Stage.TRACKER_ROWS)
        changed = refresh_tracker_rows(connection, ids, now=dt.datetime.now(dt.UTC))
        rows = count_rows(connection)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "rows_changed": changed})


@dg.asset(
    deps=[tracker_rows],
    group_name="export",
    owners=OWNERS,
    kinds={"python", "csv"},
    code_version=EXPORT_VERSION,
    metadata={"dagster/column_schema": table_metadata(TRACKER_ROWS)["dagster/column_schema"]},
)
def tracker_csv(
    database: dg.ResourceParam[Database],
) -> dg.MaterializeResult[None]:
    """One line per application: the tracker as a CSV file, replaced as a whole."""
    with database.begin() as connection:
        lock_export(connection, Stage.TRACKER_CSV)
        written = write_csv(database.settings.csv_file, stream_rows(connection))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": written.rows,
            "path": dg.MetadataValue.path(str(written.path)),
            "bytes": written.size,
            "sha256": written.content_hash.hex(),
        }
    )
