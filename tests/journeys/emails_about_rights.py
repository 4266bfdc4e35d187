"""The part of a whole life in which rights are used: requests, a guest's copy, a hold, standing orders, a late deletion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts import service as accounts
from portal.accounts.models import SignInEvent, SignInSession
from portal.kit import clock as time
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.newsletter.models import Source, Subscriber
from portal.privacy import service
from portal.privacy.models import (
    ErasureStep,
    HoldGround,
    Outcome,
    PauseReason,
    Reason,
    Request,
    RequestState,
    Right,
    StandingOrder,
)
from standins.product import Product, listing, new_secret, serving
from tests.clock import Clock
from tests.conftest import Outbox, Visitor, changed_settings
from tests.people import Cast, Somebody
from tests.privacy.declined import decline
from tests.privacy.desk import GUEST, open_of, plant
from tests.privacy.test_asking import ask, code_in


def use_rights(app: Flask, cast: Cast, client: Visitor, clock: Clock) -> Iterator[None]:
    """Let every email about rights be written; yield after each step, for whoever runs the jobs."""
    outbox = Outbox(app, lambda: 0)
    with app.app_context(), unit_of_work():
        db.session.add(Subscriber(email=GUEST, email_key=GUEST, source=Source.FORM, language="en"))
    yield from _an_answer(app, cast, client, outbox)
    yield from _a_copy(app, client, outbox)
    yield from _ones_own_data(app, cast)
    yield from _an_idle_account(app, cast)
    with pytest.MonkeyPatch.context() as patch:
        yield from _a_late_deletion(app, cast, clock, patch)


def _an_answer(app: Flask, cast: Cast, client: Visitor, outbox: Outbox) -> Iterator[None]:
    """Ask as a guest, with the longest link that there is; be asked back, and answered; take another request back."""
    ask(client, message="You are late.", country="DE")
    yield
    client.fill_in(code=code_in(outbox))
    yield
    officer = cast.staff_in(cast.sign_in_staff(cast.pia))
    with app.app_context(), unit_of_work():
        request_id = db.session.scalars(select(Request.id).where(Request.state == RequestState.OPEN)).one()
        service.pause(request_id, reason=PauseReason.DETAILS, by=officer)
    yield
    with app.app_context(), unit_of_work():
        service.close(request_id, outcome=Outcome.REFUSED, reason=Reason.UNFOUNDED, answer="No.", by=officer)
    yield
    ask(client, message="Once more.")
    yield
    page = client.fill_in(code=code_in(outbox))
    client.send(page, action=f"{page.path}/withdraw")
    yield


def _a_copy(app: Flask, client: Visitor, outbox: Outbox) -> Iterator[None]:
    """Ask for a guest's copy, and fetch it with a code of its own; say something of what was not corrected."""
    ask(client, kind="copy")
    yield
    client.fill_in(code=code_in(outbox))
    yield
    copy = outbox.last(GUEST).link("/privacy/request/")
    client.submit(copy, action=f"{copy}/code")
    yield
    client.submit(copy, action=copy, code=code_in(outbox))
    ask(client, kind="correction")
    yield
    page = client.fill_in(code=code_in(outbox)).path
    with app.app_context(), unit_of_work():
        decline(db.session.scalars(select(Request).where(Request.state == RequestState.OPEN)).one(), subject="A", after="B")
    client.submit(f"{page}/statement", action=f"{page}/statement/code")
    yield
    client.submit(f"{page}/statement", action=f"{page}/statement", code=code_in(outbox))


def _ones_own_data(app: Flask, cast: Cast) -> Iterator[None]:
    """Keep somebody's name for longer, and remind our team of a request."""
    officer = cast.staff_in(cast.sign_in_staff(cast.pia))
    until = time.today() + timedelta(days=100)
    with app.app_context(), unit_of_work():
        ada = accounts.get_person(cast.ada.account_id)
        terms = service.Terms(ground=HoldGround.LEGAL_CLAIM, reason="Case 12", until=until)
        subject = accounts.subject_of(ada)
        service.set_hold(subject, line="person", record_id=ada.id, fields=("name",), terms=terms, by=officer)
        plant(**open_of(cast.ada, Right.COMPLAINT, received_at=time.now() - timedelta(days=16)))
        assert service.remind_of_due() == 1
    yield


def _an_idle_account(app: Flask, cast: Cast) -> Iterator[None]:
    """Order what is deleted by itself, be asked after half a year away, and change the password."""
    ion = cast.make("Ion Treadle", "ion@example.com", "ion treads slowly and for hours")
    cast.sign_in(ion).submit("/settings/privacy/orders", tickets="90", account="180")
    yield
    _go_away(app, ion)
    with app.app_context(), unit_of_work():
        service.ask_idle()
    yield
    cast.sign_in(ion).submit("/settings/password", current_password=ion.password, password="ion now treads far faster")
    yield


def _go_away(app: Flask, person: Somebody) -> None:
    with app.app_context(), unit_of_work():
        then = time.now() - timedelta(days=170)
        db.session.execute(update(StandingOrder).values(starts_at=time.now(), here_at=then, looked_at=None))
        for model, column in ((SignInSession, "seen_at"), (SignInEvent, "last_at")):
            db.session.execute(update(model).where(model.person_id == person.id).values({column: then}))


def _a_late_deletion(app: Flask, cast: Cast, clock: Clock, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Delete an account at a product that does not confirm in time; the privacy officer confirms for it."""
    product = Product(new_secret(), is_later=True)
    with serving(product) as url:
        known = changed_settings(app.extensions["portal.settings"], products=listing(url, product.secret))
        patch.setitem(app.extensions, "portal.settings", known)
        una = cast.make("Una Heddle", "una@example.com", "una threads all heddles in rows")
        cast.sign_in(una).submit("/settings/privacy/delete", confirm="y")
        yield
        clock.forward(days=14, minutes=1)
        with app.app_context(), unit_of_work():
            service.begin_due()
        yield
        clock.forward(days=8)
        with app.app_context(), unit_of_work():
            assert service.name_late_steps() == 1
        yield
        officer = cast.staff_in(cast.sign_in_staff(cast.pia))
        with app.app_context(), unit_of_work():
            step_id = db.session.scalars(select(ErasureStep.id).where(ErasureStep.target == "production")).all()[-1]
            service.confirm_step(step_id, by=officer, evidence="Call, reference 7781")
        yield
