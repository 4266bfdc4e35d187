"""Freeze the receipts of deletions as documents, in canonical JSON (RFC 8785); those of old deletions as they read today.

The words below are those of the register on the day of this step. The way back keeps what was counted.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BACKUPS = timedelta(days=60)
PROVES = "It proves what our staff did. It holds random IDs and facts, and no name or email address."
PROOF = "The proof of the deletion: a number, dates and counts. It names nobody."
WORDS = {
    "audit_entry": "Audit trail",
    "consent_decision": "Your choices about how we may use your data",
    "email": "Emails to you",
    "email_change": "Changes of your email address",
    "export": "Downloads of your data",
    "deletion": "Deletions of your account",
    "job": "Background tasks",
    "letter": "Emails to you",
    "newsletter_subscriber": "Your subscription to the newsletter",
    "newsletter_suppression": "Newsletter opt-out",
    "person": "Your User Account",
    "sign_in_event": "Sign-in history, including failed attempts",
    "sign_in_session": "Your sessions",
    "sign_up": "Sign-ups waiting for confirmation",
    "staff_read": "Every time our staff opened something of yours",
    "staff_read_subject": "Whose data our staff opened",
    "staff_role": "Your role on our team",
    "ticket": "Support tickets",
    "ticket_attachment": "Files you attached to a ticket",
    "ticket_message": "Messages in your tickets",
    "ticket_removed_file": "Deleted-file records",
    "totp_factor": "Your two-step verification",
    "visit": "Visits",
}
"""Table -> what its rows are."""
STAYS = {
    "audit_entry": (
        "It proves that the deletion was done. It holds random IDs and facts, and no name or email address.",
        "2 years",
    ),
    "newsletter_suppression": (
        "It keeps the newsletter from being sent to you, and your email address can’t be read from it.",
        "As long as there is a newsletter, or until you subscribe again",
    ),
    "staff_read": (PROVES, "2 years"),
    "staff_read_subject": (PROVES, "As long as the entry it belongs to"),
}
"""Table -> why its rows stay, and for how long."""

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DELETIONS = sa.table(
    "deletion",
    sa.column("id", sa.Uuid()),
    sa.column("number"),
    sa.column("state"),
    sa.column("requested_at", sa.DateTime(timezone=True)),
    sa.column("ended_at", sa.DateTime(timezone=True)),
    sa.column("gone", JSON),
    sa.column("stays", JSON),
    sa.column("receipt", sa.LargeBinary()),
)


def upgrade() -> None:
    with op.batch_alter_table("deletion") as batch_op:
        batch_op.add_column(sa.Column("receipt", sa.LargeBinary(), nullable=True))
    connection = op.get_bind()
    has_traces = connection.dialect.name == "postgresql"
    for row in connection.execute(sa.select(DELETIONS).where(DELETIONS.c.state == "done")).mappings().all():
        values = {"receipt": rfc8785.dumps(_document(row, has_traces)), "gone": {}}
        connection.execute(DELETIONS.update().where(DELETIONS.c.id == row["id"]).values(values))
    with op.batch_alter_table("deletion") as batch_op:
        batch_op.drop_column("stays")


def _document(row: Any, has_traces: bool) -> dict[str, Any]:
    verified_at = _utc(row["ended_at"] or row["requested_at"])
    return {
        "type": "deletion_receipt",
        "version": 1,
        "number": row["number"],
        "language": "en",
        "requested_at": _utc(row["requested_at"]).isoformat(),
        "verified_at": verified_at.isoformat(),
        "backups_gone_at": (verified_at + BACKUPS).isoformat(),
        "deleted": [_line(table, rows) for table, rows in sorted(row["gone"].items())],
        "blanked": [],
        "retained": [
            _line(table, rows) | dict(zip(("why", "kept"), STAYS.get(table, ("", "")), strict=True))
            for table, rows in sorted(row["stays"].items())
        ],
        "stays_besides": [PROOF],
        "leaves_traces": has_traces,
    }


def _line(table: str, rows: int) -> dict[str, Any]:
    return {"line": table, "what": WORDS.get(table, table), "rows": rows}


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def downgrade() -> None:
    with op.batch_alter_table("deletion") as batch_op:
        batch_op.add_column(sa.Column("stays", JSON, nullable=False, server_default="{}"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(DELETIONS).where(DELETIONS.c.receipt.is_not(None))).mappings().all():
        said = json.loads(row["receipt"])
        values = {"gone": _counts(said["deleted"] + said["blanked"]), "stays": _counts(said["retained"])}
        connection.execute(DELETIONS.update().where(DELETIONS.c.id == row["id"]).values(values))
    with op.batch_alter_table("deletion") as batch_op:
        batch_op.alter_column("stays", server_default=None)
        batch_op.drop_column("receipt")


def _counts(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {line["line"]: line["rows"] for line in lines}
