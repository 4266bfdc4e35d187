"""No string for people holds a word that is retired: each was planted once."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.retired_words import APOSTROPHE, RETIRED, Retired, find, printed, spoken
from tests.rules.source import Module

PLAIN = (
    "Check your email. The link works for %(time)s, once.",
    "Development mailbox",
    "We keep no machine name and no IP or other network address.",
    "Show what the data register holds, and sign everyone out.",
    "Use at least 15 characters. Letterpress is a word like any other.",
    "You’re signed out after 12 hours without activity.",
    "Please write to us and let’s try to settle it.",
)
COMMAND = """
@group.command("add")
@click.option("--role", help="Press enter.")
def add(role):
    \"\"\"Mend the settings.\"\"\"
    letter = "a letter that nobody reads"
    click.echo(f"The letter of {role} is sent.")
    raise click.ClickException("Tried too often.")
"""


def test_no_page_email_or_command_says_a_retired_word() -> None:
    texts = list(spoken())
    assert {is_printed for _where, _text, is_printed in texts} == {True, False}
    faults = [f"{where}: {fault}" for where, text, is_printed in texts for fault in find(text, is_printed=is_printed)]
    assert faults == []


@pytest.mark.parametrize("word", RETIRED, ids=lambda word: word.fault)
def test_each_retired_word_is_found(word: Retired) -> None:
    assert find(word.fault) and f"say {word.instead}" in "\n".join(find(word.fault))


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_pass(text: str) -> None:
    assert find(text) == []


def test_what_a_command_prints_and_explains_is_read_and_nothing_else() -> None:
    said = [text for _line, text in printed(Module(Path("portal/x/cli.py"), 1, ast.parse(COMMAND)))]
    assert sorted(said) == [" is sent.", "Mend the settings.", "Press enter.", "The letter of ", "Tried too often."]
    assert all(find(text, is_printed=True) for text in said if text != " is sent.")


def test_a_terminal_gets_the_apostrophe_that_every_terminal_shows() -> None:
    assert find(APOSTROPHE.fault, is_printed=True) == []
