"""What a person reads of their own data are words: each value of a column that holds one of a few has its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import JSON, Enum, String, inspect

from portal.kit.claims import Holding, register, shown
from portal.kit.claims.dataset import Field
from portal.support.models import Ticket, TicketState

WORDS = {TicketState.OPEN: "Waiting for our reply", "state": "State", ("state", "open"): "Open"}
# Text that people read as it stands: what somebody typed, a name, a number, or an address.
AS_IT_STANDS = {
    *("name", "email", "email_key", "time_zone", "device", "reference", "number", "subject", "reason", "law"),
    *("old_email", "old_email_key", "new_email", "new_email_key", "to_address", "to_key", "subject_line"),
    *("agent_name", "agent_email", "agent_email_key", "email_hash", "owner", "text_hash"),
    *(
        "avatar_key",
        "terms_version",
        "receipt_number",
        "method",
        "body",
        "message",
        "answer",
        "after",
        "disabled_reason",
        "appeal",
    ),
}
# A type as the web names it (image/png), or a domain.
AS_IT_STANDS_THERE = {
    "ticket_attachment.kind", "request_file.kind", "join_domain.domain", "leaving_pack.organisation",
    "leaving_pack-fetcher.organisation",
}  # fmt: skip
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


def test_each_name_of_the_program_has_words(told):
    bare = {
        f"{line.name}.{name}"
        for line in told
        for name, column in line.columns.items()
        if column.label and not column.withheld and isinstance(_type_of(line, name), String | JSON)
        if not column.words and column.row_words is None and name not in AS_IT_STANDS
    }
    assert bare == AS_IT_STANDS_THERE


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
        (["open", "strange"], "Waiting for our reply and strange"),
        ({"count": 3, "of": [True, None]}, "count: 3 · of: Yes and –"),
        ({"state": "open"}, "State: Open"),
        ({"mood": "open"}, "mood: open"),
        (b"\x01\xff", "01ff"),
        (date(2026, 11, 30), "30 November 2026"),
        (datetime(2026, 11, 30, 8, 5, tzinfo=UTC), "30 Nov 2026, 08:05 UTC"),
    ],
)
def test_a_value_is_shown_as_people_write_it(app, value, said):
    field = Field("state", "State", False, "string", None, words=WORDS)
    with app.test_request_context():
        assert shown(value, field, zone="UTC").replace("\u202f", " ").replace("\xa0", " ") == said
