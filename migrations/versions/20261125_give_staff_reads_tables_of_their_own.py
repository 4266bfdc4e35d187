"""Give staff reads tables of their own, whose rows are never changed; what the audit trail held of them moves over.

The way back keeps who read whose ticket, when and in which role. Which of a ticket's files it was does not come back:
the new rows name the table and the ticket.
"""

import secrets
import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH = 500
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = {"support.ticket_read": "ticket", "support.file_read": "ticket_attachment"}
"""Audit event -> the table that was read."""

audit = sa.table(
    "audit_entry",
    sa.column("id", sa.Uuid()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("event", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("by_id", sa.Uuid()),
    sa.column("facts", JSON),
)
read = sa.table(
    "staff_read",
    sa.column("id", sa.Uuid()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("staff_id", sa.Uuid()),
    sa.column("role", sa.String()),
    sa.column("organisation_id", sa.Uuid()),
    sa.column("basis", sa.String()),
    sa.column("basis_id", sa.Uuid()),
    sa.column("claim", sa.String()),
    sa.column("table_name", sa.String()),
    sa.column("how_many", sa.Integer()),
    sa.column("salt", sa.LargeBinary()),
)
subject = sa.table("staff_read_subject", sa.column("read_id", sa.Uuid()), sa.column("subject_id", sa.Uuid()))


def upgrade() -> None:
    op.create_table(
        "staff_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("basis_id", sa.Uuid(), nullable=False),
        sa.Column("claim", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("how_many", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_read")),
    )
    op.create_index(op.f("ix_staff_read_at"), "staff_read", ["at"], unique=False)
    op.create_table(
        "staff_read_subject",
        sa.Column("read_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["read_id"], ["staff_read.id"], name=op.f("fk_staff_read_subject_read_id_staff_read"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("read_id", "subject_id", name=op.f("pk_staff_read_subject")),
    )
    op.create_index(op.f("ix_staff_read_subject_subject_id"), "staff_read_subject", ["subject_id"], unique=False)
    _move_out_of_the_trail(op.get_bind())
    _refuse_changes()


def _move_out_of_the_trail(connection: sa.Connection) -> None:
    theirs = sa.select(audit).where(audit.c.event.in_(TABLES), audit.c.by_id.is_not(None)).limit(BATCH)
    while entries := connection.execute(theirs).all():
        reads, subjects = [], []
        for entry in entries:
            reads.append(
                {
                    "id": entry.id,
                    "at": entry.at,
                    "staff_id": entry.by_id,
                    "role": entry.facts["role"],
                    "organisation_id": None,
                    "basis": "ticket",
                    "basis_id": uuid.UUID(entry.facts["ticket"]),
                    "claim": "support",
                    "table_name": TABLES[entry.event],
                    "how_many": 1,
                    "salt": secrets.token_bytes(16),
                }
            )
            if entry.subject_id:
                subjects.append({"read_id": entry.id, "subject_id": entry.subject_id})
        connection.execute(sa.insert(read), reads)
        if subjects:
            connection.execute(sa.insert(subject), subjects)
        connection.execute(sa.delete(audit).where(audit.c.id.in_([entry.id for entry in entries])))


def _refuse_changes() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
        )
    for table in ("staff_read", "staff_read_subject"):
        op.execute(
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            if is_postgresql
            else f"CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )


def downgrade() -> None:
    _move_back_into_the_trail(op.get_bind())
    op.drop_table("staff_read_subject")
    op.drop_table("staff_read")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _move_back_into_the_trail(connection: sa.Connection) -> None:
    reads = sa.select(read, subject.c.subject_id).outerjoin_from(read, subject, subject.c.read_id == read.c.id)
    event_of = {table: event for event, table in TABLES.items()}
    for batch in connection.execute(reads).partitions(BATCH):
        entries = [
            {
                # A read of several people was one row of each in the trail.
                "id": uuid.uuid4(),
                "at": row.at,
                "event": event_of.get(row.table_name, "support.ticket_read"),
                "subject_id": row.subject_id,
                "by_id": row.staff_id,
                "facts": {"role": row.role, "ticket": str(row.basis_id)},
            }
            for row in batch
        ]
        connection.execute(sa.insert(audit), entries)
