"""What is shared with an organisation is written down in its log; who sees it is said once, here (P35)."""

import uuid

from portal.kit.actor import Actor
from portal.organisations.models import Deed
from portal.organisations.service import activity, standings
from portal.organisations.service.standings import MEMBER, OWNER

SEE_SHARED = (OWNER, MEMBER)
"""Who shares with an organisation, and sees what is shared."""


def note_sharing(organisation_id: uuid.UUID, *, by: Actor, deed: Deed) -> None:
    """Write down that somebody in an organisation shares something with it, or no longer does. Raises NotFound."""
    # Whoever has another role by now may take back what they shared.
    roles = SEE_SHARED if deed is Deed.TICKET_SHARED else ()
    organisation, mine = standings.lock_for(by, organisation_id, *roles)
    activity.note(organisation, deed=deed, by=mine.person_id)
