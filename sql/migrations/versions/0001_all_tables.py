"""all tables

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Raw evidence is kept and never changed: of a capture, only the columns of delivery may be updated.
EVIDENCE_GUARD = """
CREATE FUNCTION refuse_change_of_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'captures are raw evidence: they are kept as they came in and never changed';
END
$$;
CREATE TRIGGER captures_are_evidence
BEFORE UPDATE OF
    id, seq, application_id, first_of_url, job_posting_url, canonical_url, url_hash,
    fields, body, body_hash, source, captured_at, received_at
ON captures
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_evidence()
"""


def upgrade() -> None:
    op.create_table(
        "application_runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column(
            "lost_events",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="Events whose writing failed; a check reports them",
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('succeeded', 'failed')", name=op.f("ck_application_runs_outcome")),
        sa.CheckConstraint(
            "stage IN ('applications', 'job_postings', 'resume_data', 'analysis_results', 'tracker_rows', 'tracker_csv')",
            name=op.f("ck_application_runs_stage"),
        ),
        sa.PrimaryKeyConstraint("run_id", "application_id", "stage", name=op.f("pk_application_runs")),
        comment="One row per run, application and stage",
    )
    op.create_index(
        "ix_application_runs_lost_events",
        "application_runs",
        ["seq"],
        unique=False,
        postgresql_where=sa.text("lost_events > 0"),
    )
    op.create_index(
        "ix_application_runs_newest", "application_runs", [sa.literal_column("seq DESC")], unique=False
    )
    op.create_index(
        "ix_application_runs_of_application",
        "application_runs",
        ["application_id", sa.literal_column("started_at DESC")],
        unique=False,
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("company_key", sa.Text(), nullable=True, comment="Company name as it is compared"),
        sa.Column("job_title", sa.Text(), nullable=True),
        sa.Column("title_key", sa.Text(), nullable=True, comment="Job title as it is compared"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "status_since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Date of the evidence that moved it here",
        ),
        sa.Column(
            "status_confirmed",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="False: an offer or a rejection that is not certain yet",
        ),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False, comment="Kind of the first evidence"),
        sa.Column("job_url", sa.Text(), nullable=True, comment="As it was captured first"),
        sa.Column("canonical_url", sa.Text(), nullable=True),
        sa.Column("url_hash", postgresql.BYTEA(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("needs_review", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "review_reasons",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_evidence_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_evidence_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "capture_seq",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Last capture that is folded in",
        ),
        sa.Column(
            "decision_seq",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Last decision that is folded in",
        ),
        sa.Column(
            "row_hash",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of the folded row: the same evidence, the same hash",
        ),
        sa.Column(
            "fold_version", sa.Text(), nullable=False, comment="Version of the rules that made this row"
        ),
        sa.Column("run_id", sa.Text(), nullable=False, comment="Run that last changed this row"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('simple', coalesce(company_name, '') || ' ' || coalesce(job_title, '') || ' ' || coalesce(notes, ''))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('saved', 'applied', 'screening', 'assessment', 'interview', 'offer', 'accepted', 'declined', 'rejected', 'withdrawn')",
            name=op.f("ck_applications_status"),
        ),
        sa.CheckConstraint(
            "cardinality(review_reasons) = 0 OR needs_review", name=op.f("ck_applications_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        comment="One row per application",
    )
    op.create_index("ix_applications_by_url", "applications", ["url_hash"], unique=False)
    op.create_index(
        "ix_applications_list_by_applied_date",
        "applications",
        [sa.literal_column("applied_at DESC NULLS LAST"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_applications_list_by_company",
        "applications",
        ["company_key", sa.literal_column("last_evidence_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_applications_list_by_status",
        "applications",
        ["status", sa.literal_column("last_evidence_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_applications_list_newest",
        "applications",
        [sa.literal_column("last_evidence_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_applications_open_of_company",
        "applications",
        ["company_key", "title_key"],
        unique=False,
        postgresql_where=sa.text("status NOT IN ('accepted', 'declined', 'rejected', 'withdrawn')"),
    )
    op.create_index(
        "ix_applications_review_list",
        "applications",
        [sa.literal_column("last_evidence_at DESC")],
        unique=False,
        postgresql_where=sa.text("needs_review AND archived_at IS NULL"),
    )
    op.create_index(
        "ix_applications_search_text", "applications", ["search"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "captures",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "seq", sa.BigInteger(), sa.Identity(always=True), nullable=False, comment="Order of arrival"
        ),
        sa.Column(
            "application_id", sa.UUID(), nullable=False, comment="Key of the application and of its partition"
        ),
        sa.Column(
            "first_of_url",
            sa.Boolean(),
            nullable=False,
            comment="The capture that gave this URL its application",
        ),
        sa.Column("job_posting_url", sa.Text(), nullable=False, comment="As it was sent"),
        sa.Column(
            "canonical_url",
            sa.Text(),
            nullable=False,
            comment="Decides which captures are of the same posting",
        ),
        sa.Column("url_hash", postgresql.BYTEA(), nullable=False, comment="SHA-256 of the canonical URL"),
        sa.Column(
            "fields",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="The body without the page: company_name, job_title, notes, page_title, applied, ...",
        ),
        sa.Column(
            "body",
            postgresql.BYTEA(),
            nullable=False,
            comment="The request's JSON as it came in, page included",
        ),
        sa.Column("body_hash", postgresql.BYTEA(), nullable=False, comment="SHA-256 of the body"),
        sa.Column("source", sa.Text(), nullable=False, comment="browser_extension, api, import"),
        sa.Column(
            "captured_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the person pressed the button",
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "state", sa.Text(), server_default="due", nullable=False, comment="due, running, done or failed"
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Not to be taken before",
        ),
        sa.Column(
            "attempts",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="How often a run took it",
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="Dagster run that took it last"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="When it was done or given up"
        ),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the run that took it told Dagster; null: it works still, or it died",
        ),
        sa.Column("last_error", sa.Text(), nullable=True, comment="Why the last attempt failed"),
        sa.CheckConstraint("state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_captures_state")),
        sa.CheckConstraint("octet_length(body_hash) = 32", name=op.f("ck_captures_body_hash")),
        sa.CheckConstraint("octet_length(url_hash) = 32", name=op.f("ck_captures_url_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("seq", name=op.f("uq_captures_seq")),
        sa.UniqueConstraint("url_hash", "body_hash", name="uq_captures_same_body_again"),
        comment="Raw evidence: one row per page or entry that a person sent",
    )
    op.create_index(
        "ix_captures_due",
        "captures",
        ["due_at", "application_id"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_captures_evidence_of_application", "captures", ["application_id", "seq"], unique=False
    )
    op.create_index(
        "ix_captures_unreported",
        "captures",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.create_index(
        "uq_captures_first_of_url",
        "captures",
        ["url_hash"],
        unique=True,
        postgresql_where=sa.text("first_of_url"),
    )
    op.create_table(
        "company_aliases",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("alias_key", sa.Text(), nullable=False),
        sa.Column("company_key", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("relation IN ('same_as', 'owned_by')", name=op.f("ck_company_aliases_relation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_aliases")),
        sa.UniqueConstraint(
            "alias_key", "company_key", "relation", name="uq_company_aliases_same_pair_again"
        ),
        comment="One row per pair of names",
    )
    op.create_index("ix_company_aliases_of_company", "company_aliases", ["company_key"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "application_id", sa.UUID(), nullable=True, comment="Null where it is about mail or names alone"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="What was decided, by kind",
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor", sa.Text(), nullable=False, comment="Who decided: the token's or the command's name"
        ),
        sa.Column(
            "undone_at", sa.DateTime(timezone=True), nullable=True, comment="Set when the person took it back"
        ),
        sa.Column(
            "state", sa.Text(), server_default="due", nullable=False, comment="due, running, done or failed"
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Not to be taken before",
        ),
        sa.Column(
            "attempts",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="How often a run took it",
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="Dagster run that took it last"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="When it was done or given up"
        ),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the run that took it told Dagster; null: it works still, or it died",
        ),
        sa.Column("last_error", sa.Text(), nullable=True, comment="Why the last attempt failed"),
        sa.CheckConstraint(
            "kind IN ('status', 'field', 'note', 'archive', 'link', 'unlink', 'not_job_mail', 'same_company', 'merge', 'split')",
            name=op.f("ck_decisions_kind"),
        ),
        sa.CheckConstraint("state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_decisions_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("seq", name=op.f("uq_decisions_seq")),
        comment="One row per decision of a person; wins on every replay",
    )
    op.create_index(
        "ix_decisions_due",
        "decisions",
        ["due_at", "application_id"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_decisions_in_force_by_kind",
        "decisions",
        ["kind", "decided_at"],
        unique=False,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index("ix_decisions_of_application", "decisions", ["application_id", "seq"], unique=False)
    op.create_index(
        "ix_decisions_unreported",
        "decisions",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column(
            "content_key",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of the message without transport headers",
        ),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("thread_key", sa.Text(), nullable=True, comment="X-GM-THRID or the root of References"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "raw",
            postgresql.BYTEA(),
            nullable=True,
            comment="Compressed RFC 822 bytes; null where it is not job mail",
        ),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("content_key", name="uq_mail_same_message_again"),
        comment="Raw evidence: one row per message",
    )
    op.create_index("ix_mail_by_day", "mail", ["received_at"], unique=False)
    op.create_index("ix_mail_by_message_id", "mail", ["message_id"], unique=False)
    op.create_index("ix_mail_by_thread", "mail", ["account", "thread_key"], unique=False)
    op.create_table(
        "resumes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", postgresql.BYTEA(), nullable=False),
        sa.Column("content_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumes")),
        sa.UniqueConstraint("content_hash", name="uq_resumes_same_file_again"),
        comment="Raw evidence: one row per version of the resume",
    )
    op.create_index(
        "uq_resumes_active", "resumes", ["active"], unique=True, postgresql_where=sa.text("active")
    )
    op.create_table(
        "scraped_postings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column(
            "headers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("body", postgresql.BYTEA(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scraped_postings")),
        comment="Raw evidence: one row per response of a posting's server",
    )
    op.create_index(
        "ix_scraped_postings_latest_of_application",
        "scraped_postings",
        ["application_id", sa.literal_column("fetched_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_scraped_postings_latest_of_url",
        "scraped_postings",
        ["url_hash", sa.literal_column("fetched_at DESC")],
        unique=False,
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
        comment="One row per setting that a person changed",
    )
    op.create_table(
        "analysis_queue",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "work_key",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of the inputs: the same work is queued once",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was queued"),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", sa.Text(), server_default="due", nullable=False, comment="due, running, done or failed"
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Not to be taken before",
        ),
        sa.Column(
            "attempts",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="How often a run took it",
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="Dagster run that took it last"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="When it was done or given up"
        ),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the run that took it told Dagster; null: it works still, or it died",
        ),
        sa.Column("last_error", sa.Text(), nullable=True, comment="Why the last attempt failed"),
        sa.CheckConstraint(
            "state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_analysis_queue_state")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_analysis_queue_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_queue")),
        sa.UniqueConstraint("application_id", "work_key", name="uq_analysis_queue_same_work_again"),
        comment="One row per piece of work; db.queues alone writes it",
    )
    op.create_index(
        "ix_analysis_queue_due",
        "analysis_queue",
        ["due_at", "application_id"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_analysis_queue_failed",
        "analysis_queue",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_analysis_queue_unreported",
        "analysis_queue",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.create_table(
        "analysis_results",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column(
            "result_key",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of resume, posting, method and versions",
        ),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=True, comment="0 to 100; null has a reason"),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why there is no score"),
        sa.Column(
            "met",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Qualifications met, each with its quotes",
        ),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "unclear",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("suggestions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("method_version", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("prompt_version", sa.Text(), nullable=True),
        sa.Column("resume_id", sa.UUID(), nullable=True),
        sa.Column("posting_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=True),
        sa.Column("tokens_out", sa.BigInteger(), nullable=True),
        sa.Column(
            "cost_usd", sa.Numeric(precision=12, scale=6), nullable=True, comment="Null: price not known"
        ),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("analysed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jsonb_typeof(met) = 'array'", name=op.f("ck_analysis_results_met")),
        sa.CheckConstraint("jsonb_typeof(missing) = 'array'", name=op.f("ck_analysis_results_missing")),
        sa.CheckConstraint(
            "jsonb_typeof(suggestions) = 'array'", name=op.f("ck_analysis_results_suggestions")
        ),
        sa.CheckConstraint("jsonb_typeof(unclear) = 'array'", name=op.f("ck_analysis_results_unclear")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_analysis_results_score")),
        sa.CheckConstraint(
            "score IS NOT NULL OR reason IS NOT NULL", name=op.f("ck_analysis_results_reason")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_analysis_results_application_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resume_id"], ["resumes.id"], name=op.f("fk_analysis_results_resume_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_results")),
        sa.UniqueConstraint("application_id", "result_key", name="uq_analysis_results_same_inputs_again"),
        comment="One row per application, resume, posting and method",
    )
    op.create_index(
        "ix_analysis_results_history_of_application",
        "analysis_results",
        ["application_id", sa.literal_column("analysed_at DESC")],
        unique=False,
    )
    op.create_index("ix_analysis_results_of_resume", "analysis_results", ["resume_id"], unique=False)
    op.create_index(
        "uq_analysis_results_current_of_application",
        "analysis_results",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "email_uids",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("mail_id", sa.UUID(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True, comment="Why the message could not be taken"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_email_uids_mail_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_uids")),
        sa.UniqueConstraint("account", "mailbox", "uidvalidity", "uid", name="uq_email_uids_same_uid_again"),
        comment="One row per UID that was seen",
    )
    op.create_index("ix_email_uids_of_mail", "email_uids", ["mail_id"], unique=False)
    op.create_table(
        "job_postings",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("capture_id", sa.UUID(), nullable=True),
        sa.Column("scraped_posting_id", sa.UUID(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column(
            "locations", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("location_type", sa.Text(), nullable=True, comment="remote, hybrid or onsite"),
        sa.Column("employment_type", sa.Text(), nullable=True),
        sa.Column("salary_min", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("salary_max", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("salary_currency", sa.Text(), nullable=True, comment="ISO 4217"),
        sa.Column("salary_period", sa.Text(), nullable=True, comment="hour, day, week, month or year"),
        sa.Column("salary_text", sa.Text(), nullable=True, comment="As it is shown"),
        sa.Column("description_text", sa.Text(), nullable=True),
        sa.Column("description_html", sa.Text(), nullable=True, comment="Cleaned by nh3"),
        sa.Column("posted_at", sa.Date(), nullable=True),
        sa.Column("closes_at", sa.Date(), nullable=True),
        sa.Column("requisition_id", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=True, comment="Null: not known"),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("completeness", sa.Text(), nullable=False),
        sa.Column("review_reason", sa.Text(), nullable=True, comment="Why a person should look, if so"),
        sa.Column(
            "fields",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Per field: source and confidence",
        ),
        sa.Column("content_hash", postgresql.BYTEA(), nullable=False, comment="SHA-256 of all above"),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("derived_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "completeness IN ('full', 'partial', 'title_only', 'blank')",
            name=op.f("ck_job_postings_completeness"),
        ),
        sa.CheckConstraint(
            "salary_min IS NULL OR salary_max IS NULL OR salary_min <= salary_max",
            name=op.f("ck_job_postings_salary"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_job_postings_application_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_job_postings_capture_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["scraped_posting_id"],
            ["scraped_postings.id"],
            name=op.f("fk_job_postings_scraped_posting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_job_postings")),
        comment="One row per application: the posting that it was for",
    )
    op.create_index("ix_job_postings_by_requisition", "job_postings", ["requisition_id"], unique=False)
    op.create_index("ix_job_postings_of_capture", "job_postings", ["capture_id"], unique=False)
    op.create_index("ix_job_postings_of_response", "job_postings", ["scraped_posting_id"], unique=False)
    op.create_index(
        "ix_job_postings_without_description",
        "job_postings",
        ["completeness"],
        unique=False,
        postgresql_where=sa.text("completeness IN ('blank', 'title_only')"),
    )
    op.create_table(
        "mail_links",
        sa.Column("mail_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True, comment="The matcher's stage that decided"),
        sa.Column("posterior", sa.Float(), nullable=True),
        sa.Column(
            "evidence",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Bits per field, runner-up and margin",
        ),
        sa.Column("matcher_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("derived_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('linked', 'proposed', 'review', 'unmatched')", name=op.f("ck_mail_links_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_mail_links_mail_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail_links")),
        comment="One row per message: its application with the evidence for it",
    )
    op.create_index("ix_mail_links_of_application", "mail_links", ["application_id"], unique=False)
    op.create_index(
        "ix_mail_links_review_list",
        "mail_links",
        ["derived_at"],
        unique=False,
        postgresql_where=sa.text("outcome = 'review'"),
    )
    op.create_table(
        "mail_signals",
        sa.Column("mail_id", sa.UUID(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.Column("signals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reader_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("derived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_mail_signals_mail_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail_signals")),
        comment="One row per message: category and extracted names, each with its evidence",
    )
    op.create_index("ix_mail_signals_by_category", "mail_signals", ["category"], unique=False)
    op.create_table(
        "parser_queue",
        sa.Column("resume_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "work_key",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of the inputs: the same work is queued once",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was queued"),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", sa.Text(), server_default="due", nullable=False, comment="due, running, done or failed"
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Not to be taken before",
        ),
        sa.Column(
            "attempts",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="How often a run took it",
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="Dagster run that took it last"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="When it was done or given up"
        ),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the run that took it told Dagster; null: it works still, or it died",
        ),
        sa.Column("last_error", sa.Text(), nullable=True, comment="Why the last attempt failed"),
        sa.CheckConstraint(
            "state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_parser_queue_state")
        ),
        sa.ForeignKeyConstraint(
            ["resume_id"], ["resumes.id"], name=op.f("fk_parser_queue_resume_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parser_queue")),
        sa.UniqueConstraint("resume_id", "work_key", name="uq_parser_queue_same_work_again"),
        comment="One row per piece of work; db.queues alone writes it",
    )
    op.create_index(
        "ix_parser_queue_due",
        "parser_queue",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_parser_queue_unreported",
        "parser_queue",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.create_table(
        "resume_data",
        sa.Column("resume_id", sa.UUID(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "facts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Skills with quotes, years, contact, sections",
        ),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("parsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resume_id"], ["resumes.id"], name=op.f("fk_resume_data_resume_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resume_id", name=op.f("pk_resume_data")),
        comment="One row per resume: its text and facts",
    )
    op.create_table(
        "scraper_queue",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "work_key",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of the inputs: the same work is queued once",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it was queued"),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", sa.Text(), server_default="due", nullable=False, comment="due, running, done or failed"
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Not to be taken before",
        ),
        sa.Column(
            "attempts",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="How often a run took it",
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="Dagster run that took it last"),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="When it was done or given up"
        ),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the run that took it told Dagster; null: it works still, or it died",
        ),
        sa.Column("last_error", sa.Text(), nullable=True, comment="Why the last attempt failed"),
        sa.CheckConstraint(
            "state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_scraper_queue_state")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_scraper_queue_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scraper_queue")),
        sa.UniqueConstraint("application_id", "work_key", name="uq_scraper_queue_same_work_again"),
        comment="One row per piece of work; db.queues alone writes it",
    )
    op.create_index(
        "ix_scraper_queue_due",
        "scraper_queue",
        ["due_at", "application_id"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_scraper_queue_failed",
        "scraper_queue",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_scraper_queue_unreported",
        "scraper_queue",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.create_table(
        "timeline_events",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False, comment="When it happened"),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), nullable=False, comment="When it was written here"
        ),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "dedupe_key",
            sa.Text(),
            nullable=False,
            comment="The same event has the same key, however often it is derived",
        ),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column(
            "retracted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Set when the evidence no longer says so",
        ),
        sa.CheckConstraint(
            "event_type IN ('application_created', 'application_updated', 'status_changed', 'browser_capture', 'email_captured', 'email_correlated', 'scrape_started', 'scrape_completed', 'scrape_failed', 'posting_scraped', 'analysis_started', 'analysis_completed', 'analysis_failed', 'posting_linked', 'resume_uploaded', 'internal_error', 'system_action')",
            name=op.f("ck_timeline_events_event_type"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_timeline_events_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_events")),
        sa.UniqueConstraint("dedupe_key", name="uq_timeline_events_same_event_again"),
        sa.UniqueConstraint("seq", name=op.f("uq_timeline_events_seq")),
        comment="One row per event of a timeline",
    )
    op.create_index(
        "ix_timeline_events_by_type",
        "timeline_events",
        ["event_type", sa.literal_column("occurred_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_timeline_events_of_application",
        "timeline_events",
        ["application_id", sa.literal_column("occurred_at DESC"), sa.literal_column("seq DESC")],
        unique=False,
    )
    op.create_index("ix_timeline_events_of_run", "timeline_events", ["run_id"], unique=False)
    op.create_table(
        "tracker_rows",
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("job_title", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("application_date", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("job_location", sa.Text(), nullable=True),
        sa.Column("job_url", sa.Text(), nullable=True),
        sa.Column("employment_type", sa.Text(), nullable=True),
        sa.Column("salary_range", sa.Text(), nullable=True),
        sa.Column("analysis_match_score", sa.SmallInteger(), nullable=True),
        sa.Column("qualifications_met", sa.Text(), nullable=True),
        sa.Column("qualifications_missing", sa.Text(), nullable=True),
        sa.Column("skills_suggestions", sa.Text(), nullable=True),
        sa.Column("last_event_type", sa.Text(), nullable=True),
        sa.Column("last_event_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("row_hash", postgresql.BYTEA(), nullable=False, comment="SHA-256 of the 17 columns"),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), nullable=False, comment="When a cell changed last"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_tracker_rows_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_tracker_rows")),
        comment="One row per application: the 17 columns of the export, in its order",
    )
    op.create_index("ix_tracker_rows_changed", "tracker_rows", ["changed_at"], unique=False)

    op.execute(EVIDENCE_GUARD)


def downgrade() -> None:
    op.drop_index("ix_tracker_rows_changed", table_name="tracker_rows")
    op.drop_table("tracker_rows")
    op.drop_index("ix_timeline_events_of_run", table_name="timeline_events")
    op.drop_index("ix_timeline_events_of_application", table_name="timeline_events")
    op.drop_index("ix_timeline_events_by_type", table_name="timeline_events")
    op.drop_table("timeline_events")
    op.drop_index(
        "ix_scraper_queue_unreported",
        table_name="scraper_queue",
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.drop_index(
        "ix_scraper_queue_failed", table_name="scraper_queue", postgresql_where=sa.text("state = 'failed'")
    )
    op.drop_index(
        "ix_scraper_queue_due", table_name="scraper_queue", postgresql_where=sa.text("state = 'due'")
    )
    op.drop_table("scraper_queue")
    op.drop_table("resume_data")
    op.drop_index(
        "ix_parser_queue_unreported",
        table_name="parser_queue",
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.drop_index("ix_parser_queue_due", table_name="parser_queue", postgresql_where=sa.text("state = 'due'"))
    op.drop_table("parser_queue")
    op.drop_index("ix_mail_signals_by_category", table_name="mail_signals")
    op.drop_table("mail_signals")
    op.drop_index(
        "ix_mail_links_review_list", table_name="mail_links", postgresql_where=sa.text("outcome = 'review'")
    )
    op.drop_index("ix_mail_links_of_application", table_name="mail_links")
    op.drop_table("mail_links")
    op.drop_index(
        "ix_job_postings_without_description",
        table_name="job_postings",
        postgresql_where=sa.text("completeness IN ('blank', 'title_only')"),
    )
    op.drop_index("ix_job_postings_of_response", table_name="job_postings")
    op.drop_index("ix_job_postings_of_capture", table_name="job_postings")
    op.drop_index("ix_job_postings_by_requisition", table_name="job_postings")
    op.drop_table("job_postings")
    op.drop_index("ix_email_uids_of_mail", table_name="email_uids")
    op.drop_table("email_uids")
    op.drop_index(
        "uq_analysis_results_current_of_application",
        table_name="analysis_results",
        postgresql_where=sa.text("is_current"),
    )
    op.drop_index("ix_analysis_results_of_resume", table_name="analysis_results")
    op.drop_index("ix_analysis_results_history_of_application", table_name="analysis_results")
    op.drop_table("analysis_results")
    op.drop_index(
        "ix_analysis_queue_unreported",
        table_name="analysis_queue",
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.drop_index(
        "ix_analysis_queue_failed", table_name="analysis_queue", postgresql_where=sa.text("state = 'failed'")
    )
    op.drop_index(
        "ix_analysis_queue_due", table_name="analysis_queue", postgresql_where=sa.text("state = 'due'")
    )
    op.drop_table("analysis_queue")
    op.drop_table("settings")
    op.drop_index("ix_scraped_postings_latest_of_url", table_name="scraped_postings")
    op.drop_index("ix_scraped_postings_latest_of_application", table_name="scraped_postings")
    op.drop_table("scraped_postings")
    op.drop_index("uq_resumes_active", table_name="resumes", postgresql_where=sa.text("active"))
    op.drop_table("resumes")
    op.drop_index("ix_mail_by_thread", table_name="mail")
    op.drop_index("ix_mail_by_message_id", table_name="mail")
    op.drop_index("ix_mail_by_day", table_name="mail")
    op.drop_table("mail")
    op.drop_index(
        "ix_decisions_unreported",
        table_name="decisions",
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.drop_index("ix_decisions_of_application", table_name="decisions")
    op.drop_index(
        "ix_decisions_in_force_by_kind", table_name="decisions", postgresql_where=sa.text("undone_at IS NULL")
    )
    op.drop_index("ix_decisions_due", table_name="decisions", postgresql_where=sa.text("state = 'due'"))
    op.drop_table("decisions")
    op.drop_index("ix_company_aliases_of_company", table_name="company_aliases")
    op.drop_table("company_aliases")
    op.drop_index("uq_captures_first_of_url", table_name="captures", postgresql_where=sa.text("first_of_url"))
    op.drop_index(
        "ix_captures_unreported",
        table_name="captures",
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.drop_index("ix_captures_evidence_of_application", table_name="captures")
    op.drop_index("ix_captures_due", table_name="captures", postgresql_where=sa.text("state = 'due'"))
    op.drop_table("captures")
    op.drop_index("ix_applications_search_text", table_name="applications", postgresql_using="gin")
    op.drop_index(
        "ix_applications_review_list",
        table_name="applications",
        postgresql_where=sa.text("needs_review AND archived_at IS NULL"),
    )
    op.drop_index(
        "ix_applications_open_of_company",
        table_name="applications",
        postgresql_where=sa.text("status NOT IN ('accepted', 'declined', 'rejected', 'withdrawn')"),
    )
    op.drop_index("ix_applications_list_newest", table_name="applications")
    op.drop_index("ix_applications_list_by_status", table_name="applications")
    op.drop_index("ix_applications_list_by_company", table_name="applications")
    op.drop_index("ix_applications_list_by_applied_date", table_name="applications")
    op.drop_index("ix_applications_by_url", table_name="applications")
    op.drop_table("applications")
    op.drop_index("ix_application_runs_of_application", table_name="application_runs")
    op.drop_index("ix_application_runs_newest", table_name="application_runs")
    op.drop_index(
        "ix_application_runs_lost_events",
        table_name="application_runs",
        postgresql_where=sa.text("lost_events > 0"),
    )
    op.drop_table("application_runs")
    op.execute("DROP FUNCTION refuse_change_of_evidence()")
