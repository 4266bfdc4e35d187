"""An undo, a veto and "This wasn't me" take back whatever a thief did, from the mailbox that was the account's (S2)."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import TotpFactor
from portal.kit.db import db
from portal.privacy.models import Deletion, DeletionState
from tests.accounts.walk import enrol

THIEF = "thief@example.com"
NEW = "seven green bobbins in a drawer"
DEAD = "This link no longer works"
SECURED = "Your account is secured"


@pytest.fixture
def thief(clock, cast):
    """A browser with Ada's session, fresh, in other hands."""
    return cast.sign_in(cast.ada)


def asks(thief, email=THIEF):
    thief.submit("/settings/email", email=email)


def moves(thief, outbox, email=THIEF):
    asks(thief, email)
    thief.submit(outbox.last(email).link("/email/confirm/"))


def closes(thief):
    thief.submit("/settings/privacy/delete", confirm="y")


def link(outbox, address, part) -> str:
    """Return the newest link of a kind that went to an address."""
    return next(email.link(part) for email in reversed(outbox.to(address)) if part in email.text)


def is_in(client) -> bool:
    return client.page("/settings/profile").path == "/settings/profile"


def comes_back(client, cast, outbox) -> bool:
    client.send(client.page(link(outbox, cast.ada.email, "/reset-password/")), password=NEW)
    client.submit("/login", email=cast.ada.email, password=NEW)
    return is_in(client)


@pytest.mark.parametrize("factor_first", [True, False])
def test_an_undo_takes_back_a_factor_set_up_around_the_move(thief, client, cast, outbox, factor_first):
    for move in (enrol, lambda who: moves(who, outbox))[:: 1 if factor_first else -1]:
        move(thief)
    client.submit(link(outbox, cast.ada.email, "/email/undo/"))
    assert comes_back(client, cast, outbox)
    assert not is_in(thief)


@pytest.mark.parametrize("factor_first", [True, False])
def test_a_veto_takes_back_a_factor_set_up_around_the_wish(thief, client, cast, outbox, factor_first):
    for move in (enrol, asks)[:: 1 if factor_first else -1]:
        move(thief)
    client.submit(link(outbox, cast.ada.email, "/email/veto/"))
    assert comes_back(client, cast, outbox)


def test_an_undo_leaves_a_factor_from_long_before(thief, client, cast, outbox, clock):
    enrol(thief)
    clock.forward(days=8)
    later = cast.sign_in(cast.ada)
    moves(later, outbox)
    client.submit(link(outbox, cast.ada.email, "/email/undo/"))
    assert not comes_back(client, cast, outbox), "a code is asked"


def test_the_email_about_any_act_takes_back_a_factor_from_days_before_it(thief, client, cast, outbox, clock):
    enrol(thief)
    clock.forward(days=2)
    cast.sign_in(cast.ada).submit(
        "/settings/password", current_password=cast.ada.password, password="another one, of theirs"
    )
    client.submit(link(outbox, cast.ada.email, "/wasnt-me/"))
    assert comes_back(client, cast, outbox)


def test_a_move_of_a_closed_account_is_undone_and_the_account_opened(thief, client, cast, outbox, unit):
    moves(thief, outbox)
    undo = link(outbox, cast.ada.email, "/email/undo/")
    closes(thief)
    assert client.submit(undo).title == SECURED
    with unit():
        ada = accounts.get_person(cast.ada.account_id)
        assert (ada.email, ada.deactivated_at) == (cast.ada.email, None)
        assert db.session.scalars(select(Deletion.state)).all() == [DeletionState.UNDONE]
    assert comes_back(client, cast, outbox)


def test_the_email_about_a_deletion_holds_the_alarm_which_forgets_it(thief, client, cast, outbox, unit):
    closes(thief)
    assert client.submit(link(outbox, cast.ada.email, "/wasnt-me/")).title == SECURED
    with unit():
        assert db.session.scalars(select(Deletion.state)).all() == [DeletionState.UNDONE]
    assert comes_back(client, cast, outbox)


def test_the_alarm_that_went_to_the_old_mailbox_after_the_move_takes_the_account_back_there(
    thief, client, cast, outbox, unit
):
    moves(thief, outbox)
    closes(thief)
    assert client.submit(link(outbox, cast.ada.email, "/wasnt-me/")).title == SECURED
    with unit():
        assert accounts.get_person(cast.ada.account_id).email == cast.ada.email
    assert comes_back(client, cast, outbox), "the reset link went to the old mailbox, not to the thief's"


def test_links_that_went_to_the_thiefs_mailbox_are_dead_once_the_account_is_back(thief, client, cast, outbox):
    moves(thief, outbox)
    enrol(thief)
    closes(thief)
    theirs = [link(outbox, THIEF, part) for part in ("/wasnt-me/", "/delete/undo/", "/email/confirm/")]
    client.submit(link(outbox, cast.ada.email, "/email/undo/"))
    assert comes_back(client, cast, outbox)
    for each in theirs:
        assert client.page(each).title == DEAD
    assert is_in(client)


def test_the_alarm_of_a_mailbox_is_dead_once_somebody_else_has_confirmed_it(thief, client, new_client, cast, outbox):
    client.submit("/forgot-password", email=cast.ada.email)
    alarm = link(outbox, cast.ada.email, "/wasnt-me/")
    moves(thief, outbox)
    nora = new_client()
    nora.submit("/signup", name="Nora", email=cast.ada.email, password=NEW, accept_terms="y")
    nora.submit(link(outbox, cast.ada.email, "/verify-email/"))
    assert client.page(alarm).title == DEAD


def test_the_alarm_of_a_mailbox_ends_when_its_say_ends(thief, client, cast, outbox, clock):
    moves(thief, outbox)
    closes(thief)
    alarm = link(outbox, cast.ada.email, "/wasnt-me/")
    undo = link(outbox, cast.ada.email, "/delete/undo/")
    clock.forward(days=6, hours=23)
    assert [client.page(each).status for each in (alarm, undo)] == [200, 200]
    clock.forward(hours=2)
    assert [client.page(each).status for each in (alarm, undo)] == [410, 410]
    assert client.page(link(outbox, THIEF, "/delete/undo/")).status == 200


def test_an_account_that_is_being_deleted_cannot_be_taken_back(thief, client, cast, outbox, unit, clock):
    closes(thief)
    page = client.page(link(outbox, cast.ada.email, "/wasnt-me/"))
    with unit():
        db.session.scalars(select(Deletion)).one().state = "running"
    assert client.send(page).status == 410


def test_a_thief_who_rings_the_alarm_spends_no_email_of_the_owners(thief, client, cast, outbox):
    moves(thief, outbox)
    theirs = link(outbox, THIEF, "/wasnt-me/")
    for _press in range(11):
        client.submit(theirs)
    client.submit(link(outbox, cast.ada.email, "/email/undo/"))
    assert comes_back(client, cast, outbox)


def test_a_factor_of_staff_stays_whatever_is_undone(thief, client, cast, outbox, unit):
    cast.give_role(cast.ada, "support")
    staff = cast.sign_in(cast.ada)
    enrol(staff)
    asks(staff)
    client.submit(link(outbox, cast.ada.email, "/email/veto/"))
    with unit():
        assert db.session.get(TotpFactor, cast.ada.account_id) is not None
