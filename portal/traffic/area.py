"""What this folder gives the house."""

from portal.kit.area import Area
from portal.traffic.checks import CHECKS
from portal.traffic.claim import CLAIM
from portal.traffic.jobs import JOBS
from portal.traffic.routes import bp

AREA = Area(name="traffic", claim=CLAIM, blueprint=bp, checks=CHECKS, jobs=JOBS)
