"""What is shared with an organisation is written down in its log; who sees it is said once, here (P35)."""

import uuid

from portal.kit.actor import Actor
from portal.kit.refusals import NotFound
from portal.organisations.models import Deed
from portal.organisations.service import activity, standings
from portal.organisations.service.standings import MEMBER, OWNER

SEE_SHARED = (OWNER, MEMBER)
"""Who shares with an organisation, and sees what is shared."""


def note_sharing(organisation_id: uuid.UUID, *, by: Actor, deed: Deed) -> None:
    """Write down that somebody in an organisation shares something with it, or no longer does. Raises NotFound."""
    if deed is Deed.TICKET_SHARED:
        organisation, _mine = standings.lock_for(by, organisation_id, *SEE_SHARED)
    else:
        # Whoever has another role by now, or is disabled there, may take back what they shared.
        organisation = standings.lock(organisation_id)
        if standings.membership_of(organisation_id, person_id=by.require_id()) is None:
            raise NotFound
    activity.note(organisation, deed=deed, by=by.person_id)
