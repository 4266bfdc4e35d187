"""What comes before the first write of a unit says so by `@before_writes`, and nobody calls it after one (R7)."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.rules.calls import CallGraph, Verb
from tests.rules.order import MARK, Order
from tests.rules.source import Module, dotted, modules


@cache
def portal() -> Order:
    """Return the order of calls in the whole portal."""
    return Order(CallGraph(modules()))


def must_say_so(verb: Verb) -> bool:
    """Tell whether others build on a verb: it is a service's or a tool's, and no helper of its own file."""
    return verb.is_public and (verb.module.role == "service" or verb.module.area == "kit")


def silent(order: Order) -> list[str]:
    """Name the verbs that come before the first write and do not say so."""
    verbs = order.graph.verbs.values()
    return [verb.place for verb in verbs if must_say_so(verb) and order.needs_the_mark(verb) and not verb.has(MARK)]


def idle(order: Order) -> list[str]:
    """Name the verbs that say so and have no reason to."""
    return [verb.place for verb in order.graph.verbs.values() if verb.has(MARK) and not order.needs_the_mark(verb)]


def handlers(order: Order) -> list[Verb]:
    """Return the verbs that take an event: they run in the middle of somebody else's unit, mostly after its writes."""
    events = {
        node.name
        for module in order.graph.modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and any(dotted(base).endswith("Event") for base in node.bases)
    }
    return [
        verb
        for verb in order.graph.verbs.values()
        if verb.node.args.args and dotted(verb.node.args.args[0].annotation or verb.node) in events
    ]


def test_a_verb_that_comes_before_the_first_write_says_so():
    known = {
        "kit.throttle.consume",
        "kit.passwords.Hasher.hash",
        "kit.staff_reads.record",
        "accounts.service.passwords.set_password",
    }
    assert {f"portal.{name}" for name in known} <= portal().early
    assert silent(portal()) == []


def test_a_verb_that_says_so_has_a_reason():
    assert idle(portal()) == []


def test_nobody_calls_such_a_verb_after_a_write():
    known = {"kit.audit.record", "jobs.service.enqueue", "mail.service.send", "accounts.service.people.freeze"}
    assert {f"portal.{name}" for name in known} <= portal().writers
    assert portal().faults == []


def test_who_hears_of_an_event_calls_none_of_them():
    found = handlers(portal())
    assert {verb.name.rpartition(".")[2] for verb in found} >= {"follow_address", "open_frozen_ticket"}
    assert [verb.place for verb in found if verb.name in portal().early] == []


PLANTED = """
from portal.kit import audit, passwords, throttle
from portal.kit.db import db
from portal.kit.unit import before_writes, unit_of_work

def silent(): throttle.consume("x", "y", "1 per day")
def silent_by_a_helper(): _helper()
def _helper(): passwords.hasher().hash("x")
@before_writes
def idle(): audit.record("x.y")
@before_writes
def late():
    audit.record("x.y")
    throttle.consume("x", "y", "1 per day")
@before_writes
def late_by_helpers(person):
    _write(person)
    _helper()
def _write(person): person.name = "x"
@before_writes
def late_the_second_time(people):
    for person in people:
        throttle.consume("x", "y", "1 per day")
        db.session.add(person)
@before_writes
def late_when_it_fails(person):
    try:
        db.session.delete(person)
        db.session.flush()
    except ValueError:
        throttle.refund("x", "y", "1 per day")
@before_writes
def late_by_a_statement(change):
    statement = update(change).values(x=1)
    db.session.execute(statement)
    throttle.consume("x", "y", "1 per day")
@before_writes
def in_time(person):
    if person:
        audit.record("x.y")
        return
    if throttle.try_consume("x", "y", "1 per day"):
        after_unit(lambda: audit.record("x.y"))
    _helper()
    person.name = "x"
    with unit_of_work():
        throttle.consume("x", "y", "1 per day")
"""


def test_the_rules_see_planted_faults():
    planted = Module(Path("portal/planted/service.py"), 0, ast.parse(PLANTED))
    order = Order(CallGraph([planted, *(module for module in modules() if module.area == "kit")]))
    mine = "portal.planted.service."
    assert [place.partition(mine)[2] for place in silent(order)] == ["silent", "silent_by_a_helper"]
    assert [place.partition(mine)[2] for place in idle(order)] == ["idle"]
    late = [fault.partition(mine)[2].split()[0] for fault in order.faults]
    assert late == ["late", "late_by_helpers", "late_the_second_time", "late_when_it_fails", "late_by_a_statement"]
