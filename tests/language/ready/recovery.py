"""Becoming an Owner on the walk: where no Owner comes, asked for, ended by an Owner, reminded of, and done."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import delete, update

from portal.accounts.models import SignInEvent, SignInSession
from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.organisations.models import Recovery
from portal.organisations.service import news, recoveries, standings
from portal.organisations.service.news import News
from tests.language.ready.walk import Reader, Walk
from tests.people import Somebody


def recover(walk: Walk, owner: Somebody, other: Somebody, hera: Reader, path: str) -> None:
    """Let a Member become an Owner, who then leaves that to the one who was there."""
    organisation_id, member = uuid.UUID(path.rpartition("/")[2]), walk.somebody("Κλειώ", "clio")
    clio = walk.signed_in(member)
    hera.submit(f"{path}/invitations", email=member.email, role="member")
    clio.submit(walk.outbox.last(member.email).link("/invitation/"))
    clio.get(f"{path}/recover")
    for way in ("link", "page", "done"):
        _leave_for_long(walk, owner)
        clio.get(path)
        clio.submit(f"{path}/recover", sure="")
        earlier = clio.get(f"{path}/recover")
        clio.submit(f"{path}/recover", sure="y")
        clio.send(earlier, sure="y")
        for page in (path, f"{path}/recover"):
            clio.get(page)
        walk.read_emails()
        if way == "link":
            walk.visitor().submit(walk.outbox.last(owner.email).link("/organisation/stay-owner/"))
        elif way == "page":
            clio.submit(path, action=f"{path}/recover/cancel")
        else:
            _finish(walk, organisation_id, member, hera, path)
        walk.read_emails()
    hera.get(f"{path}/activity")
    clio.submit(f"{path}/leave")


def _leave_for_long(walk: Walk, owner: Somebody) -> None:
    with walk.app.app_context(), unit_of_work():
        mine, long_ago = SignInSession.person_id == owner.account_id, clock.now() - timedelta(days=95)
        db.session.execute(update(SignInSession).where(mine).values(seen_at=long_ago, remembered=True))
        theirs = SignInEvent.person_id == owner.account_id
        db.session.execute(update(SignInEvent).where(theirs).values(last_at=long_ago))


def _finish(walk: Walk, organisation_id: uuid.UUID, member: Somebody, hera: Reader, path: str) -> None:
    with walk.app.app_context(), unit_of_work():
        organisation = standings.lock(organisation_id)
        if news.find_waiting(organisation_id, of=Recovery) is None:
            # As many as one day allows were asked for before.
            waits = {"requested_at": clock.now(), "due_at": clock.now() + timedelta(days=14)}
            db.session.add(Recovery(organisation_id=organisation_id, person_id=member.account_id, **waits))
        news.tell(organisation, news=News.RECOVERY_REMINDER)
    walk.read_emails()
    hera.get(path)
    with walk.app.app_context(), unit_of_work():
        organisation = standings.lock(organisation_id)
        recoveries.end_recovery(organisation_id, by=member.account_id)
        db.session.execute(delete(Recovery).where(Recovery.organisation_id == organisation_id))
        news.tell(organisation, news=News.RECOVERED, about=member.account_id)
