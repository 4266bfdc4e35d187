"""Ceilings. Everyone's median is fine; taste shows at the ninetieth percentile, and only a test holds it there."""

from tests.rules.source import Function, Module, modules, pages, roles, templates

FILE = 400
FUNCTION = 40
ROUTE = 25
SERVICE = 300
PAGE = 60
PART = 120


def length(function: Function) -> int:
    """Count the lines of a function from `def` to its last one; decorators are declarations, not work."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def too_long(found: list[Module], ceiling: int) -> list[str]:
    """Name the functions above the ceiling."""
    return [
        f"{module.at(function)} {function.name}: {length(function)} lines, at most {ceiling}"
        for module in found
        for function in module.functions()
        if length(function) > ceiling
    ]


def test_no_file_is_too_long_to_read_in_one_sitting():
    # Migrations are left out: each is written once, from the models, and read from top to bottom.
    found = [*modules("portal"), *modules("tests"), *modules("benchmarks")]
    assert [f"{module.path}: {module.lines} lines" for module in found if module.lines > FILE] == []


def test_no_function_is_too_long_to_hold_in_the_head():
    assert too_long(list(modules("portal")), FUNCTION) == []


def test_a_route_reads_the_form_calls_the_service_and_answers():
    assert too_long(roles("routes"), ROUTE) == []


def test_a_service_that_grows_becomes_a_package_of_use_cases():
    found = roles("service")
    assert [f"{module.path}: {module.lines} lines" for module in found if module.lines > SERVICE] == []


def test_a_page_is_made_of_macros_and_stays_short():
    assert [f"{page.name}: {page.lines} lines" for page in pages() if page.lines > PAGE] == []


def test_a_part_of_a_page_stays_short_too():
    assert [f"{part.name}: {part.lines} lines" for part in templates() if part.lines > PART] == []
