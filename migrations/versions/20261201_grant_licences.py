"""Grant licences, and count the machines that they run on."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "licence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.String(length=255), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_used", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("perpetual", sa.Boolean(), nullable=False),
        sa.Column("updates_end_on", sa.Date(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=64), nullable=True),
        sa.CheckConstraint("seats_used >= 0 AND seats_used <= seats", name=op.f("ck_licence_seats")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence")),
        sa.UniqueConstraint("purchase_id", name=op.f("uq_licence_purchase_id")),
    )
    op.create_index("ix_licence_organisation", "licence", ["organisation_id", "granted_at", "id"])
    op.create_index(op.f("ix_licence_ended_at"), "licence", ["ended_at"])
    op.create_table(
        "activation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("machine", sa.String(length=32), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licence.id"], name=op.f("fk_activation_licence_id_licence"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation")),
        sa.UniqueConstraint("licence_id", "machine", name=op.f("uq_activation_licence_id")),
    )
    op.create_index("ix_activation_licence", "activation", ["licence_id", "activated_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_activation_licence", table_name="activation")
    op.drop_table("activation")
    op.drop_index(op.f("ix_licence_ended_at"), table_name="licence")
    op.drop_index("ix_licence_organisation", table_name="licence")
    op.drop_table("licence")
