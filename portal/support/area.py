"""What this folder gives the house."""

from portal.accounts.events import AccountFrozen, AddressChanged
from portal.kit.area import Area
from portal.kit.i18n import _l
from portal.kit.visibility import Visible
from portal.organisations.events import MembershipEnded
from portal.organisations.service import SEE_SHARED
from portal.recovery.events import MisuseReported
from portal.support import service
from portal.support.checks import CHECKS
from portal.support.claim import CLAIM
from portal.support.claim.leaving_packs import IN_PACK
from portal.support.routes import bp

AREA = Area(
    name="support",
    claim=CLAIM,
    blueprint=bp,
    checks=CHECKS,
    lasting=service.LASTING,
    visible=[Visible("shared_tickets", _l("Tickets that someone shares with it"), frozenset(SEE_SHARED))],
    in_pack=IN_PACK,
    events={
        AccountFrozen: (service.open_frozen_ticket,),
        AddressChanged: (service.follow_address,),
        MembershipEnded: (service.end_sharing,),
        MisuseReported: (service.open_misuse_ticket,),
    },
)
