"""Keep the outcome of a check, which may also be that there was nothing to check yet.

On the way back such a result counts as one in which nothing was wrong, as it did before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

result = sa.table("check_result", sa.column("ok", sa.Boolean()), sa.column("outcome", sa.String()))


def upgrade() -> None:
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.String(length=64), nullable=True))
    op.execute(sa.update(result).values(outcome=sa.case((result.c.ok, "passed"), else_="failed")))
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.alter_column("outcome", existing_type=sa.String(length=64), nullable=False)
        batch_op.drop_column("ok")


def downgrade() -> None:
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.add_column(sa.Column("ok", sa.Boolean(), nullable=True))
    op.execute(sa.update(result).values(ok=result.c.outcome != "failed"))
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.alter_column("ok", existing_type=sa.Boolean(), nullable=False)
        batch_op.drop_column("outcome")
