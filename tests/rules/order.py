"""Which verbs come before the first write of a unit, which write, and who does the one after the other.

Followed through calls and along the ways through a function: both arms of an `if`, a loop twice, an `except` from half way
through its `try`. What a lambda or a function in a function does happens later, and a `with unit_of_work()` begins anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.rules.calls import CallGraph, Verb
from tests.rules.rows import sets_a_column, writes_by_session
from tests.rules.source import Function

ROOT = "portal.kit.unit.release_connection"
"""What gives the connection back: whoever calls it comes before the first write."""
MARK = "before_writes"
ENDS = ast.Return | ast.Raise | ast.Continue | ast.Break


class Order:
    """The verbs of a call graph, told apart; `faults` are the calls that come too late."""

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self._calls = {verb.name: self.called_by(verb) for verb in graph.verbs.values()}
        self.early = self._with_callers({ROOT, *(verb.name for verb in graph.verbs.values() if verb.has(MARK))})
        self.writers = self._with_callers({verb.name for verb in graph.verbs.values() if self._writes(verb)})
        self.faults: list[str] = []
        for verb in graph.verbs.values():
            self._walk(verb.node.body, verb, written=False)

    def needs_the_mark(self, verb: Verb) -> bool:
        """Tell whether a verb comes early, or calls one that does."""
        return verb.name == ROOT or bool(self._calls[verb.name] & self.early)

    def called_by(self, verb: Verb) -> set[str]:
        """Return the verbs that a verb calls itself, in its own unit."""
        calls = (node for node in at_once(verb.node) if isinstance(node, ast.Call))
        return {called.name for call in calls if (called := self.graph.called(call, verb))}

    def _writes(self, verb: Verb) -> bool:
        return any(
            sets_a_column(node) or (isinstance(node, ast.Call) and writes_by_session(node, verb.node))
            for node in at_once(verb.node)
        )

    def _with_callers(self, names: set[str]) -> set[str]:
        before = -1
        while before != len(names):
            before = len(names)
            names |= {name for name, called in self._calls.items() if called & names}
        return names

    def _walk(self, statements: list[ast.stmt], verb: Verb, *, written: bool) -> bool | None:
        """Return whether something is written after these statements; None when nobody gets past them."""
        for statement in statements:
            after = self._step(statement, verb, written)
            if after is None:
                return None
            written = after
        return written

    def _step(self, node: ast.stmt, verb: Verb, written: bool) -> bool | None:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                return written
            case ast.If():
                written = self._look(node.test, verb, written)
                return _either(self._walk(arm, verb, written=written) for arm in (node.body, node.orelse))
            case ast.For() | ast.While():
                written = self._look(node.iter if isinstance(node, ast.For) else node.test, verb, written)
                once = self._walk(node.body, verb, written=written)
                again = self._walk(node.body, verb, written=True) if once else once
                return _either([written, once, again])
            case ast.With():
                if opens_a_unit(node):
                    self._walk(node.body, verb, written=False)
                    return written
                for item in node.items:
                    written = self._look(item.context_expr, verb, written)
                return self._walk(node.body, verb, written=written)
            case ast.Try():
                return self._try(node, verb, written)
        written = self._look(node, verb, written)
        return None if isinstance(node, ENDS) else written

    def _try(self, node: ast.Try, verb: Verb, written: bool) -> bool | None:
        whole = self._walk([*node.body, *node.orelse], verb, written=written)
        half_way = written or any(self._is_writing(each, verb) for line in node.body for each in [line, *at_once(line)])
        end = _either([whole, *(self._walk(handler.body, verb, written=half_way) for handler in node.handlers)])
        after = self._walk(node.finalbody, verb, written=bool(end))
        return None if end is None else after

    def _look(self, node: ast.AST, verb: Verb, written: bool) -> bool:
        for each in [*at_once(node), node]:
            called = self.graph.called(each, verb) if isinstance(each, ast.Call) else None
            if written and called and called.name in self.early:
                self.faults.append(f"{verb.module.at(each)} {verb.name} calls {called.name} after a write")
            written = written or self._is_writing(each, verb)
        return written

    def _is_writing(self, node: ast.AST, verb: Verb) -> bool:
        if not isinstance(node, ast.Call):
            return sets_a_column(node)
        called = self.graph.called(node, verb)
        return bool(called and called.name in self.writers) or writes_by_session(node, verb.node)


def _either(ends: Iterable[bool | None]) -> bool | None:
    reached = [end for end in ends if end is not None]
    return any(reached) if reached else None


def at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below `node` that run in its unit when it runs, what is inside first."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.Lambda) or (isinstance(child, ast.With) and opens_a_unit(child)):
            continue
        yield from at_once(child)
        yield child


def opens_a_unit(node: ast.With) -> bool:
    """Tell whether a `with` opens a unit of its own."""
    return any("unit_of_work" in ast.dump(item.context_expr) for item in node.items)
