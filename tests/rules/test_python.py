"""What the portal's Python never does, and the few places that may, each with its reason."""

import ast
import re
from pathlib import Path

from tests.rules.source import Module, dotted, modules

COMMITS = {
    "portal/kit/unit.py": "the unit of work, of a request as of a job",
}
CLOCKS = {
    "portal/kit/clock.py": "the one clock",
}
MARKUP: dict[str, str] = {}
BUILT_SQL = {
    "portal/kit/db.py": "a PRAGMA takes no parameters; its words are constants of the file",
}
LOGIN_NAMES = {"_user_id", "_login_user", "_fresh", "_remember", "_flashes", "_permanent"}
KNOWS_LOGIN_NAMES = {
    "portal/kit/access.py": "stands before Flask-Login and Flask's session, which keep them under these names"
}
PRINTS = {"portal/cli.py": "the command line speaks to a terminal"}

READS_A_CLOCK = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "date.today", "datetime.date.today", "time.time", "time.time_ns", "func.now", "func.current_timestamp",
}  # fmt: skip
BUILDS_A_PAGE = {"Markup", "markupsafe.Markup", "render_template_string"}
RUNS_CODE = {"eval", "exec", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load", "os.system", "os.popen"}
TAKES_SQL = {"text", "exec_driver_sql", "execute", "scalar", "scalars"}
SQL = re.compile(r"\s*(select|insert|update|delete|create|drop|alter|pragma|set|with|truncate)\s", re.IGNORECASE)


def calling(names: set[str]) -> list[tuple[Module, ast.Call]]:
    """Return every call of one of these dotted names."""
    return [(module, call) for module in modules() for call in module.calls() if dotted(call.func) in names]


def outside(found: list[tuple[Module, ast.Call]], allowed: dict[str, str]) -> list[str]:
    """Return where the calls stand that are in no allowed file; an allowed file without any call is reported too."""
    used = {str(module.path) for module, _ in found}
    idle = [f"{path} is allowed this and does not do it: take it off the list" for path in allowed if path not in used]
    return [module.at(call) for module, call in found if str(module.path) not in allowed] + idle


def test_one_transaction_per_request_so_nobody_else_commits():
    found = [
        (module, call)
        for module in modules()
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert found
    assert outside(found, COMMITS) == []


def test_one_clock_so_that_a_test_can_travel():
    assert outside(calling(READS_A_CLOCK), CLOCKS) == []


def test_no_text_is_declared_safe():
    assert outside(calling(BUILDS_A_PAGE), MARKUP) == []


def test_no_text_is_run_as_code():
    assert outside(calling(RUNS_CODE), {}) == []


def test_sql_is_never_put_together_from_pieces():
    takers = [
        (module, call) for module in modules() for call in module.calls() if dotted(call.func).split(".")[-1] in TAKES_SQL
    ]
    assert takers
    assert outside([(module, call) for module, call in takers if any(map(is_built, call.args))], BUILT_SQL) == []


def is_built(node: ast.expr) -> bool:
    """Tell whether a text is put together: an f-string with values, `%`, `+` or `.format`, and it reads like SQL."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values) and bool(SQL.match(first_words(node)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return bool(SQL.match(first_words(node.left)))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def first_words(node: ast.expr) -> str:
    """Return the text that a built string begins with."""
    if isinstance(node, ast.JoinedStr):
        return first_words(node.values[0]) if node.values else ""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_the_rule_about_sql_sees_what_it_should():
    bad = ('f"SELECT * FROM {table}"', '"DELETE FROM x WHERE id=%s" % x', '"SELECT " + x', '"SELECT {}".format(x)')
    assert all(is_built(ast.parse(text, mode="eval").body) for text in bad)
    good = ('"SELECT 1"', 'f"{name}"', "select(Person)", '"a" + b')
    assert not any(is_built(ast.parse(text, mode="eval").body) for text in good)


def test_only_the_command_line_prints():
    found = calling({"print"})
    assert [module.at(call) for module, call in found if str(module.path) not in PRINTS] == []


def test_no_fact_about_a_person_is_looked_at_by_a_bare_except():
    bare = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_no_view_asks_which_button_was_pressed():
    asked = [
        module.at(node)
        for module in modules()
        if module.role == "routes"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and dotted(node) in {"request.form", "request.values"}
    ]
    assert asked == []


def names_of_login(module: Module) -> list[ast.AST]:
    """Return where a module uses a name that Flask-Login, or Flask's session, keeps for itself."""
    return [
        node
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Constant) and node.value in LOGIN_NAMES)
        or (isinstance(node, ast.Attribute) and node.attr in LOGIN_NAMES)
    ]


def test_only_access_knows_the_private_names_of_the_login():
    knows = {str(module.path) for module in modules() if names_of_login(module)}
    assert knows == set(KNOWS_LOGIN_NAMES)


def test_the_rule_about_private_names_sees_what_it_should():
    planted = "session['_user_id'] = secret\ng._login_user = None\nsession.get('language')"
    assert len(names_of_login(Module(Path("portal/home/routes.py"), 0, ast.parse(planted)))) == 2
