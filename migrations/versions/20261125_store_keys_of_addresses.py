"""Store the lookup key beside every address that had none: letters by their recipient, changes by the old address."""

import idna
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BATCH = 500


def lookup_key(address: str) -> str:
    """Return the key as the portal made it on the day of this step."""
    local, _at, domain = address.strip().rpartition("@")
    try:
        domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        domain = domain.lower()
    return f"{local.casefold()}@{domain}"


def upgrade() -> None:
    _add("letter", address="to_address", key="to_key")
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_index("ix_letter_to_address")
        batch_op.create_index("ix_letter_to_key", ["to_key"], unique=False)
    _add("email_change", address="old_email", key="old_email_key")


def _add(name: str, *, address: str, key: str) -> None:
    with op.batch_alter_table(name) as batch_op:
        batch_op.add_column(sa.Column(key, sa.String(length=254), nullable=True))
    _fill(sa.table(name, sa.column("id", sa.Uuid()), sa.column(address), sa.column(key)), address, key)
    with op.batch_alter_table(name) as batch_op:
        batch_op.alter_column(key, existing_type=sa.String(length=254), nullable=False)


def _fill(rows: sa.TableClause, address: str, key: str) -> None:
    connection = op.get_bind()
    # A letter that has ended was blanked: nothing stands in it, and nothing is looked up.
    connection.execute(rows.update().where(rows.c[address] == "").values({key: ""}))
    without_key = sa.select(rows.c.id, rows.c[address]).where(rows.c[key].is_(None)).limit(BATCH)
    change = rows.update().where(rows.c.id == sa.bindparam("row")).values({key: sa.bindparam("key")})
    while found := connection.execute(without_key).all():
        connection.execute(change, [{"row": each.id, "key": lookup_key(each[1])} for each in found])


def downgrade() -> None:
    with op.batch_alter_table("email_change") as batch_op:
        batch_op.drop_column("old_email_key")
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_index("ix_letter_to_key")
        batch_op.drop_column("to_key")
        batch_op.create_index("ix_letter_to_address", ["to_address"], unique=False)
