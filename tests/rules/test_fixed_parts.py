"""What is rendered once for everybody depends on its key alone: no name of a person, no nonce and no token gets in.

The parts are read as Jinja parses them, with what they include and the macros that they call. Each name in them is a tool of
all pages, a fact of the company, is drawn anew for every answer, stands in the part's key, or is declared below to follow
from it. A page that is kept whole (`render_same`) is shown to visitors only, with nothing in its form.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import jinja2
import pytest
from jinja2 import meta, nodes

from tests.rules.source import Template, modules, templates

TOOLS = {"_", "ngettext", "url_for", "fixed", "company", "caller", "loop", "language_tag", "range", "dict", "who_sees"}
DRAWN = {
    call.args[1].value
    for module in modules()
    for call in module.calls()
    if ast.unparse(call.func) in ("drawn", "fixed_parts.drawn") and len(call.args) == 3
}
"""What is drawn anew for every answer: it leaves a hole in what is kept."""
ALL_PAGES = frozenset(TOOLS | DRAWN)
DOCUMENT = {
    "document",
    "version",
    "vendors",
    "payment_vendor",
    "google_cookies",
    "periods",
    "rows",
    "lead",
    "sections",
    "wide_sections",
    "first_sections",
}
"""A document in force, and what it says of itself and of the registers behind it."""
FOLLOWS = {
    # Each document says its own sections and lead; the registers behind them change with a release only.
    "legal.document": DOCUMENT - {"document", "version", "vendors"},
    **dict.fromkeys(("legal/privacy.html", "legal/terms.html", "legal/eula.html"), DOCUMENT),
    "accounts/signup.html": {"least"},
    "legal/history.html": {"documents", "events"},
    "legal/vendors.html": {"vendors"},
    "legal/cookies.html": {"own", "google"},
    "legal/security.html": {"kinds"},
    "promises/overview.html": {"board", "Status"},
    "legal.history": {"events"},
    "legal.security": {"kinds"},
    "privacy.formats": {"datasets", "file"},
    "privacy.held": {"row"},
    "promises.overview": {"board", "Status"},
    # What was on sale when the prices were last read.
    **dict.fromkeys(("billing.plans", "billing/plans.html"), {"offered", "plans", "is_on"}),
}
"""Part or whole page -> names that say the same whenever its key does."""
VISITORS = frozenset({"actor", "form"})
"""Whoever is shown a page that is kept whole is nobody, and their form is as it was made."""


ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
ENVIRONMENT.filters |= dict.fromkeys(
    ("bytes", "day", "device", "entries", "instant", "listed", "period", "money", "currency"), str
)
ZONE = "zone"
"""In the key of a part that says an instant: the filter takes the reader's zone."""


def by_name() -> dict[str, Template]:
    return {template.name: template for template in templates()}


def fixed_parts(template: Template) -> Iterator[nodes.CallBlock]:
    """Yield the parts of a template that are kept."""
    for block in template.tree.find_all(nodes.CallBlock):
        if isinstance(block.call.node, nodes.Name) and block.call.node.name == "fixed":
            yield block


def whole(body: Sequence[nodes.Node]) -> nodes.Template:
    tree = nodes.Template(list(body))
    tree.set_environment(ENVIRONMENT)
    return tree


def names_of(body: Sequence[nodes.Node]) -> set[str]:
    return meta.find_undeclared_variables(whole(body))


def imported(template: Template) -> dict[str, tuple[str, str | None]]:
    """Return what a template imports: name -> template and macro; no macro where the name stands for all of them."""
    found = imported(by_name()[template.extends]) if template.extends else {}
    for each in template.tree.find_all(nodes.Import):
        found[each.target] = (each.template.value, None)
    for each in template.tree.find_all(nodes.FromImport):
        for name in each.names:
            macro, alias = (name, name) if isinstance(name, str) else name
            found[alias] = (each.template.value, macro)
    return found


