"""Queue every right: requests, from their arrival to the person's last word on the answer, and the files beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('open', 'paused') AND first_id IS NULL")
GUESTS = sa.text("state IN ('open', 'paused') AND first_id IS NULL AND subject_id IS NULL")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table("request", *_columns(), *_rules())
    for column in ("subject_id", "email_key", "agent_email_key", "received_at", "result_id", "closed_at", "handler_id"):
        op.create_index(f"ix_request_{column}", "request", [column])
    op.create_index("ix_request_duplicate_of_id", "request", ["duplicate_of_id"])
    op.create_index("ix_request_due", "request", ["state", "due_at", "id"])
    op.create_index("ix_request_answered", "request", ["answered_in", "closed_at"])
    for name, column, where in (("account", "subject_id", OPEN), ("address", "email_key", GUESTS)):
        op.create_index(
            f"uq_request_of_{name}", "request", [column, "kind"], unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "request_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_request_file_request_id_request"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_file")),
        sa.UniqueConstraint("file_key", name=op.f("uq_request_file_file_key")),
    )
    op.create_index("ix_request_file_request_id", "request_file", ["request_id"])
    op.create_index("ix_request_file_added_at", "request_file", ["added_at"])


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.String(length=16), nullable=True) for name in ("pause_reason", "outcome", "reason")),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("receipt_number", sa.String(length=64), nullable=True),
        sa.Column("agent_name", sa.String(length=100), nullable=True),
        sa.Column("agent_email", sa.String(length=254), nullable=True),
        sa.Column("agent_email_key", sa.String(length=254), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.Column("executed_at", INSTANT, nullable=True),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("answered_in", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("handler_id", "first_id", "duplicate_of_id")),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("verdict_at", INSTANT, nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_sent_at", INSTANT, nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
    ]


def _rules() -> list[sa.Constraint]:
    # No code of ours, and nobody by hand, carries out what was not proven: the database itself refuses.
    rules = {
        "proven": "verified_at IS NOT NULL OR executed_at IS NULL",
        "identity": "verified_at IS NOT NULL OR state IN ('awaiting_identity', 'closed')",
        "ending": "(state = 'closed') = (outcome IS NOT NULL AND reason IS NOT NULL)",
        "pause": "(state = 'paused') = (pause_reason IS NOT NULL)",
    }
    return [
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_request_reference")),
        sa.UniqueConstraint("first_id", name=op.f("uq_request_first_id")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_request_{name}")) for name, rule in rules.items()),
    ]


def downgrade() -> None:
    op.drop_table("request_file")
    op.drop_table("request")
