"""What waits on an account, and the state that its links are stamped with: whoever defends an account ends all of that."""

import uuid

from sqlalchemy import select, update

from portal.accounts import mail
from portal.accounts.events import PendingEnded
from portal.accounts.models import (
    OPEN_REMOVAL,
    EmailChange,
    EmailChangeState,
    FactorRemoval,
    FactorRemovalState,
    Person,
    TotpFactor,
)
from portal.accounts.service.former_emails import addresses_of
from portal.kit import audit, clock, events
from portal.kit.db import db


def end_pending(person_id: uuid.UUID) -> None:
    """End everything that waits on an account, whoever asked for it.

    That is a change of address, the removal of a lost factor, and what higher areas prepare. Called by every verb that
    changes what guards the account, with the person locked: whoever asked may be whom it is defended against.
    """
    end_email_changes(person_id, state=EmailChangeState.ENDED)
    end_factor_removal(person_id, state=FactorRemovalState.ENDED)
    events.publish(PendingEnded(person_id))


def end_email_changes(person_id: uuid.UUID, *, state: EmailChangeState) -> None:
    """Bring a change of address that waits for its new mailbox into another state: its link is dead."""
    waiting = update(EmailChange).where(EmailChange.person_id == person_id, EmailChange.state == EmailChangeState.ASKED)
    db.session.execute(waiting.values(state=state))


def end_factor_removal(person_id: uuid.UUID, *, state: FactorRemovalState) -> None:
    """Bring the open removal of a lost factor to its end, if there is one.

    Of one that waited everybody was told, and so they are of its end: who has lost the phone would wait in vain. Not when
    the factor is gone already, or the account is closed: an email of its own tells that.
    """
    open_one = select(FactorRemoval).where(FactorRemoval.person_id == person_id, FactorRemoval.state.in_(OPEN_REMOVAL))
    removal = db.session.scalar(open_one.with_for_update().execution_options(populate_existing=True))
    if removal is None:
        return
    was_waiting = removal.state == FactorRemovalState.WAITING
    removal.state, removal.ended_at = state, clock.now()
    audit.record(f"accounts.factor_removal_{state}", subject_id=person_id)
    if was_waiting:
        _tell_of_its_end(person_id)


def _tell_of_its_end(person_id: uuid.UUID) -> None:
    person = db.session.get(Person, person_id)
    if person is None or person.deactivated_at or db.session.get(TotpFactor, person_id) is None:
        return
    for address in addresses_of(person):
        mail.factor_removal_stopped(person, to=address)


def guard_stamp(person: Person) -> str:
    """Return what guards an account, as it stands now: a link that would change the account is stamped with it."""
    factor_at = db.session.scalar(select(TotpFactor.created_at).where(TotpFactor.person_id == person.id))
    guards = (person.email_key, person.password_set_at, factor_at, person.frozen_at, person.deactivated_at)
    return "|".join(map(str, guards))