def strange(template: Template, body: Sequence[nodes.Node], known: frozenset[str], seen: set[object]) -> Iterator[str]:
    """Yield the names on which some nodes depend besides `known`."""
    tree, modules = whole(body), imported(template)
    own = {each.name for each in template.tree.find_all(nodes.Macro)}
    if ZONE not in known and any(each.name == "instant" for each in tree.find_all(nodes.Filter)):
        yield f"{template.name}: the reader's zone"
    for name in sorted(names_of(body) - known - constants(template)):
        if name in own:
            yield from strange_in_macro(template, name, known, seen)
            continue
        if name not in modules:
            yield f"{template.name}: {name}"
            continue
        source, macro = modules[name]
        for each in [macro] if macro else called_of(name, tree):
            yield from strange_in_macro(by_name()[source], each, known, seen)
    for include in tree.find_all(nodes.Include):
        for part in included(include):
            yield from strange(part, part.tree.body, known, seen)


def constants(template: Template) -> set[str]:
    """Return what a module sets once for all, outside of its macros; a page sets such names for itself."""
    is_module = not template.extends and template.tree.find(nodes.Macro) is not None
    top = [each.target for each in template.tree.body if is_module and isinstance(each, nodes.Assign)]
    return {each.name for each in top if isinstance(each, nodes.Name)}


def called_of(module: str, tree: nodes.Template) -> list[str]:
    """Return the macros of a module that are called."""
    found = [each for each in tree.find_all(nodes.Getattr) if isinstance(each.node, nodes.Name)]
    return [each.attr for each in found if each.node.name == module]


def strange_in_macro(template: Template, name: str, known: frozenset[str], seen: set[object]) -> Iterator[str]:
    if (template.name, name) not in seen:
        seen.add((template.name, name))
        (macro,) = [each for each in template.tree.find_all(nodes.Macro) if each.name == name]
        yield from strange(template, [macro], ALL_PAGES | (known & {ZONE}), seen)


def included(include: nodes.Include) -> Iterable[Template]:
    """Return the templates that an include may name; one that is put together names all below its folder."""
    if isinstance(include.template, nodes.Const):
        return [by_name()[include.template.value]]
    folder = next(include.template.find_all(nodes.Const)).value
    depth = len(PurePosixPath(folder).parts) + 2
    return [each for each in templates() if each.name.startswith(folder) and len(PurePosixPath(each.name).parts) == depth]


def faults(template: Template) -> Iterator[str]:
    for part in fixed_parts(template):
        name, *key = part.call.args
        known = {each.name for arg in key for each in [arg, *arg.find_all(nodes.Name)] if isinstance(each, nodes.Name)}
        # What hangs on a name that may say anything else is no key: the request, the person.
        known -= {"request", "actor", "g", "session"}
        dotted = {each for arg in key for each in [arg, *arg.find_all(nodes.Getattr)] if isinstance(each, nodes.Getattr)}
        reads = {(each.node.name, each.attr) for each in dotted if isinstance(each.node, nodes.Name)}
        body = [without(reads, node) for node in part.body]
        yield from strange(template, body, ALL_PAGES | frozenset(known) | frozenset(FOLLOWS.get(name.value, ())), set())


@dataclass(frozen=True)
class WholePage:
    """A page that is kept whole: its template, and the names of what stands in its key."""

    template: str
    key: frozenset[str]


def whole_pages() -> list[WholePage]:
    calls = [call for module in modules() for call in module.calls() if ast.unparse(call.func) == "render_same"]
    return [
        WholePage(str(call.args[0].value), frozenset(ast.unparse(each) for each in call.args[1:]))
        for call in calls
        if isinstance(call.args[0], ast.Constant)
    ]


def faults_of_page(page: WholePage) -> Iterator[str]:
    known = ALL_PAGES | VISITORS | page.key | frozenset(FOLLOWS.get(page.template, ()))
    template: Template | None = by_name()[page.template]
    chain = []
    while template:
        chain.append(template)
        template = by_name()[template.extends] if template.extends else None
    # What a page sets, the layouts around it read.
    own = frozenset(name for each in chain for name in _set_in(each))
    for each in chain:
        body = [without({("request", "endpoint"), ("request", "blueprint")}, node) for node in each.tree.body]
        yield from strange(each, body, known | own, set())


