"""One folder per capability, the same file names everywhere, and one door into each."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from tests.rules.rows import columns, set_attributes
from tests.rules.source import PORTAL, TOOLS, Module, areas, dotted, imports, modules, roles

# The house's file names. What an area holds besides stands below, each with its reason.
NAMES = {
    "__init__", "routes", "forms", "service", "models", "mail", "jobs", "claim", "words", "checks", "events", "cli",
    "area",
}  # fmt: skip
OWN_NAMES = {
    "admin/places": "where a page of the console leads back to, for several of its sections",
    "billing/stripe_gateway": "the one module that speaks to Stripe",
    "consent/browser": "what one browser has decided, and what a page may therefore carry",
    "home/panels": "the panels of the customer's home, each a fact and the ways on",
    "legal/authorities": "whom one may complain to, by country",
    "legal/cookies": "the cookies that the portal may set, as the cookie page lists them",
    "legal/documents": "the documents and their versions",
    "legal/policy": "one setting per period, and the company",
    "legal/safeguards": "the safeguards that the security page lists",
    "legal/vendors": "the vendors, whose hosts the policy of content and the outgoing calls are built from",
    "promises/catalogue": "every promise in its own words, with what enforces it and where it is seen",
}

# Doors into an area besides `service` and `models`.
DOORS = {
    "legal": {
        "authorities",
        "policy",
        "documents",
        "vendors",
        "cookies",
    },  # settings of the policy: facts, no rules and no tables
}
WIRING = {"app", "cli", "demo", "__main__"}
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|misc|base|manager|v\d+|new|old)$")


def test_every_area_says_what_it_owns_and_what_it_refuses():
    silent = []
    for area in areas():
        charter = ast.get_docstring(ast.parse((PORTAL / area / "__init__.py").read_text())) or ""
        if not 1 <= len(charter.splitlines()) <= 8 or len(charter) < 60:
            silent.append(area)
    assert silent == []


def test_a_file_bears_the_name_of_the_house_or_its_reason_stands_here():
    strangers = {
        f"{module.area}/{module.role}"
        for module in modules()
        if module.area not in {"", *TOOLS} and module.role not in NAMES
    }
    assert sorted(strangers) == sorted(OWN_NAMES)


def test_no_name_says_nothing():
    vague = [str(module.path) for module in modules() if VAGUE.search(module.path.stem)]
    assert vague == []


def test_another_area_is_entered_through_its_service_or_its_models():
    trespassers, looked_at = [], 0
    for module in modules():
        if module.area in {"", *TOOLS}:
            continue
        for node, name in imports(module):
            if not name.startswith("portal."):
                continue
            looked_at += 1
            parts = name.split(".")
            area, door = parts[1], parts[2] if len(parts) > 2 else ""
            if area in {module.area, *TOOLS} or door in {"service", "models", "events", *DOORS.get(area, ())}:
                continue
            trespassers.append(f"{module.at(node)} imports {name}")
    assert looked_at > 20
    assert trespassers == []


def test_only_the_wiring_knows_the_wiring():
    assert [
        f"{module.at(node)} imports {name}"
        for module in modules()
        if module.area
        for node, name in imports(module)
        if name.startswith("portal.") and name.split(".")[1] in WIRING
    ] == []


def tables() -> dict[str, str]:
    """Return the classes that are tables, with their area."""
    found = {
        node.name: module.area
        for module in roles("models")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and any(dotted(target) == "__tablename__" for stmt in node.body for target in getattr(stmt, "targets", ()))
    }
    assert len(found) > 2
    return found


def writes(module: Module, models: dict[str, str]) -> list[tuple[ast.AST, str]]:
    """Return where a module makes, changes or deletes rows of a table: `Person(…)`, `update(Person)`, `person.name = …`."""
    found: list[tuple[ast.AST, str]] = [
        (node, model)
        for node in ast.walk(module.tree)
        for target in set_attributes(node)
        if (model := model_of(target, module.area, models))
    ]
    known = {name for _, name in imports(module)}
    for call in module.calls():
        name = dotted(call.func).split(".")[-1]
        # A form may bear the name of the table that it fills; only what comes from `models` is a table.
        if name in models and (
            module.area == "" or known & {f"portal.{models[name]}.models.{name}", f"portal.{models[name]}.models"}
        ):
            found.append((call, name))
        elif name in {"insert", "update", "delete"} and call.args and dotted(call.args[0]).split(".")[-1] in models:
            found.append((call, dotted(call.args[0]).split(".")[-1]))
    return found


def model_of(target: ast.Attribute, area: str, models: dict[str, str]) -> str:
    """Return the table of a row whose column is set, or "" when it is no column of any.

    The name of the variable tells (`person.name`, `self.person.name`); else a table of the area itself that has such a
    column, and where there is none, whoever has one.
    """
    having = sorted(model for model, names in columns().items() if target.attr in names and model in models)
    row = dotted(target.value).rpartition(".")[2]
    named = [model for model in having if re.sub(r"(?<!^)(?=[A-Z])", "_", model).lower() == row]
    own = [model for model in having if models[model] == area]
    return next(iter([*named, *own, *having]), "")


def strangers(looked_at: Iterable[Module]) -> list[str]:
    """Return who writes a table that is another's, or writes its own area's outside of the service."""
    models = tables()
    return [
        f"{module.at(node)} writes {model}"
        for module in looked_at
        for node, model in writes(module, models)
        if not (models[model] == module.area and (module.role in {"service", *OWN_WRITERS} or module.area in TOOLS))
    ]


def test_the_rule_sees_whoever_sets_a_column_of_anothers_row():
    planted = {
        "portal/support/service/tickets.py": "ticket.state = ''\nperson.name = 'x'\nrow.password_hash = ''\nself.state = 1",
        "portal/accounts/routes/profile.py": "person.name = form.name.data\nform.name.data = person.name",
        "portal/privacy/service/holds.py": "db.session.execute(update(Ticket).values(state='x'))\na, ticket.state = 1, 'x'",
    }
    assert strangers(Module(Path(path), 0, ast.parse(text)) for path, text in planted.items()) == [
        "portal/support/service/tickets.py:2 writes Person",
        "portal/support/service/tickets.py:3 writes Person",
        "portal/accounts/routes/profile.py:1 writes Person",
        "portal/privacy/service/holds.py:2 writes Ticket",
        "portal/privacy/service/holds.py:1 writes Ticket",
    ]


def test_only_the_owners_service_writes_the_owners_tables():
    assert any(writes(module, tables()) for module in roles("service"))
    assert strangers(modules()) == []


# Roles besides the service that write their own area's tables.
OWN_WRITERS = {
    "claim",  # what a claim erases is its own area's, when the rights engine asks
    "checks",  # a check makes a row in memory to try a rule on it
}


def test_routes_ask_services_and_know_no_tables():
    assert [
        f"{module.at(node)} imports {name}"
        for module in roles("routes")
        for node, name in imports(module)
        if name.startswith(("sqlalchemy", "portal.kit.db")) or re.match(r"portal\.\w+\.models", name)
    ] == []


def test_services_say_what_each_verb_does():
    silent, looked_at = [], 0
    for module in roles("service"):
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                looked_at += 1
                if not ast.get_docstring(node):
                    silent.append(f"{module.at(node)} {node.name}")
    assert looked_at > 5
    assert silent == []


def test_services_take_one_thing_by_place_and_the_rest_by_name():
    crowded = [
        f"{module.at(node)} {node.name}"
        for module in roles("service")
        if module.area not in TOOLS
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        # `x_for(actor, id)` is the one verb of two: who asks, and for what
        if len(node.args.posonlyargs + node.args.args) > (2 if node.name.endswith("_for") else 1)
    ]
    assert crowded == []
