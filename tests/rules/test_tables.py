"""Names and types of columns tell what they hold, on both databases; every table belongs to exactly one claim."""

import re
import tomllib
import uuid

from sqlalchemy import Date, DateTime, Float, LargeBinary, Numeric, Table

from portal.app import AREAS
from portal.kit.db import Base, UtcDateTime
from tests.rules.source import ROOT

# Tables without a random id of their own, each with its reason.
OTHER_KEYS: dict[str, str] = {}


BYTES = {
    "visit.sealed_address": "sealed under the key of its day, which is destroyed after two weeks",
    "deletion.receipt": "a document about nobody, for whoever holds its link",
    "deletion.signature": "signs that document, for anybody to check",
    "deletion.complement": "the second document about nobody",
    "deletion.complement_signature": "signs that document, for anybody to check",
    "signing_key.public": "the public half of a key, published",
    "form_use.answer": "sealed under a key that the form's page alone can make; gone after an hour",
    "staff_read.salt": "random bytes, sealed by nothing",
}


def tables() -> list[Table]:
    """Return every table of the portal."""
    found = list(Base.metadata.sorted_tables)
    assert len(found) > 4
    return found


def test_every_table_is_classified_by_exactly_one_claim():
    claimed = [table.name for area in AREAS for table in area.claim.tables]
    assert sorted(claimed) == sorted(table.name for table in tables())


def test_every_column_is_classified_by_its_claim():
    named = {table.name: set(table.columns) for area in AREAS for table in area.claim.tables}
    assert {table.name: set(table.columns.keys()) ^ named[table.name] for table in tables()} == {
        table.name: set() for table in tables()
    }


def test_an_instant_ends_in_at_and_a_date_in_on():
    misnamed = [
        f"{column}: {column.type!r}"
        for table in tables()
        for column in table.columns
        if isinstance(column.type, UtcDateTime | DateTime | Date)
        if not column.name.endswith("_on" if isinstance(column.type, Date) else ("_at", "at", "until"))
    ]
    assert misnamed == []


def test_every_instant_knows_its_zone():
    naive = [str(column) for table in tables() for column in table.columns if type(column.type) is DateTime]
    assert naive == []


def test_nothing_is_stored_as_a_broken_number():
    fractions = (Float, Numeric)
    assert [str(column) for table in tables() for column in table.columns if type(column.type) in fractions] == []


def test_every_text_has_a_bound():
    """PostgreSQL would take a gigabyte; a column without a length says why in its own module, as `Text`."""
    unbounded = [
        str(column)
        for table in tables()
        for column in table.columns
        if column.type.__class__.__name__ in {"String", "Unicode"} and column.type.length is None
    ]
    assert unbounded == []


def test_whatever_is_sealed_can_be_sealed_anew_when_the_key_changes():
    """A column of bytes is of the type that re-sealing finds (`kit.sealed`), or says here whose key it needs instead."""
    plain = {str(column) for table in tables() for column in table.columns if type(column.type) is LargeBinary}
    assert plain == set(BYTES)


def test_ids_are_random_and_never_counted():
    counted = [
        str(column)
        for table in tables()
        for column in table.primary_key.columns
        if column.type.python_type is int or column.autoincrement is True
    ]
    assert counted == []
    with_id = [table for table in tables() if "id" in table.columns]
    assert with_id
    assert [table.name for table in with_id if table.columns["id"].type.python_type is not uuid.UUID] == list(OTHER_KEYS)


def heights() -> dict[str, int]:
    """Return how high each area stands, read from the contract of the layers; siblings stand on one height."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return {name.strip(" ()"): -floor for floor, layer in enumerate(layers) for name in re.split(r"[|:]", layer)}


def test_a_foreign_key_never_points_upwards():
    """Lower areas keep `subject_id` without a foreign key, so that the area above can be built, moved or removed."""
    home = {mapper.local_table: mapper.class_.__module__.split(".")[1] for mapper in Base.registry.mappers}
    height = heights()
    astray = [
        f"{key.parent} -> {key.target_fullname}"
        for table in tables()
        for key in table.foreign_keys
        if height[home[key.column.table]] > height[home[table]]
        or (height[home[key.column.table]] == height[home[table]] and home[key.column.table] != home[table])
    ]
    assert astray == []
