"""What this folder gives the house."""

from portal.disabling.checks import CHECKS
from portal.disabling.claim import CLAIM
from portal.disabling.routes import bp
from portal.kit.area import Area

AREA = Area(name="disabling", claim=CLAIM, blueprint=bp, checks=CHECKS)
