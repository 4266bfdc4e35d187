"""People are used for a purpose by two ways alone, which ask first: a list by `usable`, and an email that says what for.

A purpose says itself whether any part of the portal asks about it: until then no promise about it is kept.
"""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from portal.consent import service as consent
from portal.mail import gate
from tests.rules.source import Module, dotted, imports, modules


def asked(found: Iterable[Module]) -> set[str]:
    """Return every purpose that modules other than checks ask about. Raises LookupError for one that no name says."""
    return {
        purpose_of(call)
        for module in found
        if module.role != "checks"
        for call in module.calls()
        if dotted(call.func).split(".")[-1] in ("may_use", "usable")
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
    """Of each email mail asks by the callable that app.py hands in."""
    found = [module for module in modules() if module.area != "consent"]
    assert {key for key, purpose in consent.PURPOSES.items() if purpose.is_asked} == asked(found) | {*consent.BY_EMAIL}


def emails(found: Iterable[Module]) -> Iterable[tuple[Module, ast.Call, str, str]]:
    """Yield each email that is sent: where, its kind, and its purpose or "" (a purpose that no word says raises)."""
    for module in found:
        for call in module.calls():
            if dotted(call.func).endswith("mail.send") and call.args:
                said = [each for each in call.keywords if each.arg == "purpose"]
                yield module, call, str(getattr(call.args[0], "value", "")), purpose_of(call) if said else ""


def unasked(found: Iterable[Module]) -> list[str]:
    """Name the emails for a purpose whose readers were neither listed nor asked about for it where it is sent from."""
    known = list(found)
    wrong = [
        f"{module.at(call)} sends {kind!r} without saying what for"
        for module, call, kind, purpose in emails(known)
        if not purpose and not gate.is_service(kind)
    ]
    for module, call, kind, purpose in emails(known):
        if purpose:
            verbs = {node.name for node in module.functions() if call in ast.walk(node)}
            wrong += [
                f"{other.at(node)} {node.name} lists readers of {kind!r} by another way"
                for other in known
                if other.role != "mail"
                for node in other.functions()
                if _calls(node, verbs) and purpose not in asked([_alone(other, node)])
            ]
    return wrong


def _calls(function: ast.AST, verbs: set[str]) -> bool:
    return any(dotted(node.func).split(".")[-1] in verbs for node in ast.walk(function) if isinstance(node, ast.Call))


def _alone(module: Module, function: ast.AST) -> Module:
    return Module(module.path, module.lines, ast.Module([function], []))  # type: ignore[list-item]  # a function is a statement


def deciding(found: Iterable[Module]) -> list[str]:
    """Name the places outside of consent that read decisions themselves, past the selector."""
    return [
        f"{module.at(node)} reads decisions"
        for module in found
        if module.area != "consent"
        for node, name in imports(module)
        if name.startswith("portal.consent.models")
    ]


def test_no_other_way_leads_to_people_for_a_purpose():
    assert unasked(modules()) == []
    assert deciding(modules()) == []


def test_our_team_finds_people_by_the_selector_alone():
    """Every list of tickets that names its customers asks about them in the same statement."""
    (queues,) = [module for module in modules() if str(module.path) == "portal/support/service/queues.py"]
    (read_list,) = [node for node in queues.functions() if node.name == "read_list"]
    assert "_may_be_found()" in ast.unparse(read_list)
    assert asked([queues]) == {consent.STAFF_SEARCH}


def test_the_rule_sees_what_it_should():
    def planted(role: str, line: str) -> Module:
        return Module(Path(f"portal/newsletter/{role}.py"), 0, ast.parse(line))

    issue = planted("service", "consent.may_use(row.id, purpose=consent.NEWSLETTER)")
    betas = planted("jobs", "may_use(row.id, purpose='betas')")
    check = planted("checks", "consent.may_use(row.id, purpose='research')")
    assert asked([issue, betas, check]) == {"newsletter", "betas"}
    with pytest.raises(LookupError):
        asked([planted("service", "consent.may_use(row.id, purpose=whatever)")])
    email = planted("mail", "def invite(person):\n    mail.send('newsletter/beta', to=person, purpose='betas')")
    good = planted("service", "def go():\n    for row in people(consent.usable(Person.id, purpose='betas')): invite(row)")
    wrong = planted("service", "def go():\n    for row in people(): invite(row)")
    other = planted("service", "def go():\n    for row in people(usable(Person.id, purpose='research')): invite(row)")
    bare = planted("mail", "def invite(person):\n    mail.send('newsletter/beta', to=person)")
    service = planted("mail", "def hello(person):\n    mail.send('newsletter/welcome', to=person)")
    assert unasked([email, good]) == unasked([service]) == []
    assert len(unasked([email, wrong])) == len(unasked([email, other])) == len(unasked([bare])) == 1
    elsewhere = Module(Path("portal/research/service.py"), 0, ast.parse("from portal.consent.models import Decision"))
    assert len(deciding([elsewhere])) == 1
