"""A purpose says itself whether any part of the portal asks `may_use` about it: until then no promise about it is kept."""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from portal.consent import service as consent
from tests.rules.source import Module, dotted, modules


def asked(found: Iterable[Module]) -> set[str]:
    """Return every purpose that modules other than checks ask about. Raises LookupError for one that no name says."""
    return {
        purpose_of(call)
        for module in found
        if module.role != "checks"
        for call in module.calls()
        if dotted(call.func).split(".")[-1] == "may_use"
    }


def purpose_of(call: ast.Call) -> str:
    """Return the purpose that a call asks about: a text, or a name of consent's."""
    for keyword in call.keywords:
        if keyword.arg == "purpose" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
        if keyword.arg == "purpose" and hasattr(consent, dotted(keyword.value).split(".")[-1]):
            return str(getattr(consent, dotted(keyword.value).split(".")[-1]))
    raise LookupError(f"line {call.lineno} does not say plainly which purpose it asks about")


def test_a_purpose_that_is_asked_about_says_so_and_no_other_does():
    assert {key for key, purpose in consent.PURPOSES.items() if purpose.is_asked} == asked(modules())


def test_the_rule_sees_what_it_should():
    def planted(role: str, line: str) -> Module:
        return Module(Path(f"portal/newsletter/{role}.py"), 0, ast.parse(line))

    issue = planted("service", "consent.may_use(row.id, purpose=consent.NEWSLETTER)")
    betas = planted("jobs", "may_use(row.id, purpose='betas')")
    check = planted("checks", "consent.may_use(row.id, purpose='research')")
    assert asked([issue, betas, check]) == {"newsletter", "betas"}
    with pytest.raises(LookupError):
        asked([planted("service", "consent.may_use(row.id, purpose=whatever)")])
