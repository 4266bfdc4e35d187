"""Say why our team removed a text or a file; what went before has no reason."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket_message", sa.Column("redacted_why", sa.String(length=64), nullable=True))
    op.add_column("ticket_removed_file", sa.Column("reason", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("ticket_removed_file", "reason")
    op.drop_column("ticket_message", "redacted_why")
