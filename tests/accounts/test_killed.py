"""A server, or a worker, that is killed at any statement: what was half done is done once, or asked for again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.accounts.models import Person, RecoveryCode, SignInEvent
from portal.jobs import worker
from portal.jobs.service import LEASE
from portal.kit.db import db
from tests.accounts.walk import removal_link, request_removal

PASSWORD = "seven quiet looms at dawn"
MEI = {"name": "Mei Lin", "email": "mei@example.com", "password": PASSWORD, "accept_terms": "y"}

DONE = "Two-step verification was turned off"
REMINDER = "Reminder: two-step verification will be turned off soon"

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


def a_day_of_the_worker():
    """What a worker does once it looks at its schedules: go on with the removals that have come due."""
    with worker.unit_of_work():
        accounts.enqueue_due_removals()
    while worker.run_next():
        pass


@pytest.mark.parametrize("reminded", [False, True], ids=["the reminder", "the day"])
@pytest.mark.sweep(statements=60)
def test_a_removal_that_is_killed_at_any_statement_happens_once(
    app, waiting, live, clock, outbox, kill, has_factor, reminded
):
    if reminded:
        live(days=5, hours=1)
        clock.forward(days=2)
    else:
        outbox.all()
        clock.forward(days=5, hours=1)

    def work():
        with app.app_context():
            a_day_of_the_worker()

    kill.while_doing(work)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    work()
    subject = (
        "Two-step verification was turned off" if reminded else "Reminder: two-step verification will be turned off soon"
    )
    told = [email for email in outbox.to(waiting.email) if email.subject == subject]
    assert len({email.headers["Message-ID"] for email in told}) == 1
    assert has_factor() is not reminded
    with app.app_context():
        codes = select(func.count()).select_from(RecoveryCode)
        assert db.session.scalar(codes) == 0
        done = select(func.count()).select_from(SignInEvent).where(SignInEvent.outcome == "factor_removed")
        assert db.session.scalar(done) == int(reminded)


@pytest.mark.sweep(statements=30)
def test_a_confirmed_removal_that_is_killed_at_any_statement_begins_once(app, client, new_client, owner, outbox, kill):
    request_removal(client, owner)
    link = removal_link(outbox, owner)
    kill.while_doing(lambda: client.submit(link))
    page = new_client().get(link)
    if page.title == "Lost your phone and your codes?":
        new_client().submit(link)
    begun = [email for email in outbox.to(owner.email) if email.subject == "Two-step verification will be turned off"]
    assert len({email.headers["Message-ID"] for email in begun}) == 1
