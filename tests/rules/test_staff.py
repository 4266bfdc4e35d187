"""Staff have no power by default: which verbs are theirs is said by their types, and the types are held here."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Iterator
from importlib import import_module

from portal.kit.actor import Actor, Staff
from tests.rules.source import Function, Module, dotted, modules, roles

# Who asks whether somebody may pass as staff.
GATES = {"portal/kit/access.py"}


def verbs() -> Iterator[tuple[Module, Function]]:
    """Yield every function of a service, public or not."""
    for module in roles("service"):
        yield from ((module, node) for node in module.functions())


def takes_staff(verb: Function) -> bool:
    """Tell whether a function's `by` is declared as staff."""
    return any(each.arg == "by" and dotted(each.annotation or verb) == "Staff" for each in verb.args.kwonlyargs)


def is_for_staff(verb: Function) -> bool:
    """Tell whether a function says for which roles it is."""
    return any(isinstance(each, ast.Call) and dotted(each.func) == "for_staff" for each in verb.decorator_list)


def faults(found: list[tuple[Module, Function]]) -> list[str]:
    """Name the public verbs that take staff and say not whom, and those that say whom and take anybody."""
    public = [(module, verb) for module, verb in found if not verb.name.startswith("_")]
    return [f"{module.at(verb)} {verb.name}" for module, verb in public if takes_staff(verb) != is_for_staff(verb)]


def test_a_verb_that_takes_staff_says_in_which_roles_and_the_other_way_round():
    found = list(verbs())
    assert [verb.name for _module, verb in found if takes_staff(verb)]
    assert faults(found) == []


def test_the_rule_sees_a_verb_that_forgot_one_of_the_two():
    source = """
@for_staff(Role.SUPPORT)
def right(*, by: Staff): ...
def mute(*, by: Staff): ...
@for_staff(Role.SUPPORT)
def loose(*, by: Actor): ...
def _helper(by: Staff): ...
"""
    module = Module(roles("service")[0].path, 0, ast.parse(source))
    assert [fault.split()[-1] for fault in faults([(module, verb) for verb in module.functions()])] == ["mute", "loose"]


def test_what_a_verb_of_staff_takes_is_what_only_the_gate_makes():
    """By the true types, since mypy checks each call against them: an actor is no `Staff`, whatever its name is here."""
    assert not issubclass(Actor, Staff)
    for module, verb in verbs():
        if takes_staff(verb) and is_for_staff(verb):
            real = inspect.unwrap(getattr(import_module(module.name), verb.name))
            assert typing.get_type_hints(real)["by"] is Staff


def test_only_the_gate_admits_anybody():
    asked = {
        str(module.path) for module in modules() for call in module.calls() if dotted(call.func).split(".")[-1] == "admit"
    }
    assert asked == GATES
