"""Prepare the copies of people without an account as those of accounts: by the worker, for a request."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

OWNER = "ck_export_owner"
REQUEST = "fk_export_request_id_request"


def upgrade() -> None:
    with op.batch_alter_table("export") as export:
        export.add_column(sa.Column("request_id", sa.Uuid(), nullable=True))
        export.alter_column("person_id", existing_type=sa.Uuid(), nullable=True)
        export.create_foreign_key(op.f(REQUEST), "request", ["request_id"], ["id"], ondelete="CASCADE")
        export.create_check_constraint(op.f(OWNER), "(person_id IS NULL) <> (request_id IS NULL)")
    op.create_index(op.f("ix_export_request_id"), "export", ["request_id"], unique=True)


def downgrade() -> None:
    # The sweep deletes the files that no row knows any more; the older portal knows no copy without an account.
    op.execute("DELETE FROM export WHERE person_id IS NULL")
    op.drop_index(op.f("ix_export_request_id"), table_name="export")
    with op.batch_alter_table("export") as export:
        export.drop_constraint(op.f(OWNER), type_="check")
        export.drop_constraint(op.f(REQUEST), type_="foreignkey")
        export.drop_column("request_id")
        export.alter_column("person_id", existing_type=sa.Uuid(), nullable=False)
