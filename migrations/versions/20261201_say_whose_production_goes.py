"""Say what a product is told to delete: all of an account, a person whose work stays, or all of an organisation (P41)."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("product_call", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.add_column("product_call", sa.Column("tells", sa.String(length=32), nullable=False, server_default="account.deleted"))
    with op.batch_alter_table("product_call") as call:
        call.alter_column("tells", server_default=None)
    op.add_column("deletion", sa.Column("production_stays", sa.Boolean(), nullable=True))


def downgrade() -> None:
    # A step that the older program does not know is one of a product to it.
    op.execute("UPDATE erasure_step SET kind = 'product' WHERE kind = 'person'")
    with op.batch_alter_table("deletion") as deletion:
        deletion.drop_column("production_stays")
    with op.batch_alter_table("product_call") as call:
        call.drop_column("tells")
        call.drop_column("organisation_id")
