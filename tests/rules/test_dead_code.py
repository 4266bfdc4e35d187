"""Nothing lies about unused: vulture looks, and knows what templates, claims and the frameworks use by name."""

import ast
import re

from jinja2 import nodes
from vulture import Vulture

from tests.rules.source import ROOT, modules, roles, templates

# Whoever carries one of these is called by somebody else: Flask, Click, SQLAlchemy, pydantic, the worker, pytest.
CALLED_BY_OTHERS = [
    "@bp.*", "@access.*", "@main.*", "@*.command", "@*.group", "@app.*", "@event.listens_for", "@compiles",
    "@field_validator", "@model_validator", "@pytest.fixture", "@contextmanager", "@*.option",
]  # fmt: skip

# Names that only a library asks for, each with its reason.
ASKED_FOR_BY_NAME: dict[str, str] = {
    "model_config": "pydantic reads it",
    "process_bind_param": "SQLAlchemy calls it",
    "process_result_value": "SQLAlchemy calls it",
    "cache_ok": "SQLAlchemy reads it",
    "inherit_cache": "SQLAlchemy reads it",
    "impl": "SQLAlchemy reads it",
    "is_active": "Flask-Login reads it",
    "is_authenticated": "Flask-Login reads it",
    "is_anonymous": "Flask-Login reads it",
    "get_id": "Flask-Login calls it",
    "dispatch_request": "Flask calls it",
    "csrf_time_limit": "Flask-WTF reads it",
    "Meta": "WTForms reads it",
    "wrap_formdata": "Flask-WTF calls it",
    "render_option": "WTForms calls it",
    "permanent": "Flask's session reads it",
    "direct_passthrough": "Werkzeug reads it",
    "max_content_length": "Werkzeug reads it",
    "content_length": "Werkzeug writes it as a header",
    "session_protection": "Flask-Login reads it",
    "anonymous_user": "Flask-Login reads it",
    "filters": "Jinja reads it",
    "trim_blocks": "Jinja reads it",
    "lstrip_blocks": "Jinja reads it",
    "obj": "Click hands it on",
    "command_class": "Click reads it",
    "group_class": "Click reads it",
    "STORAGE_SCHEME": "limits reads it",
    "base_exceptions": "limits reads it",
    "raiseExceptions": "logging reads it",
    "MAX_IMAGE_PIXELS": "Pillow reads it",
    "company_*": "the company's facts are read by their names, one by one",
    "PRIVACY": "a role that the operator gives; no page is its own yet",
    "RESEARCH": "a role that the operator gives; no page is its own yet",
    "ADMIN": "a role that the operator gives; no page is its own yet",
    "SMALL": "a kind of change that no version has been yet",
    "SIGNIFICANT": "a kind of change that no version has been yet",
}


def used_in_templates() -> set[str]:
    """Return every name that a template reads: variables, attributes, keyword arguments and texts used as keys."""
    names: set[str] = set()
    for template in templates():
        tree = template.tree
        names |= {node.name for node in tree.find_all(nodes.Name)}
        names |= {node.attr for node in tree.find_all(nodes.Getattr)}
        names |= {node.key for node in tree.find_all(nodes.Keyword)}
        names |= {str(node.value) for node in tree.find_all(nodes.Const)}
    return names


def named_in_text() -> set[str]:
    """Return the names in texts without a space: columns in claims, fields in refusals, types that are quoted."""
    texts = (node.value for module in modules() for node in ast.walk(module.tree) if isinstance(node, ast.Constant))
    return {name for text in texts if isinstance(text, str) and " " not in text for name in re.findall(r"\w+", text)}


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


def unused() -> list[str]:
    """Return what vulture finds, sorted by place."""
    watcher = Vulture(ignore_names=list(ASKED_FOR_BY_NAME), ignore_decorators=CALLED_BY_OTHERS)
    watcher.scavenge([str(ROOT / "portal"), str(ROOT / "wsgi.py"), str(ROOT / "migrations" / "env.py")])
    known = used_in_templates() | named_in_text() | fields_of_forms()
    found = [item for item in watcher.get_unused_code(min_confidence=60) if item.name not in known]
    return [f"{item.filename.relative_to(ROOT)}:{item.first_lineno} {item.typ} {item.name}" for item in found]


def test_nothing_lies_about_unused():
    assert unused() == []
