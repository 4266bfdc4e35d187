"""Count wrong passwords in a row, for a known browser apart from all others: the counts of a day begin anew each day."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("wrong_passwords", "wrong_passwords_known")


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        for name in COLUMNS:
            person.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("person") as person:
        for name in COLUMNS:
            person.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("person") as person:
        for name in reversed(COLUMNS):
            person.drop_column(name)
