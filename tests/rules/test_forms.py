"""Every form is one of the house's: bounded, calm about whatever body comes, and with nothing typed lost."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from wtforms import HiddenField, PasswordField

from portal.kit.forms import Form, password
from portal.kit.unsent_forms import MARKS, SECRETS, STATE
from tests.conftest import Visitor
from tests.people import Cast
from tests.rules.source import Module, imports, modules

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _forms_of_their_own(looked_at: Iterable[Module]) -> Iterator[str]:
    for module in looked_at:
        for node, name in imports(module):
            if name in ("flask_wtf.FlaskForm", "wtforms.Form") and module.name != "portal.kit.forms":
                yield module.at(node)


def test_every_form_is_made_of_the_houses_own() -> None:
    assert list(_forms_of_their_own(modules())) == []


def test_the_rule_sees_a_form_of_its_own() -> None:
    planted = Module(Path("portal/newsletter/forms.py"), 1, ast.parse("from flask_wtf import FlaskForm"))
    assert list(_forms_of_their_own([planted])) == ["portal/newsletter/forms.py:1"]


def _addresses(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            values = {name: uuid.uuid4() if "uuid:" in rule.rule else "x" for name in rule.arguments}
            yield rule, str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]


@ONE_DATABASE
@pytest.mark.parametrize("body", ["[1,2]", "5", '"x"', "null", "true", "{", '{"email": [{}]}'])
def test_a_body_that_is_no_form_is_refused_at_every_address(app: Flask, cast: Cast, body: str) -> None:
    for browser in (Visitor(app), cast.sign_in(cast.ada), cast.sign_in(cast.sam)):
        for rule, address in _addresses(app):
            if rule.endpoint == "accounts.logout":
                continue
            answer = browser.client.post(address, data=body, content_type="application/json")
            # A button without its token goes back to its page, and who may not enter goes where they may.
            assert answer.status_code == 303 or 400 <= answer.status_code < 500, (rule.rule, answer.status_code)


def _every_form() -> list[type[Form]]:
    found, waiting = [], [Form]
    while waiting:
        below = [each for each in waiting.pop().__subclasses__() if each.__module__.startswith("portal.")]
        found += below
        waiting += below
    assert len(found) > 10
    return found


def _kept_though_secret(form: Form) -> list[str]:
    """Name the fields whose value would be kept over a sign-in, though nobody types it or nobody else may hold it."""
    return [
        f"{type(form).__name__}.{field.name}"
        for field in form
        if (isinstance(field, PasswordField) or (field.render_kw or {}).get("autocomplete") == "one-time-code")
        and field.name not in SECRETS
        or type(field) is HiddenField
        and field.name not in STATE | MARKS
    ]


@ONE_DATABASE
def test_no_password_no_code_and_no_hidden_field_is_kept_while_somebody_signs_in(app: Flask) -> None:
    with app.test_request_context():
        assert [name for form in _every_form() for name in _kept_though_secret(form())] == []


@ONE_DATABASE
def test_the_rule_sees_a_password_by_another_name(app: Flask) -> None:
    class Planted(Form):
        passphrase = password()
        ticket = HiddenField()

    with app.test_request_context():
        assert _kept_though_secret(Planted()) == ["Planted.passphrase", "Planted.ticket"]


@ONE_DATABASE
def test_every_page_behind_a_link_takes_its_own_form_from_a_browser_that_tells_no_origin(app: Flask) -> None:
    """What Chromium sends from such a page to a host of the local network, and old browsers everywhere (B06)."""
    browser = Visitor(app)
    token = browser.get("/contact").fields()["csrf_token"]
    behind_links = [(rule, address) for rule, address in _addresses(app) if "<token>" in rule.rule]
    assert len(behind_links) > 5
    for rule, address in behind_links:
        outcomes = [
            browser.client.post(address, data=data, headers={"Origin": "null", **headers}).status_code
            for data, headers in (
                ({"csrf_token": token}, {}),
                ({}, {}),
                ({"csrf_token": token[1:]}, {}),
                ({"csrf_token": token}, {"Sec-Fetch-Site": "cross-site"}),
            )
        ]
        assert outcomes[0] in (303, 410), rule.rule
        if not hasattr(app.view_functions[rule.endpoint], "csrf_exempt_reason"):
            assert outcomes[1:] == [403, 403, 403], rule.rule
