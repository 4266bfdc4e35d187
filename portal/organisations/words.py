"""What the values in the tables of organisations mean, to whoever reads their own data."""

from portal.kit.actor import ORGANISATION_ROLE_NAMES
from portal.kit.claims import Words
from portal.kit.i18n import _l
from portal.organisations.models import Deed

ROLES: Words = ORGANISATION_ROLE_NAMES
DEEDS: Words = {
    Deed.CREATED: _l("Created the organisation"),
    Deed.RENAMED: _l("Changed its name"),
    Deed.INVITED: _l("Invited someone"),
    Deed.INVITED_AGAIN: _l("Sent an invitation again"),
    Deed.INVITATION_REVOKED: _l("Revoked an invitation"),
    Deed.INVITATION_DECLINED: _l("An invitation was declined"),
    Deed.JOINED: _l("Accepted an invitation"),
    Deed.ROLE_CHANGED: _l("Changed a role"),
    Deed.LEFT: _l("Left"),
    Deed.REMOVED: _l("Removed someone"),
}
