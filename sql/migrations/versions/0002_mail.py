"""mail: what became of each message, how accounts and mailboxes stand

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_CATEGORIES = (
    "'confirmation', 'rejection', 'interview', 'assessment', 'offer', 'recruiter_outreach', "
    "'followup_other', 'job_alert', 'not_job'"
)
_DECISIONS = "'status', 'field', 'note', 'archive', 'link', 'unlink', 'not_job_mail', {}'same_company', 'merge', 'split'"
_STAGES = "{}'applications', 'job_postings', 'resume_data', 'analysis_results', 'tracker_rows', 'tracker_csv'"


def _allow(table: str, column: str, values: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({values})")


def upgrade() -> None:
    _allow("decisions", "kind", _DECISIONS.format("'mail_category', "))
    _allow("application_runs", "stage", _STAGES.format("'mail', 'mail_signals', "))
    op.create_table(
        "ingested_mail",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "seq",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="Its UID in the letter box",
        ),
        sa.Column(
            "message_key",
            postgresql.BYTEA(),
            nullable=False,
            comment="SHA-256 of the Message-ID, or of the content",
        ),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column(
            "raw",
            postgresql.BYTEA(),
            nullable=True,
            comment="Compressed RFC 822 bytes; null once they are taken",
        ),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="Bytes, not compressed"),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The mail's own date, never in the future",
        ),
        sa.Column("ingested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingested_mail")),
        sa.UniqueConstraint("message_key", name="uq_ingested_mail_same_message_again"),
        sa.UniqueConstraint("seq", name=op.f("uq_ingested_mail_seq")),
        comment="One row per message that was sent to the API, until a run takes it into `mail`",
    )
    op.create_table(
        "mail_accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "answered_at", sa.DateTime(timezone=True), nullable=True, comment="When its server answered last"
        ),
        sa.Column(
            "trouble", sa.Text(), nullable=True, comment="Why it cannot be read, and what to do; null: it can"
        ),
        sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "retry_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Not to be asked before, while in trouble",
        ),
        sa.Column(
            "refused_credentials",
            postgresql.BYTEA(),
            nullable=True,
            comment="Salt and scrypt of what the server refused: it is not tried again, so that nothing is locked",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_accounts")),
        comment="One row per mail account that was asked: does it answer?",
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="Folder, or path of the imported files"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "uidvalidity", sa.BigInteger(), nullable=True, comment="UIDs of another one mean other messages"
        ),
        sa.Column(
            "next_uid",
            sa.BigInteger(),
            server_default="1",
            nullable=False,
            comment="All lower UIDs are in email_uids",
        ),
        sa.Column(
            "messages", sa.BigInteger(), nullable=True, comment="How many the mailbox held when it was listed"
        ),
        sa.Column(
            "listed_at", sa.DateTime(timezone=True), nullable=True, comment="When a run listed it last"
        ),
        sa.Column("trouble", sa.Text(), nullable=True, comment="Why it cannot be read, and what to do"),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), nullable=True, comment="When a person asked for it"
        ),
        sa.CheckConstraint("kind IN ('imap', 'files', 'ingest')", name=op.f("ck_mailboxes_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("account", "name", name="uq_mailboxes_same_mailbox_again"),
        comment="One row per folder of an account, imported path, and the API's letter box",
    )
    op.add_column(
        "email_uids",
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="INTERNALDATE"),
    )
    op.add_column(
        "email_uids",
        sa.Column("day", sa.Date(), nullable=False, comment="Partition: the day of `received_at`, UTC"),
    )
    op.add_column("email_uids", sa.Column("size", sa.BigInteger(), nullable=False, comment="Bytes"))
    op.add_column(
        "email_uids",
        sa.Column("gmail_message_id", sa.Numeric(precision=20, scale=0), nullable=True, comment="X-GM-MSGID"),
    )
    op.add_column(
        "email_uids",
        sa.Column("gmail_thread_id", sa.Numeric(precision=20, scale=0), nullable=True, comment="X-GM-THRID"),
    )
    op.add_column("email_uids", sa.Column("state", sa.Text(), server_default="due", nullable=False))
    op.add_column("email_uids", sa.Column("run_id", sa.Text(), nullable=True, comment="Run that took it"))
    op.create_index(
        "ix_email_uids_due",
        "email_uids",
        ["day", "account", "mailbox", "uid"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_email_uids_quarantined",
        "email_uids",
        ["day"],
        unique=False,
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_table_comment(
        "email_uids",
        "One row per UID that was seen, and what became of it",
        existing_comment="One row per UID that was seen",
        schema=None,
    )
    op.add_column(
        "mail",
        sa.Column("gmail_message_id", sa.Numeric(precision=20, scale=0), nullable=True, comment="X-GM-MSGID"),
    )
    op.add_column(
        "mail",
        sa.Column("day", sa.Date(), nullable=False, comment="Partition: the day of `received_at`, UTC"),
    )
    op.add_column("mail", sa.Column("size", sa.BigInteger(), nullable=False, comment="Bytes, not compressed"))
    op.add_column(
        "mail", sa.Column("verdict", sa.Text(), nullable=False, comment="What it was about when it came in")
    )
    op.add_column("mail", sa.Column("certainty", sa.Float(), nullable=False, comment="0 to 1"))
    op.add_column("mail", sa.Column("reader_version", sa.Text(), nullable=False))
    op.alter_column(
        "mail",
        "account",
        existing_type=sa.TEXT(),
        comment="Account that it was seen in first",
        existing_nullable=False,
    )
    op.alter_column(
        "mail",
        "message_id",
        existing_type=sa.TEXT(),
        comment="Null where it is not job mail",
        existing_nullable=True,
    )
    op.drop_index(op.f("ix_mail_by_day"), table_name="mail")
    op.create_index("ix_mail_by_day", "mail", ["day"], unique=False)
    op.create_index("ix_mail_by_gmail_id", "mail", ["account", "gmail_message_id"], unique=False)
    op.create_table_comment(
        "mail",
        "Raw evidence: one row per message; bytes only of what is, or may be, job mail",
        existing_comment="Raw evidence: one row per message",
        schema=None,
    )
    op.add_column(
        "mail_signals",
        sa.Column(
            "needs_review",
            sa.Boolean(),
            nullable=False,
            comment="Doubtful: a person decides before a status changes",
        ),
    )
    op.add_column(
        "mail_signals",
        sa.Column("decided", sa.Boolean(), nullable=False, comment="A person has named the category"),
    )
    op.add_column(
        "mail_signals",
        sa.Column(
            "trust",
            sa.Text(),
            nullable=False,
            comment="aligned, other or failed: is the sender who it says it is",
        ),
    )
    op.alter_column(
        "mail_signals",
        "certainty",
        existing_type=sa.DOUBLE_PRECISION(precision=53),
        comment="0 to 1",
        existing_nullable=False,
    )
    op.alter_column(
        "mail_signals",
        "signals",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="Evidence, names, requisition, links, events",
        existing_nullable=False,
    )
    op.create_index(
        "ix_mail_signals_review_list",
        "mail_signals",
        ["derived_at"],
        unique=False,
        postgresql_where=sa.text("needs_review"),
    )
    op.create_check_constraint(
        op.f("ck_email_uids_state"), "email_uids", "state IN ('due', 'taken', 'gone', 'quarantined')"
    )
    op.create_check_constraint(
        op.f("ck_email_uids_taken"), "email_uids", "(state = 'taken') = (mail_id IS NOT NULL)"
    )
    op.create_check_constraint(op.f("ck_mail_verdict"), "mail", f"verdict IN ({_CATEGORIES})")
    op.create_check_constraint(
        op.f("ck_mail_signals_category"), "mail_signals", f"category IN ({_CATEGORIES})"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_mail_signals_category"), "mail_signals", type_="check")
    op.drop_constraint(op.f("ck_mail_verdict"), "mail", type_="check")
    op.drop_constraint(op.f("ck_email_uids_taken"), "email_uids", type_="check")
    op.drop_constraint(op.f("ck_email_uids_state"), "email_uids", type_="check")
    op.drop_index(
        "ix_mail_signals_review_list", table_name="mail_signals", postgresql_where=sa.text("needs_review")
    )
    op.alter_column(
        "mail_signals",
        "signals",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment=None,
        existing_comment="Evidence, names, requisition, links, events",
        existing_nullable=False,
    )
    op.alter_column(
        "mail_signals",
        "certainty",
        existing_type=sa.DOUBLE_PRECISION(precision=53),
        comment=None,
        existing_comment="0 to 1",
        existing_nullable=False,
    )
    op.drop_column("mail_signals", "trust")
    op.drop_column("mail_signals", "decided")
    op.drop_column("mail_signals", "needs_review")
    op.create_table_comment(
        "mail",
        "Raw evidence: one row per message",
        existing_comment="Raw evidence: one row per message; bytes only of what is, or may be, job mail",
        schema=None,
    )
    op.drop_index("ix_mail_by_gmail_id", table_name="mail")
    op.drop_index("ix_mail_by_day", table_name="mail")
    op.create_index(op.f("ix_mail_by_day"), "mail", ["received_at"], unique=False)
    op.alter_column(
        "mail",
        "message_id",
        existing_type=sa.TEXT(),
        comment=None,
        existing_comment="Null where it is not job mail",
        existing_nullable=True,
    )
    op.alter_column(
        "mail",
        "account",
        existing_type=sa.TEXT(),
        comment=None,
        existing_comment="Account that it was seen in first",
        existing_nullable=False,
    )
    op.drop_column("mail", "reader_version")
    op.drop_column("mail", "certainty")
    op.drop_column("mail", "verdict")
    op.drop_column("mail", "size")
    op.drop_column("mail", "day")
    op.drop_column("mail", "gmail_message_id")
    op.create_table_comment(
        "email_uids",
        "One row per UID that was seen",
        existing_comment="One row per UID that was seen, and what became of it",
        schema=None,
    )
    op.drop_index(
        "ix_email_uids_quarantined",
        table_name="email_uids",
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.drop_index("ix_email_uids_due", table_name="email_uids", postgresql_where=sa.text("state = 'due'"))
    op.drop_column("email_uids", "run_id")
    op.drop_column("email_uids", "state")
    op.drop_column("email_uids", "gmail_thread_id")
    op.drop_column("email_uids", "gmail_message_id")
    op.drop_column("email_uids", "size")
    op.drop_column("email_uids", "day")
    op.drop_column("email_uids", "received_at")
    op.drop_table("mailboxes")
    op.drop_table("mail_accounts")
    op.drop_table("ingested_mail")
    op.execute("DELETE FROM application_runs WHERE stage IN ('mail', 'mail_signals')")
    op.execute("DELETE FROM decisions WHERE kind = 'mail_category'")
    _allow("application_runs", "stage", _STAGES.format(""))
    _allow("decisions", "kind", _DECISIONS.format(""))
