"""The source of the portal as the rules see it: parsed once per run, with where things stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
TEMPLATES = ROOT / "templates"
TOOLS = frozenset({"kit", "jobs", "mail"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its path below the checkout, its lines and its tree."""

    path: Path
    lines: int
    tree: ast.Module

    @property
    def name(self) -> str:
        """The dotted name, such as `portal.accounts.service.sign_ins`."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def area(self) -> str:
        """The folder below `portal`, or "" for a module that stands in none (app, cli)."""
        return self.path.parts[1] if len(self.path.parts) > 2 else ""

    @property
    def role(self) -> str:
        """What the file is in its area: "routes", "service" (also a file of the package), "models", …"""
        return self.path.with_suffix("").parts[2] if self.area else self.path.stem

    def functions(self) -> Iterator[Function]:
        """Yield every function and method."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def at(self, node: ast.AST) -> str:
        """Say where a node stands, as an editor understands it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def modules(folder: str = "portal") -> tuple[Module, ...]:
    """Return every Python file of a folder of the checkout. Fails when there is none: no rule may look at nothing."""
    found = tuple(_read(path) for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts)
    assert found, f"no Python file in {folder}: the rule would look at nothing"
    return found


def _read(path: Path) -> Module:
    text = path.read_text()
    return Module(path.relative_to(ROOT), text.count("\n"), ast.parse(text, str(path)))


def areas() -> list[str]:
    """Return the folders of the portal: the tools and the areas."""
    found = sorted(path.name for path in PORTAL.iterdir() if any(path.glob("*.py")))
    assert {"kit", "legal"} <= set(found)
    return found


def roles(*wanted: str) -> list[Module]:
    """Return the modules that play one of these roles in any area. Fails when there is none."""
    found = [module for module in modules() if module.area and module.role in wanted]
    assert found, f"no module is called {wanted}: the rule would look at nothing"
    return found


def dotted(node: ast.AST) -> str:
    """Write `a.b.c` for a chain of names and attributes, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each imported name in full, such as `portal.accounts.service`, with where it is imported."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


@dataclass(frozen=True)
class Template:
    """One template: its path below `templates`, its text and its tree."""

    path: Path
    text: str
    tree: nodes.Template

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())

    @property
    def name(self) -> str:
        """The name it is rendered by."""
        return self.path.as_posix()

    @property
    def extends(self) -> str:
        """The name of the template that this one fills in, or ""."""
        parent = self.tree.find(nodes.Extends)
        return str(getattr(parent.template, "value", "")) if parent else ""


@cache
def templates() -> tuple[Template, ...]:
    """Return every template. Fails when there is none."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])
    paths = (path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".txt", ".xml", ".svg"})
    found = tuple(
        Template(path.relative_to(TEMPLATES), text, environment.parse(text, str(path)))
        for path in paths
        for text in [path.read_text()]
    )
    assert found, "no template: the rule would look at nothing"
    return found


def pages() -> list[Template]:
    """Return the pages of areas: they fill in a layout, and no other template fills them in."""
    filled_in = {template.extends for template in templates()}
    shared = {"layouts", "components", "mail"}
    found = [
        template
        for template in templates()
        if template.extends and template.name not in filled_in and template.path.parts[0] not in shared
    ]
    assert found, "no page: the rule would look at nothing"
    return found
