"""What a claim may look at: addresses by their lookup key alone, and every row by an index."""

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import Column, ColumnElement, String, literal, select
from sqlalchemy import Table as StoredTable
from sqlalchemy.sql import visitors

from portal.kit.claims import Holding, Party, Subject, of_subjects, register
from portal.kit.db import Base, db
from portal.mail.models import Email
from portal.support.models import Message
from tests.rules.source import imports, modules

pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True), pytest.mark.usefixtures("in_app")]
ADA = Subject.of(uuid.UUID(int=1), emails=["ada@example.com"])


@pytest.fixture
def in_app(app):
    """A claim may ask for the portal's keys, so each test runs inside of the app."""
    with app.app_context():
        yield


def claimed() -> list[Holding]:
    """Return every table whose rows can be about somebody, once for each party."""
    found = list(register().holdings())
    assert len(found) > 10
    return found


def key_of(address: Column[object]) -> Column[object] | None:
    """Return the column that holds the lookup key of an address, or None."""
    return address.table.columns.get(f"{address.name.removesuffix('_address')}_key")


def is_address(column: Column[object]) -> bool:
    """Tell whether a column holds an address as it was typed."""
    return isinstance(column.type, String) and (column.name.endswith(("email", "_address")) or column.name == "address")


def addresses() -> list[Column[object]]:
    """Return every column that holds an address as it was typed."""
    found = [column for table in Base.metadata.sorted_tables for column in table.columns if is_address(column)]
    assert len(found) > 4
    return found


def looked_at(clause: ColumnElement[bool]) -> set[str]:
    """Return every column that a clause names, in its subqueries too."""
    return {str(each) for each in visitors.iterate(clause) if isinstance(each, Column)}


def compares_addresses(holding: Holding) -> list[str]:
    """Name the addresses that a party's rows are found by, in the spelling in which they were typed."""
    return sorted(looked_at(holding.clause(ADA)) & {str(column) for column in addresses()})


def test_every_address_has_its_lookup_key_beside_it():
    assert [str(column) for column in addresses() if key_of(column) is None] == []


def test_no_claim_compares_an_address_as_it_was_typed():
    assert {each.name: faults for each in claimed() if (faults := compares_addresses(each))} == {}


@pytest.mark.parametrize(
    "whose",
    [
        of_subjects(email=Email.to_address, since=Email.created_at),
        lambda _subjects: Message.id.in_(select(Email.id).where(Email.to_address == "x")),
    ],
)
def test_a_claim_that_compares_a_typed_address_is_named(whose):
    (emails,) = [each for each in claimed() if each.name == "email"]
    assert compares_addresses(emails) == []
    assert compares_addresses(replace(emails, party=Party(whose))) == ["email.to_address"]


def scanned(table: StoredTable, clause: ColumnElement[bool]) -> list[str]:
    """Return the steps in which SQLite would read a whole table to find a subject's rows."""
    query = select(literal(1)).select_from(table).where(clause)
    words = query.compile(db.engine, compile_kwargs={"render_postcompile": True})
    values = tuple(words.params[name] for name in words.positiontup or ())
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", tuple(map(_bound, values)))
        return [step.detail for step in plan if step.detail.startswith("SCAN")]


def _bound(value: object) -> object:
    return value.hex if isinstance(value, uuid.UUID) else value


def test_the_rows_of_a_subject_are_found_by_an_index():
    slow = {each.name: steps for each in claimed() if (steps := scanned(each.table.model.__table__, each.clause(ADA)))}
    assert slow == {}
    assert scanned(Email.__table__, Email.to_address == "x"), "a lookup without an index is seen"


def test_one_module_writes_the_lookup_keys_of_addresses():
    found = {str(module.path) for module in modules() for _node, name in imports(module) if name.split(".")[0] == "idna"}
    assert found == {"portal/kit/email_address.py"}
