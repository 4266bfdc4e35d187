"""Links by which an Owner ends, from any mailbox of theirs, what waits in an organisation. Opening one changes nothing.

No sign-in is asked: a defence must never be hard to make, and everything stays as it was.
"""

import uuid
from collections.abc import Mapping

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import tokens
from portal.kit.db import db
from portal.kit.refusals import LinkDead
from portal.organisations.models import Dissolution, Recovery
from portal.organisations.service import standings
from portal.organisations.service.countdowns import Countdown, Waiting

KEEP = tokens.LinkPurpose("organisations.keep")
STAY_OWNER = tokens.LinkPurpose("organisations.end_recovery")
PURPOSES: Mapping[type, tokens.LinkPurpose] = {Dissolution: KEEP, Recovery: STAY_OWNER}


def stop_token(waiting: Countdown, *, owner: Person, to: str) -> str:
    """Return the token of the link to a mailbox of an Owner's. It dies with what it ends, and with the role."""
    mark = accounts.mailbox_mark(owner.id, to)
    return tokens.sign(PURPOSES[type(waiting)], str(waiting.id), str(owner.id), mark)


def read_stop_token(token: str, *, of: type[Waiting]) -> tuple[Waiting, Person]:
    """Return what a link ends, and whose it is.

    Raises LinkDead: it is over, they are no Owner any more, or the mailbox has no say about their account.
    """
    waiting_id, owner_id, mailbox = tokens.read(PURPOSES[of], token, max_age=tokens.LONGEST, count=3)
    waiting = db.session.get(of, uuid.UUID(waiting_id), populate_existing=True)
    if waiting is None:
        raise LinkDead
    owner = standings.acting_owner_of(waiting.organisation_id, person_id=uuid.UUID(owner_id))
    if owner is None:
        raise LinkDead
    accounts.left_mailbox_at(owner, mark=mailbox)
    return waiting, owner
