"""What a check states has a sentence, and each sentence is stated: a code nobody says is a silent hole on /promises."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.rules.source import Module, modules

STATING = frozenset({"state", "passed", "failed", "nothing_yet"})
PLANTED = """
def _run():
    if lost:
        return failed("lost", rows=lost)
    if odd:
        return failed("odd", row=odd)
    return passed("english sentence", rows=3) if rows else nothing_yet("none")

CHECK = Check(run=_run, says={
    "lost": lambda rows: _("Lost: %(rows)s.", rows=rows),
    "odd": lambda rows: _("Odd: %(rows)s.", rows=rows),
    "none": lambda: _("None."),
    "never": lambda: _("Never."),
})
"""


def sentences(module: Module) -> dict[str, frozenset[str] | None]:
    """Return each code that has a sentence in the module, with the values that the sentence takes if that shows."""
    found: dict[str, frozenset[str] | None] = {}
    for table in (node for node in ast.walk(module.tree) if isinstance(node, ast.Dict)):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                if isinstance(value, ast.Lambda):
                    found[key.value] = frozenset(each.arg for each in value.args.args)
                elif isinstance(value, ast.Name) and value.id.startswith("_say"):
                    found[key.value] = None
    return found


def stated(module: Module) -> Iterator[tuple[ast.Call, str, frozenset[str]]]:
    """Yield each statement whose code is written out, with the names of its values."""
    for call in module.calls():
        if isinstance(call.func, ast.Name) and call.func.id in STATING and call.args:
            (code,) = call.args
            if isinstance(code, ast.Constant):
                yield call, str(code.value), frozenset(str(each.arg) for each in call.keywords)


def faults(module: Module) -> list[str]:
    """Return what is stated without a sentence, with other values than its sentence takes, or never."""
    said = sentences(module)
    faults = []
    for call, code, values in stated(module):
        if code not in said:
            faults.append(f"{module.at(call)}: no sentence for {code!r}")
        elif (takes := said[code]) is not None and takes != values:
            faults.append(f"{module.at(call)}: {code!r} states {sorted(values)}, its sentence takes {sorted(takes)}")
    constants = [node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant)]
    return faults + [f"{module.path}: {code!r} is never stated" for code in said if constants.count(code) < 2]


def stating() -> list[Module]:
    """Return the modules that state what a check saw."""
    return [module for module in modules() if module.path.stem != "test_findings" and any(stated(module))]


def test_every_statement_of_a_check_has_a_sentence_that_takes_its_values() -> None:
    found = stating()
    assert {"checks"} <= {module.path.stem for module in found}
    assert [fault for module in found if module.name != "portal.kit.checks" for fault in faults(module)] == []


def test_a_statement_without_its_sentence_is_a_fault() -> None:
    planted = faults(Module(Path("portal/x/checks.py"), 1, ast.parse(PLANTED)))
    assert [fault.partition(": ")[2] for fault in planted] == [
        "'odd' states ['row'], its sentence takes ['rows']",
        "no sentence for 'english sentence'",
        "'never' is never stated",
    ]
