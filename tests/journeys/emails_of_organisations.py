"""The part of a whole life in which people work together: invited, in, out, and the organisation dissolved."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete

from portal.accounts.service import get_person
from portal.kit import clock
from portal.kit.db import db
from portal.kit.events import publish
from portal.kit.unit import unit_of_work
from portal.organisations import mail
from portal.organisations.events import ProductsLate
from portal.organisations.models import Recovery
from portal.organisations.service import dissolutions, news, recoveries, standings
from portal.organisations.service.news import News
from tests.people import Cast, Somebody


def work_together(app: Flask, cast: Cast, last: Callable[[str, str], str]) -> Iterator[None]:
    """Let every email of organisations be written; yield after each step, for whoever runs the jobs."""
    owner = cast.make("Oda Yarn", "oda@example.com", "oda spins until the moon is up")
    other = cast.make("Pim Reed", "pim@example.com", "pim counts the reeds by hand")
    oda, pim = cast.sign_in(owner), cast.sign_in(other)
    path = oda.submit("/organisation/new", name="Yarn").path
    oda.submit(f"{path}/invitations", email=other.email, role="member")
    yield
    pim.submit(last(other.email, "/invitation/"))
    yield
    cast.give_factor(owner)
    oda.submit(f"{path}/second-factor", asked="y")
    yield
    oda.submit(f"{path}/leaving-pack")
    yield
    oda.submit(f"{path}/dissolve", sure="y")
    yield
    oda.submit(last(owner.email, "/organisation/keep/"))
    yield
    yield from _recover(app, owner, other, uuid.UUID(path.rpartition("/")[2]), last)
    oda.submit(f"{path}/dissolve", sure="y")
    yield
    with app.app_context(), unit_of_work():
        dissolutions.dissolve(standings.lock(uuid.UUID(path.rpartition("/")[2])), by=owner.account_id)
    yield
    with app.app_context(), unit_of_work():
        person = get_person(owner.account_id)
        mail.products_late("Yarn", products=["3 Clicks Production"], to=person)
        publish(ProductsLate(("3 Clicks Production",)))
        confirmed = [("3 Clicks Production", clock.now(), False), ("Sewing", clock.now(), True)]
        mail.products_done("Yarn", confirmed=confirmed, to=person)
    yield


def _recover(
    app: Flask, owner: Somebody, other: Somebody, organisation_id: uuid.UUID, last: Callable[[str, str], str]
) -> Iterator[None]:
    """Ask to become an Owner, twice: an Owner ends it by the link, and then it is done."""
    for _each in ("ended", "done"):
        with app.app_context(), unit_of_work():
            organisation = standings.lock(organisation_id)
            waits = {"requested_at": clock.now(), "due_at": clock.now() + timedelta(days=14)}
            db.session.add(Recovery(organisation_id=organisation_id, person_id=other.account_id, **waits))
            news.tell(organisation, news=News.RECOVERY)
        yield
        if _each == "ended":
            with app.app_context(), unit_of_work():
                recoveries.cancel_recovery_by_link(last(owner.email, "/organisation/stay-owner/").rpartition("/")[2])
        else:
            with app.app_context(), unit_of_work():
                db.session.execute(delete(Recovery).where(Recovery.organisation_id == organisation_id))
                news.tell(standings.lock(organisation_id), news=News.RECOVERED, about=other.account_id)
        yield
