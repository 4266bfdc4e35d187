"""What this folder gives the house."""

from portal.kit.area import Area
from portal.legal.checks import CHECKS
from portal.legal.claim import CLAIM
from portal.legal.routes import bp

AREA = Area(name="legal", claim=CLAIM, blueprint=bp, checks=CHECKS)
