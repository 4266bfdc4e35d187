"""Alembic's environment: the app's own engine and models, on SQLite and PostgreSQL alike."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON

from portal.kit.db import UtcDateTime, db, writing


def render_type(kind: str, item: Any, draft: Any) -> str | bool:
    """Write our own column types as what they are in the database, so that a migration never imports the app."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        draft.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Run migrations in one transaction each; SQLite alters tables by copying them (batch)."""
    with writing(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_type,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit(f"{current_app.name}: migrations need a database to run against")
run()
