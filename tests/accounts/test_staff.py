"""Staff: given by an operator, with a second factor, and gone at once when taken away."""

import json

import pytest
from click.testing import CliRunner

from portal import cli
from portal.accounts import service as accounts
from portal.accounts.models import TotpFactor
from portal.kit.actor import Role, System
from portal.kit.db import db
from portal.kit.unit import current_unit
from tests.accounts.walk import is_in, sign_in


@pytest.fixture
def portal(app, monkeypatch):
    """Run a command as an operator does; return its result."""
    monkeypatch.setattr(cli, "load", lambda: None)
    monkeypatch.setattr(cli, "create_app", lambda _settings: app)
    return lambda *words: CliRunner().invoke(cli.main, words)


@pytest.fixture
def has_factor_now(app):
    """Tell whether somebody has a second factor."""

    def look(person):
        with app.app_context():
            return db.session.get(TotpFactor, person.account_id) is not None

    return look


def test_an_empty_portal_has_no_staff(portal):
    assert json.loads(portal("staff", "list", "--json").stdout) == []


def test_an_operator_adds_lists_moves_and_removes(portal, cast):
    browser = cast.sign_in(cast.ben)
    assert portal("staff", "add", cast.ben.email, "--role", "support").exit_code == 0
    assert not is_in(browser), "the sessions from before hold no role"
    (row,) = json.loads(portal("staff", "list", "--json").stdout)
    assert row == {"email": cast.ben.email, "name": cast.ben.name, "role": "support", "second_factor": False}
    assert portal("staff", "role", cast.ben.email, "--role", "senior").exit_code == 0
    assert "senior" in portal("staff", "list").stdout
    assert cast.actor_in(cast.sign_in(cast.ben)).roles == {"senior"}
    assert portal("staff", "remove", cast.ben.email).exit_code == 0
    assert cast.actor_in(cast.sign_in(cast.ben)).roles == frozenset()


@pytest.mark.parametrize(
    "words",
    [
        ("add", "nobody@example.com", "--role", "support"),
        ("add", "ada@example.com", "--role", "king"),
        ("role", "ada@example.com", "--role", "support"),
        ("remove", "ada@example.com"),
        ("reset-factor", "ada@example.com"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(portal, cast, words):
    cast.ada  # noqa: B018 (has an account, and is not on the staff)
    result = portal("staff", *words)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert not cast.actor_in(cast.sign_in(cast.ada)).roles


def test_a_lost_factor_is_reset_by_the_portal_and_set_up_anew(portal, client, cast, outbox, run_jobs, has_factor_now):
    sign_in(client, cast.sam)
    assert not is_in(client)
    assert portal("staff", "reset-factor", cast.sam.email).exit_code == 0
    assert has_factor_now(cast.sam), "the command of staff writes no factor"
    run_jobs()
    assert outbox.last(cast.sam.email).subject == "Two-step verification was turned off"
    sign_in(client, cast.sam)
    assert client.get("/login/second-factor").path == "/settings/second-factor"


def test_a_customers_factor_is_not_staffs_to_reset(portal, cast):
    cast.give_factor(cast.ada)
    assert portal("staff", "reset-factor", cast.ada.email).exit_code != 0


def test_a_customer_who_is_made_staff_keeps_the_factor_as_long_as_a_customer_waits(
    portal, cast, clock, run_jobs, has_factor_now
):
    cast.give_factor(cast.ada)
    clock.forward(minutes=1)
    assert portal("staff", "add", cast.ada.email, "--role", "support").exit_code == 0
    assert portal("staff", "reset-factor", cast.ada.email).exit_code != 0
    clock.forward(days=7)
    assert portal("staff", "reset-factor", cast.ada.email).exit_code == 0
    assert portal("staff", "remove", cast.ada.email).exit_code == 0
    run_jobs()
    assert has_factor_now(cast.ada), "who is off the staff meanwhile is a customer again"


def test_no_such_role(unit, cast):
    with pytest.raises(ValueError), unit():
        accounts.grant_role(cast.ada.id, role="king")


def test_a_command_acts_as_itself_and_not_as_a_person(portal, monkeypatch):
    seen = []
    monkeypatch.setattr(accounts, "list_staff", lambda: seen.append(current_unit().actor) or [])
    portal("staff", "list")
    (acting,) = seen
    assert isinstance(acting, System)
    assert acting.name.endswith("staff list")
    assert acting.role is Role.ADMIN, "it writes no more than an admin may"
