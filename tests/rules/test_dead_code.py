"""No code is dead. What stands at the top of a module is followed by its full name, through every facade; vulture looks
at the rest by bare names, and is told which of them templates, tables, forms and libraries use.
"""

import ast
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes
from vulture import Vulture

from tests.rules.calls import CallGraph
from tests.rules.rows import columns
from tests.rules.source import ROOT, Module, dotted, modules, roles, templates

# Whoever carries one of these is called by somebody else: Flask, Click, SQLAlchemy, the worker, pytest.
CALLED_BY_OTHERS = [
    "@bp.*", "@access.*", "@main.*", "@*.command", "@*.group", "@app.*", "@event.listens_for", "@compiles",
    "@*.option",
]  # fmt: skip

# What nobody of ours uses yet, each with its reason.
NOT_USED_YET = {
    "portal.kit.access.billing": "its pages come with billing; tests/organisations tries the gate",
    "portal.licences.service.grants.end": "refunds come with billing; tests/licences tries it",
}

# Names that only a library asks for, each with its reason.
ASKED_FOR_BY_NAME: dict[str, str] = {
    "process_bind_param": "SQLAlchemy calls it",
    "readinto": "io.BufferedReader calls it",
    "seekable": "io.BufferedReader and Werkzeug call it",
    "process_result_value": "SQLAlchemy calls it",
    "cache_ok": "SQLAlchemy reads it",
    "inherit_cache": "SQLAlchemy reads it",
    "self_group": "SQLAlchemy calls it",
    "impl": "SQLAlchemy reads it",
    "wrap_formdata": "Flask-WTF calls it",
    "validate_agent_email": "WTForms calls it",
    "render_field": "WTForms calls it",
    "get_bind": "SQLAlchemy calls it",
    "make_globals": "Jinja calls it",
    "ensure_sync": "Flask calls it",
    "jinja_environment": "Flask reads it",
    "permanent": "Flask's session reads it",
    "request_class": "Flask reads it",
    "form_data_parser_class": "Werkzeug reads it",
    "session_interface": "Flask reads it",
    "signer": "itsdangerous calls it",
    "handle_starttag": "html.parser calls it",
    "handle_endtag": "html.parser calls it",
    "handle_data": "html.parser calls it",
    "session_protection": "Flask-Login reads it",
    "anonymous_user": "Flask-Login reads it",
    "filters": "Jinja reads it",
    "trim_blocks": "Jinja reads it",
    "lstrip_blocks": "Jinja reads it",
    "command_class": "Click reads it",
    "group_class": "Click reads it",
    "STORAGE_SCHEME": "limits reads it",
    "base_exceptions": "limits reads it",
    "raiseExceptions": "logging reads it",
    "isolation_level": "the driver of SQLite reads it",
    "MAX_IMAGE_PIXELS": "Pillow reads it",
    "StartElementHandler": "expat calls it",
    "StartDoctypeDeclHandler": "expat calls it",
    "enable_telemetry": "Stripe's SDK reads it",
    "stripe_webhook_secret": "read by its name beside the key: payments are on or off, never half",
    "company_*": "the company's facts are read by their names, one by one",
}


def is_facade(module: Module) -> bool:
    """Tell whether a module only hands on what others define: that it names something is no use of it."""
    body = [each for each in module.tree.body if not isinstance(each, ast.Expr)]
    return module.path.name == "__init__.py" and bool(body) and all(isinstance(each, ast.ImportFrom) for each in body)


def is_called_by_others(node: ast.stmt) -> bool:
    """Tell whether a definition is handed to somebody who calls it."""
    marks = (f"@{dotted(each.func if isinstance(each, ast.Call) else each)}" for each in getattr(node, "decorator_list", ()))
    return any(fnmatch(mark, pattern) for mark in marks for pattern in CALLED_BY_OTHERS)


def dead(found: Iterable[Module]) -> list[str]:
    """Return the full names that stand at the top of a module and that nobody reads, but for what reads itself."""
    graph = CallGraph(list(found))
    read = {
        meaning
        for module in graph.modules
        if not is_facade(module)
        for statement in module.tree.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
        if (meaning := graph.meaning(node, module)) != f"{module.name}.{getattr(statement, 'name', '')}"
    }
    verbs = {name: verb.node for name, verb in graph.verbs.items() if not verb.of}
    classes = {name: node for name, node in graph.classes.items() if name.rpartition(".")[0] not in graph.classes}
    top = {**verbs, **classes, **graph.constants}
    return sorted(name for name, node in top.items() if name not in read and not is_called_by_others(node))


def entrances() -> list[Module]:
    """Return what a server or a tool starts the portal by."""
    return [Module(Path(name), 0, ast.parse((ROOT / name).read_text())) for name in ("wsgi.py", "migrations/env.py")]


def test_nothing_at_the_top_of_a_module_is_dead():
    assert dead([*modules(), *entrances()]) == sorted(NOT_USED_YET)


