"""The raw evidence as Dagster shows it: tables that people fill, and from which all else is derived."""

import dagster as dg

from apptrack_pipeline.db.queues import CAPTURES
from apptrack_pipeline.db.tables import Base
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata

captures = dg.AssetSpec(
    "captures",
    group_name="ingestion",
    owners=OWNERS,
    kinds={"postgres"},
    metadata=table_metadata(CAPTURES),
    description="One row per page or entry that a person sent, as it came in; written by the API.",
)

resumes = dg.AssetSpec(
    "resumes",
    group_name="ingestion",
    owners=OWNERS,
    kinds={"postgres"},
    metadata=table_metadata(Base.metadata.tables["resumes"]),
    description="One row per version of the resume, as it came in; written by `apptrack resume add`.",
)
