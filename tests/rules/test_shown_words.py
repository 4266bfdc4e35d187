"""What a person reads of their own data are words: each value of a column that holds one of a few has its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Enum, inspect

from portal.kit.claims import Holding, register, shown
from portal.kit.claims.dataset import Field
from portal.support.models import Ticket, TicketState

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def told(app) -> Iterable[Holding]:
    """Each line of the register that its subject is told of."""
    with app.app_context():
        yield [each for each in register().holdings() if each.is_disclosed]


def wordless(lines: Iterable[Holding]) -> list[str]:
    """Name the values that would be shown as the program spells them."""
    return [
        f"{line.name}.{name}: {value}"
        for line in lines
        for name, column in line.columns.items()
        if column.label and not column.withheld and isinstance(kind := _type_of(line, name), Enum)
        for value in kind.enums
        if value not in column.words
    ]


def _type_of(line: Holding, name: str) -> object:
    return inspect(line.table.model).local_table.columns[name].type


def test_each_value_of_few_has_words(told):
    assert wordless(told) == []


def test_a_value_without_words_is_named(told):
    (line,) = [each for each in told if each.name == "ticket"]
    columns = {**line.table.columns, "state": replace(line.table.columns["state"], words={TicketState.OPEN: "Open"})}
    planted = replace(line, table=replace(line.table, columns=columns))
    assert wordless([planted]) == ["ticket.state: waiting", "ticket.state: closed"]
    assert planted.table.model is Ticket


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        ("", "–"),
        ({}, "–"),
        ([], "–"),
        (0, "0"),
        (True, "Yes"),
        (False, "No"),
        ("open", "Waiting for our reply"),
        (TicketState.OPEN, "Waiting for our reply"),
        ("strange", "strange"),
        (["open"], "open"),
        ({"count": 3, "of": [True, None]}, "count: 3 · of: Yes · –"),
        (b"\x01\xff", "01ff"),
        (date(2026, 11, 30), "30 November 2026"),
        (datetime(2026, 11, 30, 8, 5, tzinfo=UTC), "30 Nov 2026, 08:05 UTC"),
    ],
)
def test_a_value_is_shown_as_people_write_it(app, value, said):
    field = Field("state", "State", False, "string", None, words={TicketState.OPEN: "Waiting for our reply"})
    with app.test_request_context():
        assert shown(value, field, zone="UTC").replace("\u202f", " ").replace("\xa0", " ") == said
