"""What the portal's Python never does, and the few places that may, each with its reason.

What ruff says is left to ruff: bare `except` (E722), `print` (T20), text run as code (S102, S301, S307, S506, S605) and
clocks without a zone (DTZ). That it says so is tried here.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from tests.rules.source import ROOT, Module, dotted, modules

COMMITS = {
    "portal/kit/unit.py": "the unit of work, of a request as of a job",
}
CLOCKS = {
    "portal/kit/clock.py": "the one clock",
}
BUILT_SQL = {
    "portal/kit/db.py": "a PRAGMA takes no parameters; its words are constants of the file",
}
DECLARED_SAFE = {
    "portal/kit/i18n.py": "a sentence is our own, and what is put into it is escaped, as Jinja's own extension has it",
    "portal/kit/controls.py": "writes the controls of forms, and escapes every value",
    "portal/kit/templating.py": "writes the element of a time, and escapes what stands in it",
    "portal/kit/renderer.py": "hands on what a template has rendered, which has escaped what stands in it",
    "portal/kit/fixed_parts.py": "hands on what a template has rendered, and escapes what it puts between",
}
LOGIN_NAMES = {"_user_id", "_login_user", "_id", "_fresh", "_remember"}
FLASK_NAMES = {"_flashes", "_permanent"}
KNOWS_FLASK_NAMES = {
    "portal/kit/access.py": "says a notice once only: Flask hands notices out, and does not tell which it holds",
}

# Of those with a zone; ruff refuses the others.
READS_A_CLOCK = {
    "datetime.now", "datetime.datetime.now", "time.time", "time.time_ns", "func.now", "func.current_timestamp",
}  # fmt: skip
BUILDS_A_PAGE = {"Markup", "markupsafe.Markup", "render_template_string"}
TAKES_SQL = {"text", "exec_driver_sql", "execute", "scalar", "scalars"}
SQL = re.compile(r"\s*(select|insert|update|delete|create|drop|alter|pragma|set|with|truncate)\s", re.IGNORECASE)

Found = list[tuple[Module, ast.AST]]


def outside(found: Found, allowed: Mapping[str, str]) -> list[str]:
    """Return where something stands that is in no allowed file; an allowed file without any is reported too."""
    used = {str(module.path) for module, _ in found}
    idle = [f"{path} is allowed this and does not do it: take it off the list" for path in allowed if path not in used]
    return [module.at(node) for module, node in found if str(module.path) not in allowed] + idle


def commits(looked_at: Iterable[Module]) -> Found:
    """Return the calls of a method `commit`."""
    return [
        (module, call)
        for module in looked_at
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]


def clocks(looked_at: Iterable[Module]) -> Found:
    """Return the calls that read a clock."""
    return [(module, call) for module in looked_at for call in module.calls() if dotted(call.func) in READS_A_CLOCK]


def pages_from_text(looked_at: Iterable[Module]) -> Found:
    """Return the calls that declare a text safe or make a page of it."""
    return [(module, call) for module in looked_at for call in module.calls() if dotted(call.func) in BUILDS_A_PAGE]


def built_statements(looked_at: Iterable[Module]) -> Found:
    """Return the calls that take SQL which is put together from pieces."""
    return [
        (module, call)
        for module in looked_at
        for call in module.calls()
        if dotted(call.func).split(".")[-1] in TAKES_SQL and any(map(is_built, call.args))
    ]


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


def raw_forms(looked_at: Iterable[Module]) -> Found:
    """Return where a route asks which button was pressed."""
    return [
        (module, node)
        for module in looked_at
        if module.role == "routes"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and dotted(node) in {"request.form", "request.values"}
    ]


def names_of_login(looked_at: Iterable[Module]) -> Found:
    """Return where a module uses a name that Flask-Login keeps for itself."""
    return _names(looked_at, LOGIN_NAMES)


def names_of_flask(looked_at: Iterable[Module]) -> Found:
    """Return where a module uses a name that Flask's session keeps for itself."""
    return _names(looked_at, FLASK_NAMES)


def _names(looked_at: Iterable[Module], names: set[str]) -> Found:
    return [
        (module, node)
        for module in looked_at
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Constant) and node.value in names)
        or (isinstance(node, ast.Attribute) and node.attr in names)
    ]


def test_one_transaction_per_request_so_nobody_else_commits():
    assert outside(commits(modules()), COMMITS) == []


def test_one_clock_so_that_a_test_can_travel():
    assert outside(clocks(modules()), CLOCKS) == []


def test_no_text_is_declared_safe():
    assert outside(pages_from_text(modules()), DECLARED_SAFE) == []


def test_sql_is_never_put_together_from_pieces():
    assert outside(built_statements(modules()), BUILT_SQL) == []


def test_no_view_asks_which_button_was_pressed():
    assert outside(raw_forms(modules()), {}) == []


def test_nobody_knows_the_private_names_of_the_login():
    assert outside(names_of_login(modules()), {}) == []


def test_only_access_knows_a_private_name_of_flasks_session():
    assert outside(names_of_flask(modules()), KNOWS_FLASK_NAMES) == []


BUILT_AND_NOT = """
text(f"SELECT * FROM {x}")
execute("DELETE FROM x WHERE id=%s" % x)
text("SELECT " + x)
text("SELECT {}".format(x))
text("SELECT 1")
print(f"SELECT {x}")
execute(select(Person))
"""
PLANTED = [
    (commits, "db.session.commit()\ncommit()", 1),
    (clocks, "datetime.now(UTC)\ntime.time()\nselect(func.now())\ntime.monotonic()\nclock.now()", 3),
    (pages_from_text, "Markup(name)\nrender_template_string(name)\nescape(name)", 2),
    (
        built_statements,
        BUILT_AND_NOT,
        4,
    ),
    (raw_forms, "if 'delete' in request.form: ...\nrequest.values['x']\nrequest.args['after']", 2),
    (names_of_login, "session['_user_id'] = secret\ng._login_user = None\nsession.get('language')", 2),
    (names_of_flask, "session.get('_flashes')\nsession.get('language')", 1),
]


@pytest.mark.parametrize(("rule", "text", "times"), PLANTED, ids=[rule.__name__ for rule, *_ in PLANTED])
def test_the_rule_sees_a_planted_fault(rule: Callable[[Iterable[Module]], Found], text: str, times: int):
    assert len(rule([Module(Path("portal/home/routes.py"), 0, ast.parse(text))])) == times


def test_a_place_that_may_and_does_not_is_taken_off_the_list():
    assert outside([], {"portal/kit/gone.py": "it once did"}) == [
        "portal/kit/gone.py is allowed this and does not do it: take it off the list"
    ]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("E722", "try:\n    moo()\nexcept:\n    pass\n"),
        ("T201", "print(1)\n"),
        ("S307", "eval(text)\n"),
        ("S102", "exec(text)\n"),
        ("S301", "import pickle\n\npickle.loads(data)\n"),
        ("S506", "import yaml\n\nyaml.load(data)\n"),
        ("S605", "import os\n\nos.system(text)\n"),
        ("DTZ003", "import datetime\n\ndatetime.datetime.utcnow()\n"),
        ("DTZ005", "import datetime\n\ndatetime.datetime.now()\n"),
        ("DTZ011", "import datetime\n\ndatetime.date.today()\n"),
    ],
)
def test_ruff_refuses_it_in_the_portal(code, text):
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--stdin-filename", "portal/home/planted.py", "-"], input=text, cwd=ROOT, capture_output=True, text=True
    )
    assert f" {code} " in done.stdout
