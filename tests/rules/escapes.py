"""Which refusals leave a function: raised by it or by whatever it calls, and not caught on the way."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.rules.calls import CallGraph, Verb
from tests.rules.source import Module, dotted

Words = Callable[[str], Iterable[str]]
"""Return the names of the refusals that a form has words for, by the full name of its class."""


@dataclass
class Escapes:
    """Looks through every verb of some modules. A call that names do not resolve is taken to raise nothing."""

    modules: Sequence[Module]
    words: Words
    graph: CallGraph = field(init=False)
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.graph = CallGraph(self.modules)
        self.module_of = {f"{module.name}.{node.name}": module for module in self.modules for node in _classes(module)}
        self.refusals = {name for name in self.module_of if "Refusal" in self.ancestors(name)}
        self._settle()

    def ancestors(self, name: str) -> set[str]:
        """Return the bare names of a class and of what it is made from."""
        found, todo = {name.rpartition(".")[2]}, [name]
        while todo:
            at = todo.pop()
            if at in self.module_of and at in self.graph.classes:
                for base in self.graph.classes[at].bases:
                    found.add(dotted(base).rpartition(".")[2])
                    todo.append(self.graph.meaning(base, self.module_of[at]))
        return found

    def of(self, verb: Verb) -> frozenset[str]:
        """Return the full names of the refusals that leave a verb."""
        return self.known[verb.name]

    def _settle(self) -> None:
        """Look through every verb until nothing more is found: verbs may call each other in circles."""
        before: dict[str, frozenset[str]] | None = None
        while before != self.known:
            before = dict(self.known)
            for verb in self.graph.verbs.values():
                self.known[verb.name] = frozenset(self._block(verb.node.body, verb))

    def _block(self, statements: Iterable[ast.AST], where: Verb) -> set[str]:
        found: set[str] = set()
        for statement in statements:
            match statement:
                case ast.Try():
                    found |= self._tried(statement, where)
                case ast.With(
                    items=[ast.withitem(context_expr=ast.Call(func=ast.Attribute(attr="showing_refusals") as shows))]
                ):
                    found |= self._without_words(self._block(statement.body, where), dotted(shows.value), where)
                case _:
                    found |= self._node(statement, where)
        return found

    def _node(self, node: ast.AST, where: Verb) -> set[str]:
        found = self._block(ast.iter_child_nodes(node), where)
        if isinstance(node, ast.Raise) and node.exc is not None:
            kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            found |= {self.graph.meaning(kind, where.module, where.of)} & self.refusals
        elif isinstance(node, ast.Call) and (called := self.graph.called(node, where)):
            found |= self.known.get(called.name, frozenset())
        return found

    def _tried(self, node: ast.Try, where: Verb) -> set[str]:
        rising = self._block(node.body, where)
        found = self._block([*node.orelse, *node.finalbody], where)
        for handler in node.handlers:
            caught = {name for name in rising if self._catches(handler, name)}
            rising -= caught
            found |= self._block(handler.body, where) | self._handed_on(handler, caught, where)
        return found | rising

    def _catches(self, handler: ast.ExceptHandler, name: str) -> bool:
        if handler.type is None:
            return True
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        return bool({dotted(kind).rpartition(".")[2] for kind in kinds} & (self.ancestors(name) | {"Exception"}))

    def _handed_on(self, handler: ast.ExceptHandler, caught: set[str], where: Verb) -> set[str]:
        """Return what a handler raises again: by a bare `raise`, or because its form has no words for it."""
        nodes = [node for line in handler.body for node in ast.walk(line)]
        if any(isinstance(node, ast.Raise) and node.exc is None for node in nodes):
            return caught
        for call in nodes:
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "refuse":
                return self._without_words(caught, dotted(call.func.value), where) if caught else caught
        return set()

    def _without_words(self, refused: set[str], form: str, where: Verb) -> set[str]:
        """Return those refusals for which a variable's form has no words: it raises them again."""
        said = [set(self.words(made)) for made in self._forms(form, where)]
        assert said, f"{where.place}: nothing says which form refuses"
        return {name for name in refused if any(name.rpartition(".")[2] not in words for words in said)}

    def _forms(self, variable: str, where: Verb) -> Iterator[str]:
        """Yield the full names of the classes that a variable is made from in a function."""
        for node in ast.walk(where.node):
            if isinstance(node, ast.Assign) and variable in {dotted(each) for each in _flat(node.targets)}:
                at = [dotted(each) for each in _flat(node.targets)].index(variable)
                value = node.value.elts[at] if isinstance(node.value, ast.Tuple) else node.value
                for made in [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]:
                    if isinstance(made, ast.Call):
                        yield self.graph.meaning(made.func, where.module)


def _flat(targets: Iterable[ast.expr]) -> list[ast.expr]:
    return [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]


def _classes(module: Module) -> list[ast.ClassDef]:
    return [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
