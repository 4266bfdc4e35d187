"""State the findings of checks as codes and values: their English sentences could not be said in another language.

A sentence cannot be turned into a code. Each result stays with its outcome and its dates and states nothing until the next
hourly run; on the way back its detail is empty as long.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

result = sa.table("check_result", sa.column("detail", sa.String()), sa.column("findings", sa.JSON()))


def upgrade() -> None:
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.add_column(sa.Column("findings", sa.JSON(), nullable=True))
    op.execute(sa.update(result).values(findings=[]))
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.alter_column("findings", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("detail")


def downgrade() -> None:
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.add_column(sa.Column("detail", sa.String(length=300), nullable=True))
    op.execute(sa.update(result).values(detail=""))
    with op.batch_alter_table("check_result") as batch_op:
        batch_op.alter_column("detail", existing_type=sa.String(length=300), nullable=False)
        batch_op.drop_column("findings")
