"""An email is a folder with its subject and its page, of which its text is written; nobody posts one that is not there."""

import ast

from tests.rules.source import TEMPLATES, dotted, modules

PARTS = {"subject.txt", "body.html"}
MAIL = TEMPLATES / "mail"


def emails() -> set[str]:
    """Return the emails that have a folder, as `area/email`."""
    found = {path.relative_to(MAIL).as_posix() for path in MAIL.glob("*/*") if path.is_dir()}
    assert found, "no email: the rule would look at nothing"
    return found


def posted() -> dict[str, str]:
    """Return the emails that are posted, with where."""
    found = {}
    for module in modules():
        for call in module.calls():
            kind = call.args[0] if call.args else None
            if dotted(call.func).endswith("mail.send") and isinstance(kind, ast.Constant):
                found[str(kind.value)] = module.at(call)
    return found


def test_every_email_has_its_two_parts_and_nothing_else():
    assert {email: found for email in emails() if (found := {path.name for path in (MAIL / email).iterdir()}) != PARTS} == {}


def test_every_email_that_is_posted_has_a_folder():
    assert {email: place for email, place in posted().items() if email not in emails()} == {}


def test_every_email_with_a_folder_is_posted_by_somebody():
    assert sorted(emails() - set(posted())) == []


def test_an_email_is_posted_from_its_own_area_in_one_function_of_its_own():
    astray = []
    for module in modules():
        for function in module.functions():
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                kind = getattr(call.args[0], "value", "") if call.args else ""
                if dotted(call.func).endswith("mail.send") and (
                    module.role != "mail" or not str(kind).startswith(f"{module.area}/")
                ):
                    astray.append(f"{module.at(call)} posts {kind!r}")
    assert astray == []
