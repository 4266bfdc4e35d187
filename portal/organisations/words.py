"""What the values in the tables of organisations mean, to whoever reads their own data."""

from portal.kit.actor import ORGANISATION_ROLE_NAMES
from portal.kit.claims import AreaWords, Words
from portal.kit.i18n import _l
from portal.organisations.models import Deed

ROLES: Words = ORGANISATION_ROLE_NAMES
DEEDS: Words = {
    Deed.CREATED: _l("Created an organisation"),
    Deed.RENAMED: _l("Changed an organisation’s name"),
    Deed.INVITED: _l("Invited someone to an organisation"),
    Deed.INVITED_AGAIN: _l("Sent an invitation again"),
    Deed.INVITATION_REVOKED: _l("Revoked an invitation"),
    Deed.INVITATION_DECLINED: _l("An invitation was declined"),
    Deed.JOINED: _l("Joined an organisation"),
    Deed.ROLE_CHANGED: _l("Changed a role in an organisation"),
    Deed.LEFT: _l("Left an organisation"),
    Deed.REMOVED: _l("Removed someone from an organisation"),
    Deed.DISABLED: _l("Disabled an account in an organisation"),
    Deed.ENABLED: _l("Let a disabled account work in an organisation again"),
    Deed.HAND_OVER_OFFERED: _l("Offered to hand over an organisation"),
    Deed.HAND_OVER_CANCELLED: _l("Cancelled an offer to hand over an organisation"),
    Deed.HAND_OVER_DECLINED: _l("Declined to take over an organisation"),
    Deed.HAND_OVER_ENDED: _l("An offer to hand over an organisation ended"),
    Deed.HANDED_OVER: _l("An organisation was handed over"),
    Deed.DOMAIN_OPENED: _l("Let people at your domain ask to join"),
    Deed.DOMAIN_CLOSED: _l("No longer let people at your domain ask to join"),
    Deed.JOIN_ASKED: _l("Asked to join an organisation"),
    Deed.JOIN_ACCEPTED: _l("A request to join was accepted"),
    Deed.JOIN_DECLINED: _l("A request to join was declined"),
    Deed.JOIN_ENDED: _l("A request to join ended"),
    Deed.HANDED_OVER_AND_LEFT: _l("An organisation was handed over, and its earlier Owner left"),
    Deed.SECOND_FACTOR_ASKED: _l("Asked everyone in an organisation to use two-step verification"),
    Deed.SECOND_FACTOR_FREE: _l("Stopped asking everyone in an organisation to use two-step verification"),
    Deed.TICKET_SHARED: _l("Shared a ticket with an organisation"),
    Deed.TICKET_UNSHARED: _l("Stopped sharing a ticket with an organisation"),
    Deed.LICENCE_BOUGHT: _l("Bought a licence for an organisation"),
    Deed.DISSOLUTION_ASKED: _l("Asked to dissolve an organisation"),
    Deed.DISSOLUTION_CANCELLED: _l("Kept an organisation that was going to be dissolved"),
    Deed.DISSOLUTION_ENDED: _l("A request to dissolve an organisation ended"),
    Deed.RECOVERY_ASKED: _l("Asked to become an Owner of an organisation without one who signs in"),
    Deed.RECOVERY_CANCELLED: _l("Ended a request to become an Owner"),
    Deed.RECOVERY_ENDED: _l("A request to become an Owner ended"),
    Deed.RECOVERED: _l("Became an Owner, because no Owner had signed in for a long time"),
    Deed.MACHINE_RELEASED: _l("Released a lost machine from a licence"),
    Deed.PACK_ASKED: _l("Asked for an organisation’s leaving pack"),
    Deed.PACK_FETCHED: _l("Downloaded an organisation’s leaving pack"),
    Deed.PACK_DELETED: _l("Deleted an organisation’s leaving pack"),
    Deed.PACK_ENDED: _l("An organisation’s leaving pack was deleted: the account of whoever asked changed"),
}
AREA_WORDS = AreaWords(
    events={
        **{f"organisations.{deed}": words for deed, words in DEEDS.items()},
        "organisations.dissolved": _l("Dissolved an organisation"),
    },
    facts={
        "organisation": _l("Organisation"),
        "role": _l("Role"),
        **{("role", str(role)): name for role, name in ORGANISATION_ROLE_NAMES.items()},
    },
    emails={
        "organisations/changed": _l("A change in an organisation"),
        "organisations/invitation": _l("An invitation to an organisation"),
        "organisations/dissolution": _l("An organisation is going to be dissolved"),
        "organisations/dissolution_ended": _l("An organisation stays"),
        "organisations/recovery": _l("Someone asks to become an Owner of your organisation"),
        "organisations/recovery_ended": _l("A request to become an Owner ended"),
        "organisations/recovered": _l("An organisation has a new Owner"),
        "organisations/dissolved": _l("An organisation was dissolved"),
        "organisations/second_factor": _l("Whether an organisation asks for two-step verification"),
        "organisations/ownerless": _l("An organisation has no Owner who can act"),
        "organisations/products_done": _l("Our products deleted what a dissolved organisation had there"),
        "organisations/products_late": _l("A product hasn’t confirmed that it deleted a dissolved organisation’s data"),
    },
)
