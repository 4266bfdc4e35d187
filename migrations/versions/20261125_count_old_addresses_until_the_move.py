"""Find changes by the address that was left, and give reports of misuse back: they are not of the account they name."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TICKETS = sa.table(
    "ticket", sa.column("subject_id", sa.Uuid()), sa.column("about_id", sa.Uuid()), sa.column("kind"), sa.column("email_key")
)
PEOPLE = sa.table("person", sa.column("id", sa.Uuid()), sa.column("email_key"))


def upgrade() -> None:
    with op.batch_alter_table("email_change") as batch_op:
        batch_op.create_index("ix_email_change_old_email_key", ["old_email_key"], unique=False)
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.add_column(sa.Column("about_id", sa.Uuid(), nullable=True))
        batch_op.create_index("ix_ticket_about_id", ["about_id"], unique=False)
    _tell_reports(subject_id=None, about_id=TICKETS.c.subject_id)
    # A change of address had given reports to the account that changed; nobody else was ever written down for one.
    by_address = sa.select(PEOPLE.c.id).where(PEOPLE.c.email_key == TICKETS.c.email_key).scalar_subquery()
    _tell_reports(about_id=sa.func.coalesce(TICKETS.c.about_id, by_address))


def _tell_reports(**values: object) -> None:
    op.get_bind().execute(TICKETS.update().where(TICKETS.c.kind == "misuse_reported").values(values))


def downgrade() -> None:
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.drop_index("ix_ticket_about_id")
        batch_op.drop_column("about_id")
    with op.batch_alter_table("email_change") as batch_op:
        batch_op.drop_index("ix_email_change_old_email_key")
