"""A statement on scoped tables says whose rows it asks for, or does not reach the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, exists, false, func, or_, select, true, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.kit.db import db
from portal.kit.scopes import Unscoped, across, unscoped_in
from portal.organisations.models import Membership, Organisation

HERE = uuid.uuid4()
OTHER = aliased(Membership)
MINE = select(Membership.organisation_id).where(Membership.person_id == HERE)

SCOPED: dict[str, Any] = {
    "by a value": select(Membership).where(Membership.organisation_id == HERE),
    "by a parameter": select(Membership).where(Membership.organisation_id == bindparam("here")),
    "by one of some": select(Membership).where(Membership.person_id.in_([HERE])),
    "by a question": select(Organisation).where(Organisation.id.in_(MINE)),
    "by a row that is pinned": select(Person.name, Membership.role)
    .join(Membership, Membership.person_id == Person.id)
    .where(Person.email_key == "ada@example.com"),
    "by the question around": select(Person).where(
        Person.id == HERE, exists().where(Membership.person_id == Person.id).correlate(Person)
    ),
    "by the question around, unsaid": select(Organisation.name).where(
        Organisation.id == HERE, ~exists().where(Membership.organisation_id == Organisation.id)
    ),
    "nobody's": select(Membership).where(or_(false())),
    "in either case": select(Membership).where(or_(Membership.organisation_id == HERE, Membership.person_id == HERE)),
    "an update": update(Membership).where(Membership.organisation_id == HERE).values(role="member"),
    "a deletion": delete(Membership).where(Membership.person_id == HERE),
    "both of two": select(Membership)
    .join(OTHER, OTHER.organisation_id == Membership.organisation_id)
    .where(Membership.person_id == HERE),
}
LOOSE: dict[str, Any] = {
    "nothing": select(Membership),
    "by another column": select(Membership).where(Membership.role == "owner"),
    "a count": select(func.count()).select_from(Membership),
    "by a row that is not pinned": select(Membership).join(Person, Person.id == Membership.person_id),
    "by each other": select(Membership).join(Organisation, Organisation.id == Membership.organisation_id),
    "in one case of two": select(Membership).where(or_(Membership.organisation_id == HERE, true())),
    "not equal": select(Membership).where(Membership.organisation_id != HERE),
    "an update": update(Membership).values(role="owner"),
    "a deletion": delete(Membership).where(Membership.role == "member"),
    "the second of two": select(Membership)
    .join(OTHER, OTHER.role == Membership.role)
    .where(Membership.organisation_id == HERE),
    "within": select(Person).where(Person.id.in_(select(Membership.person_id))),
}


@pytest.mark.parametrize("how", SCOPED)
def test_what_says_whose_is_let_through(how: str) -> None:
    assert unscoped_in(SCOPED[how].compile(dialect=sqlite.dialect())) == set()


@pytest.mark.parametrize("how", LOOSE)
def test_what_does_not_is_found(how: str) -> None:
    assert unscoped_in(LOOSE[how].compile(dialect=sqlite.dialect()))


@pytest.mark.parametrize("how", LOOSE)
def test_it_never_reaches_the_database(how: str, unit: Callable) -> None:
    with pytest.raises(Unscoped), unit():
        db.session.execute(LOOSE[how])


@pytest.mark.both_databases
def test_whoever_says_why_may_look_at_everybody_and_nobody_afterwards(unit: Callable) -> None:
    with unit():
        with across("the test looks at all"):
            assert db.session.scalars(select(Membership)).all() == []
        with pytest.raises(Unscoped):
            db.session.scalars(select(Membership)).all()


def test_no_reason_is_none() -> None:
    with pytest.raises(ValueError, match="says why"), across(""):
        pass
