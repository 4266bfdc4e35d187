"""What this folder gives the house."""

from portal.home.claim import CLAIM
from portal.home.routes import bp
from portal.kit.area import Area

AREA = Area(name="home", claim=CLAIM, blueprint=bp)
