"""Pages of organisations, by subject: the organisation itself, its people, invitations, requests to join, handing
over, and what happened.
"""

from portal.kit.web import join
from portal.organisations.routes import (
    activity,
    disabling,
    dissolution,
    hand_over,
    invitations,
    join_requests,
    members,
    organisations,
    recovery,
    second_factor,
)

bp = join(
    "organisations",
    organisations.bp,
    members.bp,
    disabling.bp,
    invitations.bp,
    join_requests.bp,
    hand_over.bp,
    dissolution.bp,
    recovery.bp,
    second_factor.bp,
    activity.bp,
)
