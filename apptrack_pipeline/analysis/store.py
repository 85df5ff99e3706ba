"""Reads resumes and postings, writes resume data and analysis results."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import asdict, dataclass
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from apptrack_pipeline.analysis.offline import ANALYSER_VERSION, METHOD, Analysis
from apptrack_pipeline.analysis.resume import RESUME_PARSER_VERSION, ResumeFacts, read_resume
from apptrack_pipeline.db.queues import ANALYSIS_QUEUE, CAPTURES, PARSER_QUEUE, enqueue
from apptrack_pipeline.db.tables import AnalysisResult, Application, JobPosting, Resume, ResumeData
from apptrack_pipeline.domain import Completeness, EventType, QueueState, new_id
from apptrack_pipeline.timeline.ledger import Event, append

RESUMES: Final[Table] = Resume.__table__  # type: ignore[assignment]
RESUME_DATA: Final[Table] = ResumeData.__table__  # type: ignore[assignment]
RESULTS: Final[Table] = AnalysisResult.__table__  # type: ignore[assignment]
_postings: Final[Table] = JobPosting.__table__  # type: ignore[assignment]
_applications: Final[Table] = Application.__table__  # type: ignore[assignment]

_facts = TypeAdapter(ResumeFacts)


@dataclass(frozen=True)
class ActiveResume:
    """The resume that applications are compared with."""

    id: uuid.UUID
    facts: ResumeFacts


@dataclass(frozen=True)
class StoredPosting:
    """What the analysis reads of a posting."""

    title: str | None
    text: str
    content_hash: bytes


def add_resume(
    connection: Connection, data: bytes, filename: str, *, now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    """Keep a resume, make it the active one and queue its reading; return its id and whether it is new.

    Raises InvalidInputError where the file cannot be read.
    """
    read_resume(data, filename)
    content_hash = hashlib.sha256(data).digest()
    connection.execute(update(RESUMES).where(RESUMES.c.active).values(active=False))
    inserted = connection.execute(
        insert(RESUMES)
        .values(
            id=new_id(),
            filename=filename,
            content=data,
            content_hash=content_hash,
            active=True,
            uploaded_at=now,
        )
        .on_conflict_do_update(index_elements=["content_hash"], set_={"active": True})
        .returning(RESUMES.c.id, RESUMES.c.uploaded_at)
    ).one()
    is_new = inserted.uploaded_at == now
    # Active again is work again: what is compared with it has to be found anew.
    work_key = hashlib.sha256(f"{RESUME_PARSER_VERSION} {now.isoformat()}".encode()).digest()
    enqueue(connection, PARSER_QUEUE, inserted.id, work_key=work_key, reason="uploaded", now=now)
    event = Event(
        EventType.RESUME_UPLOADED,
        now,
        f"Resume {filename} is in use",
        f"resume_uploaded:{inserted.id}:{now.isoformat()}",
        {"resume_id": str(inserted.id), "filename": filename},
    )
    append(connection, None, [event], run_id=None, now=now)
    return inserted.id, is_new


def load_resume(connection: Connection, resume_id: uuid.UUID) -> tuple[bytes, str, bool]:
    """Return a resume's bytes, its file name and whether it is the active one."""
    row = connection.execute(
        select(RESUMES.c.content, RESUMES.c.filename, RESUMES.c.active).where(RESUMES.c.id == resume_id)
    ).one()
    return row.content, row.filename, row.active


def save_resume_data(
    connection: Connection,
    resume_id: uuid.UUID,
    text: str,
    facts: ResumeFacts,
    *,
    run_id: str,
    now: dt.datetime,
) -> None:
    """Write what a resume says."""
    values = {
        "text": text,
        "facts": _facts.dump_python(facts, mode="json"),
        "parser_version": RESUME_PARSER_VERSION,
        "run_id": run_id,
        "parsed_at": now,
    }
    connection.execute(
        insert(RESUME_DATA)
        .values(resume_id=resume_id, **values)
        .on_conflict_do_update(index_elements=["resume_id"], set_=values)
    )


def enqueue_analyses_of(connection: Connection, resume_id: uuid.UUID, *, now: dt.datetime) -> int:
    """Queue the analysis of every readable posting whose current result is not of this resume."""
    work_key = hashlib.sha256(f"resume {resume_id} {now.isoformat()}".encode()).digest()
    compared = select(RESULTS.c.application_id).where(RESULTS.c.is_current, RESULTS.c.resume_id == resume_id)
    new = select(
        func.gen_random_uuid(),
        _postings.c.application_id,
        literal(work_key),
        literal("resume"),
        literal(now),
        literal(now),
    ).where(
        _postings.c.completeness != Completeness.BLANK,
        _postings.c.application_id.not_in(compared),
        _postings.c.application_id.not_in(
            select(_applications.c.id).where(_applications.c.merged_into.is_not(None))
        ),
    )
    columns = ["id", "application_id", "work_key", "reason", "enqueued_at", "due_at"]
    return connection.execute(insert(ANALYSIS_QUEUE).from_select(columns, new)).rowcount


