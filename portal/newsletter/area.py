"""What this folder gives the house."""

from portal.accounts.events import AddressChanged
from portal.kit.area import Area
from portal.newsletter import service
from portal.newsletter.checks import CHECKS
from portal.newsletter.claim import CLAIM
from portal.newsletter.routes import bp

AREA = Area(
    name="newsletter",
    claim=CLAIM,
    blueprint=bp,
    checks=CHECKS,
    lasting=service.LASTING,
    events={AddressChanged: (service.follow_address,)},
)
