"""Say what an email serves. Those from before were all asked for by their readers' own acts."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("email", sa.Column("purpose", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("email") as email:
        email.drop_column("purpose")
