"""Find the last decision of somebody for a purpose by an index alone: of two at one instant, the id decides."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NAME = "ix_consent_decision_subject"
BEFORE = ["subject_id", "purpose", "decided_at"]


def upgrade() -> None:
    op.drop_index(NAME, table_name="consent_decision")
    op.create_index(NAME, "consent_decision", [*BEFORE, "id"])


def downgrade() -> None:
    op.drop_index(NAME, table_name="consent_decision")
    op.create_index(NAME, "consent_decision", BEFORE)
