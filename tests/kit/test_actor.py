"""Who acts: what makes somebody a member of staff, and what only such a one may do."""

import copy
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.kit import clock as kit_clock
from portal.kit.actor import (
    NOBODY,
    Actor,
    FactorNotGiven,
    ProofTooOld,
    Role,
    Staff,
    admit,
    for_staff,
    roles_from,
)
from portal.kit.refusals import NotFound


@pytest.fixture
def sam(sqlite_app):
    """A member of the support staff who has proved everything a moment ago, in an app that knows how long a proof holds."""
    with sqlite_app.app_context():
        yield _sam()


def _sam():
    now = kit_clock.now()
    return Actor(
        person_id=uuid.uuid4(),
        roles=frozenset({Role.SUPPORT}),
        fresh_until=now + timedelta(minutes=30),
        has_second_factor=True,
        second_factor_at=now,
    )


@for_staff(Role.SUPPORT, Role.SENIOR)
def look(what: str, *, by: Staff) -> str:
    """Look at something."""
    return f"{what} {by.role}"


class TestAdmission:
    """Role, second factor, freshness: all three, or nobody is staff."""

    def test_who_has_proved_everything_is_admitted_in_the_role_that_was_asked_for(self, sam):
        staff = admit(sam, roles=[Role.SENIOR, Role.SUPPORT])
        assert (staff.person_id, staff.role) == (sam.person_id, Role.SUPPORT)

    def test_another_role_is_told_that_there_is_nothing(self, sam):
        with pytest.raises(NotFound):
            admit(sam, roles=[Role.ADMIN])

    def test_a_customer_and_a_visitor_are_told_the_same(self, sam):
        for somebody in (replace(sam, roles=frozenset()), NOBODY):
            with pytest.raises(NotFound):
                admit(somebody, roles=tuple(Role))

    @pytest.mark.parametrize("lacking", [{"second_factor_at": None}, {"has_second_factor": False}])
    def test_the_second_factor_is_asked_in_this_session_and_must_still_exist(self, sam, lacking):
        with pytest.raises(FactorNotGiven):
            admit(replace(sam, **lacking), roles=tuple(Role))

    @pytest.mark.parametrize("ends", [None, timedelta()])
    def test_an_old_proof_is_not_enough_where_a_fresh_one_is_asked(self, sam, ends):
        stale = replace(sam, fresh_until=None if ends is None else kit_clock.now() + ends)
        with pytest.raises(ProofTooOld):
            admit(stale, roles=tuple(Role))

    def test_a_proof_that_a_clock_ahead_has_dated_is_none(self, sam):
        with pytest.raises(ProofTooOld):
            admit(replace(sam, fresh_until=sam.fresh_until + timedelta(days=400)), roles=tuple(Role))

    def test_nobody_makes_staff_of_somebody_without_the_check(self, sam):
        staff = admit(sam, roles=tuple(Role))
        for make in (
            lambda: Staff(uuid.uuid4(), Role.ADMIN, None),
            lambda: Staff(uuid.uuid4(), Role.ADMIN, object()),
            lambda: replace(staff, role=Role.ADMIN, gate=object()),
        ):
            with pytest.raises(TypeError):
                make()
        with pytest.raises(ValueError):
            replace(staff, role=Role.ADMIN)
        with pytest.raises(AttributeError):
            staff.role = Role.ADMIN
        assert copy.copy(staff) == staff

    def test_a_member_of_staff_is_no_customer(self, sam):
        assert not isinstance(admit(sam, roles=tuple(Role)), Actor)


class TestVerbs:
    """A verb for staff takes nobody else."""

    def test_staff_in_one_of_its_roles_may(self, sam):
        assert look("a ticket", by=admit(sam, roles=tuple(Role))) == "a ticket support"

    def test_a_person_who_did_not_pass_the_gate_is_a_mistake_of_the_caller(self, sam):
        for by in (sam, NOBODY, None, sam.person_id):
            with pytest.raises(TypeError):
                look("a ticket", by=by)
        with pytest.raises(TypeError):
            look("a ticket")

    def test_staff_in_another_role_find_nothing(self, sam):
        researcher = admit(replace(sam, roles=frozenset({Role.RESEARCH})), roles=tuple(Role))
        with pytest.raises(NotFound):
            look("a ticket", by=researcher)


def test_a_stored_word_that_is_no_role_gives_no_right():
    assert roles_from(["support", "king", ""]) == {Role.SUPPORT}
    assert roles_from([]) == frozenset()


def test_what_needs_a_person_is_absent_for_a_visitor(sam):
    assert sam.require_id() == sam.person_id
    with pytest.raises(NotFound):
        NOBODY.require_id()


@pytest.mark.parametrize(("name", "initials"), [("Ada Threadgold", "AT"), ("ada", "A"), ("Ada de la Tour", "AT"), ("", "?")])
def test_initials_stand_in_for_a_photo(name, initials):
    assert Actor(name=name).initials == initials
