"""Find rows by the member of staff in them: a row may be about two people, and each has rights in it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Not in a batch: that would copy the table, and drop the trigger that keeps its rows unchanged (`kit.immutable`).
INDEXES = (
    ("ix_audit_entry_by", "audit_entry", ["by_id", "at"]),
    ("ix_staff_read_staff_id", "staff_read", ["staff_id"]),
    ("ix_ticket_message_staff_id", "ticket_message", ["staff_id"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)


def downgrade() -> None:
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table_name=table)
