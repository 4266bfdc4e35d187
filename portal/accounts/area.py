"""What this folder gives the house."""

from portal.accounts.checks import CHECKS
from portal.accounts.claim import CLAIM
from portal.accounts.cli import COMMANDS
from portal.accounts.jobs import JOBS
from portal.accounts.routes import bp
from portal.kit.area import Area

AREA = Area(name="accounts", claim=CLAIM, blueprint=bp, checks=CHECKS, jobs=JOBS, commands=COMMANDS)
