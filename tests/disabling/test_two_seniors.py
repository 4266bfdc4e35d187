"""An account is disabled by two seniors, never by one, and every right over its data stays open (P38, P41)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.accounts.models import Person, SignInSession, StaffRole
from portal.disabling import service
from portal.disabling.models import Disabling, DisablingState
from portal.disabling.service import decisions
from portal.kit.actor import Role, System
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.kit.staff_reads import StaffRead
from portal.kit.unit import acting_as, unit_of_work
from standins.product import Product
from tests.accounts.test_races import at_once
from tests.conftest import Outbox, Visitor
from tests.disabling.conftest import WHY, senior
from tests.people import Cast

__all__ = ["at_once"]

pytestmark = pytest.mark.both_databases
FIELDS = {"rule": "intrusion", "reason": WHY}


def state(unit: Callable, disabling_id: uuid.UUID) -> str:
    with unit():
        return db.session.scalars(select(Disabling.state).where(Disabling.id == disabling_id)).one().value


def since(unit: Callable, person_id: uuid.UUID) -> object:
    with unit():
        return db.session.scalar(select(Person.disabled_at).where(Person.id == person_id))


def test_one_proposes_and_another_confirms_in_the_console(
    cast: Cast, sena: Visitor, hugo: Visitor, unit: Callable, outbox: Outbox
) -> None:
    page = sena.submit("/admin/disabled", email=cast.ada.email, **FIELDS)
    assert "Proposed. Another senior member of the team decides it." in page.text
    assert "You proposed this." in page.soup.find(id="decide").text
    assert since(unit, cast.ada.account_id) is None
    hugo.submit(page.path)
    assert since(unit, cast.ada.account_id) is None
    assert "Disabled. They’ve been signed out" in hugo.submit(page.path, sure="y").text
    assert since(unit, cast.ada.account_id) is not None
    email = outbox.last(cast.ada.email)
    assert email.subject == "Your account was disabled" and WHY in email.text
    assert "Getting into other people’s" in email.text and "Tuck" not in email.text


def test_nobody_decides_what_they_proposed(
    cast: Cast, propose: Callable[..., uuid.UUID], sena: Visitor, unit: Callable
) -> None:
    made = propose()
    with pytest.raises(decisions.OwnProposal), unit():
        service.confirm(made, by=cast.staff_in(sena))
    assert state(unit, made) == "proposed"


def test_it_takes_seniors_at_both_steps(
    cast: Cast, propose: Callable[..., uuid.UUID], sena: Visitor, hugo: Visitor, unit: Callable
) -> None:
    made = propose()
    sam = cast.staff_in(cast.sign_in_staff(cast.sam))
    with pytest.raises(NotFound), unit():
        service.confirm(made, by=sam)
    decider = cast.staff_in(hugo)
    with unit():
        db.session.execute(StaffRole.__table__.update().where(StaffRole.role == "senior").values(role="support"))
    with pytest.raises(decisions.ProposerNoLongerSenior), unit():
        service.confirm(made, by=decider)


def test_a_proposal_is_declined_or_taken_back(
    cast: Cast, propose: Callable[..., uuid.UUID], sena: Visitor, hugo: Visitor, unit: Callable
) -> None:
    for browser in (hugo, sena):
        made = propose()
        browser.submit(f"/admin/disabled/{made}", action=f"/admin/disabled/{made}/decline")
        assert state(unit, made) == "declined"
        with pytest.raises(decisions.OverAlready), unit():
            service.confirm(made, by=cast.staff_in(hugo))
    assert since(unit, cast.ada.account_id) is None


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("nobody@example.com", "No open account has this email address."),
        ("sam@example.com", "This person is on our team."),
        ("ada@example.com", "This account is already disabled, or proposed to be."),
    ],
)
def test_what_cannot_be_proposed(cast: Cast, propose: Callable[..., uuid.UUID], sena: Visitor, who: str, said: str) -> None:
    assert cast.sam.email
    propose()
    page = sena.submit("/admin/disabled", email=who, **FIELDS)
    assert page.status == 422 and said in page.text


def test_a_rule_and_a_reason_are_asked_for(cast: Cast, sena: Visitor) -> None:
    assert sena.submit("/admin/disabled", email=cast.ada.email, rule="", reason=WHY).status == 422
    assert sena.submit("/admin/disabled", email=cast.ada.email, rule="spam", reason=" ").status == 422


def test_every_session_ends_and_products_are_told(
    cast: Cast, disable: Callable, unit: Callable, product: Product, run_jobs: Callable[[], int]
) -> None:
    ada = cast.sign_in(cast.ada)
    disable()
    assert ada.get("/settings/privacy").path == "/login"
    with unit():
        theirs = select(func.count()).select_from(SignInSession).where(SignInSession.person_id == cast.ada.account_id)
        assert db.session.scalar(theirs) == 0
    run_jobs()
    assert product.disabled == {(str(cast.ada.account_id), "")} and product.deleted == []


def test_two_seniors_confirm_at_once(
    cast: Cast, propose: Callable[..., uuid.UUID], hugo: Visitor, unit: Callable, outbox: Outbox, at_once: Callable
) -> None:
    made, one = propose(), cast.staff_in(hugo)
    two = cast.staff_in(cast.sign_in_staff(senior(cast, "vera")))
    outcomes = at_once(lambda: service.confirm(made, by=one), lambda: service.confirm(made, by=two))
    assert outcomes == ["OverAlready", "done"]
    assert [each.subject for each in outbox.to(cast.ada.email)].count("Your account was disabled") == 1


def test_roles_and_data_stay_and_frozen_holds_beside_it(cast: Cast, disable: Callable, unit: Callable) -> None:
    with unit():
        accounts.freeze(accounts.get_person(cast.ada.account_id))
    disable()
    with unit():
        person = accounts.get_person(cast.ada.account_id)
        assert person.frozen_at is not None and person.disabled_at is not None
        assert (person.name, person.email) == (cast.ada.name, cast.ada.email)


def test_the_guard_lets_seniors_write_this_and_nobody_else(
    app: Flask, cast: Cast, propose: Callable[..., uuid.UUID], hugo: Visitor
) -> None:
    made, by = propose(), cast.staff_in(hugo)
    with app.app_context(), acting_as(System("as the console", Role.SENIOR)), unit_of_work():
        service.confirm(made, by=by)
    with app.app_context(), acting_as(System("as the console", Role.SENIOR)), unit_of_work():
        service.lift(made, answer="We were wrong.", by=by)


def test_each_step_is_on_record_and_a_look_is_logged_first(
    cast: Cast, disable: Callable, hugo: Visitor, unit: Callable
) -> None:
    made = disable()
    hugo.get(f"/admin/disabled/{made}")
    with unit():
        events = set(db.session.scalars(select(AuditEntry.event).where(AuditEntry.subject_id == cast.ada.account_id)))
        reads = db.session.scalars(select(StaffRead.basis).where(StaffRead.basis_id == made)).all()
    assert {"disabling.proposed", "disabling.confirmed", "accounts.disabled"} <= events
    assert reads == ["disabling"]


def test_the_list_names_nobody(cast: Cast, disable: Callable, hugo: Visitor) -> None:
    disable()
    page = hugo.get("/admin/disabled")
    assert "Getting into other people’s" in page.soup.main.text
    assert not any(word in page.soup.main.text for word in (cast.ada.name, cast.ada.email, WHY))


def test_the_console_is_absent_to_others(cast: Cast, propose: Callable[..., uuid.UUID]) -> None:
    made = propose()
    for person in (cast.sam, cast.pia):
        browser = cast.sign_in_staff(person)
        assert [browser.get(path).status for path in ("/admin/disabled", f"/admin/disabled/{made}")] == [404, 404]


def test_the_appeal_is_answered_by_a_senior_who_had_no_part(
    cast: Cast, disable: Callable, sena: Visitor, hugo: Visitor, unit: Callable, outbox: Outbox
) -> None:
    made, ada = disable(), cast.sign_in(cast.ada)
    vera = cast.sign_in_staff(senior(cast, "vera"))
    assert "Appeal sent." in ada.submit("/account-disabled/appeal", text="It was my brother’s password.").text
    assert ada.submit("/account-disabled/appeal", text="Again.").status == 422
    assert "1 case to decide or answer" in vera.get("/admin/").text
    for browser in (sena, hugo):
        page = browser.submit(f"/admin/disabled/{made}/uphold", answer="No.")
        assert page.status == 422 and "You had a part in this decision." in page.text
    vera.submit(f"/admin/disabled/{made}/uphold", answer="The log shows that you had been warned.")
    assert "The log shows that you had been warned." in outbox.last(cast.ada.email).text
    assert "The log shows that you had been warned." in ada.get("/account-disabled").text
    assert state(unit, made) == DisablingState.IN_FORCE


def test_one_of_two_answers_where_there_is_no_third(cast: Cast, disable: Callable, sena: Visitor) -> None:
    made, ada = disable(), cast.sign_in(cast.ada)
    assert sena.submit(f"/admin/disabled/{made}/uphold", answer="Too early.").status == 422
    ada.submit("/account-disabled/appeal", text="It wasn’t me.")
    assert "Answered." in sena.submit(f"/admin/disabled/{made}/uphold", answer="It was.").text


def test_lifting_takes_one_senior_and_restores_everything(
    cast: Cast,
    disable: Callable,
    hugo: Visitor,
    unit: Callable,
    outbox: Outbox,
    product: Product,
    run_jobs: Callable[[], int],
) -> None:
    made = disable()
    assert "Lifted." in hugo.submit(f"/admin/disabled/{made}/lift", answer="The log was somebody else’s.").text
    assert since(unit, cast.ada.account_id) is None and state(unit, made) == "lifted"
    run_jobs()
    assert product.disabled == set()
    assert "The log was somebody else’s." in outbox.last(cast.ada.email).text
    assert cast.sign_in(cast.ada).get("/home").path == "/home"
    with pytest.raises(Refusal), unit():
        service.lift(made, answer="Again.", by=cast.staff_in(hugo))
