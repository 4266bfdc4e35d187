"""The entries of one line of the register about somebody, newest first: the first few for a page, or all of them by key."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, inspect, select

from portal.kit import paging
from portal.kit.claims.counting import MOST_PARENTS
from portal.kit.claims.dataset import Field, fields_of
from portal.kit.claims.holdings import Holding
from portal.kit.claims.retention import RetainFor
from portal.kit.claims.subjects import AnyOne, Subject
from portal.kit.claims.vocabulary import Table
from portal.kit.db import UtcDateTime
from portal.kit.unit import rows


@dataclass(frozen=True)
class Entries:
    """Some entries as they are stored, in the order of their fields, and the word that asks for what comes after them."""

    fields: Sequence[Field]
    rows: Sequence[Sequence[Any]]
    keys: Sequence[uuid.UUID | None]
    """By which each entry is found again; None where that takes more than a random id."""
    after: str | None = None


def newest(holding: Holding, subject: Subject, *, most: int) -> Entries:
    """Return at most `most` entries and one more, which says that there are more.

    Those that are found through others are looked for through the newest of these: a page costs no more for whoever has
    very many.
    """
    anyone = AnyOne(former_emails=len(subject.former_emails), most_parents=MOST_PARENTS + 1)
    fields, query = _query(holding, anyone)
    found = rows(query.limit(most + 1), anyone.values(subject))
    return Entries(fields, [row[: len(fields)] for row in found], _keys(holding, found))


def page(holding: Holding, subject: Subject, *, after: str | None, size: int) -> Entries:
    """Return a page of all entries. Raises NotFound for a word that no page of ours has given out."""
    anyone = AnyOne(former_emails=len(subject.former_emails))
    fields, query = _query(holding, anyone)
    at, key = order_of(holding.table)
    if after is not None:
        query = query.where(paging.beyond(at, key, after))
    found = rows(query.limit(size + 1), anyone.values(subject))
    shown = [row[: len(fields)] for row in found[:size]]
    beyond = paging.word_of(found[size - 1][len(fields) :]) if len(found) > size else None
    return Entries(fields, shown, _keys(holding, found[:size]), beyond)


def _keys(holding: Holding, found: Sequence[Sequence[Any]]) -> list[uuid.UUID | None]:
    # Rows are asked for with what orders them, at last the key.
    return [None if holding.record_key is None else row[-1] for row in found]


def one(holding: Holding, subject: Subject, record_id: uuid.UUID) -> Entries:
    """Return one entry, or none where it is not about the subject."""
    anyone = AnyOne(former_emails=len(subject.former_emails))
    fields, query = _query(holding, anyone)
    found = rows(query.where(holding.record_key == record_id), anyone.values(subject))
    return Entries(fields, [row[: len(fields)] for row in found], _keys(holding, found))


def order_of(table: Table) -> tuple[Any, Any]:
    """Return the columns by which entries are ordered: an instant that each has (None where none has), and the key."""
    model, stored = table.model, inspect(table.model).local_table.columns
    since = [rule.since for rule in table.rules if isinstance(rule, RetainFor)]
    dated = [name for name in (*since, *table.columns) if isinstance(stored[name].type, UtcDateTime)]
    steady = [getattr(model, name) for name in dated if not stored[name].nullable]
    return (steady or [None])[0], getattr(model, inspect(model).primary_key[0].key)


def _query(holding: Holding, anyone: AnyOne) -> tuple[list[Field], Select[*tuple[Any, ...]]]:
    fields, stored = fields_of(holding), inspect(holding.table.model).local_table.columns
    at, key = order_of(holding.table)
    order = [each for each in (at, key) if each is not None]
    columns = [*(stored[each.name] for each in fields), *(each.label(f"by_{each.key}") for each in order)]
    query = select(*columns).where(holding.clause(anyone)).order_by(*(each.desc() for each in order))
    return fields, query
