"""Migrations: the newest schema is what the models say, and every step can be walked up, with data, and down again."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Enum, MetaData, TypeDecorator, func, inspect, select, table
from sqlalchemy.exc import IntegrityError

from portal.kit import keys
from portal.kit.db import Base, db
from portal.privacy.models import SEALED_FACTS
from tests.rules.conftest import MIGRATIONS

pytestmark = pytest.mark.both_databases


def script() -> ScriptDirectory:
    """Return the migrations as Alembic reads them."""
    return ScriptDirectory(str(MIGRATIONS))


def steps() -> list[str]:
    """Return every revision, from the first to the newest. Fails when there is none."""
    found = [revision.revision for revision in script().walk_revisions()][::-1]
    assert found, "no migration: the rule would look at nothing"
    return found


def current() -> str | None:
    """Return the revision that the database stands at."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def test_there_is_one_newest_revision():
    assert len(script().get_heads()) == 1


def test_a_migration_is_named_by_its_day_and_what_it_does():
    named = [path.stem for path in (MIGRATIONS / "versions").glob("*.py")]
    assert named
    assert [name for name in named if not name[:8].isdigit() or len(name.split("_")) < 3] == []


def test_the_newest_schema_is_what_the_models_say(up):
    up("heads")
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_step_goes_up_and_down_again(up, down):
    every = steps()
    for revision in every:
        up(revision)
        assert current() == revision
    for revision in reversed(["base", *every[:-1]]):
        down(revision)
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    up("heads")
    assert current() == every[-1]


MAY_GO = {"0027": "export", "0032": "export"}
"""From the step on whose rows go on the way up again: copies of before it nobody could open."""


def test_rows_outlive_each_step_down_and_up(up, down):
    """From the newest down, one step and back: a row that stood before stands after, in every table that is left."""
    up("heads")
    fill()
    before = counts()
    assert any(before.values())
    may_go: set[str] = set()
    for lower in reversed(steps()[:-1]):
        down(lower)
        kept = counts()
        up("heads")
        may_go |= {MAY_GO.get(lower, "")}
        lost = {name for name, count in counts().items() if name in kept and count < before[name]}
        assert lost <= may_go, lower


def test_what_was_sealed_opens_after_the_step_that_names_keys_and_is_as_before_after_the_step_back(up, down):
    rows, of, plain = Base.metadata.tables["deletion"].to_metadata(MetaData()), uuid.uuid4(), b"{\0\xff}"
    rows.append_column(Column("stays", JSON, nullable=False))
    before = keys.seal("deletion", plain, context=of.bytes)
    others = {column.name: sample(column) for column in rows.columns if not column.nullable}

    def stored() -> bytes | None:
        with db.engine.connect() as connection:
            return connection.scalar(select(rows.c.sealed).where(rows.c.id == of))

    up("0002")
    with db.engine.begin() as connection:
        connection.execute(rows.insert().values({**others, "id": of, "sealed": before}))
        connection.execute(rows.insert().values({**others, "id": uuid.uuid4(), "number": "y"}))
    up("0003")
    assert SEALED_FACTS.open(stored() or b"", of=of) == plain
    down("0002")
    assert stored() == before


def test_the_newest_schema_refuses_an_open_request_that_nobody_has_proven(up):
    up("heads")
    table = Base.metadata.tables["request"]
    row = {column.name: sample(column) for column in table.columns if not column.nullable}
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(table.insert().values({**row, "state": "open"}))


def fill() -> None:
    """Put a row into every table that needs no other."""
    with db.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if not table.foreign_keys:
                row = {column.name: sample(column) for column in table.columns if not column.nullable}
                connection.execute(table.insert().values(row))


def sample(column: Column[Any]) -> object:
    """Return a value that a column takes."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Enum):
        return kind.enums[0]
    return SAMPLES.get(kind.python_type, "x")


SAMPLES: dict[type, object] = {
    uuid.UUID: uuid.UUID(int=1),
    datetime: datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    date: date(2026, 11, 23),
    dict: {},
    bytes: b"x",
    bool: False,
    int: 1,
    float: 1.0,
}


def counts() -> dict[str, int]:
    """Count the rows of every table."""
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
