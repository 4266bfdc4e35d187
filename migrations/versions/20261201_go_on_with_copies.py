"""Go on with a copy whose worker was killed. Copies in the form from before go: their chunks are sealed in another way."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("cursor", sa.String(length=64), nullable=True))
    # The sweep deletes the files that no row knows any more; whoever wants a copy makes a new one.
    op.execute("DELETE FROM export")


def downgrade() -> None:
    op.execute("DELETE FROM export")
    with op.batch_alter_table("job") as job:
        job.drop_column("cursor")
