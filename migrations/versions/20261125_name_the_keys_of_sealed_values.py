"""Name the keys of sealed values: each begins with the id of its secret, four zero bytes for those from before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNNAMED = bytes(4)
SEALED = (("deletion", "sealed"), ("totp_factor", "secret_sealed"))


def _rewrite(table: str, column: str, value: sa.ColumnElement[bytes]) -> None:
    sealed = sa.column(column, sa.LargeBinary)
    op.execute(sa.update(sa.table(table, sealed)).where(sealed.is_not(None)).values({column: value}))


def upgrade() -> None:
    op.create_table(
        "secret_key",
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_secret_key")),
    )
    op.create_table(
        "lasting_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lasting_key")),
        sa.UniqueConstraint("purpose", "key_id", name=op.f("uq_lasting_key_purpose")),
    )
    for table, column in SEALED:
        joined = sa.literal(UNNAMED, sa.LargeBinary).op("||")(sa.column(column, sa.LargeBinary))
        _rewrite(table, column, sa.cast(joined, sa.LargeBinary))


def downgrade() -> None:
    for table, column in SEALED:
        _rewrite(table, column, sa.func.substr(sa.column(column, sa.LargeBinary), len(UNNAMED) + 1))
    op.drop_table("lasting_key")
    op.drop_table("secret_key")
