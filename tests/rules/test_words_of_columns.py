"""A column that holds one of a few words is typed by them: a bare text in its place cannot be stored, nor compared with."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import Enum, String
from sqlalchemy.exc import StatementError

from portal.accounts.models import EmailChange
from portal.kit.db import Base, db, word_of
from tests.rules.calls import CallGraph
from tests.rules.source import Module, dotted, modules

# Text columns whose words come from a list that grows by itself, each with where it stands.
OPEN_LISTS = {
    "purpose": "consent.service.PURPOSES",
}


def text_columns() -> dict[str, set[str]]:
    """Return the columns that hold any text, by the class that maps them. Those of a few words are not among them."""
    return {
        mapper.class_.__name__: {
            column.key
            for column in mapper.columns
            if isinstance(column.type, String) and not isinstance(column.type, Enum) and column.key not in OPEN_LISTS
        }
        for mapper in Base.registry.mappers
    }


def bare_words(found: Iterable[Module]) -> list[str]:
    """Name the places that compare a text column with a word of the program, or set it to one."""
    graph, columns = CallGraph(list(found)), text_columns()
    anywhere = {name for names in columns.values() for name in names}

    def is_word(node: ast.AST, module: Module) -> bool:
        constant = graph.constants.get(graph.meaning(node, module))
        value = getattr(constant, "value", None) if constant else node
        return isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.isidentifier()

    def pairs(node: ast.AST) -> Iterator[ast.AST]:
        match node:
            case ast.Compare(left=ast.Attribute(attr=name) as left) if name in columns.get(dotted(left.value), ()):
                yield from node.comparators
            case ast.Assign(targets=[ast.Attribute(attr=name)]) if name in anywhere:
                yield node.value
            case ast.Call() if dotted(node.func) in columns:
                yield from (each.value for each in node.keywords if each.arg in columns[dotted(node.func)])

    return [
        module.at(value)
        for module in graph.modules
        for node in ast.walk(module.tree)
        for value in pairs(node)
        if is_word(value, module)
    ]


def test_no_text_column_is_held_against_a_bare_word():
    assert bare_words(modules()) == []


def test_the_rule_sees_planted_words():
    source = """
OPEN = "open"
def settle(row):
    select(Person).where(Person.name == OPEN)
    row.name = "closed"
    Person(name="waiting", language=language)
    select(Person).where(Person.name == name, Person.email == "")
"""
    planted = Module(Path("portal/planted/service.py"), 0, ast.parse(source))
    assert {place.partition(":")[2] for place in bare_words([planted])} == {"4", "5", "6"}


def test_a_foreign_word_is_refused_when_it_is_stored(unit):
    with pytest.raises(StatementError), unit():
        db.session.query(EmailChange).filter(EmailChange.state == "Cycling").all()


def test_a_word_is_stored_as_it_is_spelled():
    class Mood(StrEnum):
        GOOD = "rather good"

    column = word_of(Mood, length=20)
    assert (column.enums, column.length, column.native_enum) == (["rather good"], 20, False)
