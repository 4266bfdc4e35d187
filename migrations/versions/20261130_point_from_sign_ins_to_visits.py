"""Point from each line of sign-in history to the visits by which it came, and to its session."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COLUMNS = ("session_id", "first_visit_id", "last_visit_id")


def upgrade() -> None:
    with op.batch_alter_table("sign_in_event") as event:
        for name in COLUMNS:
            event.add_column(sa.Column(name, sa.Uuid(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sign_in_event") as event:
        for name in reversed(COLUMNS):
            event.drop_column(name)
