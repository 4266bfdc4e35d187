"""Let an Owner disable somebody's account in an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("disabled_by", sa.Uuid(), nullable=True))
    op.add_column("membership", sa.Column("disabled_reason", sa.String(length=500), nullable=True))
    op.create_index("ix_membership_disabled_by", "membership", ["disabled_by"])


def downgrade() -> None:
    op.drop_index("ix_membership_disabled_by", table_name="membership")
    for name in ("disabled_reason", "disabled_by", "disabled_at"):
        op.drop_column("membership", name)
