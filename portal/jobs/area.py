"""What this folder gives the house."""

from portal.jobs.claim import CLAIM
from portal.jobs.cli import COMMANDS
from portal.kit.area import Area

AREA = Area(name="jobs", claim=CLAIM, commands=COMMANDS)
