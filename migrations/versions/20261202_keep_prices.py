"""Keep what is on sale, so that the page of plans stands while Stripe is down."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_list",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_price_list")),
    )


def downgrade() -> None:
    op.drop_table("price_list")
