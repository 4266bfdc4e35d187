"""Keep what people say of data that they dispute."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_subject_id"), "statement", ["subject_id"])
    op.create_index(op.f("ix_statement_email_key"), "statement", ["email_key"])
    op.create_index("uq_statement_of_field", "statement", ["record_id", "line", "field"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_statement_of_field", table_name="statement")
    op.drop_index(op.f("ix_statement_email_key"), table_name="statement")
    op.drop_index(op.f("ix_statement_subject_id"), table_name="statement")
    op.drop_table("statement")
