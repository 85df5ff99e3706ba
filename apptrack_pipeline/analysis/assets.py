"""The assets `resume_data` and `analysis_results`: what the resume says, and how it fits each posting."""

import datetime as dt
import time

import dagster as dg

from apptrack_pipeline.analysis.offline import ANALYSER_VERSION, analyse
from apptrack_pipeline.analysis.resume import RESUME_PARSER_VERSION, parse_resume, read_resume
from apptrack_pipeline.analysis.store import (
    RESULTS,
    RESUME_DATA,
    active_resume,
    drop_current,
    due_resumes,
    enqueue_analyses_of,
    has_captures,
    is_merged,
    load_posting,
    load_resume,
    make_current,
    result_key,
    save_result,
    save_resume_data,
)
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.queues import (
    ANALYSIS_QUEUE,
    PARSER_QUEUE,
    RunLease,
    claim,
    complete,
    fail,
    mark_reported,
)
from apptrack_pipeline.domain import EventType, InvalidInputError, PermanentError, Stage
from apptrack_pipeline.orchestration.partitions import applications_partitions, in_batches
from apptrack_pipeline.orchestration.schema import OWNERS, table_metadata
from apptrack_pipeline.orchestration.work import Done, Job, materialize_applications
from apptrack_pipeline.timeline.ledger import Event, append


@dg.asset(
    deps=["resumes"],
    group_name="analysis",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=RESUME_PARSER_VERSION,
    metadata=table_metadata(RESUME_DATA),
)
def resume_data(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per resume: its text and the facts read from it. A new active resume queues the analyses."""
    run_id, now = context.run.run_id, dt.datetime.now(dt.UTC)
    queued, refused = 0, []
    with RunLease(database.engine, run_id):
        with database.begin() as connection:
            waiting = due_resumes(connection)
            claims = claim(connection, PARSER_QUEUE, waiting, run_id=run_id, now=now)
        for item in claims:
            with database.begin() as connection:
                data, filename, active = load_resume(connection, item.owner_id)
                try:
                    resume = read_resume(data, filename)
                except InvalidInputError as error:
                    refused.append(f"{filename}: {error}")
                    fail(
                        connection,
                        PARSER_QUEUE,
                        [item],
                        error,
                        run_id=run_id,
                        now=now,
                        policy=database.retry_policy,
                    )
                    continue
                facts = parse_resume(resume.text)
                save_resume_data(connection, item.owner_id, resume.text, facts, run_id=run_id, now=now)
                if active:
                    queued += enqueue_analyses_of(connection, item.owner_id, now=now)
                complete(connection, PARSER_QUEUE, [item], run_id=run_id, now=now)
        with database.begin() as connection:
            mark_reported(connection, PARSER_QUEUE, run_id=run_id, now=now)
    if refused:
        raise dg.Failure(description="; ".join(refused), allow_retries=False)
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(claims), "analyses_queued": queued, "resumes_read": len(claims)}
    )


def analyse_one(job: Job) -> Done:
    """Compare one application's posting with the active resume; the same inputs are compared once.

    What was made of mail has no posting, and that is no failure; neither is what was merged into another.
    """
    if is_merged(job.connection, job.application_id):
        return Done({"outcome": "merged into another application"})
    posting = load_posting(job.connection, job.application_id)
    if posting is None and not has_captures(job.connection, job.application_id):
        drop_current(job.connection, job.application_id)
        return Done({"outcome": "no posting to compare the resume with"})
    if posting is None:
        raise PermanentError("there is no readable posting to compare the resume with")
    resume = active_resume(job.connection)
    key = result_key(posting, resume)
    if make_current(job.connection, job.application_id, key):
        return Done({"unchanged": True})
    started = time.monotonic()
    analysis = analyse(posting.text, posting.title, resume.facts if resume else None)
    save_result(
        job.connection,
        job.application_id,
        key,
        analysis,
        posting,
        resume,
        duration_s=time.monotonic() - started,
        run_id=job.run_id,
        now=job.now,
    )
    outcome = f"Fit {analysis.score} of 100" if analysis.score is not None else f"No score: {analysis.reason}"
    details = {"score": analysis.score, "reason": analysis.reason, "met": len(analysis.met)}
    lost = append(
        job.connection,
        job.application_id,
        [
            Event(
                EventType.ANALYSIS_STARTED,
                job.now,
                "Comparing the posting with the resume",
                f"analysis_started:{job.application_id}:{key.hex()}",
            ),
            Event(
                EventType.ANALYSIS_COMPLETED,
                dt.datetime.now(dt.UTC),
                outcome,
                f"analysis_completed:{job.application_id}:{key.hex()}",
                details,
            ),
        ],
        run_id=job.run_id,
        now=job.now,
    )
    return Done({"score": analysis.score if analysis.score is not None else "none", "outcome": outcome}, lost)


@dg.asset(
    partitions_def=applications_partitions,
    backfill_policy=in_batches,
    deps=["job_postings", "resume_data"],
    group_name="analysis",
    owners=OWNERS,
    kinds={"python", "postgres"},
    code_version=ANALYSER_VERSION,
    metadata=table_metadata(RESULTS),
)
def analysis_results(
    context: dg.AssetExecutionContext, database: dg.ResourceParam[Database]
) -> dg.MaterializeResult[None]:
    """One row per application, resume and posting: qualifications met and missing, each with its quotes."""
    return materialize_applications(
        context,
        database,
        stage=Stage.ANALYSIS_RESULTS,
        table=RESULTS,
        queues=[ANALYSIS_QUEUE],
        work=analyse_one,
        failure_event=EventType.ANALYSIS_FAILED,
    )
