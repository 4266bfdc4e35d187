"""Prepare leaving packs: everything that an organisation holds, in one download for its Owners (P24, P35)."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaving_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.String(length=100), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("file_key", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_pack")),
    )
    for column in ("requested_by", "fetched_by", "requested_at", "ready_at", "file_key"):
        op.create_index(f"ix_leaving_pack_{column}", "leaving_pack", [column])
    op.create_index("ix_leaving_pack_organisation", "leaving_pack", ["organisation_id", "requested_at"])
    building = sa.text("state = 'waiting'")
    op.create_index(
        "uq_leaving_pack_building",
        "leaving_pack",
        ["organisation_id"],
        unique=True,
        sqlite_where=building,
        postgresql_where=building,
    )


def downgrade() -> None:
    # The sweep deletes the files that no row knows any more.
    op.drop_table("leaving_pack")
