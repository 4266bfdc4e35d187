"""What this folder gives the house."""

from portal.billing.checks import CHECKS
from portal.billing.claim import CLAIM
from portal.billing.cli import COMMANDS
from portal.billing.jobs import JOBS
from portal.billing.routes import bp
from portal.kit.area import Area

AREA = Area(name="billing", claim=CLAIM, blueprint=bp, checks=CHECKS, jobs=JOBS, commands=COMMANDS)
