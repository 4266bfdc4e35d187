"""What this folder gives the house."""

from portal.kit.area import Area
from portal.recovery.checks import CHECKS
from portal.recovery.claim import CLAIM
from portal.recovery.jobs import JOBS
from portal.recovery.routes import bp

AREA = Area(name="recovery", claim=CLAIM, blueprint=bp, checks=CHECKS, jobs=JOBS)
