"""The export's schedule: once an hour everything is exported and checked anew."""

import dagster as dg

hourly_export = dg.ScheduleDefinition(
    name="hourly_export",
    job_name="export_tracker",
    cron_schedule="7 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Exports and checks every application at seven minutes past the hour.",
)
