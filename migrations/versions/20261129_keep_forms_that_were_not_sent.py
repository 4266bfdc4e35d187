"""Keep what was typed into a form that the gate turned away, sealed and for its owner alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsent_form")),
    )
    op.create_index("ix_unsent_form_owner", "unsent_form", ["owner"])
    op.create_index("ix_unsent_form_at", "unsent_form", ["at"])


def downgrade() -> None:
    op.drop_table("unsent_form")
