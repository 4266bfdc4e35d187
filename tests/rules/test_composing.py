"""A page belongs to the area whose row it changes; `home` and `settings` only compose (R11).

A page of theirs changes no row by another area's verb. What belongs to several areas at once is changed by a verb of their
own service, and that one acts in two areas at least: what acts in one would be that area's page.

The console is another thing: what staff do to a row is no page of its owner's, and stands behind a gate of its own (P36).
There each verb that writes is a verb of staff, which tests/rules/test_staff.py holds.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tests.rules.calls import CallGraph, Verb
from tests.rules.order import Order
from tests.rules.source import TOOLS, Module, modules

COMPOSING = {"home", "settings"}


def changed_by(verb: Verb, order: Order) -> set[str]:
    """Return the areas whose rows a verb changes by calling one of their verbs."""
    written = order.called_by(verb) & order.writers
    return {order.graph.verbs[name].module.area for name in written} - {*TOOLS, verb.module.area}


def composing(order: Order, role: str) -> list[Verb]:
    """Return the verbs of the composing areas in a role. Fails when there is none."""
    found = [verb for verb in order.graph.verbs.values() if verb.module.area in COMPOSING and verb.module.role == role]
    assert found, f"nothing composes in {role}: the rule would look at nothing"
    return found


def astray(order: Order) -> list[str]:
    """Name the pages of composing areas that change a row of another area."""
    return [
        f"{verb.name} belongs to {', '.join(sorted(areas))}"
        for verb in composing(order, "routes")
        if (areas := changed_by(verb, order))
    ]


def lonely(order: Order) -> list[str]:
    """Name the verbs of composing areas that change rows of one other area only."""
    return [
        f"{verb.name} belongs to {areas.pop()}"
        for verb in composing(order, "service")
        if len(areas := changed_by(verb, order)) == 1
    ]


def test_a_page_that_composes_changes_no_row_of_another_area():
    assert astray(Order(CallGraph(modules()))) == []


def test_what_is_composed_belongs_to_several_areas():
    order = Order(CallGraph(modules()))
    assert lonely(order) == []
    assert {"newsletter", "consent", "privacy"} in [changed_by(verb, order) for verb in composing(order, "service")]


PLANTED = {
    "portal/settings/routes.py": """
from portal.accounts import service as accounts
from portal.settings import service
def reads(actor): accounts.sessions_for(actor)
def composes(actor): service.fine(actor)
def astray(actor): accounts.end_other_sessions(actor)
""",
    "portal/settings/service.py": """
from portal.accounts import service as accounts
from portal.consent import service as consent
def fine(actor):
    accounts.end_other_sessions(actor)
    consent.decide(actor)
def lonely(actor): accounts.end_other_sessions(actor)
""",
}


def test_the_rules_see_planted_faults():
    planted = [Module(Path(path), 0, ast.parse(source)) for path, source in PLANTED.items()]
    others = [module for module in modules() if module.area not in COMPOSING]
    order = Order(CallGraph([*planted, *others]))
    assert astray(order) == ["portal.settings.routes.astray belongs to accounts"]
    assert lonely(order) == ["portal.settings.service.lonely belongs to accounts"]
