"""What this folder gives the house."""

from portal.consent.checks import CHECKS
from portal.consent.claim import CLAIM
from portal.consent.routes import bp
from portal.consent.service import LASTING
from portal.kit.area import Area

AREA = Area(name="consent", claim=CLAIM, blueprint=bp, checks=CHECKS, lasting=LASTING)
