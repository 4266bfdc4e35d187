"""The guard of P09: what the register doesn't list for a role of staff never reaches the database, however it is written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from enum import Enum

import pytest
import structlog
from sqlalchemy import Table, column, delete, insert, inspect, literal, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached

from portal.kit import staff_writes
from portal.kit.actor import Role, System
from portal.kit.claims import register
from portal.kit.db import Base, db
from portal.kit.immutable import RowIsImmutable
from portal.kit.scopes import across
from portal.kit.staff_writes import ADDED, DELETED, StaffMayNotWrite, Write
from portal.kit.unit import acting_as, savepoint, unit_of_work

pytestmark = pytest.mark.both_databases

TABLES = [mapper.local_table for mapper in Base.registry.mappers]
COLUMNS = [each for table in TABLES for each in table.columns]
Way = Callable[[Table, str], None]
WAYS: dict[str, Way] = {
    "a bulk update": lambda table, name: _run(update(_model(table)).values({name: column(name)})),
    "by hand": lambda table, name: _connect(update(table).values({name: column(name)})),
    "by its parameters": lambda table, name: _connect(update(table).where(literal(False)), {name: None}),
    "where a row is there": lambda table, name: _connect(_upsert(table, name)),
    "within a question": lambda table, name: _connect(
        select(literal(1)).add_cte(update(table).values({name: column(name)}).cte("hidden"))
    ),
}


def _model(table: Table) -> type[Base]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)


def _run(statement) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _connect(statement, *values) -> None:
    db.session.connection().execute(statement, *values)


def _upsert(table: Table, name: str):
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    keys = [each.name for each in table.primary_key]
    return dialect.insert(table).values({}).on_conflict_do_update(index_elements=keys, set_={name: column(name)})


@pytest.fixture(autouse=True)
def quiet(monkeypatch) -> None:
    """Thousands of refusals are not worth a line each."""
    monkeypatch.setattr(staff_writes, "log", structlog.wrap_logger(None, processors=[_drop_event]))


def _drop_event(*_args: object) -> None:
    raise structlog.DropEvent


@pytest.fixture
def each_role(app) -> Iterator[Iterator[Role]]:
    """Act in each role of staff, one after the other; whatever gets through is taken back."""

    def roles() -> Iterator[Role]:
        for role in Role:
            with acting_as(System("a test", role)):
                yield role

    with app.app_context(), unit_of_work() as unit:
        unit.refused = True
        yield roles()


def listed(role: Role) -> set[Write]:
    """Return what the register lists for a role, read anew."""
    return {
        Write(table.name, what)
        for _claim, table in register().tables()
        for right in table.staff_rights
        if role in right.roles
        for what in (*right.changes, *[ADDED] * right.adds, *[DELETED] * right.deletes)
    }


def refused(write: Callable[[], None]) -> bool:
    """Tell whether a write is stopped; anything else that the database says of it counts as let through."""
    try:
        # The guard of scopes stands in the same place: here it lets through whatever this one does.
        with across("the test writes everywhere"), savepoint():
            write()
    except (StaffMayNotWrite, RowIsImmutable):
        return True
    except Exception:
        return False
    return False


@pytest.mark.parametrize("way", WAYS)
def test_each_column_that_is_not_listed_is_refused_in_every_way(each_role, way):
    let_through = []
    for role in each_role:
        allowed = listed(role)
        for stored in COLUMNS:
            may = Write(stored.table.name, stored.name) in allowed
            if way == "where a row is there":
                may = may and Write(stored.table.name, ADDED) in allowed
            if not may and not refused(lambda c=stored: WAYS[way](c.table, c.name)):
                let_through.append(f"{role}: {stored}")
    assert let_through == []


def test_rows_come_and_go_only_where_that_is_listed(each_role):
    let_through = []
    for role in each_role:
        allowed = listed(role)
        for table in TABLES:
            nothing, names = select(*table.columns).where(literal(False)), [each.name for each in table.columns]
            copied = insert(table).from_select(names, nothing)
            added = [lambda copied=copied: _connect(copied), lambda t=table: _add(_model(t))]
            gone = [
                lambda t=table: _run(delete(_model(t))),
                lambda t=table: _connect(delete(t)),
                lambda t=table: _drop(_model(t)),
            ]
            for what, ways in ((ADDED, added), (DELETED, gone)):
                if Write(table.name, what) not in allowed and not all(map(refused, ways)):
                    let_through.append(f"{role}: {table.name}.{what}")
    assert let_through == []


def test_each_attribute_that_is_not_listed_is_refused_at_the_flush(each_role):
    let_through = []
    for role in each_role:
        allowed = listed(role)
        for stored in COLUMNS:
            if stored.primary_key or Write(stored.table.name, stored.name) in allowed:
                continue
            with db.session.no_autoflush:
                let_through += [] if refused(lambda c=stored: _set(_model(c.table), c.name)) else [f"{role}: {stored}"]
    assert let_through == []


def _add(model: type[Base]) -> None:
    db.session.add(model())
    db.session.flush()


def _drop(model: type[Base]) -> None:
    db.session.delete(_there(model))
    db.session.flush()


def _set(model: type[Base], name: str) -> None:
    setattr(_there(model), name, null())
    db.session.flush()


def _there(model: type[Base]) -> Base:
    """Return a row as if it had been read; what is written of it is looked at before anybody finds it missing."""
    some = {uuid.UUID: uuid.uuid4(), str: "x", int: 1}
    kinds = {each.key: each.type.python_type for each in inspect(model).primary_key}
    row = model(**{name: next(iter(kind)) if issubclass(kind, Enum) else some[kind] for name, kind in kinds.items()})
    make_transient_to_detached(row)
    db.session.add(row)
    return row
