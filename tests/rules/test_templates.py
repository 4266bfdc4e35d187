"""Templates: every word a person reads can be translated, every figure comes from its one setting."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
from jinja2 import nodes

from tests.rules.source import Template, dotted, modules, templates

TRANSLATES = {"_", "gettext", "ngettext", "pgettext", "npgettext", "_l"}

RENDERS = {"part", "render", "render_same", "render_template", "stream"}

# Words that are the same in every language, or are no words at all.
NEUTRAL = re.compile(r"\b(ABN|UTC|UUID|JSON|CSV|ZIP|HTML|PDF|PNG|JPEG|WebP|ID|IP|URL|HTTPS?|MB|KB|GB|SHA-256)\b")
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"^\s*[A-Z][a-z’']+(,? [\w’']+)+|[\u4e00-\u9fff]")
SPOKEN_ATTRIBUTE = re.compile(r"""\b(?:title|alt|placeholder|aria-label|label|content)\s*=\s*(["'])(.*?)\1""", re.DOTALL)
CODE = re.compile(r"<(code|kbd|samp|pre|script|style|svg)\b.*?</\1\s*>", re.DOTALL)
META = re.compile(r"<meta\b.*?>", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
ENTITY = re.compile(r"&#?\w+;")

NUMBER = r"(\d+|one|two|three|four|five|six|seven|ten|twelve|fourteen|thirty|sixty|ninety)"
PERIOD = re.compile(rf"\b{NUMBER}[ -]+(second|minute|hour|day|week|month|year)s?\b", re.IGNORECASE)
# Figures that are no periods of the policy, each with its reason.
FREE_FIGURES: dict[str, str] = {}


def written(template: Template) -> str:
    """Return what the template itself writes, the places of its values left as one space each.

    The block `kind` is left out: it names the page to the style sheet, not to a person.
    """
    blocks = (block for block in template.tree.find_all(nodes.Block) if block.name == "kind")
    classes = {id(data) for block in blocks for data in block.find_all(nodes.TemplateData)}
    return " ".join(data.data for data in template.tree.find_all(nodes.TemplateData) if id(data) not in classes)


def translated(tree: nodes.Node) -> set[int]:
    """Return the ids of all constants that stand inside a call of a translating function."""
    return {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATES
        for constant in call.find_all(nodes.Const)
    }


def constants(template: Template) -> Iterator[nodes.Const]:
    """Yield the texts in a template's expressions."""
    return (node for node in template.tree.find_all(nodes.Const) if isinstance(node.value, str))


def test_every_word_of_a_template_can_be_translated():
    untranslated = []
    for template in templates():
        text = written(template)
        spoken = [match.group(2) for match in SPOKEN_ATTRIBUTE.finditer(META.sub(" ", text))]
        if template.path.suffix == ".html":
            text = TAG.sub(" ", CODE.sub(" ", text))
        for piece in (text, *spoken):
            words = WORD.findall(NEUTRAL.sub(" ", ENTITY.sub(" ", piece)))
            untranslated += [f"{template.name}: {word}" for word in words]
    assert untranslated == []


def test_no_sentence_hides_in_an_expression():
    hidden = [
        f"{template.name}:{node.lineno}: {node.value!r}"
        for template in templates()
        for inside in [translated(template.tree)]
        for node in constants(template)
        if id(node) not in inside and SENTENCE.search(node.value)
    ]
    assert hidden == []


def test_no_template_declares_a_value_safe():
    unsafe = [
        f"{template.name}:{node.lineno}"
        for template in templates()
        for node in template.tree.find_all((nodes.Filter, nodes.MarkSafe, nodes.ScopedEvalContextModifier))
        if not isinstance(node, nodes.Filter) or node.name == "safe"
    ]
    assert unsafe == []


def test_a_period_is_read_from_its_setting_never_written_out():
    """The policy page can never say one figure while the code keeps another (PROMISES, "one number, one place")."""
    found = []
    for template in templates():
        texts = [written(template), *(node.value for node in constants(template))]
        found += [f"{template.name}: {match.group(0)!r}" for text in texts for match in PERIOD.finditer(text)]
    for module in modules():
        for call in module.calls():
            if dotted(call.func) in TRANSLATES:
                texts = [str(getattr(argument, "value", "")) for argument in call.args]
                found += [f"{module.at(call)}: {m.group(0)!r}" for text in texts for m in PERIOD.finditer(text)]
    assert [place for place in found if place.split(": ")[0] not in FREE_FIGURES] == []


def rendered() -> dict[str, str]:
    """Return the templates that Python renders by name, with where."""
    found = {}
    for module in modules():
        for call in module.calls():
            if dotted(call.func).split(".")[-1] in RENDERS and call.args:
                name = getattr(call.args[0], "value", None)
                if isinstance(name, str):
                    found[name] = module.at(call)
    assert found
    return found


def test_every_template_that_is_rendered_exists():
    there = {template.name for template in templates()}
    assert {name: place for name, place in rendered().items() if name not in there} == {}


def used_by_templates() -> set[str]:
    """Return what templates extend, include and import by name; for a name put together, its folder."""
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    found: set[str] = set()
    for template in templates():
        for node in template.tree.find_all(kinds):
            first = next(node.template.find_all(nodes.Const), None) if not is_text(node.template) else node.template
            if isinstance(first, nodes.Const):
                found.add(str(first.value))
    return found


def is_text(node: nodes.Node) -> bool:
    """Tell whether an expression is a text and nothing else."""
    return isinstance(node, nodes.Const)


def beginnings() -> tuple[str, ...]:
    """Return how the names begin that Python puts together: `f"legal/{key}.html"` begins with `legal/`."""
    return tuple(
        str(argument.values[0].value)
        for module in modules()
        for call in module.calls()
        for argument in call.args[:1]
        if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant)
        if dotted(call.func).split(".")[-1] in RENDERS
    )


def test_every_template_is_used():
    used = used_by_templates() | set(rendered())
    begun = (*(name for name in used if name.endswith("/")), *beginnings(), "mail/")
    assert [each.name for each in templates() if each.name not in used and not each.name.startswith(begun)] == []


def without_a_zone(template: Template) -> list[str]:
    """Return where a template says an instant or a day in whichever zone the person of the request has."""
    said = (node for node in template.tree.find_all(nodes.Filter) if node.name in ("instant", "day"))
    return [f"{template.name}:{node.lineno}" for node in said if not node.args]


def test_an_email_or_a_download_names_the_zone_of_its_reader():
    """Whoever causes it to be made may be somebody else, or nobody."""
    away = [each for each in templates() if each.name.startswith(("mail/", "privacy/archive/"))]
    assert len(away) > 20
    assert [place for template in away for place in without_a_zone(template)] == []


def test_the_rule_about_zones_sees_what_it_should():
    tree = jinja2.Environment().parse("{{ at|instant(zone) }}\n{{ at|instant }}\n{{ due|day }}")
    assert without_a_zone(Template(Path("mail/x.txt"), "", tree)) == ["mail/x.txt:2", "mail/x.txt:3"]


def test_the_rules_about_words_see_what_they_should():
    assert WORD.findall(TAG.sub(" ", CODE.sub(" ", "<p>Hello</p><code>portal serve</code>"))) == ["Hello"]
    assert SENTENCE.search("Sign in")
    assert SENTENCE.search("登录")
    assert not SENTENCE.search("components/forms.html")
    assert PERIOD.search("kept for 14 days")
    assert PERIOD.search("within two years")
    assert not PERIOD.search("2006 in Australia")
