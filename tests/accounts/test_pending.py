"""Whatever guards an account ends, when it changes, everything that waits on it: whoever asked may be a thief (S1)."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import EmailChange
from portal.accounts.service import email_change, pending
from portal.kit.db import db
from portal.privacy.models import Export, Outcome, Reason, Request, RequestState, Source
from tests.accounts.walk import enrol

THIEF = "thief@example.com"
NEW = "seven green bobbins in a drawer"
DEAD = "This link no longer works"


@pytest.fixture
def thief(clock, cast):
    """A browser with Ada's session, fresh, in other hands."""
    return cast.sign_in(cast.ada)


@pytest.fixture
def confirm(thief, outbox):
    """The link by which the thief's mailbox would take the account over."""
    thief.submit("/settings/email", email=THIEF)
    return outbox.last(THIEF).link("/email/confirm/")


def resets(_ada, client, cast, outbox):
    client.submit("/forgot-password", email=cast.ada.email)
    client.send(client.page(outbox.last(cast.ada.email).link("/reset-password/")), password=NEW)


def changes_the_password(ada, _client, cast, _outbox):
    ada.submit("/settings/password", current_password=cast.ada.password, password=NEW)


def sets_up_a_factor(ada, _client, _cast, _outbox):
    enrol(ada)


def turns_the_factor_off(ada, _client, cast, _outbox):
    ada.submit("/settings/second-factor/remove", password=cast.ada.password)


def signs_out_everywhere(ada, _client, _cast, _outbox):
    ada.submit("/settings/security", action="/settings/sessions/revoke-others")


def signs_out_one_device(ada, _client, _cast, _outbox):
    page = ada.page("/settings/security")
    (other,) = [form["action"] for form in page.soup.find_all("form") if form["action"].endswith("/revoke")]
    ada.send(page, action=other)


def closes_and_keeps_the_account(ada, client, cast, outbox):
    ada.submit("/settings/privacy/delete", confirm="y")
    client.submit(outbox.last(cast.ada.email).link("/privacy/delete/undo/"))


def says_it_was_not_them(ada, _client, _cast, _outbox):
    ada.submit("/settings/security", action="/settings/not-me")


DEFENCES = (
    resets,
    changes_the_password,
    sets_up_a_factor,
    turns_the_factor_off,
    signs_out_everywhere,
    signs_out_one_device,
    closes_and_keeps_the_account,
    says_it_was_not_them,
)


@pytest.fixture(params=DEFENCES, ids=lambda defence: defence.__name__)
def defend(request, client, cast, outbox):
    """One way in which Ada changes what guards her account, from her own browser or her mailbox."""
    defence = request.param
    if defence is turns_the_factor_off:
        cast.give_factor(cast.ada)
    ada = cast.sign_in(cast.ada)
    return lambda: defence(ada, client, cast, outbox)


def test_a_confirm_link_asked_before_is_dead_afterwards(defend, confirm, client, cast, unit):
    assert client.page(confirm).status == 200
    defend()
    page = client.page(confirm)
    assert (page.title, page.status) == (DEAD, 410)
    with unit():
        assert accounts.get_person(cast.ada.account_id).email == cast.ada.email
        assert not db.session.scalar(select(EmailChange).where(EmailChange.state == "asked"))


def test_a_page_that_was_open_before_confirms_nothing_afterwards(defend, confirm, client, cast, unit):
    page = client.page(confirm)
    defend()
    assert client.send(page).status == 410
    with unit():
        assert accounts.get_person(cast.ada.account_id).email == cast.ada.email


@pytest.mark.parametrize("built", [True, False])
def test_a_copy_asked_before_is_gone_afterwards(defend, thief, run_jobs, unit, built):
    thief.submit("/settings/privacy", action="/settings/privacy/export")
    if built:
        run_jobs()
    defend()
    run_jobs()
    with unit():
        assert db.session.scalars(select(Export)).all() == []


def test_what_was_asked_of_our_team_before_ends_and_every_mailbox_is_told(request, defend, thief, unit, outbox, cast):
    thief.submit("/settings/privacy/requests/new", kind="correction", message="My name is Mallory.")
    assert "We have your request" in outbox.last(cast.ada.email).subject
    defend()
    with unit():
        asked = db.session.scalars(select(Request).where(Request.source == Source.PORTAL)).all()
        (asked,) = [each for each in asked if each.message]
        if "closes_and_keeps" in request.node.name:
            assert asked.state == RequestState.OPEN, "whoever keeps the account keeps what was asked from it"
            return
        assert (asked.outcome, asked.reason) == (Outcome.WITHDRAWN, Reason.SECURED)
        assert asked.answered_in is None
    told = [each for each in outbox.to(cast.ada.email) if asked.reference in each.subject]
    assert "was secured before it was answered" in told[-1].text


def test_the_link_is_stamped_with_what_guards_the_account(confirm, client, cast, monkeypatch):
    """A second wall: it is dead although the change still waits."""
    monkeypatch.setattr(email_change, "end_pending", lambda _person_id: None)
    monkeypatch.setattr(pending, "end_email_changes", lambda _person_id, state: None)
    cast.give_factor(cast.ada)
    assert client.page(confirm).status == 410


def test_signing_out_of_ones_own_browser_cancels_nothing(thief, confirm, client):
    thief.submit("/settings/security", action="/logout")
    assert client.page(confirm).status == 200


def test_a_change_of_profile_cancels_nothing(thief, confirm, client):
    thief.submit("/settings/profile", name="Ada T")
    assert client.page(confirm).status == 200


def test_the_page_says_that_what_waited_is_cancelled(thief, confirm, cast):
    page = cast.sign_in(cast.ada).submit("/settings/security", action="/settings/sessions/revoke-others")
    assert "waiting to be confirmed has been cancelled" in page.text
