"""What this folder gives the house."""

from portal.kit.area import Area
from portal.privacy.checks import CHECKS
from portal.privacy.claim import CLAIM
from portal.privacy.cli import COMMANDS
from portal.privacy.jobs import JOBS
from portal.privacy.routes import bp
from portal.privacy.service import LASTING

AREA = Area(name="privacy", claim=CLAIM, blueprint=bp, checks=CHECKS, jobs=JOBS, lasting=LASTING, commands=COMMANDS)
