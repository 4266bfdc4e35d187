"""News of what waits in an organisation: told to every Owner at once, at each of their addresses, then to everybody else."""

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, or_, select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import paging
from portal.kit.db import db
from portal.organisations.mail import countdowns as mail
from portal.organisations.mail.countdowns import Reader
from portal.organisations.models import Dissolution, Membership, Organisation, Recovery
from portal.organisations.service import standings, stop_links
from portal.organisations.service.countdowns import Countdown, Waiting
from portal.organisations.service.standings import OWNER

AT_ONCE = 50


class News(StrEnum):
    """What everybody in an organisation is told."""

    DISSOLUTION = "dissolution"
    DISSOLUTION_REMINDER = "dissolution_reminder"
    DISSOLUTION_ENDED = "dissolution_ended"
    RECOVERY = "recovery"
    RECOVERY_REMINDER = "recovery_reminder"
    RECOVERY_ENDED = "recovery_ended"
    RECOVERED = "recovered"

    @property
    def of(self) -> type[Countdown]:
        """Return the table of what it tells of."""
        return Dissolution if self.value.startswith("dissolution") else Recovery


REMINDERS = {News.DISSOLUTION_REMINDER, News.RECOVERY_REMINDER}
OVER = {News.DISSOLUTION_ENDED, News.RECOVERY_ENDED, News.RECOVERED}
"""News that nothing waits any more."""


def tell(organisation: Organisation, *, news: News, about: uuid.UUID | None = None) -> None:
    """Tell every Owner, and have everybody else told in the background; `about` is who became an Owner."""
    db.session.flush()
    waiting, who = find_waiting(organisation.id, of=news.of), about
    for owner in standings.acting_owners(organisation.id):
        for address in accounts.addresses_of(owner):
            token = stop_links.stop_token(waiting, owner=owner, to=address) if waiting else ""
            _send(news, organisation, waiting, Reader(owner, address, token), who)
    of, told = str(organisation.id), str(who) if who else ""
    jobs.enqueue("organisations.tell_others", organisation_id=of, news=news.value, about=told, after=None)


def tell_others(organisation_id: uuid.UUID, *, news: News, about: uuid.UUID | None, after: str | None) -> str | None:
    """Email some of those who are no Owners; return after whom to go on. None once all know, or it is not so any more."""
    organisation = db.session.get(Organisation, organisation_id)
    waiting = find_waiting(organisation_id, of=news.of)
    if organisation is None or organisation.dissolved_at or (waiting is None) is not (news in OVER):
        return None
    others: Select[*tuple[Any, ...]] = (
        select(Membership.id, Membership.joined_at, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            # An Owner who can't act is told as everybody else is: without a link.
            or_(Membership.role != OWNER, Membership.disabled_at.is_not(None)),
            Person.deactivated_at.is_(None),
        )
    )
    page = paging.paginate(others, at=Membership.joined_at, key=Membership.id, after=after, size=AT_ONCE, newest_first=False)
    for row in page.rows:
        _send(news, organisation, waiting, Reader(row.Person, row.Person.email), about)
    return page.after


def find_waiting(organisation_id: uuid.UUID, *, of: type[Waiting]) -> Waiting | None:
    """Return what waits for its day, as the database holds it now."""
    found = select(of).where(of.organisation_id == organisation_id)
    return db.session.scalar(found.execution_options(populate_existing=True))


def _send(news: News, organisation: Organisation, waiting: Countdown | None, to: Reader, about: uuid.UUID | None) -> None:
    if isinstance(waiting, Dissolution):
        by, is_reminder = accounts.get_person(waiting.requested_by), news in REMINDERS
        mail.dissolution(organisation, to=to, by=by, due_at=waiting.due_at, is_reminder=is_reminder)
    elif isinstance(waiting, Recovery):
        by, is_reminder = accounts.get_person(waiting.person_id), news in REMINDERS
        mail.recovery(organisation, to=to, by=by, due_at=waiting.due_at, is_reminder=is_reminder)
    elif news is News.RECOVERED and about:
        mail.recovered(organisation, to=to, by=accounts.get_person(about))
    elif news is News.RECOVERY_ENDED:
        mail.recovery_ended(organisation, to=to)
    else:
        mail.dissolution_ended(organisation, to=to)