def due_resumes(connection: Connection) -> list[uuid.UUID]:
    """Return the resumes that wait to be read."""
    rows = connection.execute(
        select(PARSER_QUEUE.c.resume_id).where(PARSER_QUEUE.c.state == QueueState.DUE).distinct()
    )
    return [row[0] for row in rows]


def active_resume(connection: Connection) -> ActiveResume | None:
    """Return the active resume, None where there is none or it has not been read yet."""
    row = connection.execute(
        select(RESUMES.c.id, RESUME_DATA.c.facts)
        .join(RESUME_DATA, RESUME_DATA.c.resume_id == RESUMES.c.id)
        .where(RESUMES.c.active)
    ).first()
    return None if row is None else ActiveResume(row.id, _facts.validate_python(row.facts))


def load_posting(connection: Connection, application_id: uuid.UUID) -> StoredPosting | None:
    """Return the posting of an application, None where there is none or it is blank."""
    row = connection.execute(
        select(_postings.c.title, _postings.c.description_text, _postings.c.content_hash).where(
            _postings.c.application_id == application_id, _postings.c.completeness != Completeness.BLANK
        )
    ).first()
    return None if row is None else StoredPosting(row.title, row.description_text or "", row.content_hash)


def is_merged(connection: Connection, application_id: uuid.UUID) -> bool:
    """Tell whether the application was merged into another one: it is analysed there."""
    merged = select(_applications.c.id).where(
        _applications.c.id == application_id, _applications.c.merged_into.is_not(None)
    )
    return connection.execute(merged).first() is not None


def has_captures(connection: Connection, application_id: uuid.UUID) -> bool:
    """Tell whether a page was captured for the application, so that there should be a posting."""
    captures = select(CAPTURES.c.id).where(CAPTURES.c.application_id == application_id).limit(1)
    return connection.execute(captures).first() is not None


def drop_current(connection: Connection, application_id: uuid.UUID) -> None:
    """Let no result be the current one: the posting that it was about is another application's."""
    connection.execute(
        update(RESULTS)
        .where(RESULTS.c.application_id == application_id, RESULTS.c.is_current)
        .values(is_current=False)
    )


def result_key(posting: StoredPosting, resume: ActiveResume | None) -> bytes:
    """Return the key of a result: the same inputs, method and versions, the same key (SHA-256)."""
    parts = [METHOD, ANALYSER_VERSION, RESUME_PARSER_VERSION, str(resume.id if resume else None)]
    return hashlib.sha256(" ".join(parts).encode() + posting.content_hash).digest()


def make_current(connection: Connection, application_id: uuid.UUID, key: bytes) -> bool:
    """Make an existing result the current one; return False where there is none with this key."""
    connection.execute(
        update(RESULTS)
        .where(RESULTS.c.application_id == application_id, RESULTS.c.is_current, RESULTS.c.result_key != key)
        .values(is_current=False)
    )
    found = connection.execute(
        update(RESULTS)
        .where(RESULTS.c.application_id == application_id, RESULTS.c.result_key == key)
        .values(is_current=True)
    )
    return found.rowcount == 1


def save_result(
    connection: Connection,
    application_id: uuid.UUID,
    key: bytes,
    analysis: Analysis,
    posting: StoredPosting,
    resume: ActiveResume | None,
    *,
    duration_s: float,
    run_id: str,
    now: dt.datetime,
) -> None:
    """Write a new current result."""
    connection.execute(
        insert(RESULTS).values(
            id=new_id(),
            application_id=application_id,
            result_key=key,
            is_current=True,
            score=analysis.score,
            reason=analysis.reason,
            met=[asdict(item) for item in analysis.met],
            missing=[asdict(item) for item in analysis.missing],
            unclear=[],
            suggestions=[asdict(item) for item in analysis.suggestions],
            method=METHOD,
            method_version=ANALYSER_VERSION,
            resume_id=resume.id if resume else None,
            posting_hash=posting.content_hash,
            duration_s=duration_s,
            run_id=run_id,
            analysed_at=now,
        )
    )
