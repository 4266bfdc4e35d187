"""What this folder gives the house."""

from portal.kit.area import Area
from portal.settings.claim import CLAIM
from portal.settings.routes import bp

AREA = Area(name="settings", claim=CLAIM, blueprint=bp)