def test_the_rule_sees_a_dead_verb_behind_a_facade():
    source = {
        "portal/farm/service/__init__.py": "from portal.farm.service.cows import milk as milk, moo as moo, Cow as Cow",
        "portal/farm/service/cows.py": "def milk(): return MOST\ndef moo(): moo()\nclass Cow: ...\nMOST = 3\nLEAST: int = 1",
        "portal/farm/routes.py": "from portal.farm import service as farm\n@bp.get('/')\ndef page(): farm.milk()",
    }
    planted = [Module(Path(path), 0, ast.parse(text)) for path, text in source.items()]
    assert dead(planted) == [f"portal.farm.service.cows.{name}" for name in ("Cow", "LEAST", "moo")]


def read_by(found: Iterable[nodes.Template]) -> dict[str, bool]:
    """Return every attribute that templates read, and whether one of them calls it: a method that none calls is dead."""
    names: dict[str, bool] = {}
    for template in found:
        called = {id(call.node) for call in template.find_all(nodes.Call)}
        for node in template.find_all(nodes.Getattr):
            names[node.attr] = names.get(node.attr, False) or id(node) in called
    return names


@cache
def read_by_templates() -> dict[str, bool]:
    """Return what the templates of the portal read. What a macro or a variable is called is no use of anything."""
    return read_by(template.tree for template in templates())


def asked_of_the_request() -> set[str]:
    """Return the names that are asked of `g` by a text: `g.get("request_id")`."""
    return {
        str(call.args[0].value)
        for module in modules()
        for call in module.calls()
        if dotted(call.func) in {"g.get", "g.setdefault"} and isinstance(call.args[0], ast.Constant)
    } | {
        str(node.left.value)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Compare) and dotted(node.comparators[0]) == "g" and isinstance(node.left, ast.Constant)
    }


def quoted_types() -> set[str]:
    """Return the names in types that are quoted, since they exist for mypy alone or are generic for it alone."""
    quoted = [
        node.annotation if isinstance(node, ast.arg | ast.AnnAssign) else node.args[0]
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.arg | ast.AnnAssign) or (isinstance(node, ast.Call) and dotted(node.func) == "cast")
    ]
    texts = (node.value for node in quoted if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {node.id for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def fields_of_forms() -> set[str]:
    """Return the fields of forms: a browser sends them by name, and a template draws them one after the other."""
    return {
        target.id
        for module in roles("forms")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


@cache
def used_by_name() -> frozenset[str]:
    """Return every name that is used where vulture does not look. Each column is: the register exports it by its name."""
    tables = frozenset[str]().union(*columns().values())
    return tables | asked_of_the_request() | quoted_types() | fields_of_forms()


def is_used(name: str, kind: str, attributes: Mapping[str, bool]) -> bool:
    """Tell whether something is used where vulture does not look."""
    return name in used_by_name() or (attributes[name] or kind != "method" if name in attributes else False)


def unused(watcher: Vulture, attributes: Mapping[str, bool]) -> list[str]:
    """Return what vulture finds and no template reads, sorted by place."""
    found = [item for item in watcher.get_unused_code(min_confidence=60) if not is_used(item.name, item.typ, attributes)]
    return [f"{item.filename}:{item.first_lineno} {item.typ} {item.name}" for item in found]


def watch(*, ignore: Iterable[str]) -> Vulture:
    """Have vulture read the portal, but for its facades."""
    watcher = Vulture(ignore_names=list(ignore), ignore_decorators=CALLED_BY_OTHERS)
    facades = [str(ROOT / module.path) for module in modules() if is_facade(module)]
    assert facades
    watcher.scavenge([str(ROOT / "portal"), str(ROOT / "wsgi.py"), str(ROOT / "migrations" / "env.py")], exclude=facades)
    return watcher


def test_no_code_is_dead():
    not_yet = [name.rpartition(".")[2] for name in NOT_USED_YET]
    assert unused(watch(ignore=[*ASKED_FOR_BY_NAME, *not_yet]), read_by_templates()) == []


def test_what_a_library_is_said_to_ask_for_would_else_be_dead():
    found = {line.rpartition(" ")[2] for line in unused(watch(ignore=()), read_by_templates())}
    assert [name for name in ASKED_FOR_BY_NAME if not any(fnmatch(each, name) for each in found)] == []


def test_the_rule_sees_dead_methods_fields_and_imports():
    watcher = Vulture(ignore_names=list(ASKED_FOR_BY_NAME), ignore_decorators=CALLED_BY_OTHERS)
    watcher.scan(
        "import os\nclass Cow:\n  moos: int\n  def __init__(self): self.horns_of_it = 2\n  def moo_loud(self): ...\nCow()"
    )
    assert [line.rpartition(" ")[2] for line in unused(watcher, {})] == ["os", "moos", "horns_of_it", "moo_loud"]


def test_a_template_saves_an_attribute_that_it_reads_and_a_method_that_it_calls():
    watcher = Vulture()
    watcher.scan(
        "class Cow:\n  horns: int\n  hoofs: int\n  def milk(self): ...\n  def moo(self): ...\n  def walk(self): ...\nCow()"
    )
    page = Environment().parse(
        "{% set hoofs = 4 %}{% macro walk(hoofs) %}{% endmacro %}{{ a.horns }}{{ a.milk() }}{{ a.moo }}{{ walk(hoofs=4) }}"
    )
    assert [line.rpartition(" ")[2] for line in unused(watcher, read_by([page]))] == ["hoofs", "moo", "walk"]
