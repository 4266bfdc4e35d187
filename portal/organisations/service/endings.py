"""What ends with somebody's role: whatever waits in the organisation because they have asked for it, or were asked."""

import uuid

from portal.organisations.service import dissolutions, invitations, open_offers, recoveries


def end_what_waits(organisation_id: uuid.UUID, *, of: uuid.UUID, is_owner: bool = False) -> None:
    """End what waits by or for somebody whose role changes or goes. Call with the organisation locked.

    Of what they have asked for as an Owner, nothing ends while they stay one (`is_owner`).
    """
    open_offers.end_hand_overs(organisation_id, of=of)
    recoveries.end_recovery(organisation_id, by=of)
    if not is_owner:
        invitations.end_invitations(organisation_id, by=of)
        dissolutions.end_dissolution(organisation_id, by=of)
