"""A refusal names a fact; the form that calls the verb, or a page of the house, has the words for it."""

import ast
from collections.abc import Collection
from functools import cache
from importlib import import_module
from pathlib import Path

from tests.rules.escapes import Escapes
from tests.rules.source import Module, dotted, modules

# What names alone cannot tell to be impossible, each with its reason.
CANNOT_BE = {
    "portal.accounts.routes.sign_in.confirm_identity CodeWrong": "only a form with a field for the code asks for one",
}


@cache
def refusals() -> dict[str, str]:
    """Return every refusal of the portal, with where it is defined."""
    known, found = {"Refusal"}, {}
    classes = [(module, node) for module in modules() for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    before = -1
    while before != len(known):
        before = len(known)
        for module, node in classes:
            if any(dotted(base).split(".")[-1] in known for base in node.bases):
                known.add(node.name)
                found[node.name] = module.at(node)
    assert found, "no refusal: the rule would look at nothing"
    return found


def words(module: Module) -> set[str]:
    """Return the refusals that a module has words for: the keys of `refusals` and of the house's own list."""
    names = {"refusals", "HOUSE_REFUSALS", "PASSWORD_REFUSALS"}
    keys: set[str] = set()
    for node in ast.walk(module.tree):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(dotted(target) in names for target in targets) and isinstance(node.value, ast.Dict):
            keys |= {str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)}
    return keys


def words_of(form: str) -> Collection[str]:
    """Return the refusals that a form has words for, by the full name of its class."""
    module, _, name = form.rpartition(".")
    return getattr(import_module(module), name).words()


def has_a_page(escapes: Escapes, refusal: str) -> bool:
    """Tell whether the house answers a refusal with a page of its own: those that `errors._refused` asks for."""
    asked = {
        dotted(node.args[1]).rpartition(".")[2]
        for node in ast.walk(escapes.graph.verbs["portal.kit.errors._refused"].node)
        if isinstance(node, ast.Call) and dotted(node.func) == "isinstance"
    }
    assert asked, "no refusal has a page: the rule would look at nothing"
    return bool(asked & escapes.ancestors(refusal))


def speechless(escapes: Escapes) -> list[str]:
    """Return the refusals that leave a page's function: neither its form nor a page of the house has words for them."""
    return [
        f"{verb.name} {refusal.rpartition('.')[2]}"
        for verb in escapes.graph.verbs.values()
        if verb.module.role == "routes" and not verb.of and verb.has_any_decorator
        for refusal in sorted(escapes.of(verb))
        if not has_a_page(escapes, refusal)
    ]


def test_the_form_that_calls_a_verb_has_words_for_each_of_its_refusals():
    assert [line for line in speechless(Escapes(modules(), words_of)) if line not in CANNOT_BE] == []


def test_what_is_said_to_be_impossible_would_else_be_found():
    assert set(CANNOT_BE) <= set(speechless(Escapes(modules(), words_of)))


PLANTED = {
    "portal/kit/refusals.py": "class Refusal(Exception): ...\nclass LinkDead(Refusal): ...\nclass NotFound(Refusal): ...",
    "portal/kit/errors.py": "def _refused(refusal): isinstance(refusal, LinkDead)",
    "portal/farm/service.py": """
from portal.kit.refusals import LinkDead, Refusal
class Dry(Refusal): ...
class Asleep(Refusal): ...
def milk():
    wake()
    raise Dry(until=3)
def wake():
    raise Asleep
def read(): raise LinkDead
""",
    "portal/farm/routes.py": """
from portal.farm import service
from portal.farm.forms import Milk, Wake
from portal.kit.refusals import Refusal
@bp.post("/milk")
def milk():
    service.read()
    form, who = Milk(), 1
    with form.showing_refusals():
        service.milk()
@bp.post("/wake")
def wake():
    form = Milk() if morning else Wake()
    try:
        service.milk()
    except service.Dry:
        return
    except Refusal as refusal:
        form.refuse(refusal)
@bp.post("/look")
def look():
    service.wake()
""",
}


def test_the_rule_sees_a_form_without_the_words_and_a_call_without_a_form():
    modules_planted = [Module(Path(path), 0, ast.parse(text)) for path, text in PLANTED.items()]
    spoken = {"portal.farm.forms.Milk": {"Dry"}, "portal.farm.forms.Wake": {"Asleep"}}
    assert speechless(Escapes(modules_planted, spoken.__getitem__)) == [
        "portal.farm.routes.milk Asleep", "portal.farm.routes.wake Asleep", "portal.farm.routes.look Asleep",
    ]  # fmt: skip


def test_no_form_has_words_for_a_refusal_that_does_not_exist():
    known = set(refusals())
    assert {name: str(module.path) for module in modules() for name in words(module) if name not in known} == {}


def test_a_refusal_tells_a_fact_in_its_own_first_line():
    silent = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name in refusals() and not ast.get_docstring(node)
    ]
    assert silent == []
