"""A mark says what a test needs or how much of it is run: an unknown one would choose nothing, an unused one is a promise
that nobody keeps. And only `tests/amount.py` says how many examples are drawn.
"""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from tests.rules.source import Module, dotted, modules

# The marks of pytest itself and of pytest-xdist.
OF_OTHERS = {"parametrize", "skip", "skipif", "usefixtures", "xdist_group"}


def used(found: Iterable[Module]) -> set[str]:
    """Return the marks that tests bear: `pytest.mark.sweep`, or `item.add_marker("browser")` for one set by itself."""
    marks: set[str] = set()
    for module in found:
        written = (dotted(node) for node in ast.walk(module.tree) if isinstance(node, ast.Attribute))
        marks |= {name.removeprefix("pytest.mark.") for name in written if re.fullmatch(r"pytest\.mark\.\w+", name)}
        marks |= {
            str(call.args[0].value)
            for call in module.calls()
            if dotted(call.func).endswith(".add_marker") and isinstance(call.args[0], ast.Constant)
        }
    return marks


def faults(registered: Iterable[str], found: Iterable[Module]) -> list[str]:
    """Return the marks that are registered and not used, or used and not registered."""
    ours, borne = set(registered), used(found) - OF_OTHERS
    unknown = [f"{name}: not registered in pyproject.toml" for name in sorted(borne - ours)]
    return unknown + [f"{name}: registered, and no test bears it" for name in sorted(ours - borne)]


def amounts(found: Iterable[Module]) -> list[str]:
    """Return where a test says itself how many examples are drawn, or for how long."""
    return [
        module.at(node)
        for module in found
        if module.path.name != "amount.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "hypothesis"
        if any(alias.name in {"settings", "HealthCheck"} for alias in node.names)
    ]


def registered_marks(request) -> set[str]:
    """Return the marks that pyproject.toml registers."""
    text = (request.config.rootpath / "pyproject.toml").read_text()
    listed = re.search(r"^markers = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed, "pyproject.toml registers no marks: the rule would look at nothing"
    return set(re.findall(r'^\s*"(\w+)', listed[1], re.MULTILINE))


def test_every_mark_is_registered_and_every_registered_one_is_borne(request):
    assert faults(registered_marks(request), modules("tests")) == []


def test_pytest_refuses_a_mark_that_it_does_not_know(request):
    assert request.config.getoption("strict_markers")


def test_no_test_says_itself_how_many_examples_are_drawn():
    assert amounts([module for module in modules("tests") if module.path.name != "test_amount.py"]) == []


def planted(path, text):
    """Make a module that stands in no folder."""
    return Module(Path(path), 0, ast.parse(text))


def test_the_rule_sees_an_unknown_mark_and_an_unused_one():
    source = "@pytest.mark.slow\n@pytest.mark.skipif(True)\ndef test_x(): ...\ndef hook(item): item.add_marker('browser')"
    assert faults({"browser", "sweep"}, [planted("tests/test_x.py", source)]) == [
        "slow: not registered in pyproject.toml",
        "sweep: registered, and no test bears it",
    ]


def test_the_rule_sees_a_test_that_draws_its_own_number():
    source = "from hypothesis import given, settings\n@settings(max_examples=3)\ndef test_x(): ..."
    assert amounts([planted("tests/test_x.py", source)]) == ["tests/test_x.py:1"]
