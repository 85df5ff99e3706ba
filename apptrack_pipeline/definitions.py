"""Wiring only: the assets, checks, sensors and jobs of the code location."""

from __future__ import annotations

import dagster as dg

from apptrack_pipeline.analysis.assets import analysis_results, resume_data
from apptrack_pipeline.analysis.sensors import analysis_queue_sensor, resume_sensor
from apptrack_pipeline.correlation.assets import applications
from apptrack_pipeline.correlation.checks import (
    no_application_without_evidence,
    no_lost_events,
    no_orphan_captures,
)
from apptrack_pipeline.correlation.linking.assets import mail_links
from apptrack_pipeline.correlation.linking.checks import every_mail_is_accounted_for
from apptrack_pipeline.correlation.linking.sensors import correlation_sensor, mail_link_sensor
from apptrack_pipeline.correlation.sensors import capture_sensor
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.export.assets import tracker_csv, tracker_rows
from apptrack_pipeline.export.checks import every_application_is_exported
from apptrack_pipeline.export.schedules import hourly_export
from apptrack_pipeline.export.sensors import export_sensor
from apptrack_pipeline.ingestion.assets import captures, resumes
from apptrack_pipeline.ingestion.mail.assets import mail, mail_signals, mailboxes
from apptrack_pipeline.ingestion.mail.checks import (
    every_mail_is_read,
    mailboxes_can_be_read,
    no_message_in_quarantine,
)
from apptrack_pipeline.ingestion.mail.sensors import imap_sensor
from apptrack_pipeline.scraping.assets import job_postings, scraped_postings
from apptrack_pipeline.scraping.checks import postings_have_a_description
from apptrack_pipeline.scraping.fetchers import FetcherOfSettings
from apptrack_pipeline.scraping.fetching import Fetcher
from apptrack_pipeline.scraping.schedules import posting_liveness
from apptrack_pipeline.scraping.sensors import posting_queue_sensor, scraper_queue_sensor

_ASSETS: list[dg.AssetsDefinition | dg.AssetSpec] = [
    captures,
    resumes,
    mailboxes,
    mail,
    mail_signals,
    mail_links,
    applications,
    scraped_postings,
    job_postings,
    resume_data,
    analysis_results,
    tracker_rows,
    tracker_csv,
]
_CHECKS = [
    no_orphan_captures,
    no_application_without_evidence,
    no_lost_events,
    postings_have_a_description,
    every_application_is_exported,
    mailboxes_can_be_read,
    no_message_in_quarantine,
    every_mail_is_read,
    every_mail_is_accounted_for,
]
_SENSORS = [
    capture_sensor,
    imap_sensor,
    mail_link_sensor,
    correlation_sensor,
    scraper_queue_sensor,
    posting_queue_sensor,
    analysis_queue_sensor,
    resume_sensor,
    export_sensor,
]
_JOBS = [
    dg.define_asset_job(
        "track_applications",
        # Without the checks: five more steps would add a second to each capture, and a step whose asset
        # failed for one page is not checked at all. `export_tracker` checks.
        selection=dg.AssetSelection.assets(
            applications, job_postings, analysis_results, tracker_rows, tracker_csv
        ).without_checks(),
        description="From evidence to exported line, for the applications of the run's partitions.",
    ),
    dg.define_asset_job(
        "scrape_postings",
        # Apart from captures, which wait for no site.
        selection=dg.AssetSelection.assets(
            scraped_postings, job_postings, analysis_results, tracker_rows, tracker_csv
        ).without_checks(),
        description="From a posting's site to exported line, for the applications of the run's partitions.",
    ),
    dg.define_asset_job(
        "export_tracker",
        selection=dg.AssetSelection.assets(tracker_rows, tracker_csv)
        | dg.AssetSelection.checks_for_assets(
            applications, job_postings, tracker_rows, mail, mail_signals, mail_links
        ),
        description="Exports every application and checks all of them.",
    ),
    dg.define_asset_job(
        "take_mail",
        selection=dg.AssetSelection.assets(mail, mail_signals, mail_links).without_checks(),
        description="Takes, reads and links the mail of the run's days; every mailbox is listed first.",
    ),
    dg.define_asset_job(
        "link_mail",
        selection=dg.AssetSelection.assets(mail_links).without_checks(),
        description="Links the mail of the run's days again, where it waits for that.",
    ),
    dg.define_asset_job(
        "read_resumes",
        selection=dg.AssetSelection.assets(resume_data),
        description="Reads the resumes that wait to be read.",
    ),
]


def build_defs(*, database: Database | None = None, fetcher: Fetcher | None = None) -> dg.Definitions:
    """Return fresh definitions over `database` and `fetcher`, by default those that the settings name."""
    database = database or Database()
    return dg.Definitions(
        assets=_ASSETS,
        asset_checks=_CHECKS,
        sensors=_SENSORS,
        schedules=[hourly_export, posting_liveness],
        jobs=_JOBS,
        resources={"database": database, "fetcher": fetcher or FetcherOfSettings(database)},
        # In the run's own process: a step process of its own would add 3 s of start to each of five steps.
        executor=dg.in_process_executor,
    )


defs = build_defs()
