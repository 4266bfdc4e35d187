"""Two at the same moment: one code, one password change, one place in the list of sessions."""

import threading

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.accounts.models import FactorRemoval, SignInSession
from portal.kit.db import db
from portal.kit.passwords import hasher
from portal.kit.refusals import LinkDead, Refusal
from portal.kit.unit import unit_of_work

pytestmark = pytest.mark.both_databases


@pytest.fixture
def at_once(app):
    """Run several units of work at the same moment; return what each came to, by the name of its refusal or "done"."""

    def run(*verbs):
        start, outcomes = threading.Barrier(len(verbs)), []

        def one(verb):
            with app.app_context():
                start.wait()
                try:
                    with unit_of_work():
                        verb()
                    outcomes.append("done")
                except Refusal as refusal:
                    outcomes.append(type(refusal).__name__)

        threads = [threading.Thread(target=one, args=(verb,)) for verb in verbs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    return run


def test_one_code_lets_one_in(cast, unit, at_once):
    ada = cast.ada
    cast.give_factor(ada)
    with unit():
        step = accounts.sign_in(accounts.Attempt(ada.email, ada.password, False, "", "127.0.0.1"))
    code = cast.code(ada)
    outcomes = at_once(*[lambda: accounts.finish_sign_in(step.token, code=code, device="")] * 3)
    assert outcomes == ["CodeWrong", "CodeWrong", "done"]
    with unit():
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 1


def test_of_two_new_passwords_one_is_set(cast, unit, at_once):
    ada = cast.ada

    def choose(password):
        accounts.set_password(accounts.get_person(ada.id), password=password)

    first, second = "nine other looms at noon", "eight brass thimbles sleep"
    outcomes = at_once(lambda: choose(first), lambda: choose(second))
    with unit():
        person = accounts.get_person(ada.id)
        assert [bool(hasher().verify(person.password_hash, each)) for each in (first, second)].count(True) == 1
    # Where one began only after the other had ended, both were set in turn.
    assert outcomes in (["LinkDead", "done"], ["done", "done"])


def test_a_password_set_twice_from_one_reading_is_set_once(app, cast, unit):
    with app.app_context(), unit_of_work():
        person = accounts.get_person(cast.ada.id)
        set_at = person.password_set_at
    with unit():
        accounts.set_password(accounts.get_person(cast.ada.id), password="nine other looms at noon")
    with pytest.raises(LinkDead), unit():
        stale = accounts.get_person(cast.ada.id)
        db.session.expunge(stale)
        stale.password_set_at = set_at
        accounts.set_password(stale, password="eight brass thimbles sleep")


def test_an_account_is_closed_while_somebody_signs_in(cast, unit, at_once):
    ada = cast.ada
    attempt = accounts.Attempt(ada.email, ada.password, False, "", "127.0.0.1")
    at_once(lambda: accounts.sign_in(attempt), lambda: accounts.deactivate(ada.id, by=ada.id))
    with unit():
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_the_password_changes_while_somebody_signs_in_by_the_old_one(cast, unit, at_once):
    ada = cast.ada
    attempt = accounts.Attempt(ada.email, ada.password, False, "", "127.0.0.1")

    def change():
        accounts.set_password(accounts.get_person(ada.id), password="nine other looms at noon")

    at_once(lambda: accounts.sign_in(attempt), change)
    with unit():
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_two_prove_who_they_are_with_one_cookie(cast, unit, at_once):
    actor = cast.actor_in(cast.sign_in(cast.ada))

    def prove():
        accounts.confirm_it_is_you(actor, password=cast.ada.password, device="")

    assert at_once(prove, prove) == ["NotFound", "done"]


@pytest.fixture
def due(waiting, live, clock, removal):
    """The id of a removal of a lost factor whose day has come, and that nobody has carried out yet."""
    live(days=5, hours=1)
    clock.forward(days=2)
    return removal().id


@pytest.mark.parametrize("_again", range(3))
def test_on_its_day_a_lost_factor_goes_or_a_good_code_keeps_it(
    cast, due, unit, at_once, waiting, removal, has_factor, _again
):
    with unit():
        step = accounts.sign_in(accounts.Attempt(waiting.email, waiting.password, False, "", "127.0.0.1"))
    code = cast.code(waiting)
    outcomes = at_once(
        lambda: accounts.continue_removal(due), lambda: accounts.finish_sign_in(step.token, code=code, device="")
    )
    state = removal().state
    assert (outcomes, state, has_factor()) in (
        (["done", "done"], "stopped", True),
        (["CodeWrong", "done"], "done", False),
    )


def test_two_workers_carry_one_out_once(due, at_once, outbox, waiting, removal):
    assert at_once(*[lambda: accounts.continue_removal(due)] * 3) == ["done"] * 3
    assert removal().state == "done"
    assert [email.subject for email in outbox.to(waiting.email)].count("Two-step verification was turned off") == 1


@pytest.mark.parametrize("_again", range(3))
def test_on_its_day_somebody_signs_out_everywhere_and_both_come_to_an_end(due, at_once, cast, waiting, removal, _again):
    actor = cast.actor_in(cast.sign_in(waiting))
    cast.sign_in(waiting)
    outcomes = at_once(lambda: accounts.continue_removal(due), lambda: accounts.end_other_sessions(actor))
    assert outcomes == ["done", "done"]
    assert removal().state in ("done", "ended")


def test_two_who_ask_at_the_same_moment_ask_once(owner, unit, at_once, app):
    with unit():
        step = accounts.sign_in(accounts.Attempt(owner.email, owner.password, False, "", "127.0.0.1"))
    assert at_once(*[lambda: accounts.request_removal(step.token)] * 3) == ["done"] * 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FactorRemoval)) == 1
