"""Somebody deletes their history: visits, and sign-ins that nobody needs any more to notice a stranger (P28)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import SignInEvent, SignInOutcome
from portal.accounts.service import history_deletion
from portal.kit import clock as time
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.traffic.models import Visit
from portal.traffic.routes import recorder

pytestmark = pytest.mark.both_databases
PAGE = "/settings/security/history/delete"


@pytest.fixture
def life(app, cast, client, clock):
    """Ada signed in ten days ago by hand, and somebody failed three days ago."""
    client.submit("/login", email=cast.ada.email, password=cast.ada.password)
    client.get("/home")
    recorder(app).flush()
    clock.forward(days=7)
    client.submit("/login", email=cast.ada.email, password="guessed it wrong")
    recorder(app).flush()
    clock.forward(days=3)


def left(app, person):
    """Return how a person's sign-ins ended, and how many of their visits there are."""
    with app.app_context():
        events = db.session.scalars(select(SignInEvent.outcome).where(SignInEvent.person_id == person.id))
        visits = select(func.count()).select_from(Visit).where(Visit.subject_id == person.id)
        return sorted(events), db.session.scalar(visits)


def browsers(app):
    """Return the planted browsers that are left."""
    with app.app_context():
        return db.session.scalars(select(SignInEvent.device).where(SignInEvent.device.like("Browser %"))).all()


def test_what_is_old_goes_and_what_shows_a_stranger_stays(app, cast, life, run_jobs):
    run_jobs()
    assert SignInOutcome.SIGNED_IN in left(app, cast.ada)[0] and left(app, cast.ada)[1] > 1
    ada = cast.sign_in(cast.ada)
    assert "more than 7 days ago" in ada.get(PAGE).text
    recorder(app).flush()
    page = ada.submit(PAGE)
    assert page.path == "/settings/security" and "History deleted." in page.text
    events, visits = left(app, cast.ada)
    assert events == [SignInOutcome.FAILED]
    assert visits == 0
    with app.app_context():
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "accounts.history_deleted"))
        assert (entry.subject_id, entry.by_id) == (cast.ada.id, cast.ada.id)


def test_the_address_of_a_recent_try_stays_with_it(app, cast, life, run_jobs, unit):
    run_jobs()
    with unit():
        visit = db.session.scalars(select(Visit).order_by(Visit.at)).first()
        event = db.session.scalars(select(SignInEvent).where(SignInEvent.outcome == SignInOutcome.FAILED)).one()
        visit.subject_id, event.last_visit_id, event.first_visit_id = cast.ada.id, visit.id, visit.id
        kept = visit.id
    cast.sign_in(cast.ada).submit(PAGE)
    with app.app_context():
        assert db.session.get(Visit, kept) is not None


def test_looking_deletes_nothing_and_neither_does_anybody_else(app, cast, life):
    before = left(app, cast.ada)
    cast.sign_in(cast.ada).get(PAGE)
    cast.sign_in(cast.ben).submit(PAGE)
    assert left(app, cast.ada) == before


def test_very_much_of_it_goes_in_batches_in_the_background(app, cast, unit, run_jobs, monkeypatch):
    monkeypatch.setattr(history_deletion, "BATCH", 3)
    old = time.now() - timedelta(days=60)
    with unit():
        for number in range(10):
            event = SignInEvent(person_id=cast.ada.id, outcome=SignInOutcome.SIGNED_IN, device=f"Browser {number}")
            event.first_at = event.last_at = old
            db.session.add(event)
    cast.sign_in(cast.ada).submit(PAGE)
    assert len(browsers(app)) == 7
    run_jobs()
    assert browsers(app) == []


def test_both_pages_that_show_history_lead_there(app, cast, life):
    ada = cast.sign_in(cast.ada)
    recorder(app).flush()
    for path in ("/settings/security", "/settings/privacy/visits"):
        ada.get("/home")
        recorder(app).flush()
        assert any(a.get("href") == PAGE for a in ada.get(path).soup.find_all("a")), path
