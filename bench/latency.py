"""How long a capture takes to become an exported row on a running instance, and what a run costs."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import psycopg

from apptrack_pipeline.db.connect import app_url, dagster_url
from apptrack_pipeline.service.up import Instance, running_instance
from apptrack_pipeline.settings import Settings

_PAGE = (
    "<html><head><title>Data Engineer</title></head><body><main><h1>Data Engineer</h1>"
    + "<p>You will own our batch pipelines, together with four colleagues who like plain tables.</p>" * 8
    + "<h2>Requirements</h2><ul><li>Python and SQL</li><li>PostgreSQL in production</li><li>Docker</li></ul>"
    "</main></body></html>"
)
_PATIENCE_S = 120.0


def measure(singles: int = 30, batches: int = 4) -> dict[str, Any]:
    """Return seconds from capture to exported row: singles at random times, and batches of 25."""
    chance = random.Random(20261123)
    with tempfile.TemporaryDirectory(prefix="ab-") as folder:
        settings = Settings(home=Path(folder) / "home", api_port=0, ui_port=0, fetch_postings="never")
        with (
            running_instance(settings) as instance,
            httpx.Client(
                base_url=instance.api_url, headers={"Authorization": f"Bearer {instance.token}"}, timeout=30
            ) as client,
        ):
            _until_exported(instance, [_send(client)])  # the first run compiles and caches
            before = _sizes(instance)
            alone = []
            for _ in range(singles):
                time.sleep(chance.uniform(0, 5))
                started = time.monotonic()
                _until_exported(instance, [_send(client)])
                alone.append(time.monotonic() - started)
            together = []
            for _ in range(batches):
                time.sleep(chance.uniform(0, 5))
                started = time.monotonic()
                _until_exported(instance, [_send(client) for _ in range(25)])
                together.append(time.monotonic() - started)
            after = _sizes(instance)
    runs = after["runs"] - before["runs"]
    return {
        "single_p50_s": round(statistics.median(alone), 2),
        "single_p95_s": round(statistics.quantiles(alone, n=20)[-1], 2),
        "single_max_s": round(max(alone), 2),
        "batch_of_25_p50_s": round(statistics.median(together), 2),
        "batch_of_25_max_s": round(max(together), 2),
        "runs": runs,
        "run_duration_p50_s": round(after["run_p50_s"], 2),
        "dagster_kib_per_run": round((after["dagster_bytes"] - before["dagster_bytes"]) / runs / 1024, 1),
        "app_kib_per_application": round(
            (after["app_bytes"] - before["app_bytes"]) / (singles + 25 * batches) / 1024, 1
        ),
    }


def _send(client: httpx.Client) -> str:
    answer = client.post(
        "/api/v1/applications/capture",
        json={
            "job_posting_url": f"https://jobs.example.org/postings/{uuid.uuid4()}",
            "company_name": "Quillmark Ltd",
            "job_title": "Data Engineer",
            "html": _PAGE,
            "applied": True,
        },
    )
    answer.raise_for_status()
    application_id: str = answer.json()["application_id"]
    return application_id


def _until_exported(instance: Instance, ids: list[str]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    with psycopg.connect(app_url(instance.settings), autocommit=True) as connection:
        while time.monotonic() < deadline:
            found = connection.execute(
                "SELECT count(*) FROM tracker_rows JOIN analysis_results USING (application_id)"
                " WHERE application_id = ANY (%s::uuid[])",
                (ids,),
            ).fetchone()
            if found is not None and found[0] == len(ids):
                return
            time.sleep(0.05)
    raise TimeoutError(f"{len(ids)} captures were not exported within {_PATIENCE_S:.0f} s")


def _sizes(instance: Instance) -> dict[str, float]:
    with psycopg.connect(app_url(instance.settings)) as connection:
        app = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    with psycopg.connect(dagster_url(instance.settings, driver=None)) as connection:
        dagster = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        runs = connection.execute(
            "SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY end_time - start_time) FROM runs"
        ).fetchone()
    if app is None or dagster is None or runs is None:
        raise RuntimeError("the databases did not answer")
    return {"app_bytes": app[0], "dagster_bytes": dagster[0], "runs": runs[0], "run_p50_s": runs[1] or 0.0}
