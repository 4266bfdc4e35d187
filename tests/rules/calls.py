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

    def has(self, decorator: str) -> bool:
        """Tell whether it bears a decorator of this name."""
        return any(dotted(each).split(".")[-1] == decorator for each in self.node.decorator_list)


@dataclass
class CallGraph:
    """Every verb of some modules, and what the names in them mean."""

    modules: Sequence[Module]
    verbs: dict[str, Verb] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
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
            self.classes.add(name)
            for inner in node.body:
                self._note(module, inner, name)

    def follow(self, name: str) -> str:
        """Return what a full name stands for, through as many facades as there are."""
        for _door in range(5):
            if name in self.verbs or name in self.classes:
                return name
            module, _, last = name.rpartition(".")
            onward = self.imported.get(module, {}).get(last)
            if onward is None:
                return name
            name = onward
        return name

    def meaning(self, node: ast.expr, where: Verb) -> str:
        """Return the full name of what an expression is, or "" when names do not say it."""
        if isinstance(node, ast.Name):
            own = f"{where.module.name}.{node.id}"
            if own in self.verbs or own in self.classes:
                return own
            return self.follow(self.imported[where.module.name].get(node.id, ""))
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
                return f"{where.of}.{node.attr}"
            before = self.meaning(node.value, where)
            return self.follow(f"{before}.{node.attr}") if before else ""
        if isinstance(node, ast.Call):
            return self.returned(self.meaning(node.func, where))
        return ""

    def returned(self, name: str) -> str:
        """Return the full name of the class whose instance a call of `name` gives."""
        verb = self.verbs.get(name)
        if verb is None:
            return name if name in self.classes else ""
        return self.meaning(verb.node.returns, verb) if isinstance(verb.node.returns, ast.Name | ast.Attribute) else ""

    def called(self, call: ast.Call, where: Verb) -> Verb | None:
        """Return the verb that a call calls."""
        return self.verbs.get(self.meaning(call.func, where))
