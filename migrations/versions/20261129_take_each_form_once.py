"""Take each form once: note the answer to a form that was sent, sealed for whoever sends it again."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_use")),
    )
    op.create_index("ix_form_use_at", "form_use", ["at"])


def downgrade() -> None:
    op.drop_table("form_use")
