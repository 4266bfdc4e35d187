"""List tickets with what they are about: a list is one entry that names its tickets, and has an index in any order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
URGENT = sa.text("urgent AND state <> 'closed'")
ORDERS = ("updated_at", "opened_at")


def upgrade() -> None:
    op.add_column("staff_read", sa.Column("row_ids", JSON, nullable=True))
    op.add_column("staff_read_subject", sa.Column("listed_on", sa.Date(), nullable=True))
    op.create_index("ix_staff_read_subject_listed", "staff_read_subject", ["subject_id", "listed_on"], unique=True)
    op.add_column("ticket", sa.Column("email_hash", sa.String(length=32), nullable=True))
    op.create_index("ix_ticket_email_hash", "ticket", ["email_hash", "updated_at", "id"])
    for at in ORDERS:
        op.create_index(f"ix_ticket_state_{at}", "ticket", ["state", at, "id"])
        op.create_index(f"ix_ticket_state_language_{at}", "ticket", ["state", "language", at, "id"])
        urgent = {"sqlite_where": URGENT, "postgresql_where": URGENT}
        op.create_index(f"ix_ticket_urgent_{at}", "ticket", [at, "id"], **urgent)
        op.create_index(f"ix_ticket_urgent_language_{at}", "ticket", ["language", at, "id"], **urgent)
    op.drop_index("ix_ticket_queue", table_name="ticket")


def downgrade() -> None:
    # The version before knows no list: a page that shows who looked would fall over one.
    op.execute("DELETE FROM staff_read_subject WHERE read_id IN (SELECT id FROM staff_read WHERE basis = 'ticket_list')")
    op.execute("DELETE FROM staff_read WHERE basis = 'ticket_list'")
    op.create_index("ix_ticket_queue", "ticket", ["state", "updated_at"])
    for at in ORDERS:
        for name in ("state", "state_language", "urgent", "urgent_language"):
            op.drop_index(f"ix_ticket_{name}_{at}", table_name="ticket")
    op.drop_index("ix_ticket_email_hash", table_name="ticket")
    op.drop_column("ticket", "email_hash")
    op.drop_index("ix_staff_read_subject_listed", table_name="staff_read_subject")
    op.drop_column("staff_read_subject", "listed_on")
    op.drop_column("staff_read", "row_ids")
