"""Seal prepared copies under a secret that we do not keep. Those from before go: no link opens them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The sweep deletes the files that no row knows any more; whoever wants a copy makes a new one.
    op.execute("DELETE FROM export")
    op.add_column("export", sa.Column("secret_hash", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("export", sa.Column("secret_sealed", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("export") as export:
        export.alter_column("secret_hash", server_default=None)


def downgrade() -> None:
    op.execute("UPDATE export SET file_key = NULL")
    with op.batch_alter_table("export") as export:
        export.drop_column("secret_sealed")
        export.drop_column("secret_hash")
