"""Ceilings. Everyone's median is fine; taste shows at the ninetieth percentile, and only a test holds it there."""

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.rules.source import Function, Module, modules, pages, roles, templates

FILE, FILE_P90 = 350, 200
FUNCTION, FUNCTION_P90 = 40, 20
ROUTE = 25
SERVICE = 300
PAGE = 60
PART = 120
TESTS = 400
"""A file of tests is a list of sentences, read one at a time."""

# What was written once and is read by nobody but a database, each with its reason.
WRITTEN_ONCE = {"migrations/versions/20261123_create_the_portal.py": "the first schema, as Alembic wrote it, table by table"}


def length(function: Function) -> int:
    """Count the lines of a function from `def` to its last one; decorators are declarations, not work."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def too_long(found: Iterable[Module], ceiling: int) -> list[str]:
    """Name the functions above the ceiling."""
    return [
        f"{module.at(function)} {function.name}: {length(function)} lines, at most {ceiling}"
        for module in found
        for function in module.functions()
        if length(function) > ceiling
    ]


def too_large(found: Iterable[Module], ceiling: int) -> list[str]:
    """Name the files above the ceiling."""
    return [f"{module.path}: {module.lines} lines, at most {ceiling}" for module in found if module.lines > ceiling]


def p90(lengths: Iterable[int]) -> int:
    """Return the length that nine of ten do not exceed."""
    ordered = sorted(lengths)
    assert ordered, "nothing to measure: the rule would look at nothing"
    return ordered[-(-9 * len(ordered) // 10) - 1]


def ours() -> list[Module]:
    """Return the code of the portal: what is empty has no length."""
    return [module for module in modules() if module.lines]


def migrations() -> list[Module]:
    """Return the migrations that somebody reads."""
    return [module for module in modules("migrations") if str(module.path) not in WRITTEN_ONCE]


def test_no_file_is_too_long_to_read_in_one_sitting():
    assert too_large([*ours(), *modules("benchmarks"), *migrations()], FILE) == []
    assert too_large(modules("tests"), TESTS) == []


def test_nine_files_of_ten_are_short():
    assert p90(module.lines for module in ours()) < FILE_P90


def test_no_function_is_too_long_to_hold_in_the_head():
    assert too_long([*ours(), *modules("benchmarks"), *migrations()], FUNCTION) == []


def test_nine_functions_of_ten_are_short():
    assert p90(length(function) for module in ours() for function in module.functions()) < FUNCTION_P90


def test_what_was_written_once_would_else_be_too_long():
    once = [module for module in modules("migrations") if str(module.path) in WRITTEN_ONCE]
    assert len(once) == len(WRITTEN_ONCE)
    assert all(too_large([module], FILE) or too_long([module], FUNCTION) for module in once)


def test_a_route_reads_the_form_calls_the_service_and_answers():
    assert too_long(roles("routes"), ROUTE) == []


def test_a_service_that_grows_becomes_a_package_of_use_cases():
    assert too_large(roles("service"), SERVICE) == []


def test_a_page_is_made_of_macros_and_stays_short():
    assert [f"{page.name}: {page.lines} lines" for page in pages() if page.lines > PAGE] == []


def test_a_part_of_a_page_stays_short_too():
    assert [f"{part.name}: {part.lines} lines" for part in templates() if part.lines > PART] == []


def test_the_rules_see_what_is_too_long():
    text = "def short():\n    ...\n\n@bp.get('/')\ndef long():\n" + "    moo()\n" * 40
    planted = Module(Path("portal/farm/routes.py"), text.count("\n"), ast.parse(text))
    assert too_long([planted], FUNCTION) == ["portal/farm/routes.py:5 long: 41 lines, at most 40"]
    assert too_large([planted], 44) == ["portal/farm/routes.py: 45 lines, at most 44"]
    assert too_large([planted], 45) == []


def test_the_ninetieth_percentile_moves_with_the_tenth_of_ten():
    assert p90([10] * 9 + [900]) == 10
    assert p90([10] * 8 + [900] * 2) == 900
