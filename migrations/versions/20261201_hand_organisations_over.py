"""Let an Owner offer ownership to somebody in the organisation, who accepts or declines."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("offered_to", sa.Uuid(), nullable=False),
        sa.Column("leaves", sa.Boolean(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hand_over_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["offered_by"], ["person.id"], name=op.f("fk_hand_over_offered_by_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offered_to"], ["person.id"], name=op.f("fk_hand_over_offered_to_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("organisation_id", "offered_by", name=op.f("uq_hand_over_organisation_id")),
    )
    for column in ("offered_at", "offered_by", "offered_to"):
        op.create_index(f"ix_hand_over_{column}", "hand_over", [column])


def downgrade() -> None:
    op.drop_table("hand_over")
