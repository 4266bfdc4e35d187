"""Delete in steps: each product and vendor is told, and confirms; the second receipt stands beside the first."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state = 'waiting'")
COLUMNS = ("complement", "complement_signature")


def _create_calls() -> None:
    op.create_table(
        "product_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_call")),
    )
    for name in ("subject_id", "confirmed_at"):
        op.create_index(op.f(f"ix_product_call_{name}"), "product_call", [name])


def _create_steps() -> None:
    op.create_table(
        "erasure_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deletion_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=16), nullable=True),
        sa.Column("evidence", sa.String(length=200), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deletion_id"], ["deletion.id"], name=op.f("fk_erasure_step_deletion_id_deletion"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_step")),
    )
    for name in ("deletion_id", "call_id"):
        op.create_index(op.f(f"ix_erasure_step_{name}"), "erasure_step", [name])
    op.create_index("ix_erasure_step_open", "erasure_step", ["state"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


def upgrade() -> None:
    _create_calls()
    _create_steps()
    for name in COLUMNS:
        op.add_column("deletion", sa.Column(name, sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("deletion") as deletion:
        for name in reversed(COLUMNS):
            deletion.drop_column(name)
    op.drop_table("erasure_step")
    op.drop_table("product_call")
