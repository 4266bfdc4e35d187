"""Who calls whom in the portal, as far as names say it: through imports, facades, `self`, and what a call returns."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.rules.source import Function, Module, dotted


@dataclass(frozen=True)
class Verb:
    """A function or method of the portal, by its full name."""

    name: str
    module: Module
    node: Function
    of: str
    """The full name of its class, or ""."""

    @property
    def is_public(self) -> bool:
        """Whether others may call it."""
        return not any(part.startswith("_") for part in self.name.split("."))

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.module.at(self.node)} {self.name}"

    @property
    def has_any_decorator(self) -> bool:
        """Whether it is handed to somebody who calls it."""
        return bool(self.node.decorator_list)

    def has(self, decorator: str) -> bool:
        """Tell whether it bears a decorator of this name."""
        return any(dotted(each).split(".")[-1] == decorator for each in self.node.decorator_list)


@dataclass
class CallGraph:
    """Every verb of some modules, and what the names in them mean."""

    modules: Sequence[Module]
    verbs: dict[str, Verb] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    constants: dict[str, ast.stmt] = field(default_factory=dict)
    imported: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for module in self.modules:
            self.imported[module.name] = {
                alias.asname or alias.name: f"{node.module}.{alias.name}"
                for node in ast.walk(module.tree)
                if isinstance(node, ast.ImportFrom) and node.module
                for alias in node.names
            }
            for node in module.tree.body:
                self._note(module, node)

    def _note(self, module: Module, node: ast.stmt, of: str = "") -> None:
        name = f"{of or module.name}.{getattr(node, 'name', '')}"
        if isinstance(node, Function):
            self.verbs[name] = Verb(name, module, node, of)
        elif isinstance(node, ast.ClassDef):
            self.classes[name] = node
            for inner in node.body:
                self._note(module, inner, name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not of:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
            self.constants |= {f"{module.name}.{each}": node for each in names}

    def holds(self, name: str) -> bool:
        """Tell whether a full name is defined in one of the modules."""
        return name in self.verbs or name in self.classes or name in self.constants

    def follow(self, name: str) -> str:
        """Return what a full name stands for, through as many facades as there are."""
        for _door in range(5):
            if self.holds(name):
                return name
            module, _, last = name.rpartition(".")
            onward = self.imported.get(module, {}).get(last)
            if onward is None:
                return name
            name = onward
        return name

    def meaning(self, node: ast.AST, module: Module, of: str = "") -> str:
        """Return the full name of what an expression is, or "" when names do not say it; `of` is the class it stands in."""
        if isinstance(node, ast.Name):
            own = f"{module.name}.{node.id}"
            return own if self.holds(own) else self.follow(self.imported[module.name].get(node.id, ""))
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                return f"{of}.{node.attr}"
            before = self.meaning(node.value, module, of)
            return self.follow(f"{before}.{node.attr}") if before else ""
        if isinstance(node, ast.Call):
            return self.returned(self.meaning(node.func, module, of))
        return ""

    def returned(self, name: str) -> str:
        """Return the full name of the class whose instance a call of `name` gives."""
        verb = self.verbs.get(name)
        if verb is None:
            return name if name in self.classes else ""
        return (
            self.meaning(verb.node.returns, verb.module) if isinstance(verb.node.returns, ast.Name | ast.Attribute) else ""
        )

    def called(self, call: ast.Call, where: Verb) -> Verb | None:
        """Return the verb that a call calls."""
        return self.verbs.get(self.meaning(call.func, where.module, where.of))
