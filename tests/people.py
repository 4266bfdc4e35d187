"""The fixed cast: Ada (a customer), Ben (another customer), Mallory (a stranger with no account), Sam (support staff).

Each exists in the database once asked for, so that access tests read as stories and cost only whom they need.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import update

from portal.accounts import service as accounts
from portal.accounts.models import TotpFactor
from portal.accounts.service.factors import seal_secret
from portal.app import LOAD_ACTOR
from portal.kit import clock, staff_reads
from portal.kit.access import SESSION_SLOT
from portal.kit.actor import Actor, Role, Staff, admit
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.support.models import Ticket

if TYPE_CHECKING:
    from flask import Flask

    from tests.conftest import Visitor

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEVICE = "Firefox on Linux"


@dataclass(frozen=True)
class Somebody:
    """A person of the tests; `id` is None for one who has no account."""

    name: str
    email: str
    password: str
    id: uuid.UUID | None = None

    @property
    def account_id(self) -> uuid.UUID:
        """The id of the account. Fails for a stranger."""
        assert self.id is not None, f"{self.name} has no account"
        return self.id


class Cast:
    """The people of the tests."""

    mallory = Somebody("Mallory Stranger", "mallory@example.com", "mallory minds other people's business")

    def __init__(self, app: Flask) -> None:
        self.app = app

    @cached_property
    def ada(self) -> Somebody:
        """A customer; an Owner once there are organisations."""
        return self.make("Ada Threadgold", "ada@example.com", "ada keeps nine blue looms")

    @cached_property
    def ben(self) -> Somebody:
        """Another customer, who has nothing to do with Ada."""
        return self.make("Ben Selvedge", "ben@example.com", "ben counts every last button")

    @cached_property
    def sam(self) -> Somebody:
        """Support staff with a second factor."""
        sam = self.make("Sam Helper", "sam@example.com", "sam answers before the tea is cold")
        self.give_role(sam, "support")
        self.give_factor(sam)
        return sam

    @cached_property
    def pia(self) -> Somebody:
        """The privacy officer, with a second factor."""
        pia = self.make("Pia Seam", "pia@example.com", "pia weighs each word she keeps")
        self.give_role(pia, "privacy")
        self.give_factor(pia)
        return pia

    @cached_property
    def sena(self) -> Somebody:
        """A senior of the staff, with a second factor."""
        sena = self.make("Sena Tuck", "sena@example.com", "sena irons every single pleat")
        self.give_role(sena, "senior")
        self.give_factor(sena)
        return sena

    @cached_property
    def hugo(self) -> Somebody:
        """Another senior, as it takes two."""
        hugo = self.make("Hugo Pleat", "hugo@example.com", "hugo folds along the old crease")
        self.give_role(hugo, "senior")
        self.give_factor(hugo)
        return hugo

    def make(self, name: str, email: str, password: str, *, language: str = "en", zone: str = "UTC") -> Somebody:
        """Make a further person with a confirmed account."""
        with self.app.app_context(), unit_of_work():
            person = accounts.add_person(email, name=name, password=password, language=language, time_zone=zone)
            return Somebody(name, email, password, person.id)

    def give_role(self, person: Somebody, role: str) -> None:
        """Make somebody staff."""
        with self.app.app_context(), unit_of_work():
            accounts.grant_role(person.account_id, role=Role(role))

    def give_factor(self, person: Somebody) -> None:
        """Set up a second factor whose codes `code` knows."""
        with self.app.app_context(), unit_of_work():
            sealed = seal_secret(person.account_id, secret=TOTP_SECRET)
            db.session.add(TotpFactor(person_id=person.account_id, secret_sealed=sealed, confirmed_at=clock.now()))

    def code(self, person: Somebody) -> str:
        """Return a code that is good now: as if half a minute had passed since the last one."""
        with self.app.app_context(), unit_of_work():
            db.session.execute(update(TotpFactor).where(TotpFactor.person_id == person.id).values(last_step=0))
        return pyotp.TOTP(TOTP_SECRET).at(clock.now())

    def sign_in(self, person: Somebody, *, remember: bool = False, by_second_factor: bool = False) -> Visitor:
        """Return a browser in which the person is signed in; the sign-in page has tests of its own."""
        from tests.conftest import Visitor

        with self.app.app_context(), unit_of_work():
            opened = accounts.open_session(
                person.account_id, device=DEVICE, remember=remember, by_second_factor=by_second_factor
            )
        visitor = Visitor(self.app)
        with visitor.client.session_transaction(base_url="http://localhost") as cookie:
            cookie[SESSION_SLOT] = opened.secret
            cookie.permanent = remember
        return visitor

    def sign_in_staff(self, person: Somebody) -> Visitor:
        """Return a browser in which a member of staff is signed in with both factors."""
        return self.sign_in(person, by_second_factor=True)

    def actor_in(self, visitor: Visitor) -> Actor:
        """Return who acts in a browser, as services are told. Fails when nobody is signed in there."""
        with visitor.client.session_transaction(base_url="http://localhost") as cookie:
            secret = cookie[SESSION_SLOT]
        with self.app.app_context():
            actor = LOAD_ACTOR(secret)
        assert actor is not None, "nobody is signed in"
        return actor

    def staff_in(self, visitor: Visitor) -> Staff:
        """Return the member of staff who works in a browser, through the same check as at the gate."""
        actor = self.actor_in(visitor)
        with self.app.app_context():
            return admit(actor, roles=tuple(Role))

    def have_read(self, person: Somebody) -> None:
        """Have Sam read a ticket of somebody's, as the console records it."""
        sam = self.staff_in(self.sign_in_staff(self.sam))
        with self.app.app_context(), unit_of_work(write=False):
            staff_reads.record(
                Ticket, by=sam, subjects=[person.account_id], basis=staff_reads.Basis.TICKET, basis_id=uuid.uuid4()
            )
