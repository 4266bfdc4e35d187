"""The checks of P08 and P10 see what they should: they pass on what stands, and fail on what is broken."""

import pytest

from portal.accounts import service as accounts
from portal.kit.checks import state
from portal.recovery import checks


def run(app, promise: str):
    with app.app_context():
        return next(check for check in checks.CHECKS if check.promise == promise).run()


@pytest.mark.parametrize("promise", ["P08", "P10"])
def test_the_promise_is_kept(app, promise):
    finding = run(app, promise)
    assert finding.ok, finding


@pytest.mark.parametrize("forgotten", ["password_set_at", "reset_requested_at", "email_key"])
def test_a_link_that_outlives_a_change_breaks_p08(app, monkeypatch, forgotten):
    parts = [part for part in ("password_set_at", "reset_requested_at", "email_key") if part != forgotten]
    monkeypatch.setattr(accounts, "reset_stamp", lambda somebody: "|".join(str(getattr(somebody, part)) for part in parts))
    assert not run(app, "P08").ok


def test_an_email_without_the_link_breaks_p10(app, monkeypatch):
    monkeypatch.setattr(
        checks, "NO_REPORT_LINK", {key: why for key, why in checks.NO_REPORT_LINK.items() if key != "accounts/welcome"}
    )
    monkeypatch.setattr(checks, "_has_report_link", lambda email: email != "accounts/welcome")
    finding = run(app, "P10")
    assert not finding.ok
    assert finding.statements == (state("no_link", email="accounts/welcome"),)


def test_a_page_that_is_gone_breaks_p10(app, monkeypatch):
    monkeypatch.delitem(app.view_functions, "recovery.report_misuse")
    assert not run(app, "P10").ok


def test_every_email_that_is_excused_exists(app):
    with app.app_context():
        names = set(app.jinja_env.list_templates())
    assert {email for email in checks.NO_REPORT_LINK if f"mail/{email}/body.html" not in names} == set()
