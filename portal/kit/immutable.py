"""Rows that are written once: a log that others shall trust is never corrected, only swept when its time is up."""

from typing import Any, TypeVar

from sqlalchemy import DDL, event, inspect
from sqlalchemy.orm import ORMExecuteState

from portal.kit.db import Base, db

Model = TypeVar("Model", bound=type[Base])
SWEEP = "retention_sweep"
"""The execution option of the one statement that may delete such rows: the register's."""
MARK = "__immutable__"
"""Under this name a model says of itself that its rows are immutable."""

# A later migration that copies one of these tables on SQLite (batch) makes its trigger anew; a test of the newest schema
# tries both triggers.
ON_SQLITE = """\
CREATE TRIGGER %(table)s_immutable BEFORE UPDATE ON %(table)s
BEGIN SELECT RAISE(ABORT, 'rows of %(table)s are never changed'); END"""
FUNCTION = """\
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of %% are never changed', TG_TABLE_NAME; END $$"""
ON_POSTGRESQL = """\
CREATE TRIGGER %(table)s_immutable BEFORE UPDATE ON %(table)s FOR EACH ROW EXECUTE FUNCTION refuse_change()"""


class RowIsImmutable(Exception):
    """Somebody wants to change a row that is written once, or to delete it before its time."""


def immutable(model: Model) -> Model:
    """Make a table's rows immutable: the session refuses to change or delete one, the database to change one."""
    setattr(model, MARK, True)
    event.listen(model, "before_update", _refuse_change)
    event.listen(model, "before_delete", _refuse_deletion)
    table = inspect(model).local_table
    for text, dialect in ((ON_SQLITE, "sqlite"), (FUNCTION, "postgresql"), (ON_POSTGRESQL, "postgresql")):
        ddl = DDL(text)  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
        event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    return model


def _refuse_change(_mapper: Any, _connection: Any, row: object) -> None:
    if db.session.is_modified(row):
        raise RowIsImmutable(type(row).__name__)


def _refuse_deletion(_mapper: Any, _connection: Any, row: object) -> None:
    raise RowIsImmutable(type(row).__name__)


@event.listens_for(db.session, "do_orm_execute")
def _refuse_statement(statement: ORMExecuteState) -> None:
    if not (statement.is_update or statement.is_delete) or statement.bind_mapper is None:
        return
    may_delete = statement.is_delete and statement.execution_options.get(SWEEP)
    if getattr(statement.bind_mapper.class_, MARK, False) and not may_delete:
        raise RowIsImmutable(statement.bind_mapper.class_.__name__)
