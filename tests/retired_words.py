"""Words that no string for people holds any more: each sounded translated, and each has a plain one in its place.

`find(text)` returns the faults of one text as sentences; `spoken()` yields every text that the portal says to anybody: all
that is translated (pages, emails, the copy, the console, the results of checks), and what its commands print and explain.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.pseudo import PLACEHOLDER, messages
from tests.rules.source import Module, modules


@dataclass(frozen=True)
class Retired:
    """A word that is retired: what says it, what to say instead, and a fault that must be found."""

    pattern: str
    instead: str
    fault: str


RETIRED = (
    Retired(r"letters?\b", "email", "A letter is on its way."),
    Retired(r"e-mails?\b", "email", "Your e-mail address"),
    Retired(r"mails\b|mailed\b|\b(your|by|unwanted) mail\b", "email", "Check your mail."),
    Retired(r"(?<!development )mailbox(es)?\b", "inbox", "Open your mailbox."),
    Retired(r"press(es|ed|ing)?\b", "click or select", "Press the button."),
    Retired(r"anew\b", "again, or a new one", "Choose a password anew."),
    Retired(r"present (email|address|password|code|visit|account)", "current", "Your present address"),
    Retired(r"(?<!or other )network address(es)?\b", "IP address", "We keep no network address."),
    Retired(
        r"sessions? (has |have |will )?ends?(ed)?\b|ends? (all|every|the|this|your|other) sessions?",
        "sign out",
        "All sessions have ended.",
    ),
    Retired(r"mend(s|ed|ing)?\b", "fix", "Please mend these settings."),
    Retired(r"(some|every|any)body\b", "someone, everyone, anyone", "Somebody uses your account."),
    Retired(r"fetch(ed|es|ing)? (it|them|the copy|your)|was fetched|be fetched", "download", "The copy was fetched."),
    Retired(r"in earnest\b", "seriously", "We take it in earnest."),
    Retired(r"stands? (in|on|with|also|here|there|beside)\b", "is in, is on", "The number stands on the receipt."),
    Retired(r"conversations?\b|(my|new) questions?\b", "ticket", "My questions"),
    Retired(r"no such\b", "not found", "There is no such page."),
    Retired(r"payment house\b", "payment provider", "It goes to the payment house."),
    Retired(r"seal(s|ed|ing)?\b", "encrypt", "A sealed value"),
    Retired(r"way out\b", "unsubscribe link", "Every issue carries the way out."),
    Retired(r"too often\b", "too many attempts", "That was tried too often."),
    Retired(r"settled\b", "closed", "This is settled."),
    Retired(r"statistics only\b|agree to statistics", "analytics, accept", "Statistics only if you agree"),
    Retired(
        r"organi[z]|authori[z]|recogni[z]|anonymi[z]|\bcolor|\bcenter|\bcatalog\b", "British spelling", "Your organization"
    ),
    Retired(r"!(?!\w|=)", "no exclamation mark", "Welcome!"),
    Retired(
        r"(do|did|does|can|could|is|are|was|were|has|have|would|should)n't\b|\w+'s\b",
        "a typographic apostrophe: ’",
        "It isn't there.",
    ),
)
"""Every retired word. The table of WORDS.md is of examples: what else turns up goes here."""
PRINTS = frozenset(
    {"echo", "secho", "ClickException", "UsageError", "BadParameter", "SettingsError", "option", "progressbar"}
)
"""Calls whose words a person reads in a terminal."""
APOSTROPHE = RETIRED[-1]
"""Of translated texts only: a terminal gets what every terminal can show."""


def find(text: str, *, is_printed: bool = False) -> list[str]:
    """Return what a text says in retired words."""
    bare = PLACEHOLDER.sub("x", text)
    return [
        f"{found.group()!r} in {text!r}: say {word.instead}"
        for word in RETIRED
        if not (is_printed and word is APOSTROPHE)
        for found in [re.search(rf"\b(?:{word.pattern})", bare, re.IGNORECASE)]
        if found
    ]


def spoken() -> Iterator[tuple[str, str, bool]]:
    """Yield every text that the portal says: where, the text, and whether it is printed by a command."""
    for file, message in messages():
        for text in [message] if isinstance(message, str) else message:
            yield file, text, False
    for module in modules():
        for line, text in printed(module):
            yield f"{module.path}:{line}", text, True


def printed(module: Module) -> Iterator[tuple[int, str]]:
    """Yield what a module prints in a terminal: words of its commands, their help, and of errors that stop the boot."""
    for call in module.calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in PRINTS:
            yield from _words(call)
    for function in module.functions():
        decorators = [ast.unparse(each) for each in function.decorator_list]
        if any(".command(" in each or ".group(" in each for each in decorators) and (doc := ast.get_docstring(function)):
            yield function.lineno, doc
    if module.path.name == "demo.py":
        for function in module.functions():
            yield from (each for node in function.body if isinstance(node, ast.Return) for each in _words(node))


def _words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, node.value
