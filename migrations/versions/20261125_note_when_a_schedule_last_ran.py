"""Note when a scheduled job last ran: what is due next says nothing about that."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("schedule") as schedule:
        schedule.add_column(sa.Column("ran_at", sa.DateTime(timezone=True), nullable=True))
        schedule.add_column(sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True))
    noted_at = sa.column("noted_at", sa.DateTime(timezone=True))
    op.execute(sa.update(sa.table("schedule", noted_at)).values(noted_at=sa.func.current_timestamp()))
    with op.batch_alter_table("schedule") as schedule:
        schedule.alter_column("noted_at", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("schedule") as schedule:
        schedule.drop_column("noted_at")
        schedule.drop_column("ran_at")
