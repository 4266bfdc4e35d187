"""What a link is for is spelled once: equal texts in two places would tie two areas together where no import says so (R6).

That a link is signed for nothing but a `LinkPurpose`, mypy holds.
"""

import ast
from collections.abc import Sequence
from pathlib import Path

from tests.rules.source import Module, dotted, modules


def purposes(found: Sequence[Module]) -> list[str]:
    """Return the text of every purpose; "" for one that is no plain text at the top of its module."""
    return [
        str(getattr(call.args[0], "value", ""))
        if call in [getattr(line, "value", None) for line in module.tree.body]
        else ""
        for module in found
        for call in module.calls()
        if dotted(call.func).split(".")[-1] == "LinkPurpose"
    ]


def faults(found: list[str]) -> list[str]:
    """Return the purposes that are spelled twice, or put together somewhere."""
    return sorted({text for text in found if not text or found.count(text) > 1})


def test_a_purpose_is_spelled_once():
    found = purposes(modules())
    assert {"undo_deletion", "recovery.reset", "newsletter.unsubscribe"} <= set(found)
    assert faults(found) == []


def test_the_rule_sees_what_it_should():
    plant = 'UNDO = tokens.LinkPurpose("undo")\nRESET = tokens.LinkPurpose("reset")\ntokens.sign(tokens.LinkPurpose(x))'
    planted = [
        Module(Path("portal/accounts/mail.py"), 0, ast.parse(plant)),
        Module(Path("portal/privacy/service.py"), 0, ast.parse('UNDO = tokens.LinkPurpose("undo")')),
    ]
    assert faults(purposes(planted)) == ["", "undo"]
