"""Let people with an address at an Owner's domain ask to join."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_domains()
    _add_requests()


def _add_domains() -> None:
    op.create_table(
        "join_domain",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=254), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_join_domain_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["person.id"], name=op.f("fk_join_domain_opened_by_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_domain")),
        sa.UniqueConstraint("organisation_id", "domain", name=op.f("uq_join_domain_organisation_id")),
    )
    for column in ("domain", "opened_by"):
        op.create_index(f"ix_join_domain_{column}", "join_domain", [column])


def _add_requests() -> None:
    op.create_table(
        "join_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_join_request_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_join_request_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
        sa.UniqueConstraint("organisation_id", "person_id", name=op.f("uq_join_request_organisation_id")),
    )
    op.create_index("ix_join_request_organisation", "join_request", ["organisation_id", "requested_at", "id"])
    for column in ("person_id", "requested_at"):
        op.create_index(f"ix_join_request_{column}", "join_request", [column])


def downgrade() -> None:
    for table in ("join_request", "join_domain"):
        op.drop_table(table)
