"""The asset graph: what a person sees in Dagster's UI, held still so that it cannot drift unseen."""

from __future__ import annotations

import datetime as dt

import dagster as dg
import pytest

from apptrack_pipeline.definitions import build_defs, defs

GRAPH = {
    "captures": ("ingestion", set()),
    "resumes": ("ingestion", set()),
    "mailboxes": ("ingestion", set()),
    "mail": ("ingestion", {"mailboxes"}),
    "mail_signals": ("ingestion", {"mail"}),
    "mail_links": ("correlation", {"mail_signals"}),
    "applications": ("correlation", {"captures", "mail_links"}),
    "scraped_postings": ("scraping", {"applications"}),
    "job_postings": ("scraping", {"applications", "scraped_postings"}),
    "resume_data": ("analysis", {"resumes"}),
    "analysis_results": ("analysis", {"job_postings", "resume_data"}),
    "tracker_rows": ("export", {"applications", "job_postings", "analysis_results"}),
    "tracker_csv": ("export", {"tracker_rows"}),
}
EVIDENCE = {"captures", "resumes", "mailboxes"}
IN_A_CAPTURE_RUN = {"applications", "job_postings", "analysis_results"}
PARTITIONED = IN_A_CAPTURE_RUN | {"scraped_postings"}
DAILY = {"mail", "mail_signals", "mail_links"}


def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_the_definitions_load_as_the_code_server_loads_them() -> None:
    dg.Definitions.validate_loadable(build_defs())


def test_the_graph_is_the_one_of_the_design() -> None:
    graph = {
        name: (spec.group_name, {dep.asset_key.to_user_string() for dep in spec.deps})
        for name, spec in specs().items()
    }
    assert graph == GRAPH


def test_one_dynamic_partition_per_application_and_one_per_day_of_mail() -> None:
    partitioned = {name for name, spec in specs().items() if spec.partitions_def is not None}
    assert partitioned == PARTITIONED | DAILY
    for name in DAILY:
        days = specs()[name].partitions_def
        assert isinstance(days, dg.DailyPartitionsDefinition)
        # Today has a partition before it is over.
        assert dt.datetime.now(dt.UTC).date().isoformat() in days.get_partition_keys()
    assert {specs()[name].partitions_def.name for name in PARTITIONED} == {"application"}  # type: ignore[union-attr]


def test_a_backfill_takes_25_applications_in_one_run() -> None:
    nodes = defs.resolve_asset_graph()
    for name in PARTITIONED:
        policy = nodes.get(dg.AssetKey(name)).backfill_policy
        assert policy is not None
        assert policy.max_partitions_per_run == 25


def test_a_backfill_of_mail_takes_a_month_in_one_run() -> None:
    nodes = defs.resolve_asset_graph()
    for name in DAILY:
        policy = nodes.get(dg.AssetKey(name)).backfill_policy
        assert policy is not None
        assert policy.max_partitions_per_run == 31


@pytest.mark.parametrize("name", sorted(GRAPH))
def test_each_asset_says_what_a_row_is_who_owns_it_and_what_it_is_made_with(name: str) -> None:
    spec = specs()[name]
    assert spec.description is not None
    assert spec.description.startswith("One ")
    assert spec.owners
    assert spec.kinds
    assert spec.code_version or name in EVIDENCE
    assert isinstance(spec.metadata["dagster/column_schema"], dg.TableSchema)


def test_the_column_schema_shown_is_that_of_the_table() -> None:
    schema = specs()["job_postings"].metadata["dagster/column_schema"]
    salary = next(column for column in schema.columns if column.name == "salary_min")
    assert salary.type == "numeric(14, 2)"
    assert salary.constraints.nullable


def test_jobs_and_sensors_are_those_that_the_documentation_names() -> None:
    assert {job.name for job in defs.jobs or []} == {
        "track_applications",
        "scrape_postings",
        "export_tracker",
        "take_mail",
        "link_mail",
        "read_resumes",
    }
    assert {sensor.name for sensor in defs.sensors or []} == {
        "capture_sensor",
        "imap_sensor",
        "mail_link_sensor",
        "correlation_sensor",
        "scraper_queue_sensor",
        "posting_queue_sensor",
        "analysis_queue_sensor",
        "resume_sensor",
        "export_sensor",
    }
    for sensor in defs.sensors or []:
        assert sensor.description
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert {schedule.name for schedule in defs.schedules or []} == {"hourly_export", "posting_liveness"}


def test_a_capture_run_leaves_the_checks_to_the_export() -> None:
    steps = {
        name: {node.name for node in defs.resolve_job_def(name).nodes}
        for name in ("track_applications", "export_tracker")
    }
    assert steps["track_applications"] == IN_A_CAPTURE_RUN | {"tracker_rows", "tracker_csv"}
    assert len(steps["export_tracker"] - {"tracker_rows", "tracker_csv"}) == 9


def test_a_capture_run_asks_no_site_and_a_run_that_does_reads_and_exports_what_came() -> None:
    assert "scraped_postings" not in {node.name for node in defs.resolve_job_def("track_applications").nodes}
    assert {node.name for node in defs.resolve_job_def("scrape_postings").nodes} == {
        *PARTITIONED - {"applications"},
        "tracker_rows",
        "tracker_csv",
    }


def test_the_checks_of_the_design_are_there() -> None:
    checks = {key.name for check in defs.asset_checks or [] for key in check.check_keys}
    assert checks == {
        "no_orphan_captures",
        "no_application_without_evidence",
        "no_lost_events",
        "postings_have_a_description",
        "every_application_is_exported",
        "mailboxes_can_be_read",
        "no_message_in_quarantine",
        "every_mail_is_read",
        "every_mail_is_accounted_for",
    }
