"""What this folder gives the house."""

from portal.billing.claim import CLAIM
from portal.billing.cli import COMMANDS
from portal.kit.area import Area

AREA = Area(name="billing", claim=CLAIM, commands=COMMANDS)
