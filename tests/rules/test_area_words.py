"""What an area names for the program has words for people: events, their facts, tasks and emails. No word is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from portal.accounts.models import FactorRemovalState
from portal.app import AREAS
from portal.consent.models import Choice, Mechanism
from portal.kit.actor import OrganisationRole, Role
from portal.organisations.models import Deed
from portal.privacy.models import HoldGround, OrderKind, Outcome, PauseReason, Reason, StepKind, Verdict
from portal.privacy.models.rights import Source
from portal.products.models import Evidence
from portal.support.models import RemovalReason
from tests.rules.source import TEMPLATES, Module, modules

WORDS = {area.name: area.claim.words for area in AREAS}
EVENTS = {name for words in WORDS.values() for name in words.events}
FACTS = {name for words in WORDS.values() for name in words.facts}
# What is spelled while it is written: each with what may stand there.
DRAWN = {
    "accounts.factor_removal_{}": (FactorRemovalState.STOPPED, FactorRemovalState.ENDED),
    "organisations.{}": Deed,
}
# Facts whose values are few, with all of them.
VALUES = {
    "role": (*Role, *OrganisationRole),
    "choice": Choice,
    "mechanism": Mechanism,
    "reason": (*RemovalReason, *Reason, *PauseReason),
    "outcome": Outcome,
    "verdict": Verdict,
    "source": Source,
    "ground": HoldGround,
    "evidence": Evidence,
    "kind": (*OrderKind, *StepKind),
    "fields": ("name", "language", "time_zone"),
}


def recorders(found: Iterable[Module]) -> dict[str, dict[str, list[str]]]:
    """Return the functions that are told what happened: name -> file -> the names of its parameters."""
    told: dict[str, dict[str, list[str]]] = {}
    for module in found:
        for function in module.functions():
            names = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
            if "event" in names and not function.name.startswith("_entry"):
                told.setdefault(function.name, {})[module.path.stem] = names
    return told


def written(found: Iterable[Module]) -> tuple[set[str], set[str]]:
    """Return every event that is written down somewhere, and the names of all facts."""
    found = list(found)
    told = recorders(found)
    events: set[str] = set()
    facts: set[str] = set()
    for module in found:
        for call in module.calls():
            taken = _told_by(call, module, told)
            if taken:
                given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "event")]
                events |= {event for each in given for event in _spelled(each)}
                facts |= {each.arg for each in call.keywords if each.arg and each.arg not in taken}
        assigned = (node for node in ast.walk(module.tree) if isinstance(node, ast.Assign))
        events |= {event for node in assigned for event in _assigned(node)}
    return events, facts


def _told_by(call: ast.Call, module: Module, told: dict[str, dict[str, list[str]]]) -> list[str]:
    """Return the parameters of the recorder that is called, none where none is."""
    if isinstance(call.func, ast.Attribute):
        return told.get(call.func.attr, {}).get(getattr(call.func.value, "id", ""), [])
    own = told.get(getattr(call.func, "id", ""), {})
    return own.get(module.path.stem) or next((names for file, names in own.items() if file != "audit"), [])


def _assigned(node: ast.Assign) -> Iterator[str]:
    for target in node.targets:
        names, values = (
            (target.elts, node.value.elts)
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            else ([target], [node.value])
        )
        for name, value in zip(names, values, strict=False):
            if getattr(name, "id", "") == "event":
                yield from _spelled(value)


def _spelled(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        pattern = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        yield from (pattern.format(value) for value in DRAWN[pattern])


def test_each_event_has_words_and_each_word_an_event():
    assert written(modules())[0] ^ EVENTS == set()


def test_each_fact_has_words_and_each_word_a_fact():
    named = {name for name in FACTS if isinstance(name, str)}
    assert written(modules())[1] ^ named == set()


@pytest.mark.parametrize("fact", VALUES)
def test_each_value_of_a_fact_with_few_has_words(fact):
    assert [value for value in VALUES[fact] if (fact, str(value)) not in FACTS] == []


def test_an_area_speaks_of_its_own_and_no_two_say_the_same_differently():
    for name, words in WORDS.items():
        own = [*words.events, *words.tasks, *words.emails]
        assert [each for each in own if not each.startswith((f"{name}.", f"{name}/"))] == []
    said: dict[object, str] = {}
    for words in WORDS.values():
        for name, word in words.facts.items():
            assert said.setdefault(name, str(word)) == str(word), name


def test_each_email_has_words():
    there = {str(path.parent.relative_to(TEMPLATES / "mail")) for path in (TEMPLATES / "mail").glob("*/*/subject.txt")}
    assert {name for words in WORDS.values() for name in words.emails} == there


def test_each_task_that_is_about_somebody_has_words():
    about = {
        call.args[0].value
        for module in modules()
        for call in module.calls()
        if getattr(call.func, "attr", "") == "enqueue" and any(each.arg == "subject_id" for each in call.keywords)
    }
    assert {name for words in WORDS.values() for name in words.tasks} == about


def test_the_rule_sees_what_is_planted():
    source = """
def _note(event, thing, *, by, **facts):
    audit.record(event, subject_id=thing.id, by=by, thing=thing.id, **facts)
def paint(wall, state):
    _note("walls.painted", wall, by=None, colour="red")
    event = "walls.seen" if wall else ""
    event, wall = "walls.left", None
    staff_reads.record("walls.read", shade=1)
"""
    planted = Module(Path("portal/walls/service.py"), 0, ast.parse(source))
    kit = [module for module in modules() if str(module.path) == "portal/kit/audit.py"]
    assert written([*kit, planted]) == ({"walls.painted", "walls.left"}, {"colour", "thing"})
