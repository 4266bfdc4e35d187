"""What this folder gives the house."""

from portal.kit.area import Area
from portal.licences.checks import CHECKS
from portal.licences.claim import CLAIM, IN_PACK
from portal.licences.routes import bp

AREA = Area(name="licences", claim=CLAIM, blueprint=bp, checks=CHECKS, in_pack=IN_PACK)
