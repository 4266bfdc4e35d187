"""A server that is killed at any statement of a confirmation: the person asks again, and has one account."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.kit.db import db

PASSWORD = "seven quiet looms at dawn"
MEI = {"name": "Mei Lin", "email": "mei@example.com", "password": PASSWORD, "accept_terms": "y"}

pytestmark = pytest.mark.both_databases


@pytest.mark.sweep(statements=30)
def test_a_confirmation_that_is_killed_at_any_statement_leaves_one_account(app, client, new_client, outbox, kill):
    client.submit("/signup", **MEI)
    link = outbox.last(MEI["email"]).link("/verify-email/")
    kill.while_doing(lambda: client.submit(link))
    again = new_client()
    if again.get(link).status == 200:
        again.fill_in()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 1
    assert new_client().submit("/login", email=MEI["email"], password=PASSWORD).path == "/home"
