"""Let a ticket be shared with an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.create_index("ix_ticket_organisation", "ticket", ["organisation_id", "updated_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_organisation", table_name="ticket")
    op.drop_column("ticket", "organisation_id")
