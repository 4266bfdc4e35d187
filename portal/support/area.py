"""What this folder gives the house."""

from portal.accounts.events import AccountFrozen, AddressChanged
from portal.kit.area import Area
from portal.recovery.events import MisuseReported
from portal.support import service
from portal.support.checks import CHECKS
from portal.support.claim import CLAIM
from portal.support.routes import bp

AREA = Area(
    name="support",
    claim=CLAIM,
    blueprint=bp,
    checks=CHECKS,
    lasting=service.LASTING,
    events={
        AccountFrozen: (service.open_frozen_ticket,),
        AddressChanged: (service.follow_address,),
        MisuseReported: (service.open_misuse_ticket,),
    },
)
