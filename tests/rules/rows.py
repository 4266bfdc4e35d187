"""What writes rows, as the source says it: `db.session.add(…)`, `update(Person)`, `person.name = …`."""

from __future__ import annotations

import ast
from functools import cache

from tests.rules.source import Function, dotted, modules

SESSION_WRITES = {"add", "add_all", "delete", "flush", "merge"}
SESSION_RUNS = {"execute", "scalar", "scalars"}
STATEMENTS = {"insert", "update", "delete", "text"}


@cache
def columns() -> dict[str, frozenset[str]]:
    """Return the columns of every table, by the class that maps it."""
    found = {
        node.name: frozenset(
            line.target.id
            for line in node.body
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and "Mapped" in ast.dump(line)
        )
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and any(dotted(target) == "__tablename__" for line in node.body for target in getattr(line, "targets", ()))
    }
    assert len(found) > 10, "hardly a table: the rule would look at nothing"
    return found


def set_attributes(node: ast.AST) -> list[ast.Attribute]:
    """Return the attributes that a statement sets on something else than `self`."""
    if isinstance(node, ast.AugAssign):
        targets = [node.target]
    else:
        targets = node.targets if isinstance(node, ast.Assign) else []
    flat = [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [each for each in flat if isinstance(each, ast.Attribute) and dotted(each.value) not in {"", "self", "cls", "g"}]


def sets_a_column(node: ast.AST) -> bool:
    """Tell whether a statement sets an attribute that is a column of some table."""
    return any(each.attr in names for each in set_attributes(node) for names in columns().values())


def writes_by_session(call: ast.Call, where: Function) -> bool:
    """Tell whether a call writes by the unit's session; a statement is looked for where its variable was set."""
    session, _, verb = dotted(call.func).rpartition(".")
    if session == "db" and verb == "affected":
        return True
    if not session.endswith("session"):
        return False
    return verb in SESSION_WRITES or (verb in SESSION_RUNS and _is_no_select(call, where))


def _is_no_select(call: ast.Call, where: Function) -> bool:
    wanted = {node.id for argument in call.args for node in ast.walk(argument) if isinstance(node, ast.Name)}
    set_before = [node.value for node in ast.walk(where) if isinstance(node, ast.Assign) and _names(node) & wanted]
    return any(
        isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in STATEMENTS
        for source in [*call.args, *set_before]
        for node in ast.walk(source)
    )


def _names(node: ast.Assign) -> set[str]:
    return {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
