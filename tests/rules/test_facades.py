"""A facade hands on what somebody takes through it: a line that nobody reads would make a dead thing look used (R10)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.rules.source import Module, dotted, modules
from tests.rules.test_dead_code import is_facade


def unread(found: Iterable[Module]) -> list[str]:
    """Return the lines of facades that nobody reads through the facade."""
    looked_at = list(found)
    facades = [module for module in looked_at if is_facade(module)]
    assert facades, "no facade: the rule would look at nothing"
    handed_on = {f"{each.name}.{alias.asname}" for each in facades for _name, alias in _imported(each) if alias.asname}
    return sorted(handed_on - {name for module in looked_at for name in _read(module)})


def _imported(module: Module) -> Iterator[tuple[str, ast.alias]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", alias) for alias in node.names)


def _read(module: Module) -> Iterator[str]:
    """Yield what a module imports, and the names that it reads from what it imports: `service.milk`."""
    imported = {alias.asname or alias.name: name for name, alias in _imported(module)}
    yield from imported.values()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and dotted(node.value) in imported:
            yield f"{imported[dotted(node.value)]}.{node.attr}"


def test_each_line_of_a_facade_is_read_by_somebody():
    assert unread([*modules(), *modules("tests"), *modules("benchmarks")]) == []


def test_the_rule_sees_a_line_of_a_facade_that_nobody_reads():
    source = {
        "portal/farm/service/__init__.py": "from portal.farm.cows import milk as milk, moo as moo, graze as graze",
        "portal/farm/routes.py": "from portal.farm import service as farm\nfarm.milk().warm()",
        "portal/farm/jobs.py": "from portal.farm.service import graze",
    }
    planted = [Module(Path(path), 0, ast.parse(text)) for path, text in source.items()]
    assert unread(planted) == ["portal.farm.service.moo"]
