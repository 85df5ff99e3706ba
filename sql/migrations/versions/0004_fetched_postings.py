"""fetched postings: archived answers, a queue of its own for reading, what a posting says beyond its text

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_STAGES = (
    "'mail', 'mail_signals', 'mail_links', 'applications', {}'job_postings', 'resume_data', "
    "'analysis_results', 'tracker_rows', 'tracker_csv'"
)
_QUEUED = (
    "application_id, id, work_key, reason, enqueued_at, state, due_at, attempts, claimed_by, claimed_at, "
    "finished_at, reported_at, last_error"
)


def _allow_stages(values: str) -> None:
    op.drop_constraint(op.f("ck_application_runs_stage"), "application_runs", type_="check")
    op.create_check_constraint(op.f("ck_application_runs_stage"), "application_runs", f"stage IN ({values})")


def upgrade() -> None:
    _allow_stages(_STAGES.format("'scraped_postings', "))
    _create_posting_queue()
    # What was queued until now was to be read, not to be fetched.
    op.execute(f"INSERT INTO posting_queue ({_QUEUED}) SELECT {_QUEUED} FROM scraper_queue")
    op.execute("DELETE FROM scraper_queue")

    op.execute("DELETE FROM scraped_postings")  # no release has written any
    op.drop_index("ix_scraped_postings_latest_of_url", table_name="scraped_postings")
    op.drop_column("scraped_postings", "url_hash")
    op.add_column(
        "scraped_postings",
        sa.Column(
            "posting_url",
            sa.Text(),
            nullable=False,
            comment="Address of the posting that was looked at, as captured",
        ),
    )
    op.add_column(
        "scraped_postings",
        sa.Column("kind", sa.Text(), nullable=False, comment="api: for programs; page: what people see"),
    )
    op.add_column(
        "scraped_postings", sa.Column("host", sa.Text(), nullable=False, comment="Host that was asked")
    )
    op.add_column(
        "scraped_postings", sa.Column("final_url", sa.Text(), nullable=True, comment="Where redirects ended")
    )
    op.add_column(
        "scraped_postings",
        sa.Column(
            "confirms_id",
            sa.UUID(),
            nullable=True,
            comment="304: the row whose body is still the posting's",
        ),
    )
    op.alter_column("scraped_postings", "url", existing_type=sa.Text(), comment="What was asked for")
    op.alter_column(
        "scraped_postings",
        "http_status",
        existing_type=sa.SmallInteger(),
        comment="Null: no answer, see error",
    )
    op.alter_column(
        "scraped_postings",
        "headers",
        existing_type=postgresql.JSONB(),
        comment="Those that say what the body is; lower-case names",
    )
    op.alter_column(
        "scraped_postings", "body", existing_type=postgresql.BYTEA(), comment="The body, compressed by zlib"
    )
    op.alter_column(
        "scraped_postings",
        "error",
        existing_type=sa.Text(),
        comment="Why there is no answer: no_answer, disallowed, refused_address, unusable",
    )
    op.alter_column("scraped_postings", "run_id", existing_type=sa.Text(), nullable=False)
    op.create_foreign_key(
        op.f("fk_scraped_postings_confirms_id"),
        "scraped_postings",
        "scraped_postings",
        ["confirms_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_scraped_postings_kind"), "scraped_postings", "kind IN ('api', 'page')"
    )
    op.create_check_constraint(
        op.f("ck_scraped_postings_answered"),
        "scraped_postings",
        "(http_status IS NULL) = (error IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_scraped_postings_final_url"),
        "scraped_postings",
        "(http_status IS NULL) = (final_url IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_scraped_postings_confirms"), "scraped_postings", "confirms_id IS NULL OR body IS NULL"
    )
    op.create_index(
        "ix_scraped_postings_confirmations",
        "scraped_postings",
        ["confirms_id"],
        unique=False,
        postgresql_where=sa.text("confirms_id IS NOT NULL"),
    )
    op.create_table_comment(
        "scraped_postings",
        "Raw evidence: one row per request to a posting's site, with its answer",
        existing_comment="Raw evidence: one row per response of a posting's server",
        schema=None,
    )

    op.create_table(
        "host_visits",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column(
            "visited_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the last request began or ended",
        ),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_visits")),
        comment="One row per host that was asked, for the distance between requests",
    )
    op.create_table(
        "robots_files",
        sa.Column("origin", sa.Text(), nullable=False, comment="https://host"),
        sa.Column("http_status", sa.SmallInteger(), nullable=True, comment="Null: no answer"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots_files")),
        comment="One row per origin: its robots.txt, kept for a day",
    )

    op.add_column(
        "job_postings",
        sa.Column(
            "platform",
            sa.Text(),
            nullable=True,
            comment="The system that runs the job board; null: unknown",
        ),
    )
    op.add_column(
        "job_postings",
        sa.Column("posting_key", sa.Text(), nullable=True, comment="The posting's id on that platform"),
    )
    op.add_column(
        "job_postings",
        sa.Column(
            "salary_ranges",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
            comment="Every stated pay with its label, as it was stated",
        ),
    )
    op.add_column(
        "job_postings",
        sa.Column(
            "requirements",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
            comment="What it asks for, line by line",
        ),
    )
    op.add_column(
        "job_postings",
        sa.Column(
            "checked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was last looked at: captured with its page, or asked for",
        ),
    )
    op.add_column(
        "job_postings",
        sa.Column(
            "strikes",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="Proofs that it is gone since it was last seen alive",
        ),
    )
    op.alter_column(
        "job_postings",
        "content_hash",
        existing_type=postgresql.BYTEA(),
        comment="SHA-256 of all that the posting says",
        existing_comment="SHA-256 of all above",
        existing_nullable=False,
    )


def _create_posting_queue() -> None:
    op.create_table(
        "posting_queue",
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
            "state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_posting_queue_state")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_posting_queue_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_queue")),
        sa.UniqueConstraint("application_id", "work_key", name="uq_posting_queue_same_work_again"),
        comment="One row per piece of work; db.queues alone writes it",
    )
    op.create_index(
        "ix_posting_queue_due",
        "posting_queue",
        ["due_at", "application_id"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_posting_queue_failed",
        "posting_queue",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_posting_queue_unreported",
        "posting_queue",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )


def downgrade() -> None:
    op.alter_column(
        "job_postings",
        "content_hash",
        existing_type=postgresql.BYTEA(),
        comment="SHA-256 of all above",
        existing_comment="SHA-256 of all that the posting says",
        existing_nullable=False,
    )
    for column in ("strikes", "checked_at", "requirements", "salary_ranges", "posting_key", "platform"):
        op.drop_column("job_postings", column)
    op.drop_table("robots_files")
    op.drop_table("host_visits")

    op.execute("UPDATE job_postings SET scraped_posting_id = NULL")
    op.execute("DELETE FROM scraped_postings")
    op.create_table_comment(
        "scraped_postings",
        "Raw evidence: one row per response of a posting's server",
        existing_comment="Raw evidence: one row per request to a posting's site, with its answer",
        schema=None,
    )
    op.drop_index(
        "ix_scraped_postings_confirmations",
        table_name="scraped_postings",
        postgresql_where=sa.text("confirms_id IS NOT NULL"),
    )
    for constraint in ("confirms", "final_url", "answered", "kind"):
        op.drop_constraint(op.f(f"ck_scraped_postings_{constraint}"), "scraped_postings", type_="check")
    op.alter_column("scraped_postings", "run_id", existing_type=sa.Text(), nullable=True)
    for column, kind in (
        ("error", sa.Text()),
        ("body", postgresql.BYTEA()),
        ("headers", postgresql.JSONB()),
        ("http_status", sa.SmallInteger()),
        ("url", sa.Text()),
    ):
        op.alter_column("scraped_postings", column, existing_type=kind, comment=None)
    op.drop_constraint(op.f("fk_scraped_postings_confirms_id"), "scraped_postings", type_="foreignkey")
    for column in ("confirms_id", "final_url", "host", "kind", "posting_url"):
        op.drop_column("scraped_postings", column)
    op.add_column("scraped_postings", sa.Column("url_hash", postgresql.BYTEA(), nullable=False))
    op.create_index(
        "ix_scraped_postings_latest_of_url",
        "scraped_postings",
        ["url_hash", sa.literal_column("fetched_at DESC")],
        unique=False,
    )

    op.execute("DELETE FROM scraper_queue")
    op.execute(f"INSERT INTO scraper_queue ({_QUEUED}) SELECT {_QUEUED} FROM posting_queue")
    op.drop_table("posting_queue")
    op.execute("DELETE FROM application_runs WHERE stage = 'scraped_postings'")
    _allow_stages(_STAGES.format(""))
