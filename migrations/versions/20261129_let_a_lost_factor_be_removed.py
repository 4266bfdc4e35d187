"""Let a lost second factor be removed: who has lost phone and codes asks, waits, and is told of it meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('asked', 'waiting')")


def upgrade() -> None:
    op.create_table(
        "factor_removal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("guards", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_factor_removal_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_removal")),
    )
    op.create_index("ix_factor_removal_person_id", "factor_removal", ["person_id"])
    op.create_index("ix_factor_removal_requested_at", "factor_removal", ["requested_at"])
    op.create_index("ix_factor_removal_ended_at", "factor_removal", ["ended_at"])
    op.create_index("ix_factor_removal_due", "factor_removal", ["state", "due_at"])
    op.create_index(
        "uq_factor_removal_open", "factor_removal", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    # The release before knows no such line of the history.
    op.execute("DELETE FROM sign_in_event WHERE outcome = 'factor_removed'")
    op.drop_table("factor_removal")
