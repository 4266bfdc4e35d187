"""Note when a standing order could not be followed."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("standing_order", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_standing_order_failed_at", "standing_order", ["failed_at"])


def downgrade() -> None:
    op.drop_index("ix_standing_order_failed_at", table_name="standing_order")
    op.drop_column("standing_order", "failed_at")
