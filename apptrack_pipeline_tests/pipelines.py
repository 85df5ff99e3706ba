"""The pipeline in one process: Dagster's own sensor evaluation and run execution on an ephemeral instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
import sqlalchemy as sa
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.definitions import build_defs
from apptrack_pipeline.scraping.fetching import Fetcher
from apptrack_pipeline.settings import Settings

TRACK = "track_applications"


class Pipeline:
    """Ticks sensors and executes the runs that they request, on an ephemeral Dagster instance."""

    def __init__(
        self, settings: Settings, instance: dg.DagsterInstance, fetcher: Fetcher | None = None
    ) -> None:
        self.settings = settings
        self.database = Database(settings)
        self.instance = instance
        self.defs = build_defs(database=self.database, fetcher=fetcher)
        self.cursors: dict[str, str | None] = {}

    def tick(self, sensor_name: str) -> list[dg.RunRequest]:
        sensor = self.defs.resolve_sensor_def(sensor_name)
        context = dg.build_sensor_context(
            instance=self.instance,
            resources={"database": self.database},
            cursor=self.cursors.get(sensor_name),
            sensor_name=sensor_name,
            repository_def=self.defs.get_repository_def(),
        )
        data = sensor.evaluate_tick(context)
        self.cursors[sensor_name] = data.cursor
        for request in data.dynamic_partitions_requests or []:
            self.instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
        return list(data.run_requests or [])

    def execute(
        self, request: dg.RunRequest, job_name: str = "track_applications"
    ) -> dg.ExecuteInProcessResult:
        return self.defs.resolve_job_def(job_name).execute_in_process(
            instance=self.instance,
            tags=dict(request.tags),
            asset_selection=list(request.asset_selection) if request.asset_selection else None,
            raise_on_error=False,
        )

    def run_all(
        self, sensor_name: str = "capture_sensor", job_name: str = "track_applications"
    ) -> list[bool]:
        return [self.execute(request, job_name).success for request in self.tick(sensor_name)]

    def started_run(
        self,
        tags: Mapping[str, str],
        job_name: str = TRACK,
        status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED,
    ) -> dg.DagsterRun:
        job = self.defs.resolve_job_def(job_name)
        location = RegisteredCodeLocationOrigin("apptrack_pipeline")
        return self.instance.create_run_for_job(
            job,
            tags=tags,
            status=status,
            remote_job_origin=RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job_name),
        )

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.database.begin() as connection:
            return list(connection.execute(sa.text(statement), values))

    def one(self, statement: str, **values: Any) -> Any:
        return self.rows(statement, **values)[0][0]

    def materialized(self, asset: str) -> set[str]:
        return set(self.instance.get_materialized_partitions(dg.AssetKey(asset)))
