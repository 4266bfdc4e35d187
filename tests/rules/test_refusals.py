"""A refusal names a fact; somewhere a form or an error page has the words for it."""

import ast
from functools import cache

from tests.rules.source import Module, dotted, modules

# Refusals that no form has words for, because the page that meets them says it in its own way.
ON_A_PAGE_OF_THEIR_OWN: dict[str, str] = {}


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


def caught() -> set[str]:
    """Return the refusals that something catches or handles by name: an `except`, or an error handler."""
    found: set[str] = set()
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and node.type is not None:
                types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                found |= {dotted(kind).split(".")[-1] for kind in types}
            elif isinstance(node, ast.Call) and dotted(node.func).endswith(("errorhandler", "register_error_handler")):
                found |= {dotted(argument).split(".")[-1] for argument in node.args}
            elif isinstance(node, ast.Call) and dotted(node.func) == "isinstance":
                found.add(dotted(node.args[1]).split(".")[-1])
    return found


def test_somebody_has_words_for_every_refusal():
    said = {name for module in modules() for name in words(module)} | caught() | set(ON_A_PAGE_OF_THEIR_OWN)
    assert {name: place for name, place in refusals().items() if name not in said} == {}


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
