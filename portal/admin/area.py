"""What this folder gives the house."""

from portal.admin.checks import CHECKS
from portal.admin.claim import CLAIM
from portal.admin.routes import bp
from portal.kit.area import Area

AREA = Area(name="admin", claim=CLAIM, blueprint=bp, checks=CHECKS)
