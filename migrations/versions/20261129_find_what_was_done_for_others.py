"""Find what somebody did for others without passing over all that they did for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_entry_by_for_others",
        "audit_entry",
        ["by_id", "at"],
        sqlite_where=sa.text("subject_id IS NOT by_id"),
        postgresql_where=sa.text("subject_id IS DISTINCT FROM by_id"),
    )
    op.drop_index("ix_audit_entry_by", table_name="audit_entry")


def downgrade() -> None:
    op.create_index("ix_audit_entry_by", "audit_entry", ["by_id", "at"])
    op.drop_index("ix_audit_entry_by_for_others", table_name="audit_entry")
