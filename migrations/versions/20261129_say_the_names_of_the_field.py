"""Say the names of the field: a letter is an email, who asked has requested, and the stored words follow."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BATCH = 500
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("audit_entry", "event"): {
        "accounts.email_change_asked": "accounts.email_change_requested",
        "recovery.reset_asked": "recovery.reset_requested",
        "support.ticket_settled": "support.customer_closed",
    },
    ("email", "kind"): {"accounts/email_change_asked": "accounts/email_change_requested"},
    ("job", "kind"): {"privacy.scrub": "privacy.purge_free_space"},
    ("schedule", "name"): {"privacy.scrub": "privacy.purge_free_space"},
    ("consent_decision", "mechanism"): {"letter": "email"},
    ("check_result", "name"): {"alarm_at_hand": "report_at_hand"},
    ("visit", "endpoint"): {"support.settle": "support.close", "newsletter.letter_sent": "newsletter.email_sent"},
}
"""What a stored word was, and what it is now, by table and column."""


def upgrade() -> None:
    _move("letter", "email")
    _rename_column("reset_asked_at", "reset_requested_at")
    _rename_argument("letter_id", "email_id")
    for (table, column), words in WORDS.items():
        for old, new in words.items():
            _say(table, column, old, new)


def downgrade() -> None:
    for (table, column), words in WORDS.items():
        for old, new in words.items():
            _say(table, column, new, old)
    _rename_argument("email_id", "letter_id")
    _rename_column("reset_requested_at", "reset_asked_at")
    _move("email", "letter")


def _move(old: str, new: str) -> None:
    """Make the outbox under its new name: a table that is only renamed would keep the names of its indexes."""
    op.create_table(
        new,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("to_key", sa.String(length=254), nullable=False),
        sa.Column("subject_line", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{new}")),
        sa.UniqueConstraint("message_id", name=op.f(f"uq_{new}_message_id")),
    )
    moved = sa.Table(new, sa.MetaData(), autoload_with=op.get_bind())
    columns = [column.name for column in moved.columns]
    rows = sa.table(old, *(sa.column(name) for name in columns))
    op.execute(moved.insert().from_select(columns, sa.select(rows)))
    op.drop_table(old)
    for column in ("ended_at", "subject_id", "to_key"):
        op.create_index(op.f(f"ix_{new}_{column}"), new, [column], unique=False)


def _rename_column(old: str, new: str) -> None:
    op.execute(f"ALTER TABLE person RENAME COLUMN {old} TO {new}")


def _rename_argument(old: str, new: str) -> None:
    """Rename the argument of each delivery that waits: the worker hands it to the verb by its name."""
    jobs = sa.table("job", sa.column("id", sa.Uuid()), sa.column("kind"), sa.column("payload", JSON))
    connection = op.get_bind()
    change = jobs.update().where(jobs.c.id == sa.bindparam("row")).values(payload=sa.bindparam("renamed"))
    waiting = connection.execute(sa.select(jobs.c.id, jobs.c.payload).where(jobs.c.kind == "mail.deliver")).all()
    for start in range(0, len(waiting), BATCH):
        connection.execute(
            change,
            [
                {"row": each.id, "renamed": {(new if key == old else key): value for key, value in each.payload.items()}}
                for each in waiting[start : start + BATCH]
            ],
        )


def _say(table: str, column: str, old: str, new: str) -> None:
    rows = sa.table(table, sa.column(column))
    op.execute(rows.update().where(rows.c[column] == old).values({column: new}))
