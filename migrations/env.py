"""Alembic's environment: the app's own engine and models, on SQLite and PostgreSQL alike."""

from alembic import context
from flask import current_app

from portal.kit.db import db, writing


def run() -> None:
    """Run migrations in one transaction each; SQLite alters tables by copying them (batch)."""
    with writing(), db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit(f"{current_app.name}: migrations need a database to run against")
run()
