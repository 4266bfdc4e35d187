"""What waits on an account, and the state that its links are stamped with: whoever defends an account ends all of that."""

import uuid

from sqlalchemy import select, update

from portal.accounts.events import PendingEnded
from portal.accounts.models import EmailChange, EmailChangeState, Person, TotpFactor
from portal.kit import events
from portal.kit.db import db


def end_pending(person_id: uuid.UUID) -> None:
    """End everything that waits on an account, whoever asked for it: a change of address, and what higher areas prepare.

    Called by every verb that changes what guards the account: whoever asked may be whom it is defended against.
    """
    end_email_changes(person_id, state=EmailChangeState.ENDED)
    events.publish(PendingEnded(person_id))


def end_email_changes(person_id: uuid.UUID, *, state: EmailChangeState) -> None:
    """Bring a change of address that waits for its new mailbox into another state: its link is dead."""
    waiting = update(EmailChange).where(EmailChange.person_id == person_id, EmailChange.state == EmailChangeState.ASKED)
    db.session.execute(waiting.values(state=state))


def guard_stamp(person: Person) -> str:
    """Return what guards an account, as it stands now: a link that would change the account is stamped with it."""
    factor_at = db.session.scalar(select(TotpFactor.created_at).where(TotpFactor.person_id == person.id))
    guards = (person.email_key, person.password_set_at, factor_at, person.frozen_at, person.deactivated_at)
    return "|".join(map(str, guards))
