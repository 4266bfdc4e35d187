"""No text for people is put together by code: a translator could not turn it around, nor write it with Chinese punctuation.

The walk of `test_every_word` sees what is shown on it; here the sources are read, so that what nobody walked by counts too.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.rules.source import ROOT, Module, modules, templates

IN_TEMPLATES = {
    r'\|\s*join\(\s*"[^"]*[,;:.&][^"]*"': "a list with Latin punctuation: use |listed",
    r"\|\s*join\(\s*_\(": "a list joined by a translated word: use |listed",
    r'_\("(?:[^"\\]|\\.)*"[^{}]*\)\s*\}\}(</\w+>)*[:,.;]': "punctuation after a translated text: take it into the text",
    r'~\s*"[:,;] "|"[:,;(] "\s*~': "texts joined by punctuation: one text with placeholders",
    r"\|\s*(capitalize|title|upper|lower)\b": "letters of another case: Chinese has none; write the text as it is shown",
}
IN_STYLES = {
    r"""content:\s*(?:attr\([\w-]+\)\s*)?["'][^"']*[\w:;,.(][^"']*["']""": "a text in CSS",
    r"text-transform|::first-letter": "letters of another case",
}
SPEAKING = frozenset({"routes", "forms", "mail", "claim", "checks", "panels", "formats", "i18n", "devices", "catalogue"})
"""Files of an area whose words people read; what commands print is English."""


def in_text(text: str, faults: dict[str, str]) -> list[str]:
    """Return the faults of a template or style sheet."""
    return [f"{why}: {found.group()!r}" for pattern, why in faults.items() for found in re.finditer(pattern, text)]


def in_python(module: Module) -> list[str]:
    """Return where a module that speaks joins texts by punctuation or by a word."""
    return [
        f"{module.at(call)}: joined by {call.func.value.value!r}: use i18n.listed, or whole sentences"
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "join" and isinstance(call.func.value, ast.Constant)
        if isinstance(call.func.value.value, str)
        if re.search(r"[,;:.&]\s|\w", call.func.value.value) and module.role in SPEAKING
    ]


def test_no_template_joins_texts() -> None:
    found = {template.name: in_text(template.text, IN_TEMPLATES) for template in templates()}
    assert found
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_no_style_sheet_adds_words_punctuation_or_capitals() -> None:
    sheets = list((ROOT / "static").rglob("*.css"))
    assert sheets
    assert {sheet.name: faults for sheet in sheets if (faults := in_text(sheet.read_text(), IN_STYLES))} == {}


def test_no_module_that_speaks_joins_texts() -> None:
    assert {module.role for module in modules()} >= {"routes", "forms", "mail", "claim", "checks"}
    assert [fault for module in modules() for fault in in_python(module)] == []


@pytest.mark.parametrize(
    "planted",
    [
        '{{ names|join(", ") }}',
        '{{ countries|join(_(" and ")) }}',
        '<p>{{ _("Phone") }}: {{ phone }}</p>',
        '<p><a href="/x">{{ _("Not you?", name=name) }}</a>. {{ _("Tell us.") }}</p>',
        '{{ label ~ ": " ~ name }}',
        "{{ kind|capitalize }}",
    ],
)
def test_each_joined_text_of_a_template_is_found(planted: str) -> None:
    assert in_text(planted, IN_TEMPLATES) != []


@pytest.mark.parametrize("planted", ['td::before { content: attr(data-label) ": "; }', "dt { text-transform: capitalize; }"])
def test_each_text_of_a_style_sheet_is_found(planted: str) -> None:
    assert in_text(planted, IN_STYLES) != []


def test_joined_texts_of_python_are_found_where_people_read_them() -> None:
    planted = ast.parse(
        'one = ", ".join(names)\ntwo = " and ".join(names)\nthree = " · ".join(names)\nfour = " ".join(names)'
    )
    assert len(in_python(Module(Path("portal/lab/routes.py"), 4, planted))) == 2
    assert in_python(Module(Path("portal/lab/cli.py"), 4, planted)) == []