def _set_in(template: Template) -> Iterator[str]:
    for assignment in template.tree.find_all((nodes.Assign, nodes.AssignBlock)):
        if isinstance(assignment.target, nodes.Name):
            yield assignment.target.name
    yield from imported(template)


def without(reads: set[tuple[str, str]], node: nodes.Node) -> nodes.Node:
    """Return a node in which each `name.attribute` of `reads` is a constant: it stands in the key."""

    def visit(each: nodes.Node) -> nodes.Node:
        if isinstance(each, nodes.Getattr) and isinstance(each.node, nodes.Name) and (each.node.name, each.attr) in reads:
            return nodes.Const(0)
        for field, value in each.iter_fields():
            if isinstance(value, list):
                setattr(each, field, [visit(one) if isinstance(one, nodes.Node) else one for one in value])
            elif isinstance(value, nodes.Node):
                setattr(each, field, visit(value))
        return each

    return visit(copy.deepcopy(node, {id(node.environment): node.environment}))


def planted(source: str) -> list[str]:
    tree = ENVIRONMENT.parse(source)
    return list(faults(Template(PurePosixPath("planted.html"), source, tree)))  # type: ignore[arg-type]


@pytest.mark.parametrize("template", [each for each in templates() if list(fixed_parts(each))], ids=lambda each: each.name)
def test_a_part_that_is_kept_depends_on_its_key_alone(template: Template) -> None:
    assert list(faults(template)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% call fixed("one") %}{{ actor.name }}{% endcall %}', ["planted.html: actor"]),
        ('{% call fixed("one") %}<script nonce="{{ g.nonce }}">{% endcall %}', ["planted.html: g"]),
        ('{% call fixed("one") %}<script nonce="{{ nonce() }}">{{ marks() }}{% endcall %}', []),
        ('{% call fixed("one", request.endpoint) %}{{ request.path }}{% endcall %}', ["planted.html: request"]),
        ('{% call fixed("one", request.endpoint) %}{{ request.endpoint }}{% endcall %}', []),
        ('{% call fixed("one", actor.is_signed_in) %}{{ actor.name }}{% endcall %}', ["planted.html: actor"]),
        ('{% call fixed("one", count) %}{{ count }}{% endcall %}', []),
        (
            '{% import "components/forms.html" as forms %}{% call fixed("one") %}{{ forms.hidden() }}{% endcall %}',
            [],
        ),
        (
            '{% call fixed("one") %}{% include "components/notices.html" %}{% endcall %}',
            ["components/notices.html: said"],
        ),
        ('{% call fixed("one", at) %}{{ at|instant }}{% endcall %}', ["planted.html: the reader's zone"]),
        ('{% call fixed("one", at, zone) %}{{ at|instant }}{% endcall %}', []),
    ],
)
def test_the_rule_sees_what_else_a_part_depends_on(source: str, found: list[str]) -> None:
    assert planted(source) == found


@pytest.mark.parametrize("page", whole_pages(), ids=lambda each: each.template)
def test_a_page_that_is_kept_whole_depends_on_its_key_alone(page: WholePage) -> None:
    assert list(faults_of_page(page)) == []


def test_the_rule_sees_what_else_a_whole_page_depends_on() -> None:
    (home,) = [each for each in templates() if each.name == "home/home.html"]
    assert list(faults_of_page(WholePage(home.name, frozenset())))


def test_every_part_that_is_declared_is_there() -> None:
    names = {part.call.args[0].value for template in templates() for part in fixed_parts(template)}
    assert set(FOLLOWS) <= names | {page.template for page in whole_pages()}


def test_each_page_that_is_kept_whole_names_its_template() -> None:
    calls = [call for module in modules() for call in module.calls() if ast.unparse(call.func) == "render_same"]
    assert len(calls) == len(whole_pages()) > 5
