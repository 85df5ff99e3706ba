"""mail links: evidence, queues, merged applications

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


_STAGES = "'mail', 'mail_signals', {}'applications', 'job_postings', 'resume_data', 'analysis_results', 'tracker_rows', 'tracker_csv'"


def _allow_stages(values: str) -> None:
    op.drop_constraint(op.f("ck_application_runs_stage"), "application_runs", type_="check")
    op.create_check_constraint(op.f("ck_application_runs_stage"), "application_runs", f"stage IN ({values})")


def upgrade() -> None:
    _allow_stages(_STAGES.format("'mail_links', "))
    op.execute("DELETE FROM mail_links")  # no release has written any; they are derived again
    op.create_table(
        "evidence_queue",
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
            "state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_evidence_queue_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_queue")),
        sa.UniqueConstraint("application_id", "work_key", name="uq_evidence_queue_same_work_again"),
        comment="One row per piece of work; db.queues alone writes it",
    )
    op.create_index(
        "ix_evidence_queue_due",
        "evidence_queue",
        ["due_at", "application_id"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_evidence_queue_unreported",
        "evidence_queue",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.create_table(
        "link_queue",
        sa.Column("mail_id", sa.UUID(), nullable=False),
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
        sa.CheckConstraint("state IN ('due', 'running', 'done', 'failed')", name=op.f("ck_link_queue_state")),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_link_queue_mail_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_queue")),
        sa.UniqueConstraint("mail_id", "work_key", name="uq_link_queue_same_work_again"),
        comment="One row per piece of work; db.queues alone writes it",
    )
    op.create_index(
        "ix_link_queue_due", "link_queue", ["due_at"], unique=False, postgresql_where=sa.text("state = 'due'")
    )
    op.create_index(
        "ix_link_queue_unreported",
        "link_queue",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.create_index(
        "ix_email_uids_of_gmail_thread",
        "email_uids",
        ["account", "gmail_thread_id"],
        unique=False,
        postgresql_where=sa.text("gmail_thread_id IS NOT NULL"),
    )
    op.add_column(
        "applications",
        sa.Column(
            "merged_into",
            sa.UUID(),
            nullable=True,
            comment="The application that this one's evidence counts for now; it is listed nowhere",
        ),
    )
    op.add_column(
        "applications",
        sa.Column(
            "from_mail_alone",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Made of mail; no capture and no person has spoken of it yet",
        ),
    )
    op.add_column(
        "applications",
        sa.Column(
            "match_keys",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
            comment="Keys of which mail about it shares at least one",
        ),
    )
    op.create_index(
        "ix_applications_by_match_key", "applications", ["match_keys"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_applications_merged",
        "applications",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.add_column(
        "mail_links",
        sa.Column(
            "event",
            sa.SmallInteger(),
            nullable=False,
            comment="Number of the event in its message; a digest has several",
        ),
    )
    op.add_column(
        "mail_links",
        sa.Column(
            "margin", sa.Float(), nullable=True, comment="Bits between the best candidate and the next"
        ),
    )
    op.add_column("mail_links", sa.Column("runner_up_id", sa.UUID(), nullable=True))
    op.add_column(
        "mail_links",
        sa.Column("reason", sa.Text(), nullable=False, comment="Why it is not linked, or what was special"),
    )
    op.add_column(
        "mail_links", sa.Column("decided", sa.Boolean(), nullable=False, comment="A person has decided")
    )
    op.add_column(
        "mail_links",
        sa.Column(
            "creates", sa.Boolean(), nullable=False, comment="Its application comes to be by this message"
        ),
    )
    op.add_column(
        "mail_links",
        sa.Column(
            "proposal_key",
            sa.Text(),
            nullable=True,
            comment="The same for all messages that propose one application",
        ),
    )
    op.add_column(
        "mail_links",
        sa.Column(
            "match_keys",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Keys of company, thread, posting: what blocks",
        ),
    )
    op.add_column(
        "mail_links",
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="That of the message"),
    )
    op.drop_constraint(op.f("pk_mail_links"), "mail_links", type_="primary")
    op.create_primary_key(op.f("pk_mail_links"), "mail_links", ["mail_id", "event"])
    op.create_check_constraint(
        op.f("ck_mail_links_linked"), "mail_links", "outcome <> 'linked' OR application_id IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_mail_links_stage"),
        "mail_links",
        "stage IN ('decision', 'direct', 'thread', 'company_title', 'company_date', 'company')",
    )
    op.alter_column(
        "mail_links",
        "application_id",
        existing_type=sa.UUID(),
        comment="linked: the application; proposed: the created one; review: the suggested one",
        existing_nullable=True,
    )
    op.alter_column(
        "mail_links",
        "posterior",
        existing_type=sa.DOUBLE_PRECISION(precision=53),
        comment="0 to 1, of the best candidate",
        existing_nullable=True,
    )
    op.alter_column(
        "mail_links",
        "evidence",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="Bits per field of the best two candidates",
        existing_comment="Bits per field, runner-up and margin",
        existing_nullable=False,
    )
    op.drop_index(
        op.f("ix_mail_links_review_list"),
        table_name="mail_links",
        postgresql_where="(outcome = 'review'::text)",
    )
    op.create_index(
        "ix_mail_links_review_list",
        "mail_links",
        [sa.literal_column("received_at DESC"), sa.literal_column("mail_id DESC")],
        unique=False,
        postgresql_where=sa.text("outcome IN ('review', 'proposed') AND NOT decided"),
    )
    op.create_index(
        "ix_mail_links_by_match_key", "mail_links", ["match_keys"], unique=False, postgresql_using="gin"
    )
    op.create_table_comment(
        "mail_links",
        "One row per thing that a message reports: its application with the evidence for it",
        existing_comment="One row per message: its application with the evidence for it",
        schema=None,
    )


def downgrade() -> None:
    op.drop_index("ix_email_uids_of_gmail_thread", table_name="email_uids")
    op.execute("DELETE FROM mail_links")
    op.drop_constraint(op.f("ck_mail_links_linked"), "mail_links", type_="check")
    op.drop_constraint(op.f("ck_mail_links_stage"), "mail_links", type_="check")
    op.drop_constraint(op.f("pk_mail_links"), "mail_links", type_="primary")
    op.create_primary_key(op.f("pk_mail_links"), "mail_links", ["mail_id"])
    op.create_table_comment(
        "mail_links",
        "One row per message: its application with the evidence for it",
        existing_comment="One row per thing that a message reports: its application with the evidence for it",
        schema=None,
    )
    op.drop_index("ix_mail_links_by_match_key", table_name="mail_links", postgresql_using="gin")
    op.drop_index(
        "ix_mail_links_review_list",
        table_name="mail_links",
        postgresql_where=sa.text("outcome IN ('review', 'proposed') AND NOT decided"),
    )
    op.create_index(
        op.f("ix_mail_links_review_list"),
        "mail_links",
        ["derived_at"],
        unique=False,
        postgresql_where="(outcome = 'review'::text)",
    )
    op.alter_column(
        "mail_links",
        "evidence",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="Bits per field, runner-up and margin",
        existing_comment="Bits per field of the best two candidates",
        existing_nullable=False,
    )
    op.alter_column(
        "mail_links",
        "posterior",
        existing_type=sa.DOUBLE_PRECISION(precision=53),
        comment=None,
        existing_comment="0 to 1, of the best candidate",
        existing_nullable=True,
    )
    op.alter_column(
        "mail_links",
        "application_id",
        existing_type=sa.UUID(),
        comment=None,
        existing_comment="linked: the application; proposed: the created one; review: the suggested one",
        existing_nullable=True,
    )
    op.drop_column("mail_links", "received_at")
    op.drop_column("mail_links", "match_keys")
    op.drop_column("mail_links", "proposal_key")
    op.drop_column("mail_links", "creates")
    op.drop_column("mail_links", "decided")
    op.drop_column("mail_links", "reason")
    op.drop_column("mail_links", "runner_up_id")
    op.drop_column("mail_links", "margin")
    op.drop_column("mail_links", "event")
    op.drop_index(
        "ix_applications_merged",
        table_name="applications",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index("ix_applications_by_match_key", table_name="applications", postgresql_using="gin")
    op.drop_column("applications", "match_keys")
    op.drop_column("applications", "from_mail_alone")
    op.drop_column("applications", "merged_into")
    op.drop_index(
        "ix_link_queue_unreported",
        table_name="link_queue",
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.drop_index("ix_link_queue_due", table_name="link_queue", postgresql_where=sa.text("state = 'due'"))
    op.drop_table("link_queue")
    op.drop_index(
        "ix_evidence_queue_unreported",
        table_name="evidence_queue",
        postgresql_where=sa.text("claimed_by IS NOT NULL AND reported_at IS NULL"),
    )
    op.drop_index(
        "ix_evidence_queue_due", table_name="evidence_queue", postgresql_where=sa.text("state = 'due'")
    )
    op.drop_table("evidence_queue")
    op.execute("DELETE FROM application_runs WHERE stage = 'mail_links'")
    _allow_stages(_STAGES.format(""))
