"""Merged and split applications, and those made of mail, through all stages and back."""

from __future__ import annotations

import csv
import uuid
from typing import Any

import sqlalchemy as sa
from evidence import capture, send
from letters import ago, decide, deliver, links, mail_id, receipt, rejection, settle, track, undo
from pipelines import Pipeline

from apptrack_pipeline.correlation.checks import no_application_without_evidence, no_orphan_captures
from apptrack_pipeline.domain import DecisionKind
from apptrack_pipeline.export.checks import every_application_is_exported


def exported(pipeline: Pipeline) -> dict[str, str]:
    """Status of each line of the CSV, by its application."""
    with pipeline.settings.csv_file.open(encoding="utf-8", newline="") as file:
        return {row["Application ID"]: row["Status"] for row in csv.DictReader(file)}


def checks_pass(pipeline: Pipeline) -> bool:
    with pipeline.database.begin() as connection:
        # As if all of it had waited for an hour.
        connection.execute(sa.text("ALTER TABLE captures DISABLE TRIGGER USER"))
        connection.execute(sa.text("UPDATE captures SET received_at = received_at - interval '1 hour'"))
        connection.execute(sa.text("ALTER TABLE captures ENABLE TRIGGER USER"))
    checks = (no_orphan_captures, no_application_without_evidence, every_application_is_exported)
    results: list[Any] = [check(database=pipeline.database) for check in checks]
    return all(result.passed for result in results)


def state(pipeline: Pipeline) -> list[Any]:
    """All that a person sees of the applications."""
    return [
        pipeline.rows(
            "SELECT id, row_hash, status, merged_into, archived_at, review_reasons, match_keys"
            " FROM applications ORDER BY id"
        ),
        pipeline.rows(
            "SELECT application_id, dedupe_key, occurred_at, summary, details::text FROM timeline_events"
            " WHERE retracted_at IS NULL AND event_type IN ('application_created', 'application_updated',"
            " 'status_changed', 'browser_capture', 'email_correlated') ORDER BY dedupe_key"
        ),
        pipeline.rows("SELECT application_id, content_hash, capture_id FROM job_postings ORDER BY 1"),
        pipeline.rows(
            "SELECT application_id, score, reason FROM analysis_results WHERE is_current ORDER BY 1"
        ),
        pipeline.rows("SELECT application_id, status, job_title FROM tracker_rows ORDER BY 1"),
    ]


def waiting(pipeline: Pipeline) -> int:
    return int(
        pipeline.one(
            "SELECT (SELECT count(*) FROM evidence_queue) + (SELECT count(*) FROM link_queue)"
            " + (SELECT count(*) FROM posting_queue) + (SELECT count(*) FROM analysis_queue)"
        )
    )


def test_a_merged_application_goes_on_in_the_other_and_comes_back(pipeline: Pipeline) -> None:
    into = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    body = capture(2, company_name="Fernwick", job_title="Data Engineer", captured_at=ago(8).isoformat())
    (sent,) = send(pipeline.settings, body)
    twin = sent.application_id
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 2))
    settle(pipeline)
    before = state(pipeline)
    assert links(pipeline)["1@f"][0] == "review"  # which of the two?

    merge = decide(pipeline, DecisionKind.MERGE, {"into": str(into)}, twin)
    settle(pipeline)

    assert links(pipeline) == {"1@f": ("linked", into)}
    assert exported(pipeline) == {str(into): "rejected"}
    # The page of the one is read for the other.
    assert (
        pipeline.one("SELECT p.completeness FROM job_postings AS p WHERE p.application_id = :id", id=into)
        == "full"
    )
    assert pipeline.one("SELECT count(*) FROM analysis_results WHERE application_id = :id", id=into) > 0
    assert pipeline.one("SELECT merged_into FROM applications WHERE id = :id", id=twin) == into
    told = "SELECT count(*) FROM timeline_events WHERE application_id = :id AND event_type = :kind"
    assert pipeline.one(told + " AND retracted_at IS NULL", id=into, kind="browser_capture") == 2
    assert pipeline.one(told + " AND retracted_at IS NULL", id=twin, kind="browser_capture") == 0
    assert checks_pass(pipeline)

    undo(pipeline, merge)
    settle(pipeline)

    assert state(pipeline) == before
    assert links(pipeline)["1@f"][0] == "review"
    assert checks_pass(pipeline)


