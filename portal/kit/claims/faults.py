"""What is wrong with a register: columns that nobody classified, and claims that contradict themselves (P02)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import MetaData, String, inspect

from portal.kit.claims.holdings import name_of
from portal.kit.claims.parties import BlankColumns, ExemptFromErasure, ExemptWhile, Party
from portal.kit.claims.retention import DatedRule, RetainWith
from portal.kit.claims.vocabulary import DataClaim, Table
from portal.kit.claims.writing_faults import find_writing_faults
from portal.kit.immutable import MARK


def find_faults(claims: Sequence[DataClaim], metadata: MetaData) -> list[str]:
    """Name every column that no claim classifies, every one named twice or too much, and every contradiction."""
    named: dict[str, Table] = {}
    faults = []
    for claim in claims:
        for table in claim.tables:
            if table.name in named:
                faults.append(f"{table.name}: claimed twice, again by {claim.area}")
            named[table.name] = table
    for name, stored in metadata.tables.items():
        have = set(named[name].columns) if name in named else set()
        real = {column.name for column in stored.columns}
        faults += [f"{name}.{column}: not classified" for column in sorted(real - have)]
        faults += [f"{name}.{column}: claimed but not stored" for column in sorted(have - real)]
    faults += [f"{name}: claimed but not stored" for name in named if name not in metadata.tables]
    faults += [f"{claim.area}: no table, and no word why" for claim in claims if not (claim.tables or claim.why_nothing)]
    faults += [f"{claim.area}: tables without a title" for claim in claims if claim.tables and not claim.title]
    for claim in claims:
        for table in claim.tables:
            faults += _faults_of_table(table)
            for party in table.parties:
                faults += [f"{name_of(table.name, party.name)}: {fault}" for fault in _faults_of_party(party, table)]
    return faults + _faults_of_ways(claims) + find_writing_faults(table for claim in claims for table in claim.tables)


def _faults_of_ways(claims: Sequence[DataClaim]) -> list[str]:
    """Name the lines that are found through one that does not exist, or that its party is not told of."""
    parties = {
        name_of(table.name, party.name): party for claim in claims for table in claim.tables for party in table.parties
    }
    told = {name for name, party in parties.items() if not party.undisclosed}
    return [
        f"{name}: found through {party.through}, of which nobody is told"
        for name, party in parties.items()
        if party.through and party.through not in told
    ]


def _faults_of_table(table: Table) -> list[str]:
    faults = []
    if not table.parties and any(column.personal for column in table.columns.values()):
        faults.append(f"{table.name}: personal, but nobody's")
    names = [party.name for party in table.parties]
    faults += [f"{table.name}: two parties named {name!r}" for name in sorted({*names}) if names.count(name) > 1]
    for name, column in table.columns.items():
        if column.personal and not column.label:
            faults.append(f"{table.name}.{name}: personal, but without a name that a person understands")
        if column.correctable and not _is_text(table, name):
            faults.append(f"{table.name}.{name}: correctable, but no text of a bounded length")
        if column.correctable and getattr(table.model, MARK, False):
            faults.append(f"{table.name}.{name}: correctable, but its rows are never changed")
    if not str(table.fixed).strip():
        faults.append(f"{table.name}: no word why the rest isn’t corrected")
    for rule in table.rules:
        if isinstance(rule, RetainWith) and not _hangs_on(table.model, rule.model):
            faults.append(f"{table.name}: kept with {rule.model.__tablename__}, but by no cascading key")
    return faults


def _is_text(table: Table, name: str) -> bool:
    stored = inspect(table.model).local_table.columns.get(name)
    return stored is not None and isinstance(stored.type, String) and stored.type.length is not None


def _faults_of_party(party: Party, table: Table) -> list[str]:
    faults = []
    if party.shows is not None:
        faults += [f"shows {name}, which is not stored" for name in sorted(set(party.shows) - set(table.columns))]
        if not party.withheld:
            faults.append("some columns are left out without a word why")
    if party.name and not party.what:
        faults.append("without a name that a person understands")
    if isinstance(party.on_erasure, BlankColumns):
        faults += _faults_of_blanks(table, party.on_erasure)
    return faults + _faults_of_dates(table, party.on_erasure)


def _faults_of_blanks(table: Table, action: BlankColumns) -> list[str]:
    if not action.columns:
        return ["an erasure blanks nothing"]
    if getattr(table.model, MARK, False):
        return ["an erasure blanks columns of rows that are never changed"]
    stored = inspect(table.model).local_table.columns
    faults = [f"an erasure blanks {name}, which is not stored" for name in action.columns if name not in stored]
    return faults + [
        f"an erasure empties {name}, which must hold something"
        for name, value in action.columns.items()
        if name in stored and value is None and not stored[name].nullable
    ]


def _faults_of_dates(table: Table, action: object) -> list[str]:
    has_end = any(isinstance(rule, DatedRule | RetainWith) for rule in table.rules)
    if isinstance(action, ExemptFromErasure) and not has_end:
        return ["exempt from erasure until a date that no rule sets"]
    if isinstance(action, ExemptWhile) and action.where and not has_end:
        return ["exempt while a reason stands, and nothing ends it afterwards"]
    if isinstance(action, ExemptWhile) and not action.where and has_end:
        return ["exempt without a date, but a rule sets one"]
    return []


def _hangs_on(model: Any, other: Any) -> bool:
    keys = inspect(model).local_table.foreign_keys
    return any(key.column.table is inspect(other).local_table and key.ondelete == "CASCADE" for key in keys)