def test_what_is_split_off_becomes_an_application_with_its_posting(pipeline: Pipeline) -> None:
    bodies = [
        capture(1, captured_at=ago(9).isoformat()),
        capture(1, notes="x", captured_at=ago(8).isoformat()),
    ]
    one, two = send(pipeline.settings, *bodies)
    settle(pipeline)
    before = state(pipeline)
    new = uuid.UUID("01930000-0000-7000-8000-00000000000a")

    payload = {"into": str(new), "captures": [str(two.capture_id)], "mails": []}
    split = decide(pipeline, DecisionKind.SPLIT, payload, one.application_id)
    settle(pipeline)

    assert exported(pipeline).keys() == {str(one.application_id), str(new)}
    assert str(new) in pipeline.materialized("job_postings")
    read_from = dict(pipeline.rows("SELECT application_id, capture_id FROM job_postings"))
    assert read_from == {one.application_id: one.capture_id, new: two.capture_id}
    assert checks_pass(pipeline)

    undo(pipeline, split)
    settle(pipeline)

    # What was split off is left as a hidden row, as if it had been merged back.
    assert [[row for row in rows if row[0] != new] for rows in state(pipeline)] == before
    assert exported(pipeline).keys() == {str(one.application_id)}
    merged_into = pipeline.one("SELECT merged_into FROM applications WHERE id = :id", id=new)
    assert merged_into == one.application_id
    assert checks_pass(pipeline)


def test_an_application_of_mail_alone_passes_all_stages(pipeline: Pipeline) -> None:
    deliver(pipeline, receipt("1@q", "Quillmark", "Gardener", 3), rejection("2@q", "Quillmark", "Gardener"))
    settle(pipeline)

    ((made, source, status),) = pipeline.rows("SELECT id, source, status FROM applications")
    assert (source, status) == ("mail", "rejected")
    assert exported(pipeline) == {str(made): "rejected"}

    # A person may well run all stages on it: there is nothing to read, and that is no failure.
    job = pipeline.defs.resolve_job_def("track_applications")
    assert job.execute_in_process(instance=pipeline.instance, partition_key=str(made)).success
    for asset in ("applications", "job_postings", "analysis_results"):
        assert (asset, pipeline.materialized(asset)) == (asset, {str(made)})
    assert pipeline.rows("SELECT DISTINCT outcome FROM application_runs") == [("succeeded",)]
    assert pipeline.rows("SELECT 1 FROM job_postings UNION SELECT 1 FROM analysis_results") == []
    assert checks_pass(pipeline)


def test_what_mail_has_made_is_hidden_once_its_mail_belongs_to_a_capture(pipeline: Pipeline) -> None:
    deliver(pipeline, receipt("1@q", "Quillmark", "Gardener", 3), rejection("2@q", "Quillmark", "Gardener"))
    settle(pipeline)
    ((made,),) = pipeline.rows("SELECT id FROM applications")

    tracked = track(pipeline, 1, "Quillmark", "Gardener", days_ago=3.1)
    settle(pipeline)

    assert exported(pipeline) == {str(tracked): "rejected"}
    assert pipeline.one("SELECT merged_into FROM applications WHERE id = :id", id=made) == tracked
    assert checks_pass(pipeline)


def test_folding_all_again_changes_nothing_and_queues_nothing(pipeline: Pipeline) -> None:
    kept = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    (sent,) = send(pipeline.settings, capture(2, company_name=None, job_title=None))
    deliver(pipeline, receipt("1@f", "Fernwick", "Data Engineer", 8.9), receipt("2@q", "Tessel", "Scribe", 2))
    decide(pipeline, DecisionKind.MERGE, {"into": str(kept)}, sent.application_id)
    settle(pipeline)
    before, queued = state(pipeline), waiting(pipeline)

    for key in pipeline.materialized("applications"):
        job = pipeline.defs.resolve_job_def("track_applications")
        assert job.execute_in_process(instance=pipeline.instance, partition_key=key).success

    assert (state(pipeline), waiting(pipeline)) == (before, queued)


def test_what_a_posting_names_is_a_key_under_which_mail_finds_the_application(pipeline: Pipeline) -> None:
    # The extension sends the page alone; the posting names company and title once it is read.
    body = capture(1, company_name=None, job_title=None, captured_at=ago(9).isoformat())
    (sent,) = send(pipeline.settings, body)
    deliver(pipeline, rejection("1@q", "Quillmark", "Data Engineer 1", 2))
    settle(pipeline)

    assert links(pipeline) == {"1@q": ("linked", sent.application_id)}
    assert pipeline.one("SELECT status FROM applications") == "rejected"
    assert mail_id(pipeline, "1@q")
